// What a run needs of the world. The rooms that act are reached through these, so that a test can
// stand in for any of them.

/// Sends one request and tells what became of it.
package protocol Sender: Sendable {
  func send(_ request: Request, limits: SendLimits) async -> Exchange
}

/// Decides where a response leads.
package protocol Follower: Sendable {
  func followUp(of exchange: Exchange) -> FollowUp
}

/// What comes after a response.
package enum FollowUp: Sendable {
  case none
  case request(Request)
  /// It leads where nobody may be sent.
  case refused(TransportFault)
}

/// How long and how much one exchange may take.
package struct SendLimits: Sendable, Hashable {
  package var connect: Duration = .seconds(10)
  package var total: Duration = .seconds(60)
  package var bodySize: Int = 32 << 20
  package var headerSize: Int = 256 << 10
  package var verifiesPeer: Bool = true
  package var redirectCount: Int = 10
  package var ignoresCookies = false

  package init() {}
}

/// Turns an item of a collection into a request, with the variables of the moment.
package protocol Composer: Sendable {
  /// The item's request as written, in the form that scripts read and change.
  func draft(of item: Suite.Item) -> Value

  /// The request ready for the wire; `draft` is what the pre-request scripts left of it.
  func compose(
    _ item: Suite.Item, draft: Value, scopes: Scopes
  ) throws(Diagnostic) -> Composition
}

/// A composed request, and what was noticed on the way.
package struct Composition: Sendable {
  package let request: Request
  package let notes: [Diagnostic]
  /// How many redirects the collection wants followed; nil leaves it to the run.
  package let redirectLimit: Int?
  /// Whether the jar of cookies is to be left alone.
  package let ignoresCookies: Bool

  package init(
    request: Request, notes: [Diagnostic], redirectLimit: Int? = nil, ignoresCookies: Bool = false
  ) {
    self.request = request
    self.notes = notes
    self.redirectLimit = redirectLimit
    self.ignoresCookies = ignoresCookies
  }
}

/// One world of JavaScript: globals that a script leaves behind are there for the next.
package protocol ScriptHost: Sendable {
  /// - Parameter send: Sends a request that the script asks for, in the form of a draft.
  func run(
    _ script: Script, in setting: ScriptSetting, sending send: @escaping ScriptSending
  ) async -> ScriptOutcome
  func close() async
}

/// What becomes of a request that a script sends.
package typealias ScriptSending = @Sendable (Value) async -> Result<Exchange, Diagnostic>

/// What a script can see.
package struct ScriptSetting: Sendable {
  package let step: Step
  package let draft: Value
  package let scopes: Scopes
  package let exchange: Exchange?

  package init(step: Step, draft: Value, scopes: Scopes, exchange: Exchange?) {
    self.step = step
    self.draft = draft
    self.scopes = scopes
    self.exchange = exchange
  }
}

/// What a script did.
package struct ScriptOutcome: Sendable {
  package var assertions: [Assertion] = []
  package var changes: [VariableChange] = []
  package var draft: Value?
  package var console: [ConsoleLine] = []
  package var skipsRequest = false
  package var next: Next?
  package var fault: ScriptFault?

  package init() {}

  /// Where a script wants its lane to go on.
  package enum Next: Sendable, Hashable {
    /// To the item of this name or id.
    case item(String)
    /// To the next iteration.
    case end
  }

  /// One `pm.test`, or one entry of the legacy `tests`.
  package struct Assertion: Sendable {
    package enum Outcome: Sendable {
      case passed, skipped
      case failed(message: String, line: Int?)
    }
    package let name: String
    package let outcome: Outcome

    package init(name: String, outcome: Outcome) {
      self.name = name
      self.outcome = outcome
    }
  }

  package struct VariableChange: Sendable {
    package let scope: ScopeKind
    package let name: String
    /// Nil when the variable was removed.
    package let value: Value?

    package init(scope: ScopeKind, name: String, value: Value?) {
      self.scope = scope
      self.name = name
      self.value = value
    }
  }

  package struct ConsoleLine: Sendable, Hashable {
    package let level: String
    package let text: String

    package init(level: String, text: String) {
      self.level = level
      self.text = text
    }
  }
}

/// Why a script could not be carried through.
package struct ScriptFault: Error, Sendable {
  package enum Kind: String, Sendable {
    case syntax, exception, timeout, crash, memory
  }
  package let kind: Kind
  package let message: String
  /// The line of the script, from 1, where that is known.
  package let line: Int?
  package let column: Int?

  package init(_ kind: Kind, _ message: String, line: Int? = nil, column: Int? = nil) {
    self.kind = kind
    self.message = message
    self.line = line
    self.column = column
  }

  package var code: String { "script.\(kind.rawValue)" }
}

/// Compares one exchange with a contract.
package protocol Judge: Sendable {
  func judge(_ exchange: Exchange) -> Judgement
}

/// Answers for a server: what the mock asks when a request has come in.
package protocol Answerer: Sendable {
  func answer(_ request: Request) -> Response
}
