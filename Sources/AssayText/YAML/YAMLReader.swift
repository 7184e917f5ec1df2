package import AssayModel
internal import CYAML

/// Reads YAML 1.2 into the same tree as JSON.
///
/// libyaml gives the events; what plain scalars mean (core schema), places, limits, anchors, merge
/// keys and repeated keys are ours. Keys are strings, whatever they look like: `200:` is "200". A
/// mapping or list as a key is legal YAML and is kept as it is.
package enum YAMLReader {
  /// How many values aliases may add, or ten times what the text itself holds if that is more.
  static let aliasAllowance = 400_000

  /// The tree of a file that holds one document.
  package static func read(
    _ file: SourceFile, limits: DocumentLimits = YAMLReader.limits
  ) throws(Diagnostic) -> Document {
    let documents = try readAll(file, limits: limits, most: 1)
    guard let document = documents.first else { throw .emptyYAML(file) }
    return document
  }

  /// The trees of a file in order.
  package static func readAll(
    _ file: SourceFile, limits: DocumentLimits = YAMLReader.limits, most: Int = .max
  ) throws(Diagnostic) -> [Document] {
    guard file.bytes.count <= min(limits.size, Int(UInt32.max) - 16) else {
      throw .documentTooLarge(file, limit: limits.size)
    }
    // libyaml reports a byte that is not UTF-8 by offset, and every other place by code point; a
    // check in front leaves one way to count.
    if let offset = firstInvalidByte(file.bytes) {
      throw .invalidJSON(file, JSONFault(kind: .invalidUTF8, offset: offset))
    }
    var events = YAMLEvents(file: file)
    var builder = YAMLBuilder(file: file, limits: limits)
    var documents: [Document] = []
    while let event = try unsafe events.next() {
      defer { events.release() }
      if unsafe event.pointee.type == YAML_DOCUMENT_START_EVENT, documents.count == most {
        throw unsafe .severalDocuments(events.span(of: event))
      }
      if let document = try unsafe builder.take(event, from: &events) { documents.append(document) }
    }
    return documents
  }

  /// What a reader of YAML takes by default: libyaml's own work grows with depth.
  package static let limits = DocumentLimits(size: 64 << 20, depth: 200, nodeCount: 5_000_000)

  private static func firstInvalidByte(_ bytes: [UInt8]) -> Int? {
    unsafe bytes.withUnsafeBufferPointer { text in
      var index = 0
      while index < text.count {
        if unsafe text[index] < 0x80 {
          index += 1
        } else if let length = unsafe UTF8Check.length(at: index, in: text) {
          index += length
        } else {
          return index
        }
      }
      return nil
    }
  }
}

extension YAMLReader {
  /// The version of the library, for `assay version --verbose`.
  package static var libraryVersion: String { unsafe String(cString: yaml_get_version_string()) }
}
