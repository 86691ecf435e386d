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
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/world.h"
#include "core/parser_filter.h"
#include "core/parser_talk.h"
#include "core/parser_wire.h"

#define BIRTH_SECONDS 10
#define TRIES 2
#define SLOW_MS 200	/* a child that has had one message for so long no longer counts against the number */
#define SLOW_PLACES 8	/* of such children */
#define LOOK_MS 50	/* how often those who wait look for one */

typedef RnParserLine Child;

struct RnParser {
	pid_t	 zygote;
	int	 control;
	RnParserHow how;
	guint	 max;
	pthread_mutex_t birth_lock;	/* one thread at a time talks on control */
	pthread_mutex_t lock;	/* guards what follows */
	pthread_cond_t freed;
	GQueue	*idle;		/* Child */
	GQueue	 loans;		/* Loan, the oldest first */
	guint	 born;		/* guarded by birth_lock */
};

/* One message's use of a child. */
typedef struct {
	Child	*child;
	gint64	 since;		/* rn_monotonic */
} Loan;

/* --- the pool --- */

static Child *
child_new(RnParser *p, GError **error)
{
	int sock = -1, pidfd = -1;
	gboolean born;
	Child *c;

	pthread_mutex_lock(&p->birth_lock);
	born = rn_parser_birth(p->control, BIRTH_SECONDS, &sock, &pidfd, error);
	p->born += born ? 1 : 0;
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

/* May one more child be lent? Those that have had their message for long do not count: whoever sends mail
 * that stalls its parser must not make others wait. */
static gboolean
has_place(const RnParser *p)
{
	gint64 slow = rn_monotonic() - SLOW_MS * G_TIME_SPAN_MILLISECOND;
	guint quick = 0;

	for (const GList *l = p->loans.tail; l != NULL && ((const Loan *)l->data)->since > slow; l = l->prev)
		quick++;
	return quick < p->max && p->loans.length < p->max + SLOW_PLACES;
}

static void
wait_for_place(RnParser *p)
{
	struct timespec until;

	while (!has_place(p)) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += LOOK_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&p->freed, &p->lock, &until);
	}
}

static void
end_loan(RnParser *p, Loan *loan)
{
	g_queue_remove(&p->loans, loan);
	pthread_cond_signal(&p->freed);
}

/* Lends a child for one message to LOAN, a new one if FRESH; waits while all are lent. */
static gboolean
borrow(RnParser *p, gboolean fresh, Loan *loan, GError **error)
{
	Child *c = NULL;

	pthread_mutex_lock(&p->lock);
	wait_for_place(p);
	loan->since = rn_monotonic();
	g_queue_push_tail(&p->loans, loan);
	if (fresh && g_queue_get_length(p->idle) + p->loans.length > p->max)
		rn_parser_hang_up(g_queue_pop_tail(p->idle));
	while (!fresh && c == NULL && (c = g_queue_pop_head(p->idle)) != NULL)
		if (is_gone(c))
			g_clear_pointer(&c, rn_parser_hang_up);
	pthread_mutex_unlock(&p->lock);
	loan->child = c != NULL ? c : child_new(p, error);
	if (loan->child != NULL)
		return TRUE;
	pthread_mutex_lock(&p->lock);
	end_loan(p, loan);
	pthread_mutex_unlock(&p->lock);
	return FALSE;
}

