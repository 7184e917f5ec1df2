// What a run needs of the world. The rooms that act are reached through these, so that a test can
// stand in for any of them.

/// Sends one request and tells what became of it.
package protocol Sender: Sendable {
  func send(_ request: Request, limits: SendLimits) async -> Exchange
}

/// The cookies of one lane.
package protocol CookieKeeper: Sendable {
  /// The request as it leaves now, with the cookies that go to its server.
  func dress(_ request: Request) -> Request
  /// Takes what a response sets.
  func take(_ response: Response, from url: String)

  // What scripts do with the jar.

  /// The cookies that go along to a URL.
  func cookies(for url: String) -> [KeptCookie]
  /// Keeps what a `Set-Cookie` field of a URL's server would set; false where nobody may set that.
  func set(_ field: String, for url: String) -> Bool
  /// Forgets the cookie of this name that goes along to a URL, or all that do.
  func remove(_ name: String?, for url: String)
}

/// A cookie as scripts see it.
package struct KeptCookie: Sendable, Hashable {
  package let name: String
  package let value: String
  package let domain: String
  package let path: String
  /// Seconds since 1970; nil for the length of the session.
  package let endsAt: Int?
  package let isHostOnly: Bool
  package let isSecure: Bool
  package let isHTTPOnly: Bool

  package init(
    name: String, value: String, domain: String, path: String, endsAt: Int?, isHostOnly: Bool,
    isSecure: Bool, isHTTPOnly: Bool
  ) {
    self.name = name
    self.value = value
    self.domain = domain
    self.path = path
    self.endsAt = endsAt
    self.isHostOnly = isHostOnly
    self.isSecure = isSecure
    self.isHTTPOnly = isHTTPOnly
  }
}

/// Decides where a response leads.
package protocol Follower: Sendable {
  /// - Parameter request: What was sent, as it was before the lane's cookies were put to it.
  func followUp(of exchange: Exchange, to request: Request, rules: CallRules) -> FollowUp
}

/// What comes after a response.
package enum FollowUp: Sendable {
  case none
  case request(Request)
  /// It leads where nobody may be sent.
  case refused(TransportFault)
}

/// How long and how much one exchange may take.
package struct SendLimits: Sendable, Hashable {
  package var connect: Duration = .seconds(10)
  /// How long a transfer may stand still.
  package var idle: Duration = .seconds(30)
  package var total: Duration = .seconds(60)
  package var bodySize: Int = 32 << 20
  package var headerSize: Int = 256 << 10
  package var verifiesPeer: Bool = true
  package var redirectCount: Int = 10
  package var ignoresCookies = false
  package var version: HTTPVersion = .automatic
  package var tls = TLSRules()
  /// What a collection wants for one call beside what holds for the run.
  package var identity: ClientIdentity?
  package var proxy: String?

  package init() {}

  /// The same with what a call asks for instead.
  package func following(_ rules: CallRules) -> SendLimits {
    var limits = self
    limits.redirectCount = rules.redirectCount ?? redirectCount
    limits.ignoresCookies = rules.ignoresCookies
    limits.verifiesPeer = rules.verifiesPeer ?? verifiesPeer
    limits.version = rules.version ?? version
    limits.tls = rules.tls
    limits.identity = rules.identity
    limits.proxy = rules.proxy
    return limits
  }
}

/// Which version of HTTP a call speaks.
package enum HTTPVersion: String, Sendable, Hashable {
  case automatic = "auto"
  case one = "http1"
  case two = "http2"
}

/// Which ciphers and versions of TLS a call may use; empty leaves it to the library.
package struct TLSRules: Sendable, Hashable {
  package var ciphers: [String] = []
  /// Versions by OpenSSL's names, such as `TLSv1_1`.
  package var disabledVersions: Set<String> = []

  package init() {}
}

/// How one call travels, where its collection has a say; nil leaves it to the run.
package struct CallRules: Sendable, Hashable {
  package var redirectCount: Int?
  package var ignoresCookies = false
  package var verifiesPeer: Bool?
  package var version: HTTPVersion?
  package var tls = TLSRules()
  /// A redirect keeps the method, whatever its status.
  package var keepsMethod = false
  /// A redirect to another origin takes the credentials along.
  package var keepsCredentials = false
  package var omitsReferer = false
  /// The certificate that the item brings along.
  package var identity: ClientIdentity?
  /// `http://proxy:8080`, for this call alone.
  package var proxy: String?

  package init() {}
}

/// Turns an item of a collection into a request, with the variables of the moment.
package protocol Composer: Sendable {
  /// The item's request as written, in the form that scripts read and change.
  func draft(of item: Suite.Item) -> Value

  /// The request ready for the wire; `draft` is what the pre-request scripts left of it.
  func compose(
    _ item: Suite.Item, draft: Value, scopes: Scopes
  ) throws(Diagnostic) -> Composition

  /// A new value of a dynamic variable, by its name without the `$`; nil for a name that is none.
  func dynamicValue(_ name: String) -> String?

  /// The same composer with random values of its own, which come again with the run's seed however
  /// the steps overlap.
  func composer(ofStep number: Int) -> any Composer

  /// What can be known of an item's request before it is composed.
  func footprint(of item: Suite.Item) -> ItemFootprint
}

/// A composed request, and what was noticed on the way.
package struct Composition: Sendable {
  package let request: Request
  /// The draft with every name filled in: what test scripts see of the request.
  package let resolved: Value
  /// The names that nothing defines.
  package let undefined: [Diagnostic]
  package let notes: [Diagnostic]
  package let rules: CallRules
  /// Nil where the request itself carries all that proves who sends it.
  package let authentication: (any Authentication)?
  /// The names that were filled in, in the order in which they were met.
  package let uses: [VariableUse]

  package init(
    request: Request, resolved: Value = .null, undefined: [Diagnostic] = [],
    notes: [Diagnostic] = [], rules: CallRules = CallRules(),
    authentication: (any Authentication)? = nil,
    uses: [VariableUse] = []
  ) {
    self.request = request
    self.resolved = resolved
    self.undefined = undefined
    self.notes = notes
    self.rules = rules
    self.authentication = authentication
    self.uses = uses
  }
}

/// A name that was met in a template, and where its value came from.
package struct VariableUse: Sendable {
  package let name: String
  /// Nil for a name that nothing defines.
  package let origin: Origin?

  package enum Origin: Sendable {
    case scope(ScopeKind, SourceSpan?, isSecret: Bool)
    /// Made anew wherever it occurs.
    case dynamic
  }

  package init(name: String, origin: Origin?) {
    self.name = name
    self.origin = origin
  }
}

/// A proof of who sends a call that takes more messages than the call itself.
package protocol Authentication: Sendable {
  /// What it does beside sending the request, in words for a plan.
  var meaning: String { get }

  /// The request with what can be known before it leaves.
  ///
  /// - Parameter send: Sends a request that has to be answered first, such as one for a token.
  func prepare(
    _ request: Request, sending send: (Request) async -> Exchange?
  ) async throws(Diagnostic) -> Request

  /// The request again, in answer to a challenge; nil where there is nothing to answer.
  func answer(to exchange: Exchange, of request: Request) -> Request?
}

/// Compares one exchange with a contract.
package protocol Judge: Sendable {
  /// Everything that could be reached.
  var operations: [OperationFacts] { get }
  func judge(_ exchange: Exchange) -> Judgement
}

/// Answers for a server: what the mock asks when a request has come in.
package protocol Answerer: Sendable {
  func answer(_ request: Request) -> Response
}
