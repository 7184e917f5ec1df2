internal import AssayModel
internal import AssayText

/// Every call of a run, packed for the page: an index by columns, and behind it the calls and their
/// bodies in pieces, each compressed by itself, so that the page unpacks only what somebody looks at.
///
/// What is packed is Base64 in a script of no type that any browser runs: nothing in it can end the
/// element that holds it.
struct CallPack {
  private let ledger: Ledger
  private let limit: Int
  /// The numbers of steps in the order of packing: what went wrong first.
  private var order: [Int] = []
  private var calls: [[UInt8]] = []
  private var bodies: [[UInt8]] = []
  private var size = 0

  /// The bodies of one checksum, with their numbers.
  private var bodyPlaces: [UInt32: [(body: [UInt8], number: Int)]] = [:]
  /// Bodies that wait to be packed: as text, or where they are none as bytes.
  private var pending: [(text: String?, bytes: [UInt8])] = []
  private var pendingSize = 0
  private var bodyStarts: [Int] = [0]

  /// The bodies of each call in the order of packing, or -1.
  private var requestBodies: [Int] = []
  private var responseBodies: [Int] = []

  private(set) var droppedBodies = 0
  private(set) var droppedFields = 0

  private static let callsInChunk = 50
  /// So many calls are in a page; who looks at more of them reads the journal.
  private static let callLimit = 50_000
  private static let chunkSize = 192 << 10
  /// Longer command lines are nothing that anybody pastes.
  private static let curlLimit = 8 << 10

  /// What the index has of one call, and its piece without bodies and fields, packed.
  private static let leastSize = 130

  init(_ ledger: Ledger, limit: Int) {
    self.ledger = ledger
    self.limit = max(0, limit - ledger.entries.count * Self.leastSize)
  }

  var count: Int { ledger.entries.count }

  /// What is not in the page, in words.
  var omissions: [String] {
    var sentences: [String] = []
    let absent = ledger.entries.count - order.count
    if absent > 0 {
      sentences.append(
        "\(HTMLReport.grouped(absent)) further calls are in the journal alone; what went wrong comes "
          + "first here.")
    }
    if ledger.briefCount > 0 {
      sentences.append(
        "Of \(HTMLReport.grouped(ledger.briefCount)) good calls fields and bodies are in the journal "
          + "alone; here stands what they were and came to.")
    }
    if droppedBodies > 0 {
      var words =
        "To keep this page small the bodies of \(HTMLReport.grouped(droppedBodies)) good calls"
      if droppedFields > 0 {
        words += " and the fields of \(HTMLReport.grouped(droppedFields)) of them"
      }
      sentences.append(words + " were left out; the journal has them.")
    }
    return sentences
  }

  // MARK: Packing

  /// - Parameter clean: Looks through what is packed, as it is.
  mutating func fill(_ clean: ([UInt8]) -> [UInt8]) {
    let bad = ledger.entries.indices.filter { ledger.entries[$0].isBad }
    let good = ledger.entries.indices.filter { !ledger.entries[$0].isBad }
    order = Array((bad + good).prefix(Self.callLimit))
    var start = 0
    while start < order.count {
      let end = min(start + Self.callsInChunk, order.count)
      var writer = JSONWriter(capacity: Self.chunkSize)
      writer.array { writer in
        for index in order[start..<end] { write(ledger.entries[index], to: &writer, clean) }
      }
      calls.append(packed(writer.bytes, clean))
      start = end
    }
    settleBodies(clean)
    bodyPlaces = [:]
  }

  private mutating func packed(_ bytes: [UInt8], _ clean: ([UInt8]) -> [UInt8]) -> [UInt8] {
    // One level below the usual takes half the time for a twentieth more.
    let packed = Deflate.compress(clean(bytes), as: .gzip, level: 5)
    // Base64 takes four for three.
    size += packed.count * 4 / 3 + 60
    return packed
  }

