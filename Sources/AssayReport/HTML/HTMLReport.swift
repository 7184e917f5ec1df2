package import AssayModel
internal import AssayText

/// The run as one HTML file that asks nothing of any network.
///
/// Whatever matters is plain markup, and can be read without scripts or styles: the verdict, the
/// causes, the first failures in full, coverage, latencies. All calls with their bodies stand behind
/// it, packed; the script unpacks what somebody looks at. The policy in the head allows the one style
/// sheet and the one script that the page carries, by their digests, and nothing else; no received
/// byte ever becomes markup.
package struct HTMLReport {
  package struct Options: Sendable {
    /// What stands at the head of the page; nil for the names of the collections.
    package var title: String?
    /// How large the page may be.
    package var sizeLimit = 25_000_000

    package init() {}
  }

  let ledger: Ledger
  let comparison: Comparison?
  let causes: [Cause]
  let exitCode: ExitCode
  private let options: Options

  package init(_ ledger: Ledger, comparison: Comparison? = nil, _ options: Options = Options()) {
    self.ledger = ledger
    self.comparison = comparison
    self.options = options
    causes = Causes(ledger).list
    exitCode = ledger.exitCode
  }

  package var text: String { ReportSink.text { write(to: &$0) } }

  package func write(to sink: inout ReportSink) {
    let style = String(decoding: PackageResources.report_css, as: UTF8.self)
    let script = String(decoding: PackageResources.report_js, as: UTF8.self)
    var pack = CallPack(ledger, limit: options.sizeLimit * 9 / 10)
    pack.fill { sink.cleaned($0) }
    sink.write(
      """
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
      <a class="skip" href="#failures">Skip to the results</a>

      """)
    var markup = Markup()
    markup.element("header", [("class", "top")]) { header(&$0, pack) }
    navigation(&markup)
    markup.element("main", [("id", "main")]) { markup in
      for view in views {
        section(view, &markup) { markup in
          switch view.id {
          case "failures": failures(&markup)
          case "requests": requests(&markup, pack)
          case "coverage": coverage(&markup)
          case "timeline": timeline(&markup)
          case "latency": latency(&markup)
          case "compare": compare(&markup)
          default: environment(&markup, pack)
          }
        }
        sink.write(markup.drained())
      }
    }
    markup.element("footer", [("class", "foot")]) { markup in
      let version = ledger.facts.map { "Assay \($0.version)" } ?? "Assay"
      markup.element("p", "\(version) · run \(ledger.facts?.id ?? "") · made without a network")
    }
    sink.write(markup.drained())
    pack.write(to: &sink, prefix: reproduction, causes: causes, comparison: comparison)
    sink.write("<script>\(script)</script>\n</body>\n</html>\n")
  }

  /// What the line that does a call again begins with.
  private var reproduction: String {
    ledger.facts.map { $0.command.isEmpty ? "" : Shell.line(["assay"] + $0.command) } ?? ""
  }

  private func policy(_ style: String, _ script: String) -> String {
    func digest(_ text: String) -> String {
      "'sha256-\(Base64.encode(Digest.hash(Array(text.utf8), .sha256)))'"
    }
    return "default-src 'none'; script-src \(digest(script)); style-src \(digest(style)); "
      + "img-src data:; base-uri 'none'; form-action 'none'"
  }

  private var title: String {
    options.title ?? ledger.facts.map { $0.collections.joined(separator: ", ") } ?? "a run"
  }

  // MARK: Views

  struct View {
    let id: String
    let name: String
    let count: String
  }

  private var views: [View] {
    let isBad = !causes.isEmpty
    var views = [
      View(id: "failures", name: "Failures", count: isBad ? "\(causes.count)" : ""),
      View(id: "requests", name: "Requests", count: Self.grouped(ledger.entries.count)),
    ]
    if let coverage = ledger.coverage, !coverage.operations.isEmpty {
      let called = coverage.called
      views.append(View(id: "coverage", name: "Coverage", count: "\(called.seen)/\(called.total)"))
    }
    if ledger.duration > .zero {
      views.append(View(id: "timeline", name: "Timeline", count: ""))
      views.append(View(id: "latency", name: "Latency", count: ""))
    }
    if let comparison {
      let worse = comparison.count(.new) + comparison.count(.vanished)
      views.append(View(id: "compare", name: "Compare", count: worse > 0 ? "\(worse)" : ""))
    }
    views.append(View(id: "environment", name: "Environment", count: ""))
    return views
  }

  /// `12,345`.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  private func navigation(_ markup: inout Markup) {
    markup.element("nav", [("class", "tabs"), ("aria-label", "Views")]) { markup in
      for view in views {
        markup.element("a", [("href", "#\(view.id)")]) { markup in
          markup.add(view.name)
          if !view.count.isEmpty {
            markup.add(" ")
            markup.element("span", [("class", "count")], view.count)
          }
        }
      }
      markup.element("span", [("class", "tools"), ("id", "tools")], "")
    }
  }

  private func section(_ view: View, _ markup: inout Markup, _ body: (inout Markup) -> Void) {
    let title = "\(view.id)-title"
    markup.element("section", [("id", view.id), ("aria-labelledby", title)]) { markup in
      markup.element("h2", [("id", title), ("tabindex", "-1")], view.name)
      body(&markup)
    }
  }

  // MARK: The first screen

  var verdict: (word: String, kind: String, mark: String) {
    switch exitCode {
    case .success: ("Passed", "good", "✓")
    case .interrupted, .terminated: ("Interrupted", "warn", "!")
    case .nothingSelected: ("Nothing ran", "warn", "!")
    case .couldNotJudge: ("Not judged", "bad", "✗")
    default: ("Failed", "bad", "✗")
    }
  }

  private func header(_ markup: inout Markup, _ pack: CallPack) {
    let summary = ledger.summary
    let verdict = self.verdict
    markup.element("div", [("class", "verdict \(verdict.kind)")]) { markup in
      markup.element("span", [("class", "mark"), ("aria-hidden", "true")], verdict.mark)
      markup.element("h1") { markup in
        markup.element("span", [("class", "word")], verdict.word)
        markup.add(" " + title)
      }
      if let comparison { changes(comparison, &markup) }
    }
    markup.element("p", [("class", "facts")], factLine)
    numbers(summary, &markup)
    if summary.ended < summary.planned {
      markup.element(
        "p", [("class", "banner")],
        "Incomplete: \(summary.ended) of \(summary.planned) planned requests were judged.")
    }
    if let reason = ledger.vacuity {
      markup.element("p", [("class", "banner")], "This run says nothing of the API: \(reason).")
    }
    for gate in ledger.gates where !gate.holds {
      markup.element("p", [("class", "banner")], "Gate not met: \(gate.message).")
    }
    for sentence in pack.omissions { markup.element("p", [("class", "banner")], sentence) }
    faults(summary, &markup)
  }

  private func changes(_ comparison: Comparison, _ markup: inout Markup) {
    markup.element("p", [("class", "changes")]) { markup in
      for bucket in [Comparison.Bucket.new, .still, .flaky, .fixed, .vanished] {
        let count = comparison.count(bucket)
        guard count > 0 else { continue }
        markup.element(
          "span", [("class", "badge \(bucket.rawValue)")], "\(count) \(bucket.rawValue)")
      }
    }
  }

  private var factLine: String {
    guard let facts = ledger.facts else { return "" }
    var parts = [UTCTime(facts.startedAt).text.replacing("T", with: " "), ledger.duration.brief]
    if let environment = facts.environment { parts.append("environment \(environment)") }
    parts += facts.contracts.map { "contract \($0)" }
    parts.append("seed \(facts.seed)")
    return parts.joined(separator: " · ")
  }

  private func numbers(_ summary: Ledger.Summary, _ markup: inout Markup) {
    markup.element("dl", [("class", "numbers")]) { markup in
      number(&markup, "requests", Self.grouped(summary.requests), "")
      number(&markup, "checks", Self.grouped(summary.checks), "")
      number(&markup, "passed", Self.grouped(summary.passed), "good")
      number(&markup, "failed", Self.grouped(summary.failed), summary.failed > 0 ? "bad" : "")
      number(
        &markup, "could not judge", Self.grouped(summary.errors), summary.errors > 0 ? "bad" : "")
      number(
        &markup, "not judged", Self.grouped(summary.notJudged),
        summary.notJudged > 0 ? "warn" : "")
      if summary.skipped > 0 {
        number(&markup, "skipped", Self.grouped(summary.skipped), "")
      }
      if summary.flaky > 0 { number(&markup, "flaky", Self.grouped(summary.flaky), "warn") }
      if let coverage = ledger.coverage, !coverage.operations.isEmpty {
        let share = coverage.count(.response)
        number(&markup, "responses covered", "\(share.seen)/\(share.total)", "")
      }
    }
  }

  private func number(_ markup: inout Markup, _ name: String, _ count: String, _ kind: String) {
    markup.element("div", [("class", kind)]) { markup in
      markup.element("dt", name)
      markup.element("dd", count)
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
}
