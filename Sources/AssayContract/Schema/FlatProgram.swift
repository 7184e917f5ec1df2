internal import AssayModel
internal import AssayText
internal import Synchronization

/// A program in plain words: what the first pass runs, which only has to tell whether a value holds.
///
/// Most values hold, so this is where the time goes: an instruction is a few numbers, nothing is counted
/// or copied, and the tape is read in place. Whatever is rare is left to the second pass: the first one
/// gives up, and the value is judged in full.
final class FlatProgram: Sendable {
  struct Instruction: Sendable {
    enum Code: UInt8, Sendable {
      case never, giveUp, type, lowest, highest, multiple, shortest, longest, pattern, format
      case texts, values, object, required, fewest, most, elements, positions, leastItems, mostItems
      case contains, all, any, one, not, condition, reference
    }

    let code: Code
    var a: Int32 = 0
    var b: Int32 = 0
    /// A bound.
    var limit: Int64 = 0
  }

  struct Entry: Sendable {
    let start: Int32
    let end: Int32
    let allowsNull: Bool
  }

  /// A name in the blob, and the schema of what stands under it.
  struct Member: Sendable {
    let start: Int32
    let length: Int32
    let schema: Int32
    let isRequired: Bool
  }

  /// The members of an object, in the order of the schema, which is mostly that of the value.
  struct ObjectPlan: Sendable {
    let first: Int32
    let count: Int32
    let required: Int32
    /// What holds for other members: a schema, or one of the two words below.
    let others: Int32
    static let open: Int32 = -1
    static let closed: Int32 = -2
  }

  private let entries: [Entry]
  private let instructions: [Instruction]
  private let members: [Member]
  private let objects: [ObjectPlan]
  private let names: [UInt8]
  private let texts: [Range<Int>]
  private let nodes: [Node]
  private let patterns: [Pattern]
  private let formats: [Format]
  private let arms: [Int32]

  var count: Int { entries.count }

  /// What a first pass comes to.
  enum Answer { case holds, fails, open }

  private struct State: ~Copyable {
    let document: Document
    var hasGivenUp = false
    var depth = 0
    /// What may still be done: alternatives in alternatives could go on without end.
    var steps: Int
  }

  func judge(_ schema: SchemaID, _ document: Document, at index: Int) -> Answer {
    // Only JSON's scalars all stand in the source.
    guard document.isPlain, entries.indices.contains(schema) else { return .open }
    var state = State(
      document: document, steps: SchemaValidator.stepLimit(for: document) / 2)
    let (tape, bytes) = (document.tape, document.file.bytes)
    let holds = holds(schema, index, tape.span, bytes.span, &state)
    return state.hasGivenUp ? .open : holds ? .holds : .fails
  }

  // MARK: Running

  private func holds(
    _ schema: Int, _ index: Int, _ tape: borrowing Span<UInt64>, _ bytes: borrowing Span<UInt8>,
    _ state: inout State
  ) -> Bool {
    let entry = entries[schema]
    let word = tape[index]
    if entry.allowsNull, Word.kind(word) == .null { return true }
    state.steps -= 1
    guard state.depth < 200, state.steps > 0, !state.hasGivenUp else {
      state.hasGivenUp = true
      return true
    }
    state.depth += 1
    defer { state.depth -= 1 }
    for place in Int(entry.start)..<Int(entry.end) {
      let instruction = instructions[place]
      guard holds(instruction, index, word, tape, bytes, &state) else { return false }
      if state.hasGivenUp { return true }
    }
    return true
  }

  @inline(__always) private func holds(
    _ instruction: Instruction, _ index: Int, _ word: UInt64, _ tape: borrowing Span<UInt64>,
    _ bytes: borrowing Span<UInt8>, _ state: inout State
  ) -> Bool {
    switch instruction.code {
    case .type: return hasType(UInt8(truncatingIfNeeded: instruction.a), word, &state)
    case .reference: return holds(Int(instruction.a), index, tape, bytes, &state)
    case .object:
      guard Word.kind(word) == .object else { return true }
      return hasMembers(objects[Int(instruction.a)], index, word, tape, bytes, &state)
    case .elements:
      guard Word.kind(word) == .array else { return true }
      return hasElements(
        Int(instruction.a), from: Int(instruction.b), index, word, tape, bytes, &state)
    case .lowest, .highest, .multiple:
      guard Word.kind(word) == .number else { return true }
      return isBound(instruction, word, bytes, &state)
    case .shortest, .longest:
      guard Word.kind(word) == .string else { return true }
      return hasLength(instruction, index, word, bytes, &state)
    case .pattern, .format, .texts:
      guard Word.kind(word) == .string else { return instruction.code != .texts }
      return isText(instruction, index, word, bytes, &state)
    case .leastItems:
      return Word.kind(word) != .array || Word.length(word) >= Int(instruction.limit)
    case .mostItems: return Word.kind(word) != .array || Word.length(word) <= Int(instruction.limit)
    case .fewest: return Word.kind(word) != .object || Word.length(word) >= Int(instruction.limit)
    case .most: return Word.kind(word) != .object || Word.length(word) <= Int(instruction.limit)
    case .never: return false
    default: return holdsTogether(instruction, index, word, tape, bytes, &state)
    }
  }

