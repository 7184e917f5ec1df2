internal import AssayModel

// The sentences of this room: what can be wrong with a command line or with settings.
extension Diagnostic {
  static func unknownCommand(_ name: String, at span: SourceSpan) -> Diagnostic {
    let names = CommandTable.commands.map(\.name.rawValue)
    return Diagnostic(.error, "usage.unknown-command", "no command is called `\(name)`")
      .pointing(at: span, "not a command")
      .hinting(
        Nearest.match(name, among: names).map { "`\($0)` is one" }
          ?? "the commands are \(names.joined(separator: ", "))")
  }

  static func unknownFlag(_ name: String, _ command: Command, at span: SourceSpan) -> Diagnostic {
    let names = command.flags.map { "--" + $0.name }
    let elsewhere = CommandTable.commands.first { other in
      other.name != command.name && other.flags.contains { "--" + $0.name == name }
    }
    let nearest = Nearest.match(name, among: names)
    return Diagnostic(
      .error, "usage.unknown-flag", "`assay \(command.name.rawValue)` has no flag `\(name)`"
    )
    .pointing(at: span, "not a flag")
    .hinting(
      nearest.map { "`\($0)` is one" } ?? elsewhere.map { "`assay \($0.name.rawValue)` has it" }
        ?? "`assay \(command.name.rawValue) --help` lists them")
  }

  static func missingValue(_ flag: Flag, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "usage.missing-value", "`--\(flag.name)` needs a value")
      .pointing(at: span, "nothing follows")
      .hinting("it is written `--\(flag.name) \(flag.placeholder)`")
  }

  static func invalidValue(
    _ flag: Flag, _ value: String, _ complaint: String, at span: SourceSpan
  ) -> Diagnostic {
    Diagnostic(.error, "usage.invalid-value", "`\(value)` is no value for `\(flag.name)`")
      .pointing(at: span, complaint)
      .hinting(Nearest.match(value, among: flag.alternatives).map { "`\($0)` is one" })
  }

  static func operandCount(_ command: Command, at span: SourceSpan, isExtra: Bool) -> Diagnostic {
    let operands = command.operands.text.isEmpty ? "" : " \(command.operands.text)"
    let usage = "assay \(command.name.rawValue)\(operands)"
    return Diagnostic(
      .error, isExtra ? "usage.too-many-operands" : "usage.missing-operand",
      isExtra
        ? "`assay \(command.name.rawValue)` takes fewer arguments"
        : "`assay \(command.name.rawValue)` needs \(command.operands.text)"
    )
    .pointing(at: span, isExtra ? "one too many" : "nothing to work on")
    .hinting("it is used as `\(usage)`")
  }

  static func unknownChoice(_ word: String, _ choices: [String], at span: SourceSpan) -> Diagnostic
  {
    Diagnostic(.error, "usage.unknown-choice", "`\(word)` is not known here")
      .pointing(at: span, "one of \(choices.joined(separator: ", ")) is needed")
      .hinting(Nearest.match(word, among: choices).map { "`\($0)` is one" })
  }

  static func unknownSetting(_ name: String, nearest: String?, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "settings.unknown-key", "no setting is called `\(name)`")
      .pointing(at: span, "not a setting")
      .hinting(nearest.map { "`\($0)` is one" })
  }

  static func unknownProfile(_ name: String, _ names: [String], at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "settings.unknown-profile", "no profile is called `\(name)`")
      .pointing(at: span, names.isEmpty ? "there are no profiles" : "the profiles")
      .hinting(
        Nearest.match(name, among: names).map { "`\($0)` is one" }
          ?? (names.isEmpty ? nil : "the profiles are \(names.joined(separator: ", "))"))
  }

  static func settingsNotAMapping(at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "settings.not-a-mapping", "settings are names with values")
      .pointing(at: span, "a mapping is needed here")
  }

  static func settingNotAList(_ flag: Flag, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "settings.not-a-list", "`\(flag.name)` takes one value")
      .pointing(at: span, "a list")
  }

  static func settingNotAValue(_ flag: Flag, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "settings.not-a-value", "`\(flag.name)` needs a value")
      .pointing(at: span, "neither a text, a number nor true or false")
  }
}
