/// Which names of a script are its own, and which it takes from the world around it.
///
/// A name is a script's own where a block or function around it declares it. Hoisting out of blocks
/// is left out on purpose: such a name counts as the world's, and its script as one of which nothing
/// is known, which costs time and never truth.
struct ScriptNames {
  private let tokens: [ScriptTokens.Token]
  private let partner: [Int: Int]
  private var regions: [Region] = []
  /// The innermost region of each token.
  private var regionOf: [Int] = []
  /// The tokens between `case` and its colon, which look like the keys of an object.
  private var inCase: Set<Int> = []

  private struct Region {
    let range: ClosedRange<Int>
    let isFunction: Bool
    var parent: Int?
    var names: Set<String> = []
  }

  init(_ script: ScriptTokens) {
    tokens = script.tokens
    partner = script.partner
    findRegions()
    for index in tokens.indices {
      declare(at: index)
      if name(index) == "case" { inCase.formUnion(index...endOfStatement(index, stops: [":"])) }
    }
  }

  /// The places of the names that nothing in the script declares.
  var free: [Int] {
    tokens.indices.filter { index in
      guard let name = tokens[index].name, !Self.keywords.contains(name), !isMember(index),
        !isContextual(name, at: index)
      else { return false }
      return !isDeclared(name, at: index)
    }
  }

  /// Whether one of the words that are names elsewhere is a keyword here.
  private func isContextual(_ word: String, at index: Int) -> Bool {
    switch word {
    case "async":
      if name(index + 1) != nil { return !tokens[index + 1].startsLine }
      // `async (…) =>`, and not a call.
      return mark(index + 1) == "(" && partner[index + 1].map { mark($0 + 1) == "=>" } == true
    case "of": return index > 0 && !tokens[index].startsLine && endsOperand(index - 1)
    case "get", "set", "static":
      guard tokens.indices.contains(index + 1), !tokens[index + 1].startsLine else { return false }
      return tokens[index + 1].name != nil
    default: return false
    }
  }

  private static let keywords: Set<String> = [
    "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default",
    "delete", "do", "else", "export", "extends", "false", "finally", "for", "function", "if", "in",
    "instanceof", "let", "new", "null", "return", "super", "switch", "throw", "true", "try",
    "typeof", "var", "void", "while", "yield",
  ]

  private func mark(_ index: Int) -> String? {
    tokens.indices.contains(index) ? tokens[index].mark : nil
  }

  private func name(_ index: Int) -> String? {
    tokens.indices.contains(index) ? tokens[index].name : nil
  }

  /// A property behind a point, a key of an object, or the name of a method.
  private func isMember(_ index: Int) -> Bool {
    if [".", "?."].contains(mark(index - 1)) { return true }
    let before = mark(index - 1)
    if mark(index + 1) == ":" {
      if inCase.contains(index) { return false }
      return before == "{" || before == "," || before == ";" || before == "}" || index == 0
        || before == nil && tokens[index].startsLine
    }
    guard mark(index + 1) == "(", let end = partner[index + 1], isBody(end + 1) else {
      return false
    }
    return ["{", ",", "}", ";"].contains(before)
      || ["get", "set", "static", "async"].contains(name(index - 1))
  }

  /// Whether a brace begins the body of a function that has its parameters before it.
  ///
  /// A brace on a line of its own behind what looks like a method may as well be a block behind a
  /// call, and counts as one.
  private func isBody(_ brace: Int) -> Bool {
    guard mark(brace) == "{", mark(brace - 1) == ")", let start = partner[brace - 1] else {
      return false
    }
    if name(start - 1) == "function" || name(start - 2) == "function" || mark(start - 1) == "*"
      || mark(start - 2) == "*" && name(start - 3) == "function"
    {
      return true
    }
    let isControl = ["if", "while", "for", "switch", "catch", "with", "await"].contains(
      name(start - 1))
    return !isControl && !tokens[brace].startsLine
  }

  private func isDeclared(_ name: String, at index: Int) -> Bool {
    var region: Int? = regionOf[index]
    while let at = region {
      if regions[at].names.contains(name) { return true }
      // Every function but an arrow has `arguments`.
      if name == "arguments", regions[at].isFunction, at != 0 { return true }
      region = regions[at].parent
    }
    return false
  }

  // MARK: Regions

