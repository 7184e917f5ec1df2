package import AssayModel

/// How a run reaches its servers: everything that holds for all of its calls.
package struct TransportOptions: Sendable {
  /// Proxies by the scheme of the target; nil means a direct connection. The environment is read by
  /// the front door and never by libcurl, so that what was used can be told.
  package var httpProxy: String?
  package var httpsProxy: String?
  package var noProxy: String?
  /// `socks5h://proxy:1080`, whatever the scheme of the target.
  package var proxy: String?
  /// Certificates to show, the first that is meant for a server.
  package var identities: [ClientIdentity] = []
  /// Every connection goes to this socket, whatever host is named.
  package var unixSocket: String?
  /// `host:port:address`: names that are not looked up.
  package var addresses: [String] = []
  package var family = AddressFamily.any
  /// Addresses of the link and of clouds' own services may be connected to.
  package var allowsLinkLocal = false
  /// A bundle of trusted certificates in place of the system's.
  package var authorities: String?
  /// Connections that stay open between calls.
  package var connectionCount = 128
  /// How many bytes of bodies may be held at once, from their arrival until nobody needs them.
  package var bodyMemory = 128 << 20

  package init() {}

  /// Which addresses of a name are used.
  package enum AddressFamily: Sendable { case any, four, six }
}
