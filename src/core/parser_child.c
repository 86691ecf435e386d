/* parser_child.c: a parser child: no store, no keys, no network, little time and little memory (law 7). */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/parser_filter.h"
#include "core/parser_wire.h"
#include "mail/charset.h"
#include "mail/forward.h"
#include "mail/read.h"
#include "mail/registered.h"

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
		ssize_t n = read(RN_CHILD_FD, (char *)buf + done, len - done);

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
		ssize_t n = send(RN_CHILD_FD, (const char *)buf + done, len - done, MSG_NOSIGNAL);

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

/* Did a library complain of the message in hand? */
static gboolean complained;

/* What GLib and GMime have to say is about this message, and nobody reads it here. A message that brought
 * them to say it may have left something behind. */
static void
hear_complaint(const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
	complained = TRUE;
	if (RN_SANITIZED)
		g_log_default_handler(domain, level, message, data);
}

static void
answer(guint32 code, const void *data, gsize len)
{
	RnParserAnswer head = { .code = code, .len = (guint32)len, .odd = complained };

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
answer_variant(GVariant *v)
{
	static const char too_long[] = "what was read of the message is too long";

	if (g_variant_get_size(v) > RN_ANSWER_MAX)
		answer(RN_ERR_LIMIT + 1, too_long, strlen(too_long));
	else
		answer(0, g_variant_get_data(v), g_variant_get_size(v));
}

static void
answer_facts(const RnFacts *facts)
{
	g_autoptr(GVariant) v = g_variant_take_ref(rn_facts_to_variant(facts));

	answer_variant(v);
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
answer_registered(const RnParserAsk *ask, GBytes *raw, const RnParserHow *how)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnHead) head = rn_head_scan(raw, &how->limits, &error);
	g_autoptr(RnSealed) sealed = head != NULL ? rn_sealed_read(raw, head) : NULL;
	g_autoptr(RnRegistered) reg = NULL;
	g_autoptr(GVariant) v = NULL;

	if (sealed == NULL) {
		answer_error(error);
		return;
	}
	reg = rn_registered_read(sealed, how->trusts, ask->taken, ask->look == RN_LOOK_BLIND);
	v = rn_registered_to_variant(reg);
	answer_variant(v);
}

static void
answer_shown(GBytes *raw)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list = rn_forward_read(raw, &error);
	g_autoptr(GVariant) v = NULL;

	if (list == NULL) {
		answer_error(error);
		return;
	}
	v = rn_shown_to_variant(list);
	answer_variant(v);
}

static void
answer_charsets(void)
{
	g_autofree char *names = rn_charset_missing();

	answer(0, names, strlen(names));
}

static void
one_message(const RnParserAsk *ask, const RnParserHow *how)
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

	if (ask->look == RN_LOOK_CHARSETS) {
		answer_charsets();
		return;
	}
	if (ask->look == RN_LOOK_SHOWN) {
		answer_shown(raw);
		return;
	}
	if (ask->look != RN_LOOK_FACTS) {
		answer_registered(ask, raw, how);
		return;
	}
	if (ask->part != RN_PART_NONE) {
		answer_part(ask, raw);
		return;
	}
	facts = rn_facts_parse(raw, &env, letter, &how->limits, &error);
	if (facts != NULL)
		answer_facts(facts);
	else
		answer_error(error);
}

void
rn_parser_child(int sock, const RnParserHow *how)
{
	RnParserAsk ask;

	g_log_set_default_handler(hear_complaint, NULL);
	rn_parser_harden(sock, how);
	for (;;) {
		take(&ask, sizeof(ask));
		arm(how->timeout);
		one_message(&ask, how);
		arm(0);
	}
}
