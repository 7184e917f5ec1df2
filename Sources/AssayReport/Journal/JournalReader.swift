package import AssayModel
internal import AssayText

/// Reads a journal back into events.
///
/// A run that was killed leaves a torn last line; it is left out and said. Members and events that
/// this version does not know are passed over.
///
/// It takes the file piece by piece and holds no more than a line of it, since a journal may be larger
/// than the memory that a report should take.
package struct JournalReader: Sendable {
  private let name: String
  private let load: @Sendable (_ name: String) -> [UInt8]?
  private var rest: [UInt8] = []
  private var lineCount = 0
  /// The number of the first line that could not be read, from 1; nil where all could.
  package private(set) var tornLine: Int?

  /// - Parameter load: The bytes of a stored body by its file name; nil where it is gone.
  package init(_ name: String, load: @escaping @Sendable (_ name: String) -> [UInt8]?) {
    self.name = name
    self.load = load
  }

  /// Takes the next piece of the file, and hands on the events that it completes.
  package mutating func take(_ piece: [UInt8], _ body: (Event) -> Void) throws(Diagnostic) {
    guard tornLine == nil else { return }
    var start = 0
    while let end = piece[start...].firstIndex(of: 0x0A) {
      // Most lines lie in one piece and need not be put together.
      let line = rest.isEmpty ? piece[start..<end] : (rest + piece[start..<end])[...]
      rest = []
      start = end + 1
      try take(line: line, body)
      if tornLine != nil { return }
    }
    rest += piece[start...]
  }

  /// Says that there is nothing more: what is left is the torn end of a run that was killed.
  package mutating func finish(_ body: (Event) -> Void) throws(Diagnostic) {
    if !rest.isEmpty { try take(line: rest[...], body) }
    rest = []
    if lineCount == 0 { throw .notAJournal(SourceFile(name: name, bytes: [])) }
  }

  private mutating func take(
    line: ArraySlice<UInt8>, _ body: (Event) -> Void
  ) throws(Diagnostic) {
    guard !line.isEmpty else { return }
    let isFirst = lineCount == 0
    lineCount += 1
    switch read(line, isFirst: isFirst) {
    case .event(let event): body(event)
    case .unknown: break
    case .torn:
      if isFirst { throw .notAJournal(SourceFile(name: name, bytes: Array(line.prefix(1_000)))) }
      tornLine = lineCount
    case .refused(let refusal): throw refusal
    }
  }

  /// What one line says.
  fileprivate enum Line: Sendable {
    case event(Event)
    /// Of a kind that this version does not know.
    case unknown
    case torn
    case refused(Diagnostic)
  }

  private func read(_ line: ArraySlice<UInt8>, isFirst: Bool) -> Line {
    guard let content = JournalWriter.unsealed(line),
      let document = try? JSONReader.read(SourceFile(name: name, bytes: content))
    else { return .torn }
    let root = document.root
    if isFirst {
      let file = SourceFile(name: name, bytes: content)
      if root["event"]?.string != "run.start" { return .refused(.notAJournal(file)) }
      if let version = root["version"]?.int, version > JournalCodec.version {
        return .refused(.newerJournal(file, version))
      }
    }
    return event(root).map { .event($0) } ?? .unknown
  }

  // MARK: Side by side

  /// Lines that were read by themselves, so that several pieces can be read at once.
  package struct Batch: Sendable {
    fileprivate let lines: [Line]
  }

  /// Reads whole lines that come behind the first.
  package func batch(_ piece: [UInt8]) -> Batch {
    var lines: [Line] = []
    var start = 0
    while start < piece.count {
      let end = piece[start...].firstIndex(of: 0x0A) ?? piece.count
      if end > start { lines.append(read(piece[start..<end], isFirst: false)) }
      if case .torn? = lines.last { break }
      start = end + 1
    }
    return Batch(lines: lines)
  }

  /// Takes what was read of the next piece.
  package mutating func take(_ batch: Batch, _ body: (Event) -> Void) {
    for line in batch.lines where tornLine == nil {
      lineCount += 1
      switch line {
      case .event(let event): body(event)
      case .unknown: break
      case .torn, .refused: tornLine = lineCount
      }
    }
  }

  private func event(_ node: Node) -> Event? {
    guard let time = node["t"]?.int, let kind = kind(node) else { return nil }
    return Event(time: .microseconds(time), kind: kind)
  }

  private func kind(_ node: Node) -> Event.Kind? {
    let step = node["step"]?.int
    switch (node["event"]?.string, step) {
    case ("run.start", _): return .runStarted(facts(node))
    case ("plan", _): return .planned(list(node["steps"]).compactMap(plannedStep))
    case ("run.end", _): return .runEnded(interrupted: node["interrupted"]?.bool ?? false)
    case ("note", _): return note(node).map { .noted(step, $0) }
    case ("step.start", let step?): return .stepStarted(step)
    case ("step.end", let step?): return .stepEnded(step)
    case ("exchange", let step?): return exchange(node).map { .exchanged(step, $0) }
    case ("subrequest", let step?): return exchange(node).map { .subexchanged(step, $0) }
    case ("retry", let step?):
      return exchange(node).map { .retried(step, $0, reason: node["reason"]?.string ?? "") }
    case ("step.hold", let step?):
      return node["by"]?.int.map { .held(step, by: $0, reason: node["reason"]?.string ?? "") }
    case ("step.use", let step?):
      return .drew(step, from: list(node["from"]).compactMap(\.int))
    case ("gate", _):
      return .gated(
        Event.Gate(
          name: node["name"]?.string ?? "", holds: node["holds"]?.bool ?? false,
          message: node["message"]?.string ?? ""))
    case ("slowdown", _):
      return .slowed(
        host: node["host"]?.string ?? "", status: node["status"]?.int ?? 0,
        wait: .microseconds(node["wait"]?.int ?? 0))
    case ("step.add", _): return node["added"].flatMap(plannedStep).map { .stepAdded($0) }
    case ("check", let step?): return verdict(node).map { .judged(step, $0) }
    case ("contract", _): return .contracted(list(node["operations"]).compactMap(operation))
    case ("operation", let step?):
      return .mapped(step, operation: node["operation"]?.string, reach: reach(node))
    case ("console", let step?):
      return .console(
        step, .init(level: node["level"]?.string ?? "", text: node["text"]?.string ?? ""))
    case ("visualization", let step?):
      return .visualized(
        step, .init(template: node["template"]?.string ?? "", data: node["data"]?.value ?? .null))
    case ("variable", let step?):
      guard let scope = node["scope"]?.string.flatMap(ScopeKind.init) else { return nil }
      return .variableChanged(step, scope, name: node["name"]?.string ?? "")
    default: return nil
    }
  }

  private func list(_ node: Node?) -> [Node] { node.map { Array($0.elements) } ?? [] }

  private func facts(_ node: Node) -> RunFacts {
    RunFacts(
      id: node["run"]?.string ?? "", version: node["assay"]?.string ?? "",
      startedAt: node["startedAt"]?.int ?? 0,
      collections: list(node["collections"]).compactMap(\.string),
      environment: node["environment"]?.string,
      contracts: list(node["contracts"]).compactMap(\.string),
      inputs: list(node["inputs"]).map {
        .init(name: $0["name"]?.string ?? "", sha256: $0["sha256"]?.string ?? "")
      }, seed: node["seed"]?.lexeme.flatMap { UInt64($0) } ?? 0,
      command: list(node["command"]).compactMap(\.string))
  }

  private func operation(_ node: Node) -> OperationFacts? {
    guard let name = node["operation"]?.string, let place = place(node["place"]) else { return nil }
    return OperationFacts(
      name: name, contract: node["contract"]?.string ?? "", place: place,
      isDeprecated: node["deprecated"]?.bool ?? false,
      points: list(node["points"]).compactMap { point in
        guard let kind = point[0]?.string.flatMap(CoveragePoint.Kind.init) else { return nil }
        return CoveragePoint(kind, point[1]?.string ?? "")
      })
  }

  private func reach(_ node: Node) -> Reach? {
    guard let number = node["number"]?.int else { return nil }
    return Reach(
      operation: number, points: list(node["points"]).compactMap(\.int),
      properties: node["properties"].map { list($0).compactMap(\.string) },
      isHollow: node["hollow"]?.bool ?? false)
  }

  private func plannedStep(_ node: Node) -> Event.PlannedStep? {
    guard let number = node["step"]?.int, let place = place(node["place"]) else { return nil }
    return Event.PlannedStep(
      number: number, suite: node["suite"]?.string ?? "",
      folders: list(node["folders"]).compactMap(\.string), name: node["name"]?.string ?? "",
      iteration: node["iteration"]?.int ?? 0, iterationCount: node["iterations"]?.int ?? 1,
      place: place, row: node["row"]?.string)
  }

  private func place(_ node: Node?) -> Place? {
    guard let node, let file = node["file"]?.string, let line = node["line"]?.int else {
      return nil
    }
    return Place(file: file, line: line, column: node["column"]?.int ?? 1)
  }

  private func note(_ node: Node) -> Note? {
    guard let severity = node["severity"]?.string.flatMap(Diagnostic.Severity.init) else {
      return nil
    }
    return Note(
      severity: severity, code: node["code"]?.string ?? "", message: node["message"]?.string ?? "",
      place: place(node["place"]), hint: node["hint"]?.string)
  }

  // MARK: Exchanges

  private func exchange(_ node: Node) -> Exchange? {
    guard let sent = node["request"] else { return nil }
    var request = Request(
      method: sent["method"]?.string ?? "", url: sent["url"]?.string ?? "",
      headers: headers(sent["headers"]), body: sent["body"].map(body))
    // What was taken out changes lengths, and what was left away is known by none being there.
    let kept = sent["body"]?["kept"]?.int ?? 0
    request.isCut = kept < sent["body"]?["size"]?.int ?? 0 || request.body?.count ?? 0 < kept
    let outcome: Exchange.Outcome
    if let failed = node["failed"] {
      let kind = failed["kind"]?.string.flatMap(TransportFault.Kind.init) ?? .other
      outcome = .failed(TransportFault(kind, failed["detail"]?.string ?? ""))
    } else if let response = node["response"] {
      var received = Response(
        status: response["status"]?.int ?? 0, reason: response["reason"]?.string ?? "",
        version: response["version"]?.string ?? "", headers: headers(response["headers"]),
        body: response["body"].map(body) ?? [])
      received.bodySize = response["body"]?["size"]?.int ?? received.bodySize
      outcome = .response(received)
    } else {
      return nil
    }
    var timings = Timings()
    for (name, path) in JournalCodec.phases {
      timings[keyPath: path] = .microseconds(node["timings"]?[name]?.int ?? 0)
    }
    var exchange = Exchange(
      request: request, outcome: outcome, timings: timings, peer: node["peer"]?.string,
      reusedConnection: node["reused"]?.bool ?? false, sentCount: node["sent"]?.int ?? 1)
    exchange.attempt = node["attempt"]?.int ?? 1
    // A hop has no hops of its own, so this goes one level down and no further.
    exchange.hops = list(node["hops"]).compactMap { self.exchange($0) }
    return exchange
  }

  private func headers(_ node: Node?) -> [HeaderField] {
    list(node).compactMap { pair in
      guard let name = pair[0]?.string, let value = pair[1]?.string else { return nil }
      return HeaderField(name, value)
    }
  }

  /// A stored body; names are digests and nothing else, so none leads out of the folder.
  private func body(_ node: Node) -> [UInt8] {
    guard let digest = node["sha256"]?.string, digest.utf8.count == 64,
      digest.utf8.allSatisfy({ JSONString.hexDigit($0) != nil }), let packed = load(digest + ".zz"),
      let bytes = try? Deflate.decompress(packed, as: .zlib, limit: JournalWriter.bodyLimit)
    else { return [] }
    return bytes
  }

  // MARK: Verdicts

  private func verdict(_ node: Node) -> Verdict? {
    guard let outcome = node["outcome"]?.string.flatMap(Verdict.Outcome.init) else { return nil }
    return Verdict(
      name: node["name"]?.string ?? "", code: node["code"]?.string ?? "", outcome: outcome,
      fault: node["fault"]?.string.flatMap(Verdict.Fault.init),
      message: node["message"]?.string ?? "", place: place(node["place"]),
      findings: list(node["findings"]).compactMap(finding),
      excerpt: node["source"].map {
        ScriptExcerpt(lines: lines($0["lines"]), column: $0["column"]?.int)
      })
  }

  private func lines(_ node: Node?) -> [Finding.ExcerptLine] {
    list(node).map {
      .init(
        number: $0["line"]?.int ?? 0, text: $0["text"]?.string ?? "",
        isMarked: $0["marked"]?.bool ?? false, column: $0["column"]?.int)
    }
  }

  private func finding(_ node: Node) -> Finding? {
    guard let part = node["in"]?.string.flatMap(Finding.Part.init) else { return nil }
    let document = node["document"]
    var finding = Finding(
      code: node["code"]?.string ?? "",
      severity: node["severity"]?.string.flatMap(Finding.Severity.init) ?? .error, part: part,
      name: node["name"]?.string, at: node["at"]?.string ?? "",
      keyword: node["keyword"]?.string ?? "", message: node["message"]?.string ?? "",
      expected: node["expected"]?.string ?? "", received: node["received"]?.string ?? "",
      document: place(document), documentPointer: document?["pointer"]?.string ?? "",
      documentExcerpt: lines(document?["excerpt"]))
    finding.reading = node["reading"]?.string
    finding.receivedLine = node["line"]?.int
    if let start = node["range"]?[0]?.int, let end = node["range"]?[1]?.int, start <= end,
      start >= 0
    {
      finding.receivedRange = start..<end
    }
    return finding
  }
}
