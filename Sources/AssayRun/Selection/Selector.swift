package import AssayModel

/// An expression that picks items: `tag:smoke method:GET !folder:Slow "Get order"`.
///
/// Its terms stand side by side and all have to hold; `!` turns one around. A term without a field
/// is looked for in the path of the item. Case does not matter, and `*` stands for anything. A term
/// with the form of a check's id (`k-7m2qx9a-4tz8`, as reports show it) picks the call that it is of.
package struct Selector: Sendable {
  /// What a term is compared with.
  package enum Field: String, Sendable, CaseIterable {
    case name, folder, id, tag, method, url, collection
    case iteration = "iter"
  }

  /// What an expression says that means nothing.
  package enum Problem: Error, Sendable, Hashable {
    case unknownField(String, nearest: String?)
    case openQuote
    case empty
  }

  private struct Term: Sendable {
    let field: Field?
    let pattern: String
    let isNegated: Bool
    /// It is the id of a call, or of a check of one.
    var isCheck: Bool { field == nil && Identity.isCheck(pattern) }
  }

  private let terms: [Term]

  package init(_ text: String) throws(Problem) {
    var terms: [Term] = []
    var rest = Substring(text)
    while true {
      while rest.first?.isWhitespace == true { rest.removeFirst() }
      guard !rest.isEmpty else { break }
      var word = ""
      var quote: Character?
      var colon: String.Index?
      while let next = rest.first, quote != nil || !next.isWhitespace {
        rest.removeFirst()
        if quote == next {
          quote = nil
        } else if quote == nil, next == "\"" || next == "'" {
          quote = next
        } else {
          // Only a colon outside of quotes names a field.
          if next == ":", quote == nil, colon == nil { colon = word.endIndex }
          word.append(next)
        }
      }
      guard quote == nil else { throw .openQuote }
      let isNegated = word.hasPrefix("!")
      let start = isNegated ? word.index(after: word.startIndex) : word.startIndex
      var field: Field?
      if let colon {
        let name = word[start..<colon].lowercased()
        field = Field(rawValue: name)
        guard field != nil else {
          throw .unknownField(
            name, nearest: Nearest.match(name, among: Field.allCases.map(\.rawValue)))
        }
      }
      let pattern = word[(colon.map { word.index(after: $0) } ?? start)...].lowercased()
      terms.append(Term(field: field, pattern: pattern, isNegated: isNegated))
    }
    guard !terms.isEmpty else { throw .empty }
    self.terms = terms
  }

  /// - Parameters:
  ///   - method: The method as written, and the URL likewise.
  ///   - check: The id of the call in this iteration.
  package func picks(
    _ item: Suite.Item, of suite: String, iteration: Int, method: String, url: String,
    check: String
  ) -> Bool {
    terms.allSatisfy { term in
      let holds =
        switch term.field {
        case nil where term.isCheck: term.pattern.hasPrefix(check)
        case nil: Self.contains(item.path, term.pattern)
        case .name?: Self.matches(item.name, term.pattern)
        case .folder?: item.folders.contains { Self.matches($0, term.pattern) }
        case .id?: Self.matches(item.id, term.pattern)
        case .tag?:
          item.tags.contains {
            Self.matches(
              $0, term.pattern.hasPrefix("@") ? String(term.pattern.dropFirst()) : term.pattern)
          }
        case .method?: Self.matches(method, term.pattern)
        case .url?: Self.contains(url, term.pattern)
        case .collection?: Self.matches(suite, term.pattern)
        case .iteration?: Self.holds(iteration + 1, term.pattern)
        }
      return holds != term.isNegated
    }
  }

  /// `3`, or `2-5`.
  private static func holds(_ number: Int, _ pattern: String) -> Bool {
    let ends = pattern.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    switch (ends.first ?? nil, ends.last ?? nil, ends.count) {
    case (let one?, _, 1): return number == one
    case (let first?, let last?, 2): return first <= number && number <= last
    case (let first?, nil, 2): return first <= number
    case (nil, let last?, 2): return number <= last
    default: return false
    }
  }

  private static func contains(_ text: String, _ pattern: String) -> Bool {
    matches(text, "*" + pattern + "*")
  }

  private static func matches(_ text: String, _ pattern: String) -> Bool {
    Glob.matches(text.lowercased(), pattern)
  }
}
