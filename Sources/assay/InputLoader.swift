internal import AssayCollection
internal import AssayContract
internal import AssayModel
internal import AssayReport
internal import AssaySystem
internal import AssayText
internal import Synchronization

/// Reads the files of a run, each once, and remembers what was read.
struct InputLoader: Sendable {
  private let log = InputLog()
  /// Nil: remarks are the caller's to tell.
  private let front: Front?

  init(_ front: Front?) { self.front = front }

  /// What was read, in order, with the digest of each file.
  var inputs: [RunFacts.Input] { log.inputs }

  /// The largest file of each kind that is taken.
  private enum Limit {
    static let collection = 256 << 20
    static let contract = 64 << 20
    static let data = 200 << 20
    static let body = 256 << 20
    /// How many remarks about one contract are printed.
    static let notes = 10
  }

  private func file(_ path: String, limit: Int) throws(Diagnostic) -> SourceFile {
    let raw = try Files.read(path, limit: limit)
    log.add(.init(name: path, sha256: Digest.sha256(raw.bytes)))
    let bytes = Inputs.utf8(raw.bytes)
    return bytes.count == raw.bytes.count ? raw : SourceFile(name: path, bytes: bytes)
  }

  /// The inputs that were read, some of them from inside a reader.
  private final class InputLog: Sendable {
    private let list = Mutex<[RunFacts.Input]>([])
    private let last = Mutex<(path: String, document: Document)?>(nil)
    var inputs: [RunFacts.Input] { list.withLock { $0 } }
    func add(_ input: RunFacts.Input) { list.withLock { $0.append(input) } }

    func document(_ path: String) -> Document? {
      last.withLock { $0?.path == path ? $0?.document : nil }
    }

    func keep(_ document: Document, _ path: String) { last.withLock { $0 = (path, document) } }
  }

  /// How the requests of a run are composed.
  struct Composing {
    let seed: UInt64
    var isNewmanCompatible = false
    let logins = Logins()
  }

  func collection(
    _ path: String, _ composing: Composing
  ) throws(Diagnostic) -> CollectionReader.Result {
    var path = path
    var isFolder = Files.kind(of: path) == .directory
    // A folder of the usual layout stands for the collection in it.
    let inside = (path.hasSuffix("/") ? path : path + "/") + "collection.json"
    if isFolder, Files.kind(of: inside) == .regular { (path, isFolder) = (inside, false) }
    let options = ComposingOptions(
      userAgent: "Assay/\(Assay.version)", seed: composing.seed,
      files: Self.bodyFiles(of: path, isFolder: isFolder),
      isNewmanCompatible: composing.isNewmanCompatible, logins: composing.logins,
      now: { System.secondsSince1970 })
    let result =
      isFolder
      ? try CollectionReader.read(folder: collectionFolder(path), composing: options)
      : try CollectionReader.read(
        Inputs.read(file(path, limit: Limit.collection)), composing: options)
    if !result.notes.isEmpty {
      let secrets = result.documents.flatMap(PlainSecrets.texts)
      for note in result.notes { front?.tell(note, hiding: secrets) }
    }
    return result
  }

  /// The files of a collection in many files; those of hidden folders are named by the format.
  private func collectionFolder(_ path: String) -> CollectionFolder {
    CollectionFolder(
      path: path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path,
      list: { path throws(Diagnostic) in
        (Files.entries(of: path) ?? []).map {
          CollectionFolder.Entry(
            name: $0, isFolder: Files.kind(of: path + "/" + $0) == .directory)
        }
      },
      load: { path throws(Diagnostic) in
        try file(path, limit: Limit.collection)
      })
  }

