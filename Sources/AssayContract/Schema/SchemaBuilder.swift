internal import AssayModel
internal import AssayText

/// Turns the keywords of one schema object into rules.
struct SchemaBuilder {
  let node: Node
  let dialect: SchemaDialect
  let references: References
  /// Names the compiled form of a schema below or elsewhere.
  let reserve: (Node) -> SchemaID
  /// `readOnly` in requests, `writeOnly` in responses: such members are not required there.
  let drops: String
  private(set) var rules: [SchemaRule] = []
  private(set) var allowsNull = false
  private(set) var unjudged: [String] = []
  private(set) var notes: [Diagnostic] = []

  init(
    node: Node, dialect: SchemaDialect, references: References,
    reserve: @escaping (Node) -> SchemaID, drops: String
  ) {
    self.node = node
    self.dialect = dialect
    self.references = references
    self.reserve = reserve
    self.drops = drops
  }

  private mutating func add(_ keyword: SchemaRule.Keyword, _ name: String, _ place: Node) {
    rules.append(SchemaRule(keyword: keyword, name: name, place: place.index))
  }

  mutating func build() {
    if let reference = node["$ref"], let text = reference.string {
      if let target = references.resolve(text, from: reference) {
        add(.reference(reserve(target)), "$ref", reference)
      } else {
        notes.append(.unresolvedReference(text, at: reference.span))
        unjudged.append("$ref")
      }
      // In 2.0 and 3.0 a reference stands alone; what is beside it has no effect.
      if dialect == .openAPI30 { return }
    }
    allowsNull = dialect == .openAPI30 && node["nullable"]?.bool == true
    general()
    numbers()
    strings()
    arrays()
    objects()
    applicators()
    for name in Self.unjudgedKeywords where dialect == .draft2020 && node[name] != nil {
      unjudged.append(name)
    }
  }

  /// Rules of 2020-12 that this engine does not run yet.
  private static let unjudgedKeywords = [
    "$dynamicRef", "$recursiveRef", "unevaluatedProperties", "unevaluatedItems",
  ]

  // MARK: Any type

  private mutating func general() {
    if let type = node["type"] {
      let names = type.string.map { [$0] } ?? type.elements.compactMap(\.string)
      let types = names.reduce(into: TypeSet()) { $0.insert(TypeSet(named: $1)) }
      if names.contains("file") {
        unjudged.append("type: file")
      } else if types.isEmpty {
        notes.append(.unknownType(names.joined(separator: ", "), at: type.span))
      } else {
        add(.type(types), "type", type)
      }
    }
    if let values = node["enum"], values.isArray {
      add(.oneOfValues(Array(values.elements), allowsNull: allowsNull), "enum", values)
    }
    if dialect == .draft2020, let constant = node["const"] {
      add(.constant(constant), "const", constant)
    }
  }

  // MARK: Numbers

  private mutating func numbers() {
    bound("minimum", "exclusiveMinimum") { .minimum($0, exclusive: $1) }
    bound("maximum", "exclusiveMaximum") { .maximum($0, exclusive: $1) }
    if let divisor = node["multipleOf"], let number = number(divisor), !number.isZero {
      add(.multipleOf(number), "multipleOf", divisor)
    }
  }

  /// In draft 4 exclusiveness is a flag beside the bound; later it is a bound of its own.
  private mutating func bound(
    _ name: String, _ exclusive: String, _ make: (ExactNumber, Bool) -> SchemaRule.Keyword
  ) {
    let isFlag = dialect == .openAPI30 && node[exclusive]?.bool == true
    if let bound = node[name], let number = number(bound) {
      add(make(number, isFlag), isFlag ? exclusive : name, bound)
    }
    if dialect == .draft2020, let bound = node[exclusive], let number = number(bound) {
      add(make(number, true), exclusive, bound)
    }
  }

  private func number(_ node: Node) -> ExactNumber? {
    node.kind == .number ? ExactNumber(node.document.rawBytes(at: node.index)) : nil
  }

  // MARK: Strings

  private mutating func strings() {
    count("minLength") { .minLength($0) }
    count("maxLength") { .maxLength($0) }
    if let pattern = node["pattern"], let compiled = compiled(pattern) {
      add(.pattern(compiled), "pattern", pattern)
    }
    if let format = node["format"], let name = format.string {
      if let known = Format(rawValue: name) {
        add(.format(known), "format", format)
      } else if !Format.annotations.contains(name) {
        notes.append(.unknownFormat(name, at: format.span))
      }
    }
  }

  private mutating func compiled(_ node: Node) -> Pattern? {
    guard let source = node.string else { return nil }
    do {
      return try Pattern(source)
    } catch {
      notes.append(.unusablePattern(source, error, at: node.span))
      unjudged.append("pattern")
      return nil
    }
  }

  private mutating func count(_ name: String, _ make: (Int) -> SchemaRule.Keyword) {
    if let limit = node[name], let number = limit.int, number >= 0 {
      add(make(number), name, limit)
    }
  }

  // MARK: Arrays

