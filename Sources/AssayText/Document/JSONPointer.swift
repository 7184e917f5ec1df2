/// A path into a document (RFC 6901).
package struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
  package var tokens: [String]

  package init(tokens: [String] = []) { self.tokens = tokens }

  /// Reads the string form, or returns nil for what is none.
  package init?(_ text: String) {
    guard text.isEmpty || text.utf8.first == UInt8(ascii: "/") else { return nil }
    var tokens: [String] = []
    for part in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .dropFirst()
    {
      guard let token = Self.unescape(part) else { return nil }
      tokens.append(token)
    }
    self.tokens = tokens
  }

  package var description: String {
    tokens.map { "/" + Self.escape($0) }.joined()
  }

  /// The value that the pointer names, or nil.
  ///
  /// An array index has no leading zeros and no sign (section 4).
  package func resolve(in root: Node) -> Node? {
    var node = root
    for token in tokens {
      switch node.kind {
      case .object:
        guard let child = node[token] else { return nil }
        node = child
      case .array:
        guard let position = Self.arrayIndex(token), let child = node[position] else { return nil }
        node = child
      default: return nil
      }
    }
    return node
  }

  private static func arrayIndex(_ token: String) -> Int? {
    let digits = token.utf8
    guard !digits.isEmpty, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      digits.count == 1 || digits.first != 0x30
    else { return nil }
    return Int(token)
  }

  package static func escape(_ token: String) -> String {
    guard token.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
      return token
    }
    var bytes: [UInt8] = []
    for byte in token.utf8 {
      switch byte {
      case UInt8(ascii: "~"): bytes += "~0".utf8
      case UInt8(ascii: "/"): bytes += "~1".utf8
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func unescape(_ part: Substring.UTF8View) -> String? {
    var bytes: [UInt8] = []
    var iterator = part.makeIterator()
    while let byte = iterator.next() {
      guard byte == UInt8(ascii: "~") else {
        bytes.append(byte)
        continue
      }
      switch iterator.next() {
      case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
      case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
      default: return nil
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Node {
  /// The way to this value from the root of its document.
  ///
  /// Found by walking down, since nodes do not know what holds them: pointers are for messages.
  package var pointer: JSONPointer {
    var tokens: [String] = []
    var at = 0
    while at != index {
      let parent = Node(document: document, index: at)
      var child: Int?
      for (position, element) in parent.elements.enumerated() where element.contains(index) {
        tokens.append(String(position))
        child = element.index
        break
      }
      for member in parent.members where member.key.contains(index) || member.value.contains(index)
      {
        tokens.append(member.name)
        child = member.key.contains(index) ? index : member.value.index
        break
      }
      guard let child else { break }
      at = child
    }
    return JSONPointer(tokens: tokens)
  }

  private func contains(_ other: Int) -> Bool {
    other >= index && other < document.next(after: index)
  }
}
