import AssayContract
import AssayModel
import AssayTestKit
import AssayText
import Testing

/// The official suite of JSON Schema: every required case of every draft, and the optional ones that
/// the engine claims.
@Suite(.enabled(if: SharedData.isPresent, "the shared test data is not beside the repository"))
struct SchemaConformanceTests {
  private static let folder = "conformance/json-schema-test-suite"

  @Test(arguments: ["draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"])
  func `every required case of a draft is judged right`(_ draft: String) throws {
    let result = try Self.run(draft, "", .byVocabulary)
    #expect(result.wrong == [])
    #expect(result.count > 300)
    print(
      "JSON Schema \(draft): \(result.count - result.wrong.count) of \(result.count) required cases"
    )
  }

  @Test(arguments: ["draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"])
  func `every format of a draft is checked where that is asked for`(_ draft: String) throws {
    let result = try Self.run(draft, "/optional/format", .assert)
    let unlisted = result.wrong.filter { wrong in
      !Self.listed.keys.contains { wrong.contains($0) }
    }
    #expect(unlisted == [])
    print(
      "JSON Schema \(draft): \(result.count - result.wrong.count) of \(result.count) format cases")
  }

  @Test(arguments: ["draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"])
  func `the optional cases are judged right, or told why not`(_ draft: String) throws {
    let result = try Self.run(draft, "/optional", .byVocabulary)
    let unlisted = result.wrong.filter { wrong in
      !Self.listed.keys.contains { wrong.contains($0) }
    }
    #expect(unlisted == [])
    print(
      "JSON Schema \(draft): \(result.count - result.wrong.count) of \(result.count) optional cases"
    )
  }

  /// Cases that fail, by a part of their names, and why.
  private static let listed = [
    "content.json": "contentMediaType and contentEncoding are remarks (2020-12, section 8)",
    "a variable-width lookbehind": "PCRE2 looks back over lengths that are known",
  ]

  private static func run(
    _ draft: String, _ part: String, _ formats: JSONSchema.Formats
  ) throws -> (count: Int, wrong: [String]) {
    let path = "\(folder)/tests/\(draft)\(part)"
    var count = 0
    var wrong: [String] = []
    for name in SharedData.entries(path).sorted() where name.hasSuffix(".json") {
      let root = try JSONReader.read(SharedData.file("\(path)/\(name)")).root
      for group in root.elements {
        let schema = try document(group["schema"], "\(name)")
        let compiled = JSONSchema(
          schema, uri: nil, draft: drafts[draft] ?? .draft2020, formats: formats,
          known: try remotes(draft))
        for test in group["tests"].map({ Array($0.elements) }) ?? [] {
          count += 1
          let outcome = compiled.judge(try document(test["data"], "data"))
          if outcome.isValid != test["valid"]?.bool || !outcome.unjudged.isEmpty {
            let names = [group, test].compactMap { $0["description"]?.string }
            wrong.append(
              "\(name): \(names.joined(separator: " / ")): \(outcome.isValid) \(outcome.unjudged.joined(separator: ","))"
            )
          }
        }
      }
    }
    return (count, wrong)
  }

  private static let drafts: [String: JSONSchema.Draft] = [
    "draft4": .draft4, "draft6": .draft6, "draft7": .draft7, "draft2019-09": .draft2019,
    "draft2020-12": .draft2020,
  ]

  /// A part of a case as a document of its own, as it would arrive.
  private static func document(_ node: Node?, _ name: String) throws -> Document {
    let node = try #require(node)
    let bytes = Array(node.document.file.bytes[node.document.range(at: node.index)])
    return try JSONReader.read(SourceFile(name: name, bytes: bytes))
  }

  /// What the suite serves under `http://localhost:1234`.
  private static func remotes(_ draft: String) throws -> [String: Document] {
    var found: [String: Document] = [:]
    func add(_ path: String) throws {
      for name in SharedData.entries("\(folder)/remotes\(path)") {
        if name.hasSuffix(".json") {
          let file = try SharedData.file("\(folder)/remotes\(path)/\(name)")
          found["http://localhost:1234\(path)/\(name)"] = try JSONReader.read(file)
        } else if !name.hasPrefix("draft") && name != "v1" || name == draft || !path.isEmpty
          || name.hasPrefix("draft20") || name == "draft7"
        {
          try add("\(path)/\(name)")
        }
      }
    }
    try add("")
    return found
  }
}
