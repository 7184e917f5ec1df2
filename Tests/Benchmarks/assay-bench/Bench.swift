import AssayModel
import AssaySystem
import AssayText

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Measures one thing in one process: `assay-bench WHAT FILE ROUNDS` prints the best time of a round
/// in microseconds of this thread's processor time, and what was found, so that nothing is left out.
@main
struct Bench {
  static func main() throws {
    let words = CommandLine.arguments
    guard words.count == 4, let rounds = Int(words[3]) else {
      print("usage: assay-bench json|json-parse|yaml|duplicates FILE ROUNDS")
      exit(2)
    }
    let file = try Files.read(words[2])
    let work: () throws -> Int
    switch words[1] {
    case "json": work = { walk(try JSONReader.read(file)) }
    case "json-parse": work = { try JSONReader.read(file).root.count }
    case "yaml": work = { walk(try YAMLReader.read(file)) }
    case "duplicates":
      let document = try JSONReader.read(file)
      work = { document.duplicateNames().count }
    default: exit(2)
    }
    var best = UInt64.max
    var found = 0
    for _ in 0..<rounds {
      let start = now()
      found = try work()
      best = min(best, now() - start)
    }
    print(Double(best) / 1_000, found)
  }

  /// Nanoseconds of processor time that this thread has had.
  private static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Touches every value, and decodes every number.
  private static func walk(_ document: Document) -> Int {
    var count = 0
    var sum = 0.0
    var index = 0
    let end = document.next(after: 0)
    while index < end {
      count += 1
      switch document.kind(at: index) {
      case .array, .object: index = document.firstChild(of: index)
      case .number:
        sum += number(document.rawBytes(at: index))
        index = document.next(after: index)
      case .string:
        sum += Double(document.rawBytes(at: index).count & 1)
        index = document.next(after: index)
      case .null, .bool: index = document.next(after: index)
      }
    }
    return count + (sum == .infinity ? 1 : 0)
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Double {
    var value = 0
    for byte in bytes {
      guard byte &- 0x30 <= 9, value < 1 << 50 else {
        return Double(String(decoding: bytes, as: UTF8.self)) ?? 0
      }
      value = value * 10 + Int(byte - 0x30)
    }
    return Double(value)
  }
}
