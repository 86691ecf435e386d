#include "prog/lmtp_peer.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/world.h"

static gboolean
broken(const char *while_doing, GError **error)
{
	g_set_error(error, RN_ERROR, RN_ERR_NET, "lmtpd broke off at %s: %s", while_doing,
	    errno == 0          ? "connection closed" :
	        errno == EAGAIN ? "no answer in time" :
	                          g_strerror(errno));
	return FALSE;
}

static gint64
step_ends(const RnLmtpPeer *p)
{
	return p->until != 0 ? p->until : rn_monotonic() + p->each;
}

/* Waits for EVENTS until END; FALSE with errno EAGAIN when the time is over. */
static gboolean
wait_for(const RnLmtpPeer *p, short events, gint64 end)
{
	struct pollfd pfd = { .fd = p->fd, .events = events };

	for (;;) {
		gint64 left = end - rn_monotonic();
		int ready = left > 0 ? poll(&pfd, 1, (int)MIN((left + 999) / 1000, G_MAXINT)) : 0;

		if (ready > 0)
			return TRUE;
		if (ready == 0)
			errno = EAGAIN;
		if (ready == 0 || errno != EINTR)
			return FALSE;
	}
}

gboolean
rn_lmtp_peer_connect(RnLmtpPeer *p, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	gint64 end = step_ends(p);
	int saved;

	p->fd = -1;
	errno = ENAMETOOLONG;
	if (strlen(path) >= sizeof(addr.sun_path))
		return FALSE;
	memcpy(addr.sun_path, path, strlen(path));
	p->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (p->fd < 0)
		return FALSE;
	while (connect(p->fd, (const struct sockaddr *)&addr, sizeof(addr)) != 0) {
		/* EAGAIN: its queue is full, and nothing tells when it is not (unix(7)) */
		if (errno == EINTR || (errno == EAGAIN && rn_monotonic() < end)) {
			poll(NULL, 0, 5);
			continue;
		}
		saved = errno;
		rn_lmtp_peer_close(p);
		errno = saved;
		return FALSE;
	}
	return TRUE;
}

void
rn_lmtp_peer_close(RnLmtpPeer *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

gboolean
rn_lmtp_peer_send(RnLmtpPeer *p, const void *data, gsize len, const char *step, GError **error)
{
	gint64 end = step_ends(p);
	const char *at = data;

	while (len > 0) {
		ssize_t n = send(p->fd, at, len, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR && (errno != EAGAIN || !wait_for(p, POLLOUT, end)))
			return broken(step, error);
		if (n > 0) {
			at += n;
			len -= (gsize)n;
		}
	}
	return TRUE;
}

/* The length of the reply that BUF begins with (its last line has a space behind the code), 0 if it is not
 * whole yet. */
static gsize
reply_length(const char *buf, gsize have)
{
	const char *line = buf, *end = buf + have, *lf;

	while ((lf = memchr(line, '\n', (gsize)(end - line))) != NULL) {
		if (lf - line < 4 || line[3] != '-')
			return (gsize)(lf + 1 - buf);
		line = lf + 1;
	}
	return 0;
}

/* Reads what is there; FALSE with errno (0: the other side closed). */
static gboolean
read_more(RnLmtpPeer *p, gint64 end)
{
	for (;;) {
		ssize_t n;

		errno = EMSGSIZE;
		if (p->have == sizeof(p->buf))
			return FALSE;
		errno = 0;
		n = recv(p->fd, p->buf + p->have, sizeof(p->buf) - p->have, 0);
		if (n > 0)
			p->have += (gsize)n;
		if (n > 0)
			return TRUE;
		if (n == 0 || (errno != EINTR && (errno != EAGAIN || !wait_for(p, POLLIN, end))))
			return FALSE;
	}
}

char *
rn_lmtp_peer_reply(RnLmtpPeer *p, const char *step, GError **error)
{
	gint64 end = step_ends(p);
	gsize len;
	char *text;

	while ((len = reply_length(p->buf, p->have)) == 0)
		if (!read_more(p, end)) {
			broken(step, error);
			return NULL;
		}
	text = g_strndup(p->buf, len);
	memmove(p->buf, p->buf + len, p->have - len);
	p->have -= len;
	return text;
}

gboolean
rn_lmtp_peer_expect(RnLmtpPeer *p, char want, const char *step, char **reply, GError **error)
{
	g_autofree char *text = rn_lmtp_peer_reply(p, step, error);
	g_autofree char *shown = NULL;

	if (text == NULL)
		return FALSE;
	if (text[0] == want) {
		if (reply != NULL)
			*reply = g_steal_pointer(&text);
		return TRUE;
	}
	shown = g_strchomp(g_strndup(text, 200));
	g_set_error(error, RN_ERROR, text[0] == '5' ? RN_ERR_STATE : RN_ERR_NET, "lmtpd answered %s with: %s",
	    step, shown);
	return FALSE;
}

gboolean
rn_lmtp_peer_greet(RnLmtpPeer *p, GError **error)
{
	static const char hello[] = "LHLO localhost\r\n";
	g_autofree char *offer = NULL;
	g_auto(GStrv) lines = NULL;

	if (!rn_lmtp_peer_expect(p, '2', "the greeting", NULL, error) ||
	    !rn_lmtp_peer_send(p, hello, sizeof(hello) - 1, "LHLO", error) ||
	    !rn_lmtp_peer_expect(p, '2', "LHLO", &offer, error))
		return FALSE;
	lines = g_strsplit(offer, "\n", -1);
	for (guint i = 0; lines[i] != NULL; i++) {
		const char *word = strlen(lines[i]) > 4 ? lines[i] + 4 : "";

		p->xforward |= g_str_has_prefix(word, "XFORWARD ");
		p->utf8 |= g_str_has_prefix(word, "SMTPUTF8");
		p->no_sender |= g_str_has_prefix(word, "XNOSENDER");
	}
	return TRUE;
}
