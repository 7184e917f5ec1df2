internal import AssayCollection
internal import AssayCommandLine
internal import AssayContract
internal import AssayMock
internal import AssayModel
internal import AssayReport
internal import AssayRun
internal import AssayScript
internal import AssaySystem
internal import AssayText
internal import AssayTransport
internal import Synchronization

/// `assay run`: loads, plans, runs, records and reports.
struct RunCommand {
  private typealias Flags = CommandTable.Flags
  private let invocation: Invocation
  private let front: Front

  init(_ invocation: Invocation, _ front: Front) {
    self.invocation = invocation
    self.front = front
  }

  /// Everything that was read before the first request leaves.
  private struct Prepared {
    var workload: Workload
    var contracts: [Contract]
    var inputs: [RunFacts.Input]
    var mock: MockServer?
    var plan = Plan(lanes: [])
    var network = TransportOptions()
    let workers: ScriptWorkers
    /// An earlier run that left nothing to do.
    var finished: String?
  }

  func run() async -> ExitCode {
    let brake = Brake()
    let stop = StopRequests(brake: brake)
    do throws(Refusal) {
      let prepared = try prepare()
      if let finished = prepared.finished {
        front.tell(.nothingLeft(of: finished))
        return .success
      }
      if let shard = invocation.text(Flags.shard), prepared.plan.steps.isEmpty {
        front.tell(.emptyShard(shard))
        return .success
      }
      guard !prepared.plan.steps.isEmpty else {
        throw Refusal(diagnostic: .emptySelection(), code: .nothingSelected)
      }
      return try await perform(prepared, brake, stop)
    } catch {
      front.tell(error.diagnostic)
      return error.code
    }
  }

  // MARK: Before

  private func prepare() throws(Refusal) -> Prepared {
    // Before anything is sent: a gate that cannot be read is no gate.
    _ = try Refusal.with(.usage) { () throws(Diagnostic) in try coverageGate() }
    var prepared = try Refusal.with(.badInput) { () throws(Diagnostic) in try load() }
    try Refusal.with(.usage) { () throws(Diagnostic) in
      if invocation.isOn(Flags.useMock) {
        prepared.mock = try startMock(prepared.contracts)
        prepared.workload.set("baseUrl", prepared.mock?.url ?? "", in: .environment)
      }
      try prepared.workload.assign(invocation)
    }
    var paths: Set<[String]>?
    if let run = invocation.text(Flags.lastFailed) {
      let left = try Refusal.with(.badInput) { () throws(Diagnostic) in
        try LeftOver.of(run == "true" ? nil : run, in: invocation.text(Flags.output) ?? "Reports")
      }
      if left.isNothing { prepared.finished = left.run }
      paths = left.paths
    }
    try Refusal.with(.usage) { () throws(Diagnostic) in
      prepared.plan = try prepared.workload.plan(invocation, leftOver: paths)
    }
    prepared.network = try Refusal.with(.badInput) { () throws(Diagnostic) in
      try NetworkSettings(invocation).transport(isLocal: prepared.mock != nil)
    }
    return prepared
  }

  /// Reads every file that the flags name.
  private func load() throws(Diagnostic) -> Prepared {
    let loader = InputLoader(front)
    let workload = try Workload(invocation, loader)
    let workers = self.workers(for: workload)
    let contracts = try ContractSettings(invocation).contracts(loader)
    return Prepared(
      workload: workload, contracts: contracts, inputs: loader.inputs, workers: workers)
  }

  /// Workers for the lanes, of which those of collections with scripts start while the rest is read.
  private func workers(for workload: Workload) -> ScriptWorkers {
    var limits = ScriptWorker.Limits()
    limits.time = milliseconds(Flags.scriptTimeout) ?? limits.time
    limits.memory = invocation.whole(Flags.scriptMemory).map { $0 << 20 } ?? limits.memory
    let shelf = ModuleShelf(packages: invocation.text(Flags.packages))
    let scripted = workload.collections.count { collection in
      collection.suite.items.contains { !$0.preRequestScripts.isEmpty || !$0.testScripts.isEmpty }
    }
    return ScriptWorkers(
      program: Self.workerPath, limits: limits, shelf: shelf, warming: min(scripted, 4))
  }

  private func startMock(_ contracts: [Contract]) throws(Diagnostic) -> MockServer {
    guard let contract = contracts.first else { throw .noContractForMock() }
    return try MockCommand.server(for: contract, invocation)
  }

  // MARK: The run

