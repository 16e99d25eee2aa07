// A library put before libc (LD_PRELOAD) that makes file calls of the engine fail, lie, hang or end the program at a chosen call.
//
//   FAULTS     rules, separated by ';':  operation|part of the path|from the n-th matching call|how many (0 = for ever)|action
//              operations: open read write sync link unlink rename mkdir chmod utime trunc
//              actions: eio enoent enospc erofs enodev short eof flip kill cut hang:<ms> gate
//   FAULT_LOG  file: one line per call that changes a disk ("step"), numbered from 1
//   FAULT_KILL n: kill -9 right before step n
//   FAULT_KILL_US  kill -9 so many microseconds after the first .part was opened
//   FAULT_ONLY parts of paths, separated by ':': other paths are neither counted nor logged
//   FAULT_GATE file: action "gate" makes it and waits until <file>.go is there
//   FAULT_CUT  mount points, separated by ':', of ext4 disks whose power action "cut" cuts: what is not on the disk yet is lost
//   FAULT_CLOCK  ms:seconds,...   that many ms after the start the wall clock is set off by so many seconds
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum action { NONE, FAIL, SHORT, END, FLIP, KILL, CUT, HANG, GATE };
struct rule {
  char op[12], path[512];
  long from, count, ms;
  enum action action;
  int error;
  atomic_long seen;
};
static struct rule rules[32];
static int ruleCount, logFd = -1;
static long killAt, killUs = -1;
static const char *only, *gate, *cuts, *clockPlan;
static atomic_long steps, timed;
static struct timespec born;

static const struct { const char *name; enum action action; int error; } known[] = {
  {"eio", FAIL, EIO}, {"enoent", FAIL, ENOENT}, {"enospc", FAIL, ENOSPC}, {"erofs", FAIL, EROFS}, {"enodev", FAIL, ENODEV},
  {"short", SHORT, 0}, {"eof", END, 0}, {"flip", FLIP, 0}, {"kill", KILL, 0}, {"cut", CUT, 0}, {"gate", GATE, 0}, {"hang", HANG, 0}};

static void die(void) {
  syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
  for (;;) pause();
}

__attribute__((constructor)) static void begin(void) {
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &born);
  const char *text = getenv("FAULTS");
  if (text) {
    char *copy = strdup(text), *save = NULL;
    for (char *one = strtok_r(copy, ";", &save); one && ruleCount < 32; one = strtok_r(NULL, ";", &save)) {
      struct rule *rule = &rules[ruleCount];
      char action[64] = "";
      if (sscanf(one, "%11[^|]|%511[^|]|%ld|%ld|%63s", rule->op, rule->path, &rule->from, &rule->count, action) != 5) continue;
      char *ms = strchr(action, ':');
      if (ms) *ms++ = 0, rule->ms = atol(ms);
      for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].name, action)) rule->action = known[i].action, rule->error = known[i].error;
      if (rule->action == NONE) { fprintf(stderr, "fault shim: unknown action in %s\n", one); abort(); }
      ruleCount++;
    }
    free(copy);
  }
  const char *value;
  if ((value = getenv("FAULT_LOG"))) logFd = syscall(SYS_openat, AT_FDCWD, value, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if ((value = getenv("FAULT_KILL"))) killAt = atol(value);
  if ((value = getenv("FAULT_KILL_US"))) killUs = atol(value);
  only = getenv("FAULT_ONLY");
  gate = getenv("FAULT_GATE");
  cuts = getenv("FAULT_CUT");
  clockPlan = getenv("FAULT_CLOCK");
}

static int concerns(const char *path, const char *list) {
  char copy[4096], *save = NULL;
  snprintf(copy, sizeof copy, "%s", list);
  for (char *one = strtok_r(copy, ":", &save); one; one = strtok_r(NULL, ":", &save)) if (strstr(path, one)) return 1;
  return 0;
}

// EXT4_IOC_SHUTDOWN without flushing the journal: the disk keeps what it has, as when the plug is pulled.
static void cut(void) {
  char copy[4096], *save = NULL;
  uint32_t how = 2;
  if (cuts) {
    snprintf(copy, sizeof copy, "%s", cuts);
    for (char *one = strtok_r(copy, ":", &save); one; one = strtok_r(NULL, ":", &save)) {
      int fd = syscall(SYS_openat, AT_FDCWD, one, O_RDONLY, 0);
      if (fd >= 0) ioctl(fd, _IOR('X', 125, uint32_t), &how);
    }
  }
  die();
}

