internal import AssayCommandLine
internal import AssayModel
internal import AssayReport
internal import AssaySystem

/// `assay curl`: a recorded call as a command for curl.
struct CurlPrinter {
  private typealias Flags = CommandTable.Flags
  private let invocation: Invocation
  private let front: Front

  init(_ invocation: Invocation, _ front: Front) {
    self.invocation = invocation
    self.front = front
  }

  func run() -> ExitCode {
    do throws(Diagnostic) {
      let run = try RecordedRun(invocation.operands[0], front)
      let step = try run.step(invocation.operands[1])
      guard let exchange = try run.exchanges(of: [step])[step] else {
        throw .neverSent(run.ledger.entries[step].step.path)
      }
      // What led elsewhere was sent first; the user's call is the one that began it.
      var request = (exchange.hops.first ?? exchange).request
      guard !request.isCut else { throw .cutBody(run.ledger.entries[step].step.path) }
      if let base = invocation.text(Flags.to) { request = request.sent(to: base) }
      let words = run.ledger.facts?.command ?? []
      let isInsecure = words.contains("--insecure")
      let command: String
      do throws(CurlCommand.Problem) {
        command = try CurlCommand(request, flags: isInsecure ? ["--insecure"] : []).text
      } catch {
        guard case .control(let place) = error else { return .badInput }
        throw .noCurl(place)
      }
      Stream.output.write(command + "\n")
      let needed = Resending(secrets: [:]).missing(request)
      for tag in needed { front.tell(.secretWanted(tag.variable, tag.name)) }
      return .success
    } catch {
      front.tell(error)
      return .badInput
    }
  }
}
