internal import AssayModel

// Causes, and the first failure of each in full.
extension HTMLReport {
  /// How many causes are listed, and how many of them have their failure with them.
  private static var causeLimit: Int { 200 }
  private static var openLimit: Int { 40 }
  private static var findingLimit: Int { 5 }

  func failures(_ markup: inout Markup) {
    guard !causes.isEmpty else {
      let isWhole = exitCode == .success
      markup.element(
        "p", [("class", "empty")],
        isWhole
          ? "Everything was judged, and everything held."
          : "Nothing failed; what kept the run from saying more stands above.")
      return
    }
    markup.element("div", [("class", "causes"), ("id", "causes")]) { markup in
      for (index, cause) in causes.prefix(Self.causeLimit).enumerated() {
        self.cause(cause, index, &markup)
      }
    }
    if causes.count > Self.causeLimit {
      markup.element(
        "p", [("class", "banner")],
        "\(causes.count - Self.causeLimit) more causes are among the requests and in the journal.")
    }
  }

  private func cause(_ cause: Cause, _ index: Int, _ markup: inout Markup) {
    var attributes = [("class", "cause"), ("id", cause.id), ("data-step", "\(cause.step)")]
    if index == 0 { attributes.append(("open", "")) }
    markup.element("details", attributes) { markup in
      markup.element("summary") { markup in
        if let bucket = comparison?.causeBucket(cause.id) {
          markup.element("span", [("class", "badge \(bucket.rawValue)")], bucket.rawValue)
        }
        markup.element("span", [("class", "rule")], cause.rule)
        markup.element("strong", cause.title)
        markup.element("span", [("class", "detail")], cause.message)
        let word = cause.count == 1 ? "call" : "calls"
        markup.element("span", [("class", "times")], "\(Self.grouped(cause.count)) \(word)")
      }
      if let hint = cause.hint { markup.element("p", [("class", "hint")], hint) }
      guard index < Self.openLimit, ledger.entries.indices.contains(cause.step) else {
        let place = cause.place.map { " · \($0.description)" } ?? ""
        return markup.element("p", [("class", "path")], cause.code + place)
      }
      failure(cause, ledger.entries[cause.step], &markup)
    }
  }

  private func failure(_ cause: Cause, _ entry: Ledger.Entry, _ markup: inout Markup) {
    markup.element("article", [("class", "failure")]) { markup in
      markup.element("h3") { requestLine(entry, &$0) }
      markup.element("p", [("class", "path")], Self.path(entry))
      markup.element("p", [("class", "message")]) { markup in
        markup.element("strong", cause.verdict.name)
        markup.add(" " + cause.verdict.message + " ")
        markup.element("code", [("class", "code")], cause.code)
      }
      if let excerpt = cause.verdict.excerpt {
        markup.element("figure", [("class", "received")]) { markup in
          markup.element("figcaption") { markup in
            markup.element("span", [("class", "side")], "the script that failed")
            if let place = cause.place { markup.element("code", place.description) }
          }
          Self.code(CodeBlock.script(excerpt), &markup)
        }
      } else if cause.finding == nil, let place = cause.place {
        markup.element("p", [("class", "path")], place.description)
      }
      let findings = cause.finding.map { first in
        // The cause's own first, then what else is wrong with the same part.
        [first] + cause.verdict.findings.filter { $0.severity == .error && $0.at != first.at }
      }
      for finding in (findings ?? []).prefix(Self.findingLimit) { sides(finding, entry, &markup) }
      let more = (findings ?? []).count - Self.findingLimit
      if more > 0 {
        markup.element("p", [("class", "path")], "and \(more) more in this response")
      }
      again(cause, entry, &markup)
    }
  }

