internal import CCage
internal import CJavaScriptCore

/// The caged worker: takes scripts from its input one at a time and tells what they did.
@main
struct Worker {
  static func main() {
    let memory = CommandLine.arguments.dropFirst().first.flatMap { UInt64($0) } ?? 256 << 20
    var refused = assay_cage_limits()
    let engine = Engine()
    refused |= assay_watch(memory)
    refused |= assay_cage_calls()
    let version =
      "\(jsc_get_major_version()).\(jsc_get_minor_version()).\(jsc_get_micro_version())"
    let hears = assay_js_reports_rejections()
    Pipe.send(
      Array(
        #"{"version":"\#(version)","refused":[\#(names(refused))],"hearsRejections":\#(hears)}"#
          .utf8))
    while let (setting, source) = Pipe.receive() {
      Pipe.send(engine.run(setting: setting, source: source))
    }
  }

  /// The measures that the kernel refused, as the elements of a JSON array.
  private static func names(_ refused: Int32) -> String {
    let measures = [
      (ASSAY_CAGE_LIMITS, "limits of memory and files"),
      (ASSAY_CAGE_PRIVILEGES, "the ban on new privileges"),
      (ASSAY_CAGE_CALLS, "the filter of system calls"),
    ]
    return measures.filter { refused & Int32($0.0) != 0 }
      .map { "\"\($0.1)\"" }.joined(separator: ",")
  }
}
