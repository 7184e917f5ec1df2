internal import AssayModel
internal import CYAML

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Writes the tape of one document after another from libyaml's events.
@safe struct YAMLBuilder {
  private let file: SourceFile
  private let limits: DocumentLimits
  private var tape: [UInt64] = []
  private var arena: [UInt8] = []
  private var open: [Container] = []
  private var anchors: [String: Anchor] = [:]
  private var keys = KeyTable()
  private var nodeCount = 0
  private var aliasCost = 0

  /// A mapping or list that has not ended.
  private struct Container {
    let index: Int
    let isMapping: Bool
    var children = 0
    var expectsKey: Bool
    var hasMerge = false
    /// The first entry of this mapping in the table of keys.
    let firstKey: Int
    let anchor: String?
  }

  /// What an alias repeats: words of the tape, which hold no absolute index and so can be copied.
  private struct Anchor {
    let start: Int
    var end: Int?
    let nodesBefore: Int
    var nodeCount = 0
  }

  init(file: SourceFile, limits: DocumentLimits) {
    self.file = file
    self.limits = limits
    tape.reserveCapacity(file.bytes.count / 6)
    arena.reserveCapacity(file.bytes.count / 8)
  }

  /// Takes one event; returns the document that it ends, if it ends one.
  @inline(__always)
  mutating func take(
    _ event: UnsafeMutablePointer<yaml_event_t>, from events: inout YAMLEvents
  ) throws(Diagnostic) -> Document? {
    switch unsafe event.pointee.type {
    case YAML_SCALAR_EVENT: try unsafe scalar(event, &events)
    case YAML_MAPPING_START_EVENT: try unsafe start(event, &events, isMapping: true)
    case YAML_SEQUENCE_START_EVENT: try unsafe start(event, &events, isMapping: false)
    case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT: try unsafe end(event, &events)
    case YAML_ALIAS_EVENT: try unsafe alias(event, &events)
    case YAML_DOCUMENT_END_EVENT: return finish()
    default: break
    }
    return nil
  }

  private mutating func finish() -> Document {
    if tape.isEmpty { tape.append(Word.make(.null, flags: 0, length: 0, offset: 0)) }
    let document = Document(file: file, tape: tape, arena: arena)
    tape = []
    arena = []
    anchors = [:]
    nodeCount = 0
    return document
  }

  // MARK: Scalars

  private mutating func scalar(
    _ event: UnsafeMutablePointer<yaml_event_t>, _ events: inout YAMLEvents
  ) throws(Diagnostic) {
    let data = unsafe event.pointee.data.scalar
    let text = unsafe UnsafeBufferPointer(start: data.value, count: data.length)
    let range = unsafe events.range(of: event)
    guard text.count <= DocumentLimits.stringLength else {
      throw .stringTooLong(at: SourceSpan(file: file, range: range.lowerBound..<range.lowerBound))
    }
    let start = tape.count
    try countNode(at: range)
    let isPlain = unsafe data.style == YAML_PLAIN_SCALAR_STYLE
    if isKeyNext {
      let isMerge = unsafe isPlain && text.count == 2 && text[0] == 0x3C && text[1] == 0x3C
      if unsafe isMerge && data.tag == nil { open[open.count - 1].hasMerge = true }
      unsafe appendString(text, range, isPlain: isPlain)
      try unsafe checkKey(text, at: start)
    } else {
      switch unsafe meaning(text, tag: data.tag, isPlain: isPlain) {
      case .null:
        tape.append(Word.make(.null, flags: 0, length: range.count, offset: range.lowerBound))
      case .bool(let flag):
        let flags = flag ? Word.isTrue : 0
        tape.append(Word.make(.bool, flags: flags, length: range.count, offset: range.lowerBound))
      case .number(let isInteger, let spelling):
        unsafe appendNumber(text, spelling, isInteger, range)
      case .string: unsafe appendString(text, range, isPlain: isPlain)
      }
    }
    if let anchor = unsafe data.anchor {
      unsafe anchors[String(cString: anchor)] = Anchor(
        start: start, end: tape.count, nodesBefore: nodeCount - 1, nodeCount: 1)
    }
    placed()
  }

