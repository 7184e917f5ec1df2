internal import AssayModel
internal import AssayText

/// All schemas of a contract that something needs, compiled once, named by index.
struct SchemaProgram: Sendable {
  var schemas: [Schema] = []
  /// Keywords that are rules of the dialect and that Assay does not run yet, by schema: whatever
  /// rests on one of them is not judged, and that is said.
  var unjudged: [SchemaID: [String]] = [:]
  /// For each dynamic anchor the schema that it names in each resource.
  var dynamicAnchors: [String: [Int: SchemaID]] = [:]
  /// Whether some schema asks what the others have left unevaluated.
  var tracksEvaluated = false
  let shelf = FlatShelf()
}

/// How the keywords that leave room are read.
struct SchemaReading: Sendable {
  /// Whether `format` is a rule or a remark.
  enum Format: Sendable {
    case asserts, annotates
    /// As the meta-schema of each resource has it.
    case byVocabulary
  }

  var format = Format.asserts
  /// Whether `nullable` has an effect beside `type` alone.
  var limitsNullable = false
  /// Whether `contentEncoding` and its like are rules.
  var assertsContent = false
}

/// Compiles schemas on demand: each once, however many references lead to it.
final class SchemaCompiler {
  private(set) var program = SchemaProgram()
  private(set) var notes: [Diagnostic] = []
  let references: References
  private let reading: SchemaReading
  private var known: [Key: SchemaID] = [:]
  /// Formats that were told already.
  private var knownFormats: Set<String> = []

  /// Which direction a body travels decides whether readOnly and writeOnly members are required.
  enum Direction: Hashable {
    case request, response
    /// A value that does not travel.
    case none
  }

  private struct Key: Hashable {
    let document: ObjectIdentifier
    let index: Int
    let direction: Direction
  }

  init(references: References, reading: SchemaReading) {
    self.references = references
    self.reading = reading
  }

  /// The compiled form of a schema. The work list is explicit, since schemas nest as deep as
  /// their document and refer to each other in circles.
  func compile(_ node: Node, for direction: Direction) -> SchemaID {
    let id = reserve(node, direction)
    while true {
      while let next = pending.popLast() { build(next.id, next.direction) }
      guard compileDynamicAnchors(direction) else { return id }
    }
  }

  private var dynamicNames: Set<String> = []

  /// Compiles what dynamic references may lead to; whether there was anything new.
  private func compileDynamicAnchors(_ direction: Direction) -> Bool {
    var isNew = false
    for name in dynamicNames {
      for (resource, node) in references.index.dynamicAnchors[name] ?? [:]
      where program.dynamicAnchors[name]?[resource] == nil {
        program.dynamicAnchors[name, default: [:]][resource] = reserve(node, direction)
        isNew = true
      }
    }
    return isNew
  }

  private var pending: [(id: SchemaID, direction: Direction)] = []

  private func reserve(_ node: Node, _ direction: Direction) -> SchemaID {
    let key = Key(
      document: ObjectIdentifier(node.document), index: node.index, direction: direction)
    if let id = known[key] { return id }
    let id = program.schemas.count
    program.schemas.append(Schema(node: node, resource: references.resource(of: node)))
    known[key] = id
    pending.append((id, direction))
    return id
  }

  private func build(_ id: SchemaID, _ direction: Direction) {
    let node = program.schemas[id].node
    if node.bool == false {
      program.schemas[id].rules = [SchemaRule(keyword: .never, name: "false", place: node.index)]
      return
    }
    guard node.isObject else { return }
    let resource = references.index.resources[program.schemas[id].resource]
    let drops: [Direction: String] = [.request: "readOnly", .response: "writeOnly"]
    let assertsFormat =
      switch reading.format {
      case .asserts: true
      case .annotates: false
      case .byVocabulary: resource.assertsFormat
      }
    var builder = SchemaBuilder(
      node: node, dialect: resource.dialect, references: references,
      reserve: { self.reserve($0, direction) }, drops: drops[direction],
      validates: resource.validates, assertsFormat: assertsFormat, reading: reading)
    builder.build()
    if let name = builder.dynamicName { dynamicNames.insert(name) }
    if builder.asksForTheRest { program.tracksEvaluated = true }
    program.schemas[id].rules = builder.rules
    program.schemas[id].allowsNull = builder.allowsNull
    program.schemas[id].staysBehind = builder.staysBehind
    if !builder.unjudged.isEmpty { program.unjudged[id] = builder.unjudged }
    notes += builder.notes
    // Once for each name: some stand in a document a thousand times.
    if let (name, node) = builder.unknownFormat, knownFormats.insert(name).inserted {
      notes.append(.unknownFormat(name, at: node.span))
    }
  }
}
