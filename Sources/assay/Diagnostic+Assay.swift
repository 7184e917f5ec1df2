internal import AssayContract
internal import AssayModel
internal import AssayText
internal import AssayRun

// The sentences of the front door.
extension Diagnostic {
  static func remoteReference(_ reference: String, in file: SourceFile) -> Diagnostic {
    Diagnostic(
      .warning, "contract.remote-reference", "`\(reference)` in `\(file.name)` is not fetched"
    )
    .noting("what rests on it is not judged")
    .hinting("references to the network are never followed; a local copy can be referred to")
  }

  static func missingReference(_ reference: String, in file: SourceFile) -> Diagnostic {
    Diagnostic(
      .warning, "contract.missing-file", "`\(reference)`, referred to in `\(file.name)`, is missing"
    )
    .noting("what rests on it is not judged")
  }

  static func escapingReference(_ reference: String, in file: SourceFile) -> Diagnostic {
    Diagnostic(
      .warning, "contract.escaping-reference",
      "`\(reference)` in `\(file.name)` leads out of the contract's folder"
    )
    .noting("what rests on it is not judged")
  }

  static func escapingFile(_ path: String) -> Diagnostic {
    Diagnostic(
      .error, "file.out-of-bounds", "`\(path)` lies outside the folders that requests may read"
    )
    .hinting("files lie beside the collection or below the working folder")
  }

  static func missingFile(_ path: String) -> Diagnostic {
    Diagnostic(.error, "file.missing", "the file `\(path)` is not there")
      .hinting("paths are meant from the working folder, or from the collection")
  }

  static func moreNotes(_ count: Int, about path: String) -> Diagnostic {
    Diagnostic(.warning, "contract.more", "`\(path)` has \(count) more remarks of this kind")
  }

  static func noContractForMock() -> Diagnostic {
    Diagnostic(.error, "usage.mock-without-contract", "`--mock` has no contract to answer from")
      .hinting("`--spec FILE` names one")
  }

  static func noContractToJudgeBy() -> Diagnostic {
    Diagnostic(.error, "usage.no-contract", "there is no contract to judge by")
      .hinting("`--spec FILE` names an OpenAPI document")
  }

  static func unmapped(_ item: Suite.Item, _ method: String, _ url: String, _ reason: String)
    -> Diagnostic
  {
    Diagnostic(
      .warning, "contract.unmapped", "`\(item.name)` belongs to no operation of the contract"
    )
    .pointing(at: item.nameSpan, "\(method) \(url)")
    .noting(reason)
  }

  static func unexercised(_ facts: OperationFacts) -> Diagnostic {
    Diagnostic(.note, "contract.unexercised", "nothing calls `\(facts.name)`")
      .noting("it stands in \(facts.place.description)")
  }

  static func unknownCoverage(_ text: String, kinds: [String]) -> Diagnostic {
    Diagnostic(.error, "usage.invalid-coverage", "`\(text)` for `--min-coverage` is no bound")
      .hinting(
        "a bound is a percentage, alone or of one of "
          + kinds.map { "`\($0)`" }.joined(separator: ", "))
  }

  static func coverageWithoutContract() -> Diagnostic {
    Diagnostic(.error, "gate.coverage", "there is no contract whose coverage could be told")
      .hinting("`--spec FILE` names one")
  }

  static func tooLittleCoverage(
    _ name: String, _ share: Coverage.Share, _ percent: Int
  ) -> Diagnostic {
    Diagnostic(
      .error, "gate.coverage",
      "\(share.seen) of \(share.total) \(name) were reached, which is \(share.percent) % and less "
        + "than the \(percent) % of `--min-coverage`")
  }

  static func nothingRecorded(_ path: String) -> Diagnostic {
    Diagnostic(.error, "traffic.empty", "no exchange is recorded in `\(path)`")
  }

  static func notAnAssignment(_ text: String, flag: String) -> Diagnostic {
    Diagnostic(.error, "usage.not-an-assignment", "`\(text)` is no value for `--\(flag)`")
      .hinting("it is written `--\(flag) name=value`")
  }

  static func unknownSelection(_ name: String, nearest: String?) -> Diagnostic {
    Diagnostic(.error, "usage.unknown-folder", "no folder and no request is called `\(name)`")
      .hinting(nearest.map { "`\($0)` is one" })
  }

  static func invalidSelector(
    _ text: String, flag: String, _ problem: Selector.Problem
  ) -> Diagnostic {
    let fields = Selector.Field.allCases.map { "`\($0.rawValue):`" }.joined(separator: ", ")
    let (what, hint) =
      switch problem {
      case .unknownField(let name, let nearest):
        ("has no field `\(name)`", nearest.map { "`\($0):` is one" } ?? "there are \(fields)")
      case .openQuote: ("has a quote that is not closed", "a value with spaces stands in quotes")
      case .empty: ("is empty", "an expression is written such as `tag:smoke !folder:Slow`")
      }
    return Diagnostic(.error, "usage.invalid-expression", "`\(text)` for `--\(flag)` \(what)")
      .hinting(hint)
  }

  static func noEarlierRun(in folder: String) -> Diagnostic {
    Diagnostic(.error, "usage.no-earlier-run", "there is no run in `\(folder)` to go by")
      .hinting("`--last-failed=RUN` names the folder of one")
  }

  static func nothingLeft(of run: String) -> Diagnostic {
    Diagnostic(.note, "run.nothing-left", "everything in `\(run)` was judged and held")
      .noting("there is nothing to run again")
  }

  static func noSchema() -> Diagnostic {
    Diagnostic(.error, "usage.no-schema", "there is no schema to judge by")
      .hinting("`--schema FILE` names one, or `--spec FILE --operation ID` a contract's")
  }

