internal import AssayModel
internal import AssayReport
internal import AssayRun
internal import AssaySystem

/// Hears every event of a run: removes secrets, writes the journal, and then tells the console.
///
/// In this order, so that what was printed has been written, and nothing is seen with a secret in it.
actor Recorder {
  /// Knows every secret that was met.
  private(set) var redactor: Redactor
  private var journal: JournalWriter
  private var console: ConsoleReport?
  private(set) var ledger = Ledger()
  /// The disk's refusal to keep what was written.
  private var refusal: Diagnostic?
  /// The first output that could not be written; the run goes on without it.
  var problem: Diagnostic? { journal.problem ?? refusal }
  private let file: AppendFile
  private let makeRoom: @Sendable () -> Void
  private let disk = SerialThread()
  private var lastSync: Duration = .zero

  /// At most so often is the disk waited for.
  private static let syncInterval: Duration = .milliseconds(250)

  init(folder: RunFolder, redactor: Redactor, console: ConsoleReport?) throws(Diagnostic) {
    let file = try folder.makeJournal()
    self.file = file
    makeRoom = folder.makeRoom
    self.redactor = redactor
    self.console = console
    journal = JournalWriter(
      output: .init(
        append: { bytes throws(Diagnostic) in try file.append(bytes) },
        store: { name, bytes throws(Diagnostic) in try folder.store(name, bytes) },
        makeRoom: folder.makeRoom))
  }

  func hear(_ batch: EventBatch) {
    while let event = batch.next() { hear(event) }
  }

  /// Hears what is told of the run as a whole once it is over.
  func hear(_ kind: Event.Kind) { hear(Event(time: ledger.duration, kind: kind)) }

  private func hear(_ event: Event) {
    let event = redactor.redact(event)
    journal.write(event)
    ledger.add(event)
    console?.take(event, in: ledger)
    if event.time - lastSync >= Self.syncInterval { synchronize(event.time) }
  }

  private func synchronize(_ time: Duration) {
    lastSync = time
    let file = self.file
    disk.post { [weak self] in
      guard let refusal = Self.refusal(of: file) else { return }
      Task { await self?.note(refusal) }
    }
  }

  /// Waits until the journal is on the disk.
  func finish() async {
    let file = self.file
    if let refusal = await disk.run({ Self.refusal(of: file) }) { note(refusal) }
    // What was set aside for verdicts is there for the reports.
    makeRoom()
  }

  /// Why the disk does not take what was written, or nil.
  private static func refusal(of file: AppendFile) -> Diagnostic? {
    do throws(Diagnostic) {
      try file.synchronize()
      return nil
    } catch {
      return error
    }
  }

  private func note(_ refusal: Diagnostic) { self.refusal = self.refusal ?? refusal }

  func keepSecret(_ secret: Secret) { redactor.learn(secret) }

  func summarise(files: [(kind: String, path: String)], exitCode: ExitCode) {
    console?.summarise(ledger, files: files, exitCode: exitCode)
  }
}

/// The folder of one run: its journal, its bodies, its reports.
struct RunFolder: Sendable {
  let path: String

  var journalPath: String { path + "/journal.ndjson" }

  static func make(in parent: String, id: String) throws(Diagnostic) -> RunFolder {
    let folder = RunFolder(path: parent + "/" + id)
    try Files.makeDirectory(folder.path + "/bodies")
    Files.reserve(4 << 20, at: folder.reservePath)
    return folder
  }

  private var reservePath: String { path + "/reserve" }

  /// Gives up what was set aside, so that verdicts can go on where bodies filled the disk.
  func makeRoom() { Files.remove(reservePath) }

  func makeJournal() throws(Diagnostic) -> AppendFile { try AppendFile(creating: journalPath) }

  func store(_ name: String, _ bytes: [UInt8]) throws(Diagnostic) {
    let path = path + "/bodies/" + name
    guard Files.kind(of: path) == nil else { return }
    // The disk is waited for with the journal, and not for each body.
    try Files.write(bytes, to: path, isDurable: false)
  }

  func body(_ name: String) -> [UInt8]? { try? Files.read(path + "/bodies/" + name).bytes }

  /// The folder that a user means: it, or the journal in it.
  static func named(_ operand: String) -> RunFolder {
    var path = operand
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    if path == "journal.ndjson" { path = "." }
    if path.hasSuffix("/journal.ndjson") { path.removeLast("/journal.ndjson".count) }
    return RunFolder(path: path)
  }

  /// Reads the journal event by event; returns the number of the line at which it was torn.
  func read(
    withBodies: Bool = true, _ take: (Event) -> Void
  ) throws(Diagnostic) -> Int? {
    var reader = JournalReader(journalPath) { withBodies ? self.body($0) : nil }
    try Files.read(journalPath) { piece throws(Diagnostic) in try reader.take(piece, take) }
    try reader.finish(take)
    return reader.tornLine
  }

  /// The same, with as many processors as there are: for whoever wants all of a large run.
  func readAll(_ take: (Event) -> Void) async throws(Diagnostic) -> Int? {
    var reader = JournalReader(journalPath) { self.body($0) }
    let pieces = try FilePieces(of: journalPath)
    // What a journal begins with says whether it is one.
    guard let first = try pieces.nextLine() else {
      try reader.finish(take)
      return nil
    }
    try reader.take(first, take)
    while true {
      var round: [[UInt8]] = []
      while round.count < 2 * System.processorCount, let piece = try pieces.nextLines() {
        round.append(piece)
      }
      if round.isEmpty { break }
      let batches = await withTaskGroup(of: (Int, JournalReader.Batch).self) { group in
        for (index, piece) in round.enumerated() {
          group.addTask { [reader] in (index, reader.batch(piece)) }
        }
        return await group.reduce(into: [Int: JournalReader.Batch]()) { $0[$1.0] = $1.1 }
      }
      for index in round.indices {
        if let batch = batches[index] { reader.take(batch, take) }
      }
      if reader.tornLine != nil { break }
    }
    return reader.tornLine
  }

  /// What the run came to.
  func ledger(withBodies: Bool = true, _ front: Front) throws(Diagnostic) -> Ledger {
    var ledger = Ledger()
    let torn = try read(withBodies: withBodies) { ledger.add($0) }
    if let torn { front.tell(.tornJournal(journalPath, line: torn)) }
    return ledger
  }
}
