package import AssayModel
internal import AssayText

/// Problems in files as SARIF 2.1.0, which code hosts show beside the lines.
package enum SARIFReport {
  package static func text(_ problems: [Diagnostic], version: String) -> String {
    var writer = JSONWriter(indent: 2)
    writer.object { writer in
      writer.member("version", "2.1.0")
      writer.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
      writer.name("runs")
      writer.array { writer in
        writer.object { writer in
          writer.name("tool")
          writer.object { writer in
            writer.name("driver")
            driver(problems, version, &writer)
          }
          writer.member("columnKind", "unicodeCodePoints")
          writer.name("results")
          writer.array { writer in for problem in problems { result(problem, &writer) } }
        }
      }
    }
    return writer.text + "\n"
  }

  private static func driver(
    _ problems: [Diagnostic], _ version: String, _ writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.member("name", "Assay")
      writer.member("version", version)
      writer.name("rules")
      writer.array { writer in
        for code in Set(problems.map(\.code)).sorted() {
          writer.object { $0.member("id", code) }
        }
      }
    }
  }

  private static func result(_ problem: Diagnostic, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("ruleId", problem.code)
      writer.member("level", problem.severity.rawValue)
      let words = [problem.message] + (problem.hint.map { [$0] } ?? [])
      writer.name("message")
      writer.object { $0.member("text", words.joined(separator: "; ")) }
      guard !problem.labels.isEmpty else { return }
      writer.name("locations")
      writer.array { location(problem.labels[0], &$0) }
      guard problem.labels.count > 1 else { return }
      writer.name("relatedLocations")
      writer.array { writer in
        for label in problem.labels.dropFirst() { location(label, &writer) }
      }
    }
  }

  private static func location(_ label: Diagnostic.Label, _ writer: inout JSONWriter) {
    let (start, end) = (label.span.start, label.span.end)
    writer.object { writer in
      writer.name("physicalLocation")
      writer.object { writer in
        writer.name("artifactLocation")
        writer.object {
          $0.member(
            "uri",
            PercentEncoding.encode(label.span.file.name.utf8) {
              URI.isUnreserved($0) || $0 == UInt8(ascii: "/")
            })
        }
        writer.name("region")
        writer.object {
          $0.member("startLine", start.line)
          $0.member("startColumn", start.column)
          $0.member("endLine", end.line)
          $0.member("endColumn", end.column)
        }
      }
      if !label.text.isEmpty {
        writer.name("message")
        writer.object { $0.member("text", label.text) }
      }
    }
  }
}
