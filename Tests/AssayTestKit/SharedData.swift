package import AssayModel
internal import AssaySystem

/// The test data that lives beside the repository and is never committed.
///
/// A test that needs it says clearly that it was skipped where it is missing.
package enum SharedData {
  /// The folder `shared` beside the checkout, or what `ASSAY_SHARED` names.
  package static let root: String = {
    if let named = System.environment("ASSAY_SHARED") { return named }
    return repository + "/../shared"
  }()

  /// The folder that holds `Package.swift`.
  package static let repository: String = {
    var parts = #filePath.split(separator: "/")
    parts.removeLast(3)
    return "/" + parts.joined(separator: "/")
  }()

  package static var isPresent: Bool { Files.kind(of: root) == .directory }

  /// What a skipped test says.
  package static let absence = "the shared test data is not beside the repository"

  package static func path(_ relative: String) -> String { root + "/" + relative }

  package static func file(_ relative: String) throws -> SourceFile {
    try Files.read(path(relative))
  }

  /// The names of a folder's entries in order.
  package static func entries(_ relative: String) -> [String] {
    Files.entries(of: path(relative)) ?? []
  }
}
