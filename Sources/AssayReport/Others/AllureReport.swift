package import AssayModel
internal import AssayText

/// The run as Allure results: a file for each request, whose steps are its claims.
package struct AllureReport {
  private let ledger: Ledger
  /// So many requests have a file; a folder with more is of no use to anybody.
  private static let limit = 100_000

  package init(_ ledger: Ledger) { self.ledger = ledger }

  package func write(to output: ReportOutput, in folder: String = "allure-results") {
    var names = ClaimNames()
    for entry in ledger.entries.prefix(Self.limit) {
      let claimed = names.next(entry)
      let id = CTRFReport.uuid("\(ledger.facts?.id ?? "")/\(entry.step.number)")
      var attachments: [(name: String, type: String, source: String)] = []
      if entry.isBad, entry.exchange != nil {
        let source = "\(id)-attachment.har"
        attachments.append(("exchange", "application/json", source))
        output.file("\(folder)/\(source)") { sink in
          HARReport(ledger, entries: [entry]).write(to: &sink)
        }
      }
      output.file("\(folder)/\(id)-result.json") { sink in
        var writer = JSONWriter()
        write(claimed, id, attachments, to: &writer)
        sink.write(writer.drained())
        sink.write("\n")
      }
    }
    output.file("\(folder)/environment.properties") { sink in
      for (name, value) in facts { sink.write("\(name)=\(Self.property(value))\n") }
    }
  }

  private var facts: [(String, String)] {
    guard let facts = ledger.facts else { return [] }
    return [
      ("assay.run", facts.id), ("assay.version", facts.version), ("assay.seed", "\(facts.seed)"),
      ("environment", facts.environment ?? ""),
      ("contracts", facts.contracts.joined(separator: ", ")),
    ]
  }

  private static func property(_ text: String) -> String {
    TerminalText.visible(text).replacing("\\", with: "\\\\")
  }

  private static func status(_ verdict: Verdict) -> String {
    switch verdict.outcome {
    case .passed: "passed"
    case .failed: "failed"
    // Allure's word for what a test could not find out.
    case .error: "broken"
    case .skipped, .notJudged: "skipped"
    }
  }

  private func write(
    _ claimed: Claimed, _ id: String,
    _ attachments: [(name: String, type: String, source: String)], to writer: inout JSONWriter
  ) {
    let entry = claimed.entry
    let start = (ledger.facts?.startedAt ?? 0) * 1_000
    let verdicts = claimed.claims.map(\.verdict)
    let worst =
      verdicts.first { $0.outcome == .failed } ?? verdicts.first { $0.outcome == .error }
    let isPassed = verdicts.contains { $0.outcome == .passed }
    writer.object { writer in
      writer.member("uuid", id)
      writer.member("historyId", claimed.id + (claimed.name == entry.step.name ? "" : claimed.name))
      writer.member("testCaseId", claimed.id)
      writer.member("fullName", "\(entry.step.suite) / \(entry.step.path)")
      writer.member("name", claimed.name + claimed.round)
      writer.member("status", worst.map(Self.status) ?? (isPassed ? "passed" : "skipped"))
      writer.member("stage", "finished")
      if let worst {
        writer.name("statusDetails")
        writer.object { writer in
          writer.member("message", worst.message)
          let bad = claimed.claims.filter { $0.verdict.isBad }
          writer.member(
            "trace",
            bad.map { FailureText.text($0, claimed, ledger.facts) }.joined(separator: "\n\n"))
        }
      } else if verdicts.contains(where: { $0.code == Verdict.flakyCode }) {
        writer.name("statusDetails")
        writer.object { $0.member("flaky", true) }
      }
      writer.member("start", start + JournalCodec.microseconds(entry.startedAt) / 1_000)
      writer.member("stop", start + JournalCodec.microseconds(entry.endedAt) / 1_000)
      labels(entry, to: &writer)
      writer.name("steps")
      writer.array { writer in
        for claim in claimed.claims {
          writer.object {
            $0.member("name", claim.name)
            $0.member("status", Self.status(claim.verdict))
            $0.member("stage", "finished")
            guard !claim.verdict.message.isEmpty else { return }
            $0.name("statusDetails")
            $0.object { $0.member("message", claim.verdict.message) }
          }
        }
      }
      writer.name("attachments")
      writer.array { writer in
        for attachment in attachments {
          writer.object {
            $0.member("name", attachment.name)
            $0.member("type", attachment.type)
            $0.member("source", attachment.source)
          }
        }
      }
    }
  }

  private func labels(_ entry: Ledger.Entry, to writer: inout JSONWriter) {
    var labels = [("parentSuite", entry.step.suite), ("framework", "assay")]
    if let folder = entry.step.folders.first { labels.append(("suite", folder)) }
    if entry.step.folders.count > 1 {
      labels.append(("subSuite", entry.step.folders.dropFirst().joined(separator: " / ")))
    }
    if let operation = entry.operation { labels.append(("feature", operation)) }
    writer.name("labels")
    writer.array { writer in
      for (name, value) in labels {
        writer.object {
          $0.member("name", name)
          $0.member("value", value)
        }
      }
    }
  }
}
