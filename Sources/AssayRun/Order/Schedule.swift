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
  enum Stage: Int, Sendable, Comparable {
    /// Its scripts have not begun.
    case waiting
    /// Its scripts run, and its request is being composed.
    case issuing
    /// Its request is known.
    case composed
    /// Its response is there, and what it changes in the lane has been changed.
    case committed
    case ended

    static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
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

  /// What holds for every step of one item.
  final class Traits: Sendable {
    let issue: Footprint
    let after: Footprint
    let isInert: Bool
    let isOpaque: Bool
    let hasTests: Bool
    /// Whether its request could change a server, as far as can be told before it is composed.
    let mayChange: Bool
    let sends: Bool

    init(_ item: ItemFootprint) {
      issue = item.issue
      after = item.after
      isInert = issue == .none && item.after == .none
      isOpaque = issue.opacity != nil || item.after.opacity != nil
      hasTests = item.hasTests
      let isSafe = item.method.map(Request.isSafe) ?? false
      mayChange =
        !isSafe || item.logsIn || item.before.changesRequest || item.before.opacity != nil
      sends = item.before.sends || item.after.sends
    }
  }

  private struct Entry {
    let number: Int
    let traits: Traits
    var target: Target?
    var stage = Stage.waiting
    /// In a plan: the steps that it waits for, and those that they wait for.
    var waits: Set<Int> = []
  }

  private let order: StepOrder
  /// The steps in order; those before `head` are over.
  private var entries: [Entry] = []
  private var head = 0
  /// How many of them nothing is known of.
  private var opaqueCount = 0
  /// Origins that have answered once, and whether they keep cookies.
  private var origins: [String: Bool] = [:]
  /// In a plan: the first call to each origin.
  private var firsts: [String: Int] = [:]

  package init(order: StepOrder) { self.order = order }

  /// Takes a step in; steps come in the order of the plan.
  mutating func add(_ number: Int, _ traits: Traits) {
    entries.append(Entry(number: number, traits: traits))
    if traits.isOpaque { opaqueCount += 1 }
  }

  private func index(_ number: Int) -> Int? {
    var (low, high) = (head, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low].number == number ? low : nil
  }

  // MARK: Where a step stands

  mutating func advance(_ number: Int, to stage: Stage) {
    guard let index = index(number) else { return }
    entries[index].stage = stage
    guard stage == .ended else { return }
    if entries[index].traits.isOpaque { opaqueCount -= 1 }
    while head < entries.count, entries[head].stage == .ended { head += 1 }
    // Now and then, since each time all that is behind would move.
    if head >= 128 {
      entries.removeFirst(head)
      head = 0
    }
  }

  mutating func compose(_ number: Int, _ target: Target) {
    guard let index = index(number) else { return }
    entries[index].target = target
    entries[index].stage = .composed
  }

  /// Notes that an origin has answered, and whether it set cookies.
  mutating func answered(_ origin: String, setsCookies: Bool) {
    origins[origin] = origins[origin, default: false] || setsCookies
  }

  // MARK: What a step waits for

  /// What has to be over before a step's scripts run and its request is composed.
  ///
  /// - Parameter scopes: The variables of the moment, whose values can lead to further names.
  func obstacle(toStarting number: Int, _ scopes: Scopes) -> Obstacle? {
    guard order == .auto, let place = index(number) else { return nil }
    let later = entries[place].traits
    if later.isInert, opaqueCount == 0 { return nil }
    let issue = Self.reaching(later.issue, scopes)
    // The nearest is the one that most probably comes last.
    for earlier in entries[head..<place].reversed() where earlier.stage != .ended {
      if issue.sends { return Obstacle(step: earlier.number, reason: "sends requests of its own") }
      if let reason = Self.obstacle(earlier, issue) {
        return Obstacle(step: earlier.number, reason: reason)
      }
    }
    return nil
  }

  /// A footprint with the names that the values of its names lead to.
  private static func reaching(_ footprint: Footprint, _ scopes: Scopes) -> Footprint {
    guard !footprint.reads.isEmpty else { return footprint }
    var footprint = footprint
    let reached = scopes.reached(from: footprint.reads)
    footprint.reads = reached.names
    footprint.readsAll = footprint.readsAll || reached.isComputed
    return footprint
  }

  private static func obstacle(_ earlier: Entry, _ issue: Footprint) -> String? {
    let traits = earlier.traits
    if traits.isInert, issue.opacity == nil { return nil }
    if earlier.stage < .composed, let reason = traits.issue.obstacle(to: issue) { return reason }
    if let reason = traits.after.obstacle(to: issue) { return reason }
    return issue.opacity
  }

  /// What has to be over before a step's request leaves.
  func obstacle(toSending number: Int) -> Obstacle? {
    guard order == .auto, let place = index(number), let target = entries[place].target else {
      return nil
    }
    var index = place
    while index > head {
      index -= 1
      // By its place, since a copy of each would be most of the work.
      if entries[index].stage >= .committed, !entries[index].traits.sends { continue }
      if let reason = obstacle(entries[index], target) {
        return Obstacle(step: entries[index].number, reason: reason)
      }
    }
    return nil
  }

  private func obstacle(
    _ earlier: Entry, _ target: Target, isPlan: Bool = false
  ) -> String? {
    if earlier.traits.sends, earlier.stage != .ended { return "sends requests of its own" }
    guard earlier.stage < .committed else { return nil }
    let isUnknown = earlier.target == nil || earlier.target?.origin == nil
    let isShared = isUnknown || target.origin == nil || earlier.target?.origin == target.origin
    // It may be redirected, and reach this one's server after all.
    if !target.isSafe {
      return isShared ? "may change what that sees" : "may change where that is redirected to"
    }
    if isShared, !(earlier.target?.isSafe ?? !earlier.traits.mayChange) {
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

  /// The step whose response may change the lane next: every earlier one's has.
  var nextToCommit: Int? {
    entries[head...].first { $0.stage < .committed }?.number
  }

  /// The step whose test scripts may run next: those of every earlier step have.
  var nextToTest: Int? {
    entries[head...].first {
      $0.stage != .ended && !($0.stage == .committed && !$0.traits.hasTests)
    }?.number
  }

  /// Whether a step is one of those that overlap in the order of the plan.
  func isOrdered(_ number: Int) -> Bool { order == .auto && index(number) != nil }

  // MARK: Before the run

  /// Everything that a step will wait for, as far as that can be told beforehand: of the waits that
  /// follow from others only the last ones are named.
  ///
  /// - Parameter reach: How many steps back are looked at.
  package mutating func plan(
    _ number: Int, _ item: ItemFootprint, _ target: Target, _ scopes: Scopes, reach: Int = 256
  ) -> [Obstacle] {
    add(number, Traits(item))
    entries[entries.count - 1].target = target
    if entries.count > reach { entries.removeFirst(entries.count - reach) }
    guard order == .auto else { return [] }
    let place = entries.count - 1
    let issue = Self.reaching(entries[place].traits.issue, scopes)
    var obstacles: [Obstacle] = []
    var implied: Set<Int> = []
    for earlier in entries[..<place].reversed() where !implied.contains(earlier.number) {
      let own = issue.sends ? "sends requests of its own" : Self.obstacle(earlier, issue)
      guard let reason = own ?? obstacle(earlier, target, isPlan: true) else { continue }
      obstacles.append(Obstacle(step: earlier.number, reason: reason))
      implied.formUnion(earlier.waits)
    }
    let reached = entries[0].number
    entries[place].waits = implied.union(obstacles.map(\.step)).filter { $0 >= reached }
    if let origin = target.origin, firsts[origin] == nil { firsts[origin] = number }
    return obstacles.reversed()
  }
}
