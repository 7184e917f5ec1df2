internal import AssayModel
internal import AssayText

/// Reads the first format: flat lists of requests and folders, put in order by their ids.
///
/// Folders come before the requests beside them, as they do where Postman converts such a file.
/// What the lists name and nothing defines is told; what nothing names runs at the end, so that no
/// request is lost.
enum LegacyReader {
  private typealias Level = SuiteBuilder.Level

  static func read(_ root: Node, into builder: inout SuiteBuilder) {
    var walk = Walk(root)
    var level = Level()
    inherit(root, name: root["name"]?.string ?? "collection", into: &level)
    walk.visit(root, level, 0, &builder)
    walk.addRest(level, &builder)
  }

  private struct Walk {
    private var requests: [String: Node] = [:]
    private var folders: [String: Node] = [:]
    private var order: [String] = []
    private var done: Set<String> = []
    /// The folders that name a folder as the one they are in, where that one orders none.
    private var inside: [String: [String]] = [:]
    /// The folders that no other folder names or orders.
    private var outermost: [String] = []

    /// Folders inside folders, further down than anybody sorts requests.
    private static let deepest = 256

    init(_ root: Node) {
      for node in root["requests"]?.elements.map({ $0 }) ?? [] {
        guard let id = node["id"]?.string else { continue }
        requests[id] = node
        order.append(id)
      }
      for node in root["folders"]?.elements.map({ $0 }) ?? [] {
        if let id = node["id"]?.string { folders[id] = node }
      }
      let all = root["folders"]?.elements.map { $0 } ?? []
      let ordered = Set(all.flatMap { $0["folders_order"]?.elements.compactMap(\.string) ?? [] })
      for node in all {
        guard let id = node["id"]?.string else { continue }
        if let parent = node["folder"]?.string {
          inside[parent, default: []].append(id)
        } else if !ordered.contains(id) {
          outermost.append(id)
        }
      }
    }

    /// A folder inside itself is met once: `done` ends the circle. What lies too deep is run with
    /// what nothing names.
    mutating func visit(
      _ parent: Node, _ level: Level, _ depth: Int, _ builder: inout SuiteBuilder
    ) {
      guard depth < Self.deepest else {
        builder.note(.foldersTooDeep(parent["name"]?.string ?? ""))
        return
      }
      for id in folderIDs(of: parent) {
        guard let folder = folders[id], done.insert("folder " + id).inserted else { continue }
        let name = folder["name"]?.string ?? ""
        var inner = level
        inner.folders.append(name)
        inner.tag(folder["description"])
        LegacyReader.inherit(folder, name: level.owner(name), into: &inner)
        visit(folder, inner, depth + 1, &builder)
      }
      for node in parent["order"]?.elements.map({ $0 }) ?? [] {
        guard let id = node.string else { continue }
        guard let request = requests[id] else {
          builder.note(.unknownID(id, at: node.span))
          continue
        }
        if done.insert(id).inserted { LegacyReader.add(request, level, &builder) }
      }
    }

    /// Folders that a parent orders, or else those that name it; at the top, those that no other
    /// folder orders.
    private func folderIDs(of parent: Node) -> [String] {
      let ordered = parent["folders_order"]?.elements.compactMap(\.string) ?? []
      if !ordered.isEmpty { return ordered }
      guard let id = parent["id"]?.string, folders[id] != nil else { return outermost }
      return inside[id] ?? []
    }

    mutating func addRest(_ level: Level, _ builder: inout SuiteBuilder) {
      for id in order {
        guard let request = requests[id], done.insert(id).inserted else { continue }
        var own = level
        if let folder = request["folder"]?.string.flatMap({ folders[$0] }) {
          let name = folder["name"]?.string ?? ""
          own.folders.append(name)
          LegacyReader.inherit(folder, name: level.owner(name), into: &own)
        }
        LegacyReader.add(request, own, &builder)
      }
    }
  }

  private static func inherit(_ node: Node, name: String, into level: inout Level) {
    if let events = node["events"], events.isArray {
      level.add(SuiteBuilder.scripts(events, owner: name))
    } else {
      level.add(
        [
          SuiteBuilder.script(node["preRequestScript"], .preRequest, name),
          SuiteBuilder.script(node["tests"], .test, name),
        ].compactMap { $0 })
    }
    let auth = self.auth(node)
    if auth["type"] != nil {
      level.auth = auth
      level.authNode = node["auth"] ?? node["currentHelper"].map { _ in node }
    }
    level.merge(behaviour: node["protocolProfileBehavior"])
  }

  private static func add(_ node: Node, _ level: Level, _ builder: inout SuiteBuilder) {
    let name = node["name"]?.string ?? ""
    var own = level
    inherit(node, name: level.owner(name), into: &own)
    builder.add(
      SuiteBuilder.Found(
        node: node, name: name, nameSpan: node["name"]?.span ?? node.firstByte,
        id: node["id"]?.string, draft: draft(node, auth: own.auth, behaviour: own.behaviour),
        examples: node["responses"]?.elements.compactMap(example) ?? []),
      in: own)
  }

