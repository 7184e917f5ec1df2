internal import AssayModel

// The sentences of this room: what can be wrong with a text before anybody knows what it is for.
extension Diagnostic {
  static func documentTooLarge(_ file: SourceFile, limit: Int) -> Diagnostic {
    Diagnostic(
      .error, "text.too-large",
      "`\(file.name)` has \(file.bytes.count) bytes and the limit is \(limit)")
  }

  static func invalidJSON(_ file: SourceFile, _ fault: JSONFault) -> Diagnostic {
    let (code, message, label, hint) = sentence(for: fault, in: file)
    let width = fault.kind == .unexpectedEnd || fault.kind == .empty ? 0 : 1
    let start = min(fault.offset, file.bytes.count)
    let span = SourceSpan(file: file, range: start..<min(start + width, file.bytes.count))
    return Diagnostic(.error, code, message).pointing(at: span, label).hinting(hint)
  }

  private static func sentence(
    for fault: JSONFault, in file: SourceFile
  ) -> (code: String, message: String, label: String, hint: String?) {
    let syntax = "text.json-syntax"
    let message = "`\(file.name)` is not valid JSON"
    let seen = shown(file, fault.offset)
    switch fault.kind {
    case .empty:
      return ("text.empty", "`\(file.name)` is empty", "a JSON value is needed here", nil)
    case .unexpectedEnd: return (syntax, message, "the text ends before its value does", nil)
    case .unexpectedByte:
      return (syntax, message, "a value was expected, not \(seen)", hintForByte(file, fault.offset))
    case .expectedName:
      return (
        syntax, message, "a name in double quotes was expected, not \(seen)",
        "JSON writes names in double quotes"
      )
    case .expectedColon: return (syntax, message, "`:` was expected, not \(seen)", nil)
    case .expectedComma: return (syntax, message, "`,` or the end was expected, not \(seen)", nil)
    case .trailingComma:
      return (syntax, message, "nothing follows the comma", "JSON has no trailing commas")
    case .trailingText: return (syntax, message, "text behind the end of the value", nil)
    case .invalidNumber: return (syntax, message, "a digit was expected", nil)
    case .leadingZero:
      return (syntax, message, "a number with a leading zero", "JSON writes `7`, not `07`")
    case .invalidLiteral:
      return (syntax, message, "neither `true`, `false` nor `null`", nil)
    case .controlInString:
      return (syntax, message, "a control character inside a string", "a line break is `\\n`")
    case .invalidEscape: return (syntax, message, "an escape that JSON does not have", nil)
    case .unterminatedString: return (syntax, message, "this string never ends", nil)
    case .invalidUTF8:
      return ("text.not-utf8", "`\(file.name)` is not UTF-8", "this byte is \(seen)", nil)
    case .tooDeep:
      return ("text.too-deep", "`\(file.name)` is nested too deeply", "one level too many", nil)
    case .tooManyNodes:
      return ("text.too-many-values", "`\(file.name)` has too many values", "one too many", nil)
    case .stringTooLong:
      return (
        "text.string-too-long",
        "`\(file.name)` holds a string or number longer than \(DocumentLimits.stringLength) bytes",
        "it begins here", nil
      )
    }
  }

  private static func shown(_ file: SourceFile, _ offset: Int) -> String {
    guard offset < file.bytes.count else { return "the end of the text" }
    let byte = file.bytes[offset]
    if byte > 0x20, byte < 0x7F { return "`\(Character(Unicode.Scalar(byte)))`" }
    return "the byte 0x" + String(byte, radix: 16, uppercase: true)
  }

  private static func hintForByte(_ file: SourceFile, _ offset: Int) -> String? {
    switch file.bytes[offset] {
    case UInt8(ascii: "'"): "JSON writes strings in double quotes"
    case UInt8(ascii: "/"): "JSON has no comments"
    case UInt8(ascii: "N"), UInt8(ascii: "I"): "JSON has neither `NaN` nor `Infinity`"
    case UInt8(ascii: "<"): "the text looks like HTML or XML"
    default: nil
    }
  }

  static func invalidYAML(_ span: SourceSpan, _ problem: String, _ context: String?) -> Diagnostic {
    Diagnostic(.error, "text.yaml-syntax", "`\(span.file.name)` is not valid YAML")
      .pointing(at: span, problem).noting(context)
  }

  static func emptyYAML(_ file: SourceFile) -> Diagnostic {
    Diagnostic(.error, "text.empty", "`\(file.name)` is empty")
      .pointing(at: file.start, "a YAML document is needed here")
  }

  static func severalDocuments(_ second: SourceSpan) -> Diagnostic {
    Diagnostic(
      .error, "text.yaml-several-documents", "`\(second.file.name)` holds several YAML documents"
    )
    .pointing(at: second, "the second one begins here")
    .hinting("one file holds one document")
  }

  static func duplicateKey(_ name: String, first: SourceSpan, second: SourceSpan) -> Diagnostic {
    Diagnostic(
      .error, "text.yaml-duplicate-key",
      "the key `\(name)` stands twice in one mapping, in lines \(first.start.line) and "
        + "\(second.start.line)"
    )
    .pointing(at: second, "again here")
    .pointing(at: first, "first here")
  }

  static func unknownAnchor(_ name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "text.yaml-unknown-anchor", "no anchor is called `\(name)`")
      .pointing(at: span, "used here")
      .hinting("an anchor has to stand before its aliases")
  }

  static func aliasCycle(_ name: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "text.yaml-alias-cycle", "the anchor `\(name)` contains itself")
      .pointing(at: span, "this alias stands inside what it names")
  }

  static func aliasBomb(at span: SourceSpan, limit: Int) -> Diagnostic {
    Diagnostic(
      .error, "text.yaml-alias-expansion", "its aliases expand to more than \(limit) values"
    )
    .pointing(at: span, "the limit is reached here")
  }

  static func invalidMerge(at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "text.yaml-merge", "`<<` merges mappings only")
      .pointing(at: span, "neither a mapping nor a list of mappings")
  }

  static func tooDeep(at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "text.too-deep", "`\(span.file.name)` is nested too deeply")
      .pointing(at: span, "one level too many")
  }

  static func tooManyValues(at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "text.too-many-values", "`\(span.file.name)` has too many values")
      .pointing(at: span, "one too many")
  }

  static func stringTooLong(at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .error, "text.string-too-long",
      "`\(span.file.name)` holds a scalar longer than \(DocumentLimits.stringLength) bytes"
    )
    .pointing(at: span, "it begins here")
  }

  static func invalidXML(_ span: SourceSpan, _ problem: String) -> Diagnostic {
    Diagnostic(.error, "text.xml-syntax", "`\(span.file.name)` is not well-formed XML")
      .pointing(at: span, problem)
  }

  static func forbiddenDoctype(_ file: SourceFile) -> Diagnostic {
    Diagnostic(
      .error, "text.xml-doctype", "`\(file.name)` declares its own entities or document type"
    )
    .pointing(at: file.start)
    .hinting("documents with an internal subset are refused, since entities can expand endlessly")
  }
}
