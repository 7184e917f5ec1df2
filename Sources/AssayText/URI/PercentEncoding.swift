/// Percent-encoding (RFC 3986, section 2.1).
package enum PercentEncoding {
  /// The bytes behind a text; a `%` without two hexadecimal digits stands for itself.
  package static func decode(_ text: some StringProtocol) -> [UInt8] {
    let bytes = Array(text.utf8)
    guard bytes.contains(UInt8(ascii: "%")) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let high = JSONString.hexDigit(bytes[index + 1]),
        let low = JSONString.hexDigit(bytes[index + 2])
      {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }

  package static func decodedText(_ text: some StringProtocol) -> String {
    String(decoding: decode(text), as: UTF8.self)
  }

  /// Encodes every byte that a test does not keep.
  package static func encode(
    _ bytes: some Sequence<UInt8>, keeping keeps: (UInt8) -> Bool
  ) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in bytes {
      if keeps(byte) {
        result.append(byte)
      } else {
        result += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 0xF)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
