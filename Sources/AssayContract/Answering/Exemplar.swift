internal import AssayModel
internal import AssayText

/// Makes values that a schema allows, from its examples and its rules.
///
/// What is made is judged by the schema before it is used, and made in another way where it does not
/// hold: with another alternative, without what is optional, as null. So an example that breaks its own
/// schema is never given out.
struct Exemplar {
  private let contract: Contract
  private var variety: Variety
  /// What has been made of schemas already, so that trying again never multiplies the work.
  private var made: [Key: Value?] = [:]
  private var open: [Key] = []
  private var count = 0

  private struct Key: Hashable {
    let schemas: [SchemaID]
    let isBrief: Bool
  }

  /// What all the schemas of one value ask for together.
  private struct Wish {
    var schemas: [SchemaID] = []
    var types: TypeSet?
    var values: [Node]?
    var written: [Node] = []
    var divisor: Node?
    var bounds: (low: Double?, high: Double?) = (nil, nil)
    var leastLength = 0
    var mostLength: Int?
    var patterns: [String] = []
    var formats: [Format] = []
    var properties: [(name: String, schemas: [SchemaID])] = []
    var required: [String] = []
    var isObject = false
    var additional: [SchemaID] = []
    var namePatterns: [String] = []
    var leastMembers = 0
    var mostMembers: Int?
    var items: [SchemaID] = []
    var prefix: [[SchemaID]] = []
    var contained: [SchemaID] = []
    var leastItems = 0
    var mostItems: Int?
    var isUnique = false
    var isArray = false
  }

  /// How deep an example goes before optional members are left out.
  private static let depthLimit = 4
  /// So many values may be made for one body before only what is required is.
  private static let countLimit = 3_000
  /// Behind so many, what was made or found impossible is not tried again.
  private static let patience = 1_000
  private static let attempts = 24

  init(contract: Contract, seed: UInt64? = nil) {
    self.contract = contract
    variety = Variety(seed: seed)
  }

  /// The example of a media type, by name where one is asked for, or a value made from its schema.
  mutating func value(of media: Operation.MediaRule, example: String? = nil) -> Value {
    // An example that is asked for by its name is given as it stands.
    if let example, let named = media.examples.first(where: { $0.name == example }) {
      return named.node.value
    }
    let written = media.examples.lazy.map(\.node.value)
    guard let schema = media.schema else { return written.first ?? .object([]) }
    if !variety.isOn, let first = written.first(where: { holds($0, [schema]) }) { return first }
    return value(of: schema)
  }

  mutating func value(of schema: SchemaID) -> Value { make([schema], isBrief: false) ?? .null }

  // MARK: Trying

  private mutating func make(_ schemas: [SchemaID], isBrief: Bool) -> Value? {
    let isBrief = isBrief || open.count > Self.depthLimit || count > Self.countLimit
    let key = Key(schemas: schemas, isBrief: isBrief)
    let isBusy = count > Self.patience
    if !variety.isOn || isBusy, let known = made[key] { return known }
    // A schema that is being made already asks for itself, and without end.
    guard !open.contains(where: { $0.schemas == schemas }), open.count < 60 else { return nil }
    open.append(key)
    count += 1
    defer { open.removeLast() }
    var best: Value?
    for attempt in 0..<Self.attempts {
      var arms = attempt
      let wish = self.wish(schemas, &arms)
      guard let value = draft(wish, isBrief: isBrief || attempt % 4 == 3) else { continue }
      if holds(value, schemas) {
        made[key] = value
        return value
      }
      best = best ?? value
      // Nothing was chosen, so another attempt would be the same, but for its brevity.
      if arms == attempt, attempt >= 4 { break }
    }
    let result = holds(.null, schemas) ? .null : best
    if isBusy { made[key] = .some(result) }
    return result
  }

