internal import AssayMock
internal import AssayModel
internal import AssayScript
internal import AssaySystem
internal import AssayText
internal import AssayTransport

/// `assay version`: what this is, and with `--verbose` what it stands on.
struct VersionCommand {
  private let front: Front

  init(_ front: Front) { self.front = front }

  /// A library, what is here of it, and the oldest that will do.
  private struct Library {
    let name: String
    let version: String
    let needed: String
    var remark = ""
  }

  func run(isVerbose: Bool) async -> ExitCode {
    guard isVerbose else {
      Stream.output.write("assay \(Assay.version)\n")
      return .success
    }
    var text = "assay \(Assay.version)\n"
    var libraries = [
      Library(
        name: "libcurl", version: Transport.libraryVersion, needed: "7.85.0",
        remark: Transport.libraryFeatures.joined(separator: ", ")),
      Library(name: "libyaml", version: YAMLReader.libraryVersion, needed: "0.2.5"),
      Library(name: "PCRE2", version: Pattern.libraryVersion, needed: "10.40"),
      Library(name: "libxml2", version: XMLDocument.libraryVersion, needed: "2.9.10"),
      Library(name: "OpenSSL libcrypto", version: Digest.libraryVersion, needed: "3.0.0"),
      Library(name: "libidn2", version: HostName.libraryVersion, needed: "2.3.0"),
      Library(name: "zlib", version: Deflate.libraryVersion, needed: "1.2.11"),
      Library(name: "libmicrohttpd", version: MockServer.libraryVersion, needed: "0.9.71"),
    ]
    do throws(Diagnostic) {
      let worker = try await ScriptWorker.describe(program: RunCommand.workerPath)
      var remarks = ["in a process of its own"]
      remarks.append(
        worker.refused.isEmpty
          ? "caged"
          : "caged without \(worker.refused.joined(separator: ", ")), which the kernel refused")
      if !worker.hearsRejections {
        remarks.append("rejected promises that no script handles are not told")
      }
      libraries.append(
        Library(
          name: "JavaScriptCore", version: worker.version, needed: "2.36.0",
          remark: remarks.joined(separator: "; ")))
    } catch {
      text += "JavaScriptCore is not there: \(error.message)\n"
    }
    for library in libraries { text += line(library) }
    Stream.output.write(text)
    return .success
  }

  private func line(_ library: Library) -> String {
    let isOld = Self.numbers(library.version).lexicographicallyPrecedes(
      Self.numbers(library.needed))
    if isOld {
      return "\(library.name) \(library.version) is too old: \(library.needed) is needed\n"
    }
    return "\(library.name) \(library.version)"
      + (library.remark.isEmpty ? "" : " (\(library.remark))") + "\n"
  }

  /// `10.42 2022-12-11` is 10, 42.
  private static func numbers(_ version: String) -> [Int] {
    version.prefix { $0 != " " }.split(separator: ".").map { part in
      Int(part.prefix { $0.isNumber }) ?? 0
    }
  }
}
