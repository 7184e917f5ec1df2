internal import AssayModel
internal import AssaySystem
internal import AssayText

/// The JavaScript libraries of the operating system, which scripts `require`.
///
/// A worker has no files: it names a module, and the source comes from here. Only the folders of the
/// shelf are looked into, links resolved, so that no name leads anywhere else.
package struct ModuleShelf: Sendable {
  /// A module's source, and the path by which it is known to those it requires.
  struct Module: Sendable {
    let path: String
    let source: [UInt8]
  }

  private let roots: [String]
  /// The folder of the user's own packages, links resolved.
  private let packages: String?

  /// Where Debian's packages put what is written for Node, and for browsers.
  ///
  /// - Parameter packages: The folder in which `pm.require` looks.
  package init(
    roots: [String] = ["/usr/share/nodejs", "/usr/lib/nodejs", "/usr/share/javascript"],
    packages: String? = nil
  ) {
    self.packages = packages.flatMap { Files.resolved($0) }
    self.roots = roots + (self.packages.map { [$0] } ?? [])
  }

  /// What `pm.require` asks for begins so.
  private static let packagePrefix = "pm:"

  /// `@team/name`, `npm:name@1.2.3` or `jsr:@team/name@1`: from the folder of packages, and what npm
  /// has also from among the libraries. A version in the name is not looked at.
  private func package(_ text: Substring) -> Module? {
    let registry = ["npm:", "jsr:"].first { text.hasPrefix($0) }
    var name = text.dropFirst(registry?.count ?? 0)
    if let at = name.dropFirst().lastIndex(of: "@") { name = name[..<at] }
    guard !name.isEmpty, !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
      return nil
    }
    if let packages, let found = file(at: packages + "/" + name) { return found }
    return registry == "npm:" ? module(String(name), from: "") : nil
  }

  /// Libraries that are one file for browsers, and known to scripts by another name.
  private static let bundles = [
    "lodash": ["lodash/lodash.min.js"], "moment": ["moment/moment.min.js"],
    "backbone": ["backbone/backbone.js"], "underscore": ["underscore/underscore.js"],
    "crypto-js": cryptography.map { "cryptojs/components/\($0).js" },
  ]

  /// In an order in which each finds what it builds on.
  private static let cryptography = [
    "core", "x64-core", "lib-typedarrays", "enc-utf16", "enc-base64", "md5", "sha1", "sha256",
    "sha224", "sha512", "sha384", "sha3", "ripemd160", "hmac", "pbkdf2", "evpkdf", "cipher-core",
    "mode-cfb", "mode-ctr", "mode-ofb", "mode-ecb", "pad-ansix923", "pad-iso10126", "pad-iso97971",
    "pad-zeropadding", "pad-nopadding", "format-hex", "tripledes", "aes", "rabbit", "rc4",
  ]

  /// The module that a name means, for the module at `from`; nil where there is none.
  func module(_ name: String, from: String) -> Module? {
    guard !name.isEmpty, name.utf8.count < 1_024, !name.utf8.contains(0) else { return nil }
    if name.hasPrefix(Self.packagePrefix) {
      return package(name.dropFirst(Self.packagePrefix.count))
    }
    if name.hasPrefix("./") || name.hasPrefix("../") {
      guard let slash = from.lastIndex(of: "/") else { return nil }
      return file(at: from[..<slash] + "/" + name)
    }
    guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else { return nil }
    if let parts = Self.bundles[name], let module = bundle(parts, name) { return module }
    // The packages inside a package come first, as Node looks them up.
    var folder = from[...]
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      if let found = file(at: folder + "/node_modules/" + name) { return found }
    }
    for root in roots {
      if let found = file(at: root + "/" + name) { return found }
    }
    return nil
  }

  private func bundle(_ parts: [String], _ name: String) -> Module? {
    for root in roots {
      var source: [UInt8] = []
      for part in parts {
        guard let bytes = read(root + "/" + part) else { break }
        source += bytes + [0x0A]
      }
      guard !source.isEmpty else { continue }
      if name == "crypto-js" { source += Array("module.exports = CryptoJS;".utf8) }
      return Module(path: "\(root)/\(name)/bundle.js", source: source)
    }
    return nil
  }

  /// A file, a file without its ending, or a folder with a package in it.
  private func file(at path: String) -> Module? {
    for candidate in [path, path + ".js", path + ".json"] {
      if let bytes = read(candidate) { return Module(path: candidate, source: bytes) }
    }
    guard Files.kind(of: path) == .directory else { return nil }
    if let bytes = read(path + "/package.json"), let main = Self.main(bytes),
      let found = file(at: path + "/" + main)
    {
      return found
    }
    return read(path + "/index.js").map { Module(path: path + "/index.js", source: $0) }
  }

  private static func main(_ bytes: [UInt8]) -> String? {
    let root = try? JSONReader.read(SourceFile(name: "package.json", bytes: bytes)).root
    guard let main = root?["main"]?.string, !main.split(separator: "/").contains("..") else {
      return nil
    }
    return main.hasPrefix("./") ? String(main.dropFirst(2)) : main
  }

  private func read(_ path: String) -> [UInt8]? {
    guard Files.kind(of: path) == .regular, let real = Files.resolved(path),
      roots.contains(where: { real.hasPrefix($0 + "/") })
    else { return nil }
    return try? Files.read(path, limit: 8 << 20).bytes
  }
}
