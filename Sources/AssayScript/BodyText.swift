internal import AssayModel

/// The text of a body, by the charset that its type names.
struct BodyText {
  let text: String
  /// Whether the text in UTF-8 has the bytes that came.
  let isExact: Bool

  init(_ response: Response) {
    let charset = Self.charset(response.headers.first("Content-Type") ?? "")
    switch charset {
    case "iso-8859-1", "latin1", "us-ascii", "ascii", "windows-1252", "cp1252":
      // As browsers do, the first two are read as the last (WHATWG Encoding, section 4.2).
      var text = ""
      text.unicodeScalars.append(contentsOf: response.body.map(Self.windows1252))
      self.text = text
      isExact = response.body.allSatisfy { $0 < 0x80 }
    case "utf-16", "utf-16le", "utf-16be":
      text = Self.utf16(response.body, isBigEndian: charset == "utf-16be")
      isExact = false
    default:
      if let text = String(validating: response.body, as: UTF8.self) {
        self.text = text
        isExact = true
      } else {
        text = String(decoding: response.body, as: UTF8.self)
        isExact = false
      }
    }
  }

  /// The parameter of a media type, in lower case.
  private static func charset(_ type: String) -> String {
    for part in type.split(separator: ";").dropFirst() {
      let sides = part.split(separator: "=", maxSplits: 1)
      let name = sides[0].filter { !$0.isWhitespace }.lowercased()
      guard name == "charset", sides.count == 2 else { continue }
      return sides[1].filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" }.lowercased()
    }
    return ""
  }

  private static func windows1252(_ byte: UInt8) -> Unicode.Scalar {
    guard (0x80..<0xA0).contains(byte) else { return Unicode.Scalar(byte) }
    return Unicode.Scalar(high[Int(byte) - 0x80]) ?? Unicode.Scalar(byte)
  }

  /// What the bytes from 0x80 to 0x9F mean, where they mean something.
  private static let high: [UInt16] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
  ]

  private static func utf16(_ bytes: [UInt8], isBigEndian: Bool) -> String {
    var isBigEndian = isBigEndian
    var start = 0
    if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
      isBigEndian = bytes[0] == 0xFE
      start = 2
    }
    let units = stride(from: start, to: bytes.count - 1, by: 2).map { at in
      let (one, other) = (UInt16(bytes[at]), UInt16(bytes[at + 1]))
      return isBigEndian ? one << 8 | other : other << 8 | one
    }
    return String(decoding: units, as: UTF16.self)
  }
}
