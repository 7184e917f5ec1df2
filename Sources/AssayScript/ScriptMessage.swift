internal import AssayModel
internal import AssayText

/// The words that pass between a lane and its worker.
enum ScriptMessage {
  /// What a script may see, and its source, as one frame.
  ///
  /// - Parameter globals: What earlier scripts left, for a worker that has not seen them.
  static func frame(
    _ script: Script, _ setting: ScriptSetting, url: String, restoring globals: Value?
  ) -> [UInt8] {
    let text = self.setting(script, setting, url: url, globals)
    let source = Array(script.source.utf8)
    return number(4 + text.count + source.count) + number(text.count) + text + source
  }

  /// A script that is to be parsed, and no more.
  static func syntaxCheck(_ script: Script) -> [UInt8] {
    let text = Array(#"{"check":true}"#.utf8)
    let source = Array(script.source.utf8)
    return number(4 + text.count + source.count) + number(text.count) + text + source
  }

  private static func number(_ count: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
  }

  private static func setting(
    _ script: Script, _ setting: ScriptSetting, url: String, _ globals: Value?
  ) -> [UInt8] {
    let step = setting.step
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("url", url)
      if Self.refusesOldNames(script.source) { writer.member("isBare", true) }
      if let globals {
        writer.name("restore")
        writer.value(globals)
      }
      writer.name("info")
      writer.object {
        $0.member("eventName", script.phase.rawValue)
        $0.member("iteration", step.iteration)
        $0.member("iterationCount", step.iterationCount)
        $0.member("requestName", step.item.name)
        $0.member("requestId", step.item.id)
      }
      writer.name("location")
      writer.array { writer in
        for name in [step.suiteName] + step.item.folders + [step.item.name] { writer.string(name) }
      }
      writer.name("scopes")
      writer.object { writer in
        for kind in ScopeKind.allCases where kind != .vault {
          writer.name(kind.rawValue)
          write(setting.scopes.variables(in: kind), to: &writer)
        }
      }
      writer.name("draft")
      writer.value(setting.draft)
      if let exchange = setting.exchange {
        writer.name("response")
        if let response = exchange.response {
          write(response, time: exchange.serviceTime, to: &writer)
        } else {
          // Tests run all the same, and find a response without anything in it.
          writer.object { _ in }
        }
      }
    }
    return writer.bytes
  }

  /// Whether a script begins with the directive that takes the names before `pm` from it.
  private static func refusesOldNames(_ source: String) -> Bool {
    source.utf8.first == 0x22 || source.utf8.first == 0x27
      ? source.dropFirst().hasPrefix("use sandbox2") : false
  }

  private static func write(_ variables: [Variable], to writer: inout JSONWriter) {
    writer.array { writer in
      for variable in variables {
        writer.array {
          $0.string(variable.name)
          $0.value(variable.value)
        }
      }
    }
  }

