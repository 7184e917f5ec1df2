internal import AssayModel
internal import AssayText

// Parameters and header fields: texts that stand for values.
extension Judging {
  /// What a text stands for is said by its schema: `12` is a number where a number is asked for.
  enum TextType {
    case types(TypeSet)

    static func of(_ schema: SchemaID, in contract: Contract) -> TextType {
      .types(types(schema, in: contract, depth: 0))
    }

    static func element(of schema: SchemaID, in contract: Contract) -> TextType {
      for rule in contract.program.schemas[schema].rules {
        if case .items(let items, _) = rule.keyword { return of(items, in: contract) }
        if case .reference(let target) = rule.keyword { return element(of: target, in: contract) }
      }
      return .types([])
    }

    static func types(_ schema: SchemaID, in contract: Contract, depth: Int) -> TypeSet {
      guard depth < 16 else { return [] }
      for rule in contract.program.schemas[schema].rules {
        if case .type(let types) = rule.keyword { return types }
        if case .reference(let target) = rule.keyword {
          return types(target, in: contract, depth: depth + 1)
        }
      }
      return []
    }
  }

  static func write(_ text: String, as type: TextType, to writer: inout JSONWriter) {
    guard case .types(let types) = type else { return }
    if !types.isDisjoint(with: [.number, .integer]), isNumber(text) {
      writer.number(text)
    } else if types.contains(.boolean), text == "true" || text == "false" {
      writer.bool(text == "true")
    } else {
      writer.string(text)
    }
  }

  static func isNumber(_ text: String) -> Bool {
    (try? JSONReader.read(SourceFile(name: "value", text: text)))?.root.kind == .number
  }

  func judge(
    text: String, _ schema: SchemaID, _ code: String, _ part: Finding.Part, _ name: String
  ) -> [Finding] {
    var writer = JSONWriter()
    Self.write(text, as: .of(schema, in: contract), to: &writer)
    return judge(json: writer.bytes, schema, code, part, name)
  }

  func judge(
    json bytes: [UInt8], _ schema: SchemaID, _ code: String, _ part: Finding.Part, _ name: String
  ) -> [Finding] {
    guard let document = try? JSONReader.read(SourceFile(name: name, bytes: bytes)) else {
      return []
    }
    var validator = SchemaValidator(program: contract.program, instance: document)
    guard !validator.validate(schema) else { return [] }
    return validator.violations.map {
      var finding = finding($0, document, code, part)
      finding.name = name
      finding.receivedRange = nil
      return finding
    }
  }
}
