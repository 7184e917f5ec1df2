package import AssayModel
internal import AssayText

/// Reads the rows of an iteration data file: JSON, or CSV with a header row.
///
/// Rows are found and checked when the file is read, and each is made into variables when its
/// iteration begins, so that a long file costs its bytes and eight more for a row.
package enum DataReader {
  package struct Result: Sendable {
    package let rows: DataRows
    package let notes: [Diagnostic]
  }

  /// So many remarks about ragged rows are made.
  private static let noteLimit = 20

  package static func read(_ file: SourceFile) throws(Diagnostic) -> Result {
    let first = file.bytes.drop { $0 <= 0x20 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }.first
    if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") { return try json(file) }
    return try csv(file)
  }

  private static func json(_ file: SourceFile) throws(Diagnostic) -> Result {
    let document = try JSONReader.read(file)
    guard document.root.isArray else { throw .dataNotRows(file, at: document.root.span) }
    var indices: [Int] = []
    for row in document.root.elements {
      guard row.isObject else { throw .dataNotRows(file, at: row.span) }
      indices.append(row.index)
    }
    let rows = DataRows(count: indices.count) { [indices] number in
      Node(document: document, index: indices[number]).members.map {
        Variable($0.name, $0.value.value, span: $0.value.span)
      }
    }
    return Result(rows: rows, notes: [])
  }

  private static func csv(_ file: SourceFile) throws(Diagnostic) -> Result {
    var reader = CSVReader(file)
    guard let header = try reader.next() else { return Result(rows: .none, notes: []) }
    var notes: [Diagnostic] = []
    if let twice = DuplicateFields.first(in: header) {
      notes.append(.repeatedColumn(twice.text, at: twice.span))
    }
    var starts: [Int] = []
    while true {
      let start = reader.index
      guard let row = try reader.next() else { break }
      if row.count == 1, row[0].text.isEmpty { continue }
      starts.append(start)
      if row.count != header.count, notes.count < noteLimit, let first = row.first {
        let span = SourceSpan(file: file, range: first.span.range.lowerBound..<reader.rowEnd)
        notes.append(.raggedRow(span, expected: header.count, found: row.count))
      }
    }
    let names = header.map(\.text)
    let rows = DataRows(count: starts.count) { [starts] number in
      var reader = CSVReader(file)
      reader.index = starts[number]
      // The whole file was read without a fault before.
      let row = (try? reader.next()) ?? []
      return zip(names, row).map { name, field in
        let number = field.isQuoted ? nil : TypedText.number(field.text)
        return Variable(
          name, number ?? .string(field.text), span: field.span,
          written: number == nil ? nil : field.text)
      }
    }
    return Result(rows: rows, notes: notes)
  }

  private enum DuplicateFields {
    static func first(in header: [CSVReader.Field]) -> CSVReader.Field? {
      var seen: Set<String> = []
      return header.first { !seen.insert($0.text).inserted }
    }
  }
}

/// Comma-separated values (RFC 4180), with fields trimmed and either kind of line end.
struct CSVReader {
  struct Field {
    let text: String
    let span: SourceSpan
    let isQuoted: Bool
  }

  private let file: SourceFile
  /// Where the next row begins.
  var index: Int
  /// Where the last row ended, its line end left out.
  private(set) var rowEnd = 0

  /// A row that is longer is no row of test data, and is not taken into memory as fields.
  private static let longestRow = 16 << 20

  init(_ file: SourceFile) {
    self.file = file
    index = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The fields of the next row; nil at the end.
  mutating func next() throws(Diagnostic) -> [Field]? {
    guard index < file.bytes.count else { return nil }
    var fields: [Field] = []
    let start = index
    while true {
      fields.append(try field(rowStart: start))
      rowEnd = index
      guard index < file.bytes.count else { return fields }
      let byte = file.bytes[index]
      index += 1
      if byte == UInt8(ascii: ",") { continue }
      if byte == 0x0D, index < file.bytes.count, file.bytes[index] == 0x0A { index += 1 }
      return fields
    }
  }

  private mutating func field(rowStart: Int) throws(Diagnostic) -> Field {
    let bytes = file.bytes
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    let start = index
    var text: [UInt8] = []
    var isQuoted = false
    // White space around a field is none of it; what stands inside quotes is.
    var kept = 0
    if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
      isQuoted = true
      index += 1
      while true {
        guard index < bytes.count else {
          throw .unterminatedQuote(SourceSpan(file: file, range: start..<start + 1))
        }
        let byte = bytes[index]
        index += 1
        if byte == UInt8(ascii: "\"") {
          guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { break }
          index += 1
        }
        text.append(byte)
        try checkLength(rowStart)
      }
      kept = text.count
    }
    while index < bytes.count, bytes[index] != UInt8(ascii: ","), bytes[index] != 0x0A,
      bytes[index] != 0x0D
    {
      text.append(bytes[index])
      index += 1
      try checkLength(rowStart)
    }
    while text.count > kept, let last = text.last, last == 0x20 || last == 0x09 {
      text.removeLast()
    }
    return Field(
      text: String(decoding: text, as: UTF8.self),
      span: SourceSpan(file: file, range: start..<max(start, index)), isQuoted: isQuoted)
  }

  private func checkLength(_ start: Int) throws(Diagnostic) {
    guard index - start > Self.longestRow else { return }
    throw .rowTooLong(
      SourceSpan(file: file, range: start..<start + 1), limit: Self.longestRow >> 20)
  }
}
