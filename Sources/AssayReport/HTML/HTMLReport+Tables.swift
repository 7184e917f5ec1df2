internal import AssayModel

// What is told in tables: calls, times, changes, the setting.
extension HTMLReport {
  private static var slowestCount: Int { 20 }
  private static var latencyLimit: Int { 200 }
  private static var changeLimit: Int { 100 }

  static func head(_ names: [String], _ markup: inout Markup) {
    markup.element("thead") { markup in
      markup.element("tr") { markup in
        for name in names { markup.element("th", [("scope", "col")], name) }
      }
    }
  }

  // MARK: Requests

  func requests(_ markup: inout Markup, _ pack: CallPack) {
    // The script puts the list here; without it, what went wrong stands under the failures.
    markup.element("div", [("id", "calls")]) { markup in
      markup.element(
        "p", [("class", "empty")],
        "\(Self.grouped(pack.count)) calls are packed into this page; showing them takes JavaScript "
          + "and a browser from 2023 or later. The journal beside this page has all of them.")
    }
  }

  // MARK: Times

  func timeline(_ markup: inout Markup) {
    markup.element("div", [("id", "lanes")], "")
    let slowest = ledger.slowest(Self.slowestCount).map { ledger.entries[$0] }
    markup.element("h3", [("id", "slowest-title")], "The slowest calls")
    markup.element(
      "div",
      [
        ("class", "wide"), ("tabindex", "0"), ("role", "region"),
        ("aria-labelledby", "slowest-title"),
      ]
    ) { markup in
      markup.element("table", [("class", "figures")]) { markup in
        let phases = JournalCodec.phases
        Self.head(["call", "status", "began"] + phases.map(\.0) + ["service"], &markup)
        markup.element("tbody") { markup in
          for entry in slowest { row(entry, phases, &markup) }
        }
      }
    }
    markup.element(
      "p", [("class", "path")],
      "Paced is what the rate limit made a call wait, queued what a full house did: neither is the "
        + "API's, and neither is part of service.")
  }

  private func row(
    _ entry: Ledger.Entry, _ phases: [(String, WritableKeyPath<Timings, Duration>)],
    _ markup: inout Markup
  ) {
    guard let exchange = entry.exchange else { return }
    let timings = exchange.timings
    let whole = timings.paced + timings.queued + timings.service
    markup.element("tr") { markup in
      markup.element("th", [("scope", "row")]) { markup in
        markup.element(
          "a", [("href", "#v=requests&c=\(entry.step.number)&t=timing")], entry.step.path)
      }
      markup.element("td", exchange.response.map { String($0.status) } ?? "none")
      markup.element("td", max(.zero, entry.exchangedAt - whole).brief)
      for (_, path) in phases {
        let time = timings[keyPath: path]
        markup.element("td", time == .zero ? "" : time.brief)
      }
      markup.element("td", exchange.serviceTime.brief)
    }
  }

  func latency(_ markup: inout Markup) {
    let all = Latency.all(ledger)
    guard !all.isEmpty else {
      return markup.element("p", [("class", "empty")], "No call was answered.")
    }
    markup.element(
      "div",
      [
        ("class", "wide"), ("tabindex", "0"), ("role", "region"),
        ("aria-labelledby", "latency-title"),
      ]
    ) { markup in
      markup.element("table", [("class", "figures"), ("id", "latencies")]) { markup in
        Self.head(
          ["operation", "calls", "p50", "p90", "p95", "p99", "longest", "p95 as planned", ""],
          &markup)
        let longest = all.map(\.longest).max() ?? .zero
        markup.element("tbody") { markup in
          for each in all.prefix(Self.latencyLimit) { row(each, longest, &markup) }
        }
      }
    }
    if all.count > Self.latencyLimit {
      markup.element("p", [("class", "path")], "and \(all.count - Self.latencyLimit) more")
    }
    markup.element(
      "p", [("class", "path")],
      "Times are the network's and the API's, from the moment of sending. As planned counts from when a "
        + "call was ready to leave, our own waiting included. No p99 is shown of fewer than 100 calls."
    )
  }

  private func row(_ latency: Latency, _ longest: Duration, _ markup: inout Markup) {
    markup.element("tr") { markup in
      markup.element("th", [("scope", "row")]) { $0.element("code", latency.name) }
      let times = [
        latency.p50, latency.p90, latency.p95, latency.p99, latency.longest, latency.planned95,
      ]
      markup.element("td", Self.grouped(latency.count))
      for time in times { markup.element("td", time?.brief ?? "–") }
      markup.element("td", [("class", "plot")]) { markup in
        // From the shortest to the longest, with half of all calls in the thick part.
        func x(_ time: Duration) -> String {
          let part = longest == .zero ? 0 : time / longest
          return String(Int((part * 118).rounded()) + 1)
        }
        markup.element(
          "svg",
          [("viewBox", "0 0 120 14"), ("width", "120"), ("height", "14"), ("aria-hidden", "true")]
        ) { markup in
          markup.element(
            "path", [("class", "thin"), ("d", "M\(x(latency.shortest)) 7H\(x(latency.longest))")],
            "")
          markup.element(
            "path", [("class", "thick"), ("d", "M\(x(latency.p25)) 7H\(x(latency.p75))")], "")
          markup.element("path", [("class", "tick"), ("d", "M\(x(latency.p95)) 2V12")], "")
        }
      }
    }
  }

