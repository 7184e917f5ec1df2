import AssayContract
import AssayModel
import AssaySystem
import AssayTestKit
import AssayText
import Testing

/// The request and response cases of the conformance data, counted.
///
/// What the engine does not judge yet is *not judged*, and no case that is valid may be blamed for it.
@Suite(.enabled(if: SharedData.isPresent, "the shared test data is not beside the repository"))
struct OpenAPICasesConformanceTests {
  private static let topics = [
    "routing", "parameters", "responses", "media-types", "response-headers", "schema-3.0",
    "schema-3.1", "instances", "discriminator", "formats", "references", "security", "undeclared",
  ]

  @Test func `the verdicts are counted`() throws {
    var total = Counts()
    for topic in Self.topics {
      let file = try SharedData.file("conformance/openapi-cases/\(topic).json")
      let root = try JSONReader.read(file).root
      var counts = Counts()
      for group in root["groups"].map({ Array($0.elements) }) ?? [] { try run(group, &counts) }
      print("OpenAPI cases, \(topic): \(counts)")
      if System.environment("ASSAY_LIST") == "1" {
        print((counts.wrong + counts.unplaced).joined(separator: "\n"))
      }
      total.add(counts)
    }
    print("OpenAPI cases: \(total)")
    func unexpected(_ lines: [String]) -> [String] {
      lines.filter { line in !Self.known.contains { line.hasPrefix("  \($0) ") } }
    }
    #expect(unexpected(total.wrong) == [])
    #expect(unexpected(total.unplaced) == [])
    #expect(total.judged > 500)
    #expect(total.right * 100 >= total.judged * 99)
    #expect(total.placed * 100 >= (total.placed + total.unplaced.count) * 95)
  }

  @Test func `expressions take their values`() throws {
    let root = try JSONReader.read(
      SharedData.file("conformance/openapi-cases/expressions.json")
    ).root
    var count = 0
    for group in root["groups"].map({ Array($0.elements) }) ?? [] {
      for test in group["tests"].map({ Array($0.elements) }) ?? [] {
        guard let text = test["expression"]?.string, let wanted = test["expect"]?["value"] else {
          continue
        }
        // The one path of these documents ends in its one parameter.
        let path = URI(splitting: test["request"]?["url"]?.string ?? "").path
        let id = path.split(separator: "/").last.map(String.init) ?? ""
        let value = RuntimeExpression(text).value(in: Self.exchange(test), ["id": id])
        #expect((value ?? .null) == wanted.value, "\(text)")
        count += 1
      }
    }
    print("OpenAPI cases, expressions: \(count) of \(count) right")
    #expect(count > 10)
  }

  /// What is meant to be otherwise: members that should not travel and do are told and blame nobody
  /// (s308, where the specification says SHOULD NOT).
  private static let known = ["s308-04", "s308-05"]

  private struct Counts: CustomStringConvertible {
    var judged = 0
    var right = 0
    /// Valid or not judged where the case is invalid: said, and not yet found.
    var open = 0
    var wrong: [String] = []
    /// Findings that had to be there, and were.
    var placed = 0
    var unplaced: [String] = []

    var description: String {
      "\(right) of \(judged) right, \(open) not judged, \(judged - right - open) wrong; "
        + "\(placed) of \(placed + unplaced.count) findings in their place"
    }

    mutating func add(_ other: Counts) {
      judged += other.judged
      right += other.right
      open += other.open
      wrong += other.wrong
      placed += other.placed
      unplaced += other.unplaced
    }
  }

  private func run(_ group: Node, _ counts: inout Counts) throws {
    let scratch = try Scratch()
    for member in group["files"]?.members.map({ $0 }) ?? [] {
      try scratch.write(member.name, bytes: Self.bytes(of: member.value))
    }
    if let document = group["document"] {
      try scratch.write("openapi.json", bytes: Self.bytes(of: document))
    }
    let document = try JSONReader.read(Files.read(scratch.path + "/openapi.json"))
    for test in group["tests"].map({ Array($0.elements) }) ?? [] {
      let needs = Set((test["needs"].map { Array($0.elements) } ?? []).compactMap(\.string))
      var latitude = Latitude()
      if needs.contains("strict") { latitude.extra = .warn }
      if needs.contains("strict-nullable") { latitude.nullable = .strict }
      if needs.contains("content-assertion") { latitude.content = .assert }
      guard
        var contract = try? Contract.compile(
          document, latitude: latitude,
          load: { path, from throws(Diagnostic) in
            let folder = from.name.split(separator: "/").dropLast().joined(separator: "/")
            return try JSONReader.read(Files.read("/\(folder)/\(path)"))
          })
      else {
        counts.judged += 1
        counts.wrong.append("\(group["id"]?.string ?? ""): does not compile")
        continue
      }
      if needs.contains("base-url-override"), let url = group["baseURL"]?.string {
        contract = contract.placed(at: url)
      }
      judge(test, ContractJudge(contracts: [contract], latitude: latitude), &counts)
    }
  }

