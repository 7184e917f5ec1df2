internal import AssayModel

// What the run has reached of its contracts, operation by operation.
extension HTMLReport {
  /// How many operations are listed.
  private static var operationLimit: Int { 2_000 }

  static func coverage(_ coverage: Coverage, _ markup: inout Markup) {
    markup.element("section", [("id", "coverage"), ("aria-labelledby", "coverage-title")]) {
      markup in
      markup.element("h2", [("id", "coverage-title")]) { markup in
        markup.add("Coverage ")
        let called = coverage.called
        markup.element("span", [("class", "count")], "\(called.seen) of \(called.total) operations")
      }
      markup.element("div", [("class", "wide")]) { markup in
        markup.element("table", [("class", "coverage")]) { table(coverage, &$0) }
      }
      let rest = coverage.operations.count - operationLimit
      if rest > 0 { markup.element("p", "\(rest) more operations are in the journal.") }
    }
  }

  private static func table(_ coverage: Coverage, _ markup: inout Markup) {
    markup.element("thead") { markup in
      markup.element("tr") { markup in
        for name in ["operation", "calls", "responses", "parameters", "members", "not reached"] {
          markup.element("th", [("scope", "col")], name)
        }
      }
    }
    markup.element("tbody") { markup in
      // As the contract lists them, which is how its owner knows them.
      let ordered = coverage.operations.sorted {
        ($0.facts.place.file, $0.facts.place.line, $0.facts.place.column)
          < ($1.facts.place.file, $1.facts.place.line, $1.facts.place.column)
      }
      for operation in ordered.prefix(operationLimit) { row(operation, &markup) }
    }
    markup.element("tfoot") { markup in
      markup.element("tr") { markup in
        markup.element("th", [("scope", "row")], "all")
        markup.element("td", String(coverage.operations.reduce(0) { $0 + $1.callCount }))
        for kind in kinds { share(coverage.count(kind), &markup) }
        markup.element("td", "")
      }
    }
  }

  private static var kinds: [CoveragePoint.Kind] { [.response, .parameter, .property] }

  private static func row(_ operation: Coverage.Operation, _ markup: inout Markup) {
    let isCalled = operation.callCount > 0
    markup.element("tr", isCalled ? [] : [("class", "missed")]) { markup in
      markup.element("th", [("scope", "row")]) { markup in
        markup.element("code", operation.facts.name)
        if operation.facts.isDeprecated { markup.element("span", [("class", "tag")], "deprecated") }
      }
      markup.element("td", isCalled ? String(operation.callCount) : "never")
      for kind in kinds { share(operation.count(kind), &markup) }
      let missing = operation.missing(.response)
      let more = missing.count > 8 ? " and \(missing.count - 8) more" : ""
      markup.element("td", missing.prefix(8).joined(separator: ", ") + more)
    }
  }

  private static func share(_ share: Coverage.Share, _ markup: inout Markup) {
    let kind =
      share.total == 0 ? "" : share.seen == share.total ? "good" : share.seen == 0 ? "bad" : ""
    markup.element("td", [("class", kind)], share.total == 0 ? "–" : "\(share.seen)/\(share.total)")
  }
}
