internal import AssayModel
internal import AssayText

/// A grant that needs no browser (RFC 6749, sections 4.3, 4.4 and 6), as an auth describes it.
struct OAuth2Grant: Sendable {
  let request: Request
  let refreshURL: String
  let refreshToken: String
  let headerPrefix: String
  let isInQuery: Bool
  /// What the token is known by, for whoever asks for the same one.
  let key: String
  let span: SourceSpan
  private let credentials: [(name: String, value: String)]

  /// Nil where the auth has no grant that can be had without a person.
  init?(_ values: AuthParameters, at span: SourceSpan) {
    let url = values["accessTokenUrl"]
    guard !url.isEmpty else { return nil }
    var fields: [(name: String, value: String)]
    switch values["grant_type"] {
    case "client_credentials": fields = [("grant_type", "client_credentials")]
    case "password_credentials", "password":
      fields = [
        ("grant_type", "password"), ("username", values["username"]),
        ("password", values["password"]),
      ]
    case _ where !values["refreshToken"].isEmpty:
      fields = [("grant_type", "refresh_token"), ("refresh_token", values["refreshToken"])]
    default: return nil
    }
    for name in ["scope", "audience", "resource"] where !values[name].isEmpty {
      fields.append((name, values[name]))
    }
    var headers = [
      HeaderField("Content-Type", "application/x-www-form-urlencoded"),
      HeaderField("Accept", "application/json"),
    ]
    let (id, secret) = (values["clientId"], values["clientSecret"])
    if values["client_authentication"] == "body" {
      credentials = [("client_id", id), ("client_secret", secret)].filter { !$0.value.isEmpty }
    } else {
      credentials = []
      // Both are encoded as in a form before they are joined (section 2.3.1).
      let pair =
        OutgoingRequest.encodedParameter(id) + ":"
        + OutgoingRequest.encodedParameter(secret)
      headers.insert(HeaderField("Authorization", RequestAuth.basic(pair)), at: 0)
    }
    var target = url
    for extra in values.list("tokenRequestParams") where extra["enabled"] != .bool(false) {
      guard let name = extra["key"]?.text, !name.isEmpty else { continue }
      let value = extra["value"]?.substitution ?? ""
      switch extra["send_as"]?.text {
      case "request_header"?: headers.append(HeaderField(name, value))
      case "request_url"?: target += (target.contains("?") ? "&" : "?") + Self.form([(name, value)])
      default: fields.append((name, value))
      }
    }
    request = Request(
      method: "POST", url: RequestURL.encoded(target, keepsRaw: false)?.url ?? target,
      headers: headers, body: Array(Self.form(fields + credentials).utf8))
    refreshURL = values.text("refreshTokenUrl", or: url)
    refreshToken = values["refreshToken"]
    headerPrefix = values.has("headerPrefix") ? values["headerPrefix"].trimmed : "Bearer"
    isInQuery = values["addTokenTo"] == "queryParams"
    key = values.fingerprint
    self.span = span
  }

  /// The request that turns an old token into a new one (section 6).
  func refreshing(with token: String) -> Request {
    var next = request
    next.url = RequestURL.encoded(refreshURL, keepsRaw: false)?.url ?? refreshURL
    next.body = Array(
      Self.form([("grant_type", "refresh_token"), ("refresh_token", token)] + credentials).utf8)
    return next
  }

  private static func form(_ fields: [(name: String, value: String)]) -> String {
    fields.map {
      OutgoingRequest.encodedParameter($0.name) + "=" + OutgoingRequest.encodedParameter($0.value)
    }.joined(separator: "&")
  }
}

/// Fetches a token where none is at hand, and places it.
struct OAuth2Login: Authentication {
  let grant: OAuth2Grant
  let tokens: TokenStore
  let now: Int

  var meaning: String { "fetches a token from \(grant.request.url) first" }

  /// A token is given up so long before it ends, so that it does not end on its way.
  private static let margin = 10

  func prepare(
    _ request: Request, sending send: (Request) async -> Exchange?
  ) async throws(Diagnostic) -> Request {
    let known = await tokens.take(grant.key)
    if let known, known.endsAt.map({ $0 > now + Self.margin }) ?? true {
      await tokens.release(grant.key)
      return placed(known.text, in: request)
    }
    let fresh: TokenStore.Token
    do throws(Diagnostic) {
      fresh = try await fetch(after: known, send)
    } catch {
      await tokens.release(grant.key)
      throw error
    }
    await tokens.put(fresh, for: grant.key)
    return placed(fresh.text, in: request)
  }

  func answer(to exchange: Exchange, of request: Request) -> Request? { nil }

  private func fetch(
    after old: TokenStore.Token?, _ send: (Request) async -> Exchange?
  ) async throws(Diagnostic) -> TokenStore.Token {
    if let refresh = old?.refresh,
      let token = Self.token(in: await send(grant.refreshing(with: refresh)), now: now)
    {
      return token
    }
    let exchange = await send(grant.request)
    if let token = Self.token(in: exchange, now: now) { return token }
    let reason: String
    switch exchange?.outcome {
    case .response(let response)?: reason = "it answered \(response.status) without a token"
    case .failed(let fault)?: reason = fault.detail
    case nil: reason = "the run was interrupted"
    }
    throw .noToken(grant.request.url, reason, at: grant.span)
  }

  /// The token of a successful answer (RFC 6749, section 5.1).
  private static func token(in exchange: Exchange?, now: Int) -> TokenStore.Token? {
    guard let response = exchange?.response, (200..<300).contains(response.status),
      let root = try? JSONReader.read(SourceFile(name: "token", bytes: response.body)).root,
      let text = root["access_token"]?.string, !text.isEmpty
    else { return nil }
    let lifetime = root["expires_in"]?.int ?? root["expires_in"]?.string.flatMap(Int.init)
    return TokenStore.Token(
      text: text, endsAt: lifetime.map { now + $0 }, refresh: root["refresh_token"]?.string)
  }

  private func placed(_ token: String, in request: Request) -> Request {
    var next = request
    if grant.isInQuery {
      next.url += next.url.contains("?") ? "&" : "?"
      next.url += "access_token=" + OutgoingRequest.encodedParameter(token)
    } else {
      next.headers.removeAll { $0.isNamed("Authorization") }
      let place = next.headers.firstIndex { $0.isNamed("User-Agent") } ?? next.headers.endIndex
      let value = (grant.headerPrefix + " " + token).trimmed
      next.headers.insert(HeaderField("Authorization", value), at: place)
    }
    return next
  }
}

/// The tokens of a run. Who finds none is the one that fetches it; others wait for what comes.
actor TokenStore {
  struct Token: Sendable {
    let text: String
    /// Seconds since 1970; nil where the server did not say.
    let endsAt: Int?
    let refresh: String?
  }

  private var tokens: [String: Token] = [:]
  private var busy: Set<String> = []
  private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

  /// The token as it is known; the caller has to `put` a new one, or to `release`.
  func take(_ key: String) async -> Token? {
    while busy.contains(key) {
      await withCheckedContinuation { waiting[key, default: []].append($0) }
    }
    busy.insert(key)
    return tokens[key]
  }

  func put(_ token: Token, for key: String) {
    tokens[key] = token
    release(key)
  }

  func release(_ key: String) {
    busy.remove(key)
    for continuation in waiting.removeValue(forKey: key) ?? [] { continuation.resume() }
  }
}
