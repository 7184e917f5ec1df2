internal import AssayText

/// The formats that are checked. An unknown one passes and is noted once; what is listed here never
/// depends on what happens to be installed.
enum Format: String, Sendable, CaseIterable {
  case dateTime = "date-time"
  case date, time, email, hostname, ipv4, ipv6, uri
  case uriReference = "uri-reference"
  case uuid, regex, byte, int8, int16, int32, int64, uint8, uint16, uint32, uint64
  case float, duration, base64url
  case doubleInt = "double-int"
  case jsonPointer = "json-pointer"
  case relativeJSONPointer = "relative-json-pointer"
  case uriTemplate = "uri-template"
  case iri
  case iriReference = "iri-reference"
  case internationalHostname = "idn-hostname"
  case internationalEmail = "idn-email"

  /// Formats that say how a value is meant and restrict nothing that JSON can show.
  static let annotations: Set<String> = [
    "password", "binary", "double", "string", "decimal",
  ]

  /// Whether a string has the format; numbers are looked at for int32 and int64 alone.
  func holds(text: String) -> Bool {
    switch self {
    case .dateTime: DateText.isDateTime(text)
    case .date: DateText.isDate(text)
    case .time: DateText.isTime(text)
    case .email: Self.isEmail(text)
    case .hostname: HostName.isPlain(text)
    case .internationalHostname: HostName.isInternational(text)
    case .internationalEmail: Self.isEmail(text, isInternational: true)
    case .iri: Self.uri(ofIRI: text)?.isAbsolute == true
    case .iriReference: Self.uri(ofIRI: text) != nil
    case .uriTemplate: Self.templatePattern.search(text) == .matched
    case .relativeJSONPointer: Self.isRelativePointer(text)
    case .ipv4: IPAddress.isIPv4(text)
    case .ipv6: IPAddress.isIPv6(text)
    case .uri: URI(text)?.isAbsolute == true
    case .uriReference: URI(text) != nil
    case .uuid: Self.isUUID(text)
    case .regex: (try? Pattern(text)) != nil
    case .byte: Base64.decode(text.utf8) != nil
    case .jsonPointer: JSONPointer(text) != nil
    case .duration: DateText.isDuration(text)
    case .base64url: Self.isBase64URL(text)
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .doubleInt, .float: true
    }
  }

  /// The width of the numbers that it allows, and the lowest of them; nil for a format of texts.
  var bits: (count: Int, lowest: Int64)? {
    switch self {
    case .int8: (7, -(1 << 7))
    case .int16: (15, -(1 << 15))
    case .int32: (31, -(1 << 31))
    case .doubleInt: (53, -(1 << 53))
    case .int64: (63, .min)
    case .uint8: (8, 0)
    case .uint16: (16, 0)
    case .uint32: (32, 0)
    case .uint64: (64, 0)
    case .float: (0, .min)
    default: nil
    }
  }

  /// The same as for a text, without making one where there is no need.
  func holds(bytes: ArraySlice<UInt8>) -> Bool {
    switch self {
    case .email: Self.isPlainEmail(bytes) || holds(text: String(decoding: bytes, as: UTF8.self))
    default: holds(text: String(decoding: bytes, as: UTF8.self))
    }
  }

