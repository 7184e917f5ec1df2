internal import AssayModel
internal import CCurl

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// One easy handle with its buffers, used for one transfer after another.
@safe final class CurlSlot {
  let easy: UnsafeMutableRawPointer
  private(set) var ticket: TransportLoop.Ticket?
  private var transfer: Transfer?
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private var addressList: UnsafeMutablePointer<curl_slist>?
  private let errorText: UnsafeMutablePointer<CChar>
  private var head = ResponseHead()
  private var body: [UInt8] = []
  private var sentHead: [UInt8] = []
  private var sentCount = 0
  /// Why a callback of ours ended the transfer.
  private var ownFault: TransportFault?

  init(mayHold: @escaping (CurlSlot, Int) -> Bool) {
    self.mayHold = mayHold
    guard let easy = unsafe curl_easy_init() else {
      preconditionFailure("libcurl could not allocate an easy handle")
    }
    unsafe self.easy = easy
    unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    unsafe curl_easy_cleanup(easy)
    unsafe curl_slist_free_all(headerList)
    unsafe curl_slist_free_all(addressList)
    unsafe errorText.deallocate()
  }

  /// Asked before more of a body is taken; false makes the transfer wait.
  private let mayHold: (CurlSlot, Int) -> Bool
  private(set) var isPaused = false
  /// Goes on although there is no room, since nothing else would.
  var isFavoured = false
  /// In the order in which transfers began.
  private(set) var number = 0

  /// What the last transfer was set up with, beside its request; nil where nothing may stay.
  private var setting: Setting?
  private var headers: [HeaderField] = []

  /// Everything that is not the request itself. While it stays the same, so does the handle: to set
  /// it all up again would be a fifth of a call.
  private struct Setting: Hashable {
    let limits: SendLimits
    let isSecure: Bool
    let identity: ClientIdentity?
  }

  /// Sets the handle up for a transfer.
  func prepare(_ transfer: Transfer, options: TransportOptions, number: Int) {
    self.number = number
    isPaused = false
    isFavoured = false
    self.transfer = transfer
    ticket = transfer.ticket
    head = ResponseHead()
    body = []
    sentHead.removeAll(keepingCapacity: true)
    sentCount = 0
    ownFault = nil
    unsafe errorText.pointee = 0
    let request = transfer.request
    let setting = Setting(
      limits: transfer.limits, isSecure: request.url.lowercased().hasPrefix("https:"),
      identity: Self.identity(options, transfer))
    if setting != self.setting {
      unsafe curl_easy_reset(easy)
      headers = []
      setText(CURLOPT_PROTOCOLS_STR, "http,https")
      setLong(CURLOPT_PATH_AS_IS, 1)
      setLong(CURLOPT_NOSIGNAL, 1)
      setLimits(transfer.limits)
      setSecurity(options, setting)
      setRoute(options, setting)
      setIdentity(setting.identity)
      setCallbacks()
    }
    setText(CURLOPT_URL, request.url)
    setMethodAndBody(request)
    if headers.isEmpty || headers != request.headers { setHeaders(request) }
    setLogin(request.login)
    // A login stays with its own request.
    self.setting = request.login == nil ? setting : nil
    headers = request.headers
  }

  private func setLimits(_ limits: SendLimits) {
    setLong(CURLOPT_CONNECTTIMEOUT_MS, limits.connect.milliseconds)
    setLong(CURLOPT_TIMEOUT_MS, limits.total.milliseconds)
    // Less than a byte a second for so long is standing still.
    setLong(CURLOPT_LOW_SPEED_LIMIT, 1)
    setLong(CURLOPT_LOW_SPEED_TIME, max(1, Int(limits.idle.components.seconds)))
  }

