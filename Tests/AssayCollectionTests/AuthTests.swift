import AssayCollection
import AssayModel
import AssayTestKit
import AssayText
import Testing

/// Signatures against the examples that their specifications publish.
@Suite struct AuthVectorTests {
  @Test func `OAuth 1 signs as RFC 5849 shows`() throws {
    let consumer = #""consumerKey": "dpf43f3p2l4k3l03", "consumerSecret": "kd94hf93k423kf44""#
    // Section 1.2, the request for a photo.
    try check(
      "oauth1",
      #"""
      {\#(consumer), "token": "nnch734d00sl2jdk", "tokenSecret": "pfkkdhi9sl3r4s00",
       "timestamp": "137131202", "nonce": "chapoH", "version": "", "addParamsToHeader": true}
      """#, "GET", "http://photos.example.net/photos?file=vacation.jpg&size=original",
      contains: #"oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D""#)
  }

  @Test func `Digest answers as RFC 7616 shows`() throws {
    for (algorithm, response) in [
      ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
      ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ] {
      // Section 3.9.1.
      try check(
        "digest",
        #"""
        {"username": "Mufasa", "password": "Circle of Life", "realm": "http-auth@example.org",
         "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "qop": "auth",
         "nonceCount": "00000001", "algorithm": "\#(algorithm)",
         "clientNonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
         "opaque": "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"}
        """#, "GET", "http://www.example.org/dir/index.html", contains: #"response="\#(response)""#)
    }
  }

  @Test func `Hawk signs as its documentation shows`() throws {
    let credentials =
      #""authId": "dh37fgj492je", "authKey": "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn", "algorithm": "sha256", "nonce": "j4h3g2", "timestamp": "1353832234", "extraData": "some-app-ext-data""#
    try check(
      "hawk", "{\(credentials)}", "GET", "http://example.com:8000/resource/1?b=1&a=2",
      contains: #"mac="6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=""#)
    try check(
      "hawk", #"{\#(credentials), "includePayloadHash": true}"#, "POST",
      "http://example.com:8000/resource/1?b=1&a=2", body: "Thank you for flying Hawk",
      headers: [("Content-Type", "text/plain")],
      contains:
        #"hash="Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=", ext="some-app-ext-data", mac="aSe1DERmZuRl3pI36/9BdZmnErTw3sNzOOAUlfeKjVw=""#
    )
  }

  @Test func `Amazon's signature is that of its test suite`() throws {
    let credentials =
      #"{"accessKey": "AKIDEXAMPLE", "secretKey": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "region": "us-east-1", "service": "service"}"#
    // get-vanilla, and get-vanilla-query-order-key-case; 2015-08-30 12:36:00.
    for (path, signature) in [
      ("/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
      (
        "/?Param2=value2&Param1=value1",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
      ),
    ] {
      try check(
        "awsv4", credentials, "GET", "https://example.amazonaws.com" + path, now: 1_440_938_160,
        contains: "SignedHeaders=host;x-amz-date, Signature=\(signature)")
    }
  }

  /// RFC 7515, appendix A.1: the authentication code of a compact token.
  @Test func `tokens are signed as RFC 7515 shows`() throws {
    let key = Base64.decode(
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr/T+1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow=="
        .utf8)
    let input =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    let code = Digest.hmac(input.utf8, key: try #require(key), .sha256)
    #expect(Base64.encodeForURL(code) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    // And a token of our own, as any library makes it.
    try check(
      "jwt",
      #"{"algorithm": "HS256", "secret": "your-256-bit-secret", "payload": "{\"sub\":\"1234567890\",\"name\":\"John Doe\",\"iat\":1516239022}", "header": "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"}"#,
      "GET", "http://h/",
      contains:
        "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
    )
  }

  @Test func `what cannot be signed is sent without, and that is told`() throws {
    for (type, values, reason) in [
      ("jwt", #"{"algorithm": "HS999", "payload": "{}"}"#, "is not known"),
      ("jwt", #"{"algorithm": "RS256", "payload": "{}", "privateKey": "x"}"#, "private key"),
      ("jwt", #"{"algorithm": "HS256", "payload": "[1"}"#, "no JSON object"),
      ("oauth1", #"{"signatureMethod": "RSA-SHA1", "privateKey": "x"}"#, "RSA key"),
      ("asap", #"{"privateKey": "data:x"}"#, "private key"),
    ] {
      let composition = try compose(type, values, "GET", "http://h/")
      #expect(composition.request.headers.has("Authorization") == false)
      #expect(composition.notes.map(\.code) == ["collection.unsigned"])
      #expect(composition.notes.first?.labels.first?.text.contains(reason) == true, "\(reason)")
    }
  }

  private func check(
    _ type: String, _ values: String, _ method: String, _ url: String, body: String? = nil,
    headers: [(String, String)] = [], now: Int = 1_795_000_000, contains expected: String,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let composition = try compose(
      type, values, method, url, body: body, headers: headers, now: now)
    let field = composition.request.headers.first("Authorization") ?? "none"
    #expect(field.contains(expected), "\(field)", sourceLocation: location)
  }

  private func compose(
    _ type: String, _ values: String, _ method: String, _ url: String, body: String? = nil,
    headers: [(String, String)] = [], now: Int = 1_795_000_000
  ) throws -> Composition {
    let fields = headers.map { #"{"key": "\#($0.0)", "value": "\#($0.1)"}"# }
    let content = body.map { #", "body": {"mode": "raw", "raw": "\#($0)"}"# } ?? ""
    let text = #"""
      {"info": {}, "item": [{"name": "I", "request": {"method": "\#(method)", "url": "\#(url)",
        "header": [\#(fields.joined(separator: ","))], "auth": {"type": "\#(type)", "\#(type)": \#(values)}\#(content)}}]}
      """#
    let document = try JSONReader.read(SourceFile(name: "c", text: text))
    let result = try CollectionReader.read(document, composing: .test(now: { now }))
    let item = result.suite.items[0]
    return try result.composer.compose(
      item, draft: result.composer.draft(of: item), scopes: Scopes())
  }
}

/// The exact requests that another runner was recorded to send for a hundred shapes.
@Suite struct ShapeConformanceTests {
  /// What differs, and why.
  private static let known = [
    "disabled system headers": "a request always has its Host and its length",
    "string header": "the recording shows a byte of the request before it",
    "url disable encoding": "the transport encodes what no request line can carry",
    "formdata file missing": "a file that is not there stops its call",
    "file body missing": "a file that is not there stops its call",
  ]

  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
  func `every shape is composed as it was recorded`() throws {
    let expected = try recorded()
    let document = try JSONReader.read(
      SharedData.file("oracle/shapes/shapes.postman_collection.json"))
    // The moment of the recording, which some signatures hold.
    let result = try CollectionReader.read(
      document, composing: .test(files: .none, now: { 1_795_177_165 }))
    var equal = 0
    var different: [String] = []
    for item in result.suite.items {
      let name = PercentEncoding.encode(item.name.utf8) {
        URI.isUnreserved($0) || "!'()*".utf8.contains($0)
      }
      guard let wanted = expected[name], Self.known[item.name] == nil else { continue }
      let draft = Self.adding("x-wire-case", name, to: result.composer.draft(of: item))
      guard
        let composition = try? result.composer.compose(item, draft: draft, scopes: Scopes())
      else {
        different.append(item.name)
        continue
      }
      if Self.text(composition.request) == wanted {
        equal += 1
      } else {
        different.append(
          "\(item.name):\n  \(wanted)\n  \(Self.text(composition.request))")
      }
    }
    print("shapes: \(equal) of \(equal + different.count) requests composed as recorded")
    let files = different.filter { $0.hasPrefix("formdata file") || $0.hasPrefix("file body") }
    #expect(different.count == files.count, "\(different.joined(separator: "\n"))")
    #expect(equal >= 85)
  }

  private func recorded() throws -> [String: String] {
    let root = try JSONReader.read(SharedData.file("oracle/shapes/expected.json")).root
    var found: [String: String] = [:]
    for request in root.elements {
      let lines = request["headers"]?.elements.compactMap(\.string) ?? []
      guard let mark = lines.first(where: { $0.hasPrefix("x-wire-case: ") }) else { continue }
      let fields = lines.filter { !Self.isLeftOut($0) }.map { $0.hasSuffix(":") ? $0 + " " : $0 }
      let words = (request["line"]?.string ?? "").split(separator: " ")
      let name = String(mark.dropFirst("x-wire-case: ".count))
      // The first of a name; what follows are its redirects.
      if found[name] == nil, words.count == 3 {
        found[name] = Self.normalised(
          "\(words[0]) \(words[1])\n" + fields.joined(separator: "\n") + "\n\n"
            + Self.latin(request["body"]?.string ?? ""))
      }
    }
    return found
  }

  private static func isLeftOut(_ line: String) -> Bool {
    ["User-Agent: ", "Postman-Token: "].contains { line.hasPrefix($0) }
      || line == "Content-Length: 0"
  }

  private static func text(_ request: Request) -> String {
    let start = request.url.firstRange(of: "://")?.upperBound ?? request.url.startIndex
    let target = request.url[start...].firstIndex(of: "/").map { request.url[$0...] } ?? "/"
    let fields = request.headers.map { "\($0.name): \($0.value)" }.filter { !isLeftOut($0) }
    return normalised(
      "\(request.method) \(target)\n" + fields.joined(separator: "\n") + "\n\n"
        + String(decoding: request.body ?? [], as: UTF8.self))
  }

  /// The recording reads bodies as ISO 8859-1.
  private static func latin(_ text: String) -> String {
    let bytes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Boundaries by one name, and without the lengths that come of them.
  private static func normalised(_ text: String) -> String {
    guard let mark = text.firstRange(of: "boundary=") else { return text }
    let boundary = String(text[mark.upperBound...].prefix { !$0.isNewline })
    return text.replacing(boundary, with: "B").split(
      separator: "\n", omittingEmptySubsequences: false
    ).filter { !$0.hasPrefix("Content-Length: ") }.joined(separator: "\n")
  }

  private static func adding(_ name: String, _ value: String, to draft: Value) -> Value {
    guard case .object(var members) = draft,
      let place = members.firstIndex(where: { $0.name == "header" }),
      case .array(let fields) = members[place].value
    else { return draft }
    let field = Value.object([
      .init("key", .string(name)), .init("value", .string(value)),
    ])
    members[place].value = .array(fields + [field])
    return .object(members)
  }
}
