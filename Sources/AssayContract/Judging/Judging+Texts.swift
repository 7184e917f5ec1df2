internal import AssayModel
internal import AssayText

// Parameters and header fields: texts that stand for values.
extension Judging {
  /// How the texts of one place are decoded before they are typed.
  enum Decoding {
    case percent
    /// Percent-encoding, and `+` for a space.
    case form
    /// Header fields are not encoded.
    case none
    /// A body's text, with the spaces around it.
    case literal

    func text(_ raw: String) -> String {
      switch self {
      case .percent: PercentEncoding.decodedText(raw)
      case .form: PercentEncoding.decodedText(raw.replacing("+", with: " "))
      case .none: Judging.trimmed(raw)
      case .literal: raw
      }
    }
  }

  static func trimmed(_ text: String) -> String {
    var view = Substring(text)
    while view.first == " " || view.first == "\t" { view.removeFirst() }
    while view.last == " " || view.last == "\t" { view.removeLast() }
    return String(view)
  }

  /// The value that texts stand for, as JSON: `12` is a number where the schema asks for one.
  func json(_ reading: ParameterReading, _ schema: SchemaID, _ decoding: Decoding) -> [UInt8]? {
    var writer = JSONWriter()
    switch reading {
    case .absent, .malformed: return nil
    case .json(let text): return Array(decoding.text(text).utf8)
    case .primitive(let text): write(decoding.text(text), schema, to: &writer)
    case .array(let items):
      let element = self.element(of: schema)
      writer.array { writer in
        for item in items {
          if let inner = element.flatMap(listInList) {
            guard let value = json(inner.read(header: item), element ?? schema, decoding),
              let node = try? JSONReader.read(SourceFile(name: "list", bytes: value)).root
            else { continue }
            writer.node(node)
          } else {
            write(decoding.text(item), element, to: &writer)
          }
        }
      }
    case .object(let pairs):
      writer.object { writer in
        for pair in pairs {
          let name = decoding.text(pair.name)
          writer.name(name)
          write(decoding.text(pair.value), member(name, of: schema), to: &writer)
        }
      }
    }
    return writer.bytes
  }

  /// How a list in a list is written, which 2.0 alone knows (section "Items Object").
  private func listInList(_ element: SchemaID) -> ParameterEncoding? {
    guard contract.version == .v2, types(element).contains(.array) else { return nil }
    let format = contract.program.schemas[element].node["collectionFormat"]?.string ?? "csv"
    guard let style = ParameterEncoding.Style(collectionFormat: format, isForm: false) else {
      return nil
    }
    return ParameterEncoding(style: style, isExploded: false, kind: .array)
  }

  func write(_ text: String, _ schema: SchemaID?, to writer: inout JSONWriter) {
    contract.program.write(text, schema, to: &writer)
  }

  // MARK: What schemas say of types

  func types(_ schema: SchemaID) -> TypeSet { contract.program.types(schema) }
  func element(of schema: SchemaID) -> SchemaID? { contract.program.element(of: schema) }
  func member(_ name: String, of schema: SchemaID) -> SchemaID? {
    contract.program.member(name, of: schema)
  }
  func memberNames(of schema: SchemaID) -> [String] { contract.program.memberNames(of: schema) }
  func isClosed(_ schema: SchemaID) -> Bool { contract.program.isClosed(schema) }

  // MARK: Judging

  func judge(
    json bytes: [UInt8], _ schema: SchemaID, _ code: String, _ part: Finding.Part, _ name: String?,
    _ unjudged: inout [String]
  ) -> [Finding] {
    let document: Document
    do {
      document = try JSONReader.read(SourceFile(name: name ?? "body", bytes: bytes))
    } catch {
      return [
        Finding(
          code: code, part: part, name: name, keyword: "json",
          message:
            "`\(name ?? "body")` is not valid JSON: \(error.labels.first?.text ?? error.message)")
      ]
    }
    var validator = SchemaValidator(program: contract.program, instance: document)
    if validator.validate(schema) {
      unjudged += validator.unjudged.sorted()
      return []
    }
    return validator.violations.map {
      var finding = finding($0, document, code, part)
      finding.name = name
      finding.receivedRange = nil
      return finding
    }
  }

  /// Reads and judges one text under a name.
  func judge(
    _ reading: ParameterReading, _ schema: SchemaID, _ decoding: Decoding, _ code: String,
    _ part: Finding.Part, _ name: String, at node: Node, _ unjudged: inout [String]
  ) -> [Finding] {
    if case .malformed(let reason) = reading {
      return [
        Finding(
          code: code, part: part, name: name, keyword: "style",
          message: "`\(name)` is not written as its style asks: \(reason)", place: node)
      ]
    }
    guard let bytes = json(reading, schema, decoding) else { return [] }
    return judge(json: bytes, schema, code, part, name, &unjudged)
  }
}
