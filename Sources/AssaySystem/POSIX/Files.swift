package import AssayModel
internal import CPosix

/// The files that a run reads and writes.
package enum Files {
  package enum Kind: Sendable { case regular, directory, fifo, other }

  /// What stands under a path, links followed; nil where nothing does.
  package static func kind(of path: String) -> Kind? {
    var facts = stat()
    guard unsafe stat(path, &facts) == 0 else { return nil }
    return kind(facts.st_mode)
  }

  private static func kind(_ mode: mode_t) -> Kind {
    if assay_is_regular(mode) != 0 { return .regular }
    if assay_is_directory(mode) != 0 { return .directory }
    return assay_is_fifo(mode) != 0 ? .fifo : .other
  }

  /// Reads a whole regular file, once.
  ///
  /// Anything that is no regular file is refused before it is opened for reading, since a pipe may
  /// never end. A file whose size or time changes while it is read is refused as well: half of one
  /// version and half of another would be judged as if somebody had written it.
  package static func read(
    _ path: String, limit: Int = 512 << 20
  ) throws(Diagnostic) -> SourceFile {
    guard !path.utf8.contains(0) else { throw .unreadable(path, "its name holds a NUL byte") }
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let descriptor = unsafe assay_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
    guard descriptor >= 0 else { throw .unreadable(path, SystemError.text()) }
    defer { close(descriptor) }
    var before = stat()
    guard unsafe fstat(descriptor, &before) == 0 else {
      throw .unreadable(path, SystemError.text())
    }
    switch kind(before.st_mode) {
    case .regular: break
    case .directory: throw .unreadable(path, "it is a directory")
    case .fifo: throw .unreadable(path, "it is a pipe, which may never end")
    case .other: throw .unreadable(path, "it is no regular file")
    }
    guard before.st_size <= limit else { throw .fileTooLarge(path, Int(before.st_size), limit) }
    let bytes = try readAll(descriptor, expected: Int(before.st_size), path)
    var after = stat()
    guard unsafe fstat(descriptor, &after) == 0, after.st_size == before.st_size,
      bytes.count == Int(before.st_size), after.st_mtim.tv_sec == before.st_mtim.tv_sec,
      after.st_mtim.tv_nsec == before.st_mtim.tv_nsec
    else { throw .changedWhileRead(path) }
    return SourceFile(name: path, bytes: bytes)
  }

  /// Reads a regular file from its beginning to its end, a piece at a time; a file that is still
  /// written to is read as far as it goes.
  package static func read(
    _ path: String, inPieces body: ([UInt8]) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let pieces = try FilePieces(of: path)
    while let piece = try pieces.next() { try body(piece) }
  }

  private static func readAll(
    _ descriptor: Int32, expected: Int, _ path: String
  ) throws(Diagnostic) -> [UInt8] {
    var failure: String?
    // One byte more than expected, so that a file that grew is seen.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: expected + 1) { buffer, count in
      while count < buffer.count, let base = buffer.baseAddress {
        let got = unsafe CPosix.read(descriptor, base + count, buffer.count - count)
        if got < 0, assay_errno() == EINTR { continue }
        if got < 0 { failure = SystemError.text() }
        guard got > 0 else { return }
        count += got
      }
    }
    if let failure { throw .unreadable(path, failure) }
    return bytes
  }

  /// The names in a directory in order; nil where it is none.
  package static func entries(of path: String) -> [String]? {
    guard let directory = unsafe opendir(path) else { return nil }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Makes a directory and those above it, for its owner alone.
  package static func makeDirectory(_ path: String) throws(Diagnostic) {
    if kind(of: path) == .directory { return }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try makeDirectory(String(path[..<slash]))
    }
    guard unsafe mkdir(path, 0o700) == 0 || assay_errno() == EEXIST else {
      throw .unwritable(path, SystemError.text())
    }
  }

  /// Writes a file under a temporary name and renames it, so that nobody ever sees half of it.
  ///
  /// - Parameter isDurable: Waits for the disk before the file gets its name.
  package static func write(
    _ bytes: [UInt8], to path: String, isDurable: Bool = true
  ) throws(Diagnostic) {
    try replace(path, isDurable: isDurable) { file throws(Diagnostic) in try file.append(bytes) }
  }

  /// Has a file written under a temporary name, which becomes its own unless the writing throws.
  package static func replace(
    _ path: String, isDurable: Bool = true, _ body: (AppendFile) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let temporary = "\(path).\(getpid()).tmp"
    // What a killed process of the same number left behind.
    unsafe unlink(temporary)
    let file = try AppendFile(creating: temporary, named: path)
    do throws(Diagnostic) {
      try body(file)
      if isDurable { try file.synchronize() }
    } catch {
      unsafe unlink(temporary)
      throw error
    }
    guard unsafe rename(temporary, path) == 0 else {
      let reason = SystemError.text()
      unsafe unlink(temporary)
      throw .unwritable(path, reason)
    }
  }

  /// Adds to the end of a file of somebody else's, which is made where it is missing.
  package static func append(_ bytes: [UInt8], to path: String) throws(Diagnostic) {
    try AppendFile(adding: path).append(bytes)
  }

  /// Makes a file that takes up so much of the disk, to be removed when the disk is full; nothing
  /// where there is no such room.
  package static func reserve(_ size: Int, at path: String) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe assay_open(path, flags, 0o600)
    guard descriptor >= 0 else { return }
    #if os(Linux)
      let isThere = posix_fallocate(descriptor, 0, off_t(size)) == 0
    #else
      let isThere = ftruncate(descriptor, off_t(size)) == 0
    #endif
    close(descriptor)
    if !isThere { remove(path) }
  }

  package static func remove(_ path: String) { unsafe unlink(path) }

  /// Removes a folder and what is in it; links are removed and not followed.
  package static func removeTree(_ path: String) {
    var facts = stat()
    guard unsafe lstat(path, &facts) == 0 else { return }
    guard kind(facts.st_mode) == .directory else { return remove(path) }
    for name in entries(of: path) ?? [] { removeTree(path + "/" + name) }
    unsafe rmdir(path)
  }

  /// The path with links and dots resolved; nil where nothing stands there.
  package static func resolved(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }
}

