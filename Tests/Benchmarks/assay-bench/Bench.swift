import AssayContract
import AssayModel
import AssayReport
import AssaySystem
import AssayText
import AssayTransport

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Measures one thing in one process: `assay-bench WHAT FILE ROUNDS` prints the best time of a round
/// in microseconds of this thread's processor time, and what was found, so that nothing is left out.
@main
struct Bench {
  static func main() async throws {
    let words = CommandLine.arguments
    if words.count == 5, words[1] == "transport", let count = Int(words[3]),
      let width = Int(words[4])
    {
      return await transport(words[2], count, width)
    }
    if words.count == 5, let rounds = Int(words[4]), words[1] == "schema" || words[1] == "judge" {
      return try measure(
        rounds, words[1] == "schema" ? schema(words[2], words[3]) : judge(words[2], words[3]))
    }
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
    try measure(rounds, work)
  }

  private static func measure(_ rounds: Int, _ work: () throws -> Int) throws {
    var best = UInt64.max
    var found = 0
    for _ in 0..<rounds {
      let start = now()
      found = try work()
      best = min(best, now() - start)
    }
    print(Double(best) / 1_000, found)
  }

  /// `assay-bench schema SCHEMA INSTANCE ROUNDS`: reads and judges a value by a compiled schema.
  private static func schema(_ path: String, _ instance: String) throws -> () throws -> Int {
    let schema = JSONSchema(try Inputs.read(Files.read(path)), formats: .assert)
    let bytes = try Files.read(instance).bytes
    return {
      let value = try JSONReader.read(SourceFile(name: "value", bytes: bytes))
      return schema.judge(value).isValid ? 1 : 0
    }
  }

  /// `assay-bench judge DOCUMENT ARCHIVE ROUNDS`: judges the first exchange of an archive.
  private static func judge(_ path: String, _ archive: String) throws -> () throws -> Int {
    let contract = try Contract.compile(Inputs.read(Files.read(path, limit: 64 << 20))) {
      reference, from throws(Diagnostic) in
      throw Diagnostic(.error, "bench.file", "`\(reference)` in `\(from.name)` is not read")
    }
    let judge = ContractJudge(contracts: [contract])
    let exchange = try HARReader.read(Inputs.read(Files.read(archive)))[0].exchange
    return { judge.judge(exchange).verdicts.count { $0.outcome == .passed } }
  }

  /// `assay-bench transport URL COUNT CONCURRENCY`: the transport alone, driven as a run drives it.
  private static func transport(_ url: String, _ count: Int, _ width: Int) async {
    let start = processorTime()
    var options = TransportOptions()
    options.connectionCount = width + 16
    let transport = Transport(options: options)
    var limits = SendLimits()
    limits.verifiesPeer = false
    let request = Request(
      method: "GET", url: url, headers: [HeaderField("Accept", "*/*")], body: nil)
    let share = (count + width - 1) / width
    let failed = await withTaskGroup(of: Int.self) { [limits] group in
      for _ in 0..<width {
        group.addTask(executorPreference: transport.executor) {
          var failed = 0
          for _ in 0..<share {
            let exchange = await transport.send(request, limits: limits)
            if exchange.response?.status != 200 { failed += 1 }
          }
          return failed
        }
      }
      return await group.reduce(0, +)
    }
    print((processorTime() - start) / Double(share * width), failed)
  }

  /// Microseconds of processor time that this process has had.
  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
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
