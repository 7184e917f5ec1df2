internal import AssayModel
internal import AssayText

/// Makes values that a schema allows, from its examples and its rules.
struct Exemplar {
  private let contract: Contract
  private var open: [SchemaID] = []

  /// How deep an example goes before optional members are left out.
  private static let depthLimit = 12

  init(contract: Contract) { self.contract = contract }

  /// The example of a media type, or one made from its schema.
  mutating func value(of media: Operation.MediaRule) -> Value {
    if let example = media.node["example"] { return example.value }
    if let named = media.node["examples"]?.members.first(where: { _ in true })?.value["value"] {
      return named.value
    }
    return media.schema.map { value(of: $0) } ?? .object([])
  }

  mutating func value(of id: SchemaID) -> Value {
    let schema = contract.program.schemas[id]
    if let written = written(schema.node) { return written }
    if open.count > Self.depthLimit || open.filter({ $0 == id }).count > 1 { return .null }
    open.append(id)
    defer { open.removeLast() }
    return made(schema)
  }

  private func written(_ node: Node) -> Value? {
    for name in ["example", "default", "const"] {
      if let value = node[name] { return value.value }
    }
    if let first = node["examples"]?[0] { return first.value }
    return node["enum"]?[0]?.value
  }

  private mutating func made(_ schema: Schema) -> Value {
    var types: TypeSet = []
    var members: [Value.Member] = []
    var isObject = false
    for rule in schema.rules {
      switch rule.keyword {
      case .reference(let target): return value(of: target)
      case .type(let named): types = named
      case .anyOf(let arms), .oneOf(let arms, _):
        if let first = arms.first { merge(value(of: first), into: &members, &isObject) }
        if !isObject, let first = arms.first { return value(of: first) }
      case .allOf(let arms, _):
        for arm in arms { merge(value(of: arm), into: &members, &isObject) }
      case .properties(let properties, _, _):
        isObject = true
        for property in properties where isWanted(property.name.text, of: schema) {
          let value = value(of: property.schema)
          merge(.object([Value.Member(property.name.text, value)]), into: &members, &isObject)
        }
      default: break
      }
    }
    if isObject || types.contains(.object) { return .object(members) }
    return scalar(schema, types)
  }

  /// Beyond some depth only what is required is worth its place.
  private func isWanted(_ name: String, of schema: Schema) -> Bool {
    guard open.count > 6 else { return true }
    return schema.rules.contains { rule in
      if case .required(let names) = rule.keyword { return names.contains { $0.text == name } }
      return false
    }
  }

  private func merge(_ value: Value, into members: inout [Value.Member], _ isObject: inout Bool) {
    guard case .object(let more) = value else { return }
    isObject = true
    for member in more {
      if let index = members.firstIndex(where: { $0.name == member.name }) {
        members[index].value = member.value
      } else {
        members.append(member)
      }
    }
  }

  private mutating func scalar(_ schema: Schema, _ types: TypeSet) -> Value {
    if types.contains(.array) { return array(schema) }
    if !types.isDisjoint(with: [.integer, .number]) { return number(schema) }
    if types.contains(.boolean) { return .bool(true) }
    if types.contains(.string) { return .string(text(schema)) }
    return types.contains(.null) ? .null : .string("text")
  }

  private mutating func array(_ schema: Schema) -> Value {
    var item: SchemaID?
    var count = 1
    for rule in schema.rules {
      if case .items(let schema, _) = rule.keyword { item = schema }
      if case .minItems(let least) = rule.keyword { count = max(1, least) }
    }
    guard let item else { return .array([]) }
    return .array((0..<min(count, 100)).map { _ in value(of: item) })
  }

  private func number(_ schema: Schema) -> Value {
    for rule in schema.rules {
      switch rule.keyword {
      case .minimum(_, let exclusive):
        let bound = schema.node.document.text(at: rule.place)
        guard exclusive, let number = Int(bound) else { return .number(bound) }
        return .number(String(number + 1))
      case .maximum(let bound, _) where bound < (ExactNumber("1".utf8) ?? bound):
        return .number(schema.node.document.text(at: rule.place))
      default: break
      }
    }
    return .number("1")
  }

  private func text(_ schema: Schema) -> String {
    var text = "text"
    for rule in schema.rules {
      switch rule.keyword {
      case .format(let format): return Self.sample(format)
      case .minLength(let least) where text.count < least:
        text = String(repeating: "text", count: min(least, 4_000) / 4 + 1)
      default: break
      }
    }
    for rule in schema.rules {
      if case .maxLength(let most) = rule.keyword { text = String(text.prefix(most)) }
    }
    return text
  }

  private static func sample(_ format: Format) -> String {
    switch format {
    case .dateTime: "2026-01-02T03:04:05Z"
    case .date: "2026-01-02"
    case .time: "03:04:05Z"
    case .email, .internationalEmail: "someone@example.com"
    case .hostname, .internationalHostname: "example.com"
    case .ipv4: "192.0.2.1"
    case .ipv6: "2001:db8::1"
    case .uri, .iri: "https://example.com/"
    case .uriReference, .iriReference: "/example"
    case .uriTemplate: "/example/{id}"
    case .relativeJSONPointer: "1/text"
    case .uuid: "00000000-0000-4000-8000-000000000001"
    case .regex: "^text$"
    case .byte: "dGV4dA=="
    case .jsonPointer: "/text"
    case .duration: "P1D"
    case .base64url: "dGV4dA"
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float, .doubleInt: "1"
    }
  }
}
