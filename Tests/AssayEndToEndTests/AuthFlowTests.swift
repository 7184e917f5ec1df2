import AssayMock
import AssayModel
import AssaySystem
import AssayTestKit
import AssayText
import Synchronization
import Testing

/// Logins that take more than one message, against servers that check what they get.
@Suite struct AuthFlowTests {
  @Test(arguments: [
    ("MD5", "auth", Digest.Algorithm.md5), ("SHA-256", "auth,auth-int", .sha256),
    ("SHA-512-256-sess", "auth-int", .sha512Over256), ("", "", .md5),
  ])
  func `a Digest challenge is answered, and the next call answers it ahead`(
    _ name: String, _ quality: String, _ algorithm: Digest.Algorithm
  ) async throws {
    let seen = Mutex<[String]>([])
    let answerer = ClosureAnswerer { request in
      let field = request.headers.first("Authorization") ?? ""
      let problem = Self.digestProblem(request, field, algorithm)
      seen.withLock { $0.append(problem ?? "right") }
      guard problem != nil else { return .json("{}") }
      var response = Response.json("{}", status: 401)
      var challenge = #"Digest realm="r, s", nonce="n\#(name)", opaque="o""#
      if !quality.isEmpty { challenge += #", qop="\#(quality)""# }
      if !name.isEmpty { challenge += ", algorithm=\(name)" }
      response.headers += [
        HeaderField("WWW-Authenticate", "Basic realm=\"other\", Digest realm=\"x\", algorithm=NEW"),
        HeaderField("WWW-Authenticate", challenge),
      ]
      return response
    }
    let server = try MockServer(answerer: answerer)
    let auth = #"{"type": "digest", "digest": {"username": "u\"ü", "password": "p"}}"#
    let outcome = try await run(server, auth: auth, calls: 3)
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.error)")
    #expect(seen.withLock { $0 } == ["none", "right", "right", "right"])
  }

  /// What a server finds wrong with an answer; nil where it is right.
  private static func digestProblem(
    _ request: Request, _ field: String, _ algorithm: Digest.Algorithm
  ) -> String? {
    guard field.hasPrefix("Digest ") else { return "none" }
    var values: [String: String] = [:]
    for part in field.dropFirst(7).split(separator: ", ") where !part.hasPrefix("s\"") {
      let sides = part.split(separator: "=", maxSplits: 1)
      values[String(sides[0])] = sides[1].trimmingPrefix("\"").description.filter { $0 != "\"" }
    }
    func hash(_ text: String) -> String { Digest.hex(Digest.hash(text.utf8, algorithm)) }
    let nonce = values["nonce"] ?? ""
    var first = hash("u\"ü:r, s:p")
    if values["algorithm"]?.hasSuffix("-sess") == true {
      first = hash("\(first):\(nonce):\(values["cnonce"] ?? "")")
    }
    let path = values["uri"] ?? ""
    guard request.url.hasSuffix(path) else { return "uri \(path)" }
    var second = "\(request.method):\(path)"
    if values["qop"] == "auth-int" {
      second += ":" + Digest.hex(Digest.hash(request.body ?? [], algorithm))
    }
    let middle =
      values["qop"].map { "\(nonce):\(values["nc"] ?? ""):\(values["cnonce"] ?? ""):\($0)" }
      ?? nonce
    return values["response"] == hash("\(first):\(middle):\(hash(second))") ? nil : "wrong"
  }

