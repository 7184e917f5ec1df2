internal import AssayModel

// The sentences of this room: what can be wrong with a collection, an environment or data.
extension Diagnostic {
  static func unknownFormat(_ file: SourceFile, at span: SourceSpan, _ reason: String)
    -> Diagnostic
  {
    Diagnostic(.error, "collection.unknown-format", "`\(file.name)` is no collection")
      .pointing(at: span, reason)
      .hinting("collections of the formats 2.0 and 2.1 are read")
  }

  static func unsupportedFormat(_ file: SourceFile, _ format: String, at span: SourceSpan)
    -> Diagnostic
  {
    Diagnostic(
      .error, "collection.unsupported-format", "`\(file.name)` has the format \(format)"
    )
    .pointing(at: span, "recognised by this")
    .hinting("collections of the formats 2.0 and 2.1 are read")
  }

  static func noItems(_ file: SourceFile, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "collection.no-items", "`\(file.name)` has no list of items")
      .pointing(at: span, "a collection has `info` and `item`")
  }

  static func notAnObject(_ what: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "collection.not-an-object", "\(what) is no object")
      .pointing(at: span, "an object is needed here")
  }

  static func noRequest(_ name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "collection.no-request", "the item `\(name)` has no request")
      .pointing(at: span, "neither a folder nor a request")
  }

  /// A `{{name}}` that no scope defines.
  static func undefinedVariable(
    _ name: String, at span: SourceSpan, nearest: String?
  ) -> Diagnostic {
    Diagnostic(.warning, "collection.undefined-variable", "no scope defines `\(name)`")
      .pointing(at: span, "sent as it is written")
      .hinting(nearest.map { "`\($0)` is defined" })
  }

  static func noURL(_ name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "collection.no-url", "the request `\(name)` has no URL")
      .pointing(at: span, "nothing is sent")
  }

  static func invalidHeader(_ name: String, _ reason: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "collection.invalid-header", "the header field `\(name)` \(reason)")
      .pointing(at: span, "nothing is sent")
  }

  static func unsupportedAuth(_ type: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .error, "collection.unsupported-auth", "the auth type `\(type)` is not supported"
    )
    .pointing(at: span, "nothing is sent")
    .hinting("basic, bearer, apikey, and oauth2 with a token are supported")
  }

  static func unusableFile(_ reason: Diagnostic, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "collection.unusable-file", reason.message)
      .pointing(at: span, "nothing is sent").hinting(reason.hint)
  }

  static func noValues(_ file: SourceFile, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "environment.no-values", "`\(file.name)` has no list of values")
      .pointing(at: span, "an environment has `values`")
  }

  static func dataNotRows(_ file: SourceFile, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "data.not-rows", "`\(file.name)` is no list of objects")
      .pointing(at: span, "each row is an object")
  }

  static func raggedRow(_ span: SourceSpan, expected: Int, found: Int) -> Diagnostic {
    Diagnostic(
      .warning, "data.ragged-row", "a row has \(found) fields and the header has \(expected)"
    )
    .pointing(at: span, "this row")
  }

  static func unterminatedQuote(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "data.unterminated-quote", "a quoted field never ends")
      .pointing(at: span, "it begins here")
  }
}
