internal import AssayCollection
internal import AssayCommandLine
internal import AssayContract
internal import AssayModel
internal import AssayReport
internal import AssayScript
internal import AssaySystem
internal import AssayText

/// `assay check`: every problem of some files, without traffic.
struct CheckCommand {
  private typealias Flags = CommandTable.Flags
  private let invocation: Invocation
  private let front: Front

  init(_ invocation: Invocation, _ front: Front) {
    self.invocation = invocation
    self.front = front
  }

  func run() async -> ExitCode {
    var problems: [Diagnostic] = []
    var summary: String?
    do throws(Diagnostic) {
      let loader = InputLoader(nil)
      // What the flags name defines variables, and is looked at as well.
      var workload = try Workload(variablesOf: invocation, loader)
      do throws(Diagnostic) {
        try workload.assign(invocation)
      } catch {
        front.tell(error)
        return .usage
      }
      for flag in [Flags.environment, Flags.globals] {
        if let path = invocation.text(flag) { problems += try Self.variables(path, loader) }
      }
      let contracts = try self.contracts(loader, &problems)
      var mapping = ItemMapping(contracts)
      for path in invocation.operands {
        problems += await look(at: path, loader, workload, &mapping)
      }
      problems += mapping.unexercised
      summary = mapping.summary
    } catch {
      problems.append(error)
    }
    print(problems, summary)
    if problems.contains(where: { $0.severity == .error }) { return .badInput }
    let hasWarnings = problems.contains { $0.severity == .warning }
    return invocation.isOn(Flags.strict) && hasWarnings ? .checkFailed : .success
  }

  // MARK: Files

  /// The contracts that calls are compared with: those of the flag, and those among the files.
  private func contracts(
    _ loader: InputLoader, _ problems: inout [Diagnostic]
  ) throws(Diagnostic) -> [Contract] {
    var contracts: [Contract] = []
    for path in invocation.texts(Flags.spec) {
      contracts.append(try loader.contract(path, telling: false))
    }
    for path in invocation.operands where (try? loader.kind(of: path)) == .contract {
      do throws(Diagnostic) {
        contracts.append(try loader.contract(path, telling: false))
      } catch {
        problems.append(error)
      }
    }
    for contract in contracts { problems += contract.notes }
    return contracts
  }

  private func look(
    at path: String, _ loader: InputLoader, _ workload: Workload, _ mapping: inout ItemMapping
  ) async -> [Diagnostic] {
    do throws(Diagnostic) {
      switch try loader.kind(of: path) {
      // Contracts have been looked at already.
      case .contract: return []
      case .environment: return try Self.variables(path, loader)
      case .data: return try loader.checkedRows(path).notes
      case .collection:
        let result = try loader.collection(path, InputLoader.Composing(seed: workload.seed))
        let scopes = workload.scopes(of: result.suite)
        let problems = CollectionChecker.check(
          result, scopes: scopes, columns: workload.columns)
        return problems + mapping.take(result, scopes)
          + (await scripts(of: result.suite))
      }
    } catch {
      return [error]
    }
  }

  private static func variables(
    _ path: String, _ loader: InputLoader
  ) throws(Diagnostic) -> [Diagnostic] {
    let document = try loader.document(path)
    _ = try EnvironmentReader.read(document)
    return VariableChecker.check(document)
  }

  /// Scripts that do not parse, by the engine that would run them; each text once.
  private func scripts(of suite: Suite) async -> [Diagnostic] {
    let worker = ScriptWorker(program: RunCommand.workerPath)
    var seen: Set<String> = []
    var problems: [Diagnostic] = []
    for script in suite.items.flatMap({ $0.preRequestScripts + $0.testScripts })
    where seen.insert(script.source).inserted {
      guard let fault = await worker.check(script) else { continue }
      problems.append(.brokenScript(fault, in: script))
    }
    await worker.close()
    return problems
  }

  // MARK: Printing

  private func print(_ problems: [Diagnostic], _ summary: String?) {
    let errors = problems.count { $0.severity == .error }
    let warnings = problems.count { $0.severity == .warning }
    switch invocation.text(Flags.checkFormat) {
    case "sarif": Stream.output.write(SARIFReport.text(problems, version: Assay.version))
    case "json":
      let list = problems.map(\.json).joined(separator: ",")
      Stream.output.write(
        "{\"problems\":[\(list)],\"errors\":\(errors),\"warnings\":\(warnings)}\n")
    default:
      let printer = DiagnosticPrinter(style: front.style, width: Stream.output.width ?? 100)
      // Another problem's line may hold what a plain secret's own must not show.
      let redactor = Redactor(
        secrets: PlainSecrets.texts(of: problems).map { Secret("value", $0) }, key: [])
      for problem in problems {
        Stream.output.write(redactor.redact(printer.text(problem)) + "\n")
      }
      if let summary { Stream.output.write(summary + "\n") }
      Stream.output.write(
        problems.isEmpty
          ? "no problem found\n"
          : "\(errors) error\(errors == 1 ? "" : "s"), "
            + "\(warnings) warning\(warnings == 1 ? "" : "s")\n")
    }
  }
}
