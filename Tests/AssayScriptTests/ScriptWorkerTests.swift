import AssayModel
import AssayScript
import AssaySystem
import AssayTestKit
import Testing

/// Real scripts in the real worker.
@Suite struct ScriptWorkerTests {
  @Test func `tests pass, fail, wait, skip, and never get lost`() async {
    let outcome = await run(
      """
      pm.test('sync', () => pm.expect(1).to.equal(1));
      pm.test('fails', () => {
        pm.expect(1).to.equal(2);
      });
      pm.test('waits', async () => { await new Promise(go => setTimeout(go, 5)); throw new Error('late'); });
      pm.test('done', done => setTimeout(done, 1));
      pm.test('never', done => {});
      pm.test.skip('skipped');
      tests['legacy'] = responseCode.code === 200;
      tests['legacy red'] = responseBody === 'x';
      """)
    #expect(
      outcome.assertions.map(Self.text) == [
        "passed sync", "failed fails: AssertionError: expected 1 to equal 2 @3",
        "failed waits: Error: late @5", "passed done",
        "failed never: Error: the test never ended: `done` was not called @-", "skipped skipped",
        "passed legacy", "failed legacy red: AssertionError: expected false to be truthy @-",
      ])
    #expect(outcome.fault == nil)
  }

  @Test func `faults have their line, and rejections are heard`() async {
    func check(_ source: String, _ kind: ScriptFault.Kind, _ message: String, line: Int?) async {
      let fault = await run(source).fault
      #expect(fault?.kind == kind)
      #expect(fault?.message == message)
      #expect(fault?.line == line, "\(source)")
    }
    await check(
      "\n\nmissing()", .exception, "ReferenceError: missing is not defined", line: 3)
    await check("throw 'text'", .exception, "Error: text", line: nil)
    await check("throw null", .exception, "Error: null", line: nil)
    await check("let a = 1;\nlet b = ;", .syntax, "SyntaxError: Unexpected token ';'", line: 2)
    await check("Promise.reject(new Error('unheard'))", .exception, "Error: unheard", line: 1)
    await check(
      "setTimeout(() => { throw new Error('later') }, 1)", .exception, "Error: later", line: 1)
  }

  @Test func `a lane's globals persist, and pm is made anew`() async {
    let worker = ScriptWorker(program: Program.worker)
    _ = await worker.run(
      Self.script(
        "shared = { n: 1 }; Array.prototype.last = function () { return this[this.length - 1] }; var own = 1"
      ), in: Self.setting(), with: Self.nowhere)
    let outcome = await worker.run(
      Self.script(
        "pm.test('x', () => pm.expect([shared.n, [1, 2].last(), typeof own]).to.eql([1, 2, 'undefined']))"
      ),
      in: Self.setting(), with: Self.nowhere)
    #expect(outcome.assertions.map(Self.text) == ["passed x"])
    await worker.close()
  }

  @Test func `variables are read through the scopes and written into theirs`() async {
    let outcome = await run(
      """
      pm.test('reads', () => {
        pm.expect(pm.variables.get('a')).to.equal('env');
        pm.expect(pm.environment.get('n')).to.equal(5);
        pm.expect(pm.collectionVariables.has('n')).to.be.false;
        pm.expect(pm.variables.replaceIn('{{a}}/{{none}}')).to.equal('env/{{none}}');
        pm.expect(pm.iterationData.get('row')).to.equal('r1');
      });
      pm.environment.set('list', [1, { b: 2 }]);
      pm.globals.set('g', 1.5);
      pm.variables.set('l', null);
      pm.environment.unset('a');
      postman.setEnvironmentVariable('old', 7);
      """)
    #expect(outcome.assertions.map(Self.text) == ["passed reads"])
    let changes = outcome.changes.map {
      "\($0.scope.rawValue) \($0.name) \($0.value.map { "\($0)" } ?? "-")"
    }
    #expect(changes.count == 5)
    #expect(
      outcome.changes[0].value == .array([.number("1"), .object([.init("b", .number("2"))])]))
    #expect(outcome.changes[1].value == .number("1.5"))
    #expect(outcome.changes[3].value == nil)
    #expect(outcome.changes[4].value == .string("7"))
  }

  @Test func `a script sends requests one after another, and waits for them`() async {
    let worker = ScriptWorker(program: Program.worker)
    let source = """
      pm.sendRequest('http://h/one', (error, response) => {
        pm.test('callback', () => { pm.expect(error).to.be.null; pm.expect(response.json().url).to.equal('http://h/one'); });
      });
      pm.sendRequest({ url: 'http://h/two', method: 'post', header: { 'X-A': '1' }, body: { mode: 'raw', raw: 'x' } }, (error, response) => {
        pm.test('nested', () => pm.expect(response.code).to.equal(200));
        pm.sendRequest('http://h/refused', error => pm.test('error', () => pm.expect(error.message).to.include('refused')));
      });
      const answer = await pm.sendRequest('http://h/three');
      pm.test('promise', () => pm.expect(answer.json().method).to.equal('GET'));
      """
    let services = ScriptServices(send: { draft in
      let url = draft["url"]?.text ?? ""
      if url.contains("refused") { return .failure(Diagnostic(.error, "t", "refused")) }
      let request = Request(method: draft["method"]?.text ?? "", url: url, headers: [], body: nil)
      return .success(
        Exchange(
          request: request,
          outcome: .response(.json(#"{"url": "\#(url)", "method": "\#(request.method)"}"#))))
    })
    let outcome = await worker.run(Self.script(source), in: Self.setting(), with: services)
    #expect(outcome.fault == nil)
    #expect(
      outcome.assertions.map(Self.text).sorted() == [
        "passed callback", "passed error", "passed nested", "passed promise",
      ])
    let storm = await worker.run(
      Self.script(
        "for (let i = 0; i < 60; i++) pm.sendRequest('http://h/' + i, e => { if (e) pm.test(e.message, () => {}) })"
      ),
      in: Self.setting(),
      with: ScriptServices(send: { _ in
        let request = Request(method: "GET", url: "http://h/", headers: [], body: nil)
        return .success(Exchange(request: request, outcome: .response(.json("{}"))))
      }))
    #expect(storm.assertions.count == 10)
  }

  @Test func `a script says where its lane goes on`() async {
    #expect(await run("pm.execution.setNextRequest('B')").next == .item("B"))
    #expect(await run("postman.setNextRequest(null)").next == .end)
    #expect(await run("1").next == nil)
  }

  @Test func `a pre-request script changes the request`() async {
    let outcome = await run(
      """
      pm.request.headers.upsert({ key: 'X-Trace', value: 'abc' });
      pm.request.url.query.add({ key: 'page', value: '2' });
      pm.request.method = 'PUT';
      pm.request.body = { mode: 'raw', raw: '{}' };
      """, phase: .preRequest)
    #expect(outcome.draft?["method"] == .string("PUT"))
    #expect(
      outcome.draft?["header"]
        == .array([.object([.init("key", .string("X-Trace")), .init("value", .string("abc"))])]))
    let query = outcome.draft?["url"]?["query"]
    #expect(
      query
        == .array([.object([.init("key", .string("page")), .init("value", .string("2"))])]))
    #expect(outcome.draft?["body"]?["raw"] == .string("{}"))
    let skipping = await run("pm.execution.skipRequest(); throw 1", phase: .preRequest)
    #expect(skipping.skipsRequest)
    #expect(skipping.fault == nil)
  }

  @Test(arguments: [
    "pm.response.to.have.status(200)", "pm.response.to.have.status('OK')", "pm.response.to.be.ok",
    "pm.response.to.be.json", "pm.response.to.have.header('content-type')",
    "pm.response.to.have.jsonBody('a.b[1]', 2)", "pm.response.to.not.be.error",
    "pm.expect(pm.response.responseTime).to.be.below(1000)",
    "pm.expect('abc').to.be.a('string').and.have.length(3)",
    "pm.expect({ a: 1, b: 2 }).to.have.all.keys('a', 'b')",
    "pm.expect([3, 1]).to.have.members([1, 3])",
    "pm.expect([{ a: 1 }]).to.deep.include({ a: 1 })",
    "pm.expect({ a: { b: 1 } }).to.have.nested.property('a.b', 1)",
    "pm.expect(5).to.be.within(1, 9)",
    "pm.expect(() => { throw new TypeError('x y') }).to.throw(TypeError, 'x')",
    "pm.expect(null).to.not.exist", "pm.expect([]).to.be.empty",
    "pm.expect('a').to.be.oneOf(['a', 'b'])",
    "pm.expect([1, 2, 3]).to.include(2).and.not.include(4)",
    "pm.expect(0.1 + 0.2).to.be.closeTo(0.3, 1e-9)",
    "pm.expect({ a: [1, { b: null }] }).to.eql({ a: [1, { b: null }] })",
    "pm.expect('x1').to.match(/^x\\d$/)",
    "pm.expect([1, 2]).to.have.lengthOf.at.least(2)", "pm.expect(atob(btoa('hi'))).to.equal('hi')",
  ])
  func `the vocabulary holds where it should, and fails when negated`(_ line: String) async {
    let outcome = await run("pm.test('t', () => { \(line) })")
    #expect(outcome.assertions.map(Self.text) == ["passed t"], "\(line)")
    guard !line.contains("not"), line.contains(".to.") else { return }
    let negated = line.replacing(".to.", with: ".to.not.", maxReplacements: 1)
    let red = await run("pm.test('t', () => { \(negated) })")
    if case .passed? = red.assertions.first?.outcome { Issue.record("\(negated) passed") }
  }

  @Test func `an endless script is ended, and the next one runs`() async {
    var limits = ScriptWorker.Limits()
    limits.time = .milliseconds(300)
    let worker = ScriptWorker(program: Program.worker, limits: limits)
    for source in [
      "while (true) {}", "(function f() { Promise.resolve().then(f) })()",
      "setInterval(() => {}, 1)", "({ get x() { for (;;) {} } }).x",
    ] {
      let outcome = await worker.run(Self.script(source), in: Self.setting(), with: Self.nowhere)
      #expect(outcome.fault?.kind == .timeout, "\(source)")
    }
    let next = await worker.run(
      Self.script("pm.test('alive', () => {})"), in: Self.setting(), with: Self.nowhere)
    #expect(next.assertions.count == 1)
  }

  @Test func `what a script makes is bounded`() async {
    let tests = await run("for (let i = 0; i < 20000; i++) pm.test('t' + i, () => {})")
    #expect(tests.assertions.count == 10_000)
    #expect(tests.fault?.kind == .memory)
    let console = await run("for (let i = 0; i < 100000; i++) console.log('x'.repeat(100))")
    #expect(console.fault?.kind == .memory)
    #expect(console.console.count < 12_000)
    let names = await run(
      "pm.test('n'.repeat(1e6), () => {}); pm.test({ a: 1 }, () => {}); const c = {}; c.c = c; console.log(c); pm.environment.set('c', c)"
    )
    #expect(names.assertions.first.map { $0.name.utf8.count < 1_100 } == true)
    #expect(names.fault == nil)
  }

  /// What `make` installs, and what is the worker's own.
  @Test func `libraries come off the shelf, and old globals stand for them`() async {
    let outcome = await run(
      #"""
      const eq = (name, found, wanted) => pm.test(name, () => pm.expect(found).to.eql(wanted));
      eq('lodash', require('lodash').chunk([1, 2, 3], 2), [[1, 2], [3]]);
      eq('_', [_.contains([1, 2], 2), _.pluck([{ a: 1 }], 'a'), _.chain([3, 1]).sortBy().first().value()], [true, [1], 1]);
      eq('moment', require('moment')('2020-02-29').add(1, 'year').format('YYYY-MM-DD'), '2021-02-28');
      eq('md5', CryptoJS.MD5('a').toString(), '0cc175b9c0f1b6a831c399e269772661');
      eq('hmac', CryptoJS.HmacSHA256('what do ya want for nothing?', 'Jefe').toString(),
        '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
      eq('aes', CryptoJS.AES.decrypt(CryptoJS.AES.encrypt('hi', 'k').toString(), 'k').toString(CryptoJS.enc.Utf8), 'hi');
      pm.test('uuid', () => pm.expect(require('uuid').v4()).to.match(/^[0-9a-f-]{14}4[0-9a-f-]{21}$/));
      eq('xml2Json', xml2Json('<a x="1"><b>2</b><b>&lt;3</b><c/></a>'), { a: { $: { x: '1' }, b: ['2', '<3'], c: '' } });
      require('xml2js').parseString('<n:a><b>1</b></n:a>', { tagNameProcessors: [require('xml2js').processors.stripPrefix] },
        (error, found) => eq('xml2js', found, { a: { b: ['1'] } }));
      require('xml2js').parseString('<a><b></a>', error => pm.test('not well-formed', () => pm.expect(error).to.be.an('error')));
      eq('csv', require('csv-parse/lib/sync')('a,b\n1,"2,""x"', { columns: true }), [{ a: '1', b: '2,"x' }]);
      eq('Buffer', [Buffer.from('hé').toString('base64'), Buffer.from('aMOp', 'base64').toString(), Buffer.from('ff', 'hex')[0]], ['aMOp', 'hé', 255]);
      eq('url', require('url').parse('http://h:1/p?q=1#f').pathname, '/p');
      eq('sugar', ['abc'.has('b'), [1, 2].average(), (56).ordinalize(), new Date(2020, 0, 31).addMonths(1).getDate()], [true, 1.5, '56th', 29]);
      eq('replaceIn', pm.variables.replaceIn('{{a}} {{$known}} {{$unknown}}'), 'env made {{$unknown}}');
      """#)
    #expect(outcome.fault == nil, "\(outcome.fault?.message ?? "")")
    #expect(outcome.assertions.map(Self.text).filter { !$0.hasPrefix("passed") } == [])
    #expect(outcome.assertions.count == 15)
  }

  @Test func `the world behind the cage is not there`() async {
    let outcome = await run(
      """
      for (const name of ['process', 'fetch', 'XMLHttpRequest', 'WebSocket', 'Deno', 'Bun', '__native', '__expect', 'importScripts']) {
        pm.test(name, () => pm.expect(typeof globalThis[name]).to.equal('undefined'));
      }
      for (const name of ['child_process', 'http', 'net', 'crypto', '/etc/passwd', '../../etc/passwd', 'lodash/../../../../etc/passwd']) {
        pm.test(name, () => pm.expect(() => require(name)).to.throw());
      }
      pm.test('fs', () => pm.expect(Object.keys(require('fs'))).to.eql([]));
      pm.test('os', () => pm.expect(Object.keys(require('os'))).to.eql(['EOL', 'platform']));
      """)
    #expect(outcome.assertions.count == 18)
    #expect(outcome.assertions.map(Self.text).filter { !$0.hasPrefix("passed") } == [])
  }

  @Test func `a worker that is not there is an error and no crash`() async {
    let worker = ScriptWorker(program: "/no/such/worker")
    let outcome = await worker.run(Self.script("1"), in: Self.setting(), with: Self.nowhere)
    #expect(outcome.fault?.kind == .crash)
    await #expect(throws: Diagnostic.self) { try await ScriptWorker.describe(program: "/bin/true") }
  }

  @Test func `the engine tells its version`() async throws {
    let facts = try await ScriptWorker.describe(program: Program.worker)
    #expect(facts.version.split(separator: ".").count == 3)
    #expect(facts.refused == [])
    #expect(facts.hearsRejections)
  }

  // MARK: Ground

  private func run(_ source: String, phase: Script.Phase = .test) async -> ScriptOutcome {
    let worker = ScriptWorker(program: Program.worker)
    return await worker.run(
      Self.script(source, phase: phase), in: Self.setting(), with: Self.nowhere)
  }

  private static let nowhere = ScriptServices(
    send: { _ in
      .failure(Diagnostic(.error, "test.nowhere", "nothing is sent here"))
    }, dynamicValue: { $0 == "known" ? "made" : nil })

  private static func script(_ source: String, phase: Script.Phase = .test) -> Script {
    Script(phase: phase, owner: "T", source: source, lines: [])
  }

  private static func setting() -> ScriptSetting {
    var scopes = Scopes()
    scopes.set(Variable("a", .string("env")), in: .environment)
    scopes.set(Variable("n", .number("5")), in: .environment)
    scopes.set(Variable("row", .string("r1")), in: .data)
    let step = Step(
      number: 0, item: .named("I"), suiteName: "S", iteration: 0, iterationCount: 1)
    let draft = Value.object([.init("method", .string("GET")), .init("url", .string("http://h/a"))])
    var response = Response.json(#"{"a": {"b": [1, 2]}}"#)
    response.reason = "OK"
    let request = Request(method: "GET", url: "http://h/a", headers: [], body: nil)
    return ScriptSetting(
      step: step, draft: draft, scopes: scopes,
      exchange: Exchange(request: request, outcome: .response(response)))
  }

  private static func text(_ assertion: ScriptOutcome.Assertion) -> String {
    switch assertion.outcome {
    case .passed: "passed \(assertion.name)"
    case .skipped: "skipped \(assertion.name)"
    case .failed(let message, let line, _):
      "failed \(assertion.name): \(message) @\(line.map(String.init) ?? "-")"
    }
  }
}
