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
      ?? attributes["expires"].flatMap { CookieDate.seconds($0) }
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

/// The loose dates of cookies (RFC 6265, section 5.1.1).
enum CookieDate {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// Seconds since 1970; nil for what is no date.
  static func seconds(_ text: String) -> Int? {
    var time: [Int]?
    var day: Int?
    var month: Int?
    var year: Int?
    for token in text.lowercased().split(whereSeparator: isDelimiter) {
      if time == nil, let found = clock(token) {
        time = found
      } else if day == nil, let number = number(token, digits: 1...2) {
        day = number
      } else if month == nil, let place = months.firstIndex(of: String(token.prefix(3))) {
        month = place + 1
      } else if year == nil, let number = number(token, digits: 2...4) {
        year = number < 70 ? number + 2_000 : number < 100 ? number + 1_900 : number
      }
    }
    guard let time, let day, let month, let year, (1...31).contains(day), year >= 1_601,
      time[0] < 24, time[1] < 60, time[2] < 60
    else { return nil }
    return days(year, month, day) * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2]
  }

  private static func isDelimiter(_ character: Character) -> Bool {
    !(character.isLetter || character.isNumber || character == ":")
  }

  private static func clock(_ token: Substring) -> [Int]? {
    let parts = token.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let numbers = parts.compactMap { number($0, digits: 1...2) }
    return numbers.count == 3 ? numbers : nil
  }

  /// The digits at the start of a token; what follows them is ignored.
  private static func number(_ token: Substring, digits: ClosedRange<Int>) -> Int? {
    let found = token.prefix { $0.isASCII && $0.isNumber }
    return digits.contains(found.count) ? Int(found) : nil
  }

  /// Days since the start of 1970, by years that begin in March.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = year / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
