import AssayModel
import AssayRun
import AssayTestKit
import Synchronization
import Testing

@Suite struct PacerTests {
  @Test func `requests leave one interval apart, and a quiet spell earns the burst`() {
    check(
      rate: 10, burst: 2, asks: [0, 0, 0, 1_000, 1_000, 1_000],
      leaves: [0, 100, 200, 1_000, 1_000, 1_100])
    check(rate: 10, burst: 1, asks: [0, 0, 5_000, 5_000], leaves: [0, 100, 5_000, 5_075])
  }

  @Test(arguments: [(20.0, 1), (100.0, 1), (100.0, 10), (1_000.0, 1), (3_000.0, 50)])
  func `no window of one second sees more than the rate and the burst`(_ rate: Double, _ burst: Int)
  {
    var pacer = Pacer(rate: rate, burst: burst)
    var random: UInt64 = 7
    var now = Duration.zero
    var departures: [Duration] = []
    for _ in 0..<20_000 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Crowds, and quiet spells between them.
      if random >> 60 == 0 { now += .milliseconds(Int(random >> 33 % 3_000)) }
      // Whoever waits is woken a little late, and now and then much.
      var leaves = pacer.reserve(at: now) + .microseconds(Int(random >> 20 % 400))
      if random >> 10 % 64 == 0 { leaves += .milliseconds(30) }
      leaves = max(leaves, departures.last ?? .zero)
      while let later = pacer.obstacle(at: leaves) { leaves = later }
      pacer.depart(at: leaves)
      now = max(now, leaves - .milliseconds(Int(random >> 40 % 200)))
      departures.append(leaves)
    }
    departures.sort()
    let limit = Int(rate) + burst - 1
    for index in departures.indices.dropFirst(limit) {
      #expect(departures[index] - departures[index - limit] >= .seconds(1))
    }
    let span = departures.last! - departures.first!
    #expect(Double(departures.count) / (span / .seconds(1)) <= rate * 1.001 + 1)
  }

  @Test func `under load the mean rate is the one asked for`() {
    var pacer = Pacer(rate: 250)
    let last = (0..<2_501).map { _ in pacer.reserve(at: .zero) }.last
    #expect(last == .seconds(10))
  }

  /// Asks at the given milliseconds for a slot, and checks each answer.
  private func check(
    rate: Double, burst: Int, asks: [Int], leaves expected: [Int],
    _ location: SourceLocation = #_sourceLocation
  ) {
    var pacer = Pacer(rate: rate, burst: burst)
    let actual = asks.map { pacer.reserve(at: .milliseconds($0)) }
    #expect(actual == expected.map { .milliseconds($0) }, sourceLocation: location)
  }
}

@Suite struct PlannerTests {
  @Test func `iterations, rows and selections lay out the steps`() {
    let items: [Suite.Item] = [.named("A"), .named("B", index: 1, folders: ["F"])]
    let suite = Suite(name: "S", file: SourceFile(name: "s", text: ""), items: items, variables: [])
    let rows = [[Variable("r", .number("1"))], [Variable("r", .number("2"))]]
    func steps(_ rows: [[Variable]], _ count: Int?, _ selection: [String] = []) -> [String] {
      let source = Planner.Source(
        suite: suite, scopes: Scopes(), rows: DataRows(rows), iterationCount: count)
      var chosen = Planner.Selection()
      chosen.names = selection
      return Planner.plan([source], selection: chosen).steps.map { step in
        let row = source.rows.row(ofIteration: step.iteration)
        let value = row.first?.value.substitution ?? "-"
        return "\(step.number) \(step.item.name) \(step.iteration)/\(step.iterationCount) \(value)"
      }
    }
    #expect(steps([], nil) == ["0 A 0/1 -", "1 B 0/1 -"])
    #expect(steps(rows, nil, ["F"]) == ["0 B 0/2 1", "1 B 1/2 2"])
    #expect(steps(rows, 3, ["A"]) == ["0 A 0/3 1", "1 A 1/3 2", "2 A 2/3 2"])
    #expect(steps([], nil, ["id-A"]) == ["0 A 0/1 -"])
    #expect(Planner.unknown(["f", "B", "Bx"], in: [suite]).map(\.nearest) == ["F", "B"])
  }
}

