internal import AssayText

/// A path of a contract with its expressions, and how a real path is compared with it.
///
/// Matching is on the encoded path: a `%2F` never separates, and literals are compared after
/// percent-decoding on both sides.
struct PathTemplate: Sendable {
  let text: String
  private let segments: [[Piece]]

  private enum Piece: Sendable, Hashable {
    case literal([UInt8])
    case expression(String)
  }

  init(_ text: String) {
    self.text = text
    segments = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
      .map { Self.pieces($0) }
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

  /// The raw values of the expressions when the path fits; nil when it does not.
  func match(_ path: some StringProtocol) -> [String: String]? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    guard parts.count == segments.count else { return nil }
    var values: [String: String] = [:]
    for (part, pieces) in zip(parts, segments) {
      guard Self.match(Array(part.utf8)[...], pieces[...], &values) else { return nil }
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

  /// Whether this template is to be tried first: segment by segment, a literal beats a literal with
  /// expressions, which beats an expression alone.
  func precedes(_ other: PathTemplate) -> Bool {
    for (mine, theirs) in zip(segments, other.segments) {
      let (one, two) = (Self.rank(mine), Self.rank(theirs))
      if one != two { return one < two }
    }
    return false
  }

  private static func rank(_ pieces: [Piece]) -> Int {
    let expressions = pieces.filter { if case .expression = $0 { true } else { false } }.count
    if expressions == 0 { return 0 }
    return pieces.count > expressions ? 1 : 2
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
