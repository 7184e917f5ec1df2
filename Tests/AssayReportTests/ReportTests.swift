import AssayModel
import AssayReport
import AssayTestKit
import AssayText
import Testing

/// A run with one of everything, as events.
enum SampleRun {
  static let contract = Place(file: "openapi.yaml", line: 12, column: 9)
  static let body = #"{"id":1,"items":[{"price":"free"}]}"#

  static func events(
    name: String = "Get item", message: String = "wrong", secret: String = "hunter2-token"
  )
    -> [Event]
  {
    let facts = RunFacts(
      id: "20261120-020001-beef", version: "1.0", startedAt: 1_795_140_001, collections: ["Shop"],
      environment: "staging", contracts: ["Shop API"],
      inputs: [.init(name: "shop.json", sha256: String(repeating: "a", count: 64))])
    var events: [Event.Kind] = [
      .runStarted(facts),
      .planned([
        step(0, name, ["Items", "v1.2"]), step(1, "List items", []), step(2, "Never ran", []),
      ]),
      .stepStarted(0),
      .exchanged(0, exchange(secret)),
      .mapped(0, operation: "GET /items/{id}", reach: nil),
      .judged(0, Verdict(name: "request", code: "request", outcome: .passed)),
      .judged(0, contractVerdict(message)),
      .judged(
        0,
        Verdict(
          name: "has a name", code: "assertion", outcome: .failed, fault: .assertion,
          message: message, place: Place(file: "shop.json", line: 40, column: 5))),
      .judged(0, Verdict(name: "has a name", code: "assertion", outcome: .passed)),
      .judged(0, Verdict(name: "later", code: "assertion", outcome: .skipped)),
      .judged(
        0,
        Verdict(
          name: "contract: body", code: "contract.body", outcome: .notJudged, message: "text/csv")),
      .console(0, .init(level: "log", text: message)),
      .variableChanged(0, .environment, name: "token"),
      .noted(
        0, Note(severity: .warning, code: "c.w", message: message, place: contract, hint: "h")),
      .stepEnded(0),
      .stepStarted(1),
    ]
    let refused = Exchange(
      request: Request(method: "GET", url: "http://h/items", headers: [], body: nil),
      outcome: .failed(TransportFault(.connect, "refused")))
    events += [
      .exchanged(1, refused),
      .judged(
        1,
        Verdict(
          name: "request", code: "transport.connect", outcome: .error, fault: .transport,
          message: "refused")),
      .stepEnded(1),
    ]
    return events.enumerated().map { Event(time: .milliseconds($0.offset), kind: $0.element) }
  }

  static func ledger(_ events: [Event] = events()) -> Ledger {
    events.reduce(into: Ledger()) { $0.add($1) }
  }

  private static func step(_ number: Int, _ name: String, _ folders: [String]) -> Event.PlannedStep
  {
    Event.PlannedStep(
      number: number, suite: "Shop", folders: folders, name: name, iteration: 0, iterationCount: 1,
      place: Place(file: "shop.json", line: 10 + number, column: 3))
  }

  private static func exchange(_ secret: String) -> Exchange {
    var timings = Timings()
    timings.wait = .milliseconds(12)
    timings.paced = .milliseconds(500)
    var response = Response.json(body)
    response.headers.append(HeaderField("Set-Cookie", "sid=\(secret)"))
    let request = Request(
      method: "POST", url: "http://h/items/1?key=\(secret)",
      headers: [HeaderField("Authorization", "Bearer \(secret)"), HeaderField("X", "1")],
      body: Array("sent \(secret)".utf8))
    return Exchange(
      request: request, outcome: .response(response), timings: timings, peer: "127.0.0.1:80",
      reusedConnection: true, sentCount: 2)
  }

  private static func contractVerdict(_ message: String) -> Verdict {
    var finding = Finding(
      code: "contract.body", part: .responseBody, at: "/items/0/price", keyword: "type",
      message: message, expected: "number", received: "string \"free\"", document: contract,
      documentPointer: "/components/schemas/Item/type",
      documentExcerpt: [
        .init(number: 11, text: "price:", isMarked: false),
        .init(number: 12, text: "  type: number", isMarked: true),
      ])
    let bytes = Array(body.utf8)
    finding.receivedRange = bytes.firstRange(of: Array("\"free\"".utf8))
    return Verdict(
      name: "contract: body", code: "contract.body", outcome: .failed, fault: .response,
      message: "/items/0/price: " + message, place: contract, findings: [finding])
  }
}

