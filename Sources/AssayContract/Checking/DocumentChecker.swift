internal import AssayModel
internal import AssayText

/// Looks at every part of an OpenAPI document, also at what no call ever touches.
///
/// Whatever is found is a warning: such a document still serves, as far as it can.
struct DocumentChecker {
  private let grammar: DocumentGrammar
  private let references: References
  private let compiler: SchemaCompiler
  private let version: Int
  private(set) var problems: [Diagnostic] = []
  private var operationIDs: [String: Node] = [:]
  private var pending: [(node: Node, kind: DocumentGrammar.Kind)] = []
  private var schemas: [Node] = []

  /// More are not told of one document.
  private static let limit = 500

  /// - Parameter compiler: One of its own, so that what no call needs is not kept for calls.
  init(_ root: Node, references: References, compiler: SchemaCompiler) {
    self.compiler = compiler
    let text = root["openapi"]?.string ?? ""
    version =
      root["swagger"] != nil
      ? 20 : text.hasPrefix("3.0") ? 30 : text.hasPrefix("3.1") ? 31 : 32
    grammar =
      switch version {
      case 20: .two
      case 30: .three0
      case 31: .three1
      default: .three2
      }
    self.references = references
    pending = [(root, .object("document"))]
  }

  mutating func check() {
    while let (node, kind) = pending.popLast(), problems.count < Self.limit {
      visit(node, kind)
    }
    for schema in schemas where problems.count < Self.limit { values(of: schema) }
  }

  private mutating func tell(_ problem: Diagnostic) { problems.append(problem) }

  // MARK: Places

  private mutating func visit(_ node: Node, _ kind: DocumentGrammar.Kind) {
    switch kind {
    case .any: break
    case .string: if node.kind != .string { tell(.wrongKind("a string", at: node)) }
    case .bool: if node.kind != .bool { tell(.wrongKind("true or false", at: node)) }
    case .schema: schema(node)
    case .list(let inner):
      guard node.isArray else { return tell(.wrongKind("a list", at: node)) }
      for element in node.elements { pending.append((element, inner)) }
    case .map(let inner):
      guard node.isObject else { return tell(.wrongKind("an object", at: node)) }
      for member in node.members where !member.name.hasPrefix("x-") || inner == .schema {
        pending.append((member.value, inner))
      }
    case .orReference(let inner):
      if node.isObject, let reference = node["$ref"], let text = reference.string {
        self.reference(text, reference)
      } else {
        visit(node, inner)
      }
    case .object(let name):
      guard let shape = grammar.shapes[name] else { return }
      guard node.isObject else { return tell(.wrongKind("an object", at: node)) }
      object(node, shape)
    }
  }

  private mutating func object(_ node: Node, _ shape: DocumentGrammar.Shape) {
    let document = node.document
    var found: Set<Int> = []
    for member in node.members {
      let key = member.key.index
      if let position = shape.fields.firstIndex(where: { document.isText($0.name, at: key) }) {
        found.insert(position)
        pending.append((member.value, shape.fields[position].kind))
        continue
      }
      let name = member.name
      guard !name.hasPrefix("x-") else { continue }
      if let others = shape.others {
        if shape.name == "responses" { status(name, member.key) }
        if shape.name == "paths", !name.hasPrefix("/") {
          tell(.pathWithoutSlash(name, at: member.key.span))
        }
        pending.append((member.value, others))
      } else {
        tell(
          .unknownField(
            name, of: shape.name, at: member.key.span,
            nearest: Nearest.match(name, among: shape.fields.map(\.text))))
      }
    }
    for (position, field) in shape.fields.enumerated()
    where field.isRequired && !found.contains(position) {
      tell(.missingField(field.text, of: shape.name, at: node.span))
    }
    particular(node, shape.name)
  }

