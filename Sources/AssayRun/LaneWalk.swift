internal import AssayModel

/// One lane on its way through its steps.
struct LaneWalk<C: Clock<Duration>>: Sendable {
  let lane: Plan.Lane
  let world: Runner<C>.World
  let options: Runner<C>.Options
  let gate: Gate<C>
  let teller: Teller<C>
  let brake: Brake

  func run() async {
    var scopes = lane.scopes
    var start = lane.steps.startIndex
    while start < lane.steps.endIndex, !isStopped {
      let iteration = lane.steps[start].iteration
      let end = lane.steps[start...].firstIndex { $0.iteration != iteration } ?? lane.steps.endIndex
      await walk(Array(lane.steps[start..<end]), &scopes)
      start = end
    }
    await world.hosts[lane.number].close()
  }

  private var isStopped: Bool { Task.isCancelled || brake.isOn }

  /// One iteration: its steps in order, unless scripts send the lane elsewhere.
  private func walk(_ steps: [Step], _ scopes: inout Scopes) async {
    var done: Set<Int> = []
    var index = 0
    var repeats = 0
    while index < steps.count, !isStopped {
      var step = steps[index]
      if !done.insert(index).inserted {
        repeats += 1
        guard repeats <= options.repeatLimit else {
          await teller.tell(
            .judged(steps[index].number, .tooManyRepeats(step, options.repeatLimit)))
          break
        }
        step = step.numbered(await teller.add(step.planned))
      }
      scopes.replace(.data, with: step.row)
      if options.delay > .zero { try? await world.clock.sleep(for: options.delay) }
      var walk = StepWalk(lane: self, step: step, siblings: steps, scopes: scopes)
      await walk.run()
      scopes = walk.scopes
      if options.stopsAtFailure, walk.wentWrong { brake.stop() }
      index = Self.following(index, walk.next, in: steps)
    }
    guard !isStopped else { return }
    for (index, step) in steps.enumerated() where !done.contains(index) {
      await teller.tell(.stepStarted(step.number))
      await teller.tell(.judged(step.number, .passedOver))
      await teller.tell(.stepEnded(step.number))
    }
  }

  /// Where the lane goes on; an unknown target ends the iteration.
  private static func following(
    _ index: Int, _ next: ScriptOutcome.Next?, in steps: [Step]
  ) -> Int {
    switch next {
    case nil: index + 1
    case .end?: steps.count
    case .item(let target)?: steps.target(target) ?? steps.count
    }
  }
}

extension [Step] {
  /// The step that a script means: by its item's id, or else the last of its name.
  fileprivate func target(_ name: String) -> Int? {
    firstIndex { $0.item.id == name } ?? lastIndex { $0.item.name == name }
  }
}

/// One step: scripts before, the request, the judging, scripts after.
private struct StepWalk<C: Clock<Duration>> {
  let lane: LaneWalk<C>
  let step: Step
  /// The steps of the iteration, among which scripts choose.
  let siblings: [Step]
  var scopes: Scopes
  private(set) var wentWrong = false
  private(set) var next: ScriptOutcome.Next?
  private var draft: Value
  private var isSkipped = false

  init(lane: LaneWalk<C>, step: Step, siblings: [Step], scopes: Scopes) {
    self.lane = lane
    self.step = step
    self.siblings = siblings
    self.scopes = scopes
    draft = lane.world.composers[lane.lane.number].draft(of: step.item)
  }

  mutating func run() async {
    await tell(.stepStarted(step.number))
    for script in step.item.preRequestScripts where !isSkipped {
      await run(script, exchange: nil)
    }
    if isSkipped {
      await judged(
        Verdict(
          name: "request", code: "request", outcome: .skipped, message: "a script skipped it"))
    } else if let exchange = await exchange() {
      for script in step.item.testScripts { await run(script, exchange: exchange) }
    }
    // It ends the iteration, as it does elsewhere, but not in silence.
    if case .item(let target)? = next, siblings.target(target) == nil {
      await judged(.unknownTarget(target, step, siblings))
    }
    await tell(.stepEnded(step.number))
  }

  // MARK: The request

