package import AssayModel
internal import AssayText

// Single bodies of a contract, for whoever has one and no exchange around it.
extension Contract {
  /// The schema of a body: that of a response where there is a status, else of the request.
  ///
  /// - Parameters:
  ///   - name: An `operationId`, or `GET /pets/{id}`.
  ///   - type: Nil for the first that is JSON.
  package func schema(
    ofOperation name: String, status: Int?, type: String?
  ) throws(Diagnostic) -> JSONSchema {
    guard let operation = operations.first(where: { $0.name == name || $0.id == name }) else {
      let names = operations.compactMap(\.id) + operations.map(\.name)
      throw .unknownOperation(name, file, nearest: Nearest.match(name, among: names))
    }
    let content: [Operation.MediaRule]
    let what: String
    if let status {
      guard let rule = operation.rule(for: status) else {
        throw .undocumentedStatus(
          status, of: operation.name, at: operation.node.span,
          documented: operation.responses.map(\.status))
      }
      (content, what) = (rule.content, "a response with \(status)")
    } else {
      (content, what) = (operation.body?.content ?? [], "a request")
    }
    let media =
      type.flatMap { MediaType($0) }.map { content.rule(for: $0) }
      ?? content.first { $0.range.isJSON } ?? content.first
    guard let media, let schema = media.schema else {
      throw .noBodySchema(
        what, of: operation.name, at: operation.node.span, types: content.map(\.range.text))
    }
    return JSONSchema(program, root: schema)
  }
}
