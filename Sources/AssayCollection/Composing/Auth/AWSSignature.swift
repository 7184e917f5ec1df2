internal import AssayModel
internal import AssayText

/// Signature version 4 of Amazon Web Services, in header fields or in the query.
struct AWSSignature {
  private let values: AuthParameters
  private let service: String
  private let region: String
  private let time: UTCTime

  init(_ values: AuthParameters, now: Int) {
    self.values = values
    service = values.text("service", or: "execute-api")
    region = values.text("region", or: "us-east-1")
    time = UTCTime(now)
  }

  private var stamp: String { time.compact.replacing("-", with: "T") + "Z" }
  private var day: String { String(time.compact.prefix(8)) }
  private var scope: String { "\(day)/\(region)/\(service)/aws4_request" }
  private var credential: String { values["accessKey"] + "/" + scope }

  func sign(_ request: inout OutgoingRequest) {
    request.headers.removeAll { $0.isNamed("X-Amz-Date") || $0.isNamed("Authorization") }
    if values.isOn("addAuthDataToQuery") { signQuery(&request) } else { signHeaders(&request) }
  }

  private func signHeaders(_ request: inout OutgoingRequest) {
    let body = request.body?.bytes ?? []
    let hash = Digest.sha256(body)
    if request.body != nil || service == "s3" { request.replace("X-Amz-Content-Sha256", hash) }
    request.replace("Host", request.authority)
    let token = values["sessionToken"]
    if !token.isEmpty { request.replace("X-Amz-Security-Token", token) }
    request.replace("X-Amz-Date", stamp)
    let fields = Self.signedFields(request.headers)
    let names = fields.map(\.name).joined(separator: ";")
    let signature = self.signature(request, fields, payloadHash: hash)
    request.replace(
      "Authorization",
      "AWS4-HMAC-SHA256 Credential=\(credential), SignedHeaders=\(names), Signature=\(signature)")
  }

  private func signQuery(_ request: inout OutgoingRequest) {
    request.replace("Host", request.authority)
    let fields = Self.signedFields(request.headers)
    let isStorage = service == "s3"
    if isStorage, !request.url.contains("X-Amz-Expires=") {
      request.setQuery("X-Amz-Expires", "86400")
    }
    let token = values["sessionToken"]
    if !token.isEmpty { request.setQuery("X-Amz-Security-Token", token) }
    request.setQuery("X-Amz-Date", stamp)
    request.setQuery("X-Amz-Algorithm", "AWS4-HMAC-SHA256")
    request.setQuery("X-Amz-Credential", credential)
    request.setQuery("X-Amz-SignedHeaders", fields.map(\.name).joined(separator: ";"))
    let hash = isStorage ? "UNSIGNED-PAYLOAD" : Digest.sha256(request.body?.bytes ?? [])
    request.setQuery("X-Amz-Signature", signature(request, fields, payloadHash: hash))
  }

  // MARK: The canonical request

  /// Fields that proxies change, or that say nothing about the request.
  private static let unsigned: Set<String> = [
    "authorization", "connection", "x-amzn-trace-id", "user-agent", "expect",
    "presigned-expires", "range",
  ]

  private static func signedFields(_ headers: [HeaderField]) -> [(name: String, value: String)] {
    var values: [String: [String]] = [:]
    for field in headers {
      let name = field.name.lowercased()
      guard !unsigned.contains(name) else { continue }
      let words = field.value.split(whereSeparator: { $0 == " " || $0 == "\t" })
      values[name, default: []].append(words.joined(separator: " "))
    }
    return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: ",")) }
  }

  private func signature(
    _ request: OutgoingRequest, _ fields: [(name: String, value: String)], payloadHash: String
  ) -> String {
    let parts = request.target.split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let canonical = [
      request.method, canonicalPath(String(parts[0])),
      Self.canonicalQuery(parts.count > 1 ? String(parts[1]) : ""),
      fields.map { "\($0.name):\($0.value)\n" }.joined(),
      fields.map(\.name).joined(separator: ";"), payloadHash,
    ].joined(separator: "\n")
    let text = ["AWS4-HMAC-SHA256", stamp, scope, Digest.sha256(canonical.utf8)]
      .joined(separator: "\n")
    var key = Array(("AWS4" + values["secretKey"]).utf8)
    for part in [day, region, service, "aws4_request", text] {
      key = Digest.hmac(part.utf8, key: key, .sha256)
    }
    return Digest.hex(key)
  }

  /// Segments are encoded once more than on the wire, and dots removed, except for S3.
  private func canonicalPath(_ path: String) -> String {
    var segments: [String] = []
    let isStorage = service == "s3"
    for segment in path.split(separator: "/", omittingEmptySubsequences: !isStorage) {
      if !isStorage, segment == "." { continue }
      if !isStorage, segment == ".." {
        _ = segments.popLast()
        continue
      }
      let plain = isStorage ? PercentEncoding.decodedText(segment) : String(segment)
      segments.append(OutgoingRequest.encodedParameter(plain))
    }
    if isStorage { return segments.joined(separator: "/") }
    let end = path.count > 1 && path.hasSuffix("/") && !segments.isEmpty ? "/" : ""
    return "/" + segments.joined(separator: "/") + end
  }

  private static func canonicalQuery(_ query: String) -> String {
    let pairs = query.split(separator: "&").map { part -> (String, String) in
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      func encoded(_ text: Substring) -> String {
        OutgoingRequest.encodedParameter(PercentEncoding.decodedText(text))
      }
      return (encoded(sides[0]), sides.count > 1 ? encoded(sides[1]) : "")
    }
    return pairs.filter { $0.0 != "X-Amz-Signature" }
      .sorted { $0.0 == $1.0 ? $0.1 < $1.1 : $0.0 < $1.0 }
      .map { $0.0 + "=" + $0.1 }.joined(separator: "&")
  }
}
