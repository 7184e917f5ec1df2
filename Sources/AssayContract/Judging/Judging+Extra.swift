internal import AssayModel
internal import AssayText

// What a message carries and its contract does not mention. That is allowed, and often drift.
extension Judging {
  /// Header fields are left out, here and below, since every proxy adds some.
  func extraOfRequest() -> Verdict {
    verdict(
      "contract: extra in request", "contract.extra", .request,
      extraQuery() + extraCookies() + extraBody(), [])
  }

  func extra(_ response: Response, _ rule: Operation.ResponseRule?) -> Verdict {
    verdict(
      "contract: extra in response", "contract.extra", .response,
      rule.map { extras(of: response, $0) } ?? [], [])
  }

  private func finding(
    _ part: Finding.Part, name: String? = nil, at: String = "", _ message: String, _ place: Node
  ) -> Finding {
    Finding(
      code: "contract.extra", severity: latitude.extra == .fail ? .error : .warning, part: part,
      name: name, at: at, keyword: "undeclared", message: message,
      expected: "nothing that the contract does not mention", place: place)
  }

  // MARK: Parameters

  private func extraQuery() -> [Finding] {
    let declared = operation.parameters.filter { $0.location == .query }
    guard !operation.parameters.contains(where: { $0.location == .querystring }) else { return [] }
    var names = Set(declared.map(\.name))
    for scheme in operation.security.joined() {
      if case .query(let name) = scheme.place { names.insert(name) }
    }
    var prefixes: [String] = []
    for parameter in declared {
      guard let encoding = parameter.encoding, let schema = parameter.schema else { continue }
      if encoding.style == .deepObject { prefixes.append(parameter.name + "[") }
      if encoding.kind == .object, encoding.isExploded, encoding.style == .form {
        // An object without a ban on others takes every name that nobody else has.
        guard isClosed(schema) else { return [] }
        names.formUnion(memberNames(of: schema))
      }
    }
    var seen: Set<String> = []
    return query.map(\.decodedName).filter { name in
      !names.contains(name) && !prefixes.contains { name.hasPrefix($0) }
        && seen.insert(name).inserted
    }.map {
      finding(
        .query, name: $0, "the contract has no query parameter `\($0)`",
        operation.node["parameters"] ?? operation.node)
    }
  }

  private func extraCookies() -> [Finding] {
    var names = Set(operation.parameters.filter { $0.location == .cookie }.map(\.name))
    for scheme in operation.security.joined() {
      if case .cookie(let name) = scheme.place { names.insert(name) }
    }
    // Where no cookie is described, those that travel belong to others.
    guard !names.isEmpty else { return [] }
    return cookies().map(\.name).filter { !names.contains($0) }.map {
      finding(
        .cookie, name: $0, "the contract has no cookie `\($0)`",
        operation.node["parameters"] ?? operation.node)
    }
  }

  // MARK: Bodies

  private func extraBody() -> [Finding] {
    guard let bytes = exchange.request.body, !bytes.isEmpty else { return [] }
    guard let body = operation.body else {
      return [finding(.body, "the contract describes no request body", operation.node)]
    }
    let type = exchange.request.headers.first("Content-Type").flatMap { MediaType($0) }
    return undeclared(bytes, type, body.content, .body)
  }

  private func extras(of response: Response, _ rule: Operation.ResponseRule) -> [Finding] {
    guard !response.body.isEmpty else { return [] }
    guard !rule.content.isEmpty else {
      return [finding(.responseBody, "the contract describes no content here", rule.node)]
    }
    let type = response.headers.first("Content-Type").flatMap { MediaType($0) }
    return undeclared(response.body, type, rule.content, .responseBody)
  }

  private func undeclared(
    _ bytes: [UInt8], _ type: MediaType?, _ content: [Operation.MediaRule], _ part: Finding.Part
  ) -> [Finding] {
    guard let type, let media = content.rule(for: type), let schema = media.schema else {
      return []
    }
    let value: [UInt8]? =
      type.isJSON
      ? bytes
      : type.essence == "application/x-www-form-urlencoded"
        ? form(bytes, schema, media.node["encoding"]) : nil
    guard let value,
      let document = try? JSONReader.read(SourceFile(name: "body", bytes: value))
    else { return [] }
    var search = UndeclaredMembers(program: contract.program, instance: document)
    return search.find(schema).map { place in
      var finding = finding(
        part, at: SchemaValidator.pointer(place.at, in: document).description,
        "the contract does not mention the member `\(document.text(at: place.key))`", media.node)
      if type.isJSON { finding.receivedRange = document.range(at: place.key) }
      return finding
    }
  }
}