  private func setSecurity(_ options: TransportOptions, _ setting: Setting) {
    let limits = setting.limits
    switch limits.version {
    case .automatic: setLong(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
    case .one: setLong(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
    case .two: setLong(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2_0)
    }
    if !limits.tls.ciphers.isEmpty {
      setText(CURLOPT_SSL_CIPHER_LIST, limits.tls.ciphers.joined(separator: ":"))
    }
    setVersions(limits.tls.disabledVersions)
    // Waiting for a connection to multiplex on pays with TLS, and would serialise plain HTTP.
    setLong(CURLOPT_PIPEWAIT, setting.isSecure ? 1 : 0)
    setLong(CURLOPT_SSL_VERIFYPEER, limits.verifiesPeer ? 1 : 0)
    setLong(CURLOPT_SSL_VERIFYHOST, limits.verifiesPeer ? 2 : 0)
    // With a folder of certificates libcurl reads them all for every connection (22 ms measured);
    // a bundle alone is read once and kept.
    if let bundle = options.authorities ?? Self.systemBundle {
      setText(CURLOPT_CAINFO, bundle)
      unsafe assay_curl_set_pointer(easy, CURLOPT_CAPATH, nil)
    }
  }

  /// The range of versions that is left when some are turned off.
  private func setVersions(_ disabled: Set<String>) {
    guard !disabled.isEmpty else { return }
    let versions = [
      // The library's own oldest: turning a newer one off must not bring an older one back.
      ("TLSv1", CURL_SSLVERSION_DEFAULT, CURL_SSLVERSION_MAX_TLSv1_0),
      ("TLSv1_1", CURL_SSLVERSION_TLSv1_1, CURL_SSLVERSION_MAX_TLSv1_1),
      ("TLSv1_2", CURL_SSLVERSION_TLSv1_2, CURL_SSLVERSION_MAX_TLSv1_2),
      ("TLSv1_3", CURL_SSLVERSION_TLSv1_3, CURL_SSLVERSION_MAX_TLSv1_3),
    ].filter { !disabled.contains($0.0) }
    guard let oldest = versions.first, let newest = versions.last else { return }
    setLong(CURLOPT_SSLVERSION, Int(oldest.1) | Int(newest.2))
  }

  /// NTLM proves a connection, so it is libcurl's, which owns the connections.
  private func setLogin(_ login: ConnectionLogin?) {
    guard let login else { return }
    unsafe assay_curl_set_ntlm(easy)
    setText(CURLOPT_USERNAME, login.user)
    setText(CURLOPT_PASSWORD, login.password)
  }

  private static let systemBundle: String? = {
    let path = "/etc/ssl/certs/ca-certificates.crt"
    guard let file = unsafe fopen(path, "r") else { return nil }
    unsafe fclose(file)
    return path
  }()

  /// Which way the connection takes: proxies, sockets, addresses.
  private func setRoute(_ options: TransportOptions, _ setting: Setting) {
    let own = setting.limits.proxy ?? options.proxy
    let proxy = own ?? (setting.isSecure ? options.httpsProxy : options.httpProxy) ?? ""
    setText(CURLOPT_PROXY, proxy)
    setText(CURLOPT_NOPROXY, options.noProxy ?? "")
    if let path = options.unixSocket { setText(CURLOPT_UNIX_SOCKET_PATH, path) }
    switch options.family {
    case .any: break
    case .four: setLong(CURLOPT_IPRESOLVE, Int(CURL_IPRESOLVE_V4))
    case .six: setLong(CURLOPT_IPRESOLVE, Int(CURL_IPRESOLVE_V6))
    }
    if !options.addresses.isEmpty {
      unsafe curl_slist_free_all(addressList)
      unsafe addressList = nil
      for entry in options.addresses { unsafe addressList = curl_slist_append(addressList, entry) }
      unsafe assay_curl_set_pointer(easy, CURLOPT_RESOLVE, addressList)
    }
    // Behind a proxy the address is the proxy's, and what lies beyond is not seen here.
    guard proxy.isEmpty, options.unixSocket == nil, !options.allowsLinkLocal else { return }
    unsafe assay_curl_set_socket_callback(easy, openSocket)
    unsafe assay_curl_set_pointer(
      easy, CURLOPT_OPENSOCKETDATA, Unmanaged.passUnretained(self).toOpaque())
  }

  /// The certificate that is meant for the server; a redirect elsewhere gets one only by a pattern.
  private static func identity(
    _ options: TransportOptions, _ transfer: Transfer
  ) -> ClientIdentity? {
    guard transfer.limits.identity != nil || !options.identities.isEmpty else { return nil }
    let request = transfer.request
    let candidates = (transfer.limits.identity.map { [$0] } ?? []) + options.identities
    return candidates.first {
      $0.isFor(request.url) && !(request.hasLeftOrigin && $0.matches.isEmpty)
    }
  }

  private func setIdentity(_ identity: ClientIdentity?) {
    guard let identity else { return }
    setText(CURLOPT_SSLCERT, identity.certificate)
    setText(CURLOPT_SSLCERTTYPE, identity.isBundle ? "P12" : "PEM")
    if let key = identity.key { setText(CURLOPT_SSLKEY, key) }
    if let passphrase = identity.passphrase { setText(CURLOPT_KEYPASSWD, passphrase) }
  }

  private func setMethodAndBody(_ request: Request) {
    if request.method == "HEAD" {
      unsafe assay_curl_set_text(easy, CURLOPT_CUSTOMREQUEST, nil)
      setLong(CURLOPT_NOBODY, 1)
      return
    }
    setLong(CURLOPT_NOBODY, 0)
    if let bytes = request.body {
      setLong(CURLOPT_POST, 1)
      unsafe assay_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
      // The size is given, so libcurl copies so much and no more, zero bytes included.
      if bytes.isEmpty {
        setText(CURLOPT_COPYPOSTFIELDS, "")
      } else {
        _ = unsafe assay_curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, bytes)
      }
    } else {
      setLong(CURLOPT_HTTPGET, 1)
    }
    setText(CURLOPT_CUSTOMREQUEST, request.method)
  }

  /// Hands over our fields and forbids libcurl its own: what leaves is what was composed.
  private func setHeaders(_ request: Request) {
    unsafe curl_slist_free_all(headerList)
    unsafe headerList = nil
    // A first entry without a value takes libcurl's own Host away, which would stand at the top; the
    // second is then sent in its place like any other field.
    if request.headers.has("Host") { append("Host:") }
    for field in request.headers {
      append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    for name in ["Accept", "Content-Type", "Expect", "User-Agent", "Proxy-Connection"]
    where !request.headers.has(name) {
      append("\(name):")
    }
    // Decoding is on for whatever comes; what is asked for is the composer's to say.
    setText(CURLOPT_ACCEPT_ENCODING, "")
    if !request.headers.has("Accept-Encoding") { append("Accept-Encoding:") }
    unsafe assay_curl_set_pointer(easy, CURLOPT_HTTPHEADER, headerList)
  }

  /// Values beyond ASCII leave as ISO 8859-1, which is what fields can carry; the composer has
  /// refused what that cannot say.
  private func append(_ line: String) {
    let scalars = line.unicodeScalars
    guard scalars.contains(where: { $0.value > 0x7F }), scalars.allSatisfy({ $0.value <= 0xFF })
    else {
      unsafe headerList = curl_slist_append(headerList, line)
      return
    }
    let bytes = scalars.map { CChar(bitPattern: UInt8($0.value)) } + [0]
    unsafe headerList = curl_slist_append(headerList, bytes)
  }

  private func setCallbacks() {
    let me = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe assay_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
    unsafe assay_curl_set_data_callback(easy, CURLOPT_WRITEFUNCTION, receiveBody)
    unsafe assay_curl_set_pointer(easy, CURLOPT_WRITEDATA, me)
    unsafe assay_curl_set_data_callback(easy, CURLOPT_HEADERFUNCTION, receiveHeader)
    unsafe assay_curl_set_pointer(easy, CURLOPT_HEADERDATA, me)
    unsafe assay_curl_set_debug_callback(easy, receiveTrace)
    unsafe assay_curl_set_pointer(easy, CURLOPT_DEBUGDATA, me)
    setLong(CURLOPT_VERBOSE, 1)
  }

  private func setLong(_ option: CURLoption, _ value: Int) {
    unsafe assay_curl_set_long(easy, option, value)
  }

  private func setText(_ option: CURLoption, _ value: String) {
    // libcurl copies string options, so the pointer need not outlive this call.
    unsafe assay_curl_set_text(easy, option, value)
  }

  // MARK: Whom we connect to

  /// Whether an address may be connected to: not those of the link, where clouds keep what hands out
  /// credentials (RFC 3927; RFC 4291, section 2.5.6).
  fileprivate func mayReach(_ address: UnsafePointer<curl_sockaddr>) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 16)
    guard unsafe assay_curl_address(address, &bytes) == 1 else { return true }
    let mapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
    let four = Array(bytes[12...])
    let isRefused =
      mapped
      ? four[0] == 169 && four[1] == 254 || four == [100, 100, 100, 200]
      : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
        || bytes == [0xFD, 0x00, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54]
    guard isRefused else { return true }
    ownFault = TransportFault(
      .refusedTarget,
      "the address belongs to the link or to a cloud's own services, which nothing may reach unless "
        + "`--allow-link-local` is given")
    return false
  }

