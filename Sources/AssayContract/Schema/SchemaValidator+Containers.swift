internal import AssayModel
internal import AssayText

// Rules for arrays and objects.
extension SchemaValidator {
  mutating func array(_ rule: SchemaRule, _ id: SchemaID, _ index: Int) -> Bool {
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
      marks.hasAllElements = true
      return eachElement(of: index) { validator, position, child in
        position < first || validator.inside(.element(position)) { $0.holds(schema, child) }
      }
    case .prefixItems(let schemas):
      marks.prefix = max(marks.prefix, schemas.count)
      return eachElement(of: index) { validator, position, child in
        position >= schemas.count
          || validator.inside(.element(position)) {
            $0.under(String(position)) { $0.holds(schemas[position], child) }
          }
      }
    case .unevaluatedItems(let schema):
      let known = evaluated
      guard !known.hasAllElements else { return true }
      marks.hasAllElements = true
      return eachElement(of: index) { validator, position, child in
        position < known.prefix || known.elements.contains(position)
          || validator.inside(.element(position)) {
            $0.unexpected(rule, id, child, schema, "item \(position) is not expected")
          }
      }
    case .contains(let schema, let least, let most, let evaluates):
      var found = 0
      _ = eachElement(of: index) { validator, position, child in
        let outer = validator.marks
        let holds = validator.quietly { $0.holds(schema, child) }
        validator.marks = outer
        if holds { found += 1 }
        if holds, evaluates, validator.program.tracksEvaluated {
          validator.marks.elements.insert(position)
        }
        return true
      }
      if let most, found > most {
        return fail(
          rule.named("maxContains"), id, index, "\(found) items fit, at most \(most) expected",
          "at most \(most) fitting items")
      }
      return found >= least
        || fail(
          least > 1 ? rule.named("minContains") : rule, id, index,
          "\(found) items fit, at least \(least) expected", "at least \(least) fitting items")
    default: return true
    }
  }

  mutating func eachElement(
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
  mutating func isUnique(_ rule: SchemaRule, _ id: SchemaID, _ index: Int) -> Bool {
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

  mutating func object(_ rule: SchemaRule, _ id: SchemaID, _ index: Int) -> Bool {
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
        if untravelled.contains(where: { $0.index == index && $0.names.contains(name.text) }) {
          continue
        }
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
    case .unevaluatedProperties(let schema):
      let known = evaluated.members
      guard !evaluated.hasAllMembers else { return true }
      marks.hasAllMembers = true
      return eachMember(of: index) { validator, key, value in
        known.contains(key)
          || validator.inside(.member(key)) {
            $0.unexpected(
              rule, id, value, schema,
              "the member `\($0.instance.text(at: key))` is not expected")
          }
      }
    case .dependentSchemas(let dependents):
      var result = true
      for (name, schema) in dependents where instance.member(name.bytes, of: index) != nil {
        if !under(name.text, body: { $0.holds(schema, index) }) { result = false }
      }
      return result
    default: return true
    }
  }

  mutating func eachMember(
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

  mutating func members(
    _ rule: SchemaRule, _ id: SchemaID, _ index: Int, _ properties: [SchemaRule.Property],
    _ patterns: [SchemaRule.PatternProperty], _ additional: SchemaID?
  ) -> Bool {
    eachMember(of: index) { validator, key, value in
      var result = true
      var isKnown = false
      for property in properties where validator.instance.isText(property.name.bytes, at: key) {
        isKnown = true
        result =
          validator.inside(.member(key)) {
            $0.instead("properties", property.name.text) { $0.holds(property.schema, value) }
          } && result
        if validator.program.schemas[property.schema].staysBehind {
          validator.stow(key, property.schema)
        }
        break
      }
      for pattern in patterns
      where pattern.pattern.search(validator.instance.decodedBytes(at: key)) == .matched {
        isKnown = true
        result =
          validator.inside(.member(key)) {
            $0.instead("patternProperties", pattern.pattern.source) {
              $0.holds(pattern.schema, value)
            }
          } && result
      }
      if isKnown || additional != nil, validator.program.tracksEvaluated {
        validator.marks.members.insert(key)
      }
      guard !isKnown, let additional else { return result }
      return validator.additionalMember(rule, id, key, value, additional) && result
    }
  }

  /// Remembers a member that should not be here; several schemas may say so of one.
  mutating func stow(_ key: Int, _ schema: SchemaID) {
    guard stowaways.count < Self.violationLimit, !stowaways.contains(where: { $0.key == key })
    else {
      return
    }
    stowaways.append((key, schema, path + [.member(key)]))
  }

  /// A part that no other rule has evaluated: told as such where none is allowed.
  mutating func unexpected(
    _ rule: SchemaRule, _ id: SchemaID, _ index: Int, _ schema: SchemaID, _ message: String
  ) -> Bool {
    guard case .never? = program.schemas[schema].rules.first?.keyword else {
      return holds(schema, index)
    }
    return fail(rule, id, index, message, "nothing that no other rule names")
  }

  /// A member that no property names: told by its name where none is allowed.
  mutating func additionalMember(
    _ rule: SchemaRule, _ id: SchemaID, _ key: Int, _ value: Int, _ schema: SchemaID
  ) -> Bool {
    inside(.member(key)) { validator in
      validator.instead("additionalProperties") { validator in
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
  }
}
