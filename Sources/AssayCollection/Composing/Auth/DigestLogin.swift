internal import AssayModel
internal import AssayText

/// Digest access authentication (RFC 7616, and RFC 2617 before it).
///
/// A collection may bring a challenge of its own. Otherwise the first call to a place goes out bare,
/// the challenge is answered, and later calls answer it again with a higher count.
struct DigestLogin: Authentication {
  private let user: String
  private let password: String
  private let preset: [String: String]
  private let preferredAlgorithm: String
  private let answers: Bool
  private let makeNonce: @Sendable () -> String
  private let logins: Logins
  private let origin: String

  init(
    _ values: AuthParameters, _ request: OutgoingRequest, nonce: DynamicVariables, logins: Logins
  ) {
    user = values["username"]
    password = values["password"]
    var preset: [String: String] = [:]
    for name in ["realm", "nonce", "qop", "opaque", "algorithm"] where !values[name].isEmpty {
      preset[name] = values[name]
    }
    if values.has("nonceCount") { preset["nc"] = values["nonceCount"] }
    if values.has("clientNonce") { preset["cnonce"] = values["clientNonce"] }
    preferredAlgorithm = values["algorithm"]
    // A challenge without an algorithm means this one (RFC 7616, section 3.3).
    if preset["algorithm"] == nil { preset["algorithm"] = "MD5" }
    self.preset = preset
    answers = !values.isOn("disableRetryRequest")
    makeNonce = { nonce.nonce(16) }
    self.logins = logins
    origin = OutgoingRequest.origin(of: request.url)
  }

  var meaning: String { "answers a Digest challenge" }

  private var key: String { origin + "\n" + user + "\n" + password }

  /// Signs with the collection's own challenge, where it has one.
  func begin(_ request: inout OutgoingRequest) -> Self? {
    if preset["realm"] != nil, preset["nonce"] != nil {
      let header = self.header(
        preset, count: nil, method: request.method, target: request.target,
        body: request.body?.kind == .parts ? [] : request.body?.bytes ?? [])
      if let header { request.replace("Authorization", header) }
    }
    return answers ? self : nil
  }

  func prepare(
    _ request: Request, sending send: (Request) async -> Exchange?
  ) async throws(Diagnostic) -> Request {
    guard !request.headers.has("Authorization"), let known = logins.take(for: key) else {
      return request
    }
    return signed(request, known) ?? request
  }

  func answer(to exchange: Exchange, of request: Request) -> Request? {
    guard let response = exchange.response, [401, 403].contains(response.status),
      OutgoingRequest.origin(of: request.url) == origin
    else { return nil }
    let offers = AuthChallenge.parse(response.headers.values(of: "WWW-Authenticate"))
      .filter { $0.scheme == "digest" && Digest.Algorithm(digestName: $0["algorithm"]) != nil }
    let wanted =
      offers.first {
        $0["algorithm"].lowercased() == preferredAlgorithm.lowercased()
      } ?? offers.first
    guard let wanted else { return nil }
    // The same nonce again, and not because it is stale: the password is wrong.
    let sent = request.headers.first("Authorization") ?? ""
    guard !sent.contains("nonce=\"\(wanted["nonce"])\"") else { return nil }
    logins.keep(wanted.parameters, for: key)
    return logins.take(for: key).flatMap { signed(request, $0) }
  }

  private func signed(_ request: Request, _ challenge: Logins.Challenge) -> Request? {
    let start = request.url.firstRange(of: "://")?.upperBound ?? request.url.startIndex
    let target = request.url[start...].firstIndex(of: "/").map { String(request.url[$0...]) }
    let header = self.header(
      challenge.parameters, count: challenge.count, method: request.method, target: target ?? "/",
      body: request.body ?? [])
    guard let header else { return nil }
    var next = request
    let field = HeaderField("Authorization", header)
    if let place = next.headers.firstIndex(where: { $0.isNamed("Authorization") }) {
      next.headers[place] = field
    } else {
      // Where an item's own fields end and those that every call has begin.
      let place = next.headers.firstIndex { $0.isNamed("User-Agent") } ?? 0
      next.headers.insert(field, at: place)
    }
    return next
  }

  // MARK: The answer

