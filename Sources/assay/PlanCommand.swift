internal import AssayCollection
internal import AssayCommandLine
internal import AssayModel
internal import AssayReport
internal import AssayRun
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
    for lane in plan.lanes {
      var scopes = lane.scopes
      let composer = workload.collections[lane.number].composer
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
          step: step.planned, scriptCount: step.item.preRequestScripts.count, outcome: outcome)
        if isJSON { calls.append(call) } else { Stream.output.write(report.text(call) + "\n") }
      }
    }
    if isJSON { Stream.output.write(PlanReport.json(calls, seed: workload.seed) + "\n") }
    return isSound ? .success : .badInput
  }

  private static func compose(
    _ step: Step, _ composer: any Composer, _ scopes: Scopes, _ redactor: inout Redactor
  ) -> PlanReport.Call.Outcome {
    do throws(Diagnostic) {
      let composition = try composer.compose(
        step.item, draft: composer.draft(of: step.item), scopes: scopes)
      return .request(redactor.redact(composition.request), composition)
    } catch {
      return .refused(error)
    }
  }
}
