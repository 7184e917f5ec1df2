import AssayCollection
import AssayModel
import AssayTestKit
import AssayText
import Testing

@Suite struct CollectionReaderTests {
  @Test func `items come in document order with what encloses them`() throws {
    let suite = try read(
      #"""
      {"info": {"name": "C"}, "event": [{"listen": "test", "script": {"exec": "outer()"}}],
       "item": [
         {"name": "A", "request": "http://h/a"},
         {"name": "F", "event": [{"listen": "test", "script": {"exec": ["folder()", "more()"]}}],
          "item": [{"name": "G", "item": [{"name": "B", "id": "b", "request": {"url": "http://h/b"},
            "event": [{"listen": "prerequest", "script": {"exec": ["before()"]}},
                      {"listen": "test", "script": {"exec": [""]}},
                      {"listen": "test", "disabled": true, "script": {"exec": ["off()"]}}]}]}]},
         {"name": "C", "request": {}}]}
      """#
    ).suite
    #expect(suite.items.map(\.path) == ["A", "F / G / B", "C"])
    #expect(suite.items[1].id == "b")
    #expect(suite.items[1].testScripts.map(\.source) == ["outer()", "folder()\nmore()"])
    #expect(suite.items[1].preRequestScripts.map(\.source) == ["before()"])
    #expect(suite.items[1].testScripts[1].span(ofLine: 2)?.text == "\"more()\"")
  }

  @Test(arguments: [
    ("[]", "collection.unknown-format"), ("{}", "collection.unknown-format"),
    ("{\"info\": {}}", "collection.no-items"),
    ("{\"openapi\": \"3.0.0\"}", "collection.unknown-format"),
    ("\"text\"", "collection.unknown-format"),
  ])
  func `what is no collection is refused with its place`(_ text: String, _ code: String) {
    do {
      _ = try read(text)
      Issue.record("read \(text)")
    } catch {
      #expect(error.code == code)
      #expect(error.place?.line == 1)
    }
  }

  @Test func `the wrapper of the API is taken off, and odd items are told`() throws {
    let result = try read(
      #"{"collection": {"info": {"name": "W"}, "item": [3, {"name": "x"}, {"name": "y", "request": "h"}]}}"#
    )
    #expect(result.suite.name == "W")
    #expect(result.suite.items.map(\.name) == ["x", "y"])
    #expect(result.notes.map(\.code) == ["collection.not-an-object", "collection.no-request"])
  }

  @Test func `folders may nest as deep as the reader allows`() throws {
    let depth = 240
    let open = String(repeating: #"{"name":"f","item":["#, count: depth)
    let text =
      #"{"info":{},"item":["# + open + #"{"name":"deep","request":"h"}"#
      + String(repeating: "]}", count: depth) + "]}"
    #expect(try read(text).suite.items[0].folders.count == depth)
  }

  private func read(_ text: String) throws(Diagnostic) -> CollectionReader.Result {
    let document = try JSONReader.read(SourceFile(name: "c.json", text: text))
    return try CollectionReader.read(document, composing: .test())
  }
}

@Suite struct ComposerTests {
  // MARK: URLs

  @Test func `URLs are put together, filled and encoded as Postman does`() throws {
    try checkURL(#""http://h.example/a b""#, "http://h.example/a%20b")
    try checkURL(#""h""#, "http://h/")
    try checkURL(#""HTTP://H.Example:8080/Ä?q=ü#frag""#, "http://h.example:8080/%C3%84?q=%C3%BC")
    try checkURL(#""http://h/{{x}}?q={{none}}""#, "http://h/1?q={{none}}", notes: 1)
    try checkURL(#""http://h/{{none}}""#, "http://h/%7B%7Bnone%7D%7D", notes: 1)
    try checkURL(#""http://h/../a//b""#, "http://h/../a//b")
    try checkURL(#""http://h/%41%zz""#, "http://h/%41%zz")
    try checkURL(
      #"{"host": ["{{host}}"], "path": ["a", ":id", ":file.json"], "variable": [{"key": "id", "value": "x/y"}, {"key": "file", "value": "{{x}}"}]}"#,
      "http://api.example/a/x/y/1.json")
    try checkURL(
      #"{"protocol": "https", "host": ["a", "b"], "port": "8443", "path": "/p/q", "query": [{"key": "k", "value": "a&b#c"}, {"key": "n", "value": null}, {"key": null, "value": "v"}, {"key": "off", "value": "1", "disabled": true}]}"#,
      "https://a.b:8443/p/q?k=a%26b%23c&n&=v")
    try checkURL(#"{"host": "h", "path": ["", "v1", ""]}"#, "http://h//v1/")
    try checkURL(#"{"host": "h", "path": []}"#, "http://h/")
    try checkURL(#"{"raw": "http://h/only?raw=1"}"#, "http://h/only?raw=1")
    try checkURL(
      #"{"host": "h", "path": ["a"], "query": [{"key": "a", "disabled": true}]}"#, "http://h/a")
  }

  private func checkURL(
    _ url: String, _ expected: String, notes: Int = 0, _ location: SourceLocation = #_sourceLocation
  ) throws {
    let composed = try compose(#"{"url": \#(url)}"#)
    #expect(composed.request.url == expected, sourceLocation: location)
    #expect(composed.undefined.count == notes, sourceLocation: location)
  }

  // MARK: Variables

  @Test func `names nest, cycles end, and what is undefined is told with a suggestion`() throws {
    var scopes = self.scopes
    scopes.set(Variable("name", .string("inner")), in: .collection)
    scopes.set(Variable("x-inner", .string("found {{x}}")), in: .collection)
    scopes.set(Variable("a", .string("{{b}}")), in: .collection)
    scopes.set(Variable("b", .string("{{a}}")), in: .collection)
    func header(_ value: String) throws -> String? {
      try compose(#"{"url": "h", "header": [{"key": "X", "value": "\#(value)"}]}"#, scopes: scopes)
        .request.headers.first("X")
    }
    #expect(try header("{{x-{{name}}}}") == "found 1")
    #expect(try header("{{a}}")?.hasPrefix("{{") == true)
    let cycle = try compose(#"{"url": "http://h/{{a}}"}"#, scopes: scopes)
    #expect(cycle.notes.map(\.code) == ["collection.cyclic-variable"])
    #expect(cycle.undefined.isEmpty)
    #expect(try header("{{ x }} {{}} {{x") == "{{ x }} {{}} {{x")
    let composed = try compose(#"{"url": "http://{{hots}}/"}"#)
    #expect(composed.undefined.first?.hint == "`host` is defined")
    #expect(composed.undefined.first?.labels.first?.span.text == "{{hots}}")
  }

  @Test func `random values come again with their seed`() throws {
    func value(_ seed: UInt64) throws -> String? {
      try compose(
        #"{"url": "h", "header": [{"key": "X", "value": "{{$guid}} {{$randomInt}} {{$guid}}"}]}"#,
        seed: seed
      ).request.headers.first("X")
    }
    #expect(try value(1) == value(1))
    #expect(try value(1) != value(2))
    let parts = try #require(try value(3)).split(separator: " ")
    #expect(parts[0] != parts[2])
    #expect(parts[0].count == 36)
  }

  // MARK: Headers and auth

  @Test func `headers keep their order, and defaults stand behind them`() throws {
    let request = try compose(
      #"{"url": "h", "header": [{"key": "B", "value": "1"}, {"key": "a", "value": "2"}, {"key": "B", "value": "3"}, {"key": "off", "value": "x", "disabled": true}, {"key": " ", "value": "x"}, {"key": "accept", "value": "text/plain"}]}"#
    ).request
    #expect(
      request.headers.map { "\($0.name): \($0.value)" } == [
        "B: 1", "B: 3", "a: 2", "accept: text/plain", "User-Agent: Assay/test",
        "Cache-Control: no-cache", "Host: h", "Accept-Encoding: gzip, deflate, br",
        "Connection: keep-alive",
      ])
    #expect(
      try compose(#"{"url": "h", "header": "A: 1\r\nB: 2"}"#).request.headers.first("B") == "2")
  }

  @Test(arguments: [
    #"{"key": "X", "value": "a\r\nEvil: 1"}"#, #"{"key": "X", "value": "a\nb"}"#,
    #"{"key": "X", "value": "a\u0000b"}"#, #"{"key": "X Y", "value": "a"}"#,
    #"{"key": "Ä", "value": "a"}"#, #"{"key": "X", "value": "{{evil}}"}"#,
  ])
  func `nothing ends a line of the head early`(_ header: String) {
    do {
      _ = try compose(#"{"url": "h", "header": [\#(header)]}"#)
      Issue.record("composed \(header)")
    } catch {
      #expect((error as? Diagnostic)?.code == "collection.invalid-header")
    }
  }

  @Test func `auth is placed as its type says`() throws {
    func auth(_ text: String) throws -> Request {
      try compose(#"{"url": "http://h/?a=1", "auth": \#(text)}"#).request
    }
    #expect(
      try auth(
        #"{"type": "basic", "basic": [{"key": "username", "value": "u"}, {"key": "password", "value": "p"}]}"#
      )
      .headers.first("Authorization") == "Basic dTpw")
    #expect(
      try auth(#"{"type": "basic", "basic": {"username": "ü"}}"#).headers.first("Authorization")
        == "Basic w7w6")
    #expect(
      try auth(#"{"type": "bearer", "bearer": [{"key": "token", "value": "{{x}}"}]}"#)
        .headers.first("Authorization") == "Bearer 1")
    #expect(
      try auth(
        #"{"type": "apikey", "apikey": [{"key": "key", "value": "k"}, {"key": "value", "value": "a b"}, {"key": "in", "value": "query"}]}"#
      )
      .url == "http://h/?a=1&k=a%20b")
    #expect(
      try auth(
        #"{"type": "oauth2", "oauth2": [{"key": "accessToken", "value": "t"}, {"key": "headerPrefix", "value": "Token"}]}"#
      )
      .headers.first("Authorization") == "Token t")
    #expect(try auth(#"{"type": "noauth"}"#).headers.first("Authorization") == nil)
    #expect(try auth(#"{"type": "somebody"}"#).headers.first("Authorization") == nil)
    #expect(
      try compose(#"{"url": "http://u:p@h/"}"#).request.headers.first("Authorization")
        == "Basic dTpw")
  }

  @Test func `a token of Postman's goes along only where it is asked for`() throws {
    func names(_ isCompatible: Bool) throws -> [String] {
      let document = try JSONReader.read(
        SourceFile(name: "c", text: #"{"info": {}, "item": [{"name": "I", "request": "h"}]}"#))
      let result = try CollectionReader.read(
        document, composing: .test(isNewmanCompatible: isCompatible))
      let item = result.suite.items[0]
      return try result.composer.compose(
        item, draft: result.composer.draft(of: item), scopes: Scopes()
      ).request.headers.map(\.name)
    }
    #expect(try !names(false).contains("Postman-Token"))
    #expect(try names(true).firstIndex(of: "Postman-Token") == 3)
  }

  // MARK: Bodies

  @Test func `bodies have their bytes and their type`() throws {
    try checkBody(
      #"{"mode": "raw", "raw": "{\"a\": {{x}} // one\n}", "options": {"raw": {"language": "json"}}}"#,
      "{\"a\": 1 \n}", "application/json")
    try checkBody(#"{"mode": "raw", "raw": "http://x // y"}"#, "http://x // y", "text/plain")
    try checkBody(
      #"{"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "1 2"}, {"key": "b", "value": "é!"}, {"key": "a", "value": null}, {"key": "c", "disabled": true}]}"#,
      "a=1%202&a=&b=%C3%A9%21", "application/x-www-form-urlencoded")
    try checkBody(
      #"{"mode": "graphql", "graphql": {"query": "{ a }", "variables": "{\"x\": {{x}}}"}}"#,
      #"{"query":"{ a }","variables":{"x": 1}}"#, "application/json")
    let form = try compose(
      #"{"method": "POST", "url": "h", "body": {"mode": "formdata", "formdata": [{"key": "a", "value": "1", "type": "text"}, {"key": "b", "value": "{}", "contentType": "application/json"}]}}"#
    ).request
    let type = try #require(form.headers.first("Content-Type"))
    let boundary = try #require(type.split(separator: "=").last)
    #expect(
      String(decoding: form.body ?? [], as: UTF8.self)
        == "--\(boundary)\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
        + "--\(boundary)\r\nContent-Disposition: form-data; name=\"b\"\r\n"
        + "Content-Type: application/json\r\n\r\n{}\r\n--\(boundary)--\r\n")
  }

  @Test func `files are parts and bodies, and one that cannot be had stops the call`() throws {
    let files = BodyFiles { path throws(Diagnostic) in
      guard path != "none" else { throw Diagnostic(.error, "t", "not there") }
      return Array("<\(path)>".utf8)
    }
    let whole = try compose(
      #"{"method": "PUT", "url": "h", "body": {"mode": "file", "file": {"src": "a/{{x}}.png"}}}"#,
      files: files
    ).request
    #expect(String(decoding: whole.body ?? [], as: UTF8.self) == "<a/1.png>")
    #expect(whole.headers.first("Content-Type") == "image/png")
    let form = try compose(
      #"{"method": "POST", "url": "h", "header": [{"key": "Content-Type", "value": "multipart/form-data; boundary=B"}], "body": {"mode": "formdata", "formdata": [{"key": "f\"", "type": "file", "src": ["d/a.json", "b"]}, {"key": "e", "type": "file", "src": null}]}}"#,
      files: files
    ).request
    #expect(
      String(decoding: form.body ?? [], as: UTF8.self)
        == "--B\r\nContent-Disposition: form-data; name=\"f\"\"; filename=\"a.json\"\r\n"
        + "Content-Type: application/json\r\n\r\n<d/a.json>\r\n"
        + "--B\r\nContent-Disposition: form-data; name=\"f\"\"; filename=\"b\"\r\n"
        + "Content-Type: application/octet-stream\r\n\r\n<b>\r\n"
        + "--B\r\nContent-Disposition: form-data; name=\"e\"; filename=\"\"\r\n\r\n\r\n--B--\r\n")
    do {
      _ = try compose(
        #"{"method": "PUT", "url": "h", "body": {"mode": "file", "file": {"src": "none"}}}"#,
        files: files)
      Issue.record("composed without its file")
    } catch {
      #expect((error as? Diagnostic)?.code == "collection.unusable-file")
    }
  }

  private func checkBody(
    _ body: String, _ expected: String, _ type: String,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let request = try compose(#"{"method": "POST", "url": "h", "body": \#(body)}"#).request
    #expect(
      String(decoding: request.body ?? [], as: UTF8.self) == expected, sourceLocation: location)
    #expect(request.headers.first("Content-Type") == type, sourceLocation: location)
  }

  @Test func `some methods send no body, and some say that they have none`() throws {
    let body = #""body": {"mode": "raw", "raw": "x"}"#
    #expect(try compose(#"{"url": "h", \#(body)}"#).request.body == nil)
    #expect(try compose(#"{"method": "DELETE", "url": "h", \#(body)}"#).request.body != nil)
    #expect(
      try compose(#"{"url": "h", \#(body)}"#, behaviour: #"{"disableBodyPruning": true}"#).request
        .body
        != nil)
    #expect(try compose(#"{"method": "post", "url": "h"}"#).request.body == [])
    #expect(try compose(#"{"url": "h"}"#).request.body == nil)
  }

  // MARK: Ground

  private var scopes: Scopes {
    var scopes = Scopes()
    scopes.set(Variable("x", .number("1")), in: .environment)
    scopes.set(Variable("host", .string("api.example")), in: .environment)
    scopes.set(Variable("evil", .string("a\r\nEvil: 1")), in: .environment)
    return scopes
  }

  private func compose(
    _ request: String, scopes: Scopes? = nil, seed: UInt64 = 1, behaviour: String = "{}",
    files: BodyFiles = .none
  ) throws -> Composition {
    let text =
      #"{"info": {"name": "C"}, "item": [{"name": "I", "request": \#(request), "protocolProfileBehavior": \#(behaviour)}]}"#
    let document = try JSONReader.read(SourceFile(name: "c.json", text: text))
    let result = try CollectionReader.read(document, composing: .test(seed: seed, files: files))
    let item = result.suite.items[0]
    return try result.composer.compose(
      item, draft: result.composer.draft(of: item), scopes: scopes ?? self.scopes)
  }
}

@Suite struct DataTests {
  @Test func `environments honour what is off, and know secrets`() throws {
    let text = #"""
      {"name": "E", "values": [{"key": "a", "value": "1"}, {"key": "b", "value": "2", "enabled": false},
      {"key": "c", "value": "3", "disabled": true}, {"key": "d", "value": "s", "type": "secret"},
      {"key": "a", "value": "4"}, {"key": "n", "value": "5", "type": "number"}]}
      """#
    let (name, variables) = try EnvironmentReader.read(
      JSONReader.read(SourceFile(name: "e", text: text)))
    #expect(name == "E")
    #expect(variables.map(\.name) == ["a", "d", "n"])
    #expect(variables.map(\.isSecret) == [false, true, false])
    #expect(variables[2].value == .number("5"))
    #expect(throws: Diagnostic.self) {
      try EnvironmentReader.read(JSONReader.read(SourceFile(name: "e", text: "{}")))
    }
  }

  @Test func `rows come from CSV and from JSON`() throws {
    let csv = "\u{FEFF}name, note,n\r\nRex, \"a, \"\"b\"\"\r\nc \" ,007\nTom,x\n\n"
    let result = try DataReader.read(SourceFile(name: "d.csv", text: csv))
    let rows = (0..<result.rows.count).map { result.rows.row(ofIteration: $0) }
    #expect(
      rows.map { $0.map(\.value) } == [
        [.string("Rex"), .string("a, \"b\"\r\nc "), .number("7")], [.string("Tom"), .string("x")],
      ])
    // Scripts get the number, and templates what is written.
    #expect(rows[0][2].substitution == "007")
    #expect(result.notes.map(\.code) == ["data.ragged-row"])
    #expect(result.notes.first?.place?.line == 4)
    let json = try DataReader.read(SourceFile(name: "d.json", text: #"[{"a": 1}, {"a": null}]"#))
    #expect(
      (0...2).map { json.rows.row(ofIteration: $0)[0].value } == [.number("1"), .null, .null])
    for text in ["[1]", "{}", "a\n\"never", "[{]"] {
      #expect(throws: Diagnostic.self) { try DataReader.read(SourceFile(name: "d", text: text)) }
    }
  }
}

extension ComposingOptions {
  static func test(
    seed: UInt64 = 1, files: BodyFiles = .none, isNewmanCompatible: Bool = false,
    now: @escaping @Sendable () -> Int = { 1_795_000_000 }
  ) -> ComposingOptions {
    ComposingOptions(
      userAgent: "Assay/test", seed: seed, files: files, isNewmanCompatible: isNewmanCompatible,
      now: now)
  }
}

extension BodyFiles {
  static let anything = BodyFiles { _ throws(Diagnostic) in Array("file".utf8) }

  static let none = BodyFiles { path throws(Diagnostic) in
    throw Diagnostic(.error, "test.no-files", "there are no files")
  }
}
