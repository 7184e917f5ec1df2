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
  /// Alternatives, each of which asks for several schemes; none where anybody may call.
  let security: [[SecurityScheme]]
  /// Where it alone is served; nil where it is with the others.
  let servers: [Contract.Server]?

  var name: String { "\(method) \(template.text)" }
  var id: String? { node["operationId"]?.string }

  struct Parameter: Sendable {
    /// The last is the whole query as one value, since 3.2.
    enum Location: String, Sendable { case path, query, header, cookie, querystring }
    let name: String
    let location: Location
    let isRequired: Bool
    let schema: SchemaID?
    /// How its value is written; nil for what cannot be read.
    let encoding: ParameterEncoding?
    let node: Node
  }

  /// One thing that a request may have to carry, and where it would be seen.
  struct SecurityScheme: Sendable {
    enum Place: Sendable {
      case header(String), query(String), cookie(String)
      case authorization(scheme: String)
      /// Such as a client's certificate, which no request shows.
      case unseen
    }
    let name: String
    let place: Place
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
    /// Where it leads to, by name.
    let links: [(name: String, node: Node)]
    let node: Node

    func covers(_ code: Int) -> Bool {
      status == String(code) || status.uppercased() == "\(code / 100)XX"
    }
  }

  struct MediaRule: Sendable {
    let range: MediaType
    let schema: SchemaID?
    /// The schema of each value where there are many, since 3.2.
    var item: SchemaID?
    let node: Node
    /// What is said of single parts, beside the schema.
    var parts: [String: PartRule] = [:]
    var examples: [Example] = []
  }

  /// A value that the contract shows; only some have names.
  struct Example: Sendable {
    let name: String
    let node: Node
  }

  /// The types that a part of a body may have, and the fields that come with it.
  struct PartRule: Sendable {
    let types: [MediaType]
    let headers: [HeaderRule]
  }

  struct HeaderRule: Sendable {
    let name: String
    let isRequired: Bool
    let schema: SchemaID?
    let encoding: ParameterEncoding?
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
  /// Names in lower case; `charset` says how bytes are read and tells no two types apart.
  private(set) var parameters: [String: String]

  /// Removes a parameter that says something about the type and belongs to none, such as a weight.
  mutating func takeParameter(_ name: String) -> String? { parameters.removeValue(forKey: name) }

  /// What nearly every body is.
  private static let json = MediaType(type: "application", subtype: "json")

  private init(type: String, subtype: String) {
    self.type = type
    self.subtype = subtype
    parameters = [:]
  }

  init?(_ text: String) {
    if text == "application/json" {
      self = Self.json
      return
    }
    let parts = text.split(separator: ";", omittingEmptySubsequences: false)
    let essence = (parts.first ?? "").split(separator: "/", omittingEmptySubsequences: false)
    guard essence.count == 2 else { return nil }
    func trimmed(_ part: Substring) -> String { part.filter { $0 != " " && $0 != "\t" } }
    type = trimmed(essence[0]).lowercased()
    subtype = trimmed(essence[1]).lowercased()
    guard !type.isEmpty, !subtype.isEmpty else { return nil }
    var parameters: [String: String] = [:]
    for part in parts.dropFirst() {
      let halves = part.split(separator: "=", maxSplits: 1)
      guard halves.count == 2 else { continue }
      let name = trimmed(halves[0]).lowercased()
      if name != "charset" { parameters[name] = trimmed(halves[1]).filter { $0 != "\"" } }
    }
    self.parameters = parameters
  }

  /// Without parameters.
  var essence: String { "\(type)/\(subtype)" }

  var text: String {
    let tail = parameters.sorted { $0.key < $1.key }.map { ";\($0.key)=\($0.value)" }.joined()
    return "\(type)/\(subtype)" + tail
  }

  /// JSON by name or by suffix (RFC 6839).
  var isJSON: Bool { subtype == "json" || subtype.hasSuffix("+json") }

  /// XML by name or by suffix (RFC 7303).
  var isXML: Bool {
    subtype == "xml" && (type == "application" || type == "text") || subtype.hasSuffix("+xml")
  }

  /// RFC 9512, and the names from before it.
  var isYAML: Bool {
    ["yaml", "x-yaml", "vnd.yaml"].contains(subtype) || subtype.hasSuffix("+yaml")
  }

  func includes(_ other: MediaType) -> Bool {
    (type == "*" || type == other.type) && (subtype == "*" || subtype == other.subtype)
      && parameters.allSatisfy { other.parameters[$0.key] == $0.value }
  }

  /// The more it says, the more it weighs.
  var weight: Int { (type == "*" ? 0 : 1) + (subtype == "*" ? 0 : 2) + 4 * parameters.count }
}

extension [Operation.MediaRule] {
  /// The most specific rule that includes a media type.
  func rule(for type: MediaType) -> Operation.MediaRule? {
    filter { $0.range.includes(type) }.max { $0.range.weight < $1.range.weight }
  }
}
