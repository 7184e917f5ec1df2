internal import AssayText

/// Equality of JSON values: numbers by value, objects whatever their order, strings by code point.
enum Equality {
  /// Whether two values are equal. Depth is bounded by the readers' limits.
  static func holds(_ left: Document, _ leftIndex: Int, _ right: Document, _ rightIndex: Int)
    -> Bool
  {
    let kind = left.kind(at: leftIndex)
    guard kind == right.kind(at: rightIndex) else { return false }
    switch kind {
    case .null: return true
    case .bool: return left.bool(at: leftIndex) == right.bool(at: rightIndex)
    case .string:
      return left.decodedBytes(at: leftIndex).elementsEqual(right.decodedBytes(at: rightIndex))
    case .number:
      let (one, other) = (left.rawBytes(at: leftIndex), right.rawBytes(at: rightIndex))
      return one.elementsEqual(other) || ExactNumber(one) == ExactNumber(other)
    case .array:
      guard left.count(at: leftIndex) == right.count(at: rightIndex) else { return false }
      var (one, other) = (left.firstChild(of: leftIndex), right.firstChild(of: rightIndex))
      for _ in 0..<left.count(at: leftIndex) {
        guard holds(left, one, right, other) else { return false }
        (one, other) = (left.next(after: one), right.next(after: other))
      }
      return true
    case .object:
      guard left.count(at: leftIndex) == right.count(at: rightIndex) else { return false }
      var key = left.firstChild(of: leftIndex)
      for _ in 0..<left.count(at: leftIndex) {
        let value = left.next(after: key)
        guard let match = right.member(Array(left.decodedBytes(at: key)), of: rightIndex),
          holds(left, value, right, match)
        else { return false }
        key = left.next(after: value)
      }
      return true
    }
  }

  /// A hash that equal values share.
  static func hash(_ document: Document, _ index: Int) -> Int {
    var hasher = Hasher()
    hasher.combine(document.kind(at: index).rawValue)
    switch document.kind(at: index) {
    case .null: break
    case .bool: hasher.combine(document.bool(at: index))
    case .string: hasher.combine(document.decodedBytes(at: index))
    case .number: hasher.combine(ExactNumber(document.rawBytes(at: index)))
    case .array:
      var child = document.firstChild(of: index)
      for _ in 0..<document.count(at: index) {
        hasher.combine(hash(document, child))
        child = document.next(after: child)
      }
    case .object:
      // The order of members must not matter.
      var sum = 0
      var key = document.firstChild(of: index)
      for _ in 0..<document.count(at: index) {
        let value = document.next(after: key)
        var member = Hasher()
        member.combine(document.decodedBytes(at: key))
        member.combine(hash(document, value))
        sum &+= member.finalize()
        key = document.next(after: value)
      }
      hasher.combine(sum)
    }
    return hasher.finalize()
  }
}
