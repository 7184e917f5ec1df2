internal import AssayModel
internal import AssayText

// Rules that combine other schemas.
extension SchemaValidator {
  mutating func combination(_ rule: SchemaRule, _ id: SchemaID, _ index: Int) -> Bool {
    switch rule.keyword {
    case .allOf(let arms, let names):
      if !names.isEmpty { untravelled.append((index, names)) }
      defer { if !names.isEmpty { untravelled.removeLast() } }
      var result = true
      for (number, arm) in arms.enumerated()
      where !under(String(number), body: { $0.holds(arm, index) }) {
        result = false
        if !collects { return false }
      }
      return result
    case .anyOf(let arms, let discriminator):
      let outcomes = arms.indices.map { attempt(arms[$0], index, $0) }
      if outcomes.contains(where: \.holds) {
        if let discriminator { advise(discriminator, id, index, outcomes) }
        return true
      }
      return failClosest(rule, id, index, outcomes, chosen: chosen(discriminator, index))
    case .oneOf(let arms, let discriminator):
      let known = unjudged.count
      let outcomes = arms.indices.map { attempt(arms[$0], index, $0) }
      let fitting = outcomes.indices.filter { outcomes[$0].holds }
      // What could not be judged may be the one that does not fit.
      if fitting.count == 1, let discriminator { advise(discriminator, id, index, outcomes) }
      if fitting.count == 1 || fitting.count > 1 && unjudged.count > known { return true }
      if fitting.count > 1 {
        let places = fitting.map(String.init).joined(separator: " and ")
        return fail(
          rule, id, index, "alternatives \(places) fit at once", "exactly one alternative")
      }
      return failClosest(rule, id, index, outcomes, chosen: chosen(discriminator, index))
    case .not(let schema):
      let (outer, known) = (marks, unjudged.count)
      let holds = quietly { $0.holds(schema, index) }
      marks = outer
      return !holds || unjudged.count > known
        || fail(rule, id, index, "\(shown(index)) is what must not be", "anything else")
    case .condition(let condition, let then, let otherwise):
      // What a condition evaluates counts if it holds; what it fails on is no violation.
      let isMet = quietly { $0.holds(condition, index) }
      guard let branch = isMet ? then : otherwise else { return true }
      return instead(isMet ? "then" : "else") { $0.holds(branch, index) }
    default: return true
    }
  }

  struct Attempt {
    let holds: Bool
    let violations: [Violation]
  }

  /// Runs one arm and keeps its violations apart.
  mutating func attempt(_ schema: SchemaID, _ index: Int, _ number: Int) -> Attempt {
    let (before, aboard, advised) = (violations, stowaways.count, advice.count)
    violations = []
    defer { violations = before }
    let result = under(String(number)) { $0.holds(schema, index) }
    if !result {
      stowaways.removeLast(stowaways.count - aboard)
      advice.removeLast(advice.count - advised)
    }
    return Attempt(holds: result, violations: violations)
  }

  func chosen(_ discriminator: SchemaRule.Discriminator?, _ index: Int) -> Int? {
    guard let discriminator, instance.kind(at: index) == .object,
      let value = instance.member(discriminator.property.bytes, of: index),
      instance.kind(at: value) == .string
    else { return discriminator?.standard }
    return discriminator.arms[instance.text(at: value)] ?? discriminator.standard
  }

  /// Remembers where a value holds, and is not what its discriminator says: that changes no verdict.
  private mutating func advise(
    _ discriminator: SchemaRule.Discriminator, _ id: SchemaID, _ index: Int, _ outcomes: [Attempt]
  ) {
    guard advice.count < Self.violationLimit, instance.kind(at: index) == .object,
      let value = instance.member(discriminator.property.bytes, of: index),
      instance.kind(at: value) == .string
    else { return }
    let arm = chosen(discriminator, index)
    if let arm, outcomes.indices.contains(arm), outcomes[arm].holds { return }
    guard !advice.contains(where: { $0.index == value }) else { return }
    let text = shown(value)
    advice.append(
      Advice(
        index: value, schema: id,
        at: JSONPointer(
          tokens: Self.pointer(path, in: instance).tokens + [discriminator.property.text]),
        message: arm == nil
          ? "\(text) names no alternative"
          : "\(text) names alternative \(arm ?? 0), and the value fits another alternative",
        expected: discriminator.arms.keys.sorted().joined(separator: ", ")))
  }

  /// Shows the arm that came closest: the one a discriminator names, else the one whose first
  /// violation lies deepest, else the one with the fewest.
  mutating func failClosest(
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
}
