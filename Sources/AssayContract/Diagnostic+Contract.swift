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
