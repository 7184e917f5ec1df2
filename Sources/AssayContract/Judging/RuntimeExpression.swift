package import AssayModel
internal import AssayText

/// An expression that takes a value from an exchange, as links and callbacks have it (OpenAPI 3.1,
/// section 4.8.20.4; 3.2, "Runtime Expressions").
package struct RuntimeExpression {
  private let text: String

  package init(_ text: String) { self.text = text }

  /// The value in one exchange; nil where it cannot be taken.
  ///
  /// - Parameter pathValues: What stood in the places of the path.
  package func value(in exchange: Exchange, _ pathValues: [String: String]) -> Value? {
    if text.hasPrefix("$") { return taken(text[...], exchange, pathValues) }
    if text.hasPrefix("{$"), text.hasSuffix("}"), text.dropFirst().firstIndex(of: "{") == nil {
      return taken(text.dropFirst().dropLast(), exchange, pathValues)
    }
    // Between other text a value is text too.
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let inner = rest[rest.index(after: open)..<close]
      result += rest[..<open]
      if inner.hasPrefix("$") {
        guard let value = taken(inner, exchange, pathValues) else { return nil }
        result += value.substitution
      } else {
        result += rest[open...close]
      }
      rest = rest[rest.index(after: close)...]
    }
    return .string(result + rest)
  }

  private func taken(
    _ expression: Substring, _ exchange: Exchange, _ pathValues: [String: String]
  ) -> Value? {
    switch expression {
    case "$url": return .string(exchange.request.url)
    case "$method": return .string(exchange.request.method)
    case "$statusCode": return exchange.response.map { .number(String($0.status)) }
    default: break
    }
    let (side, source) = String(expression).parted(at: ".") ?? (expression, "")
    switch side {
    case "$request":
      return taken(
        source, headers: exchange.request.headers, body: exchange.request.body ?? [],
        exchange.request.url, pathValues)
    case "$response":
      guard let response = exchange.response else { return nil }
      return taken(source, headers: response.headers, body: response.body, nil, [:])
    default: return nil
    }
  }

  private func taken(
    _ source: Substring, headers: [HeaderField], body: [UInt8], _ url: String?,
    _ pathValues: [String: String]
  ) -> Value? {
    if source == "body" || source.hasPrefix("body#") {
      guard let root = try? JSONReader.read(SourceFile(name: "body", bytes: body)).root else {
        return nil
      }
      return JSONPointer(String(source.dropFirst(5)))?.resolve(in: root)?.value
    }
    guard let (kind, name) = String(source).parted(at: ".") else { return nil }
    switch kind {
    case "header": return headers.first(String(name)).map { .string($0) }
    case "path": return pathValues[String(name)].map { .string(PercentEncoding.decodedText($0)) }
    case "query":
      let query = url.flatMap { URI(splitting: $0).query } ?? ""
      return TextPair.list(ofQuery: query).first { $0.decodedName == name }.map {
        .string(Judging.Decoding.form.text($0.value))
      }
    default: return nil
    }
  }
}

extension Judging {
  /// Whether the links that a response promises can be followed: what they take from it has to be there.
  func links(_ response: Response, _ rule: Operation.ResponseRule) -> [Verdict] {
    guard !rule.links.isEmpty, response.body.count == response.bodySize else { return [] }
    var findings: [Finding] = []
    for (name, link) in rule.links {
      let parameters = link["parameters"]?.members.map { ($0.name, $0.value) } ?? []
      let body = link["requestBody"].map { [("requestBody", $0)] } ?? []
      for (parameter, node) in parameters + body {
        guard let text = node.string, text.contains("$"),
          RuntimeExpression(text).value(in: exchange, pathValues) == nil
        else { continue }
        findings.append(
          Finding(
            code: "contract.link", severity: .warning, part: .responseBody, name: name,
            keyword: "links",
            message:
              "the link `\(name)` cannot be followed: `\(parameter)` takes `\(text)`, which is "
              + "not there",
            expected: text, place: node))
      }
    }
    return [verdict("contract: links", "contract.link", .response, findings, [])]
  }
}
