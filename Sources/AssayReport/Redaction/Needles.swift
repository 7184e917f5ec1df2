/// Texts that are looked for all at once, in a time that does not grow with their number.
///
/// A table of bits says of nearly every place that no text begins there; the others are looked up by
/// their first four bytes.
struct Needles: Sendable {
  private struct Needle: Sendable {
    let bytes: [UInt8]
    let tag: [UInt8]
    let isDeclared: Bool
  }

  /// By the first four bytes, the longest first, so that none hides inside another.
  private var buckets: [UInt32: [Needle]] = [:]
  private var filter = [UInt64](repeating: 0, count: 1 << 10)
  private(set) var longest = 0

  var isEmpty: Bool { buckets.isEmpty }

  /// - Parameters:
  ///   - bytes: Four at least.
  ///   - isDeclared: Somebody said that it is a secret, before it could have been seen.
  mutating func add(_ bytes: [UInt8], tag: [UInt8], isDeclared: Bool) {
    guard bytes.count >= 4 else { return }
    let key = bytes[..<4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    var bucket = buckets[key] ?? []
    guard !bucket.contains(where: { $0.bytes == bytes }) else { return }
    let place = bucket.firstIndex { $0.bytes.count < bytes.count } ?? bucket.endIndex
    bucket.insert(Needle(bytes: bytes, tag: tag, isDeclared: isDeclared), at: place)
    buckets[key] = bucket
    let bit = Self.bit(key)
    filter[bit >> 6] |= 1 << UInt64(bit & 63)
    longest = max(longest, bytes.count)
  }

  private static func bit(_ key: UInt32) -> Int { Int((key &* 0x9E37_79B1) >> 16) }

  /// Every place where one stands, from the first on; what overlaps an earlier one is passed over.
  func each(
    in bytes: [UInt8], _ body: (Range<Int>, _ tag: [UInt8], _ isDeclared: Bool) -> Void
  ) {
    guard bytes.count >= 4, !isEmpty else { return }
    var key = bytes[..<3].reversed().reduce(0) { $0 << 8 | UInt32($1) } << 8
    var next = 0
    for end in 3..<bytes.count {
      key = key >> 8 | UInt32(bytes[end]) << 24
      let bit = Self.bit(key)
      let start = end - 3
      guard filter[bit >> 6] & 1 << UInt64(bit & 63) != 0, start >= next,
        let needle = buckets[key]?.first(where: { Self.stands($0.bytes, in: bytes, at: start) })
      else { continue }
      next = start + needle.bytes.count
      body(start..<next, needle.tag, needle.isDeclared)
    }
  }

  private static func stands(_ needle: [UInt8], in bytes: [UInt8], at start: Int) -> Bool {
    guard start + needle.count <= bytes.count else { return false }
    for index in 4..<max(4, needle.count) where bytes[start + index] != needle[index] {
      return false
    }
    return true
  }
}
