internal import AssayModel
internal import CYAML

/// Pulls events from libyaml, and says where in the bytes they stand.
///
/// Owns the parser and the event of the moment. libyaml counts places in code points from the
/// start of the text; a cursor that moves with the events turns them into byte offsets.
@safe struct YAMLEvents: ~Copyable {
  let file: SourceFile
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let event: UnsafeMutablePointer<yaml_event_t>
  /// A copy that stays where it is while libyaml reads from it.
  private let text: UnsafeMutableBufferPointer<UInt8>
  private let isASCII: Bool
  private var cursor: (points: Int, bytes: Int)
  private var isOver = false

  init(file: SourceFile) {
    self.file = file
    unsafe text = .allocate(capacity: max(file.bytes.count, 1))
    _ = unsafe text.initialize(from: file.bytes)
    isASCII = file.bytes.allSatisfy { $0 < 0x80 }
    // A byte order mark is not counted by libyaml.
    let mark = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    cursor = (0, mark)
    unsafe parser = .allocate(capacity: 1)
    unsafe event = .allocate(capacity: 1)
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      preconditionFailure("libyaml could not allocate its parser")
    }
    unsafe yaml_parser_set_input_string(parser, text.baseAddress, file.bytes.count)
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe event.deallocate()
    unsafe text.deallocate()
  }

  /// The next event, which lives until `release`; nil at the end of the stream.
  mutating func next() throws(Diagnostic) -> UnsafeMutablePointer<yaml_event_t>? {
    guard !isOver else { return nil }
    guard unsafe yaml_parser_parse(parser, event) == 1 else { throw problem() }
    if unsafe event.pointee.type == YAML_STREAM_END_EVENT {
      isOver = true
      unsafe yaml_event_delete(event)
      return nil
    }
    return unsafe event
  }

  func release() { unsafe yaml_event_delete(event) }

  /// The byte offset of a mark.
  @inline(__always)
  mutating func offset(of mark: yaml_mark_t) -> Int {
    if isASCII { return min(Int(mark.index) + (cursor.bytes - cursor.points), file.bytes.count) }
    return move(to: Int(mark.index))
  }

  private mutating func move(to points: Int) -> Int {
    let count = file.bytes.count
    while cursor.points < points, cursor.bytes < count {
      cursor.bytes += 1
      while unsafe cursor.bytes < count && text[cursor.bytes] & 0xC0 == 0x80 { cursor.bytes += 1 }
      cursor.points += 1
    }
    while cursor.points > points, cursor.bytes > 0 {
      cursor.bytes -= 1
      while unsafe cursor.bytes > 0 && text[cursor.bytes] & 0xC0 == 0x80 { cursor.bytes -= 1 }
      cursor.points -= 1
    }
    return cursor.bytes
  }

  mutating func range(of event: UnsafeMutablePointer<yaml_event_t>) -> Range<Int> {
    let start = unsafe offset(of: event.pointee.start_mark)
    return start..<max(start, unsafe offset(of: event.pointee.end_mark))
  }

  mutating func span(of event: UnsafeMutablePointer<yaml_event_t>) -> SourceSpan {
    SourceSpan(file: file, range: unsafe range(of: event))
  }

  private mutating func problem() -> Diagnostic {
    func text(_ pointer: UnsafePointer<CChar>?) -> String? {
      unsafe pointer.map { unsafe String(cString: $0) }
    }
    let failed = unsafe parser.pointee
    let what = unsafe text(failed.problem) ?? "libyaml cannot go on"
    let context = unsafe text(failed.context).map {
      unsafe "\($0) that begins in line \(failed.context_mark.line + 1)"
    }
    // The reader's errors (a control character) have an offset in bytes and no mark.
    let isReader = unsafe failed.error == YAML_READER_ERROR
    let at = unsafe isReader ? Int(failed.problem_offset) : offset(of: failed.problem_mark)
    let start = min(at, file.bytes.count)
    let span = SourceSpan(file: file, range: start..<min(start + 1, file.bytes.count))
    return .invalidYAML(span, what, context)
  }
}
