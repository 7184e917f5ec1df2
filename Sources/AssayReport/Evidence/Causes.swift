package import AssayModel

/// What is wrong once, however often it shows.
package struct Cause: Sendable {
  package let id: String
  package let fault: Verdict.Fault?
  /// The operation, or the request where no operation is known.
  package let title: String
  package let code: String
  package let rule: String
  package let message: String
  /// The rule, or the line of the test.
  package let place: Place?
  /// What would help, where that can be known.
  package let hint: String?
  /// Where it showed first: a step, a verdict of it, and a finding of that.
  package let step: Int
  let verdict: Verdict
  let finding: Finding?
  /// How many calls show it.
  package fileprivate(set) var count = 1
  /// The first calls that show it.
  package fileprivate(set) var steps: [Int]
}

/// The causes of a run in the order in which they were met; those of a whole run's setting come first.
package struct Causes: Sendable {
  package private(set) var list: [Cause] = []
  private var places: [String: Int] = [:]
  private static let stepLimit = 50
  /// So many are told apart; a run with more has one cause, and it is none of these.
  private static let limit = 20_000

  package init(_ ledger: Ledger) {
    if let refusal = Self.refusal(ledger) { add(refusal) }
    for entry in ledger.entries {
      for verdict in entry.verdicts where verdict.isBad {
        let errors = verdict.findings.filter { $0.severity == .error }
        if errors.isEmpty {
          add(Self.cause(of: verdict, nil, entry))
        } else {
          for finding in errors { add(Self.cause(of: verdict, finding, entry)) }
        }
      }
    }
  }

  /// The causes that one step shows.
  static func ids(of entry: Ledger.Entry) -> [String] {
    var ids: [String] = []
    for verdict in entry.verdicts where verdict.isBad {
      let errors = verdict.findings.filter { $0.severity == .error }
      let found =
        errors.isEmpty
        ? [id(of: verdict, nil, entry)] : errors.map { id(of: verdict, $0, entry) }
      for id in found where !ids.contains(id) { ids.append(id) }
    }
    return ids
  }

  private mutating func add(_ cause: Cause) {
    if let place = places[cause.id] {
      // Several findings of one call are one call.
      guard list[place].steps.last != cause.step else { return }
      list[place].count += 1
      if list[place].steps.count < Self.stepLimit { list[place].steps.append(cause.step) }
    } else if list.count < Self.limit {
      places[cause.id] = list.count
      list.append(cause)
    }
  }

  private static func cause(
    of verdict: Verdict, _ finding: Finding?, _ entry: Ledger.Entry
  ) -> Cause {
    let at = finding.map { wildcarded($0.at) } ?? ""
    let message = finding.map { at.isEmpty ? $0.message : "\(at): \($0.message)" }
    let rule = finding.map(\.keyword) ?? verdict.name
    return Cause(
      id: id(of: verdict, finding, entry), fault: verdict.fault,
      title: entry.operation ?? entry.step.name, code: verdict.code,
      rule: rule.isEmpty ? verdict.name : rule, message: message ?? verdict.message,
      place: finding?.document ?? verdict.place, hint: hint(verdict), step: entry.step.number,
      verdict: verdict, finding: finding, steps: [entry.step.number])
  }

  /// What tells causes apart: of a contract the operation, the response, the place and the rule; of a
  /// test the request and the test; of a server that is not there the server.
  private static func id(
    of verdict: Verdict, _ finding: Finding?, _ entry: Ledger.Entry
  ) -> String {
    if verdict.fault == .transport || verdict.fault == .limit {
      return Identity.cause([verdict.code, entry.exchange?.request.origin ?? ""])
    }
    guard let finding else {
      return Identity.cause(
        [verdict.code, entry.step.suite] + entry.step.folders + [entry.step.name, verdict.name])
    }
    let response = entry.exchange?.response
    let media = response?.headers.first("Content-Type")?.split(separator: ";").first ?? ""
    return Identity.cause([
      entry.operation ?? entry.step.name, response.map { String($0.status) } ?? "",
      media.lowercased(), finding.part.rawValue, finding.name ?? "", wildcarded(finding.at),
      finding.documentPointer, finding.keyword,
    ])
  }

  /// One wrong rule for a list is one cause: indexes do not tell causes apart.
  private static func wildcarded(_ pointer: String) -> String {
    pointer.split(separator: "/", omittingEmptySubsequences: false)
      .map { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } ? "*" : String($0) }
      .joined(separator: "/")
  }

  private static func hint(_ verdict: Verdict) -> String? {
    switch verdict.code {
    case "transport.resolve": "is the host's name right, and can this machine resolve it?"
    case "transport.connect": "does the server run, and can this machine reach it?"
    case "transport.tls":
      "the reason says which rule of trust was broken; `--ssl-extra-ca-certs` adds an authority"
    case "limit.time": "`--timeout-request` gives a call more time"
    case "limit.body": "`--max-body-size` allows larger bodies"
    case "collection.undefined-variable":
      "give it a value in an environment (-e) or with `--env-var NAME=VALUE`"
    default: nil
    }
  }

  /// One cause where nearly every call was refused: the credentials, not the API.
  private static func refusal(_ ledger: Ledger) -> Cause? {
    let answered = ledger.entries.filter { $0.exchange?.response != nil }
    let refused = answered.filter { $0.exchange?.response?.status == 401 && $0.isBad }
    guard refused.count >= 5, refused.count * 5 >= answered.count * 4, let first = refused.first,
      let verdict = first.verdicts.first(where: \.isBad)
    else { return nil }
    var cause = Cause(
      id: Identity.cause(["setup.unauthorized"]), fault: .setup, title: "Every call",
      code: "setup.unauthorized", rule: "credentials",
      message: "\(refused.count) of \(answered.count) calls were refused with 401",
      place: nil, hint: "are the credentials of this environment there, and still valid?",
      step: first.step.number, verdict: verdict, finding: nil, steps: [])
    cause.count = refused.count
    cause.steps = refused.prefix(stepLimit).map(\.step.number)
    return cause
  }
}
