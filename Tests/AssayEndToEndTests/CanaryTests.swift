import AssayMock
import AssayModel
import AssaySystem
import AssayTestKit
import AssayText
import Synchronization
import Testing

/// Forty secrets, each in five encodings, sent to a server that sends all of them back, and looked for in
/// everything that Assay writes.
@Suite struct CanaryTests {
  /// Secrets of every kind of character that an encoding treats in a way of its own.
  private static let canaries: [String] = (0..<40).map { number in
    let tails = [
      "plain", "sl/ash+plus", "a&b=c", "quo\"te'", "sp ace", "ümläut", "per%cent", "<tag>",
      "back\\slash", "pipe|#?",
    ]
    return
      "cnry\(number)-\(tails[number % tails.count])-\(String(UInt64(number) &* 7_919 &+ 104_729, radix: 36))z"
  }

  /// As it is, as JSON, percent-encoded, in Base64, and as Basic credentials.
  private static func encodings(_ secret: String) -> [String] {
    [
      secret, String(JSONWriter.text(of: .string(secret)).dropFirst().dropLast()),
      PercentEncoding.encode(secret.utf8, keeping: URI.isUnreserved),
      Base64.encode(Array(secret.utf8)), Base64.encode(Array("user:\(secret)".utf8)),
    ]
  }

  /// Every form in which any of them may stand in an output: of Base64 what no neighbouring byte has a
  /// share in.
  private static let needles: [(form: [UInt8], secret: String)] = canaries.flatMap { secret in
    let forms = encodings(secret)
    let inner = [String(forms[3].dropLast(4)), String(forms[4].dropFirst(8).dropLast(4))]
    return Set(forms[..<3] + inner).map { (Array($0.utf8), secret) }
  }

  /// By their first four bytes, so that one pass over an output looks for all of them.
  private static let heads: [UInt32: [[UInt8]]] = needles.reduce(into: [:]) { heads, needle in
    let key = needle.form[..<4].reduce(0) { $0 << 8 | UInt32($1) }
    heads[key, default: []].append(needle.form)
  }

  private static func hits(in bytes: [UInt8]) -> [String] {
    var found: Set<String> = []
    var key: UInt32 = 0
    for (end, byte) in bytes.enumerated() {
      key = key << 8 | UInt32(byte)
      guard end >= 3, let forms = heads[key] else { continue }
      for form in forms where bytes[(end - 3)...].starts(with: form) {
        found.insert(String(decoding: form, as: UTF8.self))
      }
    }
    return found.sorted()
  }

  /// Everything below a folder, with what is packed unpacked.
  private static func leaks(below root: String) throws -> [String] {
    var found: [String] = []
    var pending = [root]
    while let folder = pending.popLast() {
      for name in Files.entries(of: folder) ?? [] {
        let path = folder + "/" + name
        if Files.kind(of: path) == .directory {
          pending.append(path)
          continue
        }
        var texts = [try Files.read(path).bytes]
        if name.hasSuffix(".zz") {
          texts.append(try Deflate.decompress(texts[0], as: .zlib, limit: 1 << 26))
        }
        if name.hasSuffix(".html") {
          let page = String(decoding: texts[0], as: UTF8.self)
          for piece in page.split(separator: "<script type=\"application/octet-stream\"")
            .dropFirst()
          {
            let packed = piece.drop { $0 != ">" }.dropFirst().prefix { $0 != "<" }
            guard let bytes = Base64.decode(packed.utf8) else { continue }
            texts.append(try Deflate.decompress(bytes, as: .gzip, limit: 1 << 26))
          }
        }
        for text in texts { found += hits(in: text).map { "\(name): \($0)" } }
      }
    }
    return found
  }

