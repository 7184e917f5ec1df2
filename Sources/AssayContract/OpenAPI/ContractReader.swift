internal import AssayModel
internal import AssayText

/// Reads an OpenAPI document into operations.
struct ContractReader {
  private let root: Node
  private let version: Contract.Version
  private let references: References
  private let compiler: SchemaCompiler
  private var notes: [Diagnostic] = []
  /// The same few names come again and again.
  private let mediaTypes = MediaTypes()

  private final class MediaTypes {
    private var known: [String: MediaType?] = [:]

    subscript(_ text: String) -> MediaType? {
      if let type = known[text] { return type }
      let type = MediaType(text)
      known[text] = type
      return type
    }
  }

  /// Since 3.2 there are other methods than those that have names of their own.
  private let hasAdditionalOperations: Bool

  private static let methods = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
  ]

  init(
    _ document: Document, latitude: Latitude, load: @escaping References.Load
  ) throws(Diagnostic) {
    root = document.root
    version = try Self.version(of: root)
    hasAdditionalOperations = root["openapi"]?.string?.hasPrefix("3.2") ?? false
    let dialect = version == .v31 ? SchemaDialect.draft2020 : .openAPI30
    references = References(dialect: dialect, load: load)
    // Since 3.2 a document can say where it lives (section 4.1.2).
    references.enter(document, uri: root["$self"]?.string)
    var reading = SchemaReading()
    reading.format = latitude.formats == .assert ? .asserts : .annotates
    reading.limitsNullable = latitude.nullable == .strict
    reading.assertsContent = latitude.content == .assert
    compiler = SchemaCompiler(references: references, reading: reading)
  }

  private static func version(of root: Node) throws(Diagnostic) -> Contract.Version {
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
      let shape = PathTemplate.shape(of: member.name)
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
    var checker = DocumentChecker(
      root, references: references,
      compiler: SchemaCompiler(references: references, reading: SchemaReading()))
    checker.check()
    // What compiling has found already is told by it.
    let known = Set((compiler.notes + references.problems).map(\.whereabouts))
    notes += checker.problems.filter { !known.contains($0.whereabouts) }
    return Contract(
      file: root.document.file, title: root["info"]?["title"]?.string ?? "", version: version,
      servers: servers(), operations: operations, program: compiler.program,
      notes: notes + compiler.notes + references.problems)
  }

  /// Where the operations live, by the document's own account.
  private func servers() -> [Contract.Server] {
    if version == .v2 {
      let base = root["basePath"]?.string ?? ""
      return [Contract.Server(origin: root["host"]?.string?.lowercased(), path: base)]
    }
    return servers(in: root) ?? []
  }

  /// The servers that a path or an operation has for itself; an empty list is as good as none.
  private func servers(in node: Node) -> [Contract.Server]? {
    guard let list = node["servers"], list.isArray, list.count > 0 else { return nil }
    return list.elements.flatMap { server in
      (server["url"]?.string.map { Self.expanded($0, server["variables"]) } ?? []).map { url in
        let uri = URI(splitting: url)
        // A host with variables in it may be any.
        let origin = uri.authority.flatMap { $0.contains("{") ? nil : $0.lowercased() }
        return Contract.Server(origin: origin, path: uri.path)
      }
    }
  }

  /// More alternatives of a server's variables than that are not told apart.
  private static let serverLimit = 64

  /// A server's URL with each of the values that its variables may have; those that may have any stay.
  private static func expanded(_ url: String, _ variables: Node?) -> [String] {
    var urls = [url]
    for variable in variables?.members.map({ $0 }) ?? [] {
      let values = variable.value["enum"]?.elements.map(\.value.substitution) ?? []
      let name = "{\(variable.name)}"
      guard !values.isEmpty, urls.count * values.count <= serverLimit else { continue }
      urls = urls.flatMap { url in
        url.contains(name) ? values.map { url.replacing(name, with: $0) } : [url]
      }
    }
    return urls
  }

  private mutating func operations(of item: Node, template: PathTemplate) -> [Operation] {
    var operations: [Operation] = []
    for method in Self.methods where method != "query" || hasAdditionalOperations {
      guard let node = item[method], node.isObject else { continue }
      operations.append(
        operation(node, method: method.uppercased(), template: template, item: item))
    }
    // 3.2 has a place for every other method, under its exact name.
    let others =
      (hasAdditionalOperations ? item["additionalOperations"] : nil).map { Array($0.members) } ?? []
    for other in others where other.value.isObject {
      operations.append(
        operation(other.value, method: other.name, template: template, item: item))
    }
    return operations
  }

  /// The names in a path and the parameters that are described have to be the same.
  private mutating func compare(
    _ parameters: [Node], _ template: PathTemplate, _ name: String, _ operation: Node
  ) {
    let described = parameters.filter { $0["in"]?.string == "path" }
    let names = Set(described.compactMap { $0["name"]?.string })
    for expression in template.names where !names.contains(expression) {
      notes.append(.undeclaredPathParameter(expression, name, at: operation.span))
    }
    for parameter in described {
      guard let own = parameter["name"]?.string, !template.names.contains(own) else { continue }
      notes.append(.foreignPathParameter(own, name, at: parameter.span))
    }
  }

  private mutating func operation(
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
    compare(written, template, "\(method) \(template.text)", node)
    return Operation(
      method: method, template: template, node: node,
      isDeprecated: node["deprecated"]?.bool ?? false,
      parameters: written.compactMap(parameter), body: body(node, written),
      responses: responses ?? [], security: security(node),
      servers: version == .v2 ? nil : servers(in: node) ?? servers(in: item))
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
    // Headers of these names are described elsewhere, and parameters so called mean nothing
    // (OpenAPI 3.1, section 4.8.12.2).
    if location == .header, ["accept", "content-type", "authorization"].contains(name.lowercased())
    {
      return nil
    }
    let schema = self.schema(of: node)
    return Operation.Parameter(
      name: name, location: location,
      isRequired: node["required"]?.bool ?? false || location == .path,
      schema: schema.map { compiler.compile($0, for: .request) },
      encoding: schema.flatMap { encoding(node, schema: $0, location) }, node: node)
  }

  /// The schema of a parameter or header; in 2.0 it has the keywords of one itself.
  private func schema(of node: Node) -> Node? {
    if version == .v2 { return node }
    if let content = node["content"] { return content.members.first { _ in true }?.value["schema"] }
    return node["schema"]
  }

  private func encoding(
    _ node: Node, schema: Node, _ location: Operation.Parameter.Location
  ) -> ParameterEncoding? {
    let isForm = location == .query || location == .cookie
    var encoding = ParameterEncoding(
      style: isForm ? .form : .simple, isExploded: isForm, kind: kind(of: schema))
    encoding.allowsEmpty = node["allowEmptyValue"]?.bool ?? false
    if let content = node["content"] {
      let type = content.members.first { _ in true }.flatMap { MediaType($0.name) }
      guard type?.isJSON == true else { return nil }
      encoding.kind = .json
      encoding.isExploded = false
      return encoding
    }
    if version == .v2 {
      let format = node["collectionFormat"]?.string ?? "csv"
      guard let style = ParameterEncoding.Style(collectionFormat: format, isForm: isForm) else {
        return nil
      }
      encoding.style = style
      encoding.isExploded = format == "multi"
      return encoding
    }
    if let text = node["style"]?.string {
      guard let style = ParameterEncoding.Style(rawValue: text) else { return nil }
      encoding.style = style
    }
    let explodes = encoding.style == .form || encoding.style == .cookie
    encoding.isExploded = node["explode"]?.bool ?? explodes
    return encoding
  }

  private func kind(of schema: Node) -> ParameterEncoding.Kind {
    guard let schema = references.follow(schema) else { return .primitive }
    let types = schema["type"].map { type in
      type.string.map { [$0] } ?? type.elements.compactMap(\.string)
    }
    if types?.contains("array") == true || types == nil && schema["items"] != nil { return .array }
    if types?.contains("object") == true || types == nil && schema["properties"] != nil {
      return .object
    }
    if types == nil, let arm = schema["allOf"]?[0] { return kind(of: arm) }
    return .primitive
  }

  /// The alternatives of an operation, or else those of the document.
  private func security(_ operation: Node) -> [[Operation.SecurityScheme]] {
    guard let list = operation["security"] ?? root["security"] else { return [] }
    let schemes = root["components"]?["securitySchemes"] ?? root["securityDefinitions"]
    let alternatives = list.elements.map { alternative in
      alternative.members.map { member in
        Operation.SecurityScheme(
          name: member.name,
          place: place(schemes?[member.name].flatMap { references.follow($0) }))
      }
    }
    // An alternative that asks for nothing lets anybody in.
    return alternatives.contains { $0.isEmpty } ? [] : alternatives
  }

  private func place(_ scheme: Node?) -> Operation.SecurityScheme.Place {
    let name = scheme?["name"]?.string ?? ""
    switch (scheme?["type"]?.string, scheme?["in"]?.string) {
    case ("apiKey", "header"): return .header(name)
    case ("apiKey", "query"): return .query(name)
    case ("apiKey", "cookie"): return .cookie(name)
    case ("basic", _): return .authorization(scheme: "basic")
    case ("http", _):
      return .authorization(scheme: scheme?["scheme"]?.string?.lowercased() ?? "bearer")
    // Whatever kind of token it is, and wherever it came from, it travels as one.
    case ("oauth2", _), ("openIdConnect", _): return .header("Authorization")
    default: return .unseen
    }
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
    return (list?.elements.compactMap(\.string).compactMap { mediaTypes[$0] }) ?? []
  }

  private func rule(
    _ response: Node, status: String, produces: [MediaType]
  ) -> Operation.ResponseRule {
    var content = self.content(response, .response)
    if version == .v2, let schema = response["schema"] {
      // A file is any bytes of the types that the operation produces.
      let isFile = references.follow(schema)?["type"]?.string == "file"
      let id = isFile ? nil : compiler.compile(schema, for: .response)
      let types = produces.isEmpty ? [mediaTypes["*/*"]].compactMap { $0 } : produces
      content = types.map { type in
        // In 2.0 each media type has one example, under its name.
        let example = response["examples"]?[type.text].map { Operation.Example(name: "", node: $0) }
        return Operation.MediaRule(
          range: type, schema: id, node: response, examples: example.map { [$0] } ?? [])
      }
    }
    let headers = (response["headers"]?.members).map { members in
      members.compactMap { header($0.name, $0.value) }
    }
    return Operation.ResponseRule(
      status: status, content: content, headers: headers ?? [],
      links: response["links"]?.members.compactMap { link in
        references.follow(link.value).map { (link.name, $0) }
      } ?? [], node: response)
  }

  private func content(
    _ node: Node, _ direction: SchemaCompiler.Direction
  ) -> [Operation.MediaRule] {
    (node["content"]?.members).map { members in
      members.compactMap { member in
        mediaTypes[member.name].map {
          Operation.MediaRule(
            range: $0, schema: member.value["schema"].map { compiler.compile($0, for: direction) },
            item: member.value["itemSchema"].map { compiler.compile($0, for: direction) },
            node: member.value, parts: $0.type == "multipart" ? parts(member.value) : [:],
            examples: examples(member.value))
        }
      }
    } ?? []
  }

  private func examples(_ media: Node) -> [Operation.Example] {
    let single = media["example"].map { [Operation.Example(name: "", node: $0)] } ?? []
    let named = media["examples"]?.members.compactMap { member -> Operation.Example? in
      guard let example = references.follow(member.value),
        let value = example["value"] ?? example["dataValue"]
      else { return nil }
      return Operation.Example(name: member.name, node: value)
    }
    return single + (named ?? [])
  }

  private func parts(_ media: Node) -> [String: Operation.PartRule] {
    var rules: [String: Operation.PartRule] = [:]
    for member in media["encoding"].map({ Array($0.members) }) ?? [] {
      let types = member.value["contentType"]?.string?.split(separator: ",") ?? []
      let headers = member.value["headers"].map { Array($0.members) } ?? []
      rules[member.name] = Operation.PartRule(
        types: types.compactMap { mediaTypes[String($0)] },
        headers: headers.compactMap { header($0.name, $0.value) })
    }
    return rules
  }

  private func header(_ name: String, _ value: Node) -> Operation.HeaderRule? {
    // A description of Content-Type is to be ignored (OpenAPI 3.1, section 4.8.17).
    guard name.lowercased() != "content-type", let node = references.follow(value) else {
      return nil
    }
    let schema = self.schema(of: node)
    return Operation.HeaderRule(
      name: name, isRequired: node["required"]?.bool ?? false,
      schema: schema.map { compiler.compile($0, for: .response) },
      encoding: schema.flatMap { encoding(node, schema: $0, .header) }, node: node)
  }
}
