import AssayModel
import AssayRun
import AssayTestKit
import Testing

/// What waits for what, told before a run; the running order is shown by `Tests/Conformance/order`.
@Suite struct ScheduleTests {
  @Test func `variables order the steps that share them`() {
    check(
      [.reading("GET a"), .reading("GET b")], ["b waits a: is not the first call to its server"])
    check(
      [.first, .reading("GET a", writes: "t"), .reading("GET b", "t"), .reading("GET c")],
      ["b waits a: reads `t`"])
    check(
      [.first, .reading("GET a", "t"), .before("GET b", writes: "t")],
      ["b waits a: writes `t`, which is read there"], exceptNames: true)
    check(
      [.first, .reading("GET a", writes: "t"), .before("GET b", writes: "t")],
      ["b waits a: also writes `t`"])
    // Test scripts run in the order of the plan, so two that write wait for nothing.
    check([.first, .reading("GET a", writes: "t"), .reading("GET b", writes: "t")], [])
  }

  @Test func `values lead to further names`() {
    var scopes = Scopes()
    scopes.set(Variable("url", .string("{{host}}/x")), in: .environment)
    check(
      [.first, .reading("GET a", writes: "host"), .reading("GET b", "url")],
      ["b waits a: reads `host`"], scopes)
  }

  @Test func `what changes a server keeps its place, and only there`() {
    check(
      [.first, .reading("GET a"), .reading("POST b"), .reading("GET c"), .reading("GET d")],
      [
        "b waits a: may change what that sees", "c waits b: may see what that changes",
        "d waits b: may see what that changes",
      ])
    check(
      [.first, .reading("POST a"), .reading("GET b", host: "other")],
      ["a waits first: may change what that sees"])
    check(
      [.first, .reading("GET a"), .reading("POST b", host: "other")],
      ["b waits a: may change where that is redirected to"], exceptNames: true)
  }

  @Test func `what nothing is known of stands alone`() {
    var opaque = Item.reading("GET a")
    opaque.footprint.after.opacity = "hands `pm` on"
    opaque.footprint.hasTests = true
    check(
      [.first, opaque, .reading("GET b"), .reading("GET c")],
      ["b waits a: hands `pm` on", "c waits a: hands `pm` on"])
    var sending = Item.reading("GET a")
    sending.footprint.after.sends = true
    check(
      [.first, sending, .reading("GET b")], ["b waits a: sends requests of its own"])
  }

  @Test func `strict and free wait for nothing that has to be told`() {
    let items: [Item] = [.first, .reading("POST a", writes: "t"), .reading("POST b", "t")]
    check(items, [], order: .free)
    check(items, [], order: .strict)
  }

  private struct Item {
    var name: String
    var footprint: ItemFootprint
    var target: Schedule.Target

    static let first = Item.reading("GET first")

    static func reading(
      _ text: String, _ reads: String? = nil, writes: String? = nil, host: String = "h"
    ) -> Item {
      let words = text.split(separator: " ").map(String.init)
      var footprint = ItemFootprint()
      footprint.method = words[0]
      if let reads { footprint.template.reads = [reads] }
      if let writes {
        footprint.after.writes = [writes]
        footprint.hasTests = true
      }
      let request = Request(method: words[0], url: "http://\(host)/x", headers: [], body: nil)
      return Item(
        name: words[1], footprint: footprint, target: Schedule.Target(request, logsIn: false))
    }

    static func before(_ text: String, writes: String) -> Item {
      var item = reading(text)
      item.footprint.before.writes = [writes]
      return item
    }
  }

