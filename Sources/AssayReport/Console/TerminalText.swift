internal import AssayModel

/// Text that is safe to print, whoever wrote it.
package enum TerminalText {
  /// Control characters, escapes and marks that turn the direction of text, made visible.
  package static func visible(_ text: String, keepingLines: Bool = false) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if !isUnsafe(scalar) || keepingLines && scalar == "\n" {
        result.append(scalar)
      } else {
        result.append(
          contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
      }
    }
    return String(result)
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}

/// The few colours and weights that are used, or none.
package struct Style: Sendable {
  package let isOn: Bool

  package init(isOn: Bool) { self.isOn = isOn }

  func paint(_ text: String, _ code: String) -> String {
    isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  package func red(_ text: String) -> String { paint(text, "31") }
  package func green(_ text: String) -> String { paint(text, "32") }
  package func yellow(_ text: String) -> String { paint(text, "33") }
  package func blue(_ text: String) -> String { paint(text, "34") }
  package func bold(_ text: String) -> String { paint(text, "1") }
  package func dim(_ text: String) -> String { paint(text, "2") }
}

extension Duration {
  /// `40 µs`, `0.4 ms`, `12 ms`, `1.28 s`: what fits beside a request.
  package var brief: String {
    let microseconds = JournalCodec.microseconds(self)
    if microseconds < 100 { return "\(microseconds) µs" }
    if microseconds < 1_000 { return "0.\(microseconds / 100) ms" }
    if microseconds < 1_000_000 { return "\(microseconds / 1_000) ms" }
    let hundredths = microseconds / 10_000
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
  }

  /// Seconds with three decimals and a point, as XML wants them.
  var seconds: String {
    let milliseconds = JournalCodec.microseconds(self) / 1_000
    let rest = String(milliseconds % 1_000)
    return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }
}
