package import AssayModel
internal import AssayText

/// Takes secrets out of events before anybody sees them.
///
/// Everything that is shown or written comes from events, so this is the one place. A secret is
/// known by its value (declared secrets, and credentials seen in requests) in each form in which it
/// may travel, or by the name of the field that carries it. Equal values get equal tags.
package struct Redactor: Sendable {
  private var needles: [Needle] = []
  private var known: Set<String> = []
  private let key: [UInt8]
  /// Where the bodies of running steps were cut, so that places in them still fit.
  private var cuts: [Int: [Cut]] = [:]

  private struct Needle: Sendable {
    let bytes: [UInt8]
    let tag: [UInt8]
  }

  /// A piece of a body that was replaced.
  private struct Cut: Sendable {
    let range: Range<Int>
    let replacement: Int
  }

  /// How the tag of what was taken out begins.
  package static let mark = "[secret#"

  /// Shorter texts are too common to be looked for everywhere.
  private static let shortest = 4

  /// - Parameter key: Bytes of this run alone, so that tags cannot be compared between runs.
  package init(secrets: [String], key: [UInt8]) {
    self.key = key
    for secret in secrets { learn(secret) }
  }

  /// Remembers a value in every form in which it may travel.
  package mutating func learn(_ secret: String) {
    guard secret.utf8.count >= Self.shortest, known.insert(secret).inserted else { return }
    let tag = Array("\(Self.mark)\(tag(of: secret))]".utf8)
    let bytes = Array(secret.utf8)
    var quoted: [UInt8] = []
    JSONWriter.appendQuoted(bytes, to: &quoted)
    let percent = PercentEncoding.encode(bytes, keeping: URI.isUnreserved)
    var forms: Set<[UInt8]> = [
      bytes, Array(quoted.dropFirst().dropLast()), Array(percent.utf8),
      Array(percent.lowercased().utf8),
    ]
    // Inside Base64 a value shows in three ways, by where its first byte falls; the characters at
    // either end also hold neighbouring bits and are left alone.
    for shift in 0..<3 where bytes.count >= 6 {
      let text = Array(Base64.encode([UInt8](repeating: 0, count: shift) + bytes).utf8)
      let first = [0, 2, 3][shift]
      let whole = (shift + bytes.count) * 8 / 6
      forms.insert(Array(text[first..<max(first, whole)]))
    }
    needles += forms.filter { $0.count >= Self.shortest }.map { Needle(bytes: $0, tag: tag) }
    // Longer forms first, so that none hides inside another.
    needles.sort { $0.bytes.count > $1.bytes.count }
  }

  private func tag(of secret: String) -> String {
    Digest.hex(Digest.hmac(Array(secret.utf8), key: key, .sha256).prefix(2))
  }

  // MARK: Events

  package mutating func redact(_ event: Event) -> Event {
    switch event.kind {
    case .exchanged(let step, let exchange):
      return Event(time: event.time, kind: .exchanged(step, redact(exchange, of: step)))
    case .subexchanged(let step, let exchange):
      // Places in bodies are those of the step's own response.
      let own = cuts[step]
      defer { cuts[step] = own }
      return Event(time: event.time, kind: .subexchanged(step, redact(exchange, of: step)))
    case .retried(let step, let exchange, let reason):
      let own = cuts[step]
      defer { cuts[step] = own }
      return Event(
        time: event.time,
        kind: .retried(step, redact(exchange, of: step), reason: redact(reason)))
    case .judged(let step, let verdict):
      return Event(time: event.time, kind: .judged(step, redact(verdict, of: step)))
    case .console(let step, let line):
      let text = ScriptOutcome.ConsoleLine(level: line.level, text: redact(line.text))
      return Event(time: event.time, kind: .console(step, text))
    case .visualized(let step, let page):
      let clean = ScriptOutcome.Visualization(
        template: redact(page.template), data: redact(page.data))
      return Event(time: event.time, kind: .visualized(step, clean))
    case .noted(let step, let note):
      let clean = Note(
        severity: note.severity, code: note.code, message: redact(note.message), place: note.place,
        hint: note.hint.map(redact))
      return Event(time: event.time, kind: .noted(step, clean))
    case .stepEnded(let step):
      cuts[step] = nil
      return event
    case .runStarted, .planned, .contracted, .stepAdded, .stepStarted, .mapped, .variableChanged,
      .held, .slowed,
      .runEnded:
      return event
    }
  }

  private mutating func redact(_ exchange: Exchange, of step: Int) -> Exchange {
    for field in exchange.request.headers where Self.isSecret(field.name) {
      learn(Self.credential(field))
    }
    if let body = exchange.response?.body { learnTokens(in: body) }
    var request = exchange.request
    request.url = redactQuery(of: redact(request.url))
    if Self.isForm(request), let body = request.body {
      request.body = Array(redactPairs(String(decoding: body, as: UTF8.self)).utf8)
    }
    request.headers = request.headers.map(redact)
    request.body = request.body.map { redact($0).bytes }
    var result = Exchange(
      request: request, outcome: exchange.outcome, timings: exchange.timings, peer: exchange.peer,
      reusedConnection: exchange.reusedConnection, sentCount: exchange.sentCount)
    result.attempt = exchange.attempt
    result.credit = exchange.credit
    result.hops = exchange.hops.map { redact($0, of: step) }
    cuts[step] = nil
    switch exchange.outcome {
    case .failed(let fault):
      result.outcome = .failed(TransportFault(fault.kind, redact(fault.detail)))
    case .response(var response):
      let body = redact(response.body)
      if !body.cuts.isEmpty { cuts[step] = body.cuts }
      response.body = body.bytes
      response.reason = redact(response.reason)
      response.headers = response.headers.map(redact)
      result.outcome = .response(response)
    }
    return result
  }

  /// Names under which servers hand out what lets somebody in.
  private static let tokenNames: Set<String> = [
    "access_token", "refresh_token", "id_token", "client_secret", "accessToken", "refreshToken",
    "idToken", "clientSecret",
  ]
  /// A piece of each name, by which most bodies are known to hold none.
  private static let tokenHints = ["oken\"", "ecret\""]

  private mutating func learnTokens(in body: [UInt8]) {
    guard Self.tokenHints.contains(where: body.holds),
      let document = try? JSONReader.read(SourceFile(name: "body", bytes: body))
    else { return }
    var pending = [document.root]
    while let node = pending.popLast() {
      pending += node.elements
      for member in node.members {
        if let text = member.value.string, Self.tokenNames.contains(member.name) { learn(text) }
        if member.value.isObject || member.value.isArray { pending.append(member.value) }
      }
    }
  }

  private func redact(_ verdict: Verdict, of step: Int) -> Verdict {
    Verdict(
      name: redact(verdict.name), code: verdict.code, outcome: verdict.outcome,
      fault: verdict.fault, message: redact(verdict.message), place: verdict.place,
      findings: verdict.findings.map { finding in
        var finding = finding
        finding.message = redact(finding.message)
        finding.expected = redact(finding.expected)
        finding.received = redact(finding.received)
        finding.at = redact(finding.at)
        if finding.part == .responseBody {
          finding.receivedRange = finding.receivedRange.map { moved($0, by: cuts[step] ?? []) }
        }
        return finding
      },
      excerpt: verdict.excerpt.map { excerpt in
        ScriptExcerpt(
          lines: excerpt.lines.map {
            Finding.ExcerptLine(
              number: $0.number, text: redact($0.text), isMarked: $0.isMarked, column: $0.column)
          }, column: excerpt.column)
      })
  }

  /// Where a range lies after the cuts before it and in it.
  private func moved(_ range: Range<Int>, by cuts: [Cut]) -> Range<Int> {
    func moved(_ offset: Int) -> Int {
      var result = offset
      for cut in cuts where cut.range.lowerBound < offset {
        result += cut.replacement - cut.range.count
      }
      return max(0, result)
    }
    let start = moved(range.lowerBound)
    return start..<max(start, moved(range.upperBound))
  }

  // MARK: By the name of the field

  private static let fields: Set<String> = [
    "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key",
    "x-auth-token", "x-access-token", "x-csrf-token", "x-amz-security-token",
  ]

  private static let lengths = Set(fields.map(\.utf8.count)).reduce(into: UInt64(0)) {
    $0 |= 1 << $1
  }

  static func isSecret(_ name: String) -> Bool {
    // Every field of every call passes here, and most are told apart by their length.
    let count = name.utf8.count
    return count < 64 && lengths & 1 << UInt64(count) != 0 && fields.contains(name.lowercased())
  }

  /// The credential without the scheme before it.
  private static func credential(_ field: HeaderField) -> String {
    let parts = field.value.split(separator: " ", maxSplits: 1)
    return parts.count == 2 && field.isNamed("Authorization") ? String(parts[1]) : field.value
  }

  private func redact(_ field: HeaderField) -> HeaderField {
    guard Self.isSecret(field.name), !field.value.isEmpty else {
      return HeaderField(redact(field.name), redact(field.value))
    }
    let credential = Self.credential(field)
    let scheme = field.value.dropLast(credential.count)
    return HeaderField(field.name, "\(scheme)\(Self.mark)\(tag(of: credential))]")
  }

  /// Parameters that let somebody in. Their values are replaced where they stand and not learnt: a
  /// password may be a word that is found everywhere.
  private static let parameters: Set<String> = [
    "access_token", "refresh_token", "id_token", "client_secret", "client_assertion", "assertion",
    "password", "passwd", "token", "secret", "api_key", "apikey", "api-key", "code_verifier",
    "oauth_token", "oauth_signature", "x-amz-signature", "x-amz-security-token", "signature",
  ]

  private static func isForm(_ request: Request) -> Bool {
    let type = request.headers.first("Content-Type")?.lowercased() ?? ""
    return type.hasPrefix("application/x-www-form-urlencoded")
  }

  private func redactQuery(of url: String) -> String {
    guard let mark = url.firstIndex(of: "?") else { return url }
    return url[...mark] + redactPairs(url[url.index(after: mark)...])
  }

  /// Pairs of names and values, as forms and queries have them.
  private func redactPairs(_ text: some StringProtocol) -> String {
    text.split(separator: "&", omittingEmptySubsequences: false).map { pair -> String in
      guard let equals = pair.firstIndex(of: "="),
        Self.parameters.contains(PercentEncoding.decodedText(pair[..<equals]).lowercased())
      else { return String(pair) }
      let value = PercentEncoding.decodedText(pair[pair.index(after: equals)...])
      guard !value.isEmpty, !value.hasPrefix(Self.mark) else { return String(pair) }
      return pair[...equals] + "\(Self.mark)\(tag(of: value))]"
    }.joined(separator: "&")
  }

  /// A request as it may be shown, by the rules that hold for one in an event.
  package mutating func redact(_ request: Request) -> Request {
    let exchange = Exchange(request: request, outcome: .failed(TransportFault(.other, "")))
    let event = redact(Event(time: .zero, kind: .exchanged(0, exchange)))
    guard case .exchanged(_, let shown) = event.kind else { return request }
    return shown.request
  }

  // MARK: By value

  private func redact(_ value: Value) -> Value {
    switch value {
    case .null, .bool, .number: value
    case .string(let text): .string(redact(text))
    case .array(let elements): .array(elements.map(redact))
    case .object(let members):
      .object(members.map { Value.Member(redact($0.name), redact($0.value)) })
    }
  }

  package func redact(_ text: String) -> String {
    guard !needles.isEmpty else { return text }
    let result = redact(Array(text.utf8))
    return result.cuts.isEmpty ? text : String(decoding: result.bytes, as: UTF8.self)
  }

  private func redact(_ bytes: [UInt8]) -> (bytes: [UInt8], cuts: [Cut]) {
    guard !needles.isEmpty, bytes.count >= Self.shortest else { return (bytes, []) }
    var result: [UInt8] = []
    var cuts: [Cut] = []
    var firsts = [Bool](repeating: false, count: 256)
    for needle in needles { firsts[Int(needle.bytes[0])] = true }
    var copied = 0
    var index = 0
    while index < bytes.count {
      guard firsts[Int(bytes[index])],
        let needle = needles.first(where: { bytes[index...].starts(with: $0.bytes) })
      else {
        index += 1
        continue
      }
      result += bytes[copied..<index]
      result += needle.tag
      cuts.append(
        Cut(range: index..<index + needle.bytes.count, replacement: needle.tag.count))
      index += needle.bytes.count
      copied = index
    }
    guard !cuts.isEmpty else { return (bytes, []) }
    result += bytes[copied...]
    return (result, cuts)
  }

  /// Whether any form of a known secret stands in what is about to get its final name.
  package func finds(in bytes: [UInt8]) -> Bool { !redact(bytes).cuts.isEmpty }
}
