/// Writes XML 1.0 that every parser takes, whatever the texts hold.
struct XMLWriter {
  private(set) var sink: ReportSink
  private var depth = 0

  init(_ sink: ReportSink) {
    self.sink = sink
    self.sink.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
  }

  mutating func open(_ name: String, _ attributes: [(String, String)]) {
    line("<\(name)\(Self.written(attributes))>")
    depth += 1
  }

  mutating func close(_ name: String) {
    depth -= 1
    line("</\(name)>")
  }

  mutating func empty(_ name: String, _ attributes: [(String, String)]) {
    line("<\(name)\(Self.written(attributes))/>")
  }

  mutating func element(_ name: String, _ attributes: [(String, String)], _ content: String) {
    line(
      "<\(name)\(Self.written(attributes))>\(Self.escaped(content, inAttribute: false))</\(name)>")
  }

  private mutating func line(_ content: String) {
    sink.write(String(repeating: "  ", count: depth) + content + "\n")
  }

  private static func written(_ attributes: [(String, String)]) -> String {
    var text = ""
    for (name, value) in attributes {
      text += " \(name)=\"\(escaped(value, inAttribute: true))\""
    }
    return text
  }

  /// By scalar: what XML 1.0 cannot hold (section 2.2) becomes visible instead.
  static func escaped(_ text: String, inAttribute: Bool) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      byte >= 0x20 && byte < 0x7F && byte != 0x26 && byte != 0x3C && byte != 0x3E && byte != 0x22
    }
    if isPlain { return text }
    var result = String.UnicodeScalarView()
    func add(_ text: String) { result.append(contentsOf: text.unicodeScalars) }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": add("&amp;")
      case "<": add("&lt;")
      case ">": add("&gt;")
      case "\"" where inAttribute: add("&quot;")
      case "\n" where inAttribute: add("&#10;")
      case "\t" where inAttribute: add("&#9;")
      case "\r": add("&#13;")
      case "\n", "\t": result.append(scalar)
      default:
        switch scalar.value {
        case 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: result.append(scalar)
        default: add("\\u{\(String(scalar.value, radix: 16, uppercase: true))}")
        }
      }
    }
    return String(result)
  }
}
