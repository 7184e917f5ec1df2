import AssayCommandLine
import AssayModel
import AssayTestKit
import AssayText
import Testing

@Suite struct ArgumentParserTests {
  private typealias Flags = CommandTable.Flags

  @Test func `flags are long, short, attached, grouped, negated and repeated`() throws {
    let parsed = try #require(
      try parse([
        "run", "a.json", "-n5", "-e", "env.json", "--rps=10/5", "-vv", "-kx", "--folder", "A",
        "--folder=B", "--no-mock", "--", "--odd.json",
      ]))
    #expect(parsed.operands == ["a.json", "--odd.json"])
    #expect(parsed.whole(Flags.iterations) == 5)
    #expect(parsed.text(Flags.environment) == "env.json")
    #expect(parsed.rate(Flags.rate) == Rate("10/5"))
    #expect(parsed.count(Flags.verbose) == 2)
    #expect(parsed.isOn(Flags.insecure) && parsed.isOn(Flags.suppressExitCode))
    #expect(parsed.texts(Flags.folder) == ["A", "B"])
    #expect(!parsed.isOn(Flags.useMock))
  }

  @Test func `what is wrong is told with a hint`() {
    check(["rn"], "usage.unknown-command", "`run` is one")
    check(["run", "--rsp", "3", "x"], "usage.unknown-flag", "`--rps` is one")
    check(["mock", "--rps", "3", "x"], "usage.unknown-flag", "`assay run` has it")
    check(["run", "-z", "x"], "usage.unknown-flag", "`assay run --help` lists them")
    check(["run", "x", "--rps"], "usage.missing-value", "it is written `--rps R[/BURST]`")
    check(["run", "x", "--spec", "--mock"], "usage.missing-value", "it is written `--spec FILE`")
    check(["run", "x", "-n", "0"], "usage.invalid-value")
    check(["run", "x", "--rps", "-1"], "usage.invalid-value")
    check(["run", "x", "-r", "junit,htlm"], "usage.invalid-value")
    check(["run", "x", "--color", "offf"], "usage.invalid-value", "`off` is one")
    check(["run"], "usage.missing-operand", "it is used as `assay run <collection…>`")
    check(["version", "x"], "usage.too-many-operands", "it is used as `assay version`")
    check(["completions", "bsh"], "usage.unknown-choice", "`bash` is one")
  }

  private func check(
    _ words: [String], _ code: String, _ hint: String? = nil,
    _ location: SourceLocation = #_sourceLocation
  ) {
    do {
      _ = try parse(words)
      Issue.record("took \(words)", sourceLocation: location)
    } catch {
      #expect(error.code == code, sourceLocation: location)
      #expect(error.labels.first?.span.file.name == "command line", sourceLocation: location)
      if let hint { #expect(error.hint == hint, sourceLocation: location) }
    }
  }

  @Test func `variables are weaker than flags, and settings than variables`() throws {
    let settings = try YAMLReader.read(
      SourceFile(
        name: "/home/me/project/assay.yaml",
        text: """
          rps: 5
          environment: env/staging.json
          spec: [a.yaml, /abs/b.yaml]
          reporters: [junit]
          concurrency: 3
          profiles:
            nightly: {rps: 50, bail: true}
          """))
    let typed = try #require(try parse(["run", "x", "--profile", "nightly", "-c", "9"]))
    let complete = try Settings.complete(typed, file: settings) { name in
      ["ASSAY_CONCURRENCY": "4", "ASSAY_ENV_VAR": "a=1\nb=2"][name]
    }
    #expect(complete.whole(Flags.concurrency) == 9)
    #expect(complete.texts(Flags.environmentVariable) == ["a=1", "b=2"])
    #expect(complete.rate(Flags.rate) == Rate("50"))
    #expect(complete.isOn(Flags.bail))
    #expect(complete.text(Flags.environment) == "/home/me/project/env/staging.json")
    #expect(complete.texts(Flags.spec) == ["/home/me/project/a.yaml", "/abs/b.yaml"])
    #expect(complete.list(Flags.reporters) == ["junit"])
  }

  @Test(arguments: [
    ("rsp: 5", "settings.unknown-key"), ("- a", "settings.not-a-mapping"),
    ("rps: fast", "usage.invalid-value"), ("rps: [1, 2]", "settings.not-a-list"),
    ("rps: {a: 1}", "settings.not-a-value"), ("help: true", "settings.unknown-key"),
    ("profiles: {a: {rsp: 1}}\nprofile: a", "settings.unknown-key"),
  ])
  func `wrong settings are told with their place`(_ text: String, _ code: String) throws {
    let file = try YAMLReader.read(SourceFile(name: "assay.yaml", text: text))
    let typed = try #require(
      try parse(["run", "x"] + (text.contains("profile:") ? ["--profile", "a"] : [])))
    do {
      _ = try Settings.complete(typed, file: file) { _ in nil }
      Issue.record("took \(text)")
    } catch {
      #expect(error.code == code)
      #expect(error.place?.file == "assay.yaml")
    }
  }

  @Test func `a wrong variable is told as one`() throws {
    let typed = try #require(try parse(["run", "x"]))
    do {
      _ = try Settings.complete(typed, file: nil) { $0 == "ASSAY_RPS" ? "many" : nil }
      Issue.record("took a wrong rate")
    } catch {
      #expect(error.labels.first?.span.text == "many")
    }
  }

  private func parse(_ words: [String]) throws(Diagnostic) -> Invocation? {
    var parser = ArgumentParser(words)
    return try parser.parse()
  }
}

@Suite struct PagesTests {
  @Test func `the pages are the accepted ones`() {
    for command in CommandTable.commands {
      let page = HelpPage.page(command, width: 100)
      let difference = Golden.difference(
        page, from: "AssayCommandLineTests/Golden/\(command.name.rawValue).txt")
      #expect(difference == nil)
      #expect(page.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }
    let overview = HelpPage.overview(version: "1.2.3")
    #expect(Golden.difference(overview, from: "AssayCommandLineTests/Golden/overview.txt") == nil)
  }

  @Test func `every flag has a variable of its own`() {
    for command in CommandTable.commands {
      #expect(Set(command.flags.map(\.variable)).count == command.flags.count)
      let shorts = command.flags.compactMap(\.short)
      #expect(Set(shorts).count == shorts.count)
    }
    #expect(CommandTable.Flags.requestTimeout.variable == "ASSAY_TIMEOUT_REQUEST")
  }

  @Test func `bash completes commands, flags and values`() async throws {
    let scratch = try Scratch()
    try scratch.write("assay.bash", Completions.script(for: .bash))
    func complete(_ words: [String]) async throws -> [String] {
      let list = words.map { "'\($0)'" }.joined(separator: " ")
      let outcome = try await Program.shell(
        """
        bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _assay; echo "${COMPREPLY[@]}"' \
        '\(scratch.path)/assay.bash' \(list)
        """)
      #expect(outcome.error == "")
      return outcome.output.split(whereSeparator: \.isWhitespace).map(String.init)
    }
    #expect(try await complete(["assay", "ru"]) == ["run"])
    #expect(try await complete(["assay", "run", "--iteration-c"]) == ["--iteration-count"])
    #expect(try await complete(["assay", "run", "--color", "o"]) == ["on", "off"])
    #expect(try await complete(["assay", "completions", "z"]) == ["zsh"])
  }

  @Test func `the completions name every flag`() {
    for shell in Completions.Shell.allCases {
      let script = Completions.script(for: shell)
      for flag in CommandTable.commands.flatMap(\.flags) {
        #expect(script.contains(flag.name), "\(shell) \(flag.name)")
      }
    }
  }
}
