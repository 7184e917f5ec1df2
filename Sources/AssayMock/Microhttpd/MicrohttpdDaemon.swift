internal import AssayModel
internal import CMicrohttpd

/// Owns one libmicrohttpd daemon with its threads, from start to stop.
@safe final class MicrohttpdDaemon: @unchecked Sendable {
  // Unchecked, because the daemon is a pointer: it is set once, and the library may be asked for
  // its port from any thread.
  private let daemon: OpaquePointer
  private let context: Unmanaged<ServerContext>

  /// The largest request body that the mock takes.
  static let bodyLimit = 32 << 20

  init(answerer: any Answerer, port: UInt16) throws(Diagnostic) {
    unsafe context = Unmanaged.passRetained(ServerContext(answerer: answerer))
    let started = unsafe assay_mhd_start(
      port, 4, handleAccess, context.toOpaque(), keepTarget, requestCompleted)
    guard let started = unsafe started else {
      unsafe context.release()
      throw .portRefused(port)
    }
    unsafe daemon = started
  }

  deinit {
    unsafe MHD_stop_daemon(daemon)
    unsafe context.release()
  }

  var port: UInt16 { unsafe assay_mhd_port(daemon) }

  static var libraryVersion: String { unsafe String(cString: MHD_get_version()) }
}

/// What the callbacks are given for the whole server.
private final class ServerContext: Sendable {
  let answerer: any Answerer
  init(answerer: any Answerer) { self.answerer = answerer }
}

/// One request while it comes in.
private final class PendingRequest {
  let target: String
  var body: [UInt8] = []
  var isTooLarge = false
  var hasBegun = false

  init(target: String) { self.target = target }
}

/// Is called with the request's target before anything else; libmicrohttpd would decode it.
private func keepTarget(
  _ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?, _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
  let text = unsafe target.map { unsafe String(cString: $0) } ?? "/"
  return unsafe Unmanaged.passRetained(PendingRequest(target: text)).toOpaque()
}

private func requestCompleted(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_RequestTerminationCode
) {
  guard let pending = unsafe state?.pointee else { return }
  unsafe Unmanaged<PendingRequest>.fromOpaque(pending).release()
  unsafe state?.pointee = nil
}

/// Is called once when the head is there, then for each piece of the body, then once to answer.
private func handleAccess(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ url: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?,
  _ version: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?,
  _ uploadSize: UnsafeMutablePointer<Int>?,
  _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  guard let context = unsafe context, let connection = unsafe connection,
    let held = unsafe state?.pointee, let method = unsafe method
  else { return .NO }
  let pending = unsafe Unmanaged<PendingRequest>.fromOpaque(held).takeUnretainedValue()
  guard pending.hasBegun else {
    pending.hasBegun = true
    return .YES
  }
  if let size = unsafe uploadSize?.pointee, size > 0 {
    let piece = unsafe UnsafeRawBufferPointer(start: upload, count: size)
    pending.isTooLarge =
      pending.isTooLarge || pending.body.count + size > MicrohttpdDaemon.bodyLimit
    if !pending.isTooLarge { unsafe pending.body.append(contentsOf: piece) }
    unsafe uploadSize?.pointee = 0
    return .YES
  }
  var fields: [HeaderField] = []
  unsafe withUnsafeMutablePointer(to: &fields) { fields in
    _ = unsafe MHD_get_connection_values(connection, .HEADER_KIND, collectField, fields)
  }
  let request = unsafe Request(
    method: String(cString: method), url: pending.target, headers: fields, body: pending.body)
  let server = unsafe Unmanaged<ServerContext>.fromOpaque(context).takeUnretainedValue()
  let response =
    pending.isTooLarge
    ? Response(status: 413, reason: "", version: "", headers: [], body: [])
    : server.answerer.answer(request)
  return unsafe queue(response, on: connection)
}

private func collectField(
  _ context: UnsafeMutableRawPointer?, _ kind: MHD_ValueKind, _ name: UnsafePointer<CChar>?,
  _ value: UnsafePointer<CChar>?
) -> MHD_Result {
  guard let name = unsafe name else { return .YES }
  let text = unsafe value.map { unsafe String(cString: $0) } ?? ""
  unsafe context?.assumingMemoryBound(to: [HeaderField].self).pointee
    .append(HeaderField(String(cString: name), text))
  return .YES
}

/// A body that ends before its length is reached.
private final class TornBody {
  let bytes: [UInt8]
  init(_ bytes: [UInt8]) { self.bytes = bytes }
}

private func readTornBody(
  _ context: UnsafeMutableRawPointer?, _ position: UInt64, _ buffer: UnsafeMutablePointer<CChar>?,
  _ room: Int
) -> Int {
  guard let context = unsafe context, let buffer = unsafe buffer else { return -2 }
  let body = unsafe Unmanaged<TornBody>.fromOpaque(context).takeUnretainedValue()
  let rest = body.bytes.dropFirst(Int(position)).prefix(room)
  // -2 ends the connection in the middle of the response.
  guard !rest.isEmpty else { return -2 }
  unsafe UnsafeMutableRawBufferPointer(start: buffer, count: room).copyBytes(from: Array(rest))
  return rest.count
}

private func releaseTornBody(_ context: UnsafeMutableRawPointer?) {
  guard let context = unsafe context else { return }
  unsafe Unmanaged<TornBody>.fromOpaque(context).release()
}

private func queue(_ response: Response, on connection: OpaquePointer) -> MHD_Result {
  guard response.body.count >= response.bodySize else {
    return unsafe queueTorn(response, on: connection)
  }
  // The library copies the bytes, so the array need not outlive the call.
  var bytes = response.body
  let count = bytes.count
  let made = unsafe bytes.withUnsafeMutableBytes { buffer in
    unsafe MHD_create_response_from_buffer(count, buffer.baseAddress, .RESPMEM_MUST_COPY)
  }
  guard let made = unsafe made else { return .NO }
  defer { unsafe MHD_destroy_response(made) }
  for field in response.headers where !field.isNamed("Content-Length") {
    unsafe MHD_add_response_header(made, field.name, field.value)
  }
  return unsafe MHD_queue_response(connection, UInt32(response.status), made)
}

private func queueTorn(_ response: Response, on connection: OpaquePointer) -> MHD_Result {
  let held = unsafe Unmanaged.passRetained(TornBody(response.body))
  guard
    let made = unsafe MHD_create_response_from_callback(
      UInt64(response.bodySize), 4_096, unsafe readTornBody, held.toOpaque(), unsafe releaseTornBody
    )
  else {
    unsafe held.release()
    return .NO
  }
  defer { unsafe MHD_destroy_response(made) }
  for field in response.headers where !field.isNamed("Content-Length") {
    unsafe MHD_add_response_header(made, field.name, field.value)
  }
  return unsafe MHD_queue_response(connection, UInt32(response.status), made)
}
