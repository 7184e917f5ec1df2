package import AssayModel
internal import AssayText

/// The run as one HTML file that asks nothing of any network.
///
/// Everything that matters is plain markup and can be read without scripts or styles. The policy in
/// its head allows the one style sheet and the one script that it carries, by their digests, and
/// nothing else; no received byte ever becomes markup.
package struct HTMLReport {
  private let ledger: Ledger
  /// How many failures are opened in full.
  private static let failureLimit = 200
  /// How many requests are listed in full.
  private static let requestLimit = 10_000

  package init(_ ledger: Ledger) { self.ledger = ledger }

  package var text: String {
    let style = String(decoding: PackageResources.report_css, as: UTF8.self)
    let script = String(decoding: PackageResources.report_js, as: UTF8.self)
    var markup = Markup()
    markup.element("header", [("class", "top")]) { header(&$0) }
    markup.element("main", [("id", "main")]) { markup in
      causes(&markup)
      failures(&markup)
      requests(&markup)
      if let coverage = ledger.coverage, !coverage.operations.isEmpty {
        Self.coverage(coverage, &markup)
      }
      environment(&markup)
    }
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy(style, script))">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <meta name="color-scheme" content="light dark">
      <title>\(Markup.escaped("\(verdict.word) · \(title)"))</title>
      <style>\(style)</style>
      </head>
      <body>
      <a class="skip" href="#main">Skip to the results</a>
      \(markup.text)
      <script>\(script)</script>
      </body>
      </html>

      """
  }

  private func policy(_ style: String, _ script: String) -> String {
    func digest(_ text: String) -> String {
      "'sha256-\(Base64.encode(Digest.hash(Array(text.utf8), .sha256)))'"
    }
    return "default-src 'none'; script-src \(digest(script)); style-src \(digest(style)); "
      + "base-uri 'none'; form-action 'none'"
  }

  private var title: String {
    ledger.facts.map { $0.collections.joined(separator: ", ") } ?? "a run"
  }

  // MARK: The first screen

  private var verdict: (word: String, kind: String, mark: String) {
    switch ledger.exitCode {
    case .success: ("Passed", "good", "✓")
    case .interrupted, .terminated: ("Interrupted", "warn", "!")
    case .nothingSelected: ("Nothing ran", "warn", "!")
    case .couldNotJudge: ("Not judged", "bad", "✗")
    default: ("Failed", "bad", "✗")
    }
  }

  private func header(_ markup: inout Markup) {
    let summary = ledger.summary
    let verdict = self.verdict
    markup.element("div", [("class", "verdict \(verdict.kind)")]) { markup in
      markup.element("span", [("class", "mark"), ("aria-hidden", "true")], verdict.mark)
      markup.element("h1") { markup in
        markup.element("span", [("class", "word")], verdict.word)
        markup.add(" " + title)
      }
    }
    markup.element("p", [("class", "facts")], factLine)
    markup.element("dl", [("class", "numbers")]) { markup in
      number(&markup, "requests", summary.requests, "")
      number(&markup, "checks", summary.checks, "")
      number(&markup, "passed", summary.passed, "good")
      number(&markup, "failed", summary.failed, summary.failed > 0 ? "bad" : "")
      number(&markup, "could not judge", summary.errors, summary.errors > 0 ? "bad" : "")
      number(&markup, "not judged", summary.notJudged, summary.notJudged > 0 ? "warn" : "")
      number(&markup, "skipped", summary.skipped, "")
    }
    if ledger.briefCount > 0 {
      markup.element(
        "p",
        "Of \(ledger.briefCount) good calls fields and bodies are in the journal alone; "
          + "here stands what they were and came to.")
    }
    if summary.ended < summary.planned {
      markup.element(
        "p", [("class", "banner")],
        "Incomplete: \(summary.ended) of \(summary.planned) planned requests were judged.")
    }
    if let reason = ledger.vacuity {
      markup.element("p", [("class", "banner")], "This run says nothing of the API: \(reason).")
    }
    faults(summary, &markup)
  }

  private var factLine: String {
    guard let facts = ledger.facts else { return "" }
    var parts = [UTCTime(facts.startedAt).text, ledger.duration.brief]
    if let environment = facts.environment { parts.append("environment \(environment)") }
    parts += facts.contracts.map { "contract \($0)" }
    parts.append("Assay \(facts.version)")
    return parts.joined(separator: " · ")
  }

  private func number(_ markup: inout Markup, _ name: String, _ count: Int, _ kind: String) {
    markup.element("div", [("class", kind)]) { markup in
      markup.element("dt", name)
      markup.element("dd", String(count))
    }
  }

  private func faults(_ summary: Ledger.Summary, _ markup: inout Markup) {
    guard !summary.faults.isEmpty else { return }
    markup.element("p", [("class", "faults")]) { markup in
      markup.element("span", [("class", "label")], "Whose fault")
      for fault in Verdict.Fault.allCases {
        guard let count = summary.faults[fault] else { continue }
        markup.element("span", [("class", "chip")], "\(fault.rawValue) \(count)")
      }
    }
  }

  // MARK: Causes

  /// What is wrong once, however often it shows.
  private struct Cause {
    let title: String
    let detail: String
    let place: Place?
    let firstStep: Int
    var count = 1
  }

  private func causes(_ markup: inout Markup) {
    var order: [String] = []
    var causes: [String: Cause] = [:]
    for entry in ledger.entries {
      for verdict in entry.verdicts where verdict.isBad {
        let finding = verdict.findings.first { $0.severity == .error }
        let at = Self.wildcarded(finding?.at ?? "")
        let rule = finding?.documentPointer ?? verdict.place?.description ?? ""
        let key = [
          verdict.code, entry.operation ?? entry.step.name, at, finding?.keyword ?? verdict.name,
          rule,
        ]
        .joined(separator: "\u{0}")
        if causes[key] != nil {
          causes[key]?.count += 1
          continue
        }
        order.append(key)
        causes[key] = Cause(
          title: entry.operation ?? entry.step.name, detail: verdict.name + ": " + verdict.message,
          place: finding?.document ?? verdict.place, firstStep: entry.step.number)
      }
    }
    guard !order.isEmpty else { return }
    section("causes", "Causes", count: order.count, &markup) { markup in
      markup.element("ol", [("class", "causes")]) { markup in
        for cause in order.prefix(Self.failureLimit).compactMap({ causes[$0] }) {
          markup.element("li") { markup in
            markup.element("a", [("href", "#step-\(cause.firstStep)")], cause.title)
            if cause.count > 1 { markup.element("span", [("class", "chip")], "× \(cause.count)") }
            markup.element("span", [("class", "detail")], cause.detail)
            if let place = cause.place { markup.element("code", place.description) }
          }
        }
      }
      leftOut(order.count - Self.failureLimit, &markup)
    }
  }

  /// Says how many of a list are not shown; the journal has them all.
  private func leftOut(_ count: Int, _ markup: inout Markup) {
    guard count > 0 else { return }
    markup.element(
      "p", [("class", "banner")], "\(count) more are in the journal and not shown here.")
  }

  /// One wrong rule for a list is one cause: indexes do not tell causes apart.
  private static func wildcarded(_ pointer: String) -> String {
    pointer.split(separator: "/", omittingEmptySubsequences: false)
      .map { Int($0) == nil ? String($0) : "*" }.joined(separator: "/")
  }

  private func section(
    _ id: String, _ title: String, count: Int, _ markup: inout Markup,
    _ body: (inout Markup) -> Void
  ) {
    markup.element("section", [("id", id), ("aria-labelledby", "\(id)-title")]) { markup in
      markup.element("h2", [("id", "\(id)-title")]) { markup in
        markup.add(title + " ")
        markup.element("span", [("class", "count")], String(count))
      }
      body(&markup)
    }
  }

  // MARK: Failures

  private func failures(_ markup: inout Markup) {
    let bad = ledger.entries.filter(\.isBad)
    guard !bad.isEmpty else { return }
    section("failures", "Failures", count: bad.count, &markup) { markup in
      for entry in bad.prefix(Self.failureLimit) { failure(entry, &markup) }
      if bad.count > Self.failureLimit {
        markup.element(
          "p", [("class", "banner")], "\(bad.count - Self.failureLimit) more are in the list below."
        )
      }
    }
  }

  private func failure(_ entry: Ledger.Entry, _ markup: inout Markup) {
    markup.element("article", [("class", "failure"), ("id", "step-\(entry.step.number)")]) {
      markup in
      markup.element("h3") { markup in
        requestLine(entry, &markup)
      }
      markup.element("p", [("class", "path")], path(entry))
      for verdict in entry.verdicts where verdict.isBad { self.verdict(verdict, entry, &markup) }
      details(entry, &markup)
    }
  }

  private func requestLine(_ entry: Ledger.Entry, _ markup: inout Markup) {
    guard let exchange = entry.exchange else {
      markup.add(entry.step.name)
      return
    }
    markup.element("span", [("class", "method")], exchange.request.method)
    markup.add(" " + exchange.request.url + " ")
    if let response = exchange.response {
      let kind = response.status >= 500 ? "bad" : response.status >= 400 ? "warn" : "good"
      markup.element("span", [("class", "status \(kind)")], String(response.status))
    } else {
      markup.element("span", [("class", "status bad")], "no response")
    }
  }

  private func path(_ entry: Ledger.Entry) -> String {
    let iteration = entry.step.iterationCount > 1 ? " · iteration \(entry.step.iteration + 1)" : ""
    let names = [entry.step.suite] + entry.step.folders + [entry.step.name]
    return names.joined(separator: " › ") + iteration + " · \(entry.step.place)"
  }

  private func verdict(_ verdict: Verdict, _ entry: Ledger.Entry, _ markup: inout Markup) {
    markup.element("div", [("class", "check")]) { markup in
      markup.element("p", [("class", "message")]) { markup in
        markup.element("strong", verdict.name)
        markup.add(" " + verdict.message + " ")
        markup.element("code", [("class", "code")], verdict.code)
      }
      if verdict.findings.isEmpty, let place = verdict.place {
        markup.element("p", [("class", "place")], place.description)
      }
      if let excerpt = verdict.excerpt { source(excerpt, &markup) }
      let findings = verdict.findings.filter { $0.severity == .error }
      for finding in findings.prefix(10) { self.finding(finding, entry, &markup) }
      if findings.count > 10 {
        markup.element("p", [("class", "place")], "and \(findings.count - 10) more")
      }
    }
  }

  /// The lines of a script, with what follows the place that failed marked.
  private func source(_ excerpt: ScriptExcerpt, _ markup: inout Markup) {
    markup.element("figure", [("class", "received source")]) { markup in
      markup.element("pre") { markup in
        for line in excerpt.lines {
          let length = line.text.unicodeScalars.count
          let marked = min(excerpt.caret - 1, length)..<length
          self.line(line.number, line.text, line.isMarked ? marked : nil, &markup)
        }
      }
    }
  }

  /// What came beside what was promised, each at its place.
  private func finding(_ finding: Finding, _ entry: Ledger.Entry, _ markup: inout Markup) {
    markup.element("div", [("class", "sides")]) { markup in
      markup.element("figure", [("class", "received")]) { markup in
        markup.element("figcaption") { markup in
          markup.element("span", [("class", "side")], "received")
          markup.element("code", finding.at.isEmpty ? finding.part.rawValue : finding.at)
        }
        received(finding, entry, &markup)
      }
      markup.element("figure", [("class", "expected")]) { markup in
        markup.element("figcaption") { markup in
          markup.element("span", [("class", "side")], "expected")
          if let place = finding.document { markup.element("code", place.description) }
        }
        markup.element("pre") { markup in
          for line in finding.documentExcerpt {
            self.line(
              line.number, line.text,
              line.isMarked ? (line.column ?? 1) - 1..<line.text.unicodeScalars.count : nil,
              &markup)
          }
        }
        if !finding.expected.isEmpty {
          markup.element("p", [("class", "say")], "expected \(finding.expected)")
        }
      }
    }
  }

  private func received(_ finding: Finding, _ entry: Ledger.Entry, _ markup: inout Markup) {
    if let response = entry.exchange?.response, finding.part == .responseBody,
      !response.body.isEmpty
    {
      let excerpt = Excerpt(body: response.body, range: finding.receivedRange)
      markup.element("pre") { markup in
        for line in excerpt.lines { self.line(line.number, line.text, line.marked, &markup) }
      }
    }
    let words = finding.received.isEmpty ? finding.message : "received \(finding.received)"
    markup.element("p", [("class", "say")], words)
  }

  private func line(_ number: Int, _ text: String, _ marked: Range<Int>?, _ markup: inout Markup) {
    let kind = marked == nil ? "line" : "line marked"
    markup.element("span", [("class", kind)]) { markup in
      markup.element("span", [("class", "number")], String(number))
      let scalars = Array(text.unicodeScalars)
      guard let marked else {
        markup.add(text + "\n")
        return
      }
      let range = marked.clamped(to: 0..<scalars.count)
      func part(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }
      markup.add(part(0..<range.lowerBound))
      markup.element("mark", part(range))
      markup.add(part(range.upperBound..<scalars.count) + "\n")
    }
  }

  // MARK: Requests

  private func requests(_ markup: inout Markup) {
    section("requests", "All requests", count: ledger.entries.count, &markup) { markup in
      markup.element("p", [("class", "filter"), ("hidden", "")]) { markup in
        markup.element("label", [("for", "filter")], "Filter")
        markup.addTrusted(
          "<input id=\"filter\" type=\"search\" autocomplete=\"off\" placeholder=\"name, path, status · press /\">"
        )
        markup.element("span", [("id", "shown"), ("aria-live", "polite")], "")
      }
      markup.element("ol", [("class", "requests")]) { markup in
        for entry in ledger.entries.prefix(Self.requestLimit) { row(entry, &markup) }
      }
      leftOut(ledger.entries.count - Self.requestLimit, &markup)
    }
  }

  private func row(_ entry: Ledger.Entry, _ markup: inout Markup) {
    let isJudged = entry.verdicts.contains { $0.outcome == .passed }
    let (kind, mark, word) =
      entry.isBad
      ? ("bad", "✗", "failed") : isJudged ? ("good", "✓", "passed") : ("warn", "○", "not judged")
    markup.element("li", [("class", kind)]) { markup in
      markup.element("details") { markup in
        markup.element("summary") { markup in
          markup.element("span", [("class", "mark"), ("aria-hidden", "true")], mark)
          markup.element("span", [("class", "hidden")], word + " ")
          markup.element(
            "span", [("class", "name")],
            (entry.step.folders + [entry.step.name]).joined(separator: " / "))
          markup.element("span", [("class", "request")]) { requestLine(entry, &$0) }
          if let exchange = entry.exchange {
            markup.element("span", [("class", "time")], exchange.serviceTime.brief)
          }
        }
        if let operation = entry.operation {
          markup.element("p", [("class", "path")], "operation \(operation)")
        }
        checks(entry, &markup)
        if !entry.isBad { details(entry, &markup) }
      }
    }
  }

  private func checks(_ entry: Ledger.Entry, _ markup: inout Markup) {
    markup.element("ul", [("class", "checks")]) { markup in
      for verdict in entry.verdicts {
        markup.element("li", [("class", verdict.outcome.rawValue)]) { markup in
          markup.element("span", [("class", "outcome")], verdict.outcome.rawValue)
          markup.add(" " + verdict.name)
          if !verdict.message.isEmpty {
            markup.element("span", [("class", "detail")], " " + verdict.message)
          }
        }
      }
      for note in entry.notes {
        markup.element("li", [("class", "note")], "\(note.severity.rawValue): \(note.message)")
      }
    }
  }

  private func details(_ entry: Ledger.Entry, _ markup: inout Markup) {
    guard let exchange = entry.exchange else { return }
    markup.element("details", [("class", "message-view")]) { markup in
      markup.element("summary", "Request")
      message(exchange.request.headers, exchange.request.body ?? [], &markup)
    }
    if let response = exchange.response {
      markup.element("details", [("class", "message-view")]) { markup in
        markup.element("summary", "Response · \(response.bodySize) bytes")
        message(response.headers, response.body, &markup)
        if response.body.count < response.bodySize {
          let what = response.body.isEmpty ? "The body is" : "The rest of the body is"
          markup.element("p", [("class", "path")], "\(what) not in this report.")
        }
      }
    }
    if !entry.console.isEmpty {
      markup.element("details", [("class", "message-view")]) { markup in
        markup.element("summary", "Script log · \(entry.console.count)")
        markup.element(
          "pre", entry.console.map { "\($0.level): \($0.text)" }.joined(separator: "\n"))
      }
    }
    for hop in exchange.hops {
      let status = hop.response.map { String($0.status) } ?? "no response"
      markup.element(
        "p", [("class", "path")],
        "redirected by \(hop.request.method) \(hop.request.url) → \(status)")
    }
    timing(exchange.timings, &markup)
  }

  private func message(_ headers: [HeaderField], _ body: [UInt8], _ markup: inout Markup) {
    markup.element("pre", headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n"))
    guard !body.isEmpty else { return }
    let shown = Excerpt(body: Array(body.prefix(32 << 10)), range: nil, margin: 400)
    markup.element("pre") { markup in
      for line in shown.lines { self.line(line.number, line.text, nil, &markup) }
    }
  }

  private func timing(_ timings: Timings, _ markup: inout Markup) {
    let parts = JournalCodec.phases.compactMap { name, path -> String? in
      let time = timings[keyPath: path]
      return time > .zero ? "\(name) \(time.brief)" : nil
    }
    if !parts.isEmpty { markup.element("p", [("class", "timing")], parts.joined(separator: " · ")) }
  }

  // MARK: Environment

  private func environment(_ markup: inout Markup) {
    guard let facts = ledger.facts else { return }
    section("inputs", "Inputs", count: facts.inputs.count, &markup) { markup in
      markup.element("p", [("class", "path")], "run \(facts.id) · seed \(facts.seed)")
      markup.element("table") { markup in
        markup.element("thead") { markup in
          markup.element("tr") { markup in
            markup.element("th", [("scope", "col")], "file")
            markup.element("th", [("scope", "col")], "SHA-256")
          }
        }
        markup.element("tbody") { markup in
          for input in facts.inputs {
            markup.element("tr") { markup in
              markup.element("td", input.name)
              markup.element("td") { $0.element("code", input.sha256) }
            }
          }
        }
      }
      for note in ledger.notes {
        let place = note.place.map { " · \($0)" } ?? ""
        markup.element(
          "p", [("class", "note")], "\(note.severity.rawValue): \(note.message)\(place)")
      }
    }
  }
}
