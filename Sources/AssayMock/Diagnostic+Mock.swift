internal import AssayModel

// The sentences of this room.
extension Diagnostic {
  static func portRefused(_ port: UInt16) -> Diagnostic {
    Diagnostic(
      .error, "mock.port-refused",
      port == 0 ? "the system gives no free port on loopback" : "cannot listen on port \(port)"
    )
    .hinting(port == 0 ? nil : "port 0 takes any that is free")
  }

  static func unknownFault(_ text: String, _ reason: String) -> Diagnostic {
    Diagnostic(.error, "mock.unknown-fault", "`\(text)` describes no fault: \(reason)")
      .hinting(
        "a fault reads `GET /pets/* wrong-type=/0/name`, with one of "
          + MockFault.names.map { "`\($0)`" }.joined(separator: ", "))
  }
}
