import AssayModel
import AssaySystem
import AssayTestKit
import AssayText
import Testing

/// The walls of the house, where the compiler alone does not keep them.
@Suite struct WallTests {
  private static let root = SharedData.repository + "/Sources"
  private static let rooms: Set<String> = [
    "AssayCommandLine", "AssayCollection", "AssayContract", "AssayScript", "AssayTransport",
    "AssayRun", "AssayReport", "AssayMock",
  ]

  /// Where unsafe expressions may stand, and the one module that each such folder imports.
  private static let fences: [String: String] = [
    "AssayText/YAML": "CYAML", "AssayText/Pattern": "CPCRE2", "AssayText/XML": "CXML",
    "AssayText/Crypto": "CCrypto", "AssayText/Zlib": "CZlib", "AssayText/IDN": "CIDN2",
    "AssaySystem/POSIX": "CPosix",
    "AssayTransport/Curl": "CCurl", "AssayTransport/PSL": "CPSL",
    "AssayMock/Microhttpd": "CMicrohttpd",
    "assay-script/JavaScriptCore": "CJavaScriptCore",
  ]

  @Test func `no room imports a sibling, and the table imports nothing`() throws {
    for (path, text) in try Self.sources() {
      let target = String(path.prefix { $0 != "/" })
      for module in Self.imports(text) {
        if target == "AssayModel" {
          #expect(module == "Synchronization", "\(path) imports \(module)")
        }
        if Self.rooms.contains(target) {
          #expect(!Self.rooms.contains(module), "\(path) imports \(module)")
        }
        #expect(!module.hasPrefix("Foundation"), "\(path) imports \(module)")
        if target == "assay-script" { #expect(module.hasPrefix("C"), "\(path) imports \(module)") }
      }
    }
  }

  @Test func `unsafe code stands behind its fence`() throws {
    for (path, text) in try Self.sources() {
      let folder = path.split(separator: "/").dropLast().joined(separator: "/")
      let isScanner = path == "AssayText/JSON/JSONScan.swift"
      // The core schema looks at scalars where libyaml has put them.
      let isFenced = Self.fences.keys.contains { folder.hasPrefix($0) } || isScanner
      let isUnsafe = Self.words(text).contains("unsafe") || text.contains("@unchecked")
      if isUnsafe { #expect(isFenced, "\(path)") }
      for module in Self.imports(text) where module.hasPrefix("C") {
        let isOwn = Self.fences.contains {
          folder.hasPrefix($0.key)
            && ($0.value == module || module == "CPosix" && $0.key.hasPrefix("assay-script"))
        }
        #expect(isOwn || path == "assay-script/Worker.swift", "\(path) imports \(module)")
      }
    }
  }

  /// A call of `print`, and of nothing whose name ends alike.
  private var prints: Regex<Substring> { /\bprint\(/ }

  @Test func `nothing prints outside the front door`() throws {
    for (path, text) in try Self.sources() where !path.hasPrefix("assay/") {
      #expect(!text.contains(prints), "\(path)")
      #expect(!text.contains("Stream.output") && !text.contains("Stream.error"), "\(path)")
    }
  }

  @Test func `diagnostics are made in one file of each room`() throws {
    for (path, text) in try Self.sources() {
      let name = String(path.split(separator: "/").last ?? "")
      let makes = text.contains("Diagnostic(.") || text.contains("Diagnostic(\n")
      if makes { #expect(name.hasPrefix("Diagnostic"), "\(path)") }
    }
  }

  @Test func `Foundation is linked nowhere`() throws {
    for program in [Program.assay, Program.worker] {
      // Mangled names begin with the length of the module's name.
      var rest = try Files.read(program).bytes[...]
      while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
        rest = rest[(dollar + 1)...]
        for name in ["s10Foundation", "s20FoundationEssentials"] {
          #expect(!rest.starts(with: name.utf8), "\(program) holds \(name)")
        }
      }
    }
  }

  @Test func `the package depends on no other`() throws {
    let manifest = try Files.read(SharedData.repository + "/Package.swift")
    let text = String(decoding: manifest.bytes, as: UTF8.self)
    #expect(!text.contains(".package(") && !text.contains("url:"))
    #expect(text.contains(".strictMemorySafety()") && text.contains("InternalImportsByDefault"))
  }

  // MARK: Ground

  /// Every Swift file under Sources: its path from there, and its text without comments.
  private static func sources() throws -> [(path: String, text: String)] {
    var files: [(String, String)] = []
    func collect(_ folder: String) throws {
      for name in Files.entries(of: root + "/" + folder) ?? [] {
        let path = folder.isEmpty ? name : folder + "/" + name
        if Files.kind(of: root + "/" + path) == .directory {
          try collect(path)
        } else if name.hasSuffix(".swift") {
          let text = String(decoding: try Files.read(root + "/" + path).bytes, as: UTF8.self)
          files.append((path, withoutComments(text)))
        }
      }
    }
    try collect("")
    #expect(files.count > 50)
    return files
  }

  private static func withoutComments(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
  }

  private static func imports(_ text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard let index = words.firstIndex(of: "import"), index <= 1, words.count > index + 1 else {
        return nil
      }
      return String(words[index + 1])
    }
  }

  private static func words(_ text: String) -> Set<Substring> {
    Set(text.split { !($0.isLetter || $0 == "_") })
  }
}
