internal import AssayModel
internal import AssayText

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
