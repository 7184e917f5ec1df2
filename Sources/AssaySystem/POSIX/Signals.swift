internal import CPosix
internal import Synchronization

/// The requests to stop that come from outside.
package enum Signals {
  package enum Kind: Int32, Sendable { case interrupt = 2, terminate = 15 }

  private static let handler = Mutex<(@Sendable (Kind) -> Void)?>(nil)

  /// Takes INT and TERM for the whole process. Until somebody hears, each ends it as usual.
  ///
  /// Has to be called before any other thread exists: threads inherit what is blocked, and one that
  /// blocks nothing would be ended with the process.
  package static func take() {
    var wanted = sigset_t()
    unsafe sigemptyset(&wanted)
    unsafe sigaddset(&wanted, SIGINT)
    unsafe sigaddset(&wanted, SIGTERM)
    unsafe pthread_sigmask(SIG_BLOCK, &wanted, nil)
    let set = wanted
    let thread = SerialThread()
    thread.post {
      // The thread belongs to this closure and waits here as long as the process lives.
      _ = thread
      while true {
        var copy = set
        var number: Int32 = 0
        guard unsafe sigwait(&copy, &number) == 0 else { return }
        guard let kind = Kind(rawValue: number) else { continue }
        guard let hear = handler.withLock({ $0 }) else { _exit(128 + number) }
        hear(kind)
      }
    }
  }

  /// Tells each further request to stop, on a thread of its own.
  package static func hear(_ hear: @escaping @Sendable (Kind) -> Void) {
    handler.withLock { $0 = hear }
  }
}
