import AssayModel
import AssaySystem
import AssayTestKit
import AssayText
import Testing

/// The program as a user runs it.
@Suite struct EndToEndTests {
  /// Every folder of `Collections/` is a test: it is run as its settings say, and what goes wrong
  /// has to be what `expected/failures.txt` lists.
  @Test func `every sample ends as it expects`() async throws {
    let samples = Files.entries(of: SharedData.repository + "/Collections") ?? []
    #expect(!samples.isEmpty)
    for sample in samples
    where Files.kind(of: SharedData.repository + "/Collections/" + sample) == .directory {
      let scratch = try Scratch()
      let folder = "Collections/\(sample)"
      let outcome = try await Program.run(
        "run \(folder) --config \(folder)/assay.yaml --output '\(scratch.path)' -v")
      let run = try #require(scratch.entries.first)
      let report = try Files.read("\(scratch.path)/\(run)/junit.xml")
      let document = try XMLDocument(report)
      let failures = (document.select("//testcase[failure or error]/@name") ?? []).sorted()
      let listed = try Files.read("\(SharedData.repository)/\(folder)/expected/failures.txt")
      let expected = String(decoding: listed.bytes, as: UTF8.self).split(separator: "\n").map(
        String.init)
      #expect(failures == expected.sorted(), "\(outcome.output)\(outcome.error)")
      #expect(outcome.code == (expected.isEmpty ? 0 : 1))
      let requests = document.select("count(//testcase[contains(@name, '› request')])") ?? []
      #expect(requests.first.flatMap { Int($0) }.map { $0 >= 12 } == true)
    }
  }

