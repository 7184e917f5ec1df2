internal import AssayModel
internal import AssayText

/// Finds fields that look like a slip of the pen: unknown, and near one that is known.
///
/// An unknown field that is near nothing is somebody's own, and is nobody's business.
enum FieldNames {
  private static let root = [
    "info", "item", "event", "variable", "auth", "protocolProfileBehavior",
  ]
  private static let item = [
    "id", "name", "description", "variable", "event", "request", "response", "item", "auth",
    "protocolProfileBehavior",
  ]
  private static let request = [
    "url", "auth", "proxy", "certificate", "method", "description", "header", "body",
  ]
  private static let url = [
    "raw", "protocol", "host", "path", "port", "query", "hash", "variable", "auth",
  ]
  private static let body = [
    "mode", "raw", "graphql", "urlencoded", "formdata", "file", "options", "disabled",
  ]
  private static let event = ["id", "listen", "script", "disabled"]
  private static let script = ["id", "type", "exec", "src", "name", "packages", "requests"]
  private static let pair = [
    "key", "value", "type", "disabled", "description", "name", "id", "src", "contentType",
    "fileName", "equals", "enabled",
  ]

  static func misspelt(in document: Document) -> [Diagnostic] {
    var collection = document.root
    if let wrapped = collection["collection"], wrapped.isObject { collection = wrapped }
    guard collection["item"] != nil || collection["info"] != nil else { return [] }
    var problems: [Diagnostic] = []
    look(at: collection, known: root, &problems)
    look(atEvents: collection["event"], &problems)
    var pending: [Node] = collection["item"].map { Array($0.elements) } ?? []
    while let node = pending.popLast() {
      guard node.isObject else { continue }
      look(at: node, known: item, &problems)
      look(atEvents: node["event"], &problems)
      if let children = node["item"], children.isArray { pending += children.elements }
      if let call = node["request"], call.isObject { look(atRequest: call, &problems) }
    }
    return problems.sorted { ($0.place?.line ?? 0) < ($1.place?.line ?? 0) }
  }

  private static func look(atRequest node: Node, _ problems: inout [Diagnostic]) {
    look(at: node, known: request, &problems)
    if let address = node["url"], address.isObject {
      look(at: address, known: url, &problems)
      look(atPairs: address["query"], &problems)
    }
    look(atPairs: node["header"], &problems)
    if let content = node["body"], content.isObject {
      look(at: content, known: body, &problems)
      look(atPairs: content["urlencoded"], &problems)
      look(atPairs: content["formdata"], &problems)
    }
  }

  private static func look(atPairs list: Node?, _ problems: inout [Diagnostic]) {
    guard let list, list.isArray else { return }
    for each in list.elements { look(at: each, known: pair, &problems) }
  }

  private static func look(atEvents list: Node?, _ problems: inout [Diagnostic]) {
    guard let list, list.isArray else { return }
    for each in list.elements {
      look(at: each, known: event, &problems)
      if let code = each["script"], code.isObject { look(at: code, known: script, &problems) }
      let moments = ["prerequest", "test"]
      guard let listen = each["listen"], let name = listen.string, !moments.contains(name) else {
        continue
      }
      problems.append(
        .unknownMoment(name, nearest: Nearest.match(name, among: moments), at: listen.span))
    }
  }

  private static func look(at node: Node, known: [String], _ problems: inout [Diagnostic]) {
    guard node.isObject else { return }
    for member in node.members where !known.contains(member.name) && !member.name.hasPrefix("_") {
      guard let nearest = Nearest.match(member.name, among: known), node[nearest] == nil else {
        continue
      }
      problems.append(.misspeltField(member.name, nearest: nearest, at: member.key.span))
    }
  }
}
