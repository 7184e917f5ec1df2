internal import CJavaScriptCore
internal import CPosix

/// One JavaScript context with the prelude in it, and the few functions that it has of us.
///
/// Everything runs on the worker's only thread. The engine keeps the timers: the prelude says when
/// one is due, and the loop calls back.
@safe final class Engine {
  private let context: JSGlobalContextRef
  private var callbacks: JSObjectRef?
  private var timers: [(due: UInt64, id: Double)] = []
  private var result: [UInt8]?
  private var runs = 0
  /// Scripts that were run, by their names.
  private var scripts: [String: JSObjectRef] = unsafe [:]
  private static let scriptLimit = 512
  /// Whether a request of the script is on its way; the prelude sends one at a time.
  private var isWaiting = false
  /// Answers that came in while a module was waited for.
  private var replies: [[UInt8]] = []

  init() {
    unsafe context = JSGlobalContextCreate(nil)
    install()
    guard unsafe evaluate(PackageResources.prelude_js, named: "prelude.js") != nil else {
      preconditionFailure("the prelude does not load: \(lastError)")
    }
    // The time zone is read from files, which are out of reach once the cage is shut.
    _ = unsafe evaluate(Array("String(new Date(0))".utf8), named: "zone.js")
    if let callbacks = unsafe callbacks, assay_js_reports_rejections(),
      let function = unsafe property(callbacks, "rejected")
    {
      unsafe JSGlobalContextSetUnhandledRejectionCallback(context, function, nil)
    }
  }

