package import AssayModel

/// Brings the bytes of an input to UTF-8, and reads them as what their name says they are.
package enum Inputs {
  /// The same text in UTF-8: UTF-16 is told by its byte order mark, or by the zero bytes that every
  /// ASCII opening has in it.
  package static func utf8(_ bytes: [UInt8]) -> [UInt8] {
    let isLittle: Bool
    switch (bytes.first, bytes.dropFirst().first) {
    case (0xFF, 0xFE), (.some(0x01...0x7F), 0x00): isLittle = true
    case (0xFE, 0xFF), (0x00, .some(0x01...0x7F)): isLittle = false
    default: return bytes
    }
    guard bytes.count % 2 == 0 else { return bytes }
    var units: [UInt16] = []
    units.reserveCapacity(bytes.count / 2)
    for index in stride(from: 0, to: bytes.count, by: 2) {
      let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      units.append(isLittle ? second << 8 | first : first << 8 | second)
    }
    if units.first == 0xFEFF { units.removeFirst() }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  /// Reads a document as YAML when its name says so, and as JSON when its name or its first
  /// character does.
  ///
  /// JSON has a reader of its own: YAML refuses some legal JSON, such as escaped surrogate pairs.
  package static func read(_ file: SourceFile) throws(Diagnostic) -> Document {
    let name = file.name.lowercased()
    if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { return try YAMLReader.read(file) }
    if name.hasSuffix(".json") { return try JSONReader.read(file) }
    let first = file.bytes.drop { $0 <= 0x20 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }.first
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return try JSONReader.read(file) }
    return try YAMLReader.read(file)
  }
}
