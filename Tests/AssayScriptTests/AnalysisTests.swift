import AssayModel
import AssayScript
import Testing

/// What a script can touch, found without running it. Whatever is in doubt has to come out opaque.
@Suite struct AnalysisTests {
  @Test(arguments: [
    (#"pm.environment.get("a");"#, "r a"),
    (#"pm.environment.set('a', pm.variables.get("b"));"#, "r b w a"),
    (#"pm.globals.unset(`a`)"#, "w a"),
    (#"pm.environment.get("a" + b)"#, "opaque"),
    (#"const b = 1; pm.environment.get("a" + b)"#, "r*"),
    (#"let k = 'x'; pm.environment.set(k, 1)"#, "w*"),
    (#"pm.environment.get("a\x62")"#, "r*"),
    (#"pm.variables.replaceIn("{{a}}/{{b}}")"#, "r a,b"),
    (#"console.log(pm.environment.toObject())"#, "r*"),
    (#"pm.environment.clear()"#, "w*"),
    (#"postman.setEnvironmentVariable("a", 1); environment.b"#, "r b w a"),
    (#"console.log(globals["c"])"#, "r c"),
    (#"pm.test("t", () => { pm.expect(pm.response.json().x).to.eql(1); });"#, ""),
    (#"var jsonData = JSON.parse(responseBody); tests["a"] = jsonData.b === 1;"#, ""),
    (#"pm.sendRequest("http://h", () => {});"#, "sends"),
    (#"postman.setNextRequest("A")"#, "steers"),
    (#"pm.execution.setNextRequest(null)"#, "steers"),
    (#"pm.execution.skipRequest()"#, ""),
    (#"const _ = require("lodash"); _.map([1], x => x)"#, "world"),
    (#"for (const [k, v] of Object.entries({a: 1})) { console.log(k, v); }"#, ""),
    (#"function f({ a, b: [c] = [] }, ...rest) { return a + c + rest.length; } f({});"#, ""),
    (
      #"const f = async ({ x }) => x, g = y => { return y }; try { f(g) } catch (e) { console.log(e) }"#,
      ""
    ),
    (#"class A { constructorish() { return 1 } static make(q) { return q } }; A.make(1)"#, ""),
    (#"if (/a{2}\/[/]"/.test(responseBody)) { console.log(`x${responseCode.code}y`) }"#, ""),
    (#"const a = 4 / 2 / 1; // pm.environment.set("no", 1)"#, ""),
    ("const o = { get: 1, async: 2, set: 3, of: 4 }; o.get = 2", ""),
    ("const f = async () => 1, g = async (a) => a, h = async a => a; f(g(h(1)))", ""),
    ("function f(a)\n{ return a }\nf(1)", ""),
    (#"_.map([1], Number); CryptoJS.MD5("a")"#, "world"),
    ("moment.locale('de')", "world"),
    (#"label: for (let i = 0; i < 3; i++) { continue label }"#, "opaque"),
    (
      #"switch (responseCode.code) { case 200: console.log(1); break; default: console.log(2) }"#,
      ""
    ),
  ])
  func `what is known is told`(_ source: String, _ expected: String) {
    #expect(Self.told(source) == expected)
  }

  @Test(arguments: [
    "x = 1", "console.log(y)", "const p = pm", "f(pm)", "pm[name]()", "const { environment } = pm",
    "const e = pm.environment; e.set('a', 1)", "eval('1')", "new Function('1')()", "this.x = 1",
    "Array.prototype.x = 1", "({}).constructor", "({}).__proto__.x = 1", "globalThis.x = 1",
    "Math.x = 1", "console.log = () => {}", "Object.assign(JSON, {})", "_.mixin({})",
    "function f() { var z = 1 } z = 2", "{ let q = 1 } console.log(q)", "pm.environment = 1",
    "pm.cookies.jar()", "pm.something()", "postman['set' + 'NextRequest']('A')", "delete Math.abs",
    "with (Math) { abs(1) }", "import('x')", "setTimeout(later)", "let a = 1\nb = 2, c = 3",
    "pm.execution.runRequest('A')", "unterminated('", "a)b", "e\\u0076al('1')", "environment.a = 1",
    "a = {} / pm.environment.set('x', 1) / 2", "let i = 0; i++ / pm.environment.set('x', 1) / 2",
    "pm.require('@team/x').run()", "set('a', 1)", "get = 1", "of(1)", "async(leaked)",
    "helper(leaked)\n{ }",
    "let a = 1; switch (1) { case a, leaked: break }", "const M = Math; M.x = 1",
    "_.extend(JSON, {})", "Math.__defineGetter__('x', () => 1)",
    "for (var k in window) {}", "[].push(undefinedName)", "x => y", "`${z}`", "`${pm}`",
  ])
  func `what is in doubt is opaque`(_ source: String) {
    #expect(Self.told(source).contains("opaque"), "\(Self.told(source))")
  }

  @Test func `a script before the request can change it`() {
    #expect(Self.told("pm.request.headers.add({})", .preRequest) == "r* request")
    #expect(Self.told("console.log(pm.request.url)", .test) == "")
    #expect(Self.told(#"pm.request.url = "{{base}}/x""#, .preRequest) == "r base r* request")
  }

  @Test func `it takes no more time than the script is long`() {
    for piece in ["{", "(", "`${", "a=>", "[", "x.", "/", "'", "function(", "let a,", "for("] {
      let source = String(repeating: piece, count: 50_000)
      #expect(Self.told(source) == (piece == "/" ? "" : "opaque"), "\(piece)")
    }
  }

  private static func told(_ source: String, _ phase: Script.Phase = .test) -> String {
    let found = ScriptAnalysis.footprint(
      of: Script(phase: phase, owner: "S", source: source, lines: []))
    var words: [String] = []
    if found.opacity != nil { words.append("opaque") }
    if found.opacity == nil {
      if !found.reads.isEmpty { words.append("r " + found.reads.sorted().joined(separator: ",")) }
      if found.readsAll { words.append("r*") }
      if !found.writes.isEmpty { words.append("w " + found.writes.sorted().joined(separator: ",")) }
      if found.writesAll { words.append("w*") }
      if found.usesWorld { words.append("world") }
      if found.sends { words.append("sends") }
      if found.changesRequest { words.append("request") }
      if found.steers { words.append("steers") }
    }
    return words.joined(separator: " ")
  }
}