  private static func bytes(of node: Node) -> [UInt8] {
    var writer = JSONWriter()
    writer.node(node)
    return writer.bytes
  }

  private static func exchange(_ test: Node) -> Exchange {
    func headers(_ node: Node?) -> [HeaderField] {
      (node?["headers"].map { Array($0.elements) } ?? []).compactMap { pair in
        guard let name = pair[0]?.string, let value = pair[1]?.string else { return nil }
        return HeaderField(name, value)
      }
    }
    let request = test["request"]
    return Exchange(
      request: Request(
        method: request?["method"]?.string ?? "GET", url: request?["url"]?.string ?? "",
        headers: headers(request), body: request?["body"]?.string.map { Array($0.utf8) }),
      outcome: test["response"].map { answer in
        .response(
          Response(
            status: answer["status"]?.int ?? 200, reason: "", version: "HTTP/1.1",
            headers: headers(answer), body: Array((answer["body"]?.string ?? "").utf8)))
      } ?? .failed(TransportFault(.other, "there is no response")))
  }

  private func judge(_ test: Node, _ judge: ContractJudge, _ counts: inout Counts) {
    guard let expected = test["expect"] else { return }
    let exchange = Self.exchange(test)
    let judgement = judge.judge(exchange)
    let id = test["id"]?.string ?? ""
    let messages = judgement.verdicts.filter(\.isBad).map(\.message)
    if let operation = expected["operation"] {
      count(id, "operation", operation.string == judgement.operation, false, &counts)
    }
    for (side, found) in [
      ("request", judgement.request),
      ("response", judgement.response(hasCome: exchange.response != nil)),
    ] {
      guard let wanted = expected[side]?.string else { continue }
      count(
        id, "\(side) \(wanted), found \(found.rawValue): \(messages)", found.rawValue == wanted,
        found == .notJudged, &counts)
    }
    let findings = judgement.verdicts.flatMap(\.findings)
    for wanted in expected["findings"].map({ Array($0.elements) }) ?? [] {
      place(id, wanted, findings.contains { Self.fits($0, wanted) }, findings, &counts)
    }
    guard let undeclared = expected["undeclared"] else { return }
    let extras = findings.filter { $0.code == "contract.extra" }
    for wanted in undeclared.elements {
      place(id, wanted, extras.contains { Self.fits($0, wanted) }, extras, &counts)
    }
    count(id, "undeclared: \(extras.map(\.at))", extras.count == undeclared.count, false, &counts)
  }

  private static func fits(_ finding: Finding, _ wanted: Node) -> Bool {
    let values = [
      "in": finding.part.rawValue, "name": finding.name ?? "", "at": finding.at,
      "keyword": finding.keyword,
    ]
    return wanted.members.allSatisfy { values[$0.name] == $0.value.string }
  }

  private func place(
    _ id: String, _ wanted: Node, _ isThere: Bool, _ findings: [Finding], _ counts: inout Counts
  ) {
    guard !isThere else { return counts.placed += 1 }
    let found = findings.map { "\($0.part.rawValue) \($0.name ?? "") \($0.at) \($0.keyword)" }
    counts.unplaced.append("  \(id) wants \(JSONWriter.text(of: wanted.value)), found \(found)")
  }

  private func count(
    _ id: String, _ what: String, _ isRight: Bool, _ isOpen: Bool, _ counts: inout Counts
  ) {
    counts.judged += 1
    if isRight {
      counts.right += 1
    } else if isOpen {
      counts.open += 1
      counts.wrong.append("  \(id) \(what)")
    } else {
      counts.wrong.append("  \(id) \(what)")
    }
  }
}
