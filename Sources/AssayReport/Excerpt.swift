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
    let isShort = body.count <= JournalWriter.bodyLimit
    let isOneLine = !body.prefix(200).contains(0x0A)
    guard isShort, isOneLine,
      (try? JSONReader.read(SourceFile(name: "", bytes: body))) != nil
    else { return (body, range) }
    var result: [UInt8] = []
    var moved: [Int] = []  // the new offset of each interesting old one, in order
    let wanted = range.map { [$0.lowerBound, $0.upperBound] } ?? []
    var depth = 0
    var isString = false
    var isEscaped = false
    func breakLine() { result += [0x0A] + [UInt8](repeating: 0x20, count: 2 * depth) }
    for (offset, byte) in body.enumerated() {
      if isString {
        note(offset)
        result.append(byte)
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isString = false
        }
        continue
      }
      let isEmptyContainer =
        (byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]"))
        && (result.last == UInt8(ascii: "{") || result.last == UInt8(ascii: "["))
      switch byte {
      case 0x20, 0x09, 0x0D, 0x0A: note(offset)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        openLine()
        note(offset)
        result.append(byte)
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        // The end of the last child comes before the break.
        note(offset)
        if !isEmptyContainer { breakLine() }
        result.append(byte)
      case UInt8(ascii: ","):
        note(offset)
        result.append(byte)
        breakLine()
      case UInt8(ascii: ":"):
        note(offset)
        result += [byte, 0x20]
      default:
        openLine()
        note(offset)
        isString = byte == UInt8(ascii: "\"")
        result.append(byte)
      }
    }
    note(body.count)
    func openLine() {
      if result.last == UInt8(ascii: "{") || result.last == UInt8(ascii: "[") { breakLine() }
    }
    func note(_ offset: Int) {
      while moved.count < wanted.count, wanted[moved.count] <= offset { moved.append(result.count) }
    }
    guard moved.count == 2 else { return (result, nil) }
    return (result, moved[0]..<max(moved[0], moved[1]))
  }
}
