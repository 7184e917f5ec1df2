/// Short names that are the same in every run, so that what failed last night can be found today.
///
/// They come from what people wrote (folders, names, rows), and from nothing that a run makes up.
/// They tell apart what stands in one report; nobody is kept out by them.
package enum Identity {
  /// `k-7m2qx9a`: a request of a collection, with its row of data.
  package static func step(
    suite: String, folders: [String], name: String, row: String?, iteration: Int,
    iterationCount: Int
  ) -> String {
    let round = row ?? (iterationCount > 1 ? "#\(iteration + 1)" : "")
    return "k-" + text(hash([suite] + folders + [name, "\u{0}", round]), digits: 7)
  }

  package static func step(_ step: Event.PlannedStep) -> String {
    self.step(
      suite: step.suite, folders: step.folders, name: step.name, row: step.row,
      iteration: step.iteration, iterationCount: step.iterationCount)
  }

  /// `k-7m2qx9a-4tz8`: one claim about it.
  package static func check(_ name: String, of step: String) -> String {
    step + "-" + text(hash([name]), digits: 4)
  }

  /// `c-2n7x4ke`: what is wrong once, however often it shows.
  package static func cause(_ parts: [String]) -> String { "c-" + text(hash(parts), digits: 7) }

  /// Whether a text has the form of a step's or a check's name.
  package static func isCheck(_ text: some StringProtocol) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return (2...3).contains(parts.count) && parts[0] == "k" && parts[1].utf8.count == 7
      && parts.dropFirst().allSatisfy { $0.utf8.allSatisfy(alphabet.contains) }
  }

  /// Digits and letters, without those that are taken for one another.
  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

  /// FNV-1a of 64 bits, over the parts with their ends.
  package static func hash(_ parts: [String]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func take(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    for part in parts {
      for byte in part.utf8 { take(byte) }
      take(0xFF)
    }
    return hash
  }

  private static func text(_ hash: UInt64, digits: Int) -> String {
    // The upper bits of a product depend on every byte; the lower ones on few.
    var rest = hash ^ hash >> 32
    var bytes: [UInt8] = []
    for _ in 0..<digits {
      bytes.append(alphabet[Int(rest & 31)])
      rest >>= 5
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
