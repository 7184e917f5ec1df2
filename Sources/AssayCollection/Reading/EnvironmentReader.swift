package import AssayModel
package import AssayText

/// Reads an environment, a file of globals, or a file of secrets.
package enum EnvironmentReader {
  /// The file's own name for itself, and its variables.
  package static func read(
    _ document: Document
  ) throws(Diagnostic) -> (name: String?, variables: [Variable]) {
    var root = document.root
    if let wrapped = root.any("environment", "globals"), wrapped.isObject { root = wrapped }
    let list = root.isArray ? root : root["values"]
    guard let list, list.isArray else {
      throw .noValues(document.file, at: root.firstByte)
    }
    return (root["name"]?.string, VariableList.read(list))
  }

  /// The secrets of a file that is a map of names to values, or has the shape of an environment.
  /// Requests name them `{{vault:NAME}}`.
  package static func secrets(_ document: Document) throws(Diagnostic) -> [Variable] {
    let root = document.root
    if root["values"]?.isArray == true || root.isArray {
      return try read(document).variables.map { secret($0.name, $0.substitution, $0.span) }
    }
    guard root.isObject else { throw .noSecrets(document.file, at: root.firstByte) }
    var secrets: [Variable] = []
    for member in root.members {
      let value = member.value
      guard !value.isObject, !value.isArray else {
        throw .secretNotText(member.name, at: member.key.span)
      }
      secrets.append(secret(member.name, value.value.substitution, value.span))
    }
    return secrets
  }

  private static func secret(_ name: String, _ text: String, _ span: SourceSpan?) -> Variable {
    Variable("vault:" + name, .string(text), isSecret: true, span: span)
  }
}
