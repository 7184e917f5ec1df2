internal import CPosix
internal import Synchronization

/// A thread of its own for work that blocks, so that the cooperative pool never does.
package final class SerialThread: Sendable {
  private let queue: Queue

  /// What waits for the thread; a reference of its own, so that the thread ends with its owner.
  @safe fileprivate final class Queue: @unchecked Sendable {
    // Unchecked, because the lock and the condition are C structs: they are made here, used by
    // address, and destroyed when nobody is left.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var work: [@Sendable () -> Void] = []
    private var isClosed = false

    init() {
      unsafe mutex = .allocate(capacity: 1)
      unsafe condition = .allocate(capacity: 1)
      unsafe pthread_mutex_init(mutex, nil)
      unsafe pthread_cond_init(condition, nil)
    }

    deinit {
      unsafe pthread_cond_destroy(condition)
      unsafe pthread_mutex_destroy(mutex)
      unsafe condition.deallocate()
      unsafe mutex.deallocate()
    }

    func add(_ item: @escaping @Sendable () -> Void) {
      unsafe pthread_mutex_lock(mutex)
      work.append(item)
      unsafe pthread_cond_signal(condition)
      unsafe pthread_mutex_unlock(mutex)
    }

    func close() {
      unsafe pthread_mutex_lock(mutex)
      isClosed = true
      unsafe pthread_cond_signal(condition)
      unsafe pthread_mutex_unlock(mutex)
    }

    func run() {
      while let item = next() { item() }
    }

    private func next() -> (@Sendable () -> Void)? {
      unsafe pthread_mutex_lock(mutex)
      defer { unsafe pthread_mutex_unlock(mutex) }
      while work.isEmpty, !isClosed { unsafe pthread_cond_wait(condition, mutex) }
      return work.isEmpty ? nil : work.removeFirst()
    }
  }

  package init() {
    queue = Queue()
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(queue).toOpaque()
    let status = unsafe pthread_create(&thread, nil, runSerialThread, context)
    precondition(status == 0, "the system refused a thread")
    pthread_detach(thread)
  }

  deinit { queue.close() }

  /// Runs work on the thread some time after what was asked before, and waits for nothing.
  package func post(_ work: @escaping @Sendable () -> Void) { queue.add(work) }

  /// Runs work on the thread, after what was asked before, and gives back its result.
  package func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
      queue.add { continuation.resume(returning: work()) }
    }
  }
}

private func runSerialThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context = unsafe context else { return nil }
  unsafe Unmanaged<SerialThread.Queue>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
