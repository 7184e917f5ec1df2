import AssayModel
import AssaySystem
import AssayTestKit
import AssayText
import Testing

/// `assay plan` and `assay check` as a user runs them: no traffic, and everything with its place.
@Suite struct PlanAndCheckTests {
  private static let collection = #"""
    {
      "info": {"name": "Shop"},
      "events": [],
      "item": [
        {"name": "Get", "request": {"url": "http://{{hots}}/a?x={{row}}", "headers": [],
          "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "plain-token-1"}]}}},
        {"name": "Get", "request": {"method": "POST", "url": "http://{{host}}/b",
          "body": {"mode": "file", "file": {"src": "missing.bin"}}}},
        {"name": "Set", "request": "http://{{host}}/{{later}}/{{secret}}", "event": [
          {"listen": "tests", "script": {"exec": "1"}},
          {"listen": "test", "script": {"exec": ["pm.environment.set('later', 1);", "let = ;"]}}]},
        {"name": "Loop", "request": {"url": "http://{{host}}/{{a}}", "auth": {"type": "bearrer"}}}
      ],
      "variable": [{"key": "a", "value": "{{b}}"}, {"key": "b", "value": "{{a}}"}]
    }
    """#
  private static let environment = #"""
    {"name": "staging", "values": [
      {"key": "host", "value": "api.example", "enabled": true},
      {"key": "host", "value": "api2.example", "enabled": true},
      {"key": "secret", "value": "hidden-value", "type": "secret", "enabled": true}]}
    """#

  @Test func `a plan shows each call, its names and where they come from`() async throws {
    let scratch = try scratch()
    let outcome = try await Program.run(
      "plan c.json -e e.json -d d.csv -n 1", folder: scratch.path)
    let text = outcome.output
    #expect(outcome.code == 3)
    #expect(text.contains("1. Shop / Get  c.json:5:14"))
    #expect(text.contains("GET http://{{hots}}/a?x=007\n"))
    #expect(text.contains("{{hots}}  not defined; `host` is defined"))
    #expect(text.contains("{{row}}  from data \"d.csv\", line 2"))
    #expect(text.contains("not sent: the file `missing.bin` is not there"))
    #expect(text.contains("{{host}}  from environment \"staging\", line 3"))
    #expect(text.contains("{{secret}}  from environment \"staging\", line 4, secret"))
    #expect(text.contains("leads back to itself"))
    for secret in ["plain-token-1", "hidden-value"] { #expect(!text.contains(secret)) }
  }

  @Test func `a plan for programs is one document`() async throws {
    let scratch = try scratch()
    let outcome = try await Program.run("plan c.json -e e.json --json", folder: scratch.path)
    let root = try JSONReader.read(SourceFile(name: "plan", text: outcome.output)).root
    let calls = try #require(root["calls"])
    #expect(calls.count == 4)
    #expect(calls[0]?["variables"]?[0]?["origin"]?.string == "undefined")
    #expect(calls[1]?["problem"]?["code"]?.string == "collection.unusable-file")
    #expect(calls[2]?["variables"]?[0]?["place"]?["line"]?.int == 3)
    #expect(calls[2]?["headers"]?.elements.contains { $0["name"]?.string == "Host" } == true)
    #expect(!outcome.output.contains("hidden-value"))
  }

  @Test func `a check tells every problem with its place, and no secret`() async throws {
    let scratch = try scratch()
    let outcome = try await Program.run(
      "check c.json -e e.json --format json", folder: scratch.path)
    #expect(outcome.code == 3)
    let root = try JSONReader.read(SourceFile(name: "check", text: outcome.output)).root
    let found = root["problems"]?.elements.map { problem in
      let place = problem["places"]?[0]
      return
        "\(problem["code"]?.string ?? "") \(place?["file"]?.string ?? ""):\(place?["line"]?.int ?? 0)"
    }
    #expect(
      Set(found ?? []) == [
        "environment.repeated-variable e.json:3", "collection.plain-secret e.json:4",
        "collection.unknown-auth c.json:12", "collection.unknown-field c.json:3",
        "collection.unknown-field c.json:5", "collection.unknown-event c.json:10",
        "collection.plain-secret c.json:6", "collection.repeated-item c.json:7",
        "collection.undefined-variable c.json:5", "collection.unusable-file c.json:7",
        "collection.cyclic-variable c.json:12", "script.syntax c.json:11",
      ])
    let human = try await Program.run("check c.json -e e.json", folder: scratch.path)
    for secret in ["plain-token-1", "hidden-value"] {
      #expect(!outcome.output.contains(secret) && !human.output.contains(secret))
    }
  }

  /// A file of one line: whatever is wrong, its line holds the secret too.
  @Test func `a remark about a line hides what else stands there`() async throws {
    let scratch = try Scratch()
    try scratch.write(
      "one.json",
      #"{"info": {}, "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "one-line-secret"}]}, "item": [3, {"name": "x", "request": {"url": "http://h/{{none}}", "auth": {"type": "bearr"}}}]}"#
    )
    for command in ["check one.json", "plan one.json", "run one.json --output out -r cli -v"] {
      let outcome = try await Program.run(command, folder: scratch.path)
      #expect((outcome.output + outcome.error).contains("`bearr` is not known"), "\(command)")
      #expect(!(outcome.output + outcome.error).contains("one-line-secret"), "\(command)")
    }
  }

  @Test func `warnings are a gate when they are meant to be one, and code hosts read them`()
    async throws
  {
    let scratch = try scratch()
    #expect(try await Program.run("check e.json", folder: scratch.path).code == 0)
    #expect(try await Program.run("check e.json --strict", folder: scratch.path).code == 1)
    let outcome = try await Program.run(
      "check e.json d.csv --format sarif", folder: scratch.path)
    let root = try JSONReader.read(SourceFile(name: "sarif", text: outcome.output)).root
    let results = root["runs"]?[0]?["results"]
    #expect(
      results?.elements.compactMap { $0["ruleId"]?.string } == [
        "environment.repeated-variable", "collection.plain-secret", "data.ragged-row",
      ])
    let place = results?[2]?["locations"]?[0]?["physicalLocation"]
    #expect(place?["artifactLocation"]?["uri"]?.string == "d.csv")
    #expect(place?["region"]?["startLine"]?.int == 3)
  }

  @Test func `variables come from the system and from a file of secrets`() async throws {
    let scratch = try scratch()
    try scratch.write("secrets.yaml", "KEY: vault-value\n")
    try scratch.write(
      "v.json",
      #"{"info": {}, "item": [{"name": "x", "request": "http://{{host}}/{{vault:KEY}}/{{api_token}}"}]}"#
    )
    let outcome = try await Program.run(
      "plan v.json --env-from-os SHOP_ --secrets secrets.yaml",
      environment: ["SHOP_host=h.example", "SHOP_api_token=from-the-system"], folder: scratch.path)
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("GET http://h.example/[secret:KEY#"))
    #expect(outcome.output.contains("{{vault:KEY}}  from secrets \"secrets.yaml\", line 1, secret"))
    #expect(outcome.output.contains("set on the command line, secret"))
    for secret in ["vault-value", "from-the-system"] { #expect(!outcome.output.contains(secret)) }
  }

  @Test func `what cannot leave is refused before anything is sent`() async throws {
    let scratch = try scratch()
    try scratch.write("outside.txt", "secret")
    try Files.makeDirectory(scratch.path + "/in")
    _ = try await Program.shell("ln -s ../outside.txt in/link.txt", folder: scratch.path)
    for (request, code) in [
      (
        #"{"url": "h", "header": [{"key": "A", "value": "{{evil}}"}]}"#, "collection.invalid-header"
      ),
      (#"{"url": "h", "header": [{"key": "A", "value": "日本"}]}"#, "collection.invalid-header"),
      (#"{"url": "h", "header": [{"key": "A B", "value": "1"}]}"#, "collection.invalid-header"),
      (#"{"method": "G\u0000T", "url": "h"}"#, "collection.invalid-header"),
      (#"{"url": ""}"#, "collection.no-url"),
      (
        #"{"method": "PUT", "url": "h", "body": {"mode": "file", "file": {"src": "../outside.txt"}}}"#,
        "collection.unusable-file"
      ),
      (
        #"{"method": "PUT", "url": "h", "body": {"mode": "file", "file": {"src": "link.txt"}}}"#,
        "collection.unusable-file"
      ),
      (
        #"{"method": "PUT", "url": "h", "body": {"mode": "file", "file": {"src": "/etc/passwd"}}}"#,
        "collection.unusable-file"
      ),
    ] {
      try scratch.write(
        "in/c.json",
        #"{"info": {"name": "C"}, "item": [{"name": "x", "request": \#(request)}], "variable": [{"key": "evil", "value": "a\r\nEvil: 1"}]}"#
      )
      let outcome = try await Program.run("plan c.json --json", folder: scratch.path + "/in")
      #expect(outcome.code == 3, "\(request)")
      #expect(outcome.output.contains(code), "\(request) \(outcome.output)")
    }
  }

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write("c.json", Self.collection)
    try scratch.write("e.json", Self.environment)
    try scratch.write("d.csv", "row,c\n007,x\n8\n")
    return scratch
  }
}
