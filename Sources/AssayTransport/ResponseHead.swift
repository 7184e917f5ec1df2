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

  /// Takes one line; false when it is none.
  mutating func take(_ bytes: some Collection<UInt8>) -> Bool {
    size += bytes.count
    // Fields are ISO 8859-1 unless they are UTF-8 (RFC 9110, section 5.5).
    let line = Self.text(bytes)
    if line.hasPrefix("HTTP/") {
      let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      version = String(parts[0])
      status = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
      reason = parts.count > 2 ? String(parts[2]) : ""
      fields = []
    } else if let field = Self.field(line) {
      fields.append(field)
    }
    return true
  }

  func response(body: [UInt8]) -> Response {
    Response(status: status, reason: reason, version: version, headers: fields, body: body)
  }

  private static func field(_ line: some StringProtocol) -> HeaderField? {
    guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else { return nil }
    let value = line[line.index(after: colon)...]
    return HeaderField(String(line[..<colon]), trimmed(value))
  }

  /// Without the white space around a value: spaces and tabs only (RFC 9110, section 5.5).
  private static func trimmed(_ text: some StringProtocol) -> String {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let bytes = Array(text.utf8)
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
      let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }

  private static func text(_ bytes: some Collection<UInt8>) -> String {
    var bytes = Array(bytes)
    while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  /// The fields of a request's head as it left, or nil where there is none.
  static func fields(ofRequest head: [UInt8]) -> [HeaderField]? {
    guard !head.isEmpty else { return nil }
    return head.split(separator: 0x0A).dropFirst().compactMap { field(text($0)) }
  }
}