static void *killer(void *unused) {
  (void)unused;
  usleep(killUs);
  if (cuts) cut();
  die();
  return NULL;
}

static void wait_at_gate(void) {
  char go[4096];
  snprintf(go, sizeof go, "%s.go", gate ? gate : "/nonexistent");
  int fd = syscall(SYS_openat, AT_FDCWD, gate, O_WRONLY | O_CREAT, 0644);
  if (fd >= 0) syscall(SYS_close, fd);
  while (syscall(SYS_faccessat, AT_FDCWD, go, F_OK) != 0) usleep(2000);
}

// What is to happen at this call; FAIL sets errno.
static enum action look(const char *op, const char *path) {
  for (int i = 0; i < ruleCount; i++) {
    struct rule *rule = &rules[i];
    if (strcmp(rule->op, op) || !strstr(path, rule->path)) continue;
    long n = atomic_fetch_add(&rule->seen, 1) + 1;
    if (n < rule->from || (rule->count > 0 && n >= rule->from + rule->count)) continue;
    switch (rule->action) {
      case KILL: die(); break;
      case CUT: cut(); break;
      case HANG: usleep(rule->ms * 1000); continue;
      case GATE: wait_at_gate(); continue;
      case FAIL: errno = rule->error; return FAIL;
      default: return rule->action;
    }
  }
  return NONE;
}

static void step(const char *op, const char *path) {
  if (only && !concerns(path, only)) return;
  if (killUs >= 0 && !strcmp(op, "open") && strstr(path, ".part") && atomic_exchange(&timed, 1) == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, killer, NULL);
  }
  long n = atomic_fetch_add(&steps, 1) + 1;
  if (logFd >= 0) {
    char line[4352];
    int length = snprintf(line, sizeof line, "%ld %s %s\n", n, op, path);
    syscall(SYS_write, logFd, line, length);
  }
  if (killAt > 0 && n == killAt) { if (cuts) cut(); die(); }
}

static const char *path_of(int fd, char *into, size_t size) {
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  ssize_t length = syscall(SYS_readlink, name, into, size - 1);
  into[length > 0 ? length : 0] = 0;
  return into;
}
static int watched(void) { return ruleCount > 0 || logFd >= 0 || killAt > 0 || killUs >= 0; }

#define NEXT(name) static __typeof__(name) *next; if (!next) next = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static int before_open(const char *path, int flags) {
  if (!watched()) return 0;
  if (look("open", path) == FAIL) return -1;
  if (flags & O_CREAT) step("open", path);
  return 0;
}
#define OPENS(name) int name(const char *path, int flags, ...) { NEXT(name); mode_t mode = 0; \
  if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
  if (before_open(path, flags)) return -1; return next(path, flags, mode); }
OPENS(open)
OPENS(open64)
#define OPENATS(name) int name(int at, const char *path, int flags, ...) { NEXT(name); mode_t mode = 0; \
  if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
  if (before_open(path, flags)) return -1; return next(at, path, flags, mode); }
OPENATS(openat)
OPENATS(openat64)

static ssize_t after_read(enum action what, uint8_t *bytes, ssize_t got) {
  if (what == FLIP && got > 0) bytes[got / 2] ^= 1;
  return got;
}
#define READS(name, parameters, call, bytes, size) ssize_t name parameters { NEXT(name); char at[4096]; \
  enum action what = watched() ? look("read", path_of(fd, at, sizeof at)) : NONE; \
  if (what == FAIL) return -1; if (what == END) return 0; \
  if (what == SHORT && size > 1) { size = size / 3 + 1; } return after_read(what, bytes, call); }
READS(read, (int fd, void *bytes, size_t size), next(fd, bytes, size), bytes, size)
READS(pread, (int fd, void *bytes, size_t size, off_t from), next(fd, bytes, size, from), bytes, size)
READS(pread64, (int fd, void *bytes, size_t size, off64_t from), next(fd, bytes, size, from), bytes, size)

#define WRITES(name, parameters, call, bytes, size) ssize_t name parameters { NEXT(name); char at[4096]; \
  if (!watched() || fd <= 2) return call; path_of(fd, at, sizeof at); if (at[0] != '/') return call; \
  enum action what = look("write", at); if (what == FAIL) return -1; step("write", at); \
  if (what == SHORT && size > 1) size = size / 3 + 1; \
  if (what == FLIP && size > 0) { uint8_t *copy = NULL; if (posix_memalign((void **)&copy, 4096, size)) return -1; memcpy(copy, bytes, size); copy[size / 2] ^= 1; \
    const void *bytes = copy; ssize_t done = call; free(copy); return done; } \
  return call; }