  private func header(
    _ challenge: [String: String], count: Int?, method: String, target: String, body: [UInt8]
  ) -> String? {
    let name = challenge["algorithm"] ?? ""
    guard let algorithm = Digest.Algorithm(digestName: name) else { return nil }
    func hash(_ text: String) -> String { Digest.hex(Digest.hash(text.utf8, algorithm)) }
    let realm = challenge["realm"] ?? ""
    let nonce = challenge["nonce"] ?? ""
    let quality = Self.quality(challenge["qop"] ?? "")
    let isSession = name.lowercased().hasSuffix("-sess")
    let counter = challenge["nc"] ?? count.map(Self.counter) ?? "00000001"
    let own = challenge["cnonce"] ?? makeNonce()
    var first = hash("\(user):\(realm):\(password)")
    if isSession { first = hash("\(first):\(nonce):\(own)") }
    var second = "\(method):\(target)"
    if quality == "auth-int" { second += ":" + Digest.hex(Digest.hash(body, algorithm)) }
    let response =
      quality.isEmpty
      ? hash("\(first):\(nonce):\(hash(second))")
      : hash("\(first):\(nonce):\(counter):\(own):\(quality):\(hash(second))")
    let isHashed = challenge["userhash"]?.lowercased() == "true"
    var parts = [
      "username=\(Self.quoted(isHashed ? hash("\(user):\(realm)") : user))",
      "realm=\(Self.quoted(realm))", "nonce=\(Self.quoted(nonce))", "uri=\(Self.quoted(target))",
    ]
    if !name.isEmpty { parts.append("algorithm=\"\(name)\"") }
    if !quality.isEmpty { parts.append("qop=\(quality)") }
    if !quality.isEmpty || isSession {
      parts += ["nc=\(counter)", "cnonce=\(Self.quoted(own))"]
    }
    parts.append("response=\"\(response)\"")
    if let opaque = challenge["opaque"], !opaque.isEmpty {
      parts.append("opaque=\(Self.quoted(opaque))")
    }
    if isHashed { parts.append("userhash=true") }
    return "Digest " + parts.joined(separator: ", ")
  }

  /// Of several, the one that leaves the body out; none means the form of RFC 2069.
  private static func quality(_ offered: String) -> String {
    let names = offered.lowercased().split { $0 == "," || $0 == " " }
    if names.contains("auth") { return "auth" }
    return names.contains("auth-int") ? "auth-int" : ""
  }

  private static func counter(_ count: Int) -> String {
    let text = String(count, radix: 16)
    return String(repeating: "0", count: max(0, 8 - text.count)) + text
  }

  /// A quoted string (RFC 9110, section 5.6.4).
  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

extension Digest.Algorithm {
  /// The algorithm that a challenge names; MD5 where it names none.
  fileprivate init?(digestName name: String) {
    switch name.lowercased() {
    case "", "md5", "md5-sess": self = .md5
    case "sha-256", "sha-256-sess": self = .sha256
    case "sha-512-256", "sha-512-256-sess": self = .sha512Over256
    default: return nil
    }
  }
}

/// One challenge of a `WWW-Authenticate` field (RFC 9110, section 11.6.1).
struct AuthChallenge {
  let scheme: String
  private(set) var parameters: [String: String] = [:]

  subscript(_ name: String) -> String { parameters[name] ?? "" }

  /// The challenges of some fields: one field may hold several, split by the commas that also split
  /// their parameters.
  static func parse(_ fields: [String]) -> [AuthChallenge] {
    var challenges: [AuthChallenge] = []
    for field in fields {
      for part in parts(of: field) {
        var text = part.trimmed[...]
        if let space = text.firstIndex(of: " "), !text[..<space].contains("=") {
          challenges.append(AuthChallenge(scheme: text[..<space].lowercased()))
          text = text[text.index(after: space)...].drop { $0 == " " }
        } else if !text.contains("=") {
          if !text.isEmpty { challenges.append(AuthChallenge(scheme: text.lowercased())) }
          continue
        }
        guard !challenges.isEmpty, let equals = text.firstIndex(of: "=") else { continue }
        let name = String(text[..<equals]).trimmed.lowercased()
        challenges[challenges.count - 1].parameters[name] = unquoted(
          String(text[text.index(after: equals)...]).trimmed)
      }
    }
    return challenges
  }

  /// Splits at commas outside of quotes.
  private static func parts(of text: String) -> [String] {
    var parts = [""]
    var isQuoted = false
    var isEscaped = false
    for character in text {
      if character == ",", !isQuoted {
        parts.append("")
        continue
      }
      if character == "\"", !isEscaped { isQuoted.toggle() }
      isEscaped = isQuoted && character == "\\" && !isEscaped
      parts[parts.count - 1].append(character)
    }
    return parts
  }

  private static func unquoted(_ text: String) -> String {
    guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
    var result = ""
    var isEscaped = false
    for character in text.dropFirst().dropLast() {
      if character == "\\", !isEscaped {
        isEscaped = true
      } else {
        result.append(character)
        isEscaped = false
      }
    }
    return result
  }
}
