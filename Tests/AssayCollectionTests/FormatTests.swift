import AssayCollection
import AssayModel
import AssayTestKit
import AssayText
import Testing

@Suite struct LegacyFormatTests {
  @Test func `the first format is put in order by its ids, folders first`() throws {
    let result = try read(
      #"""
      {"name": "Old", "order": ["r3", "r1", "gone"], "folders_order": ["f1"],
       "variables": [{"key": "v", "value": "1"}],
       "folders": [{"id": "f1", "name": "F", "order": ["r2"], "folders_order": ["f2"]},
                   {"id": "f2", "name": "G", "order": ["r4"]}],
       "requests": [
         {"id": "r1", "name": "One", "url": "http://h/:id?x=1", "pathVariables": {"id": "7"},
          "headers": "A: 1\n// B: 2\nC: 3", "preRequestScript": "before()", "tests": "after()"},
         {"id": "r2", "name": "Two", "url": "h", "method": "POST", "dataMode": "raw",
          "rawModeData": "body", "currentHelper": "basicAuth",
          "helperAttributes": {"username": "u", "password": "p"}},
         {"id": "r3", "name": "Three", "url": "h", "method": "POST", "dataMode": "urlencoded",
          "data": [{"key": "a", "value": "1"}, {"key": "b", "value": "2", "enabled": false}]},
         {"id": "r4", "name": "Four", "url": "h"},
         {"id": "r5", "name": "Five", "url": "h"}]}
      """#)
    #expect(
      result.suite.items.map(\.path) == ["F / G / Four", "F / Two", "Three", "One", "Five"])
    #expect(result.suite.variables.map(\.name) == ["v"])
    #expect(result.notes.map(\.code) == ["collection.unknown-id"])
    let one = try compose(result, 3)
    #expect(one.request.url == "http://h/7?x=1")
    #expect(one.request.headers.prefix(2).map(\.name) == ["A", "C"])
    #expect(result.suite.items[3].preRequestScripts.map(\.source) == ["before()"])
    #expect(result.suite.items[3].testScripts.map(\.source) == ["after()"])
    #expect(try compose(result, 1).request.headers.first("Authorization") == "Basic dTpw")
    #expect(try compose(result, 1).request.body == Array("body".utf8))
    #expect(try compose(result, 2).request.body == Array("a=1".utf8))
  }

  @Test func `folders that name one another without end are bounded, and lose no request`() throws {
    let count = 20_000
    let folders = (0..<count).map { number in
      let parent = number == 0 ? "" : #", "folder": "f\#(number - 1)""#
      return #"{"id": "f\#(number)", "name": "f", "order": ["r\#(number)"]\#(parent)}"#
    }
    let requests = (0..<count).map { #"{"id": "r\#($0)", "url": "h"}"# }
    let result = try read(
      #"{"name": "Deep", "order": [], "folders": [\#(folders.joined(separator: ","))], "requests": [\#(requests.joined(separator: ","))]}"#
    )
    #expect(result.suite.items.count == count)
    #expect(result.notes.map(\.code) == ["collection.folders-too-deep"])
  }

  /// Postman's own pairs: the same collection in the first format and in a later one has to make the
  /// same calls. Those of 2.1 are left out: they write `headers`, which is no field of that format.
  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
  func `a collection makes the same calls in every format`() throws {
    let folder = "conformance-formats/postman-conversion-examples"
    let names = [
      "box", "github", "hackernews", "helpers", "httpbin", "multi-level-folders", "no-body",
      "proper-url-parsing", "rawjsonbody", "urlencoded-post-data",
    ]
    var count = 0
    for name in names {
      let old = try calls("\(folder)/v1.0.0/\(name).json")
      let new = try calls("\(folder)/v2.0.0/\(name).json")
      let differing = zip(old, new).filter { $0 != $1 }.map { "\n  \($0)\n  \($1)" }
      #expect(old.count == new.count && differing.isEmpty, "\(name) \(differing)")
      count += old.count
    }
    print("formats: \(count) calls are the same in the first format and in a later one")
    #expect(count > 80)
  }

  private func calls(_ path: String) throws -> [String] {
    let document = try JSONReader.read(SharedData.file(path))
    let result = try CollectionReader.read(document, composing: .test(files: .anything))
    return result.suite.items.map { item in
      do {
        let call = try result.composer.compose(
          item, draft: result.composer.draft(of: item), scopes: Scopes()
        ).request
        // A boundary is made anew for each form.
        let body = String(decoding: call.body ?? [], as: UTF8.self)
        let isForm = body.hasPrefix("--")
        let fields = call.headers.filter { !(isForm && $0.name.hasPrefix("Content-")) }
        return "\(item.path): \(call.method) \(call.url) \(fields) \(isForm ? "" : body)"
      } catch {
        return "\(item.path): \(error)"
      }
    }.sorted()
  }

  private func read(_ text: String) throws -> CollectionReader.Result {
    try CollectionReader.read(
      JSONReader.read(SourceFile(name: "c.json", text: text)), composing: .test())
  }

  private func compose(_ result: CollectionReader.Result, _ index: Int) throws -> Composition {
    let item = result.suite.items[index]
    return try result.composer.compose(
      item, draft: result.composer.draft(of: item), scopes: Scopes())
  }
}

@Suite struct FolderFormatTests {
  private static let files = [
    "c/.resources/definition.yaml": """
    $kind: collection
    name: Shop
    variables:
      - {key: host, value: api.example}
      - {key: off, value: x, disabled: true}
    auth: {type: bearer, credentials: {token: tok1}}
    scripts:
      - {type: "http:beforeRequest", code: outer(), language: text/javascript}
    """,
    "c/B.request.yaml": """
    $kind: http-request
    order: 2000
    method: post
    url: http://{{host}}/b?old=1
    queryParams:
      - {key: a b, value: "1"}
      - {key: c, value: "2", disabled: true}
    headers: {X-One: "1"}
    body: {type: json, content: '{"x": 1}'}
    auth: {type: noauth}
    scripts:
      - type: afterResponse
        code: ["one()", "two()"]
    settings: {followRedirects: false}
    """,
    "c/.resources/B.resources/examples/ok.example.yaml": """
    $kind: http-example
    response:
      statusCode: 201
      statusText: Created
      headers: [{key: Content-Type, value: application/json}]
      body: {type: json, content: '{"id": 1}'}
    """,
    "c/A.request.yaml":
      "$kind: http-request\nname: First\norder: 1000\nurl: http://{{host}}/:id\npathVariables: {id: '7'}",
    "c/live.request.yaml": "$kind: websocket-request\nurl: ws://h",
    "c/folder/x.request.yaml": "url: http://{{host}}/x",
    "c/notes.md": "nothing",
  ]

  @Test func `a folder of files is a collection`() throws {
    let folder = CollectionFolder(
      path: "c",
      list: { path throws(Diagnostic) in
        let inside = Self.files.keys.filter { $0.hasPrefix(path + "/") }
          .map { $0.dropFirst(path.count + 1).split(separator: "/") }
        let names = Set(inside.map { String($0[0]) }).sorted()
        return names.map { name in
          CollectionFolder.Entry(
            name: name, isFolder: inside.contains { $0.count > 1 && $0[0] == name })
        }
      },
      load: { path throws(Diagnostic) in
        SourceFile(name: path, text: Self.files[path] ?? "")
      })
    let result = try CollectionReader.read(folder: folder, composing: .test())
    #expect(result.suite.name == "Shop")
    #expect(result.suite.variables.map(\.name) == ["host"])
    #expect(result.suite.items.map(\.path) == ["First", "B", "folder / x"])
    #expect(result.notes.map(\.code) == ["collection.skipped-kind"])
    var scopes = Scopes()
    scopes.replace(.collection, with: result.suite.variables)
    func compose(_ index: Int) throws -> Composition {
      let item = result.suite.items[index]
      return try result.composer.compose(
        item, draft: result.composer.draft(of: item), scopes: scopes)
    }
    #expect(try compose(0).request.url == "http://api.example/7")
    #expect(try compose(0).request.headers.first("Authorization") == "Bearer tok1")
    let second = try compose(1)
    #expect(second.request.method == "POST")
    #expect(second.request.url == "http://api.example/b?a%20b=1")
    #expect(second.request.headers.first("X-One") == "1")
    #expect(second.request.headers.first("Content-Type") == "application/json")
    #expect(second.request.headers.has("Authorization") == false)
    #expect(second.rules.redirectCount == 0)
    let item = result.suite.items[1]
    #expect(item.preRequestScripts.map(\.source) == ["outer()"])
    #expect(item.testScripts.map(\.source) == ["one()\ntwo()"])
    #expect(item.examples.map(\.response.status) == [201])
    #expect(item.nameSpan.place.line == 4)
  }

  @Test func `the same shapes come in one document`() throws {
    let text = """
      $schema: https://schema.postman.com/collection/v3.0.0/
      type: collection
      name: One
      items:
        - type: folder
          name: F
          items: [{type: http, name: b, order: 2, url: http://h/b}, {type: http, name: a, order: 1, url: http://h/a}]
        - {type: grpc, name: g}
      """
    let document = try YAMLReader.read(SourceFile(name: "c.yaml", text: text))
    let result = try CollectionReader.read(document, composing: .test())
    #expect(result.suite.items.map(\.path) == ["F / a", "F / b"])
    #expect(result.notes.map(\.code) == ["collection.skipped-kind"])
  }
}

@Suite struct SecretsTests {
  @Test func `secrets are a map, and go by names of their own`() throws {
    let document = try YAMLReader.read(SourceFile(name: "s", text: "KEY: abc\nN: 5\n"))
    let secrets = try EnvironmentReader.secrets(document)
    #expect(secrets.map(\.name) == ["vault:KEY", "vault:N"])
    #expect(secrets.map(\.substitution) == ["abc", "5"])
    #expect(secrets.map(\.isSecret) == [true, true])
    #expect(throws: Diagnostic.self) {
      try EnvironmentReader.secrets(YAMLReader.read(SourceFile(name: "s", text: "A: {b: 1}")))
    }
  }

  @Test func `values are typed as their file says, and keep their text`() throws {
    let text = #"""
      {"values": [{"key": "n", "value": "007", "type": "number"},
        {"key": "b", "value": "false", "type": "boolean"},
        {"key": "a", "value": "[1, 2]", "type": "array"},
        {"key": "x", "value": "{bad", "type": "object"}]}
      """#
    let (_, variables) = try EnvironmentReader.read(
      JSONReader.read(SourceFile(name: "e", text: text)))
    #expect(
      variables.map(\.value) == [
        .number("7"), .bool(false), .array([.number("1"), .number("2")]), .string("{bad"),
      ])
    #expect(variables.map(\.substitution) == ["007", "false", "[1, 2]", "{bad"])
  }
}

@Suite struct DynamicVariableTests {
  /// The names that Postman documents.
  private static let names = """
    guid timestamp isoTimestamp randomUUID randomInt randomBoolean randomAlphaNumeric randomWord \
    randomWords randomColor randomHexColor randomAbbreviation randomLocale randomSemver \
    randomPassword randomIP randomIPV6 randomMACAddress randomUserAgent randomProtocol randomUrl \
    randomDomainName randomDomainSuffix randomDomainWord randomEmail randomExampleEmail \
    randomUserName randomFirstName randomLastName randomFullName randomNamePrefix randomNameSuffix \
    randomJobArea randomJobDescriptor randomJobTitle randomJobType randomPhoneNumber \
    randomPhoneNumberExt randomCity randomStreetName randomStreetAddress randomCountry \
    randomCountryCode randomLatitude randomLongitude randomAvatarImage randomImageUrl \
    randomAbstractImage randomAnimalsImage randomBusinessImage randomCatsImage randomCityImage \
    randomFoodImage randomNightlifeImage randomFashionImage randomPeopleImage randomNatureImage \
    randomSportsImage randomTransportImage randomImageDataUri randomBankAccount \
    randomBankAccountName randomBankAccountBic randomBankAccountIban randomBitcoin \
    randomCreditCardMask randomCurrencyCode randomCurrencyName randomCurrencySymbol randomPrice \
    randomTransactionType randomCompanyName randomCompanySuffix randomBs randomBsAdjective \
    randomBsBuzz randomBsNoun randomCatchPhrase randomCatchPhraseAdjective \
    randomCatchPhraseDescriptor randomCatchPhraseNoun randomDepartment randomProduct \
    randomProductName randomProductAdjective randomProductMaterial randomDatabaseColumn \
    randomDatabaseType randomDatabaseCollation randomDatabaseEngine randomDateFuture \
    randomDatePast randomDateRecent randomMonth randomWeekday randomFileName randomFileType \
    randomFileExt randomFilePath randomDirectoryPath randomCommonFileName randomCommonFileType \
    randomCommonFileExt randomMimeType randomNoun randomVerb randomIngverb randomAdjective \
    randomPhrase randomLoremWord randomLoremWords randomLoremSentence randomLoremSentences \
    randomLoremSlug randomLoremText randomLoremParagraph randomLoremParagraphs randomLoremLines
    """.split(separator: " ").map(String.init)

  @Test func `every documented name has a value, and one seed gives one sequence`() throws {
    #expect(Set(Self.names).count == 118)
    let one = try composer(seed: 7)
    let same = try composer(seed: 7)
    let other = try composer(seed: 8)
    var differing = 0
    for name in Self.names {
      let value = one.dynamicValue(name)
      #expect(value?.isEmpty == false, "\(name)")
      #expect(same.dynamicValue(name) == value, "\(name)")
      if other.dynamicValue(name) != value { differing += 1 }
    }
    #expect(differing > 90)
    #expect(one.dynamicValue("randomNothing") == nil)
  }

  @Test func `values have the shapes that people rely on`() throws {
    let composer = try composer(seed: 3)
    for _ in 0..<50 {
      try check(
        composer, "guid", #"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"#)
      try check(composer, "randomInt", #"^(1000|[0-9]{1,3})$"#)
      try check(composer, "randomHexColor", "^#[0-9a-f]{6}$")
      try check(composer, "randomPassword", "^[0-9a-z]{15}$")
      try check(composer, "randomIPV6", "^([0-9a-f]{4}:){7}[0-9a-f]{4}$")
      try check(composer, "randomMACAddress", "^([0-9a-f]{2}:){5}[0-9a-f]{2}$")
      try check(composer, "randomPhoneNumber", #"^\d{3}-\d{3}-\d{4}$"#)
      try check(composer, "randomPrice", #"^\d{1,3}\.\d{2}$"#)
      try check(composer, "randomLatitude", #"^-?\d{1,2}\.\d{4}$"#)
      try check(composer, "randomEmail", "^[^@]+@[a-z]+[.]com$")
      try check(composer, "randomBankAccountIban", #"^[A-Z]{2}\d{20}$"#)
      try check(
        composer, "randomDatePast",
        #"^(Sun|Mon|Tue|Wed|Thu|Fri|Sat) [A-Z][a-z]{2} \d{2} \d{4} \d{2}:\d{2}:\d{2} GMT"#)
    }
    #expect(composer.dynamicValue("timestamp") == "1795000000")
    #expect(composer.dynamicValue("isoTimestamp") == "2026-11-18T11:06:40.000Z")
  }

  private func check(_ composer: any Composer, _ name: String, _ pattern: String) throws {
    let value = try #require(composer.dynamicValue(name))
    #expect(try Pattern(pattern).search(value) == .matched, "\(name): \(value)")
  }

  private func composer(seed: UInt64) throws -> any Composer {
    let document = try JSONReader.read(SourceFile(name: "c", text: #"{"info": {}, "item": []}"#))
    return try CollectionReader.read(document, composing: .test(seed: seed)).composer
  }
}
