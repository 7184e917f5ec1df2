import AssayModel
import AssayScript
import AssaySystem
import AssayTestKit
import Testing

/// The libraries that are our own, beside the real ones where Debian has them, and against the public
/// suite of JSON Schema.
@Suite struct LibraryTests {
  private static let chai = "/usr/share/javascript/chai/chai.js"
  private static let ajv = "/usr/share/nodejs/ajv/package.json"

  /// More than ten thousand expressions that hold or fail, with and without `not`.
  @Test(.enabled(if: Files.kind(of: chai) == .regular, "Debian's libjs-chai is not installed"))
  func `every word of chai holds where the real one does, and fails with its sentence`()
    async throws
  {
    let cases = try #require(Golden.text("Conformance/chai.js"))
    let outcome = await Self.run(
      cases + """

        const real = chaiResults(require('chai/chai.js')), ours = chaiResults(require('chai'));
        pm.environment.set('count', ours.length);
        pm.environment.set('differ', ours.filter((each, index) => each !== real[index] && !real[index].includes('sourceURL')).slice(0, 20));
        """)
    // Errors of this engine have a member that the real one shows, and that others do not have.
    #expect(outcome.fault == nil)
    #expect(Self.value("differ", outcome) == .array([]))
    #expect(Self.value("count", outcome) == .number("10659"))
  }

