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
    var path = invocation.operands[0]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    if path.hasSuffix("/journal.ndjson") { path.removeLast("/journal.ndjson".count) }
    let folder = RunFolder(path: path)
    let ledger: Ledger
    let reporters = invocation.list(Flags.reporters) ?? ["cli", "junit", "html"]
    var console = reporters.contains("cli") ? Self.console(invocation, front) : nil
    do throws(Diagnostic) {
      ledger = try read(folder, &console)
    } catch {
      front.tell(error)
      return .badInput
    }
    let dialect = invocation.text(Flags.junitDialect).flatMap(JUnitReport.Dialect.init) ?? .common
    // A run that was killed leaves it behind.
    folder.makeRoom()
    let writer = ReportFiles(folder: folder, reporters: reporters, dialect: dialect)
    // A journal holds no secrets, so nothing made from it can.
    let outputs = await writer.write(ledger) { _ in false }
    console?.summarise(ledger, files: outputs.files, exitCode: ledger.exitCode)
    for problem in outputs.problems { front.tell(problem) }
    return outputs.problems.isEmpty ? .success : .outputNotWritten
  }

  private func read(
    _ folder: RunFolder, _ console: inout ConsoleReport?
  ) throws(Diagnostic) -> Ledger {
    let reader = JournalReader(load: folder.body)
    let result = try reader.read(Files.read(folder.journalPath))
    if let line = result.tornLine { front.tell(.tornJournal(folder.journalPath, line: line)) }
    var ledger = Ledger()
    for event in result.events {
      ledger.add(event)
      console?.take(event, in: ledger)
    }
    return ledger
  }

  /// Results alone: what is told again or without traffic makes no progress that anybody watches.
  static func console(_ invocation: Invocation, _ front: Front) -> ConsoleReport {
    let level = invocation.count(Flags.verbose) - invocation.count(Flags.quiet)
    return ConsoleReport(
      output: .init(
        result: { Stream.output.write($0) }, progress: { _ in }, isLive: false,
        width: Stream.output.width ?? .max),
      level: ConsoleReport.Level(rawValue: max(-2, min(level, 2))) ?? .failures, style: front.style)
  }
}
