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

  /// What has to be kept out of everything that is written; nil where it is no secret. A name can
  /// say that its value is one, unless the value is too short to be looked for everywhere.
  package var secret: Secret? {
    let text = substitution
    let isSecret =
      self.isSecret
      || SecretName.isLikely(name) && text.utf8.count >= 8 && !text.holds("{{")
        && text.lowercased() != name.lowercased()
    let plain = name.hasPrefix("vault:") ? String(name.dropFirst(6)) : name
    return isSecret ? Secret(plain, text) : nil
  }
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
/// what a secrets file gave, under names that begin with `vault:`; scripts ask for each by name.
package enum ScopeKind: String, Sendable, CaseIterable {
  case local, data, environment, collection, globals, vault

  fileprivate var place: Int {
    switch self {
    case .local: 0
    case .data: 1
    case .environment: 2
    case .collection: 3
    case .globals: 4
    case .vault: 5
    }
  }
}

/// The layered variables of one lane, which remember who set them.
package struct Scopes: Sendable {
  /// One for each kind, in order.
  private var layers = [Layer](repeating: Layer(), count: ScopeKind.allCases.count)

  /// One layer: its variables in the order they were first set.
  private struct Layer: Sendable {
    var variables: [Variable] = []
    /// The step that first set each of them.
    var steps: [Int] = []
    /// The step that last set each of them, or -1.
    var setters: [Int] = []
    var index: [String: Int] = [:]

    mutating func set(_ variable: Variable, by step: Int?) {
      if let at = index[variable.name] {
        variables[at] = variable
        setters[at] = step ?? -1
        return
      }
      // Steps that overlap set their variables in any order, and who lists them sees the plan's.
      let setter = step ?? -1
      let step = step ?? steps.last ?? -1
      let place = (steps.lastIndex { $0 <= step } ?? -1) + 1
      variables.insert(variable, at: place)
      steps.insert(step, at: place)
      setters.insert(setter, at: place)
      settle(from: place)
    }

    mutating func remove(_ name: String) {
      guard let at = index.removeValue(forKey: name) else { return }
      variables.remove(at: at)
      steps.remove(at: at)
      setters.remove(at: at)
      settle(from: at)
    }

    private mutating func settle(from place: Int) {
      for position in place..<variables.count { index[variables[position].name] = position }
    }
  }

  package init() {}

  /// - Parameter step: The number of the step that sets it; nil for none.
  package mutating func set(_ variable: Variable, in kind: ScopeKind, by step: Int? = nil) {
    layers[kind.place].set(variable, by: step)
  }

  package mutating func unset(_ name: String, in kind: ScopeKind) {
    layers[kind.place].remove(name)
  }

  package mutating func replace(_ kind: ScopeKind, with variables: [Variable]) {
    var layer = Layer()
    for variable in variables { layer.set(variable, by: nil) }
    layers[kind.place] = layer
  }

  package func variables(in kind: ScopeKind) -> [Variable] { layers[kind.place].variables }

  package func variable(_ name: String, in kind: ScopeKind) -> Variable? {
    let layer = layers[kind.place]
    return layer.index[name].map { layer.variables[$0] }
  }

  /// The strongest variable of that name, and the layer that holds it.
  package func lookUp(_ name: String) -> (variable: Variable, scope: ScopeKind)? {
    for kind in ScopeKind.allCases {
      if let found = variable(name, in: kind) { return (found, kind) }
    }
    return nil
  }

  /// The step that set the strongest variable of that name; nil where no step did.
  package func setter(of name: String) -> Int? {
    for layer in layers {
      if let at = layer.index[name] { return layer.setters[at] < 0 ? nil : layer.setters[at] }
    }
    return nil
  }

  /// Every name that some layer defines, for suggestions.
  package var names: Set<String> {
    Set(layers.flatMap { $0.variables.map(\.name) })
  }

  /// The text of every secret, so that it can be kept out of what is written.
  package var secrets: [Secret] { layers.flatMap(\.variables).compactMap(\.secret) }
}

/// A text that nobody may see, and the name by which everybody may speak of it.
package struct Secret: Sendable, Hashable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
