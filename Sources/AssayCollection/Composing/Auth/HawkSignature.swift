internal import AssayModel
internal import AssayText

/// The message authentication code of Hawk, version 1.
struct HawkSignature {
  private let values: AuthParameters
  private let timestamp: String
  private let nonce: String

  init(_ values: AuthParameters, now: Int, nonce: String) {
    self.values = values
    timestamp = values.text("timestamp", or: String(now))
    self.nonce = values.text("nonce", or: nonce)
  }

  private var algorithm: Digest.Algorithm {
    values["algorithm"].lowercased() == "sha1" ? .sha1 : .sha256
  }

  func sign(_ request: inout OutgoingRequest) {
    let id = values["authId"]
    let key = values["authKey"]
    guard !id.isEmpty, !key.isEmpty else { return }
    let uri = request.uri
    let port = uri.port ?? (uri.scheme == "https" ? 443 : 80)
    let hash = payloadHash(request)
    let extra = values["extraData"]
    let app = values["app"]
    let delegation = values["delegation"]
    var text = "hawk.1.header\n\(timestamp)\n\(nonce)\n\(request.method.uppercased())\n"
    text += "\(request.target)\n\((uri.host ?? "").lowercased())\n\(port)\n\(hash)\n"
    text += extra.replacing("\\", with: "\\\\").replacing("\n", with: "\\n") + "\n"
    if !app.isEmpty { text += "\(app)\n\(delegation)\n" }
    let code = Base64.encode(Digest.hmac(text.utf8, key: Array(key.utf8), algorithm))
    var parts = ["id=\"\(id)\"", "ts=\"\(timestamp)\"", "nonce=\"\(nonce)\""]
    if !hash.isEmpty { parts.append("hash=\"\(hash)\"") }
    if !extra.isEmpty {
      let quoted = extra.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      parts.append("ext=\"\(quoted)\"")
    }
    parts.append("mac=\"\(code)\"")
    if !app.isEmpty {
      parts.append("app=\"\(app)\"")
      if !delegation.isEmpty { parts.append("dlg=\"\(delegation)\"") }
    }
    request.replace("Authorization", "Hawk " + parts.joined(separator: ", "))
  }

  /// The hash of the body, where it is asked for and the item names a media type.
  private func payloadHash(_ request: OutgoingRequest) -> String {
    guard values.isOn("includePayloadHash"), let type = request.headers.first("Content-Type")
    else { return "" }
    let plain = String(type.prefix { $0 != ";" }).trimmed.lowercased()
    let text = Array("hawk.1.payload\n\(plain)\n".utf8) + (request.body?.bytes ?? []) + [0x0A]
    return Base64.encode(Digest.hash(text, algorithm))
  }
}
