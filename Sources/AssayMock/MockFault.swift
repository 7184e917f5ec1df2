package import AssayModel
internal import AssayText

/// One way in which a mock departs from its contract, and for which calls.
package struct MockFault: Sendable {
  let method: String
  /// Segments of the path; `*` stands for any one segment.
  let segments: [Substring]
  let kind: Kind

  enum Kind: Sendable, Hashable {
    /// Answers later.
    case latency(Duration)
    /// Answers with another status and no body.
    case status(Int)
    /// Asks for patience: 429, and how many seconds of it.
    case rateLimit(Int)
    /// Ends the connection after so many bytes of the body.
    case truncate(Int)
    /// Gives the value at a pointer another type.
    case wrongType(String)
    /// Leaves the member at a pointer out.
    case missing(String)
    /// Adds a member that the contract does not mention.
    case extra(String)
  }

  /// Applies to so many calls and to none after them; nil for all.
  let times: Int?

  package static let names = [
    "latency", "status", "rate-limit", "truncate", "wrong-type", "missing", "extra",
  ]

  /// Reads `METHOD PATH KIND=ARGUMENT [times=N]`.
  package init(_ text: String) throws(Diagnostic) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 3 || parts.count == 4 && parts[3].hasPrefix("times=") else {
      throw .unknownFault(text, "it needs a method, a path and a kind")
    }
    if parts.count == 4 {
      guard let times = Int(parts[3].dropFirst(6)), times > 0 else {
        throw .unknownFault(text, "`\(parts[3])` is no count")
      }
      self.times = times
    } else {
      times = nil
    }
    method = parts[0].uppercased()
    segments = parts[1].split(separator: "/")
    let pair = parts[2].split(separator: "=", maxSplits: 1)
    let argument = pair.count > 1 ? String(pair[1]) : ""
    switch pair[0] {
    case "latency":
      guard let wait = Self.milliseconds(argument) else {
        throw .unknownFault(text, "`\(argument)` is no time such as `200ms`")
      }
      kind = .latency(wait)
    case "status":
      guard let status = Int(argument), (200..<600).contains(status) else {
        throw .unknownFault(text, "`\(argument)` is no status")
      }
      kind = .status(status)
    case "rate-limit", "truncate":
      guard let number = Int(argument), (0...86_400_000).contains(number) else {
        throw .unknownFault(text, "`\(argument)` is no number")
      }
      kind = pair[0] == "truncate" ? .truncate(number) : .rateLimit(number)
    case "wrong-type", "missing", "extra":
      guard !argument.isEmpty, JSONPointer(argument) != nil else {
        throw .unknownFault(text, "`\(argument)` is no JSON Pointer to a member")
      }
      kind =
        pair[0] == "wrong-type"
        ? .wrongType(argument) : pair[0] == "missing" ? .missing(argument) : .extra(argument)
    default: throw .unknownFault(text, "`\(pair[0])` is no kind of fault")
    }
  }

  private static func milliseconds(_ text: String) -> Duration? {
    guard text.hasSuffix("ms"), let count = Int(text.dropLast(2)), (0...600_000).contains(count)
    else { return nil }
    return .milliseconds(count)
  }

  func applies(to request: Request) -> Bool {
    let path = request.url.prefix { $0 != "?" }.split(separator: "/")
    return (method == "*" || method == request.method) && path.count == segments.count
      && zip(segments, path).allSatisfy { $0 == "*" || $0 == $1 }
  }

  /// The value with the fault at its place; nil where nothing stands there.
  func damage(_ value: Value) -> Value? {
    switch kind {
    case .wrongType(let pointer): edit(value, pointer) { $0.map(Self.ofAnotherType) }
    case .missing(let pointer): edit(value, pointer) { _ in nil }
    case .extra(let pointer): edit(value, pointer) { _ in .string("not in the contract") }
    case .latency, .status, .rateLimit, .truncate: nil
    }
  }

  private static func ofAnotherType(_ value: Value) -> Value {
    switch value {
    case .string(let text): .number(String(text.utf8.count))
    case .number(let lexeme): .string(lexeme)
    default: .string("of another type")
    }
  }

  private func edit(_ value: Value, _ pointer: String, _ change: (Value?) -> Value?) -> Value? {
    guard let tokens = JSONPointer(pointer)?.tokens else { return nil }
    return edit(value, tokens[...], change)
  }

  private func edit(
    _ value: Value, _ tokens: ArraySlice<String>, _ change: (Value?) -> Value?
  ) -> Value? {
    guard let token = tokens.first else { return change(value) }
    let rest = tokens.dropFirst()
    switch value {
    case .object(var members):
      guard let index = members.lastIndex(where: { $0.name == token }) else {
        guard rest.isEmpty, let added = change(nil) else { return nil }
        return .object(members + [Value.Member(token, added)])
      }
      if let changed = edit(members[index].value, rest, change) {
        members[index].value = changed
      } else if rest.isEmpty {
        members.remove(at: index)
      } else {
        return nil
      }
      return .object(members)
    case .array(var elements):
      guard let index = Int(token), elements.indices.contains(index),
        let changed = edit(elements[index], rest, change)
      else { return nil }
      elements[index] = changed
      return .array(elements)
    default: return nil
    }
  }
}
