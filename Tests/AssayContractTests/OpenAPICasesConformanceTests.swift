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
  /// Topics whose cases need what is not built yet: XML, expressions, listing what is undeclared.
  private static let topics = [
    "routing", "parameters", "responses", "media-types", "response-headers", "schema-3.0",
    "schema-3.1", "instances", "discriminator", "formats", "references", "security",
  ]

  @Test func `the verdicts are counted`() throws {
    var total = Counts()
    for topic in Self.topics {
      let file = try SharedData.file("conformance/openapi-cases/\(topic).json")
      let root = try JSONReader.read(file).root
      var counts = Counts()
      for group in root["groups"].map({ Array($0.elements) }) ?? [] { try run(group, &counts) }
      print("OpenAPI cases, \(topic): \(counts)")
      if System.environment("ASSAY_LIST") == "1" { print(counts.wrong.joined(separator: "\n")) }
      total.add(counts)
    }
    print("OpenAPI cases: \(total)")
    let unexpected = total.wrong.filter { line in
      !Self.known.contains { line.hasPrefix("  \($0) ") }
    }
    #expect(unexpected == [])
    #expect(total.judged > 500)
  }

  /// What is wrong so far: lists in lists (pq19), and members that should not travel and do (s308,
  /// where the specification says SHOULD NOT).
  private static let known = ["pq19-08", "s308-04", "s308-05"]

  private struct Counts: CustomStringConvertible {
    var judged = 0
    var right = 0
    /// Valid or not judged where the case is invalid: said, and not yet found.
    var open = 0
    var wrong: [String] = []

    var description: String {
      "\(right) of \(judged) right, \(open) not judged, \(judged - right - open) wrong"
    }

    mutating func add(_ other: Counts) {
      judged += other.judged
      right += other.right
      open += other.open
      wrong += other.wrong
    }
  }

  private func run(_ group: Node, _ counts: inout Counts) throws {
    let scratch = try Scratch()
    if let files = group["files"] {
      for member in files.members {
        var writer = JSONWriter()
        writer.node(member.value)
        try scratch.write(member.name, bytes: writer.bytes)
      }
    } else if let document = group["document"] {
      var writer = JSONWriter()
      writer.node(document)
      try scratch.write("openapi.json", bytes: writer.bytes)
    }
    let document = try JSONReader.read(Files.read(scratch.path + "/openapi.json"))
    guard
      let contract = try? Contract.compile(
        document,
        load: { path, from throws(Diagnostic) in
          let folder = from.name.split(separator: "/").dropLast().joined(separator: "/")
          return try JSONReader.read(Files.read("/\(folder)/\(path)"))
        })
    else {
      counts.judged += 1
      counts.wrong.append("\(group["id"]?.string ?? ""): does not compile")
      return
    }
    for test in group["tests"].map({ Array($0.elements) }) ?? [] { judge(test, contract, &counts) }
  }

  private func judge(_ test: Node, _ contract: Contract, _ counts: inout Counts) {
    let needs = (test["needs"].map { Array($0.elements) } ?? []).compactMap(\.string)
    let unmet = [
      "strict", "strict-nullable", "content-assertion", "other-dialects", "xml",
      "base-url-override",
    ]
    guard needs.allSatisfy({ !unmet.contains($0) }), let request = test["request"],
      let expected = test["expect"]
    else { return }
    func headers(_ node: Node?) -> [HeaderField] {
      (node?["headers"].map { Array($0.elements) } ?? []).compactMap { pair in
        guard let name = pair[0]?.string, let value = pair[1]?.string else { return nil }
        return HeaderField(name, value)
      }
    }
    let answer = test["response"]
    let exchange = Exchange(
      request: Request(
        method: request["method"]?.string ?? "GET", url: request["url"]?.string ?? "",
        headers: headers(request), body: request["body"]?.string.map { Array($0.utf8) }),
      outcome: .response(
        Response(
          status: answer?["status"]?.int ?? 200, reason: "", version: "HTTP/1.1",
          headers: headers(answer), body: Array((answer?["body"]?.string ?? "").utf8))))
    let judgement = ContractJudge(contracts: [contract]).judge(exchange)
    let id = test["id"]?.string ?? ""
    if let operation = expected["operation"] {
      count(id, "operation", operation.string == judgement.operation, false, &counts)
    }
    for (side, fault) in [("request", Verdict.Fault.request), ("response", .response)] {
      guard let wanted = expected[side]?.string, side == "request" || answer != nil else {
        continue
      }
      let own: Set = ["contract.request", "contract.security", "contract.operation"]
      let verdicts = judgement.verdicts.filter { verdict in
        let isOwn = verdict.fault == .request || own.contains(verdict.code)
        return side == "request" ? isOwn : !isOwn
      }
      let isBlamed = verdicts.contains {
        $0.outcome == .failed && ($0.fault == fault || $0.fault == .undocumented)
      }
      let isOpen = verdicts.contains { $0.outcome == .notJudged }
      count(
        id, "\(side) \(wanted): \(verdicts.filter(\.isBad).map(\.message))",
        isBlamed == (wanted == "invalid"), isOpen && !isBlamed, &counts)
    }
  }

  private func count(
    _ id: String, _ what: String, _ isRight: Bool, _ isOpen: Bool, _ counts: inout Counts
  ) {
    counts.judged += 1
    if isRight {
      counts.right += 1
    } else if isOpen {
      counts.open += 1
    } else {
      counts.wrong.append("  \(id) \(what)")
    }
  }
}
