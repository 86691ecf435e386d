#include "core/stamps.h"

#include <string.h>

#include "base/log.h"
#include "net/authority.h"

#define TITLE "rinnova-ledger-heads/1\n"
#define ASK_SECONDS 15
#define FIRST_WAIT 300
#define MOST_WAIT (4 * 3600)
#define MINUTE 60

char *
rn_stamps_record(RnDay day, const GPtrArray *heads)
{
	g_autofree char *iso = rn_day_iso(day);
	GString *text = g_string_new(TITLE);

	g_string_append_printf(text, "%s\n", iso);
	for (guint i = 0; i < heads->len; i++) {
		const RnLedgerHead *h = g_ptr_array_index(heads, i);

		g_string_append_printf(
		    text, "%" G_GINT64_FORMAT " %s %s\n", h->seq, h->digest, h->convention);
	}
	return g_string_free(text, FALSE);
}

static gboolean
read_line(const char *line, const char *where, GPtrArray *list, GError **error)
{
	g_auto(GStrv) part = g_strsplit(line, " ", 3);
	g_autofree char *text =
	    g_strv_length(part) == 3 ? g_strdup_printf("%s:%s:%s", part[2], part[0], part[1]) : NULL;
	g_autoptr(GError) why = NULL;

	if (text != NULL && rn_noted_head_read(list, text, where, &why))
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_INPUT, "%s: \"%s\" is no line of a record of heads", where, line);
	return FALSE;
}

gboolean
rn_stamps_read(const char *record, gsize len, const char *where, GPtrArray *list, GError **error)
{
	g_autofree char *text = g_strndup(record, len);
	g_auto(GStrv) lines = NULL;
	guint n;
	RnDay day;

	if (strlen(text) != len || !g_utf8_validate(text, -1, NULL) || !g_str_has_prefix(text, TITLE) ||
	    text[len - 1] != '\n') {
		g_set_error(error, RN_ERROR, RN_ERR_INPUT, "%s: this is no record of heads", where);
		return FALSE;
	}
	lines = g_strsplit(text, "\n", -1);
	n = g_strv_length(lines);
	if (n < 3 || !rn_day_parse(lines[1], &day)) {
		g_set_error(error, RN_ERROR, RN_ERR_INPUT, "%s: it names no day", where);
		return FALSE;
	}
	for (guint i = 2; i + 1 < n; i++)
		if (!read_line(lines[i], where, list, error))
			return FALSE;
	return TRUE;
}

/* A copy of the heads outside of the store: whoever keeps the log can compare. */
static void
log_heads(const GPtrArray *heads)
{
	for (guint i = 0; i < heads->len; i++) {
		const RnLedgerHead *h = g_ptr_array_index(heads, i);
		g_autofree char *text =
		    g_strdup_printf("%s:%" G_GINT64_FORMAT ":%s", h->convention, h->seq, h->digest);

		rn_log(RN_LOG_INFO, "-", "ledger-head", "head", text, NULL);
	}
}

/* Where nothing was written since the newest record, it stands for today as well. */
static gboolean
note_heads(RnEngine *e, RnDay today, gint64 now, GError **error)
{
	g_autoptr(RnTx) tx = NULL;
	g_autoptr(RnDayHead) newest = NULL;
	g_autoptr(GPtrArray) heads = NULL;
	RnDayHead h = { .day = today, .at = now, .due = now };
	gboolean fresh;

	if ((tx = rn_tx_begin(e->store, error)) == NULL || !rn_store_day_head_newest(tx, &newest, error) ||
	    !rn_store_ledger_heads(tx, &heads, error))
		return FALSE;
	if (heads->len == 0)
		return TRUE;
	h.record = rn_stamps_record(newest != NULL ? newest->day : today, heads);
	if (newest != NULL && strcmp(h.record, newest->record) == 0) {
		g_free(h.record);
		return TRUE;
	}
	g_free(h.record);
	h.record = rn_stamps_record(today, heads);
	if (!rn_store_day_head_add(tx, &h, &fresh, error) || !rn_tx_commit(&tx, error)) {
		g_free(h.record);
		return FALSE;
	}
	g_free(h.record);
	if (fresh)
		log_heads(heads);
	return TRUE;
}

/* Asks the authority. NULL with an error that says what was wrong with it, or with its answer. */
static GBytes *
ask(const RnSite *site, const char *record, RnStamp *stamp, GError **error)
{
	g_autoptr(RnTrust) trust = rn_trust_load(site->timestamp_anchors, NULL, FALSE, error);
	g_autoptr(GBytes) data = g_bytes_new(record, strlen(record));
	g_autoptr(GBytes) query = trust != NULL ? rn_stamp_request(data, error) : NULL;
	g_autoptr(GBytes) answer = NULL;

	if (query == NULL || !rn_authority_ask(site->timestamp_url, query, ASK_SECONDS, &answer, error) ||
	    !rn_stamp_check(answer, data, query, trust, stamp, error))
		return NULL;
	return g_steal_pointer(&answer);
}

static gboolean
keep(RnEngine *e, const RnDayHead *h, GBytes *answer, const RnStamp *stamp, const char *why, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);

	return tx != NULL &&
	    (answer != NULL ?
	            rn_store_day_head_stamped(tx, h->id, stamp->time, stamp->authority, answer, error) :
	            rn_store_day_head_failed(tx, h->id, why, error)) &&
	    rn_tx_commit(&tx, error);
}

static gboolean
claim(RnEngine *e, const RnDayHead *h, gint64 due, gboolean *won, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);

	return tx != NULL && rn_store_day_head_claim(tx, h, due, won, error) && rn_tx_commit(&tx, error);
}

/* The newest record vouches for all before it: only that one is stamped. No transaction is open while the
 * authority is asked. */
static gboolean
stamp_newest(RnEngine *e, gint64 now, gint64 *next, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);
	g_autoptr(RnDayHead) h = NULL;
	g_autoptr(GBytes) answer = NULL;
	g_autoptr(GError) why = NULL;
	g_auto(RnStamp) stamp = { 0 };
	g_autofree char *day = NULL;
	gint64 due;
	gboolean won;

	if (tx == NULL || !rn_store_day_head_newest(tx, &h, error))
		return FALSE;
	g_clear_pointer(&tx, rn_tx_rollback);
	if (h == NULL || h->stamped != 0)
		return TRUE;
	if (h->due > now) {
		*next = MIN(*next, h->due);
		return TRUE;
	}
	due = now + MIN((gint64)FIRST_WAIT << MIN(h->attempts, 8), MOST_WAIT);
	if (!claim(e, h, due, &won, error))
		return FALSE;
	*next = MIN(*next, due);
	if (!won)
		return TRUE;
	answer = ask(&e->settings->site, h->record, &stamp, &why);
	day = rn_day_iso(h->day);
	if (answer == NULL)
		rn_log(RN_LOG_WARN, "-", "time-stamp", "day", day, "error", why->message, "retry", "later",
		    NULL);
	else
		rn_log(RN_LOG_INFO, "-", "time-stamp", "day", day, "authority", stamp.authority, NULL);
	return keep(e, h, answer, &stamp, why != NULL ? why->message : NULL, error);
}

gboolean
rn_stamps_work(RnEngine *e, gint64 now, gint64 *next, GError **error)
{
	RnDay today = rn_day_of(now, e->settings->tz);

	*next = rn_day_start(today + 1, e->settings->tz) + MINUTE;
	return note_heads(e, today, now, error) &&
	    (*e->settings->site.timestamp_url == '\0' || stamp_newest(e, now, next, error));
}