/// Finds the members of a value that no schema in use mentions.
///
/// What counts as mentioned is what `unevaluatedProperties` would count: by references, by all of
/// `allOf`, and by those alternatives that hold. An object in which nothing is mentioned is not
/// compared, and neither is one that says what else it takes.
struct UndeclaredMembers {
  private let program: SchemaProgram
  private let instance: Document

  struct Place {
    let key: Int
    let at: [SchemaValidator.Step]
  }

  private struct Visit {
    let index: Int
    let schemas: [SchemaID]
    let at: [SchemaValidator.Step]
  }

  /// No more are told than that.
  private static let limit = 200

  init(program: SchemaProgram, instance: Document) {
    self.program = program
    self.instance = instance
  }

  mutating func find(_ schema: SchemaID) -> [Place] {
    var found: [Place] = []
    var pending = [Visit(index: 0, schemas: [schema], at: [])]
    while let visit = pending.popLast(), found.count < Self.limit {
      let schemas = applicable(visit.schemas, visit.index)
      switch instance.kind(at: visit.index) {
      case .object: members(visit, schemas, &found, &pending)
      case .array: elements(visit, schemas, &pending)
      default: break
      }
    }
    return found
  }

  /// All schemas that apply to one value, references and alternatives included.
  private func applicable(_ schemas: [SchemaID], _ index: Int) -> [SchemaID] {
    var all: [SchemaID] = []
    var seen: Set<SchemaID> = []
    var pending = schemas
    func holds(_ schema: SchemaID) -> Bool {
      var validator = SchemaValidator(program: program, instance: instance)
      return validator.holds(schema, index)
    }
    while let id = pending.popLast() {
      guard seen.insert(id).inserted else { continue }
      all.append(id)
      for rule in program.schemas[id].rules {
        switch rule.keyword {
        case .reference(let target), .dynamicReference(let target, _): pending.append(target)
        case .allOf(let arms, _): pending += arms
        case .anyOf(let arms, _), .oneOf(let arms, _): pending += arms.filter(holds)
        case .condition(let condition, let then, let otherwise):
          let isMet = holds(condition)
          if isMet { pending.append(condition) }
          if let branch = isMet ? then : otherwise { pending.append(branch) }
        case .dependentSchemas(let dependents):
          guard instance.kind(at: index) == .object else { continue }
          pending += dependents.filter { instance.member($0.0.bytes, of: index) != nil }.map(\.1)
        default: break
        }
      }
    }
    return all
  }

  private func members(
    _ visit: Visit, _ schemas: [SchemaID], _ found: inout [Place], _ pending: inout [Visit]
  ) {
    var isCompared = false
    var takesOthers = false
    var rules: [(properties: [SchemaRule.Property], patterns: [SchemaRule.PatternProperty])] = []
    var others: [SchemaID] = []
    for rule in schemas.flatMap({ program.schemas[$0].rules }) {
      switch rule.keyword {
      case .properties(let properties, let patterns, let additional):
        rules.append((properties, patterns))
        isCompared = isCompared || !properties.isEmpty || !patterns.isEmpty
        if let additional {
          takesOthers = true
          others.append(additional)
        }
      case .unevaluatedProperties(let schema):
        takesOthers = true
        others.append(schema)
      default: break
      }
    }
    var key = instance.firstChild(of: visit.index)
    for _ in 0..<instance.count(at: visit.index) {
      let value = instance.next(after: key)
      var own: [SchemaID] = []
      for (properties, patterns) in rules {
        own += properties.filter { instance.isText($0.name.bytes, at: key) }.map(\.schema)
        own += patterns.filter {
          $0.pattern.search(instance.decodedBytes(at: key)) == .matched
        }.map(\.schema)
      }
      let at = visit.at + [.member(key)]
      if own.isEmpty, isCompared, !takesOthers, found.count < Self.limit {
        found.append(Place(key: key, at: at))
      }
      let next = own.isEmpty ? others : own
      if !next.isEmpty { pending.append(Visit(index: value, schemas: next, at: at)) }
      key = instance.next(after: value)
    }
  }

  private func elements(_ visit: Visit, _ schemas: [SchemaID], _ pending: inout [Visit]) {
    var child = instance.firstChild(of: visit.index)
    let rules = schemas.flatMap { program.schemas[$0].rules }
    for position in 0..<instance.count(at: visit.index) {
      var own: [SchemaID] = []
      for rule in rules {
        switch rule.keyword {
        case .items(let schema, let first) where position >= first: own.append(schema)
        case .prefixItems(let items) where position < items.count: own.append(items[position])
        default: break
        }
      }
      if !own.isEmpty {
        pending.append(
          Visit(index: child, schemas: own, at: visit.at + [.element(position)]))
      }
      child = instance.next(after: child)
    }
  }
}
