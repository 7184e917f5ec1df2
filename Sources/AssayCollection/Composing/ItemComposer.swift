internal import AssayModel
internal import AssayText
internal import Synchronization

/// What the requests of a collection are composed with, beside their variables.
package struct ComposingOptions: Sendable {
  package let userAgent: String
  package let seed: UInt64
  package let files: BodyFiles
  /// Sends what Newman sends and Assay leaves out: a `Postman-Token` with every request.
  package let isNewmanCompatible: Bool
  /// What servers handed out, for all collections of a run.
  package let logins: Logins
  /// Seconds since 1970.
  package let now: @Sendable () -> Int

  package init(
    userAgent: String, seed: UInt64, files: BodyFiles, isNewmanCompatible: Bool = false,
    logins: Logins = Logins(), now: @escaping @Sendable () -> Int
  ) {
    self.userAgent = userAgent
    self.seed = seed
    self.files = files
    self.isNewmanCompatible = isNewmanCompatible
    self.logins = logins
    self.now = now
  }
}

/// Composes the requests of a collection's items.
struct ItemComposer: Composer {
  private let drafts: [Value]
  private let options: ComposingOptions
  private let dynamic: DynamicVariables
  private let suggestions: Suggestions

  init(drafts: [Value], options: ComposingOptions) {
    self.drafts = drafts
    self.options = options
    dynamic = DynamicVariables(seed: options.seed, now: options.now)
    suggestions = Suggestions()
  }

  private init(_ other: ItemComposer, step: Int) {
    drafts = other.drafts
    options = other.options
    dynamic = DynamicVariables(seed: other.options.seed, step: step, now: other.options.now)
    suggestions = other.suggestions
  }

  func composer(ofStep number: Int) -> any Composer { ItemComposer(self, step: number) }

  func draft(of item: Suite.Item) -> Value { drafts[item.index] }

  /// Logins that ask for a token first, or answer a challenge.
  private static let talkative: Set<String> = ["oauth2", "digest", "ntlm"]

  func footprint(of item: Suite.Item) -> ItemFootprint {
    let draft = draft(of: item)
    var footprint = ItemFootprint()
    let parts = ["method", "url", "header", "body", "auth"].compactMap { draft[$0] }
    let found = TemplateNames(in: .array(parts))
    footprint.template.reads = found.names
    footprint.template.readsAll = found.isComputed
    let method = draft["method"]?.text ?? "GET"
    footprint.method = method.holds("{{") ? nil : method
    footprint.logsIn = draft["auth"]?["type"]?.text.map(Self.talkative.contains) ?? false
    return footprint
  }

  func dynamicValue(_ name: String) -> String? { dynamic.value(of: name) }

  func compose(
    _ item: Suite.Item, draft: Value, scopes: Scopes
  ) throws(Diagnostic) -> Composition {
    var template = TemplateText(scopes: scopes, dynamic: dynamic)
    let draft = Self.resolved(draft, &template)
    let method = draft["method"]?.text ?? "GET"
    let text = draft["url"]?.text ?? ""
    let behaviour = draft["behaviour"] ?? .null
    let keepsRaw = behaviour["disableUrlEncoding"] == .bool(true)
    guard let target = RequestURL.encoded(text, keepsRaw: keepsRaw) else {
      throw .noURL(item.name, at: item.nameSpan)
    }
    let headers = self.headers(draft["header"], &template)
    let body = try self.body(draft, method, headers, behaviour, &template, item)
    var outgoing = OutgoingRequest(
      method: method, url: target.url, headers: headers, body: body,
      userInfo: target.credentials)
    // What an item calls its text is known before it is signed, and what is guessed is not.
    let forbidden = behaviour["disabledSystemHeaders"]?["content-type"] == .bool(true)
    outgoing.addType(forbidden) { $0.isDeclared }
    let authorizer = RequestAuth(
      draft["auth"] ?? .null, now: options.now(), dynamic: dynamic,
      logins: options.logins)
    let proof = try authorizer.apply(to: &outgoing, template: &template, at: item.nameSpan)
    outgoing.addStandardFields(
      userAgent: options.userAgent, behaviour: behaviour,
      token: options.isNewmanCompatible ? dynamic.uuid() : nil)
    try check(outgoing, item)
    var rules = CallRules(behaviour, draft)
    rules.identity = try draft["certificate"].flatMap { certificate throws(Diagnostic) in
      try identity(certificate, item)
    }
    return Composition(
      request: outgoing.request, resolved: draft,
      undefined: template.undefined.map { undefined($0, in: item, scopes) },
      notes: template.cyclic.map { cyclic($0, in: item, scopes) }
        + (proof.note.map { [$0] } ?? [])
        + (behaviour["strictSSL"] == .bool(false) ? [.verificationKept(at: item.nameSpan)] : []),
      rules: rules, authentication: proof.authentication,
      uses: template.uses)
  }