  /// An address of the usual kind: words and dots on both sides of one `@`. What is not may be one all
  /// the same.
  private static func isPlainEmail(_ bytes: ArraySlice<UInt8>) -> Bool {
    var parts = 0
    var length = 0
    var domain = false
    for byte in bytes {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: length += 1
      case UInt8(ascii: "."), UInt8(ascii: "@"):
        guard length > 0, length < 60 else { return false }
        if byte == UInt8(ascii: "@") {
          guard !domain else { return false }
          domain = true
          parts = 0
        } else {
          parts += 1
        }
        length = 0
      default: return false
      }
    }
    return domain && length > 1 && length < 60 && parts > 0 && bytes.count < 200
  }

  func holds(number: ExactNumber) -> Bool {
    switch self {
    case .int8: Self.isWithin(number, bits: 7)
    case .int16: Self.isWithin(number, bits: 15)
    case .int32: Self.isWithin(number, bits: 31)
    case .int64: Self.isWithin(number, bits: 63)
    case .uint8: !number.isNegative && Self.isWithin(number, bits: 8)
    case .uint16: !number.isNegative && Self.isWithin(number, bits: 16)
    case .uint32: !number.isNegative && Self.isWithin(number, bits: 32)
    case .uint64: !number.isNegative && Self.isWithin(number, bits: 64)
    // Integers that a double holds exactly.
    case .doubleInt: Self.isWithin(number, bits: 53)
    case .float: number.digits.count + number.exponent <= 39 && number.isAtMostGreatestFloat
    default: true
    }
  }

  /// RFC 4648, section 5; padding may be left out.
  private static func isBase64URL(_ text: String) -> Bool {
    let isPlain = text.utf8.allSatisfy {
      isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        || $0 == UInt8(ascii: "=")
    }
    let classic = text.replacing("-", with: "+").replacing("_", with: "/")
    return isPlain && Base64.decode(classic.utf8) != nil
  }

  private static func isWithin(_ number: ExactNumber, bits: UInt64) -> Bool {
    // 2 to the 64 is one more than any word holds.
    let power = bits == 64 ? "18446744073709551616" : String(UInt64(1) << bits)
    guard number.isInteger, let limit = ExactNumber(power.utf8),
      let magnitude = ExactNumber(
        number.digits.map { $0 + 0x30 } + Array("e\(number.exponent)".utf8))
    else { return false }
    return number.isNegative ? magnitude <= limit : magnitude < limit
  }

  /// RFC 5321, section 4.1.2, without quoted local parts' rarer forms.
  private static func isEmail(_ text: String, isInternational: Bool = false) -> Bool {
    guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else { return false }
    let local = Array(text.utf8[..<at])
    let domain = String(text.utf8[text.utf8.index(after: at)...]) ?? ""
    if domain.hasPrefix("["), domain.hasSuffix("]") {
      let literal = domain.dropFirst().dropLast()
      guard IPAddress.isIPv4(literal) || isIPv6Literal(literal) else { return false }
    } else if !(isInternational
      ? HostName.isInternational(domain, normalizes: true) : HostName.isPlain(domain))
    {
      return false
    }
    if local.first == UInt8(ascii: "\""), local.last == UInt8(ascii: "\""), local.count > 2 {
      return true
    }
    let allowed = Set("!#$%&'*+-/=?^_`{|}~.".utf8)
    return !local.isEmpty && local.first != UInt8(ascii: ".") && local.last != UInt8(ascii: ".")
      && !String(decoding: local, as: UTF8.self).contains("..")
      && local.allSatisfy {
        isAlphanumeric($0) || allowed.contains($0) || isInternational && $0 >= 0x80
      }
  }

  /// The URI that an IRI stands for (RFC 3987, section 3.1); nil for what is none.
  private static func uri(ofIRI text: String) -> URI? {
    var plain = ""
    var isInQuery = false
    for scalar in text.unicodeScalars {
      if scalar == "?" { isInQuery = true }
      if scalar == "#" { isInQuery = false }
      guard scalar.value >= 0x80 else {
        plain.unicodeScalars.append(scalar)
        continue
      }
      guard isAllowedInIRI(scalar.value, isInQuery) else { return nil }
      for byte in String(scalar).utf8 { plain += "%" + String(byte, radix: 16) }
    }
    return URI(plain)
  }

  /// `ucschar`, and in queries `iprivate` (RFC 3987, section 2.2).
  private static func isAllowedInIRI(_ value: UInt32, _ isInQuery: Bool) -> Bool {
    switch value {
    case 0xA0...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFEF: true
    case 0xE000...0xF8FF, 0xF0000...0xFFFFD, 0x100000...0x10FFFD: isInQuery
    case 0x10000...0xEFFFD: value & 0xFFFF < 0xFFFE && !(0xE0000...0xE0FFF).contains(value)
    default: false
    }
  }

  /// RFC 6570, section 2.
  private static let templatePattern: Pattern = {
    let name = "(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})"
    let variable = "\(name)(?:\\.?\(name))*(?::[1-9][0-9]{0,3}|\\*)?"
    let expression = "\\{[+#./;?&=,!@|]?\(variable)(?:,\(variable))*\\}"
    let literal = "(?:[^\\u0000-\\u0020\"%<>\\\\^`{|}\\u007f-\\u009f]|%[0-9A-Fa-f]{2})"
    guard let pattern = try? Pattern("^(?:\(literal)|\(expression))*$") else {
      preconditionFailure("the pattern of templates is one")
    }
    return pattern
  }()

  /// A count of levels up, and the rest of the way (draft-bhutton-relative-json-pointer).
  private static func isRelativePointer(_ text: String) -> Bool {
    let digits = text.utf8.prefix { $0 &- 0x30 <= 9 }
    guard !digits.isEmpty, digits.count == 1 || digits.first != 0x30 else { return false }
    var rest = Substring(text.utf8.dropFirst(digits.count))
    if let sign = rest.first, sign == "+" || sign == "-" {
      rest = rest.dropFirst()
      let moves = rest.utf8.prefix { $0 &- 0x30 <= 9 }
      guard !moves.isEmpty, moves.first != 0x30 else { return false }
      rest = Substring(rest.utf8.dropFirst(moves.count))
    }
    return rest == "#" || JSONPointer(String(rest)) != nil
  }

  private static func isIPv6Literal(_ text: Substring) -> Bool {
    text.hasPrefix("IPv6:") && IPAddress.isIPv6(text.dropFirst(5))
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 <= 25
  }

  /// RFC 9562, section 4.
  private static func isUUID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return false }
    return bytes.enumerated().allSatisfy { index, byte in
      [8, 13, 18, 23].contains(index)
        ? byte == UInt8(ascii: "-") : JSONString.hexDigit(byte) != nil
    }
  }
}