  private static func write(
    _ response: Response, time: Duration, to writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.member("code", response.status)
      writer.member("reason", response.reason)
      writer.name("headers")
      writer.array { writer in
        for field in response.headers {
          writer.object {
            $0.member("key", field.name)
            $0.member("value", field.value)
          }
        }
      }
      let body = BodyText(response)
      writer.member("text", body.text)
      if !body.isExact { writer.member("bytes", Base64.encode(response.body)) }
      let time = time.components
      writer.member(
        "time", Int(time.seconds) * 1_000 + Int(time.attoseconds / 1_000_000_000_000_000))
      writer.member("size", response.body.count)
    }
  }

  // MARK: Modules

  /// The module that a worker asks for, and the one that asks; nil where the frame is something else.
  static func module(_ bytes: [UInt8]) -> (name: String, from: String)? {
    guard bytes.starts(with: Array(#"{"module":"#.utf8)),
      let root = try? JSONReader.read(SourceFile(name: "worker", bytes: bytes)).root,
      let name = root["module"]?.string
    else { return nil }
    return (name, root["from"]?.string ?? "")
  }

  /// The frame that brings a module: its path on one line, and its source. Nothing where there is
  /// none.
  static func reply(_ module: ModuleShelf.Module?, to name: String) -> [UInt8] {
    answer(name, module.map { Array(($0.path + "\n").utf8) + $0.source } ?? [])
  }

  /// The dynamic variable that a worker wants a value of; nil where the frame is something else.
  static func dynamicName(_ bytes: [UInt8]) -> String? {
    guard bytes.starts(with: Array(#"{"dynamic":"#.utf8)) else { return nil }
    return (try? JSONReader.read(SourceFile(name: "worker", bytes: bytes)).root)?["dynamic"]?.string
  }

  static func reply(_ value: String?, to name: String) -> [UInt8] {
    answer(name, Array((value ?? "").utf8))
  }

  /// What a worker waits for before its script goes on; empty for nothing.
  private static func answer(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { $0.member("module", name) }
    return number(4 + writer.bytes.count + bytes.count) + number(writer.bytes.count)
      + writer.bytes + bytes
  }

  // MARK: Requests of scripts

  /// The request that a worker asks for; nil where the frame is the script's result.
  static func request(_ bytes: [UInt8]) -> (id: Int, draft: Value)? {
    guard bytes.starts(with: Array(#"{"send":"#.utf8)),
      let asked = (try? JSONReader.read(SourceFile(name: "worker", bytes: bytes)).root)?["send"],
      asked.isObject, let id = asked["id"]?.int, let draft = asked["draft"], draft.isObject
    else { return nil }
    return (id, draft.value)
  }

  /// The frame that tells a worker what became of a request; no result means one too many.
  static func reply(
    _ result: Result<Exchange, Diagnostic>?, to id: Int, _ cookies: (any CookieKeeper)?
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("id", id)
      switch result {
      case nil: writer.member("error", "the script sends too many requests")
      case .failure(let diagnostic)?: writer.member("error", diagnostic.message)
      case .success(let exchange)?:
        switch exchange.outcome {
        case .failed(let fault): writer.member("error", fault.detail)
        case .response(let response):
          writer.name("response")
          write(response, time: exchange.serviceTime, to: &writer)
          if let cookies {
            writer.name("cookies")
            write(cookies.cookies(for: exchange.request.url), to: &writer)
          }
        }
      }
    }
    return framed(writer)
  }

  private static func framed(_ writer: JSONWriter) -> [UInt8] {
    number(4 + writer.bytes.count) + number(writer.bytes.count) + writer.bytes
  }

  // MARK: Questions of scripts

  /// What a script asks of the run beside requests.
  enum Question: Sendable {
    case cookies(url: String)
    case setCookie(String, url: String)
    case removeCookies(String?, url: String)
    case secret(String)
    case keepSecret(String, Value?)
    case item(String, [Variable])
  }

  /// The question in a frame, and the number that its answer has to carry.
  static func question(_ bytes: [UInt8]) -> (id: Int, question: Question)? {
    guard bytes.starts(with: Array(#"{"ask":"#.utf8)),
      let asked = (try? JSONReader.read(SourceFile(name: "worker", bytes: bytes)).root)?["ask"],
      asked.isObject, let id = asked["id"]?.int, let topic = asked["topic"]?.string
    else { return nil }
    let (url, name) = (asked["url"]?.string ?? "", asked["name"]?.string)
    switch topic {
    case "cookies": return (id, .cookies(url: url))
    case "cookie.set": return (id, .setCookie(asked["field"]?.string ?? "", url: url))
    case "cookie.remove": return (id, .removeCookies(name, url: url))
    case "vault.get": return (id, .secret(name ?? ""))
    case "vault.set": return (id, .keepSecret(name ?? "", asked["value"]?.value))
    case "run":
      let variables = asked["variables"]?.members.compactMap { member in
        member.key.string.map { Variable($0, member.value.value) }
      }
      return (id, .item(name ?? "", variables ?? []))
    default: return nil
    }
  }

  /// The frame with the answer to a question; an error where there is no value to answer with.
  static func reply(_ value: Value, to id: Int) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("id", id)
      writer.name("value")
      writer.value(value)
    }
    return framed(writer)
  }

  static func refuse(_ what: String, to id: Int) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("id", id)
      writer.member("error", what)
    }
    return framed(writer)
  }

  static func reply(_ cookies: [KeptCookie], to id: Int) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("id", id)
      writer.name("value")
      write(cookies, to: &writer)
    }
    return framed(writer)
  }

  private static func write(_ cookies: [KeptCookie], to writer: inout JSONWriter) {
    writer.array { writer in
      for cookie in cookies {
        writer.object {
          $0.member("name", cookie.name)
          $0.member("value", cookie.value)
          $0.member("domain", cookie.domain)
          $0.member("path", cookie.path)
          if let end = cookie.endsAt { $0.member("expires", end) }
          $0.member("hostOnly", cookie.isHostOnly)
          $0.member("secure", cookie.isSecure)
          $0.member("httpOnly", cookie.isHTTPOnly)
        }
      }
    }
  }

  // MARK: Back

  /// Reads what a worker says a script did, and the globals that it has left where they are others
  /// than before; nil for what it cannot have said.
  static func result(_ bytes: [UInt8]) -> (outcome: ScriptOutcome, globals: Value?)? {
    guard let document = try? JSONReader.read(SourceFile(name: "worker", bytes: bytes)),
      document.root.isObject
    else { return nil }
    let root = document.root
    var outcome = ScriptOutcome()
    outcome.assertions = root["tests"].map { $0.elements.compactMap(assertion) } ?? []
    outcome.changes = root["changes"].map { $0.elements.compactMap(change) } ?? []
    outcome.console = (root["console"].map { Array($0.elements) } ?? []).compactMap { line in
      guard let level = line["level"]?.string, let text = line["text"]?.string else { return nil }
      return ScriptOutcome.ConsoleLine(level: level, text: text)
    }
    if let draft = root["draft"], draft.isObject { outcome.draft = draft.value }
    outcome.skipsRequest = root["skips"]?.bool ?? false
    if let next = root["next"] {
      outcome.next = next.string.map { .item($0) } ?? (next.bool == false ? .end : nil)
    }
    outcome.visualization = root["visualization"].flatMap { page in
      guard page.isObject, let template = page["template"]?.string else { return nil }
      return .init(template: template, data: page["data"]?.value ?? .null)
    }
    outcome.fault = fault(root)
    return (outcome, root["globals"]?.value)
  }

  private static func fault(_ root: Node) -> ScriptFault? {
    if let fault = root["fault"], fault.isObject {
      let kind: ScriptFault.Kind = fault["kind"]?.string == "syntax" ? .syntax : .exception
      let line = fault["line"]?.int
      return ScriptFault(
        kind, fault["message"]?.string ?? "unknown", line: line,
        column: fault["column"]?.int.map { column($0, line: line) })
    }
    return root["overflow"]?.string.map { ScriptFault(.memory, "the script made \($0)") }
  }

  /// Columns of the first line count from behind the wrapper that the worker puts around a script.
  private static func column(_ column: Int, line: Int?) -> Int {
    line == 1 ? max(1, column - "(async function () {".utf8.count) : column
  }

  private static func assertion(_ node: Node) -> ScriptOutcome.Assertion? {
    guard let name = node["name"]?.string else { return nil }
    switch node["outcome"]?.string {
    case "passed": return .init(name: name, outcome: .passed)
    case "skipped": return .init(name: name, outcome: .skipped)
    default:
      return .init(
        name: name,
        outcome: .failed(
          message: node["message"]?.string ?? "", line: node["line"]?.int,
          column: node["column"]?.int.map { column($0, line: node["line"]?.int) }))
    }
  }

  /// Only these scopes can be changed by a script.
  private static func change(_ node: Node) -> ScriptOutcome.VariableChange? {
    guard let scope = node["scope"]?.string.flatMap(ScopeKind.init), scope != .data,
      scope != .vault, let name = node["name"]?.string
    else { return nil }
    let value = node["unset"]?.bool == true ? nil : node["value"]?.value ?? .null
    return .init(scope: scope, name: name, value: value)
  }
}
