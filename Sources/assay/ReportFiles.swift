internal import AssayCommandLine
internal import AssayModel
internal import AssayReport
internal import AssaySystem

/// Writes the reports of a ledger: each under a temporary name, looked through for secrets, and then
/// under its own. One that fails hurts no other.
struct ReportFiles: Sendable {
  private typealias Flags = CommandTable.Flags
  private let invocation: Invocation
  private let folder: RunFolder
  private let redactor: Redactor
  /// The reporters that were asked for.
  let reporters: [String]

  /// Up to so many steps reports are made at once.
  private static let sideBySideLimit = 20_000

  struct Outcome {
    var files: [(kind: String, path: String)] = []
    var problems: [Diagnostic] = []
  }

  /// - Parameter redactor: Knows the secrets that no report may hold.
  init(
    _ invocation: Invocation, into folder: RunFolder, redactor: Redactor,
    standard: [String] = ["cli", "junit", "html"]
  ) {
    self.invocation = invocation
    self.folder = folder
    self.redactor = redactor
    reporters = Self.reporters(invocation, standard: standard)
  }

  static func reporters(
    _ invocation: Invocation, standard: [String] = ["cli", "junit", "html"]
  ) -> [String] {
    invocation.list(Flags.reporters) ?? standard
  }

  /// The files that a reporter writes: its name, its file in the folder, and the flag that moves it.
  private static let files: [(reporter: String, name: String, export: Flag)] = [
    ("junit", "junit.xml", Flags.junitExport), ("html", "report.html", Flags.htmlExport),
    ("json", "report.json", Flags.jsonExport), ("har", "exchanges.har", Flags.harExport),
    ("ctrf", "ctrf-report.json", Flags.ctrfExport), ("tap", "report.tap", Flags.tapExport),
    ("markdown", "summary.md", Flags.markdownExport),
    ("allure", "allure-results", Flags.allureExport),
    ("ndjson", "journal.ndjson", Flags.ndjsonExport),
  ]

  /// Writes them side by side: none needs another, and one that fails hurts none.
  func write(_ ledger: Ledger, comparison: Comparison?) async -> Outcome {
    let jobs = Self.files.filter { reporters.contains($0.reporter) }
    var outcome = await withTaskGroup(of: (Int, String, [Diagnostic]).self) { group in
      var results: [Int: (path: String, problems: [Diagnostic])] = [:]
      for (index, job) in jobs.enumerated() {
        let path = self.path(of: job)
        group.addTask { (index, path, write(job.reporter, path, ledger, comparison)) }
        // Of a very long run one after another, since each has tables of its own.
        if ledger.entries.count > Self.sideBySideLimit, let done = await group.next() {
          results[done.0] = (done.1, done.2)
        }
      }
      for await (index, path, problems) in group { results[index] = (path, problems) }
      var outcome = Outcome()
      for (index, job) in jobs.enumerated() {
        guard let result = results[index] else { continue }
        outcome.problems += result.problems
        let isOwnJournal = job.reporter == "ndjson" && result.path == folder.journalPath
        if result.problems.isEmpty, !isOwnJournal {
          outcome.files.append((job.reporter, result.path))
        }
      }
      return outcome
    }
    if reporters.contains("github") { tellGitHub(ledger, comparison, &outcome) }
    return outcome
  }

  private func path(of job: (reporter: String, name: String, export: Flag)) -> String {
    guard let export = invocation.text(job.export) else { return "\(folder.path)/\(job.name)" }
    // Newman takes a folder as well, and puts the file into it.
    let isFolder = export.hasSuffix("/") || Files.kind(of: export) == .directory
    guard isFolder, job.reporter != "allure" else { return export }
    return export + (export.hasSuffix("/") ? "" : "/") + job.name
  }

