internal import AssayModel
internal import AssayText

// What schemas say of the shape of values, for texts that stand for some.
extension SchemaProgram {
  /// Visits a schema and those that it leads to at the same place, until one has an answer.
  private func find<Answer>(
    _ schema: SchemaID, depth: Int = 0, _ look: (SchemaRule.Keyword) -> Answer?
  ) -> Answer? {
    guard depth < 16 else { return nil }
    for rule in schemas[schema].rules {
      if let answer = look(rule.keyword) { return answer }
      let next: [SchemaID] =
        switch rule.keyword {
        case .reference(let target): [target]
        case .anyOf(let arms, _): arms
        case .allOf(let arms, _): arms
        case .oneOf(let arms, _): arms
        default: []
        }
      for id in next { if let answer = find(id, depth: depth + 1, look) { return answer } }
    }
    return nil
  }

  func types(_ schema: SchemaID) -> TypeSet {
    var all: TypeSet = []
    // Alternatives may each have a type: a number is one if any of them allows it.
    _ = find(schema) { keyword -> Bool? in
      if case .type(let types) = keyword { all.formUnion(types) }
      return nil
    }
    return all
  }

  func element(of schema: SchemaID) -> SchemaID? {
    find(schema) { if case .items(let items, _) = $0 { items } else { nil } }
  }

  /// The schema of a member; of several that of which most is known.
  func member(_ name: String, of schema: SchemaID) -> SchemaID? {
    var candidates: [SchemaID] = []
    _ = find(schema) { keyword -> Bool? in
      guard case .properties(let properties, _, let additional) = keyword else { return nil }
      let own = properties.first { $0.name.text == name }?.schema ?? additional
      if let own { candidates.append(own) }
      return nil
    }
    guard candidates.count > 1 else { return candidates.first }
    func weight(_ schema: SchemaID) -> Int {
      let names = memberNames(of: schema).count
      return names + (element(of: schema).map { memberNames(of: $0).count } ?? 0)
    }
    return candidates.enumerated().max {
      (weight($0.element), -$0.offset) < (weight($1.element), -$1.offset)
    }?
    .element
  }

  /// The names that an object's schema mentions.
  func memberNames(of schema: SchemaID) -> [String] {
    var names: [String] = []
    _ = find(schema) { keyword -> Bool? in
      if case .properties(let properties, _, _) = keyword { names += properties.map(\.name.text) }
      return nil
    }
    return names
  }

  /// Whether an object takes no names but its own.
  func isClosed(_ schema: SchemaID) -> Bool {
    find(schema) { keyword in
      guard case .properties(_, _, let additional?) = keyword,
        case .never? = schemas[additional].rules.first?.keyword
      else { return nil }
      return true
    } ?? false
  }

  /// Writes the value that a text stands for: `12` is a number where a schema asks for one.
  func write(_ text: String, _ schema: SchemaID?, to writer: inout JSONWriter) {
    let types = schema.map { self.types($0) } ?? []
    if !types.isDisjoint(with: [.number, .integer]), Self.isNumber(text) {
      writer.number(text)
    } else if types.contains(.boolean), text == "true" || text == "false" {
      writer.bool(text == "true")
    } else if types.contains(.null), text == "null", !types.contains(.string) {
      writer.null()
    } else {
      writer.string(text)
    }
  }

  private static func isNumber(_ text: String) -> Bool {
    (try? JSONReader.read(SourceFile(name: "value", text: text)))?.root.kind == .number
  }
}
