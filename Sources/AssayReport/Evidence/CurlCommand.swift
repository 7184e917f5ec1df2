package import AssayModel

/// A request as a command for curl in a POSIX shell; what was taken out of it comes back from the
/// environment.
package struct CurlCommand {
  private let request: Request
  /// What curl is to be told beside the request, such as `--insecure`.
  private let flags: [String]

  package init(_ request: Request, flags: [String] = []) {
    self.request = request
    self.flags = flags
  }

  /// Why there is no such command.
  package enum Problem: Error, Sendable, Hashable {
    /// A line break or a NUL in a place where curl would make two of one, or stop.
    case control(in: String)
  }

  package var text: String {
    get throws(Problem) {
      try check(request.url, in: "the URL")
      try check(request.method, in: "the method")
      for field in request.headers {
        try check(field.name + field.value, in: "the field \(field.name)")
      }
      var words = ["curl --globoff --path-as-is"]
      words += flags.map(Shell.quoted)
      if request.method == "HEAD" {
        words.append("--head")
      } else if request.method != (request.body == nil ? "GET" : "POST") {
        words.append("-X " + Shell.quoted(request.method))
      }
      words.append(Shell.quoted(request.url))
      words += headers
      return bodied(words)
    }
  }

  private func check(_ text: String, in place: String) throws(Problem) {
    if text.utf8.contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D }) {
      throw .control(in: place)
    }
  }

  /// Every field as it left. What curl would add by itself, and we did not send, is taken out; what it
  /// computes is left to it.
  private var headers: [String] {
    var words: [String] = []
    for field in request.headers {
      let name = field.name.lowercased()
      if name == "content-length" || name == "host" && isOwnHost(field.value) { continue }
      // A field without a value needs a semicolon to be sent at all.
      words.append(
        "-H "
          + Shell.quoted(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"))
    }
    for name in ["User-Agent", "Accept"] where !request.headers.has(name) {
      words.append("-H " + Shell.quoted("\(name):"))
    }
    if request.body != nil, !request.headers.has("Content-Type") {
      words.append("-H 'Content-Type:'")
    }
    if request.headers.values(of: "Accept-Encoding").first != nil { words.append("--compressed") }
    return words
  }

  private func isOwnHost(_ value: String) -> Bool {
    guard let rest = request.url.parted(at: "://")?.after else { return false }
    return rest.prefix { !"/?#".contains($0) } == value[...]
  }

  /// With the body: as a word where it is text, and through `printf` where it is not.
  private func bodied(_ words: [String]) -> String {
    let line = words.joined(separator: " \\\n  ")
    guard let body = request.body else { return line }
    if let text = String(validating: body, as: UTF8.self), !body.contains(0) {
      // A body that begins with @ would be taken for the name of a file.
      return line + " \\\n  --data-raw " + Shell.quoted(text)
    }
    let octal = body.map { byte -> String in
      let digits = String(byte, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }
    return "printf '\(octal.joined())' | " + line + " \\\n  --data-binary @-"
  }
}
