package import AssayModel
internal import AssayText
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Lets another answerer speak, and spoils what it says where a fault applies.
package final class FaultInjector: Answerer {
  private let inner: any Answerer
  private let faults: [MockFault]
  /// How often each fault has applied.
  private let counts: Mutex<[Int: Int]> = Mutex([:])

  package init(_ inner: any Answerer, faults: [MockFault]) {
    self.inner = inner
    self.faults = faults
  }

  private func applies(_ index: Int, to request: Request) -> Bool {
    guard faults[index].applies(to: request) else { return false }
    guard let times = faults[index].times else { return true }
    return counts.withLock { counts in
      counts[index, default: 0] += 1
      return counts[index, default: 0] <= times
    }
  }

  package func answer(_ request: Request) -> Response {
    var response = inner.answer(request)
    for (index, fault) in faults.enumerated() where applies(index, to: request) {
      switch fault.kind {
      case .latency(let wait):
        // One of the server's own threads waits, which is what a slow server looks like.
        let parts = wait.components
        usleep(UInt32(parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000))
      case .status(let status):
        response.status = status
        response.body = []
      case .rateLimit(let seconds):
        response = Response(
          status: 429, reason: "", version: "",
          headers: [HeaderField("Retry-After", String(seconds))], body: [])
      case .truncate(let count):
        // The head still promises the whole body.
        let size = response.body.count
        response.body = Array(response.body.prefix(count))
        response.bodySize = size
      case .wrongType, .missing, .extra:
        guard let body = JSONBody.read(response.body), let damaged = fault.damage(body) else {
          continue
        }
        response.body = JSONBody.bytes(damaged)
      }
    }
    return response
  }
}

/// JSON bodies as values.
enum JSONBody {
  static func read(_ bytes: [UInt8]) -> Value? {
    (try? JSONReader.read(SourceFile(name: "body", bytes: bytes)))?.root.value
  }

  static func bytes(_ value: Value) -> [UInt8] {
    var writer = JSONWriter()
    writer.value(value)
    return writer.bytes
  }
}