  /// How to do it again, and where else it shows.
  private func again(_ cause: Cause, _ entry: Ledger.Entry, _ markup: inout Markup) {
    let id = Identity.step(entry.step)
    let line =
      Reproduction.line(ledger.facts, id) ?? Reproduction.replay(ledger.facts, id)
    markup.element("p", [("class", "again")]) { markup in
      markup.element("span", [("class", "label")], "again")
      markup.element("code", line)
    }
    markup.element("p", [("class", "path links")]) { markup in
      markup.add("cause \(cause.id) · call \(id) · ")
      markup.element("a", [("href", "#v=requests&c=\(entry.step.number)")], "the whole call")
      if cause.count > 1 {
        markup.add(" · ")
        markup.element(
          "a", [("href", "#v=requests&q=cause:\(cause.id)")],
          "all \(Self.grouped(cause.count)) calls with this cause")
      }
    }
  }

  static func path(_ entry: Ledger.Entry) -> String {
    let names = [entry.step.suite] + entry.step.folders + [entry.step.name]
    var round = ""
    if let row = entry.step.row {
      round = " · row \(row)"
    } else if entry.step.iterationCount > 1 {
      round = " · iteration \(entry.step.iteration + 1)"
    }
    return names.joined(separator: " › ") + round + " · \(entry.step.place)"
  }

  func requestLine(_ entry: Ledger.Entry, _ markup: inout Markup) {
    guard let exchange = entry.exchange else { return markup.add(entry.step.name) }
    markup.element("span", [("class", "method")], exchange.request.method)
    markup.add(" " + exchange.request.url + " ")
    if let response = exchange.response {
      let kind = response.status >= 500 ? "bad" : response.status >= 400 ? "warn" : "good"
      markup.element("span", [("class", "status \(kind)")], String(response.status))
    } else {
      markup.element("span", [("class", "status bad")], "no response")
    }
  }

  /// What came beside what was promised, each at its place.
  private func sides(_ finding: Finding, _ entry: Ledger.Entry, _ markup: inout Markup) {
    markup.element("div", [("class", "sides")]) { markup in
      markup.element("figure", [("class", "received")]) { markup in
        markup.element("figcaption") { markup in
          markup.element("span", [("class", "side")], "received")
          markup.element("code", finding.at.isEmpty ? Self.part(finding) : finding.at)
        }
        if let block = CodeBlock.received(finding, entry) { Self.code(block, &markup) }
        let words = finding.received.isEmpty ? finding.message : "received \(finding.received)"
        markup.element("p", [("class", "say")], words)
      }
      markup.element("figure", [("class", "expected")]) { markup in
        markup.element("figcaption") { markup in
          markup.element("span", [("class", "side")], "expected")
          if let place = finding.document { markup.element("code", place.description) }
        }
        if let block = CodeBlock.promised(finding) { Self.code(block, &markup) }
        var words = finding.expected.isEmpty ? finding.message : "expected \(finding.expected)"
        if let reading = finding.reading { words += " · \(reading)" }
        markup.element("p", [("class", "say")], words)
      }
    }
  }

  private static func part(_ finding: Finding) -> String {
    finding.part.rawValue + (finding.name.map { " \($0)" } ?? "")
  }

  /// Numbers in one column and lines in the other: few elements, and text that can be copied.
  static func code(_ block: CodeBlock, _ markup: inout Markup) {
    markup.element("pre", [("class", "lines")]) { markup in
      let numbers = block.lines.map { $0.number.map(String.init) ?? "+" }
      markup.element(
        "span", [("class", "numbers"), ("aria-hidden", "true")],
        numbers.joined(separator: "\n"))
      markup.element("code") { markup in
        for line in block.lines { self.line(line, &markup) }
      }
    }
  }

  private static func line(_ line: CodeBlock.Line, _ markup: inout Markup) {
    guard let marked = line.marked else { return markup.add(line.text + "\n") }
    let scalars = Array(line.text.unicodeScalars)
    let range = marked.clamped(to: 0..<scalars.count)
    func part(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }
    markup.element("span", [("class", line.number == nil ? "hit ghost" : "hit")]) { markup in
      markup.add(part(0..<range.lowerBound))
      markup.element("mark", part(range))
      markup.add(part(range.upperBound..<scalars.count) + "\n")
    }
  }
}
