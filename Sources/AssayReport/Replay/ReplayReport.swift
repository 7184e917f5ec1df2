package import AssayModel
internal import AssayText

/// What came of calls that were sent again.
package struct ReplayReport {
  package struct Step {
    let name: String
    let id: String
    let old: Exchange
    let new: Exchange

    /// Both without secrets.
    package init(name: String, id: String, old: Exchange, new: Exchange) {
      self.name = name
      self.id = id
      self.old = old
      self.new = new
    }
  }

  private let steps: [Step]
  private let substitutions: [Resending.Substitution]
  private let style: Style
  private static let limit = 20

  package init(steps: [Step], substitutions: [Resending.Substitution], style: Style) {
    self.steps = steps
    self.substitutions = substitutions
    self.style = style
  }

  package var text: String {
    var text = ""
    for (index, step) in steps.enumerated() {
      let isLast = index == steps.count - 1
      text += head(step)
      if isLast { text += used + differences(step) }
    }
    return text
  }

  private func safe(_ text: String) -> String { TerminalText.visible(text) }

  private func head(_ step: Step) -> String {
    let request = step.new.request
    let status = step.new.response.map { String($0.status) } ?? "no response"
    return "\(style.bold(safe(step.name)))  \(style.dim(step.id))\n"
      + "  \(safe(request.method)) \(safe(request.url)) → \(status)\n"
  }

  private var used: String {
    guard !substitutions.isEmpty else { return "" }
    var text = ""
    for each in substitutions.prefix(Self.limit) {
      text += style.dim("  now  ") + "\(safe(each.old)) → \(safe(each.new))  "
      text += style.dim(safe(each.origin)) + "\n"
    }
    let more = substitutions.count - Self.limit
    return more > 0 ? text + style.dim("  and \(more) more values have changed\n") : text
  }

  private func differences(_ step: Step) -> String {
    let difference = ExchangeDifference(old: step.old, new: step.new)
    var text = "\n"
    if difference.isNothing {
      text += style.green("  the same answer as recorded") + "\n"
    }
    if let status = difference.status { text += change("status", status) }
    for field in difference.fields { text += change("field \(field.place)", field) }
    for place in difference.body {
      text += change(place.place.isEmpty ? "body" : "body \(place.place)", place)
    }
    if difference.moreCount > 0 { text += "  and \(difference.moreCount) more in the body\n" }
    let (before, now) = (step.old.timings.service, step.new.timings.service)
    return text + style.dim("  time  ") + "\(before.brief) → \(now.brief)\n\n"
  }

  private func change(_ name: String, _ change: ExchangeDifference.Change) -> String {
    let old = change.old.map { style.red("- " + safe($0)) } ?? style.dim("- (not there)")
    let new = change.new.map { style.green("+ " + safe($0)) } ?? style.dim("+ (not there)")
    return "  \(safe(name))\n    \(old)\n    \(new)\n"
  }

  package static func notJudged(style: Style) -> String {
    style.yellow("not judged") + ": no answer came\n"
  }

  /// What the contract says now of what it blamed then.
  package static func judgedAgain(was: [Verdict], now: [Verdict], style: Style) -> String {
    if now.isEmpty {
      return was.isEmpty
        ? style.green("holds") + ": nothing breaks the contract, and nothing did\n"
        : style.green("fixed") + ": what broke the contract when it was recorded holds\n"
    }
    return was.isEmpty
      ? style.red("broken") + ": the contract blames what it did not blame when it was recorded\n"
      : style.red("still broken") + ": \(now.count) of the contract's checks fail\n"
  }

  /// - Parameter judged: What the contract says of the last answer.
  package func json(judged: Ledger?) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.name("calls")
      writer.array { writer in for step in steps { write(step, to: &writer) } }
      writer.name("substitutions")
      writer.array { writer in
        for each in substitutions {
          writer.object {
            $0.member("old", each.old)
            $0.member("new", each.new)
            $0.member("from", each.origin)
          }
        }
      }
      guard let entry = judged?.entries.first else { return }
      writer.name("findings")
      writer.array { writer in
        for verdict in entry.verdicts {
          for finding in verdict.findings { FindingJSON.write(finding, to: &writer) }
        }
      }
    }
    return writer.text
  }

  private func write(_ step: Step, to writer: inout JSONWriter) {
    let difference = ExchangeDifference(old: step.old, new: step.new)
    writer.object { writer in
      writer.member("id", step.id)
      writer.member("name", step.name)
      writer.member("method", step.new.request.method)
      writer.member("url", step.new.request.url)
      if let status = step.new.response?.status { writer.member("status", status) }
      writer.member("same", difference.isNothing)
      writer.name("changes")
      writer.array { writer in
        let changes =
          [difference.status].compactMap { $0 }.map { ("status", $0) }
          + difference.fields.map { ("field", $0) } + difference.body.map { ("body", $0) }
        for (kind, change) in changes {
          writer.object {
            $0.member("in", kind)
            $0.member("at", change.place)
            $0.member("old", ifAny: change.old)
            $0.member("new", ifAny: change.new)
          }
        }
      }
      writer.member("oldTime", JournalCodec.microseconds(step.old.timings.service))
      writer.member("newTime", JournalCodec.microseconds(step.new.timings.service))
    }
  }
}