@Suite struct RunnerTests {
  @Test func `a step's events come in order`() async {
    let world = StubWorld()
    let ledger = await world.run([
      .named("A", before: [.stub(.preRequest, "set")], after: [.stub(.test, "test")])
    ])
    #expect(
      await world.kinds() == [
        "runStarted", "planned", "contracted", "stepStarted", "variableChanged", "exchanged",
        "judged request", "mapped", "judged contract", "judged test", "stepEnded", "runEnded",
      ])
    #expect(ledger.exitCode == .success)
    #expect(world.sender.requests.first?.url == "http://h/A?x=1")
  }

  @Test func `what kept us from judging is an error, and the run goes on`() async {
    let world = StubWorld(outcome: .failed(TransportFault(.connect, "refused")))
    let ledger = await world.run([
      .named("A", after: [.stub(.test, "test")]), .named("B", index: 1),
    ])
    #expect(
      ledger.entries.map { $0.verdicts.map(\.code) } == [
        ["transport.connect", "assertion"], ["transport.connect"],
      ])
    #expect(ledger.exitCode == .couldNotJudge)
    let broken = await StubWorld().run([.named("unsendable"), .named("B", index: 1)])
    #expect(broken.entries[0].verdicts.map(\.fault) == [.setup])
    #expect(broken.entries[1].verdicts.first?.outcome == .passed)
    let fault = await StubWorld().run([.named("A", before: [.stub(.preRequest, "throw")])])
    #expect(fault.entries[0].verdicts.first?.code == "script.exception")
    #expect(fault.exitCode == .couldNotJudge)
  }

  @Test func `skipping, bailing and undefined names do what they say`() async {
    let world = StubWorld()
    let skipped = await world.run([
      .named("A", before: [.stub(.preRequest, "skip")]), .named("B", index: 1),
    ])
    #expect(skipped.entries[0].verdicts.map(\.outcome) == [.skipped])
    #expect(world.sender.requests.count == 1)
    let bailing = StubWorld(outcome: .failed(TransportFault(.connect, "refused")))
    bailing.options.stopsAtFailure = true
    let stopped = await bailing.run([.named("A"), .named("B", index: 1)])
    #expect(stopped.entries.map(\.state) == [.ended, .planned])
    let strict = StubWorld()
    strict.options.requiresVariables = true
    let undefined = await strict.run([.named("undefined")])
    #expect(undefined.entries[0].verdicts.map(\.outcome) == [.error])
    #expect(strict.sender.requests.isEmpty)
  }

  @Test func `redirects are followed, seen and judged, up to their limit`() async {
    @Sendable func redirect(to location: String) -> Exchange.Outcome {
      var response = Response.json("{}", status: 302)
      response.headers.append(HeaderField("Location", location))
      return .response(response)
    }
    let twice = StubWorld { request in
      switch request.url {
      case "http://h/A": redirect(to: "http://h/B")
      case "http://h/B": redirect(to: "http://h/C")
      default: .response(.json("{}"))
      }
    }
    let ledger = await twice.run([.named("A")])
    #expect(twice.sender.requests.map(\.url) == ["http://h/A", "http://h/B", "http://h/C"])
    #expect(ledger.entries[0].exchange?.hops.map(\.request.url) == ["http://h/A", "http://h/B"])
    #expect(
      ledger.entries[0].verdicts.map(\.name) == [
        "request", "redirect 1 · contract", "redirect 2 · contract", "contract",
      ])
    let endless = StubWorld { _ in redirect(to: "http://h/again") }
    let stopped = await endless.run([.named("A")])
    #expect(stopped.entries[0].verdicts.first?.code == "transport.redirect")
    #expect(endless.sender.requests.count == 11)
    let unwanted = StubWorld { _ in redirect(to: "http://h/again") }
    unwanted.options.limits.redirectCount = 0
    let kept = await unwanted.run([.named("A")])
    #expect(kept.entries[0].exchange?.response?.status == 302)
    let refused = await StubWorld { _ in redirect(to: "refuse") }.run([.named("A")])
    #expect(refused.entries[0].verdicts.first?.outcome == .error)
  }

  @Test func `scripts choose what comes next`() async {
    func names(_ items: [Suite.Item]) async -> [String] {
      let ledger = await StubWorld().run(items)
      return ledger.entries.map { entry in
        "\(entry.step.name) " + entry.verdicts.map(\.outcome.rawValue).joined(separator: ",")
      }
    }
    let ran = "passed,passed"
    #expect(
      await names([
        .named("A", after: [.stub(.test, "next C")]), .named("B", index: 1), .named("C", index: 2),
      ]) == ["A \(ran)", "B skipped", "C \(ran)"])
    #expect(
      await names([.named("A", after: [.stub(.test, "next end")]), .named("B", index: 1)])
        == ["A \(ran)", "B skipped"])
    #expect(
      await names([.named("A", after: [.stub(.test, "next nowhere")]), .named("B", index: 1)])
        == ["A \(ran),failed", "B skipped"])
    let world = StubWorld()
    world.options.repeatLimit = 2
    let looped = await world.run([.named("A", after: [.stub(.test, "next A")])])
    #expect(looped.entries.map(\.step.number) == [0, 1, 2])
    #expect(looped.entries[0].verdicts.last?.code == "limit.repeats")
    #expect(looped.exitCode == .couldNotJudge)
  }

  @Test func `a script's request is a child of its step`() async {
    let world = StubWorld()
    let ledger = await world.run([.named("A", after: [.stub(.test, "send")])])
    #expect(world.sender.requests.map(\.url) == ["http://h/A", "http://h/A"])
    #expect(ledger.entries[0].subrequestCount == 1)
    #expect(ledger.summary.requests == 2)
    #expect(await world.kinds().contains("subexchanged"))
  }

  @Test func `an interrupted run says so, and starts nothing more`() async {
    let world = StubWorld()
    world.brake.interrupt()
    let ledger = await world.run([.named("A")])
    #expect(ledger.exitCode == .interrupted)
    #expect(world.sender.requests.isEmpty)
  }

  @Test func `the pace is kept on a virtual clock, and waiting is not charged to the API`() async {
    let world = StubWorld()
    // One after another, since a clock that jumps to whoever sleeps is nobody's who sleeps beside.
    world.options.order = .strict
    world.options.pace.pacer = Pacer(rate: 2)
    let ledger = await world.run((0..<5).map { .named("I\($0)", index: $0) })
    let paced = ledger.entries.compactMap { $0.exchange?.timings.paced }.reduce(.zero, +)
    // Two thousandths of a second are kept between any two windows.
    #expect(paced >= .seconds(2) && paced < .milliseconds(2_010), "\(paced)")
    #expect(ledger.entries.compactMap { $0.exchange?.timings.service }.reduce(.zero, +) == .zero)
  }

  @Test func `a server that asks for patience gets it, and the refusal is still seen`() async {
    let count = Counter()
    let world = StubWorld { _ in
      var response = Response.json("{}", status: count.next() == 0 ? 429 : 200)
      response.headers.append(HeaderField("Retry-After", "7"))
      return .response(response)
    }
    world.options.order = .strict
    let ledger = await world.run([.named("A"), .named("B", index: 1)])
    #expect(ledger.entries.compactMap { $0.exchange?.response?.status } == [429, 200])
    #expect(ledger.entries[1].exchange?.timings.paced == .seconds(7))
    #expect(ledger.slowdowns["http://h:80"]?.wait == .seconds(7))
    #expect(ledger.slowdowns["http://h:80"]?.status == 429)
  }

  @Test func `a call that heals is answered, and told to be flaky`() async {
    let count = Counter()
    let world = StubWorld { _ in .response(.json("{}", status: count.next() < 2 ? 503 : 200)) }
    world.options.retry.count = 3
    let ledger = await world.run([.named("A")])
    #expect(ledger.entries[0].exchange?.attempt == 3)
    #expect(ledger.entries[0].verdicts.first?.code == "request.flaky")
    #expect(ledger.summary.flaky == 1)
    #expect(ledger.summary.retries == 2)
    #expect(ledger.summary.requests == 3)
    #expect(await world.kinds().filter { $0 == "retried" }.count == 2)
  }

  @Test func `a run that takes too long ends, and is not green`() async {
    let world = StubWorld()
    world.brake.expire()
    let ledger = await world.run([.named("A")])
    #expect(ledger.exitCode == .couldNotJudge)
    #expect(world.sender.requests.isEmpty)
  }

  @Test func `collections run side by side, and never more calls than allowed`() async {
    let world = StubWorld()
    world.options.pace.concurrency = 2
    let ledger = await world.run([.named("A"), .named("B", index: 1)], lanes: 6)
    #expect(ledger.entries.count == 12)
    #expect(ledger.entries.allSatisfy { $0.state == .ended })
  }
}

