internal import AssayModel

// A row for each operation, a column for each status: what was promised, and what was seen of it.
extension HTMLReport {
  private static var operationLimit: Int { 2_000 }
  private static var statusLimit: Int { 24 }

  /// What became of the calls of one operation that were answered with one status.
  private struct Seen {
    var count = 0
    var bad = 0
  }

  func coverage(_ markup: inout Markup) {
    guard let coverage = ledger.coverage else { return }
    let seen = seenStatuses
    let columns = self.columns(coverage, seen)
    markup.element("p", [("class", "legend")]) { markup in
      for (mark, meaning) in [
        ("✓ n", "n calls, all of them right"), ("✗ n", "wrong in some of n calls"),
        ("○", "documented, not seen"), ("! n", "seen, not documented"), ("–", "not promised"),
      ] {
        markup.element("span") { markup in
          markup.element("b", mark)
          markup.add(" " + meaning)
        }
      }
    }
    markup.element(
      "div",
      [
        ("class", "wide"), ("tabindex", "0"), ("role", "region"),
        ("aria-labelledby", "coverage-title"),
      ]
    ) { markup in
      markup.element("table", [("class", "coverage"), ("id", "matrix")]) { markup in
        Self.head(
          ["operation", "calls"] + columns + ["requests", "parameters", "members"], &markup)
        markup.element("tbody") { markup in
          // As the contract lists them, which is how its owner knows them.
          let ordered = coverage.operations.sorted {
            ($0.facts.place.file, $0.facts.place.line, $0.facts.place.column)
              < ($1.facts.place.file, $1.facts.place.line, $1.facts.place.column)
          }
          for operation in ordered.prefix(Self.operationLimit) {
            row(operation, columns, seen[operation.facts.name] ?? [:], &markup)
          }
        }
        foot(coverage, columns.count, &markup)
      }
    }
    let rest = coverage.operations.count - Self.operationLimit
    if rest > 0 {
      markup.element("p", [("class", "path")], "\(rest) more operations are in the journal.")
    }
    let more = allStatuses(coverage, seen).count - columns.count
    if more > 0 {
      markup.element("p", [("class", "path")], "\(more) rare statuses have no column.")
    }
  }

  private var seenStatuses: [String: [Int: Seen]] {
    var seen: [String: [Int: Seen]] = [:]
    for entry in ledger.entries {
      guard let operation = entry.operation, let status = entry.exchange?.response?.status else {
        continue
      }
      seen[operation, default: [:]][status, default: Seen()].count += 1
      // What a test found is no fault of the response's by the contract.
      let isWrong = entry.verdicts.contains { $0.isBad && $0.code.hasPrefix("contract.") }
      if isWrong { seen[operation]?[status]?.bad += 1 }
    }
    return seen
  }

  /// The status of a point such as `200 application/json`.
  private static func status(_ label: String) -> String {
    String(label.prefix { $0 != " " })
  }

  private func allStatuses(_ coverage: Coverage, _ seen: [String: [Int: Seen]]) -> [String: Int] {
    var counts: [String: Int] = [:]
    for operation in coverage.operations {
      let own = Set(
        operation.facts.points.filter { $0.kind == .response }.map { Self.status($0.label) })
      for status in own { counts[status, default: 0] += 1 }
      for status in seen[operation.facts.name]?.keys ?? [:].keys {
        // What was seen has to have a column, documented or not.
        if Self.documented(status, own) == nil { counts["\(status)", default: 0] += 100_000 }
      }
    }
    return counts
  }

  /// The documented response that a status belongs to: its own, its range's, or the default.
  private static func documented(_ status: Int, _ labels: Set<String>) -> String? {
    if labels.contains("\(status)") { return "\(status)" }
    let range = "\(status / 100)XX"
    if labels.contains(range) { return range }
    return labels.contains("default") ? "default" : nil
  }

