internal import AssayModel

// Requests on their way.
extension LaneWalk {
  /// How often one request may be sent again in answer to a challenge.
  private static var answerLimit: Int { 3 }

  /// Sends the request, and what its redirects lead to; each hop takes its turn at the gate.
  ///
  /// What a proof of identity needs beside the request is told as children of the step.
  func follow(
    _ composition: Composition, of step: Step
  ) async throws(Diagnostic) -> Exchange? {
    let limits = options.limits.following(composition.rules)
    var request = composition.request
    if let authentication = composition.authentication {
      request = try await authentication.prepare(request) { request in
        await child(request, limits, of: step)
      }
    }
    var hops: [Exchange] = []
    while var exchange = await answered(&request, limits, composition.authentication, of: step) {
      exchange.hops = hops
      guard limits.redirectCount > 0 else { return exchange }
      switch world.follower.followUp(of: exchange, to: request, rules: composition.rules) {
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

  /// One request, and once more for each challenge that can be answered.
  private func answered(
    _ request: inout Request, _ limits: SendLimits, _ authentication: (any Authentication)?,
    of step: Step
  ) async -> Exchange? {
    guard var exchange = await send(request, limits) else { return nil }
    for _ in 0..<Self.answerLimit {
      guard let again = authentication?.answer(to: exchange, of: request) else { break }
      await teller.tell(.subexchanged(step.number, exchange))
      request = again
      guard let next = await send(again, limits) else { return nil }
      exchange = next
    }
    return exchange
  }

  private func child(_ request: Request, _ limits: SendLimits, of step: Step) async -> Exchange? {
    guard let exchange = await send(request, limits) else { return nil }
    await teller.tell(.subexchanged(step.number, exchange))
    return exchange
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
      guard let exchange = try await follow(composition, of: step) else {
        return .failure(.givenUp)
      }
      await teller.tell(.subexchanged(step.number, exchange))
      return .success(exchange)
    } catch {
      return .failure(error)
    }
  }
}