  // MARK: Compare

  func compare(_ markup: inout Markup) {
    guard let comparison else { return }
    markup.element("p", [("class", "path")]) { markup in
      markup.add("Compared with run \(comparison.oldRun) of \(UTCTime(comparison.oldStart).text). ")
      markup.add("\(Self.grouped(comparison.steadyCount)) checks hold in both.")
    }
    for (bucket, title) in [
      (Comparison.Bucket.new, "New failures"), (.vanished, "Checks that vanished"),
      (.still, "Still failing"), (.flaky, "Flaky"), (.fixed, "Fixed"), (.added, "New checks"),
    ] {
      let checks = comparison.checks.filter { $0.bucket == bucket }
      guard !checks.isEmpty else { continue }
      markup.element("h3") { markup in
        markup.add("\(title) ")
        markup.element("span", [("class", "badge \(bucket.rawValue)")], Self.grouped(checks.count))
      }
      markup.element("ul", [("class", "changed")]) { markup in
        for check in checks.prefix(Self.changeLimit) {
          markup.element("li") { markup in
            if bucket == .vanished {
              markup.element("strong", check.name)
            } else {
              markup.element("a", [("href", "#v=requests&c=\(check.step)")], check.name)
            }
            if !check.message.isEmpty, bucket != .added {
              markup.element("span", [("class", "detail")], " " + check.message)
            }
          }
        }
      }
      if checks.count > Self.changeLimit {
        markup.element("p", [("class", "path")], "and \(checks.count - Self.changeLimit) more")
      }
    }
    deltas(comparison, &markup)
  }

  private func deltas(_ comparison: Comparison, _ markup: inout Markup) {
    guard !comparison.coverage.isEmpty || !comparison.speeds.isEmpty else { return }
    markup.element("table", [("class", "figures narrow")]) { markup in
      Self.head(["what", "before", "now"], &markup)
      markup.element("tbody") { markup in
        for share in comparison.coverage {
          let (old, new) = (
            "\(share.old.seen)/\(share.old.total)", "\(share.new.seen)/\(share.new.total)"
          )
          let kind =
            share.new.seen < share.old.seen ? "bad" : share.new.seen > share.old.seen ? "good" : ""
          delta("coverage of \(share.name)", old, new, kind, &markup)
        }
        for speed in comparison.speeds.prefix(Self.changeLimit) {
          delta(
            "p95 of \(speed.name)", speed.old.brief, speed.new.brief,
            speed.new > speed.old ? "bad" : "good", &markup)
        }
      }
    }
  }

  private func delta(
    _ name: String, _ old: String, _ new: String, _ kind: String, _ markup: inout Markup
  ) {
    markup.element("tr") { markup in
      markup.element("th", [("scope", "row")], name)
      markup.element("td", old)
      markup.element("td", [("class", kind)], new)
    }
  }

  // MARK: Environment

  func environment(_ markup: inout Markup, _ pack: CallPack) {
    guard let facts = ledger.facts else { return }
    markup.element("dl", [("class", "setting")]) { markup in
      var pairs = [
        ("run", facts.id), ("began", UTCTime(facts.startedAt).text),
        ("took", ledger.duration.brief), ("ended", ledger.end.rawValue),
        ("exit code", "\(exitCode.rawValue), \(ConsoleReport.reason(exitCode))"),
        ("collections", facts.collections.joined(separator: ", ")),
        ("environment", facts.environment ?? "none"),
        ("contracts", facts.contracts.isEmpty ? "none" : facts.contracts.joined(separator: ", ")),
        ("seed", String(facts.seed)), ("Assay", facts.version),
      ]
      if !facts.command.isEmpty { pairs.append(("command", Shell.line(["assay"] + facts.command))) }
      for (name, value) in pairs {
        markup.element("dt", name)
        markup.element("dd", value)
      }
    }
    markup.element("h3", "Inputs")
    markup.element("table", [("class", "figures narrow")]) { markup in
      Self.head(["file", "SHA-256"], &markup)
      markup.element("tbody") { markup in
        for input in facts.inputs {
          markup.element("tr") { markup in
            markup.element("th", [("scope", "row")], input.name)
            markup.element("td") { $0.element("code", input.sha256) }
          }
        }
      }
    }
    gates(&markup)
    guard !ledger.notes.isEmpty || !ledger.slowdowns.isEmpty else { return }
    markup.element("h3", "Notes")
    markup.element("ul", [("class", "changed")]) { markup in
      for note in ledger.notes.prefix(Self.changeLimit) {
        let place = note.place.map { " · \($0)" } ?? ""
        markup.element("li", "\(note.severity.rawValue): \(note.message)\(place)")
      }
      for (host, slowdown) in ledger.slowdowns.sorted(by: { $0.key < $1.key }) {
        markup.element("li", "slowed by \(host): \(slowdown.status), \(slowdown.wait.brief)")
      }
    }
  }

  private func gates(_ markup: inout Markup) {
    guard !ledger.gates.isEmpty else { return }
    markup.element("h3", "Gates")
    markup.element("ul", [("class", "changed")]) { markup in
      for gate in ledger.gates {
        markup.element("li") { markup in
          markup.element(
            "strong", [("class", gate.holds ? "good" : "bad")], gate.holds ? "✓ met" : "✗ not met")
          markup.add(" \(gate.name): \(gate.message)")
        }
      }
    }
  }
}
