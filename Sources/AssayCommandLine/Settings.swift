package import AssayModel
package import AssayText

/// The weaker sources of what flags say: variables of the environment, then `assay.yaml`.
package enum Settings {
  /// Completes an invocation: flag, then variable, then profile, then file.
  ///
  /// - Parameter file: The settings file, if there is one.
  /// - Parameter environment: Looks a variable of the environment up.
  package static func complete(
    _ invocation: Invocation, file: Document?, environment: (String) -> String?
  ) throws(Diagnostic) -> Invocation {
    var result = invocation
    result.fill(from: try variables(invocation.command, environment))
    guard let file else { return result }
    if let name = result.text(CommandTable.Flags.profile) {
      result.fill(from: try profile(name, file, invocation.command))
    }
    result.fill(from: try settings(file.root, file, invocation.command, isRoot: true))
    return result
  }

  private static func variables(
    _ command: Command, _ environment: (String) -> String?
  ) throws(Diagnostic) -> [String: [String]] {
    var values: [String: [String]] = [:]
    for flag in command.flags where flag.isConfigurable {
      guard let text = environment(flag.variable), !text.isEmpty else { continue }
      // Several values of one flag stand on lines of their own.
      let parts = flag.repeats ? text.split(separator: "\n").map(String.init) : [text]
      for part in parts {
        guard let complaint = flag.complaint(about: part) else { continue }
        let line = SourceFile(name: "environment", text: "\(flag.variable)=\(part)")
        let start = flag.variable.utf8.count + 1
        throw .invalidValue(
          flag, part, complaint,
          at: SourceSpan(file: line, range: start..<start + part.utf8.count))
      }
      values[flag.name] = parts
    }
    return values
  }

  private static func profile(
    _ name: String, _ file: Document, _ command: Command
  ) throws(Diagnostic) -> [String: [String]] {
    let profiles = file.root["profiles"]
    guard let profile = profiles?[name] else {
      let names = profiles.map { $0.members.map(\.name) } ?? []
      throw .unknownProfile(name, names, at: profiles?.span ?? file.file.start)
    }
    return try settings(profile, file, command, isRoot: false)
  }

  private static func settings(
    _ node: Node, _ file: Document, _ command: Command, isRoot: Bool
  ) throws(Diagnostic) -> [String: [String]] {
    guard node.isObject else {
      if isRoot, node.isNull { return [:] }
      throw .settingsNotAMapping(at: node.span)
    }
    let known = CommandTable.commands.flatMap(\.flags).filter(\.isConfigurable)
    var values: [String: [String]] = [:]
    for member in node.members where !(isRoot && member.name == "profiles") {
      // The command's own flag of that name says what a value may be.
      let named = (command.flags + known).filter { $0.name == member.name && $0.isConfigurable }
      guard let flag = named.first else {
        let nearest = Nearest.match(member.name, among: known.map(\.name))
        throw .unknownSetting(member.name, nearest: nearest, at: member.key.span)
      }
      let texts = try self.texts(member.value, flag)
      if command.flag(named: flag.name) != nil {
        values[flag.name] = texts.map { meant($0, flag, from: file.file) }
      }
    }
    return values
  }

  private static func texts(_ node: Node, _ flag: Flag) throws(Diagnostic) -> [String] {
    let nodes = node.isArray ? Array(node.elements) : [node]
    if node.isArray, !flag.repeats, !isList(flag) { throw .settingNotAList(flag, at: node.span) }
    var texts: [String] = []
    for node in nodes {
      let text: String? =
        switch node.kind {
        case .string: node.string
        case .number: node.lexeme
        case .bool: node.bool == true ? "true" : "false"
        case .null, .array, .object: nil
        }
      guard let text else { throw .settingNotAValue(flag, at: node.span) }
      if let complaint = flag.complaint(about: text) {
        throw .invalidValue(flag, text, complaint, at: node.span)
      }
      texts.append(text)
    }
    return isList(flag) ? [texts.joined(separator: ",")] : texts
  }

  private static func isList(_ flag: Flag) -> Bool {
    if case .choices = flag.kind { true } else { false }
  }

  /// Paths in a settings file are meant from the folder that it stands in.
  private static func meant(_ text: String, _ flag: Flag, from file: SourceFile) -> String {
    guard case .path = flag.kind, !text.hasPrefix("/"),
      let slash = file.name.lastIndex(of: "/")
    else { return text }
    return String(file.name[...slash]) + text
  }
}
