package import AssayModel
internal import AssayText

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Lets another answerer speak, and spoils what it says where a fault applies.
package struct FaultInjector: Answerer {
  private let inner: any Answerer
  private let faults: [MockFault]

  package init(_ inner: any Answerer, faults: [MockFault]) {
    self.inner = inner
    self.faults = faults
  }

  package func answer(_ request: Request) -> Response {
    var response = inner.answer(request)
    for fault in faults where fault.applies(to: request) {
      switch fault.kind {
      case .latency(let wait):
        // One of the server's own threads waits, which is what a slow server looks like.
        let parts = wait.components
        usleep(UInt32(parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000))
      case .status(let status):
        response.status = status
        response.body = []
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