@Suite struct JournalTests {
  @Test func `what is written is read back to the same ledger`() throws {
    let store = MemoryStore()
    try store.write(SampleRun.events())
    let result = try store.read()
    #expect(result.tornLine == nil)
    #expect(result.events.count == SampleRun.events().count)
    let (one, other) = (SampleRun.ledger(), SampleRun.ledger(result.events))
    #expect(JUnitReport(one).text == JUnitReport(other).text)
    #expect(HTMLReport(one).text == HTMLReport(other).text)
    #expect(one.exitCode == other.exitCode)
    let again = MemoryStore()
    try again.write(result.events)
    #expect(again.text == store.text)
  }

  @Test func `the torn end of a killed run is left out and told`() throws {
    let store = MemoryStore()
    try store.write(SampleRun.events())
    let bytes = Array(store.text.utf8)
    let lines = bytes.split(separator: 0x0A).count
    for cut in stride(from: 1, to: 400, by: 7) {
      let result = try store.read(Array(bytes.dropLast(cut)))
      #expect(result.events.count < lines || cut == 1)
      // A cut between two lines leaves whole lines, and a run without its end.
      let isBetween = bytes.dropLast(cut).last == 0x0A
      #expect((result.tornLine == nil) == (isBetween || cut == 1))
      #expect(SampleRun.ledger(result.events).exitCode != .success)
    }
    var flipped = bytes
    flipped[bytes.count / 2] ^= 1
    #expect(try store.read(flipped).tornLine != nil)
    for text in ["", "{}", "hello\n", "[1]\n"] {
      #expect(throws: Diagnostic.self) { try store.read(Array(text.utf8)) }
    }
  }

  @Test func `the same body is stored once`() throws {
    let store = MemoryStore()
    try store.write(SampleRun.events() + SampleRun.events())
    #expect(store.bodies.count == 2)
    #expect(store.bodies.keys.allSatisfy { $0.count == 67 && $0.hasSuffix(".zz") })
  }
}

@Suite struct RedactorTests {
  @Test func `a secret is gone in every form in which it travels`() throws {
    let secret = "s3cr3t/\"pass\" +value"
    var quoted: [UInt8] = []
    JSONWriter.appendQuoted(secret.utf8, to: &quoted)
    let forms = [
      secret, String(decoding: quoted, as: UTF8.self),
      PercentEncoding.encode(secret.utf8, keeping: URI.isUnreserved),
      Base64.encode(Array(secret.utf8)), Base64.encode(Array("u:\(secret)".utf8)),
      Base64.encode(Array("user:\(secret)".utf8)),
    ]
    let redactor = Redactor(secrets: [Secret("token", secret)], key: [1])
    for form in forms {
      let clean = redactor.redact("before \(form) after")
      #expect(clean.contains("[secret:"), "\(form)")
      var watch = SecretWatch(redactor)
      #expect(watch.whole(Array(clean.utf8)) == Array(clean.utf8))
      #expect(clean.hasPrefix("before ") && clean.hasSuffix(" after"))
    }
    #expect(redactor.redact("nothing here") == "nothing here")
  }

