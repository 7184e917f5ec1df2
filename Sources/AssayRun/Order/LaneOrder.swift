package import AssayModel

/// Why a lane goes one step after another whatever was asked for.
package enum LaneOrder {
  /// In words for a plan; nil where steps may overlap.
  package static func reason(
    wanted: StepOrder, footprints: [Int: ItemFootprint], lane: Plan.Lane, pauses: Bool, stops: Bool
  ) -> String? {
    guard wanted != .strict else { return nil }
    if pauses { return "a pause is asked for before each request" }
    if stops { return "the run stops at the first failure" }
    let chosen = Set(lane.steps.lazy.map(\.item.index))
    for item in lane.suite.items where chosen.contains(item.index) {
      guard let footprint = footprints[item.index],
        footprint.before.steers || footprint.after.steers
      else { continue }
      return "«\(item.name)» can choose what comes next"
    }
    return nil
  }
}

extension ItemFootprint {
  /// What is known of each item of a collection, by its index.
  package static func all(
    of suite: Suite, composer: any Composer, footprint: (Script) -> Footprint
  ) -> [Int: ItemFootprint] {
    // Scripts of folders are shared by many items, and looked at once.
    var known: [String: Footprint] = [:]
    func union(_ scripts: [Script]) -> Footprint {
      var all = Footprint.none
      for script in scripts {
        let key = script.phase.rawValue + script.source
        let found = known[key] ?? footprint(script)
        known[key] = found
        all.formUnion(found)
      }
      return all
    }
    var footprints: [Int: ItemFootprint] = [:]
    for item in suite.items {
      var found = composer.footprint(of: item)
      found.before = union(item.preRequestScripts)
      found.after = union(item.testScripts)
      found.hasTests = !item.testScripts.isEmpty
      footprints[item.index] = found
    }
    return footprints
  }
}
