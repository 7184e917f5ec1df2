// The byte scanner: the one file of this room whose unsafe code belongs to no C library.
//
// It reads eight bytes at a time where it can, which `Span` has no safe way to do. The same scan
// over `Span`, byte by byte, was measured at 1.28 times the processor time on a 10 MB document, which
// is past the tenth that the house allows before it takes the bounds checks.

/// One pass over the bytes of a JSON text that writes its tape.
enum JSONScan {
  static func tape(
    of bytes: [UInt8], limits: DocumentLimits
  ) -> Result<[UInt64], JSONFault> {
    unsafe bytes.withUnsafeBufferPointer { text in
      var scanner = unsafe Scanner(text: text, limits: limits)
      defer { unsafe scanner.words.deallocate() }
      if let fault = unsafe scanner.run() { return .failure(fault) }
      return unsafe .success(
        Array(UnsafeBufferPointer(start: scanner.words, count: scanner.wordCount)))
    }
  }
}

/// The state of the pass. Containers that are open are linked through the second word of each.
@unsafe private struct Scanner {
  let text: UnsafeBufferPointer<UInt8>
  /// The tape so far; it grows as an array would, without an array's check at every word.
  var words: UnsafeMutablePointer<UInt64>
  var capacity: Int
  let base: UnsafePointer<UInt8>?
  let end: Int
  let limits: DocumentLimits
  var position = 0
  var wordCount = 0
  var nodeCount = 0
  var depth = 0
  /// The word index of the innermost open container, or -1.
  var open = -1
  /// How many children it has so far.
  var children = 0
  var isObject = false

  init(text: UnsafeBufferPointer<UInt8>, limits: DocumentLimits) {
    unsafe self.text = text
    // Most documents have a word for every eight to sixteen bytes.
    let capacity = text.count / 64 + 64
    unsafe self.capacity = capacity
    unsafe self.words = .allocate(capacity: capacity)
    unsafe self.base = text.baseAddress
    unsafe self.end = text.count
    unsafe self.limits = limits
  }

  @inline(__always) func byte(_ offset: Int) -> UInt8 { unsafe text[offset] }

  func fault(_ kind: JSONFault.Kind, _ offset: Int? = nil) -> JSONFault {
    unsafe JSONFault(kind: kind, offset: offset ?? position)
  }

  @inline(__always) mutating func append(_ word: UInt64) {
    if unsafe wordCount == capacity { unsafe grow() }
    unsafe words[wordCount] = word
    unsafe wordCount += 1
  }

  @inline(never) mutating func grow() {
    let larger = unsafe UnsafeMutablePointer<UInt64>.allocate(capacity: capacity * 2)
    unsafe larger.moveInitialize(from: words, count: wordCount)
    unsafe words.deallocate()
    unsafe words = larger
    unsafe capacity *= 2
  }

  mutating func run() -> JSONFault? {
    if unsafe end >= 3, unsafe byte(0) == 0xEF, unsafe byte(1) == 0xBB, unsafe byte(2) == 0xBF {
      unsafe position = 3
    }
    unsafe skipSpace()
    if unsafe position >= end { return unsafe fault(.empty) }
    // Each turn reads one value, then whatever closes behind it, up to the next value.
    while true {
      if let problem = unsafe value() { return problem }
      switch unsafe behindValue() {
      case .value: continue
      case .finished: break
      case .fault(let problem): return problem
      }
      unsafe skipSpace()
      return unsafe position < end ? fault(.trailingText) : nil
    }
  }

  enum Behind {
    case value, finished
    case fault(JSONFault)
  }