private final class Counter: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock { count in
      defer { count += 1 }
      return count
    }
  }
}

/// A world of stand-ins.
private final class StubWorld: @unchecked Sendable {
  // Unchecked: options are set before the run, by the one test that owns this.
  let sender: ScriptedSender
  let log = EventLog()
  let brake = Brake()
  var options = Runner<VirtualClock>.Options()

  convenience init(outcome: Exchange.Outcome = .response(.json("{}"))) {
    self.init { _ in outcome }
  }

  init(_ answer: @escaping @Sendable (Request) -> Exchange.Outcome) {
    sender = ScriptedSender(answer)
  }

  func run(_ items: [Suite.Item], lanes: Int = 1) async -> Ledger {
    let suite = Suite(name: "S", file: SourceFile(name: "s", text: ""), items: items, variables: [])
    let source = Planner.Source(suite: suite, scopes: Scopes(), rows: .none, iterationCount: nil)
    let plan = Planner.plan(Array(repeating: source, count: lanes))
    let world = Runner.World(
      judge: StubJudge(), follower: StubFollower(), sender: sender,
      composers: Array(repeating: StubComposer(), count: lanes), footprint: StubHost.footprint,
      makeHost: { StubHost() }, makeJar: { StubJar() }, clock: VirtualClock())
    let facts = RunFacts(
      id: "r", version: "t", startedAt: 0, collections: ["S"], environment: nil, contracts: [],
      inputs: [])
    let log = self.log
    await Runner(plan: plan, world: world, options: options, brake: brake).run(facts) {
      while let event = $0.next() { await log.hear(event) }
    }
    return await log.ledger
  }

