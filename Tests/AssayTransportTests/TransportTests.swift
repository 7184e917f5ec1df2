import AssayMock
import AssayModel
import AssaySystem
import AssayTestKit
import AssayText
import AssayTransport
import Testing

/// Real libcurl against real servers on loopback.
@Suite struct TransportTests {
  private let transport = Transport()

  @Test func `what was composed is what leaves`() async throws {
    let server = try MockServer(
      answerer: ClosureAnswerer { request in
        var writer = JSONWriter()
        writer.object { writer in
          writer.member("method", request.method)
          writer.member("url", request.url)
          writer.member("body", String(decoding: request.body ?? [], as: UTF8.self))
          writer.name("headers")
          writer.array { writer in
            for field in request.headers { writer.string("\(field.name): \(field.value)") }
          }
        }
        return .json(writer.text, status: 201)
      })
    let request = Request(
      method: "PATCH", url: server.url + "/a/../b%20c?q=1&q=2",
      headers: [
        HeaderField("X-One", "1"), HeaderField("x-empty", ""), HeaderField("X-One", "2"),
        HeaderField("User-Agent", "T"),
      ], body: Array("bytes\0here".utf8))
    let exchange = await transport.send(request, limits: SendLimits())
    let response = try #require(exchange.response)
    #expect(response.status == 201)
    let seen = try JSONReader.read(SourceFile(name: "r", bytes: response.body)).root
    #expect(seen["method"]?.string == "PATCH")
    #expect(seen["url"]?.string == "/a/../b%20c?q=1&q=2")
    #expect(seen["body"]?.string == "bytes\0here")
    let headers = seen["headers"]?.elements.compactMap(\.string) ?? []
    #expect(
      headers == [
        "Host: 127.0.0.1:\(server.port)", "X-One: 1", "x-empty: ", "X-One: 2", "User-Agent: T",
        "Content-Length: 10",
      ])
    #expect(exchange.request.headers.first("Host") == "127.0.0.1:\(server.port)")
    #expect(exchange.sentCount == 1)
    #expect(exchange.peer == "127.0.0.1:\(server.port)")
  }

  @Test func `methods, empty bodies and HEAD work as they are`() async throws {
    let server = try MockServer(
      answerer: ClosureAnswerer { request in
        Response(
          status: 200, reason: "", version: "", headers: [HeaderField("X-Method", request.method)],
          body: Array("body".utf8))
      })
    for method in ["GET", "POST", "DELETE", "OPTIONS", "QUERY", "HEAD"] {
      let exchange = await transport.send(
        Request(method: method, url: server.url, headers: [], body: method == "POST" ? [] : nil),
        limits: SendLimits())
      #expect(exchange.response?.headers.first("X-Method") == method)
      #expect(exchange.response?.body.isEmpty == (method == "HEAD"))
    }
  }

  @Test func `many calls share connections, and tasks may run on the loop`() async throws {
    let server = try MockServer(answerer: ClosureAnswerer { .json("\"\($0.url)\"") })
    let transport = self.transport
    let url = server.url
    let bodies = await withTaskExecutorPreference(transport.executor) {
      await withTaskGroup(of: [UInt8].self) { group in
        for number in 0..<200 {
          group.addTask {
            await transport.send(
              Request(method: "GET", url: "\(url)/\(number)", headers: [], body: nil),
              limits: SendLimits()
            ).response?.body ?? []
          }
        }
        return await group.reduce(into: Set<String>()) {
          $0.insert(String(decoding: $1, as: UTF8.self))
        }
      }
    }
    #expect(bodies.count == 200)
    // The server may have let go of all of them under load; of two in a row the second finds one.
    var isReused = false
    for _ in 0..<2 {
      isReused = await transport.send(
        Request(method: "GET", url: url, headers: [], body: nil), limits: SendLimits()
      ).reusedConnection
    }
    #expect(isReused)
  }

  @Test func `bodies that there is no room for wait, and all arrive`() async throws {
    var options = TransportOptions()
    options.bodyMemory = 64 << 10
    let transport = Transport(options: options)
    let body = [UInt8](repeating: 0x61, count: 1 << 20)
    let server = try MockServer(
      answerer: ClosureAnswerer { _ in
        Response(status: 200, reason: "", version: "", headers: [], body: body)
      })
    let url = server.url
    let sizes = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<6 {
        group.addTask {
          await transport.send(
            Request(method: "GET", url: url, headers: [], body: nil), limits: SendLimits()
          ).response?.body.count ?? -1
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(sizes == Array(repeating: 1 << 20, count: 6))
  }

  @Test func `compressed bodies are decoded, and their size is that of what comes out`()
    async throws
  {
    let text = String(repeating: "a", count: 1 << 20)
    let packed = Deflate.compress(Array(text.utf8), as: .gzip)
    let server = try MockServer(
      answerer: ClosureAnswerer { _ in
        Response(
          status: 200, reason: "", version: "", headers: [HeaderField("Content-Encoding", "gzip")],
          body: packed)
      })
    let request = Request(method: "GET", url: server.url, headers: [], body: nil)
    #expect(await transport.send(request, limits: SendLimits()).response?.body.count == 1 << 20)
    var limits = SendLimits()
    limits.bodySize = 100_000
    let stopped = await transport.send(request, limits: limits)
    #expect(fault(stopped)?.code == "limit.body")
  }

  /// A few hundred bytes that are many megabytes when they are decoded.
  @Test func `bombs of every encoding end at the limit`() async throws {
    // 100 MB of zeros, by the brotli program.
    let brotli = try #require(
      Base64.decode(
        ("z///fwAkAOKxQHLv//n//w+ABEAcFoDu/T////8BkACIwwLQvf/n//8/ABIAcVgAuvf//P//B0ACIA4L"
          + "QPf+P//B6wFIAMRhAehi1wM=").utf8))
    // RLE blocks of 128 KiB in one frame (RFC 8878, section 3.1.1).
    var zstd: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58]
    for _ in 0..<800 { zstd += [0x02, 0x00, 0x10, 0x00] }
    for (encoding, bytes) in [("br", brotli), ("zstd", zstd)] {
      let server = try MockServer(
        answerer: ClosureAnswerer { _ in
          Response(
            status: 200, reason: "", version: "",
            headers: [HeaderField("Content-Encoding", encoding)], body: bytes)
        })
      let exchange = await transport.send(
        Request(method: "GET", url: server.url, headers: [], body: nil), limits: SendLimits())
      #expect(fault(exchange)?.code == "limit.body", "\(encoding): \(exchange.outcome)")
    }
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", TransportFault.Kind.truncated),
    ("", .truncated), ("nonsense\r\n\r\n", .malformed),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx", .truncated),
    ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", .malformed),
  ])
  func `wrong answers are faults, never responses`(_ answer: String, _ kind: TransportFault.Kind)
    async throws
  {
    let server = try RawServer(answer)
    let exchange = await transport.send(
      Request(method: "GET", url: server.url, headers: [], body: nil), limits: SendLimits())
    #expect(fault(exchange)?.kind == kind, "\(answer): \(String(describing: fault(exchange)))")
  }

  @Test func `heads have a limit, and interim answers are passed over`() async throws {
    let long =
      "HTTP/1.1 200 OK\r\n"
      + String(repeating: "X-Pad: \(String(repeating: "x", count: 200))\r\n", count: 2_000)
    let endless = try RawServer(long + "\r\n")
    let request = Request(method: "GET", url: endless.url, headers: [], body: nil)
    #expect(fault(await transport.send(request, limits: SendLimits()))?.code == "limit.body")
    let interim = try RawServer(
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 Fine\r\nA: 1\r\nA: 2\r\nContent-Length: 2\r\n\r\nok"
    )
    let response = await transport.send(
      Request(method: "GET", url: interim.url, headers: [], body: nil), limits: SendLimits()
    ).response
    #expect(response?.reason == "Fine")
    #expect(response?.headers.values(of: "a") == ["1", "2"])
    #expect(response?.headers.has("Link") == false)
  }

  @Test(arguments: [
    ("http://127.0.0.1:1/", TransportFault.Kind.connect), ("http://nowhere.invalid/", .resolve),
    ("file:///etc/passwd", .refusedTarget), ("gopher://127.0.0.1/", .refusedTarget),
    ("http://[/", .refusedTarget),
  ])
  func `targets that cannot be reached say why`(_ url: String, _ kind: TransportFault.Kind) async {
    let exchange = await transport.send(
      Request(method: "GET", url: url, headers: [], body: nil), limits: SendLimits())
    #expect(fault(exchange)?.kind == kind, "\(url): \(String(describing: fault(exchange)))")
  }

  @Test func `a call that takes too long, or is no longer wanted, ends`() async throws {
    let socket = try RawServer(answer: [], connections: 0)
    var limits = SendLimits()
    limits.total = .milliseconds(100)
    let request = Request(method: "GET", url: socket.url, headers: [], body: nil)
    #expect(fault(await transport.send(request, limits: limits))?.kind == .timeout)
    let transport = self.transport
    let task = Task { await transport.send(request, limits: SendLimits()) }
    task.cancel()
    #expect(fault(await task.value)?.kind == .cancelled)
  }

  @Test func `TLS is verified unless the operator says otherwise`() async throws {
    let scratch = try Scratch()
    let made = try await Program.shell(
      """
      openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost -keyout '\(scratch.path)/key' -out '\(scratch.path)/cert'
      """)
    try #require(made.code == 0, "openssl makes the certificate: \(made.error)")
    let probe = try RawServer(answer: [], connections: 0)
    let port = probe.port &+ 1
    let server = try ChildProcess(
      "/usr/bin/openssl",
      arguments: [
        "s_server", "-accept", "127.0.0.1:\(port)", "-cert", scratch.path + "/cert", "-key",
        scratch.path + "/key", "-www", "-quiet",
      ], sharesErrorStream: false)
    defer { server.kill() }
    let request = Request(method: "GET", url: "https://localhost:\(port)/", headers: [], body: nil)
    // The server is there when it can be connected to.
    var refused = await transport.send(request, limits: SendLimits())
    for _ in 0..<100 where fault(refused)?.kind == .connect {
      try await Task.sleep(for: .milliseconds(20))
      refused = await transport.send(request, limits: SendLimits())
    }
    #expect(fault(refused)?.kind == .tls)
    var careless = SendLimits()
    careless.verifiesPeer = false
    #expect(await transport.send(request, limits: careless).response?.status == 200)
    var options = TransportOptions()
    options.authorities = scratch.path + "/cert"
    let trusting = Transport(options: options)
    let trusted = await trusting.send(request, limits: SendLimits())
    #expect(trusted.response?.status == 200)
    #expect(trusted.timings.secure > .zero)
    let wrongName = Request(
      method: "GET", url: "https://127.0.0.1:\(port)/", headers: [], body: nil)
    #expect(fault(await trusting.send(wrongName, limits: SendLimits()))?.kind == .tls)
  }

  @Test func `a session keeps its cookies, and no other sees them`() async throws {
    let server = try MockServer(
      answerer: ClosureAnswerer { request in
        var response = Response.json("{}")
        response.headers += [
          HeaderField("Set-Cookie", "sid=1; HttpOnly"),
          HeaderField("Set-Cookie", "gone=1; Max-Age=0"),
          HeaderField("Set-Cookie", "other=1; Domain=example.com"),
          HeaderField("Set-Cookie", "deep=1; Path=/deep"),
          HeaderField(
            "X-Cookie", request.headers.values(of: "Cookie").joined(separator: "|") + "."),
        ]
        return response
      })
    func cookies(
      _ jar: any CookieKeeper, _ path: String = "/", own: String? = nil
    ) async -> String? {
      let headers = own.map { [HeaderField("Cookie", $0)] } ?? []
      let request = Request(method: "GET", url: server.url + path, headers: headers, body: nil)
      return await transport.send(request, with: jar)?.headers.first("X-Cookie")
    }
    let (one, other) = (Transport.makeJar(), Transport.makeJar())
    #expect(await cookies(one) == ".")
    #expect(await cookies(one) == "sid=1.")
    #expect(await cookies(one, "/deep/x") == "deep=1; sid=1.")
    #expect(await cookies(one, own: "mine=2") == "mine=2; sid=1.")
    #expect(await cookies(other) == ".")
  }

  @Test func `calls share one connection over HTTP 2, and speak 1 where they are told to`()
    async throws
  {
    let scratch = try Scratch()
    let made = try await Program.shell(
      """
      openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost -keyout '\(scratch.path)/key' -out '\(scratch.path)/cert'
      mkdir '\(scratch.path)/www'; echo '{"a": 1}' > '\(scratch.path)/www/a.json'
      """)
    try #require(made.code == 0, "openssl makes the certificate: \(made.error)")
    let probe = try RawServer(answer: [], connections: 0)
    let port = probe.port &+ 1
    let server = try ChildProcess(
      "/usr/bin/env",
      arguments: [
        "nghttpd", "-d", scratch.path + "/www", "\(port)", scratch.path + "/key",
        scratch.path + "/cert",
      ], environment: ["PATH=/usr/sbin:/usr/bin:/bin"], sharesErrorStream: false)
    defer { server.kill() }
    var options = TransportOptions()
    options.authorities = scratch.path + "/cert"
    let transport = Transport(options: options)
    let request = Request(
      method: "GET", url: "https://localhost:\(port)/a.json", headers: [], body: nil)
    for _ in 0..<100 {
      if fault(await transport.send(request, limits: SendLimits()))?.kind != .connect { break }
      try await Task.sleep(for: .milliseconds(20))
    }
    let exchanges = await withTaskGroup(of: Exchange.self) { group in
      for _ in 0..<40 { group.addTask { await transport.send(request, limits: SendLimits()) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(exchanges.allSatisfy { $0.response?.version == "HTTP/2" })
    #expect(exchanges.allSatisfy { $0.response?.body == Array("{\"a\": 1}\n".utf8) })
    #expect(exchanges.filter(\.reusedConnection).count == 40)
    // A server that offers nothing else is not spoken to in the older version.
    var older = SendLimits()
    older.version = .one
    let refused = await transport.send(request, limits: older)
    #expect(refused.response?.version != "HTTP/2")
  }

  /// RFC 6265: what a server may set, and where it goes along.
  @Test func `cookies go where they may, and nowhere else`() async throws {
    try await check("a=1", goes: "/", "a=1")
    try await check("a=1; Path=/p", goes: "/p/x", "a=1")
    try await check("a=1; Path=/p", goes: "/pq", nil)
    try await check("a=1; Path=/p/", goes: "/p", nil)
    try await check("a=1; Secure", goes: "/", nil)
    try await check("a=1; Domain=127.0.0.1", goes: "/", "a=1")
    try await check("a=1; Domain=0.0.1", goes: "/", nil)
    try await check("a=1; Domain=com", goes: "/", nil)
    try await check("a=1; Max-Age=0", goes: "/", nil)
    try await check("a=1; Max-Age=100; Expires=Thu, 01 Jan 1970 00:00:00 GMT", goes: "/", "a=1")
    try await check("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", goes: "/", nil)
    try await check("a=1; Expires=Sun, 06-Nov-94 08:49:37 GMT", goes: "/", nil)
    try await check("a=1; Expires=Fri Dec 31 2060 23:59:59", goes: "/", "a=1")
    try await check("a=1; Expires=never", goes: "/", "a=1")
    try await check("=1", goes: "/", nil)
    try await check("a", goes: "/", nil)
    try await check("a=b=c; HttpOnly", goes: "/", "a=b=c")
    try await check("a=" + String(repeating: "x", count: 20_000), goes: "/", nil)
  }

  private func check(
    _ field: String, goes path: String, _ expected: String?,
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let server = try MockServer(
      answerer: ClosureAnswerer { request in
        var response = Response.json("{}")
        if request.url.hasSuffix("/set") {
          response.headers.append(HeaderField("Set-Cookie", field))
        }
        response.headers.append(
          HeaderField("X-Cookie", request.headers.first("Cookie") ?? "none"))
        return response
      })
    let jar = Transport.makeJar()
    func send(_ path: String) async -> String? {
      let request = Request(method: "GET", url: server.url + path, headers: [], body: nil)
      return await transport.send(request, with: jar)?.headers.first("X-Cookie")
    }
    _ = await send("/set")
    #expect(await send(path) == expected ?? "none", sourceLocation: location)
  }

  @Test func `the library tells its version and what it can do`() {
    #expect(Transport.libraryVersion.split(separator: ".").count == 3)
    #expect(Transport.libraryFeatures.contains("HTTP2"))
  }

  private func fault(_ exchange: Exchange) -> TransportFault? {
    guard case .failed(let fault) = exchange.outcome else { return nil }
    return fault
  }
}

extension Transport {
  /// Sends a request as a lane does, which keeps what responses set.
  fileprivate func send(_ request: Request, with jar: any CookieKeeper) async -> Response? {
    let response = await send(jar.dress(request), limits: SendLimits()).response
    if let response { jar.take(response, from: request.url) }
    return response
  }
}
