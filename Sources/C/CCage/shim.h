#ifndef ASSAY_CCAGE_SHIM_H
#define ASSAY_CCAGE_SHIM_H

// The cage of the script worker. What it may do is read from its input, write to its output, reckon
// time and manage its own memory and threads; the kernel refuses everything else. The pieces are
// macros and variadic calls, hence C.

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

// What the kernel refused, one bit each.
enum {
  ASSAY_CAGE_LIMITS = 1,
  ASSAY_CAGE_PRIVILEGES = 2,
  ASSAY_CAGE_CALLS = 4,
};

// Before the engine starts: no core dumps, few files, no new privileges.
static inline int assay_cage_limits(void) {
  int refused = 0;
  struct rlimit none = {0, 0};
  struct rlimit files = {16, 16};
  if (setrlimit(RLIMIT_CORE, &none) != 0 || setrlimit(RLIMIT_NOFILE, &files) != 0)
    refused |= ASSAY_CAGE_LIMITS;
#ifdef __linux__
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    refused |= ASSAY_CAGE_PRIVILEGES;
#endif
  return refused;
}

// After the engine has read what it needs of the system: every other call of the kernel fails.
static inline int assay_cage_calls(void) {
#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#ifdef __x86_64__
#define ASSAY_ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ASSAY_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif
#define ASSAY_ALLOW(call)                                   \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##call, 0, 1),   \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define ASSAY_LOW_WORD(index) (offsetof(struct seccomp_data, args) + 8 * (index))
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ASSAY_ARCHITECTURE, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      // The streams, and the file in which the engine reads its own size.
      ASSAY_ALLOW(read), ASSAY_ALLOW(pread64), ASSAY_ALLOW(write), ASSAY_ALLOW(close),
      ASSAY_ALLOW(ppoll),
      // Time.
      ASSAY_ALLOW(clock_gettime), ASSAY_ALLOW(clock_getres), ASSAY_ALLOW(clock_nanosleep),
      ASSAY_ALLOW(nanosleep), ASSAY_ALLOW(gettimeofday), ASSAY_ALLOW(getrusage),
      // Memory.
      ASSAY_ALLOW(mmap), ASSAY_ALLOW(munmap), ASSAY_ALLOW(mprotect), ASSAY_ALLOW(madvise),
      ASSAY_ALLOW(mremap), ASSAY_ALLOW(brk), ASSAY_ALLOW(membarrier), ASSAY_ALLOW(mincore),
      // Threads, and the signals by which the engine stops its own.
      ASSAY_ALLOW(futex), ASSAY_ALLOW(set_robust_list), ASSAY_ALLOW(rseq), ASSAY_ALLOW(gettid),
      ASSAY_ALLOW(getpid), ASSAY_ALLOW(getppid), ASSAY_ALLOW(sched_yield), ASSAY_ALLOW(sched_getaffinity),
      ASSAY_ALLOW(rt_sigaction), ASSAY_ALLOW(rt_sigprocmask), ASSAY_ALLOW(rt_sigreturn),
      ASSAY_ALLOW(rt_sigsuspend), ASSAY_ALLOW(sigaltstack), ASSAY_ALLOW(restart_syscall),
      ASSAY_ALLOW(exit), ASSAY_ALLOW(exit_group),
      ASSAY_ALLOW(getrandom), ASSAY_ALLOW(sysinfo), ASSAY_ALLOW(uname), ASSAY_ALLOW(fstat),
#ifdef __x86_64__
      ASSAY_ALLOW(poll), ASSAY_ALLOW(time), ASSAY_ALLOW(arch_prctl),
#endif
      // A newer way to make threads keeps its flags out of sight; without it libc takes the older.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone3, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      // Signals to threads of this process alone.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_tgkill, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ASSAY_LOW_WORD(0)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)getpid(), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      // Threads, and no processes.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ASSAY_LOW_WORD(0)),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      // The names of threads.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_prctl, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ASSAY_LOW_WORD(0)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_NAME, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
  };
  struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
  // For the threads that the engine has started already, too.
  if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
    return ASSAY_CAGE_CALLS;
  return 0;
#else
  return ASSAY_CAGE_CALLS;
#endif
}

// The memory that the process has now, in bytes; 0 where that cannot be told. Its peak would not do:
// the kernel begins it with that of the parent.
static inline uint64_t assay_memory_in_use(int statm) {
#ifdef __linux__
  char text[128];
  ssize_t count = pread(statm, text, sizeof text - 1, 0);
  if (count <= 0) return 0;
  text[count] = 0;
  char *rest = NULL;
  (void)strtoull(text, &rest, 10);
  return strtoull(rest, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
#else
  (void)statm;
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss : 0;
#endif
}

struct assay_watch {
  int statm;
  uint64_t ceiling;
  pid_t parent;
};

static inline void *assay_watch_body(void *given) {
  const struct assay_watch watch = *(struct assay_watch *)given;
  const struct timespec pause = {0, 5000000};
  free(given);
  while (assay_memory_in_use(watch.statm) <= watch.ceiling) {
    // The kernel could send a signal, but sends it when the thread ends that started us.
    if (getppid() != watch.parent) _exit(0);
    nanosleep(&pause, NULL);
  }
  _exit(77);
}

// Ends the process when its parent is gone, and with a code of its own when it has grown too large.
// The engine has no ceiling, and reserves many gigabytes that it never touches, so that the kernel's
// own limits do not fit: what scripts really take is looked at from beside them.
static inline int assay_watch(uint64_t ceiling) {
  struct assay_watch *watch = malloc(sizeof *watch);
  pthread_t thread;
  if (watch == NULL) return ASSAY_CAGE_LIMITS;
#ifdef __linux__
  watch->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
#else
  watch->statm = -1;
#endif
  watch->ceiling = ceiling;
  watch->parent = getppid();
  if (assay_memory_in_use(watch->statm) == 0 ||
      pthread_create(&thread, NULL, assay_watch_body, watch) != 0) {
    free(watch);
    return ASSAY_CAGE_LIMITS;
  }
  pthread_detach(thread);
  return 0;
}

#endif
