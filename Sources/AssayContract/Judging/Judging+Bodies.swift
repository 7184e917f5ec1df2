internal import AssayModel
internal import AssayText

// Bodies that are no JSON: texts, bytes and forms stand for values too.
extension Judging {
  /// Judges a body that is no JSON; nil where Assay has no reading for its type.
  func plain(
    _ bytes: [UInt8], _ type: MediaType, _ media: Operation.MediaRule, _ code: String,
    _ part: Finding.Part, _ unjudged: inout [String]
  ) -> [Finding]? {
    if type.type == "multipart" { return parts(bytes, type, media, code, part, &unjudged) }
    if let sequence = Sequence(type) {
      return self.sequence(bytes, sequence, media, code, part, &unjudged)
    }
    guard let schema = media.schema else { return [] }
    if type.isXML { return xml(bytes, schema, code, part, &unjudged) }
    if type.isYAML || type.type == "text" && !types(schema).isDisjoint(with: [.object, .array]) {
      return written(bytes, type, schema, code, part, &unjudged)
    }
    let value =
      type.essence == "application/x-www-form-urlencoded"
      ? form(bytes, schema, media.node["encoding"]) : simple(bytes, type, schema)
    return value.map { judge(json: $0, schema, code, part, nil, &unjudged) }
  }

  /// YAML, and texts by whose schema they are objects: what they hold, where it can be read.
  private func written(
    _ bytes: [UInt8], _ type: MediaType, _ schema: SchemaID, _ code: String, _ part: Finding.Part,
    _ unjudged: inout [String]
  ) -> [Finding]? {
    let file = SourceFile(name: "body", bytes: bytes)
    let document: Document
    do throws(Diagnostic) {
      document = type.isYAML ? try YAMLReader.read(file) : try JSONReader.read(file)
    } catch {
      // A text of another type may be anything.
      guard type.isYAML else { return nil }
      return [
        Finding(
          code: code, part: part, keyword: "yaml",
          message: "the body is not valid YAML: \(error.labels.first?.text ?? error.message)",
          expected: "YAML", receivedRange: error.labels.first?.span.range)
      ]
    }
    var writer = JSONWriter()
    writer.node(document.root)
    return judge(json: writer.bytes, schema, code, part, nil, &unjudged).map {
      var finding = $0
      if !type.isYAML {
        finding.reading = "the schema asks for no text, so the text was read as JSON"
      }
      return finding
    }
  }

