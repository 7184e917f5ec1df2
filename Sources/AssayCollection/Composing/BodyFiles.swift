package import AssayModel

/// The files that requests may carry, or be signed with. Where they lie, and which are out of bounds,
/// is the front door's to say; a file that cannot be had stops the call before anything is sent.
package struct BodyFiles: Sendable {
  private let find: @Sendable (_ path: String) throws(Diagnostic) -> String
  private let load: @Sendable (_ path: String) throws(Diagnostic) -> [UInt8]

  /// - Parameter find: The real path of a file, links resolved.
  /// - Parameter load: The bytes at a real path.
  package init(
    find: @escaping @Sendable (_ path: String) throws(Diagnostic) -> String = { $0 },
    load: @escaping @Sendable (_ path: String) throws(Diagnostic) -> [UInt8]
  ) {
    self.find = find
    self.load = load
  }

  /// Where a file really lies; a refusal points at the item that asked for it.
  package func path(_ path: String, at span: SourceSpan) throws(Diagnostic) -> String {
    do {
      return try find(path)
    } catch {
      throw .unusableFile(error, at: span)
    }
  }

  /// The bytes of a file; a refusal points at the item that asked for it.
  package func read(_ path: String, at span: SourceSpan) throws(Diagnostic) -> [UInt8] {
    do {
      return try load(find(path))
    } catch {
      throw .unusableFile(error, at: span)
    }
  }
}

/// Media types by the endings of file names: the common ones.
enum MediaTypeName {
  private static let endings = [
    "json": "application/json", "xml": "application/xml", "txt": "text/plain", "csv": "text/csv",
    "html": "text/html", "css": "text/css", "js": "application/javascript",
    "pdf": "application/pdf", "zip": "application/zip", "gz": "application/gzip",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "svg": "image/svg+xml", "webp": "image/webp", "mp3": "audio/mpeg", "mp4": "video/mp4",
    "yaml": "text/yaml", "yml": "text/yaml", "md": "text/markdown",
  ]

  static func ofFile(_ path: String) -> String {
    let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    return endings[ending] ?? "application/octet-stream"
  }
}
