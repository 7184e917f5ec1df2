internal import AssayContract
internal import AssayModel
internal import AssaySystem
internal import AssayText

/// Speaks the protocol of the Bowtie harness: a command a line in, an answer a line out.
struct BowtieHarness {
  private let input: InputLines
  private static let dialects = [
    "https://json-schema.org/draft/2020-12/schema", "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-04/schema#",
  ]

  init(input: InputLines) { self.input = input }

  func run() -> ExitCode {
    var draft = JSONSchema.Draft.draft2020
    var isStarted = false
    while let line = input.next() {
      guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) else { continue }
      guard let root = try? JSONReader.read(SourceFile(name: "bowtie", bytes: line)).root,
        let command = root["cmd"]?.string
      else { return .badInput }
      switch command {
      case "start":
        guard root["version"]?.int == 1 else { return .badInput }
        isStarted = true
        answer(started)
      case "dialect" where isStarted:
        let named = root["dialect"]?.string.flatMap(JSONSchema.Draft.init(metaSchema:))
        draft = named ?? draft
        answer { $0.member("ok", named != nil) }
      case "run" where isStarted: answer { run(root, draft, &$0) }
      case "stop": return .success
      default: return .badInput
      }
    }
    return .success
  }

  private func answer(_ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    writer.object(body)
    Stream.output.write(writer.text + "\n")
  }

  private func started(_ writer: inout JSONWriter) {
    writer.member("version", 1)
    writer.name("implementation")
    writer.object { writer in
      writer.member("language", "swift")
      writer.member("name", "assay")
      writer.member("version", Assay.version)
      writer.member("homepage", "urn:assay")
      writer.member("issues", "urn:assay")
      writer.member("source", "urn:assay")
      writer.name("dialects")
      writer.array { writer in for dialect in Self.dialects { writer.string(dialect) } }
    }
  }

  private func run(_ root: Node, _ draft: JSONSchema.Draft, _ writer: inout JSONWriter) {
    writer.name("seq")
    writer.value(root["seq"]?.value ?? .null)
    guard let one = root["case"], let schema = one["schema"].flatMap(Self.document) else {
      writer.member("errored", true)
      return
    }
    var known: [String: Document] = [:]
    for member in one["registry"]?.members.map({ $0 }) ?? [] {
      known[member.name] = Self.document(member.value)
    }
    let compiled = JSONSchema(schema, draft: draft, formats: .byVocabulary, known: known)
    writer.name("results")
    writer.array { writer in
      for test in one["tests"].map({ Array($0.elements) }) ?? [] {
        writer.object { writer in
          guard let value = test["instance"].flatMap(Self.document) else {
            writer.member("errored", true)
            return
          }
          let outcome = compiled.judge(value)
          if outcome.isValid, !outcome.unjudged.isEmpty {
            writer.member("skipped", true)
            writer.member("message", outcome.unjudged.joined(separator: ", "))
          } else {
            writer.member("valid", outcome.isValid)
          }
        }
      }
    }
  }

  /// A part of a command as a document of its own, so that its references stay in it.
  private static func document(_ node: Node) -> Document? {
    let bytes = Array(node.document.file.bytes[node.document.range(at: node.index)])
    return try? JSONReader.read(SourceFile(name: "case", bytes: bytes))
  }
}
