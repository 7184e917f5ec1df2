internal import AssayModel

// The claims of a run itself: about requests, scripts and flow.
extension Verdict {
  init(_ assertion: ScriptOutcome.Assertion, in script: Script) {
    switch assertion.outcome {
    case .passed: self.init(name: assertion.name, code: "assertion", outcome: .passed)
    case .skipped: self.init(name: assertion.name, code: "assertion", outcome: .skipped)
    case .failed(let message, let line, let column):
      self.init(
        name: assertion.name, code: "assertion", outcome: .failed, fault: .assertion,
        message: message, place: script.span(ofLine: line ?? 1)?.place,
        excerpt: line.flatMap { script.excerpt(around: $0, column: column) })
    }
  }

  init(_ fault: ScriptFault, in script: Script) {
    let phase = script.phase == .preRequest ? "pre-request script" : "test script"
    let place = script.span(ofLine: fault.line ?? 1)?.place
    self.init(
      name: phase, code: fault.code, outcome: .error, fault: .script, message: fault.message,
      place: place, excerpt: fault.line.flatMap { script.excerpt(around: $0, column: fault.column) }
    )
  }

  /// The verdict under a name that tells which redirect it is about. Places in a body are those of
  /// the last response, so a hop's are left out.
  func ofHop(_ number: Int) -> Verdict {
    Verdict(
      name: "redirect \(number) · \(name)", code: code, outcome: outcome, fault: fault,
      message: message, place: place,
      findings: findings.map { finding in
        var finding = finding
        finding.receivedRange = nil
        finding.receivedLine = nil
        return finding
      }, excerpt: excerpt)
  }

  /// A response came; at a later attempt than the first it is told, since that is not plainly good.
  static func answered(_ exchange: Exchange) -> Verdict {
    guard exchange.attempt > 1 else {
      return Verdict(name: "request", code: "request", outcome: .passed)
    }
    return Verdict(
      name: "request", code: Verdict.flakyCode, outcome: .passed,
      message: "answered at attempt \(exchange.attempt)")
  }

  static func unorderedTarget(_ step: Step) -> Verdict {
    Verdict(
      name: "next request", code: "flow.unordered", outcome: .error, fault: .setup,
      message: "a script chose the next request, which `--order free` has no place for",
      place: step.item.nameSpan.place)
  }

  static let passedOver = Verdict(
    name: "request", code: "request", outcome: .skipped, message: "a script chose another request")

  static func tooManyRepeats(_ step: Step, _ limit: Int) -> Verdict {
    Verdict(
      name: "next request", code: "limit.repeats", outcome: .error, fault: .limit,
      message: "scripts sent the lane back more than \(limit) times",
      place: step.item.nameSpan.place)
  }

  static func unknownTarget(_ target: String, _ step: Step, _ steps: ArraySlice<Step>) -> Verdict {
    let nearest = Nearest.match(target, among: steps.map(\.item.name))
    let hint = nearest.map { "; `\($0)` is one" } ?? ""
    return Verdict(
      name: "next request", code: "flow.unknown-target", outcome: .failed, fault: .setup,
      message: "no request is called `\(target)`\(hint); the iteration ends here",
      place: step.item.nameSpan.place)
  }

  static func unsendable(_ diagnostic: Diagnostic) -> Verdict {
    Verdict(
      name: "request", code: diagnostic.code, outcome: .error, fault: .setup,
      message: diagnostic.message, place: diagnostic.place)
  }
}

extension Script {
  /// Longer lines are cut; nobody reads a caret in the middle of a bundle.
  private static var longestLine: Int { 240 }

  /// A line with those beside it.
  fileprivate func excerpt(around line: Int, column: Int?) -> ScriptExcerpt? {
    let texts = source.split(
      separator: /\r?\n/, maxSplits: line + 1, omittingEmptySubsequences: false)
    guard line >= 1, line <= texts.count else { return nil }
    let lines = (max(1, line - 1)...min(texts.count, line + 1)).map { number in
      Finding.ExcerptLine(
        number: lineNumber(number), text: String(texts[number - 1].prefix(Self.longestLine)),
        isMarked: number == line)
    }
    return ScriptExcerpt(lines: lines, column: column.flatMap { $0 <= Self.longestLine ? $0 : nil })
  }

  /// The number of a line in the file, or in the script where the file has all of it on one line.
  private func lineNumber(_ number: Int) -> Int {
    let places = (lines.first?.place.line, lines.last?.place.line)
    guard let first = places.0, let last = places.1, lines.count == 1 || first < last else {
      return number
    }
    return span(ofLine: number)?.place.line ?? number
  }
}
