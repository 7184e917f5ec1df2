import AssayModel
import Testing

@Suite struct SourceFileTests {
  @Test func `a place has a line and a column in code points`() {
    let file = SourceFile(name: "t", text: "ab\né😀x\r\n\nend")
    func check(
      _ offset: Int, _ line: Int, _ column: Int, _ location: SourceLocation = #_sourceLocation
    ) {
      let position = file.position(at: offset)
      #expect((position.line, position.column) == (line, column), sourceLocation: location)
    }
    check(0, 1, 1)
    check(2, 1, 3)
    check(3, 2, 1)
    check(5, 2, 2)
    check(9, 2, 3)
    check(12, 3, 1)
    check(16, 4, 4)
    check(999, 4, 4)
    #expect(file.rangeOfLine(2).map(file.text) == "é😀x")
    #expect(file.rangeOfLine(5) == nil)
  }

  @Test func `a column in a line of many thousand characters is as exact`() {
    let file = SourceFile(name: "t", text: "x\n" + String(repeating: "é-", count: 20_000) + "\ny")
    for number in [0, 1, 1_365, 1_366, 4_096, 12_345, 19_999] {
      #expect(file.position(at: 2 + 3 * number).column == 1 + 2 * number)
      #expect(file.position(at: 2 + 3 * number).line == 2)
    }
    #expect(file.position(at: 2 + 60_000 + 1).line == 3)
  }

  @Test(arguments: [
    ("rsp", ["rps", "run"], "rps"), ("baseurl", ["baseUrl", "token"], "baseUrl"),
    ("enviroment", ["environment", "folder"], "environment"), ("xyz", ["alpha", "beta"], nil),
    ("tokne", ["token"], "token"), ("a", ["b"], nil),
  ])
  func `the nearest name is suggested, and none that is far`(
    _ name: String, among: [String], expected: String?
  ) {
    #expect(Nearest.match(name, among: among) == expected)
  }
}

@Suite struct ScopesTests {
  @Test func `the strongest scope wins, and scopes remember`() {
    var scopes = Scopes()
    for kind in ScopeKind.allCases { scopes.set(Variable("x", .string(kind.rawValue)), in: kind) }
    for kind in ScopeKind.allCases {
      #expect(scopes.lookUp("x")?.scope == kind)
      scopes.unset("x", in: kind)
    }
    #expect(scopes.lookUp("x") == nil)
    scopes.replace(.data, with: [Variable("a", .null), Variable("b", .number("1"))])
    scopes.unset("a", in: .data)
    #expect(scopes.variable("b", in: .data)?.value == .number("1"))
  }

  @Test func `values are written into texts as JavaScript writes them`() {
    #expect(Value.null.substitution == "null")
    #expect(Value.number("1.50").substitution == "1.50")
    #expect(Value.array([.number("1"), .string("a")]).substitution == "1,a")
    #expect(Value.object([]).substitution == "[object Object]")
  }
}

@Suite struct LedgerTests {
  @Test func `the exit code tells the worst that happened`() {
    check([.passed], .success)
    check([.passed, .failed, .error], .checkFailed)
    check([.passed, .error], .couldNotJudge)
    check([.notJudged], .couldNotJudge)
    check([.skipped], .couldNotJudge)
    check([.passed, .failed], .interrupted, interrupted: true)
    check([], .nothingSelected, steps: 0)
    check([.passed], .couldNotJudge, ends: false)
  }

  private func check(
    _ outcomes: [Verdict.Outcome], _ expected: ExitCode, steps: Int = 1, interrupted: Bool = false,
    ends: Bool = true, _ location: SourceLocation = #_sourceLocation
  ) {
    var ledger = Ledger()
    func add(_ kind: Event.Kind) { ledger.add(Event(time: .zero, kind: kind)) }
    let place = Place(file: "f", line: 1, column: 1)
    add(
      .planned(
        (0..<steps).map {
          Event.PlannedStep(
            number: $0, suite: "s", folders: [], name: "n", iteration: 0, iterationCount: 1,
            place: place)
        }))
    for outcome in outcomes { add(.judged(0, Verdict(name: "n", code: "c", outcome: outcome))) }
    if steps > 0 { add(.stepEnded(0)) }
    if ends { add(.runEnded(interrupted: interrupted)) }
    #expect(ledger.exitCode == expected, sourceLocation: location)
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
    (1_795_187_065, "2026-11-20T15:04:25Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
    (4_107_542_400, "2100-03-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
  ])
  func `moments have their calendar date`(_ seconds: Int, _ text: String) {
    #expect(UTCTime(seconds).text == text)
  }
}
