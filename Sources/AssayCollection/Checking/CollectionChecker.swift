package import AssayModel
internal import AssayText

/// Finds what is wrong with a collection that can be read, without sending anything.
package enum CollectionChecker {
  /// The problems of a collection.
  ///
  /// - Parameter scopes: The variables that a run would start from.
  /// - Parameter columns: The names that a data file defines.
  package static func check(
    _ result: CollectionReader.Result, scopes: Scopes, columns: [Variable]
  ) -> [Diagnostic] {
    var problems = result.notes
    for document in result.documents {
      problems += document.duplicateNames().map {
        .repeatedName($0.name, first: $0.first, second: $0.second)
      }
      problems += FieldNames.misspelt(in: document)
      problems += PlainSecrets.find(in: document)
    }
    problems += duplicateItems(result.suite)
    problems += calls(result, scopes, columns)
    return problems
  }

  // MARK: Names

  /// Requests of one name in one folder: what a selection or `setNextRequest` means is then a guess.
  private static func duplicateItems(_ suite: Suite) -> [Diagnostic] {
    var seen: [String: Suite.Item] = [:]
    var problems: [Diagnostic] = []
    for item in suite.items {
      if let first = seen[item.path] {
        problems.append(.repeatedItem(item.name, first: first.nameSpan, second: item.nameSpan))
      } else {
        seen[item.path] = item
      }
    }
    return problems
  }

  // MARK: Calls

  /// Composes every call, as a run would before its scripts.
  private static func calls(
    _ result: CollectionReader.Result, _ scopes: Scopes, _ columns: [Variable]
  ) -> [Diagnostic] {
    var known = scopes
    known.replace(.data, with: columns)
    for name in namesSetByScripts(result.suite) where known.lookUp(name) == nil {
      known.set(Variable(name, .string("")), in: .local)
    }
    var problems: [Diagnostic] = []
    var told: Set<String> = []
    for item in result.suite.items {
      do throws(Diagnostic) {
        let composition = try result.composer.compose(
          item, draft: result.composer.draft(of: item), scopes: known)
        // One remark for a name, however often it is used.
        for note in composition.undefined + composition.notes
        where told.insert(note.message).inserted {
          problems.append(note)
        }
      } catch {
        // What has a script before it may be complete by the time it is sent.
        if item.preRequestScripts.isEmpty || error.isAboutFiles { problems.append(error) }
      }
    }
    return problems
  }

  private static let setters = [".set(", ".setEnvironmentVariable(", ".setGlobalVariable("]

  /// The names that scripts are seen to set. One that is computed cannot be seen.
  private static func namesSetByScripts(_ suite: Suite) -> Set<String> {
    var names: Set<String> = []
    var sources: Set<String> = []
    for script in suite.items.flatMap({ $0.preRequestScripts + $0.testScripts })
    where sources.insert(script.source).inserted {
      for setter in setters { names.formUnion(firstArguments(of: setter, in: script.source)) }
    }
    return names
  }

  /// The quoted texts that stand first behind some word.
  private static func firstArguments(of word: String, in source: String) -> [String] {
    var found: [String] = []
    var rest = source[...]
    while let call = rest.firstRange(of: word) {
      rest = rest[call.upperBound...].drop(while: \.isWhitespace)
      guard let quote = rest.first, "\"'`".contains(quote) else { continue }
      rest = rest.dropFirst()
      guard let end = rest.firstIndex(of: quote) else { break }
      found.append(String(rest[..<end]))
    }
    return found
  }
}

extension Diagnostic {
  /// Whether it speaks of a file that a request carries.
  fileprivate var isAboutFiles: Bool { code == "collection.unusable-file" }
}
