package import AssayModel

/// Lays out what a run will do: which items, how often, in which lanes.
package enum Planner {
  /// One collection with the variables that it starts from.
  package struct Source: Sendable {
    package let suite: Suite
    package let scopes: Scopes
    package let rows: DataRows
    /// Nil: as many as there are rows.
    package let iterationCount: Int?

    package init(suite: Suite, scopes: Scopes, rows: DataRows, iterationCount: Int?) {
      self.suite = suite
      self.scopes = scopes
      self.rows = rows
      self.iterationCount = iterationCount
    }
  }

  /// A lane for each collection: inside one, state flows from call to call and from row to row.
  ///
  /// - Parameter selection: Names or ids of folders and requests; everything where it is empty.
  package static func plan(_ sources: [Source], selection: [String] = []) -> Plan {
    var number = 0
    var lanes: [Plan.Lane] = []
    for (laneNumber, source) in sources.enumerated() {
      let items = source.suite.items.filter { isSelected($0, by: selection) }
      let count = source.iterationCount ?? max(source.rows.count, 1)
      var steps: [Step] = []
      steps.reserveCapacity(items.count * count)
      for iteration in 0..<count {
        for item in items {
          steps.append(
            Step(
              number: number, item: item, suiteName: source.suite.name, iteration: iteration,
              iterationCount: count))
          number += 1
        }
      }
      lanes.append(
        Plan.Lane(
          number: laneNumber, suite: source.suite, steps: steps, scopes: source.scopes,
          rows: source.rows))
    }
    return Plan(lanes: lanes)
  }

  private static func isSelected(_ item: Suite.Item, by selection: [String]) -> Bool {
    selection.isEmpty
      || selection.contains { $0 == item.name || $0 == item.id || item.folders.contains($0) }
  }

  /// The selected names that no folder and no request has, each with the nearest that exists.
  package static func unknown(
    _ selection: [String], in suites: [Suite]
  ) -> [(name: String, nearest: String?)] {
    let names = Set(suites.flatMap(\.items).flatMap { $0.folders + [$0.name, $0.id] })
    return selection.filter { !names.contains($0) }.map { ($0, Nearest.match($0, among: names)) }
  }
}
