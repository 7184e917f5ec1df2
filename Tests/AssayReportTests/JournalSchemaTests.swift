import AssayContract
import AssayModel
import AssayReport
import AssaySystem
import AssayTestKit
import AssayText
import Testing

/// The journal keeps what `Documentation/journal.schema.json` promises.
@Suite struct JournalSchemaTests {
  @Test func `each kind of event is written as the schema says`() throws {
    let promise = try Promise()
    var kinds: Set<String> = []
    for event in SampleRun.events() + Self.others {
      let line = try Self.line(event)
      #expect(promise.complaints(about: line) == [], "\(line)")
      if let name = try JSONReader.read(SourceFile(name: "line", text: line)).root["event"]?.string
      {
        kinds.insert(name)
      }
    }
    #expect(
      kinds == [
        "run.start", "plan", "step.start", "step.end", "step.hold", "step.use", "gate", "step.add",
        "exchange",
        "subrequest", "retry", "slowdown", "contract", "operation", "check", "console", "variable",
        "note",
        "run.end",
      ])
  }

  @Test func `the schema refuses what is no event`() throws {
    let promise = try Promise()
    let crc = #""crc": "00000000""#
    for line in [
      #"{"event": "step.start", "t": 1, \#(crc)}"#,
      #"{"event": "step.begin", "t": 1, "step": 1, \#(crc)}"#,
      #"{"event": "step.start", "step": 1, \#(crc)}"#, #"{"event": "run.end", "t": 1, \#(crc)}"#,
      #"{"event": "check", "t": 1, "step": 1, "name": "n", "code": "c", "outcome": "green", \#(crc)}"#,
    ] {
      #expect(promise.complaints(about: line) != [], "\(line)")
    }
  }

  private static var others: [Event] {
    let request = Request(method: "GET", url: "http://h/", headers: [], body: Array("b".utf8))
    var exchange = Exchange(request: request, outcome: .response(.json("{}", status: 503)))
    exchange.attempt = 2
    exchange.hops = [exchange]
    let step = Event.PlannedStep(
      number: 3, suite: "S", folders: ["F"], name: "N", iteration: 1, iterationCount: 2,
      place: Place(file: "f", line: 1, column: 1))
    let kinds: [Event.Kind] = [
      .subexchanged(0, exchange), .retried(0, exchange, reason: "status 503"),
      .held(1, by: 0, reason: "reads `x`"), .drew(1, from: [0]),
      .gated(Event.Gate(name: "coverage: responses", holds: true, message: "7 of 9")),
      .slowed(host: "http://h:80", status: 429, wait: .seconds(1)), .stepAdded(step),
      .contracted([
        OperationFacts(
          name: "GET /", contract: "C", place: step.place, isDeprecated: true,
          points: [CoveragePoint(.response, "200 application/json")])
      ]),
      .mapped(
        0, operation: "GET /",
        reach: Reach(operation: 0, points: [0, 1], properties: ["200 /id"], isHollow: true)),
      .runEnded(interrupted: false),
    ]
    return kinds.map { Event(time: .milliseconds(1), kind: $0) }
  }

  private static func line(_ event: Event) throws -> String {
    let written = Lines()
    var writer = JournalWriter(
      output: .init(
        append: { bytes throws(Diagnostic) in written.take(bytes) },
        store: { _, _ throws(Diagnostic) in }))
    writer.write(event)
    return String(decoding: written.bytes.dropLast(), as: UTF8.self)
  }

  private final class Lines: @unchecked Sendable {
    // Unchecked: written and read by one test.
    private(set) var bytes: [UInt8] = []
    func take(_ more: [UInt8]) { bytes += more }
  }

  /// The schema, as the body that an operation promises: the engine that judges calls judges lines.
  private struct Promise {
    private let judge: ContractJudge

    init() throws {
      let document = """
        {"openapi": "3.1.0", "info": {"title": "J", "version": "1"}, "paths": {"/line": {"get": {
        "responses": {"200": {"description": "d", "content": {"application/json": {
        "schema": {"$ref": "journal.schema.json"}}}}}}}}}
        """
      let contract = try Contract.compile(
        Inputs.read(SourceFile(name: "journal.json", text: document))
      ) { _, _ throws(Diagnostic) in
        try Inputs.read(Files.read(SharedData.repository + "/Documentation/journal.schema.json"))
      }
      judge = ContractJudge(contracts: [contract])
    }

    func complaints(about line: String) -> [String] {
      let request = Request(method: "GET", url: "http://h/line", headers: [], body: nil)
      let judgement = judge.judge(Exchange(request: request, outcome: .response(.json(line))))
      return judgement.verdicts.filter { $0.outcome != .passed }.flatMap { verdict in
        [verdict.message] + verdict.findings.map { "\($0.at) \($0.keyword) \($0.message)" }
      }
    }
  }
}
