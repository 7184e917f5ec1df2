internal import CPCRE2

/// A regular expression in the dialect of ECMA-262 with the `u` flag, which JSON Schema's `pattern`
/// speaks.
///
/// PCRE2 does the matching, after a translation where the dialects differ. The work of a match is
/// bounded: a pattern that needs too much is an outcome of its own, never a mismatch.
@safe package final class Pattern: @unchecked Sendable {
  // Unchecked, because compiled code is a pointer: PCRE2 documents it as read-only after the JIT
  // has run, and every match has its own match data.
  private let code: OpaquePointer
  package let source: String

  package enum Outcome: Sendable, Hashable {
    case matched, unmatched
    /// The limits of one match were reached, or the text is not well-formed Unicode.
    case undecided
  }

  /// Why a pattern cannot be used.
  package enum Refusal: Error, Sendable, Hashable {
    /// ECMA-262 does not allow it; the offset is in code points.
    case invalid(String, offset: Int)
    /// ECMA-262 allows it and the translation does not reach it.
    case unsupported(String)
  }

  /// The most code points that a pattern may have.
  package static let longest = 65_536

  package init(_ source: String) throws(Refusal) {
    self.source = source
    guard source.utf8.count <= Self.longest else {
      throw .unsupported("longer than \(Self.longest) bytes")
    }
    let translated = try PatternTranslator.translate(source)
    var number: Int32 = 0
    var offset = 0
    let options =
      PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALLOW_EMPTY_CLASS
      | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_UTF_CHECK
    let context = unsafe pcre2_compile_context_create_8(nil)
    defer { unsafe pcre2_compile_context_free_8(context) }
    unsafe pcre2_set_parens_nest_limit_8(context, 250)
    let bytes = Array(translated.utf8)
    let compiled = unsafe pcre2_compile_8(
      bytes, bytes.count, UInt32(options), &number, &offset, context)
    guard let compiled = unsafe compiled else {
      throw Self.refusal(number)
    }
    unsafe code = compiled
    _ = unsafe pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE))
  }

  deinit { unsafe pcre2_code_free_8(code) }

  /// Searches the text; a pattern is not anchored unless it says so.
  package func search(_ text: some Collection<UInt8>) -> Outcome {
    let result = text.withContiguousStorageIfAvailable { unsafe run($0) }
    if let result { return result }
    return unsafe Array(text).withUnsafeBufferPointer { unsafe run($0) }
  }

  package func search(_ text: String) -> Outcome {
    var text = text
    return text.withUTF8 { unsafe run($0) }
  }

  private func run(_ text: UnsafeBufferPointer<UInt8>) -> Outcome {
    // An empty buffer may have no address, which PCRE2 does not take.
    guard let base = text.baseAddress else {
      let space: [UInt8] = [0]
      return unsafe space.withUnsafeBufferPointer { unsafe run($0.baseAddress, count: 0) }
    }
    return unsafe run(base, count: text.count)
  }

  private func run(_ text: UnsafePointer<UInt8>?, count: Int) -> Outcome {
    let context = unsafe pcre2_match_context_create_8(nil)
    let data = unsafe pcre2_match_data_create_8(1, nil)
    defer {
      unsafe pcre2_match_data_free_8(data)
      unsafe pcre2_match_context_free_8(context)
    }
    // Figures from a measurement of the classic attacks: each ends within 3 ms.
    unsafe pcre2_set_match_limit_8(context, 1_000_000)
    unsafe pcre2_set_depth_limit_8(context, 100_000)
    unsafe pcre2_set_heap_limit_8(context, 64 << 10)
    // Text from a body may hold lone surrogates; PCRE2 then refuses it instead of misreading it.
    let result = unsafe pcre2_match_8(code, text, count, 0, 0, data, context)
    if result >= 0 { return .matched }
    return result == PCRE2_ERROR_NOMATCH ? .unmatched : .undecided
  }

  private static func refusal(_ number: Int32) -> Refusal {
    var buffer = [UInt8](repeating: 0, count: 256)
    let length = unsafe pcre2_get_error_message_8(number, &buffer, buffer.count)
    let message = String(decoding: buffer.prefix(Int(max(length, 0))), as: UTF8.self)
    return .unsupported(message)
  }

  /// The version of the library, for `assay version --verbose`.
  package static var libraryVersion: String {
    var buffer = [UInt8](repeating: 0, count: 64)
    let length = unsafe pcre2_config_8(UInt32(PCRE2_CONFIG_VERSION), &buffer)
    return String(decoding: buffer.prefix(Int(max(length - 1, 0))), as: UTF8.self)
  }
}