  func kinds() async -> [String] {
    await log.events.map { event in
      if case .judged(_, let verdict) = event.kind { return "judged \(verdict.name)" }
      return String("\(event.kind)".prefix { $0 != "(" })
    }
  }
}

private struct StubComposer: Composer {
  func draft(of item: Suite.Item) -> Value { .string(item.name) }

  func compose(_ item: Suite.Item, draft: Value, scopes: Scopes) throws(Diagnostic) -> Composition {
    if item.name == "unsendable" { throw Diagnostic(.error, "test.unsendable", "cannot") }
    let query = scopes.lookUp("x").map { "?x=\($0.variable.value.substitution)" } ?? ""
    let undefined =
      item.name == "undefined" ? [Diagnostic(.warning, "test.undefined", "no `y`")] : []
    return Composition(
      request: Request(method: "GET", url: "http://h/\(item.name)\(query)", headers: [], body: nil),
      undefined: undefined)
  }

  func dynamicValue(_ name: String) -> String? { nil }

  func composer(ofStep number: Int) -> any Composer { self }

  func footprint(of item: Suite.Item) -> ItemFootprint {
    var footprint = ItemFootprint()
    footprint.template.reads = ["x"]
    footprint.method = "GET"
    return footprint
  }
}

private struct StubJar: CookieKeeper {
  func dress(_ request: Request) -> Request { request }
  func take(_ response: Response, from url: String) {}
  func cookies(for url: String) -> [KeptCookie] { [] }
  func set(_ field: String, for url: String) -> Bool { false }
  func remove(_ name: String?, for url: String) {}
}

private struct StubHost: ScriptHost {
  static func footprint(of script: Script) -> Footprint {
    var footprint = Footprint()
    switch script.source {
    case "set": footprint.writes = ["x"]
    case "send": footprint.sends = true
    default: footprint.steers = script.source.hasPrefix("next ")
    }
    return footprint
  }

  func run(
    _ script: Script, in setting: ScriptSetting, with services: ScriptServices
  ) async -> ScriptOutcome {
    var outcome = ScriptOutcome()
    if script.source.hasPrefix("next ") {
      let target = String(script.source.dropFirst(5))
      outcome.next = target == "end" ? .end : .item(target)
      return outcome
    }
    switch script.source {
    case "send":
      if case .success = await services.send(.string("sub")) {
        outcome.assertions = [.init(name: "sent", outcome: .passed)]
      }
    case "set": outcome.changes = [.init(scope: .local, name: "x", value: .number("1"))]
    case "test": outcome.assertions = [.init(name: "test", outcome: .passed)]
    case "skip": outcome.skipsRequest = true
    default: outcome.fault = ScriptFault(.exception, "Error: no")
    }
    return outcome
  }

  func close() async {}
}

/// Follows what its `Location` says, word for word.
private struct StubFollower: Follower {
  func followUp(of exchange: Exchange, to request: Request, rules: CallRules) -> FollowUp {
    guard let location = exchange.response?.headers.first("Location") else { return .none }
    if location == "refuse" { return .refused(TransportFault(.redirect, "no")) }
    return .request(Request(method: "GET", url: location, headers: [], body: nil))
  }
}

private struct StubJudge: Judge {
  var operations: [OperationFacts] { [] }

  func judge(_ exchange: Exchange) -> Judgement {
    Judgement(
      operation: "GET /",
      verdicts: [Verdict(name: "contract", code: "contract.body", outcome: .passed)])
  }
}

extension Script {
  fileprivate static func stub(_ phase: Phase, _ source: String) -> Script {
    Script(phase: phase, owner: "S", source: source, lines: [])
  }
}
