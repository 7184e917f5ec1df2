/// Makes a text that a pattern matches, where the pattern is one of the plain kind: literals, classes,
/// groups, alternatives and counts. Lookaround and references are beyond it.
///
/// Whoever uses a sample has it checked by the pattern itself.
struct PatternSample {
  private let source: [Unicode.Scalar]
  private var place = 0
  private var variety: Variety
  /// By how much open counts go beyond the least that they ask for.
  private let extra: Int

  /// Longer samples are none that anybody wants.
  private static let limit = 4_000

  private indirect enum Part {
    case text(String)
    case choice([Part])
    case sequence([Part])
    case set([ClosedRange<UInt32>])
    case repeated(Part, least: Int, most: Int)
  }

  private struct Beyond: Error {}

  /// - Parameter extra: How many more repetitions than necessary, which makes texts longer.
  static func text(for pattern: String, extra: Int, _ variety: Variety) -> String? {
    var sample = PatternSample(
      source: Array(pattern.unicodeScalars), variety: variety, extra: extra)
    guard let part = try? sample.alternatives(), sample.place == sample.source.count else {
      return nil
    }
    var text = ""
    guard sample.write(part, to: &text) else { return nil }
    return text
  }

  private init(source: [Unicode.Scalar], variety: Variety, extra: Int) {
    self.source = source
    self.variety = variety
    self.extra = extra
  }

  // MARK: Reading

  private var next: Unicode.Scalar? { place < source.count ? source[place] : nil }

  private mutating func alternatives() throws(Beyond) -> Part {
    var choices = [try sequence()]
    while next == "|" {
      place += 1
      choices.append(try sequence())
    }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  private mutating func sequence() throws(Beyond) -> Part {
    var parts: [Part] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      guard let atom = try atom() else { continue }
      parts.append(try counted(atom))
    }
    return .sequence(parts)
  }

  private mutating func counted(_ atom: Part) throws(Beyond) -> Part {
    var bounds: (Int, Int)?
    switch next {
    case "*": bounds = (0, .max)
    case "+": bounds = (1, .max)
    case "?": bounds = (0, 1)
    case "{":
      guard let close = source[place...].firstIndex(of: "}") else { throw Beyond() }
      let inner = String(String.UnicodeScalarView(source[(place + 1)..<close]))
      let parts = inner.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = parts.first, let least = first else { throw Beyond() }
      bounds = (least, parts.count == 1 ? least : parts[1] ?? .max)
      place = close
    default: break
    }
    guard let bounds else { return atom }
    place += 1
    // A lazy count matches the same texts.
    if next == "?" { place += 1 }
    return .repeated(atom, least: bounds.0, most: bounds.1)
  }

  /// Nil for what takes no room, such as `^`.
  private mutating func atom() throws(Beyond) -> Part? {
    let scalar = source[place]
    place += 1
    switch scalar {
    case "^", "$": return nil
    case ".": return .set([0x61...0x7A])
    case "(":
      if next == "?" {
        let kind = source[place...].prefix(3).map(String.init).joined()
        if kind.hasPrefix("?:") {
          place += 2
        } else if kind.hasPrefix("?<"), kind != "?<=", kind != "?<!" {
          guard let close = source[place...].firstIndex(of: ">") else { throw Beyond() }
          place = close + 1
        } else {
          throw Beyond()
        }
      }
      let inner = try alternatives()
      guard next == ")" else { throw Beyond() }
      place += 1
      return inner
    case "[": return .set(try characterClass())
    case "\\":
      guard next != "b", next != "B" else {
        place += 1
        return nil
      }
      return .set(try escaped())
    default: return .text(String(scalar))
    }
  }

