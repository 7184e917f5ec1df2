package import AssayModel
internal import AssayText

/// The files of a collection that is a folder. Where it lies is the front door's to say.
package struct CollectionFolder: Sendable {
  package struct Entry: Sendable {
    package let name: String
    package let isFolder: Bool

    package init(name: String, isFolder: Bool) {
      self.name = name
      self.isFolder = isFolder
    }
  }

  package let path: String
  fileprivate let list: @Sendable (_ path: String) throws(Diagnostic) -> [Entry]
  private let load: @Sendable (_ path: String) throws(Diagnostic) -> SourceFile

  package init(
    path: String, list: @escaping @Sendable (_ path: String) throws(Diagnostic) -> [Entry],
    load: @escaping @Sendable (_ path: String) throws(Diagnostic) -> SourceFile
  ) {
    self.path = path
    self.list = list
    self.load = load
  }

  fileprivate func read(_ path: String) throws(Diagnostic) -> Document {
    try YAMLReader.read(load(path))
  }
}

/// Reads the third format, in which every request is a file of its own and siblings are sorted by
/// a number. The same shapes also come in one document.
enum FolderReader {
  private typealias Level = SuiteBuilder.Level

  /// What the outermost folder says about the whole.
  struct Root {
    let name: String
    let file: SourceFile
    let variables: Node?
  }

  private static let definition = ".resources/definition.yaml"
  private static let requestEnding = ".request.yaml"
  private static let exampleEnding = ".example.yaml"
  /// Folders inside folders, further down than anybody sorts requests.
  private static let deepest = 64

  // MARK: Folders

  static func read(
    _ folder: CollectionFolder, into builder: inout SuiteBuilder
  ) throws(Diagnostic) -> Root {
    let entries = try folder.list(folder.path)
    let document = try self.definition(of: folder.path, folder)
    let ownName = lastPart(of: folder.path)
    let name = document?.root["name"]?.string ?? ownName
    var level = Level()
    if let document {
      inherit(document.root, name: name, into: &level)
      builder.keep(document)
    }
    try visit(folder.path, entries, level, folder, 0, &builder)
    let file = document?.file ?? SourceFile(name: folder.path, bytes: [])
    if builder.itemCount == 0, builder.notes.isEmpty {
      throw .noRequestFiles(folder.path)
    }
    return Root(name: name, file: file, variables: document?.root["variables"])
  }

  private static func definition(
    of path: String, _ folder: CollectionFolder
  ) throws(Diagnostic) -> Document? {
    let resources = path + "/.resources"
    let isThere = try folder.list(path).contains { $0.name == ".resources" && $0.isFolder }
    guard isThere, try folder.list(resources).contains(where: { $0.name == "definition.yaml" })
    else { return nil }
    return try folder.read(path + "/" + definition)
  }

  /// A request or a folder among its siblings.
  private struct Sibling {
    let order: Double?
    let name: String
    let path: String
    let document: Document?
    let isFolder: Bool
  }

  private static func visit(
    _ path: String, _ entries: [CollectionFolder.Entry], _ level: Level,
    _ folder: CollectionFolder, _ depth: Int, _ builder: inout SuiteBuilder
  ) throws(Diagnostic) {
    guard depth < deepest else {
      builder.note(.foldersTooDeep(path))
      return
    }
    var siblings: [Sibling] = []
    for entry in entries where !entry.name.hasPrefix(".") {
      let inside = path + "/" + entry.name
      guard entry.isFolder || entry.name.hasSuffix(requestEnding) else { continue }
      do throws(Diagnostic) {
        let document =
          entry.isFolder ? try definition(of: inside, folder) : try folder.read(inside)
        if let document { builder.keep(document) }
        siblings.append(
          Sibling(
            order: document?.root["order"]?.double, name: entry.name, path: inside,
            document: document, isFolder: entry.isFolder))
      } catch {
        // One file that cannot be read costs its own requests and no others; but a run without
        // them would be a smaller run that looks like the whole.
        builder.note(error)
      }
    }
    siblings.sort { one, other in
      let (first, second) = (one.order ?? .infinity, other.order ?? .infinity)
      return first == second ? one.name < other.name : first < second
    }
    for sibling in siblings {
      if sibling.isFolder {
        var inner = level
        let name = sibling.document?.root["name"]?.string ?? sibling.name
        inner.folders.append(name)
        inner.tag(sibling.document?.root["description"])
        if let root = sibling.document?.root {
          inherit(root, name: level.owner(name), into: &inner)
        }
        try visit(
          sibling.path, try folder.list(sibling.path), inner, folder, depth + 1, &builder)
      } else if let document = sibling.document {
        let name = String(sibling.name.dropLast(requestEnding.count))
        let examples = try self.examples(of: name, in: path, folder)
        add(document.root, standardName: name, level, examples, &builder)
      }
    }
  }

