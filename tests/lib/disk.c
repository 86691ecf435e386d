/* disk.c: loaded by LD_PRELOAD, it lets a test decide when, and whether, what was written reaches the disk. The file
 * $DISK_GATE holds "N" or "N fail": the first N calls of fsync and fdatasync pass, those behind them wait, or fail. A
 * byte for each call that begins goes to $DISK_GATE.begun. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int calls;

/* Waits for its turn; -1 if this call is to fail. */
static int
gate(void)
{
	const char *path = getenv("DISK_GATE");
	int turn = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
	char begun[300], text[40];

	if (path == NULL)
		return 0;
	snprintf(begun, sizeof(begun), "%s.begun", path);
	int log = open(begun, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	(void)!write(log, ".", 1);
	close(log);
	for (;;) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;

		close(fd);
		text[n > 0 ? n : 0] = '\0';
		if (n > 0 && turn <= atoi(text))
			return 0;
		if (n > 0 && strstr(text, "fail") != NULL)
			return -1;
		usleep(2000);
	}
}

static int
pass(const char *name, int fd)
{
	int (*real)(int);

	*(void **)&real = dlsym(RTLD_NEXT, name);
	if (gate() == 0)
		return real(fd);
	errno = EIO;
	return -1;
}

int
fsync(int fd)
{
	return pass("fsync", fd);
}

int
fdatasync(int fd)
{
	return pass("fdatasync", fd);
}
