package import AssayModel
internal import AssayText

/// What differs between a recorded exchange and the same one made again.
package struct ExchangeDifference: Sendable {
  package struct Change: Sendable, Hashable {
    /// `status`, a field's name, or a JSON Pointer into the body.
    package let place: String
    /// Nil for what was not there.
    package let old: String?
    package let new: String?
  }

  package private(set) var status: Change?
  package private(set) var fields: [Change] = []
  package private(set) var body: [Change] = []
  /// How many differences of the body are not listed.
  package private(set) var moreCount = 0

  private static let limit = 50

  package var isNothing: Bool { status == nil && fields.isEmpty && body.isEmpty && moreCount == 0 }

  /// Both without secrets; what was taken out of both is the same.
  package init(old: Exchange, new: Exchange) {
    func word(_ exchange: Exchange) -> String {
      switch exchange.outcome {
      case .response(let response): "\(response.status) \(response.reason)".trimmingEnd
      case .failed(let fault): "\(fault.code): \(fault.detail)"
      }
    }
    if word(old) != word(new) { status = Change(place: "status", old: word(old), new: word(new)) }
    guard let before = old.response, let after = new.response else { return }
    compareFields(before.headers, after.headers)
    compareBodies(before, after)
  }

  /// Fields that differ between any two calls and say nothing.
  private static let fleeting: Set<String> = [
    "date", "age", "x-request-id", "x-correlation-id", "traceparent", "cf-ray", "server-timing",
    "x-runtime", "x-response-time",
  ]

  private mutating func compareFields(_ old: [HeaderField], _ new: [HeaderField]) {
    var names: [String] = []
    for field in old + new {
      let name = field.name.lowercased()
      if !names.contains(name), !Self.fleeting.contains(name) { names.append(name) }
    }
    for name in names.prefix(500) {
      let (before, after) = (old.values(of: name), new.values(of: name))
      guard before.map(Self.untagged) != after.map(Self.untagged) else { continue }
      fields.append(
        Change(
          place: name, old: before.isEmpty ? nil : before.joined(separator: ", "),
          new: after.isEmpty ? nil : after.joined(separator: ", ")))
    }
  }

  private mutating func compareBodies(_ old: Response, _ new: Response) {
    guard old.body != new.body || old.bodySize != new.bodySize else { return }
    guard let before = try? JSONReader.read(SourceFile(name: "old", bytes: old.body)),
      let after = try? JSONReader.read(SourceFile(name: "new", bytes: new.body))
    else {
      let (one, other) = (Self.untagged(Self.text(old)), Self.untagged(Self.text(new)))
      guard one != other || old.bodySize != new.bodySize else { return }
      body.append(
        Change(place: "", old: "\(old.bodySize) bytes", new: "\(new.bodySize) bytes"))
      return
    }
    var pending: [(String, Node?, Node?)] = [("", before.root, after.root)]
    while let (pointer, one, other) = pending.popLast() {
      if let one, let other, one.isObject, other.isObject {
        let names = one.members.map(\.name)
        let known = Set(names)
        let all = names + other.members.map(\.name).filter { !known.contains($0) }
        for name in all.reversed() {
          pending.append(("\(pointer)/\(Self.escaped(name))", one[name], other[name]))
        }
      } else if let one, let other, one.isArray, other.isArray {
        let (left, right) = (Array(one.elements), Array(other.elements))
        for index in (0..<max(left.count, right.count)).reversed() {
          pending.append(
            (
              "\(pointer)/\(index)", index < left.count ? left[index] : nil,
              index < right.count ? right[index] : nil
            ))
        }
      } else {
        note(pointer, one, other)
      }
    }
  }

  private mutating func note(_ pointer: String, _ one: Node?, _ other: Node?) {
    func text(_ node: Node?) -> String? {
      node.map { node in
        let text =
          node.isObject ? "an object" : node.isArray ? "a list" : JSONWriter.text(of: node.value)
        return text.count > 200 ? text.prefix(200) + "…" : text
      }
    }
    let (old, new) = (text(one), text(other))
    guard old.map(Self.untagged) != new.map(Self.untagged) else { return }
    if body.count < Self.limit {
      body.append(Change(place: pointer, old: old, new: new))
    } else {
      moreCount += 1
    }
  }

  private static func escaped(_ name: String) -> String {
    name.replacing("~", with: "~0").replacing("/", with: "~1")
  }

  private static func text(_ response: Response) -> String {
    String(decoding: response.body, as: UTF8.self)
  }

  /// Tags of two runs differ for the same value, and cannot be compared.
  private static func untagged(_ text: String) -> String {
    SecretTag.pieces(of: text).map { piece in
      switch piece {
      case .text(let text): text
      case .secret(let tag): Redactor.mark + tag.name + "]"
      }
    }.joined()
  }
}

extension String {
  fileprivate var trimmingEnd: String {
    var copy = self
    while copy.hasSuffix(" ") { copy.removeLast() }
    return copy
  }
}
