/* parser_zygote.c: the zygote. A dead child of a threaded daemon cannot be replaced by a fork of the daemon
 * itself, so a process of one thread, forked before any thread or handle existed, does it. */
#include "core/parser_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mail/read.h"

typedef union {
	struct cmsghdr	align;
	char		bytes[CMSG_SPACE(2 * sizeof(int))];
} Ancillary;

/* Sends BIRTH, with the two descriptors FDS unless they are NULL. */
static gboolean
send_birth(int control, RnParserBirth birth, const int *fds)
{
	Ancillary a = { 0 };
	struct iovec iov = { &birth, sizeof(birth) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;
	ssize_t n;

	if (fds != NULL) {
		msg.msg_control = a.bytes;
		msg.msg_controllen = sizeof(a.bytes);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(2 * sizeof(int));
		memcpy(CMSG_DATA(c), fds, 2 * sizeof(int));
	}
	do
		n = sendmsg(control, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(birth);
}

static gboolean
bear(int control, const RnParserHow *how)
{
	int pair[2], fds[2], errnum;
	gboolean told;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return send_birth(control, (RnParserBirth){ errno }, NULL);
	pid = fork();
	if (pid == 0) {
		close(control);
		close(pair[0]);
		rn_parser_child(pair[1], how);
	}
	errnum = errno;
	close(pair[1]);
	fds[0] = pair[0];
	fds[1] = pid > 0 ? pidfd_open(pid, 0) : -1;
	if (pid > 0 && fds[1] < 0)
		errnum = errno;
	told = fds[1] >= 0 ? send_birth(control, (RnParserBirth){ 0 }, fds) :
	                     send_birth(control, (RnParserBirth){ errnum != 0 ? errnum : EAGAIN }, NULL);
	close(pair[0]);
	if (fds[1] >= 0)
		close(fds[1]);
	return told;
}

/* Children are reaped by the kernel. A stop that the service manager sends to the whole group must not take
 * the parser from sessions that are just ending: the zygote and its children go when the daemon goes. */
static void
take_signals(void)
{
	static const int ignored[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE };
	struct sigaction sa = { .sa_handler = SIG_IGN };
	sigset_t none;

	for (gsize i = 0; i < G_N_ELEMENTS(ignored); i++)
		sigaction(ignored[i], &sa, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Nothing of the daemon's stays open but standard error, for what a sanitizer has to say, and CONTROL, which
 * becomes 3. */
static int
keep_only(int control)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int moved = fcntl(control, F_DUPFD_CLOEXEC, 10);	/* out of the way of the numbers below */

	if (null < 0 || moved < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(moved, 3) < 0)
		_exit(1);
	if (close_range(4, ~0U, 0) != 0)
		_exit(1);
	return 3;
}

void
rn_parser_zygote(int control, const RnParserHow *how)
{
	char order;
	ssize_t n;

	take_signals();
	control = keep_only(control);
	rn_read_init();
	if (!send_birth(control, (RnParserBirth){ 0 }, NULL))
		_exit(1);
	for (;;) {
		n = recv(control, &order, 1, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || !bear(control, how))
			break;
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
	_exit(0);
}

/* Takes descriptors out of MSG; those that do not come as a pair are closed. One comes alone where this
 * process may have only one more: its child goes with it. */
static gboolean
take_pair(struct msghdr *msg, int *sock, int *pidfd)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fds[2];
	gsize n;

	if (c == NULL || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return FALSE;
	n = MIN((c->cmsg_len - CMSG_LEN(0)) / sizeof(int), G_N_ELEMENTS(fds));
	memcpy(fds, CMSG_DATA(c), n * sizeof(int));
	if (n < G_N_ELEMENTS(fds) || (msg->msg_flags & MSG_CTRUNC)) {
		while (n > 0)
			close(fds[--n]);
		return FALSE;
	}
	*sock = fds[0];
	*pidfd = fds[1];
	return TRUE;
}

static gboolean
birth_failed(GError **error, const char *why)
{
	g_set_error(error, RN_ERROR, RN_ERR_BUSY,
	    "no parser child could be had: %s; if this goes on, restart this program", why);
	return FALSE;
}

gboolean
rn_parser_birth(int control, int seconds, int *sock, int *pidfd, GError **error)
{
	RnParserBirth birth = { 0 };
	Ancillary a = { 0 };
	struct iovec iov = { &birth, sizeof(birth) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = a.bytes,
		.msg_controllen = sizeof(a.bytes)
	};
	struct pollfd pfd = { .fd = control, .events = POLLIN };
	gboolean pair;
	ssize_t n;
	int ready;

	if (sock != NULL && send(control, "c", 1, MSG_NOSIGNAL) != 1)
		return birth_failed(error, g_strerror(errno));
	do
		ready = poll(&pfd, 1, seconds * 1000);
	while (ready < 0 && errno == EINTR);
	n = ready > 0 ? recvmsg(control, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) : -1;
	if (n != (ssize_t)sizeof(birth)) {
		shutdown(control, SHUT_RDWR);	/* a late answer would be taken for that of the next question */
		return birth_failed(error, ready == 0 ? "the zygote does not answer" : "the zygote is gone");
	}
	if (sock == NULL)
		return TRUE;
	pair = take_pair(&msg, sock, pidfd);
	if (!pair || birth.errnum != 0)
		return birth_failed(error, g_strerror(birth.errnum != 0 ? birth.errnum : EPROTO));
	return TRUE;
}