  private func meaning(
    _ text: UnsafeBufferPointer<UInt8>, tag: UnsafePointer<UInt8>?, isPlain: Bool
  ) -> CoreSchema.Meaning {
    if let tag = unsafe tag {
      let name = unsafe String(cString: tag)
      let core = "tag:yaml.org,2002:"
      if name == "!" || name == core + "str" { return .string }
      if name.hasPrefix(core) { return unsafe CoreSchema.meaning(of: text) }
      return .string
    }
    return isPlain ? unsafe CoreSchema.meaning(of: text) : .string
  }

  /// Keeps a scalar as a slice of the source where it stands there as it is, and else in the arena.
  private mutating func appendString(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, isPlain: Bool
  ) {
    let quote = isPlain ? 0 : 1
    if range.count == text.count + 2 * quote, unsafe stands(text, at: range.lowerBound + quote) {
      let flags = isPlain ? 0 : Word.quoted
      tape.append(
        Word.make(
          .string, flags: flags, length: text.count, offset: range.lowerBound + quote))
      return
    }
    tape.append(
      Word.make(.string, flags: Word.inArena, length: text.count, offset: arena.count))
    tape.append(Word.pair(range.lowerBound, range.upperBound))
    unsafe arena.append(contentsOf: text)
  }

  private mutating func appendNumber(
    _ text: UnsafeBufferPointer<UInt8>, _ spelling: [UInt8]?, _ isInteger: Bool,
    _ range: Range<Int>
  ) {
    let flags = isInteger ? Word.integer : 0
    if spelling == nil, range.count == text.count {
      tape.append(Word.make(.number, flags: flags, length: range.count, offset: range.lowerBound))
      return
    }
    let bytes = unsafe spelling ?? Array(text)
    tape.append(
      Word.make(.number, flags: flags | Word.inArena, length: bytes.count, offset: arena.count))
    tape.append(Word.pair(range.lowerBound, range.upperBound))
    arena += bytes
  }