  /// The draft with its names filled in, each occurrence once. A URL is filled as one text, since a
  /// value may bring its own `?` and `&`; of the auth, only what its type uses.
  private static func resolved(_ draft: Value, _ template: inout TemplateText) -> Value {
    guard case .object(let members) = draft else { return draft }
    return .object(
      members.map { member in
        switch member.name {
        case "url":
          Value.Member("url", .string(template.fill(RequestURL.template(member.value))))
        case "method", "header", "body":
          Value.Member(member.name, template.fill(member.value))
        case "auth": Value.Member("auth", resolvedAuth(member.value, &template))
        default: member
        }
      })
  }

  private static func resolvedAuth(_ auth: Value, _ template: inout TemplateText) -> Value {
    guard case .object(let members) = auth, let type = auth["type"]?.text else { return auth }
    return .object(
      members.map { $0.name == type ? Value.Member(type, template.fill($0.value)) : $0 })
  }

  // MARK: Parts

  private func headers(_ list: Value?, _ template: inout TemplateText) -> [HeaderField] {
    guard case .array(let fields)? = list else { return [] }
    var headers: [HeaderField] = []
    for field in fields where field["disabled"] != .bool(true) {
      let name = template.fill(field["key"]?.text ?? "")
      guard !name.trimmed.isEmpty else { continue }
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
    guard !isPruned, let written = draft["body"], !written.isNull,
      written["disabled"] != .bool(true)
    else { return nil }
    return try RequestBody.make(
      written, contentType: headers.first("Content-Type"), template: &template,
      files: options.files, span: item.nameSpan)
  }

  /// A certificate in the form of an item, which names its files.
  private func identity(
    _ value: Value, _ item: Suite.Item
  ) throws(Diagnostic) -> ClientIdentity? {
    func path(_ name: String) throws(Diagnostic) -> String? {
      guard let path = value[name]?["src"]?.text, !path.isEmpty else { return nil }
      return try options.files.path(path, at: item.nameSpan)
    }
    let bundle = try path("pfx")
    let plain = try path("cert")
    guard let certificate = bundle ?? plain else { return nil }
    var identity = ClientIdentity(certificate: certificate)
    identity.isBundle = bundle != nil
    identity.key = try path("key")
    identity.passphrase = value["passphrase"]?.text
    if case .array(let matches)? = value["matches"] {
      identity.matches = matches.compactMap(\.text)
    }
    return identity
  }

  /// Nothing may end a line of the head early, and names are tokens (RFC 9110, section 5.6.2).
  private func check(
    _ outgoing: OutgoingRequest, _ item: Suite.Item
  ) throws(Diagnostic) {
    let marks = Set("!#$%&'*+-.^_`|~".utf8)
    func isToken(_ text: String) -> Bool {
      !text.isEmpty
        && text.utf8.allSatisfy {
          marks.contains($0) || $0 &- 0x30 <= 9 || ($0 | 0x20) &- 0x61 <= 25
        }
    }
    guard isToken(outgoing.method) else {
      throw .invalidHeader(outgoing.method, "is no method", at: item.nameSpan)
    }
    for field in outgoing.headers {
      guard isToken(field.name) else {
        throw .invalidHeader(
          field.name, "has a name that no header field can have", at: item.nameSpan)
      }
      // Bytes and not characters: CR LF is one `Character`.
      if field.value.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A || $0 == 0 }) {
        throw .invalidHeader(field.name, "holds a line break or a NUL", at: item.nameSpan)
      }
      // What a field can carry beyond ASCII is ISO 8859-1 (RFC 9110, section 5.5).
      if field.value.unicodeScalars.contains(where: { $0.value > 0xFF }) {
        throw .invalidHeader(
          field.name, "holds a character that no header field can carry", at: item.nameSpan)
      }
    }
  }

  // MARK: What was noticed

  private func undefined(_ name: String, in item: Suite.Item, _ scopes: Scopes) -> Diagnostic {
    .undefinedVariable(
      name, at: place(of: name, in: item), nearest: suggestions.nearest(to: name, in: scopes))
  }

  private func cyclic(_ name: String, in item: Suite.Item, _ scopes: Scopes) -> Diagnostic {
    .cyclicVariable(
      name, at: place(of: name, in: item), defined: scopes.lookUp(name)?.variable.span)
  }

  /// Where the item mentions a name.
  private func place(of name: String, in item: Suite.Item) -> SourceSpan {
    let needle = Array("{{\(name)}}".utf8)
    let file = item.span.file
    let bytes = file.bytes
    // Byte by byte: the standard library's search is generic, and was half the time of a plan.
    var index = item.span.range.lowerBound
    let end = item.span.range.upperBound - needle.count
    while index <= end {
      if bytes[index] == needle[0], bytes[index + 1] == needle[1],
        bytes[index..<index + needle.count].elementsEqual(needle)
      {
        return SourceSpan(file: file, range: index..<index + needle.count)
      }
      index += 1
    }
    return item.nameSpan
  }
}

