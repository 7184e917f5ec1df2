internal import AssayModel

/// One step: scripts before, the request, the judging, scripts after.
struct StepWalk<C: Clock<Duration>> {
  let lane: LaneWalk<C>
  let step: Step
  /// The steps of the iteration, among which scripts choose.
  let siblings: [Step]
  var scopes: Scopes
  private(set) var wentWrong = false
  private(set) var next: ScriptOutcome.Next?
  /// The request as scripts see it: as written, and once it has left, as it was sent.
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
    if options.requiresVariables, let name = composition.undefined.first {
      await judged(.unsendable(name))
      return nil
    }
    for note in composition.undefined + composition.notes {
      await tell(.noted(step.number, Note(note)))
    }
    do throws(Diagnostic) {
      guard let exchange = try await lane.follow(composition, of: step) else { return nil }
      await tell(.exchanged(step.number, exchange))
      draft = composition.resolved.sent(as: exchange.request)
      await judge(exchange)
      return exchange
    } catch {
      await judged(.unsendable(error))
      return nil
    }
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
    let composer = lane.world.composers[lane.lane.number]
    let services = ScriptServices(
      send: { await lane.subrequest($0, of: step) }, dynamicValue: { composer.dynamicValue($0) })
    let outcome = await lane.world.hosts[lane.lane.number].run(
      script, in: setting, with: services)
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
