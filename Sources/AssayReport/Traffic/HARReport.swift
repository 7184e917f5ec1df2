package import AssayModel
internal import AssayText

/// Exchanges as HAR 1.2, which browsers' tools, proxies and `assay judge` read.
package struct HARReport {
  /// Which calls are written.
  package enum Calls: String, Sendable, CaseIterable {
    case failures, all
  }

  private let ledger: Ledger
  private let entries: [Ledger.Entry]

  package init(_ ledger: Ledger, calls: Calls = .failures) {
    self.init(ledger, entries: calls == .all ? ledger.entries : ledger.entries.filter(\.isBad))
  }

  package init(_ ledger: Ledger, entries: [Ledger.Entry]) {
    self.ledger = ledger
    self.entries = entries
  }

  package func write(to sink: inout ReportSink) {
    var writer = JSONWriter()
    writer.object { writer in
      writer.name("log")
      writer.object { writer in
        writer.member("version", "1.2")
        writer.name("creator")
        writer.object {
          $0.member("name", "Assay")
          $0.member("version", ledger.facts?.version ?? "")
        }
        writer.name("entries")
        writer.array { writer in
          for entry in entries {
            guard let exchange = entry.exchange else { continue }
            for hop in exchange.hops { write(hop, of: entry, to: &writer) }
            write(exchange, of: entry, to: &writer)
            sink.write(writer.drained())
          }
        }
        if entries.contains(where: { $0.exchange?.isBrief ?? false }) {
          writer.member(
            "comment", "fields and bodies of some calls that held are in the journal alone")
        }
      }
    }
    sink.write(writer.drained())
    sink.write("\n")
  }

  private func write(_ exchange: Exchange, of entry: Ledger.Entry, to writer: inout JSONWriter) {
    let timings = exchange.timings
    let total = timings.paced + timings.queued + timings.service
    writer.object { writer in
      writer.member("startedDateTime", started(entry, total))
      writer.name("time")
      writer.number(Self.milliseconds(total))
      writer.name("request")
      write(exchange.request, exchange.response?.version, to: &writer)
      writer.name("response")
      write(exchange, to: &writer)
      writer.name("cache")
      writer.object { _ in }
      writer.name("timings")
      write(timings, to: &writer)
      if let peer = exchange.peer, let address = Self.address(peer) {
        writer.member("serverIPAddress", address)
      }
      writer.member("comment", comment(entry))
      writer.member("_assayCheck", Identity.step(entry.step))
    }
  }

  private func comment(_ entry: Ledger.Entry) -> String {
    let bad = entry.verdicts.filter(\.isBad).map { "\($0.name): \($0.message)" }
    return ([entry.step.path] + bad).joined(separator: "; ")
  }

  /// When a call was ready to leave.
  private func started(_ entry: Ledger.Entry, _ total: Duration) -> String {
    let offset = JournalCodec.microseconds(max(.zero, entry.exchangedAt - total))
    let start = (ledger.facts?.startedAt ?? 0) * 1_000 + offset / 1_000
    let rest = String(start % 1_000)
    let zeros = String(repeating: "0", count: 3 - rest.count)
    return "\(UTCTime(start / 1_000).dateAndTime).\(zeros)\(rest)Z"
  }

  private static func milliseconds(_ duration: Duration) -> String {
    let microseconds = JournalCodec.microseconds(duration)
    let rest = String(microseconds % 1_000)
    return "\(microseconds / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }

  /// The address without the port behind it.
  private static func address(_ peer: String) -> String? {
    guard let colon = peer.lastIndex(of: ":") else { return nil }
    let host = peer[..<colon].drop { $0 == "[" }.prefix { $0 != "]" && $0 != "%" }
    return IPAddress.isIPv4(host) || IPAddress.isIPv6(host) ? String(host) : nil
  }

  private func write(_ timings: Timings, to writer: inout JSONWriter) {
    writer.object { writer in
      // What we waited for is not the server's; HAR calls that blocked.
      let blocked = timings.paced + timings.queued
      for (name, time) in [
        ("blocked", blocked), ("dns", timings.nameLookup),
        // HAR counts the handshake as a part of connecting.
        ("connect", timings.connect + timings.secure), ("ssl", timings.secure),
        ("send", timings.send), ("wait", timings.wait), ("receive", timings.receive),
      ] {
        writer.name(name)
        writer.number(Self.milliseconds(time))
      }
    }
  }

  // MARK: Messages

  private func write(_ request: Request, _ version: String?, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("method", request.method)
      writer.member("url", Self.uri(request.url))
      writer.member("httpVersion", Self.version(version))
      writer.name("cookies")
      writer.array { writer in
        for field in request.headers.values(of: "Cookie") {
          for pair in field.split(separator: ";") { cookie(pair, to: &writer) }
        }
      }
      write(request.headers, to: &writer)
      writer.name("queryString")
      writer.array { writer in
        for (name, value) in Self.query(of: request.url) {
          writer.object {
            $0.member("name", name)
            $0.member("value", value)
          }
        }
      }
      if let body = request.body, !body.isEmpty {
        writer.name("postData")
        writer.object { writer in
          writer.member("mimeType", request.headers.first("Content-Type") ?? "")
          if let text = String(validating: body, as: UTF8.self) {
            writer.member("text", text)
          } else {
            // HAR has no other way for bytes than to say that there are some.
            writer.member("text", Base64.encode(body))
            writer.member("comment", "the text is Base64")
          }
        }
      }
      writer.member("headersSize", -1)
      writer.member("bodySize", request.body?.count ?? 0)
    }
  }

  private func write(_ exchange: Exchange, to writer: inout JSONWriter) {
    let response = exchange.response
    writer.object { writer in
      writer.member("status", response?.status ?? 0)
      writer.member("statusText", response?.reason ?? "")
      writer.member("httpVersion", Self.version(response?.version))
      writer.name("cookies")
      writer.array { writer in
        for field in response?.headers.values(of: "Set-Cookie") ?? [] {
          cookie(field.prefix { $0 != ";" }, to: &writer)
        }
      }
      write(response?.headers ?? [], to: &writer)
      writer.name("content")
      content(response, to: &writer)
      writer.member("redirectURL", response?.headers.first("Location") ?? "")
      writer.member("headersSize", -1)
      writer.member("bodySize", response == nil ? 0 : -1)
      if case .failed(let fault) = exchange.outcome {
        writer.member("comment", "\(fault.code): \(fault.detail)")
        writer.member("_error", "\(fault.code): \(fault.detail)")
      }
    }
  }

  private func content(_ response: Response?, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("size", response?.bodySize ?? 0)
      writer.member("mimeType", response?.headers.first("Content-Type") ?? "")
      guard let response, !response.body.isEmpty else {
        if let response, response.bodySize > 0 {
          writer.member("comment", "the body is not in this file")
        }
        return
      }
      if let text = String(validating: response.body, as: UTF8.self) {
        writer.member("text", text)
      } else {
        writer.member("text", Base64.encode(response.body))
        writer.member("encoding", "base64")
      }
      if response.body.count < response.bodySize {
        writer.member("comment", "only the first \(response.body.count) bytes were kept")
      }
    }
  }

  private func write(_ headers: [HeaderField], to writer: inout JSONWriter) {
    writer.name("headers")
    writer.array { writer in
      for field in headers {
        writer.object {
          $0.member("name", field.name)
          $0.member("value", field.value)
        }
      }
    }
  }

  private func cookie(_ pair: some StringProtocol, to writer: inout JSONWriter) {
    let text = String(pair.drop { $0 == " " })
    let parts = text.parted(at: "=")
    writer.object {
      $0.member("name", String(parts?.before ?? ""))
      $0.member("value", String(parts?.after ?? text[...]))
    }
  }

  private static func version(_ text: String?) -> String {
    guard let text, !text.isEmpty else { return "HTTP/1.1" }
    return text.hasPrefix("HTTP/") ? text : "HTTP/\(text)"
  }

  /// The URL with whatever no URL can hold encoded: what was taken out leaves brackets behind.
  private static func uri(_ url: String) -> String {
    let pathStart =
      url.parted(at: "://").flatMap { parts in parts.after.firstIndex { "/?#".contains($0) } }
      ?? url.endIndex
    // Brackets are those of an address, and stand nowhere else (RFC 3986, section 3.2.2).
    return encoded(url[..<pathStart], "!$&'()*+,/:;=@[]")
      + encoded(url[pathStart...], "!#$%&'()*+,/:;=?@")
  }

  private static func encoded(_ text: Substring, _ kept: String) -> String {
    SecretTag.pieces(of: String(text)).map { piece in
      switch piece {
      case .secret(let tag): PercentEncoding.encode(tag.text.utf8, keeping: URI.isUnreserved)
      case .text(let text):
        PercentEncoding.encode(text.utf8) { URI.isUnreserved($0) || kept.utf8.contains($0) }
      }
    }.joined()
  }

  private static func query(of url: String) -> [(String, String)] {
    guard let query = url.parted(at: "?")?.after else { return [] }
    return query.split(separator: "&").map { pair in
      let parts = String(pair).parted(at: "=")
      let value = parts.map { PercentEncoding.decodedText($0.after) } ?? ""
      return (PercentEncoding.decodedText(parts?.before ?? pair), value)
    }
  }
}

extension Exchange {
  /// Whether a ledger has let go of its fields and bodies.
  var isBrief: Bool { request.headers.isEmpty && response?.headers.isEmpty ?? true }
}
