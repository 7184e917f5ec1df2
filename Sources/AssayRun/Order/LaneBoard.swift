internal import AssayModel
internal import Synchronization

/// What the steps of one lane share while they overlap: the variables, and the order.
///
/// A step that has to wait is told so once, and goes on when what it waits for has come to pass.
final class LaneBoard: Sendable {
  private struct State {
    var schedule: Schedule
    var scopes: Scopes
    /// Who waits for something particular.
    var waiters: [Waiter] = []
    /// Who waits in line, to commit and to test, by number.
    var lines: [Point: [Int: CheckedContinuation<Void, Never>]] = [:]
    /// Nobody waits any longer: the run was given up, or the lane goes another way.
    var isClosed = false
  }

  /// What a step waits to do.
  enum Point: Sendable {
    case start, send, commit, test

    /// Whether it is passed one after another, in the order of the plan.
    var isLine: Bool { self == .commit || self == .test }
  }

  private struct Waiter {
    let number: Int
    let point: Point
    let continuation: CheckedContinuation<Void, Never>
  }

  private let state: Mutex<State>
  private let order: StepOrder

  init(order: StepOrder, scopes: Scopes) {
    self.order = order
    state = Mutex(State(schedule: Schedule(order: order), scopes: scopes))
  }

  // MARK: Variables

  var scopes: Scopes { state.withLock { $0.scopes } }

  func change(_ body: (inout Scopes) -> Void) {
    state.withLock { state in body(&state.scopes) }
  }

  // MARK: Order

  func add(_ number: Int, _ traits: Schedule.Traits) {
    state.withLock { $0.schedule.add(number, traits) }
  }

  func compose(_ number: Int, _ target: Schedule.Target) {
    move { $0.compose(number, target) }
  }

  func advance(_ number: Int, to stage: Schedule.Stage) {
    // That scripts have begun changes nothing for others.
    guard stage != .issuing else {
      return state.withLock { $0.schedule.advance(number, to: stage) }
    }
    move { $0.advance(number, to: stage) }
  }

  func answered(_ origin: String, setsCookies: Bool) {
    move { $0.answered(origin, setsCookies: setsCookies) }
  }

  /// Waits until a step may go past a point; false when nobody may any longer.
  ///
  /// - Parameter hold: Told what the step waits for, if it has to.
  func pass(
    _ point: Point, _ number: Int, hold: (Schedule.Obstacle) async -> Void
  ) async -> Bool {
    let obstacle = state.withLock { state in
      state.isClosed ? nil : Self.obstacle(point, number, state)
    }
    guard let obstacle else { return state.withLock { !$0.isClosed } }
    // Whose turn it is needs no words: the response is there, and waits in line.
    if !point.isLine { await hold(obstacle) }
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.isClosed || Self.obstacle(point, number, state) == nil { return true }
        if point.isLine {
          state.lines[point, default: [:]][number] = continuation
        } else {
          state.waiters.append(Waiter(number: number, point: point, continuation: continuation))
        }
        return false
      }
      if isFree { continuation.resume() }
    }
    return state.withLock { !$0.isClosed }
  }

  private static func obstacle(
    _ point: Point, _ number: Int, _ state: State
  ) -> Schedule.Obstacle? {
    switch point {
    case .start: return state.schedule.obstacle(toStarting: number, state.scopes)
    case .send: return state.schedule.obstacle(toSending: number)
    case .commit, .test:
      guard state.schedule.isOrdered(number) else { return nil }
      let next = point == .commit ? state.schedule.nextToCommit : state.schedule.nextToTest
      // Who is at the head of the line is as far as everybody before it allows.
      guard let next, next < number else { return nil }
      return Schedule.Obstacle(step: next, reason: "")
    }
  }

  /// Begins anew after `close`, with the variables as they are.
  func reopen() {
    state.withLock { state in
      state.schedule = Schedule(order: order)
      state.isClosed = false
    }
  }

  /// Lets everybody go who waits, and nobody wait again.
  func close() {
    let all = state.withLock { state in
      state.isClosed = true
      defer {
        state.waiters = []
        state.lines = [:]
      }
      return state.waiters.map(\.continuation) + state.lines.values.flatMap(\.values)
    }
    for continuation in all { continuation.resume() }
  }

  private func move(_ body: (inout Schedule) -> Void) {
    let free = state.withLock { state in
      body(&state.schedule)
      return Self.freed(&state)
    }
    for continuation in free { continuation.resume() }
  }

  /// Whoever may go on after a change.
  private static func freed(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
    var free: [CheckedContinuation<Void, Never>] = []
    if let next = state.schedule.nextToCommit,
      let first = state.lines[.commit]?.removeValue(forKey: next)
    {
      free.append(first)
    }
    if let next = state.schedule.nextToTest,
      let first = state.lines[.test]?.removeValue(forKey: next)
    {
      free.append(first)
    }
    guard !state.waiters.isEmpty else { return free }
    state.waiters = state.waiters.filter { waiter in
      guard obstacle(waiter.point, waiter.number, state) == nil else { return true }
      free.append(waiter.continuation)
      return false
    }
    return free
  }
}

/// One at a time, in the order of asking.
final class Turn: Sendable {
  private struct State {
    var isTaken = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  func take() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.isTaken {
          state.waiting.append(continuation)
          return false
        }
        state.isTaken = true
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  func give() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      if state.waiting.isEmpty {
        state.isTaken = false
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }
}
