import AssayCollection
import AssayModel
import AssayTestKit
import AssayText
import Testing

/// Collections that people published.
@Suite struct CorpusConformanceTests {
  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
  func `every collection of the corpus is read, and all of its calls are composed`() throws {
    let index = try SharedData.file("corpus/collections/index.tsv")
    let rows = String(decoding: index.bytes, as: UTF8.self).split(separator: "\n").dropFirst()
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    var collections = 0
    var calls = 0
    var refused = 0
    for row in rows where row[1] == "collection" {
      let file = try SharedData.file("corpus/collections/" + row[0])
      let text = SourceFile(name: file.name, bytes: Inputs.utf8(file.bytes))
      do {
        let result = try CollectionReader.read(
          Inputs.read(text), composing: .test(files: .anything))
        for item in result.suite.items {
          let composition = try? result.composer.compose(
            item, draft: result.composer.draft(of: item), scopes: Scopes())
          if composition == nil { refused += 1 }
          calls += 1
        }
        _ = CollectionChecker.check(result, scopes: Scopes(), columns: [])
        collections += 1
        #expect(row[3] != "invalid-json", "\(row[0])")
      } catch {
        // What is none gets a diagnostic with a line.
        #expect(["invalid-json", "2.?"].contains(row[3]), "\(row[0]): \(error.message)")
        #expect(error.place != nil, "\(row[0])")
      }
    }
    print(
      "corpus: \(collections) collections read, \(calls) calls composed, \(refused) of them refused"
    )
    #expect(collections >= 250)
    #expect(refused * 50 < calls)
  }
}
