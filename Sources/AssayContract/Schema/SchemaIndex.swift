internal import AssayModel
internal import AssayText

/// The names by which schemas are known: a URI for each resource, and anchors in them.
///
/// A resource is a document, or a schema in it with an identifier of its own; references are relative
/// to the resource that holds them (JSON Schema 2020-12, section 8.2).
final class SchemaIndex {
  struct Resource {
    let uri: String
    let root: Node
    let dialect: SchemaDialect
    /// Whether the vocabulary of the rules on values is in use.
    let validates: Bool
    /// Whether its meta-schema makes `format` a rule.
    let assertsFormat: Bool
  }

  private(set) var resources: [Resource] = []
  private var byURI: [String: Int] = [:]
  private var anchors: [String: Node] = [:]
  /// Resources that have an anchor of that name which may be overridden from outside.
  private(set) var dynamicAnchors: [String: [Int: Node]] = [:]
  /// For each document its resources, the outer before the inner.
  private var extents: [ObjectIdentifier: [(range: Range<Int>, resource: Int)]] = [:]
  /// Looks up a meta-schema that is not one of the specification's.
  private let metaSchema: (String) -> Node?
  private(set) var problems: [Diagnostic] = []

  /// The name under which `$recursiveAnchor` stands with the dynamic anchors, which no anchor can have.
  static let recursiveAnchor = "$recursive"

  init(metaSchema: @escaping (String) -> Node?) { self.metaSchema = metaSchema }

  func contains(_ document: Document) -> Bool { extents[ObjectIdentifier(document)] != nil }

  /// The resource that a part of a document belongs to.
  func resource(of node: Node) -> Int? {
    let all = extents[ObjectIdentifier(node.document)] ?? []
    return all.last { $0.range.contains(node.index) }?.resource
  }

  func resource(named uri: String) -> Int? { byURI[Self.bare(uri)] }

  func anchor(_ name: String, of resource: Int) -> Node? {
    anchors[resources[resource].uri + "#" + name]
  }

  static func bare(_ uri: String) -> String { uri.hasSuffix("#") ? String(uri.dropLast()) : uri }

  // MARK: Taking a document in

  /// - Parameter isSchema: Whether the document is a schema; in others schemas are found by looking
  ///   everywhere but in examples and values.
  func add(_ document: Document, uri: String, dialect: SchemaDialect, isSchema: Bool) {
    let key = ObjectIdentifier(document)
    guard extents[key] == nil else { return }
    extents[key] = []
    let root = document.root
    let own = isSchema ? self.dialect(of: root, within: dialect) : nil
    let base = Self.base(uri)
    if !isSchema || own.map({ identifier(of: root, $0.dialect) == nil }) ?? true {
      enter(root, uri: base, own ?? Traits(dialect))
    } else {
      // The name by which it was asked for leads to it as well.
      byURI[base] = resources.count
    }
    guard isSchema || dialect > .openAPI30 && Self.mayHoldNames(document) else { return }
    walk(root, base: base, own ?? Traits(dialect), isSchema: isSchema)
  }

  /// Whether a look at every part of a contract could find anything: few have schemas with names.
  private static func mayHoldNames(_ document: Document) -> Bool {
    ["$id", "$anchor", "$dynamicAnchor", "$schema"].contains { name in
      document.file.bytes.holds(name)
    }
  }

  private struct Traits {
    var dialect: SchemaDialect
    var validates = true
    var assertsFormat = false

    init(_ dialect: SchemaDialect) { self.dialect = dialect }
  }

  private static func base(_ uri: String) -> String {
    bare(uri.split(separator: "#", maxSplits: 1).first.map(String.init) ?? "")
  }

  private func enter(_ node: Node, uri: String, _ traits: Traits) {
    let resource = resources.count
    resources.append(
      Resource(
        uri: uri, root: node, dialect: traits.dialect, validates: traits.validates,
        assertsFormat: traits.assertsFormat))
    if byURI[uri] == nil || byURI[uri] == resource { byURI[uri] = resource }
    extents[ObjectIdentifier(node.document), default: []].append(
      (node.index..<node.document.next(after: node.index), resource))
  }

