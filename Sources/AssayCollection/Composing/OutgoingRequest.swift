internal import AssayModel
internal import AssayText

/// A request while it is put together: filled and encoded, but not yet signed or complete.
struct OutgoingRequest {
  var method: String
  var url: String
  var headers: [HeaderField]
  var body: RequestBody?
  /// The name and password of the URL, which count where the item has no auth.
  var userInfo: String?

  var uri: URI { URI(splitting: url) }

  /// Scheme, host and port: where credentials stay.
  static func origin(of url: String) -> String {
    let uri = URI(splitting: url)
    let port = uri.port ?? (uri.scheme == "https" ? 443 : 80)
    return "\(uri.scheme ?? "")://\(uri.host ?? ""):\(port)"
  }

  /// The path and query as they stand in the request line.
  var target: String {
    let rest = url.parted(at: "://")?.after ?? url[...]
    return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
  }

  /// The host as the URL has it, and its port where one is written.
  var hostField: String {
    let authority = uri.authority ?? ""
    return authority.lastIndex(of: "@").map { String(authority[authority.index(after: $0)...]) }
      ?? authority
  }

  /// Whether the host goes out as it is written. A name beyond ASCII, and an address in one of its
  /// short forms, are the transport's to put right (RFC 5890, WHATWG URL), in the field as well.
  private var isHostPlain: Bool {
    let host = uri.host ?? ""
    guard host.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard let last = labels.last, last.first?.isNumber == true else { return true }
    return labels.count == 4 && labels.allSatisfy { UInt8($0) != nil }
  }

  /// The host, and the port where it is not the scheme's own.
  var authority: String {
    uri.port == (uri.scheme == "https" ? 443 : 80) ? uri.host ?? "" : hostField
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
    addType(isForbidden("Content-Type")) { $0.kind == .content }
    add("User-Agent", userAgent)
    add("Accept", "*/*")
    add("Cache-Control", "no-cache")
    if let token { add("Postman-Token", token) }
    if isHostPlain { add("Host", hostField) }
    add("Accept-Encoding", "gzip, deflate, br")
    add("Connection", "keep-alive")
    if let userInfo { add("Authorization", RequestAuth.basic(userInfo)) }
    if let body, body.isForm, let type = body.contentType {
      addFormType(type, isForbidden("Content-Type"))
    }
    // The length of nothing is left to the transport, which puts it last.
    if let body, !headers.has("Transfer-Encoding") {
      add("Content-Length", String(body.bytes.count))
    }
    addType(isForbidden("Content-Type")) { $0.kind == .file }
    groupFields()
  }

  /// Adds the media type of a body of some kind, unless the item has one.
  mutating func addType(_ isForbidden: Bool = false, where test: (RequestBody) -> Bool) {
    guard let body, test(body), let type = body.contentType, !headers.has("Content-Type"),
      !isForbidden
    else { return }
    headers.append(HeaderField("Content-Type", type))
  }

  /// A form says what it is, whatever the item calls it; one in parts keeps what else an item's own
  /// type says, and lends it its boundary, without which nobody could read the parts.
  private mutating func addFormType(_ type: String, _ isForbidden: Bool) {
    guard let place = headers.firstIndex(where: { $0.isNamed("Content-Type") }) else {
      if !isForbidden { headers.append(HeaderField("Content-Type", type)) }
      return
    }
    let (name, own) = (headers[place].name, headers[place].value)
    let kind = String(type.prefix { $0 != ";" })
    let isFitting =
      body?.kind == .parts
      ? own.lowercased().contains("multipart") : own.lowercased().hasPrefix(kind)
    if !isFitting {
      headers[place] = HeaderField(name, type)
    } else if let boundary = type.firstRange(of: "; boundary="), !own.contains("boundary=") {
      headers[place] = HeaderField(name, own + String(type[boundary.lowerBound...]))
    }
  }

  /// Fields of one name leave together, at the place of the first.
  private mutating func groupFields() {
    guard Set(headers.map(\.name)).count < headers.count else { return }
    var grouped: [HeaderField] = []
    for field in headers where !grouped.contains(where: { $0.name == field.name }) {
      grouped += headers.filter { $0.name == field.name }
    }
    headers = grouped
  }

  /// Methods that usually have a body say so when they have none: an empty one has its length.
  private var sentBytes: [UInt8]? {
    body?.bytes ?? (["GET", "HEAD", "OPTIONS", "DELETE"].contains(method) ? nil : [])
  }

  var request: Request {
    Request(method: method, url: url, headers: headers, body: sentBytes)
  }
}
