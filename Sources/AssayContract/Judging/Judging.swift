internal import AssayModel
internal import AssayText

/// The judging of one exchange against its operation.
struct Judging {
  let contract: Contract
  let operation: Operation
  let layout: PointLayout
  let page: CoverageBook.Page
  let pathValues: [String: String]
  let target: CallTarget
  let exchange: Exchange
  let latitude: Latitude
  /// What stands where a secret was taken out.
  var taken: String?
  let seen = SeenPoints()

  func verdicts() -> [Verdict] {
    var verdicts = [
      Verdict(name: "contract: operation", code: "contract.operation", outcome: .passed)
    ]
    guard let response = exchange.response else {
      return verdicts + request(nil) + (latitude.extra == .off ? [] : [extraOfRequest()])
    }
    let (rule, status) = self.status(response)
    verdicts.append(status)
    verdicts += request(response)
    verdicts += deprecated(response)
    if let rule {
      verdicts += headers(response, rule)
      verdicts += body(response, rule)
      verdicts += links(response, rule)
    }
    if latitude.extra != .off { verdicts += [extraOfRequest(), extra(response, rule)] }
    return verdicts
  }

  // MARK: Status

  func status(_ response: Response) -> (Operation.ResponseRule?, Verdict) {
    if let rule = operation.rule(for: response.status) {
      if rule.content.isEmpty { see(rule, nil) }
      return (
        rule, Verdict(name: "contract: status", code: "contract.status", outcome: .passed)
      )
    }
    let documented = operation.responses.map(\.status).joined(separator: ", ")
    let finding = Finding(
      code: "contract.status", part: .status, keyword: "responses",
      message: "status \(response.status) is not documented", expected: documented,
      received: String(response.status), place: operation.node["responses"] ?? operation.node)
    return (nil, failure("contract: status", .undocumented, [finding]))
  }

  /// Notes that a documented status came with a documented type.
  private func see(_ rule: Operation.ResponseRule, _ media: Int?) {
    guard let index = operation.responses.firstIndex(where: { $0.status == rule.status }) else {
      return
    }
    seen.points.insert(layout.response(index, media: media))
  }

  /// What the contract and the server say of the end of this operation (RFC 9745, RFC 8594).
  func deprecated(_ response: Response) -> [Verdict] {
    let fields = ["Deprecation", "Sunset"].compactMap { name in
      response.headers.first(name).map { "\(name): \($0)" }
    }
    guard operation.isDeprecated || !fields.isEmpty else { return [] }
    let who = operation.isDeprecated ? "is deprecated" : "is deprecated by its server"
    let finding = Finding(
      code: "contract.deprecated", severity: .warning, part: .route, keyword: "deprecated",
      message: "\(operation.name) \(who)"
        + (fields.isEmpty ? "" : " (\(fields.joined(separator: ", ")))"),
      received: fields.joined(separator: ", "),
      place: operation.node["deprecated"] ?? operation.node)
    return [
      Verdict(
        name: "contract: deprecated", code: "contract.deprecated", outcome: .passed,
        message: finding.message, findings: [finding])
    ]
  }

  // MARK: Response

  func headers(_ response: Response, _ rule: Operation.ResponseRule) -> [Verdict] {
    guard !rule.headers.isEmpty else { return [] }
    var unjudged: [String] = []
    let findings = headers(
      response.headers, rule.headers, "contract.header", .responseHeader, &unjudged)
    return [verdict("contract: headers", "contract.header", .response, findings, unjudged)]
  }

  /// Judges fields by the rules for them, one after another.
  func headers(
    _ fields: [HeaderField], _ rules: [Operation.HeaderRule], _ code: String, _ part: Finding.Part,
    _ unjudged: inout [String]
  ) -> [Finding] {
    var findings: [Finding] = []
    for header in rules {
      let values = fields.values(of: header.name)
      let text = values.joined(separator: ",")
      guard !values.isEmpty else {
        if header.isRequired {
          findings.append(
            Finding(
              code: code, part: part, name: header.name,
              keyword: "required", message: "the header field `\(header.name)` is missing",
              expected: "a field `\(header.name)`", place: header.node))
        }
        continue
      }
      guard let schema = header.schema, let encoding = header.encoding else {
        unjudged.append("the header field `\(header.name)`")
        continue
      }
      findings += judge(
        encoding.read(header: text), schema, .none, code, part, header.name,
        at: header.node, &unjudged)
    }
    return findings
  }

