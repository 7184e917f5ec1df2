import AssayModel
import AssaySystem
import AssayTestKit
import AssayTransport
import Testing

/// Real servers with real certificates that something is wrong with: none may be talked to.
@Suite(.serialized) struct TrustTests {
  @Test func `a certificate that is not right is a fault, and what is wrong is told`() async throws
  {
    let servers = try await TLSServers()
    var options = TransportOptions()
    options.authorities = servers.path + "/root.pem"
    options.addresses = servers.names.flatMap { name in
      [servers.port, servers.mutualPort].map { "\(name):\($0):127.0.0.1" }
    }
    let transport = Transport(options: options)
    func send(_ name: String) async -> Exchange {
      let port = name == "mutual.test" ? servers.mutualPort : servers.port
      return await transport.send(
        Request(method: "GET", url: "https://\(name):\(port)/", headers: [], body: nil),
        limits: SendLimits())
    }
    #expect(await send("good.test").response?.status == 200, "the control")
    #expect(await send("a.wild.test").response?.status == 200, "the control of wildcards")
    for (name, words) in TLSServers.faults {
      guard case .failed(let fault) = await send(name).outcome else {
        Issue.record("\(name) was answered")
        continue
      }
      #expect(fault.kind == .tls, "\(name): \(fault)")
      #expect(words.contains { fault.detail.lowercased().contains($0) }, "\(name): \(fault.detail)")
      #expect(!fault.isLimit)
    }
    // Whoever gives the certificate that the server asks for gets in, by a file or by a pattern.
    for identity in servers.identities {
      var options = options
      options.identities = [identity]
      let exchange = await Transport(options: options).send(
        Request(
          method: "GET", url: "https://mutual.test:\(servers.mutualPort)/", headers: [], body: nil),
        limits: SendLimits())
      #expect(exchange.response?.status == 200, "\(identity): \(exchange.outcome)")
    }
    var elsewhere = options
    elsewhere.identities = servers.identities.map { identity in
      var other = identity
      other.matches = ["https://other.test/*"]
      return other
    }
    let refused = await Transport(options: elsewhere).send(
      Request(
        method: "GET", url: "https://mutual.test:\(servers.mutualPort)/", headers: [], body: nil),
      limits: SendLimits())
    #expect(refused.response == nil)
    // Nor is what is no TLS at all, or of a version that nobody should speak.
    for port in [servers.plainPort, servers.oldPort] {
      let exchange = await transport.send(
        Request(method: "GET", url: "https://127.0.0.1:\(port)/", headers: [], body: nil),
        limits: SendLimits())
      guard case .failed(let fault) = exchange.outcome else {
        Issue.record("it was answered")
        continue
      }
      #expect(fault.kind == .tls, "\(fault)")
    }
  }

  @Test(arguments: [
    "169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "0xA9FEA9FE", "2852039166",
    "100.100.100.200", "[fd00:ec2::254]",
  ])
  func `addresses of the link and of clouds are out of reach`(_ host: String) async {
    var limits = SendLimits()
    limits.connect = .milliseconds(300)
    let request = Request(method: "GET", url: "http://\(host)/", headers: [], body: nil)
    guard case .failed(let fault) = await Transport().send(request, limits: limits).outcome else {
      Issue.record("\(host) was reached")
      return
    }
    #expect(fault.kind == .refusedTarget, "\(fault)")
    #expect(fault.detail.contains("--allow-link-local"))
    // A name that leads there is no way around.
    var options = TransportOptions()
    options.addresses = ["innocent.test:80:169.254.169.254"]
    let named = Request(method: "GET", url: "http://innocent.test/", headers: [], body: nil)
    guard
      case .failed(let other) = await Transport(options: options).send(named, limits: limits)
        .outcome
    else {
      Issue.record("the name was reached")
      return
    }
    #expect(other.kind == .refusedTarget, "\(other)")
  }

  @Test func `patterns say which servers a certificate is for`() {
    check("https://*.example.com/*", "https://api.example.com/x?y", true)
    check("https://*.example.com/*", "https://example.com/", false)
    check("https://*.example.com/*", "http://api.example.com/", false)
    check("https://h:8443/*", "https://h:8443/a", true)
    check("https://h:8443/*", "https://h/a", false)
    check("https://h/*", "https://h:8443/a", true)
    check("https://h:443/*", "https://h/a", true)
    check("*://h/v1/*", "https://h/v1/x", true)
    check("*://h/v1/*", "https://h/v2/x", false)
    check("https://h", "https://h", true)
    check("<all_urls>", "http://h:8080/x", true)
    check("https://h/*", "https://h@evil/", false)
  }

