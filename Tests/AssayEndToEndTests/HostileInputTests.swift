import AssayModel
import AssaySystem
import AssayTestKit
import Testing

/// One table of attacks: each is answered by one diagnostic and exit code 3, at once and in little
/// memory.
@Suite(.serialized) struct HostileInputTests {
  @Test func `every bad input gets its diagnostic`() async throws {
    let scratch = try Scratch()
    try make(scratch)
    try await check(scratch, "empty.json", "error[text.empty]")
    try await check(scratch, "blank.yaml", "error[text.empty]")
    try await check(scratch, "binary.json", "error[text.json-syntax]")
    try await check(scratch, "binary.yaml", "error[text.not-utf8]")
    try await check(scratch, "folder", "error[collection.no-request-files]")
    try await check(scratch, "pipe", "error[file.unreadable]", "pipe")
    try await check(scratch, "none.json", "error[file.unreadable]", "no such file")
    try await check(scratch, "deep.json", "error[text.too-deep]")
    try await check(scratch, "deep.yaml", "error[text.too-deep]")
    try await check(scratch, "string.json", "error[text.string-too-long]")
    try await check(scratch, "bomb.yaml", "error[text.yaml-alias-expansion]")
    try await check(scratch, "syntax.json", "error[text.json-syntax]", "2:11")
    try await check(scratch, "syntax.yaml", "error[text.yaml-syntax]", "2:3")
    try await check(scratch, "twice.yaml", "error[text.yaml-duplicate-key]", "lines 1 and 3")
    try await check(scratch, "array.json", "error[collection.unknown-format]", "array.json:1:1")
  }

  private func make(_ scratch: Scratch) throws {
    try scratch.write("empty.json", "")
    try scratch.write("blank.yaml", "\n# nothing\n")
    let noise = (0..<4_096).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    try scratch.write("binary.json", bytes: [0x7F, 0x45, 0x4C, 0x46] + noise)
    try scratch.write("binary.yaml", bytes: [0x61, 0xFF, 0xFE] + noise)
    try scratch.write("folder/x", "x")
    try scratch.write("deep.json", String(repeating: "[", count: 10_000))
    try scratch.write("deep.yaml", String(repeating: "[", count: 100_000))
    var long = [UInt8](repeating: 0x61, count: 200 << 20)
    long[0] = 0x22
    long[long.count - 1] = 0x22
    try scratch.write("string.json", bytes: long)
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      bomb +=
        "a\(level): &a\(level) ["
        + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
    }
    try scratch.write("bomb.yaml", bomb)
    try scratch.write("syntax.json", "{\n  \"info\": nul\n}")
    try scratch.write("syntax.yaml", "a: 1\n b: 2\n")
    try scratch.write("twice.yaml", "a: 1\nb: 2\na: 3\n")
    try scratch.write("array.json", "[]")
  }

  private func check(
    _ scratch: Scratch, _ name: String, _ expected: String, _ detail: String = "",
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    if name == "pipe" { _ = try await Program.shell("mkfifo '\(scratch.path)/pipe'") }
    // The limits are the test: a second of processor time and 300 MB, held by the system. A build
    // without optimisation needs more of the former.
    #if DEBUG
      let seconds = 20
    #else
      let seconds = 1
    #endif
    let outcome = try await Program.shell(
      "ulimit -t \(seconds); ulimit -d 307200; '\(Program.assay)' run '\(scratch.path)/\(name)'")
    #expect(
      outcome.code == 3, "\(name): \(outcome.code) \(outcome.error.prefix(400))",
      sourceLocation: location)
    let heads = outcome.error.split(separator: "\n").filter { $0.hasPrefix("error[") }
    #expect(heads.count == 1, "\(name)", sourceLocation: location)
    #expect(
      outcome.error.hasPrefix(expected), "\(name): \(outcome.error.prefix(400))",
      sourceLocation: location)
    #expect(outcome.error.contains(detail), "\(name): \(outcome.error)", sourceLocation: location)
    #expect(outcome.error.utf8.count < 4_000, "\(name)", sourceLocation: location)
  }

  @Test func `diagnostics can be had as JSON`() async throws {
    let scratch = try Scratch()
    try scratch.write("syntax.json", "{\n  \"info\": nul\n}")
    let outcome = try await Program.run("run '\(scratch.path)/syntax.json' --format json")
    #expect(outcome.error.hasPrefix(#"{"severity":"error","code":"text.json-syntax""#))
    #expect(outcome.error.contains(#""line":2,"column":11"#))
  }
}
