package import AssayModel
internal import AssayText

/// What a run would send, before any script has run.
package struct PlanReport: Sendable {
  /// One call of the plan; secrets have been taken out of it.
  package struct Call: Sendable {
    package let step: Event.PlannedStep
    package let scriptCount: Int
    package let outcome: Outcome
    /// The calls that have to come first, and why.
    package let waits: [Wait]

    package struct Wait: Sendable {
      /// The number of the step, from 0.
      package let step: Int
      package let name: String
      package let reason: String

      package init(step: Int, name: String, reason: String) {
        self.step = step
        self.name = name
        self.reason = reason
      }
    }

    package enum Outcome: Sendable {
      case request(Request, Composition)
      case refused(Diagnostic)
    }

    package init(
      step: Event.PlannedStep, scriptCount: Int, outcome: Outcome, waits: [Wait] = []
    ) {
      self.step = step
      self.waits = waits
      self.scriptCount = scriptCount
      self.outcome = outcome
    }
  }

  private let style: Style
  private let sources: [ScopeKind: String]

  /// - Parameter sources: What the user calls the holder of each scope.
  package init(style: Style, sources: [ScopeKind: String]) {
    self.style = style
    self.sources = sources
  }

  /// More of a body than this says nothing new in a terminal.
  private static let bodyLimit = 2_000

  // MARK: For people

  package func text(_ call: Call) -> String {
    var lines = [title(call)]
    switch call.outcome {
    case .refused(let diagnostic):
      lines.append("  " + style.red("not sent: ") + TerminalText.visible(diagnostic.message))
      if let hint = diagnostic.hint { lines.append("    " + TerminalText.visible(hint)) }
    case .request(let request, let composition):
      lines.append("  " + style.bold(request.method) + " " + shown(request.url, composition))
      for field in request.headers {
        lines.append("  \(TerminalText.visible(field.name)): \(shown(field.value, composition))")
      }
      lines += body(request, composition)
      lines += facts(call, composition)
    }
    for wait in call.waits {
      let who = "\(wait.step + 1) «\(TerminalText.visible(wait.name))»"
      lines.append(
        "  " + style.blue("waits") + "  for \(who): \(TerminalText.visible(wait.reason))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// How the steps of a lane follow one another.
  package struct LaneOrder: Sendable {
    package let suite: String
    package let order: String
    /// Why it is not what was asked for.
    package let reason: String?

    package init(suite: String, order: String, reason: String?) {
      self.suite = suite
      self.order = order
      self.reason = reason
    }
  }

  /// What is said of a lane before its calls; nothing where they overlap wherever they can.
  package func text(_ order: LaneOrder) -> String {
    let words =
      switch order.order {
      case "strict": "one call after another" + (order.reason.map { ", since \($0)" } ?? "")
      case "free": "all calls at once"
      default: "calls overlap unless they wait for one another"
      }
    return style.dim("\(TerminalText.visible(order.suite)): \(TerminalText.visible(words))") + "\n"
  }

  private func title(_ call: Call) -> String {
    let step = call.step
    let path = ([step.suite] + step.folders + [step.name]).joined(separator: " / ")
    let turn = step.iterationCount > 1 ? "  iteration \(step.iteration + 1)" : ""
    return style.bold("\(step.number + 1). " + TerminalText.visible(path)) + turn + "  "
      + style.dim(TerminalText.visible(step.place.description))
  }

  /// A text in which names that nothing filled stand out.
  private func shown(_ text: String, _ composition: Composition) -> String {
    var text = TerminalText.visible(text)
    guard text.utf8.contains(UInt8(ascii: "{")) || text.contains("%7B%7B") else { return text }
    for use in composition.uses where use.origin == nil {
      let token = TerminalText.visible("{{\(use.name)}}")
      let encoded = PercentEncoding.encode(token.utf8) { !"{}".utf8.contains($0) && $0 > 0x20 }
      for form in [token, encoded] { text = text.replacing(form, with: style.yellow(form)) }
    }
    return text
  }

  private func body(_ request: Request, _ composition: Composition) -> [String] {
    guard let bytes = request.body, !bytes.isEmpty else { return [] }
    guard let text = String(validating: bytes.prefix(Self.bodyLimit), as: UTF8.self) else {
      return ["", "  " + style.dim("\(bytes.count) bytes")]
    }
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { "  " + shown(String($0), composition) }
    if bytes.count > Self.bodyLimit {
      lines.append("  " + style.dim("… \(bytes.count) bytes in all"))
    }
    return [""] + lines
  }

  private func facts(_ call: Call, _ composition: Composition) -> [String] {
    var lines: [String] = []
    for use in composition.uses { lines.append("  " + line(use, composition)) }
    if let meaning = composition.authentication?.meaning {
      lines.append("  " + style.blue("auth") + "  " + TerminalText.visible(meaning))
    }
    for note in composition.notes {
      lines.append("  " + style.yellow("warning") + "  " + TerminalText.visible(note.message))
    }
    if call.scriptCount > 0 {
      let plural = call.scriptCount == 1 ? "script" : "scripts"
      lines.append("  " + style.dim("\(call.scriptCount) \(plural) may change it before it leaves"))
    }
    return lines.isEmpty ? [] : [""] + lines
  }

  private func line(_ use: VariableUse, _ composition: Composition) -> String {
    let name = TerminalText.visible("{{\(use.name)}}")
    switch use.origin {
    case nil:
      let hint = composition.undefined.first { $0.message.contains("`\(use.name)`") }?.hint
      return style.yellow(name) + "  not defined"
        + (hint.map { "; \(TerminalText.visible($0))" } ?? "")
    case .dynamic?: return name + "  made anew wherever it stands"
    case .scope(let scope, let span, let isSecret)?:
      return name + "  from " + source(scope, span) + (isSecret ? ", secret" : "")
    }
  }

  private func source(_ scope: ScopeKind, _ span: SourceSpan?) -> String {
    let holder = sources[scope].map { "\(scope.title) \"\($0)\"" } ?? scope.title
    guard let span else { return TerminalText.visible(holder) + ", set on the command line" }
    return TerminalText.visible(holder) + ", line \(span.start.line)"
  }

  // MARK: For programs

  /// - Parameter orders: For each lane, how its steps follow one another.
  package static func json(_ calls: [Call], seed: UInt64, orders: [LaneOrder]) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.name("seed")
      writer.number(String(seed))
      writer.name("lanes")
      writer.array { writer in
        for order in orders {
          writer.object {
            $0.member("collection", order.suite)
            $0.member("order", order.order)
            $0.member("reason", ifAny: order.reason)
          }
        }
      }
      writer.name("calls")
      writer.array { writer in for call in calls { write(call, to: &writer) } }
    }
    return writer.text
  }

  private static func write(_ call: Call, to writer: inout JSONWriter) {
    let step = call.step
    writer.object { writer in
      writer.member("number", step.number + 1)
      writer.member("collection", step.suite)
      writer.name("folders")
      writer.array { writer in for folder in step.folders { writer.string(folder) } }
      writer.member("name", step.name)
      writer.member("iteration", step.iteration + 1)
      writer.name("place")
      JournalCodec.write(step.place, to: &writer)
      writer.member("scripts", call.scriptCount)
      writer.name("waits")
      writer.array { writer in
        for wait in call.waits {
          writer.object {
            $0.member("for", wait.step + 1)
            $0.member("name", wait.name)
            $0.member("reason", wait.reason)
          }
        }
      }
      switch call.outcome {
      case .refused(let diagnostic):
        writer.name("problem")
        write(diagnostic, to: &writer)
      case .request(let request, let composition): write(request, composition, to: &writer)
      }
    }
  }

  private static func write(
    _ request: Request, _ composition: Composition, to writer: inout JSONWriter
  ) {
    writer.member("method", request.method)
    writer.member("url", request.url)
    writer.name("headers")
    writer.array { writer in
      for field in request.headers {
        writer.object {
          $0.member("name", field.name)
          $0.member("value", field.value)
        }
      }
    }
    if let bytes = request.body {
      if let text = String(validating: bytes, as: UTF8.self) {
        writer.member("body", text)
      } else {
        writer.member("bodyBase64", Base64.encode(bytes))
      }
    }
    writer.member("auth", ifAny: composition.authentication?.meaning)
    writer.name("variables")
    writer.array { writer in for use in composition.uses { write(use, to: &writer) } }
    writer.name("notes")
    writer.array { writer in
      for note in composition.undefined + composition.notes { write(note, to: &writer) }
    }
  }

  private static func write(_ use: VariableUse, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", use.name)
      switch use.origin {
      case nil: writer.member("origin", "undefined")
      case .dynamic?: writer.member("origin", "dynamic")
      case .scope(let scope, let span, let isSecret)?:
        writer.member("origin", scope.rawValue)
        writer.member("secret", isSecret)
        if let place = span?.place {
          writer.name("place")
          JournalCodec.write(place, to: &writer)
        }
      }
    }
  }

  private static func write(_ diagnostic: Diagnostic, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("severity", diagnostic.severity.rawValue)
      writer.member("code", diagnostic.code)
      writer.member("message", diagnostic.message)
      if let place = diagnostic.place {
        writer.name("place")
        JournalCodec.write(place, to: &writer)
      }
      writer.member("hint", ifAny: diagnostic.hint)
    }
  }
}

extension ScopeKind {
  /// What people call it.
  fileprivate var title: String {
    switch self {
    case .local: "local variables"
    case .data: "data"
    case .environment: "environment"
    case .collection: "collection"
    case .globals: "globals"
    case .vault: "secrets"
    }
  }
}
