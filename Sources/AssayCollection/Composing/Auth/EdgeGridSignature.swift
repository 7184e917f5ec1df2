internal import AssayModel
internal import AssayText

/// The signature of Akamai's {OPEN} APIs, EG1-HMAC-SHA256.
struct EdgeGridSignature {
  private let values: AuthParameters
  private let timestamp: String
  private let nonce: String

  init(_ values: AuthParameters, now: Int, nonce: String) {
    self.values = values
    let time = UTCTime(now)
    let clock = time.dateAndTime.dropFirst(11)
    timestamp = values.text(
      "timestamp", or: "\(time.compact.prefix(8))T\(clock)+0000")
    self.nonce = values.text("nonce", or: nonce)
  }

  func sign(_ request: inout OutgoingRequest) {
    let head =
      "EG1-HMAC-SHA256 client_token=\(values["clientToken"]);"
      + "access_token=\(values["accessToken"]);timestamp=\(timestamp);nonce=\(nonce);"
    let base = URI(splitting: values["baseURL"])
    let text = [
      request.method.uppercased(), base.scheme ?? request.uri.scheme ?? "https",
      base.authority ?? request.authority, request.target, canonicalFields(request),
      contentHash(request), head,
    ].joined(separator: "\t")
    func code(_ text: String, key: String) -> String {
      Base64.encode(Digest.hmac(text.utf8, key: Array(key.utf8), .sha256))
    }
    let signature = code(text, key: code(timestamp, key: values["clientSecret"]))
    request.replace("Authorization", head + "signature=" + signature)
  }

  private func canonicalFields(_ request: OutgoingRequest) -> String {
    values["headersToSign"].split(separator: ",").compactMap { name -> String? in
      let name = String(name).trimmed
      guard let value = request.headers.first(name) else { return nil }
      let words = value.split(whereSeparator: { $0 == " " || $0 == "\t" })
      return name.lowercased() + ":" + words.joined(separator: " ")
    }.joined(separator: "\t")
  }

  /// Only a POST has its content signed, and of that no more than the server looks at.
  private func contentHash(_ request: OutgoingRequest) -> String {
    guard request.method == "POST", let bytes = request.body?.bytes, !bytes.isEmpty else {
      return ""
    }
    let limit = Int(values["maxBodySize"]) ?? 131_072
    return Base64.encode(Digest.hash(bytes.prefix(max(limit, 0)), .sha256))
  }
}
