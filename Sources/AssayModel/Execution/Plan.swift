/// What a run will do: lanes of numbered steps.
package struct Plan: Sendable {
  package let lanes: [Lane]

  package init(lanes: [Lane]) { self.lanes = lanes }

  package var steps: [Step] { lanes.flatMap(\.steps) }

  package var collectionCount: Int { (lanes.map(\.collection).max() ?? -1) + 1 }

  /// Steps that share one world (variables, cookies, one JavaScript context) and keep their order.
  package struct Lane: Sendable {
    package let number: Int
    /// The place of its collection among those of the run.
    package let collection: Int
    package let suite: Suite
    package let steps: [Step]
    package let scopes: Scopes
    package let rows: DataRows

    package init(
      number: Int, collection: Int, suite: Suite, steps: [Step], scopes: Scopes, rows: DataRows
    ) {
      self.number = number
      self.collection = collection
      self.suite = suite
      self.steps = steps
      self.scopes = scopes
      self.rows = rows
    }
  }
}

/// One request, once, for one iteration.
package struct Step: Sendable {
  /// The place in the plan, from 0; everything shown is in this order.
  package let number: Int
  package let item: Suite.Item
  package let suiteName: String
  package let iteration: Int
  package let iterationCount: Int
  /// What tells its row of data from the others.
  package let row: String?

  package init(
    number: Int, item: Suite.Item, suiteName: String, iteration: Int, iterationCount: Int,
    row: String? = nil
  ) {
    self.number = number
    self.item = item
    self.suiteName = suiteName
    self.iteration = iteration
    self.iterationCount = iterationCount
    self.row = row
  }
}
