internal import AssayModel
internal import AssayText
internal import Synchronization

/// The cookies of one lane (RFC 6265).
///
/// libcurl has a jar too, but puts its field where no client that people compare with does, and
/// behind an item's own cookies nothing at all.
final class CookieJar: CookieKeeper {
  private struct State {
    var cookies: [Cookie] = []
    var count = 0
  }

  private let state = Mutex(State())
  /// Seconds since 1970.
  private let now: @Sendable () -> Int

  init(now: @escaping @Sendable () -> Int) { self.now = now }

  /// More than any browser keeps; the oldest go first.
  private static let limit = 3_000
  /// A longer field is no cookie (section 6.1 asks for 4,096 at least).
  private static let longest = 16 << 10

  /// The request with the jar's cookies in it: behind the item's own, or at the end.
  func dress(_ request: Request) -> Request {
    let cookies = found(for: request.url)
    guard !cookies.isEmpty else { return request }
    let text = cookies.map { $0.name + "=" + $0.value }.joined(separator: "; ")
    var headers = request.headers
    if let place = headers.firstIndex(where: { $0.isNamed("Cookie") }) {
      let own = headers[place]
      headers[place] = HeaderField(own.name, own.value.isEmpty ? text : own.value + "; " + text)
    } else {
      headers.append(HeaderField("Cookie", text))
    }
    var dressed = request
    dressed.headers = headers
    return dressed
  }

  /// The cookies that go along to a URL: longer paths first, and then the older one (section 5.4).
  private func found(for url: String) -> [Cookie] {
    let kept = state.withLock { $0.cookies }
    guard !kept.isEmpty else { return [] }
    let (uri, now) = (URI(splitting: url), now())
    return kept.filter { !$0.isOver(at: now) && $0.goes(to: uri) }.sorted {
      $0.path.utf8.count == $1.path.utf8.count
        ? $0.number < $1.number : $0.path.utf8.count > $1.path.utf8.count
    }
  }

  func cookies(for url: String) -> [KeptCookie] {
    found(for: url).map {
      KeptCookie(
        name: $0.name, value: $0.value, domain: $0.domain, path: $0.path, endsAt: $0.endsAt,
        isHostOnly: $0.isHostOnly, isSecure: $0.isSecure, isHTTPOnly: $0.isHTTPOnly)
    }
  }

  func set(_ field: String, for url: String) -> Bool {
    let (uri, now) = (URI(splitting: url), now())
    guard field.utf8.count <= Self.longest, let cookie = Cookie(field, from: uri, now: now) else {
      return false
    }
    state.withLock { Self.keep(cookie, in: &$0, now: now) }
    return true
  }

  func remove(_ name: String?, for url: String) {
    let gone = found(for: url).filter { name == nil || $0.name == name }
    state.withLock { state in
      state.cookies.removeAll { cookie in gone.contains { $0.isSame(as: cookie) } }
    }
  }

  /// Takes what a response sets.
  func take(_ response: Response, from url: String) {
    let fields = response.headers.values(of: "Set-Cookie").filter { $0.utf8.count <= Self.longest }
    guard !fields.isEmpty else { return }
    let (uri, now) = (URI(splitting: url), now())
    state.withLock { state in
      for field in fields {
        guard let cookie = Cookie(field, from: uri, now: now) else { continue }
        Self.keep(cookie, in: &state, now: now)
      }
    }
  }

  /// Puts a cookie in the place of an older one of its kind; one that is over goes (section 5.3).
  private static func keep(_ cookie: Cookie, in state: inout State, now: Int) {
    var cookie = cookie
    cookie.number = state.count
    state.count += 1
    if let place = state.cookies.firstIndex(where: { $0.isSame(as: cookie) }) {
      cookie.number = state.cookies[place].number
      state.cookies.remove(at: place)
    }
    if !cookie.isOver(at: now) { state.cookies.append(cookie) }
    if state.cookies.count > limit { state.cookies.removeFirst() }
  }
}
