import AssayContract
import AssayModel
import AssayTestKit
import AssayText
import Testing

@Suite struct JudgeTests {
  @Test func `a call belongs to the operation that fits best`() throws {
    let contract = try contract(
      """
      openapi: 3.1.0
      info: {title: T, version: "1"}
      servers: [{url: "https://x.example/v1/"}]
      paths:
        /pets/{id}: {get: {responses: {"200": {description: a}}}}
        /pets/mine: {get: {responses: {"200": {description: a}}}}
        /files/{name}.{ext}: {get: {responses: {"200": {description: a}}}}
        /caf%C3%A9: {get: {responses: {"200": {description: a}}}}
      """)
    func operation(_ method: String, _ url: String) -> String? {
      judge(contract, method, url, .json("{}")).operation
    }
    #expect(operation("GET", "http://h/v1/pets/3") == "GET /pets/{id}")
    #expect(operation("GET", "http://h/pets/mine?x=1") == "GET /pets/mine")
    #expect(operation("GET", "http://h/pets/a%2Fb") == "GET /pets/{id}")
    #expect(operation("GET", "http://h/files/a.b.txt") == "GET /files/{name}.{ext}")
    #expect(operation("GET", "http://h/café") == "GET /caf%C3%A9")
    #expect(operation("GET", "http://h/pets/") == nil)
    let other = judge(contract, "DELETE", "http://h/pets/3", .json("{}"))
    #expect(other.verdicts.first?.findings.first?.part == .method)
    let near = judge(contract, "GET", "http://h/pest/3", .json("{}"))
    #expect(near.verdicts.first?.outcome == .failed)
    #expect(near.verdicts.first?.fault == .undocumented)
  }