  static func noOperation() -> Diagnostic {
    Diagnostic(.error, "usage.no-operation", "a contract has many schemas, and none is named")
      .hinting("`--operation ID` names an operation, and `--status N` one of its responses")
  }

  static func breaksSchema(_ violation: JSONSchema.Violation, in value: Document) -> Diagnostic {
    let at = violation.at.isEmpty ? "the value" : violation.at
    let span = SourceSpan(file: value.file, range: violation.range)
    return Diagnostic(.error, "schema.\(violation.keyword)", "\(at): \(violation.message)")
      .pointing(at: span, "received").pointing(at: violation.span, "the rule")
  }

  static func notJudged(_ file: String, _ reasons: [String]) -> Diagnostic {
    Diagnostic(
      .error, "schema.not-judged",
      "`\(file)` could not be judged: \(reasons.joined(separator: ", "))"
    ).noting("it is neither right nor wrong")
  }

  static func expired(after limit: Duration) -> Diagnostic {
    Diagnostic(
      .error, "limit.run", "the run took longer than \(limit.components.seconds) s"
    )
    .noting("what had not begun by then was not run")
    .hinting("`--timeout` sets how long it may take")
  }

  static func invalidCertificates(_ what: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "network.invalid-certificate-list", what).pointing(at: span, "here")
      .hinting(
        "it is a list of `{\"matches\": [\"https://host/*\"], \"cert\": {\"src\": …}, \"key\": {\"src\": …}}`"
      )
  }

  static func brokenScript(_ fault: ScriptFault, in script: Script) -> Diagnostic {
    Diagnostic(
      .error, "script.syntax", "a script of `\(script.owner)` does not parse: \(fault.message)"
    )
    .pointing(at: script.span(ofLine: fault.line ?? 1), "here")
  }

  static func unknownCall(_ text: String, nearest: String?) -> Diagnostic {
    Diagnostic(.error, "usage.unknown-call", "the run has no call `\(text)`")
      .hinting(
        nearest.map { "`\($0)` is one" }
          ?? "a call is named by its id (k-7m2qx9a), its number, or its name")
  }

  static func severalCalls(_ text: String, _ ids: [String]) -> Diagnostic {
    Diagnostic(.error, "usage.ambiguous-call", "several calls are named `\(text)`")
      .hinting("their ids tell them apart: \(ids.joined(separator: ", "))")
  }

  static func neverSent(_ name: String) -> Diagnostic {
    Diagnostic(.error, "replay.never-sent", "`\(name)` was never sent in this run")
      .noting("there is no request to send again")
  }

  static func cutBody(_ name: String) -> Diagnostic {
    Diagnostic(.error, "replay.body-not-kept", "the body of `\(name)` was not recorded as a whole")
      .noting("the journal keeps the first mebibyte of a body")
  }

  static func secretWanted(_ variable: String, _ name: String) -> Diagnostic {
    Diagnostic(.note, "replay.secret-wanted", "the command reads `\(variable)`")
      .noting("it stands for what the run knew as `\(name)`, which is recorded nowhere")
  }

  static func secretsMissing(
    _ missing: [(variable: String, name: String)], _ call: String
  ) -> Diagnostic {
    let names = missing.map { "`\($0.variable)`" }.joined(separator: ", ")
    return Diagnostic(
      .error, "replay.secret-missing", "`\(call)` needs \(names), which nobody gave"
    )
    .noting("secrets are recorded nowhere; they come back from the environment")
    .hinting(
      "set the variable, or give an environment (-e) that has `\(missing[0].name)`")
  }

  static func noCurl(_ place: String) -> Diagnostic {
    Diagnostic(
      .error, "replay.no-curl", "there is no such command: a line break or NUL in \(place)"
    )
    .hinting("`assay replay` can send it")
  }

  static func contractGone(_ path: String) -> Diagnostic {
    Diagnostic(.warning, "replay.contract-gone", "the contract of the run, `\(path)`, is not here")
      .hinting("`--spec` names one")
  }

  static func unknownCode(_ code: String, nearest: String?) -> Diagnostic {
    Diagnostic(.error, "usage.unknown-code", "there is no code `\(code)`")
      .hinting(nearest.map { "`\($0)` is one" } ?? "`assay explain` lists all")
  }

  static func invalidShard(_ text: String) -> Diagnostic {
    Diagnostic(.error, "usage.invalid-shard", "`\(text)` is no part of a whole")
      .hinting("such as `2/5`, the second of five, or `auto`")
  }

  static func noShardVariables() -> Diagnostic {
    Diagnostic(.error, "usage.no-shard", "nothing says which part of the run this machine has")
      .hinting(
        "GitLab, CircleCI and Buildkite set variables for it; elsewhere `--shard 2/5` says it")
  }

  static func emptyShard(_ text: String) -> Diagnostic {
    Diagnostic(.note, "run.empty-shard", "there is nothing to run in part \(text)")
      .noting("the plan falls into fewer groups than there are machines; the others run them")
  }

  static func emptySelection() -> Diagnostic {
    Diagnostic(.error, "run.nothing-selected", "there is no request to run")
      .noting("a run that judges nothing is not a success")
  }

  static func secretInOutput(_ path: String) -> Diagnostic {
    Diagnostic(.error, "output.secret", "`\(path)` would have held a secret and was not written")
  }

  static func tornJournal(_ path: String, line: Int) -> Diagnostic {
    Diagnostic(
      .warning, "journal.torn", "`\(path)` ends in the middle of line \(line)"
    )
    .noting("the run was ended from outside; what came before is complete")
  }
}
