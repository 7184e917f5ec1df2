/// Names under which people keep what nobody else should read.
package enum SecretName {
  private static let marks = [
    "password", "passwd", "passphrase", "secret", "apikey", "accesskey", "privatekey",
    "clientkey", "credential",
  ]
  private static let endings = ["token", "pwd", "pass", "auth", "key"]

  /// Whether a value of that name is likely to be a secret.
  package static func isLikely(_ name: String) -> Bool {
    let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
    return marks.contains { plain.contains($0) }
      || endings.contains { plain == $0 || $0 != "key" && plain.hasSuffix($0) }
  }
}
