/// One option of a command: from this value come its parsing, its line in `--help`, its `ASSAY_*`
/// variable, its key in `assay.yaml`, and its completion.
package struct Flag: Sendable {
  /// What a flag takes.
  package enum Kind: Sendable {
    /// Nothing: it is on or off; `--no-name` turns it off.
    case toggle
    /// Nothing: it says more each time it is given.
    case count
    case text(String)
    /// A file or folder; in `assay.yaml` it is meant from where that file stands.
    case path(String)
    case whole(ClosedRange<Int>)
    /// `10` or `10/5`: a rate in one second, and a burst.
    case rate
    /// `500kB`, `25MB` or a number of bytes.
    case size
    case choice([String])
    /// Several of a list, separated by commas.
    case choices([String])
    /// On its own, or with a value: one of a list as the next word, or anything behind `=`.
    case optional(String, [String])
  }

  /// The heading under which `--help` lists it.
  package enum Group: String, Sendable, CaseIterable {
    case input = "What runs"
    case contract = "Contract and mock"
    case pace = "Pace and limits"
    case network = "Network"
    case output = "Output"
    case general = "General"
  }

  package let name: String
  package let short: Character?
  package let kind: Kind
  package let group: Group
  package let help: String
  /// What holds where it is not given, in words for `--help`.
  package let standard: String?
  package let repeats: Bool
  /// Whether it makes sense in a file or a variable; `--help` does not.
  package let isConfigurable: Bool

  package init(
    _ name: String, short: Character? = nil, _ kind: Kind, in group: Group, _ help: String,
    standard: String? = nil, repeats: Bool = false, isConfigurable: Bool = true
  ) {
    self.name = name
    self.short = short
    self.kind = kind
    self.group = group
    self.help = help
    self.standard = standard
    self.repeats = repeats
    self.isConfigurable = isConfigurable
  }

  /// `ASSAY_TIMEOUT_REQUEST` for `timeout-request`.
  package var variable: String {
    "ASSAY_" + name.uppercased().map { $0 == "-" || $0 == "." ? "_" : String($0) }.joined()
  }

  package var takesValue: Bool {
    switch kind {
    case .toggle, .count, .optional: false
    default: true
    }
  }

  /// What stands for the value in `--help`.
  package var placeholder: String {
    switch kind {
    case .toggle, .count: ""
    case .text(let name), .path(let name): name
    case .whole: "N"
    case .rate: "R[/BURST]"
    case .size: "SIZE"
    case .choice(let values): values.joined(separator: "|")
    case .choices(let values): values.joined(separator: ",")
    case .optional(let name, let values):
      "[=" + (values.isEmpty ? name : values.joined(separator: "|")) + "]"
    }
  }

  /// What is wrong with a value, or nil.
  func complaint(about value: String) -> String? {
    switch kind {
    case .toggle:
      return ["true", "false"].contains(value) ? nil : "`true` or `false` is needed"
    case .count: return Int(value).map { $0 >= 0 } == true ? nil : "a whole number is needed"
    case .text: return nil
    case .path: return value.isEmpty ? "a path is needed" : nil
    case .whole(let range):
      guard let number = Int(value) else { return "a whole number is needed" }
      return range.contains(number)
        ? nil : "a number from \(range.lowerBound) to \(range.upperBound) is needed"
    case .rate: return Rate(value) == nil ? "a rate such as `10` or `10/5` is needed" : nil
    case .size: return Self.bytes(value) == nil ? "a size such as `25MB` is needed" : nil
    case .choice(let values):
      return values.contains(value) ? nil : "one of \(values.joined(separator: ", ")) is needed"
    case .optional(_, let values):
      return values.isEmpty || value == "true" || values.contains(value)
        ? nil : "one of \(values.joined(separator: ", ")) is needed"
    case .choices(let values):
      let unknown = value.split(separator: ",").first { !values.contains(String($0)) }
      return unknown.map { "`\($0)` is none of \(values.joined(separator: ", "))" }
    }
  }

  /// So many bytes: a whole number, with a unit or without.
  static func bytes(_ text: String) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let units = ["": 1, "b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000]
    let unit = text[digits.endIndex...].lowercased().filter { $0 != " " }
    guard let number = Int(digits), number > 0, number < 1 << 32, let factor = units[unit] else {
      return nil
    }
    return number * factor
  }

  var alternatives: [String] {
    switch kind {
    case .choice(let values), .choices(let values), .optional(_, let values): values
    default: []
    }
  }
}

/// Requests in one second, and how many of them may leave at once.
package struct Rate: Sendable, Hashable {
  package let perSecond: Double
  package let burst: Int

  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let rate = parts.first.flatMap({ Double($0) }), rate > 0, rate <= 1_000_000,
      parts.count <= 2
    else { return nil }
    guard parts.count == 2 else {
      (perSecond, burst) = (rate, 1)
      return
    }
    guard let burst = Int(parts[1]), (1...1_000_000).contains(burst) else { return nil }
    (perSecond, self.burst) = (rate, burst)
  }
}
