internal import CJavaScriptCore
internal import CPosix

/// The caged worker: takes scripts from its input one at a time and tells what they did.
@main
struct Worker {
  static func main() {
    let refused = assay_cage()
    let engine = Engine()
    let version =
      "\(jsc_get_major_version()).\(jsc_get_minor_version()).\(jsc_get_micro_version())"
    let hears = assay_js_reports_rejections()
    Pipe.send(
      Array(
        #"{"version":"\#(version)","refused":\#(refused),"hearsRejections":\#(hears)}"#.utf8))
    var number = 0
    while let (setting, source) = Pipe.receive() {
      // The name by which errors know the script; the setting carries the same.
      number += 1
      Pipe.send(engine.run(setting: setting, source: source, url: "script-\(number).js"))
    }
  }
}
