/// A JSON value that owns its parts, with numbers kept as they were written.
///
/// Values are for what is small and travels: variables, data rows, options. Documents that were
/// read stay in their tape, where nothing is copied until somebody asks.
package enum Value: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([Value])
  case object([Member])

  /// One name and its value; an object keeps its members in the order written.
  package struct Member: Sendable, Hashable {
    package let name: String
    package var value: Value

    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// The member of that name; the last one where a name is repeated.
  package subscript(_ name: String) -> Value? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  package var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  package var isNull: Bool { self == .null }

  /// What takes this value's place in a template: strings as they are, the rest as JavaScript's
  /// `String(value)` would write them.
  package var substitution: String {
    switch self {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .number(let lexeme): lexeme
    case .string(let text): text
    case .array(let elements): elements.map(\.substitution).joined(separator: ",")
    case .object: "[object Object]"
    }
  }
}
