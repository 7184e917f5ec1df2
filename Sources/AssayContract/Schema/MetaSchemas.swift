internal import AssayModel
internal import AssayText
internal import Synchronization

/// The schemas of schemas that the drafts define, by their URIs.
///
/// Written for Assay from the specifications: what they require is the same, their words are not
/// those of the published files.
enum MetaSchemas {
  private static let sources: [String: [UInt8]] = {
    let file = SourceFile(name: "meta-schemas.json", bytes: PackageResources.meta_schemas_json)
    guard let all = try? JSONReader.read(file).root else { return [:] }
    var sources: [String: [UInt8]] = [:]
    for pair in all.elements {
      guard let uri = pair[0]?.string, let schema = pair[1] else { continue }
      var writer = JSONWriter()
      writer.value(schema.value)
      sources[uri] = writer.bytes
    }
    return sources
  }()

  private static let parsed = Mutex<[String: Document]>([:])

  static func document(named uri: String) -> Document? {
    let uri = SchemaIndex.bare(uri)
    guard let bytes = sources[uri] else { return nil }
    return parsed.withLock { parsed in
      if let known = parsed[uri] { return known }
      let document = try? JSONReader.read(SourceFile(name: uri, bytes: bytes))
      parsed[uri] = document
      return document
    }
  }
}
