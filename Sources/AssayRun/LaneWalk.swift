package import AssayModel

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
      scopes.replace(.data, with: lane.rows.row(ofIteration: step.iteration))
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
  func target(_ name: String) -> Int? {
    firstIndex { $0.item.id == name } ?? lastIndex { $0.item.name == name }
  }
}

extension Step {
  package var planned: Event.PlannedStep {
    Event.PlannedStep(
      number: number, suite: suiteName, folders: item.folders, name: item.name,
      iteration: iteration, iterationCount: iterationCount, place: item.nameSpan.place)
  }

  /// The same step under another number.
  func numbered(_ number: Int) -> Step {
    Step(
      number: number, item: item, suiteName: suiteName, iteration: iteration,
      iterationCount: iterationCount)
  }
}
