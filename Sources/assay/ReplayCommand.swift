internal import AssayCommandLine
internal import AssayContract
internal import AssayModel
internal import AssayReport
internal import AssayRun
internal import AssaySystem
internal import AssayTransport

/// `assay replay`: a recorded call again, and what differs; or what was recorded, judged again.
struct ReplayCommand {
  private typealias Flags = CommandTable.Flags
  private let invocation: Invocation
  private let front: Front

  init(_ invocation: Invocation, _ front: Front) {
    self.invocation = invocation
    self.front = front
  }

  /// One call, as it was and as it is to be sent.
  private struct Call {
    let entry: Ledger.Entry
    let recorded: Exchange

    var name: String { entry.step.path }
  }

  func run() async -> ExitCode {
    do throws(Refusal) {
      let run = try Refusal.with(.badInput) { () throws(Diagnostic) in
        try RecordedRun(invocation.operands[0], front)
      }
      let call = try Refusal.with(.usage) { () throws(Diagnostic) in
        try run.step(invocation.operands[1])
      }
      let isAlone = invocation.isOn(Flags.judgeOnly) || !invocation.isOn(Flags.withDependencies)
      let numbers = (isAlone ? [] : run.sources(of: call)) + [call]
      let calls = try Refusal.with(.badInput) { () throws(Diagnostic) in
        try self.calls(numbers, of: run)
      }
      let (judge, titles) = try Refusal.with(.badInput) { () throws(Diagnostic) in
        try self.judge(run)
      }
      if invocation.isOn(Flags.judgeOnly) { return try rejudge(calls[0], judge, titles) }
      return try await resend(calls, judge, titles)
    } catch {
      front.tell(error.diagnostic)
      return error.code
    }
  }

  private func calls(_ numbers: [Int], of run: RecordedRun) throws(Diagnostic) -> [Call] {
    let exchanges = try run.exchanges(of: Set(numbers))
    var calls: [Call] = []
    for number in numbers {
      let entry = run.ledger.entries[number]
      guard let exchange = exchanges[number] else { throw .neverSent(entry.step.path) }
      calls.append(Call(entry: entry, recorded: exchange))
    }
    return calls
  }

  /// The contracts that were named, or else those of the run.
  private func judge(_ run: RecordedRun) throws(Diagnostic) -> (ContractJudge?, [String]) {
    let settings = ContractSettings(invocation)
    var contracts = try settings.contracts(InputLoader(front))
    if invocation.texts(Flags.spec).isEmpty {
      for path in run.contracts where Files.kind(of: path) == .regular {
        contracts.append(try InputLoader(front).contract(path, settings.latitude))
      }
      let missing = run.contracts.filter { Files.kind(of: $0) != .regular }
      for path in missing { front.tell(.contractGone(path)) }
    }
    guard !contracts.isEmpty else { return (nil, []) }
    let judge = ContractJudge(
      contracts: contracts, latitude: settings.latitude, taken: Redactor.mark)
    return (judge, contracts.map(\.title))
  }

  // MARK: Without traffic

  private func rejudge(
    _ call: Call, _ judge: ContractJudge?, _ titles: [String]
  ) throws(Refusal) -> ExitCode {
    guard let judge else {
      throw Refusal(diagnostic: .noContractToJudgeBy(), code: .usage)
    }
    let recorded = Recorded(
      name: call.name, place: call.entry.step.place, exchange: call.recorded.withPlainURL)
    var traffic = JudgedTraffic(console: console)
    traffic.add(
      [(recorded, judge.judge(recorded.exchange))], of: [invocation.operands[0]],
      contracts: titles, operations: judge.operations)
    if invocation.isOn(Flags.json) {
      Stream.output.write(JudgeReport.text(traffic.ledger) + "\n")
      return traffic.ledger.exitCode
    }
    let was = call.entry.verdicts.filter { $0.isBad && $0.code.hasPrefix("contract.") }
    let now = traffic.ledger.entries[0].verdicts.filter(\.isBad)
    Stream.output.write(ReplayReport.judgedAgain(was: was, now: now, style: front.style))
    return traffic.ledger.exitCode
  }

  private var console: ConsoleReport? {
    invocation.isOn(Flags.json) ? nil : ReportCommand.console(invocation, front, .told)
  }

  // MARK: With traffic

