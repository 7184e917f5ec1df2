package import AssayModel

/// Reads JSON as RFC 8259 defines it, and nothing more.
///
/// No comments, no trailing commas, no `NaN`. A byte order mark in front is passed over, which
/// section 8.1 allows. Repeated names and lone surrogates are legal and are kept to be seen.
package enum JSONReader {
  /// The tree of a JSON text, or the first thing that is wrong with it.
  package static func read(
    _ file: SourceFile, limits: DocumentLimits = DocumentLimits()
  ) throws(Diagnostic) -> Document {
    guard file.bytes.count <= min(limits.size, Int(UInt32.max) - 16) else {
      throw .documentTooLarge(file, limit: limits.size)
    }
    switch JSONScan.tape(of: file.bytes, limits: limits) {
    case .success(let tape): return Document(file: file, tape: tape)
    case .failure(let fault): throw .invalidJSON(file, fault)
    }
  }
}

/// What is wrong with a JSON text, and at which byte.
struct JSONFault: Error {
  enum Kind {
    case empty, unexpectedEnd, unexpectedByte, expectedName, expectedColon, expectedComma
    case trailingComma, trailingText, invalidNumber, leadingZero, invalidLiteral, controlInString
    case invalidEscape, unterminatedString, invalidUTF8, tooDeep, tooManyNodes, stringTooLong
  }
  let kind: Kind
  let offset: Int
}
