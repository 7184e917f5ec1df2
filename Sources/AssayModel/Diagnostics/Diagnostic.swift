/// One thing worth telling a user: what is wrong, where, and what helps.
///
/// There is no other way to say that something is wrong. Each room writes its sentences as
/// functions in one file, `Diagnostic+Room.swift`; the terminal, the journal and the reports show
/// the same value in their own layouts. A diagnostic is for reading: code that has to branch on a
/// failure uses a small enum.
package struct Diagnostic: Error, Sendable {
  package enum Severity: String, Sendable, CaseIterable {
    case error, warning, note
  }

  /// A place in the user's own text, and what is to be seen there.
  package struct Label: Sendable {
    package let span: SourceSpan
    package let text: String
    /// Whether the user's own text stays hidden there, since it holds a secret.
    package let isHidden: Bool
  }

  package let severity: Severity
  /// `room.problem-in-kebab-case`; a released code keeps its meaning for ever.
  package let code: String
  /// One plain lower-case sentence without a full stop.
  package let message: String
  /// The first label is the primary place.
  package private(set) var labels: [Label] = []
  package private(set) var notes: [String] = []
  package private(set) var hint: String?

  package init(_ severity: Severity, _ code: String, _ message: String) {
    self.severity = severity
    self.code = code
    self.message = message
  }

  /// Adds a place; the first one added is the primary place.
  package func pointing(
    at span: SourceSpan?, _ text: String = "", hidingText isHidden: Bool = false
  ) -> Diagnostic {
    guard let span else { return self }
    var copy = self
    copy.labels.append(Label(span: span, text: text, isHidden: isHidden))
    return copy
  }

  /// Adds a sentence that explains, without pointing anywhere.
  package func noting(_ note: String?) -> Diagnostic {
    guard let note else { return self }
    var copy = self
    copy.notes.append(note)
    return copy
  }

  /// Adds what helps, as a statement; no hint is better than a guess.
  package func hinting(_ hint: String?) -> Diagnostic {
    guard let hint else { return self }
    var copy = self
    copy.hint = hint
    return copy
  }

  package var place: Place? { labels.first?.span.place }
}

/// A diagnostic without the texts it points into: what an event keeps of it.
package struct Note: Sendable, Hashable {
  package let severity: Diagnostic.Severity
  package let code: String
  package let message: String
  package let place: Place?
  package let hint: String?

  package init(
    severity: Diagnostic.Severity, code: String, message: String, place: Place?, hint: String?
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.place = place
    self.hint = hint
  }

  package init(_ diagnostic: Diagnostic) {
    self.init(
      severity: diagnostic.severity, code: diagnostic.code, message: diagnostic.message,
      place: diagnostic.place, hint: diagnostic.hint)
  }
}
