internal import Synchronization

/// The bytes of one input under the name its user knows it by.
///
/// An input is read once and kept, so that a file that changes during a run cannot mix old text
/// with new, and every later message can show the very line it speaks of.
package final class SourceFile: Sendable {
  package let name: String
  package let bytes: [UInt8]

  /// Where each line starts; made when the first place is asked for, since most inputs are never
  /// complained about.
  private let lineStarts = Mutex<[Int]>([])

  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  package convenience init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }

  /// The line and column of a byte offset, both counted from 1.
  ///
  /// A column counts Unicode scalars, which is what editors and terminals agree on for most text.
  package func position(at offset: Int) -> Position {
    let offset = min(max(offset, 0), bytes.count)
    let starts = startsOfLines()
    var low = 0
    var high = starts.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= offset { low = middle } else { high = middle - 1 }
    }
    var column = 1
    for index in starts[low]..<offset where bytes[index] & 0xC0 != 0x80 { column += 1 }
    return Position(offset: offset, line: low + 1, column: column)
  }

  /// The byte range of a line without its line break, or nil past the end.
  package func rangeOfLine(_ number: Int) -> Range<Int>? {
    let starts = startsOfLines()
    guard number >= 1, number <= starts.count else { return nil }
    let start = starts[number - 1]
    var end = number < starts.count ? starts[number] : bytes.count
    if end > start, bytes[end - 1] == 0x0A { end -= 1 }
    if end > start, bytes[end - 1] == 0x0D { end -= 1 }
    return start..<end
  }

  /// The part of a line that is near a byte offset: a line may be as long as its file.
  ///
  /// The part begins and ends between characters.
  package func part(ofLine number: Int, near offset: Int, reach: Int) -> Range<Int>? {
    guard let line = rangeOfLine(number) else { return nil }
    var start = max(line.lowerBound, min(offset, line.upperBound) - reach)
    var end = min(line.upperBound, max(offset, line.lowerBound) + reach)
    while start > line.lowerBound, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    while end < line.upperBound, bytes[end] & 0xC0 == 0x80 { end += 1 }
    return start..<max(start, end)
  }

  /// The text of a range, with bytes that are not UTF-8 replaced.
  package func text(in range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }

  /// The whole file as a place, for what cannot be said more precisely.
  package var start: SourceSpan { SourceSpan(file: self, range: 0..<0) }

  private func startsOfLines() -> [Int] {
    lineStarts.withLock { starts in
      if starts.isEmpty {
        starts.append(0)
        var rest = bytes[...]
        while let index = rest.firstIndex(of: 0x0A) {
          starts.append(index + 1)
          rest = rest[(index + 1)...]
        }
      }
      return starts
    }
  }
}

/// A place in a text: the byte offset, and the line and column that people use for it.
package struct Position: Sendable, Hashable {
  package let offset: Int
  package let line: Int
  package let column: Int

  package init(offset: Int, line: Int, column: Int) {
    self.offset = offset
    self.line = line
    self.column = column
  }
}
