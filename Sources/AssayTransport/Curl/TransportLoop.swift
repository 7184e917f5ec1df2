internal import AssayModel
internal import CCurl
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The one thread that owns the multi handle and every easy handle.
///
/// A turn takes what was posted, runs the jobs of tasks that prefer this thread, moves the
/// transfers, hands out what finished, and sleeps in `curl_multi_poll` until a socket or a post
/// wakes it. Only `curl_multi_wakeup` is called from elsewhere, which libcurl allows.
@safe final class TransportLoop: TaskExecutor, @unchecked Sendable {
  // Unchecked, because the handles are pointers: they are touched on the loop's thread alone, and
  // what other threads post passes through the mutex.

  /// Names a transfer for its cancellation, which may come before the transfer itself.
  final class Ticket: Sendable {
    private let cancellation = Mutex(false)
    var isCancelled: Bool { cancellation.withLock { $0 } }
    func cancel() { cancellation.withLock { $0 = true } }
  }

  private struct Inbox {
    var jobs: [UnownedJob] = []
    var transfers: [Transfer] = []
    var cancelled: [Ticket] = []
    var isStopping = false
    /// Whether a wake-up is under way already, so that many posts cost one.
    var isAwake = false
    /// The loop's own thread, once it runs.
    var thread: pthread_t?
  }

  private let inbox = Mutex(Inbox())
  private let multi: UnsafeMutableRawPointer
  private let options: TransportOptions
  private let memory: BodyMemory
  private var startCount = 0
  private var idle: [CurlSlot] = []
  private var busy: [UnsafeMutableRawPointer: CurlSlot] = unsafe [:]

