package import AssayModel
internal import AssayText

/// Compares exchanges with one or more contracts.
///
/// A call belongs to the first contract that has its operation. Each check is a verdict of its own
/// with a stable code, so that a report can count them and a run can be compared with the last.
package struct ContractJudge: Judge {
  private let contracts: [Contract]
  private let latitude: Latitude
  private let taken: String?
  private let book = CoverageBook()

  /// - Parameter taken: What stands in recorded exchanges where a secret was taken out; a value with
  ///   it is not the one that was sent, and cannot be judged.
  package init(
    contracts: [Contract], latitude: Latitude = Latitude(), taken: String? = nil
  ) {
    self.contracts = contracts
    self.latitude = latitude
    self.taken = taken
  }

  package func judge(_ exchange: Exchange) -> Judgement {
    let target = CallTarget(exchange.request.url)
    var misses: [(contract: Contract, match: Contract.Match)] = []
    // Operations are numbered through all contracts.
    var first = 0
    for contract in contracts {
      let match = contract.match(method: exchange.request.method, target)
      if case .operation(let index, let values) = match {
        return judge(exchange, target, contract, index, numbered: first + index, values)
      }
      first += contract.operations.count
      misses.append((contract, match))
    }
    return Judgement(operation: nil, verdicts: [undocumented(exchange, target.path, misses)])
  }

  package var operations: [OperationFacts] { contracts.flatMap(\.facts) }

  private func judge(
    _ exchange: Exchange, _ target: CallTarget, _ contract: Contract, _ index: Int,
    numbered number: Int, _ values: [String: String]
  ) -> Judgement {
    let operation = contract.operations[index]
    let (page, isNew) = book.page(number, of: operation, contract.program)
    let judging = Judging(
      contract: contract, operation: operation, layout: contract.layouts[index], page: page,
      pathValues: values, target: target, exchange: exchange, latitude: latitude, taken: taken)
    let verdicts = judging.verdicts()
    return Judgement(
      operation: operation.name, verdicts: verdicts,
      reach: Reach(
        operation: number, points: judging.seen.points.sorted(),
        properties: isNew ? page.labels : nil, isHollow: judging.seen.isHollow))
  }

  private func undocumented(
    _ exchange: Exchange, _ path: String, _ misses: [(contract: Contract, match: Contract.Match)]
  ) -> Verdict {
    let method = exchange.request.method
    var finding = Finding(
      code: "contract.operation", part: .route, keyword: "paths",
      message: "no operation of the contract fits \(method) \(path)", received: "\(method) \(path)")
    for miss in misses {
      switch miss.match {
      case .otherMethods(let methods):
        let listed = methods.joined(separator: ", ")
        // HEAD and OPTIONS are never implied and hardly ever described: worth a word, no more.
        let isUsual = method == "HEAD" || method == "OPTIONS"
        finding.part = .method
        finding.severity = isUsual ? .info : .error
        finding.message = "the contract has this path for \(listed) only"
        finding.expected = listed
      case .none(let nearest) where finding.part == .route && !nearest.isEmpty:
        finding.expected =
          "near: " + nearest.map { "\($0.template) (\($0.reason))" }.joined(separator: ", ")
      case .none, .operation: break
      }
    }
    return Verdict(
      name: "contract: operation", code: "contract.operation",
      outcome: finding.severity == .error ? .failed : .notJudged, fault: .undocumented,
      message: finding.message
        + (finding.expected.hasPrefix("near") ? " (\(finding.expected))" : ""),
      findings: [finding])
  }
}

/// What of a URL says to which operation a call belongs, taken apart once.
struct CallTarget {
  /// As it was sent, still encoded.
  let path: String
  let query: String?
  /// Host and port as a server's URL would have them.
  let host: String

  init(_ url: String) {
    let uri = URI(splitting: url)
    path = uri.path.isEmpty ? "/" : uri.path
    query = uri.query
    guard let name = uri.host else {
      host = ""
      return
    }
    let isUsual = uri.port == nil || uri.port == (uri.scheme?.lowercased() == "https" ? 443 : 80)
    host = isUsual ? name : "\(name):\(uri.port ?? 0)"
  }

  /// The same path wherever it is served.
  init(path: String, query: String? = nil, host: String = "") {
    self.path = path
    self.query = query
    self.host = host
  }
}
