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
        let ledger = try folded(judged, contracts, judge.operations, nil).ledger
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
    var steps: [Event.PlannedStep] = []
    var recorded: [Recorded] = []
    let torn = try run.read { event in
      switch event.kind {
      case .planned(let planned): steps = planned
      case .stepAdded(let step): steps.append(step)
      case .exchanged(let number, let exchange) where steps.indices.contains(number):
        let step = steps[number]
        for each in exchange.hops + [exchange] {
          recorded.append(
            Recorded(name: step.name, place: step.place, exchange: each.withPlainURL))
        }
      default: break
      }
    }
    if let torn { front.tell(.tornJournal(run.journalPath, line: torn)) }
    return recorded
  }

  // MARK: Telling

  private func folded(
    _ judged: [(Recorded, Judgement)], _ contracts: [Contract], _ operations: [OperationFacts],
    _ console: ConsoleReport?
  ) throws(Refusal) -> JudgedTraffic {
    let gate = try Refusal.with(.usage) { () throws(Diagnostic) in
      try invocation.text(Flags.leastCoverage).map { text throws(Diagnostic) in
        try CoverageGate(text)
      }
    }
    var traffic = JudgedTraffic(console: console)
    traffic.add(
      judged, of: invocation.operands, contracts: contracts.map(\.title), operations: operations)
    for (gate, problem) in gate?.gates(traffic.ledger) ?? [] {
      traffic.add(.gated(gate))
      if let problem { front.tell(problem) }
    }
    return traffic
  }

  private func tell(
    _ judged: [(Recorded, Judgement)], _ contracts: [Contract], _ operations: [OperationFacts]
  ) async throws(Refusal) -> ExitCode {
    let reporters = ReportFiles.reporters(invocation, standard: ["cli"])
    let listener =
      reporters.contains("cli") ? ReportCommand.console(invocation, front, .told) : nil
    let folded = try folded(judged, contracts, operations, listener)
    let ledger = folded.ledger
    var outputs = ReportFiles.Outcome()
    if reporters.contains(where: { $0 != "cli" }) {
      let earlier = try Refusal.with(.badInput) { () throws(Diagnostic) in
        try ReportCommand.earlier(invocation, front)
      }
      let folder = try Refusal.with(.outputNotWritten) { () throws(Diagnostic) in
        try RunFolder.make(
          in: invocation.text(Flags.output) ?? "Reports", id: ledger.facts?.id ?? "judged")
      }
      folder.makeRoom()
      let writer = ReportFiles(
        invocation, into: folder, redactor: folded.redactor, standard: ["cli"])
      outputs = await writer.write(
        ledger, comparison: earlier.map { Comparison(old: $0, new: ledger) })
    }
    let code = ledger.exitCode
    var console = folded.console
    console?.summarise(ledger, files: outputs.files, exitCode: code)
    for problem in outputs.problems { front.tell(problem) }
    return code == .success && !outputs.problems.isEmpty ? .outputNotWritten : code
  }
}
