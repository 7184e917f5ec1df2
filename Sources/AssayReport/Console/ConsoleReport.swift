package import AssayModel

/// Tells a run on a terminal: what goes wrong as it comes, and a summary at the end.
///
/// Results go to one stream and progress to the other, so that a pipe sees results alone. On a
/// terminal progress is one line that is drawn over; elsewhere it is a line now and then.
package struct ConsoleReport {
  package enum Level: Int, Sendable, Comparable {
    case silent = -2, summary = -1, failures = 0, requests = 1, everything = 2
    package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  package struct Output: Sendable {
    package let result: @Sendable (String) -> Void
    package let progress: @Sendable (String) -> Void
    /// Whether progress may be drawn over.
    package let isLive: Bool
    package let width: Int

    package init(
      result: @escaping @Sendable (String) -> Void,
      progress: @escaping @Sendable (String) -> Void, isLive: Bool, width: Int
    ) {
      self.result = result
      self.progress = progress
      self.isLive = isLive
      self.width = width
    }
  }

  private let output: Output
  private let level: Level
  private let style: Style
  private let parts: Parts
  private var order = ShownOrder()
  private var ended = 0
  private var bad = 0
  /// The steps that have begun and are not over, and since when.
  private var running: [Int: Duration] = [:]
  /// What steps wait for.
  private var waiting: [Int: (other: Int, reason: String)] = [:]
  private var hasProgressLine = false
  private var lastBeat: Duration = .zero
  private var lastDraw: Duration = .zero

  /// How often a run that is not watched live says that it still runs.
  private static let heartbeat: Duration = .seconds(30)
  /// How often a line that is drawn over changes.
  private static let frame: Duration = .milliseconds(80)

  /// What is told beside requests.
  package struct Parts: Sendable {
    package var hasSummary = true
    package var hasScriptOutput = true

    package init() {}
  }

  package init(output: Output, level: Level, style: Style, parts: Parts = Parts()) {
    self.output = output
    self.level = level
    self.style = style
    self.parts = parts
  }

  /// - Parameter ledger: What all events up to this one add up to.
  package mutating func take(_ event: Event, in ledger: Ledger) {
    note(event, ledger)
    switch event.kind {
    case .stepEnded(let step): finish(step, ledger)
    case .noted(nil, let note): tell(note)
    case .slowed(let host, let status, let wait): tellSlowdown(host, status, wait)
    case .console(_, let line) where level >= .requests && parts.hasScriptOutput:
      clear()
      output.result(style.dim("  console.\(line.level): ") + safe(line.text) + "\n")
    case .runEnded:
      for step in order.rest() { show(step, ledger) }
      return clear()
    default: break
    }
    progress(event.time, ledger)
  }

  private func safe(_ text: String) -> String { TerminalText.visible(text) }

  /// Keeps account of what runs and what waits.
  private mutating func note(_ event: Event, _ ledger: Ledger) {
    func suite(_ step: Int) -> String {
      ledger.entries.indices.contains(step) ? ledger.entries[step].step.suite : ""
    }
    switch event.kind {
    case .held(let step, let other, let reason):
      waiting[step] = (other, reason)
      order.open(step, of: suite(step))
    case .stepStarted(let step):
      waiting[step] = nil
      running[step] = event.time
      order.open(step, of: suite(step))
    case .exchanged(let step, _): waiting[step] = nil
    case .stepEnded(let step):
      waiting[step] = nil
      running[step] = nil
    default: break
    }
  }

  // MARK: Progress

  private mutating func progress(_ time: Duration, _ ledger: Ledger) {
    guard level > .silent else { return }
    if output.isLive {
      guard time - lastDraw >= Self.frame else { return }
      lastDraw = time
      draw(time, ledger)
    } else if time - lastBeat >= Self.heartbeat {
      lastBeat = time
      output.progress(state(time, ledger).joined(separator: ", ") + "\n")
    }
  }

  /// How far the run is, how fast, and how long it may still take.
  private func state(_ time: Duration, _ ledger: Ledger) -> [String] {
    var parts = ["\(ended) of \(ledger.entries.count) done"]
    if bad > 0 { parts.append("\(bad) failed") }
    let seconds = time / .seconds(1)
    if seconds >= 1, ended > 0 {
      let rate = Double(ended) / seconds
      let rest = Double(ledger.entries.count - ended) / rate
      parts.append("\(Int(rate.rounded()))/s")
      if rest >= 1 { parts.append("\(Duration.seconds(rest).brief) left") }
    }
    return parts
  }

  private mutating func draw(_ time: Duration, _ ledger: Ledger) {
    let total = ledger.entries.count
    let filled = total == 0 ? 0 : ended * 16 / total
    let bar = String(repeating: "━", count: filled) + String(repeating: "─", count: 16 - filled)
    var words = state(time, ledger)
    if running.count > 0 { words.append("\(running.count - waitingCount) in flight") }
    if let wait = waiting.min(by: { $0.key < $1.key }), ledger.entries.indices.contains(wait.key),
      ledger.entries.indices.contains(wait.value.other)
    {
      let (name, other) = (
        ledger.entries[wait.key].step.name, ledger.entries[wait.value.other].step.name
      )
      words.append("«\(name)» waits for «\(other)»: \(wait.value.reason)")
    } else if let oldest = running.min(by: { $0.value < $1.value }),
      ledger.entries.indices.contains(oldest.key)
    {
      words.append("\(ledger.entries[oldest.key].step.name) \((time - oldest.value).brief)")
    }
    let text = safe(words.joined(separator: "  "))
    output.progress("\r\u{1B}[K\(style.blue(bar)) \(text.prefix(max(0, output.width - 18)))")
    hasProgressLine = true
  }

  /// How many of the running steps have not sent anything, since they wait.
  private var waitingCount: Int { waiting.keys.filter { running[$0] != nil }.count }

  private mutating func clear() {
    if hasProgressLine { output.progress("\r\u{1B}[K") }
    hasProgressLine = false
  }

  // MARK: What is over

  private mutating func finish(_ step: Int, _ ledger: Ledger) {
    guard ledger.entries.indices.contains(step) else { return }
    ended += 1
    if ledger.entries[step].isBad { bad += 1 }
    for step in order.close(step, of: ledger.entries[step].step.suite) { show(step, ledger) }
  }

  private mutating func show(_ step: Int, _ ledger: Ledger) {
    let entry = ledger.entries[step]
    if level >= .requests || entry.isBad && level >= .failures {
      clear()
      output.result(line(entry))
      if level >= .everything { output.result(messages(entry)) }
      if entry.isBad { output.result(failures(entry, ledger.facts)) }
    }
    for note in entry.notes where level >= .failures { tell(note) }
  }

  private mutating func tellSlowdown(_ host: String, _ status: Int, _ wait: Duration) {
    guard level >= .failures else { return }
    clear()
    output.result("\(style.yellow("slowed")) by \(safe(host)): \(status), \(wait.brief)\n")
  }

  private mutating func tell(_ note: Note) {
    guard level >= .failures, note.severity != .note || level >= .requests else { return }
    clear()
    let kind = note.severity == .error ? style.red("error") : style.yellow(note.severity.rawValue)
    let place = note.place.map { style.dim(" \($0)") } ?? ""
    let hint = note.hint.map { style.dim(" (\(safe($0)))") } ?? ""
    output.result("\(kind): \(safe(note.message))\(hint)\(place)\n")
  }

  // MARK: A request

  private func line(_ entry: Ledger.Entry) -> String {
    let isSkipped = !entry.isBad && !entry.verdicts.contains { $0.outcome == .passed }
    let mark = entry.isBad ? style.red("✗") : isSkipped ? style.yellow("○") : style.green("✓")
    let path = safe((entry.step.folders + [entry.step.name]).joined(separator: " / "))
    let iteration =
      entry.step.iterationCount > 1 ? style.dim(" [\(entry.step.iteration + 1)]") : ""
    var parts = ["\(mark) \(style.bold(path))\(iteration)"]
    if let exchange = entry.exchange {
      let request = "\(exchange.request.method) \(exchange.request.url)"
      let status = exchange.response.map { " → \($0.status)" } ?? " → no response"
      parts.append(safe(request + status))
      parts.append(style.dim(exchange.serviceTime.brief))
    }
    let passed = entry.verdicts.filter { $0.outcome == .passed }.count
    parts.append(style.dim("\(passed)/\(entry.verdicts.count)"))
    if let flaky = entry.verdicts.first(where: { $0.code == Verdict.flakyCode }) {
      parts.append(style.yellow("flaky: \(safe(flaky.message))"))
    }
    // Where a line would not fit, the request gets one of its own.
    let length = path.count + (entry.exchange?.request.url.count ?? 0) + 36
    let gap = parts.count > 2 && length > output.width ? "\n    " : "  "
    return parts[0] + gap + parts.dropFirst().joined(separator: "  ") + "\n"
  }

  /// So much of a body is printed.
  private static let shownBody = 4 << 10

  /// What was sent and what came, with whatever could steer a terminal made visible.
  private func messages(_ entry: Ledger.Entry) -> String {
    guard let exchange = entry.exchange else { return "" }
    var text = ""
    for hop in exchange.hops {
      let status = hop.response.map { String($0.status) } ?? "no response"
      text += style.dim("    redirected by ")
      text += safe("\(hop.request.method) \(hop.request.url) → \(status)") + "\n"
    }
    text += fields(exchange.request.headers, ">") + body(exchange.request.body ?? [], ">")
    if let response = exchange.response {
      text += style.dim("    < ") + safe("\(response.status) \(response.reason)") + "\n"
      text += fields(response.headers, "<") + body(response.body, "<")
    }
    return text
  }

  private func fields(_ fields: [HeaderField], _ mark: String) -> String {
    fields.map { style.dim("    \(mark) ") + safe("\($0.name): \($0.value)") + "\n" }.joined()
  }

  private func body(_ bytes: [UInt8], _ mark: String) -> String {
    guard !bytes.isEmpty else { return "" }
    guard let whole = String(validating: bytes, as: UTF8.self) else {
      return style.dim("    \(mark) \(bytes.count) bytes that are no text") + "\n"
    }
    let text = String(whole.prefix(Self.shownBody))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let shown = lines.map { style.dim("    \(mark) ") + safe(String($0)) + "\n" }.joined()
    let rest = whole.utf8.count - text.utf8.count
    return shown + (rest > 0 ? style.dim("    \(mark) and \(rest) bytes more") + "\n" : "")
  }

  private func failures(_ entry: Ledger.Entry, _ facts: RunFacts?) -> String {
    var text = ""
    for verdict in entry.verdicts where verdict.isBad {
      text += claim(verdict)
      if verdict.findings.isEmpty, let place = verdict.place {
        text += "      \(style.blue("-->")) \(safe(place.description))\n"
      }
      if let excerpt = verdict.excerpt { text += block(excerpt) }
      for finding in verdict.findings.filter({ $0.severity == .error }).prefix(3) {
        text += block(finding, entry)
      }
    }
    if let line = Reproduction.line(facts, Identity.step(entry.step)) {
      text += "    \(style.dim("again:")) \(safe(line))\n"
    }
    return text + "\n"
  }

  /// What was claimed and why it does not hold, within the width of the terminal.
  private func claim(_ verdict: Verdict) -> String {
    let name = safe(verdict.name)
    var text = "    \(style.red(name))"
    var column = 4 + name.count
    for line in verdict.message.split(whereSeparator: \.isNewline) {
      var isFirst = true
      for word in safe(String(line)).split(separator: " ", omittingEmptySubsequences: false) {
        let gap = isFirst ? 2 : 1
        isFirst = false
        if column + gap + word.count > output.width, column > 6 {
          text += "\n      " + word
          column = 6 + word.count
        } else {
          text += String(repeating: " ", count: gap) + word
          column += gap + word.count
        }
      }
    }
    return text + "\n"
  }

  /// Parts beside each other, in as many lines as the terminal's width makes of them.
  private func row(_ name: String, _ parts: [String]) -> String {
    var text = style.dim("  " + padded(name, 11))
    var column = 13
    for (index, part) in parts.enumerated() {
      let part = index < parts.count - 1 ? part + "," : part
      if column + part.count > output.width, column > 13 {
        text += "\n" + String(repeating: " ", count: 13)
        column = 13
      } else if column > 13 {
        text += " "
        column += 1
      }
      text += part
      column += part.count
    }
    return text + "\n"
  }

  /// The lines of a script, with a caret under the place that failed.
  private func block(_ excerpt: ScriptExcerpt) -> String {
    let width = excerpt.lines.map { String($0.number).count }.max() ?? 1
    var text = ""
    for line in excerpt.lines {
      let label = String(line.number)
      let padding = String(repeating: " ", count: width - label.count)
      text += "      \(style.blue(padding + label + " |")) \(safe(line.text))\n"
      guard line.isMarked else { continue }
      // As wide as what stands above it, where tabs are one character too.
      let indent = String(repeating: " ", count: 6 + width + 3 + excerpt.caret - 1)
      text += indent + style.red("^") + "\n"
    }
    return text
  }

  /// The rule beside what came, with the place marked in both.
  private func block(_ finding: Finding, _ entry: Ledger.Entry) -> String {
    var lines: [String] = []
    let numbers = finding.documentExcerpt.map(\.number)
    let width = String(numbers.max() ?? 1).count
    func numbered(_ number: Int, _ text: String) -> String {
      let label = String(number)
      let padding = String(repeating: " ", count: max(0, width - label.count))
      return "      \(style.blue(padding + label + " |")) \(safe(text))"
    }
    if let place = finding.document {
      lines.append(
        "      \(style.blue("-->")) \(safe(place.description))  \(style.dim("the contract"))")
      for line in finding.documentExcerpt where abs(line.number - place.line) <= 1 {
        lines.append(numbered(line.number, line.text))
        if line.isMarked {
          let indent = String(
            repeating: " ", count: 6 + width + 3 + (line.column ?? place.column) - 1)
          lines.append(indent + style.red("^ expected \(safe(finding.expected))"))
        }
      }
    }
    if let reading = finding.reading {
      lines.append("      \(style.blue("=")) \(style.dim(safe(reading)))")
    }
    if let body = entry.exchange?.response?.body, !body.isEmpty, finding.receivedRange != nil {
      let excerpt = Excerpt(body: body, range: finding.receivedRange, margin: 1)
      lines.append("      \(style.blue("-->")) received body  \(style.dim(safe(finding.at)))")
      let width = String(excerpt.lines.last?.number ?? 1).count
      for line in excerpt.lines {
        let label = String(line.number)
        let padding = String(repeating: " ", count: max(0, width - label.count))
        lines.append("      \(style.blue(padding + label + " |")) \(safe(line.text))")
        if let marked = line.marked,
          line.number == excerpt.lines.first(where: { $0.marked != nil })?.number
        {
          let indent = String(repeating: " ", count: 6 + width + 3 + marked.lowerBound)
          lines.append(
            indent + style.red(String(repeating: "^", count: min(marked.count, 60)) + " received"))
        }
      }
    }
    return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
  }

  // MARK: The summary

  /// What the run came to; `files` are the outputs that were written.
  package mutating func summarise(
    _ ledger: Ledger, files: [(kind: String, path: String)], exitCode: ExitCode
  ) {
    clear()
    guard level > .silent, parts.hasSummary else { return }
    let summary = ledger.summary
    let verdict =
      switch exitCode {
      case .success: style.green(style.bold("PASSED"))
      case .interrupted, .terminated: style.yellow(style.bold("INTERRUPTED"))
      case .nothingSelected: style.yellow(style.bold("NOTHING RAN"))
      default: style.red(style.bold("FAILED"))
      }
    var text = "\n\(verdict)  \(headline(summary, ledger.duration))\n"
    text += counts(summary)
    text += causes(ledger)
    for gate in ledger.gates {
      let word = gate.holds ? style.green("met") : style.red("not met")
      text += "\(style.dim("  gate       "))\(word): \(safe(gate.message))\n"
    }
    text += reached(ledger)
    text += patience(summary, ledger)
    // Recorded traffic may have no times.
    let slowest =
      ledger.duration == .zero
      ? []
      : ledger.slowest(3).map { number in
        (ledger.entries[number].step.name, ledger.entries[number].exchange?.serviceTime ?? .zero)
      }
    if slowest.count > 1 {
      text += row("slowest", slowest.map { "\(safe($0.0)) \($0.1.brief)" })
    }
    for file in files { text += "\(style.dim("  " + padded(file.kind, 11)))\(file.path)\n" }
    text += style.dim("  exit code  ") + "\(exitCode.rawValue), \(Self.reason(exitCode))\n"
    output.result(text)
  }

  /// What is wrong once, however often it shows; worth saying where it shows more than once.
  private func causes(_ ledger: Ledger) -> String {
    let causes = Causes(ledger).list
    guard causes.contains(where: { $0.count > 1 }) else { return "" }
    var text = ""
    for (index, cause) in causes.sorted(by: { $0.count > $1.count }).prefix(10).enumerated() {
      let label = index == 0 ? padded("causes", 11) : padded("", 11)
      let count = padded("\(cause.count)×", 6)
      let words = safe("\(cause.title): \(cause.message)")
      let room = max(40, output.width == .max ? .max : output.width - 20)
      let line = words.count > room ? words.prefix(room - 1) + "…" : words
      text += "\(style.dim("  " + label))\(count)\(line)\n"
      if let hint = cause.hint { text += "                   \(style.dim(hint))\n" }
    }
    let more = causes.count - 10
    return more > 0 ? text + "             and \(more) more\n" : text
  }

  /// How much of the contracts was reached, and at the highest level what was not.
  private func reached(_ ledger: Ledger) -> String {
    guard let coverage = ledger.coverage else { return "" }
    func share(_ name: String, _ share: Coverage.Share) -> String {
      "\(name) \(share.seen)/\(share.total)"
    }
    let parts = [
      share("operations", coverage.called), share("responses", coverage.count(.response)),
      share("parameters", coverage.count(.parameter)),
      share("members seen", coverage.count(.property)),
    ]
    var text = row("coverage", parts)
    if let reason = ledger.vacuity {
      text += "\(style.dim("  vacuous    "))\(style.red(reason))\n"
    }
    let unreached = coverage.operations.filter { $0.callCount == 0 }
    guard level >= .requests, !unreached.isEmpty else { return text }
    text += "\(style.dim("  not called "))\(unreached.count) operations\n"
    for operation in unreached.prefix(level >= .everything ? .max : 20) {
      text += "               \(safe(operation.facts.name))\n"
    }
    return text
  }

  /// What was sent more than once, and who asked for patience.
  private func patience(_ summary: Ledger.Summary, _ ledger: Ledger) -> String {
    var text = ""
    if summary.retries > 0 {
      text += "\(style.dim("  retries    "))\(summary.retries), after which "
      text += "\(summary.flaky) \(summary.flaky == 1 ? "call was" : "calls were") answered\n"
    }
    for (host, slowdown) in ledger.slowdowns.sorted(by: { $0.value.wait > $1.value.wait }).prefix(5)
    {
      text += "\(style.dim("  slowed by  "))\(safe(host)): \(slowdown.status), "
      text += "\(slowdown.wait.brief)\n"
    }
    return text
  }

  private func headline(_ summary: Ledger.Summary, _ duration: Duration) -> String {
    let requests = "\(summary.requests) request\(summary.requests == 1 ? "" : "s")"
    return "\(requests) in \(duration.brief), \(summary.checks) checks"
  }

  private func counts(_ summary: Ledger.Summary) -> String {
    var parts = [style.green("\(summary.passed) passed")]
    if summary.failed > 0 { parts.append(style.red("\(summary.failed) failed")) }
    if summary.errors > 0 { parts.append(style.red("\(summary.errors) could not be judged")) }
    if summary.skipped > 0 { parts.append("\(summary.skipped) skipped") }
    parts.append("\(summary.notJudged) not judged")
    var text = "\(style.dim("  checks     "))\(parts.joined(separator: ", "))\n"
    if !summary.faults.isEmpty {
      let faults = Verdict.Fault.allCases.compactMap { fault in
        summary.faults[fault].map { "\(fault.rawValue) \($0)" }
      }
      text += "\(style.dim("  faults     "))\(faults.joined(separator: ", "))\n"
    }
    if summary.ended < summary.planned {
      text +=
        "\(style.dim("  not run    "))\(summary.planned - summary.ended) of \(summary.planned)\n"
    }
    return text
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// Why a run ends with a code, in a few words.
  package static func reason(_ code: ExitCode) -> String {
    switch code {
    case .success: "everything was judged and held"
    case .checkFailed: "a check failed"
    case .usage: "bad usage or configuration"
    case .badInput: "an input is unreadable or invalid"
    case .nothingSelected: "nothing was selected"
    case .couldNotJudge: "something could not be judged"
    case .internalFault: "a fault of Assay's own"
    case .outputNotWritten: "an output could not be written"
    case .gateFailed: "a gate failed"
    case .verificationFailed: "verification failed"
    case .interrupted, .terminated: "the run was interrupted"
    }
  }
}
