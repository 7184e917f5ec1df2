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
    /// Makes room on a full disk, once.
    package let makeRoom: @Sendable () -> Void

    package init(
      append: @escaping @Sendable ([UInt8]) throws(Diagnostic) -> Void,
      store: @escaping @Sendable (_ name: String, [UInt8]) throws(Diagnostic) -> Void,
      makeRoom: @escaping @Sendable () -> Void = {}
    ) {
      self.append = append
      self.store = store
      self.makeRoom = makeRoom
    }
  }

  /// The most of one body that is kept.
  package static let bodyLimit = 1 << 20

  private let output: Output
  private var stored: Set<String> = []
  /// What kept bodies, or all, from being written; verdicts go on as long as they can.
  package private(set) var problem: Diagnostic?
  private var keepsBodies = true
  private var isOpen = true

  package init(output: Output) { self.output = output }

  /// Writes an event, with as much as there is room for: with bodies, without them, or not at all.
  package mutating func write(_ event: Event) {
    guard isOpen else { return }
    do throws(Diagnostic) {
      try put(event)
    } catch {
      problem = problem ?? error
      guard keepsBodies else {
        isOpen = false
        return
      }
      // What was reserved for this is for verdicts, and bodies could fill any room.
      keepsBodies = false
      output.makeRoom()
      do throws(Diagnostic) { try put(event) } catch { isOpen = false }
    }
  }

  private mutating func put(_ event: Event) throws(Diagnostic) {
    var writer = JSONWriter()
    var bodies: [(name: String, bytes: [UInt8])] = []
    let limit = keepsBodies ? Self.bodyLimit : 0
    writer.object { JournalCodec.write(event, to: &$0, bodies: &bodies, limit: limit) }
    for body in bodies where stored.insert(body.name).inserted {
      try output.store(body.name + ".zz", Deflate.compress(body.bytes, as: .zlib))
    }
    try output.append(Self.sealed(writer.bytes))
  }

  /// Puts the checksum behind the last member.
  static func sealed(_ object: [UInt8]) -> [UInt8] {
    let content = object.dropLast()
    return content + seal(of: content) + [0x0A]
  }

  /// What ends a line that holds this.
  private static func seal(of content: ArraySlice<UInt8>) -> [UInt8] {
    let sum = String(Deflate.checksum(content), radix: 16)
    return Array(#","crc":""#.utf8) + [UInt8](repeating: 0x30, count: 8 - sum.utf8.count)
      + Array(sum.utf8) + Array(#""}"#.utf8)
  }

  /// The line without its checksum; nil where the two do not fit.
  static func unsealed(_ line: ArraySlice<UInt8>) -> [UInt8]? {
    let tail = #","crc":"00000000"}"#.utf8.count
    guard line.count > tail else { return nil }
    let content = line.dropLast(tail)
    guard line.suffix(tail).elementsEqual(seal(of: content)) else { return nil }
    var object = Array(content)
    object.append(UInt8(ascii: "}"))
    return object
  }
}
