package import AssayModel

extension Document {
  /// A name that an object has twice, and both places.
  package struct DuplicateName: Sendable {
    package let name: String
    package let first: SourceSpan
    package let second: SourceSpan
  }

  /// Every repeated name of every object, in document order, up to a limit.
  ///
  /// RFC 8259, section 4 leaves the meaning open, and parsers silently differ; whoever judges a
  /// document has to know. The work is linear: small objects compare their keys, larger ones hash.
  package func duplicateNames(limit: Int = 100) -> [DuplicateName] {
    var found: [DuplicateName] = []
    var index = 0
    while index < tape.count, found.count < limit {
      let kind = self.kind(at: index)
      if kind == .object { collectDuplicates(of: index, into: &found) }
      index = kind == .object || kind == .array ? firstChild(of: index) : next(after: index)
    }
    return Array(found.prefix(limit))
  }

  private func collectDuplicates(of object: Int, into found: inout [DuplicateName]) {
    let count = self.count(at: object)
    guard count > 1 else { return }
    if count <= 8, !smallObjectRepeats(object, count) { return }
    var seen: [ArraySlice<UInt8>: Int] = [:]
    seen.reserveCapacity(count)
    var key = firstChild(of: object)
    for _ in 0..<count {
      if let first = seen.updateValue(key, forKey: decodedBytes(at: key)) {
        found.append(
          DuplicateName(
            name: text(at: key), first: SourceSpan(file: file, range: range(at: first)),
            second: SourceSpan(file: file, range: range(at: key))))
      }
      key = next(after: next(after: key))
    }
  }

  /// Whether two keys of a small object may be the same: told without decoding where possible.
  private func smallObjectRepeats(_ object: Int, _ count: Int) -> Bool {
    var left = firstChild(of: object)
    for position in 0..<count {
      var right = next(after: next(after: left))
      for _ in position + 1..<max(count, position + 1) {
        if hasEscapes(at: left) || hasEscapes(at: right) {
          if decodedBytes(at: left).elementsEqual(decodedBytes(at: right)) { return true }
        } else {
          let (one, other) = (rawBytes(at: left), rawBytes(at: right))
          if one.count == other.count, one.elementsEqual(other) { return true }
        }
        right = next(after: next(after: right))
      }
      left = next(after: next(after: left))
    }
    return false
  }
}
