package import AssayModel
internal import Synchronization

/// Walks a plan: for each step its scripts, its request, and the judging, in that order.
///
/// Lanes run side by side under the run's limits; inside a lane one step follows another. Nothing
/// is printed and nothing is written here: whatever happens is told once, as an event.
package struct Runner<C: Clock<Duration>>: Sendable {
  package struct Options: Sendable {
    package var pace = PaceLimits()
    package var order = StepOrder.auto
    package var retry = Retry()
    package var limits = SendLimits()
    package var delay: Duration = .zero
    /// No further step after the first that went wrong.
    package var stopsAtFailure = false
    /// A name that nothing defines is an error instead of a warning.
    package var requiresVariables = false
    /// How often scripts may send one iteration back to a request that has run.
    package var repeatLimit = 10_000

    package init() {}
  }

  /// What the run needs of the world.
  package struct World: Sendable {
    package let judge: (any Judge)?
    package let follower: any Follower
    package let sender: any Sender
    /// One for each collection, by its place among them.
    package let composers: [any Composer]
    /// What a script can read and write, found without running it.
    package let footprint: @Sendable (Script) -> Footprint
    /// Makes what each lane has for itself: a world of JavaScript, and cookies.
    package let makeHost: @Sendable () -> any ScriptHost
    package let makeJar: @Sendable () -> any CookieKeeper
    package let clock: C
    /// From 0 up to 1, for waits that should not be the same everywhere.
    package let chance: @Sendable () -> Double
    /// Where lanes run best: the thread that serves the connections.
    package let executor: (any TaskExecutor)?
    /// Told of each new value of a secret variable, before any event could show it.
    package let keepSecret: @Sendable (Secret) async -> Void

    package init(
      judge: (any Judge)?, follower: any Follower, sender: any Sender,
      composers: [any Composer], footprint: @escaping @Sendable (Script) -> Footprint,
      makeHost: @escaping @Sendable () -> any ScriptHost,
      makeJar: @escaping @Sendable () -> any CookieKeeper, clock: C,
      chance: @escaping @Sendable () -> Double = { 0.5 },
      executor: (any TaskExecutor)? = nil,
      keepSecret: @escaping @Sendable (Secret) async -> Void = { _ in }
    ) {
      self.judge = judge
      self.follower = follower
      self.sender = sender
      self.composers = composers
      self.footprint = footprint
      self.makeHost = makeHost
      self.makeJar = makeJar
      self.clock = clock
      self.chance = chance
      self.executor = executor
      self.keepSecret = keepSecret
    }
  }

  /// Hears of everything that happens, in an order that every lane agrees with; of several events at
  /// once, since to be called for each would cost more than the event.
  package typealias Listener = @Sendable (EventBatch) async -> Void

  private let plan: Plan
  private let world: World
  private let options: Options
  private let brake: Brake

  package init(plan: Plan, world: World, options: Options, brake: Brake = Brake()) {
    self.plan = plan
    self.world = world
    self.options = options
    self.brake = brake
  }

  /// Runs everything; returns when the last event has been heard.
  package func run(_ facts: RunFacts, telling listener: @escaping Listener) async {
    let teller = Teller(clock: world.clock)
    async let heard: Void = teller.pass(to: listener)
    await teller.tell(.runStarted(facts))
    await teller.tell(.planned(plan.steps.map(\.planned)))
    if let judge = world.judge { await teller.tell(.contracted(judge.operations)) }
    let gate = Gate(clock: world.clock, limits: options.pace)
    await withTaskGroup(of: Void.self) { group in
      // Lanes of rows can be many, and each has a process of its own once a script runs in it.
      let width = max(options.pace.concurrency, plan.collectionCount)
      var footprints: [Int: [Int: ItemFootprint]] = [:]
      for (index, lane) in plan.lanes.enumerated() {
        if index >= width { await group.next() }
        let known =
          footprints[lane.collection]
          ?? ItemFootprint.all(
            of: lane.suite, composer: world.composers[lane.collection], footprint: world.footprint)
        footprints[lane.collection] = known
        group.addTask(executorPreference: world.executor) {
          let walk = LaneWalk(
            lane: lane, footprints: known, world: world, options: options, gate: gate,
            teller: teller, brake: brake)
          await walk.run()
        }
      }
    }
    await teller.tell(.runEnded(interrupted: brake.isInterrupted || Task.isCancelled))
    teller.end()
    await heard
  }
}

/// Stops a run between two steps: because the user asked, or because it is meant to stop at the
/// first failure.
package final class Brake: Sendable {
  private enum State { case running, interrupted, expired, stopped }
  private let state = Mutex(State.running)

  package init() {}

  /// No further step starts, and the run ends as interrupted.
  package func interrupt() { state.withLock { $0 = .interrupted } }

  /// No further step starts, since the run has taken as long as it may.
  package func expire() { state.withLock { if $0 == .running { $0 = .expired } } }

  func stop() { state.withLock { if $0 == .running { $0 = .stopped } } }

  package var isInterrupted: Bool { state.withLock { $0 == .interrupted } }
  var isOn: Bool { state.withLock { $0 != .running } }
}
