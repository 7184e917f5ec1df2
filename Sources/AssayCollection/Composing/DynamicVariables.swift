internal import AssayModel
internal import Synchronization

/// The variables that are made anew wherever they occur. One seed gives one sequence.
final class DynamicVariables: Sendable {
  private let generator: Mutex<SplitMix>
  private let now: @Sendable () -> Int

  /// - Parameter step: Each step has a sequence of its own, so that it does not matter which of two
  ///   is composed first.
  init(seed: UInt64, step: Int = 0, now: @escaping @Sendable () -> Int) {
    // Mixed twice, since neighbouring states would give the same sequence one value later.
    var first = SplitMix(state: seed)
    var second = SplitMix(state: first.next() ^ UInt64(truncatingIfNeeded: step))
    generator = Mutex(SplitMix(state: second.next()))
    self.now = now
  }

  /// The value for a name without its `$`; nil for a name that is none.
  func value(of name: String) -> String? {
    guard let maker = Self.makers[name] else { return nil }
    return generator.withLock { generator in
      var source = Source(generator: generator, now: now())
      let value = maker(&source)
      generator = source.generator
      return value
    }
  }

  /// Every name, without its `$`.
  static var names: Dictionary<String, Maker>.Keys { makers.keys }

  func uuid() -> String { value(of: "guid") ?? "" }

  /// Letters and digits, for what has to be used once.
  func nonce(_ count: Int) -> String {
    generator.withLock { generator in
      var source = Source(generator: generator, now: 0)
      let text = source.characters(count, Source.alphanumeric)
      generator = source.generator
      return text
    }
  }

  typealias Maker = @Sendable (inout Source) -> String

  /// Where the values come from: random numbers, the time, and the words of `Words`.
  struct Source {
    var generator: SplitMix
    let now: Int

    static let alphanumeric = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    static let hexadecimal = Array("0123456789abcdef")
    static let digits = Array("0123456789")

    mutating func number(_ range: ClosedRange<Int>) -> Int {
      Int.random(in: range, using: &generator)
    }

    mutating func word(_ words: [String]) -> String { words[number(0...words.count - 1)] }

    mutating func characters(_ count: Int, _ alphabet: [Character]) -> String {
      String((0..<count).map { _ in alphabet[number(0...alphabet.count - 1)] })
    }

    mutating func several(
      _ range: ClosedRange<Int>, _ separator: String, _ make: (inout Source) -> String
    ) -> String {
      (0..<number(range)).map { _ in make(&self) }.joined(separator: separator)
    }

    /// Each `#` is a digit.
    mutating func pattern(_ text: String) -> String {
      String(text.map { $0 == "#" ? Self.digits[number(0...9)] : $0 })
    }

    /// A number from the range with so many decimals, at least.
    mutating func decimal(_ range: ClosedRange<Int>, _ places: Int) -> String {
      var scale = 1
      for _ in 0..<places { scale *= 10 }
      let value = number(range.lowerBound * scale...range.upperBound * scale)
      let (whole, rest) = (abs(value) / scale, abs(value) % scale)
      let fraction = String(rest)
      return (value < 0 ? "-" : "") + "\(whole)."
        + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// RFC 9562, section 5.4.
    mutating func uuid() -> String {
      let high = generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
      let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
      func hex(_ value: UInt64, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
      }
      return [
        hex(high >> 32, 8), hex(high >> 16 & 0xFFFF, 4), hex(high & 0xFFFF, 4),
        hex(low >> 48, 4), hex(low & 0xFFFF_FFFF_FFFF, 12),
      ].joined(separator: "-")
    }

    /// A moment so many seconds away, as JavaScript's `Date` writes itself in UTC.
    mutating func date(_ range: ClosedRange<Int>) -> String {
      let time = UTCTime(now + number(range))
      let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
      let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
      ]
      func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
      return "\(weekdays[time.weekday]) \(months[time.month - 1]) \(two(time.day)) \(time.year) "
        + "\(two(time.hour)):\(two(time.minute)):\(two(time.second)) "
        + "GMT+0000 (Coordinated Universal Time)"
    }

    mutating func title(_ words: [String]) -> String { word(words).capitalizedFirst }
  }
}

extension String {
  /// With its first letter in upper case.
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
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
