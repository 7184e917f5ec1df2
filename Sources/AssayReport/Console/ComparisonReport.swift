internal import AssayModel
internal import AssayText

/// What has changed between two runs, for a terminal or a program.
package struct ComparisonReport {
  private let comparison: Comparison
  private let style: Style
  private static let limit = 30

  package init(_ comparison: Comparison, style: Style) {
    self.comparison = comparison
    self.style = style
  }

  private static let titles: [(Comparison.Bucket, String)] = [
    (.new, "new failures"), (.vanished, "checks that vanished"), (.still, "still failing"),
    (.flaky, "flaky"), (.fixed, "fixed"), (.added, "new checks"),
  ]

  /// - Parameters:
  ///   - isWhole: Lists all of every bucket.
  ///   - isBrief: Lists nothing but the counts.
  package func text(isWhole: Bool, isBrief: Bool) -> String {
    var text = ""
    for (bucket, title) in Self.titles where !isBrief {
      let checks = comparison.checks.filter { $0.bucket == bucket }
      // What is good news is counted, and listed for whoever asks.
      guard !checks.isEmpty, isWhole || bucket != .added else { continue }
      text += paint(bucket, title) + " \(checks.count)\n"
      for check in checks.prefix(isWhole ? .max : Self.limit) {
        text += "  \(TerminalText.visible(check.name))  \(style.dim(check.id))\n"
        if !check.message.isEmpty, bucket == .new || bucket == .still || bucket == .flaky {
          text += "      \(TerminalText.visible(check.message))\n"
        }
      }
      let more = isWhole ? 0 : checks.count - Self.limit
      if more > 0 { text += "  and \(more) more; -v lists all\n" }
    }
    for share in comparison.coverage where share.old != share.new {
      let words = "\(share.old.seen)/\(share.old.total) → \(share.new.seen)/\(share.new.total)"
      let isLess = share.new.seen < share.old.seen
      text += "coverage of \(share.name)  \(isLess ? style.red(words) : style.green(words))\n"
    }
    for speed in comparison.speeds.prefix(isWhole ? .max : Self.limit) {
      let words = "\(speed.old.brief) → \(speed.new.brief)"
      let isSlower = speed.new > speed.old
      text += "p95 of \(TerminalText.visible(speed.name))  "
      text += (isSlower ? style.red(words) : style.green(words)) + "\n"
    }
    let counts = Self.titles.map { "\(comparison.count($0.0)) \($0.0.rawValue)" }
    text += (text.isEmpty ? "" : "\n") + counts.joined(separator: ", ")
    return text + ", \(comparison.steadyCount) hold in both\n"
  }

  private func paint(_ bucket: Comparison.Bucket, _ title: String) -> String {
    switch bucket {
    case .new: style.red(style.bold(title))
    case .still: style.red(title)
    case .vanished, .flaky: style.yellow(title)
    case .fixed, .added: style.green(title)
    }
  }

  package var json: String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("old", comparison.oldRun)
      writer.member("new", comparison.newRun)
      writer.name("counts")
      writer.object { writer in
        for bucket in Comparison.Bucket.allCases {
          writer.member(bucket.rawValue, comparison.count(bucket))
        }
        writer.member("steady", comparison.steadyCount)
      }
      writer.name("checks")
      writer.array { writer in
        for check in comparison.checks {
          writer.object {
            $0.member("id", check.id)
            $0.member("name", check.name)
            $0.member("bucket", check.bucket.rawValue)
            $0.member("code", check.code)
            if !check.message.isEmpty { $0.member("message", check.message) }
          }
        }
      }
      writer.name("causes")
      writer.array { writer in
        for cause in comparison.causes {
          writer.object {
            $0.member("id", cause.id)
            $0.member("bucket", cause.bucket.rawValue)
            $0.member("title", cause.title)
            $0.member("message", cause.message)
            $0.member("count", cause.count)
          }
        }
      }
      deltas(to: &writer)
    }
    return writer.text
  }

  private func deltas(to writer: inout JSONWriter) {
    writer.name("coverage")
    writer.object { writer in
      for share in comparison.coverage {
        writer.name(share.name)
        writer.object {
          $0.member("oldSeen", share.old.seen)
          $0.member("oldTotal", share.old.total)
          $0.member("newSeen", share.new.seen)
          $0.member("newTotal", share.new.total)
        }
      }
    }
    writer.name("latency")
    writer.array { writer in
      for speed in comparison.speeds {
        writer.object {
          $0.member("operation", speed.name)
          $0.member("calls", speed.count)
          $0.member("oldP95", JournalCodec.microseconds(speed.old))
          $0.member("newP95", JournalCodec.microseconds(speed.new))
        }
      }
    }
  }
}
