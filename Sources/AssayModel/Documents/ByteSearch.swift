// Searches byte by byte. The standard library's are generic over any collection, and were half the
// time of a call.

extension Span<UInt8> {
  /// Where a sequence of bytes first stands; nil where it does not.
  package func firstPlace(of needle: Span<UInt8>, from start: Int = 0) -> Int? {
    guard needle.count > 0, count >= needle.count else { return nil }
    let first = needle[0]
    var index = start
    let end = count - needle.count
    while index <= end {
      if self[index] == first {
        var length = 1
        while length < needle.count, self[index + length] == needle[length] { length += 1 }
        if length == needle.count { return index }
      }
      index += 1
    }
    return nil
  }
}

extension [UInt8] {
  /// Whether a text stands among the bytes.
  package func holds(_ needle: String) -> Bool {
    span.firstPlace(of: needle.utf8.span) != nil
  }
}

extension String {
  /// Whether the bytes of another text stand in this one.
  package func holds(_ needle: String) -> Bool {
    utf8.span.firstPlace(of: needle.utf8.span) != nil
  }

  /// The parts before and behind the first place of another text; nil where it is not found.
  package func parted(at needle: String) -> (before: Substring, after: Substring)? {
    guard let place = utf8.span.firstPlace(of: needle.utf8.span) else { return nil }
    let start = utf8.index(utf8.startIndex, offsetBy: place)
    return (self[..<start], self[utf8.index(start, offsetBy: needle.utf8.count)...])
  }
}
