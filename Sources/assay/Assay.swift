internal import AssayCommandLine
internal import AssayModel
internal import AssayReport
internal import AssaySystem
internal import AssayText

/// The front door: takes the command line and the world, wires the rooms, and tells how it ended.
@main
struct Assay {
  static let version = "0.1.0"

  /// Not `async`: signals have to be taken before there is a second thread.
  static func main() {
    Signals.take()
    System.ignoreBrokenPipes()
    System.returnMemorySoon()
    // Detached, since the main thread has nothing to do but wait.
    Task.detached {
      let code = await run(Array(CommandLine.arguments.dropFirst()))
      System.exit(code.rawValue)
    }
    System.waitForExit()
  }

  private static func run(_ words: [String]) async -> ExitCode {
    do throws(Diagnostic) {
      var parser = ArgumentParser(words)
      guard let typed = try parser.parse() else {
        Stream.output.write(HelpPage.overview(version: version))
        return words.isEmpty ? .usage : .success
      }
      let invocation = try completed(typed)
      return await perform(invocation)
    } catch {
      Front(format: nil).tell(error)
      return .usage
    }
  }

  /// The invocation with what variables and settings add to it.
  private static func completed(_ typed: Invocation) throws(Diagnostic) -> Invocation {
    var file: Document?
    if let path = typed.text(CommandTable.Flags.config) {
      file = try YAMLReader.read(Files.read(path))
    } else if let path = settingsFile() {
      file = try YAMLReader.read(Files.read(path))
    }
    return try Settings.complete(typed, file: file, environment: System.environment)
  }

  /// `assay.yaml` here or in a folder above, no further up than the repository.
  private static func settingsFile() -> String? {
    var folder = System.workingDirectory
    while true {
      let path = folder + "/assay.yaml"
      if Files.kind(of: path) == .regular { return path }
      guard Files.kind(of: folder + "/.git") == nil, let slash = folder.lastIndex(of: "/"),
        slash != folder.startIndex
      else { return nil }
      folder = String(folder[..<slash])
    }
  }

  private static func perform(_ invocation: Invocation) async -> ExitCode {
    let front = Front(invocation)
    switch invocation.command.name {
    case .run: return await RunCommand(invocation, front).run()
    case .plan: return PlanCommand(invocation, front).run()
    case .check: return await CheckCommand(invocation, front).run()
    case .validate: return ValidateCommand(invocation, front).run()
    case .judge: return await JudgeCommand(invocation, front).run()
    case .mock: return await MockCommand(invocation, front).run()
    case .report: return await ReportCommand(invocation, front).run()
    case .compare: return await CompareCommand(invocation, front).run()
    case .merge: return await MergeCommand(invocation, front).run()
    case .replay: return await ReplayCommand(invocation, front).run()
    case .curl: return CurlPrinter(invocation, front).run()
    case .explain: return ExplainCommand(invocation, front).run()
    case .version:
      return await VersionCommand(front).run(
        isVerbose: invocation.count(CommandTable.Flags.verbose) > 0)
    case .completions:
      guard let shell = invocation.operands.first.flatMap(Completions.Shell.init) else {
        return .usage
      }
      Stream.output.write(Completions.script(for: shell))
    case .help:
      let command = invocation.operands.first.flatMap(CommandTable.command(named:))
      Stream.output.write(
        command.map { HelpPage.page($0, width: Stream.output.width ?? 100) }
          ?? HelpPage.overview(version: version))
    }
    return .success
  }
}