  private func perform(
    _ prepared: Prepared, _ brake: Brake, _ stop: StopRequests
  ) async throws(Refusal) -> ExitCode {
    let facts = self.facts(prepared)
    let reporters = ReportFiles.reporters(invocation)
    let earlier = try Refusal.with(.badInput) { () throws(Diagnostic) in
      try ReportCommand.earlier(invocation, front)
    }
    let redactor = Redactor(secrets: prepared.workload.secrets, key: Self.runKey())
    let (folder, recorder) = try Refusal.with(.outputNotWritten) { () throws(Diagnostic) in
      let folder = try RunFolder.make(in: invocation.text(Flags.output) ?? "Reports", id: facts.id)
      let console =
        reporters.contains("cli") ? ReportCommand.console(invocation, front, .live) : nil
      return (folder, try Recorder(folder: folder, redactor: redactor, console: console))
    }
    let runner = Runner(
      plan: prepared.plan, world: world(prepared, recorder), options: options(), brake: brake)
    let task = Task { await runner.run(facts) { await recorder.hear($0) } }
    stop.onAbort { task.cancel() }
    let deadline = self.deadline(brake, recorder, task)
    await task.value
    deadline?.cancel()
    return await conclude(recorder, folder, earlier, wasTerminated: stop.wasTerminated)
  }

  /// Ends the run when it has taken as long as it may: as for an interrupt, what is in flight has a
  /// few seconds to end.
  private func deadline(
    _ brake: Brake, _ recorder: Recorder, _ run: Task<Void, Never>
  ) -> Task<Void, Never>? {
    guard let limit = invocation.whole(Flags.runTimeout).map({ Duration.milliseconds($0) }) else {
      return nil
    }
    return Task {
      guard (try? await Task.sleep(for: limit)) != nil else { return }
      // Told first: a run that nothing holds up any more can be over at once.
      await recorder.hear(
        EventBatch([Event(time: limit, kind: .noted(nil, Note(.expired(after: limit))))]))
      brake.expire()
      guard (try? await Task.sleep(for: StopRequests.grace)) != nil else { return }
      run.cancel()
    }
  }

  private func conclude(
    _ recorder: Recorder, _ folder: RunFolder, _ earlier: Ledger?, wasTerminated: Bool
  ) async -> ExitCode {
    var misses: [Diagnostic] = []
    if let coverage = (try? coverageGate()) ?? nil {
      for (gate, problem) in coverage.gates(await recorder.ledger) {
        await recorder.hear(.gated(gate))
        if let problem { misses.append(problem) }
      }
    }
    await recorder.finish()
    let ledger = await recorder.ledger
    let writer = ReportFiles(invocation, into: folder, redactor: await recorder.redactor)
    let outputs = await writer.write(
      ledger, comparison: earlier.map { Comparison(old: $0, new: ledger) })
    var problems = outputs.problems
    if let problem = await recorder.problem { problems.insert(problem, at: 0) }
    var code = ledger.exitCode
    if code == .interrupted, wasTerminated { code = .terminated }
    if invocation.isOn(Flags.suppressExitCode), code == .checkFailed || code == .couldNotJudge {
      code = .success
    }
    // An output comes before a gate that somebody set, and behind what was judged.
    if code == .success, !problems.isEmpty { code = .outputNotWritten }
    let files = outputs.files + [("journal", folder.journalPath)]
    await recorder.summarise(files: files, exitCode: code)
    for problem in misses + problems { front.tell(problem) }
    return code
  }

  private func coverageGate() throws(Diagnostic) -> CoverageGate? {
    guard let text = invocation.text(Flags.leastCoverage) else { return nil }
    return try CoverageGate(text)
  }

  private func facts(_ prepared: Prepared) -> RunFacts {
    let now = System.secondsSince1970
    let suffix = String(System.random() & 0xFFFF, radix: 16)
    let padded = String(repeating: "0", count: 4 - suffix.count) + suffix
    return RunFacts(
      id: "\(UTCTime(now).compact)-\(padded)", version: Assay.version, startedAt: now,
      collections: prepared.workload.collections.map(\.suite.name),
      environment: prepared.workload.environmentName,
      contracts: prepared.contracts.map(\.title), inputs: prepared.inputs,
      seed: prepared.workload.seed, command: command(seed: prepared.workload.seed))
  }

  /// What would do the same again: inputs and what decides about calls, and nothing about outputs.
  private func command(seed: UInt64) -> [String] {
    let kept = [
      Flags.environment, Flags.globals, Flags.data, Flags.iterations, Flags.environmentVariable,
      Flags.globalVariable, Flags.environmentFromSystem, Flags.secrets, Flags.packages,
      Flags.newmanCompatible, Flags.strictVariables, Flags.spec, Flags.baseURL, Flags.formats,
      Flags.nullable, Flags.content, Flags.extra, Flags.useMock, Flags.stateful, Flags.fault,
      Flags.insecure, Flags.ignoreRedirects, Flags.redirectLimit, Flags.authorities,
      Flags.certificate, Flags.certificateKey, Flags.certificates, Flags.proxy, Flags.noProxy,
      Flags.unixSocket, Flags.resolve, Flags.four, Flags.six, Flags.httpOne, Flags.httpTwo,
      Flags.allowLinkLocal, Flags.requestTimeout,
    ]
    return ["run"] + invocation.operands + invocation.words(kept) + ["--seed", String(seed)]
  }