  /// A collection that puts every secret wherever a request has a place for it, and says it aloud.
  private static func inputs(_ scratch: Scratch) throws {
    let values = canaries.enumerated().map { number, secret in
      #"{"key": "s\#(number)", "value": \#(JSONWriter.text(of: .string(secret))), "type": "secret"}"#
    }
    try scratch.write(
      "e.json", #"{"name": "e", "values": [\#(values.joined(separator: ","))]}"#)
    let items = canaries.indices.map { number in
      let name = "{{s\(number)}}"
      let body = [
        #"{"mode": "raw", "raw": "{\"a\": \"\#(name)\"}"}"#,
        #"{"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "\#(name)"}]}"#,
        #"{"mode": "formdata", "formdata": [{"key": "a", "value": "\#(name)", "type": "text"}]}"#,
      ][number % 3]
      let auth = [
        #"{"type": "basic", "basic": {"username": "user", "password": "\#(name)"}}"#,
        #"{"type": "bearer", "bearer": {"token": "\#(name)"}}"#,
        #"{"type": "apikey", "apikey": {"key": "k", "value": "\#(name)", "in": "query"}}"#,
      ][number % 3]
      let script = [
        "const s = pm.environment.get('s\(number)'); console.log('log', s, {s}, encodeURIComponent(s), btoa(unescape(encodeURIComponent(s))));",
        "pm.environment.set('copy', s); pm.test('named ' + s, () => pm.expect(s).to.equal('other'));",
        "pm.test('body', () => pm.expect(pm.response.text()).to.equal(s)); if (\(number) % 7 === 0) throw new Error('thrown ' + s);",
      ].map { JSONWriter.text(of: .string($0)) }.joined(separator: ",")
      return
        #"{"name": "item \#(number)", "request": {"method": "POST", "url": "{{base}}/p?q=\#(name)&token=\#(name)", "auth": \#(auth), "header": [{"key": "X-\#(number)", "value": "v"}], "body": \#(body)}, "event": [{"listen": "test", "script": {"exec": [\#(script)]}}]}"#
    }
    try scratch.write(
      "c.json", #"{"info": {"name": "C"}, "item": [\#(items.joined(separator: ","))]}"#)
    try scratch.write(
      "api.yaml",
      """
      openapi: 3.1.0
      info: {title: A, version: "1"}
      paths:
        /p:
          post:
            parameters: [{name: q, in: query, schema: {type: integer}}]
            responses:
              "200":
                description: d
                headers: {X-Echo: {schema: {type: integer}}}
                content: {application/json: {schema: {type: object, additionalProperties: {type: integer, maxLength: 1}}}}
      """)
  }

  /// Everything that it knows, in every encoding, in every place of a response.
  private static func answer(_ request: Request) -> Response {
    let all = canaries.flatMap(encodings)
    let members = all.enumerated().map {
      "\"m\($0.offset)\": \(JSONWriter.text(of: .string($0.element)))"
    }
    var response = Response.json("{\(members.joined(separator: ",\n")), \"raw\": 0}")
    let plain = all.filter { $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }
    response.headers += plain.prefix(40).enumerated().map {
      HeaderField("X-E\($0.offset)", $0.element)
    }
    response.headers.append(HeaderField("X-Echo", plain[0]))
    response.headers.append(HeaderField("Set-Cookie", "sid=\(plain[1]); Path=/"))
    return response
  }

  private static let reporters = "cli,junit,html,json,har,ctrf,markdown,github,tap,allure,ndjson"

  @Test func `no secret is in any output, in any encoding, however much is said`() async throws {
    let scratch = try Scratch()
    try Self.inputs(scratch)
    let server = try MockServer(answerer: ClosureAnswerer { Self.answer($0) })
    var said: [(words: String, text: String)] = []
    func run(_ words: String) async throws -> Program.Outcome {
      let outcome = try await Program.run(
        words, environment: ["GITHUB_STEP_SUMMARY=\(scratch.path)/step/summary.md"],
        folder: scratch.path)
      said.append((words, outcome.output + outcome.error))
      return outcome
    }
    try Files.makeDirectory(scratch.path + "/step")
    let common =
      "c.json -e e.json --spec api.yaml --base-url \(server.url) --env-var base=\(server.url)"
    for level in ["-qq", "-q", "", "-v", "-vv", "--format json"] {
      let outcome = try await run(
        "run \(common) \(level) -r \(Self.reporters) --reporter-har-calls all --reporter-ndjson-export out\(level.filter { $0 != " " }).ndjson --output runs"
      )
      #expect(outcome.code == 1, "\(level): \(outcome.error.prefix(500))")
    }
    let runs = (Files.entries(of: scratch.path + "/runs") ?? []).map { "runs/\($0)" }
    #expect(runs.count == 6)
    for words in [
      "report \(runs[0]) -r \(Self.reporters) --output again -vv",
      "merge \(runs[0]) \(runs[1]) --output merged -r \(Self.reporters)",
      "compare \(runs[0]) \(runs[1]) -v", "compare \(runs[0]) \(runs[1]) --json",
      "judge \(runs[0]) --spec api.yaml --base-url \(server.url) -r \(Self.reporters) --output judged -vv",
      "judge \(runs[0])/exchanges.har --spec api.yaml --json",
      "replay \(runs[0]) 'item 1' --judge-only",
      "replay \(runs[0]) 'item 1' -e e.json",
      "replay \(runs[0]) 'item 3' --with-deps -e e.json --json",
      "replay \(runs[0]) 'item 5'", "curl \(runs[0]) 'item 0'", "curl \(runs[0]) 'item 2'",
      "plan c.json -e e.json --env-var base=\(server.url)",
      "plan c.json -e e.json --env-var base=\(server.url) --json",
      "run c.json -e e.json --env-var base=\(server.url) --env-var 's1=\(Self.canaries[1])' --strict-variables --timeout-request 1 --output slow -vv",
    ] { _ = try await run(words) }
    for (words, text) in said {
      let hits = Self.hits(in: Array(text.utf8))
      // What was typed is shown by nobody but who typed it; nothing of it is printed here either.
      #expect(hits == [], "\(words): \(hits.prefix(3))")
    }
    for name in ["runs", "again", "merged", "judged", "slow", "step"] {
      let leaks = try Self.leaks(below: scratch.path + "/" + name)
      #expect(leaks == [], "\(name): \(leaks.prefix(3)) of \(leaks.count)")
    }
    for name in scratch.entries where name.hasSuffix(".ndjson") {
      #expect(Self.hits(in: try Files.read(scratch.path + "/" + name).bytes) == [], "\(name)")
    }
    // Evidence is still evidence: something was there, and has a tag.
    let journal = try Files.read(scratch.path + "/" + runs[0] + "/journal.ndjson").bytes
    #expect(journal.holds("[secret:s1#") && journal.holds("[secret:s39#"))
    // Equal values have equal tags, and different ones different tags.
    let text = String(decoding: journal, as: UTF8.self)
    let tags = Set(text.matches(of: /\[secret:s7#[0-9a-f]{4}\]/).map { String($0.output) })
    #expect(tags.count == 1)
  }

  @Test func `a killed run leaves no secret behind`() async throws {
    let scratch = try Scratch()
    try Self.inputs(scratch)
    let count = Mutex(0)
    let server = try MockServer(
      answerer: ClosureAnswerer { request in
        count.withLock { $0 += 1 }
        return Self.answer(request)
      })
    let words =
      "'\(Program.assay)' run c.json -n 8 -e e.json --env-var base=\(server.url) --output runs -vv -r \(Self.reporters)"
    _ = try await Program.shell(
      "\(words) > out.txt 2>&1 & sleep 1; kill -9 $!; wait", folder: scratch.path)
    #expect(count.withLock { $0 } > 0)
    let leaks = try Self.leaks(below: scratch.path + "/runs")
    #expect(leaks == [], "\(leaks.prefix(3)) of \(leaks.count)")
    #expect(Self.hits(in: try Files.read(scratch.path + "/out.txt").bytes) == [])
  }
}
