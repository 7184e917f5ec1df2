package import AssayModel
internal import Synchronization

/// A clock that stands still until somebody sleeps, and then jumps there.
package final class VirtualClock: Clock, Sendable {
  package struct Instant: InstantProtocol {
    package let offset: Duration
    package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    package func duration(to other: Instant) -> Duration { other.offset - offset }
    package static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private let time = Mutex(Duration.zero)

  package init() {}

  package var now: Instant { Instant(offset: time.withLock { $0 }) }
  package var minimumResolution: Duration { .nanoseconds(1) }

  package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    time.withLock { $0 = max($0, deadline.offset) }
    await Task.yield()
  }
}

/// Answers from a script instead of a network, and remembers what was sent.
package final class ScriptedSender: Sender {
  private let sent = Mutex<[Request]>([])
  private let answer: @Sendable (Request) -> Exchange.Outcome

  package init(_ answer: @escaping @Sendable (Request) -> Exchange.Outcome) { self.answer = answer }

  package var requests: [Request] { sent.withLock { $0 } }

  package func send(_ request: Request, limits: SendLimits) async -> Exchange {
    sent.withLock { $0.append(request) }
    return Exchange(request: request, outcome: answer(request))
  }
}

/// Hears events and keeps them.
package actor EventLog {
  package private(set) var events: [Event] = []

  package init() {}

  package func hear(_ event: Event) { events.append(event) }

  package var ledger: Ledger {
    events.reduce(into: Ledger()) { $0.add($1) }
  }
}

/// Answers a mock's requests with a closure.
package struct ClosureAnswerer: Answerer {
  private let body: @Sendable (Request) -> Response

  package init(_ body: @escaping @Sendable (Request) -> Response) { self.body = body }

  package func answer(_ request: Request) -> Response { body(request) }
}

extension Response {
  /// A response with a JSON body.
  package static func json(_ text: String, status: Int = 200) -> Response {
    Response(
      status: status, reason: "", version: "HTTP/1.1",
      headers: [HeaderField("Content-Type", "application/json")], body: Array(text.utf8))
  }
}

extension Suite.Item {
  /// An item by its name alone.
  package static func named(
    _ name: String, index: Int = 0, folders: [String] = [], before: [Script] = [],
    after: [Script] = []
  ) -> Suite.Item {
    let span = SourceFile(name: "suite.json", text: name).start
    return Suite.Item(
      index: index, id: "id-\(name)", name: name, folders: folders, span: span, nameSpan: span,
      preRequestScripts: before, testScripts: after)
  }
}
