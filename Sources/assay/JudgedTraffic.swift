internal import AssayModel
internal import AssayReport
internal import AssaySystem

/// Judged exchanges as a run, so that every report of a run can be made of them. Secrets are taken out
/// as in one: whoever recorded the traffic may have kept them.
struct JudgedTraffic {
  private(set) var ledger = Ledger()
  private(set) var redactor: Redactor
  var console: ConsoleReport?

  init(secrets: [Secret] = [], console: ConsoleReport?) {
    redactor = Redactor(secrets: secrets, key: RunCommand.runKey())
    self.console = console
  }

  mutating func add(_ kind: Event.Kind) {
    let event = redactor.redact(Event(time: .zero, kind: kind))
    ledger.add(event)
    console?.take(event, in: ledger)
  }

  mutating func add(
    _ judged: [(Recorded, Judgement)], of sources: [String], contracts: [String],
    operations: [OperationFacts]
  ) {
    // Whatever some exchange gives away is known before anything is told.
    for (recorded, _) in judged { redactor.learn(from: recorded.exchange) }
    let now = System.secondsSince1970
    add(
      .runStarted(
        RunFacts(
          id: "\(UTCTime(now).compact)-judged", version: Assay.version, startedAt: now,
          collections: sources, environment: nil, contracts: contracts, inputs: [])))
    add(
      .planned(
        judged.enumerated().map { number, entry in
          Event.PlannedStep(
            number: number, suite: entry.0.place.file, folders: [], name: entry.0.name,
            iteration: 0, iterationCount: 1, place: entry.0.place)
        }))
    if !contracts.isEmpty { add(.contracted(operations)) }
    for (number, (recorded, judgement)) in judged.enumerated() {
      add(.stepStarted(number))
      add(.exchanged(number, recorded.exchange))
      add(.mapped(number, operation: judgement.operation, reach: judgement.reach))
      for verdict in judgement.verdicts { add(.judged(number, verdict)) }
      add(.stepEnded(number))
    }
    add(.runEnded(interrupted: false))
  }
}

extension Exchange {
  /// The same with a URL in which what was taken out cannot be read as the beginning of a fragment.
  var withPlainURL: Exchange {
    var plain = request
    plain.url = SecretTag.pieces(of: request.url).map { piece in
      switch piece {
      case .text(let text): text
      case .secret(let tag): tag.text.replacing("#", with: "%23")
      }
    }.joined()
    return with(plain)
  }

  /// The same exchange under another request.
  func with(_ request: Request) -> Exchange {
    var copy = Exchange(
      request: request, outcome: outcome, timings: timings, peer: peer,
      reusedConnection: reusedConnection, sentCount: sentCount)
    copy.hops = hops
    copy.attempt = attempt
    return copy
  }
}
