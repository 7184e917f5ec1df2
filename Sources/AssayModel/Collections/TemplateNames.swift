/// The names in braces that a text is filled in from.
package struct TemplateNames: Sendable {
  package private(set) var names: Set<String> = []
  /// A name is put together from others, so it may be any.
  package private(set) var isComputed = false

  package init(in text: String) { add(text) }

  package init(in value: Value) { add(value) }

  private mutating func add(_ value: Value) {
    switch value {
    case .string(let text): add(text)
    case .array(let elements): for element in elements { add(element) }
    case .object(let members): for member in members { add(member.value) }
    default: break
    }
  }

  private mutating func add(_ text: String) {
    guard text.holds("{{") else { return }
    let bytes = Array(text.utf8)
    let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
    var start: Int?
    var isInside = false
    var index = 0
    while index + 1 < bytes.count {
      if bytes[index] == open, bytes[index + 1] == open {
        // Of three braces the inner two count.
        while index + 2 < bytes.count, bytes[index + 2] == open { index += 1 }
        if start != nil { isInside = true }
        index += 2
        start = index
      } else if bytes[index] == close, bytes[index + 1] == close {
        if let from = start {
          names.insert(String(decoding: bytes[from..<index], as: UTF8.self))
        } else if isInside {
          isComputed = true
        }
        start = nil
        index += 2
      } else {
        index += 1
      }
    }
  }
}

extension Scopes {
  /// The names with all those that their values are filled in from in turn.
  package func reached(from names: Set<String>) -> (names: Set<String>, isComputed: Bool) {
    var reached = names
    var rest = Array(names)
    var isComputed = false
    while let name = rest.popLast() {
      for kind in ScopeKind.allCases {
        guard let value = variable(name, in: kind)?.value, value.holdsBraces else { continue }
        let inner = TemplateNames(in: value)
        isComputed = isComputed || inner.isComputed
        for name in inner.names where reached.insert(name).inserted { rest.append(name) }
      }
    }
    return (reached, isComputed)
  }
}

extension Value {
  fileprivate var holdsBraces: Bool {
    switch self {
    case .string(let text): text.holds("{{")
    case .array(let elements): elements.contains(where: \.holdsBraces)
    case .object(let members): members.contains(where: \.value.holdsBraces)
    default: false
    }
  }
}
