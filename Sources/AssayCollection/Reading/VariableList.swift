internal import AssayModel
internal import AssayText

/// The variable lists of collections, environments and globals.
enum VariableList {
  /// The variables that are on: `disabled: true` and `enabled: false` both turn one off, and of
  /// several with one name the last that is on counts.
  static func read(_ list: Node?) -> [Variable] {
    guard let list else { return [] }
    var variables: [Variable] = []
    var places: [String: Int] = [:]
    for node in list.elements {
      guard let name = node["key"]?.string, !node.isOff else { continue }
      let type = node["type"]?.string ?? ""
      let isSecret = type == "secret" || node["secret"]?.bool == true
      let (value, written) = self.value(node["value"], type: type)
      let variable = Variable(
        name, value, isSecret: isSecret, span: node["value"]?.span, written: written)
      if let place = places[name] {
        variables[place] = variable
      } else {
        places[name] = variables.count
        variables.append(variable)
      }
    }
    return variables
  }

  /// The value by the type that the file declares for it, and its text where the value is not that.
  private static func value(_ node: Node?, type: String) -> (value: Value, written: String?) {
    guard let value = node?.value else { return (.string(""), nil) }
    guard case .string(let text) = value else { return (value, nil) }
    switch type {
    case "number": return TypedText.number(text).map { ($0, text) } ?? (value, nil)
    case "boolean": return (.bool(text == "true"), text)
    case "array", "object", "json":
      let file = SourceFile(name: "value", text: text)
      guard let parsed = try? JSONReader.read(file).root, parsed.isArray || parsed.isObject else {
        return (value, nil)
      }
      return (parsed.value, text)
    default: return (value, nil)
    }
  }
}

/// Numbers that were written as text.
enum TypedText {
  /// The number as JSON writes it: `007` is 7, `.5` is 0.5; nil for what is no decimal number.
  static func number(_ text: String) -> Value? {
    var rest = Substring(text)
    var result = ""
    if let sign = rest.first, sign == "-" || sign == "+" {
      rest.removeFirst()
      if sign == "-" { result = "-" }
    }
    let whole = rest.prefix { $0.isASCII && $0.isNumber }
    rest = rest.dropFirst(whole.count)
    var fraction = Substring()
    if rest.first == "." {
      rest.removeFirst()
      fraction = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(fraction.count)
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    let digits = whole.drop { $0 == "0" }
    result += digits.isEmpty ? "0" : digits
    if !fraction.isEmpty { result += "." + fraction }
    if let mark = rest.first, mark == "e" || mark == "E" {
      rest.removeFirst()
      var exponent = "e"
      if let sign = rest.first, sign == "-" || sign == "+" {
        rest.removeFirst()
        exponent.append(sign)
      }
      guard !rest.isEmpty, rest.count <= 4, rest.allSatisfy({ $0.isASCII && $0.isNumber }) else {
        return nil
      }
      result += exponent + rest
      rest = Substring()
    }
    return rest.isEmpty ? .number(result) : nil
  }
}