  private func holds(_ value: Value, _ schemas: [SchemaID]) -> Bool {
    var writer = JSONWriter()
    writer.value(value)
    guard let document = try? JSONReader.read(SourceFile(name: "example", bytes: writer.bytes))
    else { return false }
    return schemas.allSatisfy { schema in
      var validator = SchemaValidator(program: contract.program, instance: document)
      return validator.validate(schema)
    }
  }

  // MARK: What is asked for

  /// Gathers the rules of schemas and of all that apply beside them. Where there are alternatives, the
  /// attempt's number says which is taken, digit by digit.
  private func wish(_ schemas: [SchemaID], _ choices: inout Int) -> Wish {
    var wish = Wish()
    var seen: Set<SchemaID> = []
    var pending = Array(schemas.reversed())
    while let id = pending.popLast(), seen.count < 300 {
      guard seen.insert(id).inserted else { continue }
      wish.schemas.append(id)
      let schema = contract.program.schemas[id]
      for name in ["example", "default", "const"] {
        if let node = schema.node[name] { wish.written.append(node) }
      }
      if let first = schema.node["examples"]?[0] { wish.written.append(first) }
      for rule in schema.rules {
        switch rule.keyword {
        case .reference(let target), .dynamicReference(let target, _): pending.append(target)
        case .allOf(let arms, _): pending += arms.reversed()
        case .anyOf(let arms, _), .oneOf(let arms, _):
          guard !arms.isEmpty else { continue }
          pending.append(arms[choices % arms.count])
          choices /= arms.count
        case .condition(let condition, let then, _):
          // The branch of what holds is taken with the condition, so that both can.
          if choices % 2 == 1, let then { pending += [condition, then] }
          choices /= 2
        default: take(rule, &wish)
        }
      }
    }
    return wish
  }

  private func take(_ rule: SchemaRule, _ wish: inout Wish) {
    switch rule.keyword {
    case .type(let types):
      wish.types = wish.types.map { Self.common($0, types) } ?? types
    case .oneOfValues(let nodes, _): wish.values = nodes
    case .constant(let node): wish.values = [node]
    case .minimum, .maximum: bound(rule, &wish)
    case .multipleOf:
      wish.divisor = Node(
        document: contract.program.schemas[wish.schemas[wish.schemas.count - 1]].node.document,
        index: rule.place)
    case .minLength(let limit): wish.leastLength = max(wish.leastLength, limit)
    case .maxLength(let limit): wish.mostLength = min(wish.mostLength ?? limit, limit)
    case .pattern(let pattern): wish.patterns.append(pattern.source)
    case .format(let format): wish.formats.append(format)
    case .properties(let properties, let patterns, let additional):
      wish.isObject = true
      for property in properties {
        if let index = wish.properties.firstIndex(where: { $0.name == property.name.text }) {
          wish.properties[index].schemas.append(property.schema)
        } else {
          wish.properties.append((property.name.text, [property.schema]))
        }
      }
      if let additional { wish.additional.append(additional) }
      for pattern in patterns {
        wish.namePatterns.append(pattern.pattern.source)
        wish.additional.append(pattern.schema)
      }
    case .required(let names): wish.required += names.map(\.text)
    case .dependentRequired(let rules):
      wish.required += rules.filter { wish.required.contains($0.0.text) }.flatMap {
        $0.1.map(\.text)
      }
    case .minProperties(let limit): wish.leastMembers = max(wish.leastMembers, limit)
    case .maxProperties(let limit): wish.mostMembers = min(wish.mostMembers ?? limit, limit)
    case .propertyNames(let schema):
      for rule in contract.program.schemas[schema].rules {
        if case .pattern(let pattern) = rule.keyword { wish.namePatterns.append(pattern.source) }
      }
    case .items(let schema, _):
      wish.isArray = true
      wish.items.append(schema)
    case .prefixItems(let schemas):
      wish.isArray = true
      for (index, schema) in schemas.enumerated() {
        if index < wish.prefix.count {
          wish.prefix[index].append(schema)
        } else {
          wish.prefix.append([schema])
        }
      }
    case .contains(let schema, let least, _, _):
      wish.contained += [SchemaID](repeating: schema, count: min(least, 100))
    case .minItems(let limit): wish.leastItems = max(wish.leastItems, limit)
    case .maxItems(let limit): wish.mostItems = min(wish.mostItems ?? limit, limit)
    case .uniqueItems: wish.isUnique = true
    default: break
    }
  }

