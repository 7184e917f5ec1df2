internal import AssayCommandLine
internal import AssayContract
internal import AssayModel
internal import AssayReport
internal import AssaySystem
internal import AssayText

/// `assay judge`: what contracts say of exchanges that were recorded, without traffic.
struct JudgeCommand {
  private typealias Flags = CommandTable.Flags
  private let invocation: Invocation
  private let front: Front

  init(_ invocation: Invocation, _ front: Front) {
    self.invocation = invocation
    self.front = front
  }

  func run() async -> ExitCode {
    do throws(Refusal) {
      guard !invocation.texts(Flags.spec).isEmpty else {
        throw Refusal(diagnostic: .noContractToJudgeBy(), code: .usage)
      }
      var recorded: [Recorded] = []
      let contracts = try Refusal.with(.badInput) { () throws(Diagnostic) in
        for path in invocation.operands { recorded += try traffic(path) }
        return try ContractSettings(invocation).contracts(InputLoader(front))
      }
      guard !recorded.isEmpty else {
        throw Refusal(
          diagnostic: .nothingRecorded(invocation.operands[0]), code: .nothingSelected)
      }
      let judge = ContractJudge(
        contracts: contracts, latitude: ContractSettings(invocation).latitude,
        taken: Redactor.mark)
      let judged = recorded.map { ($0, judge.judge($0.exchange)) }
      if invocation.isOn(Flags.json) {
        let ledger = ledger(of: judged, contracts, judge.operations, nil).ledger
        Stream.output.write(JudgeReport.text(ledger) + "\n")
        return ledger.exitCode
      }
      return try await tell(judged, contracts, judge.operations)
    } catch {
      front.tell(error.diagnostic)
      return error.code
    }
  }

  // MARK: Reading

  private func traffic(_ path: String) throws(Diagnostic) -> [Recorded] {
    var folder = path
    if Files.kind(of: path) != .directory {
      guard path.hasSuffix("journal.ndjson") else {
        return try HARReader.read(Inputs.read(Files.read(path, limit: 512 << 20)))
      }
      folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
    let run = RunFolder(path: folder)
    let result = try JournalReader(load: run.body).read(Files.read(run.journalPath))
    if let line = result.tornLine { front.tell(.tornJournal(run.journalPath, line: line)) }
    var steps: [Event.PlannedStep] = []
    var recorded: [Recorded] = []
    for event in result.events {
      switch event.kind {
      case .planned(let planned): steps = planned
      case .stepAdded(let step): steps.append(step)
      case .exchanged(let number, let exchange) where steps.indices.contains(number):
        let step = steps[number]
        for each in exchange.hops + [exchange] {
          recorded.append(Recorded(name: step.name, place: step.place, exchange: each))
        }
      default: break
      }
    }
    return recorded
  }

  // MARK: Telling

  /// The judged exchanges as a run, so that every report of a run can be made of them. Secrets are
  /// taken out as in one: whoever recorded the traffic may have kept them.
  private func ledger(
    of judged: [(Recorded, Judgement)], _ contracts: [Contract], _ operations: [OperationFacts],
    _ console: ConsoleReport?
  ) -> (ledger: Ledger, console: ConsoleReport?) {
    let now = System.secondsSince1970
    var events: [Event.Kind] = [
      .runStarted(
        RunFacts(
          id: "\(UTCTime(now).compact)-judged", version: Assay.version, startedAt: now,
          collections: invocation.operands, environment: nil, contracts: contracts.map(\.title),
          inputs: [])),
      .planned(
        judged.enumerated().map { number, entry in
          Event.PlannedStep(
            number: number, suite: entry.0.place.file, folders: [], name: entry.0.name,
            iteration: 0, iterationCount: 1, place: entry.0.place)
        }),
      .contracted(operations),
    ]
    for (number, (recorded, judgement)) in judged.enumerated() {
      events.append(.stepStarted(number))
      events.append(.exchanged(number, recorded.exchange))
      events.append(.mapped(number, operation: judgement.operation, reach: judgement.reach))
      events += judgement.verdicts.map { .judged(number, $0) }
      events.append(.stepEnded(number))
    }
    events.append(.runEnded(interrupted: false))
    var ledger = Ledger()
    var console = console
    var redactor = Redactor(secrets: [], key: RunCommand.runKey())
    for kind in events {
      let event = redactor.redact(Event(time: .zero, kind: kind))
      ledger.add(event)
      console?.take(event, in: ledger)
    }
    return (ledger, console)
  }

  private func tell(
    _ judged: [(Recorded, Judgement)], _ contracts: [Contract], _ operations: [OperationFacts]
  ) async throws(Refusal) -> ExitCode {
    let reporters = invocation.list(Flags.reporters) ?? ["cli"]
    let console = reporters.contains("cli") ? ReportCommand.console(invocation, front) : nil
    var (ledger, told) = ledger(of: judged, contracts, operations, console)
    var outputs: (files: [(kind: String, path: String)], problems: [Diagnostic]) = ([], [])
    if reporters.contains(where: { $0 != "cli" }) {
      let folder = try Refusal.with(.outputNotWritten) { () throws(Diagnostic) in
        try RunFolder.make(
          in: invocation.text(Flags.output) ?? "Reports", id: ledger.facts?.id ?? "judged")
      }
      let dialect = invocation.text(Flags.junitDialect).flatMap(JUnitReport.Dialect.init) ?? .common
      folder.makeRoom()
      outputs = await ReportFiles(folder: folder, reporters: reporters, dialect: dialect)
        .write(ledger) { _ in false }
    }
    let code = ledger.exitCode
    told?.summarise(ledger, files: outputs.files, exitCode: code)
    for problem in outputs.problems { front.tell(problem) }
    return code == .success && !outputs.problems.isEmpty ? .outputNotWritten : code
  }
}
