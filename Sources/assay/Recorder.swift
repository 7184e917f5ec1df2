internal import AssayModel
internal import AssayReport
internal import AssayRun
internal import AssaySystem

/// Hears every event of a run: removes secrets, writes the journal, and then tells the console.
///
/// In this order, so that what was printed has been written, and nothing is seen with a secret in it.
actor Recorder {
  private var redactor: Redactor
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

  func keepSecret(_ secret: String) { redactor.learn(secret) }

  func holdsSecret(_ bytes: [UInt8]) -> Bool { redactor.finds(in: bytes) }

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
}

/// Writes the reports of a ledger into its folder. One that fails hurts no other.
struct ReportFiles {
  let folder: RunFolder
  let reporters: [String]
  let dialect: JUnitReport.Dialect

  /// What was written, and what could not be.
  func write(
    _ ledger: Ledger, refusing holdsSecret: ([UInt8]) async -> Bool
  ) async -> (files: [(kind: String, path: String)], problems: [Diagnostic]) {
    var files: [(kind: String, path: String)] = []
    var problems: [Diagnostic] = []
    for (reporter, name) in [
      ("junit", "junit.xml"), ("html", "report.html"), ("json", "report.json"),
    ] where reporters.contains(reporter) {
      let path = folder.path + "/" + name
      let text =
        switch reporter {
        case "junit": JUnitReport(ledger, dialect: dialect, host: System.hostName).text
        case "json": JSONReport(ledger).text
        default: HTMLReport(ledger).text
        }
      let bytes = Array(text.utf8)
      if await holdsSecret(bytes) {
        problems.append(.secretInOutput(path))
        continue
      }
      do throws(Diagnostic) {
        try Files.write(bytes, to: path)
        files.append((reporter, path))
      } catch {
        problems.append(error)
      }
    }
    return (files, problems)
  }
}
