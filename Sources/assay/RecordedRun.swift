internal import AssayModel
internal import AssayReport

/// A run on the disk, among whose calls some are looked for.
struct RecordedRun {
  let folder: RunFolder
  let ledger: Ledger

  init(_ operand: String, _ front: Front) throws(Diagnostic) {
    folder = RunFolder.named(operand)
    ledger = try folder.ledger(withBodies: false, front)
  }

  /// The step that a user means: by its id or that of a check of it, by its number, or by its name.
  func step(_ text: String) throws(Diagnostic) -> Int {
    let entries = ledger.entries
    let found: [Int]
    if Identity.isCheck(text) {
      found = entries.indices.filter { text.hasPrefix(Identity.step(entries[$0].step)) }
      // Namesakes have one id; the one that went wrong is the one that is talked of.
      if let bad = found.first(where: { entries[$0].isBad }) ?? found.first { return bad }
    } else if let number = Int(text.hasPrefix("#") ? String(text.dropFirst()) : text) {
      found = entries.indices.contains(number) ? [number] : []
    } else {
      found = entries.indices.filter {
        entries[$0].step.name == text || entries[$0].step.path == text
      }
      let bad = found.filter { entries[$0].isBad }
      if found.count > 1, bad.count == 1 { return bad[0] }
    }
    guard let first = found.first else {
      let names = Set(entries.map(\.step.name))
      throw .unknownCall(text, nearest: Nearest.match(text, among: names))
    }
    guard found.count == 1 else {
      throw .severalCalls(text, found.prefix(5).map { Identity.step(entries[$0].step) })
    }
    return first
  }

  /// What was exchanged in some steps, with bodies.
  func exchanges(of steps: Set<Int>) throws(Diagnostic) -> [Int: Exchange] {
    var found: [Int: Exchange] = [:]
    _ = try folder.read { event in
      if case .exchanged(let step, let exchange) = event.kind, steps.contains(step) {
        found[step] = exchange
      }
    }
    return found
  }

  /// The steps that a step's variables come from, and theirs, in the order of the plan.
  func sources(of step: Int) -> [Int] {
    var found: Set<Int> = []
    var pending = [step]
    while let next = pending.popLast() {
      guard ledger.entries.indices.contains(next) else { continue }
      for source in ledger.entries[next].sources
      where source < step && found.insert(source).inserted {
        pending.append(source)
      }
    }
    return found.sorted()
  }

  /// The contracts that the run was judged by, as far as their files are still there.
  var contracts: [String] {
    let words = ledger.facts?.command ?? []
    return words.indices.dropLast().filter { words[$0] == "--spec" }.map { words[$0 + 1] }
  }
}
