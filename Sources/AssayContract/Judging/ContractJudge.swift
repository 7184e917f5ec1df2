package import AssayModel
internal import AssayText

/// Compares exchanges with one or more contracts.
///
/// A call belongs to the first contract that has its operation. Each check is a verdict of its own
/// with a stable code, so that a report can count them and a run can be compared with the last.
package struct ContractJudge: Judge {
  private let contracts: [Contract]

  package init(contracts: [Contract]) { self.contracts = contracts }

  package func judge(_ exchange: Exchange) -> Judgement {
    let path = Self.path(of: exchange.request.url)
    var misses: [(contract: Contract, match: Contract.Match)] = []
    for contract in contracts {
      let match = contract.match(method: exchange.request.method, path: path)
      if case .operation(let operation, let values) = match {
        var judging = Judging(
          contract: contract, operation: operation, pathValues: values, exchange: exchange)
        return Judgement(operation: operation.name, verdicts: judging.verdicts())
      }
      misses.append((contract, match))
    }
    return Judgement(operation: nil, verdicts: [undocumented(exchange, path, misses)])
  }

  /// The path as it was sent, still encoded.
  static func path(of url: String) -> String {
    let path = URI(splitting: url).path
    return path.isEmpty ? "/" : path
  }

  private func undocumented(
    _ exchange: Exchange, _ path: String, _ misses: [(contract: Contract, match: Contract.Match)]
  ) -> Verdict {
    let method = exchange.request.method
    var finding = Finding(
      code: "contract.operation", part: .route, keyword: "paths",
      message: "no operation of the contract fits \(method) \(path)", received: "\(method) \(path)")
    for miss in misses {
      switch miss.match {
      case .otherMethods(let methods):
        let listed = methods.joined(separator: ", ")
        // HEAD and OPTIONS are never implied and hardly ever described: worth a word, no more.
        let isUsual = method == "HEAD" || method == "OPTIONS"
        finding.part = .method
        finding.severity = isUsual ? .info : .error
        finding.message = "the contract has this path for \(listed) only"
        finding.expected = listed
      case .none(let nearest) where finding.part == .route && !nearest.isEmpty:
        finding.expected = "near: " + nearest.joined(separator: ", ")
      case .none, .operation: break
      }
    }
    return Verdict(
      name: "contract: operation", code: "contract.operation",
      outcome: finding.severity == .error ? .failed : .notJudged, fault: .undocumented,
      message: finding.message + (finding.expected.isEmpty ? "" : " (\(finding.expected))"),
      findings: [finding])
  }
}

/// The judging of one exchange against its operation.
struct Judging {
  let contract: Contract
  let operation: Operation
  let pathValues: [String: String]
  let exchange: Exchange

  mutating func verdicts() -> [Verdict] {
    var verdicts = [
      Verdict(name: "contract: operation", code: "contract.operation", outcome: .passed)
    ]
    guard let response = exchange.response else { return verdicts }
    let (rule, status) = self.status(response)
    verdicts.append(status)
    verdicts.append(request(response))
    if operation.isDeprecated { verdicts.append(deprecated()) }
    guard let rule else { return verdicts }
    verdicts += headers(response, rule)
    verdicts += body(response, rule)
    return verdicts
  }

  // MARK: Status