  private mutating func arrays() {
    count("minItems") { .minItems($0) }
    count("maxItems") { .maxItems($0) }
    if let unique = node["uniqueItems"], unique.bool == true {
      add(.uniqueItems, "uniqueItems", unique)
    }
    var first = 0
    if dialect == .draft2020, let prefix = node["prefixItems"], prefix.isArray {
      first = prefix.count
      add(.prefixItems(prefix.elements.map(reserve)), "prefixItems", prefix)
    }
    if let items = node["items"], items.isObject || items.bool != nil {
      add(.items(reserve(items), from: first), "items", items)
    }
    if dialect == .draft2020, let contains = node["contains"] {
      add(
        .contains(
          reserve(contains), least: node["minContains"]?.int ?? 1, most: node["maxContains"]?.int),
        "contains", contains)
    }
  }

  // MARK: Objects

  private mutating func objects() {
    count("minProperties") { .minProperties($0) }
    count("maxProperties") { .maxProperties($0) }
    let properties = node["properties"]
    if let required = node["required"], required.isArray {
      let names = required.elements.compactMap(\.string).filter { !isDropped($0) }
      if !names.isEmpty { add(.required(names.map(SchemaRule.Name.init)), "required", required) }
    }
    var patterns: [SchemaRule.PatternProperty] = []
    if dialect == .draft2020, let node = node["patternProperties"] {
      for member in node.members {
        guard let pattern = compiled(member.key) else { continue }
        patterns.append(.init(pattern: pattern, schema: reserve(member.value)))
      }
    }
    let additional = node["additionalProperties"]
    if properties != nil || additional != nil || !patterns.isEmpty {
      let list = properties?.members.map {
        SchemaRule.Property(name: .init($0.name), schema: reserve($0.value))
      }
      add(
        .properties(list ?? [], patterns: patterns, additional: additional.map(reserve)),
        "properties", properties ?? additional ?? node)
    }
    guard dialect == .draft2020 else { return }
    if let names = node["propertyNames"] {
      add(.propertyNames(reserve(names)), "propertyNames", names)
    }
    if let dependent = node["dependentRequired"] {
      let rules = dependent.members.map { member in
        (
          SchemaRule.Name(member.name),
          member.value.elements.compactMap(\.string).map(SchemaRule.Name.init)
        )
      }
      add(.dependentRequired(rules), "dependentRequired", dependent)
    }
    if let dependent = node["dependentSchemas"] {
      let rules = dependent.members.map { (SchemaRule.Name($0.name), reserve($0.value)) }
      add(.dependentSchemas(rules), "dependentSchemas", dependent)
    }
  }

  /// The names that some arm says do not travel in this direction; another may require them.
  private func untravelled(_ arms: Node) -> Set<String> {
    var names: Set<String> = []
    var pending = Array(arms.elements)
    var visited = 0
    while let arm = pending.popLast(), visited < 256 {
      visited += 1
      guard let schema = references.follow(arm) else { continue }
      if let more = schema["allOf"] { pending += more.elements }
      for member in schema["properties"].map({ Array($0.members) }) ?? [] {
        guard let property = references.follow(member.value) else { continue }
        if property[drops]?.bool == true { names.insert(member.name) }
      }
    }
    return names
  }

  /// Whether a member does not travel in this direction, said here or behind a reference.
  private func isDropped(_ name: String) -> Bool {
    guard var property = node["properties"]?[name] else { return false }
    for _ in 0..<16 {
      if property[drops]?.bool == true { return true }
      guard let reference = property["$ref"], let text = reference.string,
        let target = references.resolve(text, from: reference)
      else { return false }
      property = target
    }
    return false
  }

  // MARK: Combinations

  private mutating func applicators() {
    if let all = node["allOf"], all.isArray {
      let names = untravelled(all)
      add(.allOf(all.elements.map(reserve), untravelled: names), "allOf", all)
    }
    if let any = node["anyOf"], any.isArray {
      add(.anyOf(any.elements.map(reserve)), "anyOf", any)
    }
    if let one = node["oneOf"], one.isArray {
      add(.oneOf(one.elements.map(reserve), discriminator: discriminator(one)), "oneOf", one)
    }
    if let not = node["not"] { add(.not(reserve(not)), "not", not) }
    if dialect == .draft2020, let condition = node["if"] {
      add(
        .condition(
          if: reserve(condition), then: node["then"].map(reserve), else: node["else"].map(reserve)),
        "if", condition)
    }
  }

  private func discriminator(_ arms: Node) -> SchemaRule.Discriminator? {
    guard let property = node["discriminator"]?["propertyName"]?.string else { return nil }
    var byReference: [String: Int] = [:]
    var names: [String: Int] = [:]
    for (index, arm) in arms.elements.enumerated() {
      guard let reference = arm["$ref"]?.string else { continue }
      byReference[reference] = index
      if let name = reference.split(separator: "/").last { names[String(name)] = index }
    }
    for member in node["discriminator"]?["mapping"]?.members ?? arms.members {
      guard let target = member.value.string else { continue }
      names[member.name] = byReference[target] ?? names[target]
    }
    return .init(property: .init(property), arms: names)
  }
}
