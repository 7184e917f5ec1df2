#ifndef ASSAY_CPOSIX_SHIM_H
#define ASSAY_CPOSIX_SHIM_H

#include <dirent.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// open, fcntl and ioctl are variadic.
static inline int assay_open(const char *path, int flags, mode_t mode) {
  return open(path, flags, mode);
}

// pipe2 and the file action that closes a range need _GNU_SOURCE, which clashes with Swift's Glibc.
#ifdef __linux__
extern int pipe2(int descriptors[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
#endif
static inline int assay_pipe(int descriptors[2]) {
#ifdef __linux__
  return pipe2(descriptors, O_CLOEXEC);
#else
  return pipe(descriptors);
#endif
}
static inline void assay_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
#ifdef __linux__
  posix_spawn_file_actions_addclosefrom_np(actions, first);
#else
  (void)actions;
  (void)first;
#endif
}

static inline int assay_terminal_width(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// `errno` is a macro over a thread-local.
// `environ` is a global that Swift 6 takes for shared mutable state, which it is; it is read by one
// thread before there are others.
#ifdef __APPLE__
#include <crt_externs.h>
static inline const char *assay_environment(int index) { return (*_NSGetEnviron())[index]; }
#else
extern char **environ;
static inline const char *assay_environment(int index) { return environ[index]; }
#endif

static inline int assay_errno(void) { return errno; }

// The type of a file is told by macros over its mode.
static inline int assay_is_regular(mode_t mode) { return S_ISREG(mode); }
static inline int assay_is_directory(mode_t mode) { return S_ISDIR(mode); }
static inline int assay_is_fifo(mode_t mode) { return S_ISFIFO(mode); }

// The wait status is taken apart by macros.
static inline int assay_exited(int status) { return WIFEXITED(status); }
static inline int assay_exit_code(int status) { return WEXITSTATUS(status); }
static inline int assay_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

// Socket addresses are cast between types of different layout.
static inline int assay_listen_on_loopback(uint16_t *port) {
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {0};
  socklen_t size = sizeof address;
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (descriptor < 0 || bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0 ||
      listen(descriptor, 64) != 0 ||
      getsockname(descriptor, (struct sockaddr *)&address, &size) != 0)
    return -1;
  *port = ntohs(address.sin_port);
  return descriptor;
}

// SIG_IGN is a cast of an integer to a function pointer.
static inline void assay_ignore_signal(int number) { signal(number, SIG_IGN); }

// mallopt is glibc's own, and its header is not among those that Swift sees.
#ifdef __GLIBC__
#include <malloc.h>
static inline void assay_return_memory_soon(void) {
  mallopt(M_TRIM_THRESHOLD, 128 << 10);
  mallopt(M_MMAP_THRESHOLD, 256 << 10);
}
#else
static inline void assay_return_memory_soon(void) {}
#endif

#endif
