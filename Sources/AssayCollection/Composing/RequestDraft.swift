internal import AssayModel
internal import AssayText

/// The request of an item in one shape, whatever shape the file gave it: what scripts read and
/// change, and what is composed from.
enum RequestDraft {
  /// `method`, `url`, `header`, `body`, `auth` and `behaviour`.
  static func make(_ node: Node?, auth: Value, behaviour: [Value.Member]) -> Value {
    var members: [Value.Member] = []
    let isText = node?.string != nil
    let method = isText ? nil : node?["method"]?.string
    members.append(
      .init("method", .string(method.flatMap { $0.isEmpty ? nil : $0.uppercased() } ?? "GET")))
    members.append(.init("url", url(isText ? node : node?["url"])))
    members.append(.init("header", .array(headers(isText ? nil : node?["header"]))))
    let body = isText ? nil : node?["body"]
    if let body, !body.isNull, body["disabled"]?.bool != true {
      members.append(.init("body", body.string.map(rawBody) ?? body.value))
    }
    if !auth.isNull { members.append(.init("auth", auth)) }
    for name in ["certificate", "proxy"] {
      guard !isText, let part = node?[name], part.isObject else { continue }
      members.append(.init(name, part.value))
    }
    if let description = node?["description"], !isText {
      members.append(.init("description", description.value))
    }
    members.append(.init("behaviour", .object(behaviour)))
    return .object(members)
  }

  private static func rawBody(_ text: String) -> Value {
    .object([.init("mode", .string("raw")), .init("raw", .string(text))])
  }

  private static func url(_ node: Node?) -> Value {
    guard let node else { return .string("") }
    guard node.isObject else { return .string(node.string ?? "") }
    // Without parts the raw text is all there is to go by.
    let hasParts = node["host"] != nil || node["path"] != nil
    if !hasParts, let raw = node["raw"]?.string {
      return .string(
        node["variable"].map { RequestURL.filling(pathOf: raw, from: $0.value) } ?? raw)
    }
    return node.value
  }

  /// Header fields are a list, or one text with a line each.
  static func headers(_ node: Node?) -> [Value] {
    guard let text = node?.string else { return node?.elements.map(\.value) ?? [] }
    return text.split(whereSeparator: { $0.isNewline }).compactMap { line in
      guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      return .object([
        .init("key", .string(String(line[..<colon]))), .init("value", .string(String(value))),
      ])
    }
  }
}
