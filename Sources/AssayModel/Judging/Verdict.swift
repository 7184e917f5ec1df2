/// One claim about a call, and whether it held.
package struct Verdict: Sendable {
  package enum Outcome: String, Sendable, CaseIterable {
    /// Held.
    case passed
    /// The API, or the collection's expectation, is wrong.
    case failed
    /// Something kept us from judging.
    case error
    /// Deliberately not judged.
    case skipped
    /// There was something to judge and no rule to judge it by; counted, never green.
    case notJudged = "not-judged"
  }

  /// Whose fault a failure is, for the first screen of a report.
  package enum Fault: String, Sendable, CaseIterable {
    case setup, transport, script, assertion
    case response = "contract.response"
    case request = "contract.request"
    case undocumented, budget, limit
  }

  package let name: String
  /// The stable code: `assertion`, `contract.body`, `transport.connect` and so on.
  package let code: String
  package let outcome: Outcome
  package let fault: Fault?
  package let message: String
  /// Where the user would look first: the rule, or the line of the test.
  package let place: Place?
  package let findings: [Finding]
  /// The lines of the script that failed.
  package let excerpt: ScriptExcerpt?

  package init(
    name: String, code: String, outcome: Outcome, fault: Fault? = nil, message: String = "",
    place: Place? = nil, findings: [Finding] = [], excerpt: ScriptExcerpt? = nil
  ) {
    self.name = name
    self.code = code
    self.outcome = outcome
    self.fault = fault
    self.message = message
    self.place = place
    self.findings = findings
    self.excerpt = excerpt
  }

  package var isBad: Bool { outcome == .failed || outcome == .error }

  /// The code of a call that was answered only after it had failed.
  package static let flakyCode = "request.flaky"
}

/// One rule of a contract that an exchange breaks, and both places: received, and promised.
package struct Finding: Sendable {
  package enum Severity: String, Sendable { case error, warning, info }

  /// Which part of the exchange it is about, in the words of `assay judge --json`.
  package enum Part: String, Sendable {
    case route, method, path, query, header, cookie, body
    case contentType = "content-type"
    case security, status
    case responseHeader = "response.header"
    case responseBody = "response.body"
  }

  package var code: String
  package var severity: Severity
  package var part: Part
  package var name: String?
  /// A JSON Pointer into the decoded value.
  package var at: String
  package var keyword: String
  package var message: String
  package var expected: String
  package var received: String
  /// The rule, in the contract.
  package var document: Place?
  package var documentPointer: String
  /// The rule's own lines, for a report that has no access to the file.
  package var documentExcerpt: [ExcerptLine]
  /// The violated place in the received bytes.
  package var receivedRange: Range<Int>?
  /// The line of that place in the body as it was sent, from 1.
  package var receivedLine: Int?
  /// Where the specification leaves room: the reading that this rests on.
  package var reading: String?

  package init(
    code: String, severity: Severity = .error, part: Part, name: String? = nil, at: String = "",
    keyword: String, message: String, expected: String = "", received: String = "",
    document: Place? = nil, documentPointer: String = "", documentExcerpt: [ExcerptLine] = [],
    receivedRange: Range<Int>? = nil
  ) {
    self.code = code
    self.severity = severity
    self.part = part
    self.name = name
    self.at = at
    self.keyword = keyword
    self.message = message
    self.expected = expected
    self.received = received
    self.document = document
    self.documentPointer = documentPointer
    self.documentExcerpt = documentExcerpt
    self.receivedRange = receivedRange
  }

  /// One numbered line of a text around the place that matters.
  package struct ExcerptLine: Sendable, Hashable {
    package let number: Int
    package let text: String
    package let isMarked: Bool
    /// Where in the text the place begins, counted in characters from 1.
    package let column: Int?

    package init(number: Int, text: String, isMarked: Bool, column: Int? = nil) {
      self.number = number
      self.text = text
      self.isMarked = isMarked
      self.column = column
    }
  }
}

/// A piece of a script with the line that matters, for a report that has no access to the file.
package struct ScriptExcerpt: Sendable, Hashable {
  /// Numbered as in the collection's file.
  package let lines: [Finding.ExcerptLine]
  /// Where in the marked line, counted in characters from 1.
  package let column: Int?

  package init(lines: [Finding.ExcerptLine], column: Int?) {
    self.lines = lines
    self.column = column
  }

  /// Where a caret stands: at the place, or at the first character of the line.
  package var caret: Int {
    let marked = lines.first(where: \.isMarked)?.text ?? ""
    return column ?? marked.prefix { $0.isWhitespace }.count + 1
  }
}

/// What a contract says of one exchange.
package struct Judgement: Sendable {
  /// `GET /pets/{id}`, or nil when no operation fits.
  package let operation: String?
  package let verdicts: [Verdict]
  /// What the call has reached; nil where no operation fits.
  package let reach: Reach?

  package init(operation: String?, verdicts: [Verdict], reach: Reach? = nil) {
    self.operation = operation
    self.verdicts = verdicts
    self.reach = reach
  }

  /// What a contract says of one half of an exchange.
  package enum Side: String, Sendable {
    case valid, invalid
    case notJudged = "not-judged"
    /// There was no response.
    case none
  }

  /// The caller's half: the route, the parameters, the body, the credentials.
  package var request: Side { side(verdicts.filter(\.isOfRequest)) }

  /// The server's half.
  package func response(hasCome: Bool) -> Side {
    guard hasCome else { return .none }
    // What belongs to no operation has no rules.
    return operation == nil ? .notJudged : side(verdicts.filter { !$0.isOfRequest })
  }

  private func side(_ verdicts: [Verdict]) -> Side {
    if verdicts.contains(where: \.isBad) { return .invalid }
    return verdicts.contains { $0.outcome == .notJudged } ? .notJudged : .valid
  }
}

extension Verdict {
  /// Whether it speaks of what the caller did.
  fileprivate var isOfRequest: Bool {
    fault == .request
      || ["contract.operation", "contract.request", "contract.security"].contains(code)
  }
}
