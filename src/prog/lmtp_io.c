#include "prog/lmtp_io.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/world.h"

#define CHUNK 65536
#define SEND_SECONDS 60

typedef enum { WAIT_DATA, WAIT_STOP, WAIT_TIMEOUT, WAIT_GONE } Wait;

/* STOP_FD -1: a stop is not looked for. */
static Wait
wait_for_data(int fd, int stop_fd, int seconds)
{
	struct pollfd fds[2] = { { .fd = fd, .events = POLLIN }, { .fd = stop_fd, .events = POLLIN } };
	gint64 until = rn_monotonic() + seconds * G_USEC_PER_SEC;

	for (;;) {
		gint64 left = (until - rn_monotonic()) / 1000;
		int ready = left > 0 ? poll(fds, 2, (int)MIN(left, G_MAXINT)) : 0;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready < 0)
			return WAIT_GONE;
		if (ready == 0)
			return WAIT_TIMEOUT;
		return fds[0].revents != 0 ? WAIT_DATA : WAIT_STOP;
	}
}

static gboolean
send_all(int fd, GString *out)
{
	gint64 until = rn_monotonic() + SEND_SECONDS * G_USEC_PER_SEC;
	gsize done = 0;

	while (done < out->len) {
		struct pollfd pfd = { .fd = fd, .events = POLLOUT };
		ssize_t n = send(fd, out->str + done, out->len - done, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n > 0)
			done += (gsize)n;
		else if (n < 0 && errno != EAGAIN && errno != EINTR)
			return FALSE;
		else if (rn_monotonic() > until)
			return FALSE;
		else
			poll(&pfd, 1, 1000);
	}
	g_string_truncate(out, 0);
	return TRUE;
}

static void
say_and_end(int fd, GString *out, const char *text)
{
	g_string_append_printf(out, "421 %s\r\n", text);
	send_all(fd, out);
}

static void
session(RnLmtp *l, int fd, int stop_fd, int seconds, GString *out)
{
	g_autofree char *chunk = g_malloc(CHUNK);
	gboolean open = TRUE;

	/* Where both are ready data is read first, so a client that never pauses could put a stop off; the
	 * door's own deadline ends that. */
	while (send_all(fd, out) && open) {
		Wait w = wait_for_data(fd, stop_fd, seconds);
		ssize_t n;

		if (w == WAIT_STOP && rn_lmtp_idle(l)) {
			say_and_end(fd, out, "4.3.2 shutting down, come back soon");
			return;
		}
		if (w == WAIT_STOP)
			w = wait_for_data(fd, -1, seconds);
		if (w == WAIT_TIMEOUT)
			say_and_end(fd, out, "4.4.2 nothing heard for too long");
		if (w != WAIT_DATA)
			return;
		n = recv(fd, chunk, CHUNK, MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return;
		if (n > 0)
			open = rn_lmtp_feed(l, chunk, (gsize)n, out);
	}
}

void
rn_lmtp_serve(int fd, int stop_fd, int seconds, const RnLmtpHost *host)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(RnLmtp) l = rn_lmtp_new(host, out);

	session(l, fd, stop_fd, seconds, out);
	if (rn_lmtp_trouble(l) != NULL)
		rn_log(RN_LOG_INFO, "-", "lmtp-trouble", "answered", rn_lmtp_trouble(l), NULL);
}

void
rn_lmtp_turn_away(int fd, const char *text)
{
	g_autofree char *line = g_strdup_printf("421 %s\r\n", text);
	ssize_t n = send(fd, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);

	(void)n;	/* a client that does not read will see the end of the connection */
}
