internal import AssayModel

// The sentences of this room.
extension Diagnostic {
  static func workerSilent(_ program: String) -> Diagnostic {
    Diagnostic(.error, "script.worker-silent", "`\(program)` does not answer")
      .hinting("it has to stand beside `assay`, and to be of the same version")
  }
}
