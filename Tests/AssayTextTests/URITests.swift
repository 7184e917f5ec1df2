import AssayModel
import AssayTestKit
import AssayText
import Testing

@Suite struct URITests {
  /// The examples of RFC 3986, section 5.4.
  @Test(arguments: [
    ("g:h", "g:h"), ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"),
    ("/g", "http://a/g"), ("//g", "http://g"), ("?y", "http://a/b/c/d;p?y"),
    ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q#s"), ("g#s", "http://a/b/c/g#s"),
    ("g?y#s", "http://a/b/c/g?y#s"), (";x", "http://a/b/c/;x"), ("g;x", "http://a/b/c/g;x"),
    ("g;x?y#s", "http://a/b/c/g;x?y#s"), ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"),
    ("./", "http://a/b/c/"), ("..", "http://a/b/"), ("../", "http://a/b/"),
    ("../g", "http://a/b/g"),
    ("../..", "http://a/"), ("../../", "http://a/"), ("../../g", "http://a/g"),
    ("../../../g", "http://a/g"), ("../../../../g", "http://a/g"), ("/./g", "http://a/g"),
    ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."), (".g", "http://a/b/c/.g"),
    ("g..", "http://a/b/c/g.."), ("..g", "http://a/b/c/..g"), ("./../g", "http://a/b/g"),
    ("./g/.", "http://a/b/c/g/"), ("g/./h", "http://a/b/c/g/h"), ("g/../h", "http://a/b/c/h"),
    ("g;x=1/./y", "http://a/b/c/g;x=1/y"), ("g;x=1/../y", "http://a/b/c/y"),
    ("g?y/./x", "http://a/b/c/g?y/./x"), ("g?y/../x", "http://a/b/c/g?y/../x"),
    ("g#s/./x", "http://a/b/c/g#s/./x"), ("g#s/../x", "http://a/b/c/g#s/../x"),
    ("http:g", "http:g"),
  ])
  func `a reference resolves as the standard's examples say`(_ text: String, _ target: String)
    throws
  {
    let base = try #require(URI("http://a/b/c/d;p?q"))
    #expect(base.resolving(try #require(URI(text))).description == target)
  }

  @Test(
    .enabled(if: SharedData.isPresent, "the shared test data is not beside the repository"),
    arguments: ["uri", "uri-reference"])
  func `the URI cases of the JSON Schema suite pass`(_ format: String) throws {
    let path = "conformance-formats/rfc3986-uri/draft2020-12/optional/format/\(format).json"
    var count = 0
    for group in try JSONReader.read(SharedData.file(path)).root.elements {
      for test in group["tests"]?.elements ?? group.elements {
        guard let text = test["data"]?.string, let isValid = test["valid"]?.bool else { continue }
        count += 1
        let uri = URI(text)
        let isFormat = format == "uri" ? uri?.isAbsolute == true : uri != nil
        #expect(isFormat == isValid, "\(text)")
        if let uri { #expect(uri.description == text) }
      }
    }
    print("RFC 3986, \(format): \(count) cases")
    #expect(count > 10)
  }

  @Test func `hosts and ports are found`() {
    #expect(URI("http://u:p@Example.COM:8080/x")?.host == "example.com")
    #expect(URI("http://u:p@Example.COM:8080/x")?.port == 8080)
    #expect(URI("http://[::1]:80/")?.host == "[::1]")
    #expect(URI("http://[::1]/")?.port == nil)
    #expect(URI("/x")?.host == nil)
  }
}