  // MARK: What comes in

  /// Takes decoded bytes, and says how many; a number that does not fit ends the transfer.
  fileprivate func take(body chunk: UnsafeRawBufferPointer) -> Int {
    let limit = transfer?.limits.bodySize ?? 0
    guard body.count + chunk.count <= limit else {
      ownFault = TransportFault(.sizeLimit, "the body is larger than \(limit) bytes")
      return 0
    }
    guard mayHold(self, chunk.count) else {
      isPaused = true
      return Int(CURL_WRITEFUNC_PAUSE)
    }
    if body.isEmpty, let length = head.length, length > chunk.count {
      // So that it does not grow to twice its size.
      body.reserveCapacity(min(length, limit))
    }
    unsafe body.append(contentsOf: chunk)
    return chunk.count
  }

  /// Lets a transfer go on that had to wait.
  func resume() {
    isPaused = false
    unsafe curl_easy_pause(easy, CURLPAUSE_CONT)
  }

  fileprivate func take(header line: UnsafeRawBufferPointer) -> Bool {
    let limit = transfer?.limits.headerSize ?? 0
    unsafe head.take(Span(_unsafeBytes: line))
    guard head.size <= limit else {
      ownFault = TransportFault(.sizeLimit, "the header fields are larger than \(limit) bytes")
      return false
    }
    return true
  }

