package import AssayModel

/// Sends requests through libcurl, on a thread of its own.
///
/// Nothing is decided here: no retry, no pace, no verdict. Redirects are answers like any other;
/// whoever follows them sees every hop.
package final class Transport: Sender {
  private let loop: TransportLoop

  package init(options: TransportOptions = TransportOptions()) {
    loop = TransportLoop(options: options)
  }

  deinit { loop.stop() }

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

/// One request on its way, and who waits for it.
struct Transfer: Sendable {
  let ticket: TransportLoop.Ticket
  let request: Request
  let limits: SendLimits
  let finish: @Sendable (Exchange) -> Void
}
