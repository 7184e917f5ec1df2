internal import AssayModel
internal import AssayText

/// Runs compiled schemas over a parsed value, without building anything.
///
/// Two passes: the first only tells whether the value holds, which is nearly always all that is
/// needed; the second collects why not. Each runs every arm of a combination once, so nesting never
/// multiplies the work.
struct SchemaValidator {
  /// A rule that a value breaks.
  struct Violation {
    var at: [Step]
    let index: Int
    let schema: SchemaID
    let rule: SchemaRule
    let message: String
    let expected: String
    let received: String
  }

  /// One step from a value to a part of it.
  enum Step: Hashable {
    case member(Int)  // the tape index of its key
    case element(Int)
  }

  private let program: SchemaProgram
  private let instance: Document
  private(set) var violations: [Violation] = []
  /// Why parts could not be judged: keywords that are not run, patterns past their limits.
  private(set) var unjudged: Set<String> = []
  private var collects = false
  private var path: [Step] = []
  private var depth = 0

  /// How deep schemas may lead into each other; far above what real documents need.
  private static let depthLimit = 1_000
  /// How many violations are kept of one value.
  private static let violationLimit = 200

  init(program: SchemaProgram, instance: Document) {
    self.program = program
    self.instance = instance
  }

  /// Whether the value holds; if not, `violations` says why.
  mutating func validate(_ schema: SchemaID, at index: Int = 0) -> Bool {
    if holds(schema, index) { return true }
    collects = true
    unjudged = []
    _ = holds(schema, index)
    return false
  }

  // MARK: Schemas and rules

