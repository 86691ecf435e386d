/* spawn.c: one program, no shell. posix_spawn rather than fork: libcurl's handles and threads live in this
 * process. */
#include "net/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/world.h"
#include "net/why.h"

#define MAX_ERR	8192	/* of stderr; its end is what tells */
#define GRACE	2	/* seconds between SIGTERM and SIGKILL */
#define MEM_NOEXEC 0x0008U	/* MFD_NOEXEC_SEAL: asked for by hardened kernels, unknown to glibc 2.36 */
#define LAST_READS 64	/* after the end: a pipe holds 64 kB, and a left-behind writer must not keep us */

enum { IN, OUT, ERR, N_FILES };

typedef struct {
	pid_t	pid;
	int	pidfd;
	int	ours[N_FILES];		/* [IN] the file in memory, the others our ends of pipes */
	int	theirs[N_FILES];	/* what becomes 0, 1 and 2 */
} Child;

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
child_clear(Child *c)
{
	for (int i = 0; i < N_FILES; i++) {
		close_fd(&c->ours[i]);
		close_fd(&c->theirs[i]);
	}
	close_fd(&c->pidfd);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Child, child_clear)

/* Puts the bytes for stdin into memory, ready to be read from the start. theirs[IN] shares the offset of
 * ours[IN], which tells afterwards how far the program has read. */
static gboolean
fill_stdin(Child *c, const RnSpawn *what)
{
	gsize done = 0;

	c->ours[IN] = memfd_create("rinnova", MFD_CLOEXEC | MEM_NOEXEC);
	if (c->ours[IN] < 0 && errno == EINVAL)	/* Linux before 6.3 */
		c->ours[IN] = memfd_create("rinnova", MFD_CLOEXEC);
	if (c->ours[IN] < 0)
		return FALSE;
	while (done < what->in_len) {
		ssize_t n = write(c->ours[IN], (const char *)what->in + done, what->in_len - done);

		if (n < 0 && errno != EINTR)
			return FALSE;
		done += n > 0 ? (gsize)n : 0;
	}
	c->theirs[IN] = fcntl(c->ours[IN], F_DUPFD_CLOEXEC, 3);
	return c->theirs[IN] >= 0 && lseek(c->ours[IN], 0, SEEK_SET) == 0;
}

static gboolean
open_pipe(Child *c, int which)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) != 0)
		return FALSE;
	c->ours[which] = fd[0];
	c->theirs[which] = fd[1];
	return fcntl(fd[0], F_SETFL, O_NONBLOCK) == 0;
}

/* Everything that can fail does so before the program runs; so a pidfd is tried on ourselves. */
static gboolean
child_open(Child *c, const RnSpawn *what, GError **error)
{
	c->pidfd = pidfd_open(getpid(), 0);
	if (c->pidfd < 0 || !fill_stdin(c, what) || !open_pipe(c, OUT) || !open_pipe(c, ERR)) {
		g_set_error(error, RN_ERROR, RN_ERR_BUSY, "%s: not run, no descriptor or memory for it: %s",
		    what->argv[0], g_strerror(errno));
		return FALSE;
	}
	close_fd(&c->pidfd);
	return TRUE;
}

/* The start itself; gives an errno value. */
static int
launch(Child *c, const RnSpawn *what)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int e;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(
	    &attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	for (int i = 0; i < N_FILES; i++)
		posix_spawn_file_actions_adddup2(&files, c->theirs[i], i);
	posix_spawn_file_actions_addclosefrom_np(&files, N_FILES);
	posix_spawn_file_actions_addchdir_np(&files, "/");
	e = posix_spawn(&c->pid, what->argv[0], &files, &attr, (char *const *)what->argv, what->envp);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return e;
}

/* Reads once. FALSE when there is nothing more now. */
static gboolean
drink(Child *c, int which, const RnSpawn *what, RnSpawned *got)
{
	char buf[4096];
	ssize_t n = read(c->ours[which], buf, sizeof(buf));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return errno == EINTR;
	if (n <= 0) {
		close_fd(&c->ours[which]);
		return FALSE;
	}
	if (which == ERR) {
		g_string_append_len(got->err, buf, n);
		if (got->err->len > MAX_ERR)
			g_string_erase(got->err, 0, (gssize)(got->err->len - MAX_ERR));
		return TRUE;
	}
	got->out_over |= got->out->len + (gsize)n > what->max_out;
	g_string_append_len(got->out, buf, (gssize)MIN((gsize)n, what->max_out - got->out->len));
	return TRUE;
}

