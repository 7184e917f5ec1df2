package import AssayModel
internal import CPosix
internal import Synchronization

/// A program that was started, with a pipe to its input and one from its output.
package final class ChildProcess: Sendable {
  package let identifier: Int32
  private let input: Int32
  private let output: Int32
  private let ending = Mutex<Ending?>(nil)

  /// How a program ended.
  package enum Ending: Sendable, Hashable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  /// Starts a program with an environment of its own and no descriptors but its three streams.
  package init(
    _ path: String, arguments: [String] = [], environment: [String] = [],
    sharesErrorStream: Bool = true
  ) throws(Diagnostic) {
    _ = Self.survivesBrokenPipes
    var toChild: [Int32] = [0, 0]
    var fromChild: [Int32] = [0, 0]
    guard unsafe assay_pipe(&toChild) == 0 else { throw .unstartable(path, SystemError.text()) }
    guard unsafe assay_pipe(&fromChild) == 0 else {
      for descriptor in toChild { close(descriptor) }
      throw .unstartable(path, SystemError.text())
    }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    if !sharesErrorStream {
      unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    }
    // Whatever else this process has open is not the program's business.
    unsafe assay_spawn_close_from(&actions, 3)
    var child: pid_t = 0
    let status = unsafe Self.withCStrings([path] + arguments) { arguments in
      unsafe Self.withCStrings(environment) { environment in
        unsafe posix_spawn(&child, path, &actions, nil, arguments, environment)
      }
    }
    close(toChild[0])
    close(fromChild[1])
    guard status == 0 else {
      close(toChild[1])
      close(fromChild[0])
      throw .unstartable(path, SystemError.text(status))
    }
    identifier = child
    input = toChild[1]
    output = fromChild[0]
  }

  deinit {
    close(input)
    close(output)
    kill()
    _ = wait()
  }

  /// A program that ends while it is written to is an answer, and no reason to end with it.
  private static let survivesBrokenPipes: Void = assay_ignore_signal(SIGPIPE)

  private static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = unsafe strings.map { unsafe strdup($0) }
    defer {
      for index in unsafe copies.indices { unsafe free(copies[index]) }
    }
    return unsafe body(copies + [nil])
  }

  /// Writes everything, or returns false when the program no longer reads.
  package func write(_ bytes: [UInt8]) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return 0 }
        return unsafe CPosix.write(input, base + written, bytes.count - written)
      }
      if count < 0, assay_errno() == EINTR { continue }
      guard count > 0 else { return false }
      written += count
    }
    return true
  }

  /// Reads exactly so many bytes; nil when the program's output ends first.
  package func read(_ count: Int) -> [UInt8]? {
    var short = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, let base = buffer.baseAddress {
        let got = unsafe CPosix.read(output, base + filled, count - filled)
        if got < 0, assay_errno() == EINTR { continue }
        guard got > 0 else {
          short = true
          return
        }
        filled += got
      }
    }
    return short ? nil : bytes
  }

  /// Everything that the program writes until it closes its output.
  package func readToEnd(limit: Int = 64 << 20) -> [UInt8] {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while all.count < limit {
      let got = unsafe CPosix.read(output, &chunk, chunk.count)
      if got < 0, assay_errno() == EINTR { continue }
      guard got > 0 else { break }
      all += chunk.prefix(got)
    }
    return all
  }

  /// Ends the program at once; it has no say in it.
  package func kill(_ signal: Int32 = 9) {
    ending.withLock { ending in
      if ending == nil { _ = CPosix.kill(identifier, signal) }
    }
  }

  /// Waits for the end of the program, and tells how it came.
  package func wait() -> Ending {
    // Waits without reaping and without the lock, so that `kill` can still reach a program that
    // does not end, and never one that took over its number.
    var facts = unsafe siginfo_t()
    while unsafe waitid(P_PID, id_t(identifier), &facts, WEXITED | WNOWAIT) < 0,
      assay_errno() == EINTR
    {}
    return ending.withLock { ending in
      if let ending { return ending }
      var status: Int32 = 0
      while unsafe waitpid(identifier, &status, 0) < 0, assay_errno() == EINTR {}
      let signal = assay_signal(status)
      let result: Ending =
        signal != 0 ? .killed(signal: signal) : .exited(assay_exit_code(status))
      ending = result
      return result
    }
  }
}