  private static func examples(
    of name: String, in path: String, _ folder: CollectionFolder
  ) throws(Diagnostic) -> [Example] {
    let parts = [".resources", name + ".resources", "examples"]
    var place = path
    for part in parts {
      guard try folder.list(place).contains(where: { $0.name == part && $0.isFolder }) else {
        return []
      }
      place += "/" + part
    }
    var found: [Example] = []
    for entry in try folder.list(place) where entry.name.hasSuffix(exampleEnding) {
      let root = try folder.read(place + "/" + entry.name).root
      let stem = String(entry.name.dropLast(exampleEnding.count))
      if let example = example(root, standardName: stem) { found.append(example) }
    }
    return found
  }

  private static func lastPart(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  // MARK: One document

  static func read(
    document root: Node, into builder: inout SuiteBuilder
  ) throws(Diagnostic) {
    var level = Level()
    inherit(root, name: root["name"]?.string ?? "collection", into: &level)
    visit(items: root["items"], level, &builder)
  }

  private static func visit(items: Node?, _ level: Level, _ builder: inout SuiteBuilder) {
    guard let items else { return }
    var pending: [(node: Node, level: Level)] = sorted(items).reversed().map { ($0, level) }
    while let (node, level) = pending.popLast() {
      guard node.isObject else {
        builder.note(.notAnObject("an item", at: node.span))
        continue
      }
      guard let children = node["items"], children.isArray else {
        add(node, standardName: "", level, [], &builder)
        continue
      }
      let name = node["name"]?.string ?? ""
      var inner = level
      inner.folders.append(name)
      inner.tag(node["description"])
      inherit(node, name: level.owner(name), into: &inner)
      pending += sorted(children).reversed().map { ($0, inner) }
    }
  }

  private static func sorted(_ list: Node) -> [Node] {
    list.elements.enumerated().map { ($0.offset, $0.element) }.sorted { one, other in
      let first = one.1["order"]?.double ?? .infinity
      let second = other.1["order"]?.double ?? .infinity
      return first == second ? one.0 < other.0 : first < second
    }.map(\.1)
  }

  // MARK: Levels and requests

  private static func inherit(_ node: Node, name: String, into level: inout Level) {
    level.add(scripts(node["scripts"], owner: name))
    if let auth = auth(node["auth"]) {
      level.auth = auth
      level.authNode = node["auth"]
    }
    level.merge(behaviour: node["settings"])
  }

  private static func scripts(_ list: Node?, owner: String) -> [Script] {
    guard let list, list.isArray else { return [] }
    return list.elements.compactMap { node in
      switch node["type"]?.string {
      case "beforeRequest"?, "http:beforeRequest"?:
        SuiteBuilder.script(node["code"], .preRequest, owner)
      case "afterResponse"?, "http:afterResponse"?:
        SuiteBuilder.script(node["code"], .test, owner)
      default: nil
      }
    }
  }

  /// `inherit` and what is missing leave what encloses them; of several, the first that HTTP knows.
  private static func auth(_ node: Node?) -> Value? {
    guard let node else { return nil }
    if node.isArray {
      return node.elements.lazy.compactMap { auth($0) }.first
    }
    guard let type = node["type"]?.string, type != "inherit" else { return nil }
    let credentials = node["credentials"]?.value ?? .object([])
    return .object([.init("type", .string(type)), .init(type, credentials)])
  }

  private static func add(
    _ node: Node, standardName: String, _ level: Level, _ examples: [Example],
    _ builder: inout SuiteBuilder
  ) {
    let name = node["name"]?.string ?? standardName
    let kind = node.any("$kind", "type")?.string ?? "http-request"
    guard ["http-request", "http"].contains(kind) else {
      builder.note(
        .skippedKind(kind, name: name, at: node.any("$kind", "type")?.span ?? node.firstByte))
      return
    }
    var own = level
    inherit(node, name: level.owner(name), into: &own)
    builder.add(
      SuiteBuilder.Found(
        node: node, name: name, nameSpan: node.any("name", "url")?.span ?? node.firstByte,
        id: node["id"]?.string, draft: draft(node, auth: own.auth, behaviour: own.behaviour),
        examples: examples),
      in: own)
  }

  private static func draft(_ node: Node, auth: Value, behaviour: [Value.Member]) -> Value {
    let method = node["method"]?.string.flatMap { $0.isEmpty ? nil : $0.uppercased() } ?? "GET"
    var members: [Value.Member] = [
      .init("method", .string(method)),
      .init("url", .string(url(node))),
      .init("header", .array(pairs(node["headers"]))),
    ]
    if let body = body(node["body"]) { members.append(.init("body", body)) }
    if !auth.isNull { members.append(.init("auth", auth)) }
    if let description = node["description"] {
      members.append(.init("description", description.value))
    }
    members.append(.init("behaviour", .object(behaviour)))
    return .object(members)
  }

  /// A list of parameters stands in the place of the URL's own query.
  private static func url(_ node: Node) -> String {
    var text = node["url"]?.string ?? ""
    let query = pairs(node["queryParams"])
    if !query.isEmpty {
      text = String(text.prefix { $0 != "?" && $0 != "#" }) + RequestURL.query(.array(query))
    }
    let variables = pairs(node["pathVariables"])
    return variables.isEmpty ? text : RequestURL.filling(pathOf: text, from: .array(variables))
  }

  /// Names and values that are a list or a map; what is turned off is left out.
  private static func pairs(_ node: Node?) -> [Value] {
    guard let node else { return [] }
    if node.isObject {
      return node.members.map {
        .object([
          .init("key", .string($0.name)), .init("value", .string($0.value.value.substitution)),
        ])
      }
    }
    return node.elements.filter { !$0.isOff }.map { pair in
      .object([
        .init("key", .string(pair["key"]?.value.substitution ?? "")),
        .init("value", pair["value"].map { .string($0.value.substitution) } ?? .null),
      ])
    }
  }

  private static func body(_ node: Node?) -> Value? {
    guard let node, let type = node["type"]?.string, type != "none" else { return nil }
    let content = node["content"]
    let members: [Value.Member]
    switch type {
    case "urlencoded":
      members = [.init("mode", .string(type)), .init(type, .array(pairs(content)))]
    case "formdata":
      let fields = content?.elements.filter { !$0.isOff }.map(\.value) ?? []
      members = [.init("mode", .string(type)), .init(type, .array(fields))]
    case "file", "binary":
      let path = content.map { $0.isObject ? ($0["src"]?.value ?? .null) : $0.value } ?? .null
      members = [.init("mode", .string("file")), .init("file", .object([.init("src", path)]))]
    case "graphql":
      members = [.init("mode", .string(type)), .init(type, content?.value ?? .null)]
    default:
      members = [
        .init("mode", .string("raw")), .init("raw", content?.value ?? .string("")),
        .init(
          "options",
          .object([.init("raw", .object([.init("language", .string(type))]))])),
      ]
    }
    return .object(members)
  }

  private static func example(_ node: Node, standardName: String) -> Example? {
    guard let response = node["response"], let status = response["statusCode"]?.int else {
      return nil
    }
    let fields = pairs(response["headers"]).map {
      HeaderField($0["key"]?.text ?? "", $0["value"]?.text ?? "")
    }
    let content = response["body"]?["content"]
    let text = content?.string ?? content.map { JSONWriter.text(of: $0.value) } ?? ""
    return Example(
      name: node["name"]?.string ?? standardName,
      response: Response(
        status: status, reason: response["statusText"]?.string ?? "", version: "HTTP/1.1",
        headers: fields, body: Array(text.utf8)),
      draft: node["request"].map { draft($0, auth: .null, behaviour: []) },
      span: node["name"]?.span ?? node.firstByte)
  }
}
