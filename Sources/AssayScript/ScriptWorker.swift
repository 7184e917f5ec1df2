package import AssayModel
internal import AssaySystem
internal import AssayText
internal import Synchronization

/// One world of JavaScript, in a process of its own.
///
/// The process lives as long as the lane, since scripts leave globals behind for each other. It
/// cannot be trusted to end: a script that takes too long is ended from here, with the process, and
/// the next one gets a fresh world with the plain values of those globals in it.
package actor ScriptWorker: ScriptHost {
  /// What holds for every script.
  package struct Limits: Sendable {
    package var time: Duration = .seconds(10)
    /// Bytes of the whole process.
    package var memory = 256 << 20

    package init() {}
  }

  private let program: String
  private let limits: Limits
  private let thread = SerialThread()
  private let shelf: ModuleShelf
  private var process: ChildProcess?
  /// Whether the process has told that it is ready.
  private var isReady = false
  /// The number of each script that was run, by which errors know it.
  private var numbers: [String: Int] = [:]
  /// The globals that the last script left, and whether the process that runs has them.
  private var globals: Value?
  private var hasGlobals = true
  /// How often in a row each script has ended its worker.
  private var deaths: [String: Int] = [:]

  /// How many requests one script may send.
  private static let subrequestLimit = 50
  /// How much else it may ask.
  private static let questionLimit = 10_000
  /// The largest result that is taken from a worker.
  private static let resultLimit = 128 << 20
  /// A script that ends its worker so often in a row is not run again.
  private static let deathLimit = 5

  /// - Parameter program: The path of `assay-script`.
  package init(
    program: String, limits: Limits = Limits(), shelf: ModuleShelf = ModuleShelf()
  ) {
    self.program = program
    self.shelf = shelf
    self.limits = limits
  }

  /// Starts the process, so that it is ready by the time of the first script. Where it cannot start,
  /// that script tries again and tells why.
  package func warm() {
    if process == nil { process = try? spawned() }
  }

  package func run(
    _ script: Script, in setting: ScriptSetting, with services: ScriptServices
  ) async -> ScriptOutcome {
    guard deaths[script.source, default: 0] < Self.deathLimit else {
      return Self.failed(
        ScriptFault(
          .crash, "not run: it has ended its worker \(Self.deathLimit) times, one after another"))
    }
    let worker: ChildProcess
    do throws(Diagnostic) {
      worker = try await started()
    } catch {
      return Self.failed(ScriptFault(.crash, error.message))
    }
    let number = numbers[script.source] ?? numbers.count
    numbers[script.source] = number
    let url = "script-\(number).js"
    let frame = ScriptMessage.frame(
      script, setting, url: url, restoring: hasGlobals ? nil : globals)
    let answer = await exchange(frame, with: worker, services)
    guard case .answered(let bytes) = answer else {
      return Self.failed(await lost(worker, answer, script))
    }
    guard let result = ScriptMessage.result(bytes) else {
      worker.kill()
      _ = await lost(worker, .ended, script)
      return Self.failed(ScriptFault(.crash, "the script worker sent something unreadable"))
    }
    hasGlobals = true
    if let left = result.globals { globals = left }
    deaths[script.source] = nil
    return result.outcome
  }

  /// Whether a script parses; nil where it does. Nothing of it is run.
  package func check(_ script: Script) async -> ScriptFault? {
    do throws(Diagnostic) {
      let worker = try await started()
      let frame = ScriptMessage.syntaxCheck(script)
      let bytes = await thread.run { worker.write(frame) ? Self.readFrame(worker) : nil }
      guard let bytes, let result = ScriptMessage.result(bytes) else {
        process = nil
        isReady = false
        return ScriptFault(.crash, "the script worker ended over it")
      }
      return result.outcome.fault
    } catch {
      return ScriptFault(.crash, error.message)
    }
  }

  package func close() async {
    process = nil
    isReady = false
  }

  /// What a worker tells about itself.
  package struct Facts: Sendable {
    package let version: String
    /// The measures of the cage that the kernel refused.
    package let refused: [String]
    /// Whether the engine tells of promises that are rejected and that nobody hears.
    package let hearsRejections: Bool
  }

  /// The facts of a worker that is started for the purpose.
  package static func describe(program: String) async throws(Diagnostic) -> Facts {
    let worker = try ChildProcess(program)
    let bytes = await SerialThread().run { Self.readFrame(worker) }
    guard let bytes, let root = try? JSONReader.read(SourceFile(name: "worker", bytes: bytes)).root,
      let version = root["version"]?.string
    else { throw .workerSilent(program) }
    return Facts(
      version: version, refused: root["refused"]?.elements.compactMap(\.string) ?? [],
      hearsRejections: root["hearsRejections"]?.bool ?? false)
  }

  // MARK: The process

  private func started() async throws(Diagnostic) -> ChildProcess {
    let worker: ChildProcess
    if let process { worker = process } else { worker = try spawned() }
    process = worker
    if !isReady {
      guard await thread.run({ Self.readFrame(worker) }) != nil else {
        process = nil
        throw .workerSilent(program)
      }
      isReady = true
      hasGlobals = globals == nil
    }
    return worker
  }

  private func spawned() throws(Diagnostic) -> ChildProcess {
    // Nothing of the operator's reaches a script but the time zone. The engine collects its garbage
    // by the memory that it believes to be there.
    var environment = ["JSC_forceRAMSize=\(limits.memory)"]
    if let zone = System.environment("TZ") { environment.append("TZ=\(zone)") }
    return try ChildProcess(
      program, arguments: [String(limits.memory)], environment: environment,
      sharesErrorStream: false)
  }

  private enum Answer: Sendable {
    case answered([UInt8])
    case ended
    case timedOut
  }

  /// Sends a frame and waits for the answer or the deadline, whichever comes first.
  private func exchange(
    _ frame: [UInt8], with worker: ChildProcess, _ services: ScriptServices
  ) async -> Answer {
    let thread = self.thread
    let shelf = self.shelf
    let limit = limits.time
    let clock = ScriptClock()
    /// Gives the worker a frame, and waits for the next one of its own.
    @Sendable func turn(_ frame: [UInt8]) async -> [UInt8]? {
      await thread.run {
        clock.start()
        defer { clock.stop() }
        return worker.write(frame) ? Self.readFrame(worker) : nil
      }
    }
    return await withTaskGroup(of: Answer?.self) { group in
      group.addTask {
        var bytes = await turn(frame)
        var count = 0
        var questionCount = 0
        // Until the script is over the worker may ask for modules and for requests, a frame each.
        while let frame = bytes {
          let reply: [UInt8]
          if let wanted = ScriptMessage.module(frame) {
            reply = ScriptMessage.reply(
              shelf.module(wanted.name, from: wanted.from), to: wanted.name)
          } else if let name = ScriptMessage.dynamicName(frame) {
            reply = ScriptMessage.reply(services.dynamicValue(name), to: name)
          } else if let asked = ScriptMessage.request(frame) {
            count += 1
            let result = count <= Self.subrequestLimit ? await services.send(asked.draft) : nil
            reply = ScriptMessage.reply(result, to: asked.id, services.cookies)
          } else if let asked = ScriptMessage.question(frame) {
            questionCount += 1
            if case .item = asked.question { count += 1 }
            let isTooMuch = count > Self.subrequestLimit || questionCount > Self.questionLimit
            reply =
              isTooMuch
              ? ScriptMessage.refuse("the script asks for too much", to: asked.id)
              : await Self.answer(asked.question, asked.id, services)
          } else {
            break
          }
          bytes = await turn(reply)
        }
        return bytes.map { .answered($0) } ?? .ended
      }
      group.addTask {
        while true {
          let left = limit - clock.used
          guard left > .zero else { break }
          do { try await Task.sleep(for: left) } catch { return nil }
        }
        worker.kill()
        return .timedOut
      }
      var result: Answer = .ended
      for await answer in group {
        guard let answer else { continue }
        // After the deadline the reader ends too, with nothing to say.
        if case .timedOut = result { continue }
        result = answer
        if case .answered = answer { group.cancelAll() }
        if case .ended = answer { group.cancelAll() }
      }
      return result
    }
  }

  private static func answer(
    _ question: ScriptMessage.Question, _ id: Int, _ services: ScriptServices
  ) async -> [UInt8] {
    switch question {
    case .cookies(let url):
      return ScriptMessage.reply(services.cookies?.cookies(for: url) ?? [], to: id)
    case .setCookie(let field, let url):
      return services.cookies?.set(field, for: url) == true
        ? ScriptMessage.reply(.bool(true), to: id)
        : ScriptMessage.refuse("`\(url)` may not set this cookie", to: id)
    case .removeCookies(let name, let url):
      services.cookies?.remove(name, for: url)
      return ScriptMessage.reply(.bool(true), to: id)
    case .secret(let name): return ScriptMessage.reply(services.secret(name) ?? .null, to: id)
    case .keepSecret(let name, let value):
      await services.keepSecret(name, value)
      return ScriptMessage.reply(.bool(true), to: id)
    case .item(let name, let variables):
      guard let result = await services.sendItem(name, variables) else {
        return ScriptMessage.refuse("no request of the collection is called `\(name)`", to: id)
      }
      return ScriptMessage.reply(result, to: id, services.cookies)
    }
  }

  private static func readFrame(_ worker: ChildProcess) -> [UInt8]? {
    guard let head = worker.read(4) else { return nil }
    let count = head.reduce(0) { $0 << 8 | Int($1) }
    guard count <= resultLimit else { return nil }
    return worker.read(count)
  }

  /// What to say of a worker that is gone; the next script gets another one.
  private func lost(
    _ worker: ChildProcess, _ answer: Answer, _ script: Script
  ) async -> ScriptFault {
    process = nil
    isReady = false
    deaths[script.source, default: 0] += 1
    if case .timedOut = answer {
      return ScriptFault(.timeout, "the script took longer than \(limits.time.words)")
    }
    worker.kill()
    switch await thread.run({ worker.wait() }) {
    case .exited(Self.memoryCode):
      return ScriptFault(
        .memory, "the script used more than \(limits.memory >> 20) MB of memory")
    case .exited(let code): return ScriptFault(.crash, "the script worker ended with \(code)")
    case .killed(let signal):
      return ScriptFault(.crash, "the script worker was ended by signal \(signal)")
    }
  }

  /// The code with which a worker ends that has grown too large.
  private static let memoryCode: Int32 = 77

  private static func failed(_ fault: ScriptFault) -> ScriptOutcome {
    var outcome = ScriptOutcome()
    outcome.fault = fault
    return outcome
  }
}

/// How long a script has run. What it waits for us is no time of its own: a request that it sends may
/// take as long as requests may.
private final class ScriptClock: Sendable {
  private struct State {
    var used: Duration = .zero
    var since: ContinuousClock.Instant?
  }

  private let state = Mutex(State())

  func start() { state.withLock { $0.since = .now } }

  func stop() {
    state.withLock { state in
      if let since = state.since { state.used += .now - since }
      state.since = nil
    }
  }

  var used: Duration {
    state.withLock { $0.used + ($0.since.map { .now - $0 } ?? .zero) }
  }
}

extension Duration {
  /// `10 s`, or `300 ms`.
  fileprivate var words: String {
    let (seconds, attoseconds) = components
    let milliseconds = Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
    return milliseconds % 1_000 == 0 ? "\(seconds) s" : "\(milliseconds) ms"
  }
}