  private func columns(_ coverage: Coverage, _ seen: [String: [Int: Seen]]) -> [String] {
    allStatuses(coverage, seen).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .prefix(Self.statusLimit).map(\.key).sorted()
  }

  private func row(
    _ operation: Coverage.Operation, _ columns: [String], _ seen: [Int: Seen],
    _ markup: inout Markup
  ) {
    let isCalled = operation.callCount > 0
    markup.element("tr", isCalled ? [] : [("class", "missed")]) { markup in
      markup.element("th", [("scope", "row")]) { markup in
        markup.element("code", operation.facts.name)
        if operation.facts.isDeprecated { markup.element("span", [("class", "tag")], "deprecated") }
      }
      markup.element("td", isCalled ? Self.grouped(operation.callCount) : "never")
      for column in columns { cell(column, operation, seen, &markup) }
      for kind in [CoveragePoint.Kind.request, .parameter, .property] {
        share(operation, kind, &markup)
      }
    }
  }

  private func cell(
    _ column: String, _ operation: Coverage.Operation, _ seen: [Int: Seen],
    _ markup: inout Markup
  ) {
    let points = operation.facts.points.enumerated().filter {
      $0.element.kind == .response && Self.status($0.element.label) == column
    }
    let labels = Set(
      operation.facts.points.filter { $0.kind == .response }.map { Self.status($0.label) })
    var sum = Seen()
    for (status, one) in seen {
      let label = Self.documented(status, labels) ?? "\(status)"
      guard label == column else { continue }
      sum.count += one.count
      sum.bad += one.bad
    }
    let media = points.map {
      "\(operation.seen.contains($0.offset) ? "seen" : "not seen"): \($0.element.label)"
    }
    var (kind, text) = ("none", "–")
    if points.isEmpty {
      if sum.count > 0 { (kind, text) = ("bad", "! \(Self.grouped(sum.count))") }
    } else if sum.count == 0 {
      (kind, text) = ("open", "○")
    } else if sum.bad > 0 {
      (kind, text) = ("bad", "✗ \(Self.grouped(sum.count))")
    } else {
      (kind, text) = ("good", "✓ \(Self.grouped(sum.count))")
    }
    let reached = points.count { operation.seen.contains($0.offset) }
    if points.count > 1 { text += " · \(reached)/\(points.count)" }
    var attributes = [("class", kind)]
    if !media.isEmpty { attributes.append(("title", media.joined(separator: "\n"))) }
    markup.element("td", attributes, text)
  }

  private func share(
    _ operation: Coverage.Operation, _ kind: CoveragePoint.Kind, _ markup: inout Markup
  ) {
    let share = operation.count(kind)
    let missing = operation.missing(kind)
    let more = missing.count > 20 ? "\nand \(missing.count - 20) more" : ""
    var attributes = [("class", Self.kind(share))]
    if !missing.isEmpty, operation.callCount > 0 {
      attributes.append(("title", "not seen: " + missing.prefix(20).joined(separator: "\n") + more))
    }
    markup.element("td", attributes, share.total == 0 ? "–" : "\(share.seen)/\(share.total)")
  }

  private static func kind(_ share: Coverage.Share) -> String {
    share.total == 0 ? "none" : share.seen == share.total ? "good" : share.seen == 0 ? "open" : ""
  }

  private func foot(_ coverage: Coverage, _ width: Int, _ markup: inout Markup) {
    markup.element("tfoot") { markup in
      markup.element("tr") { markup in
        markup.element("th", [("scope", "row")], "all")
        markup.element("td", Self.grouped(coverage.operations.reduce(0) { $0 + $1.callCount }))
        let responses = coverage.count(.response)
        if width > 0 {
          markup.element(
            "td", [("colspan", "\(width)")], "\(responses.seen) of \(responses.total) responses")
        }
        for kind in [CoveragePoint.Kind.request, .parameter, .property] {
          let share = coverage.count(kind)
          markup.element("td", "\(share.seen)/\(share.total)")
        }
      }
    }
  }
}
