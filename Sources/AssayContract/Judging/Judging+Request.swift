internal import AssayModel
internal import AssayText

// The request's own side of a call.
extension Judging {
  /// A call that was meant to be refused, and was, may break the contract.
  func request(_ response: Response?) -> [Verdict] {
    var unjudged: [String] = []
    var findings = parameters(&unjudged)
    if let body = operation.body { findings += requestBody(body, &unjudged) }
    var security = self.security(&unjudged)
    if let status = response?.status, (400..<500).contains(status),
      operation.rule(for: status) != nil
    {
      for index in findings.indices { findings[index].severity = .info }
      for index in security.indices { security[index].severity = .info }
    }
    var verdicts = [verdict("contract: request", "contract.request", .request, findings, unjudged)]
    if !operation.security.isEmpty {
      verdicts.append(verdict("contract: security", "contract.security", .request, security, []))
    }
    return verdicts
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
    guard let type = exchange.request.headers.first("Content-Type").flatMap({ MediaType($0) }),
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
    if let index = body.content.firstIndex(where: { $0.range == media.range }) {
      seen.points.insert(layout.request(media: index))
    }
    guard media.schema != nil || media.item != nil else { return [] }
    guard type.isJSON, let schema = media.schema else {
      if let findings = plain(bytes, type, media, "contract.request", .body, &unjudged) {
        return findings
      }
      unjudged.append("bodies of type \(type.text)")
      return []
    }
    let verdicts = json(bytes, schema, "contract.request", .body, .request)
    unjudged += verdicts.filter { $0.outcome == .notJudged }.map(\.message)
    return verdicts.flatMap(\.findings)
  }

  // MARK: Parameters

  var query: [TextPair] {
    TextPair.list(ofQuery: target.query ?? "")
  }

  private func parameters(_ unjudged: inout [String]) -> [Finding] {
    let query = self.query
    let cookies = self.cookies()
    var findings: [Finding] = []
    for (index, parameter) in operation.parameters.enumerated() {
      if parameter.location == .querystring {
        findings += wholeQuery(parameter, &unjudged)
        continue
      }
      guard let encoding = parameter.encoding, let schema = parameter.schema else {
        unjudged.append("the parameter `\(parameter.name)`")
        continue
      }
      let reading = self.reading(parameter, encoding, schema, query, cookies)
      let part = Finding.Part(rawValue: parameter.location.rawValue) ?? .query
      seen.points.formUnion(layout.parameter(index, reading))
      if case .absent = reading {
        if parameter.isRequired { findings.append(missing(parameter, part)) }
        continue
      }
      if encoding.allowsEmpty, case .primitive("") = reading { continue }
      let decoding: Decoding =
        switch parameter.location {
        case .path: .percent
        case .query, .querystring: .form
        case .header: .none
        case .cookie: encoding.style == .cookie ? .none : .percent
        }
      findings += judge(
        reading, schema, decoding, "contract.request", part, parameter.name, at: parameter.node,
        &unjudged)
    }
    return findings
  }

  /// The query as a value of the type that its content has (OpenAPI 3.2, section 4.12.2.2).
  private func wholeQuery(
    _ parameter: Operation.Parameter, _ unjudged: inout [String]
  ) -> [Finding] {
    guard let query = target.query, !query.isEmpty else {
      return parameter.isRequired ? [missing(parameter, .query)] : []
    }
    let media = parameter.node["content"]?.members.first { _ in true }
    guard let media, let type = MediaType(media.name), let schema = parameter.schema,
      let value = type.isJSON
        ? Array(Decoding.form.text(query).utf8)
        : type.essence == "application/x-www-form-urlencoded"
          ? form(Array(query.utf8), schema, media.value["encoding"]) : nil
    else {
      unjudged.append("the parameter `\(parameter.name)`")
      return []
    }
    return judge(json: value, schema, "contract.request", .query, parameter.name, &unjudged)
  }

  private func missing(_ parameter: Operation.Parameter, _ part: Finding.Part) -> Finding {
    Finding(
      code: "contract.request", part: part, name: parameter.name, keyword: "required",
      message: "the \(parameter.location.rawValue) parameter `\(parameter.name)` is missing",
      place: parameter.node)
  }

  private func reading(
    _ parameter: Operation.Parameter, _ encoding: ParameterEncoding, _ schema: SchemaID,
    _ query: [TextPair], _ cookies: [TextPair]
  ) -> ParameterReading {
    switch parameter.location {
    case .path:
      guard let segment = pathValues[parameter.name] else { return .absent }
      return encoding.read(segment: segment, name: parameter.name)
    case .query, .querystring:
      return encoding.read(
        pairs: query, name: parameter.name, members: memberNames(of: schema))
    case .cookie:
      return encoding.read(
        pairs: cookies, name: parameter.name, members: memberNames(of: schema))
    case .header:
      let values = exchange.request.headers.values(of: parameter.name)
      // Several fields of one name are one list (RFC 9110, section 5.3).
      return values.isEmpty ? .absent : encoding.read(header: values.joined(separator: ","))
    }
  }

  func cookies() -> [TextPair] {
    exchange.request.headers.values(of: "Cookie").flatMap { $0.split(separator: ";") }.compactMap {
      let halves = $0.drop { $0 == " " }.split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return halves.count == 2
        ? TextPair(name: String(halves[0]), value: String(halves[1])) : nil
    }
  }

  // MARK: Security

  /// Nothing when one of the alternatives is met, as far as a request shows.
  private func security(_ unjudged: inout [String]) -> [Finding] {
    guard !operation.security.isEmpty,
      !operation.security.contains(where: { $0.allSatisfy(isMet) })
    else { return [] }
    let wanted = operation.security.map { alternative in
      alternative.map(\.name).joined(separator: " and ")
    }
    return [
      Finding(
        code: "contract.security", part: .security, keyword: "security",
        message: "the request carries none of the credentials that the contract asks for",
        expected: wanted.joined(separator: ", or "),
        place: operation.node["security"] ?? operation.node)
    ]
  }

  private func isMet(_ scheme: Operation.SecurityScheme) -> Bool {
    switch scheme.place {
    case .header(let name): exchange.request.headers.has(name)
    case .query(let name):
      query.contains { $0.decodedName == name }
    case .cookie(let name): cookies().contains { $0.name == name }
    case .authorization(let scheme):
      exchange.request.headers.values(of: "Authorization").contains {
        $0.lowercased().hasPrefix(scheme + " ")
      }
    case .unseen: true
    }
  }
}
