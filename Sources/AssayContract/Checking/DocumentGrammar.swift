internal import AssayModel

/// What may stand where in an OpenAPI document: for each kind of object its fields.
///
/// A field reads `name:kind`; `!` behind the name makes it required, `[kind]` is a list, `{kind}` a map,
/// `kind~` may be a reference instead, and `@31` or `@32` says since when it is there.
struct DocumentGrammar: Sendable {
  indirect enum Kind: Sendable, Hashable {
    case any, string, bool, schema
    case object(String)
    case list(Kind), map(Kind)
    case orReference(Kind)
  }

  struct Field: Sendable {
    let name: [UInt8]
    let text: String
    let kind: Kind
    let isRequired: Bool
  }

  struct Shape: Sendable {
    let name: String
    fileprivate(set) var fields: [Field] = []
    /// What values may stand under names of the document's own.
    fileprivate(set) var others: Kind?
  }

  let shapes: [String: Shape]
  let schemaKeywords: Set<String>

  static let two = DocumentGrammar(text2, keywords: keywords30.union(["discriminator"]), since: 20)
  static let three0 = DocumentGrammar(text3, keywords: keywords30, since: 30)
  static let three1 = DocumentGrammar(text3, keywords: keywords31, since: 31)
  static let three2 = DocumentGrammar(text3, keywords: keywords31, since: 32)

  private init(_ text: String, keywords: Set<String>, since version: Int) {
    var shapes: [String: Shape] = [:]
    for line in text.split(separator: "\n") {
      guard let (name, rest) = String(line).parted(at: " = ") else { continue }
      var shape = Shape(name: String(name))
      for word in rest.split(separator: " ") {
        let parts = word.split(separator: "@")
        if parts.count == 2, let since = Int(parts[1]), version < since { continue }
        guard let (field, kind) = String(parts[0]).parted(at: ":") else { continue }
        if field == "*" {
          shape.others = Self.kind(kind)
          continue
        }
        let isRequired = field.hasSuffix("!")
        let plain = String(isRequired ? field.dropLast() : field)
        shape.fields.append(
          Field(name: Array(plain.utf8), text: plain, kind: Self.kind(kind), isRequired: isRequired)
        )
      }
      shapes[shape.name] = shape
    }
    self.shapes = shapes
    schemaKeywords = keywords
  }

  private static func kind(_ text: Substring) -> Kind {
    if text.hasPrefix("[") { return .list(kind(text.dropFirst().dropLast())) }
    if text.hasPrefix("{") { return .map(kind(text.dropFirst().dropLast())) }
    if text.hasSuffix("~") { return .orReference(kind(text.dropLast())) }
    switch text {
    case "any": return .any
    case "string": return .string
    case "bool": return .bool
    case "schema": return .schema
    default: return .object(String(text))
    }
  }

  // MARK: The tables