  /// Reads one value; an opening bracket counts as one, unless its container is empty.
  private mutating func value() -> JSONFault? {
    while true {
      guard unsafe position < end else { return unsafe fault(.unexpectedEnd) }
      unsafe nodeCount += 1
      if unsafe nodeCount > limits.nodeCount { return unsafe fault(.tooManyNodes) }
      let start = unsafe position
      switch unsafe byte(start) {
      case UInt8(ascii: "\""): return unsafe string()
      case UInt8(ascii: "{"):
        if let problem = unsafe openContainer(.object) { return problem }
        guard unsafe position < end else { return unsafe fault(.unexpectedEnd) }
        if unsafe byte(position) == UInt8(ascii: "}") {
          unsafe closeContainer()
          return nil
        }
        if let problem = unsafe name() { return problem }
      case UInt8(ascii: "["):
        if let problem = unsafe openContainer(.array) { return problem }
        guard unsafe position < end else { return unsafe fault(.unexpectedEnd) }
        if unsafe byte(position) == UInt8(ascii: "]") {
          unsafe closeContainer()
          return nil
        }
      case UInt8(ascii: "-"), 0x30...0x39: return unsafe number()
      case UInt8(ascii: "t"): return unsafe literal(0x65_75_72_74, 4, .bool, Word.isTrue)
      case UInt8(ascii: "n"): return unsafe literal(0x6C_6C_75_6E, 4, .null, 0)
      case UInt8(ascii: "f"):
        guard unsafe start + 5 <= end, unsafe byte(start + 4) == UInt8(ascii: "e") else {
          return unsafe fault(.invalidLiteral)
        }
        return unsafe literal(0x73_6C_61_66, 5, .bool, 0)
      default: return unsafe fault(.unexpectedByte)
      }
    }
  }

  /// Closes what ends behind a value, and moves to the next one.
  private mutating func behindValue() -> Behind {
    while unsafe open >= 0 {
      unsafe children += 1
      unsafe skipSpace()
      guard unsafe position < end else { return unsafe .fault(fault(.unexpectedEnd)) }
      let next = unsafe byte(position)
      if next == UInt8(ascii: ",") {
        unsafe position += 1
        unsafe skipSpace()
        guard unsafe position < end else { return unsafe .fault(fault(.unexpectedEnd)) }
        if unsafe isObject {
          if let problem = unsafe name(afterComma: true) { return .fault(problem) }
        } else if unsafe byte(position) == UInt8(ascii: "]") {
          return unsafe .fault(fault(.trailingComma))
        }
        return .value
      }
      guard next == (unsafe isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
        return unsafe .fault(fault(.expectedComma))
      }
      unsafe closeContainer()
    }
    return .finished
  }

  /// While a container is open its second word keeps what has to come back when it closes: the
  /// container around it, and how many children that one had.
  private mutating func openContainer(_ kind: NodeKind) -> JSONFault? {
    unsafe depth += 1
    if unsafe depth > limits.depth { return unsafe fault(.tooDeep) }
    let index = unsafe wordCount
    unsafe append(Word.make(kind, flags: 0, length: 0, offset: position))
    unsafe append(Word.pair(children, open + 1))
    unsafe open = index
    unsafe children = 0
    unsafe isObject = kind == .object
    unsafe position += 1
    unsafe skipSpace()
    return nil
  }

  private mutating func closeContainer() {
    unsafe position += 1
    let outer = unsafe words[open + 1]
    unsafe words[open] |= UInt64(children) << 32
    unsafe words[open + 1] = Word.pair(wordCount - open, position)
    unsafe open = Word.offset(outer) - 1
    unsafe children = Word.high(outer)
    unsafe depth -= 1
    if unsafe open >= 0 { unsafe isObject = Word.kind(words[open]) == .object }
  }

  /// Reads a member's name and the colon behind it.
  @inline(__always)
  private mutating func name(afterComma: Bool = false) -> JSONFault? {
    guard unsafe byte(position) == UInt8(ascii: "\"") else {
      let isClose = unsafe byte(position) == UInt8(ascii: "}")
      return unsafe fault(afterComma && isClose ? .trailingComma : .expectedName)
    }
    if let problem = unsafe string() { return problem }
    unsafe skipSpace()
    guard unsafe position < end else { return unsafe fault(.unexpectedEnd) }
    guard unsafe byte(position) == UInt8(ascii: ":") else { return unsafe fault(.expectedColon) }
    unsafe position += 1
    unsafe skipSpace()
    return nil
  }