  private func check(
    _ pattern: String, _ url: String, _ expected: Bool,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(URLPattern(pattern).matches(url) == expected, sourceLocation: location)
  }
}

/// One server that shows a certificate by the name it is asked for.
private final class TLSServers {
  /// The names, and words one of which has to stand in what is told.
  static let faults: [(String, [String])] = [
    ("expired.test", ["expired"]), ("future.test", ["not yet valid"]),
    ("wronghost.test", ["no alternative certificate subject name", "does not match"]),
    ("selfsigned.test", ["self-signed", "self signed"]),
    ("unknownca.test", ["unable to get local issuer", "self-signed", "self signed"]),
    ("nointermediate.test", ["unable to get local issuer"]),
    ("notca.test", ["invalid ca", "unable to get", "issuer"]),
    ("clientonly.test", ["purpose", "unsuitable", "unsupported"]),
    ("weak.test", ["too weak", "key too small", "too small"]),
    ("sha1.test", ["too weak", "signature", "digest"]),
    ("constrained.test", ["permitted subtree", "not permitted", "constraint"]),
    ("b.a.wild.test", ["no alternative certificate subject name", "does not match"]),
    ("mutual.test", ["certificate required", "alert", "handshake"]),
    ("noname.test", ["no alternative certificate subject name", "does not match"]),
  ]

  let path: String
  let port: Int, mutualPort: Int, plainPort: Int, oldPort: Int
  private let scratch: Scratch
  private let server: ChildProcess

  var names: [String] { Self.faults.map(\.0) + ["good.test", "a.wild.test"] }

  /// The same certificate as a pair of files, and as a bundle.
  var identities: [ClientIdentity] {
    var pair = ClientIdentity(certificate: path + "/client.pem")
    pair.key = path + "/client.key"
    var bundle = ClientIdentity(certificate: path + "/client.p12")
    bundle.isBundle = true
    bundle.passphrase = "open sesame"
    bundle.matches = ["https://*.test/*"]
    return [pair, bundle]
  }

  init() async throws {
    scratch = try Scratch()
    path = scratch.path
    try scratch.write("make.sh", Self.recipe)
    try scratch.write("serve.py", Self.program)
    let made = try await Program.shell("cd '\(path)' && sh make.sh")
    try #require(made.code == 0, "openssl makes the certificates: \(made.error)")
    server = try ChildProcess(
      "/usr/bin/env", arguments: ["python3", path + "/serve.py", path],
      environment: ["PATH=/usr/local/bin:/usr/bin:/bin"])
    // It writes its port when it listens.
    var text = ""
    for _ in 0..<500 where !text.hasSuffix("\n") {
      try await Task.sleep(for: .milliseconds(20))
      text =
        (try? Files.read(path + "/port")).map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    }
    let ports = text.split(separator: " ").compactMap { Int($0.filter(\.isNumber)) }
    try #require(ports.count == 4, "the server says its ports")
    (port, mutualPort, plainPort, oldPort) = (ports[0], ports[1], ports[2], ports[3])
  }

  deinit { server.kill() }