  @inline(__always)
  private func stands(_ text: UnsafeBufferPointer<UInt8>, at offset: Int) -> Bool {
    guard offset + text.count <= file.bytes.count else { return false }
    guard let mine = text.baseAddress else { return true }
    return unsafe file.bytes.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return false }
      return unsafe memcmp(base + offset, mine, text.count) == 0
    }
  }

  // MARK: Containers

  private mutating func start(
    _ event: UnsafeMutablePointer<yaml_event_t>, _ events: inout YAMLEvents, isMapping: Bool
  ) throws(Diagnostic) {
    let range = unsafe events.range(of: event)
    guard open.count < limits.depth else {
      throw .tooDeep(at: SourceSpan(file: file, range: range))
    }
    try countNode(at: range)
    let anchor =
      unsafe isMapping
      ? event.pointee.data.mapping_start.anchor : event.pointee.data.sequence_start.anchor
    let name = unsafe anchor.map { unsafe String(cString: $0) }
    if let name {
      anchors[name] = Anchor(start: tape.count, end: nil, nodesBefore: nodeCount - 1)
    }
    open.append(
      Container(
        index: tape.count, isMapping: isMapping, expectsKey: isMapping, firstKey: keys.count,
        anchor: name))
    tape.append(
      Word.make(isMapping ? .object : .array, flags: 0, length: 0, offset: range.lowerBound))
    tape.append(0)
  }

  private mutating func end(
    _ event: UnsafeMutablePointer<yaml_event_t>, _ events: inout YAMLEvents
  ) throws(Diagnostic) {
    let container = open.removeLast()
    let end = unsafe endOfContent(events.range(of: event))
    keys.drop(from: container.firstKey)
    tape[container.index] |= UInt64(container.children) << 32
    tape[container.index + 1] = Word.pair(tape.count - container.index, end)
    if container.hasMerge { try merge(container.index, end: end) }
    if let name = container.anchor, let anchor = anchors[name], anchor.start == container.index {
      anchors[name]?.end = tape.count
      anchors[name]?.nodeCount = nodeCount - anchor.nodesBefore
    }
    placed()
  }

  /// A block ends where the next thing begins; its own end is the last byte that is no white space.
  private func endOfContent(_ range: Range<Int>) -> Int {
    guard range.isEmpty else { return range.upperBound }
    var end = range.lowerBound
    while end > 0, file.bytes[end - 1] <= 0x20 { end -= 1 }
    return end
  }

  private var isKeyNext: Bool { open.last?.expectsKey ?? false }

  /// A value has been written whole: the container around it takes note.
  @inline(__always)
  private mutating func placed() {
    guard !open.isEmpty else { return }
    let last = open.count - 1
    if open[last].isMapping {
      if !open[last].expectsKey { open[last].children += 1 }
      open[last].expectsKey.toggle()
    } else {
      open[last].children += 1
    }
  }

  private mutating func countNode(at range: Range<Int>) throws(Diagnostic) {
    nodeCount += 1
    if nodeCount > limits.nodeCount {
      throw .tooManyValues(at: SourceSpan(file: file, range: range))
    }
  }

  // MARK: Keys

  private mutating func checkKey(
    _ text: UnsafeBufferPointer<UInt8>, at index: Int
  ) throws(Diagnostic) {
    let first = open[open.count - 1].firstKey
    let hash = unsafe KeyTable.hash(text)
    for earlier in keys.candidates(hash, from: first) {
      guard unsafe raw(at: earlier).elementsEqual(text) else { continue }
      // Several merges in one mapping are common in the wild and mean the same as a list.
      if unsafe text.count == 2 && text[0] == 0x3C && text[1] == 0x3C { continue }
      throw unsafe .duplicateKey(
        String(decoding: text, as: UTF8.self), first: span(at: earlier), second: span(at: index))
    }
    keys.add(hash, index, first: first)
  }

  private func raw(at index: Int) -> ArraySlice<UInt8> {
    let word = tape[index]
    let range = Word.offset(word)..<Word.offset(word) + Word.length(word)
    return Word.flags(word) & Word.inArena != 0 ? arena[range] : file.bytes[range]
  }

  private func span(at index: Int) -> SourceSpan {
    SourceSpan(file: file, range: Document(file: file, tape: tape, arena: []).range(at: index))
  }

  // MARK: Anchors and merges

  private mutating func alias(
    _ event: UnsafeMutablePointer<yaml_event_t>, _ events: inout YAMLEvents
  ) throws(Diagnostic) {
    let name = unsafe String(cString: event.pointee.data.alias.anchor)
    let span = unsafe events.span(of: event)
    guard let anchor = anchors[name] else { throw .unknownAnchor(name, at: span) }
    guard let end = anchor.end else { throw .aliasCycle(name, at: span) }
    aliasCost += anchor.nodeCount
    let allowance = max(YAMLReader.aliasAllowance, 10 * (nodeCount - aliasCost))
    guard aliasCost <= allowance else { throw .aliasBomb(at: span, limit: allowance) }
    nodeCount += anchor.nodeCount
    let index = tape.count
    tape.append(contentsOf: tape[anchor.start..<end])
    if isKeyNext {
      asString(at: index)
      let text = Array(raw(at: index))
      try unsafe text.withUnsafeBufferPointer { bytes throws(Diagnostic) in
        try unsafe checkKey(bytes, at: index)
      }
    }
    placed()
  }

  /// A scalar that is repeated as a key is a string there, whatever it was.
  private mutating func asString(at index: Int) {
    switch Word.kind(tape[index]) {
    case .array, .object, .string: return
    case .number, .bool, .null:
      let word = tape[index]
      let flags = Word.kind(word) == .number ? Word.flags(word) & Word.inArena : 0
      tape[index] = Word.make(
        .string, flags: flags, length: Word.length(word), offset: Word.offset(word))
    }
  }

  /// Replaces `<<` by the members that it stands for. A mapping's own keys win over merged ones,
  /// and earlier merged mappings over later (YAML 1.1 merge type, which OpenAPI documents use).
  private mutating func merge(_ index: Int, end: Int) throws(Diagnostic) {
    let (words, children) = try merged(index)
    let head = [
      Word.make(.object, flags: 0, length: children, offset: Word.offset(tape[index])),
      Word.pair(words.count + 2, end),
    ]
    tape.replaceSubrange(index..., with: head + words)
  }

  /// The members of a mapping after its merges. A function of its own, so that no view of the tape
  /// is alive when the tape changes, which would copy it.
  private func merged(_ index: Int) throws(Diagnostic) -> (words: [UInt64], children: Int) {
    let snapshot = Document(file: file, tape: tape, arena: arena)
    var sources: [Node] = []
    var words: [UInt64] = []
    var names: Set<[UInt8]> = []
    for member in Node(document: snapshot, index: index).members {
      guard isMergeKey(member.key) else {
        words += tape[member.key.index..<snapshot.next(after: member.value.index)]
        names.insert(Array(snapshot.rawBytes(at: member.key.index)))
        continue
      }
      let merged = member.value.isArray ? Array(member.value.elements) : [member.value]
      guard merged.allSatisfy(\.isObject) else { throw .invalidMerge(at: member.value.span) }
      sources += merged
    }
    for source in sources {
      for member in source.members
      where names.insert(Array(snapshot.rawBytes(at: member.key.index))).inserted {
        words += tape[member.key.index..<snapshot.next(after: member.value.index)]
      }
    }
    return (words, names.count)
  }

  private func isMergeKey(_ key: Node) -> Bool {
    guard key.kind == .string, Word.flags(tape[key.index]) & Word.quoted == 0 else { return false }
    return raw(at: key.index).elementsEqual([0x3C, 0x3C])
  }
}

