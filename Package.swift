// swift-tools-version: 6.2
import PackageDescription

// One table of who may know whom. Imports run downward only, the rooms never import one another,
// and only the front door knows them all; the build refuses an import that is not listed here.

/// What every target of the house is built with.
let house: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// A room of the house: a library with one folder under Sources and a door of `package` access.
func room(_ name: String, knows: [Target.Dependency], fences: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: knows + fences, swiftSettings: house)
}

/// A C library behind a module map and a shim header, and nothing else.
func fence(_ name: String, _ pkgConfig: String, apt: String, brew: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig,
    providers: [.apt([apt]), .brew([brew])])
}

/// A folder of tests that enter a room by its door.
func tests(_ name: String, knows: [Target.Dependency], golden: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: knows + ["AssayTestKit"],
    exclude: golden,
    swiftSettings: [
      .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
      .treatAllWarnings(as: .error),
    ])
}

/// The standard library travels inside the programs, so that they start fast and run anywhere.
let selfContained: [LinkerSetting] = [
  .unsafeFlags(["-static-stdlib"], .when(platforms: [.linux]))
]

let package = Package(
  name: "Assay",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "assay", targets: ["assay"]),
    .executable(name: "assay-script", targets: ["assay-script"]),
  ],
  targets: [
    // The table and the floor.
    room("AssayModel", knows: []),
    room(
      "AssayText", knows: ["AssayModel"],
      fences: ["CYAML", "CPCRE2", "CXML", "CCrypto", "CZlib", "CIDN2"]),
    room("AssaySystem", knows: ["AssayModel"], fences: ["CPosix"]),

    // The rooms.
    room("AssayCommandLine", knows: ["AssayModel", "AssayText"]),
    room("AssayCollection", knows: ["AssayModel", "AssayText"]),
    .target(
      name: "AssayContract", dependencies: ["AssayModel", "AssayText"],
      resources: [.embedInCode("Schema/MetaSchemas")], swiftSettings: house),
    room("AssayScript", knows: ["AssayModel", "AssayText", "AssaySystem"]),
    room("AssayTransport", knows: ["AssayModel", "AssayText"], fences: ["CCurl", "CPSL"]),
    room("AssayRun", knows: ["AssayModel", "AssayText"]),
    .target(
      name: "AssayReport", dependencies: ["AssayModel", "AssayText"],
      resources: [.embedInCode("HTML/Assets"), .embedInCode("Explain/Assets")], swiftSettings: house
    ),
    room("AssayMock", knows: ["AssayModel", "AssayText"], fences: ["CMicrohttpd"]),

    // The front door, and the caged worker that it starts beside itself.
    .executableTarget(
      name: "assay",
      dependencies: [
        "AssayModel", "AssayText", "AssaySystem", "AssayCommandLine", "AssayCollection",
        "AssayContract", "AssayScript", "AssayTransport", "AssayRun", "AssayReport", "AssayMock",
      ],
      swiftSettings: house, linkerSettings: selfContained),
    .executableTarget(
      name: "assay-script", dependencies: ["CJavaScriptCore", "CCage", "CPosix"],
      resources: [.embedInCode("Prelude")], swiftSettings: house, linkerSettings: selfContained),

    // The fences.
    fence("CCurl", "libcurl", apt: "libcurl4-openssl-dev", brew: "curl"),
    fence(
      "CJavaScriptCore", "javascriptcoregtk-4.1", apt: "libjavascriptcoregtk-4.1-dev",
      brew: "webkitgtk"),
    fence("CYAML", "yaml-0.1", apt: "libyaml-dev", brew: "libyaml"),
    fence("CPCRE2", "libpcre2-8", apt: "libpcre2-dev", brew: "pcre2"),
    fence("CXML", "libxml-2.0", apt: "libxml2-dev", brew: "libxml2"),
    fence("CCrypto", "libcrypto", apt: "libssl-dev", brew: "openssl@3"),
    fence("CIDN2", "libidn2", apt: "libidn2-dev", brew: "libidn2"),
    fence("CPSL", "libpsl", apt: "libpsl-dev", brew: "libpsl"),
    fence("CZlib", "zlib", apt: "zlib1g-dev", brew: "zlib"),
    fence("CMicrohttpd", "libmicrohttpd", apt: "libmicrohttpd-dev", brew: "libmicrohttpd"),
    .systemLibrary(name: "CPosix", path: "Sources/C/CPosix"),
    .systemLibrary(name: "CCage", path: "Sources/C/CCage"),

    // The tests.
    .executableTarget(
      name: "assay-bench",
      dependencies: [
        "AssayContract", "AssayModel", "AssayReport", "AssaySystem", "AssayText", "AssayTransport",
      ],
      path: "Tests/Benchmarks/assay-bench"),
    .executableTarget(name: "json-serialization", path: "Tests/Benchmarks/json-serialization"),
    .target(
      name: "AssayTestKit", dependencies: ["AssayModel", "AssaySystem", "CPosix"],
      path: "Tests/AssayTestKit", swiftSettings: house),
    tests("AssayModelTests", knows: ["AssayModel"]),
    tests("AssayTextTests", knows: ["AssayModel", "AssayText"]),
    tests("AssaySystemTests", knows: ["AssayModel", "AssaySystem"]),
    tests(
      "AssayCommandLineTests", knows: ["AssayModel", "AssayText", "AssayCommandLine"],
      golden: ["Golden"]),
    tests("AssayCollectionTests", knows: ["AssayModel", "AssayText", "AssayCollection"]),
    tests(
      "AssayContractTests", knows: ["AssayModel", "AssayText", "AssaySystem", "AssayContract"]),
    tests("AssayScriptTests", knows: ["AssayModel", "AssayText", "AssaySystem", "AssayScript"]),
    tests(
      "AssayTransportTests",
      knows: ["AssayModel", "AssayText", "AssayTransport", "AssayMock", "AssaySystem"]),
    tests("AssayRunTests", knows: ["AssayModel", "AssayRun"]),
    tests(
      "AssayReportTests",
      knows: ["AssayModel", "AssayText", "AssaySystem", "AssayContract", "AssayReport"],
      golden: ["Golden"]),
    tests("AssayMockTests", knows: ["AssayModel", "AssayText", "AssayMock"]),
    tests(
      "AssayEndToEndTests",
      knows: ["AssayModel", "AssayText", "AssaySystem", "AssayMock", "AssayReport"]),
  ],
  swiftLanguageModes: [.v6]
)
