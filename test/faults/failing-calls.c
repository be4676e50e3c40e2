/*
 * Preloaded into a process (LD_PRELOAD), makes the n-th system call that changes a store fail: every opening to write or
 * create, write, fsync, rename, truncation, removal and new folder below FAULT_ROOT, whoever makes it (SQLite, Node).
 * The process commands it by trying to open paths that do not exist:
 *
 *   /fault-control/trace               from now on append "call path" to the file FAULT_TRACE for each such call
 *   /fault-control/once/ERRNO/N        the N-th call from now fails with ERRNO, the others do not
 *   /fault-control/lasting/ERRNO/N     the N-th call and all after it fail
 *   /fault-control/short/ERRNO/N       as lasting, but where the N-th call is a write, half of it is done first
 *   /fault-control/off                 nothing fails any more
 *
 * Opening these returns ENOENT, except that /fault-control/off returns EEXIST if the fault has struck.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum mode { OFF, TRACE, ONCE, LASTING, SHORT };

static enum mode mode = OFF;
static int fault_errno;
static long fault_at;
static long calls;

#define CONTROL "/fault-control/"
#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

static void control(const char *command) {
  int struck = calls >= fault_at && mode >= ONCE;
  char word[16] = "";
  int number = 0;
  long at = 0;
  sscanf(command, "%15[a-z]/%d/%ld", word, &number, &at);
  mode = !strcmp(word, "trace") ? TRACE : !strcmp(word, "once") ? ONCE : !strcmp(word, "lasting") ? LASTING
       : !strcmp(word, "short") ? SHORT : OFF;
  fault_errno = number;
  fault_at = at;
  calls = 0;
  errno = mode == OFF && struck ? EEXIST : ENOENT;
}

static int below_root(const char *path) {
  const char *root = getenv("FAULT_ROOT");
  return root != NULL && !strncmp(path, root, strlen(root));
}

static void trace(const char *call, const char *path) {
  char line[4200];
  int length = snprintf(line, sizeof line, "%s %s\n", call, path);
  int fd = syscall(SYS_openat, AT_FDCWD, getenv("FAULT_TRACE"), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (fd < 0 || syscall(SYS_write, fd, line, length) != length) abort();
  syscall(SYS_close, fd);
}

/* 0: go on; 1: fail, errno is set; 2: do half of the write. */
static int strike(const char *call, const char *path) {
  if (mode == OFF || !below_root(path)) return 0;
  if (mode == TRACE) {
    trace(call, path);
    return 0;
  }
  calls += 1;
  if (calls < fault_at || (mode == ONCE && calls > fault_at)) return 0;
  if (mode == SHORT && calls == fault_at && strstr(call, "write")) return 2;
  errno = fault_errno;
  return 1;
}

static int strike_fd(const char *call, int fd) {
  if (mode == OFF) return 0;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return strike(call, path);
}

static int open_checked(int folder, const char *path, int flags, mode_t permissions) {
  if (!strncmp(path, CONTROL, strlen(CONTROL))) {
    control(path + strlen(CONTROL));
    return -1;
  }
  int changes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
  if (changes && strike("open", path)) return -1;
  return syscall(SYS_openat, folder, path, flags, permissions);
}

#define OPEN_BODY(folder)                                                  \
  mode_t permissions = 0;                                                  \
  if (flags & (O_CREAT | O_TMPFILE)) {                                     \
    va_list rest;                                                          \
    va_start(rest, flags);                                                 \
    permissions = va_arg(rest, mode_t);                                    \
    va_end(rest);                                                          \
  }                                                                        \
  return open_checked(folder, path, flags, permissions)

int open(const char *path, int flags, ...) { OPEN_BODY(AT_FDCWD); }
int open64(const char *path, int flags, ...) { OPEN_BODY(AT_FDCWD); }
int openat(int folder, const char *path, int flags, ...) { OPEN_BODY(folder); }
int openat64(int folder, const char *path, int flags, ...) { OPEN_BODY(folder); }

#define WRITE_BODY(name, ...)                                              \
  int struck = strike_fd(#name, fd);                                       \
  if (struck == 1) return -1;                                              \
  if (struck == 2 && count > 1) count /= 2;                                \
  return REAL(name)(__VA_ARGS__)

ssize_t write(int fd, const void *bytes, size_t count) { WRITE_BODY(write, fd, bytes, count); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { WRITE_BODY(pwrite, fd, bytes, count, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) { WRITE_BODY(pwrite64, fd, bytes, count, at); }

#define PLAIN(name, check, ...) return check ? -1 : REAL(name)(__VA_ARGS__)

ssize_t writev(int fd, const struct iovec *parts, int count) { PLAIN(writev, strike_fd("writev", fd), fd, parts, count); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  PLAIN(pwritev, strike_fd("pwritev", fd), fd, parts, count, at);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
  PLAIN(pwritev64, strike_fd("pwritev", fd), fd, parts, count, at);
}
int fsync(int fd) { PLAIN(fsync, strike_fd("fsync", fd), fd); }
int fdatasync(int fd) { PLAIN(fdatasync, strike_fd("fdatasync", fd), fd); }
int ftruncate(int fd, off_t size) { PLAIN(ftruncate, strike_fd("ftruncate", fd), fd, size); }
int ftruncate64(int fd, off64_t size) { PLAIN(ftruncate64, strike_fd("ftruncate", fd), fd, size); }
int rename(const char *from, const char *to) { PLAIN(rename, strike("rename", to), from, to); }
int renameat(int a, const char *from, int b, const char *to) { PLAIN(renameat, strike("rename", to), a, from, b, to); }
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
  PLAIN(renameat2, strike("rename", to), a, from, b, to, flags);
}
int unlink(const char *path) { PLAIN(unlink, strike("unlink", path), path); }
int mkdir(const char *path, mode_t permissions) { PLAIN(mkdir, strike("mkdir", path), path, permissions); }
