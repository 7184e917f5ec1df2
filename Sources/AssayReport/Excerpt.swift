internal import AssayModel
internal import AssayText

/// The lines of a received body around a place in it, for showing.
///
/// Bodies come as they were sent, often as one long line: JSON is laid out for reading, and the
/// place moves with it.
struct Excerpt {
  struct Line {
    let number: Int
    let text: String
    /// The characters of this line that are meant.
    let marked: Range<Int>?
  }

  let lines: [Line]
  let lineCount: Int

  /// How many lines are shown before and behind the place.
  static let margin = 4
  private static let widest = 160

  init(body: [UInt8], range: Range<Int>?, margin: Int = Excerpt.margin) {
    let laid = Self.laidOut(body, range)
    let file = SourceFile(name: "", bytes: laid.bytes)
    lineCount = laid.bytes.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
    let span = laid.range.map { SourceSpan(file: file, range: $0) }
    let first = span?.start.line ?? 1
    let last = span.map { min($0.end.line, first + 12) } ?? 1
    let shown = max(1, first - margin)...min(lineCount, max(last + margin, first))
    lines = shown.compactMap { Self.line($0, file, span) }
  }

  private static func line(_ number: Int, _ file: SourceFile, _ span: SourceSpan?) -> Line? {
    guard let whole = file.rangeOfLine(number) else { return nil }
    let marked = span.map(\.range).flatMap { range -> Range<Int>? in
      let isTouched = range.lowerBound <= whole.upperBound && range.upperBound >= whole.lowerBound
      return isTouched ? range.clamped(to: whole) : nil
    }
    // A place far to the right would be cut off: the line is shown from shortly before it.
    let near = marked?.lowerBound ?? whole.lowerBound
    let isFar = near - whole.lowerBound > widest - 40
    guard
      let part = file.part(
        ofLine: number, near: isFar ? near : whole.lowerBound, reach: isFar ? 40 : widest)
    else { return nil }
    let end =
      isFar ? file.part(ofLine: number, near: part.lowerBound, reach: widest)?.upperBound : nil
    let range = part.lowerBound..<max(part.upperBound, end ?? 0)
    let lead = range.lowerBound > whole.lowerBound ? "…" : ""
    let tail = range.upperBound < whole.upperBound ? "…" : ""
    let text = lead + file.text(in: range) + tail
    guard let marked else { return Line(number: number, text: text, marked: nil) }
    func column(_ offset: Int) -> Int {
      let offset = min(max(offset, range.lowerBound), range.upperBound)
      return lead.count + file.text(in: range.lowerBound..<offset).unicodeScalars.count
    }
    // A value of several lines is marked from its first character in each.
    let isFirst = span?.start.line == number
    let indent = isFirst ? 0 : text.unicodeScalars.prefix { $0 == " " }.count
    let from = max(column(marked.lowerBound), indent)
    return Line(number: number, text: text, marked: from..<max(from + 1, column(marked.upperBound)))
  }

  /// Indented JSON and where a place in it has moved; anything else as it is.
  private static func laidOut(
    _ body: [UInt8], _ range: Range<Int>?
  ) -> (bytes: [UInt8], range: Range<Int>?) {
    let isOneLine = !body.prefix(200).contains(0x0A)
    guard isOneLine, body.count <= JournalWriter.bodyLimit,
      (try? JSONReader.read(SourceFile(name: "", bytes: body))) != nil
    else { return (body, range) }
    var layout = JSONLayout(watching: range.map { [$0.lowerBound, $0.upperBound] } ?? [])
    for (offset, byte) in body.enumerated() { layout.take(byte, at: offset) }
    return (layout.bytes, layout.moved(end: body.count))
  }
}

/// Indents JSON byte by byte, and remembers where watched offsets have gone.
private struct JSONLayout {
  private(set) var bytes: [UInt8] = []
  private let watched: [Int]
  private var places: [Int] = []
  private var depth = 0
  private var isString = false
  private var isEscaped = false

  init(watching watched: [Int]) { self.watched = watched }

  /// Takes the next byte of a text that is known to be JSON.
  mutating func take(_ byte: UInt8, at offset: Int) {
    if isString {
      note(offset)
      bytes.append(byte)
      takeInString(byte)
      return
    }
    switch byte {
    case 0x20, 0x09, 0x0D, 0x0A: note(offset)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      beginValue(offset)
      bytes.append(byte)
      depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      // The end of the last child comes before the break.
      note(offset)
      if !isBehindOpening { breakLine() }
      bytes.append(byte)
    case UInt8(ascii: ","):
      note(offset)
      bytes.append(byte)
      breakLine()
    case UInt8(ascii: ":"):
      note(offset)
      bytes += [byte, 0x20]
    default:
      beginValue(offset)
      isString = byte == UInt8(ascii: "\"")
      bytes.append(byte)
    }
  }

  /// The range between the first two watched offsets, in the laid out text.
  mutating func moved(end: Int) -> Range<Int>? {
    note(end)
    return places.count == 2 ? places[0]..<max(places[0], places[1]) : nil
  }

  private mutating func takeInString(_ byte: UInt8) {
    if isEscaped {
      isEscaped = false
    } else if byte == UInt8(ascii: "\\") {
      isEscaped = true
    } else if byte == UInt8(ascii: "\"") {
      isString = false
    }
  }

  private var isBehindOpening: Bool {
    bytes.last == UInt8(ascii: "{") || bytes.last == UInt8(ascii: "[")
  }

  private mutating func beginValue(_ offset: Int) {
    if isBehindOpening { breakLine() }
    note(offset)
  }

  private mutating func breakLine() {
    bytes += [0x0A] + [UInt8](repeating: 0x20, count: 2 * depth)
  }

  private mutating func note(_ offset: Int) {
    while places.count < watched.count, watched[places.count] <= offset {
      places.append(bytes.count)
    }
  }
}
