internal import AssayModel
internal import CPosix

/// A socket on loopback that takes one connection after another and answers with given bytes.
///
/// For peers that have to misbehave on purpose, which no well-kept server library will do.
final class ListeningSocket: Sendable {
  private let descriptor: Int32
  let port: UInt16

  init() throws(Diagnostic) {
    var chosen: UInt16 = 0
    descriptor = unsafe assay_listen_on_loopback(&chosen)
    port = chosen
    guard descriptor >= 0 else {
      throw Diagnostic(.error, "test.no-socket", "loopback gives no socket")
    }
  }

  deinit { close(descriptor) }

  /// Takes a connection, reads up to the end of the request's head, sends, and closes.
  func answerOne(with bytes: [UInt8]) {
    let connection = accept(descriptor, nil, nil)
    guard connection >= 0 else { return }
    defer { close(connection) }
    var head: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while !head.contains([0x0D, 0x0A, 0x0D, 0x0A]), head.count < 1 << 20 {
      let got = unsafe read(connection, &chunk, chunk.count)
      guard got > 0 else { return }
      head += chunk.prefix(got)
    }
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return 0 }
        return unsafe CPosix.write(connection, base + sent, bytes.count - sent)
      }
      guard count > 0 else { return }
      sent += count
    }
  }
}
