/// The words of a script, told apart well enough to see which names it uses.
///
/// Not a parser: nothing is built, and what is no JavaScript is told as unreadable.
struct ScriptTokens {
  enum Kind: Equatable {
    case name(String)
    /// A literal text; nil for a template with expressions in it.
    case text(String?)
    case number, regex
    case mark(String)
  }

  struct Token {
    let kind: Kind
    /// Whether a line ends before it, which can end a statement.
    let startsLine: Bool

    var name: String? {
      if case .name(let name) = kind { name } else { nil }
    }
    var mark: String? {
      if case .mark(let mark) = kind { mark } else { nil }
    }
  }

  private(set) var tokens: [Token] = []
  /// The place of the other bracket of a pair, by the place of one.
  private(set) var partner: [Int: Int] = [:]
  /// The literal parts of templates and texts, in which names in braces may stand.
  private(set) var texts: [String] = []
  private(set) var isReadable = true

  private let bytes: [UInt8]
  private var place = 0
  private var open: [Int] = []
  private var startsLine = false

  /// Longer scripts carry libraries with them, of which nothing could be told anyway.
  private static let limit = 8_000

  init(_ source: String) {
    bytes = Array(source.utf8)
    while isReadable, skipSpace() {
      readToken()
      if tokens.count > Self.limit { isReadable = false }
    }
    if !open.isEmpty { isReadable = false }
  }

  private func byte(_ offset: Int = 0) -> UInt8 {
    place + offset < bytes.count ? bytes[place + offset] : 0
  }

  /// Passes over white space and comments; false at the end.
  private mutating func skipSpace() -> Bool {
    while place < bytes.count {
      switch bytes[place] {
      case 0x0A, 0x0D:
        startsLine = true
        place += 1
      case 0x20, 0x09, 0x0B, 0x0C: place += 1
      case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"):
        while place < bytes.count, bytes[place] != 0x0A, bytes[place] != 0x0D { place += 1 }
      case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"):
        place += 2
        while place < bytes.count, !(byte() == UInt8(ascii: "*") && byte(1) == UInt8(ascii: "/")) {
          if bytes[place] == 0x0A { startsLine = true }
          place += 1
        }
        place += 2
      default: return true
      }
    }
    return false
  }

  private mutating func add(_ kind: Kind) {
    tokens.append(Token(kind: kind, startsLine: startsLine))
    startsLine = false
  }

