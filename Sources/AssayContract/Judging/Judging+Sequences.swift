internal import AssayModel
internal import AssayText

// Sequential media types: many values in one body, one after another (OpenAPI 3.2, section 4.14.4).
extension Judging {
  /// The forms in which values follow each other.
  enum Sequence {
    case lines, records, events

    init?(_ type: MediaType) {
      switch type.essence {
      case "application/jsonl", "application/x-jsonlines", "application/ndjson",
        "application/x-ndjson", "application/jsonlines", "application/json-lines":
        self = .lines
      case "application/json-seq": self = .records
      case "text/event-stream": self = .events
      default:
        guard type.subtype.hasSuffix("+json-seq") else { return nil }
        self = .records
      }
    }

    /// The texts of the values, each with the place of its first byte in the body.
    ///
    /// - Parameter readsData: Whether the data of an event are JSON, and no text.
    func items(of bytes: [UInt8], readsData: Bool) -> [(start: Int?, text: [UInt8])] {
      switch self {
      case .lines: Self.parts(of: bytes, at: 0x0A)
      // Each text begins with a record separator and ends with a line feed (RFC 7464, section 2.2).
      case .records: Self.parts(of: bytes, at: 0x1E)
      case .events: ServerSentEvent.read(bytes, readsData: readsData).map { (nil, $0) }
      }
    }

    private static func parts(of bytes: [UInt8], at separator: UInt8) -> [(
      start: Int?, text: [UInt8]
    )] {
      var parts: [(start: Int?, text: [UInt8])] = []
      var start = 0
      for end in bytes.indices where bytes[end] == separator {
        parts.append((start, Array(bytes[start..<end])))
        start = end + 1
      }
      parts.append((start, Array(bytes[start...])))
      return parts.filter { part in
        !part.text.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
      }
    }
  }

  /// Items of one body are no more than that.
  private static let itemLimit = 1_000_000

  func sequence(
    _ bytes: [UInt8], _ sequence: Sequence, _ media: Operation.MediaRule, _ code: String,
    _ part: Finding.Part, _ unjudged: inout [String]
  ) -> [Finding] {
    // Data are text; a schema that takes none of it was meant for what the text says.
    let data =
      (media.item ?? media.schema).flatMap { member("data", of: $0) }.map { types($0) } ?? []
    let readsData = !data.isEmpty && !data.contains(.string)
    let items = sequence.items(of: bytes, readsData: readsData)
    guard items.count <= Self.itemLimit else {
      unjudged.append("limit.items")
      return []
    }
    var findings: [Finding] = []
    var documents: [Document] = []
    for (position, item) in items.enumerated() {
      do throws(Diagnostic) {
        documents.append(try JSONReader.read(SourceFile(name: "item", bytes: item.text)))
      } catch {
        findings.append(
          Finding(
            code: code, part: part, at: "/\(position)", keyword: "json",
            message: "item \(position) is not valid JSON: "
              + (error.labels.first?.text ?? error.message),
            expected: "JSON", receivedRange: item.start.map { $0..<$0 + item.text.count }))
      }
    }
    guard findings.isEmpty else { return findings }
    // A schema that is none of an array was meant for each item, before there was `itemSchema`.
    let whole = media.schema.flatMap { types($0).contains(.array) ? $0 : nil }
    if let item = media.item ?? (whole == nil ? media.schema : nil) {
      let isGuess = media.item == nil
      for (position, document) in documents.enumerated() where findings.count < 200 {
        findings += self.item(
          document, position, items[position].start, item, code, part,
          &unjudged
        ).map {
          var finding = $0
          if isGuess { finding.reading = "the schema is taken for that of each item" }
          return finding
        }
      }
    }
    if let whole {
      var writer = JSONWriter()
      writer.array { writer in for document in documents { writer.node(document.root) } }
      findings += judge(json: writer.bytes, whole, code, part, nil, &unjudged)
    }
    return findings
  }

  private func item(
    _ document: Document, _ position: Int, _ start: Int?, _ schema: SchemaID, _ code: String,
    _ part: Finding.Part, _ unjudged: inout [String]
  ) -> [Finding] {
    var validator = SchemaValidator(program: contract.program, instance: document)
    let holds = validator.validate(schema)
    unjudged += validator.unjudged.sorted()
    guard !holds else { return [] }
    return validator.violations.map { violation in
      var finding = finding(violation, document, code, part)
      finding.at = "/\(position)" + finding.at
      finding.receivedRange = start.flatMap { start in
        finding.receivedRange.map { $0.lowerBound + start..<$0.upperBound + start }
      }
      return finding
    }
  }
}

/// The events of a stream as values (HTML, section 9.2.6; OpenAPI 3.2, section 4.14.4.2).
enum ServerSentEvent {
  static func read(_ bytes: [UInt8], readsData: Bool) -> [[UInt8]] {
    var events: [[UInt8]] = []
    var fields: [(name: String, value: String)] = []
    func close() {
      guard !fields.isEmpty else { return }
      events.append(json(fields, readsData))
      fields = []
    }
    var text = String(decoding: bytes, as: UTF8.self)[...]
    if text.first == "\u{FEFF}" { text.removeFirst() }
    let lines = text.split(omittingEmptySubsequences: false) {
      $0 == "\n" || $0 == "\r" || $0 == "\r\n"
    }
    for line in lines {
      guard !line.isEmpty else {
        close()
        continue
      }
      guard !line.hasPrefix(":") else { continue }
      let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      var value = halves.count > 1 ? halves[1] : ""
      if value.first == " " { value.removeFirst() }
      if ["event", "data", "id", "retry"].contains(halves[0]) {
        fields.append((String(halves[0]), String(value)))
      }
    }
    // What no empty line ends is not dispatched to a listener; a body that was recorded is over.
    close()
    return events
  }

  private static func json(
    _ fields: [(name: String, value: String)], _ readsData: Bool
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      let data = fields.filter { $0.name == "data" }.map(\.value)
      let text = data.joined(separator: "\n")
      if readsData, let node = try? JSONReader.read(SourceFile(name: "data", text: text)).root {
        writer.name("data")
        writer.node(node)
      } else if !data.isEmpty {
        writer.member("data", text)
      }
      for name in ["event", "id"] {
        if let value = fields.last(where: { $0.name == name })?.value { writer.member(name, value) }
      }
      if let retry = fields.last(where: { $0.name == "retry" })?.value, let number = Int(retry) {
        writer.member("retry", number)
      }
    }
    return writer.bytes
  }
}
