import AssayContract
import AssayModel
import AssayTestKit
import AssayText
import Testing

/// Recordings of real servers, judged by the documents that their makers publish: what conforms is
/// not blamed, and what has drifted is found.
@Suite(.enabled(if: SharedData.isPresent, "the shared test data is not beside the repository"))
struct RealServerConformanceTests {
  @Test(arguments: ["kinto", "alertmanager"])
  func `what conforms is not blamed, and what has drifted is found`(_ server: String) throws {
    let folder = "servers/\(server)"
    let document = try JSONReader.read(SharedData.file("\(folder)/spec.json"))
    let contract = try Contract.compile(document) { path, _ throws(Diagnostic) in
      throw Diagnostic(.warning, "test.no-files", "`\(path)` is not there")
    }
    let judge = ContractJudge(contracts: [contract])
    let recorded = try JSONReader.read(SharedData.file("\(folder)/exchanges.json")).root[
      "exchanges"]
    let truth = try JSONReader.read(SharedData.file("\(folder)/truth.json")).root["exchanges"]
    var counts = (right: 0, total: 0)
    for (node, key) in zip(try #require(recorded).elements, try #require(truth).elements) {
      guard let verdict = key["verdict"]?.string, ["conforms", "drift"].contains(verdict) else {
        continue
      }
      counts.total += 1
      let judgement = judge.judge(Self.exchange(node))
      let blamed = judgement.verdicts.filter { verdict in
        verdict.outcome == .failed && (verdict.fault == .response || verdict.fault == .undocumented)
      }
      let isRight = blamed.isEmpty == (verdict == "conforms")
      counts.right += isRight ? 1 : 0
      #expect(isRight, "\(key["item"]?.string ?? ""): \(verdict), \(blamed.map(\.message))")
      #expect(judgement.operation == key["operation"]?.string)
    }
    print("\(server): \(counts.right) of \(counts.total) recorded exchanges judged right")
    #expect(counts.total > 30)
  }

  private static func exchange(_ node: Node) -> Exchange {
    func headers(_ name: String) -> [HeaderField] {
      (node[name].map { Array($0.elements) } ?? []).compactMap { pair in
        guard let name = pair[0]?.string, let value = pair[1]?.string else { return nil }
        return HeaderField(name, value)
      }
    }
    let text = node["body"]?.string ?? ""
    let isPacked = node["bodyEncoding"]?.string == "base64"
    let body = isPacked ? Base64.decode(text.utf8) ?? [] : Array(text.utf8)
    let request = Request(
      method: node["method"]?.string ?? "", url: node["url"]?.string ?? "",
      headers: headers("requestHeaders"), body: node["requestBody"]?.string.map { Array($0.utf8) })
    return Exchange(
      request: request,
      outcome: .response(
        Response(
          status: node["status"]?.int ?? 0, reason: "", version: "HTTP/1.1",
          headers: headers("responseHeaders"), body: body)))
  }
}
