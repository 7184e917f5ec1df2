internal import AssayModel

// The sentences of this room.
extension Diagnostic {
  static func notAJournal(_ file: SourceFile) -> Diagnostic {
    Diagnostic(.error, "journal.unreadable", "`\(file.name)` is no journal of a run")
      .pointing(at: file.start, "a journal begins with `run.start`")
  }

  static func noTraffic(_ file: SourceFile) -> Diagnostic {
    Diagnostic(.error, "traffic.unreadable", "`\(file.name)` is no recorded traffic")
      .pointing(at: file.start, "`log.entries` is missing")
      .hinting("archives of HTTP traffic (HAR) and the folders of runs are read")
  }

  static func brokenTraffic(at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "traffic.broken", "an exchange has no request with a method and a URL")
      .pointing(at: span, "this entry")
  }

  static func newerJournal(_ file: SourceFile, _ version: Int) -> Diagnostic {
    Diagnostic(
      .error, "journal.newer", "`\(file.name)` has version \(version) of the journal's format"
    )
    .noting("this version of Assay reads up to version \(JournalCodec.version)")
  }
}
