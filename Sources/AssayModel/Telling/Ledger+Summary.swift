extension Ledger {
  /// The headline numbers of a run, and the exit code that they add up to.
  package struct Summary: Sendable, Hashable {
    package var planned = 0
    package var ended = 0
    package var requests = 0
    package var passed = 0
    package var failed = 0
    package var errors = 0
    package var skipped = 0
    package var notJudged = 0
    /// Calls that were answered only after they had failed.
    package var flaky = 0
    package var retries = 0
    package var faults: [Verdict.Fault: Int] = [:]

    package var checks: Int { passed + failed + errors + skipped + notJudged }
  }

  package var summary: Summary {
    var summary = Summary()
    summary.planned = entries.count
    for entry in entries {
      if entry.state == .ended { summary.ended += 1 }
      summary.requests +=
        entry.subrequestCount + entry.retryCount + (entry.exchange != nil ? 1 : 0)
      summary.retries += entry.retryCount
      for verdict in entry.verdicts {
        switch verdict.outcome {
        case .passed: summary.passed += 1
        case .failed: summary.failed += 1
        case .error: summary.errors += 1
        case .skipped: summary.skipped += 1
        case .notJudged: summary.notJudged += 1
        }
        if verdict.code == Verdict.flakyCode { summary.flaky += 1 }
        if let fault = verdict.fault { summary.faults[fault, default: 0] += 1 }
      }
    }
    return summary
  }

  /// How the run ends, in the order of DESIGN section 7; outputs and gates are added outside.
  package var exitCode: ExitCode {
    let summary = self.summary
    if summary.planned == 0 { return .nothingSelected }
    if end == .interrupted { return .interrupted }
    if summary.failed > 0 { return .checkFailed }
    // What was planned and never ran has not been judged.
    let isCutShort = end == .missing || summary.ended < summary.planned
    if summary.errors > 0 || summary.passed == 0 || isCutShort { return .couldNotJudge }
    if vacuity != nil { return .couldNotJudge }
    return gates.allSatisfy(\.holds) ? .success : .gateFailed
  }

  /// Why a run that has a contract says nothing about the API; nil where it says something.
  package var vacuity: String? {
    guard coverage != nil else { return nil }
    var (answered, mapped, statuses, refused, bodies, unjudged, hollow) = (0, 0, 0, 0, 0, 0, 0)
    for entry in entries where entry.isMapped {
      answered += 1
      guard entry.operation != nil else { continue }
      mapped += 1
      if entry.isHollow { hollow += 1 }
      if let status = entry.exchange?.response?.status {
        statuses += 1
        if status == 401 || status == 403 { refused += 1 }
      }
      for verdict in entry.verdicts where verdict.code == "contract.body" {
        bodies += 1
        if verdict.outcome == .notJudged { unjudged += 1 }
      }
    }
    if answered == 0 { return nil }
    if mapped == 0 { return "no call belongs to an operation of the contract" }
    if statuses > 0, refused == statuses { return "every call was refused with 401 or 403" }
    if bodies > 0, unjudged == bodies { return "not one response body could be judged" }
    if hollow == mapped {
      return "every response was empty, so no rule for what is in one was used"
    }
    return nil
  }
}

/// What the program tells its caller when it ends; documented, tested, stable.
package enum ExitCode: Int32, Sendable, CaseIterable {
  case success = 0
  case checkFailed = 1
  case usage = 2
  case badInput = 3
  case nothingSelected = 4
  case couldNotJudge = 5
  case internalFault = 6
  case outputNotWritten = 7
  case gateFailed = 8
  case verificationFailed = 9
  case interrupted = 130
  case terminated = 143
}
