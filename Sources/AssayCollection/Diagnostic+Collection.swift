internal import AssayModel

// The sentences of this room: what can be wrong with a collection, an environment or data.
extension Diagnostic {
  static func unknownFormat(_ file: SourceFile, at span: SourceSpan, _ reason: String)
    -> Diagnostic
  {
    Diagnostic(.error, "collection.unknown-format", "`\(file.name)` is no collection")
      .pointing(at: span, reason)
      .hinting("collections of the formats 1, 2.0, 2.1 and 3 are read")
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

  /// Sent as it is, as other runners do; what the server makes of it is then judged.
  static func unknownAuth(_ type: String, nearest: String?, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "collection.unknown-auth", "the auth type `\(type)` is not known")
      .pointing(at: span, "requests under it are sent unsigned")
      .hinting(nearest.map { "`\($0)` is known" })
  }

  static func verificationKept(at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .warning, "collection.verification-kept",
      "the server's certificate is verified although the collection asks for less"
    )
    .pointing(at: span, "`strictSSL` is off for this request")
    .hinting("only `--insecure` turns verification off")
  }

  static func unsigned(_ type: String, _ reason: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .warning, "collection.unsigned", "the request is sent without its \(type) signature"
    )
    .pointing(at: span, reason)
  }

  static func noToken(_ url: String, _ reason: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "collection.no-token", "no token came from \(url): \(reason)")
      .pointing(at: span, "nothing is sent")
  }

  /// A name whose value leads back to it.
  static func cyclicVariable(
    _ name: String, at span: SourceSpan, defined: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      .warning, "collection.cyclic-variable", "the value of `\(name)` leads back to itself"
    )
    .pointing(at: span, "sent as it is written")
    .pointing(at: defined, "defined here")
  }

  static func unknownID(_ id: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "collection.unknown-id", "no request has the id `\(id)`")
      .pointing(at: span, "named here")
  }

  static func skippedKind(_ kind: String, name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .warning, "collection.skipped-kind", "`\(name)` is a \(kind), and only HTTP is run"
    )
    .pointing(at: span, "left out")
  }

  static func noRequestFiles(_ path: String) -> Diagnostic {
    Diagnostic(.error, "collection.no-request-files", "`\(path)` holds no request")
      .hinting("a folder of requests has files that end in `.request.yaml`")
  }

  static func foldersTooDeep(_ path: String) -> Diagnostic {
    Diagnostic(
      .warning, "collection.folders-too-deep",
      "`\(path)` lies too deep; what is in it loses its place")
  }

  static func repeatedName(
    _ name: String, first: SourceSpan, second: SourceSpan
  ) -> Diagnostic {
    Diagnostic(.warning, "collection.repeated-name", "`\(name)` stands twice in one object")
      .pointing(at: second, "this one counts").pointing(at: first, "the first one")
  }

  static func repeatedItem(
    _ name: String, first: SourceSpan, second: SourceSpan
  ) -> Diagnostic {
    Diagnostic(.warning, "collection.repeated-item", "two requests here are called `\(name)`")
      .pointing(at: second, "the second").pointing(at: first, "the first")
      .hinting("scripts and `--folder` cannot tell them apart by name")
  }

  static func repeatedVariable(
    _ name: String, first: SourceSpan, second: SourceSpan
  ) -> Diagnostic {
    Diagnostic(.warning, "environment.repeated-variable", "the variable `\(name)` stands twice")
      .pointing(at: second, "this one counts").pointing(at: first, "the first one")
  }

  static func misspeltField(_ name: String, nearest: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "collection.unknown-field", "the field `\(name)` means nothing here")
      .pointing(at: span, "it is passed over").hinting("`\(nearest)` is a field")
  }

  static func unknownMoment(_ name: String, nearest: String?, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "collection.unknown-event", "no script runs at `\(name)`")
      .pointing(at: span, "its script is passed over")
      .hinting(nearest.map { "`\($0)` is a moment at which scripts run" })
  }

  static func plainSecret(_ what: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "collection.plain-secret", "\(what) stands in plain text")
      .pointing(at: span, "not shown", hidingText: true)
      .hinting("`{{vault:NAME}}` takes it from the file that `--secrets` names")
  }

  static func unusableFile(_ reason: Diagnostic, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "collection.unusable-file", reason.message)
      .pointing(at: span, "nothing is sent").hinting(reason.hint)
  }

  static func noValues(_ file: SourceFile, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "environment.no-values", "`\(file.name)` has no list of values")
      .pointing(at: span, "an environment has `values`")
  }

  static func noSecrets(_ file: SourceFile, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "secrets.not-a-map", "`\(file.name)` holds no secrets")
      .pointing(at: span, "a map of names to values is needed")
  }

  static func secretNotText(_ name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "secrets.not-text", "the secret `\(name)` is no text")
      .pointing(at: span, "a value without parts is needed")
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

  static func repeatedColumn(_ name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.warning, "data.repeated-column", "the column `\(name)` stands twice")
      .pointing(at: span, "the last one counts")
  }

  static func rowTooLong(_ span: SourceSpan, limit: Int) -> Diagnostic {
    Diagnostic(.error, "data.row-too-long", "a row is longer than \(limit) MiB")
      .pointing(at: span, "it begins here")
      .hinting("a quote that is never closed takes the rest of the file into one field")
  }

  static func unterminatedQuote(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "data.unterminated-quote", "a quoted field never ends")
      .pointing(at: span, "it begins here")
  }
}
