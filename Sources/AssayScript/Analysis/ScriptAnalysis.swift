package import AssayModel

/// Finds what a script can read and write of what other steps see, without running it.
///
/// Where that cannot be told for certain, the script is opaque: it is taken to read and write
/// everything, and nothing is moved across it.
package struct ScriptAnalysis {
  private let script: ScriptTokens
  private let isBefore: Bool
  private(set) var footprint = Footprint()

  package static func footprint(of script: Script) -> Footprint {
    var analysis = ScriptAnalysis(script)
    analysis.read()
    return analysis.footprint
  }

  private init(_ script: Script) {
    self.script = ScriptTokens(script.source)
    isBefore = script.phase == .preRequest
  }

  private var tokens: [ScriptTokens.Token] { script.tokens }

  private func mark(_ index: Int) -> String? {
    tokens.indices.contains(index) ? tokens[index].mark : nil
  }

  private func name(_ index: Int) -> String? {
    tokens.indices.contains(index) ? tokens[index].name : nil
  }

  private mutating func read() {
    guard script.isReadable else { return hide("holds a script that could not be taken apart") }
    for index in tokens.indices { readAnywhere(index) }
    for index in ScriptNames(script).free { readFree(index) }
    // What a script writes into a request can hold names that are filled in later.
    for text in script.texts {
      let found = TemplateNames(in: text)
      footprint.reads.formUnion(found.names)
      footprint.readsAll = footprint.readsAll || found.isComputed
    }
  }

  private mutating func hide(_ why: String) { footprint.opacity = footprint.opacity ?? why }

  // MARK: What is dangerous wherever it stands

  private mutating func readAnywhere(_ index: Int) {
    switch name(index) {
    case "setNextRequest": footprint.steers = true
    case "prototype", "__proto__", "constructor", "globalThis", "callee", "caller",
      "__defineGetter__", "__defineSetter__":
      hide("uses `\(name(index) ?? "")`")
    case "this" where ![".", "?."].contains(mark(index - 1)): hide("uses `this`")
    case "with" where mark(index + 1) == "(" && mark(index - 1) != ".": hide("uses `with`")
    case "import": hide("uses `import`")
    default: break
    }
  }

  // MARK: Names of the world

  /// Built-in names that hold nothing which one script could leave for another.
  private static let harmless: Set<String> = [
    "undefined", "NaN", "Infinity", "JSON", "Math", "Date", "Number", "String", "Boolean", "Array",
    "Object", "RegExp", "Error", "TypeError", "RangeError", "SyntaxError", "Map", "Set", "WeakMap",
    "WeakSet", "Promise", "Symbol", "BigInt", "Intl", "ArrayBuffer", "Uint8Array", "Int8Array",
    "Uint16Array", "Uint32Array", "Int32Array", "Float32Array", "Float64Array", "DataView",
    "parseInt", "parseFloat", "isNaN", "isFinite", "encodeURIComponent", "decodeURIComponent",
    "encodeURI", "decodeURI", "escape", "unescape", "console", "setTimeout", "clearTimeout",
    "setInterval", "clearInterval", "setImmediate", "clearImmediate", "queueMicrotask", "atob",
    "btoa", "responseBody", "responseCode", "responseTime", "responseHeaders", "responseCookies",
    "tests", "iteration", "data", "request", "xml2Json", "CryptoJS", "cheerio", "_", "moment",
    "Buffer", "TextEncoder", "TextDecoder", "URL", "URLSearchParams", "arguments",
  ]
  /// Of these, the ones that are values or are called, and that nobody can change by having them.
  private static let values: Set<String> = [
    "undefined", "NaN", "Infinity", "Number", "String", "Boolean", "BigInt", "parseInt",
    "parseFloat", "isNaN", "isFinite", "encodeURIComponent", "decodeURIComponent", "encodeURI",
    "decodeURI", "atob", "btoa", "responseBody", "responseCode", "responseTime", "responseHeaders",
    "responseCookies", "tests", "iteration", "data", "request", "arguments",
  ]
  /// Libraries that keep something between calls, a locale or a cache for instance.
  private static let shared: Set<String> = [
    "tv4", "require", "chai", "_", "moment", "CryptoJS", "cheerio",
  ]
  private static let scopes: Set<String> = [
    "environment", "globals", "collectionVariables", "variables", "vault",
  ]

  private mutating func readFree(_ index: Int) {
    guard let name = name(index) else { return }
    switch name {
    case "pm": readSandbox(index)
    case "postman": readLegacy(index)
    case "environment", "globals": readScope(name, index)
    case _ where Self.shared.contains(name):
      footprint.usesWorld = true
      if Self.harmless.contains(name) { readBuiltIn(name, index) }
    case _ where Self.harmless.contains(name): readBuiltIn(name, index)
    default: hide("uses the global `\(name)`")
    }
  }

  /// A built-in name may be used, and neither be changed nor be handed to what changes it.
  private mutating func readBuiltIn(_ name: String, _ index: Int) {
    if name == "request", isBefore { changeRequest() }
    // The entries of `tests` are the script's own verdicts.
    if name == "tests", mark(index + 1) != "=" { return }
    if isWritten(index) { hide("changes `\(name)`") }
    if name == "_", ["mixin", "templateSettings", "runInContext"].contains(self.name(index + 2)) {
      hide("changes `_`")
    }
    if isBare(index), !Self.values.contains(name) { hide("hands `\(name)` on") }
  }

  /// Whether the name stands for the thing itself, and not for a member or a call of it.
  private func isBare(_ index: Int) -> Bool {
    if let next = mark(index + 1), [".", "?.", "(", "["].contains(next) { return false }
    return !["new", "instanceof", "typeof"].contains(name(index - 1))
  }

  private static let assignments: Set<String> = [
    "=", "+=", "-=", "*=", "/=", "%=", "**=", "&=", "|=", "^=", "<<=", ">>=", ">>>=", "&&=", "||=",
    "??=", "++", "--",
  ]

  /// Whether the name, or a member of it, is assigned to.
  private func isWritten(_ index: Int) -> Bool {
    if ["++", "--"].contains(mark(index - 1)) || name(index - 1) == "delete" { return true }
    var at = index + 1
    while true {
      if [".", "?."].contains(mark(at)), name(at + 1) != nil {
        at += 2
      } else if mark(at) == "[", let end = script.partner[at] {
        at = end + 1
      } else {
        return mark(at).map { Self.assignments.contains($0) } ?? false
      }
    }
  }

  // MARK: The sandbox

  private mutating func readSandbox(_ index: Int) {
    guard [".", "?."].contains(mark(index + 1)), let member = name(index + 2) else {
      return hide("hands `pm` on")
    }
    if isWritten(index), !(member == "request" && isBefore) { return hide("changes `pm`") }
    switch member {
    case "test", "expect", "response", "info", "visualizer", "cookies":
      if member == "cookies", name(index + 4) == "jar" { hide("uses the jar of cookies") }
    case "iterationData":
      let verbs = ["get", "has", "toObject", "toJSON"]
      if ![".", "?."].contains(mark(index + 3)) || !verbs.contains(name(index + 4) ?? "") {
        hide("hands `pm.iterationData` on")
      }
    case "request": if isBefore { changeRequest() }
    case "sendRequest": footprint.sends = true
    case "require": hide("uses a package of the user's")
    case "execution": readExecution(index)
    case _ where Self.scopes.contains(member): readScopeCall(member, index + 3)
    default: hide("uses `pm.\(member)`")
    }
  }

  private mutating func changeRequest() {
    footprint.changesRequest = true
    // A computed value can hold names that are filled in from any variable.
    footprint.readsAll = true
  }

  private mutating func readExecution(_ index: Int) {
    switch name(index + 4) {
    case "skipRequest", "location": break
    case "setNextRequest": footprint.steers = true
    default: hide("uses `pm.execution`")
    }
  }

  /// `.get("name")` and its like, behind `pm.environment`.
  private mutating func readScopeCall(_ scope: String, _ index: Int) {
    guard [".", "?."].contains(mark(index)), let verb = name(index + 1) else {
      return hide("hands `pm.\(scope)` on")
    }
    if verb == "name" || verb == "id" { return }
    guard mark(index + 2) == "(" else { return hide("hands `pm.\(scope).\(verb)` on") }
    let names = literal(index + 3)
    let prefix = scope == "vault" ? "vault:" : ""
    switch verb {
    case "get", "has":
      if let names { footprint.reads.insert(prefix + names) } else { footprint.readsAll = true }
    case "set", "unset":
      if let names { footprint.writes.insert(prefix + names) } else { footprint.writesAll = true }
    case "replaceIn":
      // The names of a literal are read with those of every text.
      if names == nil { footprint.readsAll = true }
    case "toObject", "toJSON", "values": footprint.readsAll = true
    case "clear": footprint.writesAll = true
    default: hide("uses `pm.\(scope).\(verb)`")
    }
  }

  /// The text of an argument that is nothing but a literal.
  private func literal(_ index: Int) -> String? {
    guard tokens.indices.contains(index), case .text(let text?) = tokens[index].kind,
      mark(index + 1) == ")" || mark(index + 1) == ","
    else { return nil }
    return text
  }

  // MARK: Names of older scripts

  private mutating func readLegacy(_ index: Int) {
    guard mark(index + 1) == ".", let verb = name(index + 2) else {
      return hide("hands `postman` on")
    }
    let argument = mark(index + 3) == "(" ? literal(index + 4) : nil
    switch verb {
    case "getEnvironmentVariable", "getGlobalVariable":
      if let argument { footprint.reads.insert(argument) } else { footprint.readsAll = true }
    case "setEnvironmentVariable", "setGlobalVariable", "clearEnvironmentVariable",
      "clearGlobalVariable":
      if let argument { footprint.writes.insert(argument) } else { footprint.writesAll = true }
    case "clearEnvironmentVariables", "clearGlobalVariables": footprint.writesAll = true
    case "getResponseHeader", "getResponseCookie": break
    case "setNextRequest": footprint.steers = true
    default: hide("uses `postman.\(verb)`")
    }
  }

  /// `environment.name` and `environment["name"]`: a copy, which can be read and never written.
  private mutating func readScope(_ scope: String, _ index: Int) {
    if isWritten(index) { return hide("changes `\(scope)`") }
    if mark(index + 1) == ".", let name = name(index + 2) {
      footprint.reads.insert(name)
    } else if mark(index + 1) == "[",
      case .text(let name?)? = tokens.dropFirst(index + 2).first?.kind,
      mark(index + 3) == "]"
    {
      footprint.reads.insert(name)
    } else {
      footprint.readsAll = true
    }
  }
}
