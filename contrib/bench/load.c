/* load.c: a load generator: gives the messages of a corpus to an SMTP server, an LMTP server or a filter.
 *
 * load smtp|lmtp|milter ADDRESS SESSIONS PER-CONNECTION SECONDS PAUSE <corpus >results
 *
 * ADDRESS is a path (unix socket) or a port of 127.0.0.1. SESSIONS clients work through the corpus side by
 * side, each opening a new connection after PER-CONNECTION messages (0: never). SECONDS 0: the corpus once;
 * else round and round for that long. PAUSE: a session waits about so many milliseconds before each message.
 * A record of the corpus is the line "SENDER RCPT[,RCPT...] BYTES" and so many bytes of message. A line of
 * results is "INDEX START TOTAL LONGEST VERDICT": the place in the corpus, when its first command was sent
 * since the start of the load, how long it took, the longest wait for one answer (microseconds; that
 * for the connection counts for its first message), what was answered. */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct {
	const Protocol	*protocol;
	const char	*address;
	guint		 per_connection;
	gint64		 start;
	gint64		 end;		/* 0: once */
	int		 pause;		/* milliseconds */
	GPtrArray	*mails;
	guint		 next;
	GString		*results;
	gint		 failed;	/* atomic: sessions that got no connection, or no greeting */
	pthread_mutex_t	 lock;		/* of next and results */
} load = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* --- the wire --- */

gboolean
wire_write(Wire *w, const void *data, gsize n)
{
	const char *p = data;

	while (n > 0) {
		ssize_t got = send(w->fd, p, n, MSG_NOSIGNAL);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return FALSE;
		p += got;
		n -= (gsize)got;
	}
	return TRUE;
}

/* Reads more; the wait counts. */
static gboolean
wire_fill(Wire *w)
{
	gint64 begin = g_get_monotonic_time();
	ssize_t got;

	do
		got = read(w->fd, w->buf, sizeof(w->buf));
	while (got < 0 && errno == EINTR);
	w->longest = MAX(w->longest, g_get_monotonic_time() - begin);
	w->at = 0;
	w->have = got > 0 ? (gsize)got : 0;
	return got > 0;
}

gboolean
wire_read(Wire *w, void *data, gsize n)
{
	char *p = data;

	while (n > 0) {
		gsize some;

		if (w->at == w->have && !wire_fill(w))
			return FALSE;
		some = MIN(n, w->have - w->at);
		memcpy(p, w->buf + w->at, some);
		w->at += some;
		p += some;
		n -= some;
	}
	return TRUE;
}

gboolean
wire_line(Wire *w, char *line, gsize size)
{
	gsize n = 0;
	char c;

	while (wire_read(w, &c, 1) && c != '\n')
		if (c != '\r' && n + 1 < size)
			line[n++] = c;
	line[n] = '\0';
	return n > 0;
}

static gboolean
wire_connect(Wire *w, const char *address)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr_in in = { .sin_family = AF_INET };
	gboolean path = strchr(address, '/') != NULL;
	gint64 begin = g_get_monotonic_time();
	int rc = -1;

	w->at = w->have = 0;
	w->fd = socket(path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_strlcpy(un.sun_path, path ? address : "", sizeof(un.sun_path));
	in.sin_port = htons((guint16)atoi(path ? "0" : address));
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (w->fd >= 0)
		rc = connect(w->fd, path ? (struct sockaddr *)&un : (struct sockaddr *)&in,
		    path ? sizeof(un) : sizeof(in));
	w->longest = MAX(w->longest, g_get_monotonic_time() - begin);
	if (rc == 0)
		return TRUE;
	fprintf(stderr, "load: %s: %s\n", address, strerror(errno));
	return FALSE;
}

/* --- the corpus --- */

/* TEXT with dots doubled and the final dot. */
static void
stuff(Mail *m)
{
	GString *s = g_string_sized_new(m->len + 64);
	gboolean begin = TRUE;

	for (gsize i = 0; i < m->len; i++) {
		if (begin && m->text[i] == '.')
			g_string_append_c(s, '.');
		g_string_append_c(s, m->text[i]);
		begin = m->text[i] == '\n';
	}
	g_string_append(s, begin ? ".\r\n" : "\r\n.\r\n");
	m->stuffed_len = s->len;
	m->stuffed = g_string_free(s, FALSE);
}

