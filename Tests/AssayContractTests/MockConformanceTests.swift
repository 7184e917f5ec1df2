import AssayContract
import AssayModel
import AssaySystem
import AssayTestKit
import AssayText
import Testing

/// The mock of every document in the corpus answers every operation with every documented response, and
/// what it says holds by the very document.
@Suite(.enabled(if: SharedData.isPresent, "the shared test data is not beside the repository"))
struct MockConformanceTests {
  @Test func `whatever the mock says, the contract allows`() throws {
    let index = try SharedData.file("corpus/specs/index.tsv")
    var counts = (documents: 0, responses: 0, right: 0, unjudged: 0)
    var wrong: [String] = []
    let isListing = System.environment("ASSAY_LIST") == "1"
    for line in index.text(in: 0..<index.bytes.count).split(separator: "\n").dropFirst() {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let path = SharedData.path("corpus/specs/\(columns[0])")
      guard let contract = try? Self.contract(path) else { continue }
      counts.documents += 1
      let answerer = ContractAnswerer(contract: contract)
      let judge = ContractJudge(contracts: [contract])
      // Of a large document a share; paths of one shape are one path, whose first operation answers.
      let stride = max(
        1, judge.operations.count / (System.environment("ASSAY_FULL") == "1" ? .max : 40))
      var shapes: Set<String> = []
      for (number, facts) in judge.operations.enumerated() where number % stride == 0 {
        guard shapes.insert(Self.shape(of: facts.name)).inserted else { continue }
        for point in facts.points where point.kind == .response {
          guard let request = Self.request(facts.name, point.label) else { continue }
          let response = answerer.answer(request)
          let judgement = judge.judge(Exchange(request: request, outcome: .response(response)))
          counts.responses += 1
          let bad = judgement.verdicts.filter { $0.isBad && $0.fault != .request }
          if let open = judgement.verdicts.first(where: { $0.outcome == .notJudged }) {
            counts.unjudged += 1
            if isListing { print("NJ \(columns[0]) \(facts.name) \(point.label): \(open.message)") }
          }
          if bad.isEmpty {
            counts.right += 1
          } else {
            wrong.append("\(columns[0]) \(facts.name) \(point.label): \(bad[0].message)")
          }
        }
      }
    }
    print(
      "mock: \(counts.right) of \(counts.responses) responses of \(counts.documents) documents hold, "
        + "\(counts.unjudged) of them not judged")
    if System.environment("ASSAY_LIST") == "1" { print(wrong.joined(separator: "\n")) }
    #expect(counts.documents > 100)
    #expect(wrong.filter { line in !Self.contradictory.contains { line.hasPrefix($0) } } == [])
    #expect(counts.unjudged * 50 <= counts.responses)
  }

  /// Responses for which the document allows nothing at all: alternatives that are one and the same, a
  /// type that is null and an alternative that is not, an enum of strings on a list.
  private static let contradictory = [
    "BinhTran666__practice-software-testing-ci-cd-testing/api-docs.json GET /messages/{messageId}",
    "schemathesis__schemathesis/0.0.1.json GET /v1/edge-config/",
    "schemathesis__schemathesis/0.0.1.json GET /v1/integrations/search-repo",
    "zoom__api/openapi.v2.json POST",
  ]

  private static func contract(_ path: String) throws -> Contract {
    let document = try Inputs.read(Files.read(path, limit: 64 << 20))
    return try Contract.compile(document) { reference, from throws(Diagnostic) in
      let folder = from.name.split(separator: "/").dropLast().joined(separator: "/")
      return try Inputs.read(Files.read("/\(folder)/\(reference)", limit: 64 << 20))
    }
  }

  private static func shape(of name: String) -> String {
    var isInside = false
    return String(
      name.filter { character in
        if character == "}" { isInside = false }
        defer { if character == "{" { isInside = true } }
        return !isInside
      })
  }

  /// A call that asks for one documented response, with something in each place of the path.
  private static func request(_ operation: String, _ label: String) -> Request? {
    let words = operation.split(separator: " ", maxSplits: 1).map(String.init)
    var path = ""
    var isInside = false
    for character in words[1] {
      if character == "{" { isInside = true }
      if !isInside { path.append(character) }
      if character == "}" {
        isInside = false
        path.append("1")
      }
    }
    let parts = label.split(separator: " ", maxSplits: 1).map(String.init)
    let status = Int(parts[0]) ?? (parts[0].first?.wholeNumberValue).map { $0 * 100 } ?? 500
    var headers = [HeaderField("Prefer", "code=\(status)")]
    if parts.count > 1 { headers.append(HeaderField("Accept", parts[1])) }
    return Request(
      method: words[0], url: path.split(separator: "#")[0].description, headers: headers, body: nil)
  }
}