/* Ends LOAN. Its child is ended, too, if it is spent, not GOOD any more, or one more than is wanted. */
static void
give_back(RnParser *p, Loan *loan, gboolean good)
{
	Child *c = loan->child;

	if (!good || ++c->used >= RN_CHILD_MESSAGES)
		g_clear_pointer(&c, rn_parser_hang_up);
	pthread_mutex_lock(&p->lock);
	end_loan(p, loan);
	if (c != NULL && g_queue_get_length(p->idle) < p->max)
		g_queue_push_head(p->idle, g_steal_pointer(&c));
	pthread_mutex_unlock(&p->lock);
	rn_parser_hang_up(c);
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
		GBytes *answer = NULL;
		Loan loan;
		RnTalk end;

		if (!borrow(p, q->fresh || i > 0, &loan, error))
			return NULL;
		end = rn_parser_talk(
		    loan.child, q, rn_monotonic() + (p->how.timeout + 1) * G_USEC_PER_SEC, &answer, error);
		give_back(p, &loan, end != RN_TALK_DIED);
		if (end != RN_TALK_DIED)
			return answer;
		rn_log(RN_LOG_WARN, id, "parser-died", "try", i == 0 ? "first" : "second", NULL);
	}
	g_set_error(error, RN_ERROR, RN_ERR_LIMIT,
	    "the message killed its parser twice, or kept it busy for more than %d s", p->how.timeout);
	return NULL;
}

RnFacts *
rn_parser_read(
    RnParser *p, GBytes *raw, const RnEnvelope *env, GBytes *letter, gboolean fresh, GError **error)
{
	RnFacts *facts = NULL;
	RnParserQuestion q = {
		.raw = raw, .env = env, .letter = letter, .part = RN_PART_NONE, .max = RN_ANSWER_MAX, .facts = &facts,
		.fresh = fresh,
	};
	g_autoptr(GBytes) answer = read_with(p, &q, error);

	return answer != NULL ? facts : NULL;
}

/* What the first answer says of the signature stands; the second only tells a person what the message claims.
 */
static void
look_blindly(RnParser *p, GBytes *raw, gint64 at, RnRegistered **reg)
{
	RnRegistered *claimed = NULL;
	RnParserQuestion q = {
		.raw = raw, .look = RN_LOOK_BLIND, .part = RN_PART_NONE, .at = at, .max = RN_ANSWER_MAX,
		.registered = &claimed,
	};
	g_autoptr(GBytes) answer = read_with(p, &q, NULL);
	RnRegistered *sure = *reg;

	if (answer == NULL || claimed == NULL)
		return;
	claimed->signature = sure->signature;
	claimed->fault = sure->fault;
	claimed->weak = sure->weak;
	g_free(claimed->detail);
	claimed->detail = g_strdup(sure->detail);
	rn_registered_free(sure);
	*reg = claimed;
}

RnRegistered *
rn_parser_seal(RnParser *p, GBytes *raw, gint64 at, GError **error)
{
	RnRegistered *reg = NULL;
	RnParserQuestion q = {
		.raw = raw, .look = RN_LOOK_SEAL, .part = RN_PART_NONE, .at = at, .max = RN_ANSWER_MAX,
		.registered = &reg, .fresh = TRUE,
	};
	g_autoptr(GBytes) answer = read_with(p, &q, error);

	if (answer == NULL || reg == NULL)
		return NULL;
	if (reg->kind != RN_REG_SMIME && reg->fault != RN_FAULT_NONE)
		look_blindly(p, raw, at, &reg);
	return reg;
}

GPtrArray *
rn_parser_shown(RnParser *p, GBytes *raw, GError **error)
{
	GPtrArray *shown = NULL;
	RnParserQuestion q = {
		.raw = raw, .look = RN_LOOK_SHOWN, .part = RN_PART_NONE, .max = RN_ANSWER_MAX, .shown = &shown,
		.fresh = TRUE,
	};
	g_autoptr(GBytes) answer = read_with(p, &q, error);

	return answer != NULL ? shown : NULL;
}

guint
rn_parser_born(RnParser *p)
{
	guint born;

	pthread_mutex_lock(&p->birth_lock);
	born = p->born;
	pthread_mutex_unlock(&p->birth_lock);
	return born;
}

GBytes *
rn_parser_part(RnParser *p, GBytes *raw, guint index, gsize max, GError **error)
{
	RnParserQuestion q = { .raw = raw, .part = index, .max = (guint32)MIN(max, RN_PART_MAX) };

	return read_with(p, &q, error);
}

