package import AssayModel

/// Joins the events of several runs into those of one.
///
/// Steps are numbered anew in the order that one run of everything would have had: collection by
/// collection, iteration by iteration, as the items stand in their files. Times begin with the first
/// run. What was promised by contracts is joined by name, and each call's reach is meant accordingly.
package struct JournalMerge {
  /// The plan of one run: what has to be known before its events can be passed on.
  private struct Source {
    let facts: RunFacts
    /// The new number of each of its steps.
    var numbers: [Int: Int] = [:]
    var offset: Duration = .zero
    /// The new number of each of its operations, and its points with what was told later.
    var operations: [Int] = []
    var labels: [[CoveragePoint]] = []
    var end = Ledger.End.missing
  }

  private var sources: [Source] = []
  private var steps: [(source: Int, step: Event.PlannedStep)] = []
  private var operations: [OperationFacts] = []
  private var operationNumbers: [String: Int] = [:]
  /// The points of each operation by label, with what was told later.
  private var pointNumbers: [[CoveragePoint: Int]] = []
  private var toldProperties: Set<Int> = []

  package init() {}

  // MARK: The first reading

  /// Takes what a run says of itself as a whole; every event of it, in order.
  package mutating func survey(_ event: Event, of source: Int) {
    switch event.kind {
    case .runStarted(let facts): sources.append(Source(facts: facts))
    case .planned(let planned): steps += planned.map { (source, $0) }
    case .stepAdded(let step): steps.append((source, step))
    case .contracted(let own):
      for facts in own {
        let key = "\(facts.contract)\u{0}\(facts.name)"
        if operationNumbers[key] == nil {
          operationNumbers[key] = operations.count
          operations.append(facts)
          pointNumbers.append(
            Dictionary(
              facts.points.enumerated().map { ($0.element, $0.offset) },
              uniquingKeysWith: { first, _ in first }))
        }
        sources[source].operations.append(operationNumbers[key] ?? 0)
        sources[source].labels.append(facts.points)
      }
    case .runEnded(let interrupted): sources[source].end = interrupted ? .interrupted : .complete
    default: break
    }
  }

  /// What stands before everything else in the joined run.
  package mutating func opening(id: String) -> [Event] {
    guard let first = sources.first?.facts else { return [] }
    var facts = first
    facts.id = id
    facts.startedAt = sources.map(\.facts.startedAt).min() ?? first.startedAt
    for source in sources.dropFirst().map(\.facts) {
      facts.collections += source.collections.filter { !facts.collections.contains($0) }
      facts.contracts += source.contracts.filter { !facts.contracts.contains($0) }
      facts.inputs += source.inputs.filter { !facts.inputs.contains($0) }
      facts.environment = facts.environment ?? source.environment
    }
    for index in sources.indices {
      sources[index].offset = .seconds(sources[index].facts.startedAt - facts.startedAt)
    }
    let planned = number(facts)
    var events = [Event.Kind.runStarted(facts), .planned(planned)]
    if !operations.isEmpty { events.append(.contracted(operations)) }
    return events.map { Event(time: .zero, kind: $0) }
  }

  private mutating func number(_ facts: RunFacts) -> [Event.PlannedStep] {
    var suites: [String: Int] = [:]
    for (_, step) in steps where suites[step.suite] == nil { suites[step.suite] = suites.count }
    for (index, name) in facts.collections.enumerated() { suites[name] = index }
    let ordered = steps.enumerated().sorted { one, other in
      let (left, right) = (one.element.step, other.element.step)
      let (first, second) = (suites[left.suite] ?? 0, suites[right.suite] ?? 0)
      if first != second { return first < second }
      if left.iteration != right.iteration { return left.iteration < right.iteration }
      if left.place.file == right.place.file {
        let places = ((left.place.line, left.place.column), (right.place.line, right.place.column))
        if places.0 != places.1 { return places.0 < places.1 }
      }
      return one.offset < other.offset
    }
    return ordered.enumerated().map { number, entry in
      let (source, step) = entry.element
      sources[source].numbers[step.number] = number
      return step.numbered(number)
    }
  }

  // MARK: The second reading

  /// An event as it stands in the joined run; nil for what the run as a whole says.
  package mutating func moved(_ event: Event, of source: Int) -> Event? {
    guard let kind = moved(event.kind, of: source) else { return nil }
    return Event(time: event.time + sources[source].offset, kind: kind)
  }

  private mutating func moved(_ kind: Event.Kind, of source: Int) -> Event.Kind? {
    func number(_ step: Int) -> Int? { sources[source].numbers[step] }
    switch kind {
    case .runStarted, .planned, .stepAdded, .contracted, .gated, .runEnded: return nil
    case .slowed: return kind
    case .noted(nil, _): return kind
    case .noted(let step?, let note): return number(step).map { .noted($0, note) }
    case .stepStarted(let step): return number(step).map { .stepStarted($0) }
    case .stepEnded(let step): return number(step).map { .stepEnded($0) }
    case .exchanged(let step, let exchange): return number(step).map { .exchanged($0, exchange) }
    case .subexchanged(let step, let exchange):
      return number(step).map { .subexchanged($0, exchange) }
    case .retried(let step, let exchange, let reason):
      return number(step).map { .retried($0, exchange, reason: reason) }
    case .held(let step, let other, let reason):
      guard let step = number(step), let other = number(other) else { return nil }
      return .held(step, by: other, reason: reason)
    case .drew(let step, let from):
      return number(step).map { .drew($0, from: from.compactMap(number).sorted()) }
    case .judged(let step, let verdict): return number(step).map { .judged($0, verdict) }
    case .console(let step, let line): return number(step).map { .console($0, line) }
    case .visualized(let step, let page): return number(step).map { .visualized($0, page) }
    case .variableChanged(let step, let scope, let name):
      return number(step).map { .variableChanged($0, scope, name: name) }
    case .mapped(let step, let operation, let reach):
      guard let step = number(step) else { return nil }
      return .mapped(step, operation: operation, reach: reach.flatMap { moved($0, of: source) })
    }
  }

  /// Points by their labels, since each run tells those of responses in an order of its own.
  private mutating func moved(_ reach: Reach, of source: Int) -> Reach? {
    guard sources[source].operations.indices.contains(reach.operation) else { return nil }
    let operation = sources[source].operations[reach.operation]
    if let names = reach.properties {
      let points = names.map { CoveragePoint(.property, $0) }
      sources[source].labels[reach.operation] += points
    }
    var properties: [String]?
    if let names = reach.properties, toldProperties.insert(operation).inserted {
      properties = names
      for name in names {
        let point = CoveragePoint(.property, name)
        let next = pointNumbers[operation].count
        if pointNumbers[operation][point] == nil { pointNumbers[operation][point] = next }
      }
    }
    let labels = sources[source].labels[reach.operation]
    let points = reach.points.compactMap { index in
      labels.indices.contains(index) ? pointNumbers[operation][labels[index]] : nil
    }
    return Reach(
      operation: operation, points: points, properties: properties, isHollow: reach.isHollow)
  }

  /// How the joined run ended: whole where all were, and killed where one was; nil for that.
  package var ending: Event.Kind? {
    if sources.contains(where: { $0.end == .missing }) { return nil }
    return .runEnded(interrupted: sources.contains { $0.end == .interrupted })
  }
}