  /// Keeps the head as it left; a second one means that libcurl sent the request again by itself.
  fileprivate func take(sentHead bytes: UnsafeRawBufferPointer) {
    sentCount += 1
    sentHead.removeAll(keepingCapacity: true)
    unsafe sentHead.append(contentsOf: bytes.prefix(256 << 10))
  }

  // MARK: The end

  /// How many bytes of its body are held.
  var heldCount: Int { body.count }

  /// - Parameter credit: What keeps account of the body once it is handed out.
  func finish(code: CURLcode, credit: MemoryCredit?) {
    if code == CURLE_OK {
      let received = body
      // What is handed out is ours no longer, and is not copied when the next body comes.
      body = []
      finish(with: .response(head.response(body: received)), credit: credit)
    } else {
      finish(with: .failed(ownFault ?? fault(code)))
    }
  }

  func finish(with outcome: Exchange.Outcome, credit: MemoryCredit? = nil) {
    guard let transfer else { return }
    var facts = unsafe assay_curl_facts()
    unsafe assay_curl_read_facts(easy, &facts)
    var request = transfer.request
    if let fields = ResponseHead.fields(ofRequest: sentHead) { request.headers = fields }
    var exchange = unsafe Exchange(
      request: request, outcome: outcome, timings: Timings(facts), peer: peer(facts),
      reusedConnection: facts.connections == 0, sentCount: sentCount)
    exchange.credit = credit
    body = []
    self.transfer = nil
    ticket = nil
    transfer.finish(exchange)
  }

  /// The peer of the last transfer, which is nearly always that of the next.
  private var lastPeer: (address: String, port: Int, text: String) = ("", 0, "")

  private func peer(_ facts: assay_curl_facts) -> String? {
    guard let address = unsafe facts.primary_ip, unsafe address.pointee != 0 else { return nil }
    let text = unsafe String(cString: address)
    let port = unsafe facts.primary_port
    if lastPeer.address != text || lastPeer.port != port {
      lastPeer = (text, port, "\(text):\(port)")
    }
    return lastPeer.text
  }

