/// The text of JSON strings: decoding escapes, and writing them.
package enum JSONString {
  /// Decodes the escapes of a string's inside, which a reader has already found well-formed.
  static func unescape(_ raw: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    var index = raw.startIndex
    while index < raw.endIndex {
      let byte = raw[index]
      guard byte == UInt8(ascii: "\\"), index + 1 < raw.endIndex else {
        bytes.append(byte)
        index += 1
        continue
      }
      index += 2
      switch raw[index - 1] {
      case UInt8(ascii: "b"): bytes.append(0x08)
      case UInt8(ascii: "f"): bytes.append(0x0C)
      case UInt8(ascii: "n"): bytes.append(0x0A)
      case UInt8(ascii: "r"): bytes.append(0x0D)
      case UInt8(ascii: "t"): bytes.append(0x09)
      case UInt8(ascii: "u"): appendUnicode(raw, &index, to: &bytes)
      case let other: bytes.append(other)
      }
    }
    return bytes
  }

  /// Decodes `uXXXX`, and the pair that a high surrogate begins (RFC 8259, section 7).
  private static func appendUnicode(
    _ raw: ArraySlice<UInt8>, _ index: inout Int, to bytes: inout [UInt8]
  ) {
    guard var unit = hex4(raw, index) else { return }
    index += 4
    if unit & 0xFC00 == 0xD800, index + 6 <= raw.endIndex, raw[index] == UInt8(ascii: "\\"),
      raw[index + 1] == UInt8(ascii: "u"), let low = hex4(raw, index + 2), low & 0xFC00 == 0xDC00
    {
      unit = 0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF)
      index += 6
    }
    appendUTF8(unit, to: &bytes)
  }

  /// The bytes of a code point; a surrogate on its own gets the three that WTF-8 gives it.
  static func appendUTF8(_ point: UInt32, to bytes: inout [UInt8]) {
    func low(_ shift: UInt32) -> UInt8 { UInt8(0x80 | point >> shift & 0x3F) }
    switch point {
    case ..<0x80: bytes.append(UInt8(point))
    case ..<0x800: bytes += [UInt8(0xC0 | point >> 6), low(0)]
    case ..<0x10000: bytes += [UInt8(0xE0 | point >> 12), low(6), low(0)]
    default: bytes += [UInt8(0xF0 | point >> 18 & 7), low(12), low(6), low(0)]
    }
  }

  private static func hex4(_ raw: ArraySlice<UInt8>, _ index: Int) -> UInt32? {
    guard index + 4 <= raw.endIndex else { return nil }
    var unit: UInt32 = 0
    for byte in raw[index..<index + 4] {
      guard let digit = hexDigit(byte) else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }

  /// The value of a hexadecimal digit in ASCII.
  package static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
