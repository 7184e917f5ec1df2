/// What a command line means once flags, variables, settings and defaults are taken together.
package struct Invocation: Sendable {
  package let command: Command
  package let operands: [String]
  private var values: [String: [String]]

  init(command: Command, operands: [String], values: [String: [String]]) {
    self.command = command
    self.operands = operands
    self.values = values
  }

  /// Adds what a weaker source says of flags that no stronger one has set.
  mutating func fill(from weaker: [String: [String]]) {
    values.merge(weaker) { stronger, _ in stronger }
  }

  package func text(_ flag: Flag) -> String? { values[flag.name]?.last }
  package func texts(_ flag: Flag) -> [String] { values[flag.name] ?? [] }
  package func isOn(_ flag: Flag) -> Bool { text(flag) == "true" }
  package func count(_ flag: Flag) -> Int { text(flag).flatMap { Int($0) } ?? 0 }
  package func whole(_ flag: Flag) -> Int? { text(flag).flatMap { Int($0) } }
  package func size(_ flag: Flag) -> Int? { text(flag).flatMap(Flag.bytes) }
  package func rate(_ flag: Flag) -> Rate? { text(flag).flatMap(Rate.init) }
  /// The words that would give these flags again, in their order.
  package func words(_ flags: [Flag]) -> [String] {
    flags.flatMap { flag -> [String] in
      texts(flag).flatMap { value -> [String] in
        switch flag.kind {
        case .toggle: value == "true" ? ["--\(flag.name)"] : []
        case .count: []
        case .optional: ["--\(flag.name)=\(value)"]
        default: ["--\(flag.name)", value]
        }
      }
    }
  }

  package func list(_ flag: Flag) -> [String]? {
    text(flag).map { $0.split(separator: ",").map(String.init) }
  }
}