/* Drinks until the program has ended (TRUE) or SECONDS are over. */
static gboolean
attend(Child *c, const RnSpawn *what, RnSpawned *got, int seconds)
{
	gint64 deadline = rn_monotonic() + (gint64)seconds * G_USEC_PER_SEC;
	gint64 left;

	while ((left = deadline - rn_monotonic()) > 0) {
		struct pollfd fds[] = {
			{ .fd = c->pidfd, .events = POLLIN },
			[OUT] = { .fd = c->ours[OUT], .events = POLLIN },
			[ERR] = { .fd = c->ours[ERR], .events = POLLIN },
		};

		if (poll(fds, G_N_ELEMENTS(fds), (int)(left / 1000) + 1) <= 0)
			continue;
		if (fds[OUT].revents != 0)
			drink(c, OUT, what, got);
		if (fds[ERR].revents != 0)
			drink(c, ERR, what, got);
		if (fds[0].revents != 0)
			return TRUE;
	}
	return FALSE;
}

/* Takes the program's end. */
static void
reap(const Child *c, RnSpawned *got, gboolean in_time)
{
	int status = 0;
	pid_t pid;

	do {
		pid = waitpid(c->pid, &status, 0);
	} while (pid < 0 && errno == EINTR);
	got->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
	if (!in_time)
		got->end = RN_END_TIMEOUT;
	else if (pid < 0)
		got->end = RN_END_LOST;
	else
		got->end = WIFSIGNALED(status) ? RN_END_SIGNAL : RN_END_EXIT;
}

/* Sees the running program to its end. */
static void
see_out(Child *c, const RnSpawn *what, RnSpawned *got)
{
	gboolean in_time = attend(c, what, got, what->seconds);

	if (!in_time) {
		kill(-c->pid, SIGTERM);
		attend(c, what, got, GRACE);
		kill(-c->pid, SIGKILL);
	}
	for (int which = OUT; which <= ERR; which++)
		for (int i = 0; i < LAST_READS && c->ours[which] >= 0 && drink(c, which, what, got); i++)
			;
	reap(c, got, in_time);
	got->all_read = lseek(c->ours[IN], 0, SEEK_CUR) >= (off_t)what->in_len;
}

gboolean
rn_spawn_run(const RnSpawn *what, RnSpawned *got, GError **error)
{
	g_auto(Child) c = { .pid = -1, .pidfd = -1, .ours = { -1, -1, -1 }, .theirs = { -1, -1, -1 } };
	int e;

	*got = (RnSpawned){ .out = g_string_new(NULL), .err = g_string_new(NULL) };
	if (!child_open(&c, what, error))
		return FALSE;
	e = launch(&c, what);
	if (e != 0) {
		g_set_error(error, RN_ERROR,
		    e == EAGAIN || e == ENOMEM || e == ETXTBSY ? RN_ERR_BUSY : RN_ERR_CONFIG,
		    "%s: cannot be run: %s", what->argv[0], g_strerror(e));
		return FALSE;
	}
	for (int i = 0; i < N_FILES; i++)
		close_fd(&c.theirs[i]);
	/* three descriptors have just come free, so this fails only for want of memory; then the time-out
	 * ends it */
	c.pidfd = pidfd_open(c.pid, 0);
	see_out(&c, what, got);
	return TRUE;
}

void
rn_spawned_clear(RnSpawned *got)
{
	if (got->out != NULL)
		g_string_free(got->out, TRUE);
	if (got->err != NULL)
		g_string_free(got->err, TRUE);
	*got = (RnSpawned){ 0 };
}

char **
rn_spawn_environ(const char *const *also)
{
	const char *tz = g_getenv("TZ");
	char **envp = NULL;

	envp = g_environ_setenv(
	    envp, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", TRUE);
	envp = g_environ_setenv(envp, "LANG", "C.UTF-8", TRUE);
	if (tz != NULL)
		envp = g_environ_setenv(envp, "TZ", tz, TRUE);
	for (; also != NULL && *also != NULL; also++)
		if (g_getenv(*also) != NULL)
			envp = g_environ_setenv(envp, *also, g_getenv(*also), TRUE);
	return envp;
}

char *
rn_spawned_why(const RnSpawned *got)
{
	g_autofree char *last = rn_why_last_line(got->err->str, (gssize)got->err->len);
	g_autoptr(GString) why = g_string_new(NULL);

	if (got->end == RN_END_EXIT)
		g_string_printf(why, "exit %d", got->code);
	else if (got->end == RN_END_SIGNAL)
		g_string_printf(why, "killed by signal %d", got->code);
	else
		g_string_assign(
		    why, got->end == RN_END_TIMEOUT ? "not done within its time, stopped" : "end unknown");
	if (*last != '\0')
		g_string_append_printf(why, ": %s", last);
	return rn_why(why->str, -1);
}