static GPtrArray *
read_corpus(FILE *f, gboolean dots)
{
	GPtrArray *mails = g_ptr_array_new();
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, f) > 0) {
		g_auto(GStrv) word = g_strsplit(g_strchomp(line), " ", 3);
		Mail *m = g_new0(Mail, 1);

		if (g_strv_length(word) != 3)
			g_error("record %u of the corpus does not begin with SENDER RCPTS BYTES", mails->len);
		m->sender = g_strdup(word[0]);
		m->rcpts = g_strsplit(word[1], ",", -1);
		m->len = g_ascii_strtoull(word[2], NULL, 10);
		m->text = g_malloc(m->len + 1);
		if (fread(m->text, 1, m->len, f) != m->len)
			g_error("record %u of the corpus is cut", mails->len);
		m->text[m->len] = '\0';
		if (dots)
			stuff(m);
		g_ptr_array_add(mails, m);
	}
	free(line);
	return mails;
}

/* --- the sessions --- */

/* The next message; FALSE at the end. */
static gboolean
take(guint *index)
{
	gboolean more;

	pthread_mutex_lock(&load.lock);
	if (load.end != 0)
		more = g_get_monotonic_time() < load.end;
	else
		more = load.next < load.mails->len;
	if (more)
		*index = load.next++ % load.mails->len;
	pthread_mutex_unlock(&load.lock);
	return more;
}

/* Gives one message away and notes the result; FALSE if the connection is of no more use. */
static gboolean
give(Wire *w, guint index)
{
	g_autoptr(GString) verdict = g_string_new(NULL);
	gint64 begin = g_get_monotonic_time();
	gboolean ok;

	ok = load.protocol->give(w, g_ptr_array_index(load.mails, index), verdict);
	pthread_mutex_lock(&load.lock);
	g_string_append_printf(load.results,
	    "%u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s\n", index,
	    begin - load.start, g_get_monotonic_time() - begin, w->longest, ok ? verdict->str : "cut");
	pthread_mutex_unlock(&load.lock);
	w->longest = 0;
	return ok;
}

static void *
session(void *unused G_GNUC_UNUSED)
{
	g_autofree Wire *w = g_new0(Wire, 1);
	gboolean open = FALSE;
	guint index, used = 0;

	while (take(&index)) {
		if (load.pause > 0)
			g_usleep((gulong)g_random_int_range(0, 2000 * load.pause));
		if (!open && !(wire_connect(w, load.address) && load.protocol->open(w))) {
			g_atomic_int_inc(&load.failed);
			return NULL;
		}
		open = give(w, index);
		if (open && load.per_connection != 0 && ++used % load.per_connection == 0) {
			load.protocol->close(w);
			open = FALSE;
		}
		if (!open)
			close(w->fd);
	}
	if (open) {
		load.protocol->close(w);
		close(w->fd);
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	const Protocol *known[] = { &load_smtp, &load_lmtp, &load_milter };
	g_autofree pthread_t *threads = NULL;
	int sessions;

	for (guint i = 0; argc == 7 && i < G_N_ELEMENTS(known); i++)
		if (strcmp(argv[1], known[i]->name) == 0)
			load.protocol = known[i];
	if (load.protocol == NULL) {
		fputs(
		    "load smtp|lmtp|milter ADDRESS SESSIONS PER-CONNECTION SECONDS PAUSE <corpus >results\n",
		    stderr);
		return 64;
	}
	load.address = argv[2];
	sessions = MAX(atoi(argv[3]), 1);
	load.per_connection = (guint)atoi(argv[4]);
	load.pause = atoi(argv[6]);
	load.mails = read_corpus(stdin, load.protocol != &load_milter);
	load.results = g_string_new(NULL);
	threads = g_new0(pthread_t, sessions);
	load.start = g_get_monotonic_time();
	load.end = atoi(argv[5]) > 0 ? load.start + atoi(argv[5]) * G_USEC_PER_SEC : 0;
	for (int i = 0; i < sessions; i++)
		if (pthread_create(&threads[i], NULL, session, NULL) != 0)
			g_error("no thread for session %d", i);
	for (int i = 0; i < sessions; i++)
		pthread_join(threads[i], NULL);
	fprintf(stderr, "%.6f\n", (double)(g_get_monotonic_time() - load.start) / G_USEC_PER_SEC);
	if (g_atomic_int_get(&load.failed) > 0) {
		fprintf(stderr, "load: %d of %d sessions got no connection, or no greeting\n", load.failed,
		    sessions);
		return 1;
	}
	return fwrite(load.results->str, 1, load.results->len, stdout) == load.results->len ? 0 : 1;
}
