internal import CCrypto

/// Digests and authentication codes, by libcrypto.
package enum Digest {
  package enum Algorithm: String, Sendable, CaseIterable {
    case md5 = "MD5"
    case sha1 = "SHA1"
    case sha256 = "SHA256"
    case sha384 = "SHA384"
    case sha512 = "SHA512"
    case sha512Over256 = "SHA512-256"
  }

  /// The digest of some bytes.
  package static func hash(_ bytes: some Collection<UInt8>, _ algorithm: Algorithm) -> [UInt8] {
    let input = Array(bytes)
    var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length = 0
    let done = unsafe EVP_Q_digest(
      nil, algorithm.rawValue, nil, input, input.count, &output, &length)
    precondition(done == 1, "libcrypto does not know \(algorithm.rawValue)")
    return Array(output.prefix(length))
  }

  /// The keyed digest of some bytes (RFC 2104).
  package static func hmac(
    _ bytes: some Collection<UInt8>, key: [UInt8], _ algorithm: Algorithm
  ) -> [UInt8] {
    let input = Array(bytes)
    var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length = 0
    // libcrypto takes an empty key for a missing one unless it has an address.
    let secret = key.isEmpty ? [0] : key
    let done = unsafe EVP_Q_mac(
      nil, "HMAC", nil, algorithm.rawValue, nil, secret, key.count, input, input.count, &output,
      output.count, &length)
    unsafe precondition(done != nil, "libcrypto cannot make an HMAC with \(algorithm.rawValue)")
    return Array(output.prefix(length))
  }

  package static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }, as: UTF8.self)
  }

  /// SHA-256 in hexadecimal, by which bodies and inputs are known.
  package static func sha256(_ bytes: some Collection<UInt8>) -> String {
    hex(hash(bytes, .sha256))
  }

  /// The version of the library, for `assay version --verbose`.
  package static var libraryVersion: String {
    unsafe String(cString: OpenSSL_version(OPENSSL_VERSION_STRING))
  }
}
