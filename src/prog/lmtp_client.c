#include "prog/lmtp_client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "prog/lmtp_args.h"
#include "prog/lmtp_dots.h"

#define ADDRESS_MAX 512
#define REPLY_MAX 8192	/* bytes of one reply, all its lines */

typedef struct {
	int	 fd;
	char	 buf[REPLY_MAX];	/* what came and was not used yet */
	gsize	 have;
	gboolean xforward, utf8, no_sender;	/* offered */
} Peer;

gboolean
rn_lmtp_address_safe(const char *addr)
{
	for (const char *p = addr; *p != '\0'; p++)
		if ((guchar)*p <= ' ' || *p == 0x7f || *p == '<' || *p == '>')
			return FALSE;
	return strlen(addr) <= ADDRESS_MAX && g_utf8_validate(addr, -1, NULL);
}

static gboolean
broken(const char *while_doing, GError **error)
{
	g_set_error(error, RN_ERROR, RN_ERR_NET, "lmtpd broke off at %s: %s", while_doing,
	    errno == 0          ? "connection closed" :
	        errno == EAGAIN ? "no answer in time" :
	                          g_strerror(errno));
	return FALSE;
}

static gboolean
send_all(Peer *p, const void *data, gsize len, const char *step, GError **error)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = send(p->fd, at, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return broken(step, error);
		at += n;
		len -= (gsize)n;
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

/* Reads one reply; NULL if none comes. Caller frees. */
static char *
read_reply(Peer *p, const char *step, GError **error)
{
	gsize len;
	char *text;

	while ((len = reply_length(p->buf, p->have)) == 0) {
		ssize_t n = 0;

		errno = EMSGSIZE;
		if (p->have < sizeof(p->buf)) {
			errno = 0;
			n = recv(p->fd, p->buf + p->have, sizeof(p->buf) - p->have, 0);
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			broken(step, error);
			return NULL;
		}
		p->have += (gsize)n;
	}
	text = g_strndup(p->buf, len);
	memmove(p->buf, p->buf + len, p->have - len);
	p->have -= len;
	return text;
}

/* Reads a reply that must begin with the digit WANT. */
static gboolean
expect(Peer *p, char want, const char *step, char **reply, GError **error)
{
	g_autofree char *text = read_reply(p, step, error);
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

static gboolean say(Peer *p, const char *step, char want, char **reply, GError **error, const char *format,
    ...) G_GNUC_PRINTF(6, 7);

static gboolean
say(Peer *p, const char *step, char want, char **reply, GError **error, const char *format, ...)
{
	g_autofree char *line = NULL;
	va_list ap;

	va_start(ap, format);
	line = g_strdup_vprintf(format, ap);
	va_end(ap);
	return send_all(p, line, strlen(line), step, error) && expect(p, want, step, reply, error);
}

static gboolean
greet(Peer *p, GError **error)
{
	g_autofree char *offer = NULL;
	g_auto(GStrv) lines = NULL;

	if (!expect(p, '2', "the greeting", NULL, error) ||
	    !say(p, "LHLO", '2', &offer, error, "LHLO localhost\r\n"))
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

/* Evidence only: a door that refuses it takes the mail all the same. */
static gboolean
forward(Peer *p, const RnEnvelope *env, GError **error)
{
	g_autofree char *id = env->queue_id != NULL ? rn_lmtp_xtext_encode(env->queue_id) : NULL;
	g_autofree char *client = env->client != NULL ? rn_lmtp_xtext_encode(env->client) : NULL;
	g_autofree char *line = NULL, *reply = NULL;

	if (!p->xforward || (id == NULL && client == NULL))
		return TRUE;
	line = g_strdup_printf("XFORWARD%s%s%s%s%s\r\n", id != NULL ? " IDENT=" : "", id != NULL ? id : "",
	    client != NULL ? " ADDR=" : "", client != NULL && strchr(client, ':') != NULL ? "IPV6:" : "",
	    client != NULL ? client : "");
	if (!send_all(p, line, strlen(line), "XFORWARD", error))
		return FALSE;
	reply = read_reply(p, "XFORWARD", error);
	return reply != NULL;
}

static gboolean
transact(Peer *p, GBytes *raw, const RnEnvelope *env, GError **error)
{
	g_autoptr(GBytes) wire = NULL;
	const char *sender = env->sender != NULL ? env->sender : "";

	if (!greet(p, error) || !forward(p, env, error))
		return FALSE;
	if (!say(p, "MAIL", '2', NULL, error, "MAIL FROM:<%s>%s%s\r\n", sender,
	        p->utf8 && !g_str_is_ascii(sender) ? " SMTPUTF8" : "",
	        p->no_sender && env->sender == NULL ? " XNOSENDER" : ""))
		return FALSE;
	if (!say(p, "RCPT", '2', NULL, error, "RCPT TO:<%s>\r\n", env->rcpt) ||
	    !say(p, "DATA", '3', NULL, error, "DATA\r\n"))
		return FALSE;
	wire = rn_dots_stuff(raw);
	return send_all(p, g_bytes_get_data(wire, NULL), g_bytes_get_size(wire), "the message", error) &&
	    expect(p, '2', "the message", NULL, error);
}

/* A connected socket, or -1 with errno. */
static int
connect_to(const char *path, int seconds)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct timeval wait = { .tv_sec = seconds };
	int fd, saved;

	if (strlen(path) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(addr.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));	/* connect(2) heeds it as well */
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* Does ERRNUM of connect(2) say that no door is there, rather than that it is busy? */
static gboolean
is_away(int errnum)
{
	return errnum == ENOENT || errnum == ECONNREFUSED || errnum == ENOTDIR || errnum == EACCES ||
	    errnum == ENOTSOCK || errnum == ENAMETOOLONG;
}

RnLmtpResult
rn_lmtp_send(const char *path, GBytes *raw, const RnEnvelope *env, int seconds, GError **error)
{
	Peer peer = { .fd = -1 };
	gboolean taken;

	if (env->rcpt == NULL || *env->rcpt == '\0' || !rn_lmtp_address_safe(env->rcpt) ||
	    (env->sender != NULL && !rn_lmtp_address_safe(env->sender))) {
		g_set_error_literal(error, RN_ERROR, RN_ERR_INPUT,
		    "an envelope address holds characters that cannot be sent");
		return RN_LMTP_NOT_TAKEN;
	}
	peer.fd = connect_to(path, seconds);
	if (peer.fd < 0) {
		int why = errno;

		g_set_error(error, RN_ERROR, RN_ERR_NET, "%s: %s", path, g_strerror(why));
		return is_away(why) ? RN_LMTP_AWAY : RN_LMTP_NOT_TAKEN;
	}
	taken = transact(&peer, raw, env, error);
	if (taken)
		send_all(&peer, "QUIT\r\n", 6, "QUIT", NULL);	/* politeness; it is stored already */
	close(peer.fd);
	return taken ? RN_LMTP_TAKEN : RN_LMTP_NOT_TAKEN;
}