  /// Bytes that no other run has, so that the tags of secrets cannot be compared between runs.
  static func runKey() -> [UInt8] {
    (0..<4).flatMap { _ in
      let number = System.random()
      return stride(from: 0, to: 64, by: 8).map { UInt8(truncatingIfNeeded: number >> UInt64($0)) }
    }
  }

  private func world(_ prepared: Prepared, _ recorder: Recorder) -> Runner<ContinuousClock>.World {
    let wire = Transport(options: prepared.network)
    return Runner.World(
      judge: prepared.contracts.isEmpty
        ? nil
        : ContractJudge(
          contracts: prepared.contracts, latitude: ContractSettings(invocation).latitude),
      follower: Redirects(), sender: wire,
      composers: prepared.workload.collections.map(\.composer),
      footprint: ScriptAnalysis.footprint,
      makeHost: { prepared.workers.next() },
      makeJar: Transport.makeJar, clock: ContinuousClock(),
      chance: { Double(System.random() >> 11) / Double(1 << 53) }, executor: wire.executor,
      keepSecret: { await recorder.keepSecret($0) })
  }

  /// The worker stands beside the program.
  static var workerPath: String {
    let path = System.executablePath
    guard let slash = path.lastIndex(of: "/") else { return "assay-script" }
    return path[...slash] + "assay-script"
  }

  private func options() -> Runner<ContinuousClock>.Options {
    var options = Runner<ContinuousClock>.Options()
    options.pace = pace()
    options.order = invocation.text(Flags.order).flatMap(StepOrder.init) ?? .auto
    options.retry = retry()
    options.delay = milliseconds(Flags.delay) ?? .zero
    options.stopsAtFailure = invocation.text(Flags.bail).map { $0 != "false" } ?? false
    options.requiresVariables = invocation.isOn(Flags.strictVariables)
    options.limits = NetworkSettings(invocation).limits
    return options
  }

  private func pace() -> PaceLimits {
    var pace = PaceLimits()
    pace.pacer = invocation.rate(Flags.rate).map { Pacer(rate: $0.perSecond, burst: $0.burst) }
    pace.hostPacer = invocation.rate(Flags.hostRate).map {
      Pacer(rate: $0.perSecond, burst: $0.burst)
    }
    pace.concurrency = invocation.whole(Flags.concurrency) ?? pace.concurrency
    pace.hostConnections = invocation.whole(Flags.hostConnections) ?? pace.hostConnections
    pace.longestWait = invocation.whole(Flags.longestWait).map { .seconds($0) } ?? pace.longestWait
    pace.secondsSince1970 = { System.secondsSince1970 }
    return pace
  }

  private func retry() -> Retry {
    var retry = Retry()
    retry.count = invocation.whole(Flags.retries) ?? 0
    if let causes = invocation.list(Flags.retryOn) {
      retry.causes = Set(causes.compactMap(Retry.Cause.init))
    }
    retry.includesUnsafe = invocation.isOn(Flags.retryAnyMethod)
    return retry
  }

  private func milliseconds(_ flag: Flag) -> Duration? {
    invocation.whole(flag).map { .milliseconds($0) }
  }
}

/// Why a command does not get to its work, and the exit code that this comes to.
struct Refusal: Error {
  let diagnostic: Diagnostic
  let code: ExitCode

  /// Runs a part of a command in which whatever goes wrong ends with one code.
  static func with<Result>(
    _ code: ExitCode, _ body: () throws(Diagnostic) -> Result
  ) throws(Refusal) -> Result {
    do throws(Diagnostic) {
      return try body()
    } catch {
      throw Refusal(diagnostic: error, code: code)
    }
  }
}

/// What happens when the user asks to stop: first no new calls and five seconds for those in flight,
/// then everything at once.
final class StopRequests: Sendable {
  private let state = Shared()
  private let termination = Mutex(false)

  /// Whether it was TERM that asked first.
  var wasTerminated: Bool { termination.withLock { $0 } }

  private actor Shared {
    var abort: (@Sendable () -> Void)?
    var isWanted = false

    func set(_ abort: @escaping @Sendable () -> Void) {
      self.abort = abort
      if isWanted { abort() }
    }

    func fire() {
      isWanted = true
      abort?()
    }
  }

  /// How long calls in flight may take after the first request to stop.
  static let grace: Duration = .seconds(5)

  init(brake: Brake) {
    let state = self.state
    Signals.hear { [weak self] signal in
      let isSecond = brake.isInterrupted
      if !isSecond, signal == .terminate { self?.termination.withLock { $0 = true } }
      brake.interrupt()
      Task {
        if !isSecond { try? await Task.sleep(for: Self.grace) }
        await state.fire()
      }
    }
  }

  func onAbort(_ abort: @escaping @Sendable () -> Void) {
    Task { await state.set(abort) }
  }
}
