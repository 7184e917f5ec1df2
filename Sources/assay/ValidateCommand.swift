internal import AssayCommandLine
internal import AssayContract
internal import AssayModel
internal import AssaySystem
internal import AssayText

/// `assay validate`: judges values by a JSON Schema, or by what a contract says of a body.
struct ValidateCommand {
  private typealias Flags = CommandTable.Flags
  private let invocation: Invocation
  private let front: Front
  private let input = InputLines()

  init(_ invocation: Invocation, _ front: Front) {
    self.invocation = invocation
    self.front = front
  }

  /// How many violations of one value are told.
  private static let shownCount = 50

  func run() -> ExitCode {
    if invocation.isOn(Flags.bowtie) { return BowtieHarness(input: input).run() }
    do throws(Refusal) {
      let schema = try self.schema()
      for note in schema.notes where note.severity != .note { front.tell(note) }
      var code = ExitCode.success
      for file in invocation.operands.isEmpty ? ["-"] : invocation.operands {
        let found = try judge(file, by: schema)
        // What could not be judged weighs less than what is wrong, and more than nothing.
        if found == .checkFailed || code == .success { code = found }
      }
      return code
    } catch {
      front.tell(error.diagnostic)
      return error.code
    }
  }

  private func schema() throws(Refusal) -> JSONSchema {
    if let path = invocation.text(Flags.schema) {
      return try Refusal.with(.badInput) { () throws(Diagnostic) in try schema(path) }
    }
    guard let path = invocation.texts(Flags.spec).last else {
      throw Refusal(diagnostic: .noSchema(), code: .usage)
    }
    guard let operation = invocation.text(Flags.operation) else {
      throw Refusal(diagnostic: .noOperation(), code: .usage)
    }
    return try Refusal.with(.badInput) { () throws(Diagnostic) in
      let contract = try InputLoader(front).contract(path, ContractSettings(invocation).latitude)
      return try contract.schema(
        ofOperation: operation, status: invocation.whole(Flags.status),
        type: invocation.text(Flags.mediaType))
    }
  }

  private func schema(_ path: String) throws(Diagnostic) -> JSONSchema {
    let document = try Inputs.read(Files.read(path, limit: 64 << 20))
    let confined = ContractFiles(root: path)
    return JSONSchema(
      document,
      draft: invocation.text(Flags.draft).flatMap { JSONSchema.Draft(rawValue: $0) } ?? .draft2020,
      formats: invocation.text(Flags.formats) == "annotate" ? .annotate : .assert,
      load: { path, from throws(Diagnostic) in try confined.load(path, from: from) })
  }

  private func judge(_ path: String, by schema: JSONSchema) throws(Refusal) -> ExitCode {
    let value = try Refusal.with(.badInput) { () throws(Diagnostic) in
      let limit = 512 << 20
      let file =
        path == "-"
        ? SourceFile(name: "standard input", bytes: input.rest(limit: limit))
        : try Files.read(path, limit: limit)
      return try Inputs.read(file)
    }
    let outcome = schema.judge(value)
    let isQuiet = invocation.count(Flags.quiet) > 0
    if let form = invocation.text(Flags.form).flatMap(SchemaOutput.Form.init) {
      Stream.output.write(SchemaOutput.text(outcome, form) + "\n")
    } else if outcome.isValid, outcome.unjudged.isEmpty {
      if !isQuiet { Stream.output.write("\(value.file.name): valid\n") }
    } else {
      for violation in outcome.violations.prefix(Self.shownCount) where !isQuiet {
        front.tell(.breaksSchema(violation, in: value))
      }
      let more = outcome.violations.count - Self.shownCount
      if !isQuiet, more > 0 { Stream.output.write("\(value.file.name): and \(more) more\n") }
    }
    if !outcome.isValid { return .checkFailed }
    guard outcome.unjudged.isEmpty else {
      front.tell(.notJudged(value.file.name, outcome.unjudged))
      return .couldNotJudge
    }
    return .success
  }
}

/// The forms of output that JSON Schema defines (2020-12 core, section 12.4).
enum SchemaOutput {
  enum Form: String {
    case flag, basic, detailed
  }

  static func text(_ outcome: JSONSchema.Outcome, _ form: Form) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("valid", outcome.isValid)
      if !outcome.unjudged.isEmpty {
        writer.name("unjudged")
        writer.array { writer in for reason in outcome.unjudged { writer.string(reason) } }
      }
      guard form != .flag, !outcome.isValid else { return }
      writer.name("errors")
      switch form {
      case .flag: break
      case .basic:
        writer.array { writer in for each in outcome.violations { write(each, to: &writer) } }
      case .detailed:
        let units = outcome.violations.map { (path: $0.trail.split(separator: "/"), unit: $0) }
        writer.array { write(units[...], depth: 0, to: &$0) }
      }
    }
    return writer.text
  }

  private static func write(_ violation: JSONSchema.Violation, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("valid", false)
      writer.member("keywordLocation", violation.trail)
      writer.member("absoluteKeywordLocation", violation.location)
      writer.member("instanceLocation", violation.at)
      writer.member("error", violation.message)
    }
  }

  /// Violations under the keywords that they share; a keyword with one alone is left out.
  private static func write(
    _ units: ArraySlice<(path: [Substring], unit: JSONSchema.Violation)>, depth: Int,
    to writer: inout JSONWriter
  ) {
    var rest = units
    while let first = rest.first {
      let key = first.path.count > depth ? first.path[depth] : nil
      let group =
        key == nil ? rest.prefix(1) : rest.prefix { $0.path.count > depth && $0.path[depth] == key }
      rest = rest.dropFirst(group.count)
      if group.count == 1 {
        write(first.unit, to: &writer)
        continue
      }
      // As far as all of them go together.
      var shared = depth + 1
      while let next = first.path.count > shared ? first.path[shared] : nil,
        group.allSatisfy({ $0.path.count > shared && $0.path[shared] == next })
      {
        shared += 1
      }
      writer.object { writer in
        writer.member("valid", false)
        writer.member(
          "keywordLocation", "/" + first.path.prefix(shared).joined(separator: "/"))
        writer.member("instanceLocation", common(group.map(\.unit.at)))
        writer.name("errors")
        writer.array { write(group, depth: shared, to: &$0) }
      }
    }
  }

  /// The pointer to what holds all of these places.
  private static func common(_ pointers: [String]) -> String {
    let parts = pointers.map { $0.split(separator: "/", omittingEmptySubsequences: false) }
    var length = parts.map(\.count).min() ?? 0
    while length > 0, !parts.allSatisfy({ $0.prefix(length) == parts[0].prefix(length) }) {
      length -= 1
    }
    return parts.first.map { $0.prefix(length).joined(separator: "/") } ?? ""
  }
}
