/// A range of bytes in one source file.
package struct SourceSpan: Sendable {
  package let file: SourceFile
  package let range: Range<Int>

  package init(file: SourceFile, range: Range<Int>) {
    self.file = file
    self.range = range
  }

  package var start: Position { file.position(at: range.lowerBound) }
  package var end: Position { file.position(at: range.upperBound) }
  package var text: String { file.text(in: range) }

  /// The place as `file:line:column`, which terminals and editors turn into a link.
  package var place: Place {
    let start = self.start
    return Place(file: file.name, line: start.line, column: start.column)
  }
}

/// A place in a named file, without the file's text: what a report keeps of a span.
package struct Place: Sendable, Hashable, CustomStringConvertible {
  package let file: String
  package let line: Int
  package let column: Int

  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  package var description: String { "\(file):\(line):\(column)" }
}
