import AssayMock
import AssayModel
import AssayTestKit
import AssayText
import Testing

@Suite struct StatefulAnswererTests {
  private let answerer = StatefulAnswerer(
    ClosureAnswerer { request in
      if request.headers.first("Prefer") == "code=404" {
        return .json(#"{"title": "gone"}"#, status: 404)
      }
      switch request.method {
      case "POST": return .json(#"{"id": 1, "name": "example", "createdAt": "x"}"#, status: 201)
      case "DELETE": return Response(status: 204, reason: "", version: "", headers: [], body: [])
      default:
        return .json(
          request.url.hasSuffix("/pets")
            ? #"[{"id": 1, "name": "example"}]"# : #"{"id": 1, "name": "example"}"#)
      }
    })

  @Test func `what was created is there until it is deleted`() {
    #expect(body("GET", "/pets") == #"[{"id":1,"name":"example"}]"#)
    #expect(
      body("POST", "/pets", #"{"name": "Rex", "id": 9}"#)
        == #"{"id":1,"name":"Rex","createdAt":"x"}"#)
    #expect(
      body("POST", "/pets", #"{"name": "Tom", "new": true}"#)
        == #"{"id":2,"name":"Tom","createdAt":"x","new":true}"#)
    #expect(body("GET", "/pets/2?x=1") == #"{"id":2,"name":"Tom","createdAt":"x","new":true}"#)
    #expect(
      body("PUT", "/pets/1", #"{"name": "Max"}"#) == #"{"id":1,"name":"Max","createdAt":"x"}"#)
    #expect(body("GET", "/pets")?.hasPrefix(#"[{"id":1,"name":"Max""#) == true)
    #expect(status("DELETE", "/pets/1") == 204)
    #expect(status("GET", "/pets/1") == 404)
    #expect(status("DELETE", "/pets/1") == 404)
    #expect(status("PATCH", "/pets/1", "{}") == 404)
    #expect(body("GET", "/pets")?.hasPrefix(#"[{"id":2"#) == true)
    #expect(status("GET", "/others/1") == 200)
  }

  private func send(_ method: String, _ url: String, _ body: String?) -> Response {
    answerer.answer(
      Request(method: method, url: url, headers: [], body: body.map { Array($0.utf8) }))
  }

  private func body(_ method: String, _ url: String, _ body: String? = nil) -> String? {
    let bytes = send(method, url, body).body
    return (try? JSONReader.read(SourceFile(name: "b", bytes: bytes))).map { document in
      var writer = JSONWriter()
      writer.node(document.root)
      return writer.text
    }
  }

  private func status(_ method: String, _ url: String, _ body: String? = nil) -> Int {
    send(method, url, body).status
  }
}

@Suite struct FaultTests {
  @Test(arguments: [
    ("GET /a/* wrong-type=/id", #"{"id":"1","list":[{"x":"y"}]}"#),
    ("GET /a/* wrong-type=/list/0/x", #"{"id":1,"list":[{"x":1}]}"#),
    ("* /a/1 missing=/list", #"{"id":1}"#),
    ("GET /a/1 extra=/more", #"{"id":1,"list":[{"x":"y"}],"more":"not in the contract"}"#),
    ("POST /a/1 missing=/id", #"{"id":1,"list":[{"x":"y"}]}"#),
    ("GET /b/1 missing=/id", #"{"id":1,"list":[{"x":"y"}]}"#),
    ("GET /a/1 missing=/list/7/x", #"{"id":1,"list":[{"x":"y"}]}"#),
  ])
  func `a fault spoils what it applies to, and nothing else`(_ text: String, _ expected: String)
    throws
  {
    let injector = FaultInjector(
      ClosureAnswerer { _ in .json(#"{"id":1,"list":[{"x":"y"}]}"#) }, faults: [try MockFault(text)]
    )
    let response = injector.answer(
      Request(method: "GET", url: "/a/1?q", headers: [], body: nil))
    #expect(String(decoding: response.body, as: UTF8.self) == expected)
  }

  @Test func `a status replaces the answer, and latency delays it`() throws {
    let injector = FaultInjector(
      ClosureAnswerer { _ in .json("{}") },
      faults: [try MockFault("GET / status=503"), try MockFault("GET / latency=30ms")])
    let clock = ContinuousClock()
    var response = Response.json("")
    let time = clock.measure {
      response = injector.answer(Request(method: "GET", url: "/", headers: [], body: nil))
    }
    #expect(response.status == 503 && response.body.isEmpty)
    #expect(time >= .milliseconds(30))
  }

  @Test(arguments: [
    "", "GET /a", "GET /a odd=1", "GET /a status=99", "GET /a latency=2s", "GET /a missing=x",
  ])
  func `what is no fault is refused`(_ text: String) {
    #expect(throws: Diagnostic.self) { try MockFault(text) }
  }

  @Test func `a port that is taken is told`() throws {
    let first = try MockServer(answerer: ClosureAnswerer { _ in .json("{}") })
    #expect(throws: Diagnostic.self) {
      try MockServer(answerer: ClosureAnswerer { _ in .json("{}") }, port: first.port)
    }
    #expect(MockServer.libraryVersion.contains("."))
  }
}
