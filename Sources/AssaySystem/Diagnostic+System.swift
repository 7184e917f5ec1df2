internal import AssayModel

// The sentences of this room: what the world refused.
extension Diagnostic {
  static func unreadable(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(.error, "file.unreadable", "cannot read `\(path)`: \(reason)")
  }

  static func fileTooLarge(_ path: String, _ size: Int, _ limit: Int) -> Diagnostic {
    Diagnostic(
      .error, "file.too-large", "`\(path)` has \(size) bytes and the limit is \(limit)")
  }

  static func changedWhileRead(_ path: String) -> Diagnostic {
    Diagnostic(.error, "file.changed", "`\(path)` changed while it was read")
      .hinting("a run needs inputs that stay as they are")
  }

  static func unwritable(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(.error, "file.unwritable", "cannot write `\(path)`: \(reason)")
  }

  static func unstartable(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(.error, "process.unstartable", "cannot start `\(path)`: \(reason)")
  }
}
