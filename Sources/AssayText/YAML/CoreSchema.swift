/// What a plain scalar means: the core schema of YAML 1.2 (section 10.3.2), and no more.
///
/// `no`, `yes`, `on`, dates and `1_000` are strings. Numbers that JSON would spell otherwise are
/// given JSON's spelling, so that whoever reads a tree need not know where it came from.
enum CoreSchema {
  enum Meaning {
    case null
    case bool(Bool)
    /// A number; the spelling is nil where JSON would write the same.
    case number(isInteger: Bool, spelling: [UInt8]?)
    case string
  }

  @inline(__always)
  static func meaning(of text: UnsafeBufferPointer<UInt8>) -> Meaning {
    guard let first = unsafe text.first else { return .null }
    switch first {
    case UInt8(ascii: "~"): return text.count == 1 ? .null : .string
    case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"), UInt8(ascii: "T"),
      UInt8(ascii: "f"), UInt8(ascii: "F"):
      return unsafe word(text)
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."):
      return unsafe number(text)
    default: return .string
    }
  }

  private static func word(_ text: UnsafeBufferPointer<UInt8>) -> Meaning {
    guard text.count == 4 || text.count == 5 else { return .string }
    switch unsafe String(decoding: text, as: UTF8.self) {
    case "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default: return .string
    }
  }

  private static func number(_ text: UnsafeBufferPointer<UInt8>) -> Meaning {
    let count = text.count
    if count > 2, unsafe text[0] == 0x30 {
      if unsafe text[1] == UInt8(ascii: "x") { return unsafe radix(text, 16) }
      if unsafe text[1] == UInt8(ascii: "o") { return unsafe radix(text, 8) }
    }
    var index = 0
    let sign = unsafe text[0]
    if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { index = 1 }
    let whole = unsafe digits(text, &index)
    var fraction = 0
    var isInteger = true
    var isJSON = sign != UInt8(ascii: "+") && whole > 0
    if whole > 1, unsafe text[index - whole] == 0x30 { isJSON = false }
    if index < count, unsafe text[index] == UInt8(ascii: ".") {
      isInteger = false
      index += 1
      fraction = unsafe digits(text, &index)
      if fraction == 0 { isJSON = false }
    }
    guard whole + fraction > 0 else { return .string }
    if index < count, unsafe text[index] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      index += 1
      if index < count, unsafe text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+")
      {
        index += 1
      }
      guard unsafe digits(text, &index) > 0 else { return .string }
    }
    guard index == count else { return .string }
    return unsafe .number(isInteger: isInteger, spelling: isJSON ? nil : respelled(text))
  }

  @inline(__always)
  private static func digits(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Int {
    let start = index
    while index < text.count, unsafe text[index] &- 0x30 <= 9 { index += 1 }
    return index - start
  }

  /// `+1`, `007`, `.5` and `1.` as JSON writes them.
  private static func respelled(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var rest = unsafe Array(text)
    var result: [UInt8] = []
    if rest[0] == UInt8(ascii: "-") { result.append(rest.removeFirst()) }
    if rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    while rest.count > 1, rest[0] == 0x30, rest[1] &- 0x30 <= 9 { rest.removeFirst() }
    if rest.first == UInt8(ascii: ".") { rest.insert(0x30, at: 0) }
    if let dot = rest.firstIndex(of: UInt8(ascii: ".")),
      dot + 1 == rest.count || rest[dot + 1] &- 0x30 > 9
    {
      rest.insert(0x30, at: dot + 1)
    }
    return result + rest
  }

  /// `0x1F` and `0o17` in decimal, of any length.
  private static func radix(_ text: UnsafeBufferPointer<UInt8>, _ radix: UInt32) -> Meaning {
    var decimal: [UInt8] = [0]  // least significant digit first
    guard text.count <= 66 else { return .string }
    for index in 2..<text.count {
      guard let digit = unsafe JSONString.hexDigit(text[index]), UInt32(digit) < radix else {
        return .string
      }
      var carry = UInt32(digit)
      for index in decimal.indices {
        let sum = UInt32(decimal[index]) * radix + carry
        decimal[index] = UInt8(sum % 10)
        carry = sum / 10
      }
      while carry > 0 {
        decimal.append(UInt8(carry % 10))
        carry /= 10
      }
    }
    return .number(isInteger: true, spelling: decimal.reversed().map { $0 + 0x30 })
  }
}
