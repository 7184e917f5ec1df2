/// How a run reaches its servers: everything that holds for all of its calls.
package struct TransportOptions: Sendable {
  /// Proxies by the scheme of the target; nil means a direct connection. The environment is read by
  /// the front door and never by libcurl, so that what was used can be told.
  package var httpProxy: String?
  package var httpsProxy: String?
  package var noProxy: String?
  /// A bundle of trusted certificates in place of the system's.
  package var authorities: String?
  /// Connections that stay open between calls.
  package var connectionCount = 128

  package init() {}
}
