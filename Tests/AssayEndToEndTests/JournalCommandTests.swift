import AssayMock
import AssayModel
import AssayReport
import AssaySystem
import AssayTestKit
import AssayText
import Synchronization
import Testing

/// The commands that read nothing but journals, tried on runs against real servers.
@Suite struct JournalCommandTests {
  private static let sample = "\(SharedData.repository)/Collections/petstore"

  /// A shop that makes ids and tokens of its own, so that nothing recorded fits twice.
  private final class Shop: Sendable {
    private let state = Mutex((next: 0, orders: [String: String](), seen: [Request]()))
    private let prefix: String
    /// What it answers of an order's price.
    private let price: String

    init(_ prefix: String, price: String) {
      self.prefix = prefix
      self.price = price
    }

    var seen: [Request] { state.withLock { $0.seen } }

    func answer(_ request: Request) -> Response {
      state.withLock { state in
        state.seen.append(request)
        let path = request.url.split(separator: "?")[0]
        if path.hasSuffix("/login") {
          state.next += 1
          return .json(#"{"access_token": "\#(prefix)-token-\#(state.next)-secret"}"#)
        }
        guard request.headers.first("Authorization") == "Bearer \(prefix)-token-\(1)-secret" else {
          return .json("{}", status: 401)
        }
        if request.method == "POST" {
          let id = "\(prefix)-\(900 + state.orders.count)"
          state.orders[id] = "open"
          return .json(#"{"id": "\#(id)"}"#, status: 201)
        }
        let id = path.split(separator: "/").last.map(String.init) ?? ""
        guard state.orders[id] != nil else { return .json("{}", status: 404) }
        return .json(#"{"id": "\#(id)", "price": \#(price)}"#)
      }
    }
  }

  private static let collection = #"""
    {"info": {"name": "Shop"}, "item": [
      {"name": "Log in", "request": {"method": "POST", "url": "{{base}}/login"},
       "event": [{"listen": "test", "script": {"exec": ["pm.environment.set('token', pm.response.json().access_token)"]}}]},
      {"name": "Unrelated", "request": {"url": "{{base}}/unrelated", "header": [{"key": "Authorization", "value": "Bearer {{token}}"}]}},
      {"name": "Place order", "request": {"method": "POST", "url": "{{base}}/orders",
        "header": [{"key": "Authorization", "value": "Bearer {{token}}"}, {"key": "Content-Type", "value": "application/json"}],
        "body": {"mode": "raw", "raw": "{\"item\": \"tea's\", \"count\": 1.0}"}},
       "event": [{"listen": "test", "script": {"exec": ["pm.environment.set('order', pm.response.json().id)"]}}]},
      {"name": "Get order", "request": {"url": "{{base}}/orders/{{order}}?full=yes", "header": [{"key": "Authorization", "value": "Bearer {{token}}"}]}}]}
    """#

  private static func contract(_ url: String) -> String {
    """
    openapi: 3.1.0
    info: {title: Shop, version: "1"}
    servers: [{url: "\(url)"}]
    paths:
      /login: {post: {responses: {"200": {description: fine}}}}
      /unrelated: {get: {responses: {"404": {description: none}}}}
      /orders: {post: {responses: {"201": {description: made}}}}
      /orders/{id}:
        parameters: [{name: id, in: path, required: true, schema: {type: string}}, {name: full, in: query, schema: {type: string}}]
        get:
          responses:
            "200":
              description: an order
              content: {application/json: {schema: {type: object, properties: {price: {type: number}}}}}
    """
  }

  private func folder(_ scratch: Scratch, _ name: String = "runs") throws -> String {
    "\(scratch.path)/\(name)/" + (try #require(Files.entries(of: scratch.path + "/" + name)?.first))
  }

  /// The path of a developer: a run fails in CI, and one line of its JUnit does the call again.
  @Test
  func `from the JUnit message alone a call is made again elsewhere, seen, and judged after a fix`()
    async throws
  {
    let scratch = try Scratch()
    let staging = Shop("stg", price: #""12.50""#)
    let stagingServer = try MockServer(answerer: ClosureAnswerer { staging.answer($0) })
    try scratch.write("shop.json", Self.collection)
    try scratch.write("api.yaml", Self.contract(stagingServer.url))
    let nightly = try await Program.run(
      "run shop.json --spec api.yaml --env-var base=\(stagingServer.url) --output runs",
      folder: scratch.path)
    #expect(nightly.code == 1, "\(nightly.output)\(nightly.error)")
    let run = try folder(scratch)
    let junit = try XMLDocument(Files.read(run + "/junit.xml"))
    let failure = try #require(junit.select("string(//failure)")?.first)
    #expect(failure.contains("/price: expected number, received string \"12.50\""))
    #expect(failure.contains("1 | {") || failure.contains("\"price\": \"12.50\""))
    func line(_ prefix: String) throws -> String {
      String(
        try #require(failure.split(separator: "\n").first { $0.hasPrefix(prefix) })
          .dropFirst(prefix.count))
    }
    // One line, pasted, against another server: what it needs runs before it, and nothing else.
    let local = Shop("dev", price: #""12.50""#)
    let localServer = try MockServer(answerer: ClosureAnswerer { local.answer($0) })
    let repro = try line("repro: ")
    #expect(repro.hasPrefix("assay run shop.json "))
    let again = try await Program.shell(
      repro.replacing("assay run", with: "'\(Program.assay)' run")
        + " --env-var base=\(localServer.url) --base-url \(localServer.url) --output again",
      folder: scratch.path)
    #expect(again.code == 1, "\(again.output)\(again.error)")
    #expect(
      local.seen.map { String($0.url.split(separator: "/").last ?? "") }
        == ["login", "orders", "dev-900?full=yes"])
    #expect(again.output.contains("type: number"))
    #expect(again.output.contains("\"price\": \"12.50\""))
    // The recorded bytes again: what made its variables first, with what the new server said put in.
    let fixed = Shop("fix", price: "12.50")
    let fixedServer = try MockServer(answerer: ClosureAnswerer { fixed.answer($0) })
    let check = try line("check: ")
    let replay = try await Program.run(
      "replay '\(run)' \(check) --with-deps --to \(fixedServer.url)", folder: scratch.path)
    #expect(replay.code == 0, "\(replay.output)\(replay.error)")
    #expect(replay.output.contains("fixed"))
    #expect(replay.output.contains("body /price"))
    #expect(!replay.output.contains("fix-token-1-secret"))
    #expect(
      fixed.seen.map { String($0.url.split(separator: "/").last ?? "") }
        == ["login", "orders", "fix-900?full=yes"])
    let nobody = try await Program.run(
      "replay '\(run)' 'Log in' --to http://127.0.0.1:1", folder: scratch.path)
    #expect(nobody.code == 5 && nobody.output.contains("not judged"))
    #expect(!nobody.output.contains("holds") && !nobody.output.contains("fixed"))
    // Without traffic the recorded exchange is judged by what the contract says today.
    let blamed = try await Program.run(
      "replay '\(run)' \(check) --judge-only", folder: scratch.path)
    #expect(blamed.code == 1 && blamed.output.contains("still broken"))
    try scratch.write(
      "new.yaml", Self.contract(stagingServer.url).replacing("type: number", with: "type: string"))
    let judged = try await Program.run(
      "replay '\(run)' 'Get order' --judge-only --spec new.yaml", folder: scratch.path)
    #expect(judged.code == 0 && judged.output.contains("fixed"), "\(judged.output)\(judged.error)")
  }

  @Test func `the recorded bytes are sent, and a secret comes back from whoever has it`()
    async throws
  {
    let scratch = try Scratch()
    let seen = Mutex<[Request]>([])
    let server = try MockServer(
      answerer: ClosureAnswerer { request in
        seen.withLock { $0.append(request) }
        return .json("{}")
      })
    try scratch.write(
      "c.json",
      #"""
      {"info": {"name": "C"}, "item": [{"name": "x", "request": {"method": "PATCH",
       "url": "{{base}}/a%2Fb//c?x=1&key={{apiKey}}&&y=%20+", "header": [{"key": "X-Odd", "value": "  it's \"$HOME\"  `id`"}, {"key": "X-Empty", "value": ""}],
       "body": {"mode": "raw", "raw": "{\"a\":1.50,\t\"k\":\"{{apiKey}}\", \"it's\": \"é\\u00e9\"}"}}}]}
      """#)
    let secret = "s3cr3t/with+odd&chars"
    try scratch.write(
      "e.json",
      #"{"name": "e", "values": [{"key": "apiKey", "value": "\#(secret)", "type": "secret"}]}"#)
    let run = try await Program.run(
      "run c.json -e e.json --env-var base=\(server.url) --output runs -q", folder: scratch.path)
    #expect(run.code == 0, "\(run.output)\(run.error)")
    let path = try folder(scratch)
    let refused = try await Program.run("replay '\(path)' x", folder: scratch.path)
    #expect(refused.code == 2 && refused.error.contains("ASSAY_SECRET_APIKEY"))
    for (words, environment) in [
      ("replay '\(path)' x -e e.json", []),
      ("replay '\(path)' 0", ["ASSAY_SECRET_APIKEY=\(secret)"]),
    ] {
      let again = try await Program.run(words, environment: environment, folder: scratch.path)
      #expect(again.code == 0, "\(again.output)\(again.error)")
      #expect(!again.output.contains(secret))
    }
    let printed = try await Program.run("curl '\(path)' x", folder: scratch.path)
    #expect(printed.code == 0 && printed.output.contains("\"$ASSAY_SECRET_APIKEY\""))
    #expect(!printed.output.contains(secret))
    // As printed, in the shell that every system has.
    let curl = try await Program.shell(
      printed.output, environment: ["ASSAY_SECRET_APIKEY=s3cr3t-with-plain-chars"],
      folder: scratch.path)
    #expect(curl.code == 0, "\(curl.error)")
    let requests = seen.withLock { $0 }
    #expect(requests.count == 4)
    for again in requests[1...2] {
      #expect(again.method == requests[0].method && again.url == requests[0].url)
      #expect(again.body == requests[0].body)
      #expect(
        Set(again.headers.map { "\($0.name): \($0.value)" })
          == Set(requests[0].headers.map { "\($0.name): \($0.value)" }))
    }
    func plain(_ text: String) -> String { text.replacing(secret, with: "s3cr3t-with-plain-chars") }
    let body = requests[0].body.map { plain(String(decoding: $0, as: UTF8.self)) }
    #expect(requests[3].body.map { String(decoding: $0, as: UTF8.self) } == body)
    #expect(requests[3].method == "PATCH")
    #expect(requests[3].headers.first("X-Odd") == requests[0].headers.first("X-Odd"))
    #expect(requests[3].url.contains("/a%2Fb//c?x=1&key=s3cr3t-with-plain-chars&&y=%20+"))
  }

  /// The executions of a run in their order, with what was claimed of each, and the coverage.
  private func shape(_ folder: String) throws -> [String] {
    let run = try JSONReader.read(Files.read(folder + "/report.json")).root["run"]
    let executions = try #require(run?["executions"]).elements.map { execution in
      let claims = execution["assertions"]?.elements.map {
        "\($0["assertion"]?.string ?? "") \($0["error"]?["message"]?.string ?? "held")"
      }
      return "\(execution["cursor"]?["position"]?.int ?? -1) \(execution["id"]?.string ?? "") "
        + "\(execution["item"]?["name"]?.string ?? "") \(claims ?? [])"
    }
    let coverage = ["operations", "responses", "parameters", "members"].map { kind in
      "\(kind) \(run?["coverage"]?[kind]?["seen"]?.int ?? -1)"
    }
    return Array(executions) + coverage
  }

  /// Both halves of a run, joined, against the run of everything. Long, since all of it compares with
  /// that one run.
  @Test func `merged runs equal the run of everything`() async throws {
    let scratch = try Scratch()
    let item =
      #"{"name": "N", "request": "{{base}}/F/N", "event": [{"listen": "test", "script": {"exec": ["pm.test('t', () => pm.expect(pm.response.json().id).to.be.a('number'))"]}}]}"#
    let folders = ["A", "B", "C"].map { folder in
      let items = (1...4).map { item.replacing("N", with: "\(folder)\($0)") }
      return #"{"name": "\#(folder)", "item": [\#(items.joined(separator: ","))]}"#
    }
    try scratch.write(
      "c.json", "{\"info\": {\"name\": \"C\"}, \"item\": [\n\(folders.joined(separator: ",\n"))]}")
    let server = try MockServer(
      answerer: ClosureAnswerer { request in
        .json(request.url.hasSuffix("B2") ? #"{"id": "2"}"# : #"{"id": 2}"#)
      })
    try scratch.write(
      "api.yaml",
      """
      openapi: 3.1.0
      info: {title: A, version: "1"}
      servers: [{url: "\(server.url)"}]
      paths:
        /F/{n}:
          get:
            parameters: [{name: n, in: path, required: true, schema: {type: string, enum: [A1, B2, C9]}}]
            responses: {"200": {description: f, content: {application/json: {schema: {properties: {id: {type: integer}, b: {}}}}}}}
      """)
    let words =
      "run c.json --spec api.yaml --env-var base=\(server.url) -n 2 -r cli,json -q --seed 1"
    for (name, flags) in [
      ("whole", ""), ("one", "--folder A --folder C"), ("two", "--folder B"),
    ] {
      let outcome = try await Program.run(
        "\(words) \(flags) --output \(name)", folder: scratch.path)
      #expect(outcome.code == 1, "\(outcome.output)\(outcome.error)")
    }
    let merged = try await Program.run(
      "merge '\(folder(scratch, "two"))' '\(folder(scratch, "one"))' --output merged -r cli,json,junit",
      folder: scratch.path)
    #expect(merged.code == 1, "\(merged.output)\(merged.error)")
    let compared = try await Program.run(
      "compare '\(folder(scratch, "whole"))' '\(folder(scratch, "merged"))' --fail-on new,vanished --json",
      folder: scratch.path)
    #expect(compared.code == 0, "\(compared.output)")
    let counts = try JSONReader.read(SourceFile(name: "c", text: compared.output)).root["counts"]
    #expect(counts?["added"]?.int == 0 && counts?["fixed"]?.int == 0)
    func shape(_ name: String) throws -> [String] { try self.shape(folder(scratch, name)) }
    #expect(try shape("merged") == shape("whole"))
    // Folders that only read fall into parts, which the same flag finds on every machine.
    var parts: [String] = []
    for part in 1...4 {
      let outcome = try await Program.run(
        "\(words) --shard \(part)/4 --output part\(part)", folder: scratch.path)
      let isEmpty = part == 4
      #expect(outcome.error.contains("run.empty-shard") == isEmpty, "\(outcome.error)")
      if !isEmpty { parts.append("'\(try folder(scratch, "part\(part)"))'") }
    }
    let joined = try await Program.run(
      "merge \(parts.joined(separator: " ")) --output joined -r json", folder: scratch.path)
    #expect(joined.code == 1, "\(joined.error)")
    #expect(try shape("joined") == shape("whole"))
    let automatic = try await Program.run(
      "\(words) --shard auto --output auto", environment: ["CI_NODE_INDEX=4", "CI_NODE_TOTAL=4"],
      folder: scratch.path)
    #expect(automatic.error.contains("run.empty-shard"))
    for bad in ["0/3", "4/3", "x", "1/0", "auto"] {
      #expect(try await Program.run("\(words) --shard \(bad)", folder: scratch.path).code == 2)
    }
    // A shard that was killed is told, and nothing of it looks passed.
    let journal = try folder(scratch, "two") + "/journal.ndjson"
    let bytes = try Files.read(journal).bytes
    Files.remove(journal)
    try Files.write(Array(bytes.prefix(bytes.count * 2 / 3)), to: journal)
    let torn = try await Program.run(
      "merge '\(folder(scratch, "one"))' '\(folder(scratch, "two"))' --output torn -r cli -q",
      folder: scratch.path)
    #expect(torn.code == 1 && torn.error.contains("journal.torn"))
    #expect(torn.output.contains("not run") || torn.output.contains("not be judged"))
  }

  @Test func `two runs are compared check by check`() async throws {
    let scratch = try Scratch()
    let isNew = Mutex(false)
    let server = try MockServer(
      answerer: ClosureAnswerer { request in
        let now = isNew.withLock { $0 }
        if request.url.hasSuffix("/fixed") { return .json("{}", status: now ? 200 : 500) }
        if request.url.hasSuffix("/worse") { return .json("{}", status: now ? 500 : 200) }
        return .json("{}", status: request.url.hasSuffix("/still") ? 500 : 200)
      })
    func collection(_ names: [String]) -> String {
      let items = names.map {
        #"{"name": "\#($0)", "request": "{{base}}/\#($0)", "event": [{"listen": "test", "script": {"exec": ["pm.test('fine', () => pm.response.to.have.status(200))"]}}]}"#
      }
      return #"{"info": {"name": "C"}, "item": [\#(items.joined(separator: ","))]}"#
    }
    try scratch.write("old.json", collection(["fixed", "worse", "still", "steady", "gone"]))
    try scratch.write("new.json", collection(["steady", "worse", "added", "still", "fixed"]))
    _ = try await Program.run(
      "run old.json --env-var base=\(server.url) --output old -r cli", folder: scratch.path)
    isNew.withLock { $0 = true }
    let run = try await Program.run(
      "run new.json --env-var base=\(server.url) --output new -r cli,html,markdown --compare '\(folder(scratch, "old"))'",
      folder: scratch.path)
    #expect(run.code == 1)
    let (old, new) = (try folder(scratch, "old"), try folder(scratch, "new"))
    let json = try await Program.run("compare '\(old)' '\(new)' --json", folder: scratch.path)
    #expect(json.code == 1)
    let root = try JSONReader.read(SourceFile(name: "c", text: json.output)).root
    var buckets: [String: String] = [:]
    for check in try #require(root["checks"]).elements {
      guard let name = check["name"]?.string, name.hasSuffix("› fine") else { continue }
      buckets[String(name.prefix { $0 != " " })] = check["bucket"]?.string
    }
    #expect(
      buckets == [
        "fixed": "fixed", "worse": "new", "still": "still", "gone": "vanished", "added": "added",
      ])
    let told = try await Program.run("compare '\(old)' '\(new)'", folder: scratch.path)
    #expect(
      told.output.contains("new failures 1") && told.output.contains("checks that vanished 2"))
    for (flags, code) in [
      ("--fail-on none", 0), ("--fail-on vanished", 1), ("--fail-on flaky", 0),
      ("--fail-on still", 1),
    ] {
      let outcome = try await Program.run(
        "compare '\(old)' '\(new)' -q \(flags)", folder: scratch.path)
      #expect(outcome.code == code, "\(flags)")
    }
    // The other way round nothing is new but what was fixed since.
    let back = try await Program.run("compare '\(new)' '\(old)' -q", folder: scratch.path)
    #expect(back.code == 1)
    let page = String(decoding: try Files.read(new + "/report.html").bytes, as: UTF8.self)
    #expect(page.contains("badge new\">new</span>") && page.contains("Checks that vanished"))
    let missing = try await Program.run("compare '\(old)' nowhere", folder: scratch.path)
    #expect(missing.code == 3)
  }

  @Test func `a call is named by id, number or name, and anything else is told`() async throws {
    let scratch = try Scratch()
    _ = try await Program.run(
      "run '\(Self.sample)' --config '\(Self.sample)/assay.yaml' --output runs -r junit",
      folder: scratch.path)
    let run = try folder(scratch)
    for (words, code, text) in [
      ("curl '\(run)' 'List vaccinations'", Int32(0), "/vaccinations"),
      ("curl '\(run)' 7", 0, "/vaccinations"), ("curl '\(run)' '#7'", 0, "/vaccinations"),
      ("curl '\(run)' 'List vaccination'", 3, "`List vaccinations` is one"),
      ("curl '\(run)' 400", 3, "no call"), ("curl /nowhere 1", 3, "nowhere"),
      ("replay '\(run)' nothing", 2, "no call"), ("explain no.such-code", 2, "usage.unknown-code"),
    ] {
      let outcome = try await Program.run(words, folder: scratch.path)
      #expect(outcome.code == code, "\(words): \(outcome.error)")
      #expect((outcome.output + outcome.error).contains(text), "\(words)")
    }
  }
}
