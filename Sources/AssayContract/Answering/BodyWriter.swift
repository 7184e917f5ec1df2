internal import AssayModel
internal import AssayText

/// Writes a value in the media type that a contract promises.
struct BodyWriter {
  let contract: Contract

  func bytes(of value: Value, _ media: Operation.MediaRule) -> [UInt8] {
    let type = media.range
    if let sequence = Judging.Sequence(type) { return self.sequence(value, sequence, media) }
    if type.isXML { return xml(value, media) }
    if type.type == "multipart" {
      return parts(value, type.parameters["boundary"] ?? Self.boundary)
    }
    if type.essence == "application/x-www-form-urlencoded" { return form(value) }
    if !type.isJSON, type.type != "*", case .string(let text) = value { return Array(text.utf8) }
    return Array(JSONWriter.text(of: value).utf8)
  }

  static let boundary = "assay-boundary"

  /// The elements of a list, or the members of an object under their names.
  private func parts(_ value: Value, _ boundary: String) -> [UInt8] {
    var parts: [(name: String?, value: Value)] = [(nil, value)]
    switch value {
    case .array(let elements): parts = elements.map { (nil, $0) }
    case .object(let members): parts = members.map { ($0.name, $0.value) }
    default: break
    }
    var text = ""
    for (name, value) in parts {
      text += "--\(boundary)\r\n"
      if let name { text += "Content-Disposition: form-data; name=\"\(name)\"\r\n" }
      if case .string(let plain) = value {
        text += "Content-Type: text/plain\r\n\r\n\(plain)\r\n"
      } else {
        text += "Content-Type: application/json\r\n\r\n\(JSONWriter.text(of: value))\r\n"
      }
    }
    return Array((text + "--\(boundary)--\r\n").utf8)
  }

  private func sequence(
    _ value: Value, _ sequence: Judging.Sequence, _ media: Operation.MediaRule
  ) -> [UInt8] {
    var items = [value]
    if case .array(let elements) = value { items = elements }
    if let item = media.item {
      var exemplar = Exemplar(contract: contract)
      items = [exemplar.value(of: item)]
    }
    return items.flatMap { item -> [UInt8] in
      let text = Array(JSONWriter.text(of: item).utf8)
      return switch sequence {
      case .lines: text + [0x0A]
      case .records: [0x1E] + text + [0x0A]
      case .events: Self.event(item)
      }
    }
  }

  private static func event(_ item: Value) -> [UInt8] {
    guard case .object(let members) = item else {
      return Array("data: \(JSONWriter.text(of: item))\n\n".utf8)
    }
    let lines = members.flatMap { member -> [String] in
      var text = member.value.substitution
      switch member.value {
      case .object, .array: text = JSONWriter.text(of: member.value)
      default: break
      }
      return text.split(separator: "\n", omittingEmptySubsequences: false).map {
        "\(member.name): \($0)\n"
      }
    }
    return Array((lines.joined() + "\n").utf8)
  }

  private func form(_ value: Value) -> [UInt8] {
    guard case .object(let members) = value else { return [] }
    func encoded(_ text: String) -> String {
      PercentEncoding.encode(text.utf8) { URI.isUnreserved($0) }
    }
    let pairs = members.flatMap { member -> [String] in
      var values = [member.value]
      if case .array(let elements) = member.value { values = elements }
      return values.map { each in
        var text = each.substitution
        if case .object = each { text = JSONWriter.text(of: each) }
        return "\(encoded(member.name))=\(encoded(text))"
      }
    }
    return Array(pairs.joined(separator: "&").utf8)
  }

  // MARK: XML

  private func xml(_ value: Value, _ media: Operation.MediaRule) -> [UInt8] {
    if case .string(let text) = value, text.hasPrefix("<") { return Array(text.utf8) }
    let mapping = XMLMapping(program: contract.program)
    var text = ""
    write(value, media.schema, named: rootName(media.schema, mapping), mapping, to: &text)
    return Array(text.utf8)
  }

  /// The name of the outermost element: the contract's, or that of the component.
  private func rootName(_ schema: SchemaID?, _ mapping: XMLMapping) -> String {
    guard let schema else { return "root" }
    if let name = mapping.traits(of: schema).name { return name }
    let reference = contract.program.schemas[schema].node["$ref"]?.string
    return reference?.split(separator: "/").last.map(String.init) ?? "root"
  }

  private func write(
    _ value: Value, _ schema: SchemaID?, named name: String, _ mapping: XMLMapping,
    to text: inout String
  ) {
    let program = contract.program
    switch value {
    case .object(let members):
      var attributes = ""
      var inner = ""
      for member in members {
        let own = schema.flatMap { program.member(member.name, of: $0) }
        let traits = own.map { mapping.traits(of: $0) } ?? XMLMapping.Traits()
        let ownName = traits.name ?? member.name
        if traits.kind == .attribute {
          attributes += " \(ownName)=\"\(Self.escaped(member.value.substitution))\""
        } else if traits.kind == .text {
          inner += Self.escaped(member.value.substitution)
        } else if case .array(let elements) = member.value, !traits.isWrapped {
          let item = own.flatMap { program.element(of: $0) }
          let itemName = item.flatMap { mapping.traits(of: $0).name } ?? member.name
          for each in elements { write(each, item, named: itemName, mapping, to: &inner) }
        } else {
          write(member.value, own, named: ownName, mapping, to: &inner)
        }
      }
      text += "<\(name)\(attributes)>\(inner)</\(name)>"
    case .array(let elements):
      let item = schema.flatMap { program.element(of: $0) }
      let itemName = item.flatMap { mapping.traits(of: $0).name } ?? name
      text += "<\(name)>"
      for each in elements { write(each, item, named: itemName, mapping, to: &text) }
      text += "</\(name)>"
    case .null:
      text +=
        "<\(name) xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"></\(name)>"
    default: text += "<\(name)>\(Self.escaped(value.substitution))</\(name)>"
    }
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
  }
}
