/// Rewrites a pattern of ECMA-262 (22.2.1, with `u`) into one that PCRE2 reads with the same
/// meaning, and refuses what ECMA-262 refuses.
struct PatternTranslator {
  private let input: [Unicode.Scalar]
  private var index = 0
  private var output = ""
  private var groupDepth = 0
  private let groupCount: Int
  private let groupNames: Set<String>

  /// White space and line ends of ECMA-262 (12.2 and 12.3), as the inside of a PCRE2 class.
  private static let space =
    "\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}"
    + "\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}"
  private static let notSpace =
    "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}"
    + "\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}"
    + "\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"

  static func translate(_ source: String) throws(Pattern.Refusal) -> String {
    var translator = PatternTranslator(Array(source.unicodeScalars))
    try translator.disjunction()
    return translator.output
  }

  private init(_ input: [Unicode.Scalar]) {
    self.input = input
    (groupCount, groupNames) = Self.groups(in: input)
  }

  /// How many groups capture, and what they are called; back references may point ahead.
  private static func groups(in input: [Unicode.Scalar]) -> (Int, Set<String>) {
    var count = 0
    var names: Set<String> = []
    var inClass = false
    var index = 0
    while index < input.count {
      switch input[index] {
      case "\\": index += 1
      case "[": inClass = true
      case "]": inClass = false
      case "(" where !inClass:
        if index + 1 < input.count, input[index + 1] == "?" {
          guard index + 3 < input.count, input[index + 2] == "<", input[index + 3] != "=",
            input[index + 3] != "!"
          else { break }
          let rest = input[(index + 3)...]
          names.insert(String(String.UnicodeScalarView(rest.prefix { $0 != ">" })))
        }
        count += 1
      default: break
      }
      index += 1
    }
    return (count, names)
  }

  private var current: Unicode.Scalar? { index < input.count ? input[index] : nil }
  private func peek(_ ahead: Int) -> Unicode.Scalar? {
    index + ahead < input.count ? input[index + ahead] : nil
  }

  private func invalid(_ reason: String) -> Pattern.Refusal { .invalid(reason, offset: index) }

  private mutating func emit(_ scalar: Unicode.Scalar) {
    output += "\\x{" + String(scalar.value, radix: 16) + "}"
  }

  private mutating func disjunction() throws(Pattern.Refusal) {
    var canRepeat = false
    while let next = current {
      switch next {
      case "|":
        output += "|"
        index += 1
        canRepeat = false
      case "(":
        try openGroup()
        canRepeat = false
      case ")":
        guard groupDepth > 0 else { throw invalid("a `)` without its `(`") }
        groupDepth -= 1
        output += ")"
        index += 1
        canRepeat = closedRepeatable.popLast() ?? true
      case "*", "+", "?", "{":
        guard canRepeat else { throw invalid("nothing to repeat before `\(next)`") }
        try quantifier()
        canRepeat = false
      case "^":
        output += "\\A"
        index += 1
        canRepeat = false
      case "$":
        output += "\\z"
        index += 1
        canRepeat = false
      case "]", "}": throw invalid("a lone `\(next)`")
      default:
        canRepeat = try atom(next)
      }
    }
    guard groupDepth == 0 else { throw invalid("a `(` without its `)`") }
  }

  /// For each open group, whether what it closes to may be repeated: look-arounds may not.
  private var closedRepeatable: [Bool] = []

  private mutating func openGroup() throws(Pattern.Refusal) {
    groupDepth += 1
    guard peek(1) == "?" else {
      output += "("
      index += 1
      closedRepeatable.append(true)
      return
    }
    switch (peek(2), peek(3)) {
    case (":", _):
      output += "(?:"
      index += 3
      closedRepeatable.append(true)
    case ("=", _), ("!", _):
      output += peek(2) == "=" ? "(?=" : "(?!"
      index += 3
      closedRepeatable.append(false)
    case ("<", "="), ("<", "!"):
      output += peek(3) == "=" ? "(?<=" : "(?<!"
      index += 4
      closedRepeatable.append(false)
    case ("<", _):
      index += 3
      output += "(?<" + Self.safeName(try name()) + ">"
      closedRepeatable.append(true)
    default: throw invalid("an unknown kind of group")
    }
  }

  /// PCRE2's names are ASCII and at most 32 long; ECMA's are identifiers of any script.
  private static func safeName(_ name: String) -> String {
    if name.utf8.count <= 32, name.utf8.allSatisfy({ $0 != UInt8(ascii: "$") && $0 < 0x80 }) {
      return name
    }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return "n" + String(hash, radix: 16)
  }

