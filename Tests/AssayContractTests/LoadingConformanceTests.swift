import AssayContract
import AssayModel
import AssaySystem
import AssayTestKit
import AssayText
import Testing

/// Documents that somebody else has called valid or invalid: all of them serve, and what is wrong with
/// them is told.
@Suite(.enabled(if: SharedData.isPresent, "the shared test data is not beside the repository"))
struct LoadingConformanceTests {
  private static func notes(_ path: String) throws(Diagnostic) -> [Diagnostic] {
    let document = try Inputs.read(Files.read(path, limit: 64 << 20))
    let contract = try Contract.compile(document) { reference, from throws(Diagnostic) in
      guard !reference.contains("://") else {
        throw Diagnostic(.warning, "test.remote", "`\(reference)` is not fetched")
      }
      let folder = from.name.split(separator: "/").dropLast().joined(separator: "/")
      let path = "/\(folder)/\(reference)"
      guard Files.kind(of: path) == .regular else {
        throw Diagnostic(.warning, "test.missing", "`\(reference)` is missing")
      }
      return try Inputs.read(Files.read(path, limit: 64 << 20))
    }
    return contract.notes
  }

  /// What the labels call invalid for reasons that are none here: `x-nullable`, which is a habit; an
  /// expression that Python does not know; a file where 2.0 allows one.
  private static let fine = [
    "moby__moby/swagger.yaml", "moby__moby/v1.50.yaml", "spring-petclinic__spring-petclinic-rest",
    "jupyter-server__jupyter_server/api.yaml",
  ]

  @Test func `the corpus loads, and what is invalid in it is told`() throws {
    let index = try SharedData.file("corpus/specs/index.tsv")
    var counts = (valid: 0, invalid: 0)
    for line in index.text(in: 0..<index.bytes.count).split(separator: "\n").dropFirst() {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let notes = try Self.notes(SharedData.path("corpus/specs/\(columns[0])"))
      #expect(!notes.contains { $0.severity == .error }, "\(columns[0])")
      if columns[7] == "valid" {
        counts.valid += 1
      } else {
        counts.invalid += 1
        let isTold = notes.contains { $0.severity == .warning && !$0.labels.isEmpty }
        let isFine = Self.fine.contains { columns[0].hasPrefix($0) }
        #expect(isTold != isFine, "\(columns[0])")
      }
    }
    print("documents: \(counts.valid) valid and \(counts.invalid) invalid ones load and are told")
    #expect(counts.valid > 100)
  }

  /// By version and label how many documents are judged otherwise than labelled, at most.
  @Test(arguments: [
    // The sample's own parameter has another name than its path; one refers to the network.
    ("oai-documents/3.1", 2, 1), ("oai-documents/3.2", 2, 0),
  ])
  func `what the specification's own schemas refuse is told`(
    _ folder: String, _ passed: Int, _ failed: Int
  ) throws {
    for (label, allowed) in [("pass", passed), ("fail", failed)] {
      let path = SharedData.path("conformance/\(folder)/\(label)")
      var others: [String] = []
      for name in Files.entries(of: path) ?? [] {
        let isTold = try Self.notes(path + "/" + name).contains { $0.severity != .note }
        if isTold == (label == "pass") { others.append(name) }
      }
      print("\(folder)/\(label): all but \(others)")
      #expect(others.count <= allowed)
    }
  }
}
