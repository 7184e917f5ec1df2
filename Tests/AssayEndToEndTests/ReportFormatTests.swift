import AssayMock
import AssayModel
import AssayReport
import AssaySystem
import AssayTestKit
import AssayText
import Testing

/// Texts that nobody would write and some server sends.
struct TextFuzzer {
  private var random: UInt64
  private static let pieces: [String] = [
    "]]>", "<!--", "&amp;", "\u{0}", "\u{1B}[31m", "\u{FFFE}", "\u{85}", "\r\n", "\u{202E}", "😀",
    "\"'<>&", "a", "</testcase>", "\u{B}", "\t", "|", "`", "::error::", "%0A", "# ", "\u{2028}",
    "not ok 1", "]", "\\u{1B}", "{{x}}", "$(id)", "é", "\u{10FFFF}",
  ]

  init(seed: UInt64) { random = seed }

  mutating func number(below bound: UInt64) -> UInt64 {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (random >> 33) % bound
  }

  mutating func text() -> String {
    var text = ""
    for _ in 0..<Int(1 + number(below: 7)) {
      if number(below: 3) == 0, let scalar = Unicode.Scalar(UInt32(number(below: 0x11_0000))) {
        text.unicodeScalars.append(scalar)
      } else {
        text += Self.pieces[Int(number(below: UInt64(Self.pieces.count)))]
      }
    }
    return text
  }

  /// A run in which every text is one of these; some of each outcome.
  mutating func ledger(steps: Int) -> Ledger {
    let outcomes = Verdict.Outcome.allCases
    var events: [Event.Kind] = [
      .runStarted(
        RunFacts(
          id: text(), version: text(), startedAt: 1_795_140_001, collections: [text(), text()],
          environment: text(), contracts: [text()],
          inputs: [.init(name: text(), sha256: text())], seed: 7, command: ["run", text()])),
      .planned(
        (0..<steps).map { number in
          Event.PlannedStep(
            number: number, suite: text(), folders: [text(), text()], name: text(), iteration: 1,
            iterationCount: 3, place: Place(file: text(), line: 1, column: 1), row: text())
        }),
    ]
    for step in 0..<steps {
      var response = Response.json("[\"\(step)\"]")
      response.headers.append(HeaderField(text(), text()))
      let request = Request(
        method: "GET", url: "http://h/\(text())", headers: [HeaderField("X", text())], body: nil)
      events += [
        .stepStarted(step),
        .exchanged(step, Exchange(request: request, outcome: .response(response))),
        .retried(
          step, Exchange(request: request, outcome: .failed(TransportFault(.connect, text()))),
          reason: text()), .console(step, .init(level: text(), text: text())),
      ]
      for _ in 0..<2 {
        let outcome = outcomes[Int(number(below: UInt64(outcomes.count)))]
        let finding = Finding(
          code: text(), part: .responseBody, name: text(), at: text(), keyword: text(),
          message: text(), expected: text(), received: text(),
          document: Place(file: text(), line: 2, column: 1),
          documentExcerpt: [.init(number: 2, text: text(), isMarked: true)])
        events.append(
          .judged(
            step,
            Verdict(
              name: text(), code: number(below: 4) == 0 ? Verdict.flakyCode : text(),
              outcome: outcome, fault: .assertion, message: text(), place: nil,
              findings: outcome == .failed ? [finding] : [])))
      }
      if number(below: 9) > 0 { events.append(.stepEnded(step)) }
    }
    events.append(.gated(Event.Gate(name: text(), holds: false, message: text())))
    return events.reduce(into: Ledger()) { $0.add(Event(time: .zero, kind: $1)) }
  }
}