  @Test func `statuses, types, headers and bodies are judged`() throws {
    let contract = try contract(Self.shop)
    check(contract, .json(#"{"id": 1, "price": 19.99}"#), [])
    check(contract, .json(#"{"id": 1, "price": 19.999}"#), ["contract.body /price multipleOf"])
    check(contract, .json(#"{"id": "1"}"#), ["contract.body  required", "contract.body /id type"])
    check(
      contract, .json(#"{"id": 1, "price": 1, "tags": ["a", "a"]}"#),
      ["contract.body /tags uniqueItems"])
    check(
      contract, .json(#"{"id": 1, "price": 1, "extra": 1}"#),
      ["contract.body  additionalProperties"])
    check(contract, .json("{\"id\": 1,}"), ["contract.body  json"])
    check(contract, .json("{}", status: 302), ["contract.status  responses"])
    check(contract, .json(#"{"code": "x"}"#, status: 503), [])
    check(contract, .json(#"{"code": 1}"#, status: 404), ["contract.body /code type"])
    var html = Response.json("<html>")
    html.headers = [HeaderField("Content-Type", "text/html; charset=utf-8")]
    check(contract, html, ["contract.media-type  content"])
    html.headers = []
    check(contract, html, ["contract.media-type  content"])
  }

  @Test func `every finding has both places`() throws {
    let contract = try contract(Self.shop)
    let body = #"{"id": 1, "price": "free"}"#
    let judgement = judge(contract, "GET", "http://h/items/1", .json(body))
    let verdict = try #require(judgement.verdicts.first { $0.outcome == .failed })
    let finding = try #require(verdict.findings.first)
    #expect(finding.at == "/price")
    #expect(finding.received == "string \"free\"")
    #expect(finding.expected == "number")
    #expect(
      finding.receivedRange.map { Array(body.utf8)[$0] }.map { String(decoding: $0, as: UTF8.self) }
        == "\"free\"")
    #expect(finding.document?.file == "openapi.yaml")
    #expect(finding.documentPointer == "/components/schemas/Item/properties/price/type")
    #expect(finding.documentExcerpt.first { $0.isMarked }?.text.contains("type: number") == true)
  }

  @Test func `requests are judged, unless they were meant to be refused`() throws {
    let contract = try contract(Self.shop)
    func codes(_ request: Request, _ status: Int) -> [String] {
      let answer = Response.json(
        status == 200 ? #"{"id": 1, "price": 1}"# : #"{"code": "x"}"#, status: status)
      return ContractJudge(contracts: [contract])
        .judge(Exchange(request: request, outcome: .response(answer)))
        .verdicts.filter { $0.outcome == .failed }.flatMap(\.findings)
        .map { "\($0.part.rawValue) \($0.name ?? "") \($0.keyword)" }
    }
    func put(_ url: String, _ body: String) -> Request {
      Request(
        method: "PUT", url: url, headers: [HeaderField("Content-Type", "application/json")],
        body: Array(body.utf8))
    }
    #expect(codes(put("http://h/items/1?dry=true", #"{"price": 1}"#), 200) == [])
    #expect(codes(put("http://h/items/1?dry=maybe", #"{"price": 1}"#), 200) == ["query dry type"])
    #expect(codes(put("http://h/items/zero", #"{"price": 1}"#), 200) == ["path id type"])
    #expect(
      codes(put("http://h/items/1?sizes=1&sizes=x", #"{"price": 1}"#), 200) == ["query sizes type"])
    #expect(codes(put("http://h/items/1", #"{"price": -1}"#), 200) == ["body  minimum"])
    #expect(codes(put("http://h/items/1", #"{"price": -1}"#), 404) == [])
    #expect(
      codes(Request(method: "PUT", url: "http://h/items/1", headers: [], body: nil), 200) == [
        "body  required"
      ])
  }

  /// Where and against what an exchange broke the contract.
  private func findings(
    _ contract: Contract, _ request: Request, _ response: Response
  ) -> [String] {
    let exchange = Exchange(request: request, outcome: .response(response))
    return ContractJudge(contracts: [contract]).judge(exchange).verdicts.filter {
      $0.outcome != .passed
    }.flatMap { verdict in verdict.findings.map { "\($0.at) \($0.keyword)" } }
  }

  @Test func `forms and texts are judged as the values that they stand for`() throws {
    let contract = try contract(
      """
      openapi: 3.1.0
      paths:
        /form:
          post:
            requestBody:
              required: true
              content:
                application/x-www-form-urlencoded:
                  schema:
                    type: object
                    required: [n]
                    additionalProperties: false
                    properties:
                      n: {type: integer}
                      list: {type: array, items: {type: integer}, maxItems: 2}
                      one: {type: object, properties: {k: {type: boolean}}}
                      deep: {type: object, properties: {k: {type: integer}}}
                  encoding: {deep: {style: deepObject}}
            responses:
              "200":
                description: d
                content:
                  text/plain: {schema: {type: string, maxLength: 5}}
                  application/octet-stream: {schema: {type: string, maxLength: 2}}
      """)
    func outcomes(_ form: String, _ type: String, _ body: [UInt8]) -> [String] {
      let request = Request(
        method: "POST", url: "http://h/form",
        headers: [HeaderField("Content-Type", "application/x-www-form-urlencoded")],
        body: Array(form.utf8))
      let response = Response(
        status: 200, reason: "", version: "", headers: [HeaderField("Content-Type", type)],
        body: body)
      return findings(contract, request, response)
    }
    let text = Array("hello".utf8)
    #expect(
      outcomes("n=1&list=1&list=2&one=%7B%22k%22%3Atrue%7D&deep[k]=3", "text/plain", text) == [])
    #expect(outcomes("n=x", "text/plain", text) == ["/n type"])
    #expect(outcomes("list=1", "text/plain", text) == [" required"])
    #expect(outcomes("n=1&list=a+b", "text/plain", text) == ["/list/0 type"])
    #expect(
      outcomes("n=1&deep[k]=x&z=1", "text/plain", text).sorted() == [
        " additionalProperties", "/deep/k type",
      ])
    #expect(outcomes("n=1", "text/plain", text + [0x21]) == [" maxLength"])
    #expect(outcomes("n=1", "application/octet-stream", [0xFF, 0xFE]) == [])
    #expect(outcomes("n=1", "application/octet-stream", [0xFF, 0xFE, 0x00]) == [" maxLength"])
  }

  @Test func `the parts of a body are judged, and what is no such body is told`() throws {
    let contract = try contract(
      """
      openapi: 3.1.0
      paths:
        /form:
          post:
            requestBody:
              required: true
              content:
                multipart/form-data:
                  schema:
                    type: object
                    required: [n]
                    properties:
                      n: {type: integer}
                      tags: {type: array, items: {type: string}}
                      meta: {type: object, properties: {k: {type: integer}}}
                      file: {type: string, maxLength: 3}
                  encoding: {file: {contentType: "image/*", headers: {X-N: {schema: {type: integer}}}}}
            responses: {"200": {description: d}}
      """)
    func part(_ name: String, _ body: String, _ fields: String = "") -> String {
      "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\(fields)\r\n\(body)\r\n"
    }
    func told(_ body: String, _ type: String = "multipart/form-data; boundary=b") -> [String] {
      let request = Request(
        method: "POST", url: "http://h/form", headers: [HeaderField("Content-Type", type)],
        body: Array(body.utf8))
      let response = Response(status: 200, reason: "", version: "", headers: [], body: [])
      return findings(contract, request, response)
    }
    let good = part("n", "1")
    let image = "Content-Type: image/png\r\n"
    #expect(told(good + "--b--\r\n") == [])
    #expect(told("preamble\r\n" + good + "--b--") == [])
    #expect(
      told(
        good + part("tags", "a") + part("tags", "b") + part("meta", #"{"k": 1}"#)
          + part("file", "PNG", image + "X-N: 5\r\n") + "--b--") == [])
    #expect(told(part("n", "x") + "--b--") == ["/n type"])
    #expect(told(part("tags", "a") + "--b--") == [" required"])
    #expect(told(good + part("meta", #"{"k": "x"}"#) + "--b--") == ["/meta/k type"])
    #expect(told(good + part("file", "PNGG", image) + "--b--") == ["/file maxLength"])
    #expect(
      told(good + part("file", "x", "Content-Type: text/plain\r\n") + "--b--") == [
        "/file contentType"
      ])
    #expect(told(good + part("file", "x", image + "X-N: a\r\n") + "--b--") == ["/file type"])
    #expect(told(good) == [" multipart"])
    #expect(told(good + "--b--", "multipart/form-data") == [" multipart"])
    #expect(told("nothing") == [" multipart"])
    #expect(told("--b\r\nno blank line\r\n--b--") == [" multipart"])
    #expect(told(String(repeating: "--b\r\n\r\n\r\n", count: 20_000) + "--b--") == [" multipart"])
  }

  @Test func `a rule that is not run is never green`() throws {
    let contract = try contract(
      """
      openapi: 3.1.0
      paths:
        /a:
          get:
            responses:
              "200":
                description: d
                content:
                  application/json: {schema: {type: object, propertyNames: {pattern: "("}}}
                  text/csv: {schema: {type: string}}
      """)
    let verdict = judge(contract, "GET", "http://h/a", .json(#"{"a": 1}"#)).verdicts.last
    #expect(verdict?.outcome == .notJudged)
    #expect(verdict?.message.contains("pattern") == true)
    var csv = Response.json("a,b")
    csv.headers = [HeaderField("Content-Type", "text/csv")]
    #expect(judge(contract, "GET", "http://h/a", csv).verdicts.last?.outcome == .notJudged)
  }

  @Test func `the closest alternative is shown`() throws {
    let contract = try contract(
      """
      openapi: 3.0.3
      paths:
        /a:
          get:
            responses:
              "200":
                description: d
                content:
                  application/json:
                    schema:
                      oneOf: [{$ref: "#/components/schemas/Cat"}, {$ref: "#/components/schemas/Dog"}]
                      discriminator: {propertyName: kind, mapping: {dog: "#/components/schemas/Dog"}}
      components:
        schemas:
          Cat: {type: object, required: [kind, lives], properties: {lives: {type: integer}}}
          Dog: {type: object, required: [kind, bark], properties: {bark: {type: string, nullable: true}}}
      """)
    let findings = judge(contract, "GET", "http://h/a", .json(#"{"kind": "dog", "bark": 3}"#))
      .verdicts.flatMap(\.findings)
    #expect(findings.map { "\($0.at) \($0.keyword)" } == [" oneOf", "/bark type"])
    let null = judge(contract, "GET", "http://h/a", .json(#"{"kind": "dog", "bark": null}"#))
    #expect(null.verdicts.allSatisfy { $0.outcome == .passed })
  }

  @Test(arguments: [
    ("{}", "contract.unknown-format"), ("openapi: 4.0.0", "contract.unknown-version"),
    ("swagger: '1.2'", "contract.unknown-version"), ("- a", "contract.unknown-format"),
  ])
  func `what is no contract is refused`(_ text: String, _ code: String) {
    do {
      _ = try contract(text)
      Issue.record("compiled \(text)")
    } catch {
      #expect((error as? Diagnostic)?.code == code)
    }
  }

  @Test func `a broken reference is told, and the rest serves`() throws {
    let contract = try contract(
      """
      openapi: 3.0.3
      paths:
        /a: {get: {responses: {"200": {description: d, content: {application/json: {schema: {$ref: "#/nowhere"}}}}}}}
        /b: {get: {responses: {"200": {description: d}}}}
      """)
    #expect(contract.notes.map(\.code).contains("contract.unresolved-reference"))
    #expect(judge(contract, "GET", "http://h/b", .json("{}")).operation == "GET /b")
    #expect(judge(contract, "GET", "http://h/a", .json("{}")).verdicts.last?.outcome == .notJudged)
  }

  // MARK: Ground

  private static let shop = """
    openapi: 3.1.0
    paths:
      /items/{id}:
        parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
        get:
          responses: &answers
            "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}
            "4XX": {description: no, content: {application/json: {schema: {type: object, properties: {code: {type: string}}}}}}
            "503": {description: busy, content: {application/*: {}}}
        put:
          parameters:
            - {name: dry, in: query, schema: {type: boolean}}
            - {name: sizes, in: query, schema: {type: array, items: {type: integer}}}
          requestBody:
            required: true
            content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}
          responses: *answers
    components:
      schemas:
        Item:
          type: object
          required: [id, price]
          additionalProperties: false
          properties:
            id: {type: integer, readOnly: true}
            price:
              type: number
              minimum: 0
              multipleOf: 0.01
            tags: {type: array, uniqueItems: true, items: {type: string}}
    """

  private func contract(_ text: String) throws -> Contract {
    let document = try YAMLReader.read(SourceFile(name: "openapi.yaml", text: text))
    return try Contract.compile(document) { path, file throws(Diagnostic) in
      throw Diagnostic(.warning, "test.no-files", "`\(path)` is not there")
    }
  }

  @Test func `links that cannot be followed are told`() throws {
    let contract = try contract(
      """
      {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {"/x": {"get": {"responses":
      {"200": {"description": "d", "content": {"application/json": {}}, "links": {"next": {
      "operationId": "y", "parameters": {"id": "$response.body#/id", "fixed": "7"}}}}}}}}}
      """)
    for (body, isTold) in [(#"{"id": 1}"#, false), (#"{"no": 1}"#, true)] {
      let judgement = judge(contract, "GET", "http://h/x", .json(body))
      let findings = judgement.verdicts.flatMap(\.findings)
      #expect(findings.map(\.code) == (isTold ? ["contract.link"] : []))
      #expect(judgement.verdicts.allSatisfy { !$0.isBad })
    }
  }

  @Test func `what a discriminator says and the value is not is worth a word`() throws {
    let contract = try contract(
      """
      {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/x": {"get": {"responses":
      {"200": {"description": "d", "content": {"application/json": {"schema": {
      "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
      "discriminator": {"propertyName": "kind", "mapping": {"hound": "#/components/schemas/Dog"}}}}}}}}}},
      "components": {"schemas": {
      "Cat": {"type": "object", "required": ["kind", "lives"], "properties": {"kind": {}, "lives": {"type": "integer"}}},
      "Dog": {"type": "object", "required": ["kind", "bark"], "properties": {"kind": {}, "bark": {"type": "string"}}}}}}
      """)
    for (body, said) in [
      (#"{"kind": "Cat", "lives": 9}"#, nil), (#"{"kind": "hound", "bark": "w"}"#, nil),
      (#"{"kind": "Dog", "lives": 9}"#, "fits another alternative"),
      (#"{"kind": "cow", "lives": 9}"#, "names no alternative"),
    ] {
      let judgement = judge(contract, "GET", "http://h/x", .json(body))
      let findings = judgement.verdicts.flatMap(\.findings)
      #expect(findings.map(\.keyword) == (said == nil ? [] : ["discriminator"]), "\(body)")
      #expect(said.map { findings[0].message.contains($0) } ?? true)
      #expect(findings.allSatisfy { $0.at == "/kind" && $0.severity == .warning })
      #expect(judgement.verdicts.allSatisfy { !$0.isBad })
    }
  }

  @Test func `parts without names are judged by their places`() throws {
    let contract = try contract(
      """
      {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": {"/x": {"get": {"responses":
      {"200": {"description": "d", "content": {"multipart/mixed": {"schema": {"type": "array",
      "prefixItems": [{"type": "object", "required": ["id"]}, {"type": "string"}]},
      "itemEncoding": {}}}}}}}}}
      """)
    for (first, isBad) in [(#"{"id": 1}"#, false), (#"{"no": 1}"#, true)] {
      var response = Response.json(
        "--b\r\nContent-Type: application/json\r\n\r\n\(first)\r\n--b\r\n\r\ntext\r\n--b--\r\n")
      response.headers = [HeaderField("Content-Type", "multipart/mixed; boundary=b")]
      let judgement = judge(contract, "GET", "http://h/x", response)
      #expect(judgement.verdicts.contains(where: \.isBad) == isBad)
      #expect(!judgement.verdicts.contains { $0.outcome == .notJudged })
    }
  }

  private func judge(
    _ contract: Contract, _ method: String, _ url: String, _ response: Response
  ) -> Judgement {
    let request = Request(method: method, url: url, headers: [], body: nil)
    return ContractJudge(contracts: [contract])
      .judge(Exchange(request: request, outcome: .response(response)))
  }

  private func check(
    _ contract: Contract, _ response: Response, _ expected: [String],
    _ location: SourceLocation = #_sourceLocation
  ) {
    let judgement = judge(contract, "GET", "http://h/items/1", response)
    let findings = judgement.verdicts.filter { $0.outcome == .failed }.flatMap(\.findings)
    #expect(
      findings.map { "\($0.code) \($0.at) \($0.keyword)" } == expected, sourceLocation: location)
  }
}
