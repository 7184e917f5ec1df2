import AssayModel
import AssaySystem
import AssayTestKit
import AssayText
import Testing

/// `assay validate` as its users meet it.
@Suite struct ValidateTests {
  private static let schema = """
    {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["id"],
     "properties": {"id": {"type": "integer"}, "price": {"$ref": "money.json#/$defs/money"}},
     "unevaluatedProperties": false}
    """
  private static let money = #"{"$defs": {"money": {"type": "number", "multipleOf": 0.01}}}"#

  @Test func `values are judged, and both places are told`() async throws {
    let scratch = try scratch()
    try scratch.write("good.yaml", "id: 1\nprice: 4.35\n")
    try scratch.write("bad.json", #"{"id": "7", "price": 19.999, "extra": 1}"#)
    let result = try await assay("--schema s.json good.yaml bad.json", in: scratch)
    #expect(result.code == 1)
    #expect(result.output == "good.yaml: valid\n")
    for text in [
      "schema.type", "schema.multipleOf", "schema.unevaluatedProperties", "bad.json:1:8",
      "money.json:1:", "number 19.999 is no multiple of 0.01", "the member `extra` is not expected",
    ] {
      #expect(result.error.contains(text), "\(text)")
    }
  }

  @Test func `the forms of the specification are JSON`() async throws {
    let scratch = try scratch()
    try scratch.write("bad.json", #"{"id": "7", "price": "x"}"#)
    for (form, count) in [("flag", 0), ("basic", 2), ("detailed", 1)] {
      let result = try await assay("--schema s.json --form \(form) bad.json", in: scratch)
      #expect(result.code == 1)
      let root = try JSONReader.read(SourceFile(name: "o", text: result.output)).root
      #expect(root["valid"]?.bool == false)
      #expect(root["errors"]?.count ?? 0 == count, "\(form)")
      guard form == "basic" else { continue }
      let error = root["errors"]?[1]
      #expect(error?["keywordLocation"]?.string == "/properties/price/$ref/type")
      #expect(error?["instanceLocation"]?.string == "/price")
    }
  }

  @Test func `standard input is a value, and bad input is told`() async throws {
    let scratch = try scratch()
    let input = try await Program.shell(
      "printf '{\"id\": 1}' | '\(Program.assay)' validate --schema s.json", folder: scratch.path)
    #expect(input.code == 0)
    try scratch.write("deep.json", String(repeating: "[", count: 100_000))
    try scratch.write("loop.json", ##"{"$ref": "#"}"##)
    try scratch.write("out.json", #"{"$ref": "../../../../etc/passwd"}"#)
    try scratch.write("v.json", "1")
    for (arguments, code, text) in [
      ("v.json", 2, "usage.no-schema"), ("--schema none.json v.json", 3, "none.json"),
      ("--schema s.json deep.json", 3, "deep.json"), ("--schema loop.json v.json", 5, "not-judged"),
      ("--schema out.json v.json", 5, "passwd"), ("--schema s.json none.json", 3, "none.json"),
    ] {
      let result = try await assay(arguments, in: scratch)
      #expect(result.code == Int32(code), "\(arguments): \(result.error)")
      #expect(result.error.contains(text), "\(arguments): \(result.error)")
    }
  }

  @Test func `the harness of Bowtie is understood`() async throws {
    let scratch = try scratch()
    try scratch.write(
      "in",
      """
      {"cmd": "start", "version": 1}
      {"cmd": "dialect", "dialect": "http://json-schema.org/draft-07/schema#"}
      {"cmd": "run", "seq": 7, "case": {"description": "c", "schema": {"$ref": "http://x/s"}, "registry": {"http://x/s": {"type": "string"}}, "tests": [{"description": "a", "instance": "x"}, {"description": "b", "instance": 5}]}}
      {"cmd": "stop"}
      """)
    let result = try await Program.shell(
      "'\(Program.assay)' validate --bowtie < in", folder: scratch.path)
    #expect(result.code == 0)
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 3)
    #expect(lines.first?.contains(#""language":"swift""#) == true)
    #expect(
      lines.dropFirst() == [
        #"{"ok":true}"#, #"{"seq":7,"results":[{"valid":true},{"valid":false}]}"#,
      ])
  }

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write("s.json", Self.schema)
    try scratch.write("money.json", Self.money)
    return scratch
  }

  private func assay(_ arguments: String, in scratch: Scratch) async throws -> Program.Outcome {
    try await Program.shell(
      "'\(Program.assay)' validate \(arguments) --color off", folder: scratch.path)
  }
}
