/// Everything that the command line offers. What is not in this table does not exist.
package enum CommandTable {
  package static let commands: [Command] = [
    run, plan, check, validate, judge, mock, report, compare, merge, replay, curl, explain,
    completions, version, help,
  ]

  package static func command(named name: String) -> Command? {
    commands.first { $0.name.rawValue == name }
  }

  // MARK: Flags

  package enum Flags {
    // What runs.
    package static let environment = Flag(
      "environment", short: "e", .path("FILE"), in: .input, "an environment with variables")
    package static let globals = Flag(
      "globals", short: "g", .path("FILE"), in: .input, "a file of global variables")
    package static let data = Flag(
      "iteration-data", short: "d", .path("FILE"), in: .input,
      "rows of data, JSON or CSV: one iteration each")
    package static let iterations = Flag(
      "iteration-count", short: "n", .whole(1...1_000_000), in: .input, "how many iterations",
      standard: "one, or one for each row")
    package static let folder = Flag(
      "folder", .text("NAME"), in: .input, "run this folder or request only", repeats: true)
    package static let only = Flag(
      "only", .text("EXPR"), in: .input,
      "run what fits, such as 'tag:smoke method:GET !folder:Slow'", repeats: true)
    package static let skip = Flag(
      "skip", .text("EXPR"), in: .input, "leave out what fits", repeats: true)
    package static let withDependencies = Flag(
      "with-deps", .toggle, in: .input,
      "with what is picked, also the earlier requests that set its variables")
    package static let judgeOnly = Flag(
      "judge-only", .toggle, in: .contract,
      "send nothing: judge what was recorded by today's contract", isConfigurable: false)
    package static let to = Flag(
      "to", .text("URL"), in: .network, "send it there, in place of the server that was recorded",
      isConfigurable: false)
    package static let failOn = Flag(
      "fail-on", .choices(["new", "still", "vanished", "flaky", "none"]), in: .output,
      "which changes end with 1", standard: "new")
    package static let lastFailed = Flag(
      "last-failed", .optional("RUN", []), in: .input,
      "run what failed or never ran in the last run, or in RUN")
    package static let shard = Flag(
      "shard", .text("I/N|auto"), in: .input,
      "run one part of N, for one machine of several; auto asks the CI's own variables")
    package static let repeatCount = Flag(
      "repeat", .whole(1...100_000), in: .input, "do everything so many times over",
      standard: "1")
    package static let environmentVariable = Flag(
      "env-var", .text("NAME=VALUE"), in: .input, "set a variable of the environment",
      repeats: true)
    package static let globalVariable = Flag(
      "global-var", .text("NAME=VALUE"), in: .input, "set a global variable", repeats: true)
    package static let environmentFromSystem = Flag(
      "env-from-os", .text("PREFIX"), in: .input,
      "set variables of the environment from those of the system that begin so", repeats: true)
    package static let secrets = Flag(
      "secrets", .path("FILE"), in: .input,
      "a map of names to values for {{vault:NAME}}, never shown")
    package static let packages = Flag(
      "packages", .path("FOLDER"), in: .input, "where `pm.require` finds packages")
    package static let newmanCompatible = Flag(
      "newman-compat", .toggle, in: .input,
      "send a Postman-Token with every request, as Newman does")
    package static let seed = Flag(
      "seed", .whole(0...Int.max), in: .input, "makes random values the same again",
      standard: "a new one, shown in the journal")
    package static let strictVariables = Flag(
      "strict-variables", .toggle, in: .input, "an undefined variable is an error")

    // Contract and mock.
    package static let spec = Flag(
      "spec", .path("FILE"), in: .contract, "an OpenAPI document to judge every call by",
      repeats: true)
    package static let useMock = Flag(
      "mock", .toggle, in: .contract,
      "send everything to a mock of the contract, and set baseUrl to it")
    package static let stateful = Flag(
      "stateful", .toggle, in: .contract, "the mock remembers what is created, and deletes it")
    package static let fault = Flag(
      "fault", .text("'METHOD PATH KIND=…'"), in: .contract,
      "the mock departs from its contract here", repeats: true)
    package static let port = Flag(
      "port", .whole(0...65_535), in: .contract, "where the mock listens", standard: "any free port"
    )

    // Schemas.
    package static let schema = Flag(
      "schema", .path("FILE"), in: .contract, "the JSON Schema to judge by, JSON or YAML",
      isConfigurable: false)
    package static let draft = Flag(
      "draft", .choice(["draft-04", "draft-06", "draft-07", "2019-09", "2020-12"]), in: .contract,
      "the draft of a schema that names none", standard: "2020-12")
    package static let formats = Flag(
      "formats", .choice(["assert", "annotate"]), in: .contract,
      "whether `format` is a rule", standard: "assert")
    package static let nullable = Flag(
      "nullable", .choice(["lenient", "strict"]), in: .contract,
      "whether `nullable` of 3.0 counts without `type` beside it", standard: "lenient")
    package static let content = Flag(
      "content", .choice(["annotate", "assert"]), in: .contract,
      "whether `contentEncoding` and its like are rules", standard: "annotate")
    package static let extra = Flag(
      "extra", .choice(["off", "warn", "fail"]), in: .contract,
      "what becomes of members and parameters that the contract does not mention",
      standard: "off")
    package static let leastCoverage = Flag(
      "min-coverage", .text("N|KIND=N,…"), in: .contract,
      "a gate: percent of documented responses to reach, or of operations, responses, requests, "
        + "parameters, members")
    package static let baseURL = Flag(
      "base-url", .text("URL[=FILE]"), in: .contract,
      "where the API lives, in place of the servers that its contract names", repeats: true)
    package static let operation = Flag(
      "operation", .text("ID"), in: .contract,
      "the operation of a contract, by its id or as 'GET /pets/{id}'", isConfigurable: false)
    package static let status = Flag(
      "status", .whole(100...599), in: .contract, "the response that a body is of",
      standard: "the request", isConfigurable: false)
    package static let mediaType = Flag(
      "media-type", .text("TYPE"), in: .contract, "the media type of a body",
      standard: "the first that is JSON", isConfigurable: false)
    package static let form = Flag(
      "form", .choice(["human", "flag", "basic", "detailed"]), in: .output,
      "how the outcome is printed; all but the first are those of JSON Schema, section 12",
      standard: "human", isConfigurable: false)
    package static let bowtie = Flag(
      "bowtie", .toggle, in: .contract, "speak the protocol of the Bowtie harness",
      isConfigurable: false)

    // Pace and limits.
    package static let rate = Flag(
      "rps", .rate, in: .pace, "at most so many requests in any second")
    package static let hostRate = Flag(
      "host-rps", .rate, in: .pace, "the same for each server")
    package static let concurrency = Flag(
      "concurrency", short: "c", .whole(1...1_024), in: .pace,
      "requests in flight at most", standard: "8")
    package static let hostConnections = Flag(
      "max-host-connections", .whole(1...1_024), in: .pace, "requests in flight to one server",
      standard: "as many as in all")
    package static let order = Flag(
      "order", .choice(["auto", "strict", "free"]), in: .pace,
      "auto overlaps calls where nobody could tell; free overlaps all", standard: "auto")
    package static let lanes = Flag(
      "lanes", .choice(["collections", "rows"]), in: .pace,
      "rows: each iteration has variables, cookies and scripts of its own",
      standard: "collections")
    package static let retries = Flag(
      "retries", .whole(0...20), in: .pace, "further attempts for calls that may heal",
      standard: "0")
    package static let retryOn = Flag(
      "retry-on", .choices(["transport", "temporary", "5xx"]), in: .pace,
      "what may heal; temporary: 408, 429, 502, 503, 504", standard: "transport,temporary")
    package static let retryAnyMethod = Flag(
      "retry-any-method", .toggle, in: .pace, "also repeat methods that may do their work twice")
    package static let longestWait = Flag(
      "max-wait", .whole(0...86_400), in: .pace, "seconds that a server can make a run wait",
      standard: "60")
    package static let delay = Flag(
      "delay-request", .whole(0...3_600_000), in: .pace, "milliseconds before each request",
      standard: "0")
    package static let requestTimeout = Flag(
      "timeout-request", .whole(1...86_400_000), in: .pace, "milliseconds for one request",
      standard: "60000")
    package static let connectTimeout = Flag(
      "timeout-connect", .whole(1...86_400_000), in: .pace, "milliseconds to get a connection",
      standard: "10000")
    package static let idleTimeout = Flag(
      "timeout-idle", .whole(1_000...86_400_000), in: .pace,
      "milliseconds that a transfer may stand still", standard: "30000")
    package static let runTimeout = Flag(
      "timeout", .whole(1...604_800_000), in: .pace, "milliseconds for the whole run")
    package static let scriptTimeout = Flag(
      "timeout-script", .whole(1...3_600_000), in: .pace, "milliseconds for one script",
      standard: "10000")
    package static let scriptMemory = Flag(
      "script-memory", .whole(64...65_536), in: .pace, "megabytes that scripts may use",
      standard: "256")
    package static let bodyLimit = Flag(
      "max-body-size", .whole(1...1 << 31), in: .pace, "bytes of a decoded response body",
      standard: "33554432")
    package static let bail = Flag(
      "bail", .optional("", ["failure", "folder"]), in: .pace,
      "stop after the first request that goes wrong; Newman's words change nothing")

    // Network.
    package static let insecure = Flag(
      "insecure", short: "k", .toggle, in: .network, "do not verify the server's certificate")
    package static let ignoreRedirects = Flag(
      "ignore-redirects", .toggle, in: .network, "do not follow redirects")
    package static let authorities = Flag(
      "ssl-extra-ca-certs", .path("FILE"), in: .network, "trust the certificates in this bundle")

    package static let certificate = Flag(
      "ssl-client-cert", .path("FILE"), in: .network, "a certificate to show, PEM or .pfx")
    package static let certificateKey = Flag(
      "ssl-client-key", .path("FILE"), in: .network, "its key")
    package static let passphrase = Flag(
      "ssl-client-passphrase", .text("TEXT|@FILE"), in: .network, "what opens the key")
    package static let certificates = Flag(
      "ssl-client-cert-list", .path("FILE"), in: .network,
      "certificates by patterns of URLs, in JSON")
    package static let proxy = Flag(
      "proxy", .text("URL"), in: .network, "http, https, socks4a or socks5h proxy",
      standard: "those of the environment")
    package static let noProxy = Flag(
      "no-proxy", .text("HOSTS"), in: .network, "hosts that are reached without a proxy")
    package static let unixSocket = Flag(
      "unix-socket", .path("FILE"), in: .network, "connect there, whatever host is named")
    package static let resolve = Flag(
      "resolve", .text("HOST:PORT:ADDRESS"), in: .network, "take this for a host's address",
      repeats: true)
    package static let four = Flag("ipv4", .toggle, in: .network, "use IPv4 addresses only")
    package static let six = Flag("ipv6", .toggle, in: .network, "use IPv6 addresses only")
    package static let httpOne = Flag("http1.1", .toggle, in: .network, "speak HTTP/1.1")
    package static let httpTwo = Flag("http2", .toggle, in: .network, "speak HTTP/2")
    package static let redirectLimit = Flag(
      "max-redirects", .whole(0...100), in: .network, "hops to follow", standard: "10")
    package static let allowLinkLocal = Flag(
      "allow-link-local", .toggle, in: .network,
      "allow addresses of the link and of a cloud's own services")

    // Output.
    package static let reporters = Flag(
      "reporters", short: "r",
      .choices([
        "cli", "junit", "html", "json", "har", "ctrf", "markdown", "github", "tap", "allure",
        "ndjson",
      ]), in: .output, "what to write", standard: "cli,junit,html")
    package static let compare = Flag(
      "compare", .path("RUN"), in: .output, "an earlier run that reports are compared with")
    package static let output = Flag(
      "output", .path("FOLDER"), in: .output, "where runs are written", standard: "Reports")
    package static let junitDialect = Flag(
      "reporter-junit-dialect", .choice(["common", "strict"]), in: .output,
      "strict leaves out file and line", standard: "common")
    package static let junitCases = Flag(
      "reporter-junit-cases", .choice(["check", "request"]), in: .output,
      "whether a case is one claim or one request", standard: "check")
    package static let junitEvidence = Flag(
      "reporter-junit-evidence", .toggle, in: .output,
      "write the exchanges of failures beside it, and refer to them", standard: "on")
    package static let junitExport = export("junit", "FILE")
    package static let htmlExport = export("html", "FILE")
    package static let htmlTitle = Flag(
      "reporter-html-title", .text("TEXT"), in: .output, "what stands at the head of the page",
      standard: "the names of the collections")
    package static let htmlSize = Flag(
      "reporter-html-max-size", .size, in: .output,
      "how large the page may be; good calls lose bodies first, then fields", standard: "25MB")
    package static let jsonExport = export("json", "FILE")
    package static let harExport = export("har", "FILE")
    package static let harCalls = Flag(
      "reporter-har-calls", .choice(["failures", "all"]), in: .output, "which exchanges it holds",
      standard: "failures")
    package static let ctrfExport = export("ctrf", "FILE")
    package static let markdownExport = export("markdown", "FILE")
    package static let tapExport = export("tap", "FILE")
    package static let allureExport = export("allure", "FOLDER")
    package static let ndjsonExport = export("ndjson", "FILE")
    package static let cliSilent = Flag(
      "reporter-cli-silent", .toggle, in: .output, "print nothing; the same as -qq")
    package static let cliSummary = Flag(
      "reporter-cli-no-summary", .toggle, in: .output, "leave out the summary")
    package static let cliFailures = Flag(
      "reporter-cli-no-failures", .toggle, in: .output, "leave out failures; the same as -q")
    package static let cliConsole = Flag(
      "reporter-cli-no-console", .toggle, in: .output, "leave out what scripts print")
    package static let cliAssertions = Flag(
      "reporter-cli-no-assertions", .toggle, in: .output,
      "for Newman's sake; what held is not printed anyway")
    package static let cliSuccesses = Flag(
      "reporter-cli-no-success-assertions", .toggle, in: .output,
      "for Newman's sake; what held is not printed anyway")
    package static let cliBanner = Flag(
      "reporter-cli-no-banner", .toggle, in: .output, "for Newman's sake; there is no banner")

    /// Where a report goes instead of the run's folder.
    private static func export(_ reporter: String, _ what: String) -> Flag {
      Flag(
        "reporter-\(reporter)-export", .path(what), in: .output,
        "where `-r \(reporter)` goes, in place of the run's folder")
    }

    /// What shapes the reports of a run.
    static let reports = [
      reporters, compare, junitDialect, junitCases, junitEvidence, junitExport, htmlExport,
      htmlTitle, htmlSize, jsonExport, harExport, harCalls, ctrfExport, markdownExport, tapExport,
      allureExport, ndjsonExport, cliSilent, cliSummary, cliFailures, cliConsole, cliAssertions,
      cliSuccesses, cliBanner,
    ]
    package static let suppressExitCode = Flag(
      "suppress-exit-code", short: "x", .toggle, in: .output, "end with 0 even if a check failed")
    package static let quiet = Flag(
      "quiet", short: "q", .count, in: .output, "the summary alone; -qq: nothing")
    package static let verbose = Flag(
      "verbose", short: "v", .count, in: .output, "each request; with version: each library")
    package static let color = Flag(
      "color", .choice(["auto", "on", "off"]), in: .output, "colours", standard: "auto")
    package static let format = Flag(
      "format", .choice(["human", "json"]), in: .output, "how problems are printed",
      standard: "human")

    package static let json = Flag(
      "json", .toggle, in: .output, "print one JSON document", isConfigurable: false)
    package static let checkFormat = Flag(
      "format", .choice(["human", "json", "sarif"]), in: .output, "how problems are printed",
      standard: "human")
    package static let strict = Flag(
      "strict", .toggle, in: .output, "end with 1 if there is a warning")

    // General.
    package static let config = Flag(
      "config", .path("FILE"), in: .general, "settings",
      standard: "assay.yaml here or in a folder above", isConfigurable: false)
    package static let profile = Flag(
      "profile", .text("NAME"), in: .general, "a set of settings from the profiles of assay.yaml")
    package static let help = Flag(
      "help", short: "h", .toggle, in: .general, "this page", isConfigurable: false)

    static let everywhere = [color, format, help]
  }

  // MARK: Commands

  private typealias F = Flags

  static let run = Command(
    name: .run, summary: "runs collections, and judges every call",
    operands: .init("<collection…>", 1...64),
    flags: [
      F.environment, F.globals, F.data, F.iterations, F.folder, F.only, F.skip, F.withDependencies,
      F.lastFailed, F.shard, F.repeatCount, F.environmentVariable, F.globalVariable,
      F.environmentFromSystem,
      F.secrets,
      F.packages, F.newmanCompatible, F.seed, F.strictVariables, F.spec, F.baseURL, F.formats,
      F.nullable,
      F.content, F.extra, F.leastCoverage, F.useMock, F.stateful, F.fault,
      F.order, F.lanes, F.concurrency, F.rate, F.hostRate, F.hostConnections, F.delay, F.retries,
      F.retryOn, F.retryAnyMethod, F.longestWait, F.requestTimeout, F.connectTimeout, F.idleTimeout,
      F.scriptTimeout, F.scriptMemory, F.runTimeout, F.bodyLimit, F.bail, F.insecure,
      F.ignoreRedirects,
      F.redirectLimit, F.authorities, F.certificate, F.certificateKey, F.passphrase,
      F.certificates, F.proxy, F.noProxy, F.unixSocket, F.resolve, F.four, F.six, F.httpOne,
      F.httpTwo, F.allowLinkLocal, F.output, F.suppressExitCode, F.quiet, F.verbose,
      F.config, F.profile,
    ] + F.reports + F.everywhere,
    examples: [
      .init(
        command: "assay run shop.json -e staging.json --spec openapi.yaml --rps 20",
        meaning: "a nightly run against staging, paced"),
      .init(
        command:
          "assay run shop.json --folder 'Get order' --env-var baseUrl=http://localhost:8080 -v",
        meaning: "one failing call again, locally"),
      .init(
        command: "assay run shop.json --spec openapi.yaml --mock --stateful",
        meaning: "without any server"),
    ])

  static let plan = Command(
    name: .plan, summary: "prints every call as it would leave, without traffic",
    operands: .init("<collection…>", 1...64),
    flags: [
      F.environment, F.globals, F.data, F.iterations, F.folder, F.only, F.skip, F.withDependencies,
      F.repeatCount, F.environmentVariable, F.globalVariable, F.environmentFromSystem, F.secrets,
      F.newmanCompatible, F.seed, F.strictVariables, F.order, F.lanes, F.delay, F.bail, F.json,
      F.config, F.profile,
    ] + F.everywhere,
    examples: [
      .init(
        command: "assay plan shop.json -e staging.json",
        meaning: "what would be sent, and where each value comes from"),
      .init(
        command: "assay plan shop.json --folder 'Get order' --json",
        meaning: "one call, for a program to read"),
    ])

  static let check = Command(
    name: .check, summary: "reports problems in collections, environments, data and contracts",
    operands: .init("<file…>", 1...256),
    flags: [
      F.environment, F.globals, F.data, F.environmentVariable, F.globalVariable,
      F.environmentFromSystem, F.secrets, F.spec, F.strict, F.checkFormat, F.color, F.config,
      F.profile,
      F.help,
    ],
    examples: [
      .init(
        command: "assay check shop.json staging.json openapi.yaml",
        meaning: "what is wrong with the files, which calls no operation fits, and the reverse"),
      .init(
        command: "assay check shop.json -e staging.json --strict --format sarif > check.sarif",
        meaning: "for a code host, and for a gate"),
    ])

  static let validate = Command(
    name: .validate, summary: "judges values by a JSON Schema or by a contract",
    operands: .init("[file…]", 0...10_000),
    flags: [
      F.schema, F.draft, F.spec, F.operation, F.status, F.mediaType, F.formats, F.nullable,
      F.content, F.form, F.bowtie, F.quiet,
    ] + F.everywhere,
    examples: [
      .init(
        command: "assay validate --schema order.schema.json order.json orders/*.yaml",
        meaning: "which files do not hold, where, and by which rule"),
      .init(
        command: "curl -s https://api.example.com/orders/1 | assay validate --schema order.json -",
        meaning: "what comes in on standard input"),
      .init(
        command: "assay validate --spec openapi.yaml --operation getOrder --status 200 order.json",
        meaning: "a body by what a contract says of it"),
    ])

  static let judge = Command(
    name: .judge, summary: "judges recorded exchanges by a contract, without traffic",
    operands: .init("<traffic…>", 1...10_000),
    flags: [
      F.spec, F.baseURL, F.formats, F.nullable, F.content, F.extra, F.leastCoverage, F.json,
      F.output, F.quiet, F.verbose, F.config, F.profile,
    ] + F.reports + F.everywhere,
    examples: [
      .init(
        command: "assay judge traffic.har --spec openapi.yaml",
        meaning: "what a browser, a proxy or a test recorded (HAR)"),
      .init(
        command: "assay judge Reports/20261120-020001-1f3a --spec next.yaml --json",
        meaning: "which calls of an earlier run next week's contract would break"),
    ])

  static let mock = Command(
    name: .mock, summary: "serves a contract on loopback",
    operands: .init("<contract>", 1...1),
    flags: [F.stateful, F.fault, F.port, F.seed, F.config, F.profile] + F.everywhere,
    examples: [
      .init(
        command: "assay mock openapi.yaml --port 8080 --stateful",
        meaning: "answers until it is interrupted"),
      .init(
        command: "assay mock openapi.yaml --fault 'GET /pets/* wrong-type=/name'",
        meaning: "answers with a violation, to see that it is found"),
      .init(
        command: "assay mock openapi.yaml --fault '* /pets rate-limit=1 times=2' --seed 7",
        meaning: "asks for patience twice, and makes values of its own"),
    ])

  static let report = Command(
    name: .report, summary: "writes the reports of a run again, from its journal",
    operands: .init("<run>", 1...1),
    flags: [F.output, F.quiet, F.verbose, F.config, F.profile] + F.reports + F.everywhere,
    examples: [
      .init(
        command: "assay report Reports/20261120-020001-1f3a -r junit,html",
        meaning: "also for a run that was killed")
    ])

  static let compare = Command(
    name: .compare, summary: "tells what has changed between two runs",
    operands: .init("<old run> <new run>", 2...2),
    flags: [F.failOn, F.json, F.reporters, F.output, F.quiet, F.verbose] + F.everywhere,
    examples: [
      .init(
        command: "assay compare Reports/20261119-020000-77aa Reports/20261120-020001-1f3a",
        meaning: "new, fixed, still failing, flaky and vanished checks, coverage, latency"),
      .init(
        command: "assay compare old new --fail-on new,vanished --json",
        meaning: "a gate, and a document for a program"),
    ])

  static let merge = Command(
    name: .merge, summary: "joins runs, such as the shards of one, into one run",
    operands: .init("<run…>", 1...1_000),
    flags: [F.leastCoverage, F.output, F.quiet, F.verbose, F.config, F.profile] + F.reports
      + F.everywhere,
    examples: [
      .init(
        command: "assay merge shard-1/2026* shard-2/2026* -r junit,html --output merged",
        meaning: "one journal and one set of reports")
    ])

  static let replay = Command(
    name: .replay, summary: "sends a recorded call again, exactly, and shows what differs",
    operands: .init("<run> <call>", 2...2),
    flags: [
      F.withDependencies, F.judgeOnly, F.to, F.environment, F.environmentVariable, F.secrets,
      F.spec, F.baseURL, F.formats, F.nullable, F.content, F.extra, F.insecure, F.requestTimeout,
      F.connectTimeout, F.authorities, F.certificate, F.certificateKey, F.passphrase, F.proxy,
      F.noProxy, F.unixSocket, F.resolve, F.allowLinkLocal, F.json, F.verbose, F.config, F.profile,
    ] + F.everywhere,
    examples: [
      .init(
        command: "assay replay Reports/20261120-020001-1f3a k-7m2qx9a --to http://localhost:8080",
        meaning: "the call of a failed check, against another server"),
      .init(
        command: "assay replay Reports/20261120-020001-1f3a 'Get order' --with-deps",
        meaning: "with what made its variables sent before it, and the new values put in"),
      .init(
        command: "assay replay Reports/20261120-020001-1f3a k-7m2qx9a --judge-only --spec new.yaml",
        meaning: "no traffic: the recorded exchange by today's contract"),
    ])

  static let curl = Command(
    name: .curl, summary: "prints a recorded call as a curl command",
    operands: .init("<run> <call>", 2...2), flags: [F.to] + F.everywhere,
    examples: [
      .init(
        command: "assay curl Reports/20261120-020001-1f3a k-7m2qx9a",
        meaning: "secrets come from the environment: \"$ASSAY_SECRET_TOKEN\"")
    ])

  static let explain = Command(
    name: .explain, summary: "tells what a code means, and what helps",
    operands: .init("[code]", 0...1), flags: F.everywhere,
    examples: [
      .init(command: "assay explain contract.body", meaning: "one code"),
      .init(command: "assay explain transport", meaning: "every code that begins so"),
    ])

  static let completions = Command(
    name: .completions, summary: "prints completions for a shell",
    operands: .init("<bash|zsh|fish>", 1...1, choices: ["bash", "zsh", "fish"]),
    flags: F.everywhere,
    examples: [
      .init(
        command: "assay completions bash > ~/.local/share/bash-completion/completions/assay",
        meaning: "completes commands, flags and their values")
    ])

  static let version = Command(
    name: .version, summary: "prints the version; with --verbose those of the libraries",
    operands: .init("", 0...0), flags: [F.verbose] + F.everywhere, examples: [])

  static let help = Command(
    name: .help, summary: "prints the page of a command",
    operands: .init("[command]", 0...1, choices: Command.Name.allCases.map(\.rawValue)),
    flags: F.everywhere, examples: [])
}
