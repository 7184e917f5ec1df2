internal import AssayModel
internal import AssayText

/// The words in which the journal writes events. `Documentation/journal.md` describes them.
enum JournalCodec {
  static let version = 1

  /// Writes the members of an event's object: long, since each kind of event has its case here.
  static func write(
    _ event: Event, to writer: inout JSONWriter, bodies: inout [(name: String, bytes: [UInt8])],
    limit: Int
  ) {
    writer.member("t", microseconds(event.time))
    switch event.kind {
    case .runStarted(let facts):
      writer.member("event", "run.start")
      write(facts, to: &writer)
    case .planned(let steps):
      writer.member("event", "plan")
      writer.name("steps")
      writer.array { writer in for step in steps { write(step, to: &writer) } }
    case .stepStarted(let step): head("step.start", step, &writer)
    case .exchanged(let step, let exchange):
      head("exchange", step, &writer)
      write(exchange, to: &writer, bodies: &bodies, limit: limit)
    case .subexchanged(let step, let exchange):
      head("subrequest", step, &writer)
      write(exchange, to: &writer, bodies: &bodies, limit: limit)
    case .retried(let step, let exchange, let reason):
      head("retry", step, &writer)
      writer.member("reason", reason)
      write(exchange, to: &writer, bodies: &bodies, limit: limit)
    case .held(let step, let other, let reason):
      head("step.hold", step, &writer)
      writer.member("by", other)
      writer.member("reason", reason)
    case .drew(let step, let sources):
      head("step.use", step, &writer)
      writer.name("from")
      writer.array { writer in for source in sources { writer.int(source) } }
    case .slowed(let host, let status, let wait):
      writer.member("event", "slowdown")
      writer.member("host", host)
      writer.member("status", status)
      writer.member("wait", microseconds(wait))
    case .stepAdded(let step):
      writer.member("event", "step.add")
      writer.name("added")
      write(step, to: &writer)
    case .judged(let step, let verdict):
      head("check", step, &writer)
      write(verdict, to: &writer)
    case .contracted(let operations):
      writer.member("event", "contract")
      write(operations, to: &writer)
    case .mapped(let step, let operation, let reach):
      head("operation", step, &writer)
      if let operation { writer.member("operation", operation) }
      if let reach { write(reach, to: &writer) }
    case .console(let step, let line):
      head("console", step, &writer)
      writer.member("level", line.level)
      writer.member("text", line.text)
    case .visualized(let step, let page):
      head("visualization", step, &writer)
      writer.member("template", page.template)
      writer.name("data")
      writer.value(page.data)
    case .variableChanged(let step, let scope, let name):
      head("variable", step, &writer)
      writer.member("scope", scope.rawValue)
      writer.member("name", name)
    case .noted(let step, let note):
      writer.member("event", "note")
      if let step { writer.member("step", step) }
      write(note, to: &writer)
    case .gated(let gate):
      writer.member("event", "gate")
      writer.member("name", gate.name)
      writer.member("holds", gate.holds)
      writer.member("message", gate.message)
    case .stepEnded(let step): head("step.end", step, &writer)
    case .runEnded(let interrupted):
      writer.member("event", "run.end")
      writer.member("interrupted", interrupted)
    }
  }

  private static func write(_ operations: [OperationFacts], to writer: inout JSONWriter) {
    writer.name("operations")
    writer.array { writer in for each in operations { write(each, to: &writer) } }
  }

