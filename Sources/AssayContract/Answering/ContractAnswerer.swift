package import AssayModel
internal import AssayText

/// Says what a server that keeps a contract could say.
///
/// The answer is the operation's example where there is one, and else a value made from the schema.
/// A request that breaks the contract is told so. `Prefer: code=404` asks for another status.
package struct ContractAnswerer: Answerer {
  private let contract: Contract
  private let judge: ContractJudge

  package init(contract: Contract) {
    self.contract = contract
    judge = ContractJudge(contracts: [contract])
  }

  package func answer(_ request: Request) -> Response {
    let path = ContractJudge.path(of: request.url)
    switch contract.match(method: request.method, path: path, host: "") {
    case .operation(let index, _): return answer(request, contract.operations[index])
    case .otherMethods(let methods):
      var response = problem(405, "the contract has this path for other methods")
      response.headers.append(HeaderField("Allow", methods.joined(separator: ", ")))
      return response
    case .none: return problem(404, "no operation of the contract fits this path")
    }
  }

  private func answer(_ request: Request, _ operation: Operation) -> Response {
    let preferred = preferredStatus(request)
    if preferred == nil, let refusal = refusal(request, operation) { return refusal }
    guard let rule = rule(operation, preferred) else {
      return problem(preferred ?? 500, "the contract documents no such response")
    }
    let status = Int(rule.status) ?? preferred ?? Self.status(forRange: rule.status)
    var response = Response(status: status, reason: "", version: "", headers: [], body: [])
    for header in rule.headers {
      guard let value = example(of: header) else { continue }
      response.headers.append(HeaderField(header.name, value))
    }
    guard status != 204, status != 304,
      let media = rule.content.first(where: \.range.isJSON) ?? rule.content.first
    else { return response }
    response.headers.append(HeaderField("Content-Type", Self.concrete(media.range)))
    guard request.method != "HEAD" else { return response }
    response.body = body(media)
    return response
  }

  private func preferredStatus(_ request: Request) -> Int? {
    for value in request.headers.values(of: "Prefer") {
      for preference in value.split(whereSeparator: { $0 == "," || $0 == " " || $0 == ";" })
      where preference.hasPrefix("code=") {
        return Int(preference.dropFirst(5))
      }
    }
    return nil
  }

  private func rule(_ operation: Operation, _ preferred: Int?) -> Operation.ResponseRule? {
    if let preferred { return operation.rule(for: preferred) }
    return operation.responses.first { $0.status.hasPrefix("2") }
      ?? operation.responses.first { $0.status == "default" } ?? operation.responses.first
  }

  private static func status(forRange text: String) -> Int {
    text.first?.wholeNumberValue.map { $0 * 100 } ?? 200
  }

  /// What a server says to a request that breaks the contract.
  private func refusal(_ request: Request, _ operation: Operation) -> Response? {
    let probe = Response(status: 200, reason: "", version: "", headers: [], body: [])
    let judgement = judge.judge(Exchange(request: request, outcome: .response(probe)))
    guard let verdict = judgement.verdicts.first(where: { $0.code == "contract.request" }),
      verdict.outcome == .failed
    else { return nil }
    let documented = ["400", "422"].first { status in
      operation.responses.contains { $0.status == status }
    }
    let status = documented.flatMap { Int($0) } ?? 400
    if let rule = operation.rule(for: status), let media = rule.content.first(where: \.range.isJSON)
    {
      return Response(
        status: status, reason: "", version: "",
        headers: [HeaderField("Content-Type", media.range.text)], body: body(media))
    }
    return problem(status, verdict.message)
  }

  /// RFC 9457.
  private func problem(_ status: Int, _ detail: String) -> Response {
    var writer = JSONWriter()
    writer.object {
      $0.member("status", status)
      $0.member("detail", detail)
    }
    return Response(
      status: status, reason: "", version: "",
      headers: [HeaderField("Content-Type", "application/problem+json")], body: writer.bytes)
  }

  private static func concrete(_ range: MediaType) -> String {
    range.type == "*"
      ? "application/json" : range.subtype == "*" ? range.type + "/plain" : range.text
  }

  private func body(_ media: Operation.MediaRule) -> [UInt8] {
    var exemplar = Exemplar(contract: contract)
    let value = exemplar.value(of: media)
    if !media.range.isJSON, media.range.type != "*", case .string(let text) = value {
      return Array(text.utf8)
    }
    var writer = JSONWriter()
    writer.value(value)
    return writer.bytes
  }

  private func example(of header: Operation.HeaderRule) -> String? {
    if let written = header.node["example"] { return written.value.substitution }
    guard let schema = header.schema, let encoding = header.encoding else { return nil }
    var exemplar = Exemplar(contract: contract)
    let value = exemplar.value(of: schema)
    switch (encoding.kind, value) {
    case (.primitive, _), (.array, .array): return value.substitution
    default:
      guard encoding.kind == .json else { return nil }
      var writer = JSONWriter()
      writer.value(value)
      return writer.text
    }
  }
}
