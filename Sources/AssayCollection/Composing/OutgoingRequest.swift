internal import AssayModel
internal import AssayText

/// A request while it is put together: filled and encoded, but not yet signed or complete.
struct OutgoingRequest {
  var method: String
  var url: String
  var headers: [HeaderField]
  var body: RequestBody?

  var uri: URI { URI(splitting: url) }

  /// The path and query as they stand in the request line.
  var target: String {
    let start = url.firstRange(of: "://")?.upperBound ?? url.startIndex
    return url[start...].firstIndex(of: "/").map { String(url[$0...]) } ?? "/"
  }

  /// The host, and the port where it is not the scheme's own.
  var authority: String {
    let uri = self.uri
    let host = uri.host ?? ""
    let standard = uri.scheme == "https" ? 443 : 80
    guard let port = uri.port, port != standard else { return host }
    return "\(host):\(port)"
  }

  /// Puts a computed field behind the others, in the place of every one of that name.
  mutating func replace(_ name: String, _ value: String) {
    headers.removeAll { $0.isNamed(name) }
    headers.append(HeaderField(name, value))
  }

  /// Puts a parameter behind the query, in the place of every one of that name.
  mutating func setQuery(_ name: String, _ value: String) {
    let encodedName = Self.encodedParameter(name)
    removeQuery(encodedName)
    url += url.contains("?") ? (url.hasSuffix("?") ? "" : "&") : "?"
    url += encodedName + "=" + Self.encodedParameter(value)
  }

  mutating func removeQuery(_ name: String) {
    guard let mark = url.firstIndex(of: "?") else { return }
    let parts = url[url.index(after: mark)...].split(
      separator: "&", omittingEmptySubsequences: false)
    let kept = parts.filter { $0.prefix { $0 != "=" } != name }
    guard kept.count != parts.count else { return }
    url = url[..<mark] + (kept.isEmpty ? "" : "?" + kept.joined(separator: "&"))
  }

  static func encodedParameter(_ text: String) -> String {
    PercentEncoding.encode(text.utf8, keeping: URI.isUnreserved)
  }

  /// Adds what every call carries unless the item says otherwise, or forbids it.
  ///
  /// The order is that of Postman's own runner, since servers have been seen to mind: the media type
  /// of a text stands before these fields, that of a form behind them.
  mutating func addStandardFields(userAgent: String, behaviour: Value, token: String?) {
    let forbidden = behaviour["disabledSystemHeaders"] ?? .null
    func isForbidden(_ name: String) -> Bool { forbidden[name.lowercased()] == .bool(true) }
    func add(_ name: String, _ value: String) {
      if !headers.has(name), !isForbidden(name) { headers.append(HeaderField(name, value)) }
    }
    if let body, !body.isForm, let type = body.contentType { add("Content-Type", type) }
    add("User-Agent", userAgent)
    add("Accept", "*/*")
    add("Cache-Control", "no-cache")
    if let token { add("Postman-Token", token) }
    add("Host", authority)
    add("Accept-Encoding", "gzip, deflate, br")
    add("Connection", "keep-alive")
    if let body, body.isForm, let type = body.contentType {
      addFormType(type, isForbidden("Content-Type"))
    }
    if let bytes = sentBytes, !headers.has("Transfer-Encoding") {
      add("Content-Length", String(bytes.count))
    }
  }

  /// A form's own type gives way to one that the item has; a multipart one then lends it its
  /// boundary, without which nobody could read the parts.
  private mutating func addFormType(_ type: String, _ isForbidden: Bool) {
    guard let place = headers.firstIndex(where: { $0.isNamed("Content-Type") }) else {
      if !isForbidden { headers.append(HeaderField("Content-Type", type)) }
      return
    }
    let own = headers[place].value
    if let boundary = type.firstRange(of: "; boundary="), !own.contains("boundary=") {
      headers[place] = HeaderField(
        headers[place].name, own + String(type[boundary.lowerBound...]))
    }
  }

  /// Methods that usually have a body say so when they have none: an empty one has its length.
  private var sentBytes: [UInt8]? {
    body?.bytes ?? (["GET", "HEAD", "OPTIONS", "DELETE"].contains(method) ? nil : [])
  }

  func request(login: ConnectionLogin?) -> Request {
    Request(method: method, url: url, headers: headers, body: sentBytes, login: login)
  }
}