  /// Files of requests lie beside the collection or below the working folder, and nowhere else.
  private static func bodyFiles(of collection: String, isFolder: Bool) -> BodyFiles {
    let folder = Files.resolved(collection).flatMap { path in
      isFolder ? path : path.lastIndex(of: "/").map { String(path[..<$0]) }
    }
    let folders = [System.workingDirectory] + (folder.map { [$0] } ?? [])
    return BodyFiles(
      find: { path throws(Diagnostic) in
        let candidates = path.hasPrefix("/") ? [path] : folders.map { $0 + "/" + path }
        // Links are resolved first, so that none leads out of the folders.
        for candidate in candidates {
          guard let real = Files.resolved(candidate) else { continue }
          guard folders.contains(where: { real.hasPrefix($0 + "/") }) else {
            throw .escapingFile(path)
          }
          return real
        }
        throw .missingFile(path)
      },
      load: { path throws(Diagnostic) in try Files.read(path, limit: Limit.body).bytes })
  }

  func variables(
    _ path: String
  ) throws(Diagnostic) -> (name: String?, variables: [Variable]) {
    try EnvironmentReader.read(Inputs.read(file(path, limit: Limit.collection)))
  }

  func secrets(_ path: String) throws(Diagnostic) -> [Variable] {
    try EnvironmentReader.secrets(Inputs.read(file(path, limit: Limit.collection)))
  }

  func checkedRows(_ path: String) throws(Diagnostic) -> DataReader.Result {
    try DataReader.read(file(path, limit: Limit.data))
  }

  func rows(_ path: String) throws(Diagnostic) -> DataRows {
    let result = try checkedRows(path)
    for note in result.notes { front?.tell(note) }
    return result.rows
  }

  /// The document of a file, read once: what a file is has to be looked up before it is taken for it.
  func document(_ path: String, limit: Int = Limit.collection) throws(Diagnostic) -> Document {
    if let known = log.document(path), known.file.bytes.count <= limit { return known }
    let document = try Inputs.read(file(path, limit: limit))
    log.keep(document, path)
    return document
  }

  enum Kind { case collection, environment, data, contract }

  /// What a file is, by its name and by what stands at its top.
  func kind(of path: String) throws(Diagnostic) -> Kind {
    if Files.kind(of: path) == .directory { return .collection }
    if path.lowercased().hasSuffix(".csv") { return .data }
    let root = try document(path).root
    if root["openapi"] != nil || root["swagger"] != nil { return .contract }
    if root.isArray {
      let first = root[0]
      return first?["key"] != nil && first?["value"] != nil ? .environment : .data
    }
    let inner = root["environment"] ?? root["globals"] ?? root
    return inner["values"]?.isArray == true ? .environment : .collection
  }

  func contract(
    _ path: String, _ latitude: Latitude = Latitude(), telling isTelling: Bool = true
  ) throws(Diagnostic) -> Contract {
    let document = try self.document(path, limit: Limit.contract)
    let confined = ContractFiles(root: path)
    let contract = try Contract.compile(document, latitude: latitude) {
      path, from throws(Diagnostic) in
      try confined.load(path, from: from)
    }
    guard isTelling, let front else { return contract }
    let worth = contract.notes.filter { $0.severity != .note }
    for note in worth.prefix(Limit.notes) { front.tell(note) }
    if worth.count > Limit.notes {
      front.tell(.moreNotes(worth.count - Limit.notes, about: path))
    }
    return contract
  }
}

/// The files that a contract's references may reach: those under its own folder, and those below the
/// working folder where the contract itself is one of them.
struct ContractFiles: Sendable {
  private let folder: String

  init(root: String) {
    let own = Self.folder(of: Files.resolved(root) ?? root)
    let working = Files.resolved(System.workingDirectory) ?? System.workingDirectory
    folder = working != "/" && own.hasPrefix(working + "/") ? working : own
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return String(path[..<slash])
  }

  func load(_ reference: String, from file: SourceFile) throws(Diagnostic) -> Document {
    guard !reference.contains("://") else { throw .remoteReference(reference, in: file) }
    let path = reference.hasPrefix("/") ? reference : Self.folder(of: file.name) + "/" + reference
    // Links are resolved first, so that none leads out of the folder.
    guard let real = Files.resolved(path) else { throw .missingReference(reference, in: file) }
    guard real.hasPrefix(folder + "/") else { throw .escapingReference(reference, in: file) }
    return try Inputs.read(Files.read(path, limit: 64 << 20))
  }
}
