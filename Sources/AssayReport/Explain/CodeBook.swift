/// What every code means: the pages behind `assay explain`.
///
/// They are written in `codes.md`, where people can read them as well.
package enum CodeBook {
  package struct Page: Sendable {
    package let code: String
    /// The first sentence says what it means; the rest why it is so, and what helps.
    let paragraphs: [String]

    /// One line for a list.
    package func line(_ style: Style) -> String {
      let width = max(0, 34 - code.count)
      return style.bold(code) + String(repeating: " ", count: width) + " "
        + (paragraphs.first ?? "")
    }

    package func text(_ style: Style, width: Int) -> String {
      let body = paragraphs.map { Page.wrapped($0, width) }.joined(separator: "\n\n")
      return style.bold(code) + "\n\n" + body + "\n"
    }

    private static func wrapped(_ text: String, _ width: Int) -> String {
      var lines: [String] = [""]
      for word in text.split(separator: " ") {
        if lines[lines.count - 1].count + word.count + 1 > width, !lines[lines.count - 1].isEmpty {
          lines.append("")
        }
        let gap = lines[lines.count - 1].isEmpty ? "" : " "
        lines[lines.count - 1] += gap + word
      }
      return lines.joined(separator: "\n")
    }
  }

  package static let pages: [Page] = {
    let text = String(decoding: PackageResources.codes_md, as: UTF8.self)
    var pages: [Page] = []
    for section in text.split(separator: "\n## ").dropFirst() {
      let lines = section.split(separator: "\n", omittingEmptySubsequences: false)
      let body = lines.dropFirst().joined(separator: "\n")
      let paragraphs = body.split(separator: "\n\n").map {
        $0.split(separator: "\n").joined(separator: " ")
      }
      pages.append(Page(code: String(lines[0]), paragraphs: paragraphs.filter { !$0.isEmpty }))
    }
    return pages
  }()

  package static func page(_ code: String) -> Page? { pages.first { $0.code == code } }
}