  private mutating func settleBodies(_ clean: ([UInt8]) -> [UInt8]) {
    guard !pending.isEmpty else { return }
    var writer = JSONWriter(capacity: Self.chunkSize * 5 / 4)
    writer.array { writer in
      for body in pending {
        if let text = body.text {
          writer.string(text)
        } else {
          // What is no text is shown as bytes, of which the first will do.
          writer.object { $0.member("hex", Digest.hex(body.bytes.prefix(2_048))) }
        }
      }
    }
    bodies.append(packed(writer.bytes, clean))
    bodyStarts.append(bodyStarts[bodyStarts.count - 1] + pending.count)
    pending = []
    pendingSize = 0
  }

  /// The number of a body, which is kept once however often it came.
  private mutating func place(_ body: [UInt8], _ clean: ([UInt8]) -> [UInt8]) -> Int {
    let sum = Deflate.checksum(body[...])
    if let known = bodyPlaces[sum]?.first(where: { $0.body == body }) { return known.number }
    let number = bodyStarts[bodyStarts.count - 1] + pending.count
    bodyPlaces[sum, default: []].append((body, number))
    let text = String(validating: body, as: UTF8.self)
    pending.append((text, text == nil ? body : []))
    pendingSize += body.count
    if pendingSize >= Self.chunkSize { settleBodies(clean) }
    return number
  }

  // MARK: One call

  private mutating func write(
    _ entry: Ledger.Entry, to writer: inout JSONWriter, _ clean: ([UInt8]) -> [UInt8]
  ) {
    // What went wrong is shown whatever it takes.
    let hasBodies = entry.isBad || size < limit * 3 / 4
    let hasFields = entry.isBad || size < limit
    var (request, response) = (-1, -1)
    if let exchange = entry.exchange {
      if hasBodies {
        if let body = exchange.request.body, !body.isEmpty { request = place(body, clean) }
        if let body = exchange.response?.body, !body.isEmpty { response = place(body, clean) }
      } else if !(exchange.response?.body.isEmpty ?? true) {
        droppedBodies += 1
        if !hasFields { droppedFields += 1 }
      }
    }
    requestBodies.append(request)
    responseBodies.append(response)
    writer.object { writer in
      writer.name("v")
      writer.array { writer in
        for claim in Claimed(entry, count: 1).claims { write(claim, entry, to: &writer) }
      }
      if let exchange = entry.exchange {
        writer.name("q")
        writer.object { writer in
          if hasFields { write(exchange.request.headers, to: &writer) }
          writer.member("z", exchange.request.body?.count ?? 0)
        }
        write(exchange, hasFields, to: &writer)
        if hasFields, (exchange.request.body?.count ?? 0) < Self.curlLimit, !exchange.isBrief,
          let curl = try? CurlCommand(exchange.request).text
        {
          writer.member("curl", curl)
        }
      }
      extras(entry, to: &writer)
    }
  }

  private func write(
    _ exchange: Exchange, _ hasFields: Bool, to writer: inout JSONWriter
  ) {
    if case .failed(let fault) = exchange.outcome {
      writer.member("fault", "\(fault.code): \(fault.detail)")
    }
    if let response = exchange.response {
      writer.name("r")
      writer.object { writer in
        writer.member(
          "t",
          "HTTP/\(response.version.replacing("HTTP/", with: "")) \(response.status) \(response.reason)"
        )
        if hasFields { write(response.headers, to: &writer) }
        writer.member("z", response.bodySize)
      }
    }
    writer.member("peer", ifAny: exchange.peer)
    if exchange.reusedConnection { writer.member("reused", true) }
    if exchange.sentCount > 1 { writer.member("sent", exchange.sentCount) }
    guard !exchange.hops.isEmpty else { return }
    writer.name("hops")
    writer.array { writer in
      for hop in exchange.hops {
        let status = hop.response.map { String($0.status) } ?? "no response"
        writer.string("\(hop.request.method) \(hop.request.url) → \(status)")
      }
    }
  }

  private func write(_ headers: [HeaderField], to writer: inout JSONWriter) {
    writer.name("h")
    writer.array { writer in
      for field in headers {
        writer.array {
          $0.string(field.name)
          $0.string(field.value)
        }
      }
    }
  }

