package import AssayModel

/// A value of a document that knows its place.
///
/// A node is a document and an index into its tape. It is for reading formats with comfort; loops
/// that judge bodies walk the document by index instead.
package struct Node: Sendable {
  package let document: Document
  package let index: Int

  package init(document: Document, index: Int) {
    self.document = document
    self.index = index
  }

  package var kind: NodeKind { document.kind(at: index) }
  package var isNull: Bool { kind == .null }
  package var isObject: Bool { kind == .object }
  package var isArray: Bool { kind == .array }

  package var bool: Bool? { kind == .bool ? document.bool(at: index) : nil }

  /// The text of a string; nil for anything else.
  package var string: String? { kind == .string ? document.text(at: index) : nil }

  /// A number as it was written.
  package var lexeme: String? { kind == .number ? document.text(at: index) : nil }

  /// A number that is a whole one and fits.
  package var int: Int? { lexeme.flatMap { Int($0) ?? Double($0).flatMap { Int(exactly: $0) } } }

  package var double: Double? { lexeme.flatMap(Double.init) }

  /// Elements or members.
  package var count: Int {
    kind == .array || kind == .object ? document.count(at: index) : 0
  }

  package var range: Range<Int> { document.range(at: index) }
  package var span: SourceSpan { SourceSpan(file: document.file, range: range) }

  /// The value of that name; the last one where a name is repeated.
  package subscript(_ name: String) -> Node? {
    document.member(name.utf8.span, of: index).map { Node(document: document, index: $0) }
  }

  package subscript(_ position: Int) -> Node? {
    guard kind == .array, position >= 0, position < count else { return nil }
    var child = document.firstChild(of: index)
    for _ in 0..<position { child = document.next(after: child) }
    return Node(document: document, index: child)
  }

  /// The elements of an array; nothing for any other value.
  package var elements: Elements { Elements(parent: self) }

  /// The members of an object in order, repeated names included; nothing for any other value.
  package var members: Members { Members(parent: self) }

  package struct Elements: Sequence, IteratorProtocol {
    private let document: Document
    private var child: Int
    private var left: Int

    init(parent: Node) {
      document = parent.document
      left = parent.isArray ? parent.count : 0
      child = left > 0 ? document.firstChild(of: parent.index) : 0
    }

    package mutating func next() -> Node? {
      guard left > 0 else { return nil }
      defer {
        left -= 1
        if left > 0 { child = document.next(after: child) }
      }
      return Node(document: document, index: child)
    }
  }

  package struct Member {
    package let key: Node
    package let value: Node
    package var name: String { key.document.text(at: key.index) }
  }

  package struct Members: Sequence, IteratorProtocol {
    private let document: Document
    private var child: Int
    private var left: Int

    init(parent: Node) {
      document = parent.document
      left = parent.isObject ? parent.count : 0
      child = left > 0 ? document.firstChild(of: parent.index) : 0
    }

    package mutating func next() -> Member? {
      guard left > 0 else { return nil }
      let key = child
      let value = document.next(after: key)
      left -= 1
      if left > 0 { child = document.next(after: value) }
      return Member(
        key: Node(document: document, index: key), value: Node(document: document, index: value))
    }
  }

  /// The value with everything in it, as one that owns its parts.
  ///
  /// Built with a stack of its own: a document may be deeper than the thread's.
  package var value: Value {
    var open: [(parts: [Value], names: [String], isObject: Bool, end: Int)] = []
    var at = index
    let end = document.next(after: index)
    var result = Value.null
    while at < end {
      var value: Value
      switch document.kind(at: at) {
      case .null: value = .null
      case .bool: value = .bool(document.bool(at: at))
      case .number: value = .number(document.text(at: at))
      case .string: value = .string(document.text(at: at))
      case .array, .object:
        let isObject = document.kind(at: at) == .object
        open.append(([], [], isObject, document.next(after: at)))
        at = document.firstChild(of: at)
        value = .null
        if open[open.count - 1].end > at {
          takeName(&at, &open)
          continue
        }
        value = close(open.removeLast())
        result = place(value, at: &at, in: &open)
        continue
      }
      at = document.next(after: at)
      result = place(value, at: &at, in: &open)
    }
    return result
  }

  private typealias Open = (parts: [Value], names: [String], isObject: Bool, end: Int)

  /// Adds a finished value to the container around it, and closes those that end with it.
  private func place(_ value: Value, at: inout Int, in open: inout [Open]) -> Value {
    var value = value
    while !open.isEmpty {
      open[open.count - 1].parts.append(value)
      guard open[open.count - 1].end <= at else {
        takeName(&at, &open)
        return value
      }
      value = close(open.removeLast())
    }
    return value
  }

  private func takeName(_ at: inout Int, _ open: inout [Open]) {
    guard open[open.count - 1].isObject else { return }
    open[open.count - 1].names.append(document.text(at: at))
    at = document.next(after: at)
  }

  private func close(_ open: Open) -> Value {
    guard open.isObject else { return .array(open.parts) }
    return .object(zip(open.names, open.parts).map { Value.Member($0, $1) })
  }
}
