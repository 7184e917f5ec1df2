package import AssayModel

/// How the steps of a lane follow one another.
package enum StepOrder: String, Sendable, CaseIterable {
  /// One after another.
  case strict
  /// Side by side wherever nobody could tell the difference.
  case auto
  /// Side by side, whatever they are.
  case free
}

/// Decides which steps of a lane may overlap, so that nobody could tell.
///
/// As an out-of-order processor does with instructions: steps are issued as soon as nothing before
/// them writes what they read, and are retired in the order of the plan. Their responses and their
/// test scripts therefore come to pass as if each step had waited for the last.
package struct Schedule: Sendable {
  /// How far a step has come.
  package enum Stage: Int, Sendable, Comparable {
    /// Its scripts have not begun.
    case waiting
    /// Its scripts run, and its request is being composed.
    case issuing
    /// Its request is known.
    case composed
    /// Its response is there, and what it changes in the lane has been changed.
    case committed
    case ended

    package static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
  }

  /// What one step waits for.
  package struct Obstacle: Sendable, Hashable {
    /// The number of the step that has to come first.
    package let step: Int
    package let reason: String
  }

  /// What is known of a request that is ready.
  package struct Target: Sendable, Hashable {
    /// Nil where it cannot be known whom it will reach.
    package let origin: String?
    package let isSafe: Bool

    package init(origin: String?, isSafe: Bool) {
      self.origin = origin
      self.isSafe = isSafe
    }

    package init(_ request: Request, logsIn: Bool) {
      origin = logsIn ? nil : request.origin
      isSafe = !logsIn && Request.isSafe(request.method)
    }
  }

  private struct Entry {
    let number: Int
    let issue: Footprint
    let after: Footprint
    let isInert: Bool
    let hasTests: Bool
    /// Whether its request could change a server, as far as can be told before it is composed.
    let mayChange: Bool
    let sends: Bool
    var target: Target?
    var stage = Stage.waiting
    /// In a plan: the steps that it waits for, and those that they wait for.
    var waits: Set<Int> = []
  }

  private let order: StepOrder
  /// The steps that are not over, in order.
  private var entries: [Entry] = []
  /// Origins that have answered once, and whether they keep cookies.
  private var origins: [String: Bool] = [:]
  /// In a plan: the first call to each origin.
  private var firsts: [String: Int] = [:]

  package init(order: StepOrder) { self.order = order }

  package var isEmpty: Bool { entries.isEmpty }

  /// Takes a step in; steps come in the order of the plan.
  ///
  /// - Parameter template: The names that its request is filled in from, with those behind them.
  package mutating func add(_ number: Int, _ item: ItemFootprint) {
    let issue = item.issue
    let isPlain = issue == .none && item.after == .none
    let isSafe = item.method.map(Request.isSafe) ?? false
    entries.append(
      Entry(
        number: number, issue: issue, after: item.after, isInert: isPlain,
        hasTests: item.hasTests,
        mayChange: !isSafe || item.logsIn || item.before.changesRequest
          || item.before.opacity != nil,
        sends: item.before.sends || item.after.sends))
  }

  private func index(_ number: Int) -> Int? {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low].number == number ? low : nil
  }

  // MARK: Where a step stands

  package mutating func advance(_ number: Int, to stage: Stage) {
    guard let index = index(number) else { return }
    entries[index].stage = stage
    while entries.first?.stage == .ended { entries.removeFirst() }
  }

  package mutating func compose(_ number: Int, _ target: Target) {
    guard let index = index(number) else { return }
    entries[index].target = target
    entries[index].stage = .composed
  }

  /// Notes that an origin has answered, and whether it set cookies.
  package mutating func answered(_ origin: String, setsCookies: Bool) {
    origins[origin] = origins[origin, default: false] || setsCookies
  }

  // MARK: What a step waits for

  /// What has to be over before a step's scripts run and its request is composed.
  ///
  /// - Parameter scopes: The variables of the moment, whose values can lead to further names.
  package func obstacle(toStarting number: Int, _ scopes: Scopes) -> Obstacle? {
    guard order == .auto, let place = index(number) else { return nil }
    let later = entries[place]
    guard
      !later.isInert
        || entries[..<place].contains(where: {
          $0.issue.opacity != nil
            || $0.after.opacity != nil
        })
    else { return nil }
    var issue = later.issue
    if !issue.reads.isEmpty {
      let reached = scopes.reached(from: issue.reads)
      issue.reads = reached.names
      issue.readsAll = issue.readsAll || reached.isComputed
    }
    // The nearest is the one that most probably comes last.
    for earlier in entries[..<place].reversed() where earlier.stage != .ended {
      if issue.sends { return Obstacle(step: earlier.number, reason: "sends requests of its own") }
      if let reason = Self.obstacle(earlier, issue) {
        return Obstacle(step: earlier.number, reason: reason)
      }
    }
    return nil
  }

  private static func obstacle(_ earlier: Entry, _ issue: Footprint) -> String? {
    if earlier.isInert, issue.opacity == nil { return nil }
    if earlier.stage < .composed, let reason = earlier.issue.obstacle(to: issue) { return reason }
    if let reason = earlier.after.obstacle(to: issue) { return reason }
    return issue.opacity
  }

  /// What has to be over before a step's request leaves.
  package func obstacle(toSending number: Int) -> Obstacle? {
    guard order == .auto, let place = index(number), let target = entries[place].target else {
      return nil
    }
    for earlier in entries[..<place].reversed() {
      if let reason = obstacle(earlier, target) {
        return Obstacle(step: earlier.number, reason: reason)
      }
    }
    return nil
  }

  private func obstacle(
    _ earlier: Entry, _ target: Target, isPlan: Bool = false
  ) -> String? {
    if earlier.sends, earlier.stage != .ended { return "sends requests of its own" }
    guard earlier.stage < .committed else { return nil }
    let isUnknown = earlier.target == nil || earlier.target?.origin == nil
    let isShared = isUnknown || target.origin == nil || earlier.target?.origin == target.origin
    // It may be redirected, and reach this one's server after all.
    if !target.isSafe {
      return isShared ? "may change what that sees" : "may change where that is redirected to"
    }
    if isShared, !(earlier.target?.isSafe ?? !earlier.mayChange) {
      return "may see what that changes"
    }
    guard isShared, let origin = target.origin else {
      return target.origin == nil ? "logs in" : nil
    }
    // Whether a server keeps cookies shows when it has answered.
    if isPlan {
      return firsts[origin] == earlier.number ? "is not the first call to its server" : nil
    }
    switch origins[origin] {
    case nil: return "is not the first call to its server"
    case true?: return "carries the server's cookies"
    case false?: return nil
    }
  }

  /// Whether a response may change the lane: every earlier step's has.
  package func mayCommit(_ number: Int) -> Bool {
    guard order == .auto, let place = index(number) else { return true }
    return entries[..<place].allSatisfy { $0.stage >= .committed }
  }

  /// Whether test scripts may run: those of every earlier step have.
  package func mayTest(_ number: Int) -> Bool {
    guard order == .auto, let place = index(number) else { return true }
    return entries[..<place].allSatisfy {
      $0.stage == .ended || $0.stage == .committed && !$0.hasTests
    }
  }

  // MARK: Before the run

  /// Everything that a step will wait for, as far as that can be told beforehand: of the waits that
  /// follow from others only the last ones are named.
  ///
  /// - Parameter reach: How many steps back are looked at.
  package mutating func plan(
    _ number: Int, _ item: ItemFootprint, _ target: Target, _ scopes: Scopes, reach: Int = 256
  ) -> [Obstacle] {
    add(number, item)
    entries[entries.count - 1].target = target
    if entries.count > reach { entries.removeFirst(entries.count - reach) }
    guard order == .auto else { return [] }
    let place = entries.count - 1
    var issue = entries[place].issue
    let reached = scopes.reached(from: issue.reads)
    issue.reads = reached.names
    issue.readsAll = issue.readsAll || reached.isComputed
    var obstacles: [Obstacle] = []
    var implied: Set<Int> = []
    for earlier in entries[..<place].reversed() where !implied.contains(earlier.number) {
      let own = issue.sends ? "sends requests of its own" : Self.obstacle(earlier, issue)
      guard let reason = own ?? obstacle(earlier, target, isPlan: true) else { continue }
      obstacles.append(Obstacle(step: earlier.number, reason: reason))
      implied.formUnion(earlier.waits)
    }
    entries[place].waits = implied.union(obstacles.map(\.step))
    if let origin = target.origin, firsts[origin] == nil { firsts[origin] = number }
    return obstacles.reversed()
  }

  /// The steps that are not over, in order.
  package var openNumbers: [Int] { entries.map(\.number) }
}
