internal import AssayModel
internal import AssayText

/// A path of a contract with its expressions, and how a real path is compared with it.
///
/// Matching is on the encoded path: a `%2F` never separates, and literals are compared after
/// percent-decoding on both sides.
struct PathTemplate: Sendable {
  let text: String
  private let segments: [[Piece]]
  /// Pairs that a query has to have: some documents tell operations apart by them.
  let query: [TextPair]
  /// The template without the names of its expressions: what has the same shape is the same path.
  let shape: String

  private enum Piece: Sendable, Hashable {
    case literal([UInt8])
    case expression(String)

    var isLiteral: Bool { if case .literal = self { true } else { false } }
  }

  init(_ text: String) {
    self.text = text
    // A path has no query and no fragment; what some documents write there is no part of it.
    let plain = text.prefix { $0 != "?" && $0 != "#" }
    query = text.parted(at: "?").map { TextPair.list(ofQuery: String($0.after)) } ?? []
    segments = plain.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
      .map { Self.pieces($0) }
    shape = Self.shape(of: text)
  }

  static func shape(of text: String) -> String {
    var result = ""
    var isInside = false
    for character in text {
      if character == "}" { isInside = false }
      if !isInside { result.append(character) }
      if character == "{" { isInside = true }
    }
    return result
  }

  private static func pieces(_ segment: Substring) -> [Piece] {
    var pieces: [Piece] = []
    var rest = segment
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      if open > rest.startIndex { pieces.append(.literal(PercentEncoding.decode(rest[..<open]))) }
      pieces.append(.expression(String(rest[rest.index(after: open)..<close])))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.literal(PercentEncoding.decode(rest))) }
    return pieces
  }

  /// A path taken apart once, for as many templates as it is held against.
  struct Parts {
    fileprivate let raw: [ArraySlice<UInt8>]
    fileprivate let decoded: [[UInt8]]

    init(_ path: some StringProtocol) {
      let bytes = Array(path.utf8)
      raw = Array(
        bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst())
      decoded = raw.map { part in
        part.contains(UInt8(ascii: "%"))
          ? PercentEncoding.decode(String(decoding: part, as: UTF8.self)) : Array(part)
      }
    }

    var count: Int { raw.count }
  }

  var count: Int { segments.count }

  /// The names of its expressions.
  var names: Set<String> {
    Set(
      segments.joined().compactMap { piece in
        if case .expression(let name) = piece { name } else { nil }
      })
  }

  /// The raw values of the expressions when the path fits; nil when it does not.
  func match(_ path: some StringProtocol) -> [String: String]? { match(Parts(path)) }

  func match(_ parts: Parts) -> [String: String]? {
    guard parts.count == segments.count else { return nil }
    // Most templates differ in a plain segment, which is quickly seen.
    for (pieces, part) in zip(segments, parts.decoded) {
      switch pieces.first {
      case .literal(let literal)? where pieces.count == 1:
        guard literal == part else { return nil }
      case nil: guard part.isEmpty else { return nil }
      default: break
      }
    }
    var values: [String: String] = [:]
    for (part, pieces) in zip(parts.raw, segments) where !(pieces.count == 1 && pieces[0].isLiteral)
    {
      guard Self.match(part, pieces[...], &values) else { return nil }
    }
    return values
  }

  private static func match(
    _ text: ArraySlice<UInt8>, _ pieces: ArraySlice<Piece>, _ values: inout [String: String]
  ) -> Bool {
    guard let piece = pieces.first else { return text.isEmpty }
    let rest = pieces.dropFirst()
    switch piece {
    case .literal(let literal):
      // An encoded literal may be longer than its bytes: try the prefixes that decode to it.
      for end in text.startIndex...text.endIndex {
        let head = text[text.startIndex..<end]
        guard PercentEncoding.decode(String(decoding: head, as: UTF8.self)) == literal else {
          continue
        }
        if match(text[end...], rest, &values) { return true }
      }
      return false
    case .expression(let name):
      guard !text.isEmpty else { return false }
      if rest.isEmpty {
        values[name] = String(decoding: text, as: UTF8.self)
        return true
      }
      for end in (text.startIndex + 1)..<max(text.endIndex, text.startIndex + 1) {
        var tried = values
        if match(text[end...], rest, &tried) {
          values = tried
          values[name] = String(decoding: text[text.startIndex..<end], as: UTF8.self)
          return true
        }
      }
      return false
    }
  }

  /// Whether this template is to be tried first: what asks for a query before what does not, then
  /// segment by segment, where a literal beats a literal with expressions, which beats an expression
  /// alone, and then by how much of it is literal.
  func precedes(_ other: PathTemplate) -> Bool {
    // Templates of different lengths never fit the same path, so any order will do, as long as it is one.
    if segments.count != other.segments.count { return segments.count < other.segments.count }
    if query.count != other.query.count { return query.count > other.query.count }
    for (mine, theirs) in zip(segments, other.segments) {
      let (one, two) = (Self.rank(mine), Self.rank(theirs))
      if one != two { return one < two }
    }
    return literalCount > other.literalCount
  }

  private var literalCount: Int {
    segments.joined().reduce(0) { sum, piece in
      if case .literal(let bytes) = piece { sum + bytes.count } else { sum }
    }
  }

  private static func rank(_ pieces: [Piece]) -> Int {
    let expressions = pieces.filter { if case .expression = $0 { true } else { false } }.count
    if expressions == 0 { return 0 }
    return pieces.count > expressions ? 1 : 2
  }

  /// Whether a query has the pairs that the template asks for.
  func isMet(by text: String?) -> Bool {
    guard !query.isEmpty else { return true }
    let pairs = TextPair.list(ofQuery: text ?? "")
    return query.allSatisfy { wanted in
      pairs.contains { $0.decodedName == wanted.decodedName && $0.value == wanted.value }
    }
  }

  /// How many segments a path shares with this template, for near misses.
  func likeness(to path: some StringProtocol) -> Int {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    return zip(parts, segments).reduce(0) { sum, pair in
      var values: [String: String] = [:]
      return sum + (Self.match(Array(pair.0.utf8)[...], pair.1[...], &values) ? 1 : 0)
    }
  }

  /// The slip of the pen but for which a path would fit; nil where it is none of these.
  func slip(in path: String) -> String? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    if parts.last == "", match(path.dropLast()) != nil { return "without the slash at the end" }
    if match(path + "/") != nil { return "with a slash at the end" }
    let full = parts.filter { !$0.isEmpty }
    if full.count < parts.count, match("/" + full.joined(separator: "/")) != nil {
      return "without the doubled slashes"
    }
    return nil
  }

  /// Why a path does not fit, in a few words.
  func mismatch(with path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    guard parts.count == segments.count else {
      let own = segments.count
      return "\(own) segment\(own == 1 ? "" : "s"), the path has \(parts.count)"
    }
    let names = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    for ((part, pieces), name) in zip(zip(parts, segments), names) {
      var values: [String: String] = [:]
      guard !Self.match(Array(part.utf8)[...], pieces[...], &values) else { continue }
      if part.lowercased() == name.lowercased() {
        return "`\(part)` is written `\(name)`"
      }
      return part.isEmpty ? "`\(name)` is empty" : "`\(part)` stands where `\(name)` is"
    }
    return "nothing is known of why"
  }
}
