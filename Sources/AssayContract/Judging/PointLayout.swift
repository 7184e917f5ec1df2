internal import AssayModel
internal import AssayText
internal import Synchronization

/// Where the points of an operation stand in their list: statuses with their media types first, then
/// the media types of requests, then parameters.
struct PointLayout: Sendable {
  private(set) var points: [CoveragePoint] = []
  /// For each response rule the place of its first point.
  private var responses: [Int] = []
  private var requests = 0
  private var parameters: [ParameterPoints] = []

  private struct ParameterPoints: Sendable {
    let sent: Int
    let omitted: Int?
    let values: [String: Int]
  }

  init(_ operation: Operation, _ program: SchemaProgram) {
    for rule in operation.responses {
      responses.append(points.count)
      if rule.content.isEmpty {
        points.append(CoveragePoint(.response, rule.status))
      }
      for media in rule.content {
        points.append(CoveragePoint(.response, "\(rule.status) \(media.range.text)"))
      }
    }
    requests = points.count
    for media in operation.body?.content ?? [] {
      points.append(CoveragePoint(.request, media.range.text))
    }
    for parameter in operation.parameters { add(parameter, program) }
  }

  private mutating func add(_ parameter: Operation.Parameter, _ program: SchemaProgram) {
    let name = "\(parameter.location.rawValue) \(parameter.name)"
    let sent = points.count
    points.append(CoveragePoint(.parameter, "\(name): sent"))
    var omitted: Int?
    if !parameter.isRequired {
      omitted = points.count
      points.append(CoveragePoint(.parameter, "\(name): left out"))
    }
    var values: [String: Int] = [:]
    for value in parameter.schema.map({ Self.values(of: $0, program) }) ?? [] {
      guard values[value] == nil else { continue }
      values[value] = points.count
      points.append(CoveragePoint(.parameter, "\(name) = \(value)"))
    }
    parameters.append(ParameterPoints(sent: sent, omitted: omitted, values: values))
  }

  /// The values that a parameter can be enumerated by; those of its elements where it is a list.
  private static func values(of schema: SchemaID, _ program: SchemaProgram) -> [String] {
    var id = schema
    for _ in 0..<8 {
      var next: SchemaID?
      for rule in program.schemas[id].rules {
        switch rule.keyword {
        case .oneOfValues(let nodes, _): return nodes.prefix(50).map(\.value.substitution)
        case .type(let types) where types == .boolean: return ["true", "false"]
        case .reference(let target): next = target
        case .items(let element, _): next = element
        default: break
        }
      }
      guard let next else { return [] }
      id = next
    }
    return []
  }

  func response(_ rule: Int, media: Int?) -> Int { responses[rule] + (media ?? 0) }
  func request(media: Int) -> Int { requests + media }

  /// The points of a parameter that was read so.
  func parameter(_ index: Int, _ reading: ParameterReading) -> [Int] {
    let own = parameters[index]
    let texts: [String]
    switch reading {
    case .absent: return own.omitted.map { [$0] } ?? []
    case .primitive(let text): texts = [text]
    case .array(let list): texts = list
    case .object, .json, .malformed: texts = []
    }
    guard !own.values.isEmpty else { return [own.sent] }
    return [own.sent]
      + texts.compactMap { own.values[PercentEncoding.decodedText($0)] }
  }
}

/// The members that responses of an operation may have, as a tree that a body is held against.
struct PropertyTree: Sendable {
  private struct Branch: Sendable {
    var members: [(name: [UInt8], branch: Int)] = []
    var items: Int?
    /// The place among the labels of the operation.
    var point: Int?
  }

  private var branches = [Branch()]
  /// The rest of a response's members is not counted.
  private static let limit = 300
  private static let depthLimit = 4

