internal import AssayModel
internal import AssayText

/// How a value is written into a request or a header field (OpenAPI 3.1, section 4.8.12.3).
struct ParameterEncoding: Sendable, Hashable {
  enum Style: String, Sendable {
    case simple, label, matrix, form, spaceDelimited, pipeDelimited, deepObject, cookie
    /// 2.0 alone.
    case tabDelimited

    /// What 2.0 calls a format of collections.
    init?(collectionFormat name: String, isForm: Bool) {
      switch name {
      case "csv": self = isForm ? .form : .simple
      case "ssv": self = .spaceDelimited
      case "tsv": self = .tabDelimited
      case "pipes": self = .pipeDelimited
      case "multi": self = .form
      default: return nil
      }
    }

    /// What stands between the elements of a list, where it is not encoded.
    var separator: String {
      switch self {
      case .spaceDelimited: " "
      case .tabDelimited: "\t"
      case .pipeDelimited: "|"
      default: ","
      }
    }
  }

  /// What the value is, which decides how its text is taken apart.
  enum Kind: Sendable, Hashable {
    case primitive, array, object
    /// JSON in one text.
    case json
  }

  var style: Style
  var isExploded: Bool
  var kind: Kind
  var allowsEmpty = false
}

/// A name and a value as they stand in a query, a form or a cookie, still encoded.
struct TextPair: Sendable {
  let name: String
  let value: String

  var decodedName: String { PercentEncoding.decodedText(name) }

  /// The pairs of a query, as browsers and most servers read one.
  static func list(ofQuery query: String) -> [TextPair] {
    query.split(separator: "&").map { part in
      let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return TextPair(name: String(halves[0]), value: halves.count > 1 ? String(halves[1]) : "")
    }
  }
}

/// What a parameter's texts come to.
enum ParameterReading {
  case absent
  /// Elements or members are encoded texts that have not been typed yet.
  case primitive(String)
  case array([String])
  case object([TextPair])
  case json(String)
  /// The texts do not have the form that the style asks for.
  case malformed(String)
}

extension ParameterEncoding {
  /// Reads a path parameter from the segment that it fills.
  func read(segment: String, name: String) -> ParameterReading {
    switch style {
    case .label:
      guard segment.hasPrefix(".") else { return .malformed("a `.` in front is missing") }
      return parts(String(segment.dropFirst()), separator: isExploded ? "." : ",")
    case .matrix: return matrix(segment, name: name)
    default: return parts(segment, separator: ",")
    }
  }

  private func matrix(_ segment: String, name: String) -> ParameterReading {
    guard segment.hasPrefix(";") else { return .malformed("a `;` in front is missing") }
    let pairs = segment.dropFirst().split(separator: ";").map { part in
      let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return TextPair(name: String(halves[0]), value: halves.count > 1 ? String(halves[1]) : "")
    }
    if kind == .object, isExploded { return .object(pairs) }
    guard pairs.allSatisfy({ $0.decodedName == name }), let first = pairs.first else {
      return .malformed("`;\(name)=` is missing")
    }
    if kind == .array, isExploded { return .array(pairs.map(\.value)) }
    return parts(first.value, separator: ",")
  }

  /// Reads a query or cookie parameter from all pairs; `members` are the names that its object has.
  func read(pairs: [TextPair], name: String, members: [String]) -> ParameterReading {
    if style == .deepObject {
      let own = pairs.compactMap { pair -> TextPair? in
        let key = pair.decodedName
        guard key.hasPrefix(name + "["), key.hasSuffix("]") else { return nil }
        return TextPair(name: String(key.dropFirst(name.count + 1).dropLast()), value: pair.value)
      }
      return own.isEmpty ? .absent : .object(own)
    }
    if kind == .object, isExploded, style == .form || style == .cookie {
      let own = pairs.filter { members.contains($0.decodedName) }
      return own.isEmpty ? .absent : .object(own)
    }
    let own = pairs.filter { $0.decodedName == name }.map(\.value)
    guard let first = own.first else { return .absent }
    if kind == .array, isExploded { return .array(own) }
    switch style {
    case .spaceDelimited:
      return parts(first.replacing("+", with: "%20"), separator: "%20")
    case .pipeDelimited:
      return parts(first.replacing("%7C", with: "|").replacing("%7c", with: "|"), separator: "|")
    case .tabDelimited: return parts(first.replacing("%09", with: "\t"), separator: "\t")
    default: return parts(first, separator: ",")
    }
  }

  /// Reads a header field, whose lists have spaces around their commas and no encoding.
  func read(header text: String) -> ParameterReading { parts(text, separator: style.separator) }

  private func parts(_ text: String, separator: String) -> ParameterReading {
    switch kind {
    case .json: return .json(text)
    case .primitive: return .primitive(text)
    case .array:
      return .array(
        text.isEmpty
          ? []
          : text.split(separator: separator, omittingEmptySubsequences: false).map { String($0) })
    case .object:
      let parts = text.split(separator: separator, omittingEmptySubsequences: false).map {
        String($0)
      }
      if isExploded {
        let pairs = parts.map { part -> TextPair in
          let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          return TextPair(name: String(halves[0]), value: halves.count > 1 ? String(halves[1]) : "")
        }
        return .object(pairs)
      }
      guard parts.count % 2 == 0 else { return .malformed("names and values do not pair up") }
      return .object(
        stride(from: 0, to: parts.count, by: 2).map {
          TextPair(name: parts[$0], value: parts[$0 + 1])
        })
    }
  }
}
