internal import AssayModel

/// A body of several parts (RFC 2046, section 5.1; RFC 7578).
struct Multipart {
  struct Part {
    let name: String?
    let headers: [HeaderField]
    let body: [UInt8]
  }

  /// What keeps a body from being taken apart, in words.
  struct Problem: Error {
    let message: String
  }

  /// More parts than that are no form.
  private static let limit = 10_000

  static func parts(of bytes: [UInt8], boundary: String?) throws(Problem) -> [Part] {
    guard let boundary, !boundary.isEmpty else {
      throw Problem(message: "the content type has no `boundary`")
    }
    let delimiter = Array("--\(boundary)".utf8)
    let inner = [0x0D, 0x0A] + delimiter
    var place: Int
    if bytes.starts(with: delimiter) {
      place = delimiter.count
    } else if let first = bytes.span.firstPlace(of: inner.span) {
      place = first + inner.count
    } else {
      throw Problem(message: "the boundary `\(boundary)` does not stand in the body")
    }
    var parts: [Part] = []
    // Two hyphens behind the boundary end the body.
    while !bytes[place...].starts(with: [0x2D, 0x2D]) {
      guard let line = bytes.span.firstPlace(of: [0x0D, 0x0A].span, from: place),
        bytes[place..<line].allSatisfy({ $0 == 0x20 || $0 == 0x09 })
      else { throw Problem(message: "a boundary is not on a line of its own") }
      // The line end before a boundary belongs to it, and may be the one that ends the fields.
      guard let end = bytes.span.firstPlace(of: inner.span, from: line) else {
        throw Problem(message: "the closing boundary is missing")
      }
      guard parts.count < limit else { throw Problem(message: "there are too many parts") }
      parts.append(try part(bytes[line..<end]))
      place = end + inner.count
    }
    return parts
  }

  /// One part, from the line end behind its boundary on.
  private static func part(_ bytes: ArraySlice<UInt8>) throws(Problem) -> Part {
    let all = Array(bytes)
    let blank: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
    guard let end = all.span.firstPlace(of: blank.span) else {
      throw Problem(message: "a part has no blank line behind its fields")
    }
    var headers: [HeaderField] = []
    for line in String(decoding: all[..<end], as: UTF8.self).split(separator: "\r\n") {
      guard let parts = String(line).parted(at: ":") else {
        throw Problem(message: "a part has a line that is no field")
      }
      headers.append(
        HeaderField(String(parts.before), Judging.trimmed(String(parts.after))))
    }
    let disposition = headers.first("Content-Disposition") ?? ""
    return Part(
      name: parameter("name", of: disposition), headers: headers,
      body: Array(all[(end + blank.count)...]))
  }

  /// A parameter of a field, quoted or not.
  private static func parameter(_ name: String, of field: String) -> String? {
    var rest = field[...]
    while let semicolon = rest.firstIndex(of: ";") {
      rest = rest[rest.index(after: semicolon)...]
      while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
      guard let equals = rest.firstIndex(of: "=") else { return nil }
      let key = rest[..<equals].lowercased()
      rest = rest[rest.index(after: equals)...]
      var value = ""
      if rest.first == "\"" {
        rest.removeFirst()
        while let next = rest.popFirst(), next != "\"" {
          value.append(next == "\\" ? rest.popFirst() ?? next : next)
        }
      } else {
        value = String(rest.prefix { $0 != ";" })
      }
      if key == name { return value }
    }
    return nil
  }
}
