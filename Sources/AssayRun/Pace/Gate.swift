internal import AssayModel
internal import Synchronization

/// What every request of a run passes on its way out: the pace, the number in flight, and what
/// servers have asked for.
final class Gate<C: Clock<Duration>>: Sendable {
  private let clock: C
  private let start: C.Instant
  private let limits: PaceLimits
  private let state: Mutex<State>

  private struct State {
    var pacer: Pacer?
    var free: Int
    var hosts: [String: Host] = [:]
    /// Who waits for a place, in order.
    var waiting: [(host: String, continuation: CheckedContinuation<Void, Never>)] = []
  }

  /// What is known of one server.
  private struct Host {
    var pacer: Pacer?
    var inFlight = 0
    /// How many may be in flight; less after each refusal, and more again while all goes well.
    var limit: Int
    var goodCount = 0
    /// Until when nothing goes there.
    var coolsUntil: Duration = .zero
    /// Refusals of what left before this moment have been counted already.
    var lastCut: Duration = .zero
  }

  init(clock: C, limits: PaceLimits) {
    self.clock = clock
    start = clock.now
    self.limits = limits
    state = Mutex(State(pacer: limits.pacer, free: limits.concurrency))
  }

  /// How long a request waited for its turn, and why.
  struct Wait: Sendable {
    var queued: Duration = .zero
    var paced: Duration = .zero
    var left: Duration = .zero
  }

  private var now: Duration { start.duration(to: clock.now) }

  /// Waits until a request may leave for a server; `leave` has to follow.
  func enter(_ host: String) async -> Wait {
    var wait = Wait()
    while true {
      if let due = state.withLock({ due(host, &$0) }) {
        await sleep(until: due, &wait.paced)
        if Task.isCancelled { break }
        continue
      }
      let asked = now
      await takePlace(host)
      wait.queued += now - asked
      let slot = state.withLock { state -> Duration? in
        // Somebody else may have taken the turn meanwhile, or the server have refused.
        let now = self.now
        guard due(host, &state) == nil else { return nil }
        var slot = now
        if let own = state.hosts[host]?.pacer?.reserve(at: now) { slot = max(slot, own) }
        if let shared = state.pacer?.reserve(at: slot) { slot = max(slot, shared) }
        return slot
      }
      guard let slot else {
        leavePlace(host)
        continue
      }
      await sleep(until: slot, &wait.paced)
      if await leaves(for: host, &wait) { return wait }
      leavePlace(host)
    }
    // Given up: the place is taken all the same, so that what follows can be the same.
    await takePlace(host)
    return wait
  }

  /// Leaves, now that the turn has come; false where the server has refused others meanwhile.
  private func leaves(for host: String, _ wait: inout Wait) async -> Bool {
    while true {
      let (obstacle, isRefused) = state.withLock { state in
        let now = self.now
        guard state.hosts[host]?.coolsUntil ?? .zero <= now else { return (Duration.zero, true) }
        let own = state.hosts[host]?.pacer?.obstacle(at: now)
        let obstacle = [own, state.pacer?.obstacle(at: now)].compactMap(\.self).max()
        if obstacle == nil {
          state.hosts[host]?.pacer?.depart(at: now)
          state.pacer?.depart(at: now)
          wait.left = now
        }
        return (obstacle ?? .zero, false)
      }
      if Task.isCancelled { break }
      if isRefused { return false }
      if obstacle == .zero { break }
      await sleep(until: obstacle, &wait.paced)
    }
    wait.paced = wait.paced.inWholeMicroseconds
    wait.queued = wait.queued.inWholeMicroseconds
    return true
  }

  /// When something may go to a server again; nil for now.
  private func due(_ host: String, _ state: inout State) -> Duration? {
    let known = state.hosts[host] ?? made(host, &state)
    let due = max(known.coolsUntil, known.pacer?.due(at: now) ?? .zero)
    return due > now ? due : nil
  }

  private func made(_ host: String, _ state: inout State) -> Host {
    let made = Host(
      pacer: limits.hostPacer, limit: min(limits.hostConnections, limits.concurrency))
    state.hosts[host] = made
    return made
  }

  private func sleep(until moment: Duration, _ total: inout Duration) async {
    let before = now
    guard moment > before else { return }
    // A cancelled wait ends early; whoever waits looks at its task before it sends.
    try? await clock.sleep(until: start.advanced(by: moment), tolerance: .zero)
    total += now - before
  }

  // MARK: Places

