import AssayModel
import AssaySystem
import AssayTestKit
import Testing

@Suite struct FilesTests {
  @Test func `only whole regular files are read`() async throws {
    let scratch = try Scratch()
    try scratch.write("a.json", "{}")
    _ = try await Program.shell(
      "mkfifo '\(scratch.path)/pipe' && ln -s a.json '\(scratch.path)/link'")
    #expect(try Files.read(scratch.path + "/link").bytes == Array("{}".utf8))
    for (path, reason) in [
      (scratch.path, "directory"), (scratch.path + "/pipe", "pipe"),
      (scratch.path + "/none", "no such file"), ("/dev/null", "no regular file"),
      ("a\0b", "NUL"),
    ] {
      do {
        _ = try Files.read(path)
        Issue.record("read \(path)")
      } catch {
        #expect(error.code == "file.unreadable")
        #expect(error.message.contains(reason), "\(error.message)")
      }
    }
    #expect(throws: Diagnostic.self) { try Files.read(scratch.path + "/a.json", limit: 1) }
  }

  @Test func `a file that changes while it is read is refused`() async throws {
    let scratch = try Scratch()
    let path = try scratch.write("big", bytes: [UInt8](repeating: 0x20, count: 64 << 20))
    let writer = try ChildProcess(
      "/bin/sh", arguments: ["-c", "while echo x >> '\(path)'; do :; done"],
      environment: ["PATH=/bin:/usr/bin"])
    defer { writer.kill() }
    // The writer appends all the time, so that some read meets it.
    var refusals = 0
    for _ in 0..<20 where refusals == 0 {
      do { _ = try Files.read(path) } catch {
        #expect(error.code == "file.changed")
        refusals += 1
      }
    }
    #expect(refusals == 1)
  }

  @Test func `a journal's file is new, and a written file is whole`() throws {
    let scratch = try Scratch()
    let file = try AppendFile(creating: scratch.path + "/j")
    try file.append(Array("one\n".utf8))
    try file.append(Array("two\n".utf8))
    #expect(try Files.read(scratch.path + "/j").bytes == Array("one\ntwo\n".utf8))
    #expect(throws: Diagnostic.self) { try AppendFile(creating: scratch.path + "/j") }
    try Files.write(Array("x".utf8), to: scratch.path + "/w")
    #expect(scratch.entries == ["j", "w"])
    #expect(throws: Diagnostic.self) { try Files.write([], to: "/proc/none/x") }
  }
}

@Suite struct ChildProcessTests {
  @Test func `a program is written to, read from, and waited for`() async throws {
    let echo = try ChildProcess("/bin/cat")
    #expect(echo.write(Array("hello".utf8)))
    #expect(echo.read(5) == Array("hello".utf8))
    echo.kill()
    #expect(echo.wait() == .killed(signal: 9))
    let failing = try ChildProcess("/bin/sh", arguments: ["-c", "exit 7"])
    #expect(failing.wait() == .exited(7))
    #expect(throws: Diagnostic.self) { try ChildProcess("/no/such/program") }
  }

  @Test func `a program inherits neither variables nor files`() async throws {
    let child = try ChildProcess(
      "/bin/sh", arguments: ["-c", "echo vars:$HOME$USER; ls /proc/self/fd | wc -l"])
    let lines = String(decoding: child.readToEnd(), as: UTF8.self).split(separator: "\n")
    #expect(lines.first == "vars:")
    // The three streams, and the folder that `ls` reads.
    #expect(lines.last?.trimmingPrefix(while: { $0 == " " }) == "4")
  }

  @Test func `work on a thread of its own keeps its order`() async {
    let thread = SerialThread()
    var results: [Int] = []
    for number in 0..<100 { results.append(await thread.run { number }) }
    #expect(results == Array(0..<100))
  }
}
