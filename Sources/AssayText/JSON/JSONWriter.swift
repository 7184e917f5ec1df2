package import AssayModel

/// Writes JSON as bytes, one token after another.
///
/// What is written reads back to the same tree: names and strings are escaped as RFC 8259 asks and
/// no further, and numbers go out as they came. The caller opens and closes; commas are ours.
package struct JSONWriter: Sendable {
  package private(set) var bytes: [UInt8] = []
  /// Whether the container at each open level already has a child.
  private var hasChild: [Bool] = []
  private var afterName = false
  private let indent: Int?

  /// A writer of compact text, or of indented text for people.
  ///
  /// - Parameter capacity: How much there will be, about.
  package init(indent: Int? = nil, capacity: Int = 0) {
    self.indent = indent
    if capacity > 0 { bytes.reserveCapacity(capacity) }
  }

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// What has been written so far, which it then forgets; it goes on where it was.
  package mutating func drained() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// A value by itself, without white space.
  package static func text(of value: Value) -> String {
    var writer = JSONWriter()
    writer.value(value)
    return writer.text
  }

  package mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    open(UInt8(ascii: "{"))
    try body(&self)
    close(UInt8(ascii: "}"))
  }

  package mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
    open(UInt8(ascii: "["))
    try body(&self)
    close(UInt8(ascii: "]"))
  }

  package mutating func name(_ name: String) {
    separate()
    Self.appendQuoted(name, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    if indent != nil { bytes.append(0x20) }
    afterName = true
  }

  package mutating func string(_ text: String) {
    separate()
    Self.appendQuoted(text, to: &bytes)
  }

  /// A number that already has JSON's form.
  package mutating func number(_ lexeme: String) {
    separate()
    bytes += lexeme.utf8
  }

  package mutating func int(_ number: Int) {
    separate()
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = number.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  package mutating func bool(_ flag: Bool) {
    separate()
    bytes += (flag ? "true" : "false").utf8
  }

  package mutating func null() {
    separate()
    bytes += "null".utf8
  }

  package mutating func member(_ name: String, _ text: String) {
    self.name(name)
    string(text)
  }

  package mutating func member(_ name: String, _ number: Int) {
    self.name(name)
    int(number)
  }

  package mutating func member(_ name: String, _ flag: Bool) {
    self.name(name)
    bool(flag)
  }

  /// Writes a member, or nothing where there is no value.
  package mutating func member(_ name: String, ifAny text: String?) {
    if let text { member(name, text) }
  }

  package mutating func value(_ value: Value) {
    // A value is as deep as what it was read from, which has a limit.
    switch value {
    case .null: null()
    case .bool(let flag): bool(flag)
    case .number(let lexeme): number(lexeme)
    case .string(let text): string(text)
    case .array(let elements): array { for element in elements { $0.value(element) } }
    case .object(let members):
      object {
        for member in members {
          $0.name(member.name)
          $0.value(member.value)
        }
      }
    }
  }

  /// Writes a node with everything in it, without building anything.
  package mutating func node(_ node: Node) {
    let document = node.document
    var open: [(end: Int, isObject: Bool, expectsName: Bool)] = []
    var at = node.index
    let end = document.next(after: at)
    while at < end || !open.isEmpty {
      while let last = open.last, last.end <= at {
        close(last.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        open.removeLast()
      }
      guard at < end else { continue }
      if let last = open.last, last.isObject, last.expectsName {
        name(document.text(at: at))
        open[open.count - 1].expectsName = false
        at = document.next(after: at)
        continue
      }
      if open.last?.isObject == true { open[open.count - 1].expectsName = true }
      switch document.kind(at: at) {
      case .null: null()
      case .bool: bool(document.bool(at: at))
      case .number: number(document.text(at: at))
      case .string:
        separate()
        Self.appendQuoted(document.decodedBytes(at: at), to: &bytes)
      case .array, .object:
        let isObject = document.kind(at: at) == .object
        self.open(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
        open.append((document.next(after: at), isObject, isObject))
        at = document.firstChild(of: at)
        continue
      }
      at = document.next(after: at)
    }
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    hasChild.append(false)
  }

  private mutating func close(_ bracket: UInt8) {
    if hasChild.removeLast() { breakLine() }
    bytes.append(bracket)
  }

  private mutating func separate() {
    if afterName {
      afterName = false
      return
    }
    guard let last = hasChild.last else { return }
    if last { bytes.append(UInt8(ascii: ",")) }
    hasChild[hasChild.count - 1] = true
    breakLine()
  }

  private mutating func breakLine() {
    guard let indent else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: indent * hasChild.count))
  }

  /// Quotes a text; most hold nothing that has to be escaped, and go out as they are.
  private static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
    let span = text.utf8.span
    var index = 0
    while index < span.count, span[index] >= 0x20, span[index] != 0x22, span[index] != 0x5C,
      span[index] != 0xED
    { index += 1 }
    guard index == span.count else { return appendQuoted(span, to: &bytes) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: text.utf8)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Quotes what is known to be UTF-8 without surrogates.
  private static func appendQuoted(_ span: Span<UInt8>, to bytes: inout [UInt8]) {
    bytes.reserveCapacity(bytes.count + span.count + span.count / 8 + 2)
    bytes.append(UInt8(ascii: "\""))
    for index in 0..<span.count {
      let byte = span[index]
      if byte >= 0x20, byte != 0x22, byte != 0x5C {
        bytes.append(byte)
      } else {
        appendEscaped(byte, to: &bytes)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    default:
      bytes += "u00".utf8
      bytes.append(hex[Int(byte >> 4)])
      bytes.append(hex[Int(byte & 0xF)])
    }
  }

  private static let hex = Array("0123456789abcdef".utf8)

  /// Quotes UTF-8, with three-byte surrogates (WTF-8) written back as the escapes they came from.
  package static func appendQuoted(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var pending: UInt8?  // 0xED, the only lead byte of a surrogate
    var second: UInt8?
    for byte in text {
      if let lead = pending {
        if let middle = second {
          let unit = 0xD000 | UInt16(middle & 0x3F) << 6 | UInt16(byte & 0x3F)
          bytes += "\\u".utf8
          for shift in [12, 8, 4, 0] { bytes.append(hex[Int(unit >> UInt16(shift) & 0xF)]) }
          (pending, second) = (nil, nil)
          continue
        }
        if byte >= 0xA0 {
          second = byte
          continue
        }
        bytes.append(lead)
        pending = nil
      }
      switch byte {
      case 0xED: pending = byte
      case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"): appendEscaped(byte, to: &bytes)
      default: bytes.append(byte)
      }
    }
    if let lead = pending { bytes.append(lead) }
    bytes.append(UInt8(ascii: "\""))
  }
}
