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
  /// How many scalars begin before each block of bytes; made when a long line is asked for.
  private let scalarCounts = Mutex<[Int]>([])

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
    let column = 1 + scalars(in: starts[low]..<offset)
    return Position(offset: offset, line: low + 1, column: column)
  }

  /// How far the counts of scalars stand apart.
  private static let block = 4_096

  private func scalars(in range: Range<Int>) -> Int {
    guard range.count > Self.block else { return count(range) }
    // A line may be as long as its file, and have thousands of places that something is said of.
    let counts = scalarCounts.withLock { counts in
      if counts.isEmpty {
        counts = [0]
        for start in stride(from: 0, to: bytes.count, by: Self.block) {
          let end = min(start + Self.block, bytes.count)
          counts.append(counts[counts.count - 1] + count(start..<end))
        }
      }
      return counts
    }
    func before(_ offset: Int) -> Int {
      let whole = offset / Self.block
      return counts[whole] + count(whole * Self.block..<offset)
    }
    return before(range.upperBound) - before(range.lowerBound)
  }

  private func count(_ range: Range<Int>) -> Int {
    var count = 0
    for index in range where bytes[index] & 0xC0 != 0x80 { count += 1 }
    return count
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