  /// Composes, waits, sends and judges; nil when nothing could be sent.
  private mutating func exchange() async -> Exchange? {
    let composition: Composition
    do throws(Diagnostic) {
      composition = try lane.world.composers[lane.lane.number].compose(
        step.item, draft: draft, scopes: scopes)
    } catch {
      await judged(.unsendable(error))
      return nil
    }
    for note in composition.notes {
      if options.requiresVariables {
        await judged(.unsendable(note))
        return nil
      }
      await tell(.noted(step.number, Note(note)))
    }
    guard let exchange = await lane.follow(composition) else { return nil }
    await tell(.exchanged(step.number, exchange))
    await judge(exchange)
    return exchange
  }

  private mutating func judge(_ exchange: Exchange) async {
    switch exchange.outcome {
    case .failed(let fault):
      await judged(
        Verdict(
          name: "request", code: fault.code, outcome: .error,
          fault: fault.code.hasPrefix("limit") ? .limit : .transport, message: fault.detail,
          place: step.item.nameSpan.place))
    case .response:
      await judged(Verdict(name: "request", code: "request", outcome: .passed))
      guard let judge = lane.world.judge else { return }
      for (number, hop) in exchange.hops.enumerated() {
        // A hop may lead through places that no contract describes, such as a login.
        let judgement = judge.judge(hop)
        guard judgement.operation != nil else { continue }
        for verdict in judgement.verdicts { await judged(verdict.ofHop(number + 1)) }
      }
      let judgement = judge.judge(exchange)
      await tell(.mapped(step.number, operation: judgement.operation))
      for verdict in judgement.verdicts { await judged(verdict) }
    }
  }

  // MARK: Scripts

  private mutating func run(_ script: Script, exchange: Exchange?) async {
    let setting = ScriptSetting(step: step, draft: draft, scopes: scopes, exchange: exchange)
    let (lane, step) = (self.lane, self.step)
    let outcome = await lane.world.hosts[lane.lane.number].run(script, in: setting) { draft in
      await lane.subrequest(draft, of: step)
    }
    for change in outcome.changes { await apply(change) }
    if script.phase == .preRequest {
      if let changed = outcome.draft { draft = changed }
      isSkipped = outcome.skipsRequest
    }
    if let wanted = outcome.next { next = wanted }
    for line in outcome.console { await tell(.console(step.number, line)) }
    for assertion in outcome.assertions { await judged(Verdict(assertion, in: script)) }
    if let fault = outcome.fault { await judged(Verdict(fault, in: script)) }
  }

  private mutating func apply(_ change: ScriptOutcome.VariableChange) async {
    if let value = change.value {
      let known = scopes.variable(change.name, in: change.scope)
      let variable = Variable(change.name, value, isSecret: known?.isSecret ?? false)
      if variable.isSecret { await lane.world.keepSecret(value.substitution) }
      scopes.set(variable, in: change.scope)
    } else {
      scopes.unset(change.name, in: change.scope)
    }
    await tell(.variableChanged(step.number, change.scope, name: change.name))
  }

  // MARK: Telling

  private var options: Runner<C>.Options { lane.options }

  private func tell(_ kind: Event.Kind) async { await lane.teller.tell(kind) }

  private mutating func judged(_ verdict: Verdict) async {
    if verdict.isBad { wentWrong = true }
    await tell(.judged(step.number, verdict))
  }
}

extension Verdict {
  fileprivate init(_ assertion: ScriptOutcome.Assertion, in script: Script) {
    switch assertion.outcome {
    case .passed: self.init(name: assertion.name, code: "assertion", outcome: .passed)
    case .skipped: self.init(name: assertion.name, code: "assertion", outcome: .skipped)
    case .failed(let message, let line):
      self.init(
        name: assertion.name, code: "assertion", outcome: .failed, fault: .assertion,
        message: message, place: script.span(ofLine: line ?? 1)?.place)
    }
  }

  fileprivate init(_ fault: ScriptFault, in script: Script) {
    let phase = script.phase == .preRequest ? "pre-request script" : "test script"
    let place = script.span(ofLine: fault.line ?? 1)?.place
    self.init(
      name: phase, code: fault.code, outcome: .error, fault: .script, message: fault.message,
      place: place)
  }