/* --- the zygote --- */

/* Forks it; the daemon's end of the line to it lands in P. */
static gboolean
fork_zygote(RnParser *p)
{
	pid_t parent = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return FALSE;
	p->zygote = fork();
	if (p->zygote == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
			_exit(1);
		rn_parser_zygote(pair[1], &p->how);
	}
	close(pair[1]);
	if (p->zygote < 0)
		close(pair[0]);
	else
		p->control = pair[0];
	return p->zygote > 0;
}

/* Which charsets are not at hand where messages are read: inside of a child, that can open no file. */
static gboolean
test_charsets(RnParser *p, GBytes *raw, GError **error)
{
	RnParserQuestion q = {
		.raw = raw, .look = RN_LOOK_CHARSETS, .part = RN_PART_NONE, .max = RN_ANSWER_MAX,
	};
	g_autoptr(GBytes) answer = read_with(p, &q, error);
	g_autofree char *names = NULL;
	gsize len;
	const char *data;

	if (answer == NULL)
		return FALSE;
	data = g_bytes_get_data(answer, &len);
	names = g_strndup(data != NULL ? data : "", len);
	if (*names != '\0')
		rn_log(RN_LOG_WARN, "-", "charsets-missing", "names", names, "do",
		    "install the C library's other converters (Debian: libc-gconv-modules-extra); "
		    "until then nothing is taken for an answer in them",
		    NULL);
	return TRUE;
}

/* A small mail must come through. Where no child can live, for a sandbox or a limit that is too tight, every
 * mail would seem to have killed its parser. */
static gboolean
self_test(RnParser *p, GError **error)
{
	static const char mail[] = "From: a@example.org\r\nMessage-ID: <1@example.org>\r\n\r\nsi\r\n";
	g_autoptr(GBytes) raw = g_bytes_new_static(mail, sizeof(mail) - 1);
	g_autoptr(GError) why = NULL;
	g_autoptr(RnFacts) facts = rn_parser_read(p, raw, NULL, NULL, FALSE, &why);

	if (facts != NULL && test_charsets(p, raw, &why))
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_INTERNAL,
	    "the parser does not work here (%s); look at this service's sandbox and limits", why->message);
	return FALSE;
}

static RnParser *
parser_new(const RnParserHow *how)
{
	static const RnTrusts nobody;
	RnParser *p = g_new0(RnParser, 1);
	pthread_condattr_t attr;

	p->how = *how;
	if (p->how.trusts == NULL)
		p->how.trusts = &nobody;
	p->control = -1;
	p->max = (guint)MAX(how->max, 1);
	p->idle = g_queue_new();
	pthread_mutex_init(&p->lock, NULL);
	pthread_mutex_init(&p->birth_lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->freed, &attr);
	pthread_condattr_destroy(&attr);
	return p;
}

RnParser *
rn_parser_start(const RnParserHow *how, GError **error)
{
	g_autoptr(RnParser) p = NULL;

	if (!RN_SANITIZED && !how->unfiltered && !rn_filter_possible(error))
		return NULL;
	p = parser_new(how);
	if (!fork_zygote(p)) {
		g_set_error(error, RN_ERROR, RN_ERR_BUSY, "cannot start the parser: %s", g_strerror(errno));
		return NULL;
	}
	if (!rn_parser_birth(p->control, BIRTH_SECONDS, NULL, NULL, error)) {
		kill(p->zygote, SIGKILL);
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
	if (p->control >= 0)
		close(p->control);
	while (p->zygote > 0 && waitpid(p->zygote, NULL, 0) < 0 && errno == EINTR)
		;
	pthread_cond_destroy(&p->freed);
	pthread_mutex_destroy(&p->lock);
	pthread_mutex_destroy(&p->birth_lock);
	g_free(p);
}
