package import AssayModel
internal import AssayText

/// Takes secrets out of events before anybody sees them.
///
/// Everything that is shown or written comes from events, so this is the one place. A secret is
/// known by its value (declared secrets, and credentials seen in requests) in each form in which it
/// may travel, or by the name of the field that carries it. Equal values get equal tags.
package struct Redactor: Sendable {
  private var needles = Needles()
  private var known: Set<String> = []
  /// The name under which a value was first met, by its digest, so that it keeps one tag.
  private var names: [String: String] = [:]
  private let key: [UInt8]
  /// Where the bodies of running steps were cut, so that places in them still fit.
  private var cuts: [Int: [Cut]] = [:]

  /// A piece of a body that was replaced.
  private struct Cut: Sendable {
    let range: Range<Int>
    let replacement: Int
  }

  /// How the tag of what was taken out begins: `[secret:NAME#1f3a]`.
  package static let mark = "[secret:"

  /// Shorter texts are too common to be looked for everywhere.
  private static let shortest = 4
  /// So many are looked for; fields and parameters that hold more are still emptied by their names.
  private static let valueLimit = 20_000
  /// So many values keep the name under which they were first met.
  private static let nameLimit = 10_000

  /// - Parameter key: Bytes of this run alone, so that tags cannot be compared between runs.
  package init(secrets: [Secret], key: [UInt8]) {
    self.key = key
    for secret in secrets { learn(secret) }
  }

  /// Remembers a value in every form in which it may travel.
  ///
  /// - Parameter isDeclared: Somebody said that it is one; false for what was seen on its way.
  package mutating func learn(_ secret: Secret, isDeclared: Bool = true) {
    guard secret.value.utf8.count >= Self.shortest, known.count < Self.valueLimit,
      known.insert(secret.value).inserted
    else { return }
    let tag = Array(tag(of: secret.value, as: secret.name).utf8)
    for form in Self.forms(of: Array(secret.value.utf8)) {
      needles.add(form, tag: tag, isDeclared: isDeclared)
    }
  }

  /// As it is, and as JSON, percent encoding, forms, HTML and Base64 write it.
  private static func forms(of bytes: [UInt8]) -> Set<[UInt8]> {
    var quoted: [UInt8] = []
    JSONWriter.appendQuoted(bytes, to: &quoted)
    let plain = Array(quoted.dropFirst().dropLast())
    var forms: Set<[UInt8]> = [
      bytes, plain, Array(Markup.escaped(String(decoding: bytes, as: UTF8.self)).utf8),
    ]
    // Some writers of JSON escape the slash, and whatever is not ASCII.
    let ascii = escapedBeyondASCII(String(decoding: plain, as: UTF8.self))
    for text in [ascii.lower, ascii.upper] {
      forms.insert(Array(text.utf8))
      forms.insert(
        Array(
          text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .joined(separator: Array("\\/".utf8))))
    }
    let kept: [(UInt8) -> Bool] = [
      URI.isUnreserved,
      // What JavaScript's encodeURIComponent leaves as it is.
      { URI.isUnreserved($0) || "!'()*".utf8.contains($0) },
      // And what most leave as it is in a query.
      { URI.isUnreserved($0) || "!$'()*,;:@/?".utf8.contains($0) },
    ]
    for keeping in kept {
      let percent = PercentEncoding.encode(bytes, keeping: keeping)
      forms.insert(Array(percent.utf8))
      forms.insert(lowercasedEscapes(percent))
      forms.insert(Array(percent.replacing("%20", with: "+").utf8))
    }
    // Inside Base64 a value shows in three ways, by where its first byte falls; the characters at
    // either end also hold neighbouring bits and are left alone.
    for shift in 0..<3 where bytes.count >= 6 {
      let text = Array(Base64.encode([UInt8](repeating: 0, count: shift) + bytes).utf8)
      let first = [0, 2, 3][shift]
      let whole = (shift + bytes.count) * 8 / 6
      let form = Array(text[first..<max(first, whole)])
      forms.insert(form)
      forms.insert(
        form.map {
          $0 == UInt8(ascii: "+")
            ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
        })
    }
    return forms.filter { $0.count >= shortest }
  }

  /// `%2F` as `%2f`, and nothing else changed.
  private static func lowercasedEscapes(_ text: String) -> [UInt8] {
    var bytes = Array(text.utf8)
    var index = 0
    while index + 2 < bytes.count {
      if bytes[index] == UInt8(ascii: "%") {
        for place in index + 1...index + 2 where (0x41...0x46).contains(bytes[place]) {
          bytes[place] |= 0x20
        }
        index += 2
      }
      index += 1
    }
    return bytes
  }

  private static func escapedBeyondASCII(_ text: String) -> (lower: String, upper: String) {
    guard text.utf8.contains(where: { $0 >= 0x80 }) else { return (text, text) }
    var result = (lower: "", upper: "")
    for unit in text.utf16 {
      if unit < 0x80, let scalar = Unicode.Scalar(unit) {
        result.lower.unicodeScalars.append(scalar)
        result.upper.unicodeScalars.append(scalar)
      } else {
        let digits = String(unit, radix: 16)
        let padded = String(repeating: "0", count: 4 - digits.count) + digits
        result.lower += "\\u" + padded
        result.upper += "\\u" + padded.uppercased()
      }
    }
    return result
  }

  /// What stands for a value; equal values get equal tags, under the name that was met first.
  private mutating func tag(of secret: String, as name: String) -> String {
    let digest = Digest.hmac(Array(secret.utf8), key: key, .sha256)
    let known = Digest.hex(digest.prefix(8))
    var shown = names[known]
    if shown == nil {
      let clean = name.unicodeScalars.prefix(40).map { scalar -> Character in
        let isPlain =
          scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        return isPlain || scalar == "-" || scalar == "_" ? Character(scalar) : "_"
      }
      shown = clean.isEmpty ? "value" : String(clean)
      if names.count < Self.nameLimit { names[known] = shown }
    }
    return "\(Self.mark)\(shown ?? "value")#\(Digest.hex(digest.prefix(2)))]"
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
    case .runStarted(var facts):
      facts.command = facts.command.map { redactAssignment(redact($0)) }
      return Event(time: event.time, kind: .runStarted(facts))
    case .planned(let steps):
      return needles.isEmpty ? event : Event(time: event.time, kind: .planned(steps.map(redact)))
    case .stepAdded(let step): return Event(time: event.time, kind: .stepAdded(redact(step)))
    case .contracted, .stepStarted, .mapped, .variableChanged, .drew, .held, .slowed, .gated,
      .runEnded:
      return event
    }
  }

  private func redact(_ step: Event.PlannedStep) -> Event.PlannedStep {
    Event.PlannedStep(
      number: step.number, suite: redact(step.suite), folders: step.folders.map(redact),
      name: redact(step.name), iteration: step.iteration, iterationCount: step.iterationCount,
      place: step.place, row: step.row.map(redact))
  }

  private mutating func redact(_ exchange: Exchange, of step: Int) -> Exchange {
    for field in exchange.request.headers where Self.isSecret(field.name) { learn(from: field) }
    if let response = exchange.response {
      for field in response.headers where field.isNamed("Set-Cookie") { learn(from: field) }
      learnTokens(in: response.body)
    }
    var request = exchange.request
    request.url = redactQuery(of: redact(request.url))
    if Self.isForm(request), let body = request.body {
      request.body = Array(redactPairs(String(decoding: body, as: UTF8.self)).utf8)
    }
    request.headers = request.headers.map { redact($0) }
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
      if !body.cuts.isEmpty {
        cuts[step] = body.cuts
        response.body = body.bytes
      }
      response.reason = redact(response.reason)
      response.headers = response.headers.map { redact($0) }
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
        if let text = member.value.string, Self.tokenNames.contains(member.name) {
          learn(Secret(member.name, text), isDeclared: false)
        }
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
    let hasScheme = field.isNamed("Authorization") || field.isNamed("Proxy-Authorization")
    return parts.count == 2 && hasScheme ? String(parts[1]) : field.value
  }

  private static func isCookie(_ name: String) -> Bool {
    name.lowercased() == "cookie" || name.lowercased() == "set-cookie"
  }

  /// A value that is long and mixed enough to be nobody's word; a cookie may as well be `en`.
  private static func isOpaque(_ text: some StringProtocol) -> Bool {
    text.utf8.count >= 12 && text.utf8.contains { (0x30...0x39).contains($0) }
  }

  private mutating func learn(from field: HeaderField) {
    guard Self.isCookie(field.name) else {
      let credential = Self.credential(field)
      learn(Secret(field.name.lowercased(), credential), isDeclared: false)
      // A password may come back by itself.
      if field.value.lowercased().hasPrefix("basic "),
        let pair = Base64.decode(credential.utf8),
        let colon = pair.firstIndex(of: UInt8(ascii: ":"))
      {
        let password = String(decoding: pair[(colon + 1)...], as: UTF8.self)
        if password.utf8.count >= 8, password.lowercased() != "password" {
          learn(Secret("password", password), isDeclared: false)
        }
      }
      return
    }
    let pairs = field.value.split(separator: ";")
    for pair in field.isNamed("Set-Cookie") ? pairs.prefix(1) : pairs[...] {
      guard let parts = String(pair).parted(at: "="), Self.isOpaque(parts.after) else { continue }
      learn(
        Secret("cookie-" + parts.before.drop { $0 == " " }, String(parts.after)), isDeclared: false)
    }
  }

  private mutating func redact(_ field: HeaderField) -> HeaderField {
    guard Self.isSecret(field.name), !field.value.isEmpty else {
      return HeaderField(redact(field.name), redact(field.value))
    }
    if Self.isCookie(field.name) { return HeaderField(field.name, redactCookies(of: field)) }
    let credential = Self.credential(field)
    let scheme = field.value.dropLast(credential.count)
    if credential.hasPrefix(Self.mark) { return field }
    return HeaderField(field.name, "\(scheme)\(tag(of: credential, as: field.name.lowercased()))")
  }

  /// The values of cookies; their names and what a server says about them stay.
  private mutating func redactCookies(of field: HeaderField) -> String {
    let pairs = field.value.split(separator: ";", omittingEmptySubsequences: false)
    let count = field.isNamed("Set-Cookie") ? 1 : pairs.count
    let clean = pairs.enumerated().map { index, pair -> String in
      guard index < count else { return redact(String(pair)) }
      guard let parts = String(pair).parted(at: "=") else {
        // A cookie without a name is a value.
        return pair.isEmpty || pair.hasPrefix(Self.mark)
          ? String(pair) : tag(of: String(pair), as: "cookie")
      }
      guard !parts.after.isEmpty, !parts.after.hasPrefix(Self.mark) else { return String(pair) }
      let name = "cookie-" + parts.before.drop { $0 == " " }
      return "\(redact(String(parts.before)))=\(tag(of: String(parts.after), as: name))"
    }
    return clean.joined(separator: ";")
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

  private mutating func redactQuery(of url: String) -> String {
    guard let mark = url.firstIndex(of: "?") else { return url }
    return url[...mark] + redactPairs(url[url.index(after: mark)...])
  }

  /// Pairs of names and values, as forms and queries have them.
  private mutating func redactPairs(_ text: some StringProtocol) -> String {
    text.split(separator: "&", omittingEmptySubsequences: false).map { pair -> String in
      guard let equals = pair.firstIndex(of: "=") else { return String(pair) }
      let name = PercentEncoding.decodedText(pair[..<equals]).lowercased()
      guard Self.parameters.contains(name) else { return String(pair) }
      let value = PercentEncoding.decodedText(pair[pair.index(after: equals)...])
      guard !value.isEmpty, !value.hasPrefix(Self.mark) else { return String(pair) }
      return pair[...equals] + tag(of: value, as: name)
    }.joined(separator: "&")
  }

  /// `--env-var name=value`, where the name says that the value is a secret.
  private mutating func redactAssignment(_ word: String) -> String {
    guard let parts = word.parted(at: "="), !parts.after.isEmpty,
      !parts.after.hasPrefix(Self.mark), SecretName.isLikely(String(parts.before))
    else { return word }
    return "\(parts.before)=\(tag(of: String(parts.after), as: String(parts.before)))"
  }

  /// A request as it may be shown, by the rules that hold for one in an event.
  package mutating func redact(_ request: Request) -> Request {
    let exchange = Exchange(request: request, outcome: .failed(TransportFault(.other, "")))
    let event = redact(Event(time: .zero, kind: .exchanged(0, exchange)))
    guard case .exchanged(_, let shown) = event.kind else { return request }
    return shown.request
  }

  /// An exchange as it may be shown, by the same rules.
  package mutating func redacted(_ exchange: Exchange) -> Exchange {
    guard
      case .exchanged(_, let shown) = redact(Event(time: .zero, kind: .exchanged(0, exchange))).kind
    else { return exchange }
    return shown
  }

  /// What stands in the place of something else, by the same rules.
  package func redacted(_ substitution: Resending.Substitution) -> Resending.Substitution {
    Resending.Substitution(
      old: redact(substitution.old), new: redact(substitution.new), origin: substitution.origin)
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
    var copied = 0
    needles.each(in: bytes) { range, tag, _ in
      result += bytes[copied..<range.lowerBound]
      result += tag
      cuts.append(Cut(range: range, replacement: tag.count))
      copied = range.upperBound
    }
    guard !cuts.isEmpty else { return (bytes, []) }
    result += bytes[copied...]
    return (result, cuts)
  }

  /// Learns what an exchange gives away, without changing it.
  package mutating func learn(from exchange: Exchange) { _ = redacted(exchange) }

  /// How long the longest form of a secret is.
  var reach: Int { needles.longest }

  /// Looks once more through what is about to be written. What was seen on its way only after it had
  /// been told is taken out now; what was declared can be there by a fault of ours alone.
  func cleaned(_ bytes: [UInt8]) -> (bytes: [UInt8], cuts: [Range<Int>], holdsDeclared: Bool) {
    var result: [UInt8] = []
    var cuts: [Range<Int>] = []
    var holdsDeclared = false
    var copied = 0
    needles.each(in: bytes) { range, tag, isDeclared in
      result += bytes[copied..<range.lowerBound] + tag
      copied = range.upperBound
      cuts.append(range)
      holdsDeclared = holdsDeclared || isDeclared
    }
    guard !cuts.isEmpty else { return (bytes, [], false) }
    return (result + bytes[copied...], cuts, holdsDeclared)
  }
}
