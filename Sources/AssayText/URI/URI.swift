/// A URI or relative reference in its five parts (RFC 3986), kept as written.
package struct URI: Sendable, Hashable, CustomStringConvertible {
  package var scheme: String?
  package var authority: String?
  package var path: String
  package var query: String?
  package var fragment: String?

  /// Splits a text into its parts; refuses what the grammar of appendix A does not derive.
  package init?(_ text: String) {
    self.init(splitting: text)
    guard isWellFormed else { return nil }
  }

  /// Splits a text as appendix B does, whatever characters it holds.
  package init(splitting text: String) {
    var rest = Substring(text)
    if let hash = rest.utf8.firstIndex(of: UInt8(ascii: "#")) {
      fragment = String(rest[rest.index(after: hash)...])
      rest = rest[..<hash]
    }
    if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
      query = String(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    if let colon = rest.utf8.firstIndex(of: UInt8(ascii: ":")),
      !rest[..<colon].utf8.contains(UInt8(ascii: "/")),
      Self.isScheme(rest[..<colon])
    {
      scheme = String(rest[..<colon])
      rest = rest[rest.index(after: colon)...]
    }
    if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
      let end = rest.utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
      authority = String(rest[..<end])
      rest = rest[end...]
    }
    path = String(rest)
  }

  private init() { path = "" }

  package var isAbsolute: Bool { scheme != nil }

  package var description: String {
    var text = ""
    if let scheme { text += scheme + ":" }
    if let authority { text += "//" + authority }
    text += path
    if let query { text += "?" + query }
    if let fragment { text += "#" + fragment }
    return text
  }

  /// The host without its port and user, in lower case.
  package var host: String? {
    guard var rest = authority.map({ Substring($0) }) else { return nil }
    if let at = rest.utf8.lastIndex(of: UInt8(ascii: "@")) { rest = rest[rest.index(after: at)...] }
    if rest.hasPrefix("[") {
      guard let end = rest.utf8.firstIndex(of: UInt8(ascii: "]")) else { return nil }
      return rest[...end].lowercased()
    }
    if let colon = rest.utf8.lastIndex(of: UInt8(ascii: ":")) { rest = rest[..<colon] }
    return rest.lowercased()
  }

  package var port: Int? {
    guard let authority else { return nil }
    let literalEnd = authority.utf8.lastIndex(of: UInt8(ascii: "]")) ?? authority.startIndex
    guard let colon = authority[literalEnd...].utf8.lastIndex(of: UInt8(ascii: ":")) else {
      return nil
    }
    return Int(authority[authority.index(after: colon)...])
  }

  /// The target of a reference seen from this base (section 5.2.2, strict).
  package func resolving(_ reference: URI) -> URI {
    var target = URI()
    target.fragment = reference.fragment
    if reference.scheme != nil {
      target.scheme = reference.scheme
      target.authority = reference.authority
      target.path = Self.removingDotSegments(reference.path)
      target.query = reference.query
      return target
    }
    target.scheme = scheme
    if reference.authority != nil {
      target.authority = reference.authority
      target.path = Self.removingDotSegments(reference.path)
      target.query = reference.query
      return target
    }
    target.authority = authority
    if reference.path.isEmpty {
      target.path = path
      target.query = reference.query ?? query
    } else {
      let merged = reference.path.hasPrefix("/") ? reference.path : merge(reference.path)
      target.path = Self.removingDotSegments(merged)
      target.query = reference.query
    }
    return target
  }

  /// Section 5.2.3.
  private func merge(_ relative: String) -> String {
    if authority != nil, path.isEmpty { return "/" + relative }
    guard let slash = path.lastIndex(of: "/") else { return relative }
    return path[...slash] + relative
  }

  /// Section 5.2.4, over segments.
  package static func removingDotSegments(_ path: String) -> String {
    let isRooted = path.hasPrefix("/")
    var kept: [Substring] = []
    var endsOpen = false
    for segment in path.split(separator: "/", omittingEmptySubsequences: false)
      .dropFirst(isRooted ? 1 : 0)
    {
      endsOpen = segment == "." || segment == ".."
      if segment == ".." {
        _ = kept.popLast()
      } else if segment != "." {
        kept.append(segment)
      }
    }
    let joined = kept.joined(separator: "/") + (endsOpen && !kept.isEmpty ? "/" : "")
    return (isRooted ? "/" : "") + joined
  }

  // MARK: The grammar

  private static func isScheme(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, isAlpha(first) else { return false }
    return text.utf8.allSatisfy { isAlpha($0) || isDigit($0) || "+-.".utf8.contains($0) }
  }

  private static func isAlpha(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }
  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  /// unreserved (section 2.3).
  package static func isUnreserved(_ byte: UInt8) -> Bool {
    isAlpha(byte) || isDigit(byte) || "-._~".utf8.contains(byte)
  }

  private static let subDelims = Set("!$&'()*+,;=".utf8)
  private static let pathExtra = Set("/:@".utf8)
  private static let queryExtra = Set("/:@?".utf8)

  /// Whether a part has only allowed characters and whole percent-encodings.
  private static func isAllowed(_ text: some StringProtocol, extra: Set<UInt8>) -> Bool {
    var escape = 0
    for byte in text.utf8 {
      if escape > 0 {
        guard JSONString.hexDigit(byte) != nil else { return false }
        escape -= 1
      } else if byte == UInt8(ascii: "%") {
        escape = 2
      } else if !isUnreserved(byte), !subDelims.contains(byte), !extra.contains(byte) {
        return false
      }
    }
    return escape == 0
  }

  private var isWellFormed: Bool {
    guard Self.isAllowed(path, extra: Self.pathExtra),
      query.map({ Self.isAllowed($0, extra: Self.queryExtra) }) ?? true,
      fragment.map({ Self.isAllowed($0, extra: Self.queryExtra) }) ?? true
    else { return false }
    if let authority { return Self.isAuthority(authority) }
    // A first segment with a colon would be read as a scheme (path-noscheme, section 4.2).
    if scheme == nil, path.prefix(while: { $0 != "/" }).contains(":") { return false }
    return true
  }

  private static func isAuthority(_ text: String) -> Bool {
    var rest = Substring(text)
    if let at = rest.lastIndex(of: "@") {
      guard isAllowed(rest[..<at], extra: [UInt8(ascii: ":")]) else { return false }
      rest = rest[rest.index(after: at)...]
    }
    if rest.hasPrefix("[") {
      guard let end = rest.firstIndex(of: "]") else { return false }
      guard isLiteral(rest[rest.index(after: rest.startIndex)..<end]) else { return false }
      rest = rest[rest.index(after: end)...]
      return rest.isEmpty || (rest.hasPrefix(":") && rest.dropFirst().utf8.allSatisfy(isDigit))
    }
    if let colon = rest.lastIndex(of: ":") {
      guard rest[rest.index(after: colon)...].utf8.allSatisfy(isDigit) else { return false }
      rest = rest[..<colon]
    }
    return isAllowed(rest, extra: [])
  }

  /// IP-literal (section 3.2.2).
  private static func isLiteral(_ text: Substring) -> Bool {
    if text.first == "v" || text.first == "V" {
      let parts = text.dropFirst().split(
        separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return false }
      return parts[0].utf8.allSatisfy { JSONString.hexDigit($0) != nil }
        && parts[1].utf8.allSatisfy {
          isUnreserved($0) || subDelims.contains($0) || $0 == UInt8(ascii: ":")
        }
    }
    return IPAddress.isIPv6(text)
  }
}

