internal import AssayModel
internal import AssayText

/// The bytes of a request's body, and the content type that goes with them.
struct RequestBody {
  var bytes: [UInt8]
  /// Used unless the item has a Content-Type of its own.
  let contentType: String?
  /// A form that was made from fields.
  var kind = Kind.content

  enum Kind { case content, file, fields, parts }

  /// Whether its type is the one that the item names it by.
  var isDeclared = false

  var isForm: Bool { kind == .fields || kind == .parts }

  /// Makes the body of a draft; nil where there is none to send.
  static func make(
    _ body: Value, contentType: String?, template: inout TemplateText, files: BodyFiles,
    span: SourceSpan
  ) throws(Diagnostic) -> RequestBody? {
    let mode = body["mode"]?.text ?? "raw"
    switch mode {
    case "urlencoded": return urlencoded(body["urlencoded"], &template)
    case "formdata": return try multipart(body["formdata"], contentType, &template, files, span)
    case "graphql": return graphql(body["graphql"], &template)
    case "file": return try file(body["file"] ?? .null, &template, files, span)
    default: return raw(body, contentType, &template)
    }
  }

  // MARK: Raw

  private static func raw(
    _ body: Value, _ contentType: String?, _ template: inout TemplateText
  ) -> RequestBody? {
    guard let value = body["raw"], !value.isNull else { return nil }
    var written = value.text
    if written == nil {
      var writer = JSONWriter()
      writer.value(value)
      written = writer.text
    }
    var text = template.fill(written ?? "")
    guard !text.isEmpty else { return nil }
    let language = body["options"]?["raw"]?["language"]?.text
    let looksJSON = contentType.map(isJSON) ?? false
    if language == "json" || language == nil && looksJSON { text = withoutComments(text) }
    let type = defaultType(language)
    return RequestBody(
      bytes: Array(text.utf8), contentType: type, isDeclared: type != "text/plain")
  }

  /// `application/json`, or a type that is built on it (RFC 6839, section 3.1).
  private static func isJSON(_ type: String) -> Bool {
    let plain = type.lowercased().prefix { $0 != ";" && $0 != " " }
    return plain == "application/json"
      || plain.hasPrefix("application/") && plain.hasSuffix("+json")
  }

  private static func defaultType(_ language: String?) -> String {
    switch language {
    case "json": "application/json"
    case "html": "text/html"
    case "xml": "application/xml"
    case "javascript": "application/javascript"
    default: "text/plain"
    }
  }

  /// Takes `//` and `/* */` comments out, outside of strings.
  static func withoutComments(_ text: String) -> String {
    guard text.contains("/*") || text.contains("//") else { return text }
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    var isString = false
    while index < bytes.count {
      let byte = bytes[index]
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      if isString {
        result.append(byte)
        if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
          result.append(next)
          index += 1
        } else if byte == UInt8(ascii: "\"") {
          isString = false
        }
      } else if byte == UInt8(ascii: "/"), next == UInt8(ascii: "/") {
        while index < bytes.count, bytes[index] != 0x0A { index += 1 }
        continue
      } else if byte == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
        index += 2
        while index + 1 < bytes.count,
          bytes[index] != UInt8(ascii: "*") || bytes[index + 1] != UInt8(ascii: "/")
        {
          index += 1
        }
        index += 2
        continue
      } else {
        isString = byte == UInt8(ascii: "\"")
        result.append(byte)
      }
      index += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  // MARK: Forms

  private static func active(_ list: Value?) -> [Value] {
    guard case .array(let fields)? = list else { return [] }
    return fields.filter { $0["disabled"] != .bool(true) }
  }

  private static func urlencoded(_ list: Value?, _ template: inout TemplateText) -> RequestBody? {
    let type = "application/x-www-form-urlencoded"
    if let text = list?.text {
      return text.isEmpty
        ? nil
        : RequestBody(bytes: Array(template.fill(text).utf8), contentType: type, kind: .fields)
    }
    // Fields of one name stand together, at the place of the first.
    var order: [String] = []
    var values: [String: [String]] = [:]
    for field in active(list) {
      let name = template.fill(field["key"]?.text ?? "")
      let value = field["value"].map { $0.isNull ? "" : $0.substitution } ?? ""
      if values[name] == nil { order.append(name) }
      values[name, default: []].append(template.fill(value))
    }
    guard !order.isEmpty else { return nil }
    func encoded(_ text: String) -> String {
      PercentEncoding.encode(text.utf8, keeping: URI.isUnreserved)
    }
    let pairs = order.flatMap { name in
      (values[name] ?? []).map { encoded(name) + "=" + encoded($0) }
    }
    return RequestBody(
      bytes: Array(pairs.joined(separator: "&").utf8), contentType: type, kind: .fields)
  }

