/* parser.c: the daemon's side: the pool of parser children, and the talk with one of them under a watchdog.
 */
#include "core/parser.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>	/* not GMutex: GLib locks by futex, which the thread sanitizer cannot see */
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "base/world.h"
#include "core/parser_wire.h"
#include "mail/read.h"

#define BIRTH_SECONDS 10
#define TRIES 2

typedef struct {
	int	sock;
	int	pidfd;
	guint	used;
} Child;

struct RnParser {
	pid_t	 zygote;
	int	 control;
	int	 timeout;
	guint	 max;
	pthread_mutex_t birth_lock;	/* one thread at a time talks on control */
	pthread_mutex_t lock;	/* guards what follows */
	pthread_cond_t freed;
	GQueue	*idle;		/* Child */
	guint	 lent;
};

typedef enum { TALK_FACTS, TALK_REFUSED, TALK_DIED } Talk;

/* --- one child --- */

/* Killed in any case: one that was stopped or taken over would not see its dismissal. */
static void
child_free(Child *c)
{
	if (c == NULL)
		return;
	pidfd_send_signal(c->pidfd, SIGKILL, NULL, 0);
	close(c->sock);
	close(c->pidfd);
	g_free(c);
}

/* Waits until SOCK is ready for EVENTS; FALSE after UNTIL (rn_monotonic). */
static gboolean
wait_for(int sock, short events, gint64 until)
{
	struct pollfd pfd = { .fd = sock, .events = events };
	int ready;

	do {
		gint64 left = (until - rn_monotonic() + 999) / 1000;

		if (left <= 0)
			return FALSE;
		ready = poll(&pfd, 1, (int)MIN(left, G_MAXINT));
	} while (ready < 0 && errno == EINTR);
	return ready > 0;
}

