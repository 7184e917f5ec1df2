package import AssayModel
internal import AssayText

/// Decides where a redirect leads, and what may go along.
///
/// libcurl would follow by itself, and forward fields that carry keys to any host. Here every hop is
/// a request of its own, and what says who we are stays with its origin: scheme, host and port.
package struct Redirects: Follower {
  package init() {}

  package func followUp(
    of exchange: Exchange, to request: Request, rules: CallRules
  ) -> FollowUp {
    guard let response = exchange.response, [301, 302, 303, 307, 308].contains(response.status),
      let location = response.headers.first("Location"), !location.isEmpty
    else { return .none }
    let base = URI(splitting: request.url)
    let target = base.resolving(URI(splitting: Self.encoded(location)))
    guard let scheme = target.scheme?.lowercased(), ["http", "https"].contains(scheme),
      target.authority?.isEmpty == false
    else { return .refused(TransportFault(.redirect, "a redirect to \(location) is not followed")) }
    if base.scheme?.lowercased() == "https", scheme == "http" {
      return .refused(
        TransportFault(.redirect, "a redirect from https to http is not followed: \(location)"))
    }
    return .request(next(request, response.status, base, target, rules))
  }

  private func next(
    _ old: Request, _ status: Int, _ base: URI, _ target: URI, _ rules: CallRules
  ) -> Request {
    var url = target
    url.fragment = nil
    var next = old
    next.url = url.description
    next.headers.removeAll { $0.isNamed("Referer") || $0.isNamed("Host") }
    // 303 asks for GET, and the two older ones are read so by everybody (RFC 9110, section 15.4).
    if [301, 302, 303].contains(status), !rules.keepsMethod {
      if old.method != "HEAD" { next.method = "GET" }
      next.body = nil
      // What describes a body goes with it.
      next.headers.removeAll {
        $0.isNamed("Content-Type") || $0.isNamed("Content-Length")
          || $0.isNamed("Transfer-Encoding")
      }
    }
    if Self.origin(base) == Self.origin(target) {
      if !rules.omitsReferer { next.headers.append(HeaderField("Referer", old.url)) }
    } else {
      next.headers.removeAll {
        Self.isCredential($0.name) && !(rules.keepsCredentials && $0.isNamed("Authorization"))
      }
      next.login = nil
      next.hasLeftOrigin = true
    }
    next.headers.append(HeaderField("Host", Self.authority(target)))
    return next
  }

  private static func standardPort(_ uri: URI) -> Int {
    uri.scheme?.lowercased() == "https" ? 443 : 80
  }

  private static func authority(_ uri: URI) -> String {
    let host = uri.host ?? ""
    guard let port = uri.port, port != standardPort(uri) else { return host }
    return "\(host):\(port)"
  }

  private static func origin(_ uri: URI) -> String {
    let scheme = uri.scheme?.lowercased() ?? ""
    return "\(scheme)://\(uri.host ?? ""):\(uri.port ?? standardPort(uri))"
  }

  /// Fields by which servers know who asks.
  private static func isCredential(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["authorization", "proxy-authorization", "cookie"].contains(name)
      || ["api-key", "apikey", "token", "secret", "session"].contains { name.contains($0) }
  }

  /// Locations hold characters that no URI may; those are encoded, and nothing else is touched.
  private static func encoded(_ location: String) -> String {
    PercentEncoding.encode(location.utf8) {
      $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}".utf8.contains($0)
    }
  }
}
