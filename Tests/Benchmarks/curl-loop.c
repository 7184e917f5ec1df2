// The yardstick of the transport: the plainest loop over libcurl's multi interface that does the
// job. Handles are reused, and bodies and fields are received and thrown away.
//
//   curl-loop URL COUNT CONCURRENCY
//
// Prints the microseconds of processor time for one call, and how many failed.
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static size_t drop(char *data, size_t size, size_t count, void *context) {
  *(size_t *)context += size * count;
  return size * count;
}

static double processor_time(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec * 1e6 + usage.ru_utime.tv_usec + usage.ru_stime.tv_sec * 1e6 +
         usage.ru_stime.tv_usec;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  const char *url = argv[1];
  long count = atol(argv[2]), started = 0, ended = 0, failed = 0, width = atol(argv[3]);
  size_t received = 0;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM *multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, width + 16);
  double before = processor_time();
  for (long slot = 0; slot < width && started < count; slot++, started++) {
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &received);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, drop);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &received);
    if (strncmp(url, "https", 5) == 0) {
      curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
      curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
      curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
      curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    curl_multi_add_handle(multi, easy);
  }
  while (ended < count) {
    int running = 0, left = 0, any = 0;
    curl_multi_perform(multi, &running);
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
      if (message->msg != CURLMSG_DONE) continue;
      any = 1;
      ended++;
      CURL *easy = message->easy_handle;
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      if (message->data.result != CURLE_OK || status != 200) failed++;
      curl_multi_remove_handle(multi, easy);
      if (started < count) {
        curl_multi_add_handle(multi, easy);
        started++;
      } else {
        curl_easy_cleanup(easy);
      }
    }
    if (!any && running) curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
  printf("%.2f %ld\n", (processor_time() - before) / count, failed);
  return 0;
}
