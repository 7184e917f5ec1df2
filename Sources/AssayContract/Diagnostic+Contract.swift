internal import AssayModel
internal import AssayText

// The sentences of this room: what can be wrong with a contract.
extension Diagnostic {
  static func unknownContract(_ file: SourceFile) -> Diagnostic {
    Diagnostic(
      .error, "contract.unknown-format", "`\(file.name)` is no OpenAPI document"
    )
    .pointing(at: file.start, "neither `openapi` nor `swagger` stands at the top")
    .hinting("OpenAPI 2.0, 3.0, 3.1 and 3.2 are read, as JSON or YAML")
  }

  static func unknownVersion(_ version: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "contract.unknown-version", "OpenAPI `\(version)` is not known")
      .pointing(at: span, "this version")
      .hinting("2.0, 3.0, 3.1 and 3.2 are read")
  }

  static func unresolvedReference(_ text: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "contract.unresolved-reference", "`\(text)` leads nowhere")
      .pointing(at: span, "referred to here")
      .noting("what rests on it is not judged")
  }

  static func referenceCycle(_ text: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "contract.reference-cycle", "`\(text)` leads back to itself")
      .pointing(at: span, "this reference")
  }

  static func unknownDocument(_ path: String, _ from: SourceFile) -> Diagnostic {
    Diagnostic(.warning, "schema.unknown-document", "`\(path)` is not known to `\(from.name)`")
      .hinting("references lead to documents that are named, and to files beside the schema")
  }

  static func unknownMetaSchema(_ uri: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "schema.unknown-meta-schema", "the meta-schema `\(uri)` is not known")
      .pointing(at: span, "named here")
      .noting("the schema is read by the draft of what holds it")
  }

  static func unknownType(_ name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "contract.unknown-type", "`\(name)` is no type")
      .pointing(at: span, "this type restricts nothing")
      .hinting("types are string, number, integer, boolean, array, object and null")
  }

  static func nullableWithoutType(at span: SourceSpan, counts: Bool) -> Diagnostic {
    Diagnostic(.note, "contract.nullable-without-type", "`nullable` stands without `type`")
      .pointing(
        at: span, counts ? "read as the author meant it: null is allowed" : "this has no effect"
      )
      .noting("OpenAPI 3.0.3 gives it an effect beside `type` alone")
  }

  static func unknownField(
    _ name: String, of object: String, at span: SourceSpan, nearest: String?
  ) -> Diagnostic {
    Diagnostic(
      .warning, "contract.unknown-field",
      "`\(name)` is no \(object == "schema" ? "keyword of a schema" : "field of \(object.withArticle)")"
    )
    .pointing(at: span, "this has no effect")
    .hinting(nearest.map { "`\($0)` is one" })
  }

  static func missingField(_ name: String, of object: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "contract.missing-field", "\(object.withArticle) needs `\(name)`")
      .pointing(at: span, "here it is missing")
  }

  static func wrongKind(_ expected: String, at node: Node) -> Diagnostic {
    Diagnostic(.warning, "contract.wrong-kind", "\(expected) belongs here")
      .pointing(at: node.span, "this is \(node.shown)")
  }

  static func pathWithoutSlash(_ name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "contract.unknown-field", "the path `\(name)` does not begin with a slash")
      .pointing(at: span, "no call can belong to it")
  }

  static func duplicateOperation(
    _ name: String, at span: SourceSpan, first: SourceSpan
  ) -> Diagnostic {
    Diagnostic(
      .warning, "contract.duplicate-operation", "the operation id `\(name)` is given twice"
    )
    .pointing(at: span, "here again")
    .pointing(at: first, "here first")
  }

  static func unknownPlace(_ name: String, at span: SourceSpan, places: [String]) -> Diagnostic {
    Diagnostic(.warning, "contract.unknown-place", "`\(name)` is no place of a parameter")
      .pointing(at: span, "this parameter is not judged")
      .hinting("there are \(places.joined(separator: ", "))")
  }

  static func optionalPathParameter(_ name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .warning, "contract.optional-path-parameter",
      "the path parameter `\(name)` is not marked as required"
    )
    .pointing(at: span, "`required: true` is missing")
  }

  static func undeclaredPathParameter(
    _ name: String, _ operation: String, at span: SourceSpan
  ) -> Diagnostic {
    Diagnostic(
      .warning, "contract.undeclared-parameter",
      "`{\(name)}` of `\(operation)` is described nowhere"
    )
    .pointing(at: span, "any text counts there")
  }

  static func foreignPathParameter(
    _ name: String, _ operation: String, at span: SourceSpan
  ) -> Diagnostic {
    Diagnostic(
      .warning, "contract.unused-parameter",
      "the path of `\(operation)` has no place for the parameter `\(name)`"
    )
    .pointing(at: span, "it is never judged")
  }

  static func repeatedParameter(_ name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .warning, "contract.repeated-parameter", "the parameter `\(name)` is described twice"
    )
    .pointing(at: span, "here again")
  }

  static func repeatedName(_ name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "contract.repeated-name", "`\(name)` is required twice")
      .pointing(at: span, "here again")
  }

  static func unknownStatus(_ name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "contract.unknown-status", "`\(name)` is no status")
      .pointing(at: span, "no response can belong to it")
      .hinting("a status is written as `200`, `2XX` or `default`")
  }

  static func keywordWithoutEffect(_ name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .warning, "contract.keyword-without-effect", "`\(name)` has no effect in this version"
    )
    .pointing(at: span, "OpenAPI knows it since 3.1")
  }

  static func fieldOfOtherPlace(_ name: String, _ place: String, at span: SourceSpan) -> Diagnostic
  {
    Diagnostic(
      .warning, "contract.unknown-field", "a parameter of `\(place)` has no field `\(name)`"
    )
    .pointing(at: span, "this has no effect")
  }

  static func exclusiveFields(_ one: String, _ other: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .warning, "contract.exclusive-fields", "`\(one)` and `\(other)` stand beside each other"
    )
    .pointing(at: span, "one of them excludes the other")
  }

  static func defaultBreaksSchema(_ message: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "contract.default-breaks-schema", "the default breaks its own schema")
      .pointing(at: span, message)
  }

  static func valueOfOtherType(_ what: String, _ types: String, at node: Node) -> Diagnostic {
    Diagnostic(
      .warning, "contract.value-of-other-type",
      what == "default"
        ? "the default is of another type" : "a value of the enum is of another type"
    )
    .pointing(at: node.span, "\(types) is asked for")
  }

  static func unknownFormat(_ name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.note, "contract.unknown-format-name", "the format `\(name)` is not checked")
      .pointing(at: span, "no rule of Assay's has this name")
  }

  static func unusablePattern(
    _ source: String, _ refusal: Pattern.Refusal, at span: SourceSpan
  ) -> Diagnostic {
    let reason =
      switch refusal {
      case .invalid(let reason, let offset): "\(reason), at character \(offset + 1)"
      case .unsupported(let reason): reason
      }
    return Diagnostic(
      .warning, "contract.unusable-pattern", "the pattern cannot be used: \(reason)"
    )
    .pointing(at: span, "this pattern")
    .noting("what rests on it is not judged")
  }

  static func unknownOperation(_ name: String, _ file: SourceFile, nearest: String?) -> Diagnostic {
    Diagnostic(
      .error, "contract.unknown-operation", "`\(file.name)` has no operation `\(name)`"
    )
    .hinting(
      nearest.map { "`\($0)` is one" } ?? "an operation is named by its id, or as `GET /pets/{id}`")
  }

  static func undocumentedStatus(
    _ status: Int, of operation: String, at span: SourceSpan, documented: [String]
  ) -> Diagnostic {
    Diagnostic(.error, "contract.status", "`\(operation)` documents no status \(status)")
      .pointing(at: span, "there are \(documented.joined(separator: ", "))")
  }

  static func noBodySchema(
    _ what: String, of operation: String, at span: SourceSpan, types: [String]
  ) -> Diagnostic {
    Diagnostic(.error, "contract.no-schema", "`\(operation)` has no schema for the body of \(what)")
      .pointing(
        at: span, types.isEmpty ? "no content here" : "there are \(types.joined(separator: ", "))")
  }

  static func duplicatePath(_ template: String, at span: SourceSpan, first: SourceSpan)
    -> Diagnostic
  {
    Diagnostic(.warning, "contract.ambiguous-path", "two paths fit the same calls: `\(template)`")
      .pointing(at: span, "this one is never reached")
      .pointing(at: first, "this one comes first")
  }

  static func duplicateName(_ duplicate: Document.DuplicateName) -> Diagnostic {
    Diagnostic(
      .warning, "contract.duplicate-name", "the name `\(duplicate.name)` stands twice in one object"
    )
    .pointing(at: duplicate.second, "this one counts")
    .pointing(at: duplicate.first, "this one does not")
  }
}

extension Diagnostic {
  /// The code and the first place, by which two of them are the same.
  var whereabouts: String {
    code + (labels.first.map { " \($0.span.file.name) \($0.span.range.lowerBound)" } ?? message)
  }
}

extension String {
  /// `an operation`, and `the document`, of which there is one.
  fileprivate var withArticle: String {
    if self == "document" { return "the document" }
    if self == "info" { return "`info`" }
    return ("aeiou".contains(prefix(1)) ? "an " : "a ") + self
  }
}
