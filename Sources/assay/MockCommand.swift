internal import AssayCommandLine
internal import AssayContract
internal import AssayMock
internal import AssayModel
internal import AssaySystem

/// `assay mock`: serves a contract until it is interrupted.
struct MockCommand {
  private typealias Flags = CommandTable.Flags
  private let invocation: Invocation
  private let front: Front

  init(_ invocation: Invocation, _ front: Front) {
    self.invocation = invocation
    self.front = front
  }

  func run() async -> ExitCode {
    let (stopped, stop) = AsyncStream.makeStream(of: Void.self)
    Signals.hear { _ in stop.finish() }
    do throws(Refusal) {
      let contract = try Refusal.with(.badInput) { () throws(Diagnostic) in
        let loader = InputLoader(front)
        return try loader.contract(invocation.operands[0], ContractSettings(invocation).latitude)
      }
      let server = try Refusal.with(.usage) { () throws(Diagnostic) in
        try Self.server(for: contract, invocation, isSeeded: true)
      }
      let title = contract.title.isEmpty ? contract.file.name : contract.title
      Stream.output.write("\(title) is served at \(server.url)\n")
      for await _ in stopped {}
      // The server lives until here.
      withExtendedLifetime(server) {}
      return .success
    } catch {
      front.tell(error.diagnostic)
      return error.code
    }
  }

  /// The mock as the flags want it.
  ///
  /// - Parameter isSeeded: Whether the seed is the mock's, and not that of the collection beside it.
  static func server(
    for contract: Contract, _ invocation: Invocation, isSeeded: Bool = false
  ) throws(Diagnostic) -> MockServer {
    var faults: [MockFault] = []
    for text in invocation.texts(Flags.fault) { faults.append(try MockFault(text)) }
    var answerer: any Answerer = ContractAnswerer(
      contract: contract, seed: isSeeded ? invocation.whole(Flags.seed).map(UInt64.init) : nil)
    if invocation.isOn(Flags.stateful) { answerer = StatefulAnswerer(answerer) }
    if !faults.isEmpty { answerer = FaultInjector(answerer, faults: faults) }
    return try MockServer(
      answerer: answerer, port: UInt16(invocation.whole(Flags.port) ?? 0))
  }
}