  /// Runs one script to its end, timers and promises included, and returns what it did as JSON.
  func run(setting: [UInt8], source: [UInt8]) -> [UInt8] {
    let url = Self.url(setting)
    result = nil
    isWaiting = false
    timers = []
    replies = []
    let isCheck = setting.starts(with: Array(#"{"check":"#.utf8))
    if !isCheck { unsafe call("prepare", [string(setting)]) }
    guard let function = unsafe compiled(source, url) else { return syntaxFault() }
    if isCheck { return Array("{}".utf8) }
    unsafe call("execute", [function])
    while result == nil {
      let next = timers.min { $0.due < $1.due }
      if isWaiting, !replies.isEmpty {
        isWaiting = false
        unsafe call("reply", [string(replies.removeFirst())])
        continue
      }
      if isWaiting {
        // The answer to a request comes in as a frame; timers go on meanwhile.
        if Pipe.hasInput(before: next?.due ?? .max, now: Self.now) {
          isWaiting = false
          guard let (reply, _) = Pipe.receive() else { break }
          unsafe call("reply", [string(reply)])
          continue
        }
      }
      guard let next else { break }
      sleep(until: next.due)
      timers.removeAll { $0.id == next.id }
      unsafe call("fire", [JSValueMakeNumber(context, next.id)])
    }
    runs += 1
    // The engine collects when idle, and a worker's loop is not one that it knows.
    if runs % 4096 == 0 { unsafe JSGarbageCollect(context) }
    return result ?? Array(#"{"fault":{"message":"the script ended without a result"}}"#.utf8)
  }

  /// The function that a script is; nil where it does not parse. One that has been run before is
  /// there already, since the same name means the same script.
  private func compiled(_ source: [UInt8], _ url: String) -> JSObjectRef? {
    if url != Self.unnamed, let known = unsafe scripts[url] { return unsafe known }
    // An async function, so that `await` works at the top; on the first line, so that lines count.
    let wrapped = Array("(async function () {".utf8) + source + Array("\n})".utf8)
    guard let function = unsafe evaluate(wrapped, named: url) else { return nil }
    guard url != Self.unnamed else { return unsafe function }
    if unsafe scripts.count >= Self.scriptLimit {
      unsafe scripts.values.forEach { unsafe JSValueUnprotect(context, $0) }
      unsafe scripts = [:]
    }
    unsafe JSValueProtect(context, function)
    unsafe scripts[url] = function
    return unsafe function
  }

  /// The name by which errors know the script: the first member of the setting. The same script has
  /// the same name each time, or the engine would compile it anew.
  private static let unnamed = "script.js"
  private static func url(_ setting: [UInt8]) -> String {
    let head = Array(#"{"url":""#.utf8)
    guard setting.starts(with: head), let end = setting[head.count...].firstIndex(of: 0x22) else {
      return unnamed
    }
    return String(decoding: setting[head.count..<end], as: UTF8.self)
  }

  // MARK: What the prelude calls

  private func install() {
    let native = unsafe JSObjectMake(context, nil, nil)
    let me = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe engines[context] = me
    unsafe add("connect", connectCallback, to: native)
    unsafe add("finish", finishCallback, to: native)
    unsafe add("setTimer", timerCallback, to: native)
    unsafe add("send", sendCallback, to: native)
    unsafe add("load", loadCallback, to: native)
    unsafe add("part", partCallback, to: native)
    let name = unsafe JSStringCreateWithUTF8CString("__native")
    defer { unsafe JSStringRelease(name) }
    unsafe JSObjectSetProperty(
      context, JSContextGetGlobalObject(context), name, native,
      JSPropertyAttributes(kJSPropertyAttributeDontEnum), nil)
  }

  private func add(
    _ name: String, _ callback: JSObjectCallAsFunctionCallback, to object: JSObjectRef?
  ) {
    let text = unsafe JSStringCreateWithUTF8CString(name)
    defer { unsafe JSStringRelease(text) }
    let function = unsafe JSObjectMakeFunctionWithCallback(context, text, callback)
    unsafe JSObjectSetProperty(context, object, text, function, 0, nil)
  }

  fileprivate func connect(_ object: JSObjectRef?) {
    unsafe callbacks = object
    if let object = unsafe object { unsafe JSValueProtect(context, object) }
  }

  fileprivate func finish(_ text: [UInt8]) { result = text }

  fileprivate func send(_ text: [UInt8]) {
    isWaiting = true
    Pipe.send(text)
  }

  /// Asks the parent for a module and waits: `require` answers at once. What comes in between is the
  /// answer to a request, and is kept for its turn.
  fileprivate func load(_ text: [UInt8]) -> [UInt8]? {
    Pipe.send(text)
    while let (setting, source) = Pipe.receive() {
      if setting.starts(with: Array(#"{"module":"#.utf8)) { return source.isEmpty ? nil : source }
      replies.append(setting)
    }
    return nil
  }

  /// A part of the prelude that is evaluated when it is first needed.
  fileprivate func part(_ name: String) -> JSObjectRef? {
    let source: [UInt8]? =
      switch name {
      case "expect": PackageResources.expect_js
      case "responses": PackageResources.responses_js
      case "libraries": PackageResources.libraries_js
      case "sdk": PackageResources.sdk_js
      case "schema": PackageResources.schema_js
      case "assert": PackageResources.assert_js
      case "sugar": PackageResources.sugar_js
      case "values": PackageResources.values_js
      case "web": PackageResources.web_js
      default: nil
      }
    guard let source else { return nil }
    guard let value = unsafe evaluate(source, named: name + ".js") else {
      preconditionFailure("the prelude \(name) does not load: \(lastError)")
    }
    return unsafe value
  }

  fileprivate func string(of bytes: [UInt8]) -> JSValueRef? { unsafe string(bytes) }

  fileprivate func setTimer(_ id: Double, after milliseconds: Double) {
    let wait = UInt64(min(max(milliseconds, 0), 86_400_000) * 1_000_000)
    timers.append((due: Self.now() + wait, id: id))
  }

  private static func now() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private func sleep(until due: UInt64) {
    let now = Self.now()
    guard due > now else { return }
    var wait = timespec(
      tv_sec: Int((due - now) / 1_000_000_000), tv_nsec: Int((due - now) % 1_000_000_000))
    unsafe nanosleep(&wait, nil)
  }

  // MARK: Values

  private var lastError = ""
  private var lastLine = 0

  private func evaluate(_ source: [UInt8], named name: String) -> JSObjectRef? {
    let text = unsafe Self.makeString(source)
    let url = unsafe JSStringCreateWithUTF8CString(name)
    defer {
      unsafe JSStringRelease(text)
      unsafe JSStringRelease(url)
    }
    var exception: JSValueRef?
    let value = unsafe JSEvaluateScript(context, text, nil, url, 1, &exception)
    if let exception = unsafe exception {
      unsafe note(exception)
      return nil
    }
    return unsafe value
  }

  private func note(_ exception: JSValueRef) {
    lastError = unsafe Self.text(context, exception)
    lastLine = 0
    if unsafe JSValueIsObject(context, exception),
      let line = unsafe property(exception, "line")
    {
      lastLine = unsafe Int(JSValueToNumber(context, line, nil))
    }
  }

  private func syntaxFault() -> [UInt8] {
    var text = Array(
      #"{"tests":[],"changes":[],"console":[],"fault":{"kind":"syntax","line":"#.utf8)
    text += String(lastLine).utf8
    text += #","message":"#.utf8
    let message = unsafe string(Array(lastError.utf8))
    if let quoted = unsafe JSValueCreateJSONString(context, message, 0, nil) {
      unsafe text += Self.bytes(of: quoted)
      unsafe JSStringRelease(quoted)
    }
    return text + "}}".utf8
  }

  private func property(_ object: JSObjectRef, _ name: String) -> JSObjectRef? {
    let text = unsafe JSStringCreateWithUTF8CString(name)
    defer { unsafe JSStringRelease(text) }
    let value = unsafe JSObjectGetProperty(context, object, text, nil)
    return unsafe value
  }

  private func call(_ name: String, _ arguments: [JSValueRef?]) {
    guard let callbacks = unsafe callbacks, let function = unsafe property(callbacks, name) else {
      return
    }
    var exception: JSValueRef?
    unsafe JSObjectCallAsFunction(context, function, nil, arguments.count, arguments, &exception)
    if let exception = unsafe exception { unsafe note(exception) }
  }

  private func string(_ bytes: [UInt8]) -> JSValueRef? {
    let text = unsafe Self.makeString(bytes)
    defer { unsafe JSStringRelease(text) }
    return unsafe JSValueMakeString(context, text)
  }

  /// A string of the engine. Plain ASCII is kept in a byte a character; the rest goes in as UTF-16,
  /// since a text may hold NUL.
  private static func makeString(_ bytes: [UInt8]) -> JSStringRef? {
    if bytes.allSatisfy({ $0 &- 1 < 0x7F }) {
      return unsafe (bytes + [0]).withUnsafeBytes {
        unsafe JSStringCreateWithUTF8CString($0.baseAddress?.assumingMemoryBound(to: CChar.self))
      }
    }
    let units = Array(String(decoding: bytes, as: UTF8.self).utf16)
    return unsafe JSStringCreateWithCharacters(units, units.count)
  }

  fileprivate static func text(_ context: JSContextRef?, _ value: JSValueRef?) -> String {
    guard let copy = unsafe JSValueToStringCopy(context, value, nil) else { return "" }
    defer { unsafe JSStringRelease(copy) }
    return unsafe String(decoding: bytes(of: copy), as: UTF8.self)
  }

  fileprivate static func bytes(of text: JSStringRef) -> [UInt8] {
    let capacity = unsafe JSStringGetMaximumUTF8CStringSize(text)
    var buffer = [CChar](repeating: 0, count: capacity)
    let written = unsafe JSStringGetUTF8CString(text, &buffer, capacity)
    return buffer.prefix(max(written - 1, 0)).map { UInt8(bitPattern: $0) }
  }
}

/// The engine of each context, for the callbacks; the worker has one.
nonisolated(unsafe) private var engines: [OpaquePointer: UnsafeMutableRawPointer] = unsafe [:]

private func engine(_ context: JSContextRef?) -> Engine? {
  guard let context = unsafe context,
    let held = unsafe engines[JSContextGetGlobalContext(context)]
  else { return nil }
  return unsafe Unmanaged<Engine>.fromOpaque(held).takeUnretainedValue()
}

private func connectCallback(
  _ context: JSContextRef?, _ function: JSObjectRef?, _ this: JSObjectRef?, _ count: Int,
  _ arguments: UnsafePointer<JSValueRef?>?, _ exception: UnsafeMutablePointer<JSValueRef?>?
) -> JSValueRef? {
  if count > 0, let object = unsafe arguments?[0] {
    unsafe engine(context)?.connect(object)
  }
  return unsafe JSValueMakeUndefined(context)
}

private func finishCallback(
  _ context: JSContextRef?, _ function: JSObjectRef?, _ this: JSObjectRef?, _ count: Int,
  _ arguments: UnsafePointer<JSValueRef?>?, _ exception: UnsafeMutablePointer<JSValueRef?>?
) -> JSValueRef? {
  if count > 0 {
    unsafe engine(context)?.finish(Array(Engine.text(context, arguments?[0]).utf8))
  }
  return unsafe JSValueMakeUndefined(context)
}

private func sendCallback(
  _ context: JSContextRef?, _ function: JSObjectRef?, _ this: JSObjectRef?, _ count: Int,
  _ arguments: UnsafePointer<JSValueRef?>?, _ exception: UnsafeMutablePointer<JSValueRef?>?
) -> JSValueRef? {
  if count > 0 { unsafe engine(context)?.send(Array(Engine.text(context, arguments?[0]).utf8)) }
  return unsafe JSValueMakeUndefined(context)
}

private func loadCallback(
  _ context: JSContextRef?, _ function: JSObjectRef?, _ this: JSObjectRef?, _ count: Int,
  _ arguments: UnsafePointer<JSValueRef?>?, _ exception: UnsafeMutablePointer<JSValueRef?>?
) -> JSValueRef? {
  guard count > 0, let engine = unsafe engine(context),
    let found = unsafe engine.load(Array(Engine.text(context, arguments?[0]).utf8))
  else { return unsafe JSValueMakeUndefined(context) }
  return unsafe engine.string(of: found)
}

private func partCallback(
  _ context: JSContextRef?, _ function: JSObjectRef?, _ this: JSObjectRef?, _ count: Int,
  _ arguments: UnsafePointer<JSValueRef?>?, _ exception: UnsafeMutablePointer<JSValueRef?>?
) -> JSValueRef? {
  guard count > 0, let engine = unsafe engine(context),
    let value = unsafe engine.part(Engine.text(context, arguments?[0]))
  else { return unsafe JSValueMakeUndefined(context) }
  return unsafe value
}

private func timerCallback(
  _ context: JSContextRef?, _ function: JSObjectRef?, _ this: JSObjectRef?, _ count: Int,
  _ arguments: UnsafePointer<JSValueRef?>?, _ exception: UnsafeMutablePointer<JSValueRef?>?
) -> JSValueRef? {
  if count > 1 {
    let id = unsafe JSValueToNumber(context, arguments?[0], nil)
    let wait = unsafe JSValueToNumber(context, arguments?[1], nil)
    unsafe engine(context)?.setTimer(id, after: wait)
  }
  return unsafe JSValueMakeUndefined(context)
}
