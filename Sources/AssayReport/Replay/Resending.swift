package import AssayModel
internal import AssayText

/// Makes recorded requests fit to be sent again.
///
/// What was taken out comes back from whoever sends it. Where a call was replayed before, what its new
/// response says takes the place of what the old one said, in the requests that follow: an id that the
/// server made, a token that it gave out.
package struct Resending {
  /// A value of a recorded response, and what stands in its place now.
  package struct Substitution: Sendable, Hashable {
    package let old: String
    package let new: String
    /// Where it came from: `/id` of a response, or one of its fields.
    package let origin: String
  }

  private let secrets: [String: String]
  package private(set) var substitutions: [Substitution] = []
  private var known: [String: String] = [:]

  private static let limit = 5_000

  /// - Parameter secrets: Values by the variables that stand for them, such as `ASSAY_SECRET_TOKEN`.
  package init(secrets: [String: String]) { self.secrets = secrets }

  /// The secrets that a request needs and nobody gave.
  package func missing(_ request: Request) -> [SecretTag] {
    var found: [SecretTag] = []
    for text in Self.texts(of: request) {
      for case .secret(let tag) in SecretTag.pieces(of: text)
      where secrets[tag.variable] == nil && known[tag.text] == nil && !found.contains(tag) {
        found.append(tag)
      }
    }
    return found
  }

  private static func texts(of request: Request) -> [String] {
    [request.url] + request.headers.map(\.value)
      + [request.body.map { String(decoding: $0, as: UTF8.self) } ?? ""]
  }

  // MARK: The request

  package func filled(_ recorded: Request) -> Request {
    var request = recorded
    request.url = url(recorded.url)
    request.headers = recorded.headers.map { field in
      HeaderField(field.name, header(field))
    }
    if let body = recorded.body { request.body = self.body(body, recorded) }
    // What was put in may be longer or shorter than what was there.
    if let body = request.body, body.count != recorded.body?.count {
      request.headers = request.headers.map {
        $0.isNamed("Content-Length") ? HeaderField($0.name, String(body.count)) : $0
      }
    }
    return request
  }

  /// A text with what was taken out of it put back, in the form of the place that it stands in.
  private func restored(_ text: String, _ form: (String) -> String = { $0 }) -> String {
    var result = ""
    for piece in SecretTag.pieces(of: text) {
      switch piece {
      case .text(let text): result += text
      case .secret(let tag):
        let value = known[tag.text] ?? secrets[tag.variable]
        result += value.map(form) ?? tag.text
      }
    }
    return result
  }

  private static func percent(_ text: String) -> String {
    PercentEncoding.encode(text.utf8, keeping: URI.isUnreserved)
  }

  /// What a collection's variable becomes in a URL: nothing is encoded but what no URL can hold, so a
  /// value may well bring a `&` along.
  private static func legal(_ text: String) -> String {
    PercentEncoding.encode(text.utf8) {
      URI.isUnreserved($0) || "!#$%&'()*+,/:;=?@[]".utf8.contains($0)
    }
  }

  private func value(_ text: String) -> String? {
    substitutions.isEmpty ? nil : known[text]
  }

  private func url(_ url: String) -> String {
    let restored = restored(url, Self.legal)
    guard !substitutions.isEmpty, let scheme = restored.parted(at: "://") else { return restored }
    let rest = scheme.after
    let pathStart = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
    let queryStart = rest[pathStart...].firstIndex { "?#".contains($0) } ?? rest.endIndex
    let path = rest[pathStart..<queryStart].split(separator: "/", omittingEmptySubsequences: false)
      .map { value(PercentEncoding.decodedText($0)).map(Self.percent) ?? String($0) }
    return scheme.before + "://" + rest[..<pathStart] + path.joined(separator: "/")
      + pairs(rest[queryStart...])
  }

  /// A query, or a form, with the values that have changed.
  private func pairs(_ text: some StringProtocol) -> String {
    text.split(separator: "&", omittingEmptySubsequences: false).map { pair -> String in
      guard let equals = pair.firstIndex(of: "=") else { return String(pair) }
      let old = PercentEncoding.decodedText(pair[pair.index(after: equals)...])
      guard let new = value(old) else { return String(pair) }
      return pair[...equals] + Self.percent(new)
    }.joined(separator: "&")
  }

  private func header(_ field: HeaderField) -> String {
    let text = restored(field.value)
    if let new = value(text) { return new }
    // A scheme stands before a credential, and a cookie behind its name.
    guard !substitutions.isEmpty, let space = text.firstIndex(of: " "),
      let new = value(String(text[text.index(after: space)...]))
    else { return text }
    return text[...space] + new
  }

  private func body(_ bytes: [UInt8], _ request: Request) -> [UInt8] {
    guard let text = String(validating: bytes, as: UTF8.self) else { return bytes }
    let type = request.headers.first("Content-Type")?.lowercased() ?? ""
    if type.hasPrefix("application/x-www-form-urlencoded") {
      return Array(pairs(restored(text, Self.percent)).utf8)
    }
    let restored = restored(text) { value in
      type.holds("json")
        ? String(JSONWriter.text(of: .string(value)).dropFirst().dropLast()) : value
    }
    guard !substitutions.isEmpty, type.holds("json"),
      let document = try? JSONReader.read(SourceFile(name: "body", bytes: Array(restored.utf8)))
    else { return Array(restored.utf8) }
    return substituted(document)
  }

  /// A body of JSON in which nothing but the changed values differs, byte for byte.
  private func substituted(_ document: Document) -> [UInt8] {
    var changes: [(Range<Int>, [UInt8])] = []
    Self.eachScalar(document.root) { _, node in
      let old = node.string ?? node.lexeme
      guard let old, let new = value(old) else { return }
      let isNumber = node.string == nil
      let text = isNumber ? new : JSONWriter.text(of: .string(new))
      changes.append((node.span.range, Array(text.utf8)))
    }
    var bytes = document.root.span.file.bytes
    for (range, new) in changes.sorted(by: { $0.0.lowerBound > $1.0.lowerBound }) {
      bytes.replaceSubrange(range, with: new)
    }
    return bytes
  }

  // MARK: What responses say

  /// Learns what has changed between the recorded response and the new one.
  package mutating func learn(old: Response, new: Response, from name: String) {
    if let before = try? JSONReader.read(SourceFile(name: "old", bytes: old.body)),
      let after = try? JSONReader.read(SourceFile(name: "new", bytes: new.body))
    {
      var now: [String: String] = [:]
      Self.eachScalar(after.root) { pointer, node in
        now[pointer] = node.string ?? node.lexeme
      }
      Self.eachScalar(before.root) { pointer, node in
        guard let was = node.string ?? node.lexeme, let new = now[pointer] else { return }
        learn(was, new, "\(pointer) of \(name)")
      }
    }
    for field in old.headers where field.isNamed("Location") || field.isNamed("ETag") {
      guard let now = new.headers.first(field.name) else { continue }
      learn(field.value, now, "\(field.name) of \(name)")
      // An id is the last piece of the place where something was made.
      if let was = field.value.split(separator: "/").last, let now = now.split(separator: "/").last
      {
        learn(String(was), String(now), "\(field.name) of \(name)")
      }
    }
    learnCookies(old, new, name)
  }

  private mutating func learnCookies(_ old: Response, _ new: Response, _ name: String) {
    func cookies(_ response: Response) -> [(Substring, Substring)] {
      response.headers.values(of: "Set-Cookie").compactMap { field in
        String(field.prefix { $0 != ";" }).parted(at: "=").map { ($0.before, $0.after) }
      }
    }
    let now = cookies(new)
    for (cookie, was) in cookies(old) {
      guard let value = now.first(where: { $0.0 == cookie })?.1 else { continue }
      learn(String(was), String(value), "the cookie \(cookie) of \(name)")
    }
  }

  private mutating func learn(_ old: String, _ new: String, _ origin: String) {
    // Shorter values are everybody's: a page's number is as likely as an id.
    guard old != new, known[old] == nil, substitutions.count < Self.limit,
      old.utf8.count >= 2 || old.hasPrefix(Redactor.mark)
    else { return }
    known[old] = new
    substitutions.append(Substitution(old: old, new: new, origin: origin))
  }

  private static func eachScalar(_ root: Node, _ body: (_ pointer: String, Node) -> Void) {
    var pending: [(String, Node)] = [("", root)]
    var count = 0
    while let (pointer, node) = pending.popLast(), count < 100_000 {
      count += 1
      if node.isObject {
        for member in node.members { pending.append(("\(pointer)/\(member.name)", member.value)) }
      } else if node.isArray {
        for (index, element) in node.elements.enumerated() {
          pending.append(("\(pointer)/\(index)", element))
        }
      } else {
        body(pointer, node)
      }
    }
  }
}

extension Request {
  /// The same request to another server: what stands before its path is replaced.
  package func sent(to base: String) -> Request {
    guard let rest = url.parted(at: "://")?.after else { return self }
    let path = rest.firstIndex { "/?#".contains($0) }.map { rest[$0...] } ?? ""
    var request = self
    let prefix = base.hasSuffix("/") ? String(base.dropLast()) : base
    request.url = prefix + path
    let host = prefix.parted(at: "://")?.after.prefix { !"/?#".contains($0) } ?? ""
    request.headers = headers.map { $0.isNamed("Host") ? HeaderField($0.name, String(host)) : $0 }
    return request
  }
}
