package import AssayModel

/// The run as JUnit XML, so that every consumer shows red where red is.
///
/// One flat suite for each folder path, one case for each claim under a name of its own, and one
/// result element in a case at most. Nothing that failed, or was never judged, looks passed.
package struct JUnitReport {
  package struct Options: Sendable {
    package var dialect = Dialect.common
    package var cases = Cases.check
    package var host = "localhost"
    /// How large a file may be before another one is begun.
    package var fileLimit = 25 << 20
    /// Whether what was exchanged is written beside it, for each call that went wrong.
    package var keepsEvidence = true

    package init() {}
  }

  /// What the attributes may be.
  package enum Dialect: String, Sendable, CaseIterable {
    /// With `file` and `line`, which most consumers use and strict schemas refuse.
    case common
    /// Valid by the schema of Jenkins' xUnit plugin.
    case strict
  }

  /// What one case is.
  package enum Cases: String, Sendable, CaseIterable {
    case check, request
  }

  private let ledger: Ledger
  private let options: Options
  private let evidenceSteps: Set<Int>

  package init(_ ledger: Ledger, _ options: Options = Options()) {
    self.ledger = ledger
    self.options = options
    evidenceSteps = Set(Self.evidence(ledger).map(\.step.number))
  }

  /// All of it in one text, without limits of size.
  package var text: String {
    var options = self.options
    options.fileLimit = .max
    let whole = JUnitReport(ledger, options)
    let parts = whole.parts()
    return ReportSink.text { whole.write(parts[0], to: &$0) }
  }

  /// Writes `junit.xml`, `junit-2.xml` and so on.
  ///
  /// - Parameter path: Where the first one goes.
  package func write(to output: ReportOutput, named path: String = "junit.xml") {
    for (index, part) in parts().enumerated() {
      let name = index == 0 ? path : numbered(path, index + 1)
      output.file(name) { write(part, to: &$0) }
    }
  }

  private func numbered(_ path: String, _ number: Int) -> String {
    let stem = path.hasSuffix(".xml") ? String(path.dropLast(4)) : path
    return "\(stem)-\(number).xml"
  }

  /// The steps whose exchanges are kept beside the report: the first that went wrong.
  package static func evidence(_ ledger: Ledger) -> [Ledger.Entry] {
    Array(ledger.entries.lazy.filter { $0.isBad && $0.exchange != nil }.prefix(evidenceLimit))
  }

  /// The file of a step's evidence, beside the report.
  package static func evidenceName(_ step: Event.PlannedStep) -> String {
    "evidence/\(Identity.step(step))-\(step.number).har"
  }

  private static let evidenceLimit = 200

  // MARK: What goes where

  /// One file: suites, each with steps of one folder.
  private struct Part {
    var suites: [Suite] = []
    var counts = Counts()
    var size = 0
    /// Whether what is claimed of the run as a whole stands here.
    var holdsWholeRun = false
  }

  private struct Suite {
    let name: String
    var steps: [Step] = []
    var counts = Counts()
    var time: Duration = .zero
  }

  /// A step by its place, and the names that it was given.
  private struct Step {
    let index: Int
    let count: Int
  }

  private struct Counts {
    var tests = 0
    var failures = 0
    var errors = 0
    var skipped = 0

    mutating func add(_ other: Counts) {
      tests += other.tests
      failures += other.failures
      errors += other.errors
      skipped += other.skipped
    }

    mutating func add(_ result: Result) {
      tests += 1
      switch result {
      case .passed, .flaky: break
      case .skipped: skipped += 1
      case .bad(let bad): if bad.element == "failure" { failures += 1 } else { errors += 1 }
      }
    }

    var attributes: [(String, String)] {
      [
        ("tests", "\(tests)"), ("failures", "\(failures)"), ("errors", "\(errors)"),
        ("skipped", "\(skipped)"),
      ]
    }
  }

  /// Lays the steps out before anything is written, since a file says first how much is in it.
  private func parts() -> [Part] {
    var order: [String] = []
    var suites: [String: [Step]] = [:]
    var names = ClaimNames()
    for (index, entry) in ledger.entries.enumerated() {
      let folder = entry.step.folders.joined(separator: " / ")
      let name = folder.isEmpty ? entry.step.suite : folder
      if suites[name] == nil { order.append(name) }
      suites[name, default: []].append(Step(index: index, count: names.count(entry)))
    }
    var parts = [Part()]
    // What stands around the cases of a suite: its attributes and properties.
    let properties = ledger.facts?.inputs.reduce(0) { $0 + 9 * $1.name.utf8.count + 200 } ?? 0
    for name in order {
      var suite = Suite(name: name)
      let frame = 1_200 + 9 * name.utf8.count + properties
      parts[parts.count - 1].size += frame
      for step in suites[name] ?? [] {
        let cases = cases(of: step)
        let size = cases.reduce(0) { $0 + $1.size }
        if parts[parts.count - 1].size + size > options.fileLimit,
          parts[parts.count - 1].counts.tests > 0
        {
          if !suite.steps.isEmpty { parts[parts.count - 1].suites.append(suite) }
          suite = Suite(name: name)
          parts.append(Part())
          parts[parts.count - 1].size = frame
        }
        suite.steps.append(step)
        suite.time += ledger.entries[step.index].exchange?.serviceTime ?? .zero
        var counts = Counts()
        for one in cases { counts.add(one.result) }
        suite.counts.add(counts)
        parts[parts.count - 1].counts.add(counts)
        parts[parts.count - 1].size += size
      }
      if !suite.steps.isEmpty { parts[parts.count - 1].suites.append(suite) }
    }
    for one in wholeRun {
      parts[parts.count - 1].counts.add(one.result)
      parts[parts.count - 1].holdsWholeRun = true
    }
    return parts
  }

  // MARK: Cases

  private struct Case {
    let className: String
    var name: String
    var time: Duration = .zero
    var place: Place?
    let result: Result
    /// What was told beside it, of one that went wrong.
    var output = ""

    var isPassed: Bool { if case .passed = result { true } else { false } }

    /// No less than what it takes in a file.
    var size: Int {
      let base = 120 + Self.size(className) + Self.size(name) + Self.size(place?.file ?? "")
      switch result {
      case .passed: return base
      case .skipped(let message): return base + Self.size(message)
      case .flaky(let attempts): return base + attempts.reduce(0) { $0 + 200 + 2 * Self.size($1) }
      case .bad(let bad):
        let rerun = bad.rerun.reduce(0) { $0 + 200 + 2 * Self.size($1) }
        return base + 200 + rerun + Self.size(bad.text) + Self.size(bad.message) + Self.size(output)
      }
    }

    /// Escaped, a character takes nine bytes at most: a scalar that XML cannot hold.
    private static func size(_ text: String) -> Int {
      text.utf8.reduce(0) {
        $0
          + ($1 < 0x20 || $1 == 0x22 || $1 == 0x26 || $1 >= 0xEF
            ? 9 : $1 == 0x3C || $1 == 0x3E ? 4 : 1)
      }
    }
  }

  private enum Result {
    case passed
    /// Passed at a later attempt than the first; what became of those before.
    case flaky([String])
    case skipped(String)
    case bad(Bad)
  }

  private struct Bad {
    /// `failure`: the API answered and is wrong. `error`: it could not be judged.
    let element: String
    let type: String
    let message: String
    let text: String
    /// What became of earlier attempts.
    var rerun: [String] = []
  }

  private func cases(of step: Step) -> [Case] {
    let claimed = Claimed(ledger.entries[step.index], count: step.count)
    let className = className(claimed.entry.step)
    let output = claimed.entry.isBad ? output(claimed.entry) : ""
    let all = claimed.claims.map { one($0, claimed, className, output) }
    return options.cases == .check ? all : [merged(all, claimed)]
  }

  private func className(_ step: Event.PlannedStep) -> String {
    ([step.suite] + step.folders)
      // Names with dots are rare, and replacing costs more than looking.
      .map { $0.utf8.contains(UInt8(ascii: ".")) ? $0.replacing(".", with: "_") : $0 }
      .joined(separator: ".")
  }

  private func one(
    _ claim: Claim, _ claimed: Claimed, _ className: String, _ output: String
  ) -> Case {
    let (entry, verdict) = (claimed.entry, claim.verdict)
    let isRequest = claim.name == "request"
    var one = Case(
      className: className, name: "\(claimed.name) › \(claim.name)\(claimed.round)",
      time: isRequest ? entry.exchange?.serviceTime ?? .zero : .zero,
      place: verdict.place ?? entry.step.place, result: result(of: claim, claimed))
    if verdict.isBad { one.output = output }
    return one
  }

  private func result(of claim: Claim, _ claimed: Claimed) -> Result {
    let verdict = claim.verdict
    let attempts = claimed.entry.attempts.map(\.reason)
    switch verdict.outcome {
    case .passed:
      guard verdict.code == Verdict.flakyCode else { return .passed }
      return .flaky(attempts.isEmpty ? [verdict.message] : attempts)
    case .skipped: return .skipped(verdict.message)
    case .notJudged: return .skipped("not judged: \(verdict.message)")
    case .failed, .error:
      var text = FailureText.text(claim, claimed, ledger.facts)
      if keepsEvidence(claimed.entry) {
        text += "\nevidence: \(Self.evidenceName(claimed.entry.step))"
      }
      var bad = Bad(
        element: verdict.outcome == .failed ? "failure" : "error", type: Self.type(verdict),
        message: Self.firstLine(verdict), text: text)
      if claim.name == "request" { bad.rerun = attempts }
      return .bad(bad)
    }
  }

  /// `contract.response.body.type`: the code, and the rule where one was broken.
  private static func type(_ verdict: Verdict) -> String {
    guard verdict.code.hasPrefix("contract."),
      let finding = verdict.findings.first(where: { $0.severity == .error })
    else { return verdict.code }
    let side = verdict.fault == .response ? "response." : ""
    let name = side + verdict.code.dropFirst("contract.".count)
    return "contract.\(name)" + (finding.keyword.isEmpty ? "" : ".\(finding.keyword)")
  }

  /// One line of at most 300 characters, with the place that has to be edited.
  private static func firstLine(_ verdict: Verdict) -> String {
    let line = verdict.message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    let place = verdict.findings.first?.document ?? verdict.place
    let tail = place.map { " (\($0.file):\($0.line))" } ?? ""
    let kept = tail.count > 200 ? "" : tail
    return String(line.prefix(300 - kept.count)) + kept
  }

  private func keepsEvidence(_ entry: Ledger.Entry) -> Bool {
    options.keepsEvidence && evidenceSteps.contains(entry.step.number)
  }

  /// What scripts said and where the exchange is, of a call that went wrong.
  private func output(_ entry: Ledger.Entry) -> String {
    var lines: [String] = []
    if keepsEvidence(entry) {
      lines.append("[[ATTACHMENT|\(Self.evidenceName(entry.step))]]")
    }
    lines += entry.console.map { "console.\($0.level): \($0.text)" }
    let text = lines.joined(separator: "\n")
    guard text.utf8.count > Self.outputLimit else { return text }
    return String(decoding: text.utf8.prefix(Self.outputLimit), as: UTF8.self) + "\n… cut off here"
  }

  private static let outputLimit = 60 << 10

  /// One case for a request with all that is claimed of it; the worst of it counts.
  private func merged(_ all: [Case], _ claimed: Claimed) -> Case {
    let step = claimed.entry.step
    func bad(_ element: String) -> [Bad] {
      all.compactMap { one in
        guard case .bad(let bad) = one.result, bad.element == element else { return nil }
        return bad
      }
    }
    let worst = bad("failure") + bad("error")
    var result = Result.passed
    if let first = worst.first {
      result = .bad(
        Bad(
          element: first.element, type: first.type, message: first.message,
          text: worst.map(\.text).joined(separator: "\n\n"), rerun: worst.flatMap(\.rerun)))
    } else if let flaky = all.first(where: { if case .flaky = $0.result { true } else { false } }) {
      result = flaky.result
    } else if let skipped = all.first?.result, !all.contains(where: \.isPassed) {
      result = skipped
    }
    return Case(
      className: className(step), name: claimed.name + claimed.round,
      time: claimed.entry.exchange?.serviceTime ?? .zero, place: step.place, result: result,
      output: all.first { !$0.output.isEmpty }?.output ?? "")
  }

  /// What is claimed of the run as a whole.
  private var wholeRun: [Case] {
    var cases = ledger.gates.map { gate in
      Case(
        className: "assay", name: gate.name,
        result: gate.holds
          ? .passed
          : .bad(
            Bad(element: "failure", type: "gate", message: gate.message, text: gate.message)))
    }
    func error(_ name: String, _ message: String) {
      cases.append(
        Case(
          className: "assay", name: name,
          result: .bad(
            Bad(element: "error", type: "run.not-judged", message: message, text: message))))
    }
    // A run that was ended before it had planned anything must not look as if all were well.
    if ledger.entries.isEmpty { error("run", "nothing was planned, and nothing ran") }
    if let reason = ledger.vacuity {
      error("contract", "this run says nothing of the API: \(reason)")
    }
    if ledger.end != .complete, !ledger.entries.isEmpty {
      error("end", "the run was ended before it was over")
    }
    return cases
  }

  // MARK: Writing

  private var title: String {
    let names = ledger.facts?.collections.joined(separator: ", ") ?? "assay"
    return ledger.facts?.environment.map { "\(names) / \($0)" } ?? names
  }

  private func write(_ part: Part, to sink: inout ReportSink) {
    var writer = XMLWriter(sink)
    var attributes = [("name", title)] + part.counts.attributes
    attributes.append(("time", ledger.duration.seconds))
    if options.dialect == .strict { attributes.removeAll { $0.0 == "skipped" } }
    writer.open("testsuites", attributes)
    var names = UniqueNames()
    for suite in part.suites {
      open(suite.name, suite.counts, suite.time, to: &writer)
      for step in suite.steps {
        for one in cases(of: step) { write(one, &names, to: &writer) }
      }
      writer.close("testsuite")
    }
    if part.holdsWholeRun {
      let whole = wholeRun
      var counts = Counts()
      for one in whole { counts.add(one.result) }
      open("assay", counts, .zero, to: &writer)
      for one in whole { write(one, &names, to: &writer) }
      writer.close("testsuite")
    }
    writer.close("testsuites")
    sink = writer.sink
  }

  private func open(
    _ name: String, _ counts: Counts, _ time: Duration, to writer: inout XMLWriter
  ) {
    let started = UTCTime(ledger.facts?.startedAt ?? 0).dateAndTime
    writer.open(
      "testsuite",
      [("name", name)] + counts.attributes + [
        ("time", time.seconds), ("timestamp", started), ("hostname", options.host),
      ])
    guard let facts = ledger.facts else { return }
    writer.open("properties", [])
    let properties =
      [
        ("assay.run_id", facts.id), ("assay.version", facts.version),
        ("assay.seed", String(facts.seed)),
      ]
      + facts.inputs.map { ("assay.input.\($0.name)", "sha256:\($0.sha256)") }
    for (name, value) in properties {
      writer.empty("property", [("name", name), ("value", value)])
    }
    writer.close("properties")
  }

  private func write(_ one: Case, _ names: inout UniqueNames, to writer: inout XMLWriter) {
    var attributes = [
      ("classname", one.className), ("name", names.unique(one.className, one.name)),
      ("time", one.time.seconds),
    ]
    if options.dialect == .common, let place = one.place {
      attributes += [("file", place.file), ("line", "\(place.line)")]
    }
    switch one.result {
    case .passed: writer.empty("testcase", attributes)
    case .flaky(let attempts):
      writer.open("testcase", attributes)
      for attempt in attempts { rerun("flakyFailure", Verdict.flakyCode, attempt, to: &writer) }
      writer.close("testcase")
    case .skipped(let message):
      writer.open("testcase", attributes)
      writer.empty("skipped", message.isEmpty ? [] : [("message", message)])
      writer.close("testcase")
    case .bad(let bad):
      writer.open("testcase", attributes)
      // Consumers know what comes after a failure by this order.
      if bad.element == "failure" { write(bad, to: &writer) }
      for attempt in bad.rerun { rerun("rerunFailure", bad.type, attempt, to: &writer) }
      if bad.element == "error" { write(bad, to: &writer) }
      if !one.output.isEmpty { writer.element("system-out", [], one.output) }
      writer.close("testcase")
    }
  }

  private func write(_ bad: Bad, to writer: inout XMLWriter) {
    writer.element(bad.element, [("type", bad.type), ("message", bad.message)], bad.text)
  }

  private func rerun(
    _ element: String, _ type: String, _ message: String, to writer: inout XMLWriter
  ) {
    writer.open(element, [("type", type), ("message", message)])
    // What consumers know such a test by.
    writer.element("stackTrace", [], message)
    writer.close(element)
  }
}

/// Names within classes: consumers merge cases of one name, and a pass would then hide a failure.
private struct UniqueNames {
  private var used: Set<UInt64> = []

  mutating func unique(_ className: String, _ name: String) -> String {
    if used.insert(Identity.hash([className, name])).inserted { return name }
    var number = 2
    while !used.insert(Identity.hash([className, "\(name) (\(number))"])).inserted { number += 1 }
    return "\(name) (\(number))"
  }
}
