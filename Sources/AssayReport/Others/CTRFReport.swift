package import AssayModel
internal import AssayText

/// The run in the Common Test Report Format, which dashboards read.
package struct CTRFReport {
  private let ledger: Ledger

  package init(_ ledger: Ledger) { self.ledger = ledger }

  package func write(to sink: inout ReportSink) {
    let start = (ledger.facts?.startedAt ?? 0) * 1_000
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("reportFormat", "CTRF")
      writer.member("specVersion", "1.0.0")
      writer.member("reportId", Self.uuid(ledger.facts?.id ?? ""))
      if let id = ledger.facts?.id, !id.isEmpty { writer.member("runId", id) }
      writer.member("timestamp", UTCTime(ledger.facts?.startedAt ?? 0).text)
      writer.member("generatedBy", "Assay \(ledger.facts?.version ?? "")")
      writer.name("results")
      writer.object { writer in
        writer.name("tool")
        writer.object {
          $0.member("name", "Assay")
          $0.member("version", ledger.facts?.version ?? "")
        }
        writer.name("summary")
        summary(start, to: &writer)
        writer.name("tests")
        writer.array { writer in
          ledger.eachClaimed { claimed in
            for claim in claimed.claims { test(claim, claimed, start, to: &writer) }
            sink.write(writer.drained())
          }
        }
        environment(to: &writer)
      }
    }
    sink.write(writer.drained())
    sink.write("\n")
  }

  private func summary(_ start: Int, to writer: inout JSONWriter) {
    var counts: [String: Int] = [:]
    var (total, flaky) = (0, 0)
    var suites: Set<String> = []
    ledger.eachClaimed { claimed in
      suites.insert((claimed.entry.step.folders).joined(separator: "/"))
      for claim in claimed.claims {
        total += 1
        counts[Self.status(claim.verdict), default: 0] += 1
        if claim.verdict.code == Verdict.flakyCode { flaky += 1 }
      }
    }
    let length = JournalCodec.microseconds(ledger.duration) / 1_000
    writer.object { writer in
      writer.member("tests", total)
      for status in ["passed", "failed", "skipped", "pending", "other"] {
        writer.member(status, counts[status] ?? 0)
      }
      writer.member("flaky", flaky)
      writer.member("suites", suites.count)
      writer.member("start", start)
      writer.member("stop", start + length)
      writer.member("duration", length)
      writer.name("extra")
      writer.object {
        $0.member("exitCode", Int(ledger.exitCode.rawValue))
        $0.member("end", ledger.end.rawValue)
      }
    }
  }

  /// What no rule was there for is `other`: nobody's failure, and nobody's pass.
  private static func status(_ verdict: Verdict) -> String {
    switch verdict.outcome {
    case .passed: "passed"
    case .failed, .error: "failed"
    case .skipped: "skipped"
    case .notJudged: "other"
    }
  }

  private func test(
    _ claim: Claim, _ claimed: Claimed, _ start: Int, to writer: inout JSONWriter
  ) {
    let (verdict, entry) = (claim.verdict, claimed.entry)
    let isRequest = claim.name == "request"
    writer.object { writer in
      writer.member("testId", claim.id)
      writer.member("name", "\(claimed.name) › \(claim.name)\(claimed.round)")
      writer.member("status", Self.status(verdict))
      let time = isRequest ? entry.exchange?.serviceTime ?? .zero : .zero
      writer.member("duration", JournalCodec.microseconds(time) / 1_000)
      if isRequest {
        writer.member("start", start + JournalCodec.microseconds(entry.startedAt) / 1_000)
        writer.member("stop", start + JournalCodec.microseconds(entry.endedAt) / 1_000)
      }
      writer.name("suite")
      writer.array { for name in [entry.step.suite] + entry.step.folders { $0.string(name) } }
      writer.member("rawStatus", verdict.outcome.rawValue)
      writer.member("type", verdict.code)
      if !verdict.message.isEmpty { writer.member("message", verdict.message) }
      let place = verdict.place ?? entry.step.place
      writer.member("filePath", place.file)
      writer.member("line", place.line)
      if verdict.isBad {
        writer.member("trace", FailureText.text(claim, claimed, ledger.facts))
        if let excerpt = verdict.findings.first?.documentExcerpt, !excerpt.isEmpty {
          writer.member("snippet", excerpt.map(\.text).joined(separator: "\n"))
        }
      }
      if verdict.code == Verdict.flakyCode { writer.member("flaky", true) }
      if isRequest, entry.retryCount > 0 { attempts(entry, to: &writer) }
    }
  }

  private func attempts(_ entry: Ledger.Entry, to writer: inout JSONWriter) {
    writer.member("retries", entry.retryCount)
    writer.name("retryAttempts")
    writer.array { writer in
      for (index, attempt) in entry.attempts.enumerated() {
        writer.object {
          $0.member("attempt", index + 1)
          $0.member("status", "failed")
          $0.member("duration", JournalCodec.microseconds(attempt.time) / 1_000)
          $0.member("message", attempt.reason)
        }
      }
    }
  }

  private func environment(to writer: inout JSONWriter) {
    guard let facts = ledger.facts else { return }
    writer.name("environment")
    writer.object { writer in
      writer.member("reportName", facts.collections.joined(separator: ", "))
      writer.member("testEnvironment", ifAny: facts.environment)
      writer.member("healthy", ledger.exitCode == .success)
      writer.name("extra")
      writer.object { $0.member("seed", String(facts.seed)) }
    }
  }

  /// A UUID of version 8 (RFC 9562, section 5.8) that is the same for the same run.
  static func uuid(_ text: String) -> String {
    var bytes = Array(Digest.hash(Array(text.utf8), .sha256).prefix(16))
    bytes[6] = bytes[6] & 0x0F | 0x80
    bytes[8] = bytes[8] & 0x3F | 0x80
    let hex = Array(Digest.hex(bytes))
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }
      .joined(separator: "-")
  }
}
