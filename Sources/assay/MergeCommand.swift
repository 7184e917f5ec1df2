internal import AssayCommandLine
internal import AssayModel
internal import AssayReport
internal import AssaySystem

/// `assay merge`: several runs as one, with a journal and reports of its own.
struct MergeCommand {
  private typealias Flags = CommandTable.Flags
  private let invocation: Invocation
  private let front: Front

  init(_ invocation: Invocation, _ front: Front) {
    self.invocation = invocation
    self.front = front
  }

  func run() async -> ExitCode {
    do throws(Refusal) {
      let gate = try Refusal.with(.usage) { () throws(Diagnostic) in
        try invocation.text(Flags.leastCoverage).map { text throws(Diagnostic) in
          try CoverageGate(text)
        }
      }
      return try await merge(gate)
    } catch {
      front.tell(error.diagnostic)
      return error.code
    }
  }

  private func merge(_ gate: CoverageGate?) async throws(Refusal) -> ExitCode {
    let folders = invocation.operands.map(RunFolder.named)
    // Before anything is written: what cannot be compared with is no comparison.
    let earlier = try Refusal.with(.badInput) { () throws(Diagnostic) in
      try ReportCommand.earlier(invocation, front)
    }
    var merge = JournalMerge()
    try Refusal.with(.badInput) { () throws(Diagnostic) in
      for (index, folder) in folders.enumerated() {
        let torn = try folder.read(withBodies: false) { merge.survey($0, of: index) }
        if let torn { front.tell(.tornJournal(folder.journalPath, line: torn)) }
      }
    }
    let id = "\(UTCTime(System.secondsSince1970).compact)-merged"
    let target = try Refusal.with(.outputNotWritten) { () throws(Diagnostic) in
      let target = try RunFolder.make(in: invocation.text(Flags.output) ?? "Reports", id: id)
      target.makeRoom()
      return target
    }
    var scribe = try Refusal.with(.outputNotWritten) { () throws(Diagnostic) in
      let isTold = ReportFiles.reporters(invocation).contains("cli")
      return try Scribe(
        target, console: isTold ? ReportCommand.console(invocation, front, .told) : nil)
    }
    for event in merge.opening(id: id) { scribe.take(event) }
    try Refusal.with(.badInput) { () throws(Diagnostic) in
      for (index, folder) in folders.enumerated() {
        _ = try folder.read { event in
          if let event = merge.moved(event, of: index) { scribe.take(event) }
        }
      }
    }
    if let end = merge.ending { scribe.take(Event(time: scribe.ledger.duration, kind: end)) }
    for (gate, problem) in gate?.gates(scribe.ledger) ?? [] {
      scribe.take(Event(time: scribe.ledger.duration, kind: .gated(gate)))
      if let problem { front.tell(problem) }
    }
    return await conclude(scribe, target, earlier)
  }

  private func conclude(
    _ scribe: Scribe, _ target: RunFolder, _ earlier: Ledger?
  ) async -> ExitCode {
    let ledger = scribe.ledger
    let outputs = await ReportFiles(
      invocation, into: target, redactor: Redactor(secrets: [], key: [])
    ).write(ledger, comparison: earlier.map { Comparison(old: $0, new: ledger) })
    let files = outputs.files + [("journal", target.journalPath)]
    let problems = outputs.problems + [scribe.problem].compactMap { $0 }
    var code = ledger.exitCode
    if code == .success, !problems.isEmpty { code = .outputNotWritten }
    var console = scribe.console
    console?.summarise(ledger, files: files, exitCode: code)
    for problem in problems { front.tell(problem) }
    return code
  }

  /// Writes the joined journal, and folds it as it goes.
  private struct Scribe {
    private var journal: JournalWriter
    private(set) var ledger = Ledger()
    var console: ConsoleReport?
    var problem: Diagnostic? { journal.problem }

    init(_ folder: RunFolder, console: ConsoleReport?) throws(Diagnostic) {
      let file = try folder.makeJournal()
      journal = JournalWriter(
        output: .init(
          append: { bytes throws(Diagnostic) in try file.append(bytes) },
          store: { name, bytes throws(Diagnostic) in try folder.store(name, bytes) }))
      self.console = console
    }

    mutating func take(_ event: Event) {
      journal.write(event)
      ledger.add(event)
      console?.take(event, in: ledger)
    }
  }
}