  @Test func `a wrong password is answered once, and not again and again`() async throws {
    let count = Mutex(0)
    let server = try MockServer(
      answerer: ClosureAnswerer { _ in
        count.withLock { $0 += 1 }
        var response = Response.json("{}", status: 401)
        response.headers.append(
          HeaderField("WWW-Authenticate", #"Digest realm="r", nonce="n", qop="auth""#))
        return response
      })
    let auth = #"{"type": "digest", "digest": {"username": "u", "password": "p"}}"#
    _ = try await run(server, auth: auth, calls: 1)
    #expect(count.withLock { $0 } == 2)
  }

  @Test func `a token is fetched once, renewed when it ends, and never shown`() async throws {
    let log = Mutex<[String]>([])
    let server = try MockServer(
      answerer: ClosureAnswerer { request in
        let text = String(decoding: request.body ?? [], as: UTF8.self)
        let field = request.headers.first("Authorization") ?? "none"
        if request.url.hasSuffix("/token") {
          let count = log.withLock { log in
            log.append("token \(field) \(text)")
            return log.count { $0.hasPrefix("token") }
          }
          // The first one has ended by the time it comes.
          let lifetime = count == 1 ? 1 : 3_600
          return .json(
            #"{"access_token": "access-secret-\#(count)", "expires_in": \#(lifetime), "refresh_token": "refresh-secret"}"#
          )
        }
        log.withLock { $0.append(field) }
        return .json("{}")
      })
    let auth = #"""
      {"type": "oauth2", "oauth2": [{"key": "grant_type", "value": "client_credentials"},
        {"key": "accessTokenUrl", "value": "{{base}}/token"}, {"key": "clientId", "value": "a b"},
        {"key": "clientSecret", "value": "client-secret"}, {"key": "scope", "value": "x y"}]}
      """#
    let outcome = try await run(server, auth: auth, calls: 3)
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.error)")
    let basic = Base64.encode(Array("a%20b:client-secret".utf8))
    #expect(
      log.withLock { $0 } == [
        "token Basic \(basic) grant_type=client_credentials&scope=x%20y", "Bearer access-secret-1",
        "token Basic \(basic) grant_type=refresh_token&refresh_token=refresh-secret",
        "Bearer access-secret-2", "Bearer access-secret-2",
      ])
    for secret in ["access-secret", "refresh-secret"] {
      #expect(!outcome.journal.contains(secret), "\(secret)")
    }
  }

  @Test func `without a token the call is not sent, and cannot be judged`() async throws {
    let server = try MockServer(
      answerer: ClosureAnswerer { _ in .json(#"{"error": "invalid_client"}"#, status: 401) })
    let auth = #"""
      {"type": "oauth2", "oauth2": {"grant_type": "password", "accessTokenUrl": "{{base}}/token",
        "username": "u", "password": "form-password", "client_authentication": "body", "clientId": "c"}}
      """#
    let outcome = try await run(server, auth: auth, calls: 1)
    #expect(outcome.code == 5)
    #expect(outcome.output.contains("it answered 401 without a token"))
    // What was asked with is evidence; the password in it is not.
    #expect(outcome.bodies.contains("grant_type=password&username=u&password=[secret:password#"))
    #expect(!outcome.bodies.contains("form-password"))
  }

  @Test func `an NTLM challenge is answered on its connection`() async throws {
    // Type 2 of a server that asks for Unicode and NTLM, with a challenge of eight bytes.
    let challenge: [UInt8] =
      Array("NTLMSSP\0".utf8) + [2, 0, 0, 0] + [0, 0, 0, 0, 48, 0, 0, 0] + [1, 2, 0, 0]
      + [1, 2, 3, 4, 5, 6, 7, 8] + [UInt8](repeating: 0, count: 16)
    let steps = Mutex<[String]>([])
    let server = try MockServer(
      answerer: ClosureAnswerer { request in
        let field = request.headers.first("Authorization") ?? ""
        let message = Base64.decode(field.dropFirst(5).utf8) ?? []
        let kind = message.count > 8 ? Int(message[8]) : 0
        steps.withLock { $0.append("\(kind) \(request.body?.count ?? 0)") }
        guard kind != 3 else { return .json("{}") }
        var response = Response.json("{}", status: 401)
        let offer = kind == 1 ? "NTLM " + Base64.encode(challenge) : "NTLM"
        response.headers.append(HeaderField("WWW-Authenticate", offer))
        return response
      })
    let auth = #"{"type": "ntlm", "ntlm": {"username": "user", "password": "p", "domain": "D"}}"#
    let outcome = try await run(server, auth: auth, calls: 1, body: "hello")
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.error)")
    #expect(steps.withLock { $0 } == ["0 5", "1 0", "3 5"])
  }

  /// A redirect to somebody else, who then asks for the login himself.
  @Test(arguments: ["ntlm", "digest"])
  func `a login is not given to whom a redirect leads`(_ type: String) async throws {
    let seen = Mutex<[String]>([])
    let thief = try MockServer(
      answerer: ClosureAnswerer { request in
        seen.withLock { $0.append(request.headers.first("Authorization") ?? "none") }
        var response = Response.json("{}", status: 401)
        response.headers += [
          HeaderField("WWW-Authenticate", "NTLM"),
          HeaderField("WWW-Authenticate", #"Digest realm="r", nonce="n", qop="auth""#),
        ]
        return response
      })
    let server = try MockServer(
      answerer: ClosureAnswerer { _ in
        var response = Response.json("{}", status: 307)
        response.headers.append(HeaderField("Location", thief.url + "/x"))
        return response
      })
    let auth = #"{"type": "\#(type)", "\#(type)": {"username": "u", "password": "p"}}"#
    _ = try await run(server, auth: auth, calls: 1)
    #expect(seen.withLock { $0 } == ["none"])
  }

  /// Keys that OpenSSL makes, and signatures that it verifies: every algorithm that is not keyed by a
  /// shared secret.
  @Test(arguments: [
    ("RS256", "rsa:2048", "-sha256"), ("RS512", "rsa:2048", "-sha512"),
    ("PS256", "rsa:2048", "-sha256 -sigopt rsa_padding_mode:pss"),
    ("PS384", "rsa:2048", "-sha384 -sigopt rsa_padding_mode:pss"),
    ("ES256", "prime256v1", "-sha256"), ("ES384", "secp384r1", "-sha384"),
    ("ES512", "secp521r1", "-sha512"), ("ASAP", "rsa:2048", "-sha256"),
    ("RSA-SHA1", "rsa:2048", "-sha1"), ("RSA-SHA256", "rsa:2048", "-sha256"),
    ("RSA-SHA512", "rsa:2048", "-sha512"),
  ])
  func `signatures by private keys verify`(
    _ name: String, _ kind: String, _ digest: String
  ) async throws {
    let scratch = try Scratch()
    let make =
      kind.hasPrefix("rsa:")
      ? "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem"
      : "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:\(kind) -out key.pem"
    let made = try await Program.shell(
      "\(make) && openssl pkey -in key.pem -pubout -out pub.pem && cat key.pem",
      folder: scratch.path)
    let key = JSONWriter.text(of: .string(made.output))
    let auth =
      switch name {
      case "ASAP":
        #"{"type": "asap", "asap": {"kid": "k", "iss": "i", "aud": "a", "privateKey": \#(key)}}"#
      case _ where name.hasPrefix("RSA-"):
        #"{"type": "oauth1", "oauth1": {"consumerKey": "c", "signatureMethod": "\#(name)", "timestamp": "1", "nonce": "n", "privateKey": \#(key), "addParamsToHeader": true}}"#
      default:
        #"{"type": "jwt", "jwt": {"algorithm": "\#(name)", "payload": "{\"a\":1}", "privateKey": \#(key)}}"#
      }
    let field = Mutex("")
    let server = try MockServer(
      answerer: ClosureAnswerer { request in
        field.withLock { $0 = request.headers.first("Authorization") ?? "" }
        return .json("{}")
      })
    let outcome = try await run(server, auth: auth, calls: 1)
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.error)")
    let (text, signature) = Self.signed(field.withLock { $0 }, url: server.url)
    try scratch.write("text", text)
    try scratch.write("signature", bytes: signature)
    let verified = try await Program.shell(
      "openssl dgst \(digest) -verify pub.pem -signature signature text", folder: scratch.path)
    #expect(verified.output == "Verified OK\n", "\(verified.error)")
  }

  /// What was signed, and the signature as OpenSSL reads it.
  private static func signed(_ field: String, url: String) -> (text: String, signature: [UInt8]) {
    if field.hasPrefix("OAuth ") {
      let parts = field.dropFirst(6).split(separator: ",").map { $0.split(separator: "=") }
      let pairs = parts.map { (String($0[0]), String($0[1].dropFirst().dropLast())) }
      func encoded(_ text: String) -> String {
        PercentEncoding.encode(text.utf8, keeping: URI.isUnreserved)
      }
      let query = pairs.filter { $0.0 != "oauth_signature" } + [("q", "a%20b")]
      let sorted = query.map { "\($0.0)=\($0.1)" }.sorted().joined(separator: "&")
      let signature = pairs.first { $0.0 == "oauth_signature" }?.1 ?? ""
      return (
        "POST&\(encoded(url + "/x/1"))&\(encoded(sorted))",
        Base64.decode(PercentEncoding.decodedText(signature).utf8) ?? []
      )
    }
    let parts = field.dropFirst("Bearer ".count).split(separator: ".").map(String.init)
    guard parts.count == 3 else { return ("", []) }
    let plain = parts[2].replacing("-", with: "+").replacing("_", with: "/")
    var bytes = Base64.decode(plain.utf8) ?? []
    if [64, 96, 132].contains(bytes.count) { bytes = der(bytes) }
    return (parts[0] + "." + parts[1], bytes)
  }

  /// R and S as the two integers of a sequence.
  private static func der(_ bytes: [UInt8]) -> [UInt8] {
    func integer(_ part: ArraySlice<UInt8>) -> [UInt8] {
      var value = Array(part.drop { $0 == 0 })
      if value.first.map({ $0 >= 0x80 }) ?? true { value.insert(0, at: 0) }
      return [2, UInt8(value.count)] + value
    }
    let half = bytes.count / 2
    let content = integer(bytes[..<half]) + integer(bytes[half...])
    let length = content.count < 128 ? [UInt8(content.count)] : [0x81, UInt8(content.count)]
    return [0x30] + length + content
  }

  private struct Outcome {
    let code: Int32
    let output: String
    let error: String
    let journal: String
    /// Everything that was kept of bodies.
    let bodies: String
  }

  private static func bodies(_ folder: String) -> String {
    (Files.entries(of: folder) ?? []).map { name in
      let bytes = (try? Files.read("\(folder)/\(name)").bytes) ?? []
      return String(
        decoding: (try? Deflate.decompress(bytes, as: .zlib, limit: 1 << 20)) ?? bytes,
        as: UTF8.self)
    }.joined(separator: "\n")
  }

  /// Runs a collection of some calls under one auth, each of which has to bring a 200.
  private func run(
    _ server: MockServer, auth: String, calls: Int, body: String? = nil
  ) async throws -> Outcome {
    let scratch = try Scratch()
    let content = body.map { #", "body": {"mode": "raw", "raw": "\#($0)"}"# } ?? ""
    let items = (1...calls).map { number in
      #"""
      {"name": "call \#(number)", "request": {"method": "POST", "url": "{{base}}/x/\#(number)?q=a b"\#(content)},
       "event": [{"listen": "test", "script": {"exec": "pm.test('ok', () => pm.response.to.have.status(200))"}}]}
      """#
    }
    try scratch.write(
      "c.json",
      #"{"info": {"name": "C"}, "auth": \#(auth), "item": [\#(items.joined(separator: ","))]}"#)
    let outcome = try await Program.run(
      "run '\(scratch.path)/c.json' --env-var base=\(server.url) --output '\(scratch.path)/out' -r cli"
    )
    let run = Files.entries(of: scratch.path + "/out")?.first ?? ""
    let journal = try? Files.read("\(scratch.path)/out/\(run)/journal.ndjson")
    return Outcome(
      code: outcome.code, output: outcome.output, error: outcome.error,
      journal: String(decoding: journal?.bytes ?? [], as: UTF8.self),
      bodies: Self.bodies("\(scratch.path)/out/\(run)/bodies"))
  }
}
