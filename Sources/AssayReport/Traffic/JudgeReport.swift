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

/// A finding in JSON, of one shape wherever it stands.
enum FindingJSON {
  static func write(_ finding: Finding, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("code", finding.code)
      writer.member("severity", finding.severity.rawValue)
      writer.member("in", finding.part.rawValue)
      writer.member("name", ifAny: finding.name)
      writer.member("at", finding.at)
      writer.member("keyword", finding.keyword)
      writer.member("message", finding.message)
      writer.member("expected", finding.expected)
      writer.member("received", finding.received)
      writer.member("reading", ifAny: finding.reading)
      if let place = finding.document {
        writer.name("document")
        writer.object { writer in
          writer.member("file", place.file)
          writer.member("line", place.line)
          writer.member("column", place.column)
          writer.member("pointer", finding.documentPointer)
          writer.name("excerpt")
          write(finding.documentExcerpt, to: &writer)
        }
      }
      if let range = finding.receivedRange {
        writer.name("range")
        writer.array {
          $0.int(range.lowerBound)
          $0.int(range.upperBound)
        }
      }
      if let line = finding.receivedLine { writer.member("line", line) }
    }
  }

  static func write(_ lines: [Finding.ExcerptLine], to writer: inout JSONWriter) {
    writer.array { writer in
      for line in lines {
        writer.object {
          $0.member("line", line.number)
          $0.member("text", line.text)
          $0.member("marked", line.isMarked)
          if let column = line.column { $0.member("column", column) }
        }
      }
    }
  }
}
