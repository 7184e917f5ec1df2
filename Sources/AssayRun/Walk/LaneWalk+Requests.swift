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
    guard var exchange = await first(request, limits, of: step) else { return nil }
    var hops: [Exchange] = []
    while true {
      guard
        let answered = await answered(
          exchange, &request, limits, composition.authentication, of: step)
      else { return nil }
      exchange = answered
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
        guard let following = await send(next, limits, of: step) else { return nil }
        exchange = following
      }
    }
  }

  /// The first exchange of a step, which may leave before earlier ones have been answered.
  ///
  /// Its cookies were a guess then: where an earlier response has changed them, what came back is
  /// told and forgotten, and the request leaves again as it would have. Only safe requests guess.
  private func first(_ request: Request, _ limits: SendLimits, of step: Step) async -> Exchange? {
    let guess = dressed(request, limits)
    guard let exchange = await attempt(guess, limits, of: step) else { return nil }
    guard await pass(.commit, step) else { return nil }
    guard dressed(request, limits).headers == guess.headers else {
      await teller.tell(.subexchanged(step.number, exchange))
      return await send(request, limits, of: step)
    }
    keep(exchange, of: request, limits)
    return exchange
  }

  /// The request again for each challenge that can be answered.
  private func answered(
    _ exchange: Exchange, _ request: inout Request, _ limits: SendLimits,
    _ authentication: (any Authentication)?, of step: Step
  ) async -> Exchange? {
    var exchange = exchange
    for _ in 0..<Self.answerLimit {
      guard let again = authentication?.answer(to: exchange, of: request) else { break }
      await teller.tell(.subexchanged(step.number, exchange))
      request = again
      guard let next = await send(again, limits, of: step) else { return nil }
      exchange = next
    }
    return exchange
  }

  private func child(_ request: Request, _ limits: SendLimits, of step: Step) async -> Exchange? {
    guard let exchange = await send(request, limits, of: step) else { return nil }
    await teller.tell(.subexchanged(step.number, exchange))
    return exchange
  }

  /// A request with the cookies of the moment, and what it changes in them.
  private func send(_ request: Request, _ limits: SendLimits, of step: Step) async -> Exchange? {
    guard let exchange = await attempt(dressed(request, limits), limits, of: step) else {
      return nil
    }
    keep(exchange, of: request, limits)
    return exchange
  }

  private func dressed(_ request: Request, _ limits: SendLimits) -> Request {
    limits.ignoresCookies ? request : jar.dress(request)
  }

  private func keep(_ exchange: Exchange, of request: Request, _ limits: SendLimits) {
    guard let response = exchange.response else { return }
    if !limits.ignoresCookies { jar.take(response, from: request.url) }
    if let origin = request.origin {
      board.answered(origin, setsCookies: response.headers.has("Set-Cookie"))
    }
  }

  // MARK: Attempts

  /// One request through the gate, and again while that is worthwhile; nil when the run was given up.
  private func attempt(
    _ request: Request, _ limits: SendLimits, of step: Step
  ) async -> Exchange? {
    var attempt = 1
    while true {
      guard var exchange = await pass(request, limits) else { return nil }
      exchange.attempt = attempt
      guard let reason = options.retry.cause(of: exchange, attempt: attempt), !isStopped else {
        return exchange
      }
      await teller.tell(.retried(step.number, exchange, reason: reason))
      try? await world.clock.sleep(for: Retry.wait(before: attempt, chance: world.chance()))
      attempt += 1
    }
  }

  /// One request through the gate.
  private func pass(_ request: Request, _ limits: SendLimits) async -> Exchange? {
    let host = request.origin ?? ""
    let wait = await gate.enter(host)
    guard !Task.isCancelled else {
      _ = gate.leave(host, nil, after: wait)
      return nil
    }
    var exchange = await world.sender.send(request, limits: limits)
    if let slowdown = gate.leave(host, exchange, after: wait) {
      await teller.tell(
        .slowed(host: slowdown.host, status: slowdown.status, wait: slowdown.wait))
      if let asked = slowdown.asked {
        await teller.tell(.noted(nil, Note(.longPause(slowdown.host, asked, slowdown.wait))))
      }
    }
    exchange.timings.paced = wait.paced
    exchange.timings.queued = wait.queued
    return exchange
  }

  /// The request of another item, for a script: with the variables of the moment, and without the
  /// item's own scripts.
  func subrequest(
    item name: String, with variables: [Variable], _ scopes: Scopes, of step: Step,
    by composer: any Composer
  ) async -> Result<Exchange, Diagnostic>? {
    let items = lane.suite.items
    guard let item = items.first(where: { $0.id == name }) ?? items.last(where: { $0.name == name })
    else { return nil }
    var scopes = scopes
    for variable in variables { scopes.set(variable, in: .local) }
    return await subexchange(of: step) { () throws(Diagnostic) in
      try composer.compose(item, draft: composer.draft(of: item), scopes: scopes)
    }
  }

  /// A secret that a script keeps for the rest of the run, or forgets.
  func keepSecret(_ name: String, _ value: Value?, of step: Step) async {
    guard let value else {
      return board.change { $0.unset("vault:" + name, in: .vault) }
    }
    await world.keepSecret(Secret(name, value.substitution))
    board.change { $0.set(Variable("vault:" + name, value, isSecret: true), in: .vault) }
  }

  /// A request of a script: composed like any other, with nothing to fill in, and told as a child.
  func subrequest(
    _ draft: Value, of step: Step, by composer: any Composer
  ) async -> Result<Exchange, Diagnostic> {
    await subexchange(of: step) { () throws(Diagnostic) in
      try composer.compose(step.item, draft: draft, scopes: Scopes())
    }
  }

  /// Sends what a script asked for and tells it; fails where there is nothing to send.
  private func subexchange(
    of step: Step, _ compose: () throws(Diagnostic) -> Composition
  ) async -> Result<Exchange, Diagnostic> {
    do throws(Diagnostic) {
      guard let exchange = try await follow(compose(), of: step) else {
        return .failure(.givenUp)
      }
      await teller.tell(.subexchanged(step.number, exchange))
      return .success(exchange)
    } catch {
      return .failure(error)
    }
  }
}