  private func takePlace(_ host: String) async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard Self.hasRoom(host, state) else {
          state.waiting.append((host, continuation))
          return false
        }
        Self.occupy(host, &state)
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  private static func hasRoom(_ host: String, _ state: State) -> Bool {
    guard state.free > 0 else { return false }
    return state.hosts[host].map { $0.inFlight < $0.limit } ?? true
  }

  private static func occupy(_ host: String, _ state: inout State) {
    state.free -= 1
    state.hosts[host]?.inFlight += 1
  }

  private func leavePlace(_ host: String) {
    let next = state.withLock { state in
      state.free += 1
      state.hosts[host]?.inFlight -= 1
      return Self.admitted(&state)
    }
    for continuation in next { continuation.resume() }
  }

  /// Whoever can go now that there is room.
  private static func admitted(
    _ state: inout State
  ) -> [CheckedContinuation<Void, Never>] {
    var admitted: [CheckedContinuation<Void, Never>] = []
    var index = 0
    while state.free > 0, index < state.waiting.count {
      guard hasRoom(state.waiting[index].host, state) else {
        index += 1
        continue
      }
      let next = state.waiting.remove(at: index)
      occupy(next.host, &state)
      admitted.append(next.continuation)
    }
    return admitted
  }

  // MARK: What came back

  /// Gives the place back, and takes to heart what the server said.
  ///
  /// - Returns: How the server slowed us down, if it did.
  func leave(_ host: String, _ exchange: Exchange?, after wait: Wait) -> Slowdown? {
    let (slowdown, next) = state.withLock { state in
      let slowdown = exchange?.response.flatMap { heed($0, host, wait, &state) }
      state.free += 1
      state.hosts[host]?.inFlight -= 1
      return (slowdown, Self.admitted(&state))
    }
    for continuation in next { continuation.resume() }
    return slowdown
  }

  private func heed(
    _ response: Response, _ host: String, _ wait: Wait, _ state: inout State
  ) -> Slowdown? {
    guard var known = state.hosts[host] else { return nil }
    defer { state.hosts[host] = known }
    let hints = RateHints(response, now: limits.secondsSince1970())
    if let pause = hints.pause ?? emptied(hints, known), pause > .zero {
      let until = now + min(pause, limits.longestWait)
      guard until > known.coolsUntil else { return nil }
      let added = until - max(known.coolsUntil, now)
      known.coolsUntil = until
      // Refusals that come together ask for the same pause, one a moment later than the other.
      guard added >= Self.worthTelling else { return nil }
      return Slowdown(
        host: host, status: response.status, wait: added.inWholeMicroseconds,
        asked: pause > limits.longestWait ? pause : nil)
    }
    guard hints.isRefusal else {
      recover(&known)
      return nil
    }
    // One cut for all that left before it.
    guard wait.left >= known.lastCut else { return nil }
    known.lastCut = now
    known.goodCount = 0
    known.limit = max(1, known.limit * 7 / 10)
    // Too many requests want a rest; a server that is out of order is only asked less at once.
    guard response.status == 429 else { return nil }
    known.coolsUntil = max(known.coolsUntil, now + limits.refusalPause)
    return Slowdown(
      host: host, status: response.status, wait: limits.refusalPause, asked: nil)
  }

  private static var worthTelling: Duration { .milliseconds(50) }

  /// How long to wait when nothing is left for what is not in flight already.
  private func emptied(_ hints: RateHints, _ host: Host) -> Duration? {
    guard let left = hints.remaining, left <= host.inFlight - 1, let window = hints.window else {
      return nil
    }
    return window
  }

  private func recover(_ host: inout Host) {
    let most = min(limits.hostConnections, limits.concurrency)
    guard host.limit < most else { return }
    host.goodCount += 1
    if host.goodCount >= host.limit {
      host.goodCount = 0
      host.limit += 1
    }
  }
}

/// A server asked for patience.
struct Slowdown: Sendable, Hashable {
  let host: String
  let status: Int
  /// How much longer nothing goes there.
  let wait: Duration
  /// What it asked for, where that is more than we wait.
  let asked: Duration?
}

/// How fast and how many: what holds for a whole run.
package struct PaceLimits: Sendable {
  package var pacer: Pacer?
  /// A pacer for each server.
  package var hostPacer: Pacer?
  package var concurrency = 8
  package var hostConnections = 1_024
  /// The longest that a server can make us wait.
  package var longestWait: Duration = .seconds(60)
  /// How long a server rests that refuses and does not say for how long.
  package var refusalPause: Duration = .milliseconds(500)
  package var secondsSince1970: @Sendable () -> Int = { 0 }

  package init() {}
}