/// The keys of all open mappings, so that a repeated one is found at once.
///
/// Mappings are mostly small: their hashes are compared one after another. One that grows past a
/// few dozen keys gets an index, since its keys may have been chosen to be many.
private struct KeyTable {
  private var hashes: [UInt64] = []
  private var indexes: [Int] = []
  private var indexed: [(first: Int, buckets: [UInt64: [Int]])] = []
  private static let small = 48

  var count: Int { hashes.count }

  static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in 0..<text.count {
      hash = unsafe (hash ^ UInt64(text[index])) &* 0x100_0000_01B3
    }
    return hash
  }

  /// The tape indexes of the keys of this mapping that have the same hash.
  func candidates(_ hash: UInt64, from first: Int) -> [Int] {
    if let last = indexed.last, last.first == first { return last.buckets[hash] ?? [] }
    var found: [Int] = []
    for index in first..<hashes.count where hashes[index] == hash { found.append(indexes[index]) }
    return found
  }

  mutating func add(_ hash: UInt64, _ index: Int, first: Int) {
    hashes.append(hash)
    indexes.append(index)
    if let last = indexed.last, last.first == first {
      indexed[indexed.count - 1].buckets[hash, default: []].append(index)
    } else if hashes.count - first > Self.small {
      var buckets: [UInt64: [Int]] = [:]
      for entry in first..<hashes.count {
        buckets[hashes[entry], default: []].append(indexes[entry])
      }
      indexed.append((first, buckets))
    }
  }

  mutating func drop(from first: Int) {
    if let last = indexed.last, last.first == first { indexed.removeLast() }
    hashes.removeSubrange(first...)
    indexes.removeSubrange(first...)
  }
}