  private func fault(_ code: CURLcode) -> TransportFault {
    let kind: TransportFault.Kind
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: kind = .resolve
    case CURLE_COULDNT_CONNECT: kind = .connect
    case CURLE_OPERATION_TIMEDOUT: kind = .timeout
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE,
      CURLE_SSL_INVALIDCERTSTATUS:
      kind = .tls
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
      kind = .truncated
    // After the request has left, this is about the answer: HTTP/0.9, which is not taken.
    case CURLE_UNSUPPORTED_PROTOCOL where sentCount > 0: kind = .malformed
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT: kind = .refusedTarget
    case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP2, CURLE_HTTP2_STREAM:
      kind = .malformed
    default: kind = .other
    }
    let specific = unsafe String(cString: errorText)
    let general = unsafe String(cString: curl_easy_strerror(code))
    // A server of TLS 1.3 refuses a client's certificate, or the want of one, after the handshake.
    let isAlert = kind == .truncated && specific.holds("SSL routines")
    return TransportFault(
      isAlert ? .tls : kind, (specific.isEmpty ? general : specific).lowercasedFirst)
  }
}

extension Timings {
  /// libcurl's stamps are cumulative; zero where a phase did not take place.
  fileprivate init(_ facts: assay_curl_facts) {
    self.init()
    func span(_ from: curl_off_t, _ to: curl_off_t) -> Duration {
      .microseconds(max(0, to - from))
    }
    let facts = unsafe facts
    nameLookup = unsafe span(0, facts.name_lookup)
    connect = unsafe span(facts.name_lookup, facts.connect)
    secure = unsafe facts.app_connect > 0 ? span(facts.connect, facts.app_connect) : .zero
    let ready = unsafe max(facts.app_connect, facts.connect, facts.name_lookup)
    send = unsafe span(ready, facts.pre_transfer)
    wait =
      unsafe facts.start_transfer > 0
      ? span(facts.pre_transfer, facts.start_transfer) : span(facts.pre_transfer, facts.total)
    receive = unsafe facts.start_transfer > 0 ? span(facts.start_transfer, facts.total) : .zero
  }
}

extension Duration {
  var milliseconds: Int {
    Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }
}

extension String {
  fileprivate var lowercasedFirst: String {
    guard let first, !dropFirst().prefix(1).allSatisfy(\.isUppercase) else { return self }
    return first.lowercased() + dropFirst()
  }
}

// libcurl's callbacks: the context is the slot, which the loop holds while the transfer lasts.

private func slot(_ context: UnsafeMutableRawPointer?) -> CurlSlot? {
  unsafe context.map { unsafe Unmanaged<CurlSlot>.fromOpaque($0).takeUnretainedValue() }
}

private func openSocket(
  _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype,
  _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
  guard let address = unsafe address, unsafe slot(context)?.mayReach(address) == true else {
    return assay_curl_no_socket()
  }
  let (family, type) = unsafe (address.pointee.family, address.pointee.socktype)
  // No child of ours inherits a connection.
  return unsafe socket(family, type | closeOnExec, address.pointee.protocol)
}

#if canImport(Glibc)
  private let closeOnExec = Int32(SOCK_CLOEXEC.rawValue)
#else
  private let closeOnExec: Int32 = 0
#endif

private func receiveBody(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let chunk = unsafe UnsafeRawBufferPointer(start: data, count: size * count)
  return unsafe slot(context)?.take(body: chunk) ?? 0
}

private func receiveHeader(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let line = unsafe UnsafeRawBufferPointer(start: data, count: size * count)
  return unsafe slot(context)?.take(header: line) == true ? line.count : 0
}

private func receiveTrace(
  _ easy: UnsafeMutableRawPointer?, _ kind: curl_infotype, _ data: UnsafeMutablePointer<CChar>?,
  _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
  if kind == CURLINFO_HEADER_OUT {
    unsafe slot(context)?.take(sentHead: UnsafeRawBufferPointer(start: data, count: count))
  }
  return 0
}
