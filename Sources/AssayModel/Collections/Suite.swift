/// A collection with nothing left to inherit: its items in the order they run.
package struct Suite: Sendable {
  package let name: String
  package let file: SourceFile
  package let items: [Item]
  package let variables: [Variable]

  package init(name: String, file: SourceFile, items: [Item], variables: [Variable]) {
    self.name = name
    self.file = file
    self.items = items
    self.variables = variables
  }

  /// One request of the collection, with the scripts of every level that enclose it.
  package struct Item: Sendable {
    package let index: Int
    package let id: String
    package let name: String
    /// The names of the folders around it, outermost first.
    package let folders: [String]
    /// The whole item in its file.
    package let span: SourceSpan
    /// The item's name in its file: where a reader would look for it.
    package let nameSpan: SourceSpan
    package let preRequestScripts: [Script]
    package let testScripts: [Script]
    /// The answers that were saved with it.
    package let examples: [Example]
    /// The words that begin with `@` in its description and in those of its folders, in lower case.
    package let tags: Set<String>

    package init(
      index: Int, id: String, name: String, folders: [String], span: SourceSpan,
      nameSpan: SourceSpan, preRequestScripts: [Script], testScripts: [Script],
      examples: [Example] = [], tags: Set<String> = []
    ) {
      self.index = index
      self.id = id
      self.name = name
      self.folders = folders
      self.span = span
      self.nameSpan = nameSpan
      self.preRequestScripts = preRequestScripts
      self.testScripts = testScripts
      self.examples = examples
      self.tags = tags
    }

    package var path: String { (folders + [name]).joined(separator: " / ") }
  }
}

/// An answer that was saved beside a request, as an example of what to expect.
package struct Example: Sendable {
  package let name: String
  package let response: Response
  /// The request that brought it, in the form of a draft; nil where it is the item's own.
  package let draft: Value?
  package let span: SourceSpan

  package init(name: String, response: Response, draft: Value?, span: SourceSpan) {
    self.name = name
    self.response = response
    self.draft = draft
    self.span = span
  }
}

/// A piece of a collection's JavaScript, and where each of its lines stands in the file.
package struct Script: Sendable {
  package enum Phase: String, Sendable {
    case preRequest = "prerequest"
    case test
  }

  package let phase: Phase
  /// What errors call it: the path of the level that owns it.
  package let owner: String
  package let source: String
  /// The place of each source line in the collection, in order.
  package let lines: [SourceSpan]

  package init(phase: Phase, owner: String, source: String, lines: [SourceSpan]) {
    self.phase = phase
    self.owner = owner
    self.source = source
    self.lines = lines
  }

  /// The place of a line, counted from 1, in the collection file.
  package func span(ofLine number: Int) -> SourceSpan? {
    lines.indices.contains(number - 1) ? lines[number - 1] : lines.last
  }
}