  @Test func `no event keeps a secret, and places still fit`() throws {
    let secret = "hunter2-token"
    var redactor = Redactor(secrets: [], key: [2])
    let events = SampleRun.events(message: "saw \(secret)", secret: secret).map {
      redactor.redact($0)
    }
    let store = MemoryStore()
    try store.write(events)
    #expect(!store.text.contains(secret))
    #expect(
      store.bodies.values.allSatisfy { !String(decoding: $0, as: UTF8.self).contains(secret) })
    #expect(store.text.contains(#"["Authorization","Bearer [secret:"#))
    #expect(!HTMLReport(SampleRun.ledger(events)).text.contains(secret))
    let tags = store.text.split(separator: "[secret:").dropFirst().map { $0.prefix { $0 != "]" } }
    #expect(Set(tags).count == 1, "the cookie and the token are one value: \(tags)")
    #expect(store.text.contains("Set-Cookie\",\"sid=[secret:"))
  }

  @Test func `tokens that a server hands out are secrets from then on`() throws {
    var redactor = Redactor(secrets: [], key: [4])
    let exchange = Exchange(
      request: Request(method: "POST", url: "http://h/token", headers: [], body: nil),
      outcome: .response(
        .json(#"{"data": [{"access_token": "abc.def.ghi"}], "token_type": "bearer"}"#)))
    guard
      case .exchanged(_, let clean) = redactor.redact(
        Event(time: .zero, kind: .exchanged(0, exchange))
      ).kind
    else {
      Issue.record("the event changed its kind")
      return
    }
    let body = String(decoding: try #require(clean.response).body, as: UTF8.self)
    #expect(body.contains("[secret:") && !body.contains("abc.def.ghi") && body.contains("bearer"))
    #expect(redactor.redact("see abc.def.ghi").contains("[secret:"))
  }

  @Test func `the place in a body moves with what is cut before it`() throws {
    let body = #"{"a":"long-secret-value","b":"x"}"#
    var redactor = Redactor(secrets: [Secret("token", "long-secret-value")], key: [3])
    let exchange = Exchange(
      request: Request(method: "GET", url: "http://h/", headers: [], body: nil),
      outcome: .response(.json(body)))
    let changed = redactor.redact(Event(time: .zero, kind: .exchanged(0, exchange)))
    var finding = Finding(code: "c", part: .responseBody, keyword: "type", message: "m")
    finding.receivedRange = Array(body.utf8).firstRange(of: Array("\"x\"".utf8))
    let verdict = Verdict(name: "n", code: "c", outcome: .failed, findings: [finding])
    let moved = redactor.redact(Event(time: .zero, kind: .judged(0, verdict)))
    guard case .exchanged(_, let clean) = changed.kind, case .judged(_, let judged) = moved.kind,
      let range = judged.findings[0].receivedRange, let bytes = clean.response?.body
    else {
      Issue.record("the events changed their kind")
      return
    }
    #expect(String(decoding: bytes[range], as: UTF8.self) == "\"x\"")
  }
}

@Suite struct JUnitTests {
  private static var strict: JUnitReport.Options {
    var options = JUnitReport.Options()
    options.dialect = .strict
    return options
  }

  @Test func `the report is the accepted one`() {
    for dialect in JUnitReport.Dialect.allCases {
      var options = JUnitReport.Options()
      options.dialect = dialect
      options.host = "ci-7"
      let text = JUnitReport(SampleRun.ledger(), options).text
      #expect(
        Golden.difference(text, from: "AssayReportTests/Golden/junit-\(dialect.rawValue).xml")
          == nil)
    }
  }

  @Test(.enabled(if: SharedData.isPresent, "the shared test data is not beside the repository"))
  func `the strict dialect is valid by the schema of Jenkins`() throws {
    let schema = try SharedData.file(
      "conformance-formats/junit-xsd/jenkins-xunit-plugin/junit-10.xsd")
    let text = JUnitReport(SampleRun.ledger(), Self.strict).text
    let document = try XMLDocument(SourceFile(name: "junit.xml", text: text))
    #expect(document.isValid(bySchema: schema))
  }

  @Test(.enabled(if: SharedData.isPresent, "the shared test data is not beside the repository"))
  func `a call that healed is told to be flaky, in words that the schema of Jenkins knows`() throws
  {
    let flaky = Verdict(
      name: "request", code: Verdict.flakyCode, outcome: .passed, message: "answered at attempt 3")
    let kinds: [Event.Kind] = [.stepStarted(0), .judged(0, flaky), .stepEnded(0)]
    let events = SampleRun.events().prefix(2) + kinds.map { Event(time: .zero, kind: $0) }
    let text = JUnitReport(SampleRun.ledger(Array(events)), Self.strict).text
    let document = try XMLDocument(SourceFile(name: "junit.xml", text: text))
    let told = document.select("string(//testcase[1]/flakyFailure/stackTrace)")
    #expect(told == ["answered at attempt 3"])
    let schema = try SharedData.file(
      "conformance-formats/junit-xsd/jenkins-xunit-plugin/junit-10.xsd")
    #expect(document.isValid(bySchema: schema))
  }

  @Test func `attributes count what stands there, and names are unique`() throws {
    let document = try XMLDocument(
      SourceFile(name: "j", text: JUnitReport(SampleRun.ledger()).text))
    for (attribute, elements) in [
      ("tests", "//testcase"), ("failures", "//failure"), ("errors", "//error"),
      ("skipped", "//skipped"),
    ] {
      let counted = document.select("count(\(elements))")
      #expect(document.select("string(/testsuites/@\(attribute))") == counted)
      #expect(document.select("string(sum(/testsuites/testsuite/@\(attribute)))") == counted)
    }
    let names = document.select("//testcase/@name") ?? []
    let classes = document.select("//testcase/@classname") ?? []
    #expect(Set(zip(names, classes).map { $0 + "\u{0}" + $1 }).count == names.count)
    let results = "failure | error | skipped"
    #expect(document.select("count(//testcase[count(\(results)) > 1])") == ["0"])
  }

  @Test func `a failure is red although its namesake passed, and what never ran is no pass`() throws
  {
    let document = try XMLDocument(
      SourceFile(name: "j", text: JUnitReport(SampleRun.ledger()).text))
    #expect(document.select("count(//testcase[contains(@name, 'has a name')]/failure)") == ["1"])
    #expect(document.select("count(//testcase[contains(@name, 'Never ran')]/error)") == ["1"])
    #expect(document.select("string(//error/@type)") == ["transport.connect"])
  }

  @Test func `whatever the texts hold, parsers take the file`() throws {
    var random: UInt64 = 11
    func next(_ bound: UInt64) -> UInt64 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (random >> 33) % bound
    }
    let pieces: [String] = [
      "]]>", "<!--", "&amp;", "\u{0}", "\u{1B}[31m", "\u{FFFE}", "\u{85}", "\r\n", "\u{202E}", "😀",
      "\"'<>&", "a",
    ]
    for _ in 0..<400 {
      var text = ""
      for _ in 0..<8 {
        if next(3) == 0, let scalar = Unicode.Scalar(UInt32(next(0x11_0000))) {
          text.unicodeScalars.append(scalar)
        } else {
          text += pieces[Int(next(UInt64(pieces.count)))]
        }
      }
      let ledger = SampleRun.ledger(SampleRun.events(name: text, message: text))
      let report = SourceFile(name: "j", text: JUnitReport(ledger).text)
      #expect(throws: Never.self) { try XMLDocument(report) }
    }
  }
}

@Suite struct HTMLTests {
  @Test func `the page asks nothing of any network and escapes what it shows`() {
    let payload = "</script><img src=x onerror=alert(1)><svg onload=alert(1)>\"'&{{x}}"
    let ledger = SampleRun.ledger(SampleRun.events(name: payload, message: payload))
    let text = HTMLReport(ledger).text
    #expect(!text.contains("<img") && !text.contains("<svg onload"))
    #expect(text.components("<script>") == 2)
    #expect(text.components("<script") == text.components("</script>"))
    #expect(!text.contains("<link") && !text.contains("<iframe") && !text.contains(": url("))
    #expect(text.contains("default-src 'none'"))
    #expect(text.contains("&lt;img src=x onerror=alert(1)&gt;"))
  }

  @Test func `the digests in the policy are those of what the page carries`() throws {
    let text = HTMLReport(SampleRun.ledger()).text
    for (open, close) in [("<style>", "</style>"), ("<script>", "</script>")] {
      let start = try #require(text.firstRange(of: open)).upperBound
      let end = try #require(text[start...].firstRange(of: close)).lowerBound
      let digest = Base64.encode(Digest.hash(Array(text[start..<end].utf8), .sha256))
      #expect(text.contains("'sha256-\(digest)'"))
    }
  }

  @Test func `the violation is marked in the body, beside the rule`() {
    let text = HTMLReport(SampleRun.ledger()).text
    #expect(text.contains("<mark>&quot;free&quot;</mark>"))
    #expect(text.contains("<code>openapi.yaml:12:9</code>"))
    #expect(text.contains("Incomplete: 2 of 3"))
  }
}

@Suite struct ConsoleTests {
  @Test func `what is printed is the accepted text`() {
    for (name, level) in [
      ("failures", ConsoleReport.Level.failures), ("requests", .requests), ("summary", .summary),
      ("silent", .silent),
    ] {
      #expect(
        Golden.difference(
          printed(level, SampleRun.events()), from: "AssayReportTests/Golden/console-\(name).txt")
          == nil)
    }
  }

  @Test func `no server can send escapes to the terminal`() {
    let evil = "\u{1B}]0;owned\u{7}\u{9B}31m\u{202E}\r\n::set-output x"
    let text = printed(.everything, SampleRun.events(name: evil, message: evil))
    #expect(
      !text.unicodeScalars.contains {
        $0.value < 0x20 && $0 != "\n" || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E
      })
    #expect(!text.split(separator: "\n").contains { $0.hasPrefix("::") })
  }

  @Test func `a script that failed is shown, marked, and without secrets`() throws {
    let excerpt = ScriptExcerpt(
      lines: [
        .init(number: 9, text: "const key = 'hunter2-token';", isMarked: false),
        .init(number: 10, text: "pm.expect(1).to.equal(2);", isMarked: true),
      ], column: 22)
    let verdict = Verdict(
      name: "t", code: "assertion", outcome: .failed, fault: .assertion,
      message: "AssertionError: expected 1 to equal 2", place: SampleRun.contract, excerpt: excerpt)
    let page = ScriptOutcome.Visualization(
      template: "<b>{{x}}</b>", data: .object([.init("x", .string("hunter2-token"))]))
    let kinds: [Event.Kind] = [
      .stepStarted(0), .judged(0, verdict), .visualized(0, page), .stepEnded(0),
    ]
    var redactor = Redactor(secrets: [Secret("token", "hunter2-token")], key: [1])
    let events = (SampleRun.events().prefix(2) + kinds.map { Event(time: .zero, kind: $0) })
      .map { redactor.redact($0) }
    let store = MemoryStore()
    try store.write(events)
    #expect(!store.text.contains("hunter2"))
    #expect(store.text.contains(#""event":"visualization""#))
    let read = try store.read().events
    let shown = printed(.failures, read)
    #expect(
      shown.contains("10 | pm.expect(1).to.equal(2);\n" + String(repeating: " ", count: 32) + "^\n")
    )
    #expect(!shown.contains("hunter2"))
    let ledger = SampleRun.ledger(read)
    #expect(HTMLReport(ledger).text.contains("pm.expect(1).to.equal<mark>(2);</mark>"))
    #expect(JUnitReport(ledger).text.contains("10 | pm.expect(1).to.equal(2);"))
    let root = try JSONReader.read(SourceFile(name: "j", text: JSONReport(ledger).text)).root
    let error = root["run"]?["executions"]?[0]?["assertions"]?[0]?["error"]
    #expect(error?["name"]?.string == "AssertionError")
    #expect(error?["message"]?.string == "expected 1 to equal 2")
  }

  @Test func `what ends before its turn is shown in its turn`() throws {
    let kinds: [Event.Kind] = [
      .stepStarted(0), .stepStarted(1), .stepStarted(2), .stepEnded(2), .stepEnded(0),
      .stepEnded(1),
    ]
    let events =
      SampleRun.events(name: "First").prefix(2) + kinds.map { Event(time: .zero, kind: $0) }
    let text = printed(.requests, Array(events))
    let places = ["First", "List items", "Never ran"].map { text.firstRange(of: $0)?.lowerBound }
    let found = places.compactMap(\.self)
    #expect(found.count == 3)
    #expect(found == found.sorted())
  }

  private func printed(_ level: ConsoleReport.Level, _ events: [Event]) -> String {
    let lines = Lines()
    var console = ConsoleReport(
      output: .init(result: { lines.add($0) }, progress: { _ in }, isLive: false, width: 80),
      level: level, style: Style(isOn: false))
    var ledger = Ledger()
    for event in events {
      ledger.add(event)
      console.take(event, in: ledger)
    }
    console.summarise(
      ledger,
      files: [("junit", "Reports/x/junit.xml")], exitCode: SampleRun.ledger(events).exitCode)
    return lines.text
  }
}

