internal import AssayModel
internal import AssayText

/// Reads an OpenAPI document into operations.
struct ContractReader {
  private let root: Node
  private let version: Version
  private let references: References
  private let compiler: SchemaCompiler
  private var notes: [Diagnostic] = []

  enum Version: Sendable { case v2, v30, v31 }

  private static let methods = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
  ]

  init(_ document: Document, load: @escaping References.Load) throws(Diagnostic) {
    root = document.root
    version = try Self.version(of: root)
    references = References(load: load)
    compiler = SchemaCompiler(
      references: references, dialect: version == .v31 ? .draft2020 : .openAPI30)
  }

  private static func version(of root: Node) throws(Diagnostic) -> Version {
    guard let field = root["openapi"] ?? root["swagger"] else {
      throw .unknownContract(root.document.file)
    }
    let text = field.string ?? field.lexeme ?? ""
    if root["swagger"] != nil, text == "2.0" || text == "2" { return .v2 }
    if text.hasPrefix("3.0") { return .v30 }
    if text.hasPrefix("3.1") || text.hasPrefix("3.2") { return .v31 }
    throw .unknownVersion(text, at: field.span)
  }

  mutating func read() -> Contract {
    var operations: [Operation] = []
    var first: [String: Node] = [:]
    for member in root["paths"].map({ Array($0.members) }) ?? [] {
      guard member.name.hasPrefix("/"), let item = references.follow(member.value) else { continue }
      let shape = Self.shape(of: member.name)
      if let other = first[shape] {
        notes.append(
          .duplicatePath(member.name, at: member.key.span, first: other.span))
      }
      first[shape] = first[shape] ?? member.key
      operations += self.operations(of: item, template: PathTemplate(member.name))
    }
    for duplicate in root.document.duplicateNames() {
      notes.append(.duplicateName(duplicate))
    }
    return Contract(
      file: root.document.file, title: root["info"]?["title"]?.string ?? "",
      basePaths: basePaths(), operations: operations, program: compiler.program,
      notes: notes + compiler.notes + references.problems)
  }

  private static func shape(of template: String) -> String {
    var result = ""
    var isInside = false
    for character in template {
      if character == "}" { isInside = false }
      if !isInside { result.append(character) }
      if character == "{" { isInside = true }
    }
    return result
  }

  /// The paths under which the operations live, by the document's own account.
  private func basePaths() -> [String] {
    var paths: [String] = []
    if version == .v2 {
      paths.append(root["basePath"]?.string ?? "")
    } else {
      for server in root["servers"].map({ Array($0.elements) }) ?? [] {
        guard let url = server["url"]?.string else { continue }
        // Variables of a server's path would be expressions; the host does not matter here.
        paths.append(URI(splitting: url).path)
      }
    }
    let trimmed = paths.map { path in
      path.hasSuffix("/") ? String(path.dropLast()) : path
    }
    return Array(Set(trimmed + [""])).sorted { $0.utf8.count > $1.utf8.count }
  }

  private func operations(of item: Node, template: PathTemplate) -> [Operation] {
    Self.methods.compactMap { method in
      guard let node = item[method], node.isObject else { return nil }
      return operation(node, method: method.uppercased(), template: template, item: item)
    }
  }

  private func operation(
    _ node: Node, method: String, template: PathTemplate, item: Node
  ) -> Operation {
    let written = parameters(item, node)
    let responses = (node["responses"]?.members).map { members in
      members.compactMap { member -> Operation.ResponseRule? in
        guard !member.name.hasPrefix("x-"), let response = references.follow(member.value) else {
          return nil
        }
        return rule(response, status: member.name, produces: produces(node))
      }
    }
    return Operation(
      method: method, template: template, node: node,
      isDeprecated: node["deprecated"]?.bool ?? false,
      parameters: written.compactMap(parameter), body: body(node, written),
      responses: responses ?? [])
  }

  /// The operation's parameters, and those of its path that it does not replace.
  private func parameters(_ item: Node, _ operation: Node) -> [Node] {
    func list(_ node: Node) -> [Node] {
      (node["parameters"]?.elements).map { $0.compactMap { references.follow($0) } } ?? []
    }
    func key(_ node: Node) -> String { "\(node["in"]?.string ?? "") \(node["name"]?.string ?? "")" }
    let own = list(operation)
    let keys = Set(own.map(key))
    return own + list(item).filter { !keys.contains(key($0)) }
  }

  private func parameter(_ node: Node) -> Operation.Parameter? {
    guard let name = node["name"]?.string,
      let location = node["in"]?.string.flatMap(Operation.Parameter.Location.init)
    else { return nil }
    // In 2.0 the parameter itself has the keywords of a schema.
    let schema = version == .v2 ? node : node["schema"]
    return Operation.Parameter(
      name: name, location: location,
      isRequired: node["required"]?.bool ?? false || location == .path,
      schema: schema.map { compiler.compile($0, for: .request) },
      shape: shape(node, schema: schema, location), node: node)
  }

  private func shape(
    _ node: Node, schema: Node?, _ location: Operation.Parameter.Location
  ) -> Operation.Parameter.Shape {
    guard node["content"] == nil, let schema = schema.flatMap({ references.follow($0) }) else {
      return .unread
    }
    let type = schema["type"]?.string ?? ""
    let style = node["style"]?.string
    if type == "array" {
      if version == .v2 {
        switch node["collectionFormat"]?.string ?? "csv" {
        case "csv": return .list(isExploded: false)
        case "multi": return .list(isExploded: true)
        default: return .unread
        }
      }
      let isForm = location == .query || location == .cookie
      guard style == nil || style == (isForm ? "form" : "simple") else { return .unread }
      return .list(isExploded: isForm && node["explode"]?.bool ?? true)
    }
    let isPrimitive = ["string", "integer", "number", "boolean"].contains(type)
    let isPlain = style == nil || style == "form" || style == "simple"
    return isPrimitive && isPlain ? .text : .unread
  }

  private func body(_ node: Node, _ parameters: [Node]) -> Operation.RequestBody? {
    if version == .v2 {
      guard let parameter = parameters.first(where: { $0["in"]?.string == "body" }) else {
        return nil
      }
      let schema = parameter["schema"].map { compiler.compile($0, for: .request) }
      return Operation.RequestBody(
        isRequired: parameter["required"]?.bool ?? false,
        content: types(node, "consumes").map {
          Operation.MediaRule(range: $0, schema: schema, node: parameter)
        }, node: parameter)
    }
    guard let body = node["requestBody"].flatMap({ references.follow($0) }) else { return nil }
    return Operation.RequestBody(
      isRequired: body["required"]?.bool ?? false, content: content(body, .request), node: body)
  }

  private func produces(_ operation: Node) -> [MediaType] {
    version == .v2 ? types(operation, "produces") : []
  }

  private func types(_ operation: Node, _ name: String) -> [MediaType] {
    let list = operation[name] ?? root[name]
    return (list?.elements.compactMap(\.string).compactMap(MediaType.init)) ?? []
  }

  private func rule(
    _ response: Node, status: String, produces: [MediaType]
  ) -> Operation.ResponseRule {
    var content = self.content(response, .response)
    if version == .v2, let schema = response["schema"] {
      let id = compiler.compile(schema, for: .response)
      let types = produces.isEmpty ? [MediaType("*/*")].compactMap { $0 } : produces
      content = types.map { Operation.MediaRule(range: $0, schema: id, node: response) }
    }
    let headers = (response["headers"]?.members).map { members in
      members.compactMap { header($0.name, $0.value) }
    }
    return Operation.ResponseRule(
      status: status, content: content, headers: headers ?? [], node: response)
  }

  private func content(
    _ node: Node, _ direction: SchemaCompiler.Direction
  ) -> [Operation.MediaRule] {
    (node["content"]?.members).map { members in
      members.compactMap { member in
        MediaType(member.name).map {
          Operation.MediaRule(
            range: $0, schema: member.value["schema"].map { compiler.compile($0, for: direction) },
            node: member.value)
        }
      }
    } ?? []
  }

  private func header(_ name: String, _ value: Node) -> Operation.HeaderRule? {
    // A description of Content-Type is to be ignored (OpenAPI 3.1, section 4.8.17).
    guard name.lowercased() != "content-type", let node = references.follow(value) else {
      return nil
    }
    let schema = version == .v2 ? node : node["schema"]
    let type = schema.flatMap { references.follow($0) }?["type"]?.string ?? ""
    return Operation.HeaderRule(
      name: name, isRequired: node["required"]?.bool ?? false,
      schema: schema.map { compiler.compile($0, for: .response) },
      isText: ["string", "integer", "number", "boolean"].contains(type), node: node)
  }
}
