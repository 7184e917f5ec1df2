internal import AssaySystem
internal import Synchronization

/// A server that says exactly the bytes it was given, however wrong they are.
package final class RawServer: Sendable {
  private let socket: ListeningSocket
  private let thread = SerialThread()
  package var port: UInt16 { socket.port }
  package var url: String { "http://127.0.0.1:\(port)" }

  /// - Parameter answer: What each connection is sent once its request's head has come.
  package init(answer: [UInt8], connections: Int = 8) throws {
    let socket = try ListeningSocket()
    self.socket = socket
    thread.post {
      for _ in 0..<connections { socket.answerOne(with: answer) }
    }
  }

  package convenience init(_ text: String) throws {
    try self.init(answer: Array(text.utf8))
  }
}
