import AssayModel
import AssayTestKit
import AssayText
import Testing

/// The parsing cases of the JSON test suite: `y_` has to be read, `n_` refused, `i_` is ours to say.
@Suite(.enabled(if: SharedData.isPresent, "the shared test data is not beside the repository"))
struct JSONConformanceTests {
  private static let folder = "conformance-formats/json-test-suite/test_parsing"

  /// What Assay does with the cases that the standard leaves open.
  private static let accepted: Set<String> = [
    // Numbers are kept as written, however large or small.
    "i_number_double_huge_neg_exp.json", "i_number_huge_exp.json", "i_number_neg_int_huge_exp.json",
    "i_number_pos_double_huge_exp.json", "i_number_real_neg_overflow.json",
    "i_number_real_pos_overflow.json", "i_number_real_underflow.json",
    "i_number_too_big_neg_int.json", "i_number_too_big_pos_int.json",
    "i_number_very_big_negative_int.json",
    // Half a surrogate pair is kept and seen.
    "i_object_key_lone_2nd_surrogate.json", "i_string_1st_surrogate_but_2nd_missing.json",
    "i_string_1st_valid_surrogate_2nd_invalid.json",
    "i_string_incomplete_surrogate_and_escape_valid.json",
    "i_string_incomplete_surrogate_pair.json", "i_string_incomplete_surrogates_escape_valid.json",
    "i_string_invalid_lonely_surrogate.json", "i_string_invalid_surrogate.json",
    "i_string_inverted_surrogates_U+1D11E.json", "i_string_lone_second_surrogate.json",
    // Five hundred levels are within the limit, and a byte order mark is passed over.
    "i_structure_500_nested_arrays.json", "i_structure_UTF-8_BOM_empty_object.json",
  ]

  @Test func `reads what has to be read, and refuses what has to be refused`() throws {
    var counts = (right: 0, total: 0, open: 0)
    for name in SharedData.entries(Self.folder) {
      let file = try SharedData.file("\(Self.folder)/\(name)")
      let isRead = (try? JSONReader.read(file)) != nil
      switch name.prefix(2) {
      case "y_", "n_":
        counts.total += 1
        counts.right += isRead == name.hasPrefix("y_") ? 1 : 0
        #expect(isRead == name.hasPrefix("y_"), "\(name)")
      default:
        counts.open += 1
        #expect(isRead == Self.accepted.contains(name), "\(name)")
      }
    }
    print(
      "JSON test suite: \(counts.right) of \(counts.total) right, \(counts.open) open as listed")
    #expect(counts.total > 280)
  }

  @Test func `what is read is written back to the same tree`() throws {
    for name in SharedData.entries(Self.folder) {
      let file = try SharedData.file("\(Self.folder)/\(name)")
      guard let document = try? JSONReader.read(file) else { continue }
      var writer = JSONWriter()
      writer.node(document.root)
      let again = try JSONReader.read(SourceFile(name: name, bytes: writer.bytes))
      #expect(again.root.value == document.root.value, "\(name)")
      var values = JSONWriter(indent: 2)
      values.value(document.root.value)
      #expect((try? JSONReader.read(SourceFile(name: name, bytes: values.bytes))) != nil, "\(name)")
    }
  }
}
