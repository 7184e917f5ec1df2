internal import AssayCommandLine
internal import AssayModel
internal import AssayReport
internal import AssaySystem

/// `assay report`: the reports of a run again, from nothing but its journal.
struct ReportCommand {
  private typealias Flags = CommandTable.Flags
  private let invocation: Invocation
  private let front: Front

  init(_ invocation: Invocation, _ front: Front) {
    self.invocation = invocation
    self.front = front
  }

  func run() async -> ExitCode {
    do throws(Diagnostic) {
      return try await report()
    } catch {
      front.tell(error)
      return .badInput
    }
  }

  private func report() async throws(Diagnostic) -> ExitCode {
    let folder = RunFolder.named(invocation.operands[0])
    let reporters = ReportFiles.reporters(invocation)
    var console = reporters.contains("cli") ? Self.console(invocation, front, .told) : nil
    let earlier = try Self.earlier(invocation, front)
    let ledger = try await read(folder, &console)
    // A run that was killed leaves it behind.
    folder.makeRoom()
    let target = invocation.text(Flags.output).map(RunFolder.init) ?? folder
    // A journal holds no secrets, so nothing made from it can.
    let writer = ReportFiles(invocation, into: target, redactor: Redactor(secrets: [], key: []))
    let outputs = await writer.write(
      ledger, comparison: earlier.map { Comparison(old: $0, new: ledger) })
    console?.summarise(ledger, files: outputs.files, exitCode: ledger.exitCode)
    for problem in outputs.problems { front.tell(problem) }
    return outputs.problems.isEmpty ? .success : .outputNotWritten
  }

  private func read(
    _ folder: RunFolder, _ console: inout ConsoleReport?
  ) async throws(Diagnostic) -> Ledger {
    var ledger = Ledger()
    let torn = try await folder.readAll { event in
      ledger.add(event)
      console?.take(event, in: ledger)
    }
    if let torn { front.tell(.tornJournal(folder.journalPath, line: torn)) }
    return ledger
  }

  /// The run that reports are compared with.
  static func earlier(
    _ invocation: Invocation, _ front: Front
  ) throws(Diagnostic) -> Ledger? {
    guard let path = invocation.text(Flags.compare) else { return nil }
    return try RunFolder.named(path).ledger(withBodies: false, front)
  }

  /// Whether somebody watches the run, or it is told again.
  enum Occasion: Sendable { case live, told }

  static func console(
    _ invocation: Invocation, _ front: Front, _ occasion: Occasion
  ) -> ConsoleReport {
    var level = invocation.count(Flags.verbose) - invocation.count(Flags.quiet)
    if invocation.isOn(Flags.cliFailures) { level = min(level, -1) }
    if invocation.isOn(Flags.cliSilent) { level = -2 }
    let isLive =
      occasion == .live && Stream.error.isTerminal && System.environment("CI") == nil
    var parts = ConsoleReport.Parts()
    parts.hasSummary = !invocation.isOn(Flags.cliSummary)
    parts.hasScriptOutput = !invocation.isOn(Flags.cliConsole)
    return ConsoleReport(
      output: .init(
        result: { Stream.output.write($0) },
        // What is told again makes no progress that anybody watches.
        progress: { if occasion == .live { Stream.error.write($0) } }, isLive: isLive,
        width: Stream.output.width ?? .max),
      level: ConsoleReport.Level(rawValue: max(-2, min(level, 2))) ?? .failures,
      style: front.style, parts: parts)
  }
}
