internal import AssayModel

/// Words for a POSIX shell (IEEE Std 1003.1, XCU section 2.2). What was taken out of a text comes back
/// from the environment: `[secret:token#1f3a]` is `"$ASSAY_SECRET_TOKEN"`.
package enum Shell {
  package static func quoted(_ text: String) -> String {
    var result = ""
    for piece in SecretTag.pieces(of: text) {
      switch piece {
      case .text(let text): result += plainlyQuoted(text)
      case .secret(let tag): result += "\"$\(tag.variable)\""
      }
    }
    return result.isEmpty ? "''" : result
  }

  package static func line(_ words: [String]) -> String {
    words.map(quoted).joined(separator: " ")
  }

  private static func plainlyQuoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "-_./:=@%+,".utf8.contains(byte)
      }
    }
    if isPlain { return text }
    let quoted = text.utf8.contains(UInt8(ascii: "'")) ? text.replacing("'", with: #"'\''"#) : text
    return "'" + quoted + "'"
  }
}

/// What stands where a secret was taken out.
package struct SecretTag: Sendable, Hashable {
  /// All of it, `[secret:token#1f3a]`.
  package let text: String
  package let name: String

  /// `ASSAY_SECRET_TOKEN`.
  package var variable: String { Self.variable(name) }

  /// The variable that holds a secret, by the name that it is spoken of.
  package static func variable(_ name: String) -> String {
    "ASSAY_SECRET_"
      + name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "_" }
      .joined()
  }

  package enum Piece: Sendable, Hashable {
    case text(String)
    case secret(SecretTag)
  }

  /// A text taken apart into what it says and what was taken out of it.
  package static func pieces(of text: String) -> [Piece] {
    guard text.holds(Redactor.mark) else { return text.isEmpty ? [] : [.text(text)] }
    var pieces: [Piece] = []
    var rest = text[...]
    while let parts = String(rest).parted(at: Redactor.mark) {
      guard let end = parts.after.firstIndex(of: "]"),
        let hash = parts.after[..<end].lastIndex(of: "#"),
        parts.after[..<hash].utf8.count <= 40,
        parts.after[parts.after.index(after: hash)..<end].utf8.count == 4
      else { break }
      if !parts.before.isEmpty { pieces.append(.text(String(parts.before))) }
      let name = String(parts.after[..<hash])
      pieces.append(
        .secret(SecretTag(text: Redactor.mark + parts.after[...end], name: name)))
      rest = parts.after[parts.after.index(after: end)...]
    }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
    return pieces
  }
}

/// The line that does one call of a run again.
enum Reproduction {
  /// Nil where the run did not say how it was called.
  static func line(_ facts: RunFacts?, _ step: String) -> String? {
    guard let facts, !facts.command.isEmpty else { return nil }
    return Shell.line(["assay"] + facts.command + ["--only", step, "--with-deps"])
  }

  /// The same call from what was recorded; it needs the run's folder.
  static func replay(_ facts: RunFacts?, _ step: String) -> String {
    "assay replay \(facts?.id ?? "RUN") \(step)"
  }
}
