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
    package let composer: (any Composer)?
    /// What a script can read and write.
    package let footprint: @Sendable (Script) -> Footprint

    package init(
      suite: Suite, scopes: Scopes, rows: DataRows, iterationCount: Int?,
      composer: (any Composer)? = nil,
      footprint: @escaping @Sendable (Script) -> Footprint = { _ in .none }
    ) {
      self.footprint = footprint
      self.suite = suite
      self.scopes = scopes
      self.rows = rows
      self.iterationCount = iterationCount
      self.composer = composer
    }
  }

  /// Which steps are meant; everything where nothing is said.
  package struct Selection: Sendable {
    /// Names or ids of folders and requests, any of which will do.
    package var names: [String] = []
    /// Expressions, any of which will do.
    package var only: [Selector] = []
    /// Expressions, none of which may hold.
    package var skip: [Selector] = []
    /// What an earlier run left to do: items by the path that it knew them by.
    package var paths: Set<[String]>?
    /// How often everything is done over.
    package var repeatCount = 1
    /// Whether what sets the variables of what is meant runs before it.
    package var withDependencies = false

    package init() {}
  }

  /// A lane for each collection, since state flows from call to call and from row to row inside one;
  /// or one for each row.
  package static func plan(
    _ sources: [Source], selection: Selection = Selection(), lanesOfRows: Bool = false
  ) -> Plan {
    var number = 0
    var lanes: [Plan.Lane] = []
    for (collection, source) in sources.enumerated() {
      let items = source.suite.items.filter { isNamed($0, by: selection.names) }
      let base = source.iterationCount ?? max(source.rows.count, 1)
      let rows = repeated(source.rows, every: base, selection.repeatCount)
      var steps: [Step] = []
      for iteration in 0..<base * selection.repeatCount {
        let row = label(of: rows, iteration)
        let count = base * selection.repeatCount
        let meant = items.filter {
          isMeant($0, of: source, iteration, row, count, by: selection)
        }
        let all =
          selection.withDependencies ? Self.withDependencies(meant, of: source) : meant
        for item in all {
          steps.append(
            Step(
              number: number, item: item, suiteName: source.suite.name, iteration: iteration,
              iterationCount: count, row: row))
          number += 1
        }
        if lanesOfRows {
          lanes.append(
            Plan.Lane(
              number: lanes.count, collection: collection, suite: source.suite, steps: steps,
              scopes: source.scopes, rows: rows))
          steps = []
        }
      }
      guard !lanesOfRows else { continue }
      lanes.append(
        Plan.Lane(
          number: lanes.count, collection: collection, suite: source.suite, steps: steps,
          scopes: source.scopes, rows: rows))
    }
    return Plan(lanes: lanes)
  }

  /// The items with those before them that set what they read, and so on.
  private static func withDependencies(
    _ meant: [Suite.Item], of source: Source
  ) -> [Suite.Item] {
    guard let composer = source.composer, !meant.isEmpty else { return meant }
    let footprints = ItemFootprint.all(
      of: source.suite, composer: composer, footprint: source.footprint)
    var chosen = Set(meant.map(\.index))
    var needed: Set<String> = []
    // Backwards, so that what a chosen one needs is known before those that could set it.
    for item in source.suite.items.reversed() {
      guard let footprint = footprints[item.index] else { continue }
      var own = footprint.issue
      own.formUnion(footprint.after)
      if !chosen.contains(item.index) {
        let mayWriteAny = own.writesAll || own.opacity != nil
        guard !needed.isEmpty, mayWriteAny || !own.writes.isDisjoint(with: needed) else { continue }
        chosen.insert(item.index)
      }
      needed.formUnion(own.reads)
    }
    return source.suite.items.filter { chosen.contains($0.index) }
  }

  /// What a row is called: the value of its first column, where that is short and no secret.
  private static func label(of rows: DataRows, _ iteration: Int) -> String? {
    guard rows.count > 1, let first = rows.row(ofIteration: iteration).first, first.secret == nil,
      !SecretName.isLikely(first.name)
    else { return nil }
    let text = first.substitution
    return text.isEmpty || text.count > 40 ? nil : text
  }

  /// Rows that begin again with each round.
  private static func repeated(_ rows: DataRows, every base: Int, _ count: Int) -> DataRows {
    guard count > 1, rows.count > 0 else { return rows }
    return DataRows(count: base * count) { rows.row(ofIteration: $0 % base) }
  }

  private static func isNamed(_ item: Suite.Item, by names: [String]) -> Bool {
    names.isEmpty
      || names.contains { $0 == item.name || $0 == item.id || item.folders.contains($0) }
  }

  private static func isMeant(
    _ item: Suite.Item, of source: Source, _ iteration: Int, _ row: String?,
    _ iterationCount: Int, by selection: Selection
  ) -> Bool {
    let suite = source.suite.name
    if let paths = selection.paths, !paths.contains([suite] + item.folders + [item.name]) {
      return false
    }
    guard !selection.only.isEmpty || !selection.skip.isEmpty else { return true }
    let draft = source.composer?.draft(of: item)
    let method = draft?["method"]?.text ?? "GET"
    let url = draft?["url"].map { $0["raw"]?.text ?? $0.substitution } ?? ""
    func picks(_ selector: Selector) -> Bool {
      selector.picks(
        item, of: suite, iteration: iteration, method: method, url: url,
        check: Identity.step(
          suite: suite, folders: item.folders, name: item.name, row: row, iteration: iteration,
          iterationCount: iterationCount))
    }
    return (selection.only.isEmpty || selection.only.contains(where: picks))
      && !selection.skip.contains(where: picks)
  }

  /// The selected names that no folder and no request has, each with the nearest that exists.
  package static func unknown(
    _ selection: [String], in suites: [Suite]
  ) -> [(name: String, nearest: String?)] {
    let names = Set(suites.flatMap(\.items).flatMap { $0.folders + [$0.name, $0.id] })
    return selection.filter { !names.contains($0) }.map { ($0, Nearest.match($0, among: names)) }
  }
}
