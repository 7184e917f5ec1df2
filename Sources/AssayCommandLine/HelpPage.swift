/// The pages that `--help` prints, made from the table.
package enum HelpPage {
  /// The page of all commands.
  package static func overview(version: String) -> String {
    var text = """
      assay \(version): runs API collections concurrently, and judges every call by its contract

      Usage: assay <command> [flags]

      Commands:

      """
    for command in CommandTable.commands {
      let usage = "\(command.name.rawValue) \(command.operands.text)"
      text += "  \(padded(usage, 26)) \(command.summary)\n"
    }
    text += """

      Examples:
        assay run shop.json -e staging.json --spec openapi.yaml --rps 20
        assay run shop.json --folder 'Get order' --env-var baseUrl=http://localhost:8080 -v
        assay run shop.json --spec openapi.yaml --mock --stateful

      `assay <command> --help` tells what a command takes. Each flag can also be a variable
      (--rps is ASSAY_RPS) or a key of assay.yaml (rps: 20); the flag is strongest.

      """
    return text
  }

  /// The page of one command.
  package static func page(_ command: Command, width: Int) -> String {
    var text = "assay \(command.name.rawValue): \(command.summary)\n\n"
    text += "Usage: assay \(command.name.rawValue) [flags] \(command.operands.text)\n"
    if !command.examples.isEmpty {
      text += "\nExamples:\n"
      for example in command.examples {
        text += "  \(example.command)\n      \(example.meaning)\n"
      }
    }
    for group in Flag.Group.allCases {
      let flags = command.flags.filter { $0.group == group }
      guard !flags.isEmpty else { continue }
      text += "\n\(group.rawValue):\n"
      for flag in flags { text += line(flag, width: width) }
    }
    if command.flags.contains(where: \.isConfigurable) {
      text +=
        "\nEach flag can be a variable (ASSAY_ and its name in capitals) or a key of assay.yaml.\n"
    }
    return text
  }

  private static func line(_ flag: Flag, width: Int) -> String {
    let short = flag.short.map { "-\($0), " } ?? "    "
    let gap = flag.placeholder.isEmpty || flag.placeholder.hasPrefix("[=") ? "" : " "
    let value = gap + flag.placeholder
    var usage = "  \(short)--\(flag.name)\(value)"
    var words = flag.help
    if flag.repeats { words += " (repeatable)" }
    if let standard = flag.standard { words += " [\(standard)]" }
    let column = 38
    if usage.count >= column { usage += "\n" + String(repeating: " ", count: column) }
    let lines = wrapped(words, width: max(30, width - column))
    let rest = lines.dropFirst().map { String(repeating: " ", count: column) + $0 }
    return ([padded(usage, column) + (lines.first ?? "")] + rest).joined(separator: "\n") + "\n"
  }

  private static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty ? lines : lines + [line]
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
