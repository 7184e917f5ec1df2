internal import AssayModel
internal import AssayText

/// Signed claims (RFC 7515, RFC 7518, RFC 7519), and Atlassian's ASAP, which is made of them.
enum JSONWebToken {
  /// Signs claims and puts them where the auth says.
  static func place(
    _ values: AuthParameters, in request: inout OutgoingRequest
  ) throws(UnusableAuth) {
    let algorithm = values.text("algorithm", or: "HS256")
    let payload = try object(values["payload"], "payload")
    let header = values["header"].isEmpty ? [] : try object(values["header"], "header")
    let isEncoded = values.isOn("isSecretBase64Encoded")
    let secret =
      isEncoded
      ? Base64.decode(values["secret"].utf8) ?? [] : Array(values["secret"].utf8)
    let token = try make(
      algorithm: algorithm, header: header, claims: .object(payload), secret: secret,
      key: values["privateKey"])
    if values["addTokenTo"].hasPrefix("query") {
      request.setQuery(values.text("queryParamKey", or: "token"), token)
    } else {
      let prefix = values.has("headerPrefix") ? values["headerPrefix"].trimmed : "Bearer"
      request.replace("Authorization", (prefix + " " + token).trimmed)
    }
  }

  /// Atlassian's authentication between services.
  static func placeASAP(
    _ values: AuthParameters, now: Int, id: String, in request: inout OutgoingRequest
  ) throws(UnusableAuth) {
    let lifetime = Int(values.text("exp", or: "3600")) ?? 3_600
    var claims: [Value.Member] = []
    if !values["claims"].isEmpty { claims = try object(values["claims"], "claims") }
    let issuer = values["iss"]
    let standard: [Value.Member] = [
      .init("iss", .string(issuer)), .init("sub", .string(values.text("sub", or: issuer))),
      .init("aud", audience(values["aud"])), .init("jti", .string(id)),
      .init("iat", .number(String(now))), .init("exp", .number(String(now + lifetime))),
    ]
    // The auth's own claims win over what it spells out in parameters of their own.
    let own = Set(claims.map(\.name))
    claims = standard.filter { !own.contains($0.name) } + claims
    let token = try make(
      algorithm: values.text("alg", or: "RS256"), header: [.init("kid", .string(values["kid"]))],
      claims: .object(claims), secret: [], key: values["privateKey"])
    request.replace("Authorization", "Bearer " + token)
  }

  /// One audience, or several with commas between them.
  private static func audience(_ text: String) -> Value {
    let parts = text.split(separator: ",").map { Value.string(String($0).trimmed) }
    return parts.count == 1 ? parts[0] : .array(parts)
  }

  private static func object(
    _ text: String, _ what: String
  ) throws(UnusableAuth) -> [Value.Member] {
    guard let root = try? JSONReader.read(SourceFile(name: what, text: text)).root,
      case .object(let members) = root.value
    else { throw UnusableAuth(reason: "the \(what) is no JSON object") }
    return members
  }

  /// The compact form (RFC 7515, section 7.1).
  static func make(
    algorithm name: String, header: [Value.Member], claims: Value, secret: [UInt8], key: String
  ) throws(UnusableAuth) -> String {
    var members = header
    if let place = members.firstIndex(where: { $0.name == "alg" }) {
      members[place].value = .string(name)
    } else {
      members.append(.init("alg", .string(name)))
    }
    func part(_ value: Value) -> String {
      Base64.encodeForURL(Array(JSONWriter.text(of: value).utf8))
    }
    let text = part(.object(members)) + "." + part(claims)
    let signature = try self.signature(of: Array(text.utf8), name, secret, key)
    return text + "." + Base64.encodeForURL(signature)
  }

  private static func signature(
    of bytes: [UInt8], _ name: String, _ secret: [UInt8], _ key: String
  ) throws(UnusableAuth) -> [UInt8] {
    let digests: [String: Digest.Algorithm] = ["256": .sha256, "384": .sha384, "512": .sha512]
    guard let digest = digests[String(name.suffix(3))] else {
      throw UnusableAuth(reason: "the algorithm `\(name)` is not known")
    }
    let family = name.prefix(2)
    if family == "HS" { return Digest.hmac(bytes, key: secret, digest) }
    guard let privateKey = Self.privateKey(key) else {
      throw UnusableAuth(reason: "the private key is neither PEM nor a data URI that holds one")
    }
    // The width of the curve belongs to the algorithm (RFC 7518, section 3.4).
    let curves = ["256": 256, "384": 384, "512": 521]
    let isFitting =
      family == "ES"
      ? privateKey.isEllipticCurve && privateKey.bitCount == curves[String(name.suffix(3))]
      : (family == "RS" || family == "PS") && privateKey.isRSA
    guard isFitting,
      let signature = privateKey.sign(bytes, digest, padding: family == "PS" ? .pss : .pkcs1)
    else { throw UnusableAuth(reason: "the private key does not fit the algorithm `\(name)`") }
    return signature
  }

  private static func privateKey(_ text: String) -> PrivateKey? {
    let text = text.trimmed
    guard text.hasPrefix("data:") else { return PrivateKey(pem: text) }
    guard let comma = text.firstIndex(of: ","), text[..<comma].hasSuffix(";base64"),
      let bytes = Base64.decode(text[text.index(after: comma)...].utf8)
    else { return nil }
    return PrivateKey(der: bytes)
  }
}
