internal import Synchronization

/// What servers handed out and later calls of the run go on with: tokens, and nonces with counts.
package final class Logins: Sendable {
  let tokens = TokenStore()

  /// A challenge of digest authentication, and how often it was answered.
  struct Challenge: Sendable {
    var parameters: [String: String]
    var count: Int
  }

  private let challenges = Mutex<[String: Challenge]>([:])

  package init() {}

  func keep(_ parameters: [String: String], for key: String) {
    challenges.withLock { $0[key] = Challenge(parameters: parameters, count: 0) }
  }

  /// The challenge to answer next, counted; nil where none has been met.
  func take(for key: String) -> Challenge? {
    challenges.withLock { challenges in
      challenges[key]?.count += 1
      return challenges[key]
    }
  }
}
