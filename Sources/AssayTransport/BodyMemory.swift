internal import Synchronization

/// Keeps account of the bytes of bodies that are held, so that a run cannot grow without limit
/// however many large ones come at once.
final class BodyMemory: Sendable {
  private struct State {
    var held = 0
    /// Somebody waits for room.
    var isWanted = false
    var lastChange = ContinuousClock.now
  }

  private let size: Int
  private let state = Mutex(State())

  init(size: Int) { self.size = size }

  /// Takes room for so many bytes, if there is any.
  func take(_ count: Int) -> Bool {
    state.withLock { state in
      guard state.held + count <= size else {
        state.isWanted = true
        return false
      }
      state.held += count
      return true
    }
  }

  /// Takes room that there is not, for what has to go on.
  func takeAnyway(_ count: Int) { state.withLock { $0.held += count } }

  /// Whether somebody waits for what was given back.
  func giveBack(_ count: Int) -> Bool {
    state.withLock { state in
      state.held -= count
      state.lastChange = .now
      return state.isWanted
    }
  }

  /// A little more than nothing, so that not every byte that is freed wakes somebody.
  var hasRoom: Bool { state.withLock { $0.held < size - size / 8 } }
  /// Whether nothing has been given back for so long.
  func stands(for patience: Duration) -> Bool {
    state.withLock { $0.lastChange + patience < .now }
  }

  var isWanted: Bool { state.withLock { $0.isWanted } }
  func satisfy() { state.withLock { $0.isWanted = false } }
}