  private func check(
    _ items: [Item], _ expected: [String], _ scopes: Scopes = Scopes(), order: StepOrder = .auto,
    exceptNames: Bool = false, _ location: SourceLocation = #_sourceLocation
  ) {
    var schedule = Schedule(order: order)
    var waits: [String] = []
    for (number, item) in items.enumerated() {
      for obstacle in schedule.plan(number, item.footprint, item.target, scopes) {
        waits.append("\(item.name) waits \(items[obstacle.step].name): \(obstacle.reason)")
      }
    }
    // That the first call to a server comes first is told of every other one.
    let told = waits.filter {
      expected.contains($0) || !$0.hasSuffix("is not the first call to its server")
    }
    if exceptNames {
      #expect(told.contains(expected[0]), "\(told)", sourceLocation: location)
    } else {
      #expect(told == expected, sourceLocation: location)
    }
  }
}

@Suite struct SelectorTests {
  private let item = Suite.Item.tagged("Get order", folders: ["Orders", "Happy"], tags: ["smoke"])

  @Test(arguments: [
    ("order", true), ("ORDERS", true), ("nothing", false), ("name:'Get order'", true),
    ("name:Get", false), ("name:Get*", true), ("folder:happy", true), ("folder:hap", false),
    ("tag:smoke", true), ("tag:@smoke", true), ("tag:slow", false), ("!tag:slow", true),
    ("!tag:smoke", false), ("method:get", true), ("method:POST", false), ("url:/orders/", true),
    ("tag:smoke method:GET", true), ("tag:smoke method:POST", false), ("iter:3", true),
    ("iter:1-2", false), ("iter:2-", true), ("iter:-3", true), ("collection:Shop", true),
    ("id:id-*", true), ("\"Orders / Happy\"", true), ("k-0123456", true),
    ("k-0123456-9abc", true), ("k-1123456", false), ("!k-0123456-9abc", false), ("k-order", false),
  ])
  func `an expression picks what it says`(_ text: String, _ expected: Bool) throws {
    let picks = try Selector(text).picks(
      item, of: "Shop", iteration: 2, method: "GET", url: "{{base}}/orders/1",
      check: "k-0123456")
    #expect(picks == expected)
  }

  @Test func `what means nothing is told`() {
    #expect(throws: Selector.Problem.unknownField("tga", nearest: "tag")) {
      try Selector("tga:smoke")
    }
    #expect(throws: Selector.Problem.openQuote) { try Selector("name:'x") }
    #expect(throws: Selector.Problem.empty) { try Selector("  ") }
  }

  @Test func `a selection is any of only, and none of skip`() throws {
    let items: [Suite.Item] = [
      .tagged("A", tags: ["x"]), .tagged("B", index: 1, tags: ["x", "y"]), .tagged("C", index: 2),
    ]
    let suite = Suite(name: "S", file: SourceFile(name: "s", text: ""), items: items, variables: [])
    let source = Planner.Source(suite: suite, scopes: Scopes(), rows: .none, iterationCount: 2)
    func names(_ change: (inout Planner.Selection) throws -> Void) rethrows -> [String] {
      var selection = Planner.Selection()
      try change(&selection)
      return Planner.plan([source], selection: selection).steps.map {
        "\($0.item.name)\($0.iteration)"
      }
    }
    #expect(try names { $0.only = [try Selector("tag:x")] } == ["A0", "B0", "A1", "B1"])
    #expect(
      try names { $0.only = [try Selector("tag:y"), try Selector("C iter:2")] } == [
        "B0", "B1", "C1",
      ])
    #expect(try names { $0.skip = [try Selector("tag:x")] } == ["C0", "C1"])
    #expect(names { $0.paths = [["S", "B"]] } == ["B0", "B1"])
    #expect(
      names {
        $0.repeatCount = 2; $0.names = ["A"]
      } == ["A0", "A1", "A2", "A3"])
    let lanes = Planner.plan([source], lanesOfRows: true).lanes
    #expect(lanes.map { $0.steps.map(\.number) } == [[0, 1, 2], [3, 4, 5]])
  }
}

