package import AssayModel
package import AssayText

/// Reads a collection of the formats 2.0 and 2.1 into a suite, and the composer of its requests.
package struct CollectionReader {
  /// What a collection file holds.
  package struct Result: Sendable {
    package let suite: Suite
    package let composer: any Composer
    package let notes: [Diagnostic]
  }

  private let document: Document
  private let userAgent: String
  private let seed: UInt64
  private let files: BodyFiles
  private var items: [Suite.Item] = []
  private var drafts: [Value] = []
  private var notes: [Diagnostic] = []

  private init(_ document: Document, userAgent: String, seed: UInt64, files: BodyFiles) {
    self.files = files
    self.document = document
    self.userAgent = userAgent
    self.seed = seed
  }

  /// Reads the document; every problem that leaves something to run is a note.
  package static func read(
    _ document: Document, userAgent: String, seed: UInt64, files: BodyFiles
  ) throws(Diagnostic) -> Result {
    var reader = CollectionReader(document, userAgent: userAgent, seed: seed, files: files)
    return try reader.read()
  }

  /// What is handed down from a level to those inside it.
  private struct Level {
    var folders: [String] = []
    var preRequest: [Script] = []
    var test: [Script] = []
    var auth: Value = .null
    var behaviour: [Value.Member] = []
  }

  private mutating func read() throws(Diagnostic) -> Result {
    let root = try recognised()
    guard let list = root["item"], list.isArray else {
      throw .noItems(document.file, at: document.root.span)
    }
    let name = root["info"]?["name"]?.string ?? "collection"
    var level = Level()
    inherit(root, name: name, into: &level)
    visit(list, level)
    let suite = Suite(
      name: name, file: document.file, items: items,
      variables: VariableList.read(root["variable"]))
    return Result(
      suite: suite,
      composer: ItemComposer(drafts: drafts, userAgent: userAgent, seed: seed, files: files),
      notes: notes)
  }

  /// The collection itself, out of the wrapper that the API puts around it.
  private func recognised() throws(Diagnostic) -> Node {
    let file = document.file
    var root = document.root
    guard root.isObject else {
      throw .unknownFormat(
        file, at: firstByte(of: root), "an object with `info` and `item` is needed")
    }
    if let wrapped = root["collection"], wrapped.isObject, root["item"] == nil { root = wrapped }
    if root["item"] != nil || root["info"] != nil { return root }
    if let order = root["order"], root["requests"] != nil {
      throw .unsupportedFormat(file, "1", at: order.span)
    }
    if let kind = root["$kind"] ?? root["$schema"] {
      throw .unsupportedFormat(file, "3", at: kind.span)
    }
    throw .unknownFormat(file, at: firstByte(of: root), "neither `info` nor `item` stands here")
  }

  private func firstByte(of node: Node) -> SourceSpan {
    let start = node.range.lowerBound
    return SourceSpan(
      file: node.document.file, range: start..<min(start + 1, node.range.upperBound))
  }

  /// Walks folders with a stack of its own: they may nest as deep as the file allows.
  private mutating func visit(_ list: Node, _ level: Level) {
    var pending: [(node: Node, level: Level)] = list.elements.reversed().map { ($0, level) }
    while let (node, level) = pending.popLast() {
      guard node.isObject else {
        notes.append(.notAnObject("an item", at: node.span))
        continue
      }
      let name = node["name"]?.string ?? ""
      guard let children = node["item"], children.isArray else {
        add(node, name, level)
        continue
      }
      var inner = level
      inner.folders.append(name)
      inherit(node, name: inner.folders.joined(separator: " / "), into: &inner)
      pending += children.elements.reversed().map { ($0, inner) }
    }
  }

  private func inherit(_ node: Node, name: String, into level: inout Level) {
    let scripts = self.scripts(of: node, owner: name)
    level.preRequest += scripts.filter { $0.phase == .preRequest }
    level.test += scripts.filter { $0.phase == .test }
    if let auth = node["auth"], auth.isObject, auth["type"]?.string != nil {
      level.auth = auth.value
    }
    level.behaviour = Self.merged(level.behaviour, node["protocolProfileBehavior"])
  }

  private static func merged(_ outer: [Value.Member], _ node: Node?) -> [Value.Member] {
    guard let node, node.isObject else { return outer }
    let names = Set(node.members.map(\.name))
    return outer.filter { !names.contains($0.name) }
      + node.members.map { Value.Member($0.name, $0.value.value) }
  }

  private mutating func add(_ node: Node, _ name: String, _ level: Level) {
    let nameSpan = node["name"]?.span ?? firstByte(of: node)
    if node["request"] == nil { notes.append(.noRequest(name, at: nameSpan)) }
    var own = level
    let path = (level.folders + [name]).joined(separator: " / ")
    inherit(node, name: path, into: &own)
    let id = node["id"]?.string ?? node["_postman_id"]?.string ?? "item-\(items.count + 1)"
    items.append(
      Suite.Item(
        index: items.count, id: id, name: name, folders: level.folders, span: node.span,
        nameSpan: nameSpan, preRequestScripts: own.preRequest, testScripts: own.test))
    drafts.append(RequestDraft.make(node["request"], auth: level.auth, behaviour: own.behaviour))
  }

  // MARK: Scripts

  private func scripts(of node: Node, owner: String) -> [Script] {
    (node["event"]?.elements).map { events in
      events.compactMap { event -> Script? in
        guard event["disabled"]?.bool != true, let listen = event["listen"]?.string,
          let phase = Script.Phase(rawValue: listen), let script = event["script"]
        else { return nil }
        return self.script(script, phase, owner)
      }
    } ?? []
  }

  private func script(_ node: Node, _ phase: Script.Phase, _ owner: String) -> Script? {
    let exec = node.isObject ? node["exec"] : node
    guard let exec else { return nil }
    let parts = exec.isArray ? Array(exec.elements) : [exec]
    var lines: [SourceSpan] = []
    var texts: [String] = []
    for part in parts {
      guard let text = part.string else { continue }
      texts.append(text)
      let count = text.utf8.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
      lines += Array(repeating: part.span, count: count)
    }
    let source = texts.joined(separator: "\n")
    guard source.utf8.contains(where: { $0 > 0x20 }) else { return nil }
    return Script(phase: phase, owner: owner, source: source, lines: lines)
  }
}
