internal import CIDN2

/// Names of hosts, plain (RFC 1123, section 2.1) and internationalized (IDNA2008, RFC 5890 to 5893).
package enum HostName {
  package static var libraryVersion: String { unsafe String(cString: idn2_check_version(nil)) }

  /// Whether every label is one of letters, digits and hyphens, or the encoded form of one that is
  /// none.
  package static func isPlain(_ text: String) -> Bool {
    isName(text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)) {
      encodedLength(plain: $0)
    }
  }

  /// The same with labels in any script.
  ///
  /// - Parameter normalizes: Whether labels may be in another form than NFC, as where names are typed.
  package static func isInternational(_ text: String, normalizes: Bool = false) -> Bool {
    // The dots of other scripts part labels too (RFC 3490, section 3.1).
    let dots: Set<Unicode.Scalar> = [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"]
    let labels = text.unicodeScalars.split(omittingEmptySubsequences: false) { dots.contains($0) }
    guard readsBothWays(labels.map(Array.init)) else { return false }
    return isName(labels) { label in
      let bytes = Array(String(String.UnicodeScalarView(label)).utf8)
      return bytes.allSatisfy { $0 < 0x80 }
        ? encodedLength(plain: bytes[...])
        : length(ofLabel: bytes, isEncoded: false, normalizes: normalizes)
    }
  }

  private static func isName<Label>(_ labels: [Label], _ length: (Label) -> Int?) -> Bool {
    var total = labels.count - 1
    for label in labels {
      guard let count = length(label), (1...63).contains(count) else { return false }
      total += count
    }
    return total <= 253
  }

  /// The length of a label of ASCII alone; nil for what is none.
  private static func encodedLength(plain label: some Collection<UInt8>) -> Int? {
    let bytes = Array(label)
    let isPlain = bytes.allSatisfy {
      $0 &- 0x30 <= 9 || ($0 | 0x20) &- 0x61 <= 25 || $0 == UInt8(ascii: "-")
    }
    guard isPlain, bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-") else {
      return nil
    }
    let lower = bytes.map { $0 | ($0 &- 0x41 <= 25 ? 0x20 : 0) }
    guard lower.starts(with: "xn--".utf8) else { return bytes.count }
    return length(ofLabel: lower, isEncoded: true)
  }

  /// What of RFC 5893, section 2, a label alone does not show: where some label is written from right
  /// to left, none may begin with a digit, and none mix two kinds of them.
  private static func readsBothWays(_ labels: [[Unicode.Scalar]]) -> Bool {
    func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF:
        !isDigit(scalar)
      default: false
      }
    }
    func isDigit(_ scalar: Unicode.Scalar) -> Bool { isEuropean(scalar) || isArabic(scalar) }
    func isEuropean(_ scalar: Unicode.Scalar) -> Bool {
      (0x30...0x39).contains(scalar.value) || (0x6F0...0x6F9).contains(scalar.value)
    }
    func isArabic(_ scalar: Unicode.Scalar) -> Bool { (0x660...0x669).contains(scalar.value) }
    guard labels.contains(where: { $0.contains(where: isRightToLeft) }) else { return true }
    return labels.allSatisfy { label in
      !(label.first.map(isDigit) ?? false)
        && !(label.contains(where: isEuropean) && label.contains(where: isArabic))
    }
  }

  /// How long a label is when it is encoded; nil where nobody may register it.
  private static func length(
    ofLabel bytes: [UInt8], isEncoded: Bool, normalizes: Bool = false
  ) -> Int? {
    guard !bytes.isEmpty, !bytes.contains(0) else { return nil }
    let text = bytes + [0]
    var name: UnsafeMutablePointer<UInt8>?
    let code = unsafe text.withUnsafeBufferPointer { text in
      unsafe isEncoded
        ? idn2_register_u8(nil, text.baseAddress, &name, 0)
        : idn2_register_u8(
          text.baseAddress, nil, &name, normalizes ? Int32(IDN2_NFC_INPUT.rawValue) : 0)
    }
    defer { unsafe idn2_free(name) }
    guard code == IDN2_OK.rawValue else { return nil }
    guard let made = unsafe name else { return bytes.count }
    var length = 0
    while unsafe made[length] != 0 { length += 1 }
    return length
  }
}