  func body(_ response: Response, _ rule: Operation.ResponseRule) -> [Verdict] {
    // These never have content, whatever their header fields say (RFC 9110, section 6.4.1).
    let status = response.status
    if exchange.request.method == "HEAD" || status == 204 || status == 304 || status < 200 {
      guard !response.body.isEmpty else { return [] }
      let finding = Finding(
        code: "contract.body", part: .responseBody, keyword: "content",
        message: "a response to \(exchange.request.method) with status \(status) has no content",
        expected: "no content", received: "\(response.body.count) bytes", place: rule.node)
      return [failure("contract: body", .response, [finding])]
    }
    guard !rule.content.isEmpty else {
      return [verdict("contract: body", "contract.body", .response, [], [])]
    }
    guard let field = response.headers.first("Content-Type"), let type = MediaType(field) else {
      return [missingType(response, rule), likelyBody(response, rule)].compactMap(\.self)
    }
    guard let media = rule.content.rule(for: type) else {
      let listed = rule.content.map(\.range.text).joined(separator: ", ")
      let finding = Finding(
        code: "contract.media-type", part: .contentType, keyword: "content",
        message: "\(type.text) is not documented for this status", expected: listed,
        received: type.text, place: rule.node["content"] ?? rule.node)
      return [failure("contract: content type", .response, [finding])]
    }
    let position = rule.content.firstIndex { $0.range == media.range } ?? 0
    see(rule, position)
    let typed = Verdict(
      name: "contract: content type", code: "contract.media-type", outcome: .passed)
    guard media.schema != nil || media.item != nil else {
      return [typed, verdict("contract: body", "contract.body", .response, [], [])]
    }
    guard response.body.count == response.bodySize else {
      return [
        typed,
        Verdict(
          name: "contract: body", code: "contract.body", outcome: .notJudged,
          message: "the body was not kept"),
      ]
    }
    guard type.isJSON, let schema = media.schema else {
      var unjudged: [String] = []
      if let findings = plain(
        response.body, type, media, "contract.body", .responseBody, &unjudged)
      {
        return [
          typed, verdict("contract: body", "contract.body", .response, findings, unjudged),
        ]
      }
      return [
        typed,
        Verdict(
          name: "contract: body", code: "contract.body", outcome: .notJudged,
          message: "bodies of type \(type.text) are not judged"),
      ]
    }
    let number = operation.responses.firstIndex { $0.status == rule.status }
    return [typed]
      + json(
        response.body, schema, "contract.body", .responseBody, .response,
        tree: number.flatMap { page.tree($0, position) })
  }

  func missingType(_ response: Response, _ rule: Operation.ResponseRule) -> Verdict {
    let finding = Finding(
      code: "contract.media-type", part: .contentType, keyword: "content",
      message: response.body.isEmpty
        ? "the response is empty and has no content type" : "the response has no content type",
      expected: rule.content.map(\.range.text).joined(separator: ", "),
      place: rule.node["content"] ?? rule.node)
    return failure("contract: content type", .response, [finding])
  }

  /// A body that does not say what it is, read as the only JSON that is promised.
  private func likelyBody(_ response: Response, _ rule: Operation.ResponseRule) -> Verdict? {
    guard response.bodySize > 0 else {
      let finding = Finding(
        code: "contract.body", part: .responseBody, keyword: "content",
        message: "the response is empty, and the contract promises content",
        expected: rule.content.map(\.range.text).joined(separator: ", "), received: "no content",
        place: rule.node["content"] ?? rule.node)
      return failure("contract: body", .response, [finding])
    }
    guard response.body.count == response.bodySize, rule.content.count == 1,
      rule.content[0].range.isJSON, let schema = rule.content[0].schema,
      (try? JSONReader.read(SourceFile(name: "body", bytes: response.body))) != nil
    else { return nil }
    return json(response.body, schema, "contract.body", .responseBody, .response).first
  }

