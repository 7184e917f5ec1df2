/// What happened, to which step, and when. Everything shown is folded from these.
package struct Event: Sendable {
  /// Since the run began.
  package let time: Duration
  package let kind: Kind

  package init(time: Duration, kind: Kind) {
    self.time = time
    self.kind = kind
  }

  package enum Kind: Sendable {
    /// Posted once, before anything else.
    case runStarted(RunFacts)
    /// Posted once, after planning: every step that was selected, so that a reader of an
    /// interrupted run sees what never ran.
    case planned([PlannedStep])
    /// A step has begun; its scripts have not run yet.
    case stepStarted(Int)
    /// One request has been answered or has failed.
    case exchanged(Int, Exchange)
    /// A script of the step has sent a request of its own.
    case subexchanged(Int, Exchange)
    /// An attempt that is made again, and why.
    case retried(Int, Exchange, reason: String)
    /// The request of a step was filled in with what these earlier steps have set.
    case drew(Int, from: [Int])
    /// A step waits for another one.
    case held(Int, by: Int, reason: String)
    /// A server asked for patience: nothing more goes there for so long.
    case slowed(host: String, status: Int, wait: Duration)
    /// A script has sent its lane back to an item: one more step than was planned.
    case stepAdded(PlannedStep)
    /// One claim has been judged.
    case judged(Int, Verdict)
    /// What the contracts of the run promise, posted once after the plan.
    case contracted([OperationFacts])
    /// The operation of the contract that a step exercised, nil where none fits, and what was reached
    /// of it.
    case mapped(Int, operation: String?, reach: Reach?)
    /// A script wrote to its console.
    case console(Int, ScriptOutcome.ConsoleLine)
    /// A script asked for a page to be shown.
    case visualized(Int, ScriptOutcome.Visualization)
    /// A script changed a variable; the value is not told.
    case variableChanged(Int, ScopeKind, name: String)
    /// Something worth knowing that is no verdict. A step of nil means the whole run.
    case noted(Int?, Note)
    /// The step is over; nothing more is told of it.
    case stepEnded(Int)
    /// What was asked of the run as a whole, and whether it holds.
    case gated(Gate)
    /// Posted once, at the end of a run that was not killed.
    case runEnded(interrupted: Bool)
  }

  /// A bound that somebody set for a whole run.
  package struct Gate: Sendable, Hashable {
    /// `coverage: responses`.
    package let name: String
    package let holds: Bool
    package let message: String

    package init(name: String, holds: Bool, message: String) {
      self.name = name
      self.holds = holds
      self.message = message
    }
  }

  /// A step as the plan names it.
  package struct PlannedStep: Sendable {
    package private(set) var number: Int
    package let suite: String
    package let folders: [String]
    package let name: String
    package let iteration: Int
    package let iterationCount: Int
    package let place: Place
    /// What tells its row of data from the others; nil where there are no rows.
    package let row: String?

    package init(
      number: Int, suite: String, folders: [String], name: String, iteration: Int,
      iterationCount: Int, place: Place, row: String? = nil
    ) {
      self.number = number
      self.suite = suite
      self.folders = folders
      self.name = name
      self.iteration = iteration
      self.iterationCount = iterationCount
      self.place = place
      self.row = row
    }

    /// The folder path and the name, as people say it.
    package var path: String { (folders + [name]).joined(separator: " / ") }

    /// The same item as another step.
    package func numbered(_ number: Int) -> PlannedStep {
      var copy = self
      copy.number = number
      return copy
    }
  }
}

/// What a report says about the run as a whole.
package struct RunFacts: Sendable, Hashable {
  package var id: String
  package var version: String
  /// Seconds since 1970, UTC.
  package var startedAt: Int
  package var collections: [String]
  package var environment: String?
  package var contracts: [String]
  package var inputs: [Input]
  /// What makes the random values of a run come again.
  package var seed: UInt64
  /// The words of the command line that would do the same again, without what only shapes outputs.
  package var command: [String]

  /// One input and the digest of its bytes, so that a report says what it speaks of.
  package struct Input: Sendable, Hashable {
    package let name: String
    package let sha256: String

    package init(name: String, sha256: String) {
      self.name = name
      self.sha256 = sha256
    }
  }

  package init(
    id: String, version: String, startedAt: Int, collections: [String], environment: String?,
    contracts: [String], inputs: [Input], seed: UInt64 = 0, command: [String] = []
  ) {
    self.id = id
    self.version = version
    self.startedAt = startedAt
    self.collections = collections
    self.environment = environment
    self.contracts = contracts
    self.inputs = inputs
    self.seed = seed
    self.command = command
  }
}
