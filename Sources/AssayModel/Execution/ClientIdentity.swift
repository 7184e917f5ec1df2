/// A certificate by which a client proves who it is, and the servers that it is meant for.
package struct ClientIdentity: Sendable, Hashable {
  /// Patterns such as `https://*.example.com:8443/*`; none of them means every server.
  package var matches: [String] = []
  /// Paths of files in PEM, or of one file in PKCS #12.
  package var certificate: String
  package var key: String?
  package var isBundle = false
  package var passphrase: String?

  package init(certificate: String) { self.certificate = certificate }

  /// Whether the certificate is shown to the server of a URL.
  package func isFor(_ url: String) -> Bool {
    matches.isEmpty || matches.contains { URLPattern($0).matches(url) }
  }
}

/// A pattern of URLs: a scheme or `*`, a host in which `*` stands for any labels, a port that is any
/// where none is written, and a path with stars.
package struct URLPattern: Sendable {
  private let scheme: String
  private let host: String
  private let port: String?
  private let path: String

  package init(_ text: String) {
    // What browsers call it, and editors of collections with them.
    let parts = Self.split(text == "<all_urls>" ? "*://*/*" : text)
    scheme = parts.scheme ?? "*"
    (host, port, path) = (parts.host, parts.port, parts.path.isEmpty ? "/*" : parts.path)
  }

  package func matches(_ url: String) -> Bool {
    let parts = Self.split(url)
    let standard = parts.scheme == "https" ? "443" : "80"
    return ["*", "http+https", parts.scheme].contains(scheme)
      && Glob.matches(parts.host, host)
      && (port.map { $0 == "*" || $0 == parts.port ?? standard } ?? true)
      && Glob.matches(parts.path.isEmpty ? "/" : parts.path, path)
  }

  private static func split(
    _ text: String
  ) -> (scheme: String?, host: String, port: String?, path: String) {
    let parts = text.parted(at: "://")
    let scheme = parts?.before.lowercased()
    let rest = parts?.after ?? text[...]
    let authority = rest.prefix { !"/?#".contains($0) }
    let path = String(rest[authority.endIndex...].prefix { $0 != "?" && $0 != "#" })
    var host =
      authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] }
      ?? authority
    var port: String?
    if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
      port = String(host[host.index(after: colon)...])
      host = host[..<colon]
    }
    return (scheme, host.lowercased(), port, path)
  }
}
