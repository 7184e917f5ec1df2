import AssayModel
import AssaySystem
import AssayTestKit
import AssayText
import Testing

/// `assay judge` and coverage as their users meet them.
@Suite struct JudgeTests {
  private static let contract = """
    openapi: 3.0.3
    info: {title: Shop, version: "1"}
    servers: [{url: "https://api.example.com/v1"}]
    paths:
      /items:
        get:
          parameters:
            - {name: sort, in: query, schema: {type: string, enum: [asc, desc]}}
          responses:
            "200":
              description: all
              content:
                application/json:
                  schema: {type: array, items: {$ref: "#/components/schemas/Item"}}
            default: {description: problem}
      /items/{id}:
        get:
          parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
          responses:
            "200":
              description: one
              content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}
    components:
      schemas:
        Item:
          type: object
          required: [id]
          properties: {id: {type: integer}, name: {type: string}, secret: {type: string, writeOnly: true}}
    """

  private func archive(_ entries: [(url: String, body: String?, status: Int)]) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.name("log")
      writer.object { writer in
        writer.name("entries")
        writer.array { writer in
          for entry in entries {
            writer.object { writer in
              writer.name("request")
              writer.object {
                $0.member("method", "GET")
                $0.member("url", entry.url)
              }
              writer.name("response")
              writer.object { writer in
                writer.member("status", entry.status)
                writer.name("headers")
                writer.array { writer in
                  writer.object {
                    $0.member("name", "Content-Type")
                    $0.member("value", "application/json")
                  }
                }
                writer.name("content")
                writer.object {
                  $0.member("size", 10)
                  $0.member("text", ifAny: entry.body)
                }
              }
            }
          }
        }
      }
    }
    return writer.text
  }

  private func judge(_ words: String, in scratch: Scratch) async throws -> Program.Outcome {
    try await Program.run("judge \(words)", folder: scratch.path)
  }

  @Test func `recorded exchanges are judged, and each finding has both places`() async throws {
    let scratch = try Scratch()
    try scratch.write("api.yaml", Self.contract)
    let base = "https://api.example.com/v1"
    try scratch.write(
      "t.har",
      archive([
        ("\(base)/items?sort=asc", #"[{"id": 1}]"#, 200), ("\(base)/items?sort=up", "[]", 200),
        ("\(base)/items/7", #"{"id": "7"}"#, 200), ("\(base)/items/7", nil, 200),
        ("\(base)/items/7/", "{}", 200), ("\(base)/items/8", #"{"id": 8, "secret": "s"}"#, 200),
        ("\(base)/items/9", "", 0),
      ]))
    let outcome = try await judge("t.har --spec api.yaml --json", in: scratch)
    #expect(outcome.code == 1)
    let entries = try JSONReader.read(SourceFile(name: "o", text: outcome.output)).root["entries"]
    let shown = try #require(entries).elements.map {
      "\($0["operation"]?.string ?? "-") \($0["request"]?.string ?? "") \($0["response"]?.string ?? "")"
    }
    #expect(
      shown == [
        "GET /items valid valid", "GET /items invalid valid", "GET /items/{id} valid invalid",
        "GET /items/{id} valid not-judged", "- invalid not-judged", "GET /items/{id} valid valid",
        "GET /items/{id} valid none",
      ])
    let finding = entries?[2]?["findings"]?[0]
    #expect(finding?["in"]?.string == "response.body")
    #expect(finding?["at"]?.string == "/id")
    #expect(finding?["keyword"]?.string == "type")
    #expect(
      finding?["document"]?["pointer"]?.string == "/components/schemas/Item/properties/id/type")
    #expect(finding?["document"]?["line"]?.int == 28)
    #expect(finding?["range"]?[0]?.int == 7)
    #expect(finding?["line"]?.int == 1)
    let warning = entries?[5]?["findings"]?[0]
    #expect(warning?["severity"]?.string == "warning")
    #expect(warning?["keyword"]?.string == "writeOnly")
    #expect(warning?["reading"] != nil)
    let slip = entries?[4]?["findings"]?[0]?["expected"]?.string
    #expect(
      slip == "near: /items/{id} (without the slash at the end), /items (1 segment, the path has 3)"
    )
  }

  @Test func `readings and places can be chosen`() async throws {
    let scratch = try Scratch()
    try scratch.write("api.yaml", Self.contract)
    try scratch.write(
      "t.har", archive([("http://127.0.0.1:9/x/items/1?q=1", #"{"id": 1, "more": 1}"#, 200)]))
    for (words, code) in [
      ("", 1), ("--base-url http://127.0.0.1:9/x", 0),
      ("--base-url http://127.0.0.1:9/x=api.yaml", 0),
      ("--base-url http://127.0.0.1:9", 1), ("--base-url http://127.0.0.1:9/x --extra warn", 0),
      ("--base-url http://127.0.0.1:9/x --extra fail", 1),
    ] {
      let outcome = try await judge("t.har --spec api.yaml \(words)", in: scratch)
      #expect(outcome.code == code, "\(words): \(outcome.output)\(outcome.error)")
    }
  }

  @Test func `what says nothing is not green`() async throws {
    let scratch = try Scratch()
    try scratch.write("api.yaml", Self.contract)
    let base = "https://api.example.com/v1"
    for (entries, reason) in [
      ([("\(base)/items", "[]", 200)], "every response was empty"),
      ([("\(base)/items", "{}", 401), ("\(base)/items", "{}", 403)], "refused with 401 or 403"),
    ] as [([(String, String?, Int)], String)] {
      try scratch.write("t.har", archive(entries.map { (url: $0.0, body: $0.1, status: $0.2) }))
      let outcome = try await judge("t.har --spec api.yaml", in: scratch)
      #expect(outcome.code == 5)
      #expect(outcome.output.contains(reason), "\(outcome.output)")
    }
  }

  @Test func `secrets of recorded traffic are in no output`() async throws {
    let scratch = try Scratch()
    try scratch.write("api.yaml", Self.contract)
    try scratch.write(
      "t.har",
      """
      {"log": {"entries": [{"request": {"method": "GET", "url": "https://api.example.com/v1/items?sort=canary-4711",
      "headers": [{"name": "Authorization", "value": "Bearer canary-4711"}]}, "response": {"status": 200,
      "headers": [{"name": "Content-Type", "value": "application/json"}],
      "content": {"text": "[{\\"id\\": \\"canary-4711\\"}]"}}}]}}
      """)
    for words in ["--json", "-r cli,json,html,junit --output out -v"] {
      let outcome = try await judge("t.har --spec api.yaml \(words)", in: scratch)
      #expect(outcome.code == 1)
      #expect(!(outcome.output + outcome.error).contains("canary"), "\(outcome.output)")
    }
    let found = try await Program.shell("grep -rl canary out | wc -l", folder: scratch.path)
    #expect(found.output.trimmingPrefix(" ").hasPrefix("0"))
  }

  @Test func `bad traffic is told`() async throws {
    let scratch = try Scratch()
    try scratch.write("api.yaml", Self.contract)
    try scratch.write("a.har", #"{"log": {}}"#)
    try scratch.write("b.har", #"{"log": {"entries": [{"request": {}}]}}"#)
    try scratch.write("c.har", #"{"log": {"entries": []}}"#)
    for (words, code, text) in [
      ("a.har --spec api.yaml", 3, "traffic.unreadable"),
      ("b.har --spec api.yaml", 3, "b.har:1:22"),
      ("c.har --spec api.yaml", 4, "traffic.empty"), ("a.har", 2, "usage.no-contract"),
      ("none.har --spec api.yaml", 3, "none.har"),
    ] {
      let outcome = try await judge(words, in: scratch)
      #expect(outcome.code == code, "\(words)")
      #expect(outcome.error.contains(text), "\(words): \(outcome.error)")
    }
  }

  @Test func `a run is judged again, and its coverage can be a gate`() async throws {
    let scratch = try Scratch()
    let sample = "\(SharedData.repository)/Collections/petstore"
    let words =
      "'\(sample)' -e '\(sample)/environment.json' --spec '\(sample)/openapi.yaml' --mock --stateful "
      + "--output runs"
    let run = try await Program.run(
      "run \(words) --min-coverage operations=100", folder: scratch.path)
    #expect(run.code == 0, "\(run.error)")
    #expect(run.output.contains("coverage   operations 10/10"))
    let gated = try await Program.run("run \(words) --min-coverage 99", folder: scratch.path)
    #expect(gated.code == 8)
    #expect(gated.error.contains("gate.coverage"))
    let bad = try await Program.run("run \(words) --min-coverage lots", folder: scratch.path)
    #expect(bad.code == 2)
    let folder =
      "\(scratch.path)/runs/\(try #require(Files.entries(of: scratch.path + "/runs")?.first))"
    let again = try await judge("'\(folder)' --spec '\(sample)/openapi.yaml'", in: scratch)
    #expect(again.code == 0, "\(again.output)\(again.error)")
    #expect(again.output.contains("coverage   operations 10/10"))
  }

  @Test func `reports of recorded traffic tell what was reached`() async throws {
    let scratch = try Scratch()
    try scratch.write("api.yaml", Self.contract)
    let base = "https://api.example.com/v1"
    try scratch.write(
      "t.har", archive([("\(base)/items?sort=asc", #"[{"id": 1}, {"id": "2"}]"#, 200)]))
    let outcome = try await judge(
      "t.har --spec api.yaml -r json,html,junit --output out", in: scratch)
    #expect(outcome.code == 1)
    let folder =
      "\(scratch.path)/out/\(try #require(Files.entries(of: scratch.path + "/out")?.first))"
    let run = try JSONReader.read(Files.read(folder + "/report.json")).root["run"]
    let coverage = run?["coverage"]
    #expect(coverage?["operations"]?["seen"]?.int == 1)
    #expect(coverage?["operations"]?["total"]?.int == 2)
    #expect(coverage?["responses"]?["seen"]?.int == 1)
    // Sent, and with one of two values; left out and the other value are open, as is the second path.
    #expect(coverage?["parameters"]?["seen"]?.int == 2)
    #expect(coverage?["members"]?["seen"]?.int == 1)
    let execution = run?["executions"]?[0]
    #expect(execution?["operation"]?.string == "GET /items")
    let findings = execution?["assertions"]?.elements.compactMap { $0["findings"] } ?? []
    #expect(findings.first?[0]?["at"]?.string == "/1/id")
    let page = String(decoding: try Files.read(folder + "/report.html").bytes, as: UTF8.self)
    #expect(page.contains("Coverage <span class=\"count\">1/2</span>"))
    #expect(page.contains(#"<tr class="missed"><th scope="row"><code>GET /items/{id}</code>"#))
  }

  @Test func `check tells which calls fit nowhere, and which operations nothing calls`()
    async throws
  {
    let scratch = try Scratch()
    try scratch.write("api.yaml", Self.contract)
    try scratch.write(
      "c.json",
      """
      {"info": {"name": "C", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
       "variable": [{"key": "id", "value": ""}],
       "item": [{"name": "one", "request": {"method": "GET", "url": "{{base}}/items/{{id}}"}},
                {"name": "off", "request": {"method": "GET", "url": "{{base}}/item/1"}}]}
      """)
    let outcome = try await Program.run("check c.json api.yaml", folder: scratch.path)
    #expect(
      outcome.output.contains(
        "1 of 2 requests belong to an operation; 1 of 2 operations are called"))
    #expect(outcome.output.contains("`off` belongs to no operation"))
    #expect(outcome.output.contains("`item` stands where `items` is"))
    #expect(outcome.output.contains("nothing calls `GET /items`"))
  }
}
