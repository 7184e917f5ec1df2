/// Decides when the next request may leave, so that no server sees more than its share.
///
/// A generic cell rate algorithm smooths the stream, and a log of the last departures makes the
/// promise exact: in no window of one second do more than `rate + burst` leave. A pacer owns no
/// clock: every call is told what time it is, so the same code runs against a virtual one.
package struct Pacer: Sendable {
  private let interval: Duration
  /// How far a quiet spell may be made up for.
  private let credit: Duration
  private let limit: Int
  private var next: Duration?
  /// Departures of the last second, as a ring.
  private var log: [Duration] = []
  private var oldest = 0

  /// - Parameter rate: Requests a second; more than zero.
  /// - Parameter burst: How many may leave at once after a quiet spell.
  package init(rate: Double, burst: Int = 1) {
    interval = .seconds(1) / rate
    // A stall of our own of up to 25 ms is made up for: measured to keep the mean rate within a
    // few thousandths on a busy machine.
    credit = max(interval * Double(max(burst, 1) - 1), min(.milliseconds(25), interval * 4))
    limit = max(1, Int(rate.rounded(.down))) + max(burst, 1) - 1
  }

  /// The moment at which a request that asks now may leave; each call takes one place.
  package mutating func reserve(at now: Duration) -> Duration {
    // No burst at the opening: the first request leaves now and the second an interval later.
    let slot = max(next ?? now, now - credit)
    next = slot + interval
    let leaves = max(slot, now, windowOpens)
    remember(leaves)
    return leaves
  }

  /// The moment at which a request that asked now could leave; takes no place.
  package func due(at now: Duration) -> Duration {
    max(next ?? now, now, windowOpens)
  }

  /// When the departure that is `limit` places back is more than a second old.
  private var windowOpens: Duration {
    guard log.count == limit else { return .zero }
    return log[oldest] + .seconds(1)
  }

  private mutating func remember(_ departure: Duration) {
    if log.count < limit {
      log.append(departure)
    } else {
      log[oldest] = departure
      oldest = (oldest + 1) % limit
    }
  }
}