  /// Judges a JSON body: its text first, then its value.
  func json(
    _ bytes: [UInt8], _ schema: SchemaID, _ code: String, _ part: Finding.Part,
    _ fault: Verdict.Fault, tree: PropertyTree? = nil
  ) -> [Verdict] {
    let name = part == .responseBody ? "contract: body" : "contract: request"
    let file = SourceFile(
      name: part == .responseBody ? "response body" : "request body", bytes: bytes)
    let document: Document
    do {
      document = try JSONReader.read(file)
    } catch {
      let label = error.labels.first
      let place =
        label.map { " at line \($0.span.start.line), column \($0.span.start.column)" } ?? ""
      let finding = Finding(
        code: code, part: part, keyword: "json",
        message: "the body is not valid JSON\(place): \(label?.text ?? error.message)",
        expected: "JSON", receivedRange: label?.span.range)
      return [failure(name, fault, [finding])]
    }
    if part == .responseBody { seen.isHollow = document.isHollow }
    if let tree {
      var places: Set<Int> = []
      tree.walk(document, &places)
      seen.points.formUnion(places.lazy.map { $0 + layout.points.count })
    }
    var validator = SchemaValidator(program: contract.program, instance: document)
    var findings: [Finding] = []
    if !validator.validate(schema) {
      findings = validator.violations.map { finding($0, document, code, part) }
    }
    findings += stowaways(validator, document, code, part)
    findings += validator.advice.map { advice in
      let schema = contract.program.schemas[advice.schema].node
      return Finding(
        code: code, severity: .warning, part: part, at: advice.at.description,
        keyword: "discriminator", message: advice.message, expected: advice.expected,
        place: schema["discriminator"] ?? schema, range: document.range(at: advice.index))
    }
    for duplicate in document.duplicateNames(limit: 10) {
      findings.append(
        Finding(
          code: code, severity: .warning, part: part, keyword: "json",
          message: "the name `\(duplicate.name)` stands twice in one object",
          receivedRange: duplicate.second.range))
    }
    for index in findings.indices {
      findings[index].receivedLine = findings[index].receivedRange.map {
        file.position(at: $0.lowerBound).line
      }
    }
    return [verdict(name, code, fault, findings, validator.unjudged.sorted())]
  }

  // MARK: Verdicts

  func finding(
    _ violation: SchemaValidator.Violation, _ document: Document, _ code: String,
    _ part: Finding.Part
  ) -> Finding {
    let schema = contract.program.schemas[violation.schema].node
    let rule = Node(document: schema.document, index: violation.rule.place)
    // A rule that forbids members is broken by the object that has one; the bytes are the member's.
    let isOfParent = ["additionalProperties", "unevaluatedProperties", "unevaluatedItems"]
      .contains(violation.rule.name)
    let at = isOfParent ? Array(violation.at.dropLast()) : violation.at
    var finding = Finding(
      code: code, part: part, at: SchemaValidator.pointer(at, in: document).description,
      keyword: violation.rule.name,
      message: violation.message, expected: violation.expected, received: violation.received,
      place: rule)
    finding.receivedRange = document.range(at: violation.index)
    return finding
  }

  /// Members that should not travel this way. 2.0 forbids it; 3.0 says SHOULD NOT; since 3.1 a server
  /// may ignore them.
  func stowaways(
    _ validator: SchemaValidator, _ document: Document, _ code: String, _ part: Finding.Part
  ) -> [Finding] {
    validator.stowaways.map { key, id, at in
      let isRequest = part == .body
      let keyword = isRequest ? "readOnly" : "writeOnly"
      let schema = contract.program.schemas[id].node
      let name = document.text(at: key)
      var finding = Finding(
        code: code, severity: severityOfStowaways, part: part,
        at: SchemaValidator.pointer(at, in: document).description, keyword: keyword,
        message: isRequest
          ? "`\(name)` is readOnly and was sent" : "`\(name)` is writeOnly and came back",
        expected: "no member `\(name)` in a \(isRequest ? "request" : "response")",
        place: schema[keyword] ?? schema)
      finding.receivedRange = document.range(at: document.next(after: key))
      finding.reading = "OpenAPI says that it SHOULD NOT be sent, which is no ban"
      if contract.version == .v2 { finding.reading = nil }
      return finding
    }
  }

