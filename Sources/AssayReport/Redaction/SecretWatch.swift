/// Looks for secrets in what passes by on its way to a file, also where two pieces meet.
package struct SecretWatch {
  private let redactor: Redactor
  private var rest: [UInt8] = []
  /// Whether a declared secret was about to be written.
  package private(set) var hasFound = false

  package init(_ redactor: Redactor) { self.redactor = redactor }

  /// What can be written of all that has come so far.
  package mutating func take(_ piece: [UInt8]) -> [UInt8] {
    guard redactor.reach > 0 else { return piece }
    let all = rest + piece
    let found = redactor.cleaned(all)
    hasFound = hasFound || found.holdsDeclared
    // A secret may begin in the last bytes, and none lies across this place.
    var end = max(0, all.count - redactor.reach + 1)
    if let cut = found.cuts.first(where: { $0.contains(end) }) { end = cut.lowerBound }
    rest = Array(all[end...])
    guard !found.cuts.isEmpty else { return Array(all[..<end]) }
    return redactor.cleaned(Array(all[..<end])).bytes
  }

  /// The rest, when nothing more comes.
  package mutating func finish() -> [UInt8] {
    defer { rest = [] }
    return whole(rest)
  }

  /// Something by itself.
  package mutating func whole(_ bytes: [UInt8]) -> [UInt8] {
    let found = redactor.cleaned(bytes)
    hasFound = hasFound || found.holdsDeclared
    return found.bytes
  }
}