  private func write(
    _ reporter: String, _ path: String, _ ledger: Ledger, _ comparison: Comparison?
  ) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    let beside = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let output = ReportOutput { name, body in
      // Many small ones: the disk is not waited for after each.
      let isDurable = name.hasSuffix(".xml")
      if let problem = put(beside + "/" + name, isDurable: isDurable, body) {
        problems.append(problem)
      }
    }
    func whole(_ body: (inout ReportSink) -> Void) {
      if let problem = put(path, body) { problems.append(problem) }
    }
    switch reporter {
    case "junit":
      let name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
      let options = junitOptions
      JUnitReport(ledger, options).write(to: output, named: name)
      guard options.keepsEvidence else { break }
      for entry in JUnitReport.evidence(ledger) {
        output.file(JUnitReport.evidenceName(entry.step)) {
          HARReport(ledger, entries: [entry]).write(to: &$0)
        }
      }
    case "html":
      var options = HTMLReport.Options()
      options.title = invocation.text(Flags.htmlTitle)
      options.sizeLimit = invocation.size(Flags.htmlSize) ?? options.sizeLimit
      whole { HTMLReport(ledger, comparison: comparison, options).write(to: &$0) }
    case "json": whole { JSONReport(ledger).write(to: &$0) }
    case "har":
      let calls = invocation.text(Flags.harCalls).flatMap(HARReport.Calls.init) ?? .failures
      whole { HARReport(ledger, calls: calls).write(to: &$0) }
    case "ctrf": whole { CTRFReport(ledger).write(to: &$0) }
    case "tap": whole { TAPReport(ledger).write(to: &$0) }
    case "markdown": whole { $0.write(MarkdownReport(ledger, comparison: comparison).text) }
    case "allure":
      let name = path.split(separator: "/").last.map(String.init) ?? "allure-results"
      AllureReport(ledger).write(to: output, in: name)
    default: copyJournal(to: path, &problems)
    }
    return problems
  }

  private var junitOptions: JUnitReport.Options {
    var options = JUnitReport.Options()
    options.dialect =
      invocation.text(Flags.junitDialect).flatMap(JUnitReport.Dialect.init) ?? .common
    options.cases = invocation.text(Flags.junitCases).flatMap(JUnitReport.Cases.init) ?? .check
    options.host = System.hostName
    options.keepsEvidence = invocation.text(Flags.junitEvidence) != "false"
    return options
  }

  /// The journal is always there; it is copied where somebody wants it elsewhere.
  private func copyJournal(to path: String, _ problems: inout [Diagnostic]) {
    guard path != folder.journalPath else { return }
    do throws(Diagnostic) {
      try Files.replace(path) { file throws(Diagnostic) in
        try Files.read(folder.journalPath) { piece throws(Diagnostic) in try file.append(piece) }
      }
    } catch {
      problems.append(error)
    }
  }

  // MARK: One file

  /// Writes one file, unless a secret is found in it. Returns what went wrong.
  private func put(
    _ path: String, isDurable: Bool = true, _ body: (inout ReportSink) -> Void
  ) -> Diagnostic? {
    do throws(Diagnostic) {
      if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
        try Files.makeDirectory(String(path[..<slash]))
      }
      try Files.replace(path, isDurable: isDurable) { file throws(Diagnostic) in
        var problem: Diagnostic?
        var watch = SecretWatch(redactor)
        var sink = ReportSink(
          put: { piece in
            let clean = watch.take(piece)
            guard problem == nil else { return }
            do throws(Diagnostic) { try file.append(clean) } catch { problem = error }
          },
          look: { watch.whole($0) })
        body(&sink)
        sink.flush()
        if let problem { throw problem }
        try file.append(watch.finish())
        if watch.hasFound { throw .secretInOutput(path) }
      }
      return nil
    } catch {
      return error
    }
  }

  // MARK: GitHub

  /// The summary of the job's step, and annotations on its output.
  private func tellGitHub(
    _ ledger: Ledger, _ comparison: Comparison?, _ outcome: inout Outcome
  ) {
    var watch = SecretWatch(redactor)
    func clean(_ text: String) -> String {
      String(decoding: watch.whole(Array(text.utf8)), as: UTF8.self)
    }
    let summary = clean(MarkdownReport(ledger, comparison: comparison).text)
    let annotations = clean(GitHubAnnotations.lines(ledger))
    guard !watch.hasFound else {
      return outcome.problems.append(.secretInOutput("the summary for GitHub"))
    }
    if let path = System.environment("GITHUB_STEP_SUMMARY"), !path.isEmpty {
      do throws(Diagnostic) {
        try Files.append(Array((summary + "\n").utf8), to: path)
        outcome.files.append(("github", path))
      } catch {
        outcome.problems.append(error)
      }
    } else if !reporters.contains("markdown") {
      let path = folder.path + "/summary.md"
      if let problem = put(path, { $0.write(summary) }) {
        outcome.problems.append(problem)
      } else {
        outcome.files.append(("github", path))
      }
    }
    Stream.output.write(annotations)
  }
}