  private static let text3 = """
    document = openapi!:string info!:info servers:[server] paths:paths components:components \
    security:[any] tags:[tag] externalDocs:docs webhooks:{path}@31 jsonSchemaDialect:string@31 \
    $self:string@32
    info = title!:string version!:string description:string termsOfService:string contact:contact \
    license:license summary:string@31
    contact = name:string url:string email:string
    license = name!:string url:string identifier:string@31
    server = url!:string description:string variables:{variable} name:string@32
    variable = default!:string enum:[string] description:string
    components = schemas:{schema} responses:{response~} parameters:{parameter~} examples:{example~} \
    requestBodies:{requestBody~} headers:{header~} securitySchemes:{scheme~} links:{link~} \
    callbacks:{callback~} pathItems:{path}@31 mediaTypes:{media~}@32
    paths = *:path
    path = $ref:string summary:string description:string get:operation put:operation post:operation \
    delete:operation options:operation head:operation patch:operation trace:operation \
    servers:[server] parameters:[parameter~] query:operation@32 additionalOperations:{operation}@32
    operation = tags:[string] summary:string description:string externalDocs:docs operationId:string \
    parameters:[parameter~] requestBody:requestBody~ responses:responses callbacks:{callback~} \
    deprecated:bool security:[any] servers:[server]
    docs = url!:string description:string
    parameter = name!:string in!:string description:string required:bool deprecated:bool \
    allowEmptyValue:bool style:string explode:bool allowReserved:bool schema:schema example:any \
    examples:{example~} content:{media~}
    requestBody = description:string content!:{media~} required:bool
    media = description:string@32 schema:schema example:any examples:{example~} encoding:{encoding} itemSchema:schema@32 \
    prefixEncoding:[encoding]@32 itemEncoding:encoding@32
    encoding = contentType:string headers:{header~} style:string explode:bool allowReserved:bool \
    encoding:{encoding}@32 prefixEncoding:[encoding]@32 itemEncoding:encoding@32
    responses = *:response~
    response = description:string headers:{header~} content:{media~} links:{link~} summary:string@32
    callback = *:path
    example = summary:string description:string value:any externalValue:string dataValue:any@32 \
    serializedValue:string@32
    link = operationRef:string operationId:string parameters:{any} requestBody:any \
    description:string server:server
    header = description:string required:bool deprecated:bool allowEmptyValue:bool style:string \
    explode:bool allowReserved:bool schema:schema example:any examples:{example~} content:{media~}
    tag = name!:string description:string externalDocs:docs summary:string@32 parent:string@32 \
    kind:string@32
    scheme = type!:string description:string name:string in:string scheme:string \
    bearerFormat:string flows:flows openIdConnectUrl:string deprecated:bool@32 \
    oauth2MetadataUrl:string@32
    flows = implicit:flow password:flow clientCredentials:flow authorizationCode:flow \
    deviceAuthorization:flow@32
    flow = authorizationUrl:string tokenUrl:string refreshUrl:string scopes!:{string} \
    deviceAuthorizationUrl:string@32
    """

  private static let text2 = """
    document = swagger!:string info!:info host:string basePath:string schemes:[string] \
    consumes:[string] produces:[string] paths!:paths definitions:{schema} parameters:{parameter} \
    responses:{response} securityDefinitions:{scheme} security:[any] tags:[tag] externalDocs:docs
    info = title!:string version!:string description:string termsOfService:string contact:contact \
    license:license
    contact = name:string url:string email:string
    license = name!:string url:string
    paths = *:path
    path = $ref:string get:operation put:operation post:operation delete:operation \
    options:operation head:operation patch:operation parameters:[parameter~]
    operation = tags:[string] summary:string description:string externalDocs:docs operationId:string \
    consumes:[string] produces:[string] parameters:[parameter~] responses!:responses \
    schemes:[string] deprecated:bool security:[any]
    docs = url!:string description:string
    parameter = name!:string in!:string description:string required:bool schema:schema type:string \
    format:string allowEmptyValue:bool items:any collectionFormat:string default:any maximum:any \
    exclusiveMaximum:bool minimum:any exclusiveMinimum:bool maxLength:any minLength:any \
    pattern:string maxItems:any minItems:any uniqueItems:bool enum:any multipleOf:any
    responses = *:response~
    response = description!:string schema:schema headers:{header} examples:any
    header = description:string type!:string format:string items:any collectionFormat:string \
    default:any maximum:any exclusiveMaximum:bool minimum:any exclusiveMinimum:bool maxLength:any \
    minLength:any pattern:string maxItems:any minItems:any uniqueItems:bool enum:any multipleOf:any
    tag = name!:string description:string externalDocs:docs
    scheme = type!:string description:string name:string in:string flow:string \
    authorizationUrl:string tokenUrl:string scopes:any
    """

  private static let keywords30: Set<String> = [
    "title", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum",
    "maxLength",
    "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties",
    "required", "enum", "type", "allOf", "oneOf", "anyOf", "not", "items", "properties",
    "additionalProperties", "description", "format", "default", "nullable", "discriminator",
    "readOnly", "writeOnly", "xml", "externalDocs", "example", "deprecated", "$ref",
  ]

  static let keywords31: Set<String> = keywords30.union([
    "$id", "$schema", "$anchor", "$dynamicAnchor", "$dynamicRef", "$defs", "$comment",
    "$vocabulary",
    "$recursiveRef", "$recursiveAnchor", "const", "contains", "minContains", "maxContains",
    "patternProperties", "propertyNames", "prefixItems", "if", "then", "else", "dependentSchemas",
    "dependentRequired", "dependencies", "unevaluatedItems", "unevaluatedProperties",
    "contentEncoding", "contentMediaType", "contentSchema", "examples", "definitions", "id",
    "additionalItems",
  ])
}
