package import AssayModel
package import AssayText

/// Exchanges that somebody else recorded, in the HTTP Archive format 1.2.
package enum HARReader {
  /// Whether a document is such an archive.
  package static func fits(_ document: Document) -> Bool {
    document.root["log"]?["entries"]?.isArray == true
  }

  package static func read(_ document: Document) throws(Diagnostic) -> [Recorded] {
    guard let entries = document.root["log"]?["entries"], entries.isArray else {
      throw .noTraffic(document.file)
    }
    var recorded: [Recorded] = []
    for entry in entries.elements {
      guard let sent = entry["request"], let request = request(sent) else {
        throw .brokenTraffic(at: entry.span)
      }
      let outcome: Exchange.Outcome =
        entry["response"].flatMap(response).map { .response($0) }
        ?? .failed(TransportFault(.other, "no response was recorded"))
      recorded.append(
        Recorded(
          name: URI(splitting: request.url).path, place: entry.span.place,
          exchange: Exchange(
            request: request, outcome: outcome, timings: timings(entry["timings"]),
            peer: entry["serverIPAddress"]?.string)))
    }
    return recorded
  }

  /// Milliseconds; a phase that did not happen is written as -1, and `ssl` is a part of `connect`.
  private static func timings(_ node: Node?) -> Timings {
    func time(_ name: String) -> Duration {
      .microseconds(Int64(max(0, min(node?[name]?.double ?? 0, 1e9)) * 1_000))
    }
    var timings = Timings()
    timings.queued = time("blocked")
    timings.nameLookup = time("dns")
    timings.secure = time("ssl")
    timings.connect = max(.zero, time("connect") - timings.secure)
    timings.send = time("send")
    timings.wait = time("wait")
    timings.receive = time("receive")
    return timings
  }

  private static func request(_ node: Node) -> Request? {
    guard let method = node["method"]?.string, let url = node["url"]?.string else { return nil }
    var headers = fields(node["headers"])
    var body: [UInt8]?
    if let data = node["postData"] {
      if let text = data["text"]?.string {
        body = bytes(text, encoding: data["encoding"]?.string)
      } else if let pairs = data["params"], pairs.count > 0 {
        body = Array(form(pairs).utf8)
      }
      if headers.first("Content-Type") == nil, let type = data["mimeType"]?.string, !type.isEmpty {
        headers.append(HeaderField("Content-Type", type))
      }
    }
    return Request(method: method, url: url, headers: headers, body: body)
  }

  /// A form whose text was not kept.
  private static func form(_ pairs: Node) -> String {
    pairs.elements.map { pair in
      [pair["name"], pair["value"]].map { part in
        PercentEncoding.encode((part?.string ?? "").utf8) { URI.isUnreserved($0) }
      }.joined(separator: "=")
    }.joined(separator: "&")
  }

  /// Nil where nothing came back: archives write that as status 0.
  private static func response(_ node: Node) -> Response? {
    guard let status = node["status"]?.int, status > 0 else { return nil }
    var headers = fields(node["headers"])
    let content = node["content"]
    let text = content?["text"]?.string
    let body = text.map { bytes($0, encoding: content?["encoding"]?.string) } ?? []
    if headers.isEmpty, let type = content?["mimeType"]?.string, type.contains("/"),
      type != "x-unknown"
    {
      headers.append(HeaderField("Content-Type", type))
    }
    var response = Response(
      status: status, reason: node["statusText"]?.string ?? "",
      version: node["httpVersion"]?.string ?? "", headers: headers, body: body)
    // Many recorders leave bodies out: such a response is not an empty one.
    if text == nil, let size = content?["size"]?.int, size > 0 { response.bodySize = size }
    return response
  }

  private static func fields(_ node: Node?) -> [HeaderField] {
    (node.map { Array($0.elements) } ?? []).compactMap { field in
      guard let name = field["name"]?.string, let value = field["value"]?.string,
        // What HTTP/2 says of the request line is no field.
        !name.hasPrefix(":")
      else { return nil }
      return HeaderField(name, value)
    }
  }

  private static func bytes(_ text: String, encoding: String?) -> [UInt8] {
    guard encoding?.lowercased() == "base64" else { return Array(text.utf8) }
    return Base64.decode(text.utf8) ?? Array(text.utf8)
  }
}

/// One exchange that was recorded, and where its record stands.
package struct Recorded: Sendable {
  package let name: String
  package let place: Place
  package let exchange: Exchange

  package init(name: String, place: Place, exchange: Exchange) {
    self.name = name
    self.place = place
    self.exchange = exchange
  }
}
