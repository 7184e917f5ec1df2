package import AssayModel

/// Decides whether a call that went wrong is sent again, and how long to wait first.
///
/// Like everything that decides, it owns neither clock nor chance: it is told the time that passed
/// and is given its random number.
package struct Retry: Sendable {
  /// What is worth another attempt.
  package enum Cause: String, Sendable, CaseIterable {
    /// No response came.
    case transport
    /// The server says that it could answer later: 408, 429, 502, 503 and 504.
    case temporary
    /// Any status of the 500s.
    case server = "5xx"
  }

  package var count = 0
  package var causes: Set<Cause> = [.transport, .temporary]
  /// Also methods that may do their work twice.
  package var includesUnsafe = false

  /// The first wait is up to this long, and each further one up to twice as long.
  private static let base: Duration = .milliseconds(250)
  private static let longest: Duration = .seconds(10)

  package init() {}

  /// Why the exchange is worth another attempt; nil where it is not.
  package func cause(of exchange: Exchange, attempt: Int) -> String? {
    guard attempt <= count else { return nil }
    switch exchange.outcome {
    case .failed(let fault):
      guard causes.contains(.transport), Self.isWorthwhile(fault) else { return nil }
      // Before a connection stands nothing has left, so nothing can happen twice.
      let leftNothing = fault.kind == .resolve || fault.kind == .connect
      return leftNothing || mayRepeat(exchange.request) ? fault.detail : nil
    case .response(let response):
      let isTemporary = [408, 429, 502, 503, 504].contains(response.status)
      let isWanted =
        causes.contains(.temporary) && isTemporary
        || causes.contains(.server) && (500..<600).contains(response.status)
      return isWanted && mayRepeat(exchange.request) ? "status \(response.status)" : nil
    }
  }

  private func mayRepeat(_ request: Request) -> Bool {
    includesUnsafe || Request.isIdempotent(request.method)
      || request.headers.has("Idempotency-Key")
  }

  /// What time can heal.
  private static func isWorthwhile(_ fault: TransportFault) -> Bool {
    switch fault.kind {
    case .resolve, .connect, .timeout, .truncated, .other: true
    case .tls, .sizeLimit, .malformed, .cancelled, .refusedTarget, .redirect: false
    }
  }

  /// How long to wait before an attempt: anything up to a ceiling that doubles, so that many callers
  /// do not come back at once.
  ///
  /// - Parameter chance: From 0 up to 1.
  package static func wait(before attempt: Int, chance: Double) -> Duration {
    let ceiling = min(longest, base * Double(1 << min(attempt - 1, 10)))
    return ceiling * chance
  }
}
