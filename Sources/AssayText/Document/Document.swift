package import AssayModel

/// A JSON or YAML text and its tree, laid out as one flat tape.
///
/// A tape is an array of words in document order, so that a tree of any size is one allocation, no
/// value is an object, and a subtree is skipped in one step. Nothing is decoded before somebody
/// asks: strings and numbers stay where the user wrote them, which is also how every value knows
/// its place. JSON and YAML give the same tape, so whatever reads a tree reads both.
///
/// Word of a value: kind (3 bits), flags (4), length or count (25), offset (32).
/// - A number or string has its text at `offset ..< offset + length` of the source, or of the arena
///   when flagged so; then a second word holds the source range.
/// - A container has its opening at `offset`, `length` children, and a second word with the number
///   of words of its whole subtree and the source offset of its end. The members of an object are
///   key, value, key, value.
package final class Document: Sendable {
  package let file: SourceFile
  package let tape: [UInt64]
  /// Scalars whose text is not a slice of the source: YAML's escapes, folds and spelled numbers.
  let arena: [UInt8]

  init(file: SourceFile, tape: [UInt64], arena: [UInt8] = []) {
    self.file = file
    self.tape = tape
    self.arena = arena
  }

  package var root: Node { Node(document: self, index: 0) }

  /// Whether every scalar stands in the source, as those of JSON do.
  package var isPlain: Bool { arena.isEmpty }
}

/// What a value of a tree is.
package enum NodeKind: UInt8, Sendable {
  case null, bool, number, string, array, object
}

/// How much a reader takes before it refuses.
package struct DocumentLimits: Sendable {
  package var size = 512 << 20
  package var depth = 512
  package var nodeCount = 30_000_000

  package init() {}

  package init(size: Int, depth: Int = 512, nodeCount: Int = 30_000_000) {
    self.size = size
    self.depth = depth
    self.nodeCount = nodeCount
  }

  /// The longest string that a word can describe.
  static let stringLength = (1 << 25) - 1
}

/// The words of a tape: how they are made and taken apart.
package enum Word {
  @inlinable package static var escaped: UInt64 { 1 }
  @inlinable package static var loneSurrogate: UInt64 { 2 }
  @inlinable package static var inArena: UInt64 { 4 }
  @inlinable package static var quoted: UInt64 { 8 }
  /// On a number: no fraction and no exponent.
  @inlinable package static var integer: UInt64 { 1 }
  /// On a bool.
  @inlinable package static var isTrue: UInt64 { 1 }

  @inline(__always) @inlinable
  package static func make(_ kind: NodeKind, flags: UInt64, length: Int, offset: Int) -> UInt64 {
    UInt64(kind.rawValue) << 61 | flags << 57 | UInt64(truncatingIfNeeded: length) << 32
      | UInt64(truncatingIfNeeded: offset)
  }

  @inline(__always) @inlinable
  package static func pair(_ high: Int, _ low: Int) -> UInt64 {
    UInt64(truncatingIfNeeded: high) << 32 | UInt64(truncatingIfNeeded: low)
  }

  @inline(__always) @inlinable package static func kind(_ word: UInt64) -> NodeKind {
    NodeKind(rawValue: UInt8(truncatingIfNeeded: word >> 61)) ?? .null
  }
  @inline(__always) @inlinable package static func flags(_ word: UInt64) -> UInt64 {
    word >> 57 & 0xF
  }
  @inline(__always) @inlinable package static func length(_ word: UInt64) -> Int {
    Int(word >> 32 & 0x1FF_FFFF)
  }
  @inline(__always) @inlinable package static func offset(_ word: UInt64) -> Int {
    Int(word & 0xFFFF_FFFF)
  }
  @inline(__always) @inlinable package static func high(_ word: UInt64) -> Int { Int(word >> 32) }
}

// The tape by index. A hot loop walks with these and makes no `Node`, whose copies are counted.
extension Document {
  @inline(__always) package func kind(at index: Int) -> NodeKind { Word.kind(tape[index]) }

  @inline(__always) package func bool(at index: Int) -> Bool {
    Word.flags(tape[index]) & Word.isTrue != 0
  }

  @inline(__always) package func isInteger(at index: Int) -> Bool {
    Word.flags(tape[index]) & Word.integer != 0
  }

  /// Children of a container: elements, or members.
  @inline(__always) package func count(at index: Int) -> Int { Word.length(tape[index]) }

