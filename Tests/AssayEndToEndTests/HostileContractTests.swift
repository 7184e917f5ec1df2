import AssayModel
import AssaySystem
import AssayTestKit
import AssayText
import Testing

/// Contracts and bodies that would keep a judge busy, or send it elsewhere: each is answered at once,
/// by a verdict, or by a limit that is told.
@Suite(.serialized) struct HostileContractTests {
  /// The schema of the body, what the body is, how it ends, and what has to be said.
  private static var attacks:
    [(name: String, schema: String, body: String, code: Int32, said: String)]
  {
    let other = ##"{"$ref": "#/components/schemas/A"}"##
    let deep = 30
    return [
      ("a reference to itself", other, "1", 5, "not judged"),
      ("a circle of alternatives", "{\"anyOf\": [\(other), \(other)]}", "1", 5, "not judged"),
      ("a circle of parts", "{\"allOf\": [\(other)]}", "1", 5, "not judged"),
      ("its own opposite", "{\"not\": \(other)}", "1", 5, "not judged"),
      (
        "alternatives in alternatives",
        "{\"oneOf\": [\(Array(repeating: "{\"type\": \"array\", \"items\": \(other)}", count: 20).joined(separator: ","))]}",
        String(repeating: "[", count: deep) + String(repeating: "]", count: deep), 5, "not judged"
      ),
      ("a folder", #"{"$ref": "./"}"#, "1", 5, "leads nowhere"),
      ("a file of the system", #"{"$ref": "/etc/passwd"}"#, "1", 5, "leads nowhere"),
      ("a way out", #"{"$ref": "../../../../../../etc/passwd"}"#, "1", 5, "leads nowhere"),
      ("a cloud's own service", #"{"$ref": "http://169.254.169.254/x"}"#, "1", 5, "leads nowhere"),
      (
        "a pattern of megabytes",
        "{\"type\": \"string\", \"pattern\": \"\(String(repeating: "a", count: 10_000_000))\"}",
        #""a""#, 5, "contract.unusable-pattern"
      ),
      (
        "a pattern without end", #"{"type": "string", "pattern": "^(a+)+$"}"#,
        "\"\(String(repeating: "a", count: 40))!\"", 5, "not judged"
      ),
      (
        "an enum of thousands",
        "{\"enum\": [\((0..<200_000).map { "\"v\($0)\"" }.joined(separator: ","))]}",
        #""w""#, 1, "is none of"
      ),
      ("a tiny divisor", #"{"type": "number", "multipleOf": 1e-400}"#, "1e400", 0, ""),
      (
        "a number of many digits", #"{"multipleOf": 7}"#, String(repeating: "9", count: 100_001), 1,
        "no multiple"
      ),
      ("a number out of all bounds", #"{"maximum": 5}"#, "1e999999999", 1, "at most"),
      ("a contradiction", #"{"minLength": 5, "maxLength": 2}"#, #""abc""#, 1, "at least 5"),
      (
        "a deep body", "{\"items\": \(other)}", String(repeating: "[", count: 100_000), 1,
        "one level too many"
      ),
    ]
  }

  @Test func `nothing in a contract or a body keeps the judge busy`() async throws {
    let scratch = try Scratch()
    for attack in Self.attacks {
      try scratch.write(
        "api.json",
        """
        {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/x": {"get": {"responses":
        {"200": {"description": "d", "content": {"application/json": {"schema":
        {"$ref": "#/components/schemas/A"}}}}}}}}, "components": {"schemas": {"A": \(attack.schema)}}}
        """)
      var writer = JSONWriter()
      writer.string(attack.body)
      try scratch.write(
        "t.har",
        """
        {"log": {"entries": [{"request": {"method": "GET", "url": "http://h/x", "headers": []},
        "response": {"status": 200, "headers": [{"name": "Content-Type", "value": "application/json"}],
        "content": {"text": \(writer.text)}}}]}}
        """)
      #if DEBUG
        let seconds = 10
      #else
        let seconds = 2
      #endif
      let outcome = try await Program.shell(
        "ulimit -t \(seconds); ulimit -d 524288; '\(Program.assay)' judge t.har --spec api.json",
        folder: scratch.path)
      let said = outcome.output + outcome.error
      #expect(outcome.code == attack.code, "\(attack.name): \(outcome.code) \(said.prefix(600))")
      #expect(
        said.contains(attack.said) || attack.said.isEmpty, "\(attack.name): \(said.prefix(600))")
    }
  }

  @Test func `a body is judged by its operation`() async throws {
    let scratch = try Scratch()
    let sample = "\(SharedData.repository)/Collections/petstore/openapi.yaml"
    try scratch.write(
      "good.json", #"{"id": 1, "name": "Rex", "status": "available", "weight": 1.5}"#)
    try scratch.write("bad.json", #"{"id": 1, "name": 2, "status": "available"}"#)
    for (words, code, said) in [
      ("--operation getPet --status 200 bad.json", 1, "expected string"),
      ("--operation 'GET /pets/{petId}' --status 200 bad.json", 1, "openapi.yaml"),
      ("--operation getPett --status 200 bad.json", 3, "`getPet` is one"),
      ("--operation getPet bad.json", 3, "no content here"),
      ("--operation getPet --status 599 bad.json", 3, "documents no status"),
      ("bad.json", 2, "--operation"),
    ] {
      let outcome = try await Program.run(
        "validate --spec '\(sample)' \(words)", folder: scratch.path)
      #expect(outcome.code == code, "\(words): \(outcome.error)")
      #expect(outcome.error.contains(said), "\(words): \(outcome.error)")
    }
  }

  @Test func `the mock departs from its contract as it is told`() async throws {
    let sample = "\(SharedData.repository)/Collections/petstore"
    let scratch = try Scratch()
    let words =
      "run '\(sample)' -e '\(sample)/environment.json' --spec '\(sample)/openapi.yaml' --mock --stateful "
      + "--output '\(scratch.path)' -r cli --folder Health"
    for (fault, code, said) in [
      ("rate-limit=0 times=1", 1, "429"), ("truncate=3", 1, "transfer closed"),
      ("status=418", 1, "418"),
    ] {
      let outcome = try await Program.run("\(words) --fault 'GET /health \(fault)'")
      #expect(outcome.code == code, "\(fault): \(outcome.output)")
      #expect(outcome.output.contains(said), "\(fault): \(outcome.output)")
    }
    let bad = try await Program.run("\(words) --fault 'GET /health truncate=x'")
    #expect(bad.code == 2)
  }
}