/// The text forms of IP addresses.
package enum IPAddress {
  /// dotted-quad (RFC 2673, section 3.2), without leading zeros.
  package static func isIPv4(_ text: some StringProtocol) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        guard !part.isEmpty, part.count <= 3, part.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
          return false
        }
        if part.count > 1, part.first == 0x30 { return false }
        return part.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 255
      }
  }

  /// RFC 4291, section 2.2, without a zone.
  package static func isIPv6(_ text: some StringProtocol) -> Bool {
    let scalars = String(text)
    guard scalars.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
    let halves = doubleColonHalves(scalars)
    guard halves.count <= 2 else { return false }
    var groups = 0
    for (index, half) in halves.enumerated() {
      guard let count = groupCount(half, mayEndInIPv4: index == halves.count - 1) else {
        return false
      }
      groups += count
    }
    return halves.count == 2 ? groups <= 7 : groups == 8
  }

  private static func doubleColonHalves(_ text: String) -> [String] {
    var halves: [String] = []
    var current: [UInt8] = []
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0x3A, index + 1 < bytes.count, bytes[index + 1] == 0x3A {
        halves.append(String(decoding: current, as: UTF8.self))
        current = []
        index += 2
      } else {
        current.append(bytes[index])
        index += 1
      }
    }
    return halves + [String(decoding: current, as: UTF8.self)]
  }

  private static func groupCount(_ half: String, mayEndInIPv4: Bool) -> Int? {
    if half.isEmpty { return 0 }
    let parts = half.utf8.split(separator: 0x3A, omittingEmptySubsequences: false)
    var count = 0
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, mayEndInIPv4, part.contains(UInt8(ascii: ".")) {
        guard isIPv4(String(decoding: part, as: UTF8.self)) else { return nil }
        count += 2
      } else {
        guard (1...4).contains(part.count), part.allSatisfy({ JSONString.hexDigit($0) != nil })
        else { return nil }
        count += 1
      }
    }
    return count
  }
}
