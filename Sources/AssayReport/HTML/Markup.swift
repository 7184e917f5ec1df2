/// Builds HTML from texts that are escaped as they go in; there is no other way in.
struct Markup {
  private(set) var text = ""

  /// What has been built so far, which it then forgets.
  mutating func drained() -> String {
    defer { text = "" }
    return text
  }

  /// An element with what is built inside it.
  mutating func element(
    _ name: String, _ attributes: [(String, String)] = [], _ body: (inout Markup) -> Void
  ) {
    text += "<\(name)"
    for (attribute, value) in attributes { text += " \(attribute)=\"\(Self.escaped(value))\"" }
    text += ">"
    body(&self)
    text += "</\(name)>"
  }

  /// An element that holds a text alone.
  mutating func element(_ name: String, _ attributes: [(String, String)], _ content: String) {
    element(name, attributes) { $0.add(content) }
  }

  mutating func element(_ name: String, _ content: String) { element(name, [], content) }

  mutating func add(_ content: String) { text += Self.escaped(content) }

  /// Markup that is ours, word for word.
  mutating func addTrusted(_ markup: StaticString) { text += "\(markup)" }

  static func escaped(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      byte >= 0x20 && byte < 0x7F && ![0x22, 0x26, 0x27, 0x3C, 0x3E].contains(byte)
    }
    if isPlain { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      case "\n", "\t": result.append(scalar)
      default:
        // Controls and marks that turn the direction of text would change what a reader sees.
        let visible = TerminalText.visible(String(scalar))
        result.append(contentsOf: visible.unicodeScalars)
      }
    }
    return String(result)
  }
}
