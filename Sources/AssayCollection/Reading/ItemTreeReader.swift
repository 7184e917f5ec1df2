internal import AssayModel
internal import AssayText

/// Reads the formats 2.0 and 2.1, in which folders hold items.
enum ItemTreeReader {
  private typealias Level = SuiteBuilder.Level

  static func read(_ root: Node, into builder: inout SuiteBuilder) throws(Diagnostic) {
    guard let list = root["item"], list.isArray else {
      throw .noItems(root.document.file, at: (root["item"] ?? root).firstByte)
    }
    var level = Level()
    inherit(root, name: root["info"]?["name"]?.string ?? "collection", into: &level)
    visit(list, level, &builder)
  }

  /// Walks folders with a stack of its own: they may nest as deep as the file allows.
  private static func visit(_ list: Node, _ level: Level, _ builder: inout SuiteBuilder) {
    var pending: [(node: Node, level: Level)] = list.elements.reversed().map { ($0, level) }
    while let (node, level) = pending.popLast() {
      guard node.isObject else {
        builder.note(.notAnObject("an item", at: node.span))
        continue
      }
      let name = node["name"]?.string ?? ""
      guard let children = node["item"], children.isArray else {
        add(node, name, level, &builder)
        continue
      }
      var inner = level
      inner.folders.append(name)
      inner.tag(node["description"])
      inherit(node, name: level.owner(name), into: &inner)
      pending += children.elements.reversed().map { ($0, inner) }
    }
  }

  private static func inherit(_ node: Node, name: String, into level: inout Level) {
    level.add(SuiteBuilder.scripts(node["event"], owner: name))
    level.inherit(auth: node["auth"])
    level.merge(behaviour: node["protocolProfileBehavior"])
  }

  private static func add(
    _ node: Node, _ name: String, _ level: Level, _ builder: inout SuiteBuilder
  ) {
    let nameSpan = node["name"]?.span ?? node.firstByte
    let request = node["request"]
    if request == nil { builder.note(.noRequest(name, at: nameSpan)) }
    var own = level
    inherit(node, name: level.owner(name), into: &own)
    if request?.isObject == true { own.inherit(auth: request?["auth"]) }
    builder.add(
      SuiteBuilder.Found(
        node: node, name: name, nameSpan: nameSpan,
        id: node["id"]?.string ?? node["_postman_id"]?.string,
        draft: RequestDraft.make(request, auth: own.auth, behaviour: own.behaviour),
        examples: node["response"].map(examples) ?? []),
      in: own)
  }

  private static func examples(_ list: Node) -> [Example] {
    list.elements.compactMap { node in
      guard node.isObject, let status = node["code"]?.int else { return nil }
      let original = node["originalRequest"]
      return Example(
        name: node["name"]?.string ?? "", response: response(node, status: status),
        draft: original?.isObject == true
          ? RequestDraft.make(original, auth: .null, behaviour: []) : nil,
        span: node["name"]?.span ?? node.firstByte)
    }
  }

  private static func response(_ node: Node, status: Int) -> Response {
    let fields = RequestDraft.headers(node["header"]).compactMap { field -> HeaderField? in
      guard let name = field["key"]?.text, !name.isEmpty else { return nil }
      return HeaderField(name, field["value"]?.text ?? "")
    }
    return Response(
      status: status, reason: node["status"]?.string ?? "", version: "HTTP/1.1", headers: fields,
      body: Array((node["body"]?.string ?? "").utf8))
  }
}
