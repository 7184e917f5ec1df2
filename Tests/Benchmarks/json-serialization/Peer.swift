import Foundation

/// The yardstick for the JSON reader: JSONSerialization, and every value touched. A program of its
/// own, since Foundation and libxml2 bring two versions of one library's headers.
@main
struct Peer {
  static func main() throws {
    let words = CommandLine.arguments
    guard words.count == 3, let rounds = Int(words[2]) else {
      print("usage: json-serialization FILE ROUNDS")
      exit(2)
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: words[1]))
    var best = UInt64.max
    var found = 0
    for _ in 0..<rounds {
      let start = now()
      found = walk(try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed))
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

  private static func walk(_ value: Any) -> Int {
    switch value {
    case let object as [String: Any]: object.values.reduce(1 + object.count) { $0 + walk($1) }
    case let array as [Any]: array.reduce(1) { $0 + walk($1) }
    case let number as NSNumber: number.doubleValue == .infinity ? 2 : 1
    default: 1
    }
  }
}
