internal import CPSL

/// The names under which anybody may register, and which no cookie may span.
enum PublicSuffixes {
  /// Whether a domain is such a name by the list that libpsl carries.
  static func contains(_ domain: String) -> Bool {
    // The built-in list is a constant of the library, and lives as long as the process.
    guard let list = unsafe psl_builtin() else { return !domain.contains(".") }
    return unsafe psl_is_public_suffix(list, domain) == 1
  }
}