  private func resend(
    _ calls: [Call], _ judge: ContractJudge?, _ titles: [String]
  ) async throws(Refusal) -> ExitCode {
    let given = try Refusal.with(.badInput) { () throws(Diagnostic) in try self.given() }
    let secrets = secrets(calls, given)
    var resending = Resending(secrets: secrets.mapValues(\.value))
    // What was given and is not needed by these calls may come back all the same.
    let hidden = given.compactMap(\.secret) + secrets.values
    var redactor = Redactor(secrets: hidden, key: RunCommand.runKey())
    let network = NetworkSettings(invocation)
    let wire = Transport(
      options: try Refusal.with(.badInput) { () throws(Diagnostic) in
        try network.transport(isLocal: false)
      })
    var limits = network.limits
    limits.redirectCount = 0
    var steps: [ReplayReport.Step] = []
    var last: (call: Call, exchange: Exchange, request: Request)?
    for call in calls {
      // Redirects are followed as they were: by sending what was sent first.
      let recorded = (call.recorded.hops.first ?? call.recorded)
      var request = recorded.request
      if request.isCut { throw Refusal(diagnostic: .cutBody(call.name), code: .badInput) }
      let missing = resending.missing(request)
      guard missing.isEmpty else {
        throw Refusal(
          diagnostic: .secretsMissing(missing.map { ($0.variable, $0.name) }, call.name),
          code: .usage)
      }
      request = resending.filled(request)
      if let base = invocation.text(Flags.to) { request = request.sent(to: base) }
      let exchange = await wire.send(request, limits: limits)
      if let old = recorded.response, let new = exchange.response {
        resending.learn(old: old, new: new, from: call.name)
      }
      let shown = redactor.redacted(exchange)
      steps.append(
        ReplayReport.Step(
          name: call.name, id: Identity.step(call.entry.step), old: recorded, new: shown))
      last = (call, exchange, resending.filled(recorded.request))
    }
    guard let last else { return .nothingSelected }
    return tell(
      ReplayReport(
        steps: steps, substitutions: resending.substitutions.map { redactor.redacted($0) },
        style: front.style), last, judge, titles, hidden)
  }

  /// Shows what differs, and what the contract says of the new answer.
  private func tell(
    _ report: ReplayReport, _ last: (call: Call, exchange: Exchange, request: Request),
    _ judge: ContractJudge?, _ titles: [String], _ secrets: [Secret]
  ) -> ExitCode {
    let isJSON = invocation.isOn(Flags.json)
    guard let judge else {
      Stream.output.write(isJSON ? report.json(judged: nil) + "\n" : report.text)
      return last.exchange.response == nil ? .couldNotJudge : .success
    }
    if !isJSON { Stream.output.write(report.text) }
    guard last.exchange.response != nil else {
      // What did not come breaks nothing, and holds as little.
      Stream.output.write(
        isJSON ? report.json(judged: nil) + "\n" : ReplayReport.notJudged(style: front.style))
      return .couldNotJudge
    }
    // The contract knows the server that was recorded, wherever the call has gone now.
    let judgement = judge.judge(last.exchange.with(last.request))
    let recorded = Recorded(
      name: last.call.name, place: last.call.entry.step.place, exchange: last.exchange)
    var traffic = JudgedTraffic(secrets: secrets, console: console)
    traffic.add(
      [(recorded, judgement)], of: [invocation.operands[0]], contracts: titles,
      operations: judge.operations)
    if isJSON {
      Stream.output.write(report.json(judged: traffic.ledger) + "\n")
    } else {
      let was = last.call.entry.verdicts.filter { $0.isBad && $0.code.hasPrefix("contract.") }
      let now = traffic.ledger.entries[0].verdicts.filter(\.isBad)
      Stream.output.write(ReplayReport.judgedAgain(was: was, now: now, style: front.style))
    }
    return hasFailed(traffic.ledger) ? .checkFailed : .success
  }

  private func hasFailed(_ ledger: Ledger) -> Bool {
    ledger.entries.contains { $0.verdicts.contains { $0.outcome == .failed } }
  }

  // MARK: Secrets

  /// The variables that the user brings along, the strongest last.
  private func given() throws(Diagnostic) -> [Variable] {
    let loader = InputLoader(front)
    var variables: [Variable] = []
    if let path = invocation.text(Flags.environment) { variables += try loader.variables(path).1 }
    if let path = invocation.text(Flags.secrets) { variables += try loader.secrets(path) }
    for text in invocation.texts(Flags.environmentVariable) {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { throw .notAnAssignment(text, flag: "env-var") }
      variables.append(Variable(String(parts[0]), .string(String(parts[1]))))
    }
    return variables
  }

  /// Values for what was taken out, by the variables that stand for them: those of the environment are
  /// stronger than those that were given.
  private func secrets(_ calls: [Call], _ given: [Variable]) -> [String: Secret] {
    let values = Dictionary(
      given.map { (Self.key($0.name), $0.substitution) }, uniquingKeysWith: { $1 })
    var found: [String: Secret] = [:]
    let none = Resending(secrets: [:])
    for call in calls {
      for tag in none.missing((call.recorded.hops.first ?? call.recorded).request) {
        let value = System.environment(tag.variable) ?? values[Self.key(tag.name)]
        if let value { found[tag.variable] = Secret(tag.name, value) }
      }
    }
    return found
  }

  /// Names without what a tag cannot hold.
  private static func key(_ name: String) -> String {
    SecretTag.variable(name.hasPrefix("vault:") ? String(name.dropFirst(6)) : name)
  }
}
