internal import AssayText

/// The types of JSON Schema as a set.
struct TypeSet: OptionSet, Sendable {
  let rawValue: UInt8
  static let null = TypeSet(rawValue: 1)
  static let boolean = TypeSet(rawValue: 2)
  static let integer = TypeSet(rawValue: 4)
  static let number = TypeSet(rawValue: 8)
  static let string = TypeSet(rawValue: 16)
  static let array = TypeSet(rawValue: 32)
  static let object = TypeSet(rawValue: 64)
  /// The integers of draft 4, which have no point and no exponent.
  static let writtenInteger = TypeSet(rawValue: 128)

  static let names: [(String, TypeSet)] = [
    ("null", .null), ("boolean", .boolean), ("integer", .integer), ("number", .number),
    ("string", .string), ("array", .array), ("object", .object), ("integer", .writtenInteger),
  ]

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The type of that name; the empty set for a name that is none.
  init(named name: String) {
    self = Self.names.first { $0.0 == name }?.1 ?? []
  }

  var description: String {
    Self.names.filter { contains($0.1) }.map(\.0).joined(separator: " or ")
  }
}

/// The place of a schema in the program.
typealias SchemaID = Int

/// One keyword of a schema, ready to run, with the tape index of its value for messages.
struct SchemaRule: Sendable {
  let keyword: Keyword
  let name: String
  /// The keyword's value in the document of its schema.
  let place: Int

  /// The same rule, told by the keyword beside it that was broken.
  func named(_ name: String) -> SchemaRule {
    SchemaRule(keyword: keyword, name: name, place: place)
  }

  enum Keyword: Sendable {
    case never
    case type(TypeSet)
    case constant(Node)
    case oneOfValues([Node], allowsNull: Bool)
    case minimum(ExactNumber, exclusive: Bool)
    case maximum(ExactNumber, exclusive: Bool)
    case multipleOf(ExactNumber)
    case minLength(Int), maxLength(Int)
    case pattern(Pattern)
    case format(Format)
    /// A text that stands for something else: its encoding, its type, and the schema of what it holds.
    case content(isBase64: Bool, isJSON: Bool, SchemaID?)
    case items(SchemaID, from: Int)
    case prefixItems([SchemaID])
    case contains(SchemaID, least: Int, most: Int?, evaluates: Bool)
    case minItems(Int), maxItems(Int)
    case uniqueItems
    case properties([Property], patterns: [PatternProperty], additional: SchemaID?)
    case required([Name])
    case minProperties(Int), maxProperties(Int)
    case propertyNames(SchemaID)
    case dependentRequired([(Name, [Name])])
    case dependentSchemas([(Name, SchemaID)])
    /// The names are those that do not travel in this direction, said in any of the arms.
    case allOf([SchemaID], untravelled: Set<String>)
    case anyOf([SchemaID], discriminator: Discriminator?)
    case oneOf([SchemaID], discriminator: Discriminator?)
    case not(SchemaID)
    case condition(if: SchemaID, then: SchemaID?, else: SchemaID?)
    case reference(SchemaID)
    /// To the outermost resource in use that has an anchor of that name.
    case dynamicReference(SchemaID, String)
    case unevaluatedProperties(SchemaID)
    case unevaluatedItems(SchemaID)

    var asksForTheRest: Bool {
      switch self {
      case .unevaluatedItems, .unevaluatedProperties: true
      default: false
      }
    }
  }

  /// A name and its bytes, which is what keys are compared by.
  struct Name: Sendable {
    let text: String
    let bytes: [UInt8]

    init(_ text: String) {
      self.text = text
      bytes = Array(text.utf8)
    }
  }

  struct Property: Sendable {
    let name: Name
    let schema: SchemaID
  }

  struct PatternProperty: Sendable {
    let pattern: Pattern
    let schema: SchemaID
  }

  /// Which arm of a `oneOf` a value says it is; it chooses whose errors are shown, never a verdict.
  struct Discriminator: Sendable {
    let property: Name
    let arms: [String: Int]
    /// The arm for values that name none, since 3.2.
    let standard: Int?
  }
}

/// A schema with its rules in the order they run.
struct Schema: Sendable {
  let node: Node
  /// The resource that it belongs to.
  let resource: Int
  var rules: [SchemaRule] = []
  /// `nullable: true` of OpenAPI 3.0: null passes whatever the rules say.
  var allowsNull = false
  /// Whether it says that its value does not travel in this direction.
  var staysBehind = false
}
