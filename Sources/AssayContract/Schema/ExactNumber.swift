/// A decimal number of any size, exactly as written: `digits × 10^exponent`.
///
/// JSON's numbers are decimal. As binary fractions 19.99 is no multiple of 0.01 and
/// 9007199254740993 equals its neighbour, and a validator that says so blames a correct API.
struct ExactNumber: Hashable {
  let isNegative: Bool
  /// Without zeros at either end; empty for zero.
  let digits: [UInt8]
  let exponent: Int

  /// Reads a JSON number; nil for a text that is none, or whose exponent is beyond any use.
  init?(_ text: some Collection<UInt8>) {
    var rest = text[...]
    var negative = false
    if rest.first == UInt8(ascii: "-") {
      negative = true
      rest = rest.dropFirst()
    }
    var digits: [UInt8] = []
    var scale = 0
    var isFraction = false
    while let byte = rest.first, byte | 0x20 != UInt8(ascii: "e") {
      rest = rest.dropFirst()
      if byte == UInt8(ascii: ".") {
        isFraction = true
        continue
      }
      guard byte &- 0x30 <= 9 else { return nil }
      digits.append(byte - 0x30)
      if isFraction { scale -= 1 }
    }
    if !rest.isEmpty {
      var sign = 1
      var power = rest.dropFirst()
      if power.first == UInt8(ascii: "-") { sign = -1 }
      if power.first == UInt8(ascii: "-") || power.first == UInt8(ascii: "+") {
        power = power.dropFirst()
      }
      guard let value = Int(String(decoding: power, as: UTF8.self)), value < 1 << 40 else {
        return nil
      }
      scale += sign * value
    }
    while digits.last == 0 {
      digits.removeLast()
      scale += 1
    }
    let zeros = digits.prefix { $0 == 0 }.count
    digits.removeFirst(zeros)
    self.digits = digits
    isNegative = negative && !digits.isEmpty
    exponent = digits.isEmpty ? 0 : scale
  }

  var isZero: Bool { digits.isEmpty }

  /// The value, where it is an integer of common size.
  var wholeValue: Int? {
    guard isInteger, digits.count + exponent < 18 else { return isZero ? 0 : nil }
    let value = (digits + Array(repeating: 0, count: exponent)).reduce(0) { $0 * 10 + Int($1) }
    return isNegative ? -value : value
  }

  /// Mathematical integers: `1.0` and `1e2` are some.
  var isInteger: Bool { exponent >= 0 }

  /// Whether its size is at most that of the largest 32-bit float.
  var isAtMostGreatestFloat: Bool {
    guard let limit = ExactNumber("3.4028234663852886e38".utf8) else { return true }
    return !Self.isSmaller(limit, self)
  }

  static func < (left: ExactNumber, right: ExactNumber) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    return left.isNegative ? isSmaller(right, left) : isSmaller(left, right)
  }

  static func <= (left: ExactNumber, right: ExactNumber) -> Bool { !(right < left) }

  /// Compares without the signs.
  private static func isSmaller(_ left: ExactNumber, _ right: ExactNumber) -> Bool {
    if left.isZero || right.isZero { return left.isZero && !right.isZero }
    // The power of ten of the first digit decides unless it is the same.
    let (leftTop, rightTop) = (
      left.digits.count + left.exponent, right.digits.count + right.exponent
    )
    if leftTop != rightTop { return leftTop < rightTop }
    for index in 0..<max(left.digits.count, right.digits.count) {
      let one = index < left.digits.count ? left.digits[index] : 0
      let other = index < right.digits.count ? right.digits[index] : 0
      if one != other { return one < other }
    }
    return false
  }

  /// Whether this is a whole multiple of a divisor; nil where telling would take too long.
  func isMultiple(of divisor: ExactNumber) -> Bool? {
    if isZero { return true }
    if divisor.isZero { return false }
    // These digits do not end in a zero, so no power of ten that the divisor has more divides them.
    if exponent < divisor.exponent { return false }
    let shift = exponent - divisor.exponent
    if divisor.digits.count <= 18 {
      let modulus = divisor.digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1) }
      var remainder: UInt64 = 0
      for digit in digits { remainder = Self.step(remainder, digit, modulus) }
      return Self.multiply(remainder, Self.power(shift, modulus), modulus) == 0
    }
    guard digits.count + shift <= 4_096, divisor.digits.count <= 4_096 else { return nil }
    return Self.longRemainderIsZero(digits + [UInt8](repeating: 0, count: shift), divisor.digits)
  }

  private static func step(_ remainder: UInt64, _ digit: UInt8, _ modulus: UInt64) -> UInt64 {
    (multiply(remainder, 10, modulus) + UInt64(digit)) % modulus
  }

  private static func multiply(_ left: UInt64, _ right: UInt64, _ modulus: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return modulus.dividingFullWidth((product.high % modulus, product.low)).remainder
  }

  /// `10^exponent mod modulus`.
  private static func power(_ exponent: Int, _ modulus: UInt64) -> UInt64 {
    var result: UInt64 = 1 % modulus
    var base: UInt64 = 10 % modulus
    var left = exponent
    while left > 0 {
      if left & 1 == 1 { result = multiply(result, base, modulus) }
      base = multiply(base, base, modulus)
      left >>= 1
    }
    return result
  }

  /// Long division by hand, for divisors that no machine word holds.
  private static func longRemainderIsZero(_ dividend: [UInt8], _ divisor: [UInt8]) -> Bool {
    var remainder: [UInt8] = []
    for digit in dividend {
      if !remainder.isEmpty || digit != 0 { remainder.append(digit) }
      while !isLess(remainder, divisor) { remainder = subtract(remainder, divisor) }
    }
    return remainder.isEmpty
  }

  private static func isLess(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count != right.count ? left.count < right.count : left.lexicographicallyPrecedes(right)
  }

  private static func subtract(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    var result = left
    var borrow: Int8 = 0
    for offset in 1...left.count {
      let index = left.count - offset
      let other = right.count >= offset ? Int8(right[right.count - offset]) : 0
      var digit = Int8(result[index]) - other - borrow
      borrow = digit < 0 ? 1 : 0
      if digit < 0 { digit += 10 }
      result[index] = UInt8(digit)
    }
    return Array(result.drop { $0 == 0 })
  }
}
