internal import AssayCollection
internal import AssayCommandLine
internal import AssayModel
internal import AssayReport
internal import AssayRun
internal import AssayScript
internal import AssaySystem

/// `assay plan`: every call as it would leave before scripts ran, without traffic.
struct PlanCommand {
  private typealias Flags = CommandTable.Flags
  private let invocation: Invocation
  private let front: Front

  init(_ invocation: Invocation, _ front: Front) {
    self.invocation = invocation
    self.front = front
  }

  func run() -> ExitCode {
    do throws(Refusal) {
      let workload = try Refusal.with(.badInput) { () throws(Diagnostic) in
        try Workload(invocation, InputLoader(front))
      }
      return try print(workload)
    } catch {
      front.tell(error.diagnostic)
      return error.code
    }
  }

  private func print(_ loaded: Workload) throws(Refusal) -> ExitCode {
    var workload = loaded
    let plan = try Refusal.with(.usage) { () throws(Diagnostic) in
      try workload.assign(invocation)
      return try workload.plan(invocation)
    }
    guard !plan.steps.isEmpty else {
      throw Refusal(diagnostic: .emptySelection(), code: .nothingSelected)
    }
    var redactor = Redactor(secrets: workload.secrets, key: [])
    var calls: [PlanReport.Call] = []
    var isSound = true
    let report = PlanReport(style: front.style, sources: workload.sources)
    let isJSON = invocation.isOn(Flags.json)
    var orders: [PlanReport.LaneOrder] = []
    for lane in plan.lanes {
      var forecast = Forecast(lane, workload.collections[lane.collection].composer, invocation)
      orders.append(forecast.order)
      if !isJSON { Stream.output.write(report.text(forecast.order) + "\n") }
      var scopes = lane.scopes
      let composer = workload.collections[lane.collection].composer
      for step in lane.steps {
        scopes.replace(.data, with: lane.rows.row(ofIteration: step.iteration))
        let outcome = Self.compose(step, composer, scopes, &redactor)
        if case .refused = outcome { isSound = false }
        if case .request(_, let composition) = outcome, !composition.undefined.isEmpty,
          invocation.isOn(Flags.strictVariables)
        {
          isSound = false
        }
        let call = PlanReport.Call(
          step: step.planned, scriptCount: step.item.preRequestScripts.count, outcome: outcome,
          waits: forecast.waits(of: step, outcome, scopes))
        if isJSON { calls.append(call) } else { Stream.output.write(report.text(call) + "\n") }
      }
    }
    if isJSON {
      Stream.output.write(PlanReport.json(calls, seed: workload.seed, orders: orders) + "\n")
    }
    return isSound ? .success : .badInput
  }

  private static func compose(
    _ step: Step, _ composer: any Composer, _ scopes: Scopes, _ redactor: inout Redactor
  ) -> PlanReport.Call.Outcome {
    do throws(Diagnostic) {
      let composer = composer.composer(ofStep: step.number)
      let composition = try composer.compose(
        step.item, draft: composer.draft(of: step.item), scopes: scopes)
      return .request(redactor.redact(composition.request), composition)
    } catch {
      return .refused(error)
    }
  }
}

/// What the steps of a lane will wait for, told before they run.
private struct Forecast {
  private typealias Flags = CommandTable.Flags
  private let footprints: [Int: ItemFootprint]
  private var schedule: Schedule
  private var names: [Int: String] = [:]
  let order: PlanReport.LaneOrder

  init(_ lane: Plan.Lane, _ composer: any Composer, _ invocation: Invocation) {
    footprints = ItemFootprint.all(
      of: lane.suite, composer: composer, footprint: ScriptAnalysis.footprint)
    let wanted = invocation.text(Flags.order).flatMap(StepOrder.init) ?? .auto
    let reason = LaneOrder.reason(
      wanted: wanted, footprints: footprints, lane: lane,
      pauses: (invocation.whole(Flags.delay) ?? 0) > 0,
      stops: invocation.text(Flags.bail).map { $0 != "false" } ?? false)
    let actual = reason == nil ? wanted : .strict
    schedule = Schedule(order: actual)
    order = PlanReport.LaneOrder(
      suite: lane.suite.name, order: actual.rawValue, reason: reason)
  }

  mutating func waits(
    of step: Step, _ outcome: PlanReport.Call.Outcome, _ scopes: Scopes
  ) -> [PlanReport.Call.Wait] {
    let footprint = footprints[step.item.index] ?? ItemFootprint()
    var target = Schedule.Target(origin: nil, isSafe: false)
    if case .request(let request, let composition) = outcome, !footprint.before.changesRequest {
      target = Schedule.Target(request, logsIn: composition.authentication != nil)
    }
    names[step.number] = step.item.name
    return schedule.plan(step.number, footprint, target, scopes).map {
      PlanReport.Call.Wait(step: $0.step, name: names[$0.step] ?? "", reason: $0.reason)
    }
  }
}
