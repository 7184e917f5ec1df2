package import AssayModel
internal import AssayText

/// What a response says about how soon and how often to come back.
package struct RateHints: Sendable, Hashable {
  /// How long to stay away; nil where nothing says so.
  package var pause: Duration?
  /// How many requests are left, and until when.
  package var remaining: Int?
  package var window: Duration?
  /// Whether the server has refused for being asked too often.
  package let isRefusal: Bool

  /// - Parameter now: Seconds since 1970, for a server that tells no date of its own.
  package init(_ response: Response, now: Int) {
    isRefusal = [429, 503].contains(response.status)
    let headers = response.headers
    // Read only where something is counted from it: every call passes here.
    var date: Int { headers.first("Date").flatMap(HTTPDate.seconds) ?? now }
    if isRefusal || response.status == 403 || (300..<400).contains(response.status),
      let text = headers.first("Retry-After")
    {
      pause = Self.retryAfter(text, date)
    }
    readStandard(headers)
    if remaining == nil { readCommon(headers) { date } }
  }

  /// Seconds, or a date (RFC 9110, section 10.2.3), taken by the server's own clock.
  private static func retryAfter(_ text: String, _ date: Int) -> Duration? {
    if let seconds = Int(text), seconds >= 0 { return .seconds(min(seconds, 1 << 31)) }
    return HTTPDate.seconds(text).map { .seconds(max(0, $0 - date)) }
  }

  /// `RateLimit: "name";r=20;t=30` of the IETF draft, and the `limit=, remaining=, reset=` of
  /// earlier ones. The tightest of several counts.
  private mutating func readStandard(_ headers: [HeaderField]) {
    for line in headers.values(of: "RateLimit") {
      var dictionary: [String: Int] = [:]
      for member in line.split(separator: ",") {
        var own: [String: Int] = [:]
        for part in member.split(separator: ";") {
          let pair = part.split(separator: "=", maxSplits: 1).map { Self.trimmed($0) }
          guard pair.count == 2, let number = Int(pair[1]), number >= 0 else { continue }
          own[pair[0].lowercased()] = number
        }
        if let left = own["r"] { take(left, own["t"].map { .seconds($0) }) }
        dictionary.merge(own) { _, new in new }
      }
      if let left = dictionary["remaining"] {
        take(left, dictionary["reset"].map { .seconds($0) })
      }
    }
  }

  /// The three fields that everybody had before; the reset may be a delay, a moment, or a date.
  private mutating func readCommon(_ headers: [HeaderField], _ date: () -> Int) {
    for prefix in ["RateLimit-", "X-RateLimit-", "X-Rate-Limit-"] {
      guard let left = headers.first(prefix + "Remaining").flatMap({ Int($0) }), left >= 0 else {
        continue
      }
      take(left, headers.first(prefix + "Reset").flatMap { Self.reset($0, date()) })
      return
    }
  }

  private static func reset(_ text: String, _ date: Int) -> Duration? {
    guard let number = Double(text), number >= 0, number < 1e15 else {
      return HTTPDate.seconds(text).map { .seconds(max(0, $0 - date)) }
    }
    // Milliseconds and seconds since 1970 are larger than any delay.
    if number > 1e12 { return .seconds(max(0, number / 1_000 - Double(date))) }
    if number > 1e9 { return .seconds(max(0, number - Double(date))) }
    return .seconds(number)
  }

  private mutating func take(_ left: Int, _ window: Duration?) {
    guard remaining.map({ left < $0 }) ?? true else { return }
    remaining = left
    self.window = window
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
  }
}
