internal import AssayText

/// One cookie as a server set it (RFC 6265, section 5.3).
struct Cookie: Sendable, Hashable {
  let name: String
  let value: String
  let domain: String
  let path: String
  /// Seconds since 1970; nil for the length of the session.
  let endsAt: Int?
  /// Whether it belongs to the very host that set it, and to none below it.
  let isHostOnly: Bool
  let isSecure: Bool
  let isHTTPOnly: Bool
  /// The order in which cookies were first set, by which those of one path are sent.
  var number = 0

  /// Reads a `Set-Cookie` field; nil for what a user agent has to ignore (section 5.2).
  init?(_ field: String, from url: URI, now: Int) {
    let parts = field.split(separator: ";", omittingEmptySubsequences: false)
    let pair = parts[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard pair.count == 2 else { return nil }
    let name = Self.trimmed(pair[0])
    guard !name.isEmpty, let host = url.host?.lowercased() else { return nil }
    var attributes: [String: String] = [:]
    for part in parts.dropFirst() {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      attributes[Self.trimmed(sides[0]).lowercased()] =
        sides.count > 1 ? Self.trimmed(sides[1]) : ""
    }
    self.name = name
    value = Self.trimmed(pair[1])
    var wanted = (attributes["domain"] ?? "").lowercased()[...]
    if wanted.hasPrefix(".") { wanted = wanted.dropFirst() }
    let isOwn = wanted.isEmpty || wanted == host
    // A domain that is not ours, or that everybody shares, makes the cookie void.
    guard isOwn || Self.isDomain(host, within: String(wanted)),
      isOwn || !PublicSuffixes.contains(String(wanted))
    else { return nil }
    isHostOnly = wanted.isEmpty || wanted == host && PublicSuffixes.contains(host)
    domain = wanted.isEmpty ? host : String(wanted)
    let wantedPath = attributes["path"] ?? ""
    path = wantedPath.hasPrefix("/") ? wantedPath : Self.defaultPath(of: url.path)
    isSecure = attributes["secure"] != nil
    isHTTPOnly = attributes["httponly"] != nil
    endsAt =
      attributes["max-age"].flatMap { Int($0) }.map { $0 <= 0 ? .min : now + min($0, 1 << 40) }
      ?? attributes["expires"].flatMap { HTTPDate.seconds($0) }
  }

  func isSame(as other: Cookie) -> Bool {
    name == other.name && domain == other.domain && path == other.path
  }

  func isOver(at now: Int) -> Bool { endsAt.map { $0 <= now } ?? false }

  /// Whether it goes along with a request (section 5.4).
  func goes(to url: URI) -> Bool {
    guard let host = url.host?.lowercased() else { return false }
    guard isHostOnly ? host == domain : Self.isDomain(host, within: domain) else { return false }
    // What stays on this machine is as safe as TLS.
    let isSafe =
      url.scheme?.lowercased() == "https" || host == "localhost" || host.hasSuffix(".localhost")
    guard !isSecure || isSafe else { return false }
    let target = url.path.isEmpty ? "/" : url.path
    return target == path
      || target.hasPrefix(path)
        && (path.hasSuffix("/") || target.dropFirst(path.count).hasPrefix("/"))
  }

  /// Domain matching (section 5.1.3): an address matches itself alone.
  private static func isDomain(_ host: String, within domain: String) -> Bool {
    if host == domain { return true }
    let isAddress = host.hasPrefix("[") || host.allSatisfy { $0.isNumber || $0 == "." }
    return !isAddress && host.hasSuffix("." + domain)
  }

  /// Section 5.1.4.
  private static func defaultPath(of path: String) -> String {
    guard path.hasPrefix("/"), let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      return "/"
    }
    return String(path[..<slash])
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
  }
}
