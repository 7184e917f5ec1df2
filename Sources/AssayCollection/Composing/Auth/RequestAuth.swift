internal import AssayModel
internal import AssayText

/// What a request carries to say who sends it, by the auth of its item or of what encloses it.
struct RequestAuth {
  /// Every type that is known; an item of another type is sent unsigned, and that is told.
  static let types: Set<String> = [
    "noauth", "basic", "bearer", "apikey", "oauth1", "oauth2", "digest", "hawk", "awsv4", "ntlm",
    "edgegrid", "jwt", "asap",
  ]

  /// What remains to be done when the request leaves.
  struct Proof {
    var authentication: (any Authentication)?
    var note: Diagnostic?
  }

  private let auth: Value
  private let now: Int
  private let dynamic: DynamicVariables
  private let logins: Logins

  init(_ auth: Value, now: Int, dynamic: DynamicVariables, logins: Logins) {
    self.auth = auth
    self.now = now
    self.dynamic = dynamic
    self.logins = logins
  }

  /// Signs the request as far as that can be done before it leaves.
  func apply(
    to request: inout OutgoingRequest, template: inout TemplateText, at span: SourceSpan
  ) throws(Diagnostic) -> Proof {
    guard let type = auth["type"]?.text, type != "noauth", Self.types.contains(type) else {
      return Proof()
    }
    let values = AuthParameters(auth[type] ?? .null, &template)
    do throws(UnusableAuth) {
      return try apply(type, values, to: &request, at: span)
    } catch {
      return Proof(note: .unsigned(type, error.reason, at: span))
    }
  }

  private func apply(
    _ type: String, _ values: AuthParameters, to request: inout OutgoingRequest,
    at span: SourceSpan
  ) throws(UnusableAuth) -> Proof {
    switch type {
    case "basic":
      request.replace("Authorization", Self.basic(values["username"] + ":" + values["password"]))
    case "bearer":
      guard !values["token"].isEmpty else { return Proof() }
      request.replace("Authorization", "Bearer " + values["token"])
    case "apikey": place(values, in: &request)
    case "oauth1":
      try OAuth1Signature(values, now: now, nonce: dynamic.nonce(11)).sign(&request)
    case "oauth2": return oauth2(values, &request, span)
    case "digest":
      return Proof(
        authentication: DigestLogin(values, request, nonce: dynamic, logins: logins)
          .begin(&request))
    case "hawk": HawkSignature(values, now: now, nonce: dynamic.nonce(6)).sign(&request)
    case "awsv4": AWSSignature(values, now: now).sign(&request)
    case "ntlm":
      return Proof(
        authentication: NTLMLogin(
          login: Self.connectionLogin(values),
          origin: OutgoingRequest.origin(of: request.url)))
    case "edgegrid": EdgeGridSignature(values, now: now, nonce: dynamic.uuid()).sign(&request)
    case "jwt": try JSONWebToken.place(values, in: &request)
    case "asap":
      try JSONWebToken.placeASAP(values, now: now, id: dynamic.uuid(), in: &request)
    default: break
    }
    return Proof()
  }

  private func place(_ values: AuthParameters, in request: inout OutgoingRequest) {
    guard !values["key"].isEmpty else { return }
    if values["in"] == "query" {
      request.setQuery(values["key"], values["value"])
    } else {
      request.replace(values["key"], values["value"])
    }
  }

  /// A token that is there is placed; where there is none, a grant that needs no browser brings one.
  private func oauth2(
    _ values: AuthParameters, _ request: inout OutgoingRequest, _ span: SourceSpan
  ) -> Proof {
    let token = values["accessToken"]
    if values["tokenType"].lowercased() == "mac" { return Proof() }
    guard token.isEmpty else {
      if values["addTokenTo"] == "queryParams" {
        request.setQuery("access_token", token)
      } else {
        let prefix = values.has("headerPrefix") ? values["headerPrefix"].trimmed : "Bearer"
        request.replace("Authorization", (prefix + " " + token).trimmed)
      }
      return Proof()
    }
    guard let grant = OAuth2Grant(values, at: span) else { return Proof() }
    return Proof(
      authentication: OAuth2Login(grant: grant, tokens: logins.tokens, now: now))
  }

  /// `DOM\user` and `user@dom` name their domain with the user.
  private static func connectionLogin(_ values: AuthParameters) -> ConnectionLogin {
    let (user, domain) = (values["username"], values["domain"])
    let isComplete = user.contains("\\") || user.contains("@") || domain.isEmpty
    return ConnectionLogin(
      user: isComplete ? user : domain + "\\" + user, password: values["password"])
  }

  /// RFC 7617.
  static func basic(_ credentials: String) -> String {
    let pair = credentials.contains(":") ? credentials : credentials + ":"
    return "Basic " + Base64.encode(Array(pair.utf8))
  }
}

/// Why a request could not be signed with what its auth says.
struct UnusableAuth: Error {
  let reason: String
}

/// The parameters of an auth, filled in: the formats write a list of pairs or an object.
struct AuthParameters {
  private var texts: [String: String] = [:]
  private var values: [String: Value] = [:]

  init(_ value: Value, _ template: inout TemplateText) {
    switch value {
    case .array(let pairs):
      for pair in pairs {
        guard let name = pair["key"]?.text, let value = pair["value"], !value.isNull else {
          continue
        }
        add(name, value, &template)
      }
    case .object(let members):
      for member in members where !member.value.isNull {
        add(member.name, member.value, &template)
      }
    default: break
    }
  }

  private mutating func add(_ name: String, _ value: Value, _ template: inout TemplateText) {
    texts[name] = template.fill(value.text ?? JSONWriter.text(of: value))
    values[name] = value
  }

  /// The text of a parameter; empty where it is not there.
  subscript(_ name: String) -> String { texts[name] ?? "" }

  func text(_ name: String, or standard: String) -> String {
    let text = self[name]
    return text.isEmpty ? standard : text
  }

  func has(_ name: String) -> Bool { texts[name] != nil }
  func isOn(_ name: String) -> Bool { texts[name] == "true" }

  /// A parameter that is a list of objects.
  func list(_ name: String) -> [Value] {
    if case .array(let list)? = values[name] { list } else { [] }
  }

  /// Everything, in one order, as what a login is known by.
  var fingerprint: String {
    texts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
  }
}
