internal import AssayModel

// The claims of a run itself: about requests, scripts and flow.
extension Verdict {
  init(_ assertion: ScriptOutcome.Assertion, in script: Script) {
    switch assertion.outcome {
    case .passed: self.init(name: assertion.name, code: "assertion", outcome: .passed)
    case .skipped: self.init(name: assertion.name, code: "assertion", outcome: .skipped)
    case .failed(let message, let line):
      self.init(
        name: assertion.name, code: "assertion", outcome: .failed, fault: .assertion,
        message: message, place: script.span(ofLine: line ?? 1)?.place)
    }
  }

  init(_ fault: ScriptFault, in script: Script) {
    let phase = script.phase == .preRequest ? "pre-request script" : "test script"
    let place = script.span(ofLine: fault.line ?? 1)?.place
    self.init(
      name: phase, code: fault.code, outcome: .error, fault: .script, message: fault.message,
      place: place)
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
        return finding
      })
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