  @Test func `a run leaves its journal, and every report comes from it again`() async throws {
    let scratch = try Scratch()
    let outcome = try await run(scratch)
    #expect(outcome.code == 1)
    let folder = try folder(scratch)
    #expect(
      Set(Files.entries(of: folder) ?? []) == [
        "bodies", "evidence", "journal.ndjson", "junit.xml", "report.html",
      ])
    let first = try Files.read(folder + "/junit.xml").bytes
    let page = try Files.read(folder + "/report.html").bytes
    Files.remove(folder + "/junit.xml")
    let again = try await Program.run("report '\(folder)'")
    #expect(again.code == 0)
    #expect(try Files.read(folder + "/junit.xml").bytes == first)
    #expect(try Files.read(folder + "/report.html").bytes == page)
    #expect(again.output.contains("110 passed, 1 failed"))
  }

  @Test func `a secret of the environment is in no output`() async throws {
    let scratch = try Scratch()
    let outcome = try await run(scratch, "-vv")
    let secret = "sample-token-4f1c9a"
    #expect(!outcome.output.contains(secret) && !outcome.error.contains(secret))
    let folder = try folder(scratch)
    for name in ["journal.ndjson", "junit.xml", "report.html"] {
      let text = String(decoding: try Files.read(folder + "/" + name).bytes, as: UTF8.self)
      #expect(!text.contains(secret), "\(name)")
    }
    for name in Files.entries(of: folder + "/bodies") ?? [] {
      let bytes = try Deflate.decompress(
        Files.read(folder + "/bodies/" + name).bytes, as: .zlib, limit: 1 << 20)
      #expect(!String(decoding: bytes, as: UTF8.self).contains(secret))
    }
  }

  @Test func `a run that is killed leaves a journal that can be read`() async throws {
    let scratch = try Scratch()
    let started = try await Program.shell(
      """
      '\(Program.assay)' run Collections/petstore --config Collections/petstore/assay.yaml \
        --output '\(scratch.path)' -n 500 -q > /dev/null & pid=$!
      while ! grep -qs step.end '\(scratch.path)'/*/journal.ndjson; do sleep 0.02; done
      sleep 0.2; kill -9 $pid; wait $pid 2> /dev/null; echo killed
      """)
    #expect(started.output == "killed\n")
    let folder = try folder(scratch)
    let report = try await Program.run("report '\(folder)'")
    #expect(report.code == 0, "\(report.error)")
    let document = try XMLDocument(Files.read(folder + "/junit.xml"))
    #expect(document.select("count(//error[@type='run.not-judged'])") != ["0"])
    #expect(report.output.contains("not run"))
  }

  @Test(arguments: [(Int32(2), Int32(130)), (15, 143)])
  func `a request to stop ends the run with its reports`(_ signal: Int32, _ code: Int32)
    async throws
  {
    let scratch = try Scratch()
    let petstore = SharedData.repository + "/Collections/petstore"
    let process = try ChildProcess(
      Program.assay,
      arguments: [
        "run", petstore, "--config", petstore + "/assay.yaml", "--output", scratch.path, "-n",
        "500",
        "--delay-request", "5",
      ])
    let thread = SerialThread()
    async let output = thread.run { process.readToEnd() }
    while scratch.entries.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    try await Task.sleep(for: .milliseconds(200))
    process.kill(signal)
    let text = String(decoding: await output, as: UTF8.self)
    #expect(process.wait() == .exited(code))
    #expect(text.contains("INTERRUPTED"))
    let folder = try folder(scratch)
    #expect(Files.kind(of: folder + "/junit.xml") == .regular)
    #expect(Files.kind(of: folder + "/report.html") == .regular)
  }

  @Test func `a script that never ends costs itself alone`() async throws {
    let scratch = try Scratch()
    try scratch.write(
      "c.json",
      #"""
      {"info": {"name": "C"}, "item": [
        {"name": "A", "request": "{{baseUrl}}/health", "event": [{"listen": "test", "script": {"exec": ["while (true) {}"]}}]},
        {"name": "B", "request": "{{baseUrl}}/health", "event": [{"listen": "test", "script": {"exec": ["pm.test('b', () => {})"]}}]}]}
      """#)
    let outcome = try await Program.run(
      "run '\(scratch.path)/c.json' --spec Collections/petstore/openapi.yaml --mock --timeout-script 400 --output '\(scratch.path)/r' -v"
    )
    #expect(outcome.code == 5)
    #expect(outcome.output.contains("test script  the script took longer than"))
    #expect(outcome.output.contains("✓ B"))
  }

  @Test func `files of requests stay inside`() async throws {
    let scratch = try Scratch()
    try scratch.write("outside.txt", "canary-outside")
    try scratch.write("in/data.txt", "payload")
    _ = try await Program.shell("ln -s ../outside.txt '\(scratch.path)/in/link.txt'")
    let sources = [
      "data.txt", "../outside.txt", "link.txt", "/etc/hostname", "none.txt", "/proc/self/environ",
    ]
    let items = sources.map {
      #"{"name": "\#($0)", "request": {"method": "POST", "url": "{{baseUrl}}/pets", "body": {"mode": "file", "file": {"src": "\#($0)"}}}}"#
    }
    try scratch.write(
      "in/c.json", #"{"info": {"name": "C"}, "item": [\#(items.joined(separator: ", "))]}"#)
    let outcome = try await Program.run(
      "run c.json --spec '\(SharedData.repository)/Collections/petstore/openapi.yaml' --mock --output '\(scratch.path)/r' -v",
      folder: scratch.path + "/in")
    #expect(outcome.output.contains("POST http://127.0.0.1"))
    for source in sources.dropFirst() {
      #expect(outcome.output.contains("✗ \(source)  0/1"), "\(outcome.output)")
    }
    #expect(!outcome.output.contains("canary"))
  }

  @Test func `pages, versions and completions are printed`() async throws {
    for (arguments, code, start) in [
      ("--help", 0, "assay 0.1.0: runs API collections"), ("", 2, "assay 0.1.0: runs"),
      ("run --help", 0, "assay run: "), ("help mock", 0, "assay mock: "),
      ("version", 0, "assay 0.1.0\n"), ("--version", 0, "assay 0.1.0\n"),
      ("completions fish", 0, "# Completions for fish"),
    ] as [(String, Int32, String)] {
      let outcome = try await Program.run(arguments)
      #expect(outcome.code == code, "\(arguments)")
      #expect(outcome.output.hasPrefix(start), "\(arguments): \(outcome.output.prefix(80))")
    }
    let verbose = try await Program.run("version --verbose")
    for library in [
      "libcurl", "libyaml", "PCRE2", "libxml2", "OpenSSL", "zlib", "libmicrohttpd",
      "JavaScriptCore",
    ] {
      #expect(verbose.output.contains(library))
    }
    #expect(!verbose.output.contains("too old"))
  }

  @Test func `the exit code says what happened`() async throws {
    let scratch = try Scratch()
    try scratch.write("empty.json", #"{"info": {"name": "E"}, "item": []}"#)
    try scratch.write(
      "down.json",
      #"{"info": {"name": "D"}, "item": [{"name": "x", "request": "http://127.0.0.1:1/"}]}"#)
    let output = "--output '\(scratch.path)/r'"
    for (arguments, code) in [
      ("run '\(scratch.path)/empty.json' \(output)", 4),
      ("run '\(scratch.path)/down.json' \(output)", 5),
      ("run '\(scratch.path)/down.json' \(output) -x", 0), ("run '\(scratch.path)/none.json'", 3),
      ("run '\(scratch.path)/down.json' --folder y", 2),
      ("run '\(scratch.path)/down.json' --mock", 2),
      ("run '\(scratch.path)/down.json' --output /proc/none", 7), ("rn", 2), ("report /nowhere", 3),
    ] as [(String, Int32)] {
      let outcome = try await Program.run(arguments)
      #expect(outcome.code == code, "\(arguments): \(outcome.output)\(outcome.error)")
    }
  }

  private func run(_ scratch: Scratch, _ more: String = "") async throws -> Program.Outcome {
    try await Program.run(
      "run Collections/petstore --config Collections/petstore/assay.yaml --output '\(scratch.path)' \(more)"
    )
  }

  private func folder(_ scratch: Scratch) throws -> String {
    scratch.path + "/" + (try #require(scratch.entries.first))
  }
}
