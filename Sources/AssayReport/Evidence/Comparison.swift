package import AssayModel

/// What has changed between two runs.
package struct Comparison: Sendable {
  /// Where a check or a cause stands.
  package enum Bucket: String, Sendable, CaseIterable {
    /// Fails, and did not before.
    case new
    /// Fails as before.
    case still
    /// Held in the end, and not at once.
    case flaky
    /// Failed before, and holds.
    case fixed
    /// Was not there before, and holds.
    case added
    /// Was there before, and is not any longer.
    case vanished
  }

  package struct Check: Sendable {
    package let id: String
    /// `Folder / Request › check [row acme]`.
    package let name: String
    package let bucket: Bucket
    package let code: String
    package let message: String
    /// The step in the run that has it: the newer one, but for what vanished.
    package let step: Int
  }

  package struct Cause: Sendable {
    package let id: String
    package let bucket: Bucket
    package let title: String
    package let message: String
    package let count: Int
  }

  package struct Share: Sendable {
    package let name: String
    package let old: Coverage.Share
    package let new: Coverage.Share
  }

  package struct Speed: Sendable {
    package let name: String
    package let count: Int
    package let old: Duration
    package let new: Duration
  }

  package let oldRun: String
  package let newRun: String
  package let oldStart: Int
  /// Every check that changed, or goes on failing, by bucket and then in the order of the plan.
  package let checks: [Check]
  package let causes: [Cause]
  package let coverage: [Share]
  /// Operations whose 95th percentile differs by more than a fifth and 50 ms, over 30 calls or more.
  package let speeds: [Speed]
  /// How many checks hold in both.
  package let steadyCount: Int

  package func count(_ bucket: Bucket) -> Int { checks.count { $0.bucket == bucket } }

  package func causeBucket(_ id: String) -> Bucket? { buckets[id] }

  /// Where each cause stands, since a page asks for every one.
  private let buckets: [String: Bucket]

  /// What became of a check, as far as comparing goes.
  private enum State {
    case held, flaky, failed
    /// Left out, or not judged.
    case open

    init(_ verdict: Verdict) {
      switch verdict.outcome {
      case .passed: self = verdict.code == Verdict.flakyCode ? .flaky : .held
      case .failed, .error: self = .failed
      case .skipped, .notJudged: self = .open
      }
    }
  }

  private struct Known {
    let state: State
    let name: String
    let code: String
    let message: String
    let step: Int
  }

  package init(old: Ledger, new: Ledger) {
    oldRun = old.facts?.id ?? ""
    newRun = new.facts?.id ?? ""
    oldStart = old.facts?.startedAt ?? 0
    let (before, beforeOrder) = Self.known(old)
    let (after, afterOrder) = Self.known(new)
    var checks: [Check] = []
    var steady = 0
    for id in afterOrder {
      guard let now = after[id] else { continue }
      guard let bucket = Self.bucket(before[id]?.state, now.state) else {
        if now.state == .held { steady += 1 }
        continue
      }
      checks.append(
        Check(
          id: id, name: now.name, bucket: bucket, code: now.code, message: now.message,
          step: now.step))
    }
    for id in beforeOrder where after[id] == nil {
      guard let was = before[id] else { continue }
      checks.append(
        Check(
          id: id, name: was.name, bucket: .vanished, code: was.code, message: was.message,
          step: was.step))
    }
    let order = Dictionary(
      uniqueKeysWithValues: Bucket.allCases.enumerated().map { ($0.element, $0.offset) })
    self.checks = checks.enumerated().sorted {
      (order[$0.element.bucket] ?? 0, $0.offset) < (order[$1.element.bucket] ?? 0, $1.offset)
    }.map(\.element)
    steadyCount = steady
    let causes = Self.causes(old, new)
    self.causes = causes
    buckets = Dictionary(
      causes.map { ($0.id, $0.bucket) }, uniquingKeysWith: { first, _ in first })
    coverage = Self.coverage(old, new)
    speeds = Self.speeds(old, new)
  }

  private static func bucket(_ before: State?, _ now: State) -> Bucket? {
    switch (before, now) {
    case (.failed?, .failed): .still
    case (_, .failed): .new
    case (_, .flaky): .flaky
    case (.failed?, .held): .fixed
    case (nil, .held): .added
    case (_, .held), (_, .open): nil
    }
  }

  private static func known(_ ledger: Ledger) -> (checks: [String: Known], order: [String]) {
    var checks: [String: Known] = [:]
    var order: [String] = []
    var names = ClaimNames()
    for entry in ledger.entries {
      let claimed = names.next(entry)
      // A step that was never judged says nothing of its checks, and that is told once.
      for claim in claimed.claims where checks[claim.id] == nil {
        order.append(claim.id)
        checks[claim.id] = Known(
          state: State(claim.verdict),
          name: "\((entry.step.folders + [claimed.name]).joined(separator: " / ")) › \(claim.name)"
            + claimed.round,
          code: claim.verdict.code, message: claim.verdict.message, step: entry.step.number)
      }
    }
    return (checks, order)
  }

  private static func causes(_ old: Ledger, _ new: Ledger) -> [Cause] {
    let (before, after) = (Causes(old).list, Causes(new).list)
    let known = Set(before.map(\.id))
    let now = Set(after.map(\.id))
    func cause(_ cause: AssayReport.Cause, _ bucket: Bucket) -> Cause {
      Cause(
        id: cause.id, bucket: bucket, title: cause.title, message: cause.message,
        count: cause.count)
    }
    let fresh = after.filter { !known.contains($0.id) }.map { cause($0, .new) }
    let still = after.filter { known.contains($0.id) }.map { cause($0, .still) }
    let fixed = before.filter { !now.contains($0.id) }.map { cause($0, .fixed) }
    return fresh + still + fixed
  }

  private static func coverage(_ old: Ledger, _ new: Ledger) -> [Share] {
    guard let before = old.coverage, let after = new.coverage else { return [] }
    return [Share(name: "operations", old: before.called, new: after.called)]
      + [
        ("responses", CoveragePoint.Kind.response), ("requests", .request),
        ("parameters", .parameter), ("members", .property),
      ].map { Share(name: $0, old: before.count($1), new: after.count($1)) }
  }

  private static func speeds(_ old: Ledger, _ new: Ledger) -> [Speed] {
    let before = Dictionary(
      Latency.all(old).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return Latency.all(new).compactMap { now in
      guard let was = before[now.name], now.count >= 30, was.count >= 30 else { return nil }
      let (low, high) = (min(was.p95, now.p95), max(was.p95, now.p95))
      guard high - low > .milliseconds(50), high > low + low / 5 else { return nil }
      return Speed(name: now.name, count: now.count, old: was.p95, new: now.p95)
    }
  }
}
