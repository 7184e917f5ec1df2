internal import AssayCollection
internal import AssayContract
internal import AssayModel

/// Which requests of collections exercise which operations of contracts, told without traffic.
struct ItemMapping {
  private let contracts: [Contract]
  private var exercised: Set<String> = []
  private var itemCount = 0
  private var mappedCount = 0
  private var hasCollections = false

  init(_ contracts: [Contract]) { self.contracts = contracts }

  private var operations: [OperationFacts] { contracts.flatMap(\.facts) }

  /// Maps every request of a collection; those that fit nowhere are told.
  mutating func take(_ collection: CollectionReader.Result, _ scopes: Scopes) -> [Diagnostic] {
    guard !contracts.isEmpty else { return [] }
    hasCollections = true
    // An empty variable is one that a script fills, and no empty segment of a path.
    var scopes = scopes
    for kind in ScopeKind.allCases {
      scopes.replace(kind, with: scopes.variables(in: kind).filter { !$0.substitution.isEmpty })
    }
    var problems: [Diagnostic] = []
    for item in collection.suite.items {
      let composer = collection.composer
      // What cannot be composed is told as what it is, and not here.
      guard
        let composition = try? composer.compose(
          item, draft: composer.draft(of: item), scopes: scopes)
      else { continue }
      itemCount += 1
      let request = composition.request
      let mappings = contracts.map { $0.mapping(method: request.method, url: request.url) }
      if let name = mappings.lazy.compactMap({ $0.name }).first {
        mappedCount += 1
        exercised.insert(name)
      } else if case .none(let reason)? = mappings.first {
        problems.append(.unmapped(item, request.method, request.url, reason))
      }
    }
    return problems
  }

  /// Operations that no request would reach.
  var unexercised: [Diagnostic] {
    guard hasCollections else { return [] }
    return operations.filter { !exercised.contains($0.name) }.map { .unexercised($0) }
  }

  var summary: String? {
    guard hasCollections else { return nil }
    let reached = operations.count { exercised.contains($0.name) }
    return "\(mappedCount) of \(itemCount) requests belong to an operation; "
      + "\(reached) of \(operations.count) operations are called"
  }
}

extension Contract.Mapping {
  fileprivate var name: String? {
    if case .operation(let name) = self { name } else { nil }
  }
}
