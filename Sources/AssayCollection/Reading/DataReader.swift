package import AssayModel
internal import AssayText

/// Reads the rows of an iteration data file: JSON, or CSV with a header row.
package enum DataReader {
  package struct Result: Sendable {
    package let rows: [[Variable]]
    package let notes: [Diagnostic]
  }

  package static func read(_ file: SourceFile) throws(Diagnostic) -> Result {
    let first = file.bytes.drop { $0 <= 0x20 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }.first
    if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") { return try json(file) }
    return try csv(file)
  }

  private static func json(_ file: SourceFile) throws(Diagnostic) -> Result {
    let root = try JSONReader.read(file).root
    guard root.isArray else { throw .dataNotRows(file, at: root.span) }
    var rows: [[Variable]] = []
    for row in root.elements {
      guard row.isObject else { throw .dataNotRows(file, at: row.span) }
      rows.append(row.members.map { Variable($0.name, $0.value.value, span: $0.value.span) })
    }
    return Result(rows: rows, notes: [])
  }

  private static func csv(_ file: SourceFile) throws(Diagnostic) -> Result {
    var reader = CSVReader(file)
    guard let header = try reader.next() else { return Result(rows: [], notes: []) }
    var rows: [[Variable]] = []
    var notes: [Diagnostic] = []
    while let row = try reader.next() {
      if row.count == 1, row[0].text.isEmpty { continue }
      if row.count != header.count, notes.count < 20, let last = row.last {
        notes.append(.raggedRow(last.span, expected: header.count, found: row.count))
      }
      rows.append(
        zip(header, row).map { Variable($0.text, .string($1.text), span: $1.span) })
    }
    return Result(rows: rows, notes: notes)
  }
}

/// Comma-separated values (RFC 4180), with fields trimmed and either kind of line end.
struct CSVReader {
  struct Field {
    let text: String
    let span: SourceSpan
  }

  private let file: SourceFile
  private var index: Int

  init(_ file: SourceFile) {
    self.file = file
    index = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The fields of the next row; nil at the end.
  mutating func next() throws(Diagnostic) -> [Field]? {
    guard index < file.bytes.count else { return nil }
    var fields: [Field] = []
    while true {
      fields.append(try field())
      guard index < file.bytes.count else { return fields }
      let byte = file.bytes[index]
      index += 1
      if byte == UInt8(ascii: ",") { continue }
      if byte == 0x0D, index < file.bytes.count, file.bytes[index] == 0x0A { index += 1 }
      return fields
    }
  }

  private mutating func field() throws(Diagnostic) -> Field {
    let bytes = file.bytes
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    let start = index
    var text: [UInt8] = []
    if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
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
      }
    }
    while index < bytes.count, bytes[index] != UInt8(ascii: ","), bytes[index] != 0x0A,
      bytes[index] != 0x0D
    {
      text.append(bytes[index])
      index += 1
    }
    while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
    return Field(
      text: String(decoding: text, as: UTF8.self),
      span: SourceSpan(file: file, range: start..<max(start, index)))
  }
}
