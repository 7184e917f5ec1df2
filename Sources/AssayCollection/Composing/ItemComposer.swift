internal import AssayModel
internal import AssayText

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Composes the requests of a collection's items.
struct ItemComposer: Composer {
  private let drafts: [Value]
  private let userAgent: String
  private let dynamic: DynamicVariables
  private let files: BodyFiles

  init(drafts: [Value], userAgent: String, seed: UInt64, files: BodyFiles) {
    self.files = files
    self.drafts = drafts
    self.userAgent = userAgent
    dynamic = DynamicVariables(seed: seed) { time(nil) }
  }

  func draft(of item: Suite.Item) -> Value { drafts[item.index] }

  func compose(
    _ item: Suite.Item, draft: Value, scopes: Scopes
  ) throws(Diagnostic) -> Composition {
    var template = TemplateText(scopes: scopes, dynamic: dynamic)
    let method = template.fill(draft["method"]?.text ?? "GET")
    let text = template.fill(RequestURL.template(draft["url"] ?? .null))
    let behaviour = draft["behaviour"] ?? .null
    let keepsRaw = behaviour["disableUrlEncoding"] == .bool(true)
    guard var target = RequestURL.encoded(text, keepsRaw: keepsRaw) else {
      throw .noURL(item.name, at: item.nameSpan)
    }
    var headers = self.headers(draft["header"], &template)
    let body = try self.body(draft, method, headers, behaviour, &template, item)
    try authorize(draft["auth"] ?? .null, &headers, &target, &template, item)
    addDefaults(&headers, body: body, behaviour: behaviour)
    try check(method: method, headers: headers, item)
    let notes = template.undefined.map { undefined($0, in: item, scopes) }
    let request = Request(
      method: method, url: target.url, headers: headers,
      body: bytes(body, method: method))
    return Composition(
      request: request, notes: notes, redirectLimit: Self.redirectLimit(behaviour),
      ignoresCookies: behaviour["disableCookies"] == .bool(true))
  }

  private static func redirectLimit(_ behaviour: Value) -> Int? {
    if behaviour["followRedirects"] == .bool(false) { return 0 }
    guard let limit = behaviour["maxRedirects"]?.substitution else { return nil }
    return Int(limit).map { min(max($0, 0), 100) }
  }

  // MARK: Parts

  private func headers(_ list: Value?, _ template: inout TemplateText) -> [HeaderField] {
    guard case .array(let fields)? = list else { return [] }
    var headers: [HeaderField] = []
    for field in fields where field["disabled"] != .bool(true) {
      let name = template.fill(field["key"]?.text ?? "").trimmed
      guard !name.isEmpty else { continue }
      let value = field["value"].map { $0.isNull ? "" : $0.substitution } ?? ""
      headers.append(HeaderField(name, template.fill(value)))
    }
    return headers
  }

  /// These methods carry no body unless the collection insists.
  private static let bodiless: Set<String> = ["GET", "COPY", "HEAD", "PURGE", "UNLOCK"]

  private func body(
    _ draft: Value, _ method: String, _ headers: [HeaderField], _ behaviour: Value,
    _ template: inout TemplateText, _ item: Suite.Item
  ) throws(Diagnostic) -> RequestBody? {
    let isPruned =
      Self.bodiless.contains(method) && behaviour["disableBodyPruning"] != .bool(true)
    guard !isPruned, let written = draft["body"], !written.isNull else { return nil }
    return try RequestBody.make(
      written, contentType: headers.first("Content-Type"), template: &template, files: files,
      span: item.nameSpan)
  }

  private func authorize(
    _ auth: Value, _ headers: inout [HeaderField],
    _ target: inout (url: String, credentials: String?), _ template: inout TemplateText,
    _ item: Suite.Item
  ) throws(Diagnostic) {
    let authorization = try RequestAuth.make(auth, template: &template, at: item.nameSpan)
    switch authorization {
    case .none:
      if let credentials = target.credentials {
        RequestAuth.replace(&headers, "Authorization", RequestAuth.basic(credentials))
      }
    case .header(let name, let value): RequestAuth.replace(&headers, name, value)
    case .query(let name, let value):
      func encoded(_ text: String) -> String {
        PercentEncoding.encode(text.utf8, keeping: URI.isUnreserved)
      }
      target.url += target.url.contains("?") ? "&" : "?"
      target.url += encoded(name) + "=" + encoded(value)
    }
  }

  /// What every call carries unless the item says otherwise, or forbids it.
  private func addDefaults(
    _ headers: inout [HeaderField], body: RequestBody?, behaviour: Value
  ) {
    func add(_ name: String, _ value: String) {
      guard !headers.has(name),
        behaviour["disabledSystemHeaders"]?[name.lowercased()] != .bool(true)
      else { return }
      headers.append(HeaderField(name, value))
    }
    add("User-Agent", userAgent)
    add("Accept", "*/*")
    add("Cache-Control", "no-cache")
    add("Accept-Encoding", "gzip, deflate, br")
    add("Connection", "keep-alive")
    if let type = body?.contentType { add("Content-Type", type) }
  }

  /// Methods that usually have a body say so when they have none: an empty one has its length.
  private func bytes(_ body: RequestBody?, method: String) -> [UInt8]? {
    body?.bytes ?? (["GET", "HEAD", "OPTIONS", "DELETE"].contains(method) ? nil : [])
  }

  /// Nothing may end a line of the head early, and names are tokens (RFC 9110, section 5.6.2).
  private func check(
    method: String, headers: [HeaderField], _ item: Suite.Item
  ) throws(Diagnostic) {
    let marks = Set("!#$%&'*+-.^_`|~".utf8)
    func isToken(_ text: String) -> Bool {
      !text.isEmpty
        && text.utf8.allSatisfy {
          marks.contains($0) || $0 &- 0x30 <= 9 || ($0 | 0x20) &- 0x61 <= 25
        }
    }
    guard isToken(method) else {
      throw .invalidHeader(method, "is no method", at: item.nameSpan)
    }
    for field in headers {
      guard isToken(field.name) else {
        throw .invalidHeader(
          field.name, "has a name that no header field can have", at: item.nameSpan)
      }
      // Bytes and not characters: CR LF is one `Character`.
      if field.value.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A || $0 == 0 }) {
        throw .invalidHeader(field.name, "holds a line break or a NUL", at: item.nameSpan)
      }
    }
  }

  private func undefined(_ name: String, in item: Suite.Item, _ scopes: Scopes) -> Diagnostic {
    let needle = Array("{{\(name)}}".utf8)
    let file = item.span.file
    let range = file.bytes[item.span.range].firstRange(of: needle)
    let span = range.map { SourceSpan(file: file, range: $0.lowerBound..<$0.upperBound) }
    return .undefinedVariable(
      name, at: span ?? item.nameSpan, nearest: Nearest.match(name, among: scopes.names))
  }
}
