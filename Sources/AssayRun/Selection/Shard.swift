package import AssayModel

/// One part of a plan, for one machine of several.
///
/// A plan falls into groups that cannot notice each other: collections; rows, where each has a lane of its
/// own; and the outermost folders of a collection that changes nothing on a server and whose folders
/// share no variable. Groups go to the machines by their size, and the same way on each machine.
package struct Shard: Sendable, Hashable {
  /// From 0.
  package let index: Int
  package let count: Int

  /// `2/5`, counted from 1.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let one = parts[0], let count = parts[1] else { return nil }
    self.init(index: one - 1, count: count)
  }

  package init?(index: Int, count: Int) {
    guard (1...10_000).contains(count), (0..<count).contains(index) else { return nil }
    self.index = index
    self.count = count
  }

  /// The steps of this part, numbered anew.
  package func part(of plan: Plan, from sources: [Planner.Source]) -> Plan {
    var groups: [(lane: Int, unit: String, size: Int)] = []
    var places: [String: Int] = [:]
    var units: [Int: [Int: String]] = [:]
    for (number, lane) in plan.lanes.enumerated() {
      let own = units[lane.collection] ?? Self.units(of: sources[lane.collection])
      units[lane.collection] = own
      for step in lane.steps {
        let unit = own[step.item.index] ?? ""
        let key = "\(number)\u{0}\(unit)"
        if let place = places[key] {
          groups[place].size += 1
        } else {
          places[key] = groups.count
          groups.append((number, unit, 1))
        }
      }
    }
    // The largest first, each to whoever has least.
    var loads = [Int](repeating: 0, count: count)
    var mine: Set<String> = []
    let order = groups.indices.sorted { (groups[$1].size, $0) < (groups[$0].size, $1) }
    for place in order {
      let least = loads.indices.min { loads[$0] < loads[$1] } ?? 0
      loads[least] += groups[place].size
      if least == index { mine.insert("\(groups[place].lane)\u{0}\(groups[place].unit)") }
    }
    return picked(plan) { lane, step in
      mine.contains("\(lane)\u{0}\(units[plan.lanes[lane].collection]?[step.item.index] ?? "")")
    }
  }

  private func picked(_ plan: Plan, _ isMine: (Int, Step) -> Bool) -> Plan {
    var number = 0
    var lanes: [Plan.Lane] = []
    for (place, lane) in plan.lanes.enumerated() {
      var steps: [Step] = []
      for step in lane.steps where isMine(place, step) {
        steps.append(step.numbered(number))
        number += 1
      }
      guard !steps.isEmpty else { continue }
      lanes.append(
        Plan.Lane(
          number: lanes.count, collection: lane.collection, suite: lane.suite, steps: steps,
          scopes: lane.scopes, rows: lane.rows))
    }
    return Plan(lanes: lanes)
  }

  /// What each item belongs to: its outermost folder, or itself, or all of it where they could notice
  /// each other.
  private static func units(of source: Planner.Source) -> [Int: String] {
    let items = source.suite.items
    let together = Dictionary(uniqueKeysWithValues: items.map { ($0.index, "") })
    guard let composer = source.composer else { return together }
    let footprints = ItemFootprint.all(
      of: source.suite, composer: composer, footprint: source.footprint)
    /// Who writes and who reads each variable, by unit.
    var owners: [String: Set<String>] = [:]
    var written: Set<String> = []
    for item in items {
      guard let footprint = footprints[item.index] else { return together }
      var whole = footprint.issue
      whole.formUnion(footprint.after)
      // Whatever changes a server may be what a later call relies on.
      guard let method = footprint.method, Request.isSafe(method), !footprint.logsIn,
        !whole.changesRequest, !whole.sends, !whole.writesAll, !whole.steers, !whole.usesWorld,
        whole.opacity == nil, !whole.readsAll || written.isEmpty
      else { return together }
      let unit = item.folders.first ?? item.path
      for name in whole.reads.union(whole.writes) { owners[name, default: []].insert(unit) }
      written.formUnion(whole.writes)
    }
    // A variable that somebody writes keeps its users together; two such sets may overlap, so all do.
    let isShared = written.contains { (owners[$0]?.count ?? 0) > 1 }
    guard !isShared else { return together }
    return Dictionary(uniqueKeysWithValues: items.map { ($0.index, $0.folders.first ?? $0.path) })
  }
}
