internal import AssayModel
internal import AssayText

// Bodies that are no JSON: texts, bytes and forms stand for values too.
extension Judging {
  /// The value that a body stands for, as JSON; nil where Assay has no reading for its type.
  func value(of bytes: [UInt8], _ type: MediaType, _ media: Operation.MediaRule) -> [UInt8]? {
    guard let schema = media.schema else { return nil }
    if type.essence == "application/x-www-form-urlencoded" {
      return form(bytes, schema, media.node["encoding"])
    }
    let types = self.types(schema)
    guard types.isDisjoint(with: [.array, .object]) else { return nil }
    if type.type == "text", !Self.structured.contains(type.essence) {
      guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
      return json(.primitive(text), schema, .literal)
    }
    guard Self.binary.contains(where: { type.essence.hasPrefix($0) }) else { return nil }
    // A character for each byte, so that lengths count bytes.
    var text = ""
    text.unicodeScalars.append(contentsOf: bytes.map { Unicode.Scalar($0) })
    var writer = JSONWriter()
    writer.string(text)
    return writer.bytes
  }

  /// Texts that are more than one string.
  private static let structured: Set<String> = [
    "text/xml", "text/json", "text/event-stream", "text/csv", "text/yaml", "text/x-yaml",
  ]
  private static let binary = [
    "application/octet-stream", "application/pdf", "application/zip", "application/gzip", "image/",
    "audio/", "video/", "font/",
  ]

  /// The members of a form: a name that comes again is a list, and what is an object is JSON (OpenAPI
  /// 3.1, section 4.8.15), unless the contract says in which style a member is written.
  private func form(_ bytes: [UInt8], _ schema: SchemaID, _ encodings: Node?) -> [UInt8]? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    var pairs = TextPair.list(ofQuery: text)
    var writer = JSONWriter()
    writer.object { writer in
      for member in encodings?.members.map({ $0 }) ?? [] {
        guard let schema = self.member(member.name, of: schema),
          let encoding = encoding(of: member.value, schema)
        else { continue }
        let reading = encoding.read(
          pairs: pairs, name: member.name, members: memberNames(of: schema))
        if let value = json(reading, schema, .form),
          let root = try? JSONReader.read(SourceFile(name: "member", bytes: value)).root
        {
          writer.name(member.name)
          writer.node(root)
        }
        let style = encoding.style
        pairs.removeAll { pair in
          let name = pair.decodedName
          return name == member.name || style == .deepObject && name.hasPrefix(member.name + "[")
        }
      }
      write(pairs, schema, to: &writer)
    }
    return writer.bytes
  }

  /// How a member is written, where its contract says so by a style; its content type has no say then.
  private func encoding(of node: Node, _ schema: SchemaID) -> ParameterEncoding? {
    guard node["style"] != nil || node["explode"] != nil || node["allowReserved"] != nil else {
      return nil
    }
    let style = node["style"]?.string.flatMap(ParameterEncoding.Style.init) ?? .form
    let types = self.types(schema)
    let kind: ParameterEncoding.Kind =
      types.contains(.object) ? .object : types.contains(.array) ? .array : .primitive
    return ParameterEncoding(
      style: style, isExploded: node["explode"]?.bool ?? (style == .form), kind: kind)
  }

  private func write(_ pairs: [TextPair], _ schema: SchemaID, to writer: inout JSONWriter) {
    var names: [String] = []
    var values: [String: [String]] = [:]
    for pair in pairs {
      let name = Decoding.form.text(pair.name)
      if values[name] == nil { names.append(name) }
      values[name, default: []].append(pair.value)
    }
    for name in names {
      let member = self.member(name, of: schema)
      let types = member.map { self.types($0) } ?? []
      let all = values[name] ?? []
      writer.name(name)
      if types.contains(.object), all.count == 1, let node = Self.object(all[0]) {
        writer.node(node)
      } else if types.contains(.array) || all.count > 1 {
        let element = member.flatMap { self.element(of: $0) }
        writer.array { writer in
          for value in all { write(Decoding.form.text(value), element, to: &writer) }
        }
      } else {
        write(Decoding.form.text(all[0]), member, to: &writer)
      }
    }
  }

  private static func object(_ text: String) -> Node? {
    let file = SourceFile(name: "member", text: Decoding.form.text(text))
    guard let root = try? JSONReader.read(file).root, root.isObject else { return nil }
    return root
  }
}