  private func extras(_ entry: Ledger.Entry, to writer: inout JSONWriter) {
    if !entry.console.isEmpty {
      writer.name("log")
      writer.array { writer in
        for line in entry.console {
          writer.array {
            $0.string(line.level)
            $0.string(line.text)
          }
        }
      }
    }
    if !entry.notes.isEmpty {
      writer.name("notes")
      writer.array {
        for note in entry.notes { $0.string("\(note.severity.rawValue): \(note.message)") }
      }
    }
    if !entry.attempts.isEmpty {
      writer.name("attempts")
      writer.array {
        for each in entry.attempts { $0.string("\(each.reason), \(each.time.brief)") }
      }
    }
    if !entry.sources.isEmpty {
      writer.name("from")
      writer.array { for source in entry.sources { $0.int(source) } }
    }
  }

  private func write(_ claim: Claim, _ entry: Ledger.Entry, to writer: inout JSONWriter) {
    let verdict = claim.verdict
    writer.object { writer in
      writer.member("n", claim.name)
      writer.member("o", verdict.outcome.rawValue)
      writer.member("c", verdict.code)
      if !verdict.message.isEmpty { writer.member("m", verdict.message) }
      guard verdict.isBad || !verdict.findings.isEmpty else { return }
      writer.member("id", claim.id)
      if let place = verdict.place { writer.member("p", place.description) }
      if let excerpt = verdict.excerpt {
        writer.name("s")
        write(CodeBlock.script(excerpt), to: &writer)
      }
      guard !verdict.findings.isEmpty else { return }
      writer.name("x")
      writer.array { writer in
        for finding in verdict.findings.prefix(20) { write(finding, entry, to: &writer) }
      }
    }
  }

