internal import AssayCommandLine
internal import AssayContract
internal import AssayModel

/// The contracts that a command is to judge by, and how they are read.
struct ContractSettings {
  private typealias Flags = CommandTable.Flags
  private let invocation: Invocation

  init(_ invocation: Invocation) { self.invocation = invocation }

  var latitude: Latitude {
    var latitude = Latitude()
    latitude.formats =
      invocation.text(Flags.formats).flatMap(Latitude.Formats.init) ?? latitude.formats
    latitude.nullable =
      invocation.text(Flags.nullable).flatMap(Latitude.Nullable.init) ?? latitude.nullable
    latitude.content =
      invocation.text(Flags.content).flatMap(Latitude.Content.init) ?? latitude.content
    latitude.extra = invocation.text(Flags.extra).flatMap(Latitude.Extra.init) ?? latitude.extra
    return latitude
  }

  func contracts(_ loader: InputLoader) throws(Diagnostic) -> [Contract] {
    var contracts: [Contract] = []
    for path in invocation.texts(Flags.spec) {
      let contract = try loader.contract(path, latitude)
      contracts.append(baseURL(of: path).map { contract.placed(at: $0) } ?? contract)
    }
    return contracts
  }

  /// The last URL that is meant for a file, or for all of them.
  private func baseURL(of path: String) -> String? {
    let files = invocation.texts(Flags.spec)
    var found: String?
    for text in invocation.texts(Flags.baseURL) {
      if let file = files.first(where: { text.hasSuffix("=\($0)") }) {
        if file == path { found = String(text.dropLast(file.count + 1)) }
      } else {
        found = text
      }
    }
    return found
  }
}
