package import AssayModel
package import AssayText

/// Reads a collection, of whatever format, into a suite and the composer of its requests.
package struct CollectionReader {
  /// What a collection holds.
  package struct Result: Sendable {
    package let suite: Suite
    package let composer: any Composer
    package let notes: [Diagnostic]
    /// The files that it was read from.
    package let documents: [Document]
  }

  /// Reads a document; every problem that leaves something to run is a note.
  package static func read(
    _ document: Document, composing options: ComposingOptions
  ) throws(Diagnostic) -> Result {
    var builder = SuiteBuilder(options)
    let root: Node
    switch try format(of: document) {
    case .tree(let node):
      root = node
      try ItemTreeReader.read(node, into: &builder)
    case .lists(let node):
      root = node
      LegacyReader.read(node, into: &builder)
    case .typedItems(let node):
      root = node
      try FolderReader.read(document: node, into: &builder)
    }
    let name = root["info"]?["name"]?.string ?? root["name"]?.string ?? "collection"
    let variables = root["variable"] ?? root["variables"]
    builder.keep(document)
    return builder.result(
      name: name, file: document.file, variables: VariableList.read(variables))
  }

  /// Reads a folder of the many-file format.
  package static func read(
    folder: CollectionFolder, composing options: ComposingOptions
  ) throws(Diagnostic) -> Result {
    var builder = SuiteBuilder(options)
    let root = try FolderReader.read(folder, into: &builder)
    return builder.result(
      name: root.name, file: root.file, variables: VariableList.read(root.variables))
  }

  /// How a collection lays out its requests, with the object that holds them.
  enum Format {
    /// Formats 2.0 and 2.1: items inside items.
    case tree(Node)
    /// Format 1: lists of requests and folders that name one another.
    case lists(Node)
    /// Format 3 in one document: items that say what they are.
    case typedItems(Node)
  }

  /// The format, looked for inside the wrapper that the API puts around a collection.
  static func format(of document: Document) throws(Diagnostic) -> Format {
    let file = document.file
    var root = document.root
    guard root.isObject else {
      throw .unknownFormat(
        file, at: root.firstByte, "an object with `info` and `item` is needed")
    }
    if let wrapped = root["collection"], wrapped.isObject, root["item"] == nil { root = wrapped }
    if root["requests"] != nil, root["item"] == nil { return .lists(root) }
    if root["items"]?.isArray == true, root["item"] == nil, root["info"] == nil {
      return .typedItems(root)
    }
    if root["item"] != nil || root["info"] != nil { return .tree(root) }
    throw .unknownFormat(file, at: root.firstByte, "neither `info` nor `item` stands here")
  }
}

extension Node {
  /// The first byte of a value, for pointing at one that may be as long as its file.
  var firstByte: SourceSpan {
    let start = range.lowerBound
    return SourceSpan(
      file: document.file, range: start..<min(start + 1, range.upperBound))
  }

  /// The members of a list that is turned on: `disabled: true` and `enabled: false` turn one off.
  var isOff: Bool { self["disabled"]?.bool == true || self["enabled"]?.bool == false }

  /// The first of several names that the object has.
  func any(_ names: String...) -> Node? {
    for name in names { if let found = self[name] { return found } }
    return nil
  }
}