/// The names that are near to an undefined one, each looked for once: a collection without its
/// environment has the same names undefined in every call.
private final class Suggestions: Sendable {
  private struct Asked: Hashable {
    let name: String
    let knownCount: Int
  }

  private let found = Mutex<[Asked: String?]>([:])

  func nearest(to name: String, in scopes: Scopes) -> String? {
    let names = scopes.names
    let asked = Asked(name: name, knownCount: names.count)
    return found.withLock { found in
      if let known = found[asked] { return known }
      // Of the dynamic names only one that is meant to be one comes near.
      let known = name.hasPrefix("$") ? names.union(DynamicVariables.names.map { "$" + $0 }) : names
      let nearest = Nearest.match(name, among: known)
      found[asked] = .some(nearest)
      return nearest
    }
  }
}

extension CallRules {
  /// Reads `protocolProfileBehavior`, and the settings of the third format, which use its names.
  fileprivate init(_ behaviour: Value, _ draft: Value) {
    self.init()
    if let proxy = draft["proxy"], proxy["disabled"] != .bool(true),
      let host = proxy["host"]?.text, !host.isEmpty
    {
      let port = proxy["port"].map { ":" + $0.substitution } ?? ""
      let pattern = proxy["match"]?.text ?? "http+https://*/*"
      if URLPattern(pattern).matches(draft["url"]?.text ?? "") {
        self.proxy = "http://\(host)\(port)"
      }
    }
    func flag(_ name: String) -> Bool? {
      guard case .bool(let flag)? = behaviour[name] else { return nil }
      return flag
    }
    redirectCount =
      flag("followRedirects") == false
      ? 0 : (behaviour["maxRedirects"]?.substitution).flatMap(Int.init).map { min(max($0, 0), 100) }
    ignoresCookies = flag("disableCookies") ?? false
    // A collection may ask for more care than the run, and never for less.
    verifiesPeer = flag("strictSSL") == true ? true : nil
    version = behaviour["protocolVersion"]?.text.flatMap(HTTPVersion.init)
    keepsMethod = flag("followOriginalHttpMethod") ?? false
    keepsCredentials = flag("followAuthorizationHeader") ?? false
    omitsReferer = flag("removeRefererHeaderOnRedirect") ?? false
    tls.ciphers = texts(behaviour["tlsCipherSelection"])
    tls.disabledVersions = Set(texts(behaviour["tlsDisabledProtocols"]))
    func texts(_ value: Value?) -> [String] {
      guard case .array(let elements)? = value else { return [] }
      return elements.compactMap(\.text)
    }
  }
}