  private mutating func readToken() {
    let first = bytes[place]
    switch first {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): readText(first)
    case UInt8(ascii: "`"): readTemplate()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): readNumber()
    case UInt8(ascii: ".") where byte(1) &- 0x30 <= 9: readNumber()
    case UInt8(ascii: "/") where isAmbiguous: isReadable = false
    case UInt8(ascii: "/") where takesRegex: readRegex()
    case _ where Self.isNamePart(first) || first == UInt8(ascii: "\\"): readName()
    default: readMark(first)
    }
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 <= 25 || byte &- 0x30 <= 9 || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "$") || byte == UInt8(ascii: "#") || byte >= 0x80
  }

  private mutating func readName() {
    let start = place
    while place < bytes.count, Self.isNamePart(bytes[place]) { place += 1 }
    // A name with an escape in it is one that somebody hides.
    guard place > start, byte() != UInt8(ascii: "\\") else {
      isReadable = false
      return
    }
    add(.name(String(decoding: bytes[start..<place], as: UTF8.self)))
  }

  private mutating func readNumber() {
    while place < bytes.count,
      Self.isNamePart(bytes[place]) || bytes[place] == UInt8(ascii: ".")
        || (bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-"))
          && (bytes[place - 1] | 0x20) == UInt8(ascii: "e") && bytes[place - 2] &- 0x30 <= 9
    { place += 1 }
    add(.number)
  }

  private mutating func readText(_ quote: UInt8) {
    var content: [UInt8] = []
    var isPlain = true
    place += 1
    while place < bytes.count, bytes[place] != quote {
      if bytes[place] == UInt8(ascii: "\\") {
        isPlain = false
        place += 1
      }
      content.append(byte())
      place += 1
    }
    if place >= bytes.count { isReadable = false }
    place += 1
    let text = String(decoding: content, as: UTF8.self)
    texts.append(text)
    // A text with an escape in it is not what it looks like, so it counts as computed.
    add(.text(isPlain ? text : nil))
  }

  /// A template, with the tokens of its expressions between two marks.
  private mutating func readTemplate() {
    place += 1
    var content: [UInt8] = []
    var hasExpressions = false
    while place < bytes.count, bytes[place] != UInt8(ascii: "`") {
      if bytes[place] == UInt8(ascii: "\\") {
        place += 2
      } else if bytes[place] == UInt8(ascii: "$"), byte(1) == UInt8(ascii: "{") {
        hasExpressions = true
        content.append(0)
        readExpression()
      } else {
        content.append(bytes[place])
        place += 1
      }
    }
    if place >= bytes.count { isReadable = false }
    place += 1
    let text = String(decoding: content, as: UTF8.self)
    texts.append(text)
    add(.text(hasExpressions ? nil : text))
  }

  private mutating func readExpression() {
    place += 2
    add(.mark("("))
    open.append(tokens.count - 1)
    let depth = open.count
    // As deep as a template nests, and no deeper than a stack carries.
    guard depth < 200 else {
      isReadable = false
      return
    }
    while isReadable, tokens.count <= Self.limit, skipSpace() {
      if bytes[place] == UInt8(ascii: "}"), open.count == depth {
        place += 1
        close("(")
        return
      }
      readToken()
    }
    isReadable = false
  }

  // MARK: Marks

  private static let longMarks = [
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=",
    "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
    "**", "<<", ">>",
  ].map { Array($0.utf8) }

  private mutating func readMark(_ first: UInt8) {
    for mark in Self.longMarks where bytes[place...].starts(with: mark) {
      // `a?.5:b` is a condition.
      if mark.count == 2, mark[0] == UInt8(ascii: "?"), mark[1] == UInt8(ascii: "."),
        byte(2) &- 0x30 <= 9
      {
        continue
      }
      place += mark.count
      return add(.mark(String(decoding: mark, as: UTF8.self)))
    }
    place += 1
    let mark = String(UnicodeScalar(first))
    switch mark {
    case "(", "[", "{":
      add(.mark(mark))
      open.append(tokens.count - 1)
    case ")": close("(")
    case "]": close("[")
    case "}": close("{")
    default: add(.mark(mark))
    }
  }

  private mutating func close(_ opening: String) {
    guard let start = open.popLast(), tokens[start].mark == opening else {
      isReadable = false
      return
    }
    add(.mark(opening == "(" ? ")" : opening == "[" ? "]" : "}"))
    partner[start] = tokens.count - 1
    partner[tokens.count - 1] = start
  }

  // MARK: Regular expressions

  private static let beforeOperand: Set<String> = [
    "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do",
    "instanceof", "await", "yield",
  ]

  /// Whether only a parser could tell what a slash here means: a block may end before it, or a value.
  private var isAmbiguous: Bool {
    guard let mark = tokens.last?.mark else { return false }
    return ["}", "++", "--"].contains(mark)
  }

  /// Whether a slash here begins a regular expression; behind a value it divides.
  private var takesRegex: Bool {
    guard let last = tokens.last else { return true }
    switch last.kind {
    case .name(let name): return Self.beforeOperand.contains(name)
    case .text, .number, .regex: return false
    case .mark("]"): return false
    case .mark(")"):
      guard let start = partner[tokens.count - 1], start > 0 else { return false }
      return ["if", "while", "for", "with"].contains(tokens[start - 1].name)
    default: return true
    }
  }

  private mutating func readRegex() {
    place += 1
    var isInClass = false
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\\"): place += 1
      case UInt8(ascii: "["): isInClass = true
      case UInt8(ascii: "]"): isInClass = false
      case UInt8(ascii: "/") where !isInClass:
        place += 1
        while place < bytes.count, Self.isNamePart(bytes[place]) { place += 1 }
        return add(.regex)
      case 0x0A, 0x0D:
        isReadable = false
        return
      default: break
      }
      place += 1
    }
    isReadable = false
  }
}
