/// One thing that the program does: its operands, its flags, and how to use it.
package struct Command: Sendable {
  package let name: Name
  package let summary: String
  /// What stands behind the flags, such as `<collection…>`.
  package let operands: Operands
  package let flags: [Flag]
  package let examples: [Example]

  package enum Name: String, Sendable, CaseIterable {
    case run, plan, check, validate, judge, mock, report, compare, merge, replay, curl, explain
    case completions, version, help
  }

  package struct Operands: Sendable {
    package let text: String
    package let count: ClosedRange<Int>
    /// The words that may stand there; empty where anything may.
    package let choices: [String]

    package init(_ text: String, _ count: ClosedRange<Int>, choices: [String] = []) {
      self.text = text
      self.count = count
      self.choices = choices
    }
  }

  package struct Example: Sendable {
    package let command: String
    package let meaning: String
  }

  package func flag(named name: String) -> Flag? { flags.first { $0.name == name } }
  package func flag(short: Character) -> Flag? { flags.first { $0.short == short } }
}
