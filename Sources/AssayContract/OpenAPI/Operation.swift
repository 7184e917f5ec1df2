internal import AssayModel
internal import AssayText

/// One operation of a contract with everything that judging needs.
struct Operation: Sendable {
  let method: String
  let template: PathTemplate
  let node: Node
  let isDeprecated: Bool
  let parameters: [Parameter]
  let body: RequestBody?
  let responses: [ResponseRule]

  var name: String { "\(method) \(template.text)" }

  struct Parameter: Sendable {
    enum Location: String, Sendable { case path, query, header, cookie }
    let name: String
    let location: Location
    let isRequired: Bool
    let schema: SchemaID?
    /// What a text has to become before the schema can look at it.
    let shape: Shape
    let node: Node

    /// How a value is written into the request.
    enum Shape: Sendable, Hashable {
      case text
      /// A list behind one name, split at commas, or one value for each time the name is given.
      case list(isExploded: Bool)
      /// Objects, other styles and `content`: not judged here.
      case unread
    }
  }

  struct RequestBody: Sendable {
    let isRequired: Bool
    let content: [MediaRule]
    let node: Node
  }

  /// What is promised for a status: `200`, `2XX` or `default`.
  struct ResponseRule: Sendable {
    let status: String
    let content: [MediaRule]
    let headers: [HeaderRule]
    let node: Node

    func covers(_ code: Int) -> Bool {
      status == String(code) || status.uppercased() == "\(code / 100)XX"
    }
  }

  struct MediaRule: Sendable {
    let range: MediaType
    let schema: SchemaID?
    let node: Node
  }

  struct HeaderRule: Sendable {
    let name: String
    let isRequired: Bool
    let schema: SchemaID?
    let isText: Bool
    let node: Node
  }

  /// The rule for a status: the exact one, then the range, then `default`.
  func rule(for status: Int) -> ResponseRule? {
    responses.first { $0.status == String(status) } ?? responses.first { $0.covers(status) }
      ?? responses.first { $0.status == "default" }
  }
}

/// A media type or range (RFC 9110, section 8.3.1 and 12.5.1).
struct MediaType: Sendable, Hashable {
  let type: String
  let subtype: String

  init?(_ text: String) {
    let essence = text.prefix { $0 != ";" }.split(separator: "/", omittingEmptySubsequences: false)
    guard essence.count == 2 else { return nil }
    func trimmed(_ part: Substring) -> String {
      part.filter { $0 != " " && $0 != "\t" }.lowercased()
    }
    type = trimmed(essence[0])
    subtype = trimmed(essence[1])
    guard !type.isEmpty, !subtype.isEmpty else { return nil }
  }

  var text: String { "\(type)/\(subtype)" }

  /// JSON by name or by suffix (RFC 6839).
  var isJSON: Bool { subtype == "json" || subtype.hasSuffix("+json") }

  func includes(_ other: MediaType) -> Bool {
    (type == "*" || type == other.type) && (subtype == "*" || subtype == other.subtype)
  }

  /// The more it says, the more it weighs.
  var weight: Int { (type == "*" ? 0 : 1) + (subtype == "*" ? 0 : 2) }
}

extension [Operation.MediaRule] {
  /// The most specific rule that includes a media type.
  func rule(for type: MediaType) -> Operation.MediaRule? {
    filter { $0.range.includes(type) }.max { $0.range.weight < $1.range.weight }
  }
}