  /// A text or bytes as one string.
  private func simple(_ bytes: [UInt8], _ type: MediaType, _ schema: SchemaID?) -> [UInt8]? {
    let types = schema.map { self.types($0) } ?? []
    guard types.isDisjoint(with: [.array, .object]) else { return nil }
    var writer = JSONWriter()
    if type.type == "text", !Self.structured.contains(type.essence) {
      guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
      write(text, schema, to: &writer)
      return writer.bytes
    }
    guard Self.binary.contains(where: { type.essence.hasPrefix($0) }) else { return nil }
    // A character for each byte, so that lengths count bytes.
    var text = ""
    text.unicodeScalars.append(contentsOf: bytes.map { Unicode.Scalar($0) })
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
  func form(_ bytes: [UInt8], _ schema: SchemaID, _ encodings: Node?) -> [UInt8]? {
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

  // MARK: Parts

  /// Takes a body of parts apart, and judges them by their names or by their places.
  private func parts(
    _ bytes: [UInt8], _ type: MediaType, _ media: Operation.MediaRule, _ code: String,
    _ place: Finding.Part, _ unjudged: inout [String]
  ) -> [Finding] {
    let parts: [Multipart.Part]
    do throws(Multipart.Problem) {
      parts = try Multipart.parts(of: bytes, boundary: type.parameters["boundary"])
    } catch {
      return [
        Finding(
          code: code, part: place, keyword: "multipart", message: error.message,
          expected: type.essence, place: media.node)
      ]
    }
    guard type.subtype == "form-data" else {
      return positional(parts, media, code, place, &unjudged)
    }
    return media.schema.map { multipart(parts, media, $0, code, place, &unjudged) } ?? []
  }

  private func multipart(
    _ parts: [Multipart.Part], _ media: Operation.MediaRule, _ schema: SchemaID,
    _ code: String, _ place: Finding.Part, _ unjudged: inout [String]
  ) -> [Finding] {
    var findings: [Finding] = []
    var names: [String] = []
    var values: [String: [[UInt8]]] = [:]
    for part in parts {
      guard let name = part.name else {
        findings.append(
          Finding(
            code: code, part: place, keyword: "multipart", message: "a part has no name",
            expected: "`Content-Disposition: form-data; name=…`", place: media.node))
        continue
      }
      if values[name] == nil { names.append(name) }
      let member = self.member(name, of: schema)
      findings += self.findings(part, name, media, code, place, &unjudged)
      guard let value = value(of: part, member) else {
        unjudged.append("the part `\(name)`")
        continue
      }
      values[name, default: []].append(value)
    }
    var writer = JSONWriter()
    writer.object { writer in
      for name in names {
        let all = (values[name] ?? []).compactMap {
          try? JSONReader.read(SourceFile(name: name, bytes: $0)).root
        }
        guard let first = all.first else { continue }
        writer.name(name)
        let isList = member(name, of: schema).map { types($0).contains(.array) } ?? false
        if isList && !first.isArray || all.count > 1 {
          writer.array { writer in for each in all { writer.node(each) } }
        } else {
          writer.node(first)
        }
      }
    }
    return findings + judge(json: writer.bytes, schema, code, place, nil, &unjudged)
  }

  /// A body whose parts have places and no names: a list (OpenAPI 3.2, section 4.14.5).
  private func positional(
    _ parts: [Multipart.Part], _ media: Operation.MediaRule, _ code: String, _ place: Finding.Part,
    _ unjudged: inout [String]
  ) -> [Finding] {
    var values: [Node] = []
    for (position, part) in parts.enumerated() {
      guard let value = value(of: part, media.item ?? media.schema.flatMap { element(of: $0) }),
        let node = try? JSONReader.read(SourceFile(name: "part", bytes: value)).root
      else {
        unjudged.append("part \(position)")
        continue
      }
      values.append(node)
    }
    var writer = JSONWriter()
    writer.array { writer in for value in values { writer.node(value) } }
    let whole =
      media.schema.map { judge(json: writer.bytes, $0, code, place, nil, &unjudged) } ?? []
    guard let item = media.item else { return whole }
    return whole
      + values.enumerated().flatMap { position, value -> [Finding] in
        var writer = JSONWriter()
        writer.node(value)
        return judge(json: writer.bytes, item, code, place, nil, &unjudged).map {
          var finding = $0
          finding.at = "/\(position)" + finding.at
          return finding
        }
      }
  }

  /// What a part breaks of what is said of it beside the schema.
  private func findings(
    _ part: Multipart.Part, _ name: String, _ media: Operation.MediaRule, _ code: String,
    _ place: Finding.Part, _ unjudged: inout [String]
  ) -> [Finding] {
    guard let rule = media.parts[name] else { return [] }
    let at = "/" + JSONPointer.escape(name)
    var findings = headers(part.headers, rule.headers, code, place, &unjudged)
    for index in findings.indices { findings[index].at = at }
    if !rule.types.isEmpty, let field = part.headers.first("Content-Type") {
      let type = MediaType(field)
      if !rule.types.contains(where: { range in type.map { range.includes($0) } ?? false }) {
        findings.append(
          Finding(
            code: code, part: place, at: at, keyword: "contentType",
            message: "the part `\(name)` is \(field)",
            expected: rule.types.map(\.text).joined(separator: ", "), received: field,
            place: media.node["encoding"]?[name] ?? media.node))
      }
    }
    return findings
  }

  /// The value of a part, by its own type, or by what its schema makes likely (OpenAPI 3.1, section
  /// 4.8.15.1).
  private func value(of part: Multipart.Part, _ schema: SchemaID?) -> [UInt8]? {
    let item = schema.map { types($0).contains(.array) ? element(of: $0) ?? $0 : $0 }
    let isObject = item.map { types($0).contains(.object) } ?? false
    let standard = isObject ? "application/json" : "text/plain"
    guard let type = MediaType(part.headers.first("Content-Type") ?? standard) else { return nil }
    if type.isJSON {
      let file = SourceFile(name: "part", bytes: part.body)
      if (try? JSONReader.read(file)) != nil { return part.body }
      var writer = JSONWriter()
      writer.string(String(decoding: part.body, as: UTF8.self))
      return writer.bytes
    }
    return simple(part.body, type, item)
  }

  private static func object(_ text: String) -> Node? {
    let file = SourceFile(name: "member", text: Decoding.form.text(text))
    guard let root = try? JSONReader.read(file).root, root.isObject else { return nil }
    return root
  }
}