  private static func common(_ left: TypeSet, _ right: TypeSet) -> TypeSet {
    var both = left.intersection(right)
    // An integer is a number.
    if left.contains(.number), right.contains(.integer) { both.insert(.integer) }
    if right.contains(.number), left.contains(.integer) { both.insert(.integer) }
    return both
  }

  private func bound(_ rule: SchemaRule, _ wish: inout Wish) {
    let schema = contract.program.schemas[wish.schemas[wish.schemas.count - 1]].node
    guard let value = Double(schema.document.text(at: rule.place)) else { return }
    switch rule.keyword {
    case .minimum(_, let isExclusive):
      let low = isExclusive ? value.nextUp : value
      wish.bounds.low = max(wish.bounds.low ?? low, low)
    case .maximum(_, let isExclusive):
      let high = isExclusive ? value.nextDown : value
      wish.bounds.high = min(wish.bounds.high ?? high, high)
    default: break
    }
  }

  // MARK: Making

  private mutating func draft(_ wish: Wish, isBrief: Bool) -> Value? {
    if let values = wish.values {
      return values.isEmpty ? nil : values[variety.pick(values.count)].value
    }
    if !variety.isOn, !isBrief,
      let value = wish.written.lazy.map(\.value).first(where: {
        holds($0, wish.schemas)
      })
    {
      return value
    }
    let types = wish.types ?? Self.likelyTypes(wish)
    if types.contains(.object) { return object(wish, isBrief) }
    if types.contains(.array) { return array(wish, isBrief) }
    if types.contains(.string) { return text(wish) }
    if types.contains(.integer) || types.contains(.writtenInteger) {
      return number(wish, isWhole: true)
    }
    if types.contains(.number) { return number(wish, isWhole: false) }
    if types.contains(.boolean) { return .bool(variety.pick(2) == 0) }
    if types.contains(.null) { return .null }
    return wish.types == nil ? .string("text") : nil
  }

  private static func likelyTypes(_ wish: Wish) -> TypeSet {
    if wish.isObject || !wish.required.isEmpty || wish.leastMembers > 0 { return .object }
    if wish.isArray || wish.leastItems > 0 || !wish.contained.isEmpty { return .array }
    if wish.bounds.low ?? wish.bounds.high != nil || wish.divisor != nil { return .number }
    return .string
  }

  private mutating func object(_ wish: Wish, _ isBrief: Bool) -> Value? {
    var members: [Value.Member] = []
    func room() -> Bool { wish.mostMembers.map { members.count < $0 } ?? true }
    let required = Set(wish.required)
    var optional: [(name: String, schemas: [SchemaID])] = []
    for property in wish.properties {
      let staysBehind = property.schemas.contains { contract.program.schemas[$0].staysBehind }
      // Since 3.1 `required` is that of JSON Schema, which knows no direction.
      guard !staysBehind || contract.version == .v31 && required.contains(property.name) else {
        continue
      }
      guard required.contains(property.name) else {
        optional.append(property)
        continue
      }
      guard let value = make(property.schemas, isBrief: isBrief) else { return nil }
      members.append(Value.Member(property.name, value))
    }
    for name in wish.required where !members.contains(where: { $0.name == name }) {
      guard !wish.properties.contains(where: { $0.name == name }) else { continue }
      let value =
        wish.additional.isEmpty ? .string("text") : make(wish.additional, isBrief: isBrief)
      members.append(Value.Member(name, value ?? .null))
    }
    for property in optional where room() {
      guard !isBrief || members.count < wish.leastMembers else { break }
      guard let value = make(property.schemas, isBrief: isBrief) else { continue }
      members.append(Value.Member(property.name, value))
    }
    var number = 1
    while room(), number < 100,
      members.count < wish.leastMembers
        || members.isEmpty && !isBrief && !wish.additional.isEmpty && wish.properties.isEmpty
    {
      let schemas = wish.additional
      let name =
        wish.namePatterns.lazy.compactMap { [variety] in
          PatternSample.text(for: $0, extra: number, variety)
        }.first ?? "key\(number)"
      number += 1
      guard let value = schemas.isEmpty ? .string("text") : make(schemas, isBrief: isBrief) else {
        break
      }
      guard !members.contains(where: { $0.name == name }) else { continue }
      members.append(Value.Member(name, value))
    }
    return .object(inOrder(members, wish))
  }