@Suite struct JSONReportTests {
  @Test func `it has the shape that others read, and nothing unjudged looks passed`() throws {
    let text = JSONReport(SampleRun.ledger()).text
    let root = try JSONReader.read(SourceFile(name: "report.json", text: text)).root
    let run = try #require(root["run"])
    let assertions = try #require(run["executions"]?[0]?["assertions"])
    let names = assertions.elements.compactMap { $0["assertion"]?.string }
    #expect(names.contains("has a name"))
    let failed = assertions.elements.first {
      $0["error"] != nil && $0["assertion"]?.string == "has a name"
    }
    #expect(failed?["error"]?["name"]?.string == "AssertionError")
    #expect(failed?["skipped"]?.bool == false)
    #expect(run["executions"]?[2]?["assertions"]?[0]?["error"]?["name"]?.string == "run.not-judged")
    let failures = try #require(run["failures"])
    let count = failures.elements.reduce(0) { count, _ in count + 1 }
    #expect(run["stats"]?["assertions"]?["failed"]?.int == count)
    #expect(root["assay"]?["end"]?.string == "missing")
  }
}

@Suite struct DiagnosticPrinterTests {
  @Test func `a diagnostic shows the user's own lines`() {
    let file = SourceFile(name: "a.json", text: "{\n  \"näme\": tru,\n  \"b\": 1\n}")
    let one = Diagnostic(.error, "text.json-syntax", "`a.json` is not valid JSON")
      .pointing(at: SourceSpan(file: file, range: 13..<16), "neither `true` nor `false`")
      .pointing(at: SourceSpan(file: file, range: 20..<23), "the next one")
      .noting("a note").hinting("`true` is one")
    let long = SourceFile(name: "b.json", text: "[" + String(repeating: "1, ", count: 200) + "x]")
    let two = Diagnostic(.warning, "text.long", "far to the right\u{1B}[31m")
      .pointing(at: SourceSpan(file: long, range: 601..<602), "here")
    let printer = DiagnosticPrinter(style: Style(isOn: false), width: 80)
    let text = printer.text(one) + printer.text(two) + one.json + "\n"
    #expect(Golden.difference(text, from: "AssayReportTests/Golden/diagnostic.txt") == nil)
    let lines: [Substring] = text.split(separator: "\n").dropLast()
    #expect(lines.allSatisfy { $0.count <= 80 })
  }
}