  /// What the tables do not say.
  private mutating func particular(_ node: Node, _ name: String) {
    exclusive(node, name)
    switch name {
    case "document":
      if version >= 31, node["paths"] == nil, node["components"] == nil, node["webhooks"] == nil {
        tell(.missingField("paths`, `components` or `webhooks", of: name, at: node.span))
      } else if version == 30, node["paths"] == nil {
        tell(.missingField("paths", of: name, at: node.span))
      }
    case "response":
      if version < 32, version > 20, node["description"] == nil {
        tell(.missingField("description", of: name, at: node.span))
      }
    case "operation":
      if version == 30, node["responses"] == nil {
        tell(.missingField("responses", of: name, at: node.span))
      }
      guard let id = node["operationId"], let text = id.string else { return }
      if let first = operationIDs[text] {
        tell(.duplicateOperation(text, at: id.span, first: first.span))
      } else {
        operationIDs[text] = id
      }
    case "parameter": parameter(node)
    case "server":
      for variable in node["variables"]?.members.map(\.value) ?? [] { self.variable(variable) }
    case "responses":
      for response in node.members.compactMap({ references.follow($0.value) }) {
        for header in response["headers"]?.members.map(\.key) ?? [] { fieldName(header) }
      }
    case "path": path(node)
    default: break
    }
  }

  private mutating func parameter(_ node: Node) {
    let place = node["in"]?.string ?? ""
    let places =
      version == 20
      ? ["query", "header", "path", "formData", "body"]
      : version >= 32
        ? ["query", "header", "path", "cookie", "querystring"]
        : ["query", "header", "path", "cookie"]
    if let field = node["in"], !places.contains(place) {
      tell(.unknownPlace(place, at: field.span, places: places))
    }
    if place == "path", node["required"]?.bool != true {
      tell(.optionalPathParameter(node["name"]?.string ?? "", at: node.span))
    }
    if place == "header", let name = node["name"] { fieldName(name) }
    // Since 3.2 cookies of the style `form` may be reserved, and those of the style `cookie` not.
    let isPlain = place == "cookie" && (version < 32 || node["style"]?.string == "cookie")
    if version > 20, node["allowReserved"] != nil, place == "header" || isPlain {
      tell(.fieldOfOtherPlace("allowReserved", place, at: node.span))
    }
    if place == "querystring", let schema = node["schema"] {
      tell(.fieldOfOtherPlace("schema", place, at: schema.span))
    }
    if version > 20, node["schema"] == nil, node["content"] == nil {
      tell(.missingField("schema` or `content", of: "parameter", at: node.span))
    } else if version == 20, place != "body", node["type"] == nil {
      tell(.missingField("type", of: "parameter", at: node.span))
    }
  }

  /// Fields of which only one may be there.
  private static let exclusive: [String: [(String, String)]] = [
    "parameter": [("example", "examples"), ("schema", "content")],
    "header": [("example", "examples"), ("schema", "content")],
    "media": [
      ("example", "examples"), ("encoding", "itemEncoding"), ("encoding", "prefixEncoding"),
    ],
    "encoding": [("encoding", "itemEncoding"), ("encoding", "prefixEncoding")],
    "example": [
      ("value", "externalValue"), ("value", "dataValue"), ("value", "serializedValue"),
      ("serializedValue", "externalValue"),
    ],
    "xml": [("nodeType", "wrapped"), ("nodeType", "attribute")],
    "license": [("url", "identifier")],
    "link": [("operationRef", "operationId")],
  ]

  private mutating func exclusive(_ node: Node, _ name: String) {
    for (one, other) in Self.exclusive[name] ?? [] where node[one] != nil {
      guard let second = node[other] else { continue }
      tell(.exclusiveFields(one, other, at: second.span))
    }
  }

  private mutating func variable(_ node: Node) {
    guard let values = node["enum"], values.isArray else { return }
    let standard = node["default"]
    if values.count == 0 {
      tell(.wrongKind("a list with something in it", at: values))
    } else if let standard, !values.elements.contains(where: { $0.string == standard.string }) {
      tell(.wrongKind("one of the variable's own values", at: standard))
    }
  }

  /// RFC 9110, section 5.6.2.
  private mutating func fieldName(_ key: Node) {
    let others = Set("!#$%&'*+-.^_`|~".utf8)
    guard let name = key.string, version > 20 else { return }
    let isToken =
      !name.isEmpty
      && name.utf8.allSatisfy {
        $0 &- 0x30 <= 9 || ($0 | 0x20) &- 0x61 <= 25 || others.contains($0)
      }
    if !isToken { tell(.wrongKind("the name of a header field", at: key)) }
  }