  private func write(_ finding: Finding, _ entry: Ledger.Entry, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("l", finding.severity.rawValue)
      writer.member("k", finding.keyword)
      writer.member("i", finding.part.rawValue + (finding.name.map { " \($0)" } ?? ""))
      writer.member("a", finding.at)
      writer.member("m", finding.message)
      writer.member("e", finding.expected)
      writer.member("g", finding.received)
      if let place = finding.document { writer.member("p", place.description) }
      if let reading = finding.reading { writer.member("why", reading) }
      if let block = CodeBlock.received(finding, entry) {
        writer.name("r")
        write(block, to: &writer)
      }
      if let block = CodeBlock.promised(finding) {
        writer.name("d")
        write(block, to: &writer)
      }
    }
  }

  /// `[number or null, text, start, end]` for each line; no place where nothing is marked.
  private func write(_ block: CodeBlock, to writer: inout JSONWriter) {
    writer.array { writer in
      for line in block.lines {
        writer.array { writer in
          if let number = line.number { writer.int(number) } else { writer.null() }
          writer.string(line.text)
          guard let marked = line.marked else { return }
          // Scripts count in units of UTF-16.
          let scalars = line.text.unicodeScalars
          func units(_ count: Int) -> Int {
            scalars.prefix(count).reduce(0) { $0 + UTF16.width($1) }
          }
          writer.int(units(marked.lowerBound))
          writer.int(units(marked.upperBound))
        }
      }
    }
  }

  // MARK: Writing

  /// - Parameter prefix: What the line that does a call again begins with.
  func write(
    to sink: inout ReportSink, prefix: String, causes: [Cause], comparison: Comparison?
  ) {
    for (index, chunk) in calls.enumerated() { script("calls-\(index)", chunk, to: &sink) }
    for (index, chunk) in bodies.enumerated() { script("bodies-\(index)", chunk, to: &sink) }
    let index = self.index(prefix, causes, comparison)
    script("index", Deflate.compress(sink.cleaned(index), as: .gzip), to: &sink)
  }

  private func script(_ id: String, _ bytes: [UInt8], to sink: inout ReportSink) {
    sink.write("<script type=\"application/octet-stream\" id=\"\(id)\">")
    sink.write(Base64.encode(bytes))
    sink.write("</script>\n")
  }

  /// Texts that occur more than once, each with a number.
  private struct Texts {
    private(set) var list: [String] = []
    private var numbers: [String: Int] = [:]

    mutating func number(_ text: String) -> Int {
      if let known = numbers[text] { return known }
      numbers[text] = list.count
      list.append(text)
      return list.count - 1
    }
  }

  private func index(
    _ prefix: String, _ causes: [Cause], _ comparison: Comparison?
  ) -> [UInt8] {
    var texts = Texts()
    var writer = JSONWriter()
    var columns: [(name: String, numbers: [Int])] = Self.columns.map { ($0, []) }
    for index in columns.indices { columns[index].numbers.reserveCapacity(order.count) }
    var ids: [String] = []
    var bad: [(place: Int, causes: [Int])] = []
    for (place, number) in order.enumerated() {
      let entry = ledger.entries[number]
      for (index, value) in Self.values(of: entry, &texts).enumerated() {
        columns[index].numbers.append(value)
      }
      ids.append(Identity.step(entry.step))
      if entry.isBad { bad.append((place, Causes.ids(of: entry).map { texts.number($0) })) }
    }
    columns += [("requestBody", requestBodies), ("responseBody", responseBodies)]
    writer.object { writer in
      writer.member("run", ledger.facts?.id ?? "")
      writer.member("repro", prefix)
      writer.member("inChunk", Self.callsInChunk)
      writer.name("bodyStarts")
      writer.array { for start in bodyStarts { $0.int(start) } }
      for (name, numbers) in columns {
        writer.name(name)
        writer.array { for number in numbers { $0.int(number) } }
      }
      writer.name("causeFacts")
      writer.object { writer in
        for cause in causes {
          writer.name(cause.id)
          writer.array { writer in
            writer.string(cause.rule)
            writer.string(cause.message)
            writer.string(cause.place?.description ?? "")
            writer.string(comparison?.causeBucket(cause.id)?.rawValue ?? "")
          }
        }
      }
      writer.name("id")
      writer.array { for id in ids { $0.string(id) } }
      writer.name("causes")
      writer.object { writer in
        for (place, causes) in bad {
          writer.name(String(place))
          writer.array { for cause in causes { $0.int(cause) } }
        }
      }
      writer.name("texts")
      writer.array { for text in texts.list { $0.string(text) } }
    }
    return writer.bytes
  }

  /// The columns of the index, in the order of `values`.
  private static let columns =
    [
      "number", "suite", "folder", "name", "place", "round", "method", "url", "status",
      "operation", "state", "bad", "checks", "end", "service", "size",
    ] + JournalCodec.phases.map(\.0)

  private static func values(of entry: Ledger.Entry, _ texts: inout Texts) -> [Int] {
    let (step, exchange) = (entry.step, entry.exchange)
    func time(_ duration: Duration) -> Int { JournalCodec.microseconds(duration) }
    let round = step.row ?? (step.iterationCount > 1 ? "\(step.iteration + 1)" : "")
    let values = [
      step.number, texts.number(step.suite), texts.number(step.folders.joined(separator: " / ")),
      texts.number(step.name), texts.number(step.place.description), texts.number(round),
      texts.number(exchange?.request.method ?? ""), texts.number(exchange?.request.url ?? ""),
      exchange?.response?.status ?? 0, texts.number(entry.operation ?? ""), state(entry),
      entry.verdicts.count(where: \.isBad), entry.verdicts.count, time(entry.exchangedAt),
      time(exchange?.serviceTime ?? .zero), exchange?.response?.bodySize ?? 0,
    ]
    return values
      + JournalCodec.phases.map { time(exchange?.timings[keyPath: $0.1] ?? .zero) }
  }

  /// 0 failed, 1 could not be judged, 2 held, 3 held at a later attempt, 4 skipped or not judged.
  private static func state(_ entry: Ledger.Entry) -> Int {
    if entry.verdicts.contains(where: { $0.outcome == .failed }) { return 0 }
    if entry.isBad || entry.state != .ended { return 1 }
    if entry.verdicts.contains(where: { $0.code == Verdict.flakyCode }) { return 3 }
    return entry.verdicts.contains { $0.outcome == .passed } ? 2 : 4
  }
}
