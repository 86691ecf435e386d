#include "prog/milter_hand.h"

#include <string.h>

#include "prog/lmtp_client.h"

static gint under_way;	/* atomic */

/* NAME as one word of a Received field: a client chooses what it calls itself. */
static char *
word(const char *name)
{
	char *copy = g_strdup(name != NULL && *name != '\0' ? name : "unknown");

	for (char *p = copy; *p != '\0'; p++)
		if (!g_ascii_isalnum(*p) && strchr(".-_:[]", *p) == NULL)
			*p = '-';
	return copy;
}

/* RFC 5321 4.4. */
static void
append_received(GString *to, const RnSession *s, const char *by)
{
	g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(s->taken);
	g_autofree char *date = g_date_time_format(at, "%a, %d %b %Y %H:%M:%S +0000");
	g_autofree char *helo = word(s->helo), *host = word(by), *id = word(s->queue_id);

	g_string_append_printf(to, "Received: from %s (%s%s%s)\r\n\tby %s with %s id %s;\r\n\t%s\r\n", helo,
	    s->client != NULL ? "[" : "", s->client != NULL ? s->client : "unknown",
	    s->client != NULL ? "]" : "", host, s->tls != NULL ? "ESMTPS" : "ESMTP", id, date);
}

/* VALUE is folded with LF. */
static void
append_record(GString *to, const char *value)
{
	g_auto(GStrv) lines = g_strsplit(value, "\n", -1);
	g_autofree char *folded = g_strjoinv("\r\n", lines);

	g_string_append_printf(to, "%s: %s\r\n", RN_SESSION_FIELD, folded);
}

GBytes *
rn_milter_hand_message(const RnMilterMail *m, const RnSession *s, const char *record, const char *by)
{
	GString *raw = g_string_sized_new(m->head->len + m->body->len + 1024);

	append_received(raw, s, by);
	append_record(raw, record);
	g_string_append_len(raw, m->head->str, (gssize)m->head->len);
	g_string_append(raw, "\r\n");
	g_string_append_len(raw, (const char *)m->body->data, (gssize)m->body->len);
	return g_string_free_to_bytes(raw);
}

/* What lmtpd could not read it would keep as it is, Received fields and all, and would not know again when it
 * comes by the queue. */
static gboolean
readable(const RnMilterMail *m, GBytes *raw)
{
	RnLimits limits = { .max_bytes = rn_site_message_limit(&m->conf->settings->site) };
	g_autoptr(RnHead) head = rn_head_scan(raw, &limits, NULL);

	return head != NULL;
}

static gboolean
send_it(
    const RnMilterMail *m, const RnSession *s, const char *sender, GBytes *raw, gboolean *taken, char **why)
{
	const RnSite *site = &m->conf->settings->site;
	g_autoptr(GPtrArray) rcpts = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *from = rn_milter_bare(sender);
	RnEnvelope env = { .sender = from, .queue_id = s->queue_id, .client = s->client };
	g_autoptr(GError) error = NULL;
	gboolean any;

	for (guint i = 0; i < m->ours->len; i++)
		g_ptr_array_add(rcpts, rn_milter_bare(g_ptr_array_index(m->ours, i)));
	any = rn_lmtp_send_within(site->lmtp_socket, raw, &env, (char *const *)rcpts->pdata, rcpts->len,
	    site->handover_ms, taken, &error);
	if (error != NULL)
		*why = g_strdup(error->message);
	return any;
}

gboolean
rn_milter_hand_over(
    const RnMilterMail *m, const RnSession *s, const char *sender, GBytes *raw, gboolean *taken, char **why)
{
	gboolean any = FALSE;

	memset(taken, 0, m->ours->len * sizeof(*taken));
	if (!readable(m, raw)) {
		*why = g_strdup("its header cannot be read");
		return FALSE;
	}
	if (g_atomic_int_add(&under_way, 1) < m->conf->settings->site.handover_slots)
		any = send_it(m, s, sender, raw, taken, why);
	else
		*why = g_strdup("handover-slots are all in use");
	g_atomic_int_add(&under_way, -1);
	return any;
}