  /// What can be reached of an operation; the points of a kind stand together.
  private static func write(_ facts: OperationFacts, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("operation", facts.name)
      writer.member("contract", facts.contract)
      writer.name("place")
      write(facts.place, to: &writer)
      if facts.isDeprecated { writer.member("deprecated", true) }
      writer.name("points")
      writer.array { writer in
        for point in facts.points {
          writer.array {
            $0.string(point.kind.rawValue)
            $0.string(point.label)
          }
        }
      }
    }
  }

  private static func write(_ reach: Reach, to writer: inout JSONWriter) {
    writer.member("number", reach.operation)
    writer.name("points")
    writer.array { writer in for point in reach.points { writer.int(point) } }
    if let properties = reach.properties {
      writer.name("properties")
      writer.array { writer in for label in properties { writer.string(label) } }
    }
    if reach.isHollow { writer.member("hollow", true) }
  }

  private static func head(_ name: String, _ step: Int, _ writer: inout JSONWriter) {
    writer.member("event", name)
    writer.member("step", step)
  }

  static func microseconds(_ duration: Duration) -> Int {
    guard duration != .zero else { return 0 }
    let (seconds, attoseconds) = duration.components
    return Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
  }

  private static func write(_ facts: RunFacts, to writer: inout JSONWriter) {
    writer.member("version", version)
    writer.member("run", facts.id)
    writer.member("assay", facts.version)
    writer.member("startedAt", facts.startedAt)
    writer.name("seed")
    writer.number(String(facts.seed))
    writer.name("collections")
    writer.array { writer in for name in facts.collections { writer.string(name) } }
    writer.member("environment", ifAny: facts.environment)
    writer.name("contracts")
    writer.array { writer in for name in facts.contracts { writer.string(name) } }
    writer.name("inputs")
    writer.array { writer in
      for input in facts.inputs {
        writer.object {
          $0.member("name", input.name)
          $0.member("sha256", input.sha256)
        }
      }
    }
    guard !facts.command.isEmpty else { return }
    writer.name("command")
    writer.array { writer in for word in facts.command { writer.string(word) } }
  }

  private static func write(_ step: Event.PlannedStep, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("step", step.number)
      writer.member("suite", step.suite)
      writer.name("folders")
      writer.array { writer in for folder in step.folders { writer.string(folder) } }
      writer.member("name", step.name)
      writer.member("iteration", step.iteration)
      writer.member("iterations", step.iterationCount)
      writer.member("row", ifAny: step.row)
      writer.name("place")
      write(step.place, to: &writer)
    }
  }

  static func write(_ place: Place, to writer: inout JSONWriter) {
    writer.object {
      $0.member("file", place.file)
      $0.member("line", place.line)
      $0.member("column", place.column)
    }
  }

  private static func write(_ note: Note, to writer: inout JSONWriter) {
    writer.member("severity", note.severity.rawValue)
    writer.member("code", note.code)
    writer.member("message", note.message)
    if let place = note.place {
      writer.name("place")
      write(place, to: &writer)
    }
    writer.member("hint", ifAny: note.hint)
  }

  // MARK: Exchanges

  private static func write(
    _ exchange: Exchange, to writer: inout JSONWriter,
    bodies: inout [(name: String, bytes: [UInt8])], limit: Int
  ) {
    writer.name("request")
    writer.object {
      $0.member("method", exchange.request.method)
      $0.member("url", exchange.request.url)
      write(exchange.request.headers, to: &$0)
      if let body = exchange.request.body {
        write(body, body.count, to: &$0, bodies: &bodies, limit: limit)
      }
    }
    switch exchange.outcome {
    case .failed(let fault):
      writer.name("failed")
      writer.object {
        $0.member("kind", fault.kind.rawValue)
        $0.member("detail", fault.detail)
      }
    case .response(let response):
      writer.name("response")
      writer.object {
        $0.member("status", response.status)
        $0.member("reason", response.reason)
        $0.member("version", response.version)
        write(response.headers, to: &$0)
        // One that was read from a journal may be longer than what was kept of it.
        write(response.body, response.bodySize, to: &$0, bodies: &bodies, limit: limit)
      }
    }
    writer.name("timings")
    writer.object { writer in
      let timings = exchange.timings
      writer.member("paced", microseconds(timings.paced))
      writer.member("queued", microseconds(timings.queued))
      writer.member("dns", microseconds(timings.nameLookup))
      writer.member("connect", microseconds(timings.connect))
      writer.member("tls", microseconds(timings.secure))
      writer.member("send", microseconds(timings.send))
      writer.member("wait", microseconds(timings.wait))
      writer.member("receive", microseconds(timings.receive))
    }
    if !exchange.hops.isEmpty {
      writer.name("hops")
      writer.array { writer in
        for hop in exchange.hops {
          writer.object { write(hop, to: &$0, bodies: &bodies, limit: limit) }
        }
      }
    }
    writer.member("peer", ifAny: exchange.peer)
    writer.member("reused", exchange.reusedConnection)
    writer.member("sent", exchange.sentCount)
    if exchange.attempt > 1 { writer.member("attempt", exchange.attempt) }
  }

  /// The phases of a call by the names that the journal gives them.
  static var phases: [(String, WritableKeyPath<Timings, Duration>)] {
    [
      ("paced", \.paced), ("queued", \.queued), ("dns", \.nameLookup), ("connect", \.connect),
      ("tls", \.secure), ("send", \.send), ("wait", \.wait), ("receive", \.receive),
    ]
  }

  private static func write(_ headers: [HeaderField], to writer: inout JSONWriter) {
    writer.name("headers")
    writer.array { writer in
      for field in headers {
        writer.array {
          $0.string(field.name)
          $0.string(field.value)
        }
      }
    }
  }

  private static func write(
    _ body: [UInt8], _ size: Int, to writer: inout JSONWriter,
    bodies: inout [(name: String, bytes: [UInt8])], limit: Int
  ) {
    guard size > 0 else { return }
    let kept = body.count <= limit ? body : Array(body.prefix(limit))
    let digest = Digest.sha256(kept)
    if !kept.isEmpty { bodies.append((digest, kept)) }
    writer.name("body")
    writer.object {
      $0.member("sha256", digest)
      $0.member("size", size)
      $0.member("kept", kept.count)
    }
  }

  // MARK: Verdicts

  private static func write(_ verdict: Verdict, to writer: inout JSONWriter) {
    writer.member("name", verdict.name)
    writer.member("code", verdict.code)
    writer.member("outcome", verdict.outcome.rawValue)
    writer.member("fault", ifAny: verdict.fault?.rawValue)
    if !verdict.message.isEmpty { writer.member("message", verdict.message) }
    if let place = verdict.place {
      writer.name("place")
      write(place, to: &writer)
    }
    if let excerpt = verdict.excerpt {
      writer.name("source")
      writer.object { writer in
        writer.name("lines")
        FindingJSON.write(excerpt.lines, to: &writer)
        if let column = excerpt.column { writer.member("column", column) }
      }
    }
    guard !verdict.findings.isEmpty else { return }
    writer.name("findings")
    writer.array { writer in
      for finding in verdict.findings { FindingJSON.write(finding, to: &writer) }
    }
  }
}
