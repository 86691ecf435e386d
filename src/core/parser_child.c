/* parser_child.c: a parser child: no store, no keys, no network, little time and little memory (law 7). */
#include "core/parser_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "mail/read.h"

#define CHILD_FD 3
#define CHILD_MEMORY \
	((rlim_t)1024 << 20) /* and what a message at the limit needs, in several forms at once */
#define CHILD_STACK (8u << 20)
#define CHILD_FILES 16

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static void
limit(__rlimit_resource_t what, rlim_t value)
{
	struct rlimit r = { value, value };
	struct rlimit now;

	if (getrlimit(what, &now) == 0 && now.rlim_max < value)
		r.rlim_cur = r.rlim_max = now.rlim_max;
	if (setrlimit(what, &r) != 0)
		_exit(1);
}

static void
set_limits(int timeout, const RnLimits *limits)
{
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NOFILE, CHILD_FILES);
	limit(RLIMIT_STACK, CHILD_STACK);
	limit(RLIMIT_CPU,
	    (rlim_t)timeout * RN_CHILD_MESSAGES); /* counts the life of the process, not one message */
	/* The sanitizers map terabytes of shadow: under this limit no such child could live. */
	if (!SANITIZED)
		limit(RLIMIT_AS, CHILD_MEMORY + 8 * (rlim_t)limits->max_bytes);
}

/* From here on the process can only read what it is sent and answer. A system call filter has its place at
 * the end. */
static void
harden(int sock, int timeout, const RnLimits *limits)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };

	sigaction(SIGALRM, &sa, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		_exit(1);
	if (sock != CHILD_FD && dup2(sock, CHILD_FD) < 0)
		_exit(1);
	if (close_range(CHILD_FD + 1, ~0U, 0) != 0 || (!SANITIZED && dup2(STDIN_FILENO, STDERR_FILENO) < 0))
		_exit(1);
	set_limits(timeout, limits);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
		_exit(1);
}

static void
arm(int seconds)
{
	struct itimerval t = { .it_value = { .tv_sec = seconds } };

	if (setitimer(ITIMER_REAL, &t, NULL) != 0)
		_exit(1);
}

/* Fills BUF; ends the process at EOF, which is how the daemon dismisses a child. */
static void
take(void *buf, gsize len)
{
	for (gsize done = 0; done < len;) {
		ssize_t n = read(CHILD_FD, (char *)buf + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(0);
		done += (gsize)n;
	}
}

static void
give(const void *buf, gsize len)
{
	for (gsize done = 0; done < len;) {
		ssize_t n = send(CHILD_FD, (const char *)buf + done, len - done, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(0);
		done += (gsize)n;
	}
}

static GBytes *
take_bytes(guint32 len)
{
	char *buf;

	if (len == RN_BLOB_NONE)
		return NULL;
	buf = g_malloc((gsize)len + 1);
	take(buf, len);
	return g_bytes_new_take(buf, len);
}

static char *
take_text(guint32 len)
{
	char *text;

	if (len == RN_BLOB_NONE)
		return NULL;
	text = g_malloc0((gsize)len + 1);
	take(text, len);
	return text;
}

static void
answer(guint32 code, const void *data, gsize len)
{
	RnParserAnswer head = { .code = code, .len = (guint32)len };

	give(&head, sizeof(head));
	give(data, len);
}

static void
answer_error(const GError *error)
{
	guint32 code = error->domain == RN_ERROR ? (guint32)error->code : RN_ERR_INPUT;
	g_autofree char *text = g_strndup(error->message, 1000);

	answer(code + 1, text, strlen(text));
}

static void
answer_facts(const RnFacts *facts)
{
	g_autoptr(GVariant) v = g_variant_take_ref(rn_facts_to_variant(facts));
	static const char too_long[] = "what was read of the message is too long";

	if (g_variant_get_size(v) > RN_ANSWER_MAX)
		answer(RN_ERR_LIMIT + 1, too_long, strlen(too_long));
	else
		answer(0, g_variant_get_data(v), g_variant_get_size(v));
}

static void
answer_part(const RnParserAsk *ask, GBytes *raw)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) data = rn_read_part(raw, ask->part, ask->max, &error);

	if (data != NULL)
		answer(0, g_bytes_get_data(data, NULL), g_bytes_get_size(data));
	else
		answer_error(error);
}

static void
one_message(const RnParserAsk *ask, const RnLimits *limits)
{
	g_autoptr(GBytes) raw = take_bytes(ask->len[RN_BLOB_RAW]);
	g_autoptr(GBytes) letter = take_bytes(ask->len[RN_BLOB_LETTER]);
	g_autofree char *rcpt = take_text(ask->len[RN_BLOB_RCPT]);
	g_autofree char *sender = take_text(ask->len[RN_BLOB_SENDER]);
	g_autofree char *queue_id = take_text(ask->len[RN_BLOB_QUEUE_ID]);
	g_autofree char *client = take_text(ask->len[RN_BLOB_CLIENT]);
	RnEnvelope env = {
		.rcpt = rcpt, .sender = sender, .queue_id = queue_id, .client = client,
		.taken = ask->taken
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(RnFacts) facts = NULL;

	if (ask->part != RN_PART_NONE) {
		answer_part(ask, raw);
		return;
	}
	facts = rn_facts_parse(raw, &env, letter, limits, &error);
	if (facts != NULL)
		answer_facts(facts);
	else
		answer_error(error);
}

void
rn_parser_child(int sock, int timeout, const RnLimits *limits)
{
	RnParserAsk ask;

	harden(sock, timeout, limits);
	for (;;) {
		take(&ask, sizeof(ask));
		arm(timeout);
		one_message(&ask, limits);
		arm(0);
	}
}
