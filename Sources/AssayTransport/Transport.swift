package import AssayModel

/// Sends requests through libcurl, on a thread of its own.
///
/// Nothing is decided here: no retry, no pace, no verdict. Redirects are answers like any other;
/// whoever follows them sees every hop.
package final class Transport: Sender {
  private let owner: LoopOwner
  /// Whose cookies a call carries; nil for a call that is nobody's.
  private let jar: CookieJar?

  package convenience init(options: TransportOptions = TransportOptions()) {
    self.init(owner: LoopOwner(TransportLoop(options: options)), jar: nil)
  }

  private init(owner: LoopOwner, jar: CookieJar?) {
    self.owner = owner
    self.jar = jar
  }

  private var loop: TransportLoop { owner.loop }

  /// A sender on the same connections that keeps cookies of its own, as a lane does.
  package func session() -> Transport { Transport(owner: owner, jar: CookieJar()) }

  /// Runs tasks on the thread that serves the connections. A lane that prefers it pays no switch of
  /// threads around each call.
  package var executor: any TaskExecutor { loop }

  package func send(_ request: Request, limits: SendLimits) async -> Exchange {
    guard let jar, !limits.ignoresCookies else { return await transfer(request, limits) }
    var request = request
    request.headers = jar.adding(
      to: request.headers, for: request.url, now: CurlLibrary.secondsSince1970)
    let exchange = await transfer(request, limits)
    if let response = exchange.response {
      jar.store(response, from: request.url, now: CurlLibrary.secondsSince1970)
    }
    return exchange
  }

  private func transfer(_ request: Request, _ limits: SendLimits) async -> Exchange {
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
