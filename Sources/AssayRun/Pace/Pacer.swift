/// Decides when the next request may leave, so that no server sees more than its share.
///
/// A generic cell rate algorithm smooths the stream, and a log of the last departures makes the
/// promise exact: in no window of one second do more than `rate + burst` leave. The log is of when
/// they really left, since whoever waits may be woken late, and the late would add to the next. A
/// pacer owns no clock: every call is told what time it is, so the same code runs against a virtual
/// one.
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

  /// The moment at which a request that asks now has its turn; each call takes one turn.
  package mutating func reserve(at now: Duration) -> Duration {
    // No burst at the opening: the first request leaves now and the second an interval later.
    let slot = max(next ?? now, now - credit)
    next = slot + interval
    return max(slot, now)
  }

  /// The moment at which a request that asked now would have its turn; takes none.
  package func due(at now: Duration) -> Duration { max(next ?? now, now) }

  /// When a request whose turn has come may leave; nil for now.
  package func obstacle(at now: Duration) -> Duration? {
    guard log.count == limit else { return nil }
    let opens = log[oldest] + Self.window
    return opens > now ? opens : nil
  }

  /// A second, and what a packet may be late that left before one that is early.
  private static let window: Duration = .microseconds(1_002_000)

  /// Notes that a request leaves.
  package mutating func depart(at now: Duration) {
    if log.count < limit {
      log.append(now)
    } else {
      log[oldest] = now
      oldest = (oldest + 1) % limit
    }
  }
}