  @inline(__always)
  private mutating func skipSpace() {
    while unsafe position < end {
      let next = unsafe byte(position)
      guard next <= 0x20 else { return }
      if next == 0x0A {
        // Indentation comes in runs of spaces.
        unsafe position += 1
        while unsafe position + 8 <= end, unsafe word(position) == 0x2020_2020_2020_2020 {
          unsafe position += 8
        }
        continue
      }
      guard next == 0x20 || next == 0x0D || next == 0x09 else { return }
      unsafe position += 1
    }
  }

  @inline(__always) private func word(_ offset: Int) -> UInt64 {
    guard let base = unsafe base else { return 0 }
    return unsafe UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self).littleEndian
  }

  private mutating func literal(
    _ letters: UInt32, _ length: Int, _ kind: NodeKind, _ flags: UInt64
  ) -> JSONFault? {
    let start = unsafe position
    guard unsafe start + length <= end else { return unsafe fault(.invalidLiteral) }
    var found: UInt32 = 0
    for index in 0..<4 { found |= unsafe UInt32(byte(start + index)) << UInt32(8 * index) }
    guard found == letters else { return unsafe fault(.invalidLiteral) }
    unsafe append(Word.make(kind, flags: flags, length: length, offset: start))
    unsafe position += length
    return nil
  }

  @inline(__always) private mutating func digits() -> Int {
    let start = unsafe position
    while unsafe position < end, unsafe byte(position) &- 0x30 <= 9 { unsafe position += 1 }
    return unsafe position - start
  }

  /// `-? int frac? exp?` (RFC 8259, section 6).
  private mutating func number() -> JSONFault? {
    let start = unsafe position
    var flags = Word.integer
    if unsafe byte(position) == UInt8(ascii: "-") { unsafe position += 1 }
    let isZero = unsafe position < end && byte(position) == 0x30
    let count = unsafe digits()
    guard count > 0 else { return unsafe fault(.invalidNumber) }
    if isZero, count > 1 { return unsafe fault(.leadingZero, start) }
    if unsafe position < end, unsafe byte(position) == UInt8(ascii: ".") {
      flags = 0
      unsafe position += 1
      guard unsafe digits() > 0 else { return unsafe fault(.invalidNumber) }
    }
    if unsafe position < end, unsafe byte(position) | 0x20 == UInt8(ascii: "e") {
      flags = 0
      unsafe position += 1
      if unsafe position < end,
        unsafe byte(position) == UInt8(ascii: "+") || byte(position) == UInt8(ascii: "-")
      {
        unsafe position += 1
      }
      guard unsafe digits() > 0 else { return unsafe fault(.invalidNumber) }
    }
    let length = unsafe position - start
    guard length <= DocumentLimits.stringLength else { return unsafe fault(.stringTooLong, start) }
    unsafe append(Word.make(.number, flags: flags, length: length, offset: start))
    return nil
  }

  /// Reads a string and leaves its inside where it is.
  @inline(__always)
  private mutating func string() -> JSONFault? {
    let start = unsafe position + 1
    unsafe position = start
    var flags = Word.quoted
    while true {
      // Eight bytes at once, as long as none is a quote, a backslash, a control or non-ASCII.
      while unsafe position + 8 <= end {
        let word = unsafe self.word(position)
        let special = unsafe Self.special(in: word)
        guard special == 0 else {
          unsafe position += special.trailingZeroBitCount / 8
          break
        }
        unsafe position += 8
      }
      guard unsafe position < end else { return unsafe fault(.unterminatedString, start - 1) }
      let next = unsafe byte(position)
      if next == UInt8(ascii: "\"") { break }
      if next == UInt8(ascii: "\\") {
        flags |= Word.escaped
        if let problem = unsafe escape(&flags) { return problem }
      } else if next < 0x20 {
        return unsafe fault(.controlInString)
      } else if next >= 0x80 {
        guard let length = unsafe UTF8Check.length(at: position, in: text) else {
          return unsafe fault(.invalidUTF8)
        }
        unsafe position += length
      } else {
        unsafe position += 1
      }
    }
    let length = unsafe position - start
    guard length <= DocumentLimits.stringLength else {
      return unsafe fault(.stringTooLong, start - 1)
    }
    unsafe append(Word.make(.string, flags: flags, length: length, offset: start))
    unsafe position += 1
    return nil
  }

  /// The high bit of every byte that ends a plain run: `"`, `\`, below 0x20, or above 0x7F.
  @inline(__always) private static func special(in word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let isQuote = (quote &- ones) & ~quote
    let isBackslash = (backslash &- ones) & ~backslash
    let isControl = (word &- (ones &* 0x20)) & ~word
    return (isQuote | isBackslash | isControl | word) & highs
  }

  private mutating func escape(_ flags: inout UInt64) -> JSONFault? {
    let start = unsafe position
    guard unsafe start + 1 < end else { return unsafe fault(.unexpectedEnd) }
    switch unsafe byte(start + 1) {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      unsafe position += 2
      return nil
    case UInt8(ascii: "u"):
      guard let unit = unsafe unit(at: start) else { return unsafe fault(.invalidEscape) }
      unsafe position += 6
      if unit & 0xFC00 == 0xD800, let low = unsafe self.unit(at: position), low & 0xFC00 == 0xDC00 {
        unsafe position += 6
      } else if unit & 0xF800 == 0xD800 {
        flags |= Word.loneSurrogate
      }
      return nil
    default: return unsafe fault(.invalidEscape)
    }
  }

  /// The code unit of a `\uXXXX` that begins at an offset, or nil.
  private func unit(at offset: Int) -> UInt32? {
    guard unsafe offset + 6 <= end, unsafe byte(offset) == UInt8(ascii: "\\"),
      unsafe byte(offset + 1) == UInt8(ascii: "u")
    else { return nil }
    var unit: UInt32 = 0
    for index in offset + 2..<offset + 6 {
      guard let digit = unsafe JSONString.hexDigit(byte(index)) else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }
}

