/* shim.c: the calls that are taken over. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "shim.h"

/* The C library's own NAME, looked up once; before the sandbox, for the constructor asks for all. */
#define REAL(name) \
	static __typeof__(name) *real_##name; \
	static void look_##name(void) \
	{ \
		*(void **)&real_##name = dlsym(RTLD_NEXT, #name); \
	}
#define LOOK(name) \
	if (real_##name == NULL) \
	look_##name()

REAL(write)
REAL(pwrite)
REAL(pwrite64)
REAL(writev)
REAL(send)
REAL(sendto)
REAL(sendmsg)
REAL(fsync)
REAL(fdatasync)
REAL(ftruncate)
REAL(ftruncate64)
REAL(open)
REAL(open64)
REAL(openat)
REAL(openat64)
REAL(socket)
REAL(connect)
REAL(accept4)
REAL(flock)
REAL(rename)
REAL(unlink)
REAL(fork)
REAL(time)
REAL(gettimeofday)
REAL(clock_gettime)

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

__attribute__((constructor)) static void
look_all(void)
{
	look_write();
	look_pwrite();
	look_pwrite64();
	look_writev();
	look_send();
	look_sendto();
	look_sendmsg();
	look_fsync();
	look_fdatasync();
	look_ftruncate();
	look_ftruncate64();
	look_open();
	look_open64();
	look_openat();
	look_openat64();
	look_socket();
	look_connect();
	look_accept4();
	look_flock();
	look_rename();
	look_unlink();
	look_fork();
	look_time();
	look_gettimeofday();
	look_clock_gettime();
}

/* --- writing --- */

/* FAULT_WRITE for a file, FAULT_NET for a socket, -1 for what is not ours: a log, an eventfd. */
static int
kind_of(int fd)
{
	struct stat st;

	if (fd <= STDERR_FILENO || fstat(fd, &st) != 0)
		return -1;
	return S_ISREG(st.st_mode) ? FAULT_WRITE : S_ISSOCK(st.st_mode) ? FAULT_NET : -1;
}

/* LEN cut to what is to be written now, or -1 with errno. *AFTER: then comes the end. */
static ssize_t
allowed(int fd, size_t len, int *after)
{
	int kind = fault_active() ? kind_of(fd) : -1;
	FaultWhat what = kind >= 0 ? fault_next((FaultGroup)kind) : FAULT_GO;

	*after = what == FAULT_KILL_AFTER;
	if (what == FAULT_FAIL)
		return -1;
	if (what == FAULT_SHORT && len > 1)
		len /= 2;
	if (kind == FAULT_WRITE && len > 0) {
		len = fault_room(len);
		if (len == 0) {
			errno = ENOSPC;
			return -1;
		}
	}
	return (ssize_t)len;
}

static ssize_t
done(ssize_t n, int after)
{
	if (after)
		fault_kill();
	return n;
}

ssize_t
write(int fd, const void *buf, size_t len)
{
	int after;
	ssize_t n = allowed(fd, len, &after);

	LOOK(write);
	return n < 0 ? -1 : done(real_write(fd, buf, (size_t)n), after);
}

ssize_t
pwrite(int fd, const void *buf, size_t len, off_t at)
{
	int after;
	ssize_t n = allowed(fd, len, &after);

	if (n > 0 && fault_active())
		fault_written(fd, at, (size_t)n);
	return n < 0 ? -1 : done(real_pwrite(fd, buf, (size_t)n, at), after);
}

ssize_t
pwrite64(int fd, const void *buf, size_t len, off64_t at)
{
	int after;
	ssize_t n = allowed(fd, len, &after);

	if (n > 0 && fault_active())
		fault_written(fd, at, (size_t)n);
	return n < 0 ? -1 : done(real_pwrite64(fd, buf, (size_t)n, at), after);
}

ssize_t
writev(int fd, const struct iovec *iov, int n)
{
	int after;

	return allowed(fd, 1, &after) < 0 ? -1 : done(real_writev(fd, iov, n), after);
}

ssize_t
send(int fd, const void *buf, size_t len, int flags)
{
	int after;
	ssize_t n = allowed(fd, len, &after);

	return n < 0 ? -1 : done(real_send(fd, buf, (size_t)n, flags), after);
}

ssize_t
sendto(int fd, const void *buf, size_t len, int flags, const struct sockaddr *to, socklen_t to_len)
{
	int after;
	ssize_t n = allowed(fd, len, &after);

	return n < 0 ? -1 : done(real_sendto(fd, buf, (size_t)n, flags, to, to_len), after);
}

ssize_t
sendmsg(int fd, const struct msghdr *msg, int flags)
{
	int after;

	return allowed(fd, 1, &after) < 0 ? -1 : done(real_sendmsg(fd, msg, flags), after);
}

/* --- the rest of the files --- */

/* The result of a call of GROUP that returns 0 or a descriptor. */
#define PLAIN(group, call) \
	do { \
		FaultWhat what = fault_active() ? fault_next(group) : FAULT_GO; \
		return what == FAULT_FAIL ? -1 : (int)done((call), what == FAULT_KILL_AFTER); \
	} while (0)

static int
sync_with(int (*real)(int), int fd)
{
	FaultWhat what = fault_active() ? fault_next(FAULT_SYNC) : FAULT_GO;

	if (what == FAULT_FAIL) {
		int trouble = errno;

		fault_not_synced(fd);
		errno = trouble;
		return -1;
	}
	if (fault_control != NULL)
		fault_synced(fd);
	return (int)done(real(fd), what == FAULT_KILL_AFTER);
}

int
fsync(int fd)
{
	return sync_with(real_fsync, fd);
}

int
fdatasync(int fd)
{
	return sync_with(real_fdatasync, fd);
}

int
ftruncate(int fd, off_t len)
{
	PLAIN(FAULT_TRUNCATE, real_ftruncate(fd, len));
}

int
ftruncate64(int fd, off64_t len)
{
	PLAIN(FAULT_TRUNCATE, real_ftruncate64(fd, len));
}

#define MODE_OF(flags, mode) \
	do { \
		va_list args; \
		va_start(args, flags); \
		mode = (flags) & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0; \
		va_end(args); \
	} while (0)

int
open(const char *path, int flags, ...)
{
	mode_t mode;

	MODE_OF(flags, mode);
	LOOK(open);
	PLAIN(FAULT_OPEN, real_open(path, flags, mode));
}

int
open64(const char *path, int flags, ...)
{
	mode_t mode;

	MODE_OF(flags, mode);
	LOOK(open64);
	PLAIN(FAULT_OPEN, real_open64(path, flags, mode));
}

int
openat(int dir, const char *path, int flags, ...)
{
	mode_t mode;

	MODE_OF(flags, mode);
	LOOK(openat);
	PLAIN(FAULT_OPEN, real_openat(dir, path, flags, mode));
}

int
openat64(int dir, const char *path, int flags, ...)
{
	mode_t mode;

	MODE_OF(flags, mode);
	LOOK(openat64);
	PLAIN(FAULT_OPEN, real_openat64(dir, path, flags, mode));
}

int
socket(int domain, int type, int protocol)
{
	PLAIN(FAULT_SOCKET, real_socket(domain, type, protocol));
}

int
connect(int fd, const struct sockaddr *to, socklen_t len)
{
	PLAIN(FAULT_SOCKET, real_connect(fd, to, len));
}

int
accept4(int fd, struct sockaddr *from, socklen_t *len, int flags)
{
	PLAIN(FAULT_SOCKET, real_accept4(fd, from, len, flags));
}

int
flock(int fd, int how)
{
	PLAIN(FAULT_LOCK, real_flock(fd, how));
}

int
rename(const char *from, const char *to)
{
	PLAIN(FAULT_NAME, real_rename(from, to));
}

int
unlink(const char *path)
{
	PLAIN(FAULT_NAME, real_unlink(path));
}

/* --- memory --- */

static int
memory_fails(void)
{
	return fault_active() && fault_next(FAULT_MEMORY) == FAULT_FAIL;
}

void *
malloc(size_t size)
{
	return memory_fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return memory_fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *old, size_t size)
{
	return memory_fails() ? NULL : __libc_realloc(old, size);
}

/* --- the clock: the time of day only, the monotonic one is left alone --- */

static time_t
shift(void)
{
	return fault_control != NULL ? (time_t)atomic_load(&fault_control->clock) : 0;
}

time_t
time(time_t *to)
{
	time_t now;

	LOOK(time);
	now = real_time(NULL) + shift();
	if (to != NULL)
		*to = now;
	return now;
}

int
gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	int rc;

	LOOK(gettimeofday);
	rc = real_gettimeofday(tv, tz);
	if (rc == 0)
		tv->tv_sec += shift();
	return rc;
}