  /// Rules that combine others, and those that are seldom met.
  private func holdsTogether(
    _ instruction: Instruction, _ index: Int, _ word: UInt64, _ tape: borrowing Span<UInt64>,
    _ bytes: borrowing Span<UInt8>, _ state: inout State
  ) -> Bool {
    let first = Int(instruction.a)
    let end = first + Int(instruction.b)
    switch instruction.code {
    case .all:
      for arm in first..<end where !holds(Int(arms[arm]), index, tape, bytes, &state) {
        return false
      }
      return true
    case .any:
      for arm in first..<end where holds(Int(arms[arm]), index, tape, bytes, &state) { return true }
      return false
    case .one:
      var count = 0
      for arm in first..<end where holds(Int(arms[arm]), index, tape, bytes, &state) {
        count += 1
        if count > 1 { return false }
      }
      return count == 1
    case .not: return !holds(first, index, tape, bytes, &state)
    case .condition:
      let isMet = holds(Int(arms[first]), index, tape, bytes, &state)
      let branch = Int(arms[first + (isMet ? 1 : 2)])
      return branch < 0 || holds(branch, index, tape, bytes, &state)
    case .values:
      let document = state.document
      return nodes[first..<end].contains {
        Equality.holds($0.document, $0.index, document, index)
      }
    case .required:
      guard Word.kind(word) == .object else { return true }
      for range in texts[first..<end]
      where state.document.member(Array(names[range]), of: index) == nil {
        return false
      }
      return true
    case .positions:
      guard Word.kind(word) == .array else { return true }
      var child = index + 2
      for position in 0..<min(Word.length(word), end - first) {
        guard holds(Int(arms[first + position]), child, tape, bytes, &state) else { return false }
        child = Self.next(child, tape)
      }
      return true
    case .contains:
      guard Word.kind(word) == .array else { return true }
      var child = index + 2
      for _ in 0..<Word.length(word) {
        if holds(first, child, tape, bytes, &state) { return true }
        child = Self.next(child, tape)
      }
      return false
    default:
      state.hasGivenUp = true
      return true
    }
  }

  @inline(__always) private static func next(_ index: Int, _ tape: borrowing Span<UInt64>) -> Int {
    let word = tape[index]
    switch Word.kind(word) {
    case .array, .object: return index + Word.high(tape[index + 1])
    // Without an arena a scalar is one word.
    case .number, .string, .null, .bool: return index + 1
    }
  }

  @inline(__always) private func hasType(_ types: UInt8, _ word: UInt64, _ state: inout State)
    -> Bool
  {
    let types = TypeSet(rawValue: types)
    switch Word.kind(word) {
    case .null: return types.contains(.null)
    case .bool: return types.contains(.boolean)
    case .string: return types.contains(.string)
    case .array: return types.contains(.array)
    case .object: return types.contains(.object)
    case .number:
      if types.contains(.number) { return true }
      if Word.flags(word) & Word.integer != 0 {
        return !types.isDisjoint(with: [.integer, .writtenInteger])
      }
      // `1.0` may be an integer all the same.
      if types.contains(.integer) { state.hasGivenUp = true }
      return types.contains(.integer)
    }
  }

  private func hasMembers(
    _ plan: ObjectPlan, _ index: Int, _ word: UInt64, _ tape: borrowing Span<UInt64>,
    _ bytes: borrowing Span<UInt8>, _ state: inout State
  ) -> Bool {
    var key = index + 2
    var expected = 0
    var missing = Int(plan.required)
    var seen: UInt64 = 0
    let (first, count) = (Int(plan.first), Int(plan.count))
    for _ in 0..<Word.length(word) {
      let name = tape[key]
      let value = key + 1
      if Word.flags(name) & Word.escaped != 0 {
        state.hasGivenUp = true
        return true
      }
      var found = -1
      let (start, length) = (Word.offset(name), Word.length(name))
      for step in 0..<count {
        let position = expected + step < count ? expected + step : expected + step - count
        let member = members[first + position]
        guard Int(member.length) == length, isName(member, bytes, start) else { continue }
        found = position
        break
      }
      if found >= 0 {
        expected = found + 1 < count ? found + 1 : 0
        let member = members[first + found]
        if member.isRequired, found < 64, seen & (1 << UInt64(found)) == 0 {
          seen |= 1 << UInt64(found)
          missing -= 1
        }
        guard holds(Int(member.schema), value, tape, bytes, &state) else { return false }
      } else if plan.others == ObjectPlan.closed {
        return false
      } else if plan.others >= 0 {
        guard holds(Int(plan.others), value, tape, bytes, &state) else { return false }
      }
      if state.hasGivenUp { return true }
      key = Self.next(value, tape)
    }
    return missing == 0
  }

  @inline(__always) private func isName(
    _ member: Member, _ bytes: borrowing Span<UInt8>, _ start: Int
  ) -> Bool {
    let own = Int(member.start)
    for offset in 0..<Int(member.length) where names[own + offset] != bytes[start + offset] {
      return false
    }
    return true
  }

