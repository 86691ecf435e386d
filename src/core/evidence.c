#include "core/evidence.h"

#include "base/text.h"
#include "core/documents.h"
#include "net/mailq.h"

#define PAGE 500
#define OLD_DAYS \
	180 /* a mail that names no period and is so much older than the expiry is about an earlier one */

struct RnEvidence {
	RnEngine	*e;
	GPtrArray	*mails;		/* RnQueued */
	GHashTable	*queued;	/* box id -> day of the oldest */
	GHashTable	*held;
};

RnEvidence *
rn_evidence_queue(RnEngine *e, GError **error)
{
	GPtrArray *mails = rn_mailq_read(&e->settings->site, error);
	RnEvidence *ev;

	if (mails == NULL)
		return NULL;
	ev = g_new0(RnEvidence, 1);
	ev->e = e;
	ev->mails = mails;
	ev->queued = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	ev->held = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	return ev;
}

void
rn_evidence_free(RnEvidence *ev)
{
	if (ev == NULL)
		return;
	g_ptr_array_unref(ev->mails);
	g_hash_table_unref(ev->queued);
	g_hash_table_unref(ev->held);
	g_free(ev);
}

static RnDay
look(GHashTable *map, gint64 box_id)
{
	gpointer day;

	return g_hash_table_lookup_extended(map, &box_id, NULL, &day) ? GPOINTER_TO_INT(day) : RN_DAY_NONE;
}

/* The oldest counts: if any was in time, it was. */
static void
note(GHashTable *map, gint64 box_id, RnDay day)
{
	RnDay known = look(map, box_id);

	if (known == RN_DAY_NONE || day < known)
		g_hash_table_replace(map, g_memdup2(&box_id, sizeof(box_id)), GINT_TO_POINTER(day));
}

/* A held mail may be about an earlier period of BOX. Counted from the expiry, not from today: what holds a
 * box back does so until a person decides. What lies in the queue is new, and its moment may be unknown. */
static void
note_box(RnEvidence *ev, GHashTable *map, const RnBox *box, RnDay day)
{
	if (map == ev->queued || box->expiry == RN_DAY_NONE || day >= box->expiry - OLD_DAYS)
		note(map, box->id, day);
}

static gboolean
note_sender(RnEvidence *ev, RnTx *tx, GHashTable *map, const char *sender, RnDay day, GError **error)
{
	g_autoptr(GPtrArray) boxes = NULL;

	if (sender == NULL || *sender == '\0')
		return TRUE;
	if (!rn_store_boxes_of_address(tx, sender, &boxes, error))
		return FALSE;
	for (guint i = 0; i < boxes->len; i++)
		note_box(ev, map, g_ptr_array_index(boxes, i), day);
	return TRUE;
}

/* A mail from SENDER to RCPT, taken on DAY. An expired token still says whose it is. */
static gboolean
note_mail(RnEvidence *ev, RnTx *tx, GHashTable *map, const char *rcpt, const char *sender, RnDay day,
    GError **error)
{
	const RnSite *site = &ev->e->settings->site;
	g_autofree char *text = rn_token_in_address(site, rcpt);
	g_autoptr(RnBox) box = NULL;
	RnToken token = { 0 };
	RnTokenVerdict verdict = RN_TOKEN_NONE;
	RnDay expiry;

	if (!rn_token_address_ours(site, rcpt))
		return TRUE;
	if (text != NULL)
		verdict = rn_token_check(rn_engine_ring(ev->e), text, site->domain, day, &token);
	if ((verdict == RN_TOKEN_GOOD || verdict == RN_TOKEN_EXPIRED) &&
	    !rn_store_box_of_period(tx, token.period, &box, &expiry, error))
		return FALSE;
	if (box == NULL)
		return note_sender(ev, tx, map, sender, day, error);
	note_box(ev, map, box, day);
	return TRUE;
}

static gboolean
gather_queue(RnEvidence *ev, RnTx *tx, GError **error)
{
	for (guint i = 0; i < ev->mails->len; i++) {
		const RnQueued *q = g_ptr_array_index(ev->mails, i);
		RnDay day = rn_day_of(q->arrived, ev->e->settings->tz);

		for (guint k = 0; k < q->rcpts->len; k++)
			if (!note_mail(
			        ev, tx, ev->queued, g_ptr_array_index(q->rcpts, k), q->sender, day, error))
				return FALSE;
	}
	return TRUE;
}

static gboolean
gather_one_held(RnEvidence *ev, RnTx *tx, const RnInbox *in, GError **error)
{
	RnDay day = rn_day_of(in->taken, ev->e->settings->tz);
	g_autofree char *from = in->from != NULL ? rn_addr_fold(in->from) : NULL;
	g_autoptr(RnBox) box = NULL;

	if (in->box_id != 0 && !rn_store_box_get(tx, in->box_id, &box, error))
		return FALSE;
	if (box == NULL)
		return note_mail(ev, tx, ev->held, in->rcpt, from, day, error);
	if (box->period_id == in->period_id)
		note(ev->held, box->id, day);
	else
		note_box(ev, ev->held, box, day);
	return TRUE;
}

static gboolean
gather_held(RnEvidence *ev, RnTx *tx, GError **error)
{
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_inbox(tx, TRUE, 0, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		for (guint i = 0; i < rows->len; i++) {
			const RnInbox *in = g_ptr_array_index(rows, i);

			after = in->id;
			if (!gather_one_held(ev, tx, in, error))
				return FALSE;
		}
	}
}

gboolean
rn_evidence_gather(RnEvidence *ev, RnTx *tx, GError **error)
{
	g_hash_table_remove_all(ev->queued);
	g_hash_table_remove_all(ev->held);
	return gather_queue(ev, tx, error) && gather_held(ev, tx, error);
}

gboolean
rn_evidence_case(const RnEvidence *ev, RnTx *tx, const RnBox *box, const RnConvention *c, RnDay today,
    RnExpiryCase *out, RnOrder **order, GError **error)
{
	GTimeZone *tz = ev->e->settings->tz;
	gint64 at;
	const RnOrder *o;

	*out = (RnExpiryCase){
		.today = today,
		.expiry = box->expiry,
		.box = box->state,
		.order = RN_ORDER_NONE,
		.requested = RN_DAY_NONE,
		.offered = RN_DAY_NONE,
		.answer_days = c->answer_days,
		.queued = look(ev->queued, box->id),
		.held = look(ev->held, box->id),
		.held_days = c->held_days,
		.document = RN_DAY_NONE,
	};
	if (!rn_store_order_newest(tx, box->period_id, order, error) ||
	    !rn_store_announced(tx, box->period_id, &out->announced, error) ||
	    !rn_store_expiry_was(tx, box->period_id, rn_expiry_word(RN_EXPIRY_UNDONE), &out->undone, error))
		return FALSE;
	o = *order;
	if (o == NULL)
		return TRUE;
	out->order = o->state;
	if (o->requested != 0)
		out->requested = rn_day_of(o->requested, tz);
	if (o->offered != 0)
		out->offered = rn_day_of(o->offered, tz);
	if (o->state != RN_ORDER_DOCUMENT || c->document_check != RN_DOCUMENT_PERSON)
		return TRUE;
	if (!rn_document_unseen(tx, box->id, &at, error))
		return FALSE;
	if (at != 0)
		out->document = rn_day_of(at, tz);
	return TRUE;
}