  private static let recipe = """
    set -e
    exec 2> log
    conf() { printf '%s\\n' "$@"; }
    key() { openssl genrsa -out $1.key ${2:-2048}; }
    # issue NAME ISSUER EXTENSIONS [more flags of `openssl x509`]
    issue() {
      name=$1 issuer=$2 extensions=$3; shift 3
      [ -f $name.key ] || key $name
      openssl req -new -key $name.key -subj /CN=$name -out $name.csr
      printf "$extensions" > $name.ext
      openssl x509 -req -in $name.csr -CA $issuer.pem -CAkey $issuer.key -CAcreateserial \\
        -days 30 -extfile $name.ext -out $name.pem "$@"
    }
    for ca in root other; do
      key $ca
      openssl req -x509 -key $ca.key -days 30 -subj /CN=$ca -out $ca.pem \\
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
    done
    authority='basicConstraints=critical,CA:TRUE\\nkeyUsage=critical,keyCertSign\\n'
    issue middle root "$authority"
    issue narrow root "${authority}nameConstraints=critical,permitted;DNS:only.test\\n"
    issue leaf root 'basicConstraints=critical,CA:FALSE\\nsubjectAltName=DNS:leaf.test\\n'
    issue good.test middle 'subjectAltName=DNS:good.test\\n'
    issue wronghost.test middle 'subjectAltName=DNS:other.test\\n'
    issue unknownca.test other 'subjectAltName=DNS:unknownca.test\\n'
    issue nointermediate.test middle 'subjectAltName=DNS:nointermediate.test\\n'
    issue notca.test leaf 'subjectAltName=DNS:notca.test\\n'
    issue clientonly.test middle 'subjectAltName=DNS:clientonly.test\\nextendedKeyUsage=clientAuth\\n'
    key weak.test 1024
    issue weak.test middle 'subjectAltName=DNS:weak.test\\n'
    issue sha1.test middle 'subjectAltName=DNS:sha1.test\\n' -sha1
    issue constrained.test narrow 'subjectAltName=DNS:constrained.test\\n'
    issue wild.test middle 'subjectAltName=DNS:*.wild.test\\n'
    issue mutual.test middle 'subjectAltName=DNS:mutual.test\\n'
    issue noname.test middle 'subjectAltName=IP:10.0.0.1\\n'
    issue client root 'extendedKeyUsage=clientAuth\\n'
    openssl pkcs12 -export -in client.pem -inkey client.key -passout 'pass:open sesame' -out client.p12
    key selfsigned.test
    openssl req -x509 -key selfsigned.test.key -days 30 -subj /CN=selfsigned.test \\
      -addext subjectAltName=DNS:selfsigned.test -out selfsigned.test.pem
    : > index; echo 1000 > serial
    conf '[ca]' 'default_ca=own' '[own]' 'database=index' 'serial=serial' 'new_certs_dir=.' \\
      'default_md=sha256' 'policy=any' 'x509_extensions=ext' '[any]' 'commonName=supplied' \\
      '[ext]' 'subjectAltName=${ENV::SAN}' > ca.conf
    dated() {
      key $1
      openssl req -new -key $1.key -subj /CN=$1 -out $1.csr
      SAN=DNS:$1 openssl ca -batch -config ca.conf -cert middle.pem -keyfile middle.key -in $1.csr \\
        -startdate $2 -enddate $3 -notext -out $1.pem
    }
    dated expired.test 20200101000000Z 20210101000000Z
    dated future.test 20450101000000Z 20460101000000Z
    for name in good wronghost clientonly weak sha1 wild mutual noname expired future; do
      cat middle.pem >> $name.test.pem
    done
    cat leaf.pem >> notca.test.pem
    cat narrow.pem >> constrained.test.pem
    """

  private static let program = """
    import os, socket, ssl, sys, threading
    os.chdir(sys.argv[1])

    def context(name):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # What a careless server would do; it is the client that has to mind.
        made.set_ciphers("DEFAULT:@SECLEVEL=0")
        made.load_cert_chain(name + ".pem", name + ".key")
        return made

    contexts = {}
    for name in "good wronghost unknownca nointermediate notca clientonly weak sha1 constrained wild " \\
            "mutual noname selfsigned expired future".split():
        contexts[name + ".test"] = context(name + ".test")
    contexts["a.wild.test"] = contexts["b.a.wild.test"] = contexts["wild.test"]
    mutual = contexts["mutual.test"]
    mutual.verify_mode = ssl.CERT_REQUIRED
    mutual.load_verify_locations("root.pem")
    first = context("good.test")
    first.sni_callback = lambda sock, name, _: setattr(sock, "context", contexts[name])
    def serve(connection, how):
        try:
            if isinstance(how, bytes):
                connection.recv(65536)
                connection.sendall(how)
                return connection.close()
            with how.wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False) as secure:
                try:
                    secure.do_handshake()
                except ssl.SSLError:
                    # An alert is lost where the connection is reset behind it.
                    secure.shutdown(socket.SHUT_WR)
                    while secure.recv(65536):
                        pass
                    return
                secure.recv(65536)
                secure.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok")
        except (OSError, ssl.SSLError, KeyError):
            pass

    def listen(listener, how):
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0], how), daemon=True).start()

    ports = []
    # An alert that says that no version fits (RFC 8446, section 6.2).
    for how in (first, mutual, b"HTTP/1.1 400 Bad Request\\r\\n\\r\\n", bytes([21, 3, 1, 0, 2, 2, 70])):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        ports.append(str(listener.getsockname()[1]))
        threading.Thread(target=listen, args=(listener, how), daemon=True).start()
    with open("port.new", "w") as file:
        file.write(" ".join(ports) + "\\n")
    os.rename("port.new", "port")
    threading.Event().wait()
    """
}
