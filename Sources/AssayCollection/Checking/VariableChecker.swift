package import AssayModel
package import AssayText

/// Finds what is wrong with an environment or a file of globals.
package enum VariableChecker {
  package static func check(_ document: Document) -> [Diagnostic] {
    var problems = document.duplicateNames().map {
      Diagnostic.repeatedName($0.name, first: $0.first, second: $0.second)
    }
    var root = document.root
    if let wrapped = root.any("environment", "globals"), wrapped.isObject { root = wrapped }
    let list = root.isArray ? root : root["values"]
    var seen: [String: SourceSpan] = [:]
    for node in list.map({ Array($0.elements) }) ?? [] {
      guard let key = node["key"], let name = key.string, !node.isOff else { continue }
      if let first = seen.updateValue(key.span, forKey: name) {
        problems.append(.repeatedVariable(name, first: first, second: key.span))
      }
    }
    return problems + PlainSecrets.find(in: document)
  }
}
