import AssayModel
import AssaySystem
import AssayTestKit
import AssayText
import Testing

/// What runs, in which order, and for how long: the flags of a run, from the outside.
@Suite struct RunningTests {
  private static let collection = #"""
    {"info": {"name": "C", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
     "item": [
      {"name": "Smoke", "description": "Runs always @smoke", "item": [
        {"name": "A", "request": "{{baseUrl}}/health"},
        {"name": "B", "request": {"url": "{{baseUrl}}/health", "description": "@slow, and more"},
         "event": [{"listen": "test", "script": {"exec": [
           "pm.test('as wanted', () => pm.response.to.have.status(Number(pm.environment.get('want'))))"]}}]}]},
      {"name": "C", "request": {"method": "POST", "url": "{{baseUrl}}/pets"}}]}
    """#

  private struct Ran {
    let code: Int32
    let names: [String]
    let output: String
    let error: String
  }

  private func run(_ flags: String, in scratch: Scratch) async throws -> Ran {
    try scratch.write("c.json", Self.collection)
    let before = Set(Files.entries(of: scratch.path + "/out") ?? [])
    let outcome = try await Program.run(
      "run '\(scratch.path)/c.json' --spec Collections/petstore/openapi.yaml --mock --color off "
        + "--output '\(scratch.path)/out' \(flags)")
    let new = (Files.entries(of: scratch.path + "/out") ?? []).filter { !before.contains($0) }
    var names: [String] = []
    for folder in new {
      let journal = try Files.read("\(scratch.path)/out/\(folder)/journal.ndjson")
      for line in journal.bytes.split(separator: 0x0A) {
        let event = try JSONReader.read(SourceFile(name: "line", bytes: Array(line))).root
        guard event["event"]?.string == "plan" else { continue }
        names = event["steps"]?.elements.compactMap { $0["name"]?.string } ?? []
      }
    }
    return Ran(code: outcome.code, names: names, output: outcome.output, error: outcome.error)
  }

  @Test func `expressions and tags pick what runs`() async throws {
    let scratch = try Scratch()
    let want = "--env-var want=200"
    #expect(try await run("--only tag:smoke \(want)", in: scratch).names == ["A", "B"])
    #expect(try await run("--only tag:slow \(want)", in: scratch).names == ["B"])
    #expect(try await run("--skip tag:smoke \(want)", in: scratch).names == ["C"])
    #expect(try await run("--only method:POST --only A \(want)", in: scratch).names == ["A", "C"])
    #expect(try await run("--only A --repeat 3 \(want)", in: scratch).names == ["A", "A", "A"])
    let none = try await run("--only name:nothing \(want)", in: scratch)
    #expect(none.code == 4)
    let wrong = try await run("--only tga:x", in: scratch)
    #expect(wrong.code == 2)
    #expect(wrong.error.contains("`tga`") && wrong.error.contains("`tag:` is one"))
  }

  @Test func `what failed last runs again, until nothing is left`() async throws {
    let scratch = try Scratch()
    #expect(try await run("--last-failed", in: scratch).code == 3)
    let first = try await run("--only tag:smoke --env-var want=500", in: scratch)
    #expect(first.code == 1)
    let again = try await run("--last-failed --env-var want=200", in: scratch)
    #expect(again.names == ["B"])
    #expect(again.code == 0, "\(again.output)")
    let done = try await run("--last-failed --env-var want=200", in: scratch)
    #expect(done.code == 0)
    #expect(done.names == [])
    #expect(done.error.contains("judged and held"))
  }

  @Test func `bail stops, with and without Newman's words`() async throws {
    for bail in ["--bail", "--bail failure", "--bail folder"] {
      let scratch = try Scratch()
      let ran = try await run("\(bail) --env-var want=500 -v", in: scratch)
      #expect(ran.code == 1, "\(ran.error)")
      #expect(ran.output.contains("✓ Smoke / A"))
      #expect(!ran.output.contains("C  POST"))
      #expect(ran.output.contains("not run    1 of 3"))
    }
  }

  @Test func `a run that takes too long ends`() async throws {
    let scratch = try Scratch()
    let ran = try await run(
      "--only name:A -n 200 --delay-request 50 --timeout 700 --env-var want=200", in: scratch)
    #expect(ran.code == 5, "\(ran.output)")
    #expect(ran.output.contains("the run took longer than"))
    #expect(ran.output.contains("not run"))
  }

  @Test func `rows in lanes of their own share nothing`() async throws {
    let scratch = try Scratch()
    try scratch.write(
      "l.json",
      #"""
      {"info": {"name": "L"}, "item": [{"name": "A", "request": "{{baseUrl}}/health", "event": [
        {"listen": "test", "script": {"exec": [
          "pm.test('seen ' + pm.environment.get('seen'), () => {});",
          "pm.environment.set('seen', pm.info.iteration);"]}}]}]}
      """#)
    let base =
      "run '\(scratch.path)/l.json' -n 3 --spec Collections/petstore/openapi.yaml --mock -q "
      + "--reporters junit --output '\(scratch.path)/"
    let together = try await Program.run(base + "one'")
    let apart = try await Program.run(base + "two' --lanes rows")
    #expect(together.code == 0 && apart.code == 0)
    func names(_ folder: String) throws -> [String] {
      let run = try #require(Files.entries(of: "\(scratch.path)/\(folder)")?.first)
      let document = try XMLDocument(Files.read("\(scratch.path)/\(folder)/\(run)/junit.xml"))
      return try #require(document.select("//testcase[contains(@name, 'seen')]/@name")).sorted()
    }
    #expect(try names("one").map { $0.contains("undefined") } == [false, false, true])
    #expect(try names("two").allSatisfy { $0.contains("undefined") })
  }

  @Test func `a plan tells what waits for what`() async throws {
    let scratch = try Scratch()
    try scratch.write("c.json", Self.collection)
    let plan = try await Program.run(
      "plan '\(scratch.path)/c.json' --env-var baseUrl=http://h --env-var want=1")
    #expect(plan.output.contains("C: calls overlap unless they wait for one another"))
    #expect(plan.output.contains("waits  for 1 «A»: is not the first call to its server"))
    #expect(plan.output.contains("waits  for 2 «B»: may change what that sees"))
    let strict = try await Program.run(
      "plan '\(scratch.path)/c.json' --delay-request 5 --env-var baseUrl=http://h --env-var want=1")
    #expect(strict.output.contains("one call after another, since a pause is asked for"))
    let json = try await Program.run(
      "plan '\(scratch.path)/c.json' --json --env-var baseUrl=http://h --env-var want=1")
    let root = try JSONReader.read(SourceFile(name: "plan", text: json.output)).root
    #expect(root["lanes"]?[0]?["order"]?.string == "auto")
    #expect(root["calls"]?[2]?["waits"]?[0]?["for"]?.int == 2)
  }
}
