internal import AssayModel
internal import AssayText

/// Collects the items of a collection in the order they run, as a reader finds them.
struct SuiteBuilder {
  /// What is handed down from a level to those inside it.
  struct Level {
    var folders: [String] = []
    var preRequest: [Script] = []
    var test: [Script] = []
    var auth: Value = .null
    var authNode: Node?
    var behaviour: [Value.Member] = []
    var tags: Set<String> = []

    /// Takes the tags of a description: its words that begin with `@`.
    mutating func tag(_ description: Node?) {
      guard let text = description?.string ?? description?["content"]?.string else { return }
      for word in text.split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
        let name = word.dropFirst().prefix { $0.isLetter || $0.isNumber || "-_.:".contains($0) }
        if word.first == "@", !name.isEmpty { tags.insert(name.lowercased()) }
      }
    }

    /// What errors call the level.
    func owner(_ name: String) -> String { (folders + [name]).joined(separator: " / ") }

    mutating func add(_ scripts: [Script]) {
      preRequest += scripts.filter { $0.phase == .preRequest }
      test += scripts.filter { $0.phase == .test }
    }

    /// Inner settings win over outer ones, name by name.
    mutating func merge(behaviour node: Node?) {
      guard let node, node.isObject else { return }
      let names = Set(node.members.map(\.name))
      behaviour =
        behaviour.filter { !names.contains($0.name) }
        + node.members.map { Value.Member($0.name, $0.value.value) }
    }

    /// An auth without a type, and `null`, hand on what encloses them.
    mutating func inherit(auth node: Node?) {
      guard let node, node["type"]?.string != nil else { return }
      auth = node.value
      authNode = node
    }
  }

  /// One request as a reader found it.
  struct Found {
    let node: Node
    let name: String
    let nameSpan: SourceSpan
    let id: String?
    let draft: Value
    var examples: [Example] = []
  }

  private let options: ComposingOptions
  private var items: [Suite.Item] = []
  private var drafts: [Value] = []
  private(set) var notes: [Diagnostic] = []
  private var documents: [Document] = []
  private var unknownAuth: Set<String> = []

  init(_ options: ComposingOptions) { self.options = options }

  var itemCount: Int { items.count }

  mutating func keep(_ document: Document) { documents.append(document) }

  mutating func note(_ diagnostic: Diagnostic) { notes.append(diagnostic) }

  /// Takes a request, with everything that encloses it.
  mutating func add(_ found: Found, in level: Level) {
    var own = level
    own.tag(found.node["description"])
    own.tag(found.node["request"]?["description"])
    items.append(
      Suite.Item(
        index: items.count, id: found.id ?? "item-\(items.count + 1)", name: found.name,
        folders: level.folders, span: found.node.span, nameSpan: found.nameSpan,
        preRequestScripts: level.preRequest, testScripts: level.test, examples: found.examples,
        tags: own.tags))
    drafts.append(found.draft)
    if let type = level.auth["type"]?.text, !RequestAuth.types.contains(type),
      unknownAuth.insert(type).inserted
    {
      note(
        .unknownAuth(
          type, nearest: Nearest.match(type, among: RequestAuth.types),
          at: level.authNode?["type"]?.span ?? found.nameSpan))
    }
  }

  func result(
    name: String, file: SourceFile, variables: [Variable]
  ) -> CollectionReader.Result {
    CollectionReader.Result(
      suite: Suite(name: name, file: file, items: items, variables: variables),
      composer: ItemComposer(drafts: drafts, options: options), notes: notes,
      documents: documents)
  }

  // MARK: Scripts

  /// The scripts of an `event` list.
  static func scripts(_ events: Node?, owner: String) -> [Script] {
    guard let events, events.isArray else { return [] }
    return events.elements.compactMap { event in
      guard !event.isOff, let listen = event["listen"]?.string,
        let phase = Script.Phase(rawValue: listen), let script = event["script"]
      else { return nil }
      return self.script(script.isObject ? script["exec"] : script, phase, owner)
    }
  }

  /// A script that is one text or a list of lines; nil where it holds nothing.
  static func script(_ code: Node?, _ phase: Script.Phase, _ owner: String) -> Script? {
    guard let code else { return nil }
    let parts = code.isArray ? Array(code.elements) : [code]
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
