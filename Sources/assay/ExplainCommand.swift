internal import AssayCommandLine
internal import AssayModel
internal import AssayReport
internal import AssaySystem

/// `assay explain`: what a code means, and what helps.
struct ExplainCommand {
  private let invocation: Invocation
  private let front: Front

  init(_ invocation: Invocation, _ front: Front) {
    self.invocation = invocation
    self.front = front
  }

  func run() -> ExitCode {
    let width = min(Stream.output.width ?? 100, 100)
    guard let code = invocation.operands.first else {
      for page in CodeBook.pages { Stream.output.write(page.line(front.style) + "\n") }
      return .success
    }
    if let page = CodeBook.page(code) {
      Stream.output.write(page.text(front.style, width: width))
      return .success
    }
    let group = CodeBook.pages.filter { $0.code.hasPrefix(code + ".") }
    guard group.isEmpty else {
      for page in group { Stream.output.write(page.line(front.style) + "\n") }
      return .success
    }
    front.tell(
      .unknownCode(code, nearest: Nearest.match(code, among: CodeBook.pages.map(\.code))))
    return .usage
  }
}
