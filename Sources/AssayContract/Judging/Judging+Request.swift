internal import AssayModel
internal import AssayText

// The request's own side of a call.
extension Judging {
  /// The request's own side. A call that was meant to be refused, and was, may break the contract.
  func request(_ response: Response) -> Verdict {
    var findings = parameters()
    var unjudged: [String] = []
    if let body = operation.body { findings += requestBody(body, &unjudged) }
    if (400..<500).contains(response.status), operation.rule(for: response.status) != nil {
      for index in findings.indices { findings[index].severity = .info }
    }
    return verdict("contract: request", "contract.request", .request, findings, unjudged)
  }

  func requestBody(
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

  func parameters() -> [Finding] {
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

  func judge(_ parameter: Operation.Parameter, _ values: [String]) -> [Finding] {
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

  struct Pair {
    let name: String
    let value: String
  }

  /// `application/x-www-form-urlencoded`, as browsers and most servers read a query.
  static func query(of url: String) -> [Pair] {
    guard let query = URI(splitting: url).query, !query.isEmpty else { return [] }
    return query.split(separator: "&").map { part in
      let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let texts = halves.map {
        PercentEncoding.decodedText(String($0).replacing("+", with: " "))
      }
      return Pair(name: texts[0], value: texts.count > 1 ? texts[1] : "")
    }
  }

  func cookies() -> [Pair] {
    exchange.request.headers.values(of: "Cookie").flatMap { $0.split(separator: ";") }.compactMap {
      let halves = $0.drop { $0 == " " }.split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return halves.count == 2 ? Pair(name: String(halves[0]), value: String(halves[1])) : nil
    }
  }
}