  /// Members as the schema lists them.
  private func inOrder(_ members: [Value.Member], _ wish: Wish) -> [Value.Member] {
    let places = Dictionary(
      wish.properties.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: min)
    return members.enumerated().sorted { left, right in
      let one = places[left.element.name] ?? wish.properties.count + left.offset
      let two = places[right.element.name] ?? wish.properties.count + right.offset
      return one < two
    }.map(\.element)
  }

  private mutating func array(_ wish: Wish, _ isBrief: Bool) -> Value? {
    var elements: [Value] = []
    for schemas in wish.prefix {
      guard let value = make(schemas, isBrief: isBrief) else { return nil }
      elements.append(value)
    }
    for schema in wish.contained {
      guard let value = make(wish.items + [schema], isBrief: isBrief) else { return nil }
      elements.append(value)
    }
    let usual = isBrief ? 0 : 1 + (wish.isUnique ? 0 : variety.pick(3))
    let wanted = min(max(wish.leastItems, usual), wish.mostItems ?? .max, 1_000)
    while elements.count < wanted {
      let value: Value? =
        wish.items.isEmpty ? .string("text") : make(wish.items, isBrief: isBrief)
      guard let value else { return elements.count >= wish.leastItems ? .array(elements) : nil }
      elements.append(wish.isUnique ? distinct(value, from: elements, wish.items) : value)
    }
    return .array(elements)
  }

  /// Another value than those that are there, where the rules leave one.
  private func distinct(_ value: Value, from others: [Value], _ schemas: [SchemaID]) -> Value {
    guard others.contains(value) else { return value }
    var choices = 0
    let wish = self.wish(schemas, &choices)
    var candidates = (wish.values ?? []).map(\.value)
    for number in 1...100 {
      switch value {
      case .string(let text): candidates.append(.string(text + String(number)))
      case .number(let lexeme): candidates.append(.number(String((Int(lexeme) ?? 0) + number)))
      default: break
      }
    }
    candidates += [.bool(false), .bool(true)]
    return candidates.first { !others.contains($0) && holds($0, schemas) } ?? value
  }

