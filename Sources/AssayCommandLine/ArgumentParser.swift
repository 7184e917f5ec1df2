package import AssayModel

/// Reads the words of a command line.
package struct ArgumentParser {
  private let words: [String]
  private let line: SourceFile
  /// Where each word stands in the line, for messages.
  private let spans: [SourceSpan]
  private var values: [String: [String]] = [:]
  private var operands: [Int] = []

  /// - Parameter words: What was typed behind the program's name.
  package init(_ words: [String]) {
    self.words = words
    var text = "assay"
    var ranges: [Range<Int>] = []
    for word in words {
      text += " "
      let start = text.utf8.count
      let isPlain = !word.isEmpty && word.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x27 }
      text += isPlain ? word : "'\(word)'"
      ranges.append(start..<text.utf8.count)
    }
    let line = SourceFile(name: "command line", text: text)
    self.line = line
    spans = ranges.map { SourceSpan(file: line, range: $0) }
  }

  /// What was asked for; nil stands for the page of all commands.
  package mutating func parse() throws(Diagnostic) -> Invocation? {
    guard let first = words.first else { return nil }
    if first == "--help" || first == "-h" { return nil }
    if first == "--version" {
      return Invocation(command: CommandTable.version, operands: [], values: [:])
    }
    guard let command = CommandTable.command(named: first) else {
      throw .unknownCommand(first, at: spans[0])
    }
    try read(command)
    if values[CommandTable.Flags.help.name] != nil {
      return Invocation(
        command: CommandTable.help, operands: [command.name.rawValue], values: [:])
    }
    let texts = operands.map { words[$0] }
    guard command.operands.count.contains(operands.count) else {
      let extra = operands.count > command.operands.count.upperBound
      throw .operandCount(
        command, at: extra ? spans[operands[command.operands.count.upperBound]] : spans[0],
        isExtra: extra)
    }
    for index in operands
    where !command.operands.choices.isEmpty && !command.operands.choices.contains(words[index]) {
      throw .unknownChoice(words[index], command.operands.choices, at: spans[index])
    }
    return Invocation(command: command, operands: texts, values: values)
  }

  private mutating func read(_ command: Command) throws(Diagnostic) {
    var index = 1
    while index < words.count {
      let word = words[index]
      if word == "--" {
        operands += (index + 1)..<words.count
        return
      }
      if word.hasPrefix("--") {
        try readLong(word, &index, command)
      } else if word.hasPrefix("-"), word.count > 1 {
        try readShort(word, &index, command)
      } else {
        operands.append(index)
      }
      index += 1
    }
  }

  private mutating func readLong(
    _ word: String, _ index: inout Int, _ command: Command
  ) throws(Diagnostic) {
    let parts = word.dropFirst(2).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let attached = parts.count > 1 ? String(parts[1]) : nil
    if let flag = command.flag(named: name) {
      try take(flag, attached, &index)
    } else if name.hasPrefix("no-"), let flag = command.flag(named: String(name.dropFirst(3))),
      case .toggle = flag.kind, attached == nil
    {
      values[flag.name] = ["false"]
    } else {
      throw .unknownFlag("--" + name, command, at: spans[index])
    }
  }

  /// `-v`, `-qq`, `-n5` and `-n 5`.
  private mutating func readShort(
    _ word: String, _ index: inout Int, _ command: Command
  ) throws(Diagnostic) {
    var letters = Substring(word.dropFirst())
    let start = index
    while let letter = letters.popFirst() {
      guard let flag = command.flag(short: letter) else {
        throw .unknownFlag("-" + String(letter), command, at: spans[start])
      }
      guard flag.takesValue else {
        try take(flag, nil, &index)
        continue
      }
      let attached =
        letters.isEmpty ? nil : String(letters.first == "=" ? letters.dropFirst() : letters)
      try take(flag, attached, &index)
      return
    }
  }

  private mutating func take(
    _ flag: Flag, _ attached: String?, _ index: inout Int
  ) throws(Diagnostic) {
    let start = index
    var value: String
    switch (flag.kind, attached) {
    case (.toggle, let text): value = text ?? "true"
    case (.count, let text):
      value = text ?? String((values[flag.name]?.last.flatMap { Int($0) } ?? 0) + 1)
    case (.optional(_, let choices), nil):
      value = "true"
      if index + 1 < words.count, choices.contains(words[index + 1]) {
        index += 1
        value = words[index]
      }
    case (_, let text?): value = text
    default:
      guard index + 1 < words.count else { throw .missingValue(flag, at: spans[start]) }
      index += 1
      value = words[index]
      // A flag in the place of a value is a value that was forgotten.
      if value.hasPrefix("--"), value.count > 2 { throw .missingValue(flag, at: spans[start]) }
    }
    if let complaint = flag.complaint(about: value) {
      throw .invalidValue(flag, value, complaint, at: spans[index])
    }
    if flag.repeats {
      values[flag.name, default: []].append(value)
    } else {
      values[flag.name] = [value]
    }
  }
}
