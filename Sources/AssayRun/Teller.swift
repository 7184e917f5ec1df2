package import AssayModel
internal import Synchronization

/// Gives each event its time, and passes events on one after another from a task of its own, so that
/// writing them costs those who tell nothing.
final class Teller<C: Clock<Duration>>: Sendable {
  private let clock: C
  private let start: C.Instant
  private let state = Mutex(State())

  private struct State {
    var events: [Event] = []
    var stepCount = 0
    var isOver = false
    var listener: CheckedContinuation<Void, Never>?
    /// Who told more than the listener has heard, and waits for it.
    var tellers: [CheckedContinuation<Void, Never>] = []
  }

  /// So many events may wait to be heard: enough to never stand still, and a bound to memory.
  private static var roomSize: Int { 512 }

  init(clock: C) {
    self.clock = clock
    start = clock.now
  }

  /// One step more than was planned; returns its number. Numbers follow the order of telling.
  func add(_ step: Event.PlannedStep) async -> Int {
    let (number, listener) = state.withLock { state in
      let number = state.stepCount
      state.stepCount += 1
      append(.stepAdded(step.numbered(number)), &state)
      return (number, Self.woken(&state))
    }
    listener?.resume()
    return number
  }

  func tell(_ kind: Event.Kind) async {
    let (isFull, listener) = state.withLock { state in
      if case .planned(let steps) = kind { state.stepCount = steps.count }
      append(kind, &state)
      return (state.events.count >= Self.roomSize, Self.woken(&state))
    }
    listener?.resume()
    guard isFull else { return }
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.events.count < Self.roomSize { return true }
        state.tellers.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
  }

  private func append(_ kind: Event.Kind, _ state: inout State) {
    state.events.append(
      Event(time: start.duration(to: clock.now).inWholeMicroseconds, kind: kind))
  }

  /// Nothing more will be told.
  func end() {
    let listener = state.withLock { state in
      state.isOver = true
      return Self.woken(&state)
    }
    listener?.resume()
  }

  /// The listener, if it waits; it is to be resumed once the lock is free.
  private static func woken(_ state: inout State) -> CheckedContinuation<Void, Never>? {
    defer { state.listener = nil }
    return state.listener
  }

  /// Passes on what has been told so far.
  private func passOn(
    to listener: @Sendable (EventBatch) async -> Void
  ) async -> (isEmpty: Bool, isOver: Bool) {
    let (events, tellers, isOver) = state.withLock { state in
      defer {
        state.events = []
        state.tellers = []
      }
      return (state.events, state.tellers, state.isOver)
    }
    for teller in tellers { teller.resume() }
    guard !events.isEmpty else { return (true, isOver) }
    await listener(EventBatch(events))
    return (false, isOver)
  }

  /// Hears every event until the end; called once.
  func pass(to listener: @Sendable (EventBatch) async -> Void) async {
    while true {
      let (isEmpty, isOver) = await passOn(to: listener)
      if !isEmpty {
        // To be woken for each event would cost more than the event. Whoever listens does not see
        // a millisecond.
        if !isOver { try? await Task.sleep(for: .milliseconds(1)) }
        continue
      }
      if isOver { return }
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          if !state.events.isEmpty || state.isOver { return true }
          state.listener = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    }
  }
}

/// Events that were told at about the same time, to be taken one after another.
///
/// Each is let go of when it has been taken, and the body that it carries with it: a list would hold
/// them all until its end.
package final class EventBatch: Sendable {
  private let rest: Mutex<[Event]>

  package init(_ events: [Event]) { rest = Mutex(events.reversed()) }

  /// The next one, in the order of telling.
  package func next() -> Event? { rest.withLock { $0.popLast() } }
}

extension Duration {
  /// Without what is less than a microsecond, which no journal keeps: a run and its journal have to
  /// tell the same times.
  var inWholeMicroseconds: Duration {
    let part = components.attoseconds / 1_000_000_000_000
    return .seconds(components.seconds) + .microseconds(part)
  }
}