  init(options: TransportOptions) {
    self.options = options
    memory = BodyMemory(size: options.bodyMemory)
    CurlLibrary.start()
    guard let multi = unsafe curl_multi_init() else {
      preconditionFailure("libcurl could not allocate its multi handle")
    }
    unsafe self.multi = multi
    unsafe assay_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, options.connectionCount)
    startThread()
  }

  // MARK: From any thread

  func start(_ transfer: Transfer) {
    post { $0.transfers.append(transfer) }
  }

  func cancel(_ ticket: Ticket) {
    ticket.cancel()
    post { $0.cancelled.append(ticket) }
  }

  func stop() {
    post { $0.isStopping = true }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    post { $0.jobs.append(job) }
  }

  private func post(_ change: (inout Inbox) -> Void) {
    let wakes = inbox.withLock { inbox in
      change(&inbox)
      defer { inbox.isAwake = true }
      // The loop looks before it sleeps, so it need not wake itself.
      return !inbox.isAwake
        && !(inbox.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false)
    }
    if wakes { unsafe curl_multi_wakeup(multi) }
  }

  // MARK: On the loop's thread

  private func startThread() {
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(self).toOpaque()
    let status = unsafe pthread_create(&thread, nil, runTransportLoop, context)
    precondition(status == 0, "the system refused a thread for the transport")
    pthread_detach(thread)
  }

  fileprivate func run() {
    let me = pthread_self()
    while true {
      let posted = inbox.withLock { inbox in
        let posted = inbox
        inbox = Inbox()
        inbox.isStopping = posted.isStopping
        inbox.thread = me
        return posted
      }
      if posted.isStopping { break }
      for job in posted.jobs { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
      for transfer in posted.transfers { begin(transfer) }
      for ticket in posted.cancelled { abandon(ticket) }
      var running: Int32 = 0
      unsafe curl_multi_perform(multi, &running)
      collectFinished()
      resumePaused()
      let isIdle = inbox.withLock { $0.jobs.isEmpty && $0.transfers.isEmpty }
      if isIdle { unsafe curl_multi_poll(multi, nil, 0, memory.isWanted ? 50 : 1_000, nil) }
    }
    close()
  }

  private func begin(_ transfer: Transfer) {
    let slot =
      idle.popLast()
      ?? CurlSlot { [weak self] slot, count in
        self?.mayHold(count, slot) ?? true
      }
    startCount += 1
    slot.prepare(transfer, options: options, number: startCount)
    guard !transfer.ticket.isCancelled else {
      slot.finish(with: Self.cancelled)
      idle.append(slot)
      return
    }
    let code = unsafe curl_multi_add_handle(multi, slot.easy)
    guard code == CURLM_OK else {
      slot.finish(with: .failed(TransportFault(.other, "libcurl refused the transfer")))
      idle.append(slot)
      return
    }
    unsafe busy[slot.easy] = slot
  }

  private func collectFinished() {
    var result = CURLE_OK
    while let easy = unsafe assay_curl_pop_finished(multi, &result) {
      unsafe curl_multi_remove_handle(multi, easy)
      guard let slot = unsafe busy.removeValue(forKey: easy) else { continue }
      let held = slot.heldCount
      let credit =
        held == 0
        ? nil
        : MemoryCredit(held) { [memory, weak self] size in
          if memory.giveBack(size) { self?.post { _ in } }
        }
      slot.finish(code: result, credit: credit)
      idle.append(slot)
    }
  }

  private func abandon(_ ticket: Ticket) {
    guard let slot = unsafe busy.values.first(where: { $0.ticket === ticket }) else { return }
    unsafe curl_multi_remove_handle(multi, slot.easy)
    unsafe busy.removeValue(forKey: slot.easy)
    _ = memory.giveBack(slot.heldCount)
    slot.finish(with: Self.cancelled)
    idle.append(slot)
  }

  // MARK: Memory

  /// Whether more of a body may be taken.
  private func mayHold(_ count: Int, _ slot: CurlSlot) -> Bool {
    if memory.take(count) { return true }
    guard slot.isFavoured else { return false }
    memory.takeAnyway(count)
    return true
  }

  /// How long nothing may be given back before somebody is favoured.
  private static let patience: Duration = .milliseconds(100)

  /// Lets transfers go on for which there is room again. Where none comes, what is held waits for
  /// one of them to end, so the oldest goes on all the same, and alone until it has ended: each one
  /// more would be over the bound.
  private func resumePaused() {
    guard memory.isWanted else { return }
    let paused = unsafe busy.values.filter(\.isPaused).sorted { $0.number < $1.number }
    guard let oldest = paused.first else { return memory.satisfy() }
    if memory.hasRoom {
      for slot in paused { slot.resume() }
    } else if memory.stands(for: Self.patience),
      unsafe !busy.values.contains(where: \.isFavoured)
    {
      oldest.isFavoured = true
      oldest.resume()
    }
  }

  private static let cancelled = Exchange.Outcome.failed(
    TransportFault(.cancelled, "the run was interrupted"))

  private func close() {
    for slot in unsafe Array(busy.values) {
      unsafe curl_multi_remove_handle(multi, slot.easy)
      slot.finish(with: .failed(TransportFault(.cancelled, "the transport was closed")))
    }
    unsafe busy = [:]
    idle = []
    unsafe curl_multi_cleanup(multi)
  }
}

/// The body of the thread; the retained loop is released when it ends.
private func runTransportLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context = unsafe context else { return nil }
  unsafe Unmanaged<TransportLoop>.fromOpaque(context).takeRetainedValue().run()
  return nil
}

/// What libcurl needs once per process, and what it tells about itself.
enum CurlLibrary {
  private static let started: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  static func start() { precondition(started, "libcurl could not start") }

  /// By the wall clock, by which cookies end.
  static var secondsSince1970: Int { time(nil) }

  static var version: String {
    unsafe String(cString: assay_curl_version().pointee.version)
  }

  static var features: [String] {
    let facts = unsafe assay_curl_version().pointee
    let known: [(Int32, String)] = [
      (CURL_VERSION_HTTP2, "HTTP2"), (CURL_VERSION_BROTLI, "brotli"),
      (CURL_VERSION_ZSTD, "zstd"), (CURL_VERSION_LIBZ, "gzip"), (CURL_VERSION_PSL, "PSL"),
      (CURL_VERSION_IDN, "IDN"),
    ]
    let tls = unsafe facts.ssl_version.map { unsafe String(cString: $0) }
    return known.filter { unsafe facts.features & $0.0 != 0 }.map(\.1) + (tls.map { [$0] } ?? [])
  }
}
