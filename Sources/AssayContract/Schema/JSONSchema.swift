package import AssayModel
package import AssayText

/// A schema by itself, ready to judge values.
package struct JSONSchema: Sendable {
  private let program: SchemaProgram
  private let root: SchemaID
  /// The URIs of resources; those without a name of their own have none.
  private let uris: [String]
  /// What is wrong with the schema, without keeping it from judging.
  package let notes: [Diagnostic]

  /// A draft, by the names that people give it.
  package enum Draft: String, Sendable, CaseIterable {
    case draft4 = "draft-04"
    case draft6 = "draft-06"
    case draft7 = "draft-07"
    case draft2019 = "2019-09"
    case draft2020 = "2020-12"

    /// The draft of a meta-schema.
    package init?(metaSchema uri: String) {
      switch SchemaDialect(metaSchema: uri) {
      case .draft4: self = .draft4
      case .draft6: self = .draft6
      case .draft7: self = .draft7
      case .draft2019: self = .draft2019
      case .draft2020: self = .draft2020
      default: return nil
      }
    }

    fileprivate var dialect: SchemaDialect {
      switch self {
      case .draft4: .draft4
      case .draft6: .draft6
      case .draft7: .draft7
      case .draft2019: .draft2019
      case .draft2020: .draft2020
      }
    }
  }

  /// What to make of `format`.
  package enum Formats: Sendable {
    case assert, annotate
    /// What the meta-schema says, which mostly is nothing.
    case byVocabulary
  }

  /// - Parameters:
  ///   - uri: Under which the document was found; references are relative to it.
  ///   - draft: That of a schema which does not name its own.
  ///   - known: Documents that references may lead to, by their URIs.
  package init(
    _ document: Document, uri: String? = nil, draft: Draft = .draft2020,
    formats: Formats = .byVocabulary, known: [String: Document] = [:],
    load: @escaping (_ path: String, _ from: SourceFile) throws(Diagnostic) -> Document = {
      (path, from) throws(Diagnostic) in throw .unknownDocument(path, from)
    }
  ) {
    let references = References(
      dialect: draft.dialect, holdsSchemasAlone: true, known: known, load: load)
    references.enter(document, uri: uri)
    var reading = SchemaReading()
    reading.format =
      switch formats {
      case .assert: .asserts
      case .annotate: .annotates
      case .byVocabulary: .byVocabulary
      }
    let compiler = SchemaCompiler(references: references, reading: reading)
    root = compiler.compile(document.root, for: .none)
    program = compiler.program
    uris = references.index.resources.map { $0.uri.hasPrefix("assay:") ? "" : $0.uri }
    notes = compiler.notes + references.problems
  }

  /// A schema of a contract, which has been compiled already.
  init(_ program: SchemaProgram, root: SchemaID) {
    self.program = program
    self.root = root
    uris = []
    notes = []
  }

  private func uri(of resource: Int) -> String {
    uris.indices.contains(resource) ? uris[resource] : ""
  }

  /// What became of a value.
  package struct Outcome: Sendable {
    package let isValid: Bool
    package let violations: [Violation]
    /// What kept parts from being judged: such a value is neither right nor wrong.
    package let unjudged: [String]
  }

  /// One rule that a value breaks.
  package struct Violation: Sendable {
    /// A JSON Pointer into the value, and the bytes there.
    package let at: String
    package let range: Range<Int>
    /// The pointer of keywords that led to the rule, references included.
    package let trail: String
    package let keyword: String
    package let message: String
    package let expected: String
    package let received: String
    /// The rule, and the URI of it.
    package let span: SourceSpan
    package let location: String
  }

  package func judge(_ value: Document) -> Outcome {
    var validator = SchemaValidator(program: program, instance: value)
    let holds = validator.validate(root)
    let violations = validator.violations.map { violation in
      let schema = program.schemas[violation.schema].node
      let rule = Node(document: schema.document, index: violation.rule.place)
      return Violation(
        at: SchemaValidator.pointer(violation.at, in: value).description,
        range: value.range(at: violation.index),
        trail: JSONPointer(tokens: violation.trail).description,
        keyword: violation.rule.name, message: violation.message, expected: violation.expected,
        received: violation.received, span: rule.span,
        location: uri(of: program.schemas[violation.schema].resource) + "#"
          + rule.pointer.description)
    }
    return Outcome(
      isValid: holds, violations: violations, unjudged: validator.unjudged.sorted())
  }
}
