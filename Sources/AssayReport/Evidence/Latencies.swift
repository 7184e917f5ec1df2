internal import AssayModel

/// How long the calls of an operation took, without what we made them wait.
struct Latency {
  let name: String
  let count: Int
  let shortest: Duration
  let p25: Duration
  let p50: Duration
  let p75: Duration
  let p90: Duration
  let p95: Duration
  /// Nil where too few calls were made for it to mean anything.
  let p99: Duration?
  let longest: Duration
  /// The same from when a call was ready to leave: what somebody who waits would see.
  let planned95: Duration

  /// Of every operation, or request where no operation is known; the slowest first.
  static func all(_ ledger: Ledger) -> [Latency] {
    var times: [String: [Duration]] = [:]
    var planned: [String: [Duration]] = [:]
    for entry in ledger.entries {
      guard let exchange = entry.exchange, exchange.response != nil else { continue }
      let name = entry.operation ?? entry.step.path
      let (time, timings) = (exchange.serviceTime, exchange.timings)
      times[name, default: []].append(time)
      planned[name, default: []].append(time + timings.paced + timings.queued)
    }
    return times.map { Latency($0.key, $0.value.sorted(), (planned[$0.key] ?? []).sorted()) }
      .filter { $0.longest > .zero }
      .sorted { ($1.p95, $0.name) < ($0.p95, $1.name) }
  }

  private init(_ name: String, _ sorted: [Duration], _ planned: [Duration]) {
    self.name = name
    count = sorted.count
    // The nearest rank: a time that some call had.
    func rank(_ percent: Int, of times: [Duration]) -> Duration {
      times[max(0, (times.count * percent + 99) / 100 - 1)]
    }
    func rank(_ percent: Int) -> Duration { rank(percent, of: sorted) }
    shortest = sorted[0]
    p25 = rank(25)
    p75 = rank(75)
    planned95 = rank(95, of: planned)
    p50 = rank(50)
    p90 = rank(90)
    p95 = rank(95)
    p99 = sorted.count >= 100 ? rank(99) : nil
    longest = sorted[sorted.count - 1]
  }
}

extension Ledger {
  /// The numbers of the calls that took longest, without what we made them wait.
  func slowest(_ count: Int) -> [Int] {
    var times: [(time: Duration, number: Int)] = []
    for (number, entry) in entries.enumerated() {
      if let exchange = entry.exchange { times.append((exchange.serviceTime, number)) }
    }
    return times.sorted { ($1.time, $0.number) < ($0.time, $1.number) }.prefix(count)
      .map(\.number)
  }
}
