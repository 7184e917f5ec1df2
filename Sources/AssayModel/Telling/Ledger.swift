/// The whole run in plan order: what events add up to.
///
/// A fold and nothing else, so that a ledger read back from a journal equals the one that the run
/// itself had. Bodies are kept for the steps that went wrong, up to a ceiling; of the others only
/// what a summary needs stays, so that a long run does not grow.
package struct Ledger: Sendable {
  package private(set) var facts: RunFacts?
  package private(set) var entries: [Entry] = []
  package private(set) var notes: [Note] = []
  package private(set) var end: End = .missing
  package private(set) var duration: Duration = .zero
  /// The servers that asked for patience, and how long they got it.
  package private(set) var slowdowns: [String: Slowdown] = [:]
  /// How many good calls have nothing kept of them but what they were and came to.
  package private(set) var briefCount = 0
  /// What was asked of the whole run.
  package private(set) var gates: [Event.Gate] = []
  /// How much of the contracts was reached; nil in a run without any.
  package private(set) var coverage: Coverage?
  private var keptBodies = 0
  private var keptDetails = 0

  package struct Slowdown: Sendable {
    /// The first status that asked for it.
    package let status: Int
    package var wait: Duration = .zero
  }

  package enum End: String, Sendable { case complete, interrupted, missing }

  /// The bytes of bodies that a ledger holds at most.
  package static let bodyCeiling = 64 << 20
  /// Up to this size the body of a good call is kept as well.
  package static let smallBody = 16 << 10
  /// What good calls may take with their fields and bodies; the first ones have them.
  package static let detailCeiling = 40 << 20

  /// One step: what was planned, and what became of it.
  package struct Entry: Sendable {
    package let step: Event.PlannedStep
    package var state: State = .planned
    package var exchange: Exchange?
    /// How many requests its scripts sent.
    package var subrequestCount = 0
    /// How many attempts were made before the one that counts.
    package var retryCount = 0
    /// What became of the first of them.
    package var attempts: [Attempt] = []
    /// The steps whose variables its request was filled in with.
    package var sources: [Int] = []
    package var operation: String?
    package var isMapped = false
    /// Whether the response had not one value in it.
    package var isHollow = false
    package var verdicts: [Verdict] = []
    package var console: [ScriptOutcome.ConsoleLine] = []
    package var notes: [Note] = []
    package var startedAt: Duration = .zero
    /// When its response was there, or could not be.
    package var exchangedAt: Duration = .zero
    package var endedAt: Duration = .zero

    package enum State: String, Sendable { case planned, running, ended }

    package var isBad: Bool { verdicts.contains(where: \.isBad) }
  }

  /// An attempt that was made again.
  package struct Attempt: Sendable {
    package let reason: String
    package let time: Duration
  }

  /// So many attempts of one step are kept.
  private static let attemptLimit = 20

  package init() {}

  package mutating func add(_ event: Event) {
    duration = max(duration, event.time)
    switch event.kind {
    case .runStarted(let facts): self.facts = facts
    case .planned(let steps): entries = steps.map { Entry(step: $0) }
    case .gated(let gate): gates.append(gate)
    case .runEnded(let interrupted): end = interrupted ? .interrupted : .complete
    case .noted(nil, let note): notes.append(note)
    case .noted(let step?, let note): change(step) { $0.notes.append(note) }
    case .stepStarted(let step):
      change(step) {
        $0.state = .running
        $0.startedAt = event.time
      }
    case .exchanged(let step, let exchange):
      change(step) {
        $0.exchange = exchange
        $0.exchangedAt = event.time
      }
    case .drew(let step, let sources): change(step) { $0.sources = sources }
    case .judged(let step, let verdict): change(step) { $0.verdicts.append(verdict) }
    case .contracted(let operations): coverage = Coverage(operations)
    case .mapped(let step, let operation, let reach):
      change(step) {
        $0.operation = operation
        $0.isMapped = true
        $0.isHollow = reach?.isHollow ?? false
      }
      if let reach { coverage?.add(reach, by: step) }
    case .console(let step, let line):
      change(step) { if $0.console.count < 1_000 { $0.console.append(line) } }
    case .stepAdded(let step):
      // Numbers are places in the list, so one that does not fit belongs to another run.
      if step.number == entries.count { entries.append(Entry(step: step)) }
    case .subexchanged(let step, _): change(step) { $0.subrequestCount += 1 }
    case .retried(let step, let exchange, let reason):
      change(step) {
        $0.retryCount += 1
        guard $0.attempts.count < Self.attemptLimit else { return }
        $0.attempts.append(Attempt(reason: reason, time: exchange.timings.service))
      }
    case .slowed(let host, let status, let wait):
      slowdowns[host, default: Slowdown(status: status)].wait += wait
    case .variableChanged, .visualized, .held: break
    case .stepEnded(let step):
      change(step) {
        $0.state = .ended
        $0.endedAt = event.time
      }
      settleBodies(of: step)
    }
  }

  private mutating func change(_ step: Int, _ edit: (inout Entry) -> Void) {
    guard entries.indices.contains(step) else { return }
    edit(&entries[step])
  }

  /// Lets go of what no report will show: a good call's large body, any past the ceiling, and the
  /// details of good calls when there are many.
  private mutating func settleBodies(of step: Int) {
    guard entries.indices.contains(step), let exchange = entries[step].exchange else { return }
    // What stays is bounded by the ceiling.
    entries[step].exchange?.credit = nil
    guard case .response(var response) = exchange.outcome else { return }
    let size = response.body.count
    if !entries[step].isBad {
      let details = exchange.request.weight + response.weight + min(size, Self.smallBody)
      if keptDetails + details > Self.detailCeiling {
        briefCount += 1
        response.headers = []
        response.forgetBody()
        entries[step].exchange = exchange.brief(response)
        return
      }
      keptDetails += details
    }
    let isShown = entries[step].isBad || size <= Self.smallBody
    if isShown, keptBodies + size <= Self.bodyCeiling {
      keptBodies += size
    } else {
      response.forgetBody()
      entries[step].exchange?.outcome = .response(response)
    }
  }
}

extension Request {
  /// What its fields and body take, about.
  fileprivate var weight: Int { headers.weight + (body?.count ?? 0) }
}

extension Response {
  fileprivate var weight: Int { headers.weight }
}

extension [HeaderField] {
  fileprivate var weight: Int {
    reduce(0) { $0 + 64 + $1.name.utf8.count + $1.value.utf8.count }
  }
}

extension Exchange {
  /// Without fields and bodies; redirects are rare, and stay.
  fileprivate func brief(_ response: Response) -> Exchange {
    let request = Request(method: request.method, url: request.url, headers: [], body: nil)
    var brief = Exchange(
      request: request, outcome: .response(response), timings: timings, peer: peer,
      reusedConnection: reusedConnection, sentCount: sentCount)
    brief.attempt = attempt
    brief.hops = hops
    return brief
  }
}
