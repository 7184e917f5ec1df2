internal import AssayModel
internal import AssayText

/// Follows `$ref` through a document and the files beside it.
///
/// Nothing is inlined: a reference is followed when it is needed, and each file is read once. Files
/// come through the door that the caller opens, which is where they are confined; the network is
/// never asked.
final class References {
  /// Reads the file that a relative reference names, seen from the file that holds it.
  typealias Load = (_ path: String, _ from: SourceFile) throws(Diagnostic) -> Document

  private let load: Load
  private let dialect: SchemaDialect
  private let holdsSchemasAlone: Bool
  private var documents: [String: Document?] = [:]
  private var known: [String: Document]
  private var loadProblems: [Diagnostic] = []
  private var steps: [Step: Node] = [:]

  private struct Step: Hashable {
    let resource: Int
    let text: String
  }

  private(set) lazy var index = SchemaIndex { [unowned self] in self.metaSchema($0) }

  var problems: [Diagnostic] { loadProblems + index.problems }

  /// - Parameters:
  ///   - holdsSchemasAlone: Whether documents are schemas, and not contracts that hold some.
  ///   - known: Documents that are there already, by their URIs.
  init(
    dialect: SchemaDialect, holdsSchemasAlone: Bool = false, known: [String: Document] = [:],
    load: @escaping Load
  ) {
    self.dialect = dialect
    self.holdsSchemasAlone = holdsSchemasAlone
    self.known = known
    self.load = load
  }

  /// Takes a document in under a URI; one without gets a name that nobody else has.
  func enter(_ document: Document, uri: String? = nil) {
    guard !index.contains(document) else { return }
    let name = uri ?? "assay://document-\(index.resources.count)/"
    index.add(
      document, uri: name, dialect: dialect,
      isSchema: holdsSchemasAlone || MetaSchemas.document(named: name) === document)
  }

  /// The resource that a schema belongs to.
  func resource(of node: Node) -> Int {
    enter(node.document)
    return index.resource(of: node) ?? 0
  }

  private func metaSchema(_ uri: String) -> Node? { document(named: uri)?.root }

  /// What a reference leads to, references to references included; nil when it leads nowhere.
  func resolve(_ text: String, from node: Node) -> Node? {
    var text = text
    var from = node
    for _ in 0..<64 {
      guard let target = step(text, from: from) else { return nil }
      guard target.isObject, target.count == 1, let next = target["$ref"], let more = next.string
      else { return target }
      text = more
      from = next
    }
    loadProblems.append(.referenceCycle(text, at: node.span))
    return nil
  }

  /// What a reference leads to, without following any further.
  func step(_ text: String, from node: Node) -> Node? {
    // Most references are to a few places, and a place is found by looking through all before it.
    let key = Step(resource: resource(of: node), text: text)
    if let known = steps[key] { return known }
    let target = find(text, from: node)
    if let target { steps[key] = target }
    return target
  }

  private func find(_ text: String, from node: Node) -> Node? {
    let hash = text.firstIndex(of: "#")
    let path = String(hash.map { text[..<$0] } ?? text[...])
    let fragment = hash.map { String(text[text.index(after: $0)...]) } ?? ""
    let own = resource(of: node)
    guard let target = path.isEmpty ? own : resource(path, from: node, own) else { return nil }
    let root = index.resources[target].root
    if fragment.isEmpty { return root }
    let decoded = PercentEncoding.decodedText(fragment)
    if decoded.hasPrefix("/") { return JSONPointer(decoded)?.resolve(in: root) }
    return index.anchor(decoded, of: target)
  }

  /// The resource that a URI names, seen from another one.
  private func resource(_ path: String, from node: Node, _ own: Int) -> Int? {
    let base = index.resources[own].uri
    let uri = SchemaIndex.bare(URI(splitting: base).resolving(URI(splitting: path)).description)
    // A document without a name of its own is none that a path could lead to.
    if let found = index.resource(named: uri), found != own || !base.hasPrefix("assay:") {
      return found
    }
    if let document = document(named: uri) {
      enter(document, uri: uri)
      return index.resource(named: uri)
    }
    guard let document = file(path, from: node) else { return nil }
    enter(document, uri: base.hasPrefix("assay:") || base.isEmpty ? nil : uri)
    return index.resource(of: document.root)
  }

  private func document(named uri: String) -> Document? {
    let uri = SchemaIndex.bare(uri)
    return known[uri] ?? MetaSchemas.document(named: uri)
  }

  private func file(_ path: String, from node: Node) -> Document? {
    let file = PercentEncoding.decodedText(path)
    let key = node.document.file.name + "\u{0}" + file
    if let known = documents[key] { return known }
    var loaded: Document?
    do {
      loaded = try load(file, node.document.file)
    } catch {
      loadProblems.append(error)
    }
    documents[key] = loaded
    return loaded
  }

  /// The object itself, or what its `$ref` leads to.
  func follow(_ node: Node) -> Node? {
    guard let reference = node["$ref"], let text = reference.string else { return node }
    return resolve(text, from: reference)
  }
}