  private func status(_ response: Response) -> (Operation.ResponseRule?, Verdict) {
    if let rule = operation.rule(for: response.status) {
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

  private func deprecated() -> Verdict {
    let finding = Finding(
      code: "contract.deprecated", severity: .warning, part: .route, keyword: "deprecated",
      message: "\(operation.name) is deprecated",
      place: operation.node["deprecated"] ?? operation.node)
    return Verdict(
      name: "contract: deprecated", code: "contract.deprecated", outcome: .passed,
      message: finding.message, findings: [finding])
  }

  // MARK: Response

  private func headers(_ response: Response, _ rule: Operation.ResponseRule) -> [Verdict] {
    guard !rule.headers.isEmpty else { return [] }
    var findings: [Finding] = []
    for header in rule.headers {
      guard let text = response.headers.first(header.name) else {
        if header.isRequired {
          findings.append(
            Finding(
              code: "contract.header", part: .responseHeader, name: header.name,
              keyword: "required", message: "the header field `\(header.name)` is missing",
              expected: "a field `\(header.name)`", place: header.node))
        }
        continue
      }
      guard let schema = header.schema, header.isText else { continue }
      findings += judge(text: text, schema, "contract.header", .responseHeader, header.name)
    }
    return [verdict("contract: headers", "contract.header", .response, findings, [])]
  }

  private func body(_ response: Response, _ rule: Operation.ResponseRule) -> [Verdict] {
    // These never have content, whatever their header fields say (RFC 9110, section 6.4.1).
    let status = response.status
    if exchange.request.method == "HEAD" || status == 204 || status == 304 || status < 200 {
      return []
    }
    guard !rule.content.isEmpty else {
      return [verdict("contract: body", "contract.body", .response, [], [])]
    }
    guard let field = response.headers.first("Content-Type"), let type = MediaType(field) else {
      return [missingType(response, rule)]
    }
    guard let media = rule.content.rule(for: type) else {
      let listed = rule.content.map(\.range.text).joined(separator: ", ")
      let finding = Finding(
        code: "contract.media-type", part: .contentType, keyword: "content",
        message: "\(type.text) is not documented for this status", expected: listed,
        received: type.text, place: rule.node["content"] ?? rule.node)
      return [failure("contract: content type", .response, [finding])]
    }
    let typed = Verdict(
      name: "contract: content type", code: "contract.media-type", outcome: .passed)
    guard let schema = media.schema else {
      return [typed, verdict("contract: body", "contract.body", .response, [], [])]
    }
    guard type.isJSON else {
      return [
        typed,
        Verdict(
          name: "contract: body", code: "contract.body", outcome: .notJudged,
          message: "bodies of type \(type.text) are not judged"),
      ]
    }
    return [typed] + json(response.body, schema, "contract.body", .responseBody, .response)
  }

  private func missingType(_ response: Response, _ rule: Operation.ResponseRule) -> Verdict {
    let finding = Finding(
      code: "contract.media-type", part: .contentType, keyword: "content",
      message: response.body.isEmpty
        ? "the response is empty and has no content type" : "the response has no content type",
      expected: rule.content.map(\.range.text).joined(separator: ", "),
      place: rule.node["content"] ?? rule.node)
    return failure("contract: content type", .response, [finding])
  }

  /// Judges a JSON body: its text first, then its value.
  private func json(
    _ bytes: [UInt8], _ schema: SchemaID, _ code: String, _ part: Finding.Part,
    _ fault: Verdict.Fault
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
    var validator = SchemaValidator(program: contract.program, instance: document)
    var findings: [Finding] = []
    if !validator.validate(schema) {
      findings = validator.violations.map { finding($0, document, code, part) }
    }
    for duplicate in document.duplicateNames(limit: 10) {
      findings.append(
        Finding(
          code: code, severity: .warning, part: part, keyword: "json",
          message: "the name `\(duplicate.name)` stands twice in one object",
          receivedRange: duplicate.second.range))
    }
    return [verdict(name, code, fault, findings, validator.unjudged.sorted())]
  }

  // MARK: Request

  /// The request's own side. A call that was meant to be refused, and was, may break the contract.
  private func request(_ response: Response) -> Verdict {
    var findings = parameters()
    var unjudged: [String] = []
    if let body = operation.body { findings += requestBody(body, &unjudged) }
    if (400..<500).contains(response.status), operation.rule(for: response.status) != nil {
      for index in findings.indices { findings[index].severity = .info }
    }
    return verdict("contract: request", "contract.request", .request, findings, unjudged)
  }

  private func requestBody(
    _ body: Operation.RequestBody, _ unjudged: inout [String]
  ) -> [Finding] {
    guard let bytes = exchange.request.body, !bytes.isEmpty else {
      guard body.isRequired else { return [] }
      return [
        Finding(
          code: "contract.request", part: .body, keyword: "required",
          message: "the request has no body and the contract requires one", place: body.node)
      ]
    }
    guard !body.content.isEmpty else { return [] }
    guard let type = exchange.request.headers.first("Content-Type").flatMap(MediaType.init),
      let media = body.content.rule(for: type)
    else {
      let received = exchange.request.headers.first("Content-Type") ?? "none"
      return [
        Finding(
          code: "contract.request", part: .contentType, keyword: "content",
          message: "the request's content type is not documented",
          expected: body.content.map(\.range.text).joined(separator: ", "), received: received,
          place: body.node["content"] ?? body.node)
      ]
    }
    guard let schema = media.schema else { return [] }
    guard type.isJSON else {
      unjudged.append("bodies of type \(type.text)")
      return []
    }
    return json(bytes, schema, "contract.request", .body, .request).flatMap(\.findings)
  }

  private func parameters() -> [Finding] {
    let query = Self.query(of: exchange.request.url)
    var findings: [Finding] = []
    for parameter in operation.parameters {
      let values: [String]
      switch parameter.location {
      case .path:
        values = pathValues[parameter.name].map { [PercentEncoding.decodedText($0)] } ?? []
      case .query: values = query.filter { $0.name == parameter.name }.map(\.value)
      case .header: values = exchange.request.headers.values(of: parameter.name)
      case .cookie: values = cookies().filter { $0.name == parameter.name }.map(\.value)
      }
      findings += judge(parameter, values)
    }
    return findings
  }

  private func judge(_ parameter: Operation.Parameter, _ values: [String]) -> [Finding] {
    let part = Finding.Part(rawValue: parameter.location.rawValue) ?? .query
    guard let first = values.first else {
      guard parameter.isRequired, parameter.shape != .unread else { return [] }
      return [
        Finding(
          code: "contract.request", part: part, name: parameter.name, keyword: "required",
          message: "the \(parameter.location.rawValue) parameter `\(parameter.name)` is missing",
          place: parameter.node)
      ]
    }
    guard let schema = parameter.schema else { return [] }
    switch parameter.shape {
    case .unread: return []
    case .text: return judge(text: first, schema, "contract.request", part, parameter.name)
    case .list(let isExploded):
      let items = isExploded ? values : first.split(separator: ",").map(String.init)
      var writer = JSONWriter()
      writer.array { writer in
        for item in items { Self.write(item, as: .element(of: schema, in: contract), to: &writer) }
      }
      return judge(json: writer.bytes, schema, "contract.request", part, parameter.name)
    }
  }

  private struct Pair {
    let name: String
    let value: String
  }

  /// `application/x-www-form-urlencoded`, as browsers and most servers read a query.
  private static func query(of url: String) -> [Pair] {
    guard let query = URI(splitting: url).query, !query.isEmpty else { return [] }
    return query.split(separator: "&").map { part in
      let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let texts = halves.map {
        PercentEncoding.decodedText(String($0).replacing("+", with: " "))
      }
      return Pair(name: texts[0], value: texts.count > 1 ? texts[1] : "")
    }
  }

  private func cookies() -> [Pair] {
    exchange.request.headers.values(of: "Cookie").flatMap { $0.split(separator: ";") }.compactMap {
      let halves = $0.drop { $0 == " " }.split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return halves.count == 2 ? Pair(name: String(halves[0]), value: String(halves[1])) : nil
    }
  }

  // MARK: Texts as values

  /// What a text stands for is said by its schema: `12` is a number where a number is asked for.
  private enum TextType {
    case types(TypeSet)

    static func of(_ schema: SchemaID, in contract: Contract) -> TextType {
      .types(types(schema, in: contract, depth: 0))
    }

    static func element(of schema: SchemaID, in contract: Contract) -> TextType {
      for rule in contract.program.schemas[schema].rules {
        if case .items(let items, _) = rule.keyword { return of(items, in: contract) }
        if case .reference(let target) = rule.keyword { return element(of: target, in: contract) }
      }
      return .types([])
    }

    private static func types(_ schema: SchemaID, in contract: Contract, depth: Int) -> TypeSet {
      guard depth < 16 else { return [] }
      for rule in contract.program.schemas[schema].rules {
        if case .type(let types) = rule.keyword { return types }
        if case .reference(let target) = rule.keyword {
          return types(target, in: contract, depth: depth + 1)
        }
      }
      return []
    }
  }

  private static func write(_ text: String, as type: TextType, to writer: inout JSONWriter) {
    guard case .types(let types) = type else { return }
    if !types.isDisjoint(with: [.number, .integer]), isNumber(text) {
      writer.number(text)
    } else if types.contains(.boolean), text == "true" || text == "false" {
      writer.bool(text == "true")
    } else {
      writer.string(text)
    }
  }

  private static func isNumber(_ text: String) -> Bool {
    (try? JSONReader.read(SourceFile(name: "value", text: text)))?.root.kind == .number
  }

  private func judge(
    text: String, _ schema: SchemaID, _ code: String, _ part: Finding.Part, _ name: String
  ) -> [Finding] {
    var writer = JSONWriter()
    Self.write(text, as: .of(schema, in: contract), to: &writer)
    return judge(json: writer.bytes, schema, code, part, name)
  }

  private func judge(
    json bytes: [UInt8], _ schema: SchemaID, _ code: String, _ part: Finding.Part, _ name: String
  ) -> [Finding] {
    guard let document = try? JSONReader.read(SourceFile(name: name, bytes: bytes)) else {
      return []
    }
    var validator = SchemaValidator(program: contract.program, instance: document)
    guard !validator.validate(schema) else { return [] }
    return validator.violations.map {
      var finding = finding($0, document, code, part)
      finding.name = name
      finding.receivedRange = nil
      return finding
    }
  }

  // MARK: Verdicts

  private func finding(
    _ violation: SchemaValidator.Violation, _ document: Document, _ code: String,
    _ part: Finding.Part
  ) -> Finding {
    let schema = contract.program.schemas[violation.schema].node
    let rule = Node(document: schema.document, index: violation.rule.place)
    let pointer = JSONPointer(
      tokens: violation.at.map {
        switch $0 {
        case .member(let key): document.text(at: key)
        case .element(let position): String(position)
        }
      })
    var finding = Finding(
      code: code, part: part, at: pointer.description, keyword: violation.rule.name,
      message: violation.message, expected: violation.expected, received: violation.received,
      place: rule)
    finding.receivedRange = document.range(at: violation.index)
    return finding
  }

  private func verdict(
    _ name: String, _ code: String, _ fault: Verdict.Fault, _ findings: [Finding],
    _ unjudged: [String]
  ) -> Verdict {
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

  private func failure(_ name: String, _ fault: Verdict.Fault, _ findings: [Finding]) -> Verdict {
    let worst = findings.first { $0.severity == .error } ?? findings[0]
    let more = findings.count > 1 ? " (and \(findings.count - 1) more)" : ""
    let place = worst.at.isEmpty ? "" : "\(worst.at): "
    return Verdict(
      name: name, code: worst.code, outcome: .failed, fault: fault,
      message: place + worst.message + more, place: worst.document, findings: findings)
  }
}

extension Finding {
  /// A finding that points at a node of the contract: its place, its pointer and its lines.
  init(
    code: String, severity: Severity = .error, part: Part, name: String? = nil, at: String = "",
    keyword: String, message: String, expected: String = "", received: String = "", place: Node
  ) {
    self.init(
      code: code, severity: severity, part: part, name: name, at: at, keyword: keyword,
      message: message, expected: expected, received: received, document: place.span.place,
      documentPointer: place.pointer.description, documentExcerpt: place.excerpt)
  }
}

extension Node {
  /// The lines around the first line of this value.
  fileprivate var excerpt: [Finding.ExcerptLine] {
    let line = span.start.line
    return (max(1, line - 3)...line + 3).compactMap { number in
      guard let range = document.file.rangeOfLine(number) else { return nil }
      let text = document.file.text(
        in: range.lowerBound..<min(range.upperBound, range.lowerBound + 200))
      return Finding.ExcerptLine(number: number, text: text, isMarked: number == line)
    }
  }
}
