#ifndef ASSAY_CCURL_SHIM_H
#define ASSAY_CCURL_SHIM_H

#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>

// CURL_SOCKET_BAD is a macro with a cast in it.
static inline curl_socket_t assay_curl_no_socket(void) { return CURL_SOCKET_BAD; }

// A `curl_sockaddr` ends in a `sockaddr` that is as long as its family says. The sixteen bytes of an
// IPv6 address come out, an IPv4 address mapped into them; 0 where it is neither.
static inline int assay_curl_address(const struct curl_sockaddr *address, unsigned char out[16]) {
  if (address->family == AF_INET) {
    memset(out, 0, 10);
    out[10] = out[11] = 0xFF;
    memcpy(out + 12, &((const struct sockaddr_in *)&address->addr)->sin_addr, 4);
    return 1;
  }
  if (address->family == AF_INET6) {
    memcpy(out, &((const struct sockaddr_in6 *)&address->addr)->sin6_addr, 16);
    return 1;
  }
  return 0;
}

// curl_easy_setopt, curl_easy_getinfo and curl_multi_setopt are variadic; one typed door for each
// kind of value that Assay passes.
static inline CURLcode assay_curl_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode assay_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode assay_curl_set_text(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode assay_curl_set_pointer(CURL *easy, CURLoption option, const void *value) {
  return curl_easy_setopt(easy, option, value);
}

// CURLAUTH_NTLM is a macro with a cast in it.
static inline CURLcode assay_curl_set_ntlm(CURL *easy) {
  return curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_NTLM);
}

typedef size_t (*assay_curl_data_callback)(char *, size_t, size_t, void *);
static inline CURLcode assay_curl_set_data_callback(
    CURL *easy, CURLoption option, assay_curl_data_callback callback) {
  return curl_easy_setopt(easy, option, callback);
}
static inline CURLcode assay_curl_set_debug_callback(CURL *easy, curl_debug_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, callback);
}

static inline CURLcode assay_curl_set_socket_callback(
    CURL *easy, curl_opensocket_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
}

static inline CURLMcode assay_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

// CURLVERSION_NOW is a macro over an enumerator.
static inline curl_version_info_data *assay_curl_version(void) {
  return curl_version_info(CURLVERSION_NOW);
}

// Everything that is asked of a finished transfer, in one call. Times are in microseconds.
typedef struct {
  long status;
  long version;
  long connections;
  curl_off_t name_lookup, connect, app_connect, pre_transfer, start_transfer, total;
  long primary_port;
  const char *primary_ip;
} assay_curl_facts;

static inline void assay_curl_read_facts(CURL *easy, assay_curl_facts *facts) {
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &facts->status);
  curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &facts->version);
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &facts->connections);
  curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &facts->name_lookup);
  curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &facts->connect);
  curl_easy_getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &facts->app_connect);
  curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &facts->pre_transfer);
  curl_easy_getinfo(easy, CURLINFO_STARTTRANSFER_TIME_T, &facts->start_transfer);
  curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &facts->total);
  curl_easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &facts->primary_port);
  char *ip = NULL;
  curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &ip);
  facts->primary_ip = ip;
}

// The message is a union behind a macro-shaped API; this pops one finished transfer at a time.
static inline CURL *assay_curl_pop_finished(CURLM *multi, CURLcode *result) {
  int left = 0;
  CURLMsg *message;
  while ((message = curl_multi_info_read(multi, &left)) != NULL) {
    if (message->msg == CURLMSG_DONE) {
      *result = message->data.result;
      return message->easy_handle;
    }
  }
  return NULL;
}

#endif
