internal import AssayModel
internal import AssayText

/// All schemas of a contract that something needs, compiled once, named by index.
struct SchemaProgram: Sendable {
  var schemas: [Schema] = []
  /// Keywords that are rules of the dialect and that Assay does not run yet, by schema: whatever
  /// rests on one of them is not judged, and that is said.
  var unjudged: [SchemaID: [String]] = [:]
}

/// Which keywords mean what.
enum SchemaDialect: Sendable {
  /// OpenAPI 2.0 and 3.0: a subset of draft 4 with extensions of its own.
  case openAPI30
  /// OpenAPI 3.1 and later: JSON Schema 2020-12.
  case draft2020
}

/// Compiles schemas on demand: each once, however many references lead to it.
final class SchemaCompiler {
  private(set) var program = SchemaProgram()
  private(set) var notes: [Diagnostic] = []
  let references: References
  let dialect: SchemaDialect
  private var known: [Key: SchemaID] = [:]

  /// Which direction a body travels decides whether readOnly and writeOnly members are required.
  enum Direction: Hashable { case request, response }

  private struct Key: Hashable {
    let document: ObjectIdentifier
    let index: Int
    let direction: Direction
  }

  init(references: References, dialect: SchemaDialect) {
    self.references = references
    self.dialect = dialect
  }

  /// The compiled form of a schema. The work list is explicit, since schemas nest as deep as
  /// their document and refer to each other in circles.
  func compile(_ node: Node, for direction: Direction) -> SchemaID {
    let id = reserve(node, direction)
    while let next = pending.popLast() { build(next.id, next.direction) }
    return id
  }

  private var pending: [(id: SchemaID, direction: Direction)] = []

  private func reserve(_ node: Node, _ direction: Direction) -> SchemaID {
    let key = Key(
      document: ObjectIdentifier(node.document), index: node.index, direction: direction)
    if let id = known[key] { return id }
    let id = program.schemas.count
    program.schemas.append(Schema(node: node))
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
    var builder = SchemaBuilder(
      node: node, dialect: dialect, references: references,
      reserve: { self.reserve($0, direction) },
      drops: direction == .request ? "readOnly" : "writeOnly")
    builder.build()
    program.schemas[id].rules = builder.rules
    program.schemas[id].allowsNull = builder.allowsNull
    if !builder.unjudged.isEmpty { program.unjudged[id] = builder.unjudged }
    notes += builder.notes
  }
}
