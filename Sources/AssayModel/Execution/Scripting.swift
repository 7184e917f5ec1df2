// Scripts, as those see them who run them and those who are told what they did.

/// One world of JavaScript: globals that a script leaves behind are there for the next.
package protocol ScriptHost: Sendable {
  func run(
    _ script: Script, in setting: ScriptSetting, with services: ScriptServices
  ) async -> ScriptOutcome
  func close() async
}

/// What a script can ask of the run while it is running.
package struct ScriptServices: Sendable {
  /// Sends a request, given in the form of a draft.
  package let send: @Sendable (Value) async -> Result<Exchange, Diagnostic>
  /// Sends the request of another item of the collection, by its id or name.
  package let sendItem: @Sendable (String, [Variable]) async -> Result<Exchange, Diagnostic>?
  /// Makes a value of a dynamic variable.
  package let dynamicValue: @Sendable (String) -> String?
  package let cookies: (any CookieKeeper)?
  /// A secret by its name, and one that a script wants to be kept for the run; nil forgets it.
  package let secret: @Sendable (String) -> Value?
  package let keepSecret: @Sendable (String, Value?) async -> Void

  package init(
    send: @escaping @Sendable (Value) async -> Result<Exchange, Diagnostic>,
    sendItem: @escaping @Sendable (String, [Variable]) async -> Result<Exchange, Diagnostic>? = {
      _, _ in nil
    },
    dynamicValue: @escaping @Sendable (String) -> String? = { _ in nil },
    cookies: (any CookieKeeper)? = nil,
    secret: @escaping @Sendable (String) -> Value? = { _ in nil },
    keepSecret: @escaping @Sendable (String, Value?) async -> Void = { _, _ in }
  ) {
    self.send = send
    self.sendItem = sendItem
    self.dynamicValue = dynamicValue
    self.cookies = cookies
    self.secret = secret
    self.keepSecret = keepSecret
  }
}

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
  package var visualization: Visualization?
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
      case failed(message: String, line: Int?, column: Int?)
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

  /// A page that a script asks to be shown: a template, and what is to fill it.
  package struct Visualization: Sendable, Hashable {
    package let template: String
    package let data: Value

    package init(template: String, data: Value) {
      self.template = template
      self.data = data
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