  private mutating func escaped() throws(Beyond) -> [ClosedRange<UInt32>] {
    guard let scalar = next else { throw Beyond() }
    place += 1
    switch scalar {
    case "d": return [0x30...0x39]
    case "w": return [0x61...0x7A, 0x30...0x39]
    case "s": return [0x20...0x20]
    case "D", "S": return [0x61...0x7A]
    case "W": return [0x2D...0x2D]
    case "n": return [0x0A...0x0A]
    case "r": return [0x0D...0x0D]
    case "t": return [0x09...0x09]
    case "p":
      guard next == "{", let close = source[place...].firstIndex(of: "}") else { throw Beyond() }
      let name = String(String.UnicodeScalarView(source[(place + 1)..<close]))
      place = close + 1
      switch name {
      case "L", "Ll", "Letter", "Alphabetic": return [0x61...0x7A]
      case "Lu": return [0x41...0x5A]
      case "N", "Nd": return [0x30...0x39]
      default: throw Beyond()
      }
    case "x", "u":
      let count = scalar == "x" ? 2 : 4
      let digits = source[place...].prefix(count).map(String.init).joined()
      guard digits.count == count, let value = UInt32(digits, radix: 16) else { throw Beyond() }
      place += count
      return [value...value]
    case "0"..."9": throw Beyond()
    default: return [scalar.value...scalar.value]
    }
  }

  private mutating func characterClass() throws(Beyond) -> [ClosedRange<UInt32>] {
    let isNegated = next == "^"
    if isNegated { place += 1 }
    var ranges: [ClosedRange<UInt32>] = []
    while let scalar = next, scalar != "]" {
      place += 1
      let low = scalar == "\\" ? try escaped() : [scalar.value...scalar.value]
      guard next == "-", place + 1 < source.count, source[place + 1] != "]", low.count == 1,
        low[0].count == 1
      else {
        ranges += low
        continue
      }
      place += 1
      let other = source[place]
      place += 1
      let high = other == "\\" ? try escaped() : [other.value...other.value]
      guard let first = low.first?.lowerBound, let last = high.first?.lowerBound, first <= last
      else { throw Beyond() }
      ranges.append(first...last)
    }
    guard next == "]" else { throw Beyond() }
    place += 1
    guard isNegated else { return ranges }
    let plain: [UInt32] =
      Array(0x61...0x7A) + Array(0x30...0x39) + Array(0x41...0x5A) + [0x2D, 0x20]
    return plain.filter { value in !ranges.contains { $0.contains(value) } }.map { $0...$0 }
  }

  // MARK: Writing

  private mutating func write(_ part: Part, to text: inout String) -> Bool {
    guard text.utf8.count <= Self.limit else { return false }
    switch part {
    case .text(let literal): text += literal
    case .choice(let parts): return write(parts[variety.pick(parts.count)], to: &text)
    case .sequence(let parts):
      for part in parts where !write(part, to: &text) { return false }
    case .set(let ranges):
      // What can be seen is worth more than what comes first.
      let visible = ranges.filter { $0.lowerBound > 0x20 && $0.lowerBound < 0x7F }
      let usable = visible.isEmpty ? ranges : visible
      guard !usable.isEmpty else { return false }
      let range = usable[variety.pick(usable.count)]
      let end = min(range.upperBound, max(range.lowerBound, 0x7E))
      let value = range.lowerBound + UInt32(variety.pick(Int(end - range.lowerBound) + 1))
      guard let scalar = Unicode.Scalar(value) else { return false }
      text.unicodeScalars.append(scalar)
    case .repeated(let inner, let least, let most):
      let count = max(least, min(most, least + (least == 0 && extra == 0 ? 0 : extra)))
      for _ in 0..<min(count, Self.limit) where !write(inner, to: &text) { return false }
    }
    return true
  }
}

/// Choices that come again with the same seed; without one always the first.
struct Variety: Sendable {
  private var state: UInt64?

  init(seed: UInt64?) { state = seed.map { $0 &+ 0x9E37_79B9_7F4A_7C15 } }

  var isOn: Bool { state != nil }

  /// A number from 0 up to a count.
  mutating func pick(_ count: Int) -> Int {
    guard count > 1, var word = state else { return 0 }
    // SplitMix64.
    state = word &+ 0x9E37_79B9_7F4A_7C15
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((word ^ (word >> 31)) % UInt64(count))
  }
}