  /// The verdict under a name that tells which redirect it is about. Places in a body are those of
  /// the last response, so a hop's are left out.
  fileprivate func ofHop(_ number: Int) -> Verdict {
    Verdict(
      name: "redirect \(number) · \(name)", code: code, outcome: outcome, fault: fault,
      message: message, place: place,
      findings: findings.map { finding in
        var finding = finding
        finding.receivedRange = nil
        return finding
      })
  }

  fileprivate static let passedOver = Verdict(
    name: "request", code: "request", outcome: .skipped, message: "a script chose another request")

  fileprivate static func tooManyRepeats(_ step: Step, _ limit: Int) -> Verdict {
    Verdict(
      name: "next request", code: "limit.repeats", outcome: .error, fault: .limit,
      message: "scripts sent the lane back more than \(limit) times",
      place: step.item.nameSpan.place)
  }

  fileprivate static func unknownTarget(_ target: String, _ step: Step, _ steps: [Step]) -> Verdict
  {
    let nearest = Nearest.match(target, among: steps.map(\.item.name))
    let hint = nearest.map { "; `\($0)` is one" } ?? ""
    return Verdict(
      name: "next request", code: "flow.unknown-target", outcome: .failed, fault: .setup,
      message: "no request is called `\(target)`\(hint); the iteration ends here",
      place: step.item.nameSpan.place)
  }

  fileprivate static func unsendable(_ diagnostic: Diagnostic) -> Verdict {
    Verdict(
      name: "request", code: diagnostic.code, outcome: .error, fault: .setup,
      message: diagnostic.message, place: diagnostic.place)
  }
}

// Requests on their way.
extension LaneWalk {
  /// Sends the request, and what its redirects lead to; each hop takes its turn at the gate.
  func follow(_ composition: Composition) async -> Exchange? {
    var limits = options.limits
    limits.redirectCount = composition.redirectLimit ?? limits.redirectCount
    limits.ignoresCookies = composition.ignoresCookies
    var hops: [Exchange] = []
    var request = composition.request
    while var exchange = await send(request, limits) {
      exchange.hops = hops
      guard limits.redirectCount > 0 else { return exchange }
      switch world.follower.followUp(of: exchange) {
      case .none: return exchange
      case .refused(let fault):
        exchange.outcome = .failed(fault)
        return exchange
      case .request(let next):
        guard hops.count < limits.redirectCount else {
          exchange.outcome = .failed(
            TransportFault(.redirect, "more than \(limits.redirectCount) redirects"))
          return exchange
        }
        exchange.hops = []
        hops.append(exchange)
        request = next
      }
    }
    return nil
  }

  /// One request through the gate; nil when the run was given up meanwhile.
  private func send(_ request: Request, _ limits: SendLimits) async -> Exchange? {
    let wait = await gate.enter()
    guard !Task.isCancelled else {
      await gate.leave()
      return nil
    }
    var exchange = await world.senders[lane.number].send(request, limits: limits)
    await gate.leave()
    exchange.timings.paced = wait.paced
    exchange.timings.queued = wait.queued
    return exchange
  }

  /// A request of a script: composed like any other, with nothing to fill in, and told as a child.
  func subrequest(_ draft: Value, of step: Step) async -> Result<Exchange, Diagnostic> {
    do throws(Diagnostic) {
      let composition = try world.composers[lane.number].compose(
        step.item, draft: draft, scopes: Scopes())
      guard let exchange = await follow(composition) else {
        return .failure(.givenUp)
      }
      await teller.tell(.subexchanged(step.number, exchange))
      return .success(exchange)
    } catch {
      return .failure(error)
    }
  }
}

extension Step {
  var planned: Event.PlannedStep {
    Event.PlannedStep(
      number: number, suite: suiteName, folders: item.folders, name: item.name,
      iteration: iteration, iterationCount: iterationCount, place: item.nameSpan.place)
  }

  /// The same step under another number.
  fileprivate func numbered(_ number: Int) -> Step {
    Step(
      number: number, item: item, suiteName: suiteName, iteration: iteration,
      iterationCount: iterationCount, row: row)
  }
}
