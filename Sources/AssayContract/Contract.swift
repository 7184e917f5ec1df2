package import AssayModel
package import AssayText

/// A compiled OpenAPI document, ready to judge exchanges and to answer for a server.
package struct Contract: Sendable {
  package let file: SourceFile
  package let title: String
  let version: Version
  /// What was noticed while reading: faults that a run can live with.
  package let notes: [Diagnostic]
  private(set) var servers: [Server]
  /// By all servers, those of single operations included.
  private var bases: BasePaths
  /// Whether the caller says where the API lives, and nowhere else.
  private var isPlaced = false
  let operations: [Operation]
  /// Operations by the number of segments that their paths have.
  private let routes: [Int: [Int]]
  /// Where the points of each operation stand.
  let layouts: [PointLayout]
  let program: SchemaProgram

  init(
    file: SourceFile, title: String, version: Version, servers: [Server], operations: [Operation],
    program: SchemaProgram, notes: [Diagnostic]
  ) {
    self.file = file
    self.title = title
    self.version = version
    self.servers = servers
    bases = BasePaths(servers + operations.flatMap { $0.servers ?? [] }, isPlaced: false)
    self.program = program
    self.notes = notes
    // Stable, so that equally good templates keep the document's order.
    let sorted = operations.enumerated().sorted { left, right in
      if left.element.template.precedes(right.element.template) { return true }
      if right.element.template.precedes(left.element.template) { return false }
      return left.offset < right.offset
    }.map(\.element)
    self.operations = sorted
    routes = Dictionary(grouping: sorted.indices) { sorted[$0].template.count }
    layouts = sorted.map { PointLayout($0, program) }
  }

  enum Version: Sendable { case v2, v30, v31 }

  /// Compiles a document; `load` reads the files that its references name.
  package static func compile(
    _ document: Document, latitude: Latitude = Latitude(),
    load: @escaping (_ path: String, _ from: SourceFile) throws(Diagnostic) -> Document
  ) throws(Diagnostic) -> Contract {
    var reader = try ContractReader(document, latitude: latitude, load: load)
    return reader.read()
  }

  /// The contract of an API that lives at this URL, whatever its document says of servers.
  package func placed(at url: String) -> Contract {
    let uri = URI(splitting: url)
    var contract = self
    contract.servers = [
      Server(origin: uri.authority == nil ? nil : CallTarget(url).host, path: uri.path)
    ]
    contract.bases = BasePaths(contract.servers, isPlaced: true)
    contract.isPlaced = true
    return contract
  }

  /// What can be reached of it, operation by operation.
  package var facts: [OperationFacts] {
    zip(operations, layouts).map { operation, layout in
      OperationFacts(
        name: operation.name, contract: title.isEmpty ? file.name : title,
        place: operation.node.span.place, isDeprecated: operation.isDeprecated,
        points: layout.points)
    }
  }

  /// One place where the API lives; without an origin it may be any host.
  struct Server: Sendable {
    let origin: String?
    let path: String

    init(origin: String?, path: String) {
      self.origin = origin
      self.path = path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// What is left of a path behind a base path, in which `{name}` stands for one segment; nil where
    /// it does not begin with that.
    static func rest(of path: String, behind base: String) -> String? {
      guard base.contains("{") else {
        return base.isEmpty || path == base || path.hasPrefix(base + "/")
          ? String(path.dropFirst(base.count)) : nil
      }
      let length = base.split(separator: "/", omittingEmptySubsequences: false).count
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count >= length,
        PathTemplate(base).match(parts.prefix(length).joined(separator: "/")) != nil
      else { return nil }
      return parts.count == length ? "" : "/" + parts.dropFirst(length).joined(separator: "/")
    }
  }

  /// The base paths under which hosts may serve the API, the longest first.
  ///
  /// A host that the document names has the paths that the document gives it. Any other (a staging
  /// server, a mock) may serve the API under any of them, or under none.
  private struct BasePaths: Sendable {
    private var named: [String: [String]] = [:]
    private var others: [String]

    /// - Parameter isPlaced: Whether no host but the named ones serves it.
    init(_ servers: [Server], isPlaced: Bool) {
      let open = servers.filter { $0.origin == nil }.map(\.path)
      others = Self.sorted(isPlaced ? open : servers.map(\.path) + [""])
      for host in Set(servers.compactMap(\.origin)) {
        named[host] = Self.sorted(servers.filter { $0.origin == host }.map(\.path) + open)
      }
    }

    func paths(of host: String) -> [String] { named[host] ?? others }
    func isNamed(_ host: String) -> Bool { named[host] != nil }

    private static func sorted(_ paths: [String]) -> [String] {
      Set(paths).sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    }
  }

  /// Whether an operation is served there: its own servers take the place of the document's.
  private func isServed(_ operation: Operation, at base: String, of host: String?) -> Bool {
    let own = isPlaced ? servers : operation.servers ?? servers
    guard let host else { return base.isEmpty || own.contains { $0.path == base } }
    return own.contains { $0.path == base && ($0.origin == host || $0.origin == nil) }
  }

  enum Match {
    case operation(Int, values: [String: String])
    /// The path is known under other methods.
    case otherMethods([String])
    /// No path fits; the nearest templates, each with why it does not.
    case none([NearMiss])
  }

  struct NearMiss: Sendable {
    let template: String
    let reason: String
  }

  /// The operation that a call belongs to: first the path, then the method.
  func match(method: String, _ target: CallTarget) -> Match {
    let (path, host) = (target.path, target.host)
    var methods: [String] = []
    let basePaths = bases.paths(of: host)
    let named = bases.isNamed(host) ? host : nil
    for base in basePaths {
      guard let rest = Server.rest(of: path, behind: base) else { continue }
      let parts = PathTemplate.Parts(rest)
      var chosen: String?
      for index in routes[parts.count] ?? [] {
        let operation = operations[index]
        guard chosen == nil || operation.template.shape == chosen,
          let values = operation.template.match(parts), isServed(operation, at: base, of: named)
        else { continue }
        guard operation.template.isMet(by: target.query) else { continue }
        chosen = operation.template.shape
        if operation.method == method { return .operation(index, values: values) }
        methods.append(operation.method)
      }
      if chosen != nil { return .otherMethods(methods) }
    }
    return .none(nearest(to: path, basePaths))
  }

  private func nearest(to path: String, _ basePaths: [String]) -> [NearMiss] {
    let rest = basePaths.lazy.compactMap { Server.rest(of: path, behind: $0) }.first
    var seen: Set<String> = []
    let templates = operations.map(\.template).filter { seen.insert($0.text).inserted }
    guard let rest else {
      // No base path begins the path: the one that it would need is all there is to say.
      return basePaths.prefix(3).map {
        NearMiss(template: $0, reason: "this is where the contract's paths begin")
      }
    }
    let likes = templates.map { ($0, $0.likeness(to: rest)) }.filter { $0.1 > 0 }
      .sorted { $0.1 > $1.1 }.prefix(3)
    if likes.isEmpty, let near = Nearest.match(rest, among: templates.map(\.text)) {
      return [NearMiss(template: near, reason: "spelt otherwise")]
    }
    let slips = templates.compactMap { template in template.slip(in: rest).map { (template, $0) } }
    return slips.prefix(1).map { NearMiss(template: $0.0.text, reason: $0.1) }
      + likes.filter { $0.0.text != slips.first?.0.text }.map {
        NearMiss(template: $0.0.text, reason: $0.0.mismatch(with: rest))
      }.prefix(slips.isEmpty ? 3 : 2)
  }

  /// What a call exercises, by its method and URL alone.
  package enum Mapping: Sendable, Hashable {
    case operation(String)
    case none(String)
  }

  /// The operation that a request would belong to, or why it belongs to none.
  ///
  /// A host that nothing fills in may be any, and may bring a base path of its own along.
  package func mapping(method: String, url: String) -> Mapping {
    let start = url.hasPrefix("{{") ? url[...] : url.parted(at: "://")?.after ?? url[...]
    guard start.hasPrefix("{{") else { return mapping(method, CallTarget(url)) }
    let path = start.firstIndex(of: "/").map { CallTarget(String(start[$0...])).path } ?? "/"
    let first = mapping(method, CallTarget(path: path))
    var rest = path[...]
    for _ in 0..<3 {
      guard let slash = rest.dropFirst().firstIndex(of: "/") else { break }
      rest = rest[slash...]
      if case .operation(let name) = mapping(method, CallTarget(path: String(rest))) {
        return .operation(name)
      }
    }
    return first
  }

  private func mapping(_ method: String, _ target: CallTarget) -> Mapping {
    switch match(method: method, target) {
    case .operation(let index, _): return .operation(operations[index].name)
    case .otherMethods(let methods):
      return .none("the contract has this path for \(methods.joined(separator: ", ")) only")
    case .none(let nearest):
      return .none(
        nearest.isEmpty
          ? "no path of the contract is like it"
          : "near: " + nearest.map { "`\($0.template)` (\($0.reason))" }.joined(separator: ", "))
    }
  }
}
