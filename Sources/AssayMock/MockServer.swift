package import AssayModel

/// An HTTP server on loopback that lets an answerer speak for the API.
package final class MockServer: Sendable {
  private let daemon: MicrohttpdDaemon

  /// Starts to listen; port 0 takes any that is free.
  package init(answerer: any Answerer, port: UInt16 = 0) throws(Diagnostic) {
    daemon = try MicrohttpdDaemon(answerer: answerer, port: port)
  }

  package var port: UInt16 { daemon.port }
  package var url: String { "http://127.0.0.1:\(port)" }

  /// The version of the library, for `assay version --verbose`.
  package static var libraryVersion: String { MicrohttpdDaemon.libraryVersion }
}
