internal import AssayModel
internal import AssayText

/// What a request carries to say who sends it.
enum RequestAuth {
  case none
  case header(String, String)
  case query(String, String)

  /// Reads the auth of a draft; an unknown type stops the call, since an unsigned request would be
  /// judged as if it had been meant.
  static func make(
    _ auth: Value, template: inout TemplateText, at span: SourceSpan
  ) throws(Diagnostic) -> RequestAuth {
    guard let type = auth["type"]?.text, type != "noauth" else { return .none }
    let values = parameters(auth[type] ?? .null)
    func value(_ name: String, _ template: inout TemplateText) -> String {
      template.fill(values[name] ?? "")
    }
    switch type {
    case "basic":
      let pair = value("username", &template) + ":" + value("password", &template)
      return .header("Authorization", basic(pair))
    case "bearer":
      let token = value("token", &template)
      return token.isEmpty ? .none : .header("Authorization", "Bearer " + token)
    case "apikey":
      let (name, key) = (value("key", &template), value("value", &template))
      guard !name.isEmpty else { return .none }
      return values["in"] == "query" ? .query(name, key) : .header(name, key)
    case "oauth2":
      let token = value("accessToken", &template)
      guard !token.isEmpty else { return .none }
      if values["addTokenTo"] == "queryParams" { return .query("access_token", token) }
      let prefix = values["headerPrefix"].map { template.fill($0) } ?? "Bearer"
      return .header("Authorization", (prefix.trimmed + " " + token).trimmed)
    default: throw .unsupportedAuth(type, at: span)
    }
  }

  /// The parameters by name: 2.1 writes a list of pairs, 2.0 an object.
  private static func parameters(_ value: Value) -> [String: String] {
    var result: [String: String] = [:]
    switch value {
    case .array(let pairs):
      for pair in pairs {
        guard let name = pair["key"]?.text, let value = pair["value"], !value.isNull else {
          continue
        }
        result[name] = value.substitution
      }
    case .object(let members):
      for member in members where !member.value.isNull {
        result[member.name] = member.value.substitution
      }
    default: break
    }
    return result
  }

  /// RFC 7617.
  static func basic(_ credentials: String) -> String {
    let pair = credentials.contains(":") ? credentials : credentials + ":"
    return "Basic " + Base64.encode(Array(pair.utf8))
  }

  /// Puts a computed field in the place of every one of that name.
  static func replace(_ headers: inout [HeaderField], _ name: String, _ value: String) {
    headers.removeAll { $0.isNamed(name) }
    headers.append(HeaderField(name, value))
  }
}
