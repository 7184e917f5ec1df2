internal import AssayModel
internal import AssayText

/// NTLM, whose messages belong to a connection and are therefore the transport's.
///
/// The first request goes out bare, as any client's would that has not been asked yet.
struct NTLMLogin: Authentication {
  let login: ConnectionLogin
  /// Whom the login is for; a redirect may lead to somebody else, who may ask for it too.
  let origin: String

  var meaning: String { "answers an NTLM challenge" }

  func prepare(
    _ request: Request, sending send: (Request) async -> Exchange?
  ) async throws(Diagnostic) -> Request {
    request
  }

  func answer(to exchange: Exchange, of request: Request) -> Request? {
    guard let response = exchange.response, [401, 403].contains(response.status),
      request.login == nil, OutgoingRequest.origin(of: request.url) == origin,
      response.headers.values(of: "WWW-Authenticate").contains(where: {
        $0.uppercased().hasPrefix("NTLM") || $0.uppercased().hasPrefix("NEGOTIATE")
      })
    else { return nil }
    var next = request
    next.login = login
    return next
  }
}