  /// Reads a group's name up to `>`, and the `>`.
  private mutating func name() throws(Pattern.Refusal) -> String {
    var scalars = String.UnicodeScalarView()
    while let next = current, next != ">" {
      let isStart = next == "$" || next == "_" || next.properties.isIDStart
      let isPart =
        isStart || next.properties.isIDContinue || next.value == 0x200C
        || next.value == 0x200D
      guard scalars.isEmpty ? isStart : isPart else { throw invalid("an invalid group name") }
      scalars.append(next)
      index += 1
    }
    guard current == ">", !scalars.isEmpty else { throw invalid("a group name without its end") }
    index += 1
    return String(scalars)
  }

  private mutating func quantifier() throws(Pattern.Refusal) {
    guard let next = current else { return }
    if next == "{" {
      let start = index
      index += 1
      let low = digits()
      var high: String? = low
      if current == "," {
        index += 1
        let text = digits()
        high = text.isEmpty ? nil : text
      }
      guard !low.isEmpty, current == "}" else {
        index = start
        throw invalid("a lone `{`")
      }
      index += 1
      // PCRE2 counts to 65,535. More repetitions than any text here can hold are all the same.
      guard let least = Int(low.prefix(18)), least <= 65_535 else {
        throw .unsupported("more than 65535 repetitions")
      }
      if let high {
        guard let most = Int(high.prefix(18)), most >= least else {
          throw invalid("a repetition whose bounds are the wrong way round")
        }
        output += most > 65_535 ? "{\(least),}" : "{\(least),\(most)}"
      } else {
        output += "{\(least),}"
      }
    } else {
      output.unicodeScalars.append(next)
      index += 1
    }
    if current == "?" {
      output += "?"
      index += 1
    }
  }

  private mutating func digits() -> String {
    var text = ""
    while let next = current, next >= "0", next <= "9" {
      text.unicodeScalars.append(next)
      index += 1
    }
    return text
  }

  /// Translates one atom; tells whether it may be repeated.
  private mutating func atom(_ next: Unicode.Scalar) throws(Pattern.Refusal) -> Bool {
    switch next {
    case ".":
      output += "[^\\x{a}\\x{d}\\x{2028}\\x{2029}]"
      index += 1
    case "[": try characterClass()
    case "\\": return try escape()
    default:
      emit(next)
      index += 1
    }
    return true
  }

  private mutating func escape() throws(Pattern.Refusal) -> Bool {
    guard let next = peek(1) else { throw invalid("a `\\` at the end") }
    switch next {
    case "b", "B":
      // Word boundaries are ASCII under `u` without `i`, as PCRE2's are without UCP.
      output += next == "b" ? "\\b" : "\\B"
      index += 2
      return false
    case "1"..."9":
      index += 1
      let number = digits()
      guard let reference = Int(number.prefix(9)), reference <= groupCount else {
        throw invalid("a reference to a group that is not there")
      }
      output += "\\g{\(reference)}"
      return true
    case "k":
      guard peek(2) == "<" else { throw invalid("`\\k` without a name") }
      index += 3
      let name = try self.name()
      guard groupNames.contains(name) else {
        throw invalid("a reference to a group that is not there")
      }
      output += "\\k{" + Self.safeName(name) + "}"
      return true
    default:
      switch try classEscape(inClass: false) {
      case .scalar(let scalar): emit(scalar)
      case .set(let inside): output += "[" + inside + "]"
      }
      return true
    }
  }

  /// What an escape stands for: one character, or the inside of a class.
  private enum Escaped {
    case scalar(Unicode.Scalar)
    case set(String)
  }

  private mutating func classEscape(inClass: Bool) throws(Pattern.Refusal) -> Escaped {
    guard let next = peek(1) else { throw invalid("a `\\` at the end") }
    index += 2
    switch next {
    case "d": return .set("0-9")
    case "D": return .set("\\x{0}-\\x{2f}\\x{3a}-\\x{10ffff}")
    case "w": return .set("0-9A-Z_a-z")
    case "W": return .set("\\x{0}-\\x{2f}\\x{3a}-\\x{40}\\x{5b}-\\x{5e}\\x{60}\\x{7b}-\\x{10ffff}")
    case "s": return .set(Self.space)
    case "S": return .set(Self.notSpace)
    case "p", "P": return .set("\\" + String(next) + "{" + (try property()) + "}")
    case "t": return .scalar("\t")
    case "n": return .scalar("\n")
    case "v": return .scalar("\u{b}")
    case "f": return .scalar("\u{c}")
    case "r": return .scalar("\r")
    case "0":
      if let digit = current, digit >= "0", digit <= "9" { throw invalid("an octal escape") }
      return .scalar("\0")
    case "c":
      guard let letter = current, letter.isASCII, letter.properties.isAlphabetic else {
        throw invalid("`\\c` without a letter")
      }
      index += 1
      return .scalar(Unicode.Scalar(UInt8(letter.value & 31)))
    case "x": return .scalar(try hex(2))
    case "u": return .scalar(try unicode())
    case "b" where inClass: return .scalar("\u{8}")
    case "-" where inClass: return .scalar("-")
    case "^", "$", "\\", ".", "*", "+", "?", "(", ")", "[", "]", "{", "}", "|", "/":
      return .scalar(next)
    default:
      index -= 2
      throw invalid("`\\\(next)` is no escape of ECMA-262")
    }
  }

