package import AssayModel

/// The run in Markdown, for a pull request or the summary of a job.
package struct MarkdownReport {
  private let ledger: Ledger
  private let comparison: Comparison?
  private static let causeLimit = 30
  private static let operationLimit = 50
  /// GitHub refuses the whole summary of a step beyond 1 MiB.
  package static let sizeLimit = 900_000

  package init(_ ledger: Ledger, comparison: Comparison? = nil) {
    self.ledger = ledger
    self.comparison = comparison
  }

  package var text: String {
    var text = head
    let causes = Causes(ledger).list
    if !causes.isEmpty {
      text += "\n### Causes\n\n| | where | what is wrong | rule | calls |\n|---|---|---|---|---:|\n"
      for cause in causes.prefix(Self.causeLimit) { text += row(cause) }
      let more = causes.count - Self.causeLimit
      if more > 0 { text += "\nand \(more) more\n" }
      text += opened(causes[0])
    }
    text += compared + coverage
    guard text.utf8.count > Self.sizeLimit else { return text }
    // A table that was cut in the middle of a line would swallow what follows.
    let kept = String(decoding: text.utf8.prefix(Self.sizeLimit), as: UTF8.self)
    let end = kept.lastIndex(of: "\n") ?? kept.endIndex
    return kept[..<end] + "\n\nCut off here; the other reports have all of it.\n"
  }

  private var head: String {
    let summary = ledger.summary
    let mark = ledger.exitCode == .success ? "✅" : ledger.exitCode == .interrupted ? "⚠️" : "❌"
    let name = ledger.facts?.collections.joined(separator: ", ") ?? "a run"
    var text = "## \(mark) \(Self.cell(name)): \(ConsoleReport.reason(ledger.exitCode))\n\n"
    var facts = ["\(summary.requests) requests in \(ledger.duration.brief)"]
    facts.append("\(summary.checks) checks: \(summary.passed) passed")
    if summary.failed > 0 { facts.append("**\(summary.failed) failed**") }
    if summary.errors > 0 { facts.append("**\(summary.errors) could not be judged**") }
    if summary.skipped > 0 { facts.append("\(summary.skipped) skipped") }
    facts.append("\(summary.notJudged) not judged")
    if summary.flaky > 0 { facts.append("\(summary.flaky) flaky") }
    text += facts.joined(separator: " · ") + "\n"
    if summary.ended < summary.planned {
      text += "\n**Incomplete:** \(summary.ended) of \(summary.planned) requests were judged.\n"
    }
    if let reason = ledger.vacuity {
      text += "\n**This run says nothing of the API:** \(reason).\n"
    }
    for gate in ledger.gates {
      text += "\n\(gate.holds ? "✅" : "❌") \(Self.cell(gate.name)): \(Self.cell(gate.message))\n"
    }
    if let facts = ledger.facts {
      var words = ["run `\(Self.code(facts.id))`", "seed `\(facts.seed)`"]
      if let environment = facts.environment { words.insert(Self.cell(environment), at: 0) }
      words += facts.contracts.map(Self.cell)
      text += "\n<sub>\(words.joined(separator: " · ")) · Assay \(facts.version)</sub>\n"
    }
    return text
  }

  private func row(_ cause: Cause) -> String {
    let bucket = comparison?.causeBucket(cause.id).map { $0 == .new ? "**new**" : $0.rawValue }
    let place = cause.place.map { "`\(Self.code($0.description))`" } ?? ""
    return "| \(bucket ?? cause.fault?.rawValue ?? "") | \(Self.cell(cause.title)) | "
      + "\(Self.cell(cause.message)) | \(place) | \(cause.count) |\n"
  }

  /// The first cause, with what came and what was promised.
  private func opened(_ cause: Cause) -> String {
    guard ledger.entries.indices.contains(cause.step) else { return "" }
    let entry = ledger.entries[cause.step]
    let claimed = Claimed(entry, count: 1)
    guard let claim = claimed.claims.first(where: { $0.verdict.message == cause.verdict.message })
    else { return "" }
    let body = FailureText.text(claim, claimed, ledger.facts)
    return "\n<details><summary>\(Self.cell(cause.title)): the first in full</summary>\n\n"
      + Self.fenced(body) + "\n</details>\n"
  }

  private var compared: String {
    guard let comparison else { return "" }
    var text = "\n### Compared with `\(Self.code(comparison.oldRun))`\n\n"
    let parts = Comparison.Bucket.allCases.map { "\(comparison.count($0)) \($0.rawValue)" }
    text += parts.joined(separator: " · ") + "\n"
    for share in comparison.coverage where share.old != share.new {
      text += "\n\(share.name): \(share.old.seen)/\(share.old.total) → "
      text += "\(share.new.seen)/\(share.new.total)\n"
    }
    for speed in comparison.speeds.prefix(10) {
      text += "\n`\(Self.code(speed.name))`: p95 \(speed.old.brief) → \(speed.new.brief)\n"
    }
    return text
  }

  private var coverage: String {
    guard let coverage = ledger.coverage, !coverage.operations.isEmpty else { return "" }
    func share(_ share: Coverage.Share) -> String { "\(share.seen)/\(share.total)" }
    var text = "\n### Coverage\n\n"
    text += "operations \(share(coverage.called)) · responses \(share(coverage.count(.response)))"
    text += " · parameters \(share(coverage.count(.parameter)))"
    text += " · members \(share(coverage.count(.property)))\n"
    let missed = coverage.operations.filter { $0.callCount == 0 }
    guard !missed.isEmpty else { return text }
    text += "\n<details><summary>\(missed.count) operations were not called</summary>\n\n"
    for operation in missed.prefix(Self.operationLimit) {
      text += "- `\(Self.code(operation.facts.name))`\n"
    }
    if missed.count > Self.operationLimit {
      text += "- and \(missed.count - Self.operationLimit) more\n"
    }
    return text + "\n</details>\n"
  }

  // MARK: Texts of others

  /// One line in which nothing is markup.
  static func cell(_ text: String) -> String {
    var result = ""
    for character in TerminalText.visible(text).prefix(600) {
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      // Names of people and numbers of issues would be taken for links.
      case "@": result += "&#64;"
      case "#": result += "&#35;"
      case "|", "\\", "`", "*", "_", "[", "]", "!", "~", "$": result += "\\\(character)"
      default: result.append(character)
      }
    }
    return result
  }

  /// A text between backticks.
  static func code(_ text: String) -> String {
    TerminalText.visible(text).replacing("`", with: "'").replacing("|", with: "\\|")
  }

  /// A block that its text cannot end.
  static func fenced(_ text: String) -> String {
    var (longest, run) = (0, 0)
    for character in text {
      run = character == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(fence)text\n\(TerminalText.visible(text, keepingLines: true))\n\(fence)\n"
  }
}

