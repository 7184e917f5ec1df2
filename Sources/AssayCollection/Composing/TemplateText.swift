internal import AssayModel
internal import Synchronization

/// Puts the values of variables in the place of their `{{names}}`.
struct TemplateText {
  let scopes: Scopes
  let dynamic: DynamicVariables
  /// The names that nothing defines, in the order in which they were met.
  private(set) var undefined: [String] = []

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
    guard text.contains("{{") else { return text }
    var bytes = Array(text.utf8)
    for _ in 0..<Self.rounds {
      guard let filled = round(bytes), filled.count <= Self.longest else { break }
      bytes = filled
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// One pass over the innermost names; nil when it changes nothing.
  private mutating func round(_ text: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var changed = false
    var index = 0
    while index < text.count {
      guard text[index] == Self.open, let end = Self.end(of: text, from: index) else {
        result.append(text[index])
        index += 1
        continue
      }
      let name = String(decoding: text[(index + 2)..<end], as: UTF8.self)
      if let value = value(of: name) {
        result += value.utf8
        changed = true
      } else {
        if !undefined.contains(name) { undefined.append(name) }
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
    guard start + 1 < text.count, text[start + 1] == open else { return nil }
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

  private func value(of name: String) -> String? {
    if let (variable, scope) = scopes.lookUp(name) {
      // A row without a value leaves the name for a reader to see.
      if scope == .data, variable.value.isNull { return nil }
      return variable.value.substitution
    }
    return name.hasPrefix("$") ? dynamic.value(of: String(name.dropFirst())) : nil
  }
}

/// The variables that are made anew wherever they occur. One seed gives one sequence.
final class DynamicVariables: Sendable {
  private let generator: Mutex<SplitMix>
  private let now: @Sendable () -> Int

  init(seed: UInt64, now: @escaping @Sendable () -> Int) {
    generator = Mutex(SplitMix(state: seed))
    self.now = now
  }

  /// The value for a name without its `$`; nil for a name that is none.
  func value(of name: String) -> String? {
    generator.withLock { generator in
      switch name {
      case "guid", "randomUUID": Self.uuid(&generator)
      case "timestamp": String(now())
      case "isoTimestamp": UTCTime(now()).text
      case "randomInt": String(Int.random(in: 0...1_000, using: &generator))
      case "randomBoolean": Bool.random(using: &generator) ? "true" : "false"
      case "randomAlphaNumeric": Self.letters(1, &generator)
      case "randomPassword": Self.letters(15, &generator)
      default: nil
      }
    }
  }

  private static func letters(_ count: Int, _ generator: inout SplitMix) -> String {
    let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz")
    return String((0..<count).compactMap { _ in alphabet.randomElement(using: &generator) })
  }

  /// RFC 9562, section 5.4.
  private static func uuid(_ generator: inout SplitMix) -> String {
    let high = generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
    let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    func hex(_ value: UInt64, _ digits: Int) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: digits - text.count) + text
    }
    return [
      hex(high >> 32, 8), hex(high >> 16 & 0xFFFF, 4), hex(high & 0xFFFF, 4), hex(low >> 48, 4),
      hex(low & 0xFFFF_FFFF_FFFF, 12),
    ].joined(separator: "-")
  }
}

/// A small generator whose sequence is the same on every machine.
struct SplitMix: RandomNumberGenerator, Sendable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