  private static func multipart(
    _ list: Value?, _ contentType: String?, _ template: inout TemplateText, _ files: BodyFiles,
    _ span: SourceSpan
  ) throws(Diagnostic) -> RequestBody? {
    let fields = active(list)
    guard !fields.isEmpty else { return nil }
    let boundary = Self.boundary(of: contentType) ?? freshBoundary(&template)
    var bytes: [UInt8] = []
    for field in fields {
      for part in try parts(of: field, &template, files, span) {
        bytes += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part.name)\"".utf8
        if let name = part.fileName { bytes += "; filename=\"\(name)\"".utf8 }
        bytes += "\r\n".utf8
        if let type = part.type { bytes += "Content-Type: \(type)\r\n".utf8 }
        bytes += "\r\n".utf8 + part.bytes + "\r\n".utf8
      }
    }
    bytes += "--\(boundary)--\r\n".utf8
    return RequestBody(
      bytes: bytes, contentType: "multipart/form-data; boundary=\(boundary)", kind: .parts)
  }

  private struct Part {
    let name: String
    var fileName: String?
    var type: String?
    var bytes: [UInt8]
  }

  /// A field is one part; a field of several files is one for each.
  private static func parts(
    of field: Value, _ template: inout TemplateText, _ files: BodyFiles, _ span: SourceSpan
  ) throws(Diagnostic) -> [Part] {
    let name = quoted(template.fill(field["key"]?.text ?? ""))
    let written = field["contentType"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    let type = written.map { template.fill($0) }
    guard field["type"]?.text == "file" else {
      let value = field["value"].map { $0.isNull ? "" : $0.substitution } ?? ""
      return [Part(name: name, type: type, bytes: Array(template.fill(value).utf8))]
    }
    let sources: [Value] =
      switch field["src"] {
      case .array(let list)?: list.isEmpty ? [.null] : list
      case let single?: [single]
      case nil: [.null]
      }
    var parts: [Part] = []
    for source in sources {
      guard let path = source.text, !path.isEmpty else {
        parts.append(Part(name: name, fileName: "", type: type, bytes: []))
        continue
      }
      let filled = template.fill(path)
      let base = String(filled.split(separator: "/").last ?? "")
      parts.append(
        Part(
          name: name, fileName: quoted(field["fileName"]?.text ?? base),
          type: type ?? MediaTypeName.ofFile(base), bytes: try files.read(filled, at: span)))
    }
    return parts
  }

  /// Names go out as they are, quotes included, as Postman sends them; only what would end the line
  /// is encoded (HTML, multipart/form-data).
  private static func quoted(_ text: String) -> String {
    text.replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }

  private static func file(
    _ value: Value, _ template: inout TemplateText, _ files: BodyFiles, _ span: SourceSpan
  ) throws(Diagnostic) -> RequestBody? {
    if let content = value["content"]?.text, let bytes = Base64.decode(content.utf8) {
      return RequestBody(bytes: bytes, contentType: nil)
    }
    guard let path = value["src"]?.text, !path.isEmpty else { return nil }
    let filled = template.fill(path)
    return RequestBody(
      bytes: try files.read(filled, at: span), contentType: MediaTypeName.ofFile(filled),
      kind: .file)
  }

  private static func boundary(of contentType: String?) -> String? {
    guard let range = contentType?.firstRange(of: "boundary="), let contentType else { return nil }
    let text = contentType[range.upperBound...].prefix { $0 != ";" }.filter { $0 != "\"" }
    return text.isEmpty ? nil : text
  }

  private static func freshBoundary(_ template: inout TemplateText) -> String {
    let digits = template.dynamic.uuid().filter { $0 != "-" }
    return "--------------------------" + digits.prefix(24)
  }

  // MARK: GraphQL

  private static func graphql(_ value: Value?, _ template: inout TemplateText) -> RequestBody? {
    guard let value, let query = value["query"]?.text else { return nil }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("query", template.fill(query))
      if let name = value["operationName"]?.text, !name.isEmpty {
        writer.member("operationName", template.fill(name))
      }
      switch value["variables"] {
      case .string(let text)? where !text.isEmpty:
        writer.name("variables")
        writer.number(template.fill(text))
      case .object(let members)?:
        writer.name("variables")
        writer.value(.object(members))
      default: break
      }
    }
    return RequestBody(bytes: writer.bytes, contentType: "application/json")
  }
}
