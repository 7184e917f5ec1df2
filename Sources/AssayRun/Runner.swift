package import AssayModel
internal import Synchronization

/// Walks a plan: for each step its scripts, its request, and the judging, in that order.
///
/// Lanes run side by side under the run's limits; inside a lane one step follows another. Nothing
/// is printed and nothing is written here: whatever happens is told once, as an event.
package struct Runner<C: Clock<Duration>>: Sendable {
  package struct Options: Sendable {
    package var pacer: Pacer?
    package var concurrency = 8
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
    /// One of each for each lane, by its number. A sender keeps its lane's cookies.
    package let senders: [any Sender]
    package let composers: [any Composer]
    package let hosts: [any ScriptHost]
    package let clock: C
    /// Told of each new value of a secret variable, before any event could show it.
    package let keepSecret: @Sendable (String) async -> Void

    package init(
      judge: (any Judge)?, follower: any Follower, senders: [any Sender],
      composers: [any Composer], hosts: [any ScriptHost], clock: C,
      keepSecret: @escaping @Sendable (String) async -> Void = { _ in }
    ) {
      self.judge = judge
      self.follower = follower
      self.senders = senders
      self.composers = composers
      self.hosts = hosts
      self.clock = clock
      self.keepSecret = keepSecret
    }
  }

  /// Hears of everything that happens, in an order that every lane agrees with.
  package typealias Listener = @Sendable (Event) async -> Void

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
    let teller = Teller(clock: world.clock, listener: listener)
    await teller.tell(.runStarted(facts))
    await teller.tell(.planned(plan.steps.map(\.planned)))
    let gate = Gate(clock: world.clock, pacer: options.pacer, concurrency: options.concurrency)
    await withTaskGroup(of: Void.self) { group in
      for lane in plan.lanes {
        group.addTask {
          let walk = LaneWalk(
            lane: lane, world: world, options: options, gate: gate, teller: teller, brake: brake)
          await walk.run()
        }
      }
    }
    await teller.tell(.runEnded(interrupted: brake.isInterrupted || Task.isCancelled))
  }
}

/// Stops a run between two steps: because the user asked, or because it is meant to stop at the
/// first failure.
package final class Brake: Sendable {
  private enum State { case running, interrupted, stopped }
  private let state = Mutex(State.running)

  package init() {}

  /// No further step starts, and the run ends as interrupted.
  package func interrupt() { state.withLock { $0 = .interrupted } }

  func stop() { state.withLock { if $0 == .running { $0 = .stopped } } }

  package var isInterrupted: Bool { state.withLock { $0 == .interrupted } }
  var isOn: Bool { state.withLock { $0 != .running } }
}

/// Gives each event its time and passes them on one after another.
actor Teller<C: Clock<Duration>> {
  private let clock: C
  private let start: C.Instant
  private let listener: @Sendable (Event) async -> Void
  /// Events told while the listener still works wait here, in order.
  private var pending: [Event] = []
  private var isTelling = false

  init(clock: C, listener: @escaping @Sendable (Event) async -> Void) {
    self.clock = clock
    start = clock.now
    self.listener = listener
  }

  /// One step more than was planned; returns its number. Numbers follow the order of telling.
  func add(_ step: Event.PlannedStep) async -> Int {
    let number = stepCount
    stepCount += 1
    await tell(.stepAdded(step.numbered(number)))
    return number
  }

  private var stepCount = 0

  func tell(_ kind: Event.Kind) async {
    if case .planned(let steps) = kind { stepCount = steps.count }
    pending.append(
      Event(time: start.duration(to: clock.now).inWholeMicroseconds, kind: kind))
    guard !isTelling else { return }
    isTelling = true
    while !pending.isEmpty {
      let batch = pending
      pending = []
      for event in batch { await listener(event) }
    }
    isTelling = false
  }
}

extension Duration {
  /// Without what is less than a microsecond, which no journal keeps: a run and its journal have to
  /// tell the same times.
  var inWholeMicroseconds: Duration {
    let part = components.attoseconds / 1_000_000_000_000
    return .seconds(components.seconds) + .microseconds(part)
  }
}
