package import AssayModel
package import AssayText

/// Reads an environment or a file of globals.
package enum EnvironmentReader {
  /// The file's own name for itself, and its variables.
  package static func read(
    _ document: Document
  ) throws(Diagnostic) -> (name: String?, variables: [Variable]) {
    var root = document.root
    if let wrapped = root["environment"] ?? root["globals"], wrapped.isObject { root = wrapped }
    let list = root.isArray ? root : root["values"]
    guard let list, list.isArray else {
      throw .noValues(document.file, at: SourceSpan(file: document.file, range: 0..<0))
    }
    return (root["name"]?.string, VariableList.read(list))
  }
}
