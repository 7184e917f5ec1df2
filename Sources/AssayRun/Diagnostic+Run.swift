internal import AssayModel

// The sentences of this room.
extension Diagnostic {
  static func longPause(_ host: String, _ asked: Duration, _ wait: Duration) -> Diagnostic {
    Diagnostic(
      .warning, "pace.long-pause",
      "\(host) asks for a pause of \(asked.components.seconds) s, of which "
        + "\(wait.components.seconds) s are kept"
    )
    .hinting("`--max-wait` sets how long a server can make a run wait")
  }

  static let givenUp = Diagnostic(.error, "run.given-up", "the run was interrupted")
}
