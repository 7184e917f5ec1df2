internal import AssayCommandLine
internal import AssayModel
internal import AssayReport
internal import AssaySystem

/// `assay compare`: what has changed between two runs.
struct CompareCommand {
  private typealias Flags = CommandTable.Flags
  private let invocation: Invocation
  private let front: Front

  init(_ invocation: Invocation, _ front: Front) {
    self.invocation = invocation
    self.front = front
  }

  func run() async -> ExitCode {
    do throws(Diagnostic) {
      let old = try RunFolder.named(invocation.operands[0]).ledger(withBodies: false, front)
      let reporters = invocation.list(Flags.reporters) ?? ["cli"]
      let folder = RunFolder.named(invocation.operands[1])
      let new = try folder.ledger(withBodies: reporters != ["cli"], front)
      let comparison = Comparison(old: old, new: new)
      let report = ComparisonReport(comparison, style: front.style)
      if invocation.isOn(Flags.json) {
        Stream.output.write(report.json + "\n")
      } else if reporters.contains("cli") {
        Stream.output.write(
          report.text(
            isWhole: invocation.count(Flags.verbose) > 0,
            isBrief: invocation.count(Flags.quiet) > 0))
      }
      var outcome = ReportFiles.Outcome()
      if reporters.contains(where: { $0 != "cli" }) {
        let target = invocation.text(Flags.output).map(RunFolder.init) ?? folder
        outcome = await ReportFiles(
          invocation, into: target, redactor: Redactor(secrets: [], key: [])
        ).write(new, comparison: comparison)
        for problem in outcome.problems { front.tell(problem) }
      }
      if isWorse(comparison) { return .checkFailed }
      return outcome.problems.isEmpty ? .success : .outputNotWritten
    } catch {
      front.tell(error)
      return .badInput
    }
  }

  private func isWorse(_ comparison: Comparison) -> Bool {
    let buckets = (invocation.list(Flags.failOn) ?? ["new"]).compactMap(Comparison.Bucket.init)
    return buckets.contains { comparison.count($0) > 0 }
  }
}
