/// What a part of a step reads and writes of what other steps can see.
///
/// Two parts may change places, or overlap, only if neither writes what the other reads or writes.
package struct Footprint: Sendable, Hashable {
  /// Names of variables, whatever their scope.
  package var reads: Set<String> = []
  package var writes: Set<String> = []
  /// A name is computed, so it may be any.
  package var readsAll = false
  package var writesAll = false
  /// Uses what scripts can leave for each other beside variables, such as a shared library.
  package var usesWorld = false
  /// Sends requests of its own.
  package var sends = false
  /// Changes the request of its step, so that nothing is known of it beforehand.
  package var changesRequest = false
  /// Chooses what comes next.
  package var steers = false
  /// Why it has to be taken to read and write everything; nil where it is known what it does.
  package var opacity: String?

  package init() {}

  /// Nothing that another step could tell.
  package static let none = Footprint()

  package mutating func formUnion(_ other: Footprint) {
    reads.formUnion(other.reads)
    writes.formUnion(other.writes)
    readsAll = readsAll || other.readsAll
    writesAll = writesAll || other.writesAll
    usesWorld = usesWorld || other.usesWorld
    sends = sends || other.sends
    changesRequest = changesRequest || other.changesRequest
    steers = steers || other.steers
    opacity = opacity ?? other.opacity
  }

  /// Whether it touches variables or what scripts share.
  private var touchesAnything: Bool {
    !reads.isEmpty || !writes.isEmpty || readsAll || writesAll || usesWorld || opacity != nil
  }

  /// Why this has to be over before `later` begins; nil where nobody could tell.
  package func obstacle(to later: Footprint) -> String? {
    if let opacity { return opacity }
    if let opacity = later.opacity, touchesAnything || sends { return opacity }
    if writesAll, later.touchesVariables { return "writes variables by computed names" }
    if later.writesAll, touchesVariables { return "writes variables by computed names" }
    if let name = writes.intersection(later.reads).min() { return "reads `\(name)`" }
    if later.readsAll, let name = writes.min() { return "may read `\(name)`" }
    if let name = writes.intersection(later.writes).min() { return "also writes `\(name)`" }
    if let name = reads.intersection(later.writes).min() {
      return "writes `\(name)`, which is read there"
    }
    if readsAll, let name = later.writes.min() {
      return "writes `\(name)`, which may be read there"
    }
    if usesWorld, later.usesWorld { return "uses what scripts share" }
    return nil
  }

  private var touchesVariables: Bool {
    !reads.isEmpty || !writes.isEmpty || readsAll || writesAll
  }
}

/// What can be known of an item before it runs.
package struct ItemFootprint: Sendable {
  /// The scripts before the request.
  package var before = Footprint.none
  /// The names that its request is filled in from.
  package var template = Footprint.none
  /// The scripts after the response.
  package var after = Footprint.none
  package var hasTests = false
  /// The method as written; nil where a variable or a script decides it.
  package var method: String?
  /// Its login sends requests of its own, or answers a challenge.
  package var logsIn = false

  package init() {}

  /// All of it up to the moment when the request is ready.
  package var issue: Footprint {
    var all = before
    all.formUnion(template)
    return all
  }
}

extension Request {
  /// Methods that promise to change nothing (RFC 9110, section 9.2.1; QUERY of its own document).
  package static func isSafe(_ method: String) -> Bool {
    ["GET", "HEAD", "OPTIONS", "TRACE", "QUERY"].contains(method)
  }

  /// Methods that may be sent twice with the effect of once (RFC 9110, section 9.2.2).
  package static func isIdempotent(_ method: String) -> Bool {
    isSafe(method) || ["PUT", "DELETE"].contains(method)
  }

  /// `https://host:443`: whose state it can change. Nil where the URL has no host.
  package var origin: String? {
    guard let parts = url.parted(at: "://") else { return nil }
    let end = parts.after.utf8.firstIndex { [0x2F, 0x3F, 0x23].contains($0) }
    var authority = parts.after[..<(end ?? parts.after.endIndex)]
    if let at = authority.utf8.lastIndex(of: UInt8(ascii: "@")) {
      authority = authority[authority.utf8.index(after: at)...]
    }
    guard !authority.isEmpty else { return nil }
    // The colons inside of brackets are an address's own.
    let literal = authority.utf8.firstIndex(of: UInt8(ascii: "]")) ?? authority.startIndex
    let hasPort = authority[literal...].utf8.contains(UInt8(ascii: ":"))
    let scheme = parts.before.lowercased()
    let port = hasPort ? "" : scheme == "https" ? ":443" : ":80"
    return scheme + "://" + authority.lowercased() + port
  }
}
