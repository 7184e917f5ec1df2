package import AssayModel
internal import AssayText

/// Writes events as lines of JSON, one `write` each, with bodies beside them by their digest.
///
/// Each line ends with a checksum of what stands before it, so that a reader can tell a whole line
/// from the torn end of a run that was killed.
package struct JournalWriter {
  /// Where lines and bodies go; the front door knows the files.
  package struct Output: Sendable {
    package let append: @Sendable ([UInt8]) throws(Diagnostic) -> Void
    package let store: @Sendable (_ name: String, [UInt8]) throws(Diagnostic) -> Void

    package init(
      append: @escaping @Sendable ([UInt8]) throws(Diagnostic) -> Void,
      store: @escaping @Sendable (_ name: String, [UInt8]) throws(Diagnostic) -> Void
    ) {
      self.append = append
      self.store = store
    }
  }

  /// The most of one body that is kept.
  package static let bodyLimit = 1 << 20

  private let output: Output
  private var stored: Set<String> = []

  package init(output: Output) { self.output = output }

  package mutating func write(_ event: Event) throws(Diagnostic) {
    var writer = JSONWriter()
    var bodies: [(name: String, bytes: [UInt8])] = []
    writer.object { JournalCodec.write(event, to: &$0, bodies: &bodies) }
    for body in bodies where stored.insert(body.name).inserted {
      try output.store(body.name + ".zz", Deflate.compress(body.bytes, as: .zlib))
    }
    try output.append(Self.sealed(writer.bytes))
  }

  /// Puts the checksum behind the last member.
  static func sealed(_ object: [UInt8]) -> [UInt8] {
    let content = Array(object.dropLast())
    let sum = String(Deflate.checksum(content), radix: 16)
    let padded = String(repeating: "0", count: 8 - sum.count) + sum
    return content + #","crc":"\#(padded)"}"#.utf8 + [0x0A]
  }

  /// The line without its checksum; nil where the two do not fit.
  static func unsealed(_ line: ArraySlice<UInt8>) -> [UInt8]? {
    let tail = #","crc":"00000000"}"#.utf8.count
    guard line.count > tail else { return nil }
    let content = Array(line.dropLast(tail))
    return sealed(content + [UInt8(ascii: "}")]).dropLast().elementsEqual(line)
      ? content + [UInt8(ascii: "}")] : nil
  }
}
