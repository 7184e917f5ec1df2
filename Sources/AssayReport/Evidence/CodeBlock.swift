internal import AssayModel

/// Numbered lines with a place in them, as a page shows them.
struct CodeBlock {
  struct Line {
    /// Nil for a line that is not there and should be.
    let number: Int?
    let text: String
    /// The characters that are meant.
    let marked: Range<Int>?
  }

  private(set) var lines: [Line]

  /// What came: the lines of the body around the violated place. Nil where the finding is not about
  /// a body that is there.
  static func received(_ finding: Finding, _ entry: Ledger.Entry) -> CodeBlock? {
    guard finding.part == .responseBody, let body = entry.exchange?.response?.body, !body.isEmpty
    else { return nil }
    let excerpt = Excerpt(body: body, range: finding.receivedRange)
    var lines = excerpt.lines.map { Line(number: $0.number, text: $0.text, marked: $0.marked) }
    if let ghost = missingMember(finding), let first = lines.firstIndex(where: { $0.marked != nil })
    {
      // What is missing is drawn where it would stand; its parent is no fault by itself.
      let opening = lines[first].text
      let indent = opening.prefix { $0 == " " } + "  "
      let text = "\(indent)\"\(ghost)\": …"
      let width = text.unicodeScalars.count
      lines = lines.map { Line(number: $0.number, text: $0.text, marked: nil) }
      let start = indent.unicodeScalars.count
      lines.insert(Line(number: nil, text: text, marked: start..<width), at: first + 1)
    }
    return CodeBlock(lines: lines)
  }

  /// The member that a rule asks for and that is not there.
  private static func missingMember(_ finding: Finding) -> String? {
    guard finding.keyword == "required", let parts = finding.expected.parted(at: "a member `"),
      parts.after.hasSuffix("`")
    else { return nil }
    return String(parts.after.dropLast())
  }

  /// What was promised: the lines of the contract around the rule.
  static func promised(_ finding: Finding) -> CodeBlock? {
    guard !finding.documentExcerpt.isEmpty else { return nil }
    return CodeBlock(
      lines: finding.documentExcerpt.map { line in
        let length = line.text.unicodeScalars.count
        let start = min((line.column ?? 1) - 1, length)
        return Line(
          number: line.number, text: line.text, marked: line.isMarked ? start..<length : nil)
      })
  }

  static func script(_ excerpt: ScriptExcerpt) -> CodeBlock {
    CodeBlock(
      lines: excerpt.lines.map { line in
        let length = line.text.unicodeScalars.count
        return Line(
          number: line.number, text: line.text,
          marked: line.isMarked ? min(excerpt.caret - 1, length)..<length : nil)
      })
  }
}
