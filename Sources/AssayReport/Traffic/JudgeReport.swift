package import AssayModel
internal import AssayText

/// What contracts say of recorded exchanges, as `assay judge --json` prints it.
package enum JudgeReport {
  package static func text(_ ledger: Ledger) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.name("entries")
      writer.array { writer in for entry in ledger.entries { write(entry, to: &writer) } }
    }
    return writer.text
  }

  private static func write(_ entry: Ledger.Entry, to writer: inout JSONWriter) {
    let judgement = Judgement(operation: entry.operation, verdicts: entry.verdicts)
    writer.object { writer in
      writer.member("index", entry.step.number)
      writer.name("operation")
      writer.value(entry.operation.map { .string($0) } ?? .null)
      writer.member("request", judgement.request.rawValue)
      writer.member(
        "response", judgement.response(hasCome: entry.exchange?.response != nil).rawValue)
      writer.name("findings")
      writer.array { writer in
        for finding in entry.verdicts.flatMap(\.findings) {
          FindingJSON.write(finding, to: &writer)
        }
      }
      let unjudged = entry.verdicts.filter { $0.outcome == .notJudged }
      guard !unjudged.isEmpty else { return }
      writer.name("notJudged")
      writer.array { writer in for verdict in unjudged { writer.string(verdict.message) } }
    }
  }
}
