package import AssayModel

/// Sends requests through libcurl, on a thread of its own.
///
/// Nothing is decided here: no retry, no pace, no verdict. Redirects are answers like any other;
/// whoever follows them sees every hop.
package final class Transport: Sender {
  private let owner: LoopOwner

  package init(options: TransportOptions = TransportOptions()) {
    owner = LoopOwner(TransportLoop(options: options))
  }

  private var loop: TransportLoop { owner.loop }

  /// Cookies for a lane, which end by the wall clock.
  package static func makeJar() -> any CookieKeeper {
    CookieJar(now: { CurlLibrary.secondsSince1970 })
  }

  /// Runs tasks on the thread that serves the connections. A lane that prefers it pays no switch of
  /// threads around each call.
  package var executor: any TaskExecutor { loop }

  package func send(_ request: Request, limits: SendLimits) async -> Exchange {
    let ticket = TransportLoop.Ticket()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.start(
          Transfer(ticket: ticket, request: request, limits: limits) {
            continuation.resume(returning: $0)
          })
      }
    } onCancel: {
      loop.cancel(ticket)
    }
  }

  /// The version of the library, for `assay version --verbose`.
  package static var libraryVersion: String { CurlLibrary.version }

  /// What the library was built with, for `assay version --verbose`.
  package static var libraryFeatures: [String] { CurlLibrary.features }
}

/// Stops the loop when the last sender on it is gone; the loop's own thread holds the loop itself.
private final class LoopOwner: Sendable {
  let loop: TransportLoop

  init(_ loop: TransportLoop) { self.loop = loop }

  deinit { loop.stop() }
}

/// One request on its way, and who waits for it.
struct Transfer: Sendable {
  let ticket: TransportLoop.Ticket
  let request: Request
  let limits: SendLimits
  let finish: @Sendable (Exchange) -> Void
}
