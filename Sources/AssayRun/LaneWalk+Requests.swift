internal import AssayModel

// Requests on their way.
extension LaneWalk {
  /// Sends the request, and what its redirects lead to; each hop takes its turn at the gate.
  func follow(_ composition: Composition) async -> Exchange? {
    var limits = options.limits
    limits.redirectCount = composition.redirectLimit ?? limits.redirectCount
    limits.ignoresCookies = composition.ignoresCookies
    var hops: [Exchange] = []
    var request = composition.request
    while var exchange = await send(request, limits) {
      exchange.hops = hops
      guard limits.redirectCount > 0 else { return exchange }
      switch world.follower.followUp(of: exchange) {
      case .none: return exchange
      case .refused(let fault):
        exchange.outcome = .failed(fault)
        return exchange
      case .request(let next):
        guard hops.count < limits.redirectCount else {
          exchange.outcome = .failed(
            TransportFault(.redirect, "more than \(limits.redirectCount) redirects"))
          return exchange
        }
        exchange.hops = []
        hops.append(exchange)
        request = next
      }
    }
    return nil
  }

  /// One request through the gate; nil when the run was given up meanwhile.
  private func send(_ request: Request, _ limits: SendLimits) async -> Exchange? {
    let wait = await gate.enter()
    guard !Task.isCancelled else {
      await gate.leave()
      return nil
    }
    var exchange = await world.senders[lane.number].send(request, limits: limits)
    await gate.leave()
    exchange.timings.paced = wait.paced
    exchange.timings.queued = wait.queued
    return exchange
  }

  /// A request of a script: composed like any other, with nothing to fill in, and told as a child.
  func subrequest(_ draft: Value, of step: Step) async -> Result<Exchange, Diagnostic> {
    do throws(Diagnostic) {
      let composition = try world.composers[lane.number].compose(
        step.item, draft: draft, scopes: Scopes())
      guard let exchange = await follow(composition) else {
        return .failure(.givenUp)
      }
      await teller.tell(.subexchanged(step.number, exchange))
      return .success(exchange)
    } catch {
      return .failure(error)
    }
  }
}
