import AssayModel
import AssayTestKit
import AssayText
import Testing

@Suite struct PatternTests {
  @Test(
    .enabled(if: SharedData.isPresent, "the shared test data is not beside the repository"),
    arguments: ["draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"])
  func `the ECMAScript cases of the JSON Schema suite pass`(_ draft: String) throws {
    let folder = "conformance/json-schema-test-suite/tests/\(draft)/optional"
    // Not every draft of the suite has these cases.
    guard SharedData.entries(folder).contains("ecmascript-regex.json") else { return }
    var counts = (right: 0, total: 0)
    let groups = try JSONReader.read(SharedData.file("\(folder)/ecmascript-regex.json"))
    for group in groups.root.elements {
      guard let source = group["schema"]?["pattern"]?.string else { continue }
      for test in group["tests"]?.elements ?? groups.root.elements {
        guard let text = test["data"]?.string, let isValid = test["valid"]?.bool else { continue }
        counts.total += 1
        let outcome = (try? Pattern(source))?.search(text)
        let isRight = outcome == (isValid ? .matched : .unmatched)
        counts.right += isRight ? 1 : 0
        #expect(isRight, "\(source) on \(text): \(String(describing: outcome))")
      }
    }
    print("ECMAScript patterns, \(draft): \(counts.right) of \(counts.total) right")
  }

  @Test(
    .enabled(if: SharedData.isPresent, "the shared test data is not beside the repository"))
  func `the format cases tell patterns from what is none`() throws {
    let path = "conformance/json-schema-test-suite/tests/draft2020-12/optional/format/"
    for group in try JSONReader.read(SharedData.file(path + "ecmascript-regex.json")).root.elements
    {
      for test in group["tests"]?.elements ?? group.elements {
        guard let source = test["data"]?.string, let isValid = test["valid"]?.bool else { continue }
        var isPattern = true
        do { _ = try Pattern(source) } catch {
          if case .invalid = error { isPattern = false }
        }
        #expect(isPattern == isValid, "\(source)")
      }
    }
  }

  @Test(arguments: [
    #"^(a+)+$"#, #"^(a|aa)+$"#, #"^([a-zA-Z]+)*$"#, #"(x+x+)+y"#, #"^(([a-z])+.)+[A-Z]([a-z])+$"#,
  ])
  func `a pattern that would never end is stopped`(_ source: String) throws {
    let text = String(repeating: source.contains("x") ? "x" : "a", count: 40_000) + "!"
    #expect(try Pattern(source).search(text) != .matched)
  }

  @Test(arguments: [
    (#"^\w+$"#, "é", false), (#"^\s$"#, "\u{FEFF}", true), (#"^.$"#, "\u{2028}", false),
    (#"^.$"#, "😀", true), (#"a$"#, "a\n", false), (#"^a|b$"#, "xb", true), (#"[^]"#, "\n", true),
    (#"[]"#, "a", false), (#"^\cA$"#, "\u{1}", true), (#"^\u{1F600}$"#, "😀", true),
    (#"^\ud83d\ude00$"#, "😀", true), (#"^\p{Letter}+$"#, "Ωж", true),
    (#"^\p{Script=Greek}$"#, "ω", true), (#"^(?<y>\d{4})-\k<y>$"#, "2020-2020", true),
    (#"(?<!a)b"#, "ab", false), (#"^[\w-]+$"#, "a-b", true), (#"^\/$"#, "/", true),
    (#"^#x y$"#, "#x y", true),
  ])
  func `the dialect is ECMAScript's`(_ source: String, _ text: String, _ isMatch: Bool) throws {
    #expect(try Pattern(source).search(text) == (isMatch ? .matched : .unmatched))
  }

  @Test(arguments: [
    #"\a"#, #"(?i)a"#, #"(?P<n>a)"#, #"(?#c)"#, #"a{2,1}"#, #"\k<n>"#, #"*a"#, #"(a"#, #"a)"#,
    #"[b-a]"#, #"\p{Nothing}"#, #"\-"#, #"a**"#, #"\2(a)"#, #"{1}"#, #"[\d-z]"#,
  ])
  func `what ECMAScript refuses is refused`(_ source: String) {
    #expect(throws: Pattern.Refusal.self) { try Pattern(source) }
  }
}