  /// The index behind a value and everything in it.
  @inline(__always) package func next(after index: Int) -> Int {
    let word = tape[index]
    switch Word.kind(word) {
    case .array, .object: return index + Word.high(tape[index + 1])
    case .number, .string: return index + (Word.flags(word) & Word.inArena != 0 ? 2 : 1)
    case .null, .bool: return index + 1
    }
  }

  /// The index of a container's first child; for an object that is the first key.
  @inline(__always) package func firstChild(of index: Int) -> Int { index + 2 }

  /// The bytes of a number or string as they stand, escapes and all.
  @inline(__always) package func rawBytes(at index: Int) -> ArraySlice<UInt8> {
    let word = tape[index]
    let start = Word.offset(word)
    let range = start..<start + Word.length(word)
    return Word.flags(word) & Word.inArena != 0 ? arena[range] : file.bytes[range]
  }

  @inline(__always) package func hasEscapes(at index: Int) -> Bool {
    let word = tape[index]
    return Word.kind(word) == .string && Word.flags(word) & Word.escaped != 0
  }

  /// Whether a string holds half of a surrogate pair, which JSON can write and Unicode cannot.
  package func hasLoneSurrogate(at index: Int) -> Bool {
    let word = tape[index]
    return Word.kind(word) == .string && Word.flags(word) & Word.loneSurrogate != 0
  }

  /// The text of a string with its escapes decoded, or of a number as written.
  package func text(at index: Int) -> String {
    let raw = rawBytes(at: index)
    guard hasEscapes(at: index) else { return String(decoding: raw, as: UTF8.self) }
    return String(decoding: JSONString.unescape(raw), as: UTF8.self)
  }

  /// The UTF-8 of a string with its escapes decoded.
  ///
  /// A lone surrogate keeps its three bytes (as in WTF-8), so that two different strings never
  /// compare equal because both were repaired.
  package func decodedBytes(at index: Int) -> ArraySlice<UInt8> {
    let raw = rawBytes(at: index)
    return hasEscapes(at: index) ? JSONString.unescape(raw)[...] : raw
  }

  /// Whether the string at an index is exactly this text.
  package func isText(_ text: [UInt8], at index: Int) -> Bool { isText(text.span, at: index) }

  package func isText(_ text: borrowing Span<UInt8>, at index: Int) -> Bool {
    let word = tape[index]
    guard Word.kind(word) == .string, Word.flags(word) & Word.escaped != 0 else {
      // Most names differ in length, and those that do not in the first few bytes.
      guard Word.length(word) == text.count else { return false }
      let bytes = Word.flags(word) & Word.inArena != 0 ? arena : file.bytes
      return Self.holds(bytes.span, text, at: Word.offset(word))
    }
    let decoded = decodedBytes(at: index)
    guard decoded.count == text.count else { return false }
    return decoded.indices.allSatisfy { decoded[$0] == text[$0 - decoded.startIndex] }
  }

  @inline(__always) private static func holds(
    _ bytes: borrowing Span<UInt8>, _ text: borrowing Span<UInt8>, at start: Int
  ) -> Bool {
    for position in 0..<text.count where bytes[start + position] != text[position] { return false }
    return true
  }

  /// The index of a member's value, or nil; the last one where a name is repeated.
  package func member(_ name: [UInt8], of index: Int) -> Int? { member(name.span, of: index) }

  package func member(_ name: borrowing Span<UInt8>, of index: Int) -> Int? {
    guard kind(at: index) == .object else { return nil }
    var found: Int?
    var key = firstChild(of: index)
    for _ in 0..<count(at: index) {
      let value = next(after: key)
      if isText(name, at: key) { found = value }
      key = next(after: value)
    }
    return found
  }

  /// The range of a value in the source, quotes and brackets included.
  package func range(at index: Int) -> Range<Int> {
    let word = tape[index]
    let offset = Word.offset(word)
    switch Word.kind(word) {
    case .null, .bool: return offset..<offset + Word.length(word)
    case .array, .object: return offset..<max(offset, Word.offset(tape[index + 1]))
    case .number, .string:
      if Word.flags(word) & Word.inArena != 0 {
        let place = tape[index + 1]
        return Word.high(place)..<max(Word.high(place), Word.offset(place))
      }
      let quote = Word.flags(word) & Word.quoted != 0 ? 1 : 0
      return offset - quote..<offset + Word.length(word) + quote
    }
  }
}
