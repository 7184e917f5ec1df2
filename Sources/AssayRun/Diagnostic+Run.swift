internal import AssayModel

// The sentences of this room.
extension Diagnostic {
  static let givenUp = Diagnostic(.error, "run.given-up", "the run was interrupted")
}