/// Well-formed UTF-8, as RFC 3629 defines it: no overlong forms, no surrogates, nothing past
/// U+10FFFF.
enum UTF8Check {
  /// The length of the sequence that begins at an offset with a byte above 0x7F, or nil.
  static func length(at offset: Int, in text: UnsafeBufferPointer<UInt8>) -> Int? {
    let lead = unsafe text[offset]
    let (length, low, high): (Int, UInt8, UInt8)
    switch lead {
    case 0xC2...0xDF: (length, low, high) = (2, 0x80, 0xBF)
    case 0xE0: (length, low, high) = (3, 0xA0, 0xBF)
    case 0xED: (length, low, high) = (3, 0x80, 0x9F)
    case 0xE1...0xEF: (length, low, high) = (3, 0x80, 0xBF)
    case 0xF0: (length, low, high) = (4, 0x90, 0xBF)
    case 0xF1...0xF3: (length, low, high) = (4, 0x80, 0xBF)
    case 0xF4: (length, low, high) = (4, 0x80, 0x8F)
    default: return nil
    }
    guard offset + length <= text.count else { return nil }
    guard unsafe text[offset + 1] >= low, unsafe text[offset + 1] <= high else { return nil }
    for index in offset + 2..<max(offset + length, offset + 2) {
      guard unsafe text[index] & 0xC0 == 0x80 else { return nil }
    }
    return length
  }
}
