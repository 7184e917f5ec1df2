#ifndef ASSAY_CMICROHTTPD_SHIM_H
#define ASSAY_CMICROHTTPD_SHIM_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <microhttpd.h>

// MHD_start_daemon is variadic. Loopback only: the mock is never offered to a network.
static inline struct MHD_Daemon *assay_mhd_start(
    uint16_t port, unsigned int threads, MHD_AccessHandlerCallback handler, void *context,
    void *(*keep_target)(void *, const char *, struct MHD_Connection *),
    MHD_RequestCompletedCallback completed) {
  struct sockaddr_in address = {0};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return MHD_start_daemon(
      MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, port, NULL, NULL, handler, context,
      MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_THREAD_POOL_SIZE, threads,
      MHD_OPTION_CONNECTION_TIMEOUT, 60u, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(256 * 1024),
      MHD_OPTION_URI_LOG_CALLBACK, keep_target, context, MHD_OPTION_NOTIFY_COMPLETED, completed,
      context, MHD_OPTION_END);
}

// MHD_get_daemon_info is variadic as well.
static inline uint16_t assay_mhd_port(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
  return info ? info->port : 0;
}

#endif
