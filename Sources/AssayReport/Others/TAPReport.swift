package import AssayModel
internal import AssayText

/// The run as TAP 14: one line for each claim, with a block of YAML behind each that does not hold.
package struct TAPReport {
  private let ledger: Ledger

  package init(_ ledger: Ledger) { self.ledger = ledger }

  package func write(to sink: inout ReportSink) {
    var count = 0
    ledger.eachClaimed { count += $0.claims.count }
    count += ledger.gates.count
    sink.write("TAP version 14\n1..\(count)\n")
    if let facts = ledger.facts {
      sink.write("# run \(Self.line(facts.id)), seed \(facts.seed), Assay \(facts.version)\n")
    }
    var number = 0
    ledger.eachClaimed { claimed in
      for claim in claimed.claims {
        number += 1
        write(claim, claimed, number, to: &sink)
      }
    }
    for gate in ledger.gates {
      number += 1
      sink.write("\(gate.holds ? "ok" : "not ok") \(number) - \(Self.name(gate.name))\n")
      if !gate.holds { sink.write("  ---\n  message: \(Self.quoted(gate.message))\n  ...\n") }
    }
    if ledger.end == .missing { sink.write("Bail out! the run was ended from outside\n") }
  }

  private func write(
    _ claim: Claim, _ claimed: Claimed, _ number: Int, to sink: inout ReportSink
  ) {
    let verdict = claim.verdict
    let folders = claimed.entry.step.folders.map { $0 + " / " }.joined()
    let name = Self.name("\(folders)\(claimed.name) › \(claim.name)\(claimed.round)")
    var line = "\(verdict.isBad ? "not ok" : "ok") \(number) - \(name)"
    switch verdict.outcome {
    case .skipped: line += " # SKIP \(Self.line(verdict.message))"
    // What nobody judged has not held: TAP's TODO is neither red nor green.
    case .notJudged: line = "not " + line + " # TODO not judged: \(Self.line(verdict.message))"
    default: break
    }
    sink.write(line + "\n")
    guard verdict.isBad else { return }
    let place = verdict.place ?? claimed.entry.step.place
    sink.write("  ---\n")
    sink.write("  message: \(Self.quoted(verdict.message))\n")
    sink.write("  severity: \(verdict.outcome == .error ? "error" : "fail")\n")
    sink.write("  code: \(Self.quoted(verdict.code))\n  check: \(claim.id)\n")
    sink.write("  at: \(Self.quoted(place.description))\n")
    if let finding = verdict.findings.first {
      sink.write("  expected: \(Self.quoted(finding.expected))\n")
      sink.write("  received: \(Self.quoted(finding.received))\n")
      sink.write("  pointer: \(Self.quoted(finding.at))\n")
    }
    if let repro = Reproduction.line(ledger.facts, claim.id) {
      sink.write("  repro: \(Self.quoted(repro))\n")
    }
    sink.write("  ...\n")
  }

  /// One line, in which nothing looks like a directive.
  private static func name(_ text: String) -> String {
    let line = line(text)
    guard line.utf8.contains(where: { $0 == 0x23 || $0 == 0x5C }) else { return line }
    return line.replacing("\\", with: "\\\\").replacing("#", with: "\\#")
  }

  private static func line(_ text: String) -> String { TerminalText.visible(text) }

  /// A text as YAML takes it: JSON's strings are YAML's double-quoted ones.
  private static func quoted(_ text: String) -> String {
    JSONWriter.text(of: .string(TerminalText.visible(text, keepingLines: true)))
  }
}