WRITES(write, (int fd, const void *bytes, size_t size), next(fd, bytes, size), bytes, size)
WRITES(pwrite, (int fd, const void *bytes, size_t size, off_t from), next(fd, bytes, size, from), bytes, size)
WRITES(pwrite64, (int fd, const void *bytes, size_t size, off64_t from), next(fd, bytes, size, from), bytes, size)

#define VECTORS(name, op, parameters, call) ssize_t name parameters { NEXT(name); char at[4096]; \
  if (!watched() || fd <= 2) return call; path_of(fd, at, sizeof at); if (at[0] != '/') return call; \
  if (look(op, at) == FAIL) return -1; if (op[0] == 'w') step(op, at); return call; }
VECTORS(readv, "read", (int fd, const struct iovec *parts, int count), next(fd, parts, count))
VECTORS(preadv, "read", (int fd, const struct iovec *parts, int count, off_t from), next(fd, parts, count, from))
VECTORS(preadv64, "read", (int fd, const struct iovec *parts, int count, off64_t from), next(fd, parts, count, from))
VECTORS(writev, "write", (int fd, const struct iovec *parts, int count), next(fd, parts, count))
VECTORS(pwritev, "write", (int fd, const struct iovec *parts, int count, off_t from), next(fd, parts, count, from))
VECTORS(pwritev64, "write", (int fd, const struct iovec *parts, int count, off64_t from), next(fd, parts, count, from))

#define ON_FD(name, op, parameters, call) int name parameters { NEXT(name); char at[4096]; \
  if (!watched()) return call; path_of(fd, at, sizeof at); if (look(op, at) == FAIL) return -1; step(op, at); return call; }
ON_FD(fsync, "sync", (int fd), next(fd))
ON_FD(fdatasync, "sync", (int fd), next(fd))
ON_FD(fchmod, "chmod", (int fd, mode_t mode), next(fd, mode))
ON_FD(futimens, "utime", (int fd, const struct timespec times[2]), next(fd, times))
ON_FD(ftruncate, "trunc", (int fd, off_t size), next(fd, size))
ON_FD(ftruncate64, "trunc", (int fd, off64_t size), next(fd, size))

#define ON_PATH(name, op, parameters, path, call) int name parameters { NEXT(name); \
  if (!watched()) return call; if (look(op, path) == FAIL) return -1; step(op, path); return call; }
ON_PATH(link, "link", (const char *from, const char *to), to, next(from, to))
ON_PATH(linkat, "link", (int a, const char *from, int b, const char *to, int flags), to, next(a, from, b, to, flags))
ON_PATH(rename, "rename", (const char *from, const char *to), to, next(from, to))
ON_PATH(unlink, "unlink", (const char *path), path, next(path))
ON_PATH(unlinkat, "unlink", (int at, const char *path, int flags), path, next(at, path, flags))
ON_PATH(mkdir, "mkdir", (const char *path, mode_t mode), path, next(path, mode))
ON_PATH(chmod, "chmod", (const char *path, mode_t mode), path, next(path, mode))
ON_PATH(utimensat, "utime", (int at, const char *path, const struct timespec times[2], int flags), path, next(at, path, times, flags))

static long clock_offset(void) {
  struct timespec now;
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  long ms = (now.tv_sec - born.tv_sec) * 1000 + (now.tv_nsec - born.tv_nsec) / 1000000, offset = 0;
  for (const char *at = clockPlan; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
    long when = 0, seconds = 0;
    if (sscanf(at, "%ld:%ld", &when, &seconds) == 2 && ms >= when) offset = seconds;
  }
  return offset;
}
int clock_gettime(clockid_t clock, struct timespec *at) {
  int result = syscall(SYS_clock_gettime, clock, at);
  if (result == 0 && clockPlan && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) at->tv_sec += clock_offset();
  return result;
}
int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  int result = syscall(SYS_gettimeofday, at, zone);
  if (result == 0 && clockPlan) at->tv_sec += clock_offset();
  return result;
}
time_t time(time_t *into) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (into) *into = now.tv_sec;
  return now.tv_sec;
}
