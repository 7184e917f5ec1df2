package import AssayModel
internal import AssayText

/// The run as JSON in the shape of Newman's, so that what reads Newman's reads ours.
///
/// Claims that Newman does not know (of the request itself, of a contract) stand among the assertions,
/// and what never ran stands there as an error: nothing that was not judged looks passed.
package struct JSONReport {
  private let ledger: Ledger

  package init(_ ledger: Ledger) { self.ledger = ledger }

  package var text: String { ReportSink.text { write(to: &$0) } }

  package func write(to sink: inout ReportSink) {
    var writer = JSONWriter()
    writer.object { writer in
      writer.name("collection")
      writer.object { writer in
        writer.name("info")
        writer.object {
          $0.member("name", ledger.facts?.collections.joined(separator: ", ") ?? "")
        }
      }
      writer.name("run")
      writer.object { writer in
        writer.name("stats")
        writeStats(to: &writer)
        writer.name("timings")
        writer.object {
          $0.member("started", (ledger.facts?.startedAt ?? 0) * 1_000)
          $0.member(
            "completed",
            (ledger.facts?.startedAt ?? 0) * 1_000 + milliseconds(ledger.duration))
        }
        if let coverage = ledger.coverage { write(coverage, to: &writer) }
        writer.name("executions")
        writer.array { writer in
          ledger.eachClaimed {
            write($0, to: &writer)
            sink.write(writer.drained())
          }
        }
        writer.name("failures")
        writer.array { writer in
          ledger.eachClaimed {
            writeFailures(of: $0, to: &writer)
            sink.write(writer.drained())
          }
        }
        writer.name("error")
        writer.null()
      }
      writer.name("assay")
      writer.object { writer in
        writer.member("run", ledger.facts?.id ?? "")
        writer.member("end", ledger.end.rawValue)
        writer.member("exitCode", Int(ledger.exitCode.rawValue))
        writer.member("planned", ledger.summary.planned)
        writer.member("ended", ledger.summary.ended)
      }
    }
    sink.write(writer.drained())
    sink.write("\n")
  }

  private func milliseconds(_ duration: Duration) -> Int {
    JournalCodec.microseconds(duration) / 1_000
  }

  private func isSkipped(_ verdict: Verdict) -> Bool {
    verdict.outcome == .skipped || verdict.outcome == .notJudged
  }

  private func writeStats(to writer: inout JSONWriter) {
    let summary = ledger.summary
    var (claims, bad, requestFailures) = (0, 0, 0)
    ledger.eachClaimed { claimed in
      claims += claimed.claims.count
      bad += claimed.claims.count { $0.verdict.isBad }
      let isRefused = claimed.claims.contains {
        ["request", "end"].contains($0.verdict.name) && $0.verdict.isBad
      }
      if isRefused { requestFailures += 1 }
    }
    let iterations = Set(ledger.entries.map { "\($0.step.suite)\u{0}\($0.step.iteration)" }).count
    let rows: [(String, Int, Int)] = [
      ("iterations", iterations, 0), ("items", summary.planned, 0),
      ("requests", summary.requests, requestFailures),
      ("assertions", claims, bad),
    ]
    writer.object { writer in
      for (name, total, failed) in rows {
        writer.name(name)
        writer.object {
          $0.member("total", total)
          $0.member("pending", name == "items" ? summary.planned - summary.ended : 0)
          $0.member("failed", failed)
        }
      }
    }
  }

  /// What was reached of the contracts, which Newman knows nothing of.
  private func write(_ coverage: Coverage, to writer: inout JSONWriter) {
    writer.name("coverage")
    writer.object { writer in
      for (name, share) in [
        ("operations", coverage.called), ("responses", coverage.count(.response)),
        ("requests", coverage.count(.request)), ("parameters", coverage.count(.parameter)),
        ("members", coverage.count(.property)),
      ] {
        writer.name(name)
        writer.object {
          $0.member("seen", share.seen)
          $0.member("total", share.total)
        }
      }
      writer.member("vacuous", ifAny: ledger.vacuity)
    }
  }

  private func write(_ claimed: Claimed, to writer: inout JSONWriter) {
    let entry = claimed.entry
    writer.object { writer in
      writer.name("cursor")
      writer.object {
        $0.member("position", entry.step.number)
        $0.member("iteration", entry.step.iteration)
        $0.member("cycles", entry.step.iterationCount)
      }
      writer.name("item")
      writer.object { $0.member("name", entry.step.name) }
      writer.member("id", claimed.id)
      writer.member("operation", ifAny: entry.operation)
      if let exchange = entry.exchange { write(exchange, to: &writer) }
      writer.name("assertions")
      writer.array { writer in
        for claim in claimed.claims {
          let verdict = claim.verdict
          writer.object { writer in
            writer.member("assertion", verdict.name)
            writer.member("id", claim.id)
            writer.member("skipped", isSkipped(verdict))
            if verdict.isBad {
              writer.name("error")
              writeError(verdict, to: &writer)
            }
            guard !verdict.findings.isEmpty else { return }
            writer.name("findings")
            writer.array { writer in
              for finding in verdict.findings { FindingJSON.write(finding, to: &writer) }
            }
          }
        }
      }
    }
  }

  private func writeError(_ verdict: Verdict, to writer: inout JSONWriter) {
    let (name, message) = Self.error(verdict)
    writer.object {
      $0.member("name", name)
      $0.member("message", message)
      $0.member("test", verdict.name)
    }
  }

  /// What a script threw is told with its kind before it, which stands by itself here.
  static func error(_ verdict: Verdict) -> (name: String, message: String) {
    guard verdict.fault == .assertion || verdict.fault == .script,
      let parts = verdict.message.parted(at: ": "), parts.before.hasSuffix("Error"),
      parts.before.allSatisfy(\.isLetter)
    else {
      return (verdict.code == "assertion" ? "AssertionError" : verdict.code, verdict.message)
    }
    return (String(parts.before), String(parts.after))
  }

  private func write(_ exchange: Exchange, to writer: inout JSONWriter) {
    writer.name("request")
    writer.object { writer in
      writer.member("method", exchange.request.method)
      writer.member("url", exchange.request.url)
      write(exchange.request.headers, to: &writer)
    }
    guard let response = exchange.response else { return }
    writer.name("response")
    writer.object { writer in
      writer.member("code", response.status)
      writer.member("status", response.reason)
      write(response.headers, to: &writer)
      writer.member("responseTime", milliseconds(exchange.serviceTime))
      writer.member("responseSize", response.bodySize)
    }
  }

  private func write(_ headers: [HeaderField], to writer: inout JSONWriter) {
    writer.name("header")
    writer.array { writer in
      for field in headers {
        writer.object {
          $0.member("key", field.name)
          $0.member("value", field.value)
        }
      }
    }
  }

  private func writeFailures(of claimed: Claimed, to writer: inout JSONWriter) {
    let entry = claimed.entry
    for verdict in claimed.claims.map(\.verdict) where verdict.isBad {
      writer.object { writer in
        writer.name("source")
        writer.object { $0.member("name", entry.step.name) }
        writer.name("cursor")
        writer.object { $0.member("iteration", entry.step.iteration) }
        writer.member("at", verdict.place?.description ?? "")
        writer.name("error")
        writeError(verdict, to: &writer)
      }
    }
  }
}
