internal import AssayModel

/// The status line and fields of a response, as they come in line by line.
///
/// An interim response (1xx) is forgotten when the next status line comes; trailers are kept with
/// the fields.
struct ResponseHead {
  private(set) var version = ""
  private(set) var status = 0
  private(set) var reason = ""
  private(set) var fields: [HeaderField] = []
  private(set) var size = 0

  mutating func take(_ line: Span<UInt8>) {
    size += line.count
    let line = line.extracting(..<Self.lengthWithoutEnd(line))
    if Self.isStatus(line) {
      takeStatus(Self.text(line))
    } else if let field = Self.field(line) {
      fields.append(field)
    }
  }

  private mutating func takeStatus(_ line: String) {
    let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    version = String(parts[0])
    status = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    reason = parts.count > 2 ? String(parts[2]) : ""
    fields = []
  }

  private static func isStatus(_ line: Span<UInt8>) -> Bool {
    // `HTTP/`
    line.count >= 5 && line[0] == 0x48 && line[1] == 0x54 && line[2] == 0x54 && line[3] == 0x50
      && line[4] == 0x2F
  }

  /// The length of the body, where the server says it and nothing has to be decoded.
  var length: Int? {
    fields.has("Content-Encoding") ? nil : fields.first("Content-Length").flatMap { Int($0) }
  }

  func response(body: [UInt8]) -> Response {
    Response(status: status, reason: reason, version: version, headers: fields, body: body)
  }

  private static func lengthWithoutEnd(_ line: Span<UInt8>) -> Int {
    var count = line.count
    while count > 0, line[count - 1] == 0x0A || line[count - 1] == 0x0D { count -= 1 }
    return count
  }

  /// Values without the white space around them: spaces and tabs only (RFC 9110, section 5.5).
  private static func field(_ line: Span<UInt8>) -> HeaderField? {
    var colon = 0
    while colon < line.count, line[colon] != 0x3A { colon += 1 }
    guard colon > 0, colon < line.count else { return nil }
    var (start, end) = (colon + 1, line.count)
    while start < end, line[start] == 0x20 || line[start] == 0x09 { start += 1 }
    while end > start, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
    return HeaderField(
      text(line.extracting(..<colon)), text(line.extracting(start..<end)))
  }

  /// Fields are ISO 8859-1 unless they are UTF-8 (RFC 9110, section 5.5).
  private static func text(_ bytes: Span<UInt8>) -> String {
    if let text = try? UTF8Span(validating: bytes) { return String(copying: text) }
    var text = String.UnicodeScalarView()
    for index in 0..<bytes.count { text.append(Unicode.Scalar(bytes[index])) }
    return String(text)
  }

  /// The fields of a request's head as it left, or nil where there is none.
  static func fields(ofRequest head: [UInt8]) -> [HeaderField]? {
    guard !head.isEmpty else { return nil }
    var fields: [HeaderField] = []
    let span = head.span
    var start = 0
    var isFirst = true
    while start < span.count {
      var end = start
      while end < span.count, span[end] != 0x0A { end += 1 }
      let line = span.extracting(start..<end)
      if !isFirst, let field = field(line.extracting(..<lengthWithoutEnd(line))) {
        fields.append(field)
      }
      isFirst = false
      start = end + 1
    }
    return fields
  }
}
