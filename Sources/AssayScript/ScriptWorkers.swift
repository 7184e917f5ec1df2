internal import Synchronization

/// The workers of a run: some are started ahead, so that the first scripts find them ready.
package final class ScriptWorkers: Sendable {
  private let program: String
  private let limits: ScriptWorker.Limits
  private let shelf: ModuleShelf
  private let ready: Mutex<[ScriptWorker]>

  /// - Parameter count: How many start at once.
  package init(
    program: String, limits: ScriptWorker.Limits, shelf: ModuleShelf, warming count: Int
  ) {
    self.program = program
    self.limits = limits
    self.shelf = shelf
    let workers = (0..<count).map { _ in
      ScriptWorker(program: program, limits: limits, shelf: shelf)
    }
    ready = Mutex(workers)
    for worker in workers { Task { await worker.warm() } }
  }

  /// A worker for one lane.
  package func next() -> ScriptWorker {
    ready.withLock { $0.popLast() }
      ?? ScriptWorker(program: program, limits: limits, shelf: shelf)
  }
}
