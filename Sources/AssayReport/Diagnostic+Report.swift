internal import AssayModel

// The sentences of this room.
extension Diagnostic {
  static func notAJournal(_ file: SourceFile) -> Diagnostic {
    Diagnostic(.error, "journal.unreadable", "`\(file.name)` is no journal of a run")
      .pointing(at: file.start, "a journal begins with `run.start`")
  }

  static func newerJournal(_ file: SourceFile, _ version: Int) -> Diagnostic {
    Diagnostic(
      .error, "journal.newer", "`\(file.name)` has version \(version) of the journal's format"
    )
    .noting("this version of Assay reads up to version \(JournalCodec.version)")
  }
}
