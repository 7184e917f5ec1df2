import AssayModel
import AssayScript
import AssaySystem
import AssayTestKit
import Synchronization
import Testing

/// What scripts can ask of the run, what they leave to one another, and the cage around them.
@Suite struct SandboxTests {
  // MARK: The run

  @Test func `the jar of the lane can be read and changed, with callbacks and promises`() async {
    let jar = SmallJar()
    let outcome = await run(
      """
      const jar = pm.cookies.jar();
      await jar.set('http://h/', 'a', '1');
      await jar.set('http://h/', { name: 'b', value: '2', path: '/x', httpOnly: true });
      await jar.set('http://h/', 'c=3; Secure');
      jar.get('http://h/', 'a', (error, value) => pm.test('get', () => pm.expect([error, value]).to.eql([null, '1'])));
      const all = await jar.getAll('http://h/');
      pm.test('all', () => pm.expect(all.map(each => each.name + each.value)).to.eql(['a1', 'b2', 'c3']));
      pm.test('none', async () => pm.expect(await jar.get('http://h/', 'zz')).to.be.null);
      await jar.unset('http://h/', 'a');
      pm.test('gone', async () => pm.expect((await jar.getAll('http://h/')).count()).to.equal(2));
      jar.clear('http://h/', async error => pm.test('clear', () => pm.expect(error).to.be.null));
      try { await jar.set('http://refused/', 'a', '1'); } catch (error) { pm.test(error.message, () => {}); }
      """, cookies: jar)
    #expect(outcome.fault == nil)
    let names = outcome.assertions.map(\.name)
    #expect(
      names == ["get", "all", "none", "gone", "clear", "`http://refused/` may not set this cookie"])
    #expect(outcome.assertions.filter { !$0.isGood }.map(\.name) == [])
    #expect(jar.fields == ["a=1", "b=2; Path=/x; HttpOnly", "c=3; Secure"])
  }

  @Test func `secrets, other items, dynamic values and pages are asked of the run`() async {
    let kept = Mutex<[String: Value]>(["token": .string("s3cret")])
    let services = ScriptServices(
      send: { _ in .failure(Diagnostic(.error, "t", "nothing is sent")) },
      sendItem: { name, variables in
        guard name == "Login" else { return nil }
        let request = Request(
          method: "GET", url: "http://h/\(variables.first?.value.substitution ?? "")", headers: [],
          body: nil)
        return .success(Exchange(request: request, outcome: .response(.json(#"{"ok": true}"#))))
      }, secret: { name in kept.withLock { $0[name] } },
      keepSecret: { name, value in kept.withLock { $0[name] = value } })
    let outcome = await run(
      """
      pm.test('vault', async () => {
        pm.expect(await pm.vault.get('token')).to.equal('s3cret');
        pm.expect(await pm.vault.get('none')).to.be.undefined;
        await pm.vault.set('new', 'v');
        await pm.vault.unset('token');
      });
      const answer = await pm.execution.runRequest('Login', { variables: { user: 'u1' } });
      pm.test('item', () => pm.expect(answer.json()).to.eql({ ok: true }));
      try { await pm.execution.runRequest('Nobody'); } catch (error) { pm.test(error.message, () => {}); }
      pm.visualizer.set('<h1>{{title}}</h1>', { title: 'T', when: new Date(0) });
      pm.test('place', () => pm.expect(pm.execution.location.current).to.equal('I'));
      """, services: services)
    #expect(outcome.fault == nil)
    #expect(outcome.assertions.filter { !$0.isGood }.map(\.name) == [])
    #expect(outcome.assertions.count == 4)
    #expect(outcome.visualization?.template == "<h1>{{title}}</h1>")
    #expect(outcome.visualization?.data["title"] == .string("T"))
    #expect(kept.withLock { $0 } == ["new": .string("v")])
  }

  @Test func `packages come from the folder that was named, and from nowhere else`() async throws {
    let scratch = try Scratch()
    try scratch.write(
      "packages/@team/sums/index.js",
      "module.exports = { add: (a, b) => a + b, helper: require('./helper') };")
    try scratch.write("packages/@team/sums/helper.js", "exports.twice = n => 2 * n;")
    try scratch.write("outside.js", "exports.secret = 1")
    let outcome = await run(
      """
      const sums = pm.require('@team/sums@1.2.0');
      pm.test('own', () => pm.expect([sums.add(1, 2), sums.helper.twice(4)]).to.eql([3, 8]));
      pm.test('npm', () => pm.expect(pm.require('npm:lodash@4.17.21').chunk([1, 2], 1)).to.eql([[1], [2]]));
      for (const name of ['@team/none', '../outside', '@team/../../outside', 'npm:../x', '/etc/passwd', 'jsr:']) {
        pm.test(name, () => pm.expect(() => pm.require(name)).to.throw(/--packages/));
      }
      """, shelf: ModuleShelf(packages: scratch.path + "/packages"))
    #expect(outcome.fault == nil)
    #expect(outcome.assertions.filter { !$0.isGood }.map(\.name) == [])
    #expect(outcome.assertions.count == 8)
  }

  @Test func `lists, requests and responses have every method`() async {
    let outcome = await run(
      #"""
      const eq = (name, found, wanted) => pm.test(name, () => pm.expect(found).to.eql(wanted));
      const { PropertyList, Request, Header, QueryParam, Url, VariableScope, Cookie } = require('postman-collection');
      const list = new PropertyList(Header, null, [{ key: 'A', value: '1' }, { key: 'B', value: '2' }]);
      list.insert({ key: 'I', value: 'i' }, 'B');
      list.insertAfter({ key: 'J', value: 'j' }, 'A');
      list.upsert({ key: 'b', value: '3' });
      eq('list', list.map(each => each.key + each.value), ['A1', 'Jj', 'Ii', 'b3']);
      list.repopulate([{ key: 'X', value: 'x' }]);
      list.assimilate([{ key: 'Y', value: 'y' }], true);
      eq('rest', [list.count(), list.has('y'), list.idx(0).value, list.indexOf('Y'), list.toObject()], [1, true, 'y', 0, { Y: 'y' }]);
      eq('query', [QueryParam.unparse([{ key: 'a', value: '1' }]), QueryParam.parse('a=1&b')], ['a=1', [{ key: 'a', value: '1' }, { key: 'b', value: null }]]);
      eq('url', [new Url('http://h:1/p/:id?a=1').getPathWithQuery(), Url.parse('https://a.b/c').host], ['/p/:id?a=1', ['a', 'b']]);
      eq('scope', new VariableScope({ values: [{ key: 'k', value: 'v' }] }).get('k'), 'v');
      eq('cookie', new Cookie('a=b; Path=/').toString(), 'a=b');
      const request = new Request({ url: 'http://h/x?q=1', method: 'POST', header: [{ key: 'H', value: '1' }], body: { mode: 'urlencoded', urlencoded: [{ key: 'f', value: 'v w' }] } });
      eq('request', [request.url.query.get('q'), request.body.urlencoded.get('f'), String(request.body), request.headers.get('h'), request.clone().method], ['1', 'v w', 'f=v w', '1', 'POST']);
      request.authorizeUsing('bearer', [{ key: 'token', value: 't' }]);
      eq('auth', [request.auth.type, request.auth.parameters().get('token'), request.toJSON().auth.bearer[0].value], ['bearer', 't', 't']);
      request.removeHeader('h'); request.addQueryParams('z=2'); request.removeQueryParams('q');
      eq('changed', [request.headers.count(), request.url.toString()], [0, 'http://h/x?z=2']);
      eq('response', [pm.response.reason(), pm.response.encoding().format, pm.response.contentInfo().mimeFormat, pm.response.size().body, pm.response.details().name,
        pm.response.dataURI().slice(0, 30), pm.response.stream.length], ['OK', 'utf8', 'json', 20, 'OK', 'data:application/json;base64, ', 20]);
      """#)
    #expect(outcome.fault == nil, "\(outcome.fault?.message ?? "")")
    #expect(outcome.assertions.filter { !$0.isGood }.map { "\($0)" } == [])
    #expect(outcome.assertions.count == 10)
  }

  @Test func `a form can be read and changed before it is sent`() async {
    let body = Value.object([
      .init("mode", .string("urlencoded")),
      .init(
        "urlencoded",
        .array([.object([.init("key", .string("a")), .init("value", .string("1"))])])),
    ])
    let outcome = await run(
      "pm.request.body.urlencoded.add({ key: 'b', value: '2' }); pm.request.body.urlencoded.remove('a')",
      phase: .preRequest, body: body)
    #expect(outcome.fault == nil)
    let pair = Value.object([.init("key", .string("b")), .init("value", .string("2"))])
    #expect(outcome.draft?["body"]?["urlencoded"] == .array([pair]))
    // A request that no script looks at goes on as it is.
    #expect(await run("pm.environment.set('x', 1)", phase: .preRequest, body: body).draft == nil)
  }

  @Test(arguments: [
    ("text/plain; charset=ISO-8859-1", [0x63, 0x61, 0x66, 0xE9, 0x80] as [UInt8], "café€"),
    ("application/json; charset=\"utf-16le\"", [0x7B, 0, 0x7D, 0], "{}"),
    ("text/plain", [0xEF, 0xBB, 0xBF, 0x61], "a"),
    ("application/octet-stream", [0xFF, 0x61], "\u{FFFD}a"),
  ])
  func `a body is read by its charset, and its bytes are there`(
    _ type: String, _ bytes: [UInt8], _ text: String
  ) async {
    let response = Response(
      status: 200, reason: "OK", version: "", headers: [HeaderField("Content-Type", type)],
      body: bytes)
    let outcome = await run(
      "console.log(pm.response.text()); console.log(pm.response.stream.toString('hex'))",
      response: response)
    let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(outcome.console.map(\.text) == [text, hex])
  }

  @Test func `a body that is no JSON is told with its place`() async {
    for (body, message) in [
      ("", "JSONError: No data, empty input at 1:1\n\n^"),
      ("<html>", "JSONError: Unexpected token '<' at 1:1\n<html>\n^"),
      ("{\"a\": 1,\n \"b\": x}", "JSONError: Unexpected token 'x' at 2:7\n \"b\": x}\n      ^"),
      ("[1, 2", "JSONError: Unexpected end of input at 1:6\n[1, 2\n     ^"),
      ("{\"a\" 1}", "JSONError: Unexpected token '1' at 1:6\n{\"a\" 1}\n     ^"),
    ] {
      let outcome = await run("pm.response.json()", response: .json(body))
      #expect(outcome.fault?.message == message)
    }
  }

  @Test func `what newer scripts take from browsers is there`() async {
    let outcome = await run(
      #"""
      const eq = (name, found, wanted) => pm.test(name, () => pm.expect(found).to.eql(wanted));
      const url = new URL('../c?x=1&y=%20z#h', 'HTTP://User:pw@Example.com:80/a/b/');
      eq('URL', [url.href, url.origin, url.searchParams.get('y'), url.pathname], ['http://User:pw@example.com/a/c?x=1&y=%20z#h', 'http://example.com', ' z', '/a/c']);
      url.searchParams.append('n', 'ü &'); url.port = '8080';
      eq('changed', url.href, 'http://User:pw@example.com:8080/a/c?x=1&y=+z&n=%C3%BC+%26#h');
      pm.test('invalid', () => pm.expect(() => new URL('nothing')).to.throw(TypeError));
      eq('params', new URLSearchParams({ a: 1, b: 'x y' }).toString(), 'a=1&b=x+y');
      eq('text', new TextDecoder().decode(new TextEncoder().encode('hé€')), 'hé€');
      eq('clone', structuredClone({ d: new Date(5), m: new Map([[1, { a: 1 }]]) }), { d: new Date(5), m: new Map([[1, { a: 1 }]]) });
      pm.test('uuid', () => pm.expect(crypto.randomUUID()).to.match(/^[0-9a-f-]{14}4/));
      eq('random', crypto.getRandomValues(new Uint8Array(4)).length, 4);
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('abc'));
      eq('digest', Buffer.from(digest).toString('hex').slice(0, 8), 'ba7816bf');
      const controller = new AbortController(); let aborted = 0;
      controller.signal.addEventListener('abort', () => { aborted += 1; }); controller.abort();
      eq('abort', [aborted, controller.signal.aborted], [1, true]);
      queueMicrotask(() => eq('microtask', 1, 1));
      await new Promise(go => setImmediate(go));
      """#)
    #expect(outcome.fault == nil, "\(outcome.fault?.message ?? "")")
    #expect(outcome.assertions.filter { !$0.isGood }.map { "\($0)" } == [])
    #expect(outcome.assertions.count == 11)
  }

  // MARK: From script to script

  @Test func `plain globals outlive the worker, and nothing else does`() async {
    var limits = ScriptWorker.Limits()
    limits.memory = 96 << 20
    let worker = ScriptWorker(program: Program.worker, limits: limits)
    _ = await run(
      "shared = { list: [1, 'a', null] }; count = 7; helper = () => 1; odd = { f() {} }", worker)
    _ = await run("count += 1", worker)
    let lost = await run(
      "count = 100; const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1))", worker)
    #expect(lost.fault?.kind == .memory)
    let next = await run(
      "pm.test('t', () => pm.expect([shared, count, typeof helper, typeof odd]).to.eql([{ list: [1, 'a', null] }, 8, 'undefined', 'undefined']))",
      worker)
    #expect(next.assertions.map(\.isGood) == [true], "\(next.assertions)")
    #expect(next.fault == nil)
  }

  @Test func `a script that ends its worker again and again is not run any more`() async {
    var limits = ScriptWorker.Limits()
    limits.memory = 96 << 20
    let worker = ScriptWorker(program: Program.worker, limits: limits)
    let hog = "const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1))"
    for _ in 0..<5 {
      let outcome = await run(hog, worker)
      #expect(outcome.fault?.kind == .memory)
      #expect(outcome.fault?.message == "the script used more than 96 MB of memory")
    }
    #expect(await run(hog, worker).fault?.message.hasPrefix("not run: ") == true)
    #expect(await run("pm.test('alive', () => {})", worker).assertions.count == 1)
  }

  // MARK: The cage

  /// Everything that could lead out, looked for from inside. A probe that finds something says so.
  @Test func `sixty probes find nothing`() async {
    let names = [
      "process", "fetch", "XMLHttpRequest", "WebSocket", "Deno", "Bun", "__native", "__expect",
      "importScripts", "Worker",
      "SharedWorker", "EventSource", "RTCPeerConnection", "navigator", "document", "window",
      "localStorage", "indexedDB", "caches",
      "WebAssembly.instantiateStreaming", "print", "load", "readFile", "run", "quit", "gc", "$vm",
      "describe", "openFile", "require.main",
    ]
    let modules = [
      "child_process", "http", "https", "net", "tls", "dgram", "dns", "crypto", "zlib",
      "worker_threads", "cluster", "vm", "v8",
      "inspector", "module", "/etc/passwd", "../../etc/passwd", "lodash/../../../../etc/passwd",
      "file:///etc/passwd",
      "/proc/self/environ", "./x", "lodash\u{0}/../x",
    ]
    let tricks = [
      "Function('return process')()", "(0, eval)('process')",
      "[].constructor.constructor('return process')()",
      "pm.constructor.constructor('return this.__native')().send('x')",
      "new Function('return this')().__native.send",
      "new Error().stack.replace(/assay|Sources|\\/home\\//g, () => { found = 1; return '' }) && found",
      "Object.keys(require('fs')).length ? 1 : undefined.x",
      "setTimeout.call(null, 'process.exit()', 1) && undefined.x",
      "JSON.stringify(require('os')).includes('home') ? 1 : undefined.x",
      "require('path').resolve('x').startsWith('/home') ? 1 : undefined.x",
      "globalThis[Symbol.for('nodejs.util.inspect.custom')].x",
      "new Intl.DateTimeFormat().resolvedOptions().env.x",
      "pm.require.constructor('return globalThis.native')().send",
    ]
    let source = """
      const found = [];
      const probe = (name, action) => { try { const value = action(); if (value !== undefined) found.push(name); } catch (error) { /* Nothing there. */ } };
      for (const name of \(Self.json(names))) probe(name, () => name.split('.').reduce((holder, part) => holder === undefined ? undefined : holder[part], globalThis));
      for (const name of \(Self.json(modules))) probe(name, () => require(name));
      for (const code of \(Self.json(tricks))) probe(code, () => (0, eval)(code));
      pm.environment.set('found', found);
      """
    let outcome = await run(source)
    #expect(outcome.fault == nil)
    #expect(outcome.changes.last { $0.name == "found" }?.value == .array([]))
    #expect(names.count + modules.count + tricks.count >= 60)
  }

  @Test func `messages cannot be forged, and prototypes that are spoilt harm nobody else`() async {
    let worker = ScriptWorker(program: Program.worker)
    let spoilt = await run(
      """
      JSON.stringify = () => '{"tests":[{"name":"forged","outcome":"passed"}],"changes":[{"scope":"vault","name":"x","value":1},{"scope":"data","name":"x","value":1}]}';
      Array.prototype.push = function () { return 0; };
      Object.prototype.toJSON = () => 'x';
      Map.prototype.get = () => 'wrong';
      """, worker)
    // What comes of it may be an error, and never a change where scripts may not change anything.
    #expect(spoilt.changes.filter { $0.scope == .vault || $0.scope == .data }.isEmpty)
    _ = await run("pm.test('t', () => { throw new Error('x') })", worker)
    let fresh = ScriptWorker(program: Program.worker)
    #expect(await run("pm.test('t', () => {})", fresh).assertions.map(\.isGood) == [true])
  }

  @Test func `a worker has no files, no network and no children`() async throws {
    let process = try ChildProcess(
      Program.worker, arguments: ["268435456"], environment: ["SECRET=canary"])
    _ = await SerialThread().run { process.read(4) }
    let status = try await Program.shell("cat /proc/\(process.identifier)/status").output
    #expect(status.contains("Seccomp:\t2"))
    #expect(status.contains("NoNewPrivs:\t1"))
    let open = Files.entries(of: "/proc/\(process.identifier)/fd") ?? []
    for name in open {
      let target = Files.resolved("/proc/\(process.identifier)/fd/\(name)") ?? ""
      #expect(
        !target.hasPrefix("/home") && !target.hasPrefix("/etc") && !target.contains("socket"),
        "\(name) \(target)")
    }
    #expect(open.count <= 8)
  }

  @Test func `a worker outlives the thread that started it, and not the program`() async throws {
    let starter = SerialThread()
    let process = await starter.run { try? ChildProcess(Program.worker) }
    let child = try #require(process)
    // The thread ends with its last job.
    _ = consume starter
    _ = await SerialThread().run { child.read(4) }
    try await Task.sleep(for: .milliseconds(100))
    #expect(try await Self.state(of: child.identifier) != "gone")
    let shell = try ChildProcess(
      "/bin/sh", arguments: ["-c", "exec 3<&0; '\(Program.worker)' <&3 & echo $!; wait"])
    let line = await SerialThread().run {
      var line: [UInt8] = []
      while let byte = shell.read(1), byte != [0x0A] { line += byte }
      return String(decoding: line, as: UTF8.self)
    }
    let worker = try #require(Int32(line))
    // It has said that it is ready, and knows its parent by then.
    _ = await SerialThread().run { shell.read(4) }
    shell.kill()
    var state = ""
    for _ in 0..<100 {
      state = try await Self.state(of: worker)
      if state == "gone" { break }
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(state == "gone")
  }

  /// The letter of a process's state, or that it is gone.
  private static func state(of process: Int32) async throws -> String {
    let text = try await Program.shell("cat /proc/\(process)/stat || true").output
    let state = text.split(separator: ")").last?.split(separator: " ").first.map(String.init)
    return state.flatMap { $0 == "Z" ? nil : $0 } ?? "gone"
  }

  @Test(arguments: [
    ("const a = []; for (;;) a.push({ x: 1 })", ScriptFault.Kind.memory),
    ("new Array(1e9).fill(1)", .memory), ("let s = 'x'; for (;;) s += s", .exception),
    ("(function f() { f() })()", .exception),
    ("for (;;) { try { for (;;) {} } finally { continue } }", .timeout),
    ("/(a+)+$/.test('a'.repeat(40) + 'b'); for (;;) {}", .timeout),
    (
      "Promise.resolve().then(function f() { return Promise.resolve().then(f) }); await new Promise(() => {})",
      .timeout
    ),
    ("const o = { toString() { for (;;) {} } }; '' + o", .timeout),
    ("new Proxy({}, { get() { for (;;) {} } }).x", .timeout),
    ("[...(function* () { for (;;) yield 1 })()]", .memory),
  ])
  func `what never ends, ends`(_ source: String, _ kind: ScriptFault.Kind) async {
    var limits = ScriptWorker.Limits()
    limits.time = kind == .timeout ? .milliseconds(600) : .seconds(20)
    limits.memory = 160 << 20
    let worker = ScriptWorker(program: Program.worker, limits: limits)
    let outcome = await run(source, worker)
    #expect(outcome.fault?.kind == kind, "\(outcome.fault?.message ?? "no fault")")
    #expect(await run("pm.test('alive', () => {})", worker).assertions.count == 1)
  }

  @Test func `strange values are told and bounded`() async {
    let outcome = await run(
      """
      const circle = { name: 'c' }; circle.self = circle;
      console.log(circle, [circle], new Map([[circle, 1]]), Symbol('s'), () => 1, 10n, -0, undefined, null, new Error('e'), new Date(0), /x/g);
      console.log({ get x() { throw new Error('no') } });
      pm.environment.set('circle', circle);
      pm.environment.set('fn', () => 1); pm.environment.set('nan', NaN); pm.environment.set('date', new Date(0));
      pm.test(undefined, () => {}); pm.test({ a: 1 }, () => {}); pm.test('\\u0000\\n<b>', () => {}); pm.test('no body');
      pm.test('thrown', () => { throw null; }); pm.test('odd', () => { throw { toString() { throw 1 } } });
      pm.test('late', done => { setTimeout(() => done(new Error('given')), 1) });
      console.log('x'.repeat(1 << 22));
      """)
    #expect(outcome.fault?.kind == .memory)
    #expect(outcome.console.first?.text.contains("[Circular *1]") == true)
    #expect(outcome.console.map(\.text.utf8.count).max() ?? 0 < 1 << 17)
    let names = outcome.assertions.map(\.name)
    #expect(names.prefix(2) == ["undefined", "{ a: 1 }"])
    #expect(outcome.assertions.count == 7)
    #expect(outcome.changes.count == 4)
  }

  @Test func `failures have the column, and a line of the script`() async {
    let outcome = await run(
      "\npm.test('t', () => {\n  pm.expect(1).to.equal(2);\n});\nundefinedName()")
    guard case .failed(_, let line, let column)? = outcome.assertions.first?.outcome else {
      Issue.record("the test did not fail")
      return
    }
    #expect(line == 3)
    #expect(column.map { (3...26).contains($0) } == true, "\(column ?? 0)")
    #expect(outcome.fault?.line == 5)
    #expect(outcome.fault?.message == "ReferenceError: undefinedName is not defined")
  }

  @Test func `scripts that begin with sandbox 2 have no old names`() async {
    let outcome = await run(
      "'use sandbox2'; pm.test('t', () => pm.expect([typeof responseBody, typeof tests, typeof pm]).to.eql(['undefined', 'undefined', 'object']))"
    )
    #expect(outcome.assertions.map(\.isGood) == [true])
  }

  // MARK: Ground

  private static func json(_ words: [String]) -> String {
    "["
      + words.map { word in
        "\""
          + word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
            "\u{0}", with: "\\u0000") + "\""
      }.joined(separator: ",") + "]"
  }

  private func run(
    _ source: String, _ worker: ScriptWorker? = nil, phase: Script.Phase = .test,
    body: Value = .null, response: Response = .json(#"{"a": {"b": [1, 2]}}"#),
    cookies: (any CookieKeeper)? = nil, services: ScriptServices? = nil,
    shelf: ModuleShelf = ModuleShelf()
  ) async -> ScriptOutcome {
    let worker = worker ?? ScriptWorker(program: Program.worker, shelf: shelf)
    let step = Step(
      number: 0, item: .named("I"), suiteName: "S", iteration: 0, iterationCount: 1)
    let draft = Value.object([
      .init("method", .string("GET")), .init("url", .string("http://h/a")), .init("body", body),
    ])
    var response = response
    response.reason = "OK"
    let request = Request(method: "GET", url: "http://h/a", headers: [], body: nil)
    let setting = ScriptSetting(
      step: step, draft: draft, scopes: Scopes(),
      exchange: phase == .test ? Exchange(request: request, outcome: .response(response)) : nil)
    let standard = ScriptServices(
      send: { _ in .failure(Diagnostic(.error, "t", "nothing is sent")) }, cookies: cookies)
    return await worker.run(
      Script(phase: phase, owner: "T", source: source, lines: []), in: setting,
      with: services ?? standard)
  }
}

extension ScriptOutcome.Assertion {
  fileprivate var isGood: Bool {
    if case .passed = outcome { true } else { false }
  }
}

/// A jar for one server, which keeps what it was told.
private final class SmallJar: CookieKeeper {
  private let all = Mutex<[(name: String, field: String)]>([])

  var fields: [String] { told.withLock { $0 } }
  private let told = Mutex<[String]>([])

  func dress(_ request: Request) -> Request { request }
  func take(_ response: Response, from url: String) {}

  func cookies(for url: String) -> [KeptCookie] {
    all.withLock { kept in
      kept.map { cookie in
        let pair = cookie.field.prefix { $0 != ";" }.split(separator: "=")
        return KeptCookie(
          name: cookie.name, value: String(pair[1]), domain: "h", path: "/", endsAt: nil,
          isHostOnly: true, isSecure: false, isHTTPOnly: false)
      }
    }
  }

  func set(_ field: String, for url: String) -> Bool {
    guard url == "http://h/" else { return false }
    told.withLock { $0.append(field) }
    let name = String(field.prefix { $0 != "=" })
    all.withLock { $0.append((name, field)) }
    return true
  }

  func remove(_ name: String?, for url: String) {
    all.withLock { kept in kept.removeAll { name == nil || $0.name == name } }
  }
}