/// Causes as the commands that GitHub's runner reads from a job's output.
package enum GitHubAnnotations {
  /// GitHub shows ten of a kind for a step, and drops the rest without a word.
  private static let limit = 10

  package static func lines(_ ledger: Ledger) -> String {
    let causes = Causes(ledger).list
    let shown = causes.count > limit ? limit - 1 : causes.count
    var text = ""
    for cause in causes.prefix(shown) {
      var properties = ["title=\(property(cause.title + ": " + cause.rule))"]
      if let place = cause.place {
        properties += ["file=\(property(place.file))", "line=\(place.line)", "col=\(place.column)"]
      }
      let count = cause.count > 1 ? " (\(cause.count) calls)" : ""
      text += "::error \(properties.joined(separator: ","))::\(data(cause.message + count))\n"
    }
    if shown < causes.count {
      text += "::error title=Assay::and \(causes.count - shown) more causes; the reports have all\n"
    }
    for gate in ledger.gates.filter({ !$0.holds }).prefix(limit) {
      text += "::warning title=\(property(gate.name))::\(data(gate.message))\n"
    }
    return text
  }

  private static func data(_ text: String) -> String {
    TerminalText.visible(String(text.prefix(2_000)), keepingLines: true)
      .replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }

  private static func property(_ text: String) -> String {
    data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}