  private func hasElements(
    _ schema: Int, from start: Int, _ index: Int, _ word: UInt64, _ tape: borrowing Span<UInt64>,
    _ bytes: borrowing Span<UInt8>, _ state: inout State
  ) -> Bool {
    var child = index + 2
    for position in 0..<Word.length(word) {
      if position >= start {
        guard holds(schema, child, tape, bytes, &state) else { return false }
        if state.hasGivenUp { return true }
      }
      child = Self.next(child, tape)
    }
    return true
  }

  /// A bound that is a whole number, and a number without an exponent: exact without being made.
  private func isBound(
    _ instruction: Instruction, _ word: UInt64, _ bytes: borrowing Span<UInt8>, _ state: inout State
  ) -> Bool {
    var place = Word.offset(word)
    let end = place + Word.length(word)
    let isNegative = bytes[place] == UInt8(ascii: "-")
    if isNegative { place += 1 }
    var whole: Int64 = 0
    var hasFraction = false
    let first = place
    while place < end, bytes[place] &- 0x30 <= 9, place - first < 18 {
      whole = whole * 10 + Int64(bytes[place] &- 0x30)
      place += 1
    }
    if place < end, bytes[place] == UInt8(ascii: ".") {
      place += 1
      while place < end, bytes[place] &- 0x30 <= 9 {
        if bytes[place] != 0x30 { hasFraction = true }
        place += 1
      }
    }
    guard place == end else {
      state.hasGivenUp = true
      return true
    }
    // The next whole number below, and whether there is more.
    let floor = isNegative ? -whole - (hasFraction ? 1 : 0) : whole
    let limit = instruction.limit
    switch instruction.code {
    case .lowest:
      return instruction.a == 0 ? floor >= limit : floor > limit || floor == limit && hasFraction
    case .highest:
      return instruction.a == 0
        ? floor < limit || floor == limit && !hasFraction : floor < limit
    default: return !hasFraction && floor % limit == 0
    }
  }

  private func hasLength(
    _ instruction: Instruction, _ index: Int, _ word: UInt64, _ bytes: borrowing Span<UInt8>,
    _ state: inout State
  ) -> Bool {
    let limit = Int(instruction.limit)
    var count = Word.length(word)
    let isEscaped = Word.flags(word) & Word.escaped != 0
    // There are never more characters than bytes.
    if instruction.code == .longest, count <= limit { return true }
    if instruction.code == .shortest, !isEscaped, count < limit { return false }
    if isEscaped {
      count = SchemaValidator.codePoints(state.document.decodedBytes(at: index))
    } else {
      let start = Word.offset(word)
      let length = count
      count = 0
      for offset in 0..<length where bytes[start + offset] & 0xC0 != 0x80 { count += 1 }
    }
    return instruction.code == .longest ? count <= limit : count >= limit
  }

  private func isText(
    _ instruction: Instruction, _ index: Int, _ word: UInt64, _ bytes: borrowing Span<UInt8>,
    _ state: inout State
  ) -> Bool {
    switch instruction.code {
    case .pattern:
      switch patterns[Int(instruction.a)].search(state.document.decodedBytes(at: index)) {
      case .matched: return true
      case .unmatched: return false
      case .undecided:
        state.hasGivenUp = true
        return true
      }
    case .format:
      return formats[Int(instruction.a)].holds(bytes: state.document.decodedBytes(at: index))
    default:
      if Word.flags(word) & Word.escaped != 0 {
        state.hasGivenUp = true
        return true
      }
      let (start, length) = (Word.offset(word), Word.length(word))
      for range in texts[Int(instruction.a)..<Int(instruction.a + instruction.b)]
      where range.count == length {
        var isSame = true
        for offset in 0..<length where names[range.lowerBound + offset] != bytes[start + offset] {
          isSame = false
          break
        }
        if isSame { return true }
      }
      return false
    }
  }

  // MARK: Making

  init(_ program: SchemaProgram) {
    var maker = FlatMaker()
    var entries: [Entry] = []
    for (id, schema) in program.schemas.enumerated() {
      let start = Int32(maker.instructions.count)
      // What cannot be judged has to be told, which the second pass does.
      if program.unjudged[id] != nil {
        maker.instructions.append(Instruction(code: .giveUp))
      } else {
        maker.add(schema, program)
      }
      entries.append(
        Entry(start: start, end: Int32(maker.instructions.count), allowsNull: schema.allowsNull))
    }
    self.entries = entries
    instructions = maker.instructions
    members = maker.members
    objects = maker.objects
    names = maker.names
    texts = maker.texts
    nodes = maker.nodes
    patterns = maker.patterns
    formats = maker.formats
    arms = maker.arms
  }
}

/// Where the flat form of a program is kept, which is made when it is first needed.
final class FlatShelf: Sendable {
  private let made = Mutex<FlatProgram?>(nil)

  func flat(_ program: SchemaProgram) -> FlatProgram {
    made.withLock { made in
      if let made, made.count == program.schemas.count { return made }
      let flat = FlatProgram(program)
      made = flat
      return flat
    }
  }
}