  /// What a resource's own `$schema` says; that of the one around it where it says nothing.
  private func dialect(of node: Node, within outer: SchemaDialect) -> Traits {
    guard let text = node["$schema"]?.string else { return Traits(outer) }
    if let known = SchemaDialect(metaSchema: text) { return Traits(known) }
    var traits = Traits(outer)
    guard let meta = metaSchema(text) else {
      problems.append(.unknownMetaSchema(text, at: node["$schema"]?.span ?? node.span))
      return traits
    }
    // A meta-schema of the user's says by its own in which draft it is written.
    traits.dialect = meta["$schema"]?.string.flatMap(SchemaDialect.init) ?? outer
    if let vocabularies = meta["$vocabulary"], vocabularies.isObject {
      let names = vocabularies.members.map(\.name)
      traits.validates = names.contains { $0.hasSuffix("/vocab/validation") }
      traits.assertsFormat = names.contains { $0.hasSuffix("/vocab/format-assertion") }
    }
    return traits
  }

  /// The identifier of a schema, where it has one that is not an anchor alone.
  private func identifier(of node: Node, _ dialect: SchemaDialect) -> String? {
    guard node.isObject, let text = node[dialect.identifier]?.string, !text.hasPrefix("#"),
      !(dialect.referencesStandAlone && node["$ref"] != nil)
    else { return nil }
    return text
  }

  private func walk(_ root: Node, base: String, _ traits: Traits, isSchema: Bool) {
    var pending = [(node: root, base: base, traits: traits)]
    while let (node, outer, before) = pending.popLast() {
      guard node.isObject || !isSchema && node.isArray else { continue }
      var (base, traits) = (outer, before)
      if node.isObject { take(node, &base, &traits, isRoot: node.index == root.index) }
      let children = isSchema ? Self.schemas(in: node, traits.dialect) : Self.parts(of: node)
      // The last is taken first, and outer resources have to come before inner ones.
      for child in children.reversed() { pending.append((child, base, traits)) }
    }
  }

  private func take(_ node: Node, _ base: inout String, _ traits: inout Traits, isRoot: Bool) {
    if node["$schema"]?.string != nil {
      traits = dialect(of: node, within: traits.dialect)
    }
    if let text = identifier(of: node, traits.dialect) {
      let uri = URI(splitting: base).resolving(URI(splitting: text)).description
      base = Self.base(uri)
      enter(node, uri: base, traits)
    }
    guard !(traits.dialect.referencesStandAlone && node["$ref"] != nil) else { return }
    if traits.dialect < .draft2019, let text = node[traits.dialect.identifier]?.string,
      let hash = text.firstIndex(of: "#"), text[hash...].count > 1
    {
      let uri = URI(splitting: base).resolving(URI(splitting: text)).description
      anchors[uri] = node
    }
    guard let resource = resource(of: node) else { return }
    let name = resources[resource].uri
    for keyword in ["$anchor", "$dynamicAnchor"] where traits.dialect >= .draft2019 {
      guard let anchor = node[keyword]?.string else { continue }
      if anchors[name + "#" + anchor] == nil { anchors[name + "#" + anchor] = node }
      if keyword == "$dynamicAnchor" {
        dynamicAnchors[anchor, default: [:]][resource] = node
      }
    }
    if traits.dialect == .draft2019, node["$recursiveAnchor"]?.bool == true {
      dynamicAnchors[Self.recursiveAnchor, default: [:]][resource] = node
    }
  }

  // MARK: Where schemas stand

  private static let single: Set<String> = [
    "additionalProperties", "additionalItems", "contains", "not", "propertyNames", "if", "then",
    "else", "unevaluatedItems", "unevaluatedProperties", "contentSchema", "items",
  ]
  private static let lists: Set<String> = ["allOf", "anyOf", "oneOf", "prefixItems", "items"]
  private static let maps: Set<String> = [
    "properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "dependencies",
  ]

  /// The schemas right below a schema.
  static func schemas(in node: Node, _ dialect: SchemaDialect) -> [Node] {
    guard node.isObject, !(dialect.referencesStandAlone && node["$ref"] != nil) else { return [] }
    var found: [Node] = []
    for member in node.members {
      let (name, value) = (member.name, member.value)
      if maps.contains(name), value.isObject {
        found += value.members.map(\.value).filter(\.isObject)
      } else if lists.contains(name), value.isArray {
        found += value.elements.filter(\.isObject)
      } else if single.contains(name), value.isObject {
        found.append(value)
      }
    }
    return found
  }

  private static let values: Set<String> = ["example", "examples", "default", "enum", "const"]

  /// What lies below a part of a document that holds schemas among other things.
  private static func parts(of node: Node) -> [Node] {
    if node.isArray { return Array(node.elements) }
    return node.members.filter { !values.contains($0.name) && !$0.name.hasPrefix("x-") }
      .map(\.value)
  }
}
