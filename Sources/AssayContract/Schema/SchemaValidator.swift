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
    /// The keywords that led here, references included.
    var trail: [String]
    let index: Int
    let schema: SchemaID
    let rule: SchemaRule
    let message: String
    let expected: String
    let received: String
  }

  struct Advice {
    let index: Int
    let schema: SchemaID
    let at: JSONPointer
    let message: String
    let expected: String
  }

  /// One step from a value to a part of it.
  enum Step: Hashable {
    case member(Int)  // the tape index of its key
    case element(Int)
  }

  /// The members and elements of one value that a rule has evaluated.
  struct Marks {
    /// Tape indexes of keys.
    var members: Set<Int> = []
    var hasAllMembers = false
    /// So many elements from the first, and others by their positions.
    var prefix = 0
    var elements: Set<Int> = []
    var hasAllElements = false

    mutating func merge(_ other: Marks) {
      members.formUnion(other.members)
      hasAllMembers = hasAllMembers || other.hasAllMembers
      prefix = max(prefix, other.prefix)
      elements.formUnion(other.elements)
      hasAllElements = hasAllElements || other.hasAllElements
    }
  }

  let program: SchemaProgram
  let instance: Document
  var violations: [Violation] = []
  /// Why parts could not be judged: keywords that are not run, patterns past their limits.
  var unjudged: Set<String> = []
  /// Members that are there and should not travel in this direction, by the index of their keys.
  var stowaways: [(key: Int, schema: SchemaID, at: [Step])] = []
  /// Where values hold and are not what they say.
  var advice: [Advice] = []
  var collects = false
  var path: [Step] = []
  var trail: [String] = []
  var depth = 0
  /// The schemas that are being asked of one value, which none of them may be twice.
  var active: [(schema: SchemaID, index: Int)] = []
  /// What may still be done.
  private var steps: Int
  /// The resources that were entered on the way here, outermost first.
  var scope: [Int] = []
  /// What has been evaluated of the value at hand; kept only where some schema asks.
  var marks = Marks()
  /// The same by schemas that do not hold, which counts for nothing but for what is worth telling.
  var attempts = Marks()
  /// Whether another rule of the schema at hand has failed.
  var hasFailed = false
  /// Names that need not be there in this direction, by the object whose `allOf` says so.
  var untravelled: [(index: Int, names: Set<String>)] = []

  /// How deep schemas may lead into each other; far above what real documents need.
  static let depthLimit = 1_000
  /// How many schemas are asked in all: in proportion to the value, so that only what multiplies meets it.
  static func stepLimit(for instance: Document) -> Int { 1_000_000 + 100 * instance.tape.count }

  /// How many violations are kept of one value.
  static let violationLimit = 200

  /// Off for programs that still grow, which would be laid out anew for each value.
  private let usesFlatForm: Bool

  init(program: SchemaProgram, instance: Document, usesFlatForm: Bool = true) {
    self.program = program
    self.instance = instance
    steps = Self.stepLimit(for: instance)
    self.usesFlatForm = usesFlatForm
  }

  /// Whether the value holds; if not, `violations` says why.
  mutating func validate(_ schema: SchemaID, at index: Int = 0) -> Bool {
    switch usesFlatForm ? program.shelf.flat(program).judge(schema, instance, at: index) : .open {
    case .holds: return true
    case .fails: break
    case .open: if holds(schema, index) { return true }
    }
    // The first pass is in a hurry; this one has the say.
    collects = true
    unjudged = []
    stowaways = []
    advice = []
    return holds(schema, index)
  }

  // MARK: Schemas and rules

  mutating func holds(_ id: SchemaID, _ index: Int) -> Bool {
    let schema = program.schemas[id]
    if schema.allowsNull, instance.kind(at: index) == .null { return true }
    if let names = program.unjudged[id] { unjudged.formUnion(names) }
    depth += 1
    steps -= 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit, steps > 0 else {
      unjudged.insert(steps > 0 ? "limit.depth" : "limit.steps")
      return true
    }
    // A schema that asks itself about the same value never comes to an answer.
    for other in active.reversed() {
      guard other.index == index else { break }
      guard other.schema != id else {
        unjudged.insert("limit.cycle")
        return true
      }
    }
    active.append((id, index))
    defer { active.removeLast() }
    let isEntering = scope.last != schema.resource
    if isEntering { scope.append(schema.resource) }
    defer { if isEntering { scope.removeLast() } }
    guard program.tracksEvaluated else { return rulesHold(schema, id, index) }
    // What a schema evaluates counts for those around it only if it holds.
    let (outer, outerAttempts, outerFailed) = (marks, attempts, hasFailed)
    (marks, attempts) = (Marks(), Marks())
    let result = rulesHold(schema, id, index)
    let (own, ownAttempts) = (marks, attempts)
    (marks, attempts, hasFailed) = (outer, outerAttempts, outerFailed)
    if result { marks.merge(own) } else { attempts.merge(own) }
    attempts.merge(ownAttempts)
    return result
  }

  /// What has been evaluated of the value at hand. Where a rule has failed already, what others only
  /// tried is left out too: it is told by that rule.
  var evaluated: Marks {
    guard hasFailed else { return marks }
    var all = marks
    all.merge(attempts)
    return all
  }

  private mutating func rulesHold(_ schema: Schema, _ id: SchemaID, _ index: Int) -> Bool {
    var result = true
    for rule in schema.rules {
      if rule.keyword.asksForTheRest { hasFailed = !result }
      guard !holds(rule, of: id, index) else { continue }
      result = false
      if !collects { return false }
    }
    return result
  }

  mutating func holds(_ rule: SchemaRule, of id: SchemaID, _ index: Int) -> Bool {
    if collects { trail.append(rule.name) }
    defer { if collects { trail.removeLast() } }
    let kind = instance.kind(at: index)
    switch rule.keyword {
    case .never: return fail(rule, id, index, "nothing is allowed here", "nothing")
    case .reference(let target): return holds(target, index)
    case .dynamicReference(let target, let name):
      let anchors = program.dynamicAnchors[name] ?? [:]
      return holds(scope.lazy.compactMap { anchors[$0] }.first ?? target, index)
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
    case .content(let isBase64, let isJSON, let schema):
      return kind != .string || content(rule, id, index, isBase64, isJSON, schema)
    case .items, .prefixItems, .contains, .minItems, .maxItems, .uniqueItems, .unevaluatedItems:
      return kind != .array || array(rule, id, index)
    case .properties, .required, .minProperties, .maxProperties, .propertyNames,
      .dependentRequired, .dependentSchemas, .unevaluatedProperties:
      return kind != .object || object(rule, id, index)
    case .allOf, .anyOf, .oneOf, .not, .condition: return combination(rule, id, index)
    }
  }

  func has(_ types: TypeSet, _ index: Int) -> Bool {
    switch instance.kind(at: index) {
    case .null: types.contains(.null)
    case .bool: types.contains(.boolean)
    case .string: types.contains(.string)
    case .array: types.contains(.array)
    case .object: types.contains(.object)
    case .number:
      types.contains(.number)
        || !types.isDisjoint(with: [.integer, .writtenInteger]) && instance.isInteger(at: index)
        || types.contains(.integer)
          && ExactNumber(instance.rawBytes(at: index))?.isInteger == true
    }
  }

  // MARK: Bookkeeping

  mutating func inside(_ step: Step, _ body: (inout SchemaValidator) -> Bool) -> Bool {
    path.append(step)
    // What is evaluated of a part is nothing of the whole.
    let outer = program.tracksEvaluated ? (marks, attempts) : nil
    defer {
      path.removeLast()
      if let outer { (marks, attempts) = outer }
    }
    return body(&self)
  }

  /// A step from a keyword to one of the schemas in it.
  mutating func under(_ tokens: String..., body: (inout SchemaValidator) -> Bool) -> Bool {
    guard collects else { return body(&self) }
    trail += tokens
    defer { trail.removeLast(tokens.count) }
    return body(&self)
  }

  /// The same for a schema that stands under another keyword than the rule is called by.
  mutating func instead(_ tokens: String..., body: (inout SchemaValidator) -> Bool) -> Bool {
    guard collects, let own = trail.popLast() else { return body(&self) }
    trail += tokens
    defer {
      trail.removeLast(tokens.count)
      trail.append(own)
    }
    return body(&self)
  }

  mutating func quietly(_ body: (inout SchemaValidator) -> Bool) -> Bool {
    let before = (collects, violations, stowaways, advice)
    collects = false
    defer { (collects, violations, stowaways, advice) = before }
    return body(&self)
  }

  mutating func fail(
    _ rule: SchemaRule, _ id: SchemaID, _ index: Int, _ message: String, _ expected: String
  ) -> Bool {
    guard collects, violations.count < Self.violationLimit else { return false }
    violations.append(
      Violation(
        at: path, trail: trail, index: index, schema: id, rule: rule, message: message,
        expected: expected,
        received: shown(index)))
    return false
  }

  static func pointer(_ steps: [Step], in document: Document) -> JSONPointer {
    JSONPointer(
      tokens: steps.map {
        switch $0 {
        case .member(let key): document.text(at: key)
        case .element(let position): String(position)
        }
      })
  }

  func shown(_ index: Int) -> String { Node(document: instance, index: index).shown }
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