int
clock_gettime(clockid_t clock, struct timespec *ts)
{
	int rc;

	LOOK(clock_gettime);
	rc = real_clock_gettime(clock, ts);
	if (rc == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		ts->tv_sec += shift();
	return rc;
}

/* --- processes --- */

extern int fault_depth;

pid_t
fork(void)
{
	pid_t pid = real_fork();

	if (pid == 0)
		fault_depth++;
	return pid;
}

typedef int (*Main)(int, char **, char **);

static Main real_main;
extern char **environ;

static int
served_main(int argc, char **argv, char **env)
{
	char **given = fault_serve(&argc);

	(void)env;
	return real_main(argc, given != NULL ? given : argv, environ);
}

/* The program is started, with its libraries loaded and its constructors run, and then waits to be forked: a
 * process costs a fork and no more. */
int __libc_start_main(Main program, int argc, char **argv, void (*init)(void), void (*fini)(void),
    void (*end)(void), void *stack);

int
__libc_start_main(Main program, int argc, char **argv, void (*init)(void), void (*fini)(void),
    void (*end)(void), void *stack)
{
	__typeof__(__libc_start_main) *real;

	*(void **)&real = dlsym(RTLD_NEXT, "__libc_start_main");
	real_main = program;
	return real(served_main, argc, argv, init, fini, end, stack);
}
