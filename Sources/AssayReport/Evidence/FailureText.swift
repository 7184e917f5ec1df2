internal import AssayModel

/// What is said of a failure where there is room for more than a line, and none for markup.
enum FailureText {
  static let findingLimit = 20
  /// Lines of a received body around a place.
  private static let margin = 2

  static func text(_ claim: Claim, _ claimed: Claimed, _ facts: RunFacts?) -> String {
    let (verdict, entry) = (claim.verdict, claimed.entry)
    var lines = [verdict.message]
    if let exchange = entry.exchange {
      let status = exchange.response.map { " → \($0.status)" } ?? " → no response"
      lines.append("\(exchange.request.method) \(exchange.request.url)\(status)")
    }
    for (index, finding) in verdict.findings.prefix(findingLimit).enumerated() {
      let place = finding.document.map { " (\($0))" } ?? ""
      let at = finding.at.isEmpty ? "" : "\(finding.at): "
      lines.append("- \(at)\(finding.message)\(place)")
      if !finding.expected.isEmpty { lines.append("  expected: \(finding.expected)") }
      if !finding.received.isEmpty { lines.append("  received: \(finding.received)") }
      // The first is shown where it stands; whoever needs more has the other reports.
      if index == 0 { lines += sides(finding, entry) }
    }
    let more = verdict.findings.count - findingLimit
    if more > 0 { lines.append("and \(more) more") }
    lines.append("request: \(entry.step.place)")
    if let place = verdict.place, place != entry.step.place {
      lines.append("rule or test: \(place)")
    }
    if let excerpt = verdict.excerpt { lines += script(excerpt) }
    lines.append("check: \(claim.id)")
    if let line = Reproduction.line(facts, claim.id) { lines.append("repro: \(line)") }
    lines.append("again as recorded: \(Reproduction.replay(facts, claimed.id))")
    lines.append("about \(verdict.code): assay explain \(verdict.code)")
    return lines.joined(separator: "\n")
  }

  /// The received lines and the rule's own, with the place marked in both.
  private static func sides(_ finding: Finding, _ entry: Ledger.Entry) -> [String] {
    var lines: [String] = []
    if let body = entry.exchange?.response?.body, !body.isEmpty, finding.part == .responseBody,
      finding.receivedRange != nil
    {
      lines.append("  received body:")
      for line in Excerpt(body: body, range: finding.receivedRange, margin: margin).lines {
        lines.append("  \(line.marked == nil ? " " : ">") \(line.number) | \(line.text)")
      }
    }
    if let place = finding.document, !finding.documentExcerpt.isEmpty {
      lines.append("  the contract, \(place):")
      for line in finding.documentExcerpt where abs(line.number - place.line) <= margin {
        lines.append("  \(line.isMarked ? ">" : " ") \(line.number) | \(line.text)")
      }
    }
    return lines
  }

  static func script(_ excerpt: ScriptExcerpt) -> [String] {
    var lines: [String] = []
    for line in excerpt.lines {
      lines.append("\(line.number) | \(line.text)")
      if line.isMarked {
        let indent = String(line.number).count + 3 + excerpt.caret - 1
        lines.append(String(repeating: " ", count: indent) + "^")
      }
    }
    return lines
  }
}
