internal import CCrypto

/// A private key for signatures: RSA or an elliptic curve, as PEM or DER.
///
/// Owns one `EVP_PKEY` from reading to freeing; being uncopyable, it is freed exactly once.
@safe package struct PrivateKey: ~Copyable {
  private let key: OpaquePointer

  /// How an RSA key pads what it signs.
  package enum Padding: Sendable { case pkcs1, pss }

  /// Reads PEM (PKCS #8 or the older forms); nil for what is no private key, or is encrypted.
  package init?(pem text: String) {
    let bytes = Array(text.utf8)
    // An empty passphrase: without one libcrypto would ask for it on the terminal.
    let phrase: [CChar] = [0]
    let key = unsafe bytes.withUnsafeBytes { bytes -> OpaquePointer? in
      // The source reads where the text lies, and is freed before the text can be.
      guard let source = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else {
        return nil
      }
      defer { unsafe BIO_free(source) }
      return unsafe phrase.withUnsafeBufferPointer { phrase in
        unsafe PEM_read_bio_PrivateKey(
          source, nil, nil, UnsafeMutableRawPointer(mutating: phrase.baseAddress))
      }
    }
    ERR_clear_error()
    guard let key = unsafe key else { return nil }
    unsafe self.key = key
  }

  /// Reads DER; nil for what is no private key.
  package init?(der bytes: [UInt8]) {
    let key = unsafe bytes.withUnsafeBufferPointer { buffer in
      var start = buffer.baseAddress
      return unsafe d2i_AutoPrivateKey(nil, &start, bytes.count)
    }
    ERR_clear_error()
    guard let key = unsafe key else { return nil }
    unsafe self.key = key
  }

  deinit { unsafe EVP_PKEY_free(key) }

  package var isRSA: Bool { unsafe EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA }
  package var isEllipticCurve: Bool { unsafe EVP_PKEY_get_base_id(key) == EVP_PKEY_EC }
  /// The size of the key in bits.
  package var bitCount: Int { unsafe Int(EVP_PKEY_get_bits(key)) }

  /// Signs some bytes; nil where this key cannot. A curve's signature is R and S side by side
  /// (RFC 7518, section 3.4), and PSS takes a salt as long as the digest (section 3.5).
  package func sign(
    _ bytes: [UInt8], _ algorithm: Digest.Algorithm, padding: Padding = .pkcs1
  ) -> [UInt8]? {
    guard let context = unsafe EVP_MD_CTX_new() else { return nil }
    defer {
      unsafe EVP_MD_CTX_free(context)
      ERR_clear_error()
    }
    var keyContext: OpaquePointer?
    let name = algorithm.rawValue
    guard
      unsafe EVP_DigestSignInit_ex(context, &keyContext, name, nil, nil, key, nil) == 1
    else { return nil }
    if isRSA, padding == .pss {
      guard unsafe EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) == 1,
        unsafe EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, RSA_PSS_SALTLEN_DIGEST) == 1
      else { return nil }
    }
    var length = 0
    guard unsafe EVP_DigestSign(context, nil, &length, bytes, bytes.count) == 1 else { return nil }
    var signature = [UInt8](repeating: 0, count: length)
    guard unsafe EVP_DigestSign(context, &signature, &length, bytes, bytes.count) == 1 else {
      return nil
    }
    signature.removeLast(signature.count - length)
    return isEllipticCurve ? joined(signature) : signature
  }

  /// R and S of a DER signature, each as wide as the curve's order.
  private func joined(_ der: [UInt8]) -> [UInt8]? {
    let parsed = unsafe der.withUnsafeBufferPointer { buffer in
      var start = buffer.baseAddress
      return unsafe d2i_ECDSA_SIG(nil, &start, der.count)
    }
    guard let parsed = unsafe parsed else { return nil }
    defer { unsafe ECDSA_SIG_free(parsed) }
    let width = (bitCount + 7) / 8
    var result = [UInt8](repeating: 0, count: 2 * width)
    let done = unsafe result.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return false }
      return unsafe BN_bn2binpad(ECDSA_SIG_get0_r(parsed), start, Int32(width)) == width
        && BN_bn2binpad(ECDSA_SIG_get0_s(parsed), start + width, Int32(width)) == width
    }
    return done ? result : nil
  }
}
