/// A named value of one scope, and where it came from.
package struct Variable: Sendable {
  package let name: String
  package var value: Value
  package var isSecret: Bool
  /// Where the user wrote it; nil when a script or the command line set it.
  package var span: SourceSpan?
  /// The text as written, where the value is typed: scripts get the value, templates this.
  package var written: String?

  package init(
    _ name: String, _ value: Value, isSecret: Bool = false, span: SourceSpan? = nil,
    written: String? = nil
  ) {
    self.name = name
    self.value = value
    self.isSecret = isSecret
    self.span = span
    self.written = written
  }

  /// What takes its place in a template.
  package var substitution: String { written ?? value.substitution }
}

/// The rows of a data file, each read when its iteration begins.
package struct DataRows: Sendable {
  package let count: Int
  private let read: @Sendable (Int) -> [Variable]

  package init(count: Int, read: @escaping @Sendable (Int) -> [Variable]) {
    self.count = count
    self.read = read
  }

  package init(_ rows: [[Variable]]) {
    self.init(count: rows.count) { rows[$0] }
  }

  package static let none = DataRows([])

  /// The row of an iteration; where there are fewer rows than iterations, the last one repeats.
  package func row(ofIteration iteration: Int) -> [Variable] {
    count == 0 ? [] : read(min(iteration, count - 1))
  }
}

/// The layers in which a name is looked up.
///
/// Declared from the strongest to the weakest, which is the order of the look-up. The vault holds
/// what a secrets file gave, under names that begin with `vault:`; scripts do not see it.
package enum ScopeKind: String, Sendable, CaseIterable {
  case local, data, environment, collection, globals, vault
}

/// The layered variables of one lane, which remember who set them.
package struct Scopes: Sendable {
  private var layers: [ScopeKind: Layer] = [:]

  /// One layer: its variables in the order they were first set.
  private struct Layer: Sendable {
    var variables: [Variable] = []
    var index: [String: Int] = [:]

    mutating func set(_ variable: Variable) {
      if let at = index[variable.name] {
        variables[at] = variable
      } else {
        index[variable.name] = variables.count
        variables.append(variable)
      }
    }

    mutating func remove(_ name: String) {
      guard let at = index.removeValue(forKey: name) else { return }
      variables.remove(at: at)
      for (position, variable) in variables.enumerated() where position >= at {
        index[variable.name] = position
      }
    }
  }

  package init() {}

  package mutating func set(_ variable: Variable, in kind: ScopeKind) {
    layers[kind, default: Layer()].set(variable)
  }

  package mutating func unset(_ name: String, in kind: ScopeKind) {
    layers[kind]?.remove(name)
  }

  package mutating func replace(_ kind: ScopeKind, with variables: [Variable]) {
    var layer = Layer()
    for variable in variables { layer.set(variable) }
    layers[kind] = layer
  }

  package func variables(in kind: ScopeKind) -> [Variable] { layers[kind]?.variables ?? [] }

  package func variable(_ name: String, in kind: ScopeKind) -> Variable? {
    guard let layer = layers[kind], let at = layer.index[name] else { return nil }
    return layer.variables[at]
  }

  /// The strongest variable of that name, and the layer that holds it.
  package func lookUp(_ name: String) -> (variable: Variable, scope: ScopeKind)? {
    for kind in ScopeKind.allCases {
      if let found = variable(name, in: kind) { return (found, kind) }
    }
    return nil
  }

  /// Every name that some layer defines, for suggestions.
  package var names: Set<String> {
    Set(layers.values.flatMap { $0.variables.map(\.name) })
  }

  /// The text of every secret, so that it can be kept out of what is written.
  package var secrets: [String] {
    layers.values.flatMap(\.variables).filter(\.isSecret).map(\.substitution)
  }
}
