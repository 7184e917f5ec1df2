/// One field line of an HTTP message, with its case and place kept as written.
package struct HeaderField: Sendable, Hashable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// Whether this is the field of that name; names are case-insensitive (RFC 9110, section 5.1).
  package func isNamed(_ other: String) -> Bool {
    let (one, two) = (name.utf8.span, other.utf8.span)
    guard one.count == two.count else { return false }
    for index in 0..<one.count where one[index] != two[index] {
      // Letters differ in one bit by their case, and what is no letter must not.
      guard one[index] ^ two[index] == 0x20, (one[index] | 0x20) &- 0x61 <= 25 else { return false }
    }
    return true
  }
}

extension [HeaderField] {
  /// The values of every field of that name, in order.
  package func values(of name: String) -> [String] {
    compactMap { $0.isNamed(name) ? $0.value : nil }
  }

  /// The first value of that name.
  package func first(_ name: String) -> String? {
    first { $0.isNamed(name) }?.value
  }

  package func has(_ name: String) -> Bool { contains { $0.isNamed(name) } }
}

/// A request that is ready for the wire: nothing is left to resolve, encode or add.
package struct Request: Sendable {
  package var method: String
  package var url: String
  package var headers: [HeaderField]
  package var body: [UInt8]?
  /// For a scheme that proves a connection and not a request.
  package var login: ConnectionLogin?
  /// A redirect led it away from its origin, so that nothing that proves who we are goes along.
  package var hasLeftOrigin = false
  /// Only the beginning of its body was recorded, or nothing of it.
  package var isCut = false

  package init(
    method: String, url: String, headers: [HeaderField], body: [UInt8]?,
    login: ConnectionLogin? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.login = login
  }
}

/// A name and password for NTLM, whose messages belong to the connection that carries them.
package struct ConnectionLogin: Sendable, Hashable {
  package let user: String
  package let password: String

  package init(user: String, password: String) {
    self.user = user
    self.password = password
  }
}

/// What a server answered.
package struct Response: Sendable {
  package var status: Int
  package var reason: String
  package var version: String
  package var headers: [HeaderField]
  /// The decoded body, as far as it was kept.
  package var body: [UInt8] { didSet { bodySize = body.count } }
  /// How long the body is, also where it is not kept, or not all of it.
  package var bodySize: Int

  package init(
    status: Int, reason: String, version: String, headers: [HeaderField], body: [UInt8]
  ) {
    self.status = status
    self.reason = reason
    self.version = version
    self.headers = headers
    self.body = body
    bodySize = body.count
  }

  /// Lets go of the body, and remembers how long it was.
  package mutating func forgetBody() {
    let size = bodySize
    body = []
    bodySize = size
  }
}

/// Where the time of a call went. Time that we waited is kept apart from the API's.
package struct Timings: Sendable, Hashable {
  package var paced: Duration = .zero
  package var queued: Duration = .zero
  package var nameLookup: Duration = .zero
  package var connect: Duration = .zero
  package var secure: Duration = .zero
  package var send: Duration = .zero
  package var wait: Duration = .zero
  package var receive: Duration = .zero

  package init() {}

  /// What the API and the network took; never what the pacer or a queue made us wait.
  package var service: Duration {
    nameLookup + connect + secure + send + wait + receive
  }
}

/// What was sent and what came back, or why nothing did.
package struct Exchange: Sendable {
  package let request: Request
  package var outcome: Outcome
  package var timings: Timings
  /// The peer's address and port as connected to.
  package var peer: String?
  package var reusedConnection: Bool
  /// The redirects that led here, first to last.
  package var hops: [Exchange] = []
  /// How often the request's head left for the wire; more than once means a silent replay.
  package var sentCount: Int
  /// Which attempt this was, from 1.
  package var attempt = 1
  /// What its body takes of the memory that is meant for bodies, until the last copy is gone.
  package var credit: MemoryCredit?

  package enum Outcome: Sendable {
    case response(Response)
    case failed(TransportFault)
  }

  package init(
    request: Request, outcome: Outcome, timings: Timings = Timings(), peer: String? = nil,
    reusedConnection: Bool = false, sentCount: Int = 1
  ) {
    self.request = request
    self.outcome = outcome
    self.timings = timings
    self.peer = peer
    self.reusedConnection = reusedConnection
    self.sentCount = sentCount
  }

  /// What the API and the network took, redirects included.
  package var serviceTime: Duration {
    hops.reduce(timings.service) { $0 + $1.timings.service }
  }

  package var response: Response? {
    guard case .response(let response) = outcome else { return nil }
    return response
  }
}

/// A share of a bounded memory, given back when nobody holds it any longer.
package final class MemoryCredit: Sendable {
  package let size: Int
  private let giveBack: @Sendable (Int) -> Void

  package init(_ size: Int, giveBack: @escaping @Sendable (Int) -> Void) {
    self.size = size
    self.giveBack = giveBack
  }

  deinit { giveBack(size) }
}

/// Why a call brought no response.
package struct TransportFault: Error, Sendable, Hashable {
  package enum Kind: String, Sendable, CaseIterable {
    case resolve, connect, tls, timeout, sizeLimit = "size-limit", truncated, malformed
    case cancelled, refusedTarget = "refused-target", redirect, other
  }

  package let kind: Kind
  package let detail: String

  package init(_ kind: Kind, _ detail: String) {
    self.kind = kind
    self.detail = detail
  }

  /// Whether it was a limit of ours that ended the call.
  package var isLimit: Bool { kind == .sizeLimit || kind == .timeout }

  /// The stable code under which reports know it.
  package var code: String {
    switch kind {
    case .sizeLimit: "limit.body"
    case .timeout: "limit.time"
    default: "transport.\(kind.rawValue)"
    }
  }
}
