internal import AssayModel

/// One step: scripts before, the request, the judging, scripts after.
struct StepWalk<C: Clock<Duration>> {
  let lane: LaneWalk<C>
  let step: Step
  /// The steps of the iteration, among which scripts choose; looked up when one does.
  let siblings: @Sendable () -> ArraySlice<Step>
  private(set) var wentWrong = false
  private(set) var next: ScriptOutcome.Next?
  /// The request as scripts see it: as written, and once it has left, as it was sent.
  private var draft: Value
  private var isSkipped = false
  private let composer: any Composer

  init(lane: LaneWalk<C>, step: Step, siblings: @escaping @Sendable () -> ArraySlice<Step>) {
    self.lane = lane
    self.step = step
    self.siblings = siblings
    composer = lane.composer.composer(ofStep: step.number)
    draft = composer.draft(of: step.item)
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
    } else if let exchange = await exchange(), !step.item.testScripts.isEmpty {
      _ = await lane.pass(.test, step)
      for script in step.item.testScripts { await run(script, exchange: exchange) }
    }
    if next != nil { await checkTarget() }
    await tell(.stepEnded(step.number))
  }

  private mutating func checkTarget() async {
    if options.order == .free {
      await judged(.unorderedTarget(step))
    } else if case .item(let target)? = next {
      let siblings = siblings()
      // It ends the iteration, as it does elsewhere, but not in silence.
      if siblings.target(target) == nil { await judged(.unknownTarget(target, step, siblings)) }
    }
  }

  // MARK: The request

  /// The variables of the moment, with the step's own row of data.
  private var scopes: Scopes {
    var scopes = lane.board.scopes
    let rows = lane.lane.rows
    if rows.count > 0 { scopes.replace(.data, with: rows.row(ofIteration: step.iteration)) }
    return scopes
  }

  /// Composes, waits, sends and judges; nil when nothing could be sent.
  private mutating func exchange() async -> Exchange? {
    guard let composition = await composed() else { return nil }
    let exchange: Exchange?
    do throws(Diagnostic) {
      exchange = try await lane.follow(composition, of: step)
    } catch {
      await judged(.unsendable(error))
      return nil
    }
    guard let exchange else { return nil }
    lane.board.advance(step.number, to: .committed)
    await tell(.exchanged(step.number, exchange))
    draft = composition.resolved.sent(as: exchange.request)
    await judge(exchange)
    return exchange
  }

  /// The request, once it may leave.
  private mutating func composed() async -> Composition? {
    let composition: Composition
    let scopes = self.scopes
    do throws(Diagnostic) {
      composition = try composer.compose(step.item, draft: draft, scopes: scopes)
    } catch {
      await judged(.unsendable(error))
      return nil
    }
    if options.requiresVariables, let name = composition.undefined.first {
      await judged(.unsendable(name))
      return nil
    }
    for note in composition.undefined + composition.notes {
      await tell(.noted(step.number, Note(note)))
    }
    let sources = sources(of: composition, scopes)
    if !sources.isEmpty { await tell(.drew(step.number, from: sources)) }
    lane.board.compose(
      step.number,
      Schedule.Target(composition.request, logsIn: composition.authentication != nil))
    guard await lane.pass(.send, step), !lane.isStopped else {
      await judged(.unsendable(.givenUp))
      return nil
    }
    return composition
  }

  /// The steps that set what the request is made of, or what scripts before it read.
  private func sources(of composition: Composition, _ scopes: Scopes) -> [Int] {
    let read = lane.traits[step.item.index]?.issue.reads ?? []
    let setters = read.union(composition.uses.map(\.name)).compactMap(scopes.setter)
    return Set(setters).filter { $0 != step.number }.sorted()
  }

  private mutating func judge(_ exchange: Exchange) async {
    switch exchange.outcome {
    case .failed(let fault):
      await judged(
        Verdict(
          name: "request", code: fault.code, outcome: .error,
          fault: fault.isLimit ? .limit : .transport, message: fault.detail,
          place: step.item.nameSpan.place))
    case .response:
      await judged(.answered(exchange))
      guard let judge = lane.world.judge else { return }
      // Off the thread that serves the connections, whose other calls would wait meanwhile.
      let (hops, judgement) = await withTaskExecutorPreference(globalConcurrentExecutor) {
        (exchange.hops.map { judge.judge($0) }, judge.judge(exchange))
      }
      // A hop may lead through places that no contract describes, such as a login.
      for (number, hop) in hops.enumerated() where hop.operation != nil {
        // What a hop has reached counts; whose step it is the last response says.
        await tell(.mapped(step.number, operation: hop.operation, reach: hop.reach))
        for verdict in hop.verdicts { await judged(verdict.ofHop(number + 1)) }
      }
      await tell(.mapped(step.number, operation: judgement.operation, reach: judgement.reach))
      for verdict in judgement.verdicts { await judged(verdict) }
    }
  }

  // MARK: Scripts

  private mutating func run(_ script: Script, exchange: Exchange?) async {
    // One world runs one script at a time, and each sees what the last one changed.
    await lane.scriptTurn.take()
    let setting = ScriptSetting(step: step, draft: draft, scopes: scopes, exchange: exchange)
    let (lane, step, composer) = (self.lane, self.step, self.composer)
    let services = ScriptServices(
      send: { await lane.subrequest($0, of: step, by: composer) },
      sendItem: {
        await lane.subrequest(item: $0, with: $1, setting.scopes, of: step, by: composer)
      },
      dynamicValue: { composer.dynamicValue($0) }, cookies: lane.jar,
      secret: { lane.board.scopes.variable("vault:" + $0, in: .vault)?.value },
      keepSecret: { await lane.keepSecret($0, $1, of: step) })
    let outcome = await lane.host.run(script, in: setting, with: services)
    for change in outcome.changes { await apply(change) }
    lane.scriptTurn.give()
    if script.phase == .preRequest {
      if let changed = outcome.draft { draft = changed }
      isSkipped = outcome.skipsRequest
    }
    if let wanted = outcome.next { next = wanted }
    for line in outcome.console { await tell(.console(step.number, line)) }
    if let page = outcome.visualization { await tell(.visualized(step.number, page)) }
    for assertion in outcome.assertions { await judged(Verdict(assertion, in: script)) }
    if let fault = outcome.fault { await judged(Verdict(fault, in: script)) }
  }

  private mutating func apply(_ change: ScriptOutcome.VariableChange) async {
    if let value = change.value {
      let known = lane.board.scopes.variable(change.name, in: change.scope)
      let variable = Variable(change.name, value, isSecret: known?.isSecret ?? false)
      if let secret = variable.secret { await lane.world.keepSecret(secret) }
      lane.board.change { $0.set(variable, in: change.scope, by: step.number) }
    } else {
      lane.board.change { $0.unset(change.name, in: change.scope) }
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

extension Value {
  /// A draft with the fields of the request that it became.
  fileprivate func sent(as request: Request) -> Value {
    guard case .object(var members) = self else { return self }
    members.removeAll { ["method", "url", "header"].contains($0.name) }
    let fields = request.headers.map { field in
      Value.object([
        Member("key", .string(field.name)), Member("value", .string(field.value)),
      ])
    }
    return .object(
      [
        Member("method", .string(request.method)), Member("url", .string(request.url)),
        Member("header", .array(fields)),
      ] + members)
  }
}
