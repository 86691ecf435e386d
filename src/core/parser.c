/* parser.c: the daemon's side: the pool of parser children.
 */
#include "core/parser.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>	/* not GMutex: GLib locks by futex, which the thread sanitizer cannot see */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/world.h"
#include "core/parser_talk.h"
#include "core/parser_wire.h"

#define BIRTH_SECONDS 10
#define TRIES 2

typedef RnParserLine Child;

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
		rn_parser_hang_up(g_queue_pop_tail(p->idle));
	while (!fresh && c == NULL && (c = g_queue_pop_head(p->idle)) != NULL)
		if (is_gone(c))
			g_clear_pointer(&c, rn_parser_hang_up);
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
		g_clear_pointer(&c, rn_parser_hang_up);
	pthread_mutex_lock(&p->lock);
	if (c != NULL)
		g_queue_push_head(p->idle, c);
	p->lent--;
	pthread_cond_signal(&p->freed);
	pthread_mutex_unlock(&p->lock);
}

/* Talks with a child about ASK; one that dies of it is replaced, once. NULL with RN_ERR_LIMIT after the
 * second death. */
static GBytes *
read_with(RnParser *p, const RnParserQuestion *q, GError **error)
{
	const char *id = q->env != NULL && q->env->queue_id != NULL ? q->env->queue_id : "-";

	if (g_bytes_get_size(q->raw) >= RN_BLOB_NONE ||
	    (q->letter != NULL && g_bytes_get_size(q->letter) >= RN_BLOB_NONE)) {
		g_set_error_literal(error, RN_ERROR, RN_ERR_LIMIT, "the message is too large for its parser");
		return NULL;
	}
	for (int i = 0; i < TRIES; i++) {
		Child *c = borrow(p, i > 0, error);
		GBytes *answer = NULL;
		RnTalk end;

		if (c == NULL)
			return NULL;
		end =
		    rn_parser_talk(c, q, rn_monotonic() + (p->timeout + 1) * G_USEC_PER_SEC, &answer, error);
		give_back(p, c, end != RN_TALK_DIED);
		if (end != RN_TALK_DIED)
			return answer;
		rn_log(RN_LOG_WARN, id, "parser-died", "try", i == 0 ? "first" : "second", NULL);
	}
	g_set_error(error, RN_ERROR, RN_ERR_LIMIT,
	    "the message killed its parser twice, or kept it busy for more than %d s", p->timeout);
	return NULL;
}

RnFacts *
rn_parser_read(RnParser *p, GBytes *raw, const RnEnvelope *env, GBytes *letter, GError **error)
{
	RnFacts *facts = NULL;
	RnParserQuestion q = {
		.raw = raw, .env = env, .letter = letter, .part = RN_PART_NONE, .max = RN_ANSWER_MAX, .facts = &facts,
	};
	g_autoptr(GBytes) answer = read_with(p, &q, error);

	return answer != NULL ? facts : NULL;
}

GBytes *
rn_parser_part(RnParser *p, GBytes *raw, guint index, gsize max, GError **error)
{
	RnParserQuestion q = { .raw = raw, .part = index, .max = (guint32)MIN(max, RN_PART_MAX) };

	return read_with(p, &q, error);
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
	g_queue_free_full(p->idle, (GDestroyNotify)rn_parser_hang_up);
	close(p->control);
	while (waitpid(p->zygote, NULL, 0) < 0 && errno == EINTR)
		;
	pthread_mutex_destroy(&p->lock);
	pthread_mutex_destroy(&p->birth_lock);
	pthread_cond_destroy(&p->freed);
	g_free(p);
}