/// A regular file on its way through, from its beginning to its end.
package final class FilePieces {
  private let path: String
  private let descriptor: Int32
  /// What was read beyond the last line that was asked for.
  private var rest: [UInt8] = []

  private static let size = 256 << 10

  package init(of path: String) throws(Diagnostic) {
    self.path = path
    guard !path.utf8.contains(0) else { throw .unreadable(path, "its name holds a NUL byte") }
    descriptor = unsafe assay_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
    guard descriptor >= 0 else { throw .unreadable(path, SystemError.text()) }
    var facts = stat()
    guard unsafe fstat(descriptor, &facts) == 0, assay_is_regular(facts.st_mode) != 0 else {
      throw .unreadable(path, "it is no regular file")
    }
  }

  deinit { close(descriptor) }

  /// The next bytes, nil at the end.
  package func next() throws(Diagnostic) -> [UInt8]? {
    var failure: String?
    let piece = unsafe [UInt8](unsafeUninitializedCapacity: Self.size) { buffer, count in
      while let base = buffer.baseAddress {
        let got = unsafe CPosix.read(descriptor, base, buffer.count)
        if got < 0, assay_errno() == EINTR { continue }
        if got < 0 { failure = SystemError.text() }
        count = max(0, got)
        return
      }
    }
    if let failure { throw .unreadable(path, failure) }
    return piece.isEmpty ? nil : piece
  }

  /// The next line with its end.
  package func nextLine() throws(Diagnostic) -> [UInt8]? {
    while true {
      if let end = rest.firstIndex(of: 0x0A) {
        let line = Array(rest[...end])
        rest.removeFirst(end + 1)
        return line
      }
      guard let piece = try next() else { return taken() }
      rest += piece
    }
  }

  /// Whole lines, as many as come in one piece; what is behind the last line comes at the end.
  package func nextLines() throws(Diagnostic) -> [UInt8]? {
    while true {
      guard let piece = try next() else { return taken() }
      rest += piece
      guard let end = rest.lastIndex(of: 0x0A) else { continue }
      let lines = Array(rest[...end])
      rest.removeFirst(end + 1)
      return lines
    }
  }

  private func taken() -> [UInt8]? {
    defer { rest = [] }
    return rest.isEmpty ? nil : rest
  }
}

/// A file that only ever grows: each append is one `write`.
package final class AppendFile: Sendable {
  private let descriptor: Int32
  private let path: String

  /// Makes a new file for its owner alone; one that exists is refused, and so is a link.
  package init(creating path: String, named shown: String? = nil) throws(Diagnostic) {
    self.path = shown ?? path
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW
    descriptor = unsafe assay_open(path, flags, 0o600)
    guard descriptor >= 0 else { throw .unwritable(shown ?? path, SystemError.text()) }
  }

  /// Opens a file to add to its end.
  fileprivate init(adding path: String) throws(Diagnostic) {
    self.path = path
    descriptor = unsafe assay_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unwritable(path, SystemError.text()) }
  }

  deinit { close(descriptor) }

  /// Writes all of it or nothing: what a full disk took of it is taken back.
  package func append(_ bytes: [UInt8]) throws(Diagnostic) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return 0 }
        return unsafe CPosix.write(descriptor, base + written, bytes.count - written)
      }
      if count < 0, assay_errno() == EINTR { continue }
      guard count >= 0 else {
        let reason = SystemError.text()
        let end = lseek(descriptor, 0, SEEK_END)
        if written > 0, end >= written { ftruncate(descriptor, end - off_t(written)) }
        throw .unwritable(path, reason)
      }
      written += count
    }
  }

  /// Waits until what was written is on the disk.
  package func synchronize() throws(Diagnostic) {
    #if os(Linux)
      guard fdatasync(descriptor) == 0 else { throw .unwritable(path, SystemError.text()) }
    #else
      guard fsync(descriptor) == 0 else { throw .unwritable(path, SystemError.text()) }
    #endif
  }
}

/// The words for the error of the last system call.
enum SystemError {
  static func text(_ number: Int32 = assay_errno()) -> String {
    unsafe String(cString: strerror(number)).lowercased()
  }
}
