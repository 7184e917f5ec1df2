internal import AssayModel
internal import AssayText

/// The URL of a request: put together from its parts, filled, and encoded for the wire.
enum RequestURL {
  /// The URL as one text with its names unfilled.
  static func template(_ value: Value) -> String {
    guard case .object = value else { return value.text ?? "" }
    var text = ""
    if let scheme = value["protocol"]?.text, !scheme.isEmpty {
      text += scheme.hasSuffix("://") ? scheme : scheme + "://"
    }
    if let user = value["auth"]?["user"]?.text {
      text += user + (value["auth"]?["password"]?.text).map { ":" + $0 }.orEmpty + "@"
    }
    text += joined(value["host"], ".")
    if let port = value["port"], !port.substitution.isEmpty, !port.isNull {
      text += ":" + port.substitution
    }
    let path = joinedPath(value["path"], variables: value["variable"])
    // A list of segments has a slash before each, also before an empty first one.
    let isList = if case .array? = value["path"] { true } else { false }
    if isList || !path.isEmpty { text += !isList && path.hasPrefix("/") ? path : "/" + path }
    text += query(value["query"])
    return text
  }

  private static func joined(_ value: Value?, _ separator: String) -> String {
    switch value {
    case .string(let text)?: text
    case .array(let parts)?: parts.map(part).joined(separator: separator)
    default: ""
    }
  }

  private static func part(_ value: Value) -> String {
    value.text ?? value["value"]?.text ?? value.substitution
  }

  /// A segment that begins with `:` takes its value from `variable`; its name ends at the first `.`.
  private static func joinedPath(_ value: Value?, variables: Value?) -> String {
    let segments: [String]
    switch value {
    case .string(let text)?:
      segments = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    case .array(let parts)?: segments = parts.map(part)
    default: return ""
    }
    return segments.map { pathSegment($0, variables) }.joined(separator: "/")
  }

  /// A URL in one text with the values of its path variables in place.
  static func filling(pathOf text: String, from variables: Value) -> String {
    let end = text.firstIndex { $0 == "?" || $0 == "#" } ?? text.endIndex
    let path = text[..<end].split(separator: "/", omittingEmptySubsequences: false)
    return path.map { pathSegment(String($0), variables) }.joined(separator: "/") + text[end...]
  }

  private static func pathSegment(_ segment: String, _ variables: Value?) -> String {
    guard segment.hasPrefix(":"), case .array(let list)? = variables else { return segment }
    let name = segment.dropFirst().prefix { $0 != "." }
    for variable in list where variable["disabled"] != .bool(true) {
      guard (variable["key"] ?? variable["id"])?.text == String(name),
        let value = variable["value"]?.text, !value.isEmpty
      else { continue }
      return value + segment.dropFirst(name.count + 1)
    }
    return segment
  }

  /// Absent values leave out the `=`, absent keys keep it.
  static func query(_ value: Value?) -> String {
    guard case .array(let list)? = value else {
      return (value?.text).map { $0.isEmpty ? "" : "?" + $0 }.orEmpty
    }
    let parts = list.filter { $0["disabled"] != .bool(true) }.map { parameter in
      let key = parameter["key"] ?? .null
      let value = parameter["value"] ?? .null
      let name = key.isNull ? "" : escaped(key.substitution, extra: "=")
      return value.isNull ? name : name + "=" + escaped(value.substitution, extra: "")
    }
    return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
  }

  /// `&` and `#` would end a parameter that is written down as one; inside names they are names.
  private static func escaped(_ text: String, extra: String) -> String {
    var result = ""
    var depth = 0
    for character in text {
      if character == "{" { depth += 1 }
      if character == "}" { depth = max(0, depth - 1) }
      let isSpecial = character == "&" || character == "#" || extra.contains(character)
      result +=
        isSpecial && depth < 2
        ? PercentEncoding.encode(String(character).utf8) { _ in false } : String(character)
    }
    return result
  }

  /// Encodes a filled URL; nil where it has no host.
  static func encoded(_ text: String, keepsRaw: Bool) -> (url: String, credentials: String?)? {
    // White space in front is a slip; behind, it is part of the URL.
    var rest = Substring(text.drop(while: \.isWhitespace))
    if let hash = rest.utf8.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<hash] }
    var query: Substring?
    if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
      query = rest[rest.index(after: mark)...]
      rest = rest[..<mark]
    }
    var path = String(rest)
    if path.utf8.contains(UInt8(ascii: "\\")) { path = path.replacing("\\", with: "/") }
    var scheme = "http"
    if let parts = path.parted(at: "://") {
      scheme = parts.before.lowercased()
      path = String(parts.after.drop { $0 == "/" })
    } else if path.hasPrefix("//") {
      path = String(path.drop { $0 == "/" })
    }
    let slash = path.utf8.firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
    var authority = path[..<slash]
    var credentials: String?
    if let at = authority.utf8.lastIndex(of: UInt8(ascii: "@")) {
      credentials = PercentEncoding.decodedText(authority[..<at])
      authority = authority[authority.index(after: at)...]
    }
    guard !authority.isEmpty else { return nil }
    let target = slash == path.endIndex ? "/" : String(path[slash...])
    var url = scheme + "://" + authority.lowercased()
    url += keepsRaw ? target : PercentEncoding.encode(target.utf8, keeping: isPathByte)
    if let query {
      url +=
        "?" + (keepsRaw ? String(query) : PercentEncoding.encode(query.utf8, keeping: isQueryByte))
    }
    return (url, credentials)
  }

  /// Valid `%XX` stay as they are, and so does a lone `%`.
  private static func isPathByte(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && !"\"<>`#?{}".utf8.contains(byte)
  }

  private static func isQueryByte(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && !"\"#<>'".utf8.contains(byte)
  }
}

extension Optional<String> {
  var orEmpty: String { self ?? "" }
}

extension String {
  /// Without ASCII white space at either end.
  var trimmed: String {
    let bytes = Array(utf8)
    guard let first = bytes.firstIndex(where: { $0 > 0x20 }),
      let last = bytes.lastIndex(where: { $0 > 0x20 })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }
}
