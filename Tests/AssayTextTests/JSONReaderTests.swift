import AssayModel
import AssayText
import Testing

@Suite struct JSONReaderTests {
  @Test func `numbers are kept as written`() throws {
    for lexeme in ["1.0", "1e400", "9007199254740993", "-0", "0.10", "1E+2"] {
      let document = try read("[\(lexeme)]")
      #expect(document.root[0]?.lexeme == lexeme)
    }
  }

  @Test func `every value knows its range, brackets and quotes included`() throws {
    let text = #"{"a": [1, "two", {"b": null}], "c": true}"#
    let document = try read(text)
    func shown(_ node: Node?) -> String? { node?.span.text }
    #expect(shown(document.root) == text)
    #expect(shown(document.root["a"]) == #"[1, "two", {"b": null}]"#)
    #expect(shown(document.root["a"]?[1]) == #""two""#)
    #expect(shown(document.root["a"]?[2]?["b"]) == "null")
    #expect(shown(document.root["c"]) == "true")
  }

  @Test func `repeated names are seen, also when they are spelled differently`() throws {
    let document = try read(#"{"a": 1, "\u0061": 2, "b": {"x": 1, "y": 2, "x": 3}}"#)
    #expect(document.duplicateNames().map(\.name) == ["a", "x"])
    #expect(document.root["a"]?.lexeme == "2")
    var many = (0..<50).map { #""k\#($0)": 0"# }
    many.append(#""k7": 1"#)
    #expect(try read("{\(many.joined(separator: ","))}").duplicateNames().map(\.name) == ["k7"])
  }

  @Test func `half a surrogate pair is seen, and never equals another`() throws {
    let document = try read(#"["\ud800", "\udbff", "\ud83d\ude00", "�"]"#)
    let flags = document.root.elements.map { document.hasLoneSurrogate(at: $0.index) }
    #expect(flags == [true, true, false, false])
    let bytes = document.root.elements.map { Array(document.decodedBytes(at: $0.index)) }
    #expect(Set(bytes).count == 4)
    #expect(document.root[2]?.string == "😀")
    var writer = JSONWriter()
    writer.node(document.root)
    #expect(writer.text == #"["\ud800","\udbff","😀","�"]"#)
  }

  @Test(arguments: [
    ("", "text.empty", 1, 1), ("  \n ", "text.empty", 2, 2), ("[1,]", "text.json-syntax", 1, 4),
    ("{\n  \"a\" 1}", "text.json-syntax", 2, 7), ("[01]", "text.json-syntax", 1, 2),
    ("{'a': 1}", "text.json-syntax", 1, 2), ("[1] x", "text.json-syntax", 1, 5),
    ("[\"a\u{1}\"]", "text.json-syntax", 1, 4), ("{\"a\":1,}", "text.json-syntax", 1, 8),
    ("[nul]", "text.json-syntax", 1, 2), ("[\"\\x\"]", "text.json-syntax", 1, 3),
    ("[\"never ends", "text.json-syntax", 1, 2), ("[1 2]", "text.json-syntax", 1, 4),
    ("[\"ä\" 1]", "text.json-syntax", 1, 6), ("[NaN]", "text.json-syntax", 1, 2),
  ])
  func `what is wrong is told with its place`(_ text: String, code: String, line: Int, column: Int)
  {
    do {
      _ = try read(text)
      Issue.record("read \(text)")
    } catch {
      #expect(error.code == code)
      #expect(error.place == Place(file: "t.json", line: line, column: column), "\(text)")
    }
  }

  @Test func `a byte that is not UTF-8 is refused where it stands`() {
    for bytes: [UInt8] in [
      [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82],
    ] {
      let file = SourceFile(name: "t.json", bytes: [0x5B, 0x22] + bytes + [0x22, 0x5D])
      do {
        _ = try JSONReader.read(file)
        Issue.record("read \(bytes)")
      } catch {
        #expect(error.code == "text.not-utf8")
        #expect(error.labels.first?.span.range.lowerBound == 2)
      }
    }
  }

  @Test func `depth and count have limits, and no depth is recursion`() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: Diagnostic.self) { try read(deep) }
    let limits = DocumentLimits(size: 1 << 20, depth: 200_000)
    let closed = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
    let document = try JSONReader.read(SourceFile(name: "t", text: closed), limits: limits)
    _ = document.duplicateNames()
    var writer = JSONWriter()
    writer.node(document.root)
    #expect(writer.text == closed)
    #expect(throws: Diagnostic.self) {
      try JSONReader.read(
        SourceFile(name: "t", text: "[1,2,3]"), limits: DocumentLimits(size: 100, nodeCount: 3))
    }
  }

  @Test func `damaged documents never crash the reader`() throws {
    let seed = Array(
      #"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00",{"b":null,"c":[true,false]}],"ü":""}"#.utf8)
    var state: UInt64 = 42
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<20_000 {
      var bytes = seed
      for _ in 0...random(4) {
        switch random(3) {
        case 0: bytes[random(bytes.count)] = UInt8(random(256))
        case 1: bytes.remove(at: random(bytes.count))
        default: bytes.insert(UInt8(random(256)), at: random(bytes.count))
        }
      }
      guard let document = try? JSONReader.read(SourceFile(name: "t", bytes: bytes)) else {
        continue
      }
      _ = document.root.value
      _ = document.duplicateNames()
    }
  }

  private func read(_ text: String) throws(Diagnostic) -> Document {
    try JSONReader.read(SourceFile(name: "t.json", text: text))
  }
}
