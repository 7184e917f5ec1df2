internal import AssayModel
internal import AssayText

// XML bodies: read as the value that the schema's xml objects make of them (OpenAPI 3.1, section
// 4.8.26; 3.2, section 4.26).
extension Judging {
  func xml(
    _ bytes: [UInt8], _ schema: SchemaID, _ code: String, _ part: Finding.Part,
    _ unjudged: inout [String]
  ) -> [Finding] {
    let file = SourceFile(name: "body", bytes: bytes)
    let root: XMLElement
    do throws(Diagnostic) {
      guard let element = try XMLDocument(file).root else { return [] }
      root = element
    } catch {
      let label = error.labels.first
      return [
        Finding(
          code: code, part: part, keyword: "xml",
          message: "the body is not well-formed XML: \(label?.text ?? error.message)",
          expected: "XML", receivedRange: label?.span.range)
      ]
    }
    let mapping = XMLMapping(program: contract.program)
    // Only a name that the contract spells out is one to insist on.
    if let name = mapping.traits(of: schema).name, name != root.name {
      return [
        Finding(
          code: code, part: part, keyword: "xml",
          message: "the outermost element is `\(root.name)`",
          expected: "`\(name)`", received: "`\(root.name)`",
          place: contract.program.schemas[schema].node)
      ]
    }
    var writer = JSONWriter()
    mapping.write(root, schema, to: &writer)
    return judge(json: writer.bytes, schema, code, part, nil, &unjudged)
  }
}

/// How a schema's xml objects turn elements into values.
struct XMLMapping {
  let program: SchemaProgram

  /// What the xml object of a schema says.
  struct Traits {
    enum Kind { case element, attribute, text }
    var name: String?
    var namespace: String?
    var kind: Kind?
    var isWrapped = false
  }

  /// The traits of a schema, or of what it refers to.
  func traits(of schema: SchemaID) -> Traits {
    var traits = Traits()
    var id = schema
    for _ in 0..<16 {
      let node = program.schemas[id].node
      if let xml = node["xml"] {
        traits.name = xml["name"]?.string
        traits.namespace = xml["namespace"]?.string
        traits.isWrapped = xml["wrapped"]?.bool ?? false
        if xml["attribute"]?.bool == true { traits.kind = .attribute }
        switch xml["nodeType"]?.string {
        case "element":
          traits.kind = .element
          // An element around a list is what older versions call wrapped.
          traits.isWrapped = true
        case "attribute": traits.kind = .attribute
        case "text", "cdata": traits.kind = .text
        default: break
        }
        return traits
      }
      let next = program.schemas[id].rules.lazy.compactMap { rule -> SchemaID? in
        if case .reference(let target) = rule.keyword { target } else { nil }
      }.first
      guard let next else { break }
      id = next
    }
    return traits
  }

  func write(_ element: XMLElement, _ schema: SchemaID?, to writer: inout JSONWriter) {
    let types = schema.map { program.types($0) } ?? []
    let instance = "http://www.w3.org/2001/XMLSchema-instance"
    if element.attributes.contains(where: {
      $0.name == "nil" && $0.namespace == instance && ($0.value == "true" || $0.value == "1")
    }) {
      writer.null()
    } else if let schema, types.contains(.array) {
      let item = program.element(of: schema)
      writer.array { writer in
        for child in element.children { write(child, item, to: &writer) }
      }
    } else if types.contains(.object) || !element.children.isEmpty
      || types.isEmpty && schema.map({ !program.memberNames(of: $0).isEmpty }) ?? false
    {
      object(element, schema, to: &writer)
    } else {
      program.write(Judging.trimmedLines(element.text, types), schema, to: &writer)
    }
  }

  private func object(_ element: XMLElement, _ schema: SchemaID?, to writer: inout JSONWriter) {
    var taken: Set<Int> = []
    var attributes: Set<Int> = []
    writer.object { writer in
      var written: Set<String> = []
      let names = schema.map { program.memberNames(of: $0) } ?? []
      for name in names where written.insert(name).inserted {
        guard let schema, let member = program.member(name, of: schema) else { continue }
        property(name, member, of: element, &taken, &attributes, to: &writer)
      }
      // What the schema does not name keeps the name that it has.
      for (index, attribute) in element.attributes.enumerated()
      where !attributes.contains(index) && attribute.namespace == nil {
        guard written.insert(attribute.name).inserted else { continue }
        writer.name(attribute.name)
        program.write(
          attribute.value, schema.flatMap { program.member(attribute.name, of: $0) }, to: &writer)
      }
      for (index, child) in element.children.enumerated() where !taken.contains(index) {
        guard written.insert(child.name).inserted else { continue }
        let same = element.children.filter { $0.name == child.name }
        let member = schema.flatMap { program.member(child.name, of: $0) }
        writer.name(child.name)
        if same.count == 1 {
          write(child, member, to: &writer)
        } else {
          writer.array { writer in for each in same { write(each, nil, to: &writer) } }
        }
      }
    }
  }

  private func property(
    _ name: String, _ schema: SchemaID, of element: XMLElement, _ taken: inout Set<Int>,
    _ attributes: inout Set<Int>, to writer: inout JSONWriter
  ) {
    let traits = self.traits(of: schema)
    switch traits.kind {
    case .attribute:
      let wanted = traits.name ?? name
      guard let index = element.attributes.firstIndex(where: { $0.name == wanted }) else { return }
      attributes.insert(index)
      writer.name(name)
      program.write(element.attributes[index].value, schema, to: &writer)
    case .text:
      writer.name(name)
      program.write(
        Judging.trimmedLines(element.text, program.types(schema)), schema, to: &writer)
    default:
      let item = program.types(schema).contains(.array) ? program.element(of: schema) : nil
      let isList = program.types(schema).contains(.array)
      let itemName = item.flatMap { self.traits(of: $0).name }
      let wanted = isList && !traits.isWrapped ? itemName ?? name : traits.name ?? name
      let found = element.children.indices.filter { index in
        let child = element.children[index]
        return child.name == wanted
          && (traits.namespace == nil || traits.namespace == child.namespace)
      }
      guard let first = found.first else { return }
      taken.formUnion(found)
      writer.name(name)
      if isList, !traits.isWrapped {
        writer.array { writer in
          for index in found { write(element.children[index], item, to: &writer) }
        }
      } else {
        write(element.children[first], schema, to: &writer)
      }
    }
  }
}

extension Judging {
  /// The text of an element; what surrounds a number on lines of its own is layout.
  static func trimmedLines(_ text: String, _ types: TypeSet) -> String {
    guard !types.contains(.string) else { return text }
    var view = Substring(text)
    while let first = view.first, first.isWhitespace { view.removeFirst() }
    while let last = view.last, last.isWhitespace { view.removeLast() }
    return String(view)
  }
}