  private mutating func path(_ node: Node) {
    if let reference = node["$ref"], let text = reference.string { self.reference(text, reference) }
    for method in ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"] {
      guard let operation = node[method], operation.isObject else { continue }
      repeated(operation["parameters"])
      wholeQueries(node["parameters"], operation["parameters"])
    }
    repeated(node["parameters"])
  }

  /// Two parameters of one list with the same name and place.
  private mutating func repeated(_ list: Node?) {
    var seen: Set<String> = []
    for parameter in list.map({ Array($0.elements) }) ?? [] {
      guard let node = references.follow(parameter), let name = node["name"]?.string else {
        continue
      }
      if !seen.insert("\(node["in"]?.string ?? "") \(name)").inserted {
        tell(.repeatedParameter(name, at: parameter.span))
      }
    }
  }

  /// The whole query is one parameter, beside which there is no other of the query.
  private mutating func wholeQueries(_ lists: Node?...) {
    let all = lists.compactMap(\.self).flatMap { $0.elements.compactMap { references.follow($0) } }
    let whole = all.filter { $0["in"]?.string == "querystring" }
    guard let first = whole.first,
      whole.count > 1 || all.contains(where: { $0["in"]?.string == "query" })
    else { return }
    tell(.exclusiveFields("querystring", "query", at: (whole.dropFirst().first ?? first).span))
  }

  private mutating func status(_ name: String, _ key: Node) {
    let isCode = name.utf8.count == 3 && name.utf8.allSatisfy { $0 &- 0x30 <= 9 }
    let isRange = name.utf8.count == 3 && name.hasSuffix("XX") && "12345".contains(name.prefix(1))
    guard name != "default", !isCode, !(isRange && version > 20) else { return }
    tell(.unknownStatus(name, at: key.span))
  }

  private mutating func reference(_ text: String, _ node: Node) {
    guard references.resolve(text, from: node) == nil else { return }
    tell(.unresolvedReference(text, at: node.span))
  }

  // MARK: Schemas

  private static let typeNames: Set<String> = [
    "string", "number", "integer", "boolean", "array", "object", "null",
  ]

  private mutating func schema(_ node: Node) {
    if node.bool != nil, version >= 31 { return }
    guard node.isObject else { return tell(.wrongKind("a schema", at: node)) }
    if let reference = node["$ref"] {
      if let text = reference.string {
        self.reference(text, reference)
      } else {
        tell(.wrongKind("a string", at: reference))
      }
      if version < 31 { return }
    }
    for member in node.members {
      let name = member.name
      keyword(name, member.value)
      guard !grammar.schemaKeywords.contains(name), !name.hasPrefix("x-") else { continue }
      if version < 31 {
        if DocumentGrammar.keywords31.contains(name) {
          tell(.keywordWithoutEffect(name, at: member.key.span))
        } else {
          tell(
            .unknownField(
              name, of: "schema", at: member.key.span,
              nearest: Nearest.match(name, among: grammar.schemaKeywords.sorted())))
        }
      } else if let near = Nearest.match(name, among: grammar.schemaKeywords.sorted()) {
        // Other words are allowed, so only what looks like a slip is worth one.
        tell(.unknownField(name, of: "schema", at: member.key.span, nearest: near))
      }
    }
    if node["default"] != nil || node["enum"] != nil { schemas.append(node) }
  }

  private mutating func keyword(_ name: String, _ value: Node) {
    func expect(_ isRight: Bool, _ what: String) {
      if !isRight { tell(.wrongKind(what, at: value)) }
    }
    switch name {
    case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas":
      guard value.isObject else { return expect(false, "an object") }
      for member in value.members { pending.append((member.value, .schema)) }
    case "allOf", "anyOf", "oneOf", "prefixItems":
      guard value.isArray, value.count > 0 else {
        return expect(false, "a list with something in it")
      }
      for element in value.elements { pending.append((element, .schema)) }
    case "not", "contains", "propertyNames", "if", "then", "else", "unevaluatedItems",
      "unevaluatedProperties":
      pending.append((value, .schema))
    case "items":
      if value.isArray, version >= 31 {
        expect(false, "a schema; since 2020-12 a list stands under `prefixItems`")
      } else {
        pending.append((value, .schema))
      }
    case "additionalProperties": if value.bool == nil { pending.append((value, .schema)) }
    case "required": required(value)
    case "enum": expect(value.isArray, "a list")
    case "type": type(value)
    case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties":
      expect(value.int.map { $0 >= 0 } == true, "a count")
    case "minimum", "maximum": expect(value.kind == .number, "a number")
    case "multipleOf":
      let number =
        value.kind == .number
        ? ExactNumber(value.document.rawBytes(at: value.index)) : nil
      expect(
        number.map { !$0.isZero && !$0.isNegative } ?? (value.kind == .number), "a number above 0")
    case "exclusiveMinimum", "exclusiveMaximum":
      version < 31
        ? expect(value.bool != nil, "true or false, beside the bound; a number since 3.1")
        : expect(value.kind == .number, "a number; true and false were for 3.0")
    case "uniqueItems", "readOnly", "writeOnly", "deprecated", "nullable":
      expect(value.bool != nil, "true or false")
    case "pattern", "format", "title", "description", "$schema", "$id", "$anchor":
      expect(value.string != nil, "a string")
    case "xml": xml(value)
    case "examples": expect(value.isArray || version < 31, "a list")
    default: break
    }
  }

  private mutating func xml(_ value: Node) {
    exclusive(value, "xml")
    let kinds = ["element", "attribute", "text", "cdata", "none"]
    guard let kind = value["nodeType"], !kinds.contains(kind.string ?? "") else { return }
    tell(.wrongKind("one of \(kinds.joined(separator: ", "))", at: kind))
  }

  private mutating func required(_ value: Node) {
    guard value.isArray else { return tell(.wrongKind("a list of names", at: value)) }
    var seen: Set<String> = []
    for element in value.elements {
      guard let name = element.string else {
        tell(.wrongKind("a name", at: element))
        continue
      }
      if !seen.insert(name).inserted { tell(.repeatedName(name, at: element.span)) }
    }
  }

  private mutating func type(_ value: Node) {
    let names =
      value.string.map { [$0] } ?? (version >= 31 ? value.elements.map { $0.string ?? "" } : [])
    let extra: Set<String> = version == 20 ? ["file"] : []
    if names.isEmpty { return tell(.wrongKind("the name of a type", at: value)) }
    for name in names where !Self.typeNames.union(extra).contains(name) {
      tell(.unknownType(name, at: value.span))
    }
  }

  /// `default` and the values of `enum` should hold by the schema that they stand in.
  private mutating func values(of schema: Node) {
    guard schema["$ref"] == nil else { return }
    if let value = schema["default"] { defaultValue(value, of: schema) }
    guard let values = schema["enum"], let allowed = types(of: schema) else { return }
    for value in values.elements.prefix(100) where !Self.has(allowed, value) {
      tell(.valueOfOtherType("enum", allowed.description, at: value))
    }
  }

  private mutating func defaultValue(_ value: Node, of schema: Node) {
    if let allowed = types(of: schema), !Self.has(allowed, value) {
      return tell(.valueOfOtherType("default", allowed.description, at: value))
    }
    let rules = ["anyOf", "oneOf", "allOf", "enum", "minimum", "maximum", "pattern", "minLength"]
    guard rules.contains(where: { schema[$0] != nil }) else { return }
    var writer = JSONWriter()
    writer.node(value)
    guard let document = try? JSONReader.read(SourceFile(name: "default", bytes: writer.bytes))
    else {
      return
    }
    let id = compiler.compile(schema, for: .none)
    var validator = SchemaValidator(
      program: compiler.program, instance: document, usesFlatForm: false)
    guard !validator.validate(id), let first = validator.violations.first else { return }
    tell(.defaultBreaksSchema(first.message, at: value.span))
  }

  private func types(of schema: Node) -> TypeSet? {
    guard let types = schema["type"] else { return nil }
    var allowed = (types.string.map { [$0] } ?? types.elements.compactMap(\.string)).reduce(
      into: TypeSet()
    ) { $0.insert(TypeSet(named: $1)) }
    if schema["nullable"]?.bool == true || schema["x-nullable"]?.bool == true {
      allowed.insert(.null)
    }
    return allowed.isEmpty ? nil : allowed
  }

  private static func has(_ types: TypeSet, _ value: Node) -> Bool {
    switch value.kind {
    case .null: types.contains(.null)
    case .bool: types.contains(.boolean)
    case .string: types.contains(.string)
    case .array: types.contains(.array)
    case .object: types.contains(.object)
    case .number:
      types.contains(.number)
        || types.contains(.integer)
          && ExactNumber(value.document.rawBytes(at: value.index))?.isInteger == true
    }
  }
}
