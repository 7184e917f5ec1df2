package import AssayModel

/// One lane on its way through its steps.
struct LaneWalk<C: Clock<Duration>>: Sendable {
  let lane: Plan.Lane
  let world: Runner<C>.World
  let options: Runner<C>.Options
  let gate: Gate<C>
  let teller: Teller<C>
  let brake: Brake
  /// What the steps share: variables and order, cookies, one world of JavaScript, and its use.
  let board: LaneBoard
  let jar: any CookieKeeper
  let host: any ScriptHost
  let scriptTurn = Turn()
  /// What is known of each item, by its index.
  let traits: [Int: Schedule.Traits]

  init(
    lane: Plan.Lane, footprints: [Int: ItemFootprint], world: Runner<C>.World,
    options: Runner<C>.Options, gate: Gate<C>, teller: Teller<C>, brake: Brake
  ) {
    self.lane = lane
    self.world = world
    self.options = options
    self.gate = gate
    self.teller = teller
    self.brake = brake
    let order = LaneOrder.reason(
      wanted: options.order, footprints: footprints, lane: lane, pauses: options.delay > .zero,
      stops: options.stopsAtFailure)
    board = LaneBoard(order: order == nil ? options.order : .strict, scopes: lane.scopes)
    isStrict = order != nil || options.order == .strict
    traits = footprints.mapValues(Schedule.Traits.init)
    jar = world.makeJar()
    host = world.makeHost()
  }

  private let isStrict: Bool

  var composer: any Composer { world.composers[lane.collection] }

  func run() async {
    var place = lane.steps.startIndex
    while place < lane.steps.endIndex, !isStopped {
      if isStrict {
        place = await walkIteration(at: place)
      } else if let turn = await overlap(from: place) {
        place = await walkIteration(at: turn.place, after: turn)
        board.reopen()
      } else {
        break
      }
    }
    await host.close()
  }

  var isStopped: Bool { Task.isCancelled || brake.isOn }

  // MARK: One after another

  /// The steps of the iteration that a step belongs to.
  func iteration(of place: Int) -> Range<Int> {
    let steps = lane.steps
    let iteration = steps[place].iteration
    let start = steps[..<place].lastIndex { $0.iteration != iteration }.map { $0 + 1 } ?? 0
    let end = steps[place...].firstIndex { $0.iteration != iteration } ?? steps.endIndex
    return start..<end
  }

  /// A step whose script chose what comes next, though nothing in it told that it would.
  struct Surprise: Sendable {
    let place: Int
    let next: ScriptOutcome.Next
  }

  /// One iteration: its steps in order, unless scripts send the lane elsewhere. Returns where the
  /// next one begins.
  private func walkIteration(at place: Int, after surprise: Surprise? = nil) async -> Int {
    let range = iteration(of: place)
    let steps = Array(lane.steps[range])
    var index = place - range.lowerBound
    var done = Set(0..<index)
    if let surprise {
      done.insert(index)
      index = Self.following(index, surprise.next, in: steps)
    }
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
      if options.delay > .zero { try? await world.clock.sleep(for: options.delay) }
      var walk = StepWalk(lane: self, step: step, siblings: { [steps] in steps[...] })
      await walk.run()
      if options.stopsAtFailure, walk.wentWrong { brake.stop() }
      index = Self.following(index, walk.next, in: steps)
    }
    if !isStopped {
      for (index, step) in steps.enumerated() where !done.contains(index) {
        await teller.tell(.stepStarted(step.number))
        await teller.tell(.judged(step.number, .passedOver))
        await teller.tell(.stepEnded(step.number))
      }
    }
    return range.upperBound
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

  // MARK: Side by side

  /// So many steps are looked at: more than can be in flight, since some wait for others.
  private var windowSize: Int { min(2 * options.pace.concurrency + 16, 1_024) }

  /// Walks the steps from a place on, each in a task of its own; nil at the end of all.
  private func overlap(from start: Int) async -> Surprise? {
    await withTaskGroup(of: Surprise?.self) { group in
      var place = start
      var liveCount = 0
      var surprise: Surprise?
      while true {
        while surprise == nil, liveCount < windowSize, place < lane.steps.endIndex, !isStopped {
          let step = lane.steps[place]
          if let traits = traits[step.item.index] { board.add(step.number, traits) }
          group.addTask { [place] in await walk(at: place) }
          place += 1
          liveCount += 1
        }
        guard liveCount > 0, let end = await group.next() else { return surprise }
        liveCount -= 1
        surprise = surprise ?? end
      }
    }
  }

  private func walk(at place: Int) async -> Surprise? {
    let step = lane.steps[place]
    defer { board.advance(step.number, to: .ended) }
    guard await pass(.start, step), !isStopped else { return nil }
    board.advance(step.number, to: .issuing)
    var walk = StepWalk(
      lane: self, step: step, siblings: { lane.steps[iteration(of: place)] })
    await walk.run()
    guard options.order == .auto, let next = walk.next else { return nil }
    // Nothing after it has begun, since all others wait for a script that can surprise; and nothing
    // shall when this step is over.
    board.close()
    return Surprise(place: place, next: next)
  }

  /// Waits until a step may go past a point, and tells what it waits for.
  func pass(_ point: LaneBoard.Point, _ step: Step) async -> Bool {
    await board.pass(point, step.number) { obstacle in
      await teller.tell(.held(step.number, by: obstacle.step, reason: obstacle.reason))
    }
  }
}

extension RandomAccessCollection<Step> {
  /// The step that a script means: by its item's id, or else the last of its name.
  func target(_ name: String) -> Index? {
    firstIndex { $0.item.id == name } ?? lastIndex { $0.item.name == name }
  }
}

extension Step {
  package var planned: Event.PlannedStep {
    Event.PlannedStep(
      number: number, suite: suiteName, folders: item.folders, name: item.name,
      iteration: iteration, iterationCount: iterationCount, place: item.nameSpan.place, row: row)
  }

  /// The same step under another number.
  func numbered(_ number: Int) -> Step {
    Step(
      number: number, item: item, suiteName: suiteName, iteration: iteration,
      iterationCount: iterationCount, row: row)
  }
}
