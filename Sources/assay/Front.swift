internal import AssayCommandLine
internal import AssayModel
internal import AssayReport
internal import AssaySystem

/// How this run of the program speaks: colours, widths, and the form of its diagnostics.
struct Front: Sendable {
  let style: Style
  let errorStyle: Style
  private let isJSON: Bool

  init(_ invocation: Invocation) {
    self.init(
      format: invocation.text(CommandTable.Flags.format),
      color: invocation.text(CommandTable.Flags.color))
  }

  init(format: String?, color: String? = nil) {
    isJSON = format == "json"
    style = Style(isOn: Self.isColored(.output, color))
    errorStyle = Style(isOn: Self.isColored(.error, color))
  }

  /// `--color`, then NO_COLOR, then CLICOLOR_FORCE, then what the stream is.
  private static func isColored(_ stream: Stream, _ color: String?) -> Bool {
    if color == "on" { return true }
    if color == "off" { return false }
    if let none = System.environment("NO_COLOR"), !none.isEmpty { return false }
    if let force = System.environment("CLICOLOR_FORCE"), force != "0" { return true }
    return stream.isTerminal && System.environment("TERM") != "dumb"
  }

  /// - Parameter secrets: Texts that the lines of the user's own files may hold.
  func tell(_ diagnostic: Diagnostic, hiding secrets: [String] = []) {
    if isJSON {
      Stream.error.write(diagnostic.json + "\n")
    } else {
      let printer = DiagnosticPrinter(style: errorStyle, width: Stream.error.width ?? 100)
      let redactor = Redactor(secrets: secrets.map { Secret("value", $0) }, key: [])
      Stream.error.write(redactor.redact(printer.text(diagnostic)))
    }
  }
}
