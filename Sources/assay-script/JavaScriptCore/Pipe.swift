internal import CPosix

/// The worker's side of the pipe: frames of a length and so many bytes, in and out.
///
/// A frame in is: 4 bytes total length, 4 bytes length of the setting, the setting, the script. A
/// frame out is 4 bytes length and the bytes. Lengths are big-endian.
enum Pipe {
  /// The largest frame that is taken.
  private static let limit = 256 << 20

  /// The next frame, or nil when the other side has gone.
  static func receive() -> (setting: [UInt8], source: [UInt8])? {
    guard let head = read(8) else { return nil }
    let total = number(head[0..<4])
    let setting = number(head[4..<8])
    guard total >= setting + 4, total <= limit, let body = read(total - 4) else { return nil }
    return (Array(body[..<setting]), Array(body[setting...]))
  }

  /// Waits until a frame comes in, or until a moment has come.
  static func hasInput(before due: UInt64, now: () -> UInt64) -> Bool {
    if unsafe position < buffer.count { return true }
    while true {
      let current = now()
      let left = due > current ? min((due - current) / 1_000_000 + 1, 1_000) : 0
      var descriptor = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
      let count = unsafe poll(&descriptor, 1, Int32(left))
      if count > 0 { return true }
      if count == 0, left == 0 || now() >= due { return false }
    }
  }

  static func send(_ bytes: [UInt8]) {
    let count = UInt32(bytes.count)
    let head = [24, 16, 8, 0].map { UInt8(count >> UInt32($0) & 0xFF) }
    write(head + bytes)
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }

  /// What has been read and not yet taken: most frames come whole.
  nonisolated(unsafe) private static var buffer: [UInt8] = []
  nonisolated(unsafe) private static var position = 0

  private static func read(_ count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      if unsafe position == buffer.count, !fill(count - bytes.count) { return nil }
      let part = unsafe buffer[position..<min(buffer.count, position + count - bytes.count)]
      bytes += part
      unsafe position += part.count
    }
    return bytes
  }

  private static func fill(_ wanted: Int) -> Bool {
    while true {
      let room = min(max(wanted, 64 << 10), 1 << 20)
      var got = 0
      unsafe buffer = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        unsafe got = CPosix.read(0, buffer.baseAddress, room)
        count = max(got, 0)
      }
      unsafe position = 0
      if got < 0, assay_errno() == EINTR { continue }
      return got > 0
    }
  }

  private static func write(_ bytes: [UInt8]) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe CPosix.write(
          1, buffer.baseAddress.map { unsafe $0 + written }, bytes.count - written)
      }
      if count < 0, assay_errno() == EINTR { continue }
      guard count > 0 else { exit(0) }
      written += count
    }
  }
}
