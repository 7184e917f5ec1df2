package import AssayModel

/// The run as JUnit XML, so that every consumer shows red where red is.
///
/// One flat suite for each folder path, one case for each claim under a name of its own, and one
/// result element in a case at most. Nothing that failed, or was never judged, looks passed.
package struct JUnitReport {
  /// What the attributes may be.
  package enum Dialect: String, Sendable, CaseIterable {
    /// With `file` and `line`, which most consumers use and strict schemas refuse.
    case common
    /// Valid by the schema of Jenkins' xUnit plugin.
    case strict
  }

  private let ledger: Ledger
  private let dialect: Dialect
  private let host: String

  package init(_ ledger: Ledger, dialect: Dialect = .common, host: String = "localhost") {
    self.ledger = ledger
    self.dialect = dialect
    self.host = host
  }

  package var text: String {
    let suites = self.suites()
    var writer = XMLWriter()
    let all = suites.flatMap(\.cases)
    var attributes = [("name", title)] + Self.counts(all)
    attributes.append(("time", ledger.duration.seconds))
    if dialect == .strict { attributes.removeAll { $0.0 == "skipped" } }
    writer.open("testsuites", attributes)
    for suite in suites { write(suite, to: &writer) }
    writer.close("testsuites")
    return writer.text
  }

  private var title: String {
    let names = ledger.facts?.collections.joined(separator: ", ") ?? "assay"
    return ledger.facts?.environment.map { "\(names) / \($0)" } ?? names
  }

  // MARK: What is written

  private struct Suite {
    let name: String
    var cases: [Case] = []
    var time: Duration = .zero
  }

  private struct Case {
    let className: String
    var name: String
    let time: Duration
    let place: Place?
    let result: Result
  }

  private enum Result {
    case passed
    /// Passed at a later attempt than the first.
    case flaky(String)
    case skipped(String)
    case bad(element: String, type: String, message: String, text: String)
  }

  private func suites() -> [Suite] {
    var order: [String] = []
    var suites: [String: Suite] = [:]
    for entry in ledger.entries {
      let folder = entry.step.folders.joined(separator: " / ")
      let name = folder.isEmpty ? entry.step.suite : folder
      if suites[name] == nil {
        order.append(name)
        suites[name] = Suite(name: name)
      }
      suites[name]?.cases += cases(of: entry)
      suites[name]?.time += entry.exchange?.serviceTime ?? .zero
    }
    // A run that was ended before it had planned anything must not look as if all were well.
    if ledger.entries.isEmpty {
      let nothing = Case(
        className: "assay", name: "run", time: .zero, place: nil,
        result: .bad(
          element: "error", type: "run.not-judged", message: "nothing was planned, and nothing ran",
          text: ""))
      return [Suite(name: "assay", cases: [nothing])]
    }
    var used: [String: Int] = [:]
    return order.compactMap { suites[$0] }.map { suite in
      var suite = suite
      // Consumers merge cases of one name, and a pass would then hide a failure.
      for index in suite.cases.indices {
        let key = suite.cases[index].className + "\u{0}" + suite.cases[index].name
        let count = (used[key] ?? 0) + 1
        used[key] = count
        if count > 1 { suite.cases[index].name += " (\(count))" }
      }
      return suite
    }
  }

  private func cases(of entry: Ledger.Entry) -> [Case] {
    let names = [entry.step.suite] + entry.step.folders
    let className = names.map { $0.replacing(".", with: "_") }.joined(separator: ".")
    let iteration = entry.step.iterationCount > 1 ? " [iter \(entry.step.iteration + 1)]" : ""
    func make(_ check: String, _ time: Duration, _ place: Place?, _ result: Result) -> Case {
      Case(
        className: className, name: "\(entry.step.name) › \(check)\(iteration)", time: time,
        place: place, result: result)
    }
    if entry.verdicts.isEmpty || entry.state != .ended {
      let reason = Result.bad(
        element: "error", type: "run.not-judged", message: "the run ended before this was judged",
        text: entry.step.place.description)
      return entry.verdicts.map { make($0.name, .zero, $0.place, result(of: $0, entry)) }
        + [make("end", .zero, entry.step.place, reason)]
    }
    return entry.verdicts.map { verdict in
      let time = verdict.name == "request" ? entry.exchange?.serviceTime ?? .zero : .zero
      return make(verdict.name, time, verdict.place ?? entry.step.place, result(of: verdict, entry))
    }
  }

  private func result(of verdict: Verdict, _ entry: Ledger.Entry) -> Result {
    switch verdict.outcome {
    case .passed: verdict.code == Verdict.flakyCode ? .flaky(verdict.message) : .passed
    case .skipped: .skipped(verdict.message)
    case .notJudged: .skipped("not judged: \(verdict.message)")
    case .failed:
      .bad(
        element: "failure", type: verdict.code, message: Self.firstLine(verdict),
        text: FailureText.text(verdict, entry))
    case .error:
      .bad(
        element: "error", type: verdict.code, message: Self.firstLine(verdict),
        text: FailureText.text(verdict, entry))
    }
  }

  /// One line of at most 300 characters, with the place that has to be edited.
  private static func firstLine(_ verdict: Verdict) -> String {
    let line = verdict.message.split(separator: "\n").first.map(String.init) ?? ""
    let place = verdict.findings.first?.document ?? verdict.place
    let tail = place.map { " (\($0.file):\($0.line))" } ?? ""
    return String(line.prefix(300 - min(tail.count, 200))) + tail
  }

  private static func counts(_ cases: [Case]) -> [(String, String)] {
    var failures = 0
    var errors = 0
    var skipped = 0
    for one in cases {
      switch one.result {
      case .passed, .flaky: break
      case .skipped: skipped += 1
      case .bad(let element, _, _, _):
        if element == "failure" { failures += 1 } else { errors += 1 }
      }
    }
    return [
      ("tests", "\(cases.count)"), ("failures", "\(failures)"), ("errors", "\(errors)"),
      ("skipped", "\(skipped)"),
    ]
  }

  private func write(_ suite: Suite, to writer: inout XMLWriter) {
    let started = UTCTime(ledger.facts?.startedAt ?? 0).dateAndTime
    writer.open(
      "testsuite",
      [("name", suite.name)] + Self.counts(suite.cases) + [
        ("time", suite.time.seconds), ("timestamp", started), ("hostname", host),
      ])
    if let facts = ledger.facts {
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
    for one in suite.cases { write(one, to: &writer) }
    writer.close("testsuite")
  }

  private func write(_ one: Case, to writer: inout XMLWriter) {
    var attributes = [
      ("classname", one.className), ("name", one.name), ("time", one.time.seconds),
    ]
    if dialect == .common, let place = one.place {
      attributes += [("file", place.file), ("line", "\(place.line)")]
    }
    switch one.result {
    case .passed: writer.empty("testcase", attributes)
    case .flaky(let message):
      writer.open("testcase", attributes)
      writer.open("flakyFailure", [("type", Verdict.flakyCode), ("message", message)])
      // What consumers know a flaky test by.
      writer.element("stackTrace", [], message)
      writer.close("flakyFailure")
      writer.close("testcase")
    case .skipped(let message):
      writer.open("testcase", attributes)
      writer.empty("skipped", message.isEmpty ? [] : [("message", message)])
      writer.close("testcase")
    case .bad(let element, let type, let message, let text):
      writer.open("testcase", attributes)
      writer.element(element, [("type", type), ("message", message)], text)
      writer.close("testcase")
    }
  }
}

/// What is said of a failure where there is room for more than a line.
enum FailureText {
  static let findingLimit = 20

  static func text(_ verdict: Verdict, _ entry: Ledger.Entry) -> String {
    var lines = [verdict.message]
    if let exchange = entry.exchange {
      let status = exchange.response.map { " → \($0.status)" } ?? ""
      lines.append("\(exchange.request.method) \(exchange.request.url)\(status)")
    }
    for finding in verdict.findings.prefix(findingLimit) {
      let place = finding.document.map { " (\($0))" } ?? ""
      let at = finding.at.isEmpty ? "" : "\(finding.at): "
      lines.append("- \(at)\(finding.message)\(place)")
      if !finding.expected.isEmpty { lines.append("  expected: \(finding.expected)") }
      if !finding.received.isEmpty { lines.append("  received: \(finding.received)") }
    }
    let more = verdict.findings.count - findingLimit
    if more > 0 { lines.append("and \(more) more") }
    lines.append("request: \(entry.step.place)")
    if let place = verdict.place, place != entry.step.place {
      lines.append("rule or test: \(place)")
    }
    if let excerpt = verdict.excerpt {
      for line in excerpt.lines {
        lines.append("\(line.number) | \(line.text)")
        if line.isMarked {
          let indent = String(line.number).count + 3 + excerpt.caret - 1
          lines.append(String(repeating: " ", count: indent) + "^")
        }
      }
    }
    return lines.joined(separator: "\n")
  }
}
