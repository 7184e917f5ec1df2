package import AssayModel
internal import AssayText

/// Says what a server that keeps a contract could say.
///
/// The answer is the operation's example where there is one that holds, and else a value made from the
/// schema. A request that breaks the contract is told so. `Prefer: code=404, example=name,
/// dynamic=true` asks for another status, a named example, or a value made anew (RFC 7240).
package struct ContractAnswerer: Answerer {
  private let contract: Contract
  private let judge: ContractJudge
  private let seed: UInt64?

  /// - Parameter seed: What makes values differ; nil for the same plain ones always.
  package init(contract: Contract, seed: UInt64? = nil) {
    self.contract = contract
    self.seed = seed
    judge = ContractJudge(contracts: [contract])
  }

  package func answer(_ request: Request) -> Response {
    let target = CallTarget(request.url)
    let anywhere = CallTarget(path: target.path, query: target.query)
    switch contract.match(method: request.method, anywhere) {
    case .operation(let index, _): return answer(request, contract.operations[index])
    case .otherMethods(let methods):
      var response = problem(405, "the contract has this path for other methods", [])
      response.headers.append(HeaderField("Allow", methods.joined(separator: ", ")))
      return response
    case .none(let nearest):
      let near = nearest.map { "\($0.template) (\($0.reason))" }.joined(separator: ", ")
      return problem(
        404,
        "no operation of the contract fits this path" + (near.isEmpty ? "" : "; near: \(near)"),
        [])
    }
  }

  private func answer(_ request: Request, _ operation: Operation) -> Response {
    let wishes = Preferences(request)
    if wishes.status == nil, let refusal = refusal(request, operation) { return refusal }
    guard let rule = rule(operation, wishes.status) else {
      return problem(wishes.status ?? 500, "the contract documents no such response", [])
    }
    let status = Int(rule.status) ?? wishes.status ?? Self.status(forRange: rule.status)
    return answer(rule, status, request, wishes)
  }

  private func answer(
    _ rule: Operation.ResponseRule, _ status: Int, _ request: Request, _ wishes: Preferences,
    saying text: String? = nil
  ) -> Response {
    var response = Response(status: status, reason: "", version: "", headers: [], body: [])
    var exemplar = Exemplar(contract: contract, seed: wishes.isDynamic ? seed ?? 1 : seed)
    for header in rule.headers {
      guard let value = example(of: header, &exemplar) else { continue }
      response.headers.append(HeaderField(header.name, value))
    }
    guard status >= 200, status != 204, status != 304, !rule.content.isEmpty else {
      return response
    }
    guard let media = Self.negotiated(rule.content, request) else {
      return problem(406, "none of the documented media types is acceptable", [])
    }
    response.headers.append(HeaderField("Content-Type", Self.concrete(media.range)))
    guard request.method != "HEAD" else { return response }
    var value = exemplar.value(of: media, example: wishes.example)
    if let text { value = Self.saying(text, status, in: value) }
    response.body = BodyWriter(contract: contract).bytes(of: value, media)
    return response
  }

  // MARK: What is asked for

  private struct Preferences {
    var status: Int?
    var example: String?
    var isDynamic = false

    init(_ request: Request) {
      for field in request.headers.values(of: "Prefer") {
        for preference in field.split(whereSeparator: { $0 == "," || $0 == ";" || $0 == " " }) {
          let halves = preference.split(separator: "=", maxSplits: 1)
          guard halves.count == 2 else { continue }
          let value = halves[1].filter { $0 != "\"" }
          switch halves[0] {
          case "code": status = Int(value)
          case "example": example = value
          case "dynamic": isDynamic = value == "true"
          default: break
          }
        }
      }
    }
  }

  /// The documented type that a client likes best (RFC 9110, section 12.5.1); JSON where it has no
  /// opinion.
  private static func negotiated(
    _ content: [Operation.MediaRule], _ request: Request
  ) -> Operation.MediaRule? {
    let usual = content.first(where: \.range.isJSON) ?? content.first
    let fields = request.headers.values(of: "Accept").flatMap { $0.split(separator: ",") }
    let ranges = fields.compactMap { field -> (range: MediaType, weight: Double)? in
      guard var range = MediaType(String(field)) else { return nil }
      let weight = range.takeParameter("q").flatMap(Double.init) ?? 1
      return (range, weight)
    }
    guard !ranges.isEmpty else { return usual }
    func weight(_ media: Operation.MediaRule) -> Double {
      ranges.filter { $0.range.includes(media.range) || media.range.includes($0.range) }
        .max { $0.range.weight < $1.range.weight }?.weight ?? 0
    }
    let best = content.max { weight($0) < weight($1) }
    guard let best, weight(best) > 0 else { return nil }
    return usual.map { weight($0) == weight(best) ? $0 : best } ?? best
  }

  private func rule(_ operation: Operation, _ preferred: Int?) -> Operation.ResponseRule? {
    if let preferred { return operation.rule(for: preferred) }
    return operation.responses.first { $0.status.hasPrefix("2") }
      ?? operation.responses.first { $0.status == "default" } ?? operation.responses.first
  }

  private static func status(forRange text: String) -> Int {
    text.first?.wholeNumberValue.map { $0 * 100 } ?? 200
  }

  // MARK: Refusals

  /// What a server says to a request that breaks the contract.
  private func refusal(_ request: Request, _ operation: Operation) -> Response? {
    let judgement = judge.judge(
      Exchange(request: request, outcome: .failed(TransportFault(.other, ""))))
    func isBroken(_ code: String) -> [Finding] {
      judgement.verdicts.first { $0.code == code && $0.outcome == .failed }?.findings ?? []
    }
    // Credentials are asked for only where the contract says what happens without.
    if !isBroken("contract.security").isEmpty,
      let rule = operation.responses.first(where: {
        $0.status == "401"
      })
    {
      return answer(rule, 401, request, Preferences(request), saying: "credentials are missing")
    }
    let findings = isBroken("contract.request").filter { $0.severity == .error }
    guard let first = findings.first else { return nil }
    let detail = (first.name.map { "\($0): " } ?? "") + first.message
    for status in [400, 422] {
      guard let rule = operation.responses.first(where: { $0.status == String(status) }) else {
        continue
      }
      return answer(rule, status, request, Preferences(request), saying: detail)
    }
    return problem(400, detail, findings)
  }

  /// Puts what is wrong where a problem's own words stand, if it has such a member.
  private static func saying(_ text: String, _ status: Int, in value: Value) -> Value {
    guard case .object(var members) = value else { return value }
    if let index = members.firstIndex(where: { $0.name == "status" }),
      case .number = members[index].value
    {
      members[index].value = .number(String(status))
    }
    for name in ["detail", "message", "error_description", "title"] {
      guard let index = members.firstIndex(where: { $0.name == name }),
        case .string = members[index].value
      else { continue }
      members[index].value = .string(text)
      break
    }
    return .object(members)
  }

  /// RFC 9457.
  private func problem(_ status: Int, _ detail: String, _ findings: [Finding]) -> Response {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("type", "about:blank")
      writer.member("title", status == 400 ? "The request breaks the contract" : "Not served")
      writer.member("status", status)
      writer.member("detail", detail)
      guard !findings.isEmpty else { return }
      writer.name("errors")
      writer.array { writer in
        for finding in findings {
          writer.object {
            $0.member("in", finding.part.rawValue)
            $0.member("name", ifAny: finding.name)
            $0.member("at", finding.at)
            $0.member("keyword", finding.keyword)
            $0.member("message", finding.message)
          }
        }
      }
    }
    return Response(
      status: status, reason: "", version: "",
      headers: [HeaderField("Content-Type", "application/problem+json")], body: writer.bytes)
  }

  private static func concrete(_ range: MediaType) -> String {
    if range.type == "multipart", range.parameters["boundary"] == nil {
      return range.text + "; boundary=" + BodyWriter.boundary
    }
    return range.type == "*"
      ? "application/json" : range.subtype == "*" ? range.type + "/plain" : range.text
  }

  private func example(of header: Operation.HeaderRule, _ exemplar: inout Exemplar) -> String? {
    if let written = header.node["example"] { return written.value.substitution }
    guard let schema = header.schema, let encoding = header.encoding else { return nil }
    let value = exemplar.value(of: schema)
    switch (encoding.kind, value) {
    case (.json, _): return JSONWriter.text(of: value)
    case (_, .array(let elements)):
      return elements.map(\.substitution).joined(separator: ",")
    case (_, .object(let members)):
      return members.map { member in
        [member.name, member.value.substitution].joined(separator: encoding.isExploded ? "=" : ",")
      }.joined(separator: ",")
    default: return value.substitution
    }
  }
}
