/// Where a report goes, piece by piece, so that a large one is never held as a whole.
package struct ReportSink {
  private var buffer: [UInt8] = []
  private let put: ([UInt8]) -> Void
  private let look: ([UInt8]) -> [UInt8]
  /// How many bytes were written.
  package private(set) var size = 0

  private static let pieceSize = 128 << 10

  /// - Parameters:
  ///   - put: Takes each piece in turn.
  ///   - look: Sees, and may clean, what is written in a form in which nobody could look for anything.
  package init(
    put: @escaping ([UInt8]) -> Void, look: @escaping ([UInt8]) -> [UInt8] = { $0 }
  ) {
    self.put = put
    self.look = look
  }

  package mutating func write(_ text: String) {
    buffer += text.utf8
    settle()
  }

  package mutating func write(_ bytes: [UInt8]) {
    buffer += bytes
    settle()
  }

  /// What is about to be written packed, looked through.
  package func cleaned(_ bytes: [UInt8]) -> [UInt8] { look(bytes) }

  private mutating func settle() { if buffer.count >= Self.pieceSize { flush() } }

  /// Hands on what is left; whoever made the sink calls it at the end.
  package mutating func flush() {
    guard !buffer.isEmpty else { return }
    size += buffer.count
    put(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  /// All of it, as one text.
  package static func text(_ body: (inout ReportSink) -> Void) -> String {
    var all: [UInt8] = []
    var sink = ReportSink(put: { all += $0 })
    body(&sink)
    sink.flush()
    return String(decoding: all, as: UTF8.self)
  }
}

/// The files of a report, by their names in the folder of a run.
package struct ReportOutput {
  /// Begins a file, and has it written; what goes wrong with it is told elsewhere.
  package let file: (_ name: String, _ body: (inout ReportSink) -> Void) -> Void

  package init(file: @escaping (_ name: String, _ body: (inout ReportSink) -> Void) -> Void) {
    self.file = file
  }
}
