import AssayModel
import AssayTransport
import Testing

@Suite struct RedirectTests {
  @Test func `a redirect leads where its location says`() {
    check("http://a/b/c?x=1", 302, "/d", "GET http://a/d")
    check("http://a/b/c", 302, "d?y=é ü", "GET http://a/b/d?y=%C3%A9%20%C3%BC")
    check("http://a/b/c", 302, "//h/x", "GET http://h/x")
    check("http://a/b/c", 303, "https://h/x#part", "GET https://h/x")
    check("http://a/b/c", 307, "../x", "POST http://a/x")
    check("http://a/b/c", 308, "http://a/x", "POST http://a/x")
  }

  @Test func `some answers lead nowhere, and some must not be followed`() {
    for status in [200, 300, 304, 305, 400] {
      guard case .none = followUp("http://a/", status, "/x") else {
        Issue.record("followed \(status)")
        continue
      }
    }
    for location in ["file:///etc/passwd", "gopher://h/", "javascript:alert(1)", "http:///x"] {
      guard case .refused = followUp("http://a/", 302, location) else {
        Issue.record("followed \(location)")
        continue
      }
    }
    guard case .refused = followUp("https://a/", 302, "http://a/") else {
      Issue.record("followed from https to http")
      return
    }
  }

  @Test func `the body goes along only where the method stays`() {
    #expect(next("http://a/", 302, "/x")?.body == nil)
    #expect(next("http://a/", 302, "/x")?.headers.first("Content-Type") == nil)
    #expect(next("http://a/", 307, "/x")?.body == [1])
    #expect(next("http://a/", 307, "/x")?.headers.first("Content-Type") == "text/plain")
    #expect(next("http://a/", 302, "/x", method: "HEAD")?.method == "HEAD")
  }

  @Test func `the host is that of the target, and a collection may bend the rules`() {
    #expect(next("http://a/x", 302, "http://b:81/")?.headers.first("Host") == "b:81")
    #expect(next("http://a/x", 302, "https://b:443/")?.headers.first("Host") == "b")
    var rules = CallRules()
    rules.keepsMethod = true
    #expect(next("http://a/", 303, "/x", rules: rules)?.method == "POST")
    rules.keepsCredentials = true
    let headers = next("http://a/", 303, "http://b/", rules: rules)?.headers
    #expect(headers?.first("Authorization") == "Bearer x")
    #expect(headers?.has("X-Api-Key") == false)
    rules.omitsReferer = true
    #expect(next("http://a/", 303, "/x", rules: rules)?.headers.has("Referer") == false)
  }

  @Test func `credentials stay with their origin`() {
    for location in [
      "http://b/", "http://a:8080/", "https://a/", "http://a.evil/", "http://a@b/", "//b/",
    ] {
      let headers = next("http://a/x", 307, location)?.headers.map(\.name)
      #expect(headers == ["X-Trace", "Content-Type", "Content-Length", "Host"], "\(location)")
    }
    for location in ["/y", "http://a:80/", "http://A/"] {
      let headers = next("http://a/x", 307, location)?.headers.map(\.name)
      #expect(
        headers == [
          "Authorization", "Cookie", "X-Api-Key", "X-Auth-Token", "X-Trace", "Content-Type",
          "Content-Length", "Referer", "Host",
        ],
        "\(location)")
    }
  }

  private func check(
    _ url: String, _ status: Int, _ location: String, _ expected: String,
    _ place: SourceLocation = #_sourceLocation
  ) {
    let request = next(url, status, location)
    #expect(request.map { "\($0.method) \($0.url)" } == expected, sourceLocation: place)
  }

  private func next(
    _ url: String, _ status: Int, _ location: String, method: String = "POST",
    rules: CallRules = CallRules()
  ) -> Request? {
    guard
      case .request(let request) = followUp(url, status, location, method: method, rules: rules)
    else { return nil }
    return request
  }

  private func followUp(
    _ url: String, _ status: Int, _ location: String, method: String = "POST",
    rules: CallRules = CallRules()
  ) -> FollowUp {
    let request = Request(
      method: method, url: url,
      headers: [
        HeaderField("Host", "a"), HeaderField("Authorization", "Bearer x"),
        HeaderField("Cookie", "c=1"),
        HeaderField("X-Api-Key", "k"), HeaderField("X-Auth-Token", "t"),
        HeaderField("X-Trace", "1"),
        HeaderField("Content-Type", "text/plain"), HeaderField("Content-Length", "1"),
      ], body: [1])
    let response = Response(
      status: status, reason: "", version: "", headers: [HeaderField("Location", location)],
      body: [])
    return Redirects().followUp(
      of: Exchange(request: request, outcome: .response(response)), to: request, rules: rules)
  }
}