  private var severityOfStowaways: Finding.Severity {
    switch contract.version {
    case .v2: .error
    case .v30: .warning
    case .v31: .info
    }
  }

  func verdict(
    _ name: String, _ code: String, _ fault: Verdict.Fault, _ findings: [Finding],
    _ unjudged: [String]
  ) -> Verdict {
    var (findings, unjudged) = (findings, unjudged)
    if let taken, findings.contains(where: { $0.received.contains(taken) }) {
      findings.removeAll { $0.received.contains(taken) }
      unjudged.append("values that were taken out as secrets")
    }
    if findings.contains(where: { $0.severity == .error }) {
      return failure(name, fault, findings)
    }
    if !unjudged.isEmpty {
      return Verdict(
        name: name, code: code, outcome: .notJudged,
        message: "not judged: " + unjudged.joined(separator: ", "), findings: findings)
    }
    return Verdict(name: name, code: code, outcome: .passed, findings: findings)
  }

  func failure(_ name: String, _ fault: Verdict.Fault, _ findings: [Finding]) -> Verdict {
    let worst = findings.first { $0.severity == .error } ?? findings[0]
    let more = findings.count > 1 ? " (and \(findings.count - 1) more)" : ""
    let part = worst.name.map { worst.message.contains("`\($0)`") ? "" : "`\($0)`" } ?? ""
    let spot = part + worst.at
    let place = spot.isEmpty ? "" : "\(spot): "
    return Verdict(
      name: name, code: worst.code, outcome: .failed, fault: fault,
      message: place + worst.message + more, place: worst.document, findings: findings)
  }
}

extension Finding {
  /// A finding that points at a node of the contract: its place, its pointer and its lines.
  init(
    code: String, severity: Severity = .error, part: Part, name: String? = nil, at: String = "",
    keyword: String, message: String, expected: String = "", received: String = "", place: Node,
    range: Range<Int>? = nil
  ) {
    self.init(
      code: code, severity: severity, part: part, name: name, at: at, keyword: keyword,
      message: message, expected: expected, received: received, document: place.span.place,
      documentPointer: place.pointer.description, documentExcerpt: place.excerpt,
      receivedRange: range)
  }
}

extension Document {
  /// Whether there is not one value in it, such as in an empty list.
  fileprivate var isHollow: Bool {
    var pending = [0]
    while let index = pending.popLast() {
      guard kind(at: index) == .array || kind(at: index) == .object else { return false }
      let isObject = kind(at: index) == .object
      var child = firstChild(of: index)
      for _ in 0..<count(at: index) {
        let value = isObject ? next(after: child) : child
        pending.append(value)
        child = next(after: value)
      }
    }
    return true
  }
}

extension Node {
  /// The lines around the first line of this value; of long ones what stands near it.
  fileprivate var excerpt: [Finding.ExcerptLine] {
    let start = span.start
    let offset = range.lowerBound
    return (max(1, start.line - 3)...start.line + 3).compactMap { number in
      let isMarked = number == start.line
      guard let line = document.file.rangeOfLine(number) else { return nil }
      let isLong = line.count > 160
      guard
        let part = isLong
          ? document.file.part(
            ofLine: number, near: isMarked ? offset + 40 : line.lowerBound, reach: 80)
          : line
      else { return nil }
      let lead = part.lowerBound > line.lowerBound ? "…" : ""
      let tail = part.upperBound < line.upperBound ? "…" : ""
      let before = document.file.text(in: part.lowerBound..<max(part.lowerBound, offset))
      return Finding.ExcerptLine(
        number: number, text: lead + document.file.text(in: part) + tail, isMarked: isMarked,
        column: isMarked ? lead.count + before.unicodeScalars.count + 1 : nil)
    }
  }
}
