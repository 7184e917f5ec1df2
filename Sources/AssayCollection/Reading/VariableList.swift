internal import AssayModel
internal import AssayText

/// The variable lists of collections, environments and globals.
enum VariableList {
  /// The variables that are on: `disabled: true` and `enabled: false` both turn one off, and of
  /// several with one name the last that is on counts.
  static func read(_ list: Node?) -> [Variable] {
    var variables: [Variable] = []
    for node in list.map({ Array($0.elements) }) ?? [] {
      guard let name = (node["key"] ?? node["id"] ?? node["name"])?.string,
        node["disabled"]?.bool != true, node["enabled"]?.bool != false
      else { continue }
      let type = node["type"]?.string ?? ""
      let isSecret = type == "secret" || node["secret"]?.bool == true
      let variable = Variable(
        name, value(node["value"], type: type), isSecret: isSecret, span: node["value"]?.span)
      variables.removeAll { $0.name == name }
      variables.append(variable)
    }
    return variables
  }

  /// The value by the type that the file declares for it.
  private static func value(_ node: Node?, type: String) -> Value {
    guard let value = node?.value else { return .string("") }
    switch (type, value) {
    case ("number", .string(let text)) where Double(text) != nil: return .number(text)
    case ("boolean", .string(let text)): return .bool(text == "true")
    default: return value
    }
  }
}
