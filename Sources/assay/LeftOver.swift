internal import AssayModel
internal import AssayReport
internal import AssaySystem

/// What an earlier run left to do: the steps that went wrong, and those that never ran.
struct LeftOver {
  let run: String
  /// The items, each by its collection, its folders and its name.
  let paths: Set<[String]>
  /// Everything was judged and held.
  let isNothing: Bool

  /// - Parameter run: The folder of a run; nil for the last one in `parent`.
  static func of(_ run: String?, in parent: String) throws(Diagnostic) -> LeftOver {
    // Names begin with the time, so the last by name is the last by time.
    let names = (Files.entries(of: parent) ?? []).sorted().filter {
      Files.kind(of: "\(parent)/\($0)/journal.ndjson") == .regular && $0.first?.isNumber == true
    }
    guard let folder = run ?? names.last.map({ parent + "/" + $0 }) else {
      throw .noEarlierRun(in: parent)
    }
    var ledger = Ledger()
    _ = try RunFolder.named(folder).read(withBodies: false) { ledger.add($0) }
    let left = ledger.entries.filter { $0.isBad || $0.state != .ended }
    return LeftOver(
      run: folder, paths: Set(left.map { [$0.step.suite] + $0.step.folders + [$0.step.name] }),
      isNothing: left.isEmpty && ledger.exitCode == .success)
  }
}
