internal import CPosix

/// The requests to stop that come from outside.
package enum Signals {
  package enum Kind: Sendable { case interrupt, terminate }

  /// Takes INT and TERM for the whole process from now on and tells each, on a thread of its own.
  ///
  /// Has to be called before any other thread exists, since threads inherit what is blocked.
  package static func listen(_ hear: @escaping @Sendable (Kind) -> Void) {
    var wanted = sigset_t()
    unsafe sigemptyset(&wanted)
    unsafe sigaddset(&wanted, SIGINT)
    unsafe sigaddset(&wanted, SIGTERM)
    unsafe pthread_sigmask(SIG_BLOCK, &wanted, nil)
    let thread = SerialThread()
    let set = wanted
    thread.post {
      // The thread belongs to this closure and waits here as long as the process lives.
      _ = thread
      while true {
        var copy = set
        var number: Int32 = 0
        guard unsafe sigwait(&copy, &number) == 0 else { return }
        hear(number == SIGTERM ? .terminate : .interrupt)
      }
    }
  }
}
