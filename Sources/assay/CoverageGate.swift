internal import AssayModel

/// How much of its contracts a run has to reach, such as `80` or `operations=100,responses=60`.
struct CoverageGate {
  /// What can be asked for, and how much of it was reached.
  private static let kinds: [(name: String, share: @Sendable (Coverage) -> Coverage.Share)] = [
    ("operations", { $0.called }), ("responses", { $0.count(.response) }),
    ("requests", { $0.count(.request) }), ("parameters", { $0.count(.parameter) }),
    ("members", { $0.count(.property) }),
  ]

  private var bounds: [(name: String, percent: Int)] = []

  init(_ text: String) throws(Diagnostic) {
    for part in text.split(separator: ",") {
      let halves = part.split(separator: "=", maxSplits: 1)
      let name = halves.count == 2 ? String(halves[0]) : "responses"
      let number = String(halves.last ?? "")
      let digits = number.hasSuffix("%") ? String(number.dropLast()) : number
      guard Self.kinds.contains(where: { $0.name == name }), let percent = Int(digits),
        (0...100).contains(percent)
      else { throw .unknownCoverage(text, kinds: Self.kinds.map(\.name)) }
      bounds.append((name, percent))
    }
    guard !bounds.isEmpty else { throw .unknownCoverage(text, kinds: Self.kinds.map(\.name)) }
  }

  /// What a run came to, bound by bound, and what is to be told of those that it missed.
  func gates(_ ledger: Ledger) -> [(gate: Event.Gate, problem: Diagnostic?)] {
    guard let coverage = ledger.coverage else {
      let problem = Diagnostic.coverageWithoutContract()
      return [(Event.Gate(name: "coverage", holds: false, message: problem.message), problem)]
    }
    return bounds.compactMap { bound in
      guard let share = Self.kinds.first(where: { $0.name == bound.name })?.share(coverage) else {
        return nil
      }
      let name = "coverage: \(bound.name)"
      guard share.percent >= bound.percent else {
        let problem = Diagnostic.tooLittleCoverage(bound.name, share, bound.percent)
        return (Event.Gate(name: name, holds: false, message: problem.message), problem)
      }
      let words = "\(share.seen) of \(share.total) \(bound.name) were reached"
      return (Event.Gate(name: name, holds: true, message: words), nil)
    }
  }
}
