/* smtp_server.h: a little SMTP server inside a test: scripted, on a free port, in a thread of its own. */
#ifndef RN_TESTS_SMTP_SERVER_H
#define RN_TESTS_SMTP_SERVER_H

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CUT "cut"	/* instead of a reply: the connection ends */
#define HANG "hang"	/* instead of a reply: silence until the client goes */

/* Replies without the last CRLF. NULL is the usual friendly one. */
typedef struct {
	const char	*greeting, *ehlo, *auth, *mail, *rcpt, *data, *dot, *quit;
	gsize		 cut_body;	/* the connection ends after so many bytes of the body; 0 = never */
	gboolean	 cut_after;	/* ... after the reply to the final dot */
	int		 letters;	/* so many by one connection, then MAIL gets 421; 0 = no limit */
	SSL_CTX		*tls;		/* for STARTTLS; the EHLO reply must offer it */
	gboolean	 implicit;	/* TLS from the first byte */
	const char	*starttls;	/* reply to STARTTLS */
} Script;

typedef struct {
	const Script	*script;
	int		 fd;
	int		 port;
	GThread		*thread;
	GString		*said;		/* what clients said, lines joined by '\n' */
	GString		*body;		/* of the last letter, dots taken off */
	gint		 connections;
} Server;

typedef struct {
	int	 fd;
	SSL	*ssl;
	char	 buf[16384];
	gsize	 at, len;
	int	 letters;
	gsize	 left;		/* bytes until cut_body; G_MAXSIZE = no end */
} Conn;

static inline void
say(Conn *c, const char *text)
{
	g_autofree char *line = g_strconcat(text, "\r\n", NULL);
	ssize_t n = c->ssl != NULL ? SSL_write(c->ssl, line, (int)strlen(line)) :
	                             send(c->fd, line, strlen(line), MSG_NOSIGNAL);

	(void)n;	/* a client that has gone shows at the next line */
}

/* Reads a line with its CRLF. FALSE at the end. */
static inline gboolean
hear(Conn *c, GString *line)
{
	g_string_truncate(line, 0);
	while (line->len == 0 || line->str[line->len - 1] != '\n') {
		if (c->at == c->len) {
			ssize_t n = c->ssl != NULL ? SSL_read(c->ssl, c->buf, sizeof(c->buf)) :
			                             recv(c->fd, c->buf, sizeof(c->buf), 0);

			if (n <= 0)
				return FALSE;
			c->at = 0;
			c->len = (gsize)n;
		}
		if (c->left-- == 0)
			return FALSE;
		g_string_append_c(line, c->buf[c->at++]);
	}
	return TRUE;
}

/* Gives one reply. FALSE if the connection is at its end. */
static inline gboolean
reply(Conn *c, const char *text, const char *usual)
{
	g_autoptr(GString) line = g_string_new(NULL);

	if (g_strcmp0(text, HANG) == 0) {
		while (hear(c, line))
			;
		return FALSE;
	}
	if (g_strcmp0(text, CUT) == 0)
		return FALSE;
	say(c, text != NULL ? text : usual);
	return text == NULL || !g_str_has_suffix(text, "\r\n" CUT);
}

static inline gboolean
take_body(Server *s, Conn *c)
{
	g_autoptr(GString) line = g_string_new(NULL);

	g_string_truncate(s->body, 0);
	c->left = s->script->cut_body > 0 ? s->script->cut_body : G_MAXSIZE;
	while (hear(c, line)) {
		if (strcmp(line->str, ".\r\n") == 0) {
			c->left = G_MAXSIZE;
			return TRUE;
		}
		g_string_append(s->body, line->str + (line->str[0] == '.'));
	}
	return FALSE;
}

static inline gboolean
start_tls(const Server *s, Conn *c)
{
	c->ssl = SSL_new(s->script->tls);
	SSL_set_fd(c->ssl, c->fd);
	return SSL_accept(c->ssl) == 1;
}

/* AUTH PLAIN without an initial response (RFC 4954 4). */
static inline gboolean
take_login(Server *s, Conn *c)
{
	g_autoptr(GString) line = g_string_new(NULL);

	say(c, "334 ");
	if (!hear(c, line))
		return FALSE;
	g_string_append(s->said, line->str);
	return reply(c, s->script->auth, "235 welcome");
}

static inline gboolean
answer(Server *s, Conn *c, const char *line)
{
	const Script *k = s->script;

	if (g_str_has_prefix(line, "EHLO") || g_str_has_prefix(line, "HELO"))
		return reply(c, k->ehlo, "250-test\r\n250 8BITMIME");
	if (g_str_has_prefix(line, "STARTTLS"))
		return reply(c, k->starttls, "220 go on") && start_tls(s, c);
	if (g_str_has_prefix(line, "AUTH"))
		return take_login(s, c);
	if (g_str_has_prefix(line, "MAIL") && k->letters > 0 && c->letters++ == k->letters)
		return reply(c, "421 enough\r\n" CUT, NULL);
	if (g_str_has_prefix(line, "MAIL"))
		return reply(c, k->mail, "250 ok");
	if (g_str_has_prefix(line, "RCPT"))
		return reply(c, k->rcpt, "250 ok");
	if (g_str_has_prefix(line, "DATA"))
		return reply(c, k->data, "354 go on") &&
		    ((k->data != NULL && k->data[0] != '3') ||
		        (take_body(s, c) && reply(c, k->dot, "250 2.0.0 queued as TEST1") && !k->cut_after));
	if (g_str_has_prefix(line, "QUIT")) {
		reply(c, k->quit, "221 bye");
		return FALSE;
	}
	return reply(c, NULL, "500 what?");
}

static inline void
serve_one(Server *s, int fd)
{
	const struct timeval patience = { .tv_sec = 20 };
	g_autoptr(GString) line = g_string_new(NULL);
	g_autofree Conn *c = g_new0(Conn, 1);

	c->fd = fd;
	c->left = G_MAXSIZE;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if ((!s->script->implicit || start_tls(s, c)) && reply(c, s->script->greeting, "220 test ESMTP"))
		while (hear(c, line)) {
			g_string_append_printf(s->said, "%.*s\n", (int)line->len - 2, line->str);
			if (!answer(s, c, line->str))
				break;
		}
	if (c->ssl != NULL)
		SSL_free(c->ssl);
	close(fd);
}

static inline gpointer
serve(gpointer data)
{
	Server *s = data;
	int fd;

	while ((fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		g_atomic_int_inc(&s->connections);
		serve_one(s, fd);
	}
	return NULL;
}

static inline Server *
server_start(const Script *script)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	Server *s = g_new0(Server, 1);

	s->script = script;
	s->said = g_string_new(NULL);
	s->body = g_string_new(NULL);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(s->fd, (struct sockaddr *)&a, len), ==, 0);
	g_assert_cmpint(listen(s->fd, 8), ==, 0);
	g_assert_cmpint(getsockname(s->fd, (struct sockaddr *)&a, &len), ==, 0);
	s->port = ntohs(a.sin_port);
	s->thread = g_thread_new("smtp", serve, s);
	return s;
}

/* Waits until the last connection has ended. Read said, body and connections after this only. */
static inline void
server_stop(Server *s)
{
	if (s->thread == NULL)
		return;
	shutdown(s->fd, SHUT_RDWR);
	g_thread_join(s->thread);
	s->thread = NULL;
	close(s->fd);
}

static inline void
server_free(Server *s)
{
	server_stop(s);
	g_string_free(s->said, TRUE);
	g_string_free(s->body, TRUE);
	g_free(s);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Server, server_free)

#endif
