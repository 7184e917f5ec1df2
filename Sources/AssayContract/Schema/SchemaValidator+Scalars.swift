internal import AssayModel
internal import AssayText

// Rules for numbers and strings.
extension SchemaValidator {
  mutating func number(_ rule: SchemaRule, _ id: SchemaID, _ index: Int) -> Bool {
    guard let value = ExactNumber(instance.rawBytes(at: index)) else {
      unjudged.insert("limit.number")
      return true
    }
    let written = program.schemas[id].node.document.text(at: rule.place)
    switch rule.keyword {
    case .minimum(let bound, let exclusive):
      let words = exclusive ? "more than" : "at least"
      return (exclusive ? bound < value : bound <= value)
        || fail(
          rule, id, index, "\(shown(index)) is not \(words) \(written)", "\(words) \(written)")
    case .maximum(let bound, let exclusive):
      let words = exclusive ? "less than" : "at most"
      return (exclusive ? value < bound : value <= bound)
        || fail(
          rule, id, index, "\(shown(index)) is not \(words) \(written)", "\(words) \(written)")
    case .multipleOf(let divisor):
      guard let isMultiple = value.isMultiple(of: divisor) else {
        unjudged.insert("limit.number")
        return true
      }
      return isMultiple
        || fail(
          rule, id, index, "\(shown(index)) is no multiple of \(written)",
          "a multiple of \(written)")
    default: return true
    }
  }

  mutating func string(_ rule: SchemaRule, _ id: SchemaID, _ index: Int) -> Bool {
    let bytes = instance.decodedBytes(at: index)
    switch rule.keyword {
    case .minLength(let limit):
      let length = Self.codePoints(bytes)
      return length >= limit
        || fail(
          rule, id, index, "a string of \(length) characters, at least \(limit) expected",
          "at least \(limit) characters")
    case .maxLength(let limit):
      let length = Self.codePoints(bytes)
      return length <= limit
        || fail(
          rule, id, index, "a string of \(length) characters, at most \(limit) expected",
          "at most \(limit) characters")
    case .pattern(let pattern):
      switch pattern.search(bytes) {
      case .matched: return true
      case .undecided:
        unjudged.insert("limit.pattern")
        return true
      case .unmatched:
        return fail(
          rule, id, index, "\(shown(index)) does not match \(pattern.source)",
          "pattern \(pattern.source)")
      }
    default: return true
    }
  }

  /// Lengths count code points (JSON Schema Validation, section 6.3).
  static func codePoints(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
  }

  func hasFormat(_ format: Format, _ index: Int) -> Bool {
    switch instance.kind(at: index) {
    case .string: format.holds(text: instance.text(at: index))
    case .number:
      ExactNumber(instance.rawBytes(at: index)).map { format.holds(number: $0) } ?? true
    default: true
    }
  }

  mutating func content(
    _ rule: SchemaRule, _ id: SchemaID, _ index: Int, _ isBase64: Bool, _ isJSON: Bool,
    _ schema: SchemaID?
  ) -> Bool {
    var bytes = Array(instance.decodedBytes(at: index))
    if isBase64 {
      guard let decoded = Base64.decode(bytes) else {
        return fail(rule, id, index, "\(shown(index)) is no base64", "base64")
      }
      bytes = decoded
    }
    guard isJSON else { return true }
    guard let inner = try? JSONReader.read(SourceFile(name: "content", bytes: bytes)) else {
      return fail(rule, id, index, "\(shown(index)) holds no JSON", "JSON")
    }
    guard let schema else { return true }
    var validator = SchemaValidator(program: program, instance: inner)
    if validator.validate(schema) { return true }
    let first = validator.violations.first
    return fail(
      rule, id, index, "its content breaks a rule: \(first?.message ?? "")",
      first?.expected ?? "content that holds")
  }
}