  private mutating func number(_ wish: Wish, isWhole: Bool) -> Value? {
    // In steps of the divisor, written with as many digits behind the point as it has.
    let lexeme = wish.divisor.flatMap(\.lexeme) ?? "1"
    let digits =
      lexeme.contains("e") || lexeme.contains("E")
      ? 0 : lexeme.split(separator: ".").dropFirst().first?.count ?? 0
    let scale = Self.power(of: digits)
    let step = max((Double(lexeme) ?? 1) * scale, 1).rounded()
    var candidates: [Double] = []
    let low = wish.bounds.low.map { ($0 * scale / step).rounded(.up) }
    let high = wish.bounds.high.map { ($0 * scale / step).rounded(.down) }
    if let low, let high, variety.isOn, high > low, high - low < 1e9 {
      candidates.append(low + Double(variety.pick(Int(high - low) + 1)))
    } else if variety.isOn, high == nil {
      candidates.append((low ?? 1) + Double(variety.pick(1_000)))
    }
    candidates += [1, low ?? 0, high ?? 0, 0, (low ?? 0) + 1]
    let isIn: (Double) -> Bool = { value in
      (low.map { value >= $0 } ?? true) && (high.map { value <= $0 } ?? true)
    }
    if let value = candidates.first(where: isIn), abs(value * step) < 1e15 {
      return .number(Self.text(Int(value * step), digits: digits))
    }
    if let low, let high = wish.bounds.high, low > 1e15 || high < 0 { return .number("\(high)") }
    // Between two whole numbers there is room for fractions.
    guard !isWhole, let low = wish.bounds.low, let high = wish.bounds.high, low <= high else {
      return wish.bounds.low.map { .number("\($0)") }
    }
    return .number("\((low + high) / 2)")
  }

  private static func power(of digits: Int) -> Double {
    (0..<min(digits, 12)).reduce(1) { result, _ in result * 10 }
  }

  private static func text(_ number: Int, digits: Int) -> String {
    guard digits > 0 else { return String(number) }
    let magnitude = String(number.magnitude)
    let padded = String(repeating: "0", count: max(0, digits + 1 - magnitude.count)) + magnitude
    return (number < 0 ? "-" : "") + padded.dropLast(digits) + "." + padded.suffix(digits)
  }

  private mutating func text(_ wish: Wish) -> Value? {
    var candidates: [String] = []
    if !wish.patterns.isEmpty {
      for extra in [0, 1, 2, 4, 8, 16, 32, wish.leastLength] {
        if let text = PatternSample.text(for: wish.patterns[0], extra: extra, variety) {
          candidates.append(text)
        }
      }
    }
    candidates += wish.formats.compactMap { Self.sample($0, &variety) }
    let words = ["text", "amber", "basil", "cedar", "delta"]
    let plain = words[variety.pick(words.count)]
    candidates += [plain, "1", "a", "A", "2026-01-02", "aa", "https://example.com/", ""]
    let fitted = candidates.map { fit($0, wish) } + candidates
    return .string(fitted.first { holds(.string($0), wish.schemas) } ?? fitted[0])
  }

  private func fit(_ text: String, _ wish: Wish) -> String {
    var scalars = Array(text.unicodeScalars)
    if scalars.count < wish.leastLength, !scalars.isEmpty {
      let source = scalars
      while scalars.count < min(wish.leastLength, 100_000) { scalars += source }
      scalars = Array(scalars.prefix(max(wish.leastLength, source.count)))
    }
    if let most = wish.mostLength { scalars = Array(scalars.prefix(most)) }
    return String(String.UnicodeScalarView(scalars))
  }

  static func sample(_ format: Format, _ variety: inout Variety) -> String? {
    let day = 1 + variety.pick(28)
    let two = day < 10 ? "0\(day)" : String(day)
    return switch format {
    case .dateTime: "2026-01-\(two)T03:04:05Z"
    case .date: "2026-01-\(two)"
    case .time: "03:04:05Z"
    case .email, .internationalEmail: "someone@example.com"
    case .hostname, .internationalHostname: "example.com"
    case .ipv4: "192.0.2.\(day)"
    case .ipv6: "2001:db8::\(day)"
    case .uri, .iri: "https://example.com/"
    case .uriReference, .iriReference: "/example"
    case .uriTemplate: "/example/{id}"
    case .relativeJSONPointer: "1/text"
    case .uuid: "00000000-0000-4000-8000-0000000000\(two)"
    case .regex: "^text$"
    case .byte: "dGV4dA=="
    case .jsonPointer: "/text"
    case .duration: "P\(day)D"
    case .base64url: "dGV4dA"
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float, .doubleInt:
      String(day)
    }
  }
}
