internal import AssayCollection
internal import AssayCommandLine
internal import AssayModel
internal import AssayRun
internal import AssayScript
internal import AssaySystem

/// Collections with their variables and rows, as the flags of a command name them.
struct Workload {
  private typealias Flags = CommandTable.Flags

  /// What plan and run have in common; in the table each lists it under its own name.
  private(set) var collections: [CollectionReader.Result] = []
  private(set) var environmentName: String?
  /// What the user calls the holder of each scope.
  private(set) var sources: [ScopeKind: String] = [:]
  private(set) var seed: UInt64 = 0
  private var scopes = Scopes()
  private var rows = DataRows.none

  /// Reads every file that the command names.
  init(_ invocation: Invocation, _ loader: InputLoader) throws(Diagnostic) {
    try self.init(variablesOf: invocation, loader)
    let composing = InputLoader.Composing(
      seed: seed, isNewmanCompatible: invocation.isOn(Flags.newmanCompatible))
    for path in invocation.operands {
      collections.append(try loader.collection(path, composing))
    }
    if collections.count == 1 { sources[.collection] = collections[0].suite.name }
  }

  /// Reads the files that define variables, and no collection.
  init(variablesOf invocation: Invocation, _ loader: InputLoader) throws(Diagnostic) {
    // One that the flag takes again.
    seed = invocation.whole(Flags.seed).map(UInt64.init) ?? System.random() >> 1
    if let path = invocation.text(Flags.environment) {
      let (name, variables) = try loader.variables(path)
      environmentName = name ?? path
      sources[.environment] = name ?? path
      scopes.replace(.environment, with: variables)
    }
    if let path = invocation.text(Flags.globals) {
      let (name, variables) = try loader.variables(path)
      sources[.globals] = name ?? path
      scopes.replace(.globals, with: variables)
    }
    if let path = invocation.text(Flags.secrets) {
      sources[.vault] = path
      scopes.replace(.vault, with: try loader.secrets(path))
    }
    if let path = invocation.text(Flags.data) {
      sources[.data] = path
      rows = try loader.rows(path)
    }
  }

  /// The names of the data file's columns, with the values of its first row.
  var columns: [Variable] { rows.row(ofIteration: 0) }

  /// Sets what the command line and the operating system say, over what the files said.
  mutating func assign(_ invocation: Invocation) throws(Diagnostic) {
    for prefix in invocation.texts(Flags.environmentFromSystem) {
      for (name, value) in System.environment(withPrefix: prefix) {
        let name = String(name.dropFirst(prefix.count))
        let isSecret =
          scopes.variable(name, in: .environment)?.isSecret ?? SecretName.isLikely(name)
        set(name, value, in: .environment, isSecret: isSecret)
      }
    }
    try assign(invocation.texts(Flags.environmentVariable), "env-var", to: .environment)
    try assign(invocation.texts(Flags.globalVariable), "global-var", to: .globals)
  }

  private mutating func assign(
    _ texts: [String], _ flag: String, to scope: ScopeKind
  ) throws(Diagnostic) {
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw .notAnAssignment(text, flag: flag)
      }
      let name = String(parts[0])
      let isSecret = scopes.variable(name, in: scope)?.isSecret ?? false
      set(name, String(parts[1]), in: scope, isSecret: isSecret)
    }
  }

  mutating func set(
    _ name: String, _ value: String, in scope: ScopeKind, isSecret: Bool = false
  ) {
    scopes.set(Variable(name, .string(value), isSecret: isSecret), in: scope)
  }

  /// The variables that a collection starts from.
  func scopes(of suite: Suite) -> Scopes {
    var own = scopes
    own.replace(.collection, with: suite.variables)
    return own
  }

  /// Every secret that is known before the first request leaves.
  var secrets: [Secret] {
    scopes.secrets
      + collections.flatMap { $0.suite.variables }.compactMap(\.secret)
  }

  /// - Parameter paths: What an earlier run left to do; nil for everything.
  func plan(
    _ invocation: Invocation, leftOver paths: Set<[String]>? = nil
  ) throws(Diagnostic) -> Plan {
    var selection = Planner.Selection()
    selection.names = invocation.texts(Flags.folder)
    selection.only = try selectors(invocation.texts(Flags.only), "only")
    selection.skip = try selectors(invocation.texts(Flags.skip), "skip")
    selection.paths = paths
    selection.withDependencies = invocation.isOn(Flags.withDependencies)
    selection.repeatCount = invocation.whole(Flags.repeatCount) ?? 1
    let suites = collections.map(\.suite)
    if let unknown = Planner.unknown(selection.names, in: suites).first {
      throw .unknownSelection(unknown.name, nearest: unknown.nearest)
    }
    let count = invocation.whole(Flags.iterations)
    let sources = collections.map { collection in
      Planner.Source(
        suite: collection.suite, scopes: scopes(of: collection.suite), rows: rows,
        iterationCount: count, composer: collection.composer,
        footprint: ScriptAnalysis.footprint)
    }
    let plan = Planner.plan(
      sources, selection: selection, lanesOfRows: invocation.text(Flags.lanes) == "rows")
    guard let text = invocation.text(Flags.shard) else { return plan }
    return try shard(text).part(of: plan, from: sources)
  }

  /// Which part of how many: as it says, or as the CI's variables do.
  private func shard(_ text: String) throws(Diagnostic) -> Shard {
    guard text == "auto" else {
      guard let shard = Shard(text) else { throw .invalidShard(text) }
      return shard
    }
    // The names of GitLab, CircleCI and Buildkite, of which the first counts from 1.
    for (index, count, first) in [
      ("CI_NODE_INDEX", "CI_NODE_TOTAL", 1), ("CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0),
      ("BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0),
    ] {
      guard let index = System.environment(index).flatMap({ Int($0) }),
        let count = System.environment(count).flatMap({ Int($0) })
      else { continue }
      guard let shard = Shard(index: index - first, count: count) else { break }
      return shard
    }
    throw .noShardVariables()
  }

  private func selectors(_ texts: [String], _ flag: String) throws(Diagnostic) -> [Selector] {
    var selectors: [Selector] = []
    for text in texts {
      do throws(Selector.Problem) {
        selectors.append(try Selector(text))
      } catch {
        throw .invalidSelector(text, flag: flag, error)
      }
    }
    return selectors
  }
}
