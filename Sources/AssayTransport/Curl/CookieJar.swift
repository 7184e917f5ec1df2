internal import CCurl

/// The cookies of one lane, kept by libcurl (RFC 6265, with public suffixes where it has them).
@safe final class CookieJar: @unchecked Sendable {
  // Unchecked, because the share is a pointer: only the loop's thread hands it to libcurl, and it is
  // freed when no transfer holds it any more.
  let share: UnsafeMutableRawPointer

  init() {
    CurlLibrary.start()
    guard let share = unsafe curl_share_init(),
      unsafe assay_curl_share_cookies(share) == CURLSHE_OK
    else { preconditionFailure("libcurl could not allocate a jar for cookies") }
    unsafe self.share = share
  }

  deinit { unsafe curl_share_cleanup(share) }
}
