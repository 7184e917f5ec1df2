/// Decides when a step that is over is shown: not while an earlier one of its collection is open, so
/// that whatever overlaps is seen in the order of the plan.
struct ShownOrder {
  private struct Lane {
    /// Steps that run, or wait to.
    var open: Set<Int> = []
    /// Steps that are over and wait to be shown.
    var over: [Int] = []
  }

  private var lanes: [String: Lane] = [:]

  mutating func open(_ step: Int, of suite: String) {
    lanes[suite, default: Lane()].open.insert(step)
  }

  /// The steps that can be shown now that one is over, in order.
  mutating func close(_ step: Int, of suite: String) -> [Int] {
    var lane = lanes[suite] ?? Lane()
    defer { lanes[suite] = lane }
    lane.open.remove(step)
    lane.over.append(step)
    guard let first = lane.open.min() else { return taken(&lane) { _ in true } }
    return taken(&lane) { $0 < first }
  }

  /// What is left at the end of a run.
  mutating func rest() -> [Int] {
    let left = lanes.values.flatMap(\.over).sorted()
    lanes = [:]
    return left
  }

  private func taken(_ lane: inout Lane, where test: (Int) -> Bool) -> [Int] {
    let shown = lane.over.filter(test).sorted()
    lane.over.removeAll(where: test)
    return shown
  }
}
