internal import AssayText

/// Writes the instructions of schemas, one after another.
struct FlatMaker {
  var instructions: [FlatProgram.Instruction] = []
  var members: [FlatProgram.Member] = []
  var objects: [FlatProgram.ObjectPlan] = []
  var names: [UInt8] = []
  var texts: [Range<Int>] = []
  var nodes: [Node] = []
  var patterns: [Pattern] = []
  var formats: [Format] = []
  var arms: [Int32] = []

  private mutating func put(
    _ code: FlatProgram.Instruction.Code, _ a: Int = 0, _ b: Int = 0, limit: Int64 = 0
  ) {
    instructions.append(.init(code: code, a: Int32(a), b: Int32(b), limit: limit))
  }

  private mutating func place(of name: [UInt8]) -> Int {
    names += name
    return names.count - name.count
  }

  private mutating func list(_ schemas: [Int]) -> Int {
    let first = arms.count
    arms += schemas.map { Int32($0) }
    return first
  }

  private mutating func list(_ texts: [SchemaRule.Name]) -> Int {
    let first = self.texts.count
    for text in texts {
      let start = place(of: text.bytes)
      self.texts.append(start..<start + text.bytes.count)
    }
    return first
  }

  mutating func add(_ schema: Schema, _ program: SchemaProgram) {
    // Required names that are described are counted while the members are walked.
    var required: [SchemaRule.Name] = []
    var described: Set<String> = []
    for rule in schema.rules {
      if case .required(let names) = rule.keyword { required = names }
      if case .properties(let properties, _, _) = rule.keyword, properties.count <= 64 {
        described = Set(properties.map(\.name.text))
      }
    }
    for rule in schema.rules {
      switch rule.keyword {
      case .properties(let properties, let patterns, let additional):
        add(properties, patterns, additional, required, program)
      case .required:
        let others = required.filter { !described.contains($0.text) }
        if !others.isEmpty { put(.required, list(others), others.count) }
      default: add(rule, program)
      }
    }
  }

  private mutating func add(
    _ properties: [SchemaRule.Property], _ patterns: [SchemaRule.PatternProperty],
    _ additional: SchemaID?, _ required: [SchemaRule.Name], _ program: SchemaProgram
  ) {
    // A member that should not travel is told by the second pass.
    guard patterns.isEmpty,
      !properties.contains(where: { program.schemas[$0.schema].staysBehind })
    else { return put(.giveUp) }
    let wanted = properties.count <= 64 ? Set(required.map(\.text)) : []
    let first = members.count
    for property in properties {
      members.append(
        .init(
          start: Int32(place(of: property.name.bytes)), length: Int32(property.name.bytes.count),
          schema: Int32(property.schema), isRequired: wanted.contains(property.name.text)))
    }
    var others = FlatProgram.ObjectPlan.open
    if let additional {
      let rules = program.schemas[additional].rules
      if rules.isEmpty, program.unjudged[additional] == nil {
        others = FlatProgram.ObjectPlan.open
      } else if case .never? = rules.first?.keyword {
        others = FlatProgram.ObjectPlan.closed
      } else {
        others = Int32(additional)
      }
    }
    let count = members[first...].count { $0.isRequired }
    objects.append(
      .init(
        first: Int32(first), count: Int32(properties.count), required: Int32(count), others: others)
    )
    put(.object, objects.count - 1)
  }

  private mutating func add(_ rule: SchemaRule, _ program: SchemaProgram) {
    switch rule.keyword {
    case .never: put(.never)
    case .type(let types): put(.type, Int(types.rawValue))
    case .constant(let node): add([node], allowsNull: false)
    case .oneOfValues(let nodes, let allowsNull): add(nodes, allowsNull: allowsNull)
    case .minimum(let bound, let isExclusive): add(.lowest, bound, isExclusive)
    case .maximum(let bound, let isExclusive): add(.highest, bound, isExclusive)
    case .multipleOf(let divisor): add(.multiple, divisor, false)
    case .minLength(let limit): put(.shortest, limit: Int64(limit))
    case .maxLength(let limit): put(.longest, limit: Int64(limit))
    case .minItems(let limit): put(.leastItems, limit: Int64(limit))
    case .maxItems(let limit): put(.mostItems, limit: Int64(limit))
    case .minProperties(let limit): put(.fewest, limit: Int64(limit))
    case .maxProperties(let limit): put(.most, limit: Int64(limit))
    case .pattern(let pattern):
      patterns.append(pattern)
      put(.pattern, patterns.count - 1)
    case .format(let format):
      guard let bits = format.bits else {
        formats.append(format)
        return put(.format, formats.count - 1)
      }
      // A number of a fraction is none of a width; what has no width only has to be readable.
      if bits.count > 0 { put(.multiple, limit: 1) }
      put(.lowest, limit: bits.lowest)
      if bits.count > 0, bits.count < 63 { put(.highest, 1, limit: 1 << Int64(bits.count)) }
    case .items(let schema, let first): put(.elements, schema, first)
    case .prefixItems(let schemas): put(.positions, list(schemas), schemas.count)
    case .contains(let schema, let least, let most, _):
      least == 1 && most == nil ? put(.contains, schema) : put(.giveUp)
    case .allOf(let schemas, let untravelled):
      untravelled.isEmpty ? put(.all, list(schemas), schemas.count) : put(.giveUp)
    // What a discriminator says is compared with what fits, which is for the second pass to tell.
    case .anyOf(let schemas, let discriminator):
      discriminator == nil ? put(.any, list(schemas), schemas.count) : put(.giveUp)
    case .oneOf(let schemas, let discriminator):
      discriminator == nil ? put(.one, list(schemas), schemas.count) : put(.giveUp)
    case .not(let schema): put(.not, schema)
    case .condition(let condition, let then, let otherwise):
      put(.condition, list([condition, then ?? -1, otherwise ?? -1]), 3)
    case .reference(let target): put(.reference, target)
    case .uniqueItems, .propertyNames, .dependentRequired, .dependentSchemas, .dynamicReference,
      .unevaluatedItems, .unevaluatedProperties, .content:
      put(.giveUp)
    case .properties, .required: break
    }
  }

  private mutating func add(_ values: [Node], allowsNull: Bool) {
    guard !allowsNull, values.allSatisfy({ $0.kind == .string }) else {
      guard !allowsNull else { return put(.giveUp) }
      let first = nodes.count
      nodes += values
      return put(.values, first, values.count)
    }
    put(.texts, list(values.map { SchemaRule.Name($0.string ?? "") }), values.count)
  }

  private mutating func add(
    _ code: FlatProgram.Instruction.Code, _ bound: ExactNumber, _ isExclusive: Bool
  ) {
    guard let whole = bound.wholeValue, code != .multiple || whole > 0 else { return put(.giveUp) }
    put(code, isExclusive ? 1 : 0, limit: Int64(whole))
  }
}