  @Test(
    .enabled(if: SharedData.isPresent, "the shared test data is not beside the repository"),
    arguments: ["draft4", "draft6", "draft7"])
  func `our ajv passes the suite of JSON Schema`(_ draft: String) async throws {
    var count = 0
    var wrong: [String] = []
    for (file, text) in try Self.suite(draft) {
      let outcome = await Self.run(Self.judging(text), shelf: ModuleShelf(roots: []))
      #expect(outcome.fault == nil, "\(file)")
      guard case .array(let results)? = Self.value("results", outcome) else { continue }
      for result in results {
        count += 1
        if let why = result["wrong"]?.text { wrong.append("\(file): \(why)") }
      }
    }
    #expect(count > 450)
    // ajv 6 knows the meta-schema of draft 7 alone, and refuses the others; so do we.
    #expect(
      wrong.filter { !$0.contains("throws can't resolve reference http://json-schema.org/") } == [])
  }

  @Test(
    .enabled(
      if: SharedData.isPresent && Files.kind(of: ajv) == .regular,
      "the shared test data is not beside the repository, or Debian's node-ajv is not installed"))
  func `our ajv tells errors as the real one does`() async throws {
    var differ: [String] = []
    for (file, text) in try Self.suite("draft7") {
      let script = Self.judging(text)
      let real = Self.value("results", await Self.run(script))
      let ours = Self.value("results", await Self.run(script, shelf: ModuleShelf(roots: [])))
      guard case .array(let one)? = real, case .array(let other)? = ours else {
        differ.append("\(file): no results")
        continue
      }
      for (real, ours) in zip(one, other)
      where real["errors"] != ours["errors"] && real["wrong"] == .null {
        // Where the real one is wrong itself, or refuses, there is nothing to learn; and it takes
        // members for there that every object inherits.
        if real["name"]?.text?.contains("Javascript object property names") == true { continue }
        differ.append(
          "\(file): \(real["name"]?.text ?? "")\n  \(real["errors"]?.text ?? "")\n  \(ours["errors"]?.text ?? "")"
        )
      }
    }
    #expect(differ.count == 0, "\(differ.prefix(20).joined(separator: "\n"))")
  }

  @Test func `tv4 judges, and says what is wrong in its own words`() async {
    let outcome = await Self.run(
      #"""
      const schema = { type: 'object', required: ['a', 'b'], additionalProperties: false, properties: {
        a: { type: 'integer', minimum: 5 }, b: { enum: ['x'] }, c: { items: { $ref: '#/definitions/d' } } },
        definitions: { d: { type: 'string', maxLength: 2 } } };
      const told = data => tv4.validateMultiple(data, schema).errors.map(each => each.code + ' ' + each.dataPath + ' ' + each.message);
      pm.environment.set('told', [tv4.validate({ a: 5, b: 'x', c: ['yz'] }, schema), tv4.error === null,
        tv4.validate({ a: '5', b: 'x' }, schema), tv4.error.message, tv4.error.dataPath,
        ...told({ a: 4, b: 'y', c: ['abc'], z: 1 }), ...told({}), tv4.validate({}, { $ref: 'http://elsewhere/s' }), ...tv4.missing]);
      """#)
    #expect(outcome.fault == nil)
    guard case .array(let told)? = Self.value("told", outcome) else {
      Issue.record("nothing was told")
      return
    }
    let words = Set(told.map(\.substitution))
    #expect(
      words == [
        "true", "false", "Invalid type: string (expected integer)", "/a",
        "101 /a Value 4 is less than minimum 5", "1 /b No enum match for: \"y\"",
        "201 /c/0 String is too long (3 chars), maximum 2",
        "303 /z Additional properties not allowed", "302  Missing required property: a",
        "302  Missing required property: b", "http://elsewhere/s",
      ])
  }

  @Test func `a body that breaks a schema is told with each error`() async {
    let outcome = await Self.run(
      """
      pm.test('s', () => pm.response.to.have.jsonSchema({ type: 'object', required: ['id'], properties: { a: { type: 'string' } } }));
      pm.test('t', () => pm.expect({ id: 1 }).to.have.jsonSchema({ required: ['id'] }));
      """)
    guard case .failed(let message, _, _)? = outcome.assertions.first?.outcome else {
      Issue.record("nothing was told")
      return
    }
    #expect(
      message
        == "AssertionError: expected data to satisfy schema but found following errors: \ndata should have required property 'id', data.a should be string"
    )
    #expect(outcome.assertions.count == 2)
  }

  // MARK: Ground

  private static func suite(_ draft: String) throws -> [(String, String)] {
    let folder = "conformance/json-schema-test-suite/tests/\(draft)"
    return try SharedData.entries(folder).filter { $0.hasSuffix(".json") && $0 != "refRemote.json" }
      .map { ($0, String(decoding: try SharedData.file("\(folder)/\($0)").bytes, as: UTF8.self)) }
  }

  /// A script that judges every case of a file of the suite, and keeps what it found.
  private static func judging(_ cases: String) -> String {
    // As text, since a member `__proto__` of a literal is something else.
    let quoted =
      "String.raw`" + cases.replacing("`", with: "\\u0060").replacing("${", with: "$\\u007b") + "`"
    return """
      const Ajv = require('ajv');
      const results = [];
      for (const group of JSON.parse(\(quoted))) for (const each of group.tests) {
        const name = group.description + ' / ' + each.description;
        const ajv = new Ajv({ allErrors: true, unknownFormats: 'ignore', validateSchema: false, logger: false });
        let found;
        try { found = ajv.validate(group.schema, each.data); } catch (error) { found = 'throws ' + error.message; }
        results.push({ name, wrong: found === each.valid ? null : name + ': ' + found, errors: JSON.stringify(ajv.errors) });
      }
      pm.environment.set('results', results);
      """
  }

  private static func run(
    _ source: String, shelf: ModuleShelf = ModuleShelf()
  ) async -> ScriptOutcome {
    // Other tests may need both cores meanwhile, and what is asked here is not how long it takes.
    var limits = ScriptWorker.Limits()
    limits.time = .seconds(120)
    let worker = ScriptWorker(program: Program.worker, limits: limits, shelf: shelf)
    let step = Step(
      number: 0, item: .named("I"), suiteName: "S", iteration: 0, iterationCount: 1)
    let request = Request(method: "GET", url: "http://h/a", headers: [], body: nil)
    let setting = ScriptSetting(
      step: step, draft: .object([]), scopes: Scopes(),
      exchange: Exchange(request: request, outcome: .response(.json(#"{"a": 1}"#))))
    return await worker.run(
      Script(phase: .test, owner: "T", source: source, lines: []), in: setting,
      with: ScriptServices(send: { _ in .failure(Diagnostic(.error, "t", "nowhere")) }))
  }

  private static func value(_ name: String, _ outcome: ScriptOutcome) -> Value? {
    outcome.changes.last { $0.name == name }?.value
  }
}