@Suite struct PatienceTests {
  @Test func `servers say in many ways how long to wait`() {
    check([("Retry-After", "3")], 429, pause: 3)
    check([("Retry-After", "3")], 200, pause: nil)
    check(
      [
        ("Date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Retry-After", "Sun, 06 Nov 1994 08:49:47 GMT"),
      ],
      503, pause: 10)
    check(
      [("Date", "Sunday, 06-Nov-94 08:49:37 GMT"), ("Retry-After", "Sun Nov  6 08:49:39 1994")],
      503, pause: 2)
    check([("Retry-After", "soon")], 429, pause: nil)
    check([("Retry-After", "-1")], 429, pause: nil)
    check([("RateLimit", "\"burst\";r=0;t=30, \"day\";r=20;t=900")], 200, remaining: 0, window: 30)
    check([("RateLimit", "limit=10, remaining=4, reset=7")], 200, remaining: 4, window: 7)
    check(
      [("RateLimit-Remaining", "1"), ("RateLimit-Reset", "9")], 200, remaining: 1, window: 9)
    check(
      [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1000000060")], 200, remaining: 0,
      window: 60)
    check(
      [("X-Rate-Limit-Remaining", "0"), ("X-Rate-Limit-Reset", "1000000000500")], 200,
      remaining: 0, window: 0.5)
    check([("RateLimit", "nonsense")], 200)
  }

  private func check(
    _ headers: [(String, String)], _ status: Int, pause: Int? = nil, remaining: Int? = nil,
    window: Double? = nil, _ location: SourceLocation = #_sourceLocation
  ) {
    var response = Response.json("{}", status: status)
    response.headers = headers.map { HeaderField($0.0, $0.1) }
    let hints = RateHints(response, now: 1_000_000_000)
    #expect(hints.pause == pause.map { .seconds($0) }, sourceLocation: location)
    #expect(hints.remaining == remaining, sourceLocation: location)
    #expect(hints.window == window.map { .seconds($0) }, sourceLocation: location)
  }

  @Test func `only what may heal and may be repeated is sent again`() {
    check("GET", status: 503, true)
    check("GET", status: 429, true)
    check("GET", status: 500, false)
    check("PUT", status: 503, true)
    check("POST", status: 503, false)
    check("POST", status: 503, key: true, true)
    check("GET", fault: .timeout, true)
    check("GET", fault: .tls, false)
    check("GET", fault: .sizeLimit, false)
    check("POST", fault: .connect, true)
    check("POST", fault: .resolve, true)
    check("POST", fault: .timeout, false)
    check("GET", status: 503, attempt: 3, false)
    #expect((1...40).allSatisfy { Retry.wait(before: $0, chance: 0.999) <= .seconds(10) })
    #expect(Retry.wait(before: 1, chance: 0) == .zero)
  }

  private func check(
    _ method: String, status: Int? = nil, fault: TransportFault.Kind? = nil, key: Bool = false,
    attempt: Int = 1, _ expected: Bool, _ location: SourceLocation = #_sourceLocation
  ) {
    var retry = Retry()
    retry.count = 2
    let headers = key ? [HeaderField("Idempotency-Key", "1")] : []
    let request = Request(method: method, url: "http://h/", headers: headers, body: nil)
    let outcome: Exchange.Outcome =
      status.map { .response(.json("{}", status: $0)) }
      ?? .failed(TransportFault(fault ?? .other, "broken"))
    let cause = retry.cause(of: Exchange(request: request, outcome: outcome), attempt: attempt)
    #expect((cause != nil) == expected, sourceLocation: location)
  }
}

extension Suite.Item {
  fileprivate static func tagged(
    _ name: String, index: Int = 0, folders: [String] = [], tags: Set<String> = []
  ) -> Suite.Item {
    let span = SourceFile(name: "suite.json", text: name).start
    return Suite.Item(
      index: index, id: "id-\(name)", name: name, folders: folders, span: span, nameSpan: span,
      preRequestScripts: [], testScripts: [], tags: tags)
  }
}
