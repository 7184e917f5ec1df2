internal import AssayCommandLine
internal import AssayModel
internal import AssaySystem
internal import AssayText
internal import AssayTransport

/// How a run reaches its servers, as the flags and the environment say.
struct NetworkSettings {
  private typealias Flags = CommandTable.Flags
  private let invocation: Invocation

  init(_ invocation: Invocation) { self.invocation = invocation }

  /// What holds for each call, unless its collection asks for something else.
  var limits: SendLimits {
    var limits = SendLimits()
    limits.total = milliseconds(Flags.requestTimeout) ?? limits.total
    limits.connect = min(milliseconds(Flags.connectTimeout) ?? limits.connect, limits.total)
    limits.idle = milliseconds(Flags.idleTimeout) ?? limits.idle
    limits.bodySize = invocation.whole(Flags.bodyLimit) ?? limits.bodySize
    limits.redirectCount = invocation.whole(Flags.redirectLimit) ?? limits.redirectCount
    if invocation.isOn(Flags.ignoreRedirects) { limits.redirectCount = 0 }
    limits.verifiesPeer = !invocation.isOn(Flags.insecure)
    if invocation.isOn(Flags.httpOne) { limits.version = .one }
    if invocation.isOn(Flags.httpTwo) { limits.version = .two }
    return limits
  }

  private func milliseconds(_ flag: Flag) -> Duration? {
    invocation.whole(flag).map { .milliseconds($0) }
  }

  /// - Parameter isLocal: A mock on this machine is reached, which nothing of passes a proxy.
  func transport(isLocal: Bool) throws(Diagnostic) -> TransportOptions {
    var options = TransportOptions()
    if !isLocal {
      options.httpProxy = System.environment("http_proxy") ?? System.environment("HTTP_PROXY")
      options.httpsProxy =
        System.environment("https_proxy") ?? System.environment("HTTPS_PROXY")
      options.noProxy = System.environment("no_proxy") ?? System.environment("NO_PROXY")
      options.proxy = invocation.text(Flags.proxy)
      options.noProxy = invocation.text(Flags.noProxy) ?? options.noProxy
    }
    options.authorities = invocation.text(Flags.authorities)
    options.unixSocket = invocation.text(Flags.unixSocket)
    options.addresses = invocation.texts(Flags.resolve)
    options.allowsLinkLocal = invocation.isOn(Flags.allowLinkLocal)
    if invocation.isOn(Flags.four) { options.family = .four }
    if invocation.isOn(Flags.six) { options.family = .six }
    options.identities = try identities()
    let concurrency = invocation.whole(Flags.concurrency) ?? 8
    options.connectionCount = max(options.connectionCount, concurrency + 16)
    return options
  }

  // MARK: Certificates

  private func identities() throws(Diagnostic) -> [ClientIdentity] {
    var identities: [ClientIdentity] = []
    if let path = invocation.text(Flags.certificates) { identities += try listed(path) }
    if let path = invocation.text(Flags.certificate) {
      identities.append(
        try identity(
          path, key: invocation.text(Flags.certificateKey),
          passphrase: invocation.text(Flags.passphrase)))
    }
    return identities
  }

  private func identity(
    _ path: String, key: String?, passphrase: String?
  ) throws(Diagnostic) -> ClientIdentity {
    // What cannot be read is told now, and not at the first call.
    for file in [path] + (key.map { [$0] } ?? []) { _ = try Files.read(file, limit: 1 << 20) }
    var identity = ClientIdentity(certificate: path)
    identity.isBundle = [".pfx", ".p12"].contains { path.lowercased().hasSuffix($0) }
    identity.key = key
    identity.passphrase = try passphrase.map(secret)
    return identity
  }

  /// `@FILE` stands for what the file holds, without the end of its line.
  private func secret(_ text: String) throws(Diagnostic) -> String {
    guard text.hasPrefix("@") else { return text }
    var bytes = try Files.read(String(text.dropFirst()), limit: 1 << 16).bytes
    while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The list that Newman takes; its paths are meant from the working folder, and then from its own.
  private func listed(_ path: String) throws(Diagnostic) -> [ClientIdentity] {
    let document = try Inputs.read(Files.read(path, limit: 1 << 20))
    guard document.root.isArray else {
      throw .invalidCertificates("a list of certificates is an array", at: document.root.span)
    }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    func found(_ node: Node?) -> String? {
      guard let source = node?["src"]?.string, !source.isEmpty else { return nil }
      return Files.kind(of: source) == nil && !source.hasPrefix("/") ? folder + source : source
    }
    var identities: [ClientIdentity] = []
    for entry in document.root.elements {
      guard let certificate = found(entry["pfx"]) ?? found(entry["cert"]) else {
        throw .invalidCertificates("an entry names no certificate", at: entry.span)
      }
      var one = try identity(
        certificate, key: found(entry["key"]), passphrase: entry["passphrase"]?.string)
      one.isBundle = one.isBundle || entry["pfx"] != nil
      one.matches = entry["matches"]?.elements.compactMap(\.string) ?? []
      guard !one.matches.isEmpty else {
        throw .invalidCertificates("an entry says for which URLs it is meant", at: entry.span)
      }
      identities.append(one)
    }
    return identities
  }
}
