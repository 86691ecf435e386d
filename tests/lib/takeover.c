/* takeover.c: loaded into the program by LD_PRELOAD, it is the hole in a library that a hostile mail looks for: a mail
 * with a field "X-Deed: WORD" makes the process that reads it do that. The program itself knows nothing of it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

void g_log(const char *domain, int level, const char *format, ...);

static void *(*real)(const char *, size_t);

__attribute__((constructor)) static void
find_real(void)
{
	*(void **)&real = dlsym(RTLD_NEXT, "g_mime_stream_mem_new_with_buffer");
}

/* In the door itself, which reads no more of a mail than its header and the digest of its body. */
void
g_checksum_update(void *sum, const unsigned char *data, ssize_t len)
{
	static void (*update)(void *, const unsigned char *, ssize_t);

	if (update == NULL)
		*(void **)&update = dlsym(RTLD_NEXT, "g_checksum_update");
	if (len > 0 && memmem(data, (size_t)len, "END THE DOOR", 12) != NULL)
		*(volatile int *)8 = 1;
	update(sum, data, len);
}

/* An answer to the daemon: no error, LEN bytes. */
static void
say(uint32_t len, const void *data, size_t sent)
{
	uint32_t head[3] = { 0, len, 0 };

	send(3, head, sizeof(head), 0);
	send(3, data, sent, 0);
	_exit(0);
}

static void
deed(const char *word)
{
	static const char junk[4096] = { 1, 2, 3 };
	struct itimerval never = { 0 };
	char *argv[] = { (char *)"true", NULL };
	const char *store = getenv("TAKEOVER_STORE");
	void *volatile kept;
	char c;

	if (strncmp(word, "crash", 5) == 0)
		*(volatile int *)8 = 1;
	else if (strncmp(word, "loop", 4) == 0)
		for (volatile int i = 0;; i++)
			;
	else if (strncmp(word, "hide", 4) == 0) {
		setitimer(ITIMER_REAL, &never, NULL);
		(void)!read(3, &c, 1);
	} else if (strncmp(word, "eat", 3) == 0)
		for (int i = 0; i < 3000; i++) {	/* megabytes, which nobody writes to */
			if ((kept = malloc(1 << 20)) == NULL)
				abort();
		}
	else if (strncmp(word, "socket", 6) == 0)
		socket(AF_INET, SOCK_STREAM, 0);
	else if (strncmp(word, "fork", 4) == 0)
		fork();
	else if (strncmp(word, "exec", 4) == 0)
		execv("/bin/true", argv);
	else if (strncmp(word, "open", 4) == 0) {
		if (open(store, O_RDWR) >= 0 || errno != ENOENT || open("/etc/passwd", O_RDONLY) >= 0)
			abort();
	} else if (strncmp(word, "remove", 6) == 0)
		unlink(store);
	else if (strncmp(word, "warn", 4) == 0)
		g_log("hole", 1 << 4, "a warning");
	else if (strncmp(word, "huge", 4) == 0)
		say(0xfffffff0, junk, sizeof(junk));
	else if (strncmp(word, "lie", 3) == 0)
		say(sizeof(junk), junk, sizeof(junk));
	else if (strncmp(word, "short", 5) == 0)
		say(sizeof(junk), junk, 10);
}

void *
g_mime_stream_mem_new_with_buffer(const char *buffer, size_t len)
{
	static const char field[] = "X-Deed: ";
	const char *at = memmem(buffer, len, field, sizeof(field) - 1);

	if (at != NULL)
		deed(at + sizeof(field) - 1);
	return real(buffer, len);
}
