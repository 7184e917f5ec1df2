package import AssayModel
internal import AssaySystem
internal import AssayText

/// One world of JavaScript, in a process of its own.
///
/// The process is started with the first script and lives as long as the lane, since scripts leave
/// globals behind for each other. It cannot be trusted to end: a script that takes too long is
/// ended from here, with the process, and the next one gets a fresh world.
package actor ScriptWorker: ScriptHost {
  private let program: String
  private let timeLimit: Duration
  private let thread = SerialThread()
  private let shelf: ModuleShelf
  private var process: ChildProcess?
  private var scriptCount = 0

  /// How many requests one script may send.
  private static let subrequestLimit = 50
  /// The largest result that is taken from a worker.
  private static let resultLimit = 128 << 20

  /// - Parameter program: The path of `assay-script`.
  package init(
    program: String, timeLimit: Duration = .seconds(10), shelf: ModuleShelf = ModuleShelf()
  ) {
    self.program = program
    self.shelf = shelf
    self.timeLimit = timeLimit
  }

  package func run(
    _ script: Script, in setting: ScriptSetting, with services: ScriptServices
  ) async -> ScriptOutcome {
    let worker: ChildProcess
    do throws(Diagnostic) {
      worker = try await started()
    } catch {
      return Self.failed(ScriptFault(.crash, error.message))
    }
    scriptCount += 1
    let url = "script-\(scriptCount).js"
    let frame = ScriptMessage.frame(script, setting, url: url)
    let answer = await exchange(frame, with: worker, services)
    guard case .answered(let bytes) = answer else {
      process = nil
      return Self.failed(await fault(of: worker, answer))
    }
    guard let outcome = ScriptMessage.outcome(bytes) else {
      process = nil
      worker.kill()
      return Self.failed(ScriptFault(.crash, "the script worker sent something unreadable"))
    }
    return outcome
  }

  /// Whether a script parses; nil where it does. Nothing of it is run.
  package func check(_ script: Script) async -> ScriptFault? {
    do throws(Diagnostic) {
      let worker = try await started()
      let frame = ScriptMessage.syntaxCheck(script)
      let bytes = await thread.run { worker.write(frame) ? Self.readFrame(worker) : nil }
      guard let bytes, let outcome = ScriptMessage.outcome(bytes) else {
        process = nil
        return ScriptFault(.crash, "the script worker ended over it")
      }
      return outcome.fault
    } catch {
      return ScriptFault(.crash, error.message)
    }
  }

  package func close() async { process = nil }

  /// What a worker tells about itself.
  package struct Facts: Sendable {
    package let version: String
    /// How many measures of the cage the kernel refused.
    package let refused: Int
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
      version: version, refused: root["refused"]?.int ?? 0,
      hearsRejections: root["hearsRejections"]?.bool ?? false)
  }

  // MARK: The process

  private func started() async throws(Diagnostic) -> ChildProcess {
    if let process { return process }
    // An empty environment: nothing of the operator's reaches a script.
    let fresh = try ChildProcess(program, sharesErrorStream: false)
    guard await thread.run({ Self.readFrame(fresh) }) != nil else { throw .workerSilent(program) }
    process = fresh
    scriptCount = 0
    return fresh
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
    let limit = timeLimit
    return await withTaskGroup(of: Answer?.self) { group in
      group.addTask {
        var bytes = await thread.run { worker.write(frame) ? Self.readFrame(worker) : nil }
        var count = 0
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
            reply = ScriptMessage.reply(result, to: asked.id)
          } else {
            break
          }
          bytes = await thread.run { worker.write(reply) ? Self.readFrame(worker) : nil }
        }
        return bytes.map { .answered($0) } ?? .ended
      }
      group.addTask {
        do { try await Task.sleep(for: limit) } catch { return nil }
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

  private static func readFrame(_ worker: ChildProcess) -> [UInt8]? {
    guard let head = worker.read(4) else { return nil }
    let count = head.reduce(0) { $0 << 8 | Int($1) }
    guard count <= resultLimit else { return nil }
    return worker.read(count)
  }

  private func fault(of worker: ChildProcess, _ answer: Answer) async -> ScriptFault {
    if case .timedOut = answer {
      return ScriptFault(.timeout, "the script took longer than \(timeLimit.components.seconds) s")
    }
    worker.kill()
    let ending = await thread.run { worker.wait() }
    switch ending {
    case .exited(let code): return ScriptFault(.crash, "the script worker ended with \(code)")
    case .killed(let signal):
      return ScriptFault(.crash, "the script worker was ended by signal \(signal)")
    }
  }

  private static func failed(_ fault: ScriptFault) -> ScriptOutcome {
    var outcome = ScriptOutcome()
    outcome.fault = fault
    return outcome
  }
}