  private static func example(_ node: Node) -> Example? {
    guard node.isObject, let status = node["responseCode"]?["code"]?.int else { return nil }
    let fields = node["headers"]?.elements.compactMap { field -> HeaderField? in
      guard let name = (field["key"] ?? field["name"])?.string else { return nil }
      return HeaderField(name, field["value"]?.string ?? "")
    }
    return Example(
      name: node["name"]?.string ?? "",
      response: Response(
        status: status, reason: node["responseCode"]?["name"]?.string ?? "", version: "HTTP/1.1",
        headers: fields ?? [], body: Array((node["text"]?.string ?? "").utf8)),
      draft: nil, span: node["name"]?.span ?? node.firstByte)
  }

  // MARK: Requests

  private static func draft(_ node: Node, auth: Value, behaviour: [Value.Member]) -> Value {
    let method = node["method"]?.string.flatMap { $0.isEmpty ? nil : $0.uppercased() } ?? "GET"
    var members: [Value.Member] = [
      .init("method", .string(method)),
      .init("url", .string(url(node))),
      .init("header", .array(headers(node))),
    ]
    if let body = body(node) { members.append(.init("body", body)) }
    if !auth.isNull { members.append(.init("auth", auth)) }
    if let description = node["description"] {
      members.append(.init("description", description.value))
    }
    members.append(.init("behaviour", .object(behaviour)))
    return .object(members)
  }

  /// The URL with its path variables in place, and its query where only the list has it.
  private static func url(_ node: Node) -> String {
    var text = node["url"]?.string ?? ""
    var variables: [Value] = node["pathVariableData"]?.elements.map(\.value) ?? []
    if variables.isEmpty, let named = node["pathVariables"], named.isObject {
      variables = named.members.map {
        .object([.init("key", .string($0.name)), .init("value", $0.value.value)])
      }
    }
    if !variables.isEmpty { text = RequestURL.filling(pathOf: text, from: .array(variables)) }
    if !text.contains("?"), let list = node["queryParams"], list.isArray {
      let enabled = list.elements.filter { !$0.isOff }.map(\.value)
      text += RequestURL.query(.array(enabled))
    }
    return text
  }

  /// A line that begins with `//` is one that is turned off.
  private static func headers(_ node: Node) -> [Value] {
    if let list = node["headerData"], list.isArray {
      return list.elements.filter { !$0.isOff }.map(\.value)
    }
    return RequestDraft.headers(node["headers"]).filter {
      !($0["key"]?.text?.trimmed.hasPrefix("//") ?? false)
    }
  }

  private static func body(_ node: Node) -> Value? {
    guard node["dataDisabled"]?.bool != true, let mode = node["dataMode"]?.string else {
      return node["rawModeData"]?.string.map { .object(raw($0)) }
    }
    let list = node["data"]?.isArray == true ? node["data"] : nil
    var members: [Value.Member]
    switch mode {
    case "params": members = [.init("mode", .string("formdata")), .init("formdata", fields(list))]
    case "urlencoded":
      members = [.init("mode", .string("urlencoded")), .init("urlencoded", fields(list))]
    case "binary":
      let path = node["rawModeData"]?.value ?? .null
      members = [.init("mode", .string("file")), .init("file", .object([.init("src", path)]))]
    case "graphql":
      let content = node["graphqlModeData"] ?? node["data"]
      members = [.init("mode", .string("graphql")), .init("graphql", content?.value ?? .null)]
    default:
      members = raw(node["rawModeData"]?.string ?? node["data"]?.string ?? "")
    }
    if let options = node["dataOptions"] { members.append(.init("options", options.value)) }
    return .object(members)
  }

  private static func raw(_ text: String) -> [Value.Member] {
    [.init("mode", .string("raw")), .init("raw", .string(text))]
  }

  private static func fields(_ list: Node?) -> Value {
    let fields = list?.elements.filter { !$0.isOff }.map { field -> Value in
      // A file part keeps its path where others keep their value.
      guard field["type"]?.string == "file", field["src"] == nil,
        case .object(let members) = field.value
      else { return field.value }
      return .object(members + [.init("src", field["value"]?.value ?? .null)])
    }
    return .array(fields ?? [])
  }

  // MARK: Auth

  /// The names that the helpers of the format have today.
  private static let helpers = [
    "basicAuth": "basic", "bearerAuth": "bearer", "digestAuth": "digest", "hawkAuth": "hawk",
    "oAuth1": "oauth1", "oAuth2": "oauth2", "ntlmAuth": "ntlm", "awsSigV4": "awsv4",
    "apikeyAuth": "apikey", "edgegridAuth": "edgegrid", "jwtAuth": "jwt", "asapAuth": "asap",
    "normal": "noauth",
  ]
  private static let renamed = [
    "hawk_id": "authId", "hawk_key": "authKey", "ext": "extraData", "dlg": "delegation",
    "serviceName": "service", "header": "addParamsToHeader", "includeEmpty": "addEmptyParamsToSign",
  ]

  private static func auth(_ node: Node) -> Value {
    if let auth = node["auth"], auth["type"]?.string != nil { return auth.value }
    guard let helper = node["currentHelper"]?.string, let type = helpers[helper] else {
      return .null
    }
    var members: [Value.Member] = []
    if let attributes = node["helperAttributes"], attributes.isObject {
      members = attributes.members.map {
        Value.Member(renamed[$0.name] ?? $0.name, $0.value.value)
      }
    }
    return .object([.init("type", .string(type)), .init(type, .object(members))])
  }
}
