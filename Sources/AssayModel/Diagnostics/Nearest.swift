/// Finds the name that a mistyped one was probably meant to be.
package enum Nearest {
  /// The candidate closest to a name, or nil when none is near enough to be worth suggesting.
  ///
  /// Two names are near when the Damerau–Levenshtein distance (optimal string alignment) is at most
  /// a third of the longer one, and at least one edit is always allowed. Case is compared last, so
  /// that `BaseUrl` finds `baseUrl`.
  package static func match(_ name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars)
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates where candidate != name {
      let offered = Array(candidate.lowercased().unicodeScalars)
      guard offered.count <= 64 else { continue }
      let limit = max(1, max(wanted.count, offered.count) / 3)
      guard abs(offered.count - wanted.count) <= limit else { continue }
      let distance = self.distance(wanted, offered)
      guard distance <= limit, distance < max(wanted.count, offered.count) else { continue }
      if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
    }
    return best?.name
  }

  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var older = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    for row in 1...left.count {
      var current = [row] + [Int](repeating: 0, count: right.count)
      for column in 1...right.count {
        let same = left[row - 1] == right[column - 1]
        var cost = min(
          previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (same ? 0 : 1))
        if row > 1, column > 1, left[row - 1] == right[column - 2],
          left[row - 2] == right[column - 1]
        {
          cost = min(cost, older[column - 2] + 1)
        }
        current[column] = cost
      }
      older = previous
      previous = current
    }
    return previous[right.count]
  }
}
