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
  let drops: String?
  /// Whether rules on values count, and `format` is one of them.
  let validates: Bool
  let assertsFormat: Bool
  let reading: SchemaReading
  private(set) var rules: [SchemaRule] = []
  private(set) var allowsNull = false
  private(set) var staysBehind = false
  private(set) var unjudged: [String] = []
  private(set) var notes: [Diagnostic] = []
  /// A format that is not checked.
  private(set) var unknownFormat: (name: String, node: Node)?
  /// The dynamic anchor that the schema refers to.
  private(set) var dynamicName: String?
  /// The types that the schema itself allows; nil where it says nothing of them.
  private var declared: TypeSet?
  /// Whether it has rules for what the others leave unevaluated.
  private(set) var asksForTheRest = false

  init(
    node: Node, dialect: SchemaDialect, references: References,
    reserve: @escaping (Node) -> SchemaID, drops: String?, validates: Bool, assertsFormat: Bool,
    reading: SchemaReading
  ) {
    self.node = node
    self.dialect = dialect
    self.references = references
    self.reserve = reserve
    self.drops = drops
    self.validates = validates
    self.assertsFormat = assertsFormat
    self.reading = reading
  }

  private mutating func add(_ keyword: SchemaRule.Keyword, _ name: String, _ place: Node) {
    rules.append(SchemaRule(keyword: keyword, name: name, place: place.index))
  }

  mutating func build() {
    nullable()
    staysBehind = drops.map { node[$0]?.bool == true } ?? false
    if let reference = node["$ref"], let text = reference.string {
      // Dynamic references ask through which resources the way has led, so that no step is left out.
      if let end = references.resolve(text, from: reference) {
        staysBehind = staysBehind || drops.map { end[$0]?.bool == true } ?? false
        let next = dialect.referencesStandAlone ? nil : references.step(text, from: reference)
        add(.reference(reserve(next ?? end)), "$ref", reference)
      } else {
        notes.append(.unresolvedReference(text, at: reference.span))
        unjudged.append("$ref")
      }
      // Before 2019-09 a reference stands alone; what is beside it has no effect.
      if dialect.referencesStandAlone { return }
    }
    dynamicReference()
    if validates {
      general()
      if concerns([.number, .integer, .writtenInteger]) { numbers() }
      if concerns(.string) { strings() }
    }
    if assertsFormat, concerns([.string, .number, .integer, .writtenInteger]) { format() }
    if reading.assertsContent, concerns(.string) { content() }
    if concerns(.array) { arrays() }
    if concerns(.object) { objects() }
    applicators()
    unevaluated()
  }

  /// Whether rules for values of these types can matter: a value of another type than the schema asks for
  /// has failed already, and needs not be told what else it is not.
  private func concerns(_ types: TypeSet) -> Bool {
    declared.map { !$0.isDisjoint(with: types) } ?? true
  }

  /// OpenAPI 3.0.3 gives `nullable` an effect beside `type` alone; what is older does not know that.
  private mutating func nullable() {
    guard dialect.isOpenAPI30, let flag = node["nullable"] ?? node["x-nullable"], flag.bool == true
    else { return }
    let isPlain = node["type"] != nil
    allowsNull = !reading.limitsNullable
    if !isPlain { notes.append(.nullableWithoutType(at: flag.span, counts: allowsNull)) }
  }

  // MARK: References that depend on who asks

  private mutating func dynamicReference() {
    if dialect == .draft2020, let reference = node["$dynamicRef"], let text = reference.string {
      guard let target = references.step(text, from: reference) else {
        notes.append(.unresolvedReference(text, at: reference.span))
        unjudged.append("$dynamicRef")
        return
      }
      // Only where the plain reading leads to a dynamic anchor of that name does the scope count.
      let name = text.split(separator: "#", omittingEmptySubsequences: false).last.map(String.init)
      if let name, target["$dynamicAnchor"]?.string == name {
        dynamicName = name
        add(.dynamicReference(reserve(target), name), "$dynamicRef", reference)
      } else {
        add(.reference(reserve(target)), "$dynamicRef", reference)
      }
    }
    if dialect == .draft2019, let reference = node["$recursiveRef"],
      let target = references.step("#", from: reference)
    {
      if target["$recursiveAnchor"]?.bool == true {
        dynamicName = SchemaIndex.recursiveAnchor
        add(
          .dynamicReference(reserve(target), SchemaIndex.recursiveAnchor), "$recursiveRef",
          reference)
      } else {
        add(.reference(reserve(target)), "$recursiveRef", reference)
      }
    }
  }

  /// Rules for what nothing else has looked at; they come last.
  private mutating func unevaluated() {
    guard dialect >= .draft2019 else { return }
    if let rest = node["unevaluatedItems"] {
      add(.unevaluatedItems(reserve(rest)), "unevaluatedItems", rest)
      asksForTheRest = true
    }
    if let rest = node["unevaluatedProperties"] {
      add(.unevaluatedProperties(reserve(rest)), "unevaluatedProperties", rest)
      asksForTheRest = true
    }
  }

  // MARK: Any type

  private mutating func general() {
    if let type = node["type"] {
      let names = type.string.map { [$0] } ?? type.elements.compactMap(\.string)
      var types = names.reduce(into: TypeSet()) { $0.insert(TypeSet(named: $1)) }
      if dialect == .draft4, types.remove(.integer) != nil { types.insert(.writtenInteger) }
      if dialect.isOpenAPI30, reading.limitsNullable, node["nullable"]?.bool == true {
        types.insert(.null)
      }
      if names.contains("file") {
        unjudged.append("type: file")
      } else if types.isEmpty {
        notes.append(.unknownType(names.joined(separator: ", "), at: type.span))
      } else {
        add(.type(types), "type", type)
        declared = types
      }
    }
    if let values = node["enum"], values.isArray {
      add(.oneOfValues(Array(values.elements), allowsNull: allowsNull), "enum", values)
    }
    if dialect >= .draft6, let constant = node["const"] {
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
    let isFlag = dialect.hasExclusiveFlags && node[exclusive]?.bool == true
    if let bound = node[name], let number = number(bound) {
      add(make(number, isFlag), isFlag ? exclusive : name, bound)
    }
    if !dialect.hasExclusiveFlags, let bound = node[exclusive], let number = number(bound) {
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
  }

  private mutating func format() {
    if let format = node["format"], let name = format.string {
      if let known = Format(rawValue: name) {
        add(.format(known), "format", format)
      } else if !Format.annotations.contains(name) {
        unknownFormat = (name, format)
      }
    }
  }

  /// JSON Schema has these as remarks, which a user may take for rules.
  private mutating func content() {
    guard dialect >= .draft7, let first = node["contentEncoding"] ?? node["contentMediaType"] else {
      return
    }
    let type = node["contentMediaType"]?.string.flatMap { MediaType($0) }
    add(
      .content(
        isBase64: node["contentEncoding"]?.string?.lowercased() == "base64",
        isJSON: type?.isJSON ?? false,
        dialect >= .draft2019 ? node["contentSchema"].map(reserve) : nil),
      node["contentEncoding"] == nil ? "contentMediaType" : "contentEncoding", first)
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
    if let limit = node[name], let number = Self.whole(limit), number >= 0 {
      add(make(number), name, limit)
    }
  }

  /// A count may be written as `2.0` too.
  private static func whole(_ node: Node) -> Int? {
    node.int
      ?? (node.kind == .number
        ? ExactNumber(node.document.rawBytes(at: node.index))?.wholeValue : nil)
  }

  // MARK: Arrays

  private mutating func arrays() {
    if validates {
      count("minItems") { .minItems($0) }
      count("maxItems") { .maxItems($0) }
      if let unique = node["uniqueItems"], unique.bool == true {
        add(.uniqueItems, "uniqueItems", unique)
      }
    }
    let prefixName = dialect == .draft2020 ? "prefixItems" : "items"
    let restName = dialect == .draft2020 ? "items" : "additionalItems"
    var rest = node["items"]
    var first = 0
    if !dialect.isOpenAPI30, let prefix = node[prefixName], prefix.isArray {
      first = prefix.count
      add(.prefixItems(prefix.elements.map(reserve)), prefixName, prefix)
      rest = node[restName]
    }
    if let rest, rest.isObject || rest.bool != nil {
      add(.items(reserve(rest), from: first), first > 0 ? restName : "items", rest)
    }
    if dialect >= .draft6, let contains = node["contains"] {
      let counts = dialect >= .draft2019 && validates
      add(
        .contains(
          reserve(contains), least: counts ? node["minContains"].flatMap(Self.whole) ?? 1 : 1,
          most: counts ? node["maxContains"].flatMap(Self.whole) : nil,
          evaluates: dialect == .draft2020),
        "contains", contains)
    }
  }

  // MARK: Objects

  private mutating func objects() {
    if validates {
      count("minProperties") { .minProperties($0) }
      count("maxProperties") { .maxProperties($0) }
    }
    let properties = node["properties"]
    if validates, let required = node["required"], required.isArray {
      let names = required.elements.compactMap(\.string).filter { !isDropped($0) }
      if !names.isEmpty { add(.required(names.map(SchemaRule.Name.init)), "required", required) }
    }
    var patterns: [SchemaRule.PatternProperty] = []
    if !dialect.isOpenAPI30, let node = node["patternProperties"] {
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
    guard !dialect.isOpenAPI30 else { return }
    if dialect >= .draft6, let names = node["propertyNames"] {
      add(.propertyNames(reserve(names)), "propertyNames", names)
    }
    dependencies()
    if dialect >= .draft2019, validates, let dependent = node["dependentRequired"] {
      let rules = dependent.members.map { member in
        (
          SchemaRule.Name(member.name),
          member.value.elements.compactMap(\.string).map(SchemaRule.Name.init)
        )
      }
      add(.dependentRequired(rules), "dependentRequired", dependent)
    }
    if dialect >= .draft2019, let dependent = node["dependentSchemas"] {
      let rules = dependent.members.map { (SchemaRule.Name($0.name), reserve($0.value)) }
      add(.dependentSchemas(rules), "dependentSchemas", dependent)
    }
  }

  /// What the drafts up to 7 have in place of two keywords, and later ones still understand.
  private mutating func dependencies() {
    guard let dependencies = node["dependencies"], dependencies.isObject else { return }
    var names: [(SchemaRule.Name, [SchemaRule.Name])] = []
    var schemas: [(SchemaRule.Name, SchemaID)] = []
    for member in dependencies.members {
      let name = SchemaRule.Name(member.name)
      if member.value.isArray {
        names.append((name, member.value.elements.compactMap(\.string).map(SchemaRule.Name.init)))
      } else if let other = member.value.string {
        names.append((name, [SchemaRule.Name(other)]))
      } else {
        schemas.append((name, reserve(member.value)))
      }
    }
    if !names.isEmpty { add(.dependentRequired(names), "dependencies", dependencies) }
    if !schemas.isEmpty { add(.dependentSchemas(schemas), "dependencies", dependencies) }
  }

  /// The names that some arm says do not travel in this direction; another may require them.
  private func untravelled(_ arms: Node) -> Set<String> {
    guard let drops else { return [] }
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
    guard let drops, var property = node["properties"]?[name] else { return false }
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
      add(.anyOf(any.elements.map(reserve), discriminator: discriminator(any)), "anyOf", any)
    }
    if let one = node["oneOf"], one.isArray {
      add(.oneOf(one.elements.map(reserve), discriminator: discriminator(one)), "oneOf", one)
    }
    if let not = node["not"] { add(.not(reserve(not)), "not", not) }
    if dialect >= .draft7, let condition = node["if"] {
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
    let standard = node["discriminator"]?["defaultMapping"]?.string.flatMap {
      byReference[$0] ?? names[$0]
    }
    return .init(property: .init(property), arms: names, standard: standard)
  }
}