/// Dates and times of RFC 3339, section 5.6.
enum DateText {
  static func isDateTime(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count > 11, bytes[10] | 0x20 == UInt8(ascii: "t") else { return false }
    return isDate(bytes[..<10]) && isTime(bytes[11...])
  }

  static func isDate(_ text: String) -> Bool { isDate(Array(text.utf8)[...]) }
  static func isTime(_ text: String) -> Bool { isTime(Array(text.utf8)[...]) }

  /// A duration of ISO 8601, as appendix A of RFC 3339 writes it.
  static func isDuration(_ text: String) -> Bool {
    duration.search(text) == .matched
  }

  private static let duration: Pattern = {
    let time = "T(?:\\d+S|\\d+M(?:\\d+S)?|\\d+H(?:\\d+M(?:\\d+S)?)?)"
    let day = "(?:\\d+D|\\d+M(?:\\d+D)?|\\d+Y(?:\\d+M(?:\\d+D)?)?)"
    guard let pattern = try? Pattern("^P(?:\\d+W|\(day)(?:\(time))?|\(time))$") else {
      preconditionFailure("the pattern of durations is one")
    }
    return pattern
  }()

  private static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
    let bytes = Array(bytes)
    guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D, let year = number(bytes[0..<4]),
      let month = number(bytes[5..<7]), let day = number(bytes[8..<10])
    else { return false }
    guard (1...12).contains(month) else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }

  private static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
    let bytes = Array(bytes)
    guard bytes.count >= 9, bytes[2] == 0x3A, bytes[5] == 0x3A, let hour = number(bytes[0..<2]),
      let minute = number(bytes[3..<5]), let second = number(bytes[6..<8]), hour <= 23,
      minute <= 59, second <= 60
    else { return false }
    var rest = bytes[8...]
    if rest.first == UInt8(ascii: ".") {
      let digits = rest.dropFirst().prefix { $0 &- 0x30 <= 9 }
      guard !digits.isEmpty else { return false }
      rest = rest.dropFirst(digits.count + 1)
    }
    guard let offset = offset(rest) else { return false }
    // A leap second is the last one of a UTC day.
    let minuteUTC = ((hour * 60 + minute - offset) % 1_440 + 1_440) % 1_440
    return second < 60 || minuteUTC == 1_439
  }

  /// Minutes east of UTC; nil for what is no offset.
  private static func offset(_ bytes: ArraySlice<UInt8>) -> Int? {
    let bytes = Array(bytes)
    if bytes.count == 1, bytes[0] | 0x20 == UInt8(ascii: "z") { return 0 }
    guard bytes.count == 6, bytes[3] == 0x3A, let hours = number(bytes[1..<3]),
      let minutes = number(bytes[4..<6]), hours <= 23, minutes <= 59
    else { return nil }
    switch bytes[0] {
    case UInt8(ascii: "+"): return hours * 60 + minutes
    case UInt8(ascii: "-"): return -(hours * 60 + minutes)
    default: return nil
    }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.allSatisfy({ $0 &- 0x30 <= 9 }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}
