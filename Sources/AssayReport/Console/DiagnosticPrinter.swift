package import AssayModel
internal import AssayText

/// Lays a diagnostic out for a terminal: what is wrong, the user's own lines, and what helps.
package struct DiagnosticPrinter: Sendable {
  private let style: Style
  private let width: Int

  package init(style: Style, width: Int = 100) {
    self.style = style
    self.width = max(40, width)
  }

  package func text(_ diagnostic: Diagnostic) -> String {
    var lines = [head(diagnostic)]
    let numberWidth = diagnostic.labels.map { String($0.span.start.line).count }.max() ?? 1
    let gutter = String(repeating: " ", count: numberWidth)
    for (index, label) in diagnostic.labels.enumerated() {
      lines += excerpt(label, gutter: gutter, isFirst: index == 0)
    }
    for note in diagnostic.notes {
      lines.append("\(gutter) \(style.blue("=")) note: \(TerminalText.visible(note))")
    }
    if let hint = diagnostic.hint {
      lines.append("\(gutter) \(style.blue("=")) help: \(TerminalText.visible(hint))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func head(_ diagnostic: Diagnostic) -> String {
    let kind = "\(diagnostic.severity.rawValue)[\(diagnostic.code)]"
    let painted =
      switch diagnostic.severity {
      case .error: style.red(kind)
      case .warning: style.yellow(kind)
      case .note: style.blue(kind)
      }
    return "\(painted): \(style.bold(TerminalText.visible(diagnostic.message)))"
  }

  private func excerpt(_ label: Diagnostic.Label, gutter: String, isFirst: Bool) -> [String] {
    let span = label.span
    let start = span.start
    let arrow = style.blue(isFirst ? "-->" : ":::")
    let place = TerminalText.visible(span.place.description)
    let first = span.range.lowerBound
    if label.isHidden {
      return ["\(gutter)\(arrow) \(place)  \(TerminalText.visible(label.text))"]
    }
    guard let range = span.file.part(ofLine: start.line, near: first, reach: 4 * width) else {
      return ["\(gutter)\(arrow) \(place)"]
    }
    let bar = style.blue("|")
    let room = max(20, width - gutter.count - 3)
    let before = span.file.text(in: range.lowerBound..<first).unicodeScalars.count
    let (text, column) = shown(span.file.text(in: range), column: before, room: room)
    let marked = span.file.text(in: first..<min(span.range.upperBound, range.upperBound))
    let length = min(max(1, marked.unicodeScalars.count), max(1, room - column))
    let marks =
      String(repeating: " ", count: column) + String(repeating: isFirst ? "^" : "-", count: length)
    let number = String(start.line)
    let padding = String(repeating: " ", count: gutter.count - number.count)
    let painted = isFirst ? style.red(marks) : style.blue(marks)
    let words = label.text.isEmpty ? "" : " " + TerminalText.visible(label.text)
    return [
      "\(gutter)\(arrow) \(place)", "\(gutter) \(bar)",
      "\(style.blue(padding + number)) \(bar) \(text)", "\(gutter) \(bar) \(painted)\(words)",
    ]
  }

  /// A line made safe and cut to the room there is, and where its column has moved.
  private func shown(_ line: String, column: Int, room: Int) -> (String, Int) {
    // Tabs and controls become one column each, so that the marks below stand right.
    let scalars = line.unicodeScalars.map { scalar -> Unicode.Scalar in
      TerminalText.visible(String(scalar)).unicodeScalars.count == 1 ? scalar : " "
    }
    let skipped = column > room - 20 ? column - room / 2 : 0
    let part = scalars.dropFirst(skipped).prefix(room - (skipped > 0 ? 1 : 0))
    let text = String(String.UnicodeScalarView(part))
    return skipped > 0 ? ("…" + text, column - skipped + 1) : (text, column)
  }
}

extension Diagnostic {
  /// The diagnostic as one JSON object.
  package var json: String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("severity", severity.rawValue)
      writer.member("code", code)
      writer.member("message", message)
      writer.name("places")
      writer.array { writer in
        for label in labels {
          let (start, end) = (label.span.start, label.span.end)
          writer.object {
            $0.member("file", label.span.file.name)
            $0.member("line", start.line)
            $0.member("column", start.column)
            $0.member("endLine", end.line)
            $0.member("endColumn", end.column)
            $0.member("text", label.text)
          }
        }
      }
      writer.name("notes")
      writer.array { writer in for note in notes { writer.string(note) } }
      writer.member("hint", ifAny: hint)
    }
    return writer.text
  }
}
