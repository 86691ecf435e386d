/* parser_talk.c: the daemon's talk with one parser child, under a watchdog. */
#include "core/parser_talk.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "base/world.h"
#include "core/parser_wire.h"
#include "mail/forward.h"
#include "mail/read.h"
#include "mail/registered.h"

void
rn_parser_hang_up(RnParserLine *c)
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
give(RnParserLine *c, const void *data, gsize len, gint64 until)
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
take(RnParserLine *c, void *data, gsize len, gint64 until)
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
give_request(RnParserLine *c, const RnParserQuestion *q, gint64 until)
{
	const void *blobs[RN_BLOB_N] = { 0 };
	gsize sizes[RN_BLOB_N] = { 0 };
	const RnEnvelope *env = q->env;
	RnParserAsk ask = { .taken = q->registered != NULL ? q->at :
		    env != NULL                            ? env->taken :
		                                             0,
		.look = q->look,
		.part = q->part,
		.max = q->max };

	blobs[RN_BLOB_RAW] = g_bytes_get_data(q->raw, &sizes[RN_BLOB_RAW]);
	if (q->letter != NULL)
		blobs[RN_BLOB_LETTER] = g_bytes_get_data(q->letter, &sizes[RN_BLOB_LETTER]);
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
		    blobs[i] != NULL || i == RN_BLOB_RAW || (i == RN_BLOB_LETTER && q->letter != NULL);

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

static RnRegistered *
registered_of(GBytes *bytes)
{
	g_autoptr(GVariant) v =
	    g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(RN_REGISTERED_TYPE), bytes, FALSE));

	return g_variant_is_normal_form(v) ? rn_registered_from_variant(v, NULL) : NULL;
}

static GPtrArray *
shown_of(GBytes *bytes)
{
	g_autoptr(GVariant) v =
	    g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(RN_SHOWN_TYPE), bytes, FALSE));

	return g_variant_is_normal_form(v) ? rn_shown_from_variant(v) : NULL;
}

static RnErrorCode
code_of(guint32 code)
{
	/* Whatever else went wrong in there, it was this message that did it: it is held like one over a
	 * limit. */
	return code == RN_ERR_INPUT + 1 ? RN_ERR_INPUT :
	    code == RN_ERR_NOT_FOUND + 1 ? RN_ERR_NOT_FOUND :
	                                   RN_ERR_LIMIT;
}

RnTalk
rn_parser_talk(RnParserLine *c, const RnParserQuestion *q, gint64 until, GBytes **answer, GError **why)
{
	RnParserAnswer head;
	g_autoptr(GBytes) bytes = NULL;
	g_autofree char *text = NULL;
	char *buf;

	if (!give_request(c, q, until) || !take(c, &head, sizeof(head), until) ||
	    head.len > MAX(q->max, RN_ANSWER_MAX))
		return RN_TALK_DIED;
	buf = g_malloc((gsize)head.len + 1);
	bytes = g_bytes_new_take(buf, head.len);
	if (!take(c, buf, head.len, until))
		return RN_TALK_DIED;
	if (head.odd != 0)
		c->used = RN_CHILD_MESSAGES;
	if (head.code != 0) {
		text = rn_text_utf8(buf, head.len);
		g_set_error_literal(why, RN_ERROR, code_of(head.code), text);
		return RN_TALK_REFUSED;
	}
	if (head.len > q->max || (q->facts != NULL && (*q->facts = facts_of(bytes)) == NULL) ||
	    (q->registered != NULL && (*q->registered = registered_of(bytes)) == NULL) ||
	    (q->shown != NULL && (*q->shown = shown_of(bytes)) == NULL))
		return RN_TALK_DIED;
	*answer = g_steal_pointer(&bytes);
	return RN_TALK_DONE;
}
