import AssayModel
import AssayText
import Testing

@Suite struct YAMLReaderTests {
  @Test(arguments: [
    ("no", "\"no\""), ("yes", "\"yes\""), ("on", "\"on\""), ("~", "null"), ("Null", "null"),
    ("", "null"), ("True", "true"), ("FALSE", "false"), ("tRUE", "\"tRUE\""), ("012", "12"),
    ("0o17", "15"), ("0x1F", "31"), ("1_000", "\"1_000\""), ("1e3", "1e3"), (".5", "0.5"),
    ("1.", "1.0"), ("+7", "7"), ("-.5e-3", "-0.5e-3"), ("2020-01-01", "\"2020-01-01\""),
    ("12:30:45", "\"12:30:45\""), ("0xFFFFFFFFFFFFFFFFFF", "4722366482869645213695"),
    ("'12'", "\"12\""), ("\"true\"", "\"true\""), ("!!str 12", "\"12\""), ("!!int \"12\"", "12"),
    ("-", "[null]"), ("1e", "\"1e\""), ("0x", "\"0x\""), ("+", "\"+\""), (".", "\".\""),
    ("123456789012345678901234567890", "123456789012345678901234567890"),
  ])
  func `a plain scalar means what the core schema says`(_ text: String, _ expected: String) throws {
    var writer = JSONWriter()
    writer.node(
      try read("a: \(text)".replacing("a: -", with: text == "-" ? "a:\n  -" : "a: -")).root)
    #expect(writer.text == "{\"a\":\(expected)}")
  }

  @Test func `a key is a string, whatever it looks like`() throws {
    let root = try read("200: ok\ntrue: x\nnull: y\n1.0: z\n").root
    #expect(root.members.map(\.name) == ["200", "true", "null", "1.0"])
    #expect(root["200"]?.string == "ok")
  }

  @Test func `every node knows its place, also behind text that is not ASCII`() throws {
    let text = "é: [ü, 'x']\nname: \"a\\tb\"\nlist:\n  - {k: 12}\n"
    let document = try read(text)
    func place(_ pointer: String) -> String? {
      JSONPointer(pointer)?.resolve(in: document.root).map {
        "\($0.span.start.line):\($0.span.start.column) \($0.span.text)"
      }
    }
    #expect(place("/é/0") == "1:5 ü")
    #expect(place("/é/1") == "1:8 'x'")
    #expect(place("/name") == "2:7 \"a\\tb\"")
    #expect(place("/list/0/k") == "4:9 12")
    #expect(place("/list") == "4:3 - {k: 12}")
  }

  @Test func `a repeated key is an error that names both lines`() {
    for text in ["a: 1\nb: 2\na: 3\n", (0..<60).map { "k\($0): 1\n" }.joined() + "k3: 1\n"] {
      do {
        _ = try read(text)
        Issue.record("read a repeated key")
      } catch {
        #expect(error.code == "text.yaml-duplicate-key")
        #expect(error.labels.count == 2)
        #expect(error.message.contains("lines"))
      }
    }
    #expect(throws: Never.self) { try read("x: {a: 1}\ny: {a: 1}\n") }
  }

  @Test func `merge keys stand for the members they name, and own keys win`() throws {
    let text = """
      base: &base {type: object, nullable: true}
      other: &other {nullable: false, extra: 1}
      one: {<<: *base, type: string}
      two:
        <<: [*base, *other]
        last: x
      three: {<<: *base, <<: *other}
      quoted: {"<<": 1}
      """
    let root = try read(text).root
    func json(_ name: String) -> String {
      var writer = JSONWriter()
      root[name].map { writer.node($0) }
      return writer.text
    }
    #expect(json("one") == #"{"type":"string","nullable":true}"#)
    #expect(json("two") == #"{"last":"x","type":"object","nullable":true,"extra":1}"#)
    #expect(json("three") == #"{"type":"object","nullable":true,"extra":1}"#)
    #expect(json("quoted") == #"{"<<":1}"#)
    #expect(throws: Diagnostic.self) { try read("a: {<<: 12}") }
  }

  @Test(arguments: [
    ("a: *nowhere", "text.yaml-unknown-anchor"), ("a: &x [*x]", "text.yaml-alias-cycle"),
    ("", "text.empty"), ("# only a comment", "text.empty"),
    ("a: 1\n---\nb: 2\n", "text.yaml-several-documents"), ("a: [1, 2", "text.yaml-syntax"),
    ("a: 1\n b: 2\n", "text.yaml-syntax"), ("a: \u{7}", "text.yaml-syntax"),
    (String(repeating: "[", count: 300), "text.too-deep"),
  ])
  func `what is wrong is told with its place`(_ text: String, _ code: String) {
    do {
      _ = try read(text)
      Issue.record("read \(text.prefix(40))")
    } catch {
      #expect(error.code == code, "\(text.prefix(40)): \(error.message)")
      #expect(error.place != nil)
    }
  }

  @Test func `an alias bomb is stopped before it expands`() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let alias = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(alias)]\n"
    }
    do {
      _ = try read(text)
      Issue.record("read an alias bomb")
    } catch {
      #expect(error.code == "text.yaml-alias-expansion")
    }
  }

  @Test func `an alias gives the same value again`() throws {
    let root = try read("a: &x {k: [1, &y 0x10]}\nb: *x\nc: *y\n*y : d\n").root
    #expect(root["a"]?.value == root["b"]?.value)
    #expect(root["c"]?.lexeme == "16")
    #expect(root["16"]?.string == "d")
  }

  private func read(_ text: String) throws(Diagnostic) -> Document {
    try YAMLReader.read(SourceFile(name: "t.yaml", text: text))
  }
}
