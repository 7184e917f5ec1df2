internal import AssayModel

/// What every request of a run passes on its way out: the pace, and the number in flight.
actor Gate<C: Clock<Duration>> {
  private let clock: C
  private let start: C.Instant
  private var pacer: Pacer?
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(clock: C, pacer: Pacer?, concurrency: Int) {
    self.clock = clock
    start = clock.now
    self.pacer = pacer
    free = concurrency
  }

  /// How long a request waited for its turn, and why.
  struct Wait: Sendable {
    var queued: Duration = .zero
    var paced: Duration = .zero
  }

  /// Waits until a request may leave; `leave` has to follow.
  func enter() async -> Wait {
    var wait = Wait()
    let asked = clock.now
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
    wait.queued = asked.duration(to: clock.now).inWholeMicroseconds
    let now = start.duration(to: clock.now)
    if let slot = pacer?.reserve(at: now), slot > now {
      // A cancelled wait ends early; whoever waits looks at its task before it sends.
      try? await clock.sleep(until: start.advanced(by: slot), tolerance: .zero)
      wait.paced = (slot - now).inWholeMicroseconds
    }
    return wait
  }

  func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
