internal import AssayModel

/// Puts the values of variables in the place of their `{{names}}`.
struct TemplateText {
  let scopes: Scopes
  let dynamic: DynamicVariables
  /// The names that nothing defines, in the order in which they were met.
  private(set) var undefined: [String] = []
  /// The names whose values lead back to themselves.
  private(set) var cyclic: [String] = []
  private(set) var uses: [VariableUse] = []
  private var seen: Set<String> = []

  /// Nested names and values with names in them resolve in so many rounds; what is left then is a
  /// cycle and stays as it is written.
  private static let rounds = 19
  /// A text that has grown past this is one that would grow for ever.
  private static let longest = 64 << 20

  init(scopes: Scopes, dynamic: DynamicVariables) {
    self.scopes = scopes
    self.dynamic = dynamic
  }

  mutating func fill(_ text: String) -> String {
    guard text.holds("{{") else { return text }
    var bytes = Array(text.utf8)
    for _ in 0..<Self.rounds {
      guard let filled = round(bytes) else { return String(decoding: bytes, as: UTF8.self) }
      guard filled.count <= Self.longest else { break }
      bytes = filled
    }
    noteCycles(bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The value with every text in it filled, but for parts that are turned off.
  mutating func fill(_ value: Value) -> Value {
    switch value {
    case .string(let text): return .string(fill(text))
    case .array(let elements): return .array(elements.map { fill($0) })
    case .object(let members):
      if value["disabled"] == .bool(true) { return value }
      return .object(members.map { Value.Member($0.name, fill($0.value)) })
    default: return value
    }
  }

  /// What is still to be filled after the last round leads in a circle.
  private mutating func noteCycles(_ text: [UInt8]) {
    var index = 0
    while index < text.count {
      guard let end = Self.end(of: text, from: index) else {
        index += 1
        continue
      }
      let name = String(decoding: text[(index + 2)..<end], as: UTF8.self)
      if scopes.lookUp(name) != nil, !cyclic.contains(name) { cyclic.append(name) }
      index = end + 2
    }
  }

  /// One pass over the innermost names; nil when it changes nothing.
  private mutating func round(_ text: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var changed = false
    var index = 0
    while index < text.count {
      guard let end = Self.end(of: text, from: index) else {
        result.append(text[index])
        index += 1
        continue
      }
      let name = String(decoding: text[(index + 2)..<end], as: UTF8.self)
      if let value = value(of: name) {
        result += value.utf8
        changed = true
      } else {
        result += text[index..<end + 2]
      }
      index = end + 2
    }
    return changed ? result : nil
  }

  private static let open = UInt8(ascii: "{")
  private static let close = UInt8(ascii: "}")

  /// Where the name ends that begins with the `{{` at an offset; nil where none does. A name has no
  /// braces, so the innermost one is found first.
  private static func end(of text: [UInt8], from start: Int) -> Int? {
    guard start + 1 < text.count, text[start] == open, text[start + 1] == open else { return nil }
    var index = start + 2
    while index < text.count {
      if text[index] == open { return nil }
      if text[index] == close {
        return index + 1 < text.count && text[index + 1] == close && index > start + 2 ? index : nil
      }
      index += 1
    }
    return nil
  }

  private mutating func value(of name: String) -> String? {
    if let (variable, scope) = scopes.lookUp(name) {
      // A row without a value leaves the name for a reader to see.
      if scope == .data, variable.value.isNull { return nil }
      note(name, .scope(scope, variable.span, isSecret: variable.isSecret))
      return variable.substitution
    }
    if name.hasPrefix("$"), let value = dynamic.value(of: String(name.dropFirst())) {
      note(name, .dynamic)
      return value
    }
    note(name, nil)
    return nil
  }

  private mutating func note(_ name: String, _ origin: VariableUse.Origin?) {
    guard seen.insert(name).inserted else { return }
    uses.append(VariableUse(name: name, origin: origin))
    if origin == nil { undefined.append(name) }
  }
}
