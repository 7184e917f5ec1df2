/// What a contract promises of one operation, point by point, so that a run can tell what it has seen.
package struct OperationFacts: Sendable, Hashable {
  /// `GET /pets/{id}`.
  package let name: String
  package let contract: String
  package let place: Place
  package let isDeprecated: Bool
  package var points: [CoveragePoint]

  package init(
    name: String, contract: String, place: Place, isDeprecated: Bool, points: [CoveragePoint]
  ) {
    self.name = name
    self.contract = contract
    self.place = place
    self.isDeprecated = isDeprecated
    self.points = points
  }
}

/// Something that a run can reach or miss.
package struct CoveragePoint: Sendable, Hashable {
  package enum Kind: String, Sendable, CaseIterable {
    /// A documented status with one of its media types.
    case response
    /// A media type of the request body.
    case request
    /// A parameter that was sent, or left out, or had one of its values.
    case parameter
    /// A member of a response body that was there.
    case property
  }

  package let kind: Kind
  /// Such as `200 application/json` or `query limit: left out`.
  package let label: String

  package init(_ kind: Kind, _ label: String) {
    self.kind = kind
    self.label = label
  }
}

/// What one call has reached of a contract.
package struct Reach: Sendable, Hashable {
  /// The place of the operation among all that the judge knows.
  package let operation: Int
  /// Places among the points of the operation.
  package let points: [Int]
  /// The members of its responses, which are points behind the others; told once for each operation,
  /// since few of those of a large contract are ever reached.
  package let properties: [String]?
  /// Whether the body that came has not one value in it, such as an empty list.
  package let isHollow: Bool

  package init(operation: Int, points: [Int], properties: [String]?, isHollow: Bool) {
    self.operation = operation
    self.points = points
    self.properties = properties
    self.isHollow = isHollow
  }
}

/// How much of its contracts a run has reached.
package struct Coverage: Sendable {
  package private(set) var operations: [Operation]

  package struct Operation: Sendable {
    package fileprivate(set) var facts: OperationFacts
    package fileprivate(set) var seen: Set<Int> = []
    package fileprivate(set) var callCount = 0
    /// The steps that called it, the first ones alone.
    package fileprivate(set) var steps: [Int] = []
    fileprivate var hasProperties = false

    package func count(_ kind: CoveragePoint.Kind) -> Share {
      var share = Share()
      for (index, point) in facts.points.enumerated() where point.kind == kind {
        share.total += 1
        if seen.contains(index) { share.seen += 1 }
      }
      return share
    }

    package func missing(_ kind: CoveragePoint.Kind) -> [String] {
      facts.points.enumerated().filter { $0.element.kind == kind && !seen.contains($0.offset) }
        .map(\.element.label)
    }
  }

  package struct Share: Sendable, Hashable {
    package var seen = 0
    package var total = 0

    package init(seen: Int = 0, total: Int = 0) {
      self.seen = seen
      self.total = total
    }

    /// Rounded down, so that 100 means all; nothing to reach is all of it.
    package var percent: Int { total == 0 ? 100 : seen * 100 / total }
  }

  /// How many steps are remembered of each operation.
  private static let stepLimit = 20

  package init(_ operations: [OperationFacts]) {
    self.operations = operations.map { Operation(facts: $0) }
  }

  mutating func add(_ reach: Reach, by step: Int) {
    guard operations.indices.contains(reach.operation) else { return }
    operations[reach.operation].callCount += 1
    operations[reach.operation].seen.formUnion(reach.points)
    if operations[reach.operation].steps.count < Self.stepLimit {
      operations[reach.operation].steps.append(step)
    }
    if let names = reach.properties, !operations[reach.operation].hasProperties {
      operations[reach.operation].hasProperties = true
      operations[reach.operation].facts.points += names.map { CoveragePoint(.property, $0) }
    }
  }

  /// Operations that were called at all.
  package var called: Share {
    Share(seen: operations.count { $0.callCount > 0 }, total: operations.count)
  }

  package func count(_ kind: CoveragePoint.Kind) -> Share {
    operations.map { $0.count(kind) }.reduce(into: Share()) {
      $0.seen += $1.seen
      $0.total += $1.total
    }
  }
}