static gboolean
give(Child *c, const void *data, gsize len, gint64 until)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = send(c->sock, p, len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n > 0) {
			p += n;
			len -= (gsize)n;
		} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
			return FALSE;
		} else if (!wait_for(c->sock, POLLOUT, until)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean
take(Child *c, void *data, gsize len, gint64 until)
{
	char *p = data;

	while (len > 0) {
		ssize_t n = recv(c->sock, p, len, MSG_DONTWAIT);

		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return FALSE;
		if (n > 0) {
			p += n;
			len -= (gsize)n;
		} else if (!wait_for(c->sock, POLLIN, until)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean
give_request(Child *c, GBytes *raw, const RnEnvelope *env, GBytes *letter, gint64 until)
{
	const void *blobs[RN_BLOB_N] = { 0 };
	gsize sizes[RN_BLOB_N] = { 0 };
	RnParserAsk ask = { .taken = env != NULL ? env->taken : 0 };

	blobs[RN_BLOB_RAW] = g_bytes_get_data(raw, &sizes[RN_BLOB_RAW]);
	if (letter != NULL)
		blobs[RN_BLOB_LETTER] = g_bytes_get_data(letter, &sizes[RN_BLOB_LETTER]);
	if (env != NULL) {
		blobs[RN_BLOB_RCPT] = env->rcpt;
		blobs[RN_BLOB_SENDER] = env->sender;
		blobs[RN_BLOB_QUEUE_ID] = env->queue_id;
		blobs[RN_BLOB_CLIENT] = env->client;
	}
	for (int i = RN_BLOB_RCPT; i < RN_BLOB_N; i++)
		sizes[i] = blobs[i] != NULL ? strlen(blobs[i]) : 0;
	for (int i = 0; i < RN_BLOB_N; i++) {
		gboolean there =
		    blobs[i] != NULL || i == RN_BLOB_RAW || (i == RN_BLOB_LETTER && letter != NULL);

		ask.len[i] = there ? (guint32)sizes[i] : RN_BLOB_NONE;
	}
	if (!give(c, &ask, sizeof(ask), until))
		return FALSE;
	for (int i = 0; i < RN_BLOB_N; i++)
		if (!give(c, blobs[i], sizes[i], until))
			return FALSE;
	return TRUE;
}

/* The facts in BYTES, or NULL: then the child is not to be trusted with anything more. */
static RnFacts *
facts_of(GBytes *bytes)
{
	g_autoptr(GVariant) v =
	    g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(RN_FACTS_TYPE), bytes, FALSE));

	return g_variant_is_normal_form(v) ? rn_facts_from_variant(v, NULL) : NULL;
}

/* One message: what was read into *FACTS, or why it was refused into *WHY. */
static Talk
talk(
    Child *c, GBytes *raw, const RnEnvelope *env, GBytes *letter, gint64 until, RnFacts **facts, GError **why)
{
	RnParserAnswer head;
	g_autoptr(GBytes) bytes = NULL;
	g_autofree char *text = NULL;
	char *buf;

	if (!give_request(c, raw, env, letter, until) || !take(c, &head, sizeof(head), until) ||
	    head.len > RN_ANSWER_MAX)
		return TALK_DIED;
	buf = g_malloc((gsize)head.len + 1);
	bytes = g_bytes_new_take(buf, head.len);
	if (!take(c, buf, head.len, until))
		return TALK_DIED;
	if (head.code == 0) {
		*facts = facts_of(bytes);
		return *facts != NULL ? TALK_FACTS : TALK_DIED;
	}
	text = rn_text_utf8(buf, head.len);
	/* Whatever else went wrong in there, it was this message that did it: it is held like one over a
	 * limit. */
	g_set_error_literal(why, RN_ERROR, head.code == RN_ERR_INPUT + 1 ? RN_ERR_INPUT : RN_ERR_LIMIT, text);
	return TALK_REFUSED;
}

/* --- the pool --- */

static Child *
child_new(RnParser *p, GError **error)
{
	int sock = -1, pidfd = -1;
	gboolean born;
	Child *c;

	pthread_mutex_lock(&p->birth_lock);
	born = rn_parser_birth(p->control, BIRTH_SECONDS, &sock, &pidfd, error);
	pthread_mutex_unlock(&p->birth_lock);
	if (!born)
		return NULL;
	c = g_new0(Child, 1);
	c->sock = sock;
	c->pidfd = pidfd;
	return c;
}

/* TRUE if the child died, or said something unasked, while nobody looked. */
static gboolean
is_gone(const Child *c)
{
	struct pollfd pfd = { .fd = c->sock, .events = POLLIN };

	return poll(&pfd, 1, 0) != 0;
}

/* A child for one message, a new one if FRESH; waits while all are lent. */
static Child *
borrow(RnParser *p, gboolean fresh, GError **error)
{
	Child *c = NULL;

	pthread_mutex_lock(&p->lock);
	while (p->lent >= p->max)
		pthread_cond_wait(&p->freed, &p->lock);
	p->lent++;
	if (fresh && g_queue_get_length(p->idle) + p->lent > p->max)
		child_free(g_queue_pop_tail(p->idle));
	while (!fresh && c == NULL && (c = g_queue_pop_head(p->idle)) != NULL)
		if (is_gone(c))
			g_clear_pointer(&c, child_free);
	pthread_mutex_unlock(&p->lock);
	if (c == NULL)
		c = child_new(p, error);
	if (c == NULL) {
		pthread_mutex_lock(&p->lock);
		p->lent--;
		pthread_cond_signal(&p->freed);
		pthread_mutex_unlock(&p->lock);
	}
	return c;
}

/* Gives C back, or ends it: if it is spent, or not GOOD any more. */
static void
give_back(RnParser *p, Child *c, gboolean good)
{
	if (!good || ++c->used >= RN_CHILD_MESSAGES)
		g_clear_pointer(&c, child_free);
	pthread_mutex_lock(&p->lock);
	if (c != NULL)
		g_queue_push_head(p->idle, c);
	p->lent--;
	pthread_cond_signal(&p->freed);
	pthread_mutex_unlock(&p->lock);
}

RnFacts *
rn_parser_read(RnParser *p, GBytes *raw, const RnEnvelope *env, GBytes *letter, GError **error)
{
	const char *id = env != NULL && env->queue_id != NULL ? env->queue_id : "-";

	if (g_bytes_get_size(raw) >= RN_BLOB_NONE ||
	    (letter != NULL && g_bytes_get_size(letter) >= RN_BLOB_NONE)) {
		g_set_error_literal(error, RN_ERROR, RN_ERR_LIMIT, "the message is too large for its parser");
		return NULL;
	}
	for (int i = 0; i < TRIES; i++) {
		Child *c = borrow(p, i > 0, error);
		RnFacts *facts = NULL;
		Talk end;

		if (c == NULL)
			return NULL;
		end = talk(
		    c, raw, env, letter, rn_monotonic() + (p->timeout + 1) * G_USEC_PER_SEC, &facts, error);
		give_back(p, c, end != TALK_DIED);
		if (end != TALK_DIED)
			return facts;
		rn_log(RN_LOG_WARN, id, "parser-died", "try", i == 0 ? "first" : "second", NULL);
	}
	g_set_error(error, RN_ERROR, RN_ERR_LIMIT,
	    "the message killed its parser twice, or kept it busy for more than %d s", p->timeout);
	return NULL;
}

/* --- the zygote --- */

/* Forks it; the daemon's end of the line to it lands in *CONTROL. */
static gboolean
fork_zygote(int timeout, const RnLimits *limits, pid_t *zygote, int *control)
{
	pid_t parent = getpid(), pid;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return FALSE;
	pid = fork();
	if (pid == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
			_exit(1);
		rn_parser_zygote(pair[1], timeout, limits);
	}
	close(pair[1]);
	if (pid < 0)
		close(pair[0]);
	*zygote = pid;
	*control = pair[0];
	return pid > 0;
}

/* A small mail must come through. Where no child can live, for a sandbox or a limit that is too tight, every
 * mail would seem to have killed its parser. */
static gboolean
self_test(RnParser *p, GError **error)
{
	static const char mail[] = "From: a@example.org\r\nMessage-ID: <1@example.org>\r\n\r\nsi\r\n";
	g_autoptr(GBytes) raw = g_bytes_new_static(mail, sizeof(mail) - 1);
	g_autoptr(GError) why = NULL;
	g_autoptr(RnFacts) facts = rn_parser_read(p, raw, NULL, NULL, &why);

	if (facts != NULL)
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_INTERNAL,
	    "the parser does not work here (%s); look at this service's sandbox and limits", why->message);
	return FALSE;
}

RnParser *
rn_parser_start(int timeout, int max, const RnLimits *limits, GError **error)
{
	g_autoptr(RnParser) p = NULL;
	pid_t zygote;
	int control;

	if (!fork_zygote(timeout, limits, &zygote, &control)) {
		g_set_error(error, RN_ERROR, RN_ERR_BUSY, "cannot start the parser: %s", g_strerror(errno));
		return NULL;
	}
	p = g_new0(RnParser, 1);
	p->zygote = zygote;
	p->control = control;
	p->timeout = timeout;
	p->max = (guint)MAX(max, 1);
	p->idle = g_queue_new();
	pthread_mutex_init(&p->lock, NULL);
	pthread_mutex_init(&p->birth_lock, NULL);
	pthread_cond_init(&p->freed, NULL);
	if (!rn_parser_birth(p->control, BIRTH_SECONDS, NULL, NULL, error)) {
		kill(zygote, SIGKILL);
		return NULL;
	}
	return self_test(p, error) ? g_steal_pointer(&p) : NULL;
}

gboolean
rn_parser_alive(RnParser *p)
{
	struct pollfd pfd = { .fd = p->control, .events = 0 };

	return poll(&pfd, 1, 0) == 0;
}

void
rn_parser_stop(RnParser *p)
{
	if (p == NULL)
		return;
	g_queue_free_full(p->idle, (GDestroyNotify)child_free);
	close(p->control);
	while (waitpid(p->zygote, NULL, 0) < 0 && errno == EINTR)
		;
	pthread_mutex_destroy(&p->lock);
	pthread_mutex_destroy(&p->birth_lock);
	pthread_cond_destroy(&p->freed);
	g_free(p);
}
