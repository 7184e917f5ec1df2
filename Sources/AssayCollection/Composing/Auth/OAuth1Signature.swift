internal import AssayModel
internal import AssayText

/// The signature of a request by a consumer and a token (RFC 5849).
struct OAuth1Signature {
  private typealias Pair = (name: String, value: String)

  private let values: AuthParameters
  private let timestamp: String
  private let nonce: String

  init(_ values: AuthParameters, now: Int, nonce: String) {
    self.values = values
    timestamp = values.text("timestamp", or: String(now))
    self.nonce = values.text("nonce", or: nonce)
  }

  func sign(_ request: inout OutgoingRequest) throws(UnusableAuth) {
    reencodeQuery(&request)
    let method = values.text("signatureMethod", or: "HMAC-SHA1")
    var pairs = protocolParameters(method, request)
    let signature = try signature(method, base: base(request, pairs))
    pairs.append(("oauth_signature", signature))
    place(pairs, in: &request)
  }

  // MARK: Parameters

  /// What is signed is what is sent: the query in the encoding of section 3.6.
  private func reencodeQuery(_ request: inout OutgoingRequest) {
    guard let mark = request.url.firstIndex(of: "?") else { return }
    let parts = request.url[request.url.index(after: mark)...].split(
      separator: "&", omittingEmptySubsequences: false)
    let encoded = parts.map { part in
      part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        .map { Self.encoded(PercentEncoding.decodedText($0)) }.joined(separator: "=")
    }
    request.url = request.url[...mark] + encoded.joined(separator: "&")
  }

  private func protocolParameters(_ method: String, _ request: OutgoingRequest) -> [Pair] {
    var pairs: [Pair] = [
      ("oauth_consumer_key", values["consumerKey"]), ("oauth_token", values["token"]),
      ("oauth_signature_method", method), ("oauth_timestamp", timestamp),
      ("oauth_nonce", nonce), ("oauth_version", values.has("version") ? values["version"] : "1.0"),
    ]
    if !values.isOn("addEmptyParamsToSign") { pairs.removeAll { $0.value.isEmpty } }
    // The draft on body hashes: of every body that is no form of fields.
    if values.isOn("includeBodyHash"), request.body?.kind != .fields {
      let algorithm = Self.algorithm(method) ?? .sha1
      let hash = Digest.hash(request.body?.bytes ?? [], algorithm)
      pairs.append(("oauth_body_hash", Base64.encode(hash)))
    }
    if !values["callback"].isEmpty { pairs.append(("oauth_callback", values["callback"])) }
    if !values["verifier"].isEmpty { pairs.append(("oauth_verifier", values["verifier"])) }
    return pairs
  }

  /// The base string (section 3.4.1).
  private func base(_ request: OutgoingRequest, _ own: [Pair]) -> String {
    let end = request.url.firstIndex(of: "?") ?? request.url.endIndex
    let path = request.target.prefix { $0 != "?" }
    var pairs = own
    if end != request.url.endIndex {
      pairs += Self.pairs(of: request.url[request.url.index(after: end)...])
    }
    if let body = request.body, body.kind == .fields {
      pairs += Self.pairs(of: String(decoding: body.bytes, as: UTF8.self))
    }
    // Sorted as bytes, after encoding (section 3.4.1.3.2).
    let sorted = pairs.map {
      (Array(Self.encoded($0.name).utf8), Array(Self.encoded($0.value).utf8))
    }
    .sorted { one, other in
      one.0 == other.0
        ? one.1.lexicographicallyPrecedes(other.1) : one.0.lexicographicallyPrecedes(other.0)
    }
    let normalized = sorted.map {
      String(decoding: $0.0 + [UInt8(ascii: "=")] + $0.1, as: UTF8.self)
    }.joined(separator: "&")
    let place = "\(request.uri.scheme ?? "http")://\(request.authority)\(path)"
    return [request.method.uppercased(), place, normalized].map(Self.encoded)
      .joined(separator: "&")
  }

  private static func pairs(of text: some StringProtocol) -> [Pair] {
    text.split(separator: "&").map { part in
      let parts = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        PercentEncoding.decodedText(parts[0]),
        parts.count > 1 ? PercentEncoding.decodedText(parts[1]) : ""
      )
    }
  }

  private static func encoded(_ text: String) -> String { OutgoingRequest.encodedParameter(text) }

  // MARK: The signature

  private static func algorithm(_ method: String) -> Digest.Algorithm? {
    switch method.split(separator: "-").last.map(String.init) {
    case "SHA1"?: .sha1
    case "SHA256"?: .sha256
    case "SHA512"?: .sha512
    default: nil
    }
  }

  private func signature(
    _ method: String, base: String
  ) throws(UnusableAuth) -> String {
    let key =
      Self.encoded(values["consumerSecret"]) + "&" + Self.encoded(values["tokenSecret"])
    if method == "PLAINTEXT" { return key }
    guard let algorithm = Self.algorithm(method) else {
      throw UnusableAuth(reason: "the signature method `\(method)` is not known")
    }
    if method.hasPrefix("HMAC-") {
      return Base64.encode(Digest.hmac(base.utf8, key: Array(key.utf8), algorithm))
    }
    guard let privateKey = PrivateKey(pem: values["privateKey"]), privateKey.isRSA,
      let signature = privateKey.sign(Array(base.utf8), algorithm)
    else { throw UnusableAuth(reason: "the private key is no RSA key in PEM") }
    return Base64.encode(signature)
  }

  /// Into the header field, a form, or the query (section 3.5).
  private func place(_ pairs: [Pair], in request: inout OutgoingRequest) {
    let isPlain = values.isOn("disableHeaderEncoding")
    if values.isOn("addParamsToHeader") {
      let realm = values["realm"]
      let all = (realm.isEmpty ? [] : [("realm", realm)]) + pairs
      let text = all.map { name, value in
        "\(Self.encoded(name))=\"\(isPlain ? value : Self.encoded(value))\""
      }.joined(separator: ",")
      return request.replace("Authorization", "OAuth " + text)
    }
    let text = pairs.map { Self.encoded($0.name) + "=" + Self.encoded($0.value) }
      .joined(separator: "&")
    if ["POST", "PUT"].contains(request.method), let body = request.body, body.kind == .fields {
      request.body?.bytes = body.bytes + Array((body.bytes.isEmpty ? "" : "&").utf8) + text.utf8
    } else {
      request.url += (request.url.contains("?") ? "&" : "?") + text
    }
  }
}
