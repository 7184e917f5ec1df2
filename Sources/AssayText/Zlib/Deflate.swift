internal import CZlib

/// Compression of what is kept, and decompression with a ceiling (RFC 1950 to 1952).
package enum Deflate {
  package enum Format: Sendable {
    case gzip, zlib, raw

    /// zlib's `windowBits`, which also choose the format.
    fileprivate var window: Int32 {
      switch self {
      case .gzip: 15 + 16
      case .zlib: 15
      case .raw: -15
      }
    }
  }

  package enum Fault: Error, Sendable, Hashable {
    case malformed, truncated
    /// The output reached the limit; decompression stopped there.
    case tooLarge
  }

  package static func compress(_ bytes: [UInt8], as format: Format, level: Int32 = 6) -> [UInt8] {
    var stream = unsafe z_stream()
    guard unsafe assay_deflate_init(&stream, level, format.window) == Z_OK else {
      preconditionFailure("zlib could not allocate its state")
    }
    defer { unsafe deflateEnd(&stream) }
    let capacity = unsafe Int(deflateBound(&stream, UInt(bytes.count))) + 32
    var input = bytes
    return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      unsafe input.withUnsafeMutableBufferPointer { source in
        unsafe stream.next_in = source.baseAddress
        unsafe stream.avail_in = UInt32(source.count)
        unsafe stream.next_out = output.baseAddress
        unsafe stream.avail_out = UInt32(capacity)
        unsafe deflate(&stream, Z_FINISH)
        count = unsafe capacity - Int(stream.avail_out)
      }
    }
  }

  /// The decompressed bytes, at most `limit` of them.
  package static func decompress(
    _ bytes: [UInt8], as format: Format, limit: Int
  ) throws(Fault) -> [UInt8] {
    var stream = unsafe z_stream()
    guard unsafe assay_inflate_init(&stream, format.window) == Z_OK else {
      preconditionFailure("zlib could not allocate its state")
    }
    defer { unsafe inflateEnd(&stream) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    var status = Z_OK
    var input = bytes
    let outcome: Fault? = unsafe input.withUnsafeMutableBufferPointer { source in
      unsafe stream.next_in = source.baseAddress
      unsafe stream.avail_in = UInt32(source.count)
      while status != Z_STREAM_END {
        let produced = unsafe chunk.withUnsafeMutableBufferPointer { output in
          unsafe stream.next_out = output.baseAddress
          unsafe stream.avail_out = UInt32(output.count)
          status = unsafe inflate(&stream, Z_NO_FLUSH)
          return unsafe output.count - Int(stream.avail_out)
        }
        result += chunk.prefix(produced)
        if result.count > limit { return .tooLarge }
        switch status {
        case Z_OK: continue
        case Z_STREAM_END: break
        case Z_BUF_ERROR: return .truncated
        default: return .malformed
        }
      }
      return nil
    }
    if let outcome { throw outcome }
    return result
  }

  /// The version of the library, for `assay version --verbose`.
  package static var libraryVersion: String { unsafe String(cString: zlibVersion()) }

  /// CRC-32 (ISO 3309), which closes each line of the journal.
  package static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe UInt32(crc32(0, buffer.baseAddress, UInt32(buffer.count)))
    }
  }
}