  /// - Parameter labels: Those of the operation so far; what is found is put behind them.
  init(
    of schema: SchemaID, in program: SchemaProgram, prefix: String, labels: inout [String]
  ) {
    struct Visit {
      let branch: Int
      let schemas: [SchemaID]
      let path: String
      let depth: Int
    }
    var pending = [Visit(branch: 0, schemas: [schema], path: "", depth: 0)]
    var first = 0
    var count = 0
    // Breadth first, so that a limit takes the deep ones.
    while first < pending.count {
      let visit = pending[first]
      first += 1
      var known: [String: Int] = [:]
      var children: [(branch: Int, schemas: [SchemaID], path: String)] = []
      var items: [SchemaID] = []
      for rule in Self.closure(visit.schemas, program).flatMap({ program.schemas[$0].rules }) {
        switch rule.keyword {
        case .items(let element, _): items.append(element)
        case .prefixItems(let elements): items += elements
        case .properties(let properties, _, _) where visit.depth < Self.depthLimit:
          for property in properties {
            if let index = known[property.name.text] {
              children[index].schemas.append(property.schema)
              continue
            }
            guard count < Self.limit else { continue }
            count += 1
            let path = visit.path + "/" + JSONPointer.escape(property.name.text)
            var branch = Branch()
            branch.point = labels.count
            labels.append(prefix + " " + path)
            known[property.name.text] = children.count
            children.append((branches.count, [property.schema], path))
            branches[visit.branch].members.append((property.name.bytes, branches.count))
            branches.append(branch)
          }
        default: break
        }
      }
      if !items.isEmpty {
        branches[visit.branch].items = branches.count
        pending.append(
          Visit(
            branch: branches.count, schemas: items, path: visit.path + "/*", depth: visit.depth))
        branches.append(Branch())
      }
      for child in children {
        pending.append(
          Visit(
            branch: child.branch, schemas: child.schemas, path: child.path, depth: visit.depth + 1))
      }
      // Lists in lists of nothing could go on without end.
      if branches.count > 4 * Self.limit { break }
    }
  }

  /// Schemas with all that apply beside them, whichever alternative holds.
  private static func closure(_ schemas: [SchemaID], _ program: SchemaProgram) -> [SchemaID] {
    var seen: Set<SchemaID> = []
    var result: [SchemaID] = []
    var pending = schemas
    while let id = pending.popLast(), seen.count < 200 {
      guard seen.insert(id).inserted else { continue }
      result.append(id)
      for rule in program.schemas[id].rules {
        switch rule.keyword {
        case .reference(let target), .dynamicReference(let target, _): pending.append(target)
        case .allOf(let arms, _), .anyOf(let arms, _), .oneOf(let arms, _): pending += arms
        case .condition(_, let then, let otherwise):
          pending += [then, otherwise].compactMap(\.self)
        default: break
        }
      }
    }
    return result
  }

  /// Notes every member that is there.
  func walk(_ document: Document, _ seen: inout Set<Int>) {
    var pending = [(index: 0, branch: 0)]
    while let (index, branch) = pending.popLast() {
      switch document.kind(at: index) {
      case .object:
        guard !branches[branch].members.isEmpty else { continue }
        var key = document.firstChild(of: index)
        for _ in 0..<document.count(at: index) {
          let value = document.next(after: key)
          for member in branches[branch].members where document.isText(member.name, at: key) {
            if let point = branches[member.branch].point { seen.insert(point) }
            pending.append((value, member.branch))
            break
          }
          key = document.next(after: value)
        }
      case .array:
        guard let items = branches[branch].items else { continue }
        var child = document.firstChild(of: index)
        // What a thousand elements do not show the others will hardly show.
        for _ in 0..<min(document.count(at: index), 1_000) {
          pending.append((child, items))
          child = document.next(after: child)
        }
      default: break
      }
    }
  }
}

/// Remembers of each operation what its responses may hold; made when it is first reached.
final class CoverageBook: Sendable {
  private let pages: Mutex<[Int: Page]> = Mutex([:])

  struct Page: Sendable {
    /// By response rule and media type.
    fileprivate var trees: [Int: PropertyTree] = [:]
    fileprivate(set) var labels: [String] = []

    func tree(_ rule: Int, _ media: Int) -> PropertyTree? { trees[rule << 8 | media] }
  }

  /// The page of an operation, and whether it is opened for the first time.
  func page(
    _ number: Int, of operation: Operation, _ program: SchemaProgram
  ) -> (page: Page, isNew: Bool) {
    pages.withLock { pages in
      if let page = pages[number] { return (page, false) }
      var page = Page()
      for (index, rule) in operation.responses.enumerated() {
        for (position, media) in rule.content.enumerated().prefix(256) {
          guard media.range.isJSON, let schema = media.schema else { continue }
          page.trees[index << 8 | position] = PropertyTree(
            of: schema, in: program, prefix: "\(rule.status) \(media.range.text)",
            labels: &page.labels)
        }
      }
      pages[number] = page
      return (page, true)
    }
  }
}

/// What the judging of one exchange has come across.
final class SeenPoints {
  var points: Set<Int> = []
  var isHollow = false
}