  private mutating func findRegions() {
    var found = [Region(range: 0...max(tokens.count - 1, 0), isFunction: true)]
    for index in tokens.indices {
      switch tokens[index].kind {
      case .mark("{"):
        guard let end = partner[index] else { continue }
        if mark(index - 1) == ")", let start = partner[index - 1],
          isBody(index) || ["catch", "for", "await"].contains(name(start - 1))
        {
          found.append(Region(range: start...end, isFunction: isBody(index)))
        } else if mark(index - 1) != "=>" {
          found.append(Region(range: index...end, isFunction: false))
        }
      case .mark("=>"):
        let start = mark(index - 1) == ")" ? partner[index - 1] ?? index - 1 : index - 1
        found.append(Region(range: max(start, 0)...endOfArrow(index), isFunction: true))
      case .name("for"):
        let head = mark(index + 1) == "(" ? index + 1 : index + 2
        guard let close = partner[head], mark(close + 1) != "{" else { continue }
        found.append(Region(range: head...endOfStatement(close + 1), isFunction: false))
      default: break
      }
    }
    // Outer before inner, so that each finds its parent on the stack.
    found.sort {
      $0.range.lowerBound == $1.range.lowerBound
        ? $0.range.upperBound > $1.range.upperBound : $0.range.lowerBound < $1.range.lowerBound
    }
    var stack: [Int] = []
    regionOf = Array(repeating: 0, count: tokens.count)
    var next = 0
    for index in tokens.indices {
      while let top = stack.last, found[top].range.upperBound < index { stack.removeLast() }
      while next < found.count, found[next].range.lowerBound == index {
        found[next].parent = stack.last
        stack.append(next)
        next += 1
      }
      regionOf[index] = stack.last ?? 0
    }
    regions = found
  }

  /// Where the body of an arrow function ends.
  private func endOfArrow(_ arrow: Int) -> Int {
    if mark(arrow + 1) == "{", let end = partner[arrow + 1] { return end }
    return endOfStatement(arrow + 1, stops: [",", ")", "]", "}", ";"])
  }

  private func endOfStatement(_ start: Int, stops: Set<String> = [";", "}"]) -> Int {
    var index = start
    while index < tokens.count {
      if let mark = tokens[index].mark {
        if stops.contains(mark) { return max(index - 1, start - 1) }
        if ["(", "[", "{"].contains(mark), let end = partner[index] { index = end }
      }
      index += 1
    }
    return tokens.count - 1
  }

  // MARK: Declarations

  private mutating func declare(at index: Int) {
    switch tokens[index].kind {
    case .name(let word) where ["let", "const", "var"].contains(word) && !isMember(index):
      readDeclaration(after: index, hoists: word == "var")
    case .name("function"), .name("class"):
      var at = index + 1
      if mark(at) == "*" { at += 1 }
      guard !isMember(index), let name = name(at), !Self.keywords.contains(name) else { return }
      regions[regionOf[index]].names.insert(name)
    case .mark("=>"):
      if let name = name(index - 1) {
        regions[regionOf[index - 1]].names.insert(name)
      } else if mark(index - 1) == ")", let start = partner[index - 1] {
        readParameters(start)
      }
    case .mark("{"):
      guard mark(index - 1) == ")", let start = partner[index - 1] else { return }
      if name(start - 1) == "catch" || isBody(index) { readParameters(start) }
    default: break
    }
  }

  private mutating func readParameters(_ start: Int) {
    guard let end = partner[start] else { return }
    var index = start + 1
    while index < end {
      index = readPattern(index, into: regionOf[start])
      if mark(index) == "=" { index = endOfValue(index + 1, limit: end) }
      index += 1
    }
  }

  private mutating func readDeclaration(after keyword: Int, hoists: Bool) {
    var region = regionOf[keyword]
    if hoists { while !regions[region].isFunction, let up = regions[region].parent { region = up } }
    var index = keyword + 1
    while index < tokens.count {
      index = readPattern(index, into: region)
      if mark(index) == "=" { index = endOfValue(index + 1, limit: tokens.count) }
      guard mark(index) == "," else { return }
      index += 1
    }
  }

  /// Takes the names of one pattern; returns the place behind it.
  private mutating func readPattern(_ start: Int, into region: Int) -> Int {
    var index = start
    if mark(index) == "..." { index += 1 }
    guard index < tokens.count else { return index }
    if let name = tokens[index].name {
      if !Self.keywords.contains(name) { regions[region].names.insert(name) }
      return index + 1
    }
    guard ["{", "["].contains(mark(index)), let end = partner[index] else { return index + 1 }
    let isObject = mark(index) == "{"
    index += 1
    while index < end {
      // `{ key: pattern }`, `{ "key": pattern }` and `{ [key]: pattern }`.
      if isObject {
        let key = mark(index) == "[" ? partner[index] ?? index : index
        if mark(key + 1) == ":" { index = key + 2 }
      }
      index = readPattern(index, into: region)
      if mark(index) == "=" { index = endOfValue(index + 1, limit: end) }
      index += 1
    }
    return end + 1
  }

  /// The comma, the end, or the line behind a value.
  private func endOfValue(_ start: Int, limit: Int) -> Int {
    var index = start
    while index < limit {
      if let mark = tokens[index].mark {
        if [",", ";", ")", "]", "}"].contains(mark) { return index }
        if ["(", "[", "{"].contains(mark), let end = partner[index] {
          index = end + 1
          continue
        }
      } else if index > start, tokens[index].startsLine, endsOperand(index - 1) {
        return index
      } else if ["of", "in"].contains(tokens[index].name), endsOperand(index - 1) {
        return index
      }
      index += 1
    }
    return limit
  }

  private func endsOperand(_ index: Int) -> Bool {
    switch tokens[index].kind {
    case .text, .number, .regex: true
    case .name(let name): !Self.keywords.contains(name) || ["true", "false", "null"].contains(name)
    case .mark(let mark): [")", "]", "}"].contains(mark)
    }
  }
}
