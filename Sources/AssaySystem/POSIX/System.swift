internal import CPosix

/// What a program takes from the world: its environment, clocks, chance, and the terminal.
package enum System {
  /// The variables of the environment whose names begin so, in order.
  package static func environment(withPrefix prefix: String) -> [(name: String, value: String)] {
    var found: [(name: String, value: String)] = []
    var index: Int32 = 0
    while let entry = unsafe assay_environment(index) {
      index += 1
      let text = unsafe String(cString: entry)
      guard let equals = text.firstIndex(of: "="), text.hasPrefix(prefix) else { continue }
      let name = String(text[..<equals])
      if name.count > prefix.count {
        found.append((name, String(text[text.index(after: equals)...])))
      }
    }
    return found.sorted { $0.name < $1.name }
  }

  /// A variable of the process's environment.
  package static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }

  /// The path of the running program, links resolved.
  package static var executablePath: String {
    Files.resolved("/proc/self/exe") ?? Files.resolved(CommandLine.arguments[0]) ?? ""
  }

  package static var workingDirectory: String { Files.resolved(".") ?? "." }

  package static var processID: Int { Int(getpid()) }

  /// Seconds since 1970, UTC.
  package static var secondsSince1970: Int { Int(time(nil)) }

  package static func random() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }

  /// Ends the process at once: libraries that tidy up behind `exit` would do so under the feet of
  /// threads that still use them.
  package static func exit(_ code: Int32) -> Never { _exit(code) }

  /// Lets the calling thread rest until some other ends the process.
  package static func waitForExit() -> Never {
    while true { pause() }
  }

  /// How many threads can run at once; two at least, since one may wait for the disk.
  package static var processorCount: Int { max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// The name of this machine.
  package static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Has the allocator give memory back soon. By itself it learns to keep blocks of some megabytes,
  /// which bodies are, for each thread: a long run was a third larger.
  package static func returnMemorySoon() { assay_return_memory_soon() }

  /// A write to a pipe whose reader has gone is an error to handle, not a death.
  package static func ignoreBrokenPipes() { assay_ignore_signal(SIGPIPE) }
}

/// Standard input, a line at a time.
package final class InputLines {
  private var buffer: [UInt8] = []
  private var isOver = false

  package init() {}

  /// The longest line that is taken; what is longer ends the input.
  private static let limit = 64 << 20

  /// The next line without its end; nil when there is none.
  package func next() -> [UInt8]? {
    var searched = 0
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        let line = Array(buffer[..<end])
        buffer.removeFirst(end + 1)
        return line
      }
      searched = buffer.count
      guard !isOver, buffer.count < Self.limit else { break }
      read()
    }
    defer { buffer = [] }
    return buffer.isEmpty || buffer.count >= Self.limit ? nil : buffer
  }

  /// All that is left.
  package func rest(limit: Int) -> [UInt8] {
    while !isOver, buffer.count <= limit { read() }
    defer { buffer = [] }
    return buffer
  }

  private func read() {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    let count = unsafe CPosix.read(0, &chunk, chunk.count)
    if count < 0, assay_errno() == EINTR { return }
    guard count > 0 else {
      isOver = true
      return
    }
    buffer += chunk.prefix(count)
  }
}

/// One of the streams that a program is born with.
package struct Stream: Sendable {
  package static let output = Stream(descriptor: 1)
  package static let error = Stream(descriptor: 2)

  private let descriptor: Int32

  package var isTerminal: Bool { isatty(descriptor) == 1 }

  /// How many columns the terminal has; nil where it is none.
  package var width: Int? {
    let width = Int(assay_terminal_width(descriptor))
    return width > 0 ? width : nil
  }

  /// Writes text; a stream that is closed or full is not our concern, since verdicts stand in the
  /// journal.
  package func write(_ text: String) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return 0 }
        return unsafe CPosix.write(descriptor, base + written, bytes.count - written)
      }
      if count < 0, assay_errno() == EINTR || assay_errno() == EAGAIN { continue }
      guard count > 0 else { return }
      written += count
    }
  }
}
