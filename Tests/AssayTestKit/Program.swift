internal import AssayModel
internal import AssaySystem

/// The programs that were built with these tests, run as a user would run them.
package enum Program {
  /// The folder of the build, in which the running test bundle stands as well.
  package static let folder: String = {
    let path = System.executablePath
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return String(path[..<slash])
  }()

  package static let assay = folder + "/assay"
  package static let worker = folder + "/assay-script"

  package struct Outcome: Sendable {
    package let output: String
    package let error: String
    package let code: Int32
  }

  /// Runs a shell command in the repository with nothing in its environment but what is given.
  package static func shell(
    _ command: String, environment: [String] = [], folder: String = SharedData.repository
  ) async throws -> Outcome {
    let scratch = try Scratch()
    let script = "cd '\(folder)' && { \(command)\n} 2> '\(scratch.path)/error'"
    let process = try ChildProcess(
      "/bin/sh", arguments: ["-c", script],
      environment: ["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"] + environment)
    let thread = SerialThread()
    let output = await thread.run { process.readToEnd() }
    let ending = await thread.run { process.wait() }
    let error = (try? Files.read(scratch.path + "/error").bytes) ?? []
    let code: Int32 =
      switch ending {
      case .exited(let code): code
      case .killed(let signal): 128 + signal
      }
    return Outcome(
      output: String(decoding: output, as: UTF8.self),
      error: String(decoding: error, as: UTF8.self),
      code: code)
  }

  /// Runs `assay` with its reports in a folder of the test.
  package static func run(
    _ arguments: String, environment: [String] = [], folder: String = SharedData.repository
  ) async throws -> Outcome {
    try await shell("'\(assay)' \(arguments)", environment: environment, folder: folder)
  }
}

/// A folder of a test's own, gone when the test is.
package final class Scratch: Sendable {
  package let path: String

  package init() throws {
    path = "/tmp/assay-test-\(System.processID)-\(String(System.random(), radix: 36))"
    try Files.makeDirectory(path)
  }

  deinit { Files.removeTree(path) }

  /// Writes a file, and gives its path.
  @discardableResult
  package func write(_ name: String, _ text: String) throws -> String {
    try write(name, bytes: Array(text.utf8))
  }

  @discardableResult
  package func write(_ name: String, bytes: [UInt8]) throws -> String {
    let file = path + "/" + name
    if let slash = file.lastIndex(of: "/") { try Files.makeDirectory(String(file[..<slash])) }
    try Files.write(bytes, to: file)
    return file
  }

  /// The names of what stands in the folder.
  package var entries: [String] { Files.entries(of: path) ?? [] }
}

/// Whole outputs that stand beside the tests. `ASSAY_ACCEPT=1` rewrites them, and fails the test,
/// so that a new one is always looked at.
package enum Golden {
  package static func text(_ relative: String) -> String? {
    try? String(
      decoding: Files.read(SharedData.repository + "/Tests/" + relative).bytes, as: UTF8.self)
  }

  /// Nil when the text is the accepted one, else what to do.
  package static func difference(_ actual: String, from relative: String) -> String? {
    if actual == text(relative) { return nil }
    guard System.environment("ASSAY_ACCEPT") == "1" else {
      return "differs from Tests/\(relative); `make accept` rewrites it:\n\(actual)"
    }
    let path = SharedData.repository + "/Tests/" + relative
    do {
      if let slash = path.lastIndex(of: "/") { try Files.makeDirectory(String(path[..<slash])) }
      try Files.write(Array(actual.utf8), to: path)
      return "rewrote Tests/\(relative): look at the change"
    } catch {
      return "cannot write Tests/\(relative): \(error.message)"
    }
  }
}
