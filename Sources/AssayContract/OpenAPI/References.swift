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
  private var documents: [String: Document?] = [:]
  private(set) var problems: [Diagnostic] = []

  init(load: @escaping Load) { self.load = load }

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
    problems.append(.referenceCycle(text, at: node.span))
    return nil
  }

  private func step(_ text: String, from node: Node) -> Node? {
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    guard let document = document(String(parts[0]), from: node) else { return nil }
    guard parts.count > 1, !parts[1].isEmpty else { return document.root }
    return JSONPointer(PercentEncoding.decodedText(parts[1]))?.resolve(in: document.root)
  }

  private func document(_ path: String, from node: Node) -> Document? {
    guard !path.isEmpty else { return node.document }
    let file = PercentEncoding.decodedText(path)
    let key = node.document.file.name + "\u{0}" + file
    if let known = documents[key] { return known }
    var loaded: Document?
    do {
      loaded = try load(file, node.document.file)
    } catch {
      problems.append(error)
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
