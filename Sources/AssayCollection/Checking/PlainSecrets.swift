package import AssayModel
package import AssayText

/// Finds values that should not stand in a file that people share.
package enum PlainSecrets {
  /// The parameters of auths that are secrets.
  private static let parameters: [String: Set<String>] = [
    "basic": ["password"], "bearer": ["token"], "apikey": ["value"],
    "oauth1": ["consumerSecret", "tokenSecret", "privateKey", "token"],
    "oauth2": ["accessToken", "clientSecret", "password", "refreshToken"], "digest": ["password"],
    "hawk": ["authKey"], "awsv4": ["secretKey", "sessionToken"], "ntlm": ["password"],
    "edgegrid": ["clientSecret", "accessToken", "clientToken"], "jwt": ["secret", "privateKey"],
    "asap": ["privateKey"],
  ]
  private static let fields: Set<String> = ["authorization", "proxy-authorization", "x-api-key"]

  /// The secrets of a collection or an environment that stand in plain text, each with its place
  /// and without its text.
  package static func find(in document: Document) -> [Diagnostic] {
    var found: [Diagnostic] = []
    var pending = [document.root]
    while let node = pending.popLast() {
      if node.isArray {
        pending += node.elements.reversed()
        continue
      }
      guard node.isObject else { continue }
      for member in Array(node.members).reversed() { pending.append(member.value) }
      if let type = node["type"]?.string, let names = parameters[type] {
        look(atAuth: node, type, names, &found)
      }
      look(atPair: node, &found)
    }
    return found
  }

  /// The texts of those secrets, to be kept out of what is shown.
  package static func texts(in document: Document) -> [String] { texts(of: find(in: document)) }

  /// The texts that some remarks point at without showing them.
  package static func texts(of problems: [Diagnostic]) -> [String] {
    problems.flatMap(\.labels).filter(\.isHidden).map { label in
      let text = label.span.text
      return text.hasPrefix("\"") ? String(text.dropFirst().dropLast()) : text
    }
  }

  private static func look(
    atAuth node: Node, _ type: String, _ names: Set<String>, _ found: inout [Diagnostic]
  ) {
    guard let values = node[type] ?? node["credentials"] else { return }
    if values.isArray {
      for pair in values.elements {
        guard let name = pair["key"]?.string, names.contains(name) else { continue }
        note("the \(name) of a \(type) auth", pair["value"], &found)
      }
    } else if values.isObject {
      for name in names.sorted() { note("the \(name) of a \(type) auth", values[name], &found) }
    }
  }

  /// A header field, or a variable whose name says what it holds.
  private static func look(atPair node: Node, _ found: inout [Diagnostic]) {
    guard let name = node["key"]?.string, let value = node["value"], !node.isOff else { return }
    let isSecret = node["type"]?.string == "secret" || node["secret"]?.bool == true
    if fields.contains(name.lowercased()) {
      note("the header field `\(name)`", value, &found)
    } else if node["enabled"] != nil || node["type"]?.string == "default" || isSecret,
      isSecret || SecretName.isLikely(name)
    {
      note("the variable `\(name)`", value, &found)
    }
  }

  private static func note(_ what: String, _ value: Node?, _ found: inout [Diagnostic]) {
    guard let value, let text = value.string?.trimmed, text.utf8.count >= 4, !text.holds("{{")
    else { return }
    found.append(.plainSecret(what, at: value.span))
  }
}