/// A journal in memory.
private final class MemoryStore: @unchecked Sendable {
  // Unchecked: a journal has one writer, and a test reads when it has finished.
  private(set) var text = ""
  private(set) var bodies: [String: [UInt8]] = [:]

  func write(_ events: [Event]) throws(Diagnostic) {
    var writer = JournalWriter(
      output: .init(
        append: { self.text += String(decoding: $0, as: UTF8.self) },
        store: { self.bodies[$0] = $1 }))
    for event in events { writer.write(event) }
  }

  /// - Parameter pieceSize: How much the reader gets at a time.
  func read(
    _ bytes: [UInt8]? = nil, pieceSize: Int = 100
  ) throws(Diagnostic) -> (events: [Event], tornLine: Int?) {
    var reader = JournalReader("journal") { [bodies] in bodies[$0] }
    var events: [Event] = []
    let bytes = bytes ?? Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: pieceSize) {
      try reader.take(Array(bytes[start..<min(start + pieceSize, bytes.count)])) {
        events.append($0)
      }
    }
    try reader.finish { events.append($0) }
    return (events, reader.tornLine)
  }
}

private final class Lines: @unchecked Sendable {
  // Unchecked: the console writes from one thread.
  private(set) var text = ""
  func add(_ line: String) { text += line }
}

extension String {
  /// How many pieces a separator makes.
  fileprivate func components(_ separator: String) -> Int {
    split(separator: separator, omittingEmptySubsequences: false).count
  }
}