  private mutating func holds(_ id: SchemaID, _ index: Int) -> Bool {
    let schema = program.schemas[id]
    if schema.allowsNull, instance.kind(at: index) == .null { return true }
    if let names = program.unjudged[id] { unjudged.formUnion(names) }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      unjudged.insert("limit.depth")
      return true
    }
    var result = true
    for rule in schema.rules where !holds(rule, of: id, index) {
      result = false
      if !collects { return false }
    }
    return result
  }

  private mutating func holds(_ rule: SchemaRule, of id: SchemaID, _ index: Int) -> Bool {
    let kind = instance.kind(at: index)
    switch rule.keyword {
    case .never: return fail(rule, id, index, "nothing is allowed here", "nothing")
    case .reference(let target): return holds(target, index)
    case .type(let types):
      return has(types, index)
        || fail(
          rule, id, index, "expected \(types.description), received \(shown(index))",
          types.description)
    case .constant(let value):
      return Equality.holds(value.document, value.index, instance, index)
        || fail(rule, id, index, "expected \(value.shown), received \(shown(index))", value.shown)
    case .oneOfValues(let values, let allowsNull):
      if allowsNull, kind == .null { return true }
      if values.contains(where: { Equality.holds($0.document, $0.index, instance, index) }) {
        return true
      }
      let listed = values.prefix(12).map(\.shown).joined(separator: ", ")
      return fail(rule, id, index, "\(shown(index)) is none of \(listed)", "one of \(listed)")
    case .minimum, .maximum, .multipleOf:
      return kind != .number || number(rule, id, index)
    case .minLength, .maxLength, .pattern:
      return kind != .string || string(rule, id, index)
    case .format(let format):
      return hasFormat(format, index)
        || fail(
          rule, id, index, "\(shown(index)) is no \(format.rawValue)", "format \(format.rawValue)")
    case .items, .prefixItems, .contains, .minItems, .maxItems, .uniqueItems:
      return kind != .array || array(rule, id, index)
    case .properties, .required, .minProperties, .maxProperties, .propertyNames,
      .dependentRequired, .dependentSchemas:
      return kind != .object || object(rule, id, index)
    case .allOf, .anyOf, .oneOf, .not, .condition: return combination(rule, id, index)
    }
  }

  private func has(_ types: TypeSet, _ index: Int) -> Bool {
    switch instance.kind(at: index) {
    case .null: types.contains(.null)
    case .bool: types.contains(.boolean)
    case .string: types.contains(.string)
    case .array: types.contains(.array)
    case .object: types.contains(.object)
    case .number:
      types.contains(.number)
        || types.contains(.integer)
          && (instance.isInteger(at: index)
            || ExactNumber(instance.rawBytes(at: index))?.isInteger == true)
    }
  }

  // MARK: Numbers and strings

  private mutating func number(_ rule: SchemaRule, _ id: SchemaID, _ index: Int) -> Bool {
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

  private mutating func string(_ rule: SchemaRule, _ id: SchemaID, _ index: Int) -> Bool {
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
  private static func codePoints(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
  }

  private func hasFormat(_ format: Format, _ index: Int) -> Bool {
    switch instance.kind(at: index) {
    case .string: format.holds(text: instance.text(at: index))
    case .number:
      ExactNumber(instance.rawBytes(at: index)).map { format.holds(number: $0) } ?? true
    default: true
    }
  }

  // MARK: Arrays

  private mutating func array(_ rule: SchemaRule, _ id: SchemaID, _ index: Int) -> Bool {
    let count = instance.count(at: index)
    switch rule.keyword {
    case .minItems(let limit):
      return count >= limit
        || fail(rule, id, index, "\(count) items, at least \(limit) expected", "at least \(limit)")
    case .maxItems(let limit):
      return count <= limit
        || fail(rule, id, index, "\(count) items, at most \(limit) expected", "at most \(limit)")
    case .uniqueItems: return isUnique(rule, id, index)
    case .items(let schema, let first):
      return eachElement(of: index) { validator, position, child in
        position < first || validator.inside(.element(position)) { $0.holds(schema, child) }
      }
    case .prefixItems(let schemas):
      return eachElement(of: index) { validator, position, child in
        position >= schemas.count
          || validator.inside(.element(position)) { $0.holds(schemas[position], child) }
      }
    case .contains(let schema, let least, let most):
      var found = 0
      _ = eachElement(of: index) { validator, position, child in
        found += validator.quietly { $0.holds(schema, child) } ? 1 : 0
        return true
      }
      return found >= least && found <= (most ?? .max)
        || fail(
          rule, id, index, "\(found) items fit, at least \(least) expected",
          "at least \(least) fitting items")
    default: return true
    }
  }

  private mutating func eachElement(
    of index: Int, _ body: (inout SchemaValidator, Int, Int) -> Bool
  ) -> Bool {
    var result = true
    var child = instance.firstChild(of: index)
    for position in 0..<instance.count(at: index) {
      if !body(&self, position, child) {
        result = false
        if !collects { return false }
      }
      child = instance.next(after: child)
    }
    return result
  }

  /// Hashes first, so that ten thousand items are ten thousand steps.
  private mutating func isUnique(_ rule: SchemaRule, _ id: SchemaID, _ index: Int) -> Bool {
    var seen: [Int: [Int]] = [:]
    var child = instance.firstChild(of: index)
    for position in 0..<instance.count(at: index) {
      let hash = Equality.hash(instance, child)
      for other in seen[hash] ?? [] where Equality.holds(instance, other, instance, child) {
        return fail(rule, id, index, "item \(position) stands there twice", "unique items")
      }
      seen[hash, default: []].append(child)
      child = instance.next(after: child)
    }
    return true
  }

  // MARK: Objects

  private mutating func object(_ rule: SchemaRule, _ id: SchemaID, _ index: Int) -> Bool {
    let count = instance.count(at: index)
    switch rule.keyword {
    case .minProperties(let limit):
      return count >= limit
        || fail(
          rule, id, index, "\(count) members, at least \(limit) expected", "at least \(limit)")
    case .maxProperties(let limit):
      return count <= limit
        || fail(rule, id, index, "\(count) members, at most \(limit) expected", "at most \(limit)")
    case .required(let names):
      var result = true
      for name in names where instance.member(name.bytes, of: index) == nil {
        result = fail(
          rule, id, index, "the member `\(name.text)` is missing", "a member `\(name.text)`")
      }
      return result
    case .properties(let properties, let patterns, let additional):
      return members(rule, id, index, properties, patterns, additional)
    case .propertyNames(let schema):
      return eachMember(of: index) { validator, key, _ in
        validator.inside(.member(key)) { $0.holds(schema, key) }
      }
    case .dependentRequired(let dependents):
      var result = true
      for (name, needed) in dependents where instance.member(name.bytes, of: index) != nil {
        for other in needed where instance.member(other.bytes, of: index) == nil {
          result = fail(
            rule, id, index, "`\(name.text)` needs the member `\(other.text)`",
            "a member `\(other.text)`")
        }
      }
      return result
    case .dependentSchemas(let dependents):
      var result = true
      for (name, schema) in dependents where instance.member(name.bytes, of: index) != nil {
        if !holds(schema, index) { result = false }
      }
      return result
    default: return true
    }
  }

  private mutating func eachMember(
    of index: Int, _ body: (inout SchemaValidator, Int, Int) -> Bool
  ) -> Bool {
    var result = true
    var key = instance.firstChild(of: index)
    for _ in 0..<instance.count(at: index) {
      let value = instance.next(after: key)
      if !body(&self, key, value) {
        result = false
        if !collects { return false }
      }
      key = instance.next(after: value)
    }
    return result
  }

  private mutating func members(
    _ rule: SchemaRule, _ id: SchemaID, _ index: Int, _ properties: [SchemaRule.Property],
    _ patterns: [SchemaRule.PatternProperty], _ additional: SchemaID?
  ) -> Bool {
    eachMember(of: index) { validator, key, value in
      var result = true
      var isKnown = false
      for property in properties where validator.instance.isText(property.name.bytes, at: key) {
        isKnown = true
        result = validator.inside(.member(key)) { $0.holds(property.schema, value) } && result
        break
      }
      for pattern in patterns
      where pattern.pattern.search(validator.instance.decodedBytes(at: key)) == .matched {
        isKnown = true
        result = validator.inside(.member(key)) { $0.holds(pattern.schema, value) } && result
      }
      guard !isKnown, let additional else { return result }
      return validator.additionalMember(rule, id, key, value, additional) && result
    }
  }

  /// A member that no property names: told by its name where none is allowed.
  private mutating func additionalMember(
    _ rule: SchemaRule, _ id: SchemaID, _ key: Int, _ value: Int, _ schema: SchemaID
  ) -> Bool {
    inside(.member(key)) { validator in
      guard case .never? = validator.program.schemas[schema].rules.first?.keyword else {
        return validator.holds(schema, value)
      }
      let place = validator.program.schemas[schema].node.index
      let closed = SchemaRule(keyword: rule.keyword, name: "additionalProperties", place: place)
      return validator.fail(
        closed, id, value, "the member `\(validator.instance.text(at: key))` is not allowed",
        "no other members")
    }
  }

  // MARK: Combinations

  private mutating func combination(_ rule: SchemaRule, _ id: SchemaID, _ index: Int) -> Bool {
    switch rule.keyword {
    case .allOf(let arms):
      var result = true
      for arm in arms where !holds(arm, index) {
        result = false
        if !collects { return false }
      }
      return result
    case .anyOf(let arms):
      let outcomes = arms.map { attempt($0, index) }
      if outcomes.contains(where: \.holds) { return true }
      return failClosest(rule, id, index, outcomes, chosen: nil)
    case .oneOf(let arms, let discriminator):
      let outcomes = arms.map { attempt($0, index) }
      let fitting = outcomes.indices.filter { outcomes[$0].holds }
      if fitting.count == 1 { return true }
      if fitting.count > 1 {
        let places = fitting.map(String.init).joined(separator: " and ")
        return fail(
          rule, id, index, "alternatives \(places) fit at once", "exactly one alternative")
      }
      return failClosest(rule, id, index, outcomes, chosen: chosen(discriminator, index))
    case .not(let schema):
      return !quietly { $0.holds(schema, index) }
        || fail(rule, id, index, "\(shown(index)) is what must not be", "anything else")
    case .condition(let condition, let then, let otherwise):
      let branch = quietly { $0.holds(condition, index) } ? then : otherwise
      return branch.map { holds($0, index) } ?? true
    default: return true
    }
  }

  private struct Attempt {
    let holds: Bool
    let violations: [Violation]
  }

  /// Runs one arm and keeps its violations apart.
  private mutating func attempt(_ schema: SchemaID, _ index: Int) -> Attempt {
    let before = violations
    violations = []
    defer { violations = before }
    let result = holds(schema, index)
    return Attempt(holds: result, violations: violations)
  }

  private func chosen(_ discriminator: SchemaRule.Discriminator?, _ index: Int) -> Int? {
    guard let discriminator, instance.kind(at: index) == .object,
      let value = instance.member(discriminator.property.bytes, of: index),
      instance.kind(at: value) == .string
    else { return nil }
    return discriminator.arms[instance.text(at: value)]
  }

  /// Shows the arm that came closest: the one a discriminator names, else the one whose first
  /// violation lies deepest, else the one with the fewest.
  private mutating func failClosest(
    _ rule: SchemaRule, _ id: SchemaID, _ index: Int, _ outcomes: [Attempt], chosen: Int?
  ) -> Bool {
    guard collects else { return false }
    func depth(_ attempt: Attempt) -> Int { attempt.violations.map(\.at.count).max() ?? 0 }
    let closest =
      chosen
      ?? outcomes.indices.min { left, right in
        let (one, other) = (outcomes[left], outcomes[right])
        if depth(one) != depth(other) { return depth(one) > depth(other) }
        return one.violations.count < other.violations.count
      }
    let which = closest.map { ", closest is alternative \($0)" } ?? ""
    _ = fail(
      rule, id, index, "none of the \(outcomes.count) alternatives fits\(which)",
      "one of \(outcomes.count) alternatives")
    if let closest, outcomes.indices.contains(closest) {
      violations += outcomes[closest].violations.prefix(Self.violationLimit)
    }
    return false
  }

  // MARK: Bookkeeping

  private mutating func inside(_ step: Step, _ body: (inout SchemaValidator) -> Bool) -> Bool {
    path.append(step)
    defer { path.removeLast() }
    return body(&self)
  }

  private mutating func quietly(_ body: (inout SchemaValidator) -> Bool) -> Bool {
    let before = (collects, violations)
    collects = false
    defer { (collects, violations) = before }
    return body(&self)
  }

  private mutating func fail(
    _ rule: SchemaRule, _ id: SchemaID, _ index: Int, _ message: String, _ expected: String
  ) -> Bool {
    guard collects, violations.count < Self.violationLimit else { return false }
    violations.append(
      Violation(
        at: path, index: index, schema: id, rule: rule, message: message, expected: expected,
        received: shown(index)))
    return false
  }

  private func shown(_ index: Int) -> String { Node(document: instance, index: index).shown }
}

extension Node {
  /// The value in a few words: scalars as written, containers by their size.
  var shown: String {
    switch kind {
    case .null: return "null"
    case .bool: return bool == true ? "true" : "false"
    case .number: return "number \(lexeme ?? "")".prefixed(80)
    case .string:
      var writer = JSONWriter()
      writer.string(string ?? "")
      return "string \(writer.text)".prefixed(80)
    case .array: return "an array of \(count)"
    case .object: return "an object of \(count)"
    }
  }
}

extension String {
  /// The first so many characters, with an ellipsis where more follow.
  func prefixed(_ length: Int) -> String {
    count > length ? String(prefix(length - 1)) + "…" : self
  }
}
