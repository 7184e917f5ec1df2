/// Which keywords mean what: OpenAPI's own dialect, and the drafts of JSON Schema.
enum SchemaDialect: Int, Sendable, Comparable {
  /// OpenAPI 2.0 and 3.0: a subset of draft 4 with extensions of its own.
  case openAPI30
  case draft4, draft6, draft7, draft2019
  /// Also that of OpenAPI 3.1 and later.
  case draft2020

  static func < (left: SchemaDialect, right: SchemaDialect) -> Bool {
    left.rawValue < right.rawValue
  }

  /// The dialect that a meta-schema of the specification describes; nil for another one.
  init?(metaSchema uri: String) {
    let plain = uri.hasSuffix("#") ? String(uri.dropLast()) : uri
    switch plain {
    case "http://json-schema.org/draft-04/schema", "https://json-schema.org/draft-04/schema":
      self = .draft4
    case "http://json-schema.org/draft-06/schema", "https://json-schema.org/draft-06/schema":
      self = .draft6
    case "http://json-schema.org/draft-07/schema", "https://json-schema.org/draft-07/schema":
      self = .draft7
    case "https://json-schema.org/draft/2019-09/schema": self = .draft2019
    case "https://json-schema.org/draft/2020-12/schema": self = .draft2020
    case _ where plain.hasPrefix("https://spec.openapis.org/oas/3."): self = .draft2020
    default: return nil
    }
  }

  /// The keyword that gives a schema a name of its own.
  var identifier: String { self == .draft4 || self == .openAPI30 ? "id" : "$id" }
  /// Whether nothing counts beside a reference.
  var referencesStandAlone: Bool { self < .draft2019 }
  /// Whether `exclusiveMinimum` is a flag beside `minimum`.
  var hasExclusiveFlags: Bool { self <= .draft4 }
  var isOpenAPI30: Bool { self == .openAPI30 }
}
