internal import AssayModel

/// One claim about a step under a name and an id that no other claim of the run has.
struct Claim {
  let verdict: Verdict
  /// What the report calls it, told apart from its namesakes.
  let name: String
  let id: String
}

/// A step with all that is claimed of it.
struct Claimed {
  let entry: Ledger.Entry
  /// The name of the request, told apart from its namesakes.
  let name: String
  let id: String
  let claims: [Claim]

  /// ` [row acme]`, ` [iter 2]`, or nothing.
  var round: String {
    if let row = entry.step.row { return " [row \(row)]" }
    return entry.step.iterationCount > 1 ? " [iter \(entry.step.iteration + 1)]" : ""
  }
}

extension Claimed {
  /// - Parameter count: How many steps of the run had its id before it, and it.
  init(_ entry: Ledger.Entry, count: Int) {
    let mark = count > 1 ? " (\(count))" : ""
    let id = Identity.step(entry.step)
    var verdicts = entry.verdicts
    if verdicts.isEmpty || entry.state != .ended { verdicts.append(Self.cutShort) }
    var counts: [String: Int] = [:]
    let claims = verdicts.map { verdict in
      let count = counts[verdict.name, default: 0] + 1
      counts[verdict.name] = count
      let name = count > 1 ? "\(verdict.name) (\(count))" : verdict.name
      return Claim(verdict: verdict, name: name, id: Identity.check(name + mark, of: id))
    }
    self.init(entry: entry, name: entry.step.name + mark, id: id, claims: claims)
  }

  /// What is claimed of a step that was never judged: nothing that could look passed.
  private static var cutShort: Verdict {
    Verdict(
      name: "end", code: "run.not-judged", outcome: .error, fault: .setup,
      message: "the run ended before this was judged")
  }
}

/// Names steps and claims in the order of the plan. Namesakes are counted, so that none hides another.
struct ClaimNames {
  private var counts: [String: Int] = [:]

  /// How many steps had the id of this one before it, and it.
  mutating func count(_ entry: Ledger.Entry) -> Int {
    let count = counts[Identity.step(entry.step), default: 0] + 1
    counts[Identity.step(entry.step)] = count
    return count
  }

  mutating func next(_ entry: Ledger.Entry) -> Claimed { Claimed(entry, count: count(entry)) }
}

extension Ledger {
  /// Every step with its claims, in the order of the plan.
  func eachClaimed(_ body: (Claimed) -> Void) {
    var names = ClaimNames()
    for entry in entries { body(names.next(entry)) }
  }
}