  private mutating func hex(_ count: Int) throws(Pattern.Refusal) -> Unicode.Scalar {
    guard let scalar = Unicode.Scalar(try unit(count)) else {
      throw invalid("half a surrogate pair")
    }
    return scalar
  }

  private mutating func unit(_ count: Int) throws(Pattern.Refusal) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let next = current,
        let digit = next.properties.isASCIIHexDigit ? Int(String(next), radix: 16) : nil
      else { throw invalid("an escape with too few hexadecimal digits") }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }

  private mutating func unicode() throws(Pattern.Refusal) -> Unicode.Scalar {
    if current == "{" {
      index += 1
      var value: UInt32 = 0
      var count = 0
      while let next = current, next != "}" {
        guard next.properties.isASCIIHexDigit, let digit = UInt32(String(next), radix: 16),
          value <= 0x10FFFF
        else { throw invalid("an invalid `\\u{…}`") }
        value = value << 4 | digit
        count += 1
        index += 1
      }
      guard current == "}", count > 0, let scalar = Unicode.Scalar(value) else {
        throw invalid("an invalid `\\u{…}`")
      }
      index += 1
      return scalar
    }
    let high = try unit(4)
    if high & 0xFC00 == 0xD800, current == "\\", peek(1) == "u", peek(2) != "{" {
      let before = index
      index += 2
      let low = try unit(4)
      if low & 0xFC00 == 0xDC00,
        let scalar = Unicode.Scalar(0x10000 + (high & 0x3FF) << 10 + (low & 0x3FF))
      {
        return scalar
      }
      index = before
    }
    guard let scalar = Unicode.Scalar(high) else {
      throw .unsupported("half a surrogate pair, which no well-formed text holds")
    }
    return scalar
  }

  private mutating func characterClass() throws(Pattern.Refusal) {
    index += 1
    var inside = ""
    let isNegated = current == "^"
    if isNegated { index += 1 }
    while let next = current, next != "]" {
      let first = try classAtom(next)
      guard current == "-", let after = peek(1), after != "]" else {
        inside += Self.text(first)
        continue
      }
      index += 1
      let second = try classAtom(after)
      guard case .scalar(let low) = first, case .scalar(let high) = second else {
        throw invalid("a range whose end is a class")
      }
      guard low <= high else { throw invalid("a range whose ends are the wrong way round") }
      inside += Self.text(first) + "-" + Self.text(second)
    }
    guard current == "]" else { throw invalid("a `[` without its `]`") }
    index += 1
    if inside.isEmpty {
      output += isNegated ? "[\\x{0}-\\x{10ffff}]" : "(?!)"
    } else {
      output += (isNegated ? "[^" : "[") + inside + "]"
    }
  }

  private mutating func classAtom(_ next: Unicode.Scalar) throws(Pattern.Refusal) -> Escaped {
    if next == "\\" { return try classEscape(inClass: true) }
    index += 1
    return .scalar(next)
  }

  private static func text(_ escaped: Escaped) -> String {
    switch escaped {
    case .scalar(let scalar): "\\x{" + String(scalar.value, radix: 16) + "}"
    case .set(let inside): inside
    }
  }

  /// Reads `{…}` of a property escape, and gives PCRE2's name for it.
  private mutating func property() throws(Pattern.Refusal) -> String {
    guard current == "{" else { throw invalid("`\\p` without a property") }
    index += 1
    var text = ""
    while let next = current, next != "}" {
      text.unicodeScalars.append(next)
      index += 1
    }
    guard current == "}" else { throw invalid("a property without its `}`") }
    index += 1
    guard let name = UnicodeProperty.name(for: text) else {
      throw invalid("`\(text)` is no property that ECMA-262 lists")
    }
    return name
  }
}