/// What other programs read is what they can read, whatever stands in it.
@Suite struct ReportFormatTests {
  /// 100,000 texts in every field, in both dialects, through three parsers that are not each other's.
  @Test func `JUnit parses in three parsers whatever the texts hold`() async throws {
    var fuzzer = TextFuzzer(seed: 20_261_122)
    let scratch = try Scratch()
    var paths: [String] = []
    var counts: [String] = []
    for round in 0..<5 {
      // Each step has some 25 texts.
      let ledger = fuzzer.ledger(steps: 800)
      for dialect in JUnitReport.Dialect.allCases {
        var options = JUnitReport.Options()
        options.dialect = dialect
        let text = JUnitReport(ledger, options).text
        let document = try XMLDocument(SourceFile(name: "junit", text: text))
        counts += document.select("count(//testcase)") ?? []
        for (attribute, elements) in [
          ("tests", "//testcase"), ("failures", "//failure"), ("errors", "//error"),
        ] {
          #expect(
            document.select("string(/testsuites/@\(attribute))")
              == document.select("count(\(elements))"))
        }
        #expect(
          document.select("count(//testcase[count(failure | error | skipped) > 1])") == ["0"])
        paths.append(try scratch.write("\(round)-\(dialect.rawValue).xml", text))
      }
    }
    let folder = "\(SharedData.repository)/Tests/Conformance/formats"
    let files = paths.joined(separator: " ")
    let expat = try await Program.shell("python3 '\(folder)/parse-xml.py' \(files)")
    #expect(expat.code == 0, "\(expat.error)")
    #expect(expat.output.split(separator: "\n").map(String.init) == counts)
    let sax = try await Program.shell("node '\(folder)/parse-xml.js' \(files)")
    guard !sax.error.contains("Cannot find module"), !sax.error.contains("not found") else {
      return print("SKIPPED: node-sax is not installed; two parsers of three have read the files")
    }
    #expect(sax.code == 0, "\(sax.error)")
    #expect(sax.output.split(separator: "\n").map(String.init) == counts)
  }

  @Test(.enabled(if: SharedData.isPresent, "the shared test data is not beside the repository"))
  func `the strict dialect is valid by the schema of Jenkins whatever the texts hold`() throws {
    let schema = try SharedData.file(
      "conformance-formats/junit-xsd/jenkins-xunit-plugin/junit-10.xsd")
    var fuzzer = TextFuzzer(seed: 3)
    for _ in 0..<20 {
      var options = JUnitReport.Options()
      options.dialect = .strict
      let text = JUnitReport(fuzzer.ledger(steps: 40), options).text
      #expect(try XMLDocument(SourceFile(name: "j", text: text)).isValid(bySchema: schema))
    }
  }

  @Test func `a large JUnit report is several files, each whole and none too large`() throws {
    var fuzzer = TextFuzzer(seed: 5)
    let ledger = fuzzer.ledger(steps: 400)
    var options = JUnitReport.Options()
    options.fileLimit = 100_000
    var files: [(name: String, text: String)] = []
    JUnitReport(ledger, options).write(
      to: ReportOutput { name, body in files.append((name, ReportSink.text(body))) })
    #expect(files.count > 5)
    #expect(files[0].name == "junit.xml" && files[1].name == "junit-2.xml")
    var names: [String] = []
    for file in files {
      #expect(file.text.utf8.count <= 100_000)
      let document = try XMLDocument(SourceFile(name: file.name, text: file.text))
      #expect(document.select("string(/testsuites/@tests)") == document.select("count(//testcase)"))
      names += document.select("//testcase/@name") ?? []
    }
    let whole = try XMLDocument(SourceFile(name: "j", text: JUnitReport(ledger).text))
    #expect(names.count == whole.select("//testcase/@name")?.count)
  }

  @Test func `a case for each request is red where any of its claims is`() throws {
    var options = JUnitReport.Options()
    options.cases = .request
    var fuzzer = TextFuzzer(seed: 9)
    let ledger = fuzzer.ledger(steps: 100)
    let document = try XMLDocument(
      SourceFile(name: "j", text: JUnitReport(ledger, options).text))
    // The gate and the missing end are two more.
    #expect(document.select("count(//testcase)") == ["102"])
    let bad = ledger.entries.count { $0.isBad || $0.state != .ended }
    #expect(document.select("count(//testcase[failure or error])") == ["\(bad + 2)"])
  }

  @Test func `TAP says as many lines as it plans, whatever the texts hold`() throws {
    var fuzzer = TextFuzzer(seed: 11)
    let ledger = fuzzer.ledger(steps: 200)
    let text = ReportSink.text { TAPReport(ledger).write(to: &$0) }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let plan = try #require(lines.first { $0.hasPrefix("1..") }?.dropFirst(3))
    let points = lines.filter { $0.hasPrefix("ok ") || $0.hasPrefix("not ok ") }
    #expect(points.count == Int(plan))
    let bad = ledger.entries.flatMap(\.verdicts).count(where: \.isBad)
    let unended = ledger.entries.count { $0.state != .ended }
    let red = points.count { $0.hasPrefix("not ok") && !$0.contains(" # TODO not judged") }
    #expect(red == bad + unended + 1)
  }

  @Test func `annotations stay within what GitHub shows, one line each`() throws {
    var fuzzer = TextFuzzer(seed: 13)
    let lines = GitHubAnnotations.lines(fuzzer.ledger(steps: 100)).split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("::error ") } == 10)
    #expect(lines.allSatisfy { $0.hasPrefix("::error ") || $0.hasPrefix("::warning ") })
    #expect(lines.contains { $0.contains("more causes") })
    let summary = MarkdownReport(fuzzer.ledger(steps: 3_000)).text
    #expect(summary.utf8.count < 1_000_000)
    #expect(!summary.contains("<img") && !summary.contains("\u{1B}"))
  }

  @Test(.enabled(if: SharedData.isPresent, "the shared test data is not beside the repository"))
  func `HAR, CTRF and SARIF are valid by their schemas`() async throws {
    let scratch = try Scratch()
    var fuzzer = TextFuzzer(seed: 17)
    for round in 0..<3 {
      let ledger = fuzzer.ledger(steps: 60)
      try scratch.write(
        "\(round).har", ReportSink.text { HARReport(ledger, calls: .all).write(to: &$0) })
      try scratch.write("\(round).ctrf", ReportSink.text { CTRFReport(ledger).write(to: &$0) })
    }
    let sample = "\(SharedData.repository)/Collections/petstore"
    _ = try await Program.run(
      "run '\(sample)' --config '\(sample)/assay.yaml' --output runs -r har,ctrf --reporter-har-calls all "
        + "--reporter-har-export sample.har --reporter-ctrf-export sample.ctrf",
      folder: scratch.path)
    try scratch.write("broken.json", #"{"item": [{"request": {}}]}"#)
    let checked = try await Program.run("check broken.json --format sarif", folder: scratch.path)
    try scratch.write("check.sarif", checked.output)
    let formats = SharedData.path("conformance-formats")
    for (schema, files) in [
      ("har-schema/har.json", "*.har"), ("ctrf/schema/ctrf.schema.json", "*.ctrf"),
      ("sarif/sarif-2.1/schema/sarif-schema-2.1.0.json", "check.sarif"),
    ] {
      let path = Files.kind(of: "\(formats)/\(schema)") == .regular ? "\(formats)/\(schema)" : nil
      guard let path else {
        print("SKIPPED: \(schema) is not among the shared data")
        continue
      }
      let outcome = try await Program.shell(
        "'\(Program.assay)' validate --schema '\(path)' \(files)", folder: scratch.path)
      #expect(outcome.code == 0, "\(schema): \(outcome.output.prefix(2_000))\(outcome.error)")
    }
  }

  /// What Newman turns green or loses (reports-ux, section 4.2); each has to be seen here.
  @Test func `what another runner loses comes out red`() async throws {
    let server = try MockServer(
      answerer: ClosureAnswerer { request in
        .json("{}", status: request.url.contains("/broken") ? 500 : 200)
      })
    let scratch = try Scratch()
    func item(_ name: String, _ url: String, _ lines: [String]) -> String {
      let script = JSONWriter.text(of: .array(lines.map { .string($0) }))
      return
        #"{"name": \#(JSONWriter.text(of: .string(name))), "request": "\#(url)", "event": [{"listen": "test", "script": {"exec": \#(script)}}]}"#
    }
    let items = [
      // Fails in the first iteration and passes in the second.
      item("a", "{{base}}/a", ["pm.test('once', () => pm.expect(pm.info.iteration).to.equal(1))"]),
      // Two tests of one name, of which the later one passes.
      item(
        "b", "{{base}}/b",
        ["pm.test('twice', () => { throw new Error('no') }); pm.test('twice', () => {})"]),
      // A request that fails and has no tests.
      item("c", "http://127.0.0.1:1/c", []),
      item("d", "{{base}}/d", ["pm.test.skip('later', () => {})"]),
      // An escape in a name.
      item("e\u{1B}[31m", "{{base}}/e", ["pm.test('t', () => { throw new Error('\\u001b[2J') })"]),
      // A server error that no test looks at, and a variable that nothing fills.
      item("h", "{{base}}/broken", []), item("v", "{{nowhere}}/v", []),
    ]
    try scratch.write(
      "c.json", #"{"info": {"name": "C"}, "item": [\#(items.joined(separator: ","))]}"#)
    try scratch.write(
      "api.yaml",
      """
      openapi: 3.1.0
      info: {title: A, version: "1"}
      servers: [{url: "\(server.url)"}]
      paths:
        /broken: {get: {responses: {"200": {description: fine}}}}
      """)
    let outcome = try await Program.run(
      "run c.json -n 2 --env-var base=\(server.url) --spec api.yaml --output runs",
      folder: scratch.path)
    #expect(outcome.code == 1)
    let run =
      "\(scratch.path)/runs/\(try #require(Files.entries(of: scratch.path + "/runs")?.first))"
    let junit = try XMLDocument(Files.read(run + "/junit.xml"))
    func count(_ path: String) -> String { junit.select("count(\(path))")?.first ?? "" }
    #expect(count("//testcase[contains(@name, 'once [iter 1]')]/failure") == "1")
    #expect(count("//testcase[contains(@name, 'once [iter 2]')][not(*)]") == "1")
    #expect(count("//testcase[starts-with(@name, 'b › twice [')]/failure") == "2")
    #expect(count("//testcase[starts-with(@name, 'b › twice (2) [')][not(*)]") == "2")
    #expect(
      count("//testcase[starts-with(@name, 'c › request')]/error[@type='transport.connect']") == "2"
    )
    #expect(count("//testcase[starts-with(@name, 'd › later')]/skipped") == "2")
    #expect(count("//testcase[starts-with(@name, 'e\\u{1B}[31m › t')]/failure") == "2")
    #expect(count("//testcase[starts-with(@name, 'h › contract: status')]/failure") == "2")
    #expect(count("//testcase[starts-with(@name, 'v › ')]/error") == "2")
    // The time of a request stands at one case alone.
    #expect(count("//testcase[not(contains(@name, '› request'))][@time != '0.000']") == "0")
    #expect(count("//testsuite[not(testcase)]") == "0")
    // The terminal names the request that a connection failed for.
    #expect(outcome.output.contains("✗ c [1]"))
    #expect(!outcome.output.contains("\u{1B}"))
    try scratch.write("empty.json", #"{"info": {"name": "E"}, "item": []}"#)
    #expect(try await Program.run("run empty.json", folder: scratch.path).code == 4)
  }

  @Test func `a report that cannot be written hurts no other`() async throws {
    let scratch = try Scratch()
    let sample = "\(SharedData.repository)/Collections/petstore"
    let outcome = try await Program.run(
      "run '\(sample)' -e '\(sample)/environment.json' --spec '\(sample)/openapi.yaml' --mock --stateful "
        + "--output runs -r junit,html,json,tap --reporter-html-export /dev/null/page.html",
      folder: scratch.path)
    #expect(outcome.code == 7)
    #expect(outcome.error.contains("/dev/null/page.html"))
    let run =
      "\(scratch.path)/runs/\(try #require(Files.entries(of: scratch.path + "/runs")?.first))"
    let names = Files.entries(of: run) ?? []
    #expect(names == ["bodies", "journal.ndjson", "junit.xml", "report.json", "report.tap"])
  }

  /// A list of every code that the sources know, beside the pages that explain them.
  @Test func `every code has a page, and every page a code`() throws {
    var codes: Set<String> = ["gate"]
    var pending = [SharedData.repository + "/Sources"]
    var texts: [String] = []
    while let folder = pending.popLast() {
      for name in Files.entries(of: folder) ?? [] {
        let path = folder + "/" + name
        if Files.kind(of: path) == .directory { pending.append(path) }
        if name.hasSuffix(".swift") {
          texts.append(String(decoding: try Files.read(path).bytes, as: UTF8.self))
        }
      }
    }
    let made = /Diagnostic\(\s*[^,()"]+,\s*"([a-z.-]+)"/
    let named = /(?:code|Code)\s*[:=]\s*"([a-z][a-z.-]+)"/
    for text in texts {
      for match in text.matches(of: made) { codes.insert(String(match.1)) }
      for match in text.matches(of: named) { codes.insert(String(match.1)) }
    }
    for kind in TransportFault.Kind.allCases { codes.insert(TransportFault(kind, "").code) }
    for kind in ["syntax", "exception", "timeout", "crash", "memory"] {
      codes.insert("script.\(kind)")
    }
    let pages = Set(CodeBook.pages.map(\.code))
    #expect(codes.subtracting(pages).sorted() == [], "codes without a page")
    let whole = texts.joined()
    let idle = pages.filter { !codes.contains($0) && !whole.contains("\"\($0)\"") }
    #expect(idle.sorted() == [], "pages without a code")
    #expect(CodeBook.pages.allSatisfy { $0.text(Style(isOn: false), width: 80).count > 60 })
  }
}
