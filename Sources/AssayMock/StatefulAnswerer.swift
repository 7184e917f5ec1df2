package import AssayModel
internal import Synchronization

/// Remembers what was created, so that a mock can be read, changed and emptied like a small API.
///
/// What to say still comes from the inner answerer; this one only sees to it that what was posted
/// to `/pets` is there under `/pets/{id}`, and no longer after a DELETE. It knows nothing of the
/// contract but what the answers show.
package final class StatefulAnswerer: Answerer {
  private let inner: any Answerer
  private let store = Mutex(Store())

  private struct Store {
    /// Resources by path, in the order they came.
    var order: [String] = []
    var resources: [String: Value] = [:]
    /// Paths that something was posted to.
    var collections: Set<String> = []
    var lastID = 0
  }

  /// The most resources that are kept.
  private static let capacity = 10_000

  package init(_ inner: any Answerer) { self.inner = inner }

  package func answer(_ request: Request) -> Response {
    let path = String(request.url.prefix { $0 != "?" })
    switch request.method {
    case "POST": return create(request, path)
    case "GET", "HEAD": return read(request, path)
    case "PUT", "PATCH": return change(request, path)
    case "DELETE": return delete(request, path)
    default: return inner.answer(request)
    }
  }

  private func create(_ request: Request, _ path: String) -> Response {
    var response = inner.answer(request)
    guard (200..<300).contains(response.status), let body = request.body,
      case .object(let sent)? = JSONBody.read(body),
      case .object(let example)? = JSONBody.read(response.body),
      let idAt = example.firstIndex(where: { $0.name == "id" })
    else { return response }
    let stored: Value? = store.withLock { store in
      guard store.resources.count < Self.capacity else { return nil }
      store.lastID += 1
      var made = Self.merge(example, with: sent)
      made[idAt].value = Self.identifier(store.lastID, like: example[idAt].value)
      let resource = "\(path)/\(made[idAt].value.substitution)"
      store.collections.insert(path)
      store.order.append(resource)
      store.resources[resource] = .object(made)
      return .object(made)
    }
    if let stored { response.body = JSONBody.bytes(stored) }
    return response
  }

  private static func identifier(_ number: Int, like example: Value) -> Value {
    guard case .string = example else { return .number(String(number)) }
    let digits = String(number, radix: 16)
    let padded = String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    return .string("00000000-0000-4000-8000-\(padded)")
  }

  private func read(_ request: Request, _ path: String) -> Response {
    let (resource, members, isGone) = store.withLock { store in
      (
        store.resources[path],
        store.collections.contains(path)
          ? store.order.filter { Self.parent(of: $0) == path }.compactMap { store.resources[$0] }
          : nil,
        store.collections.contains(Self.parent(of: path))
      )
    }
    if let resource {
      var response = inner.answer(request)
      response.body = request.method == "HEAD" ? [] : JSONBody.bytes(resource)
      return response
    }
    if let members { return list(inner.answer(request), members) }
    return isGone ? notFound(request) : inner.answer(request)
  }

  /// Puts the members where the contract's example has its list.
  private func list(_ response: Response, _ members: [Value]) -> Response {
    var response = response
    switch JSONBody.read(response.body) {
    case .array?: response.body = JSONBody.bytes(.array(members))
    case .object(var fields)?:
      guard
        let index = fields.firstIndex(where: { if case .array = $0.value { true } else { false } })
      else { break }
      fields[index].value = .array(members)
      response.body = JSONBody.bytes(.object(fields))
    default: break
    }
    return response
  }

  private func change(_ request: Request, _ path: String) -> Response {
    let sent = request.body.flatMap(JSONBody.read)
    let outcome: Value?? = store.withLock { store in
      guard case .object(let current)? = store.resources[path], case .object(let change)? = sent
      else { return store.collections.contains(Self.parent(of: path)) ? .some(nil) : nil }
      let changed = Value.object(Self.merge(current, with: change))
      store.resources[path] = changed
      return changed
    }
    guard let outcome else { return inner.answer(request) }
    guard let changed = outcome else { return notFound(request) }
    var response = inner.answer(request)
    if !response.body.isEmpty { response.body = JSONBody.bytes(changed) }
    return response
  }

  private func delete(_ request: Request, _ path: String) -> Response {
    let (wasThere, isKnown) = store.withLock { store in
      let wasThere = store.resources.removeValue(forKey: path) != nil
      if wasThere { store.order.removeAll { $0 == path } }
      return (wasThere, store.collections.contains(Self.parent(of: path)))
    }
    return wasThere || !isKnown ? inner.answer(request) : notFound(request)
  }

  /// What the contract has to say of things that are not there (RFC 7240 asks for the status).
  private func notFound(_ request: Request) -> Response {
    var asking = request
    asking.headers.append(HeaderField("Prefer", "code=404"))
    var response = inner.answer(asking)
    response.status = 404
    return response
  }

  /// The members of an example, with those that were sent in their place and new ones behind.
  private static func merge(
    _ example: [Value.Member], with sent: [Value.Member]
  ) -> [Value.Member] {
    var result = example
    for member in sent where member.name != "id" {
      if let index = result.firstIndex(where: { $0.name == member.name }) {
        result[index].value = member.value
      } else {
        result.append(member)
      }
    }
    return result
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return String(path[..<slash])
  }
}
