#include "core/campaign.h"

#include "core/desk.h"
#include "core/documents.h"
#include "core/restored.h"
#include "policy/policy.h"

#define BOXES_PER_COMMIT 100
#define HELD_LOOKED_AT 100	/* mails of one box; nobody has so many */

typedef struct {
	RnEngine	*e;
	RnDay		 today;
	gint64		 now;
	gboolean	 dry_run;
	gboolean	 pass;		/* what is due counts as written */
	RnCampaignShow	 show;
	gpointer	 data;
	RnCampaignTally	*tally;
} Campaign;

/* The acceptance is here and waits for the payer's decision: the member was told to do nothing. */
static gboolean
waits_for_payer(RnTx *tx, const RnBox *box, gboolean *waits, GError **error)
{
	g_autoptr(GPtrArray) held = NULL;

	*waits = FALSE;
	if (!rn_store_inbox(tx, TRUE, box->id, 0, HELD_LOOKED_AT, &held, error))
		return FALSE;
	for (guint i = 0; i < held->len; i++) {
		const RnInbox *in = g_ptr_array_index(held, i);

		*waits =
		    *waits || (in->period_id == box->period_id && g_strcmp0(in->rule, RN_RULE_BUDGET) == 0);
	}
	return TRUE;
}

/* What is known of the order that the box has; *ORDER may be NULL. */
static gboolean
look_at_order(RnTx *tx, const RnBox *box, const RnConvention *c, GTimeZone *tz, RnNoticeCase *nc,
    RnOrder **order, GError **error)
{
	g_autoptr(RnDocument) document = NULL;
	gint64 asked;

	nc->order = RN_ORDER_NONE;
	nc->asked = RN_DAY_NONE;
	if (!rn_store_order_newest(tx, box->period_id, order, error))
		return FALSE;
	if (*order == NULL)
		return TRUE;
	nc->order = (*order)->state;
	asked = nc->order == RN_ORDER_OFFERED ? (*order)->offered : (*order)->requested;
	nc->asked = rn_day_of(asked, tz);
	if (nc->order == RN_ORDER_OFFERED)
		return waits_for_payer(tx, box, &nc->with_person, error);
	if (nc->order != RN_ORDER_DOCUMENT || c->document_check != RN_DOCUMENT_PERSON)
		return TRUE;
	if (!rn_document_newest(tx, box->id, &document, error))
		return FALSE;
	nc->with_person = document != NULL;
	return TRUE;
}

static gboolean
decide(RnTx *tx, const RnBox *box, const RnConvention *c, GTimeZone *tz, RnDay today, RnNotice *decision,
    int *day, RnOrder **order, GError **error)
{
	RnNoticeCase nc = {
		.today = today, .expiry = box->expiry, .days = (const int *)(const void *)c->notice_days->data,
		.n_days = c->notice_days->len, .box = box->state, .entitled = rn_box_entitled(box, today),
	};

	if (!rn_store_notice_last(tx, box->period_id, &nc.any_done, &nc.last_done, error) ||
	    !look_at_order(tx, box, c, tz, &nc, order, error))
		return FALSE;
	*decision = rn_notice_decide(&nc, day);
	return TRUE;
}

/* The notice goes to the reference address, to the second one, and to the box itself where the convention
 * says so. */
static gboolean
write_notice(RnDesk *d, const RnBox *box, const RnConvention *c, int day, GError **error)
{
	const char *to[] = { box->reference, box->reference2, c->notify_box ? box->name : NULL };

	for (guint i = 0; i < G_N_ELEMENTS(to); i++) {
		g_autofree char *key =
		    g_strdup_printf("period/%" G_GINT64_FORMAT "/notice/%d/%u", box->period_id, day, i);
		RnLetterAsk ask = {
			.kind = RN_LETTER_NOTICE, .key = key, .step = day,
			.purpose = RN_PURPOSE_RENEW, .box = box, .convention = c,
			.expiry = box->expiry, .to = to[i], .to_box = i == 2, .days = day,
		};

		if (to[i] == NULL || (i > 0 && g_strcmp0(to[i], to[0]) == 0))
			continue;
		if (!rn_desk_letter(d, &ask, NULL, error))
			return FALSE;
	}
	return TRUE;
}

/* The order waits for the member: for the acceptance, or for the document. */
static gboolean
write_reminder(RnDesk *d, const RnBox *box, const RnConvention *c, RnOrder *order, int day, GError **error)
{
	RnLetterAsk ask = {
		.purpose = RN_PURPOSE_RENEW, .step = day, .box = box, .convention = c, .order = order,
		.expiry = box->expiry,
	};

	return order->state == RN_ORDER_OFFERED ? rn_desk_remind(d, box, order, day, error) :
	                                          rn_document_letter(d, &ask, error);
}

static void
count(Campaign *k, RnNotice decision)
{
	if (decision == RN_NOTICE_DUE)
		k->tally->written++;
	else if (decision == RN_NOTICE_REMIND)
		k->tally->reminded++;
	else
		k->tally->skipped++;
}

/* What follows from a decision that was noted. */
static gboolean
follow(Campaign *k, RnDesk *d, const RnBox *box, const RnConvention *c, RnOrder *order, RnNotice decision,
    int day, GError **error)
{
	if (k->pass || (decision != RN_NOTICE_DUE && decision != RN_NOTICE_REMIND))
		return TRUE;
	return decision == RN_NOTICE_DUE ? write_notice(d, box, c, day, error) :
	                                   write_reminder(d, box, c, order, day, error);
}

/* Decides on one box; the decision stands in the ledger whether a notice is written or not. */
static gboolean
one_box(Campaign *k, RnTx *tx, const RnBox *box, const RnConvention *c, GError **error)
{
	RnDesk d = { .e = k->e, .tx = tx, .now = k->now, .who = "notify" };
	g_autofree char *what = NULL;
	g_autoptr(RnOrder) order = NULL;
	RnNotice decision;
	gboolean fresh;
	int day = 0;

	k->tally->boxes++;
	if (!decide(tx, box, c, k->e->settings->tz, k->today, &decision, &day, &order, error))
		return FALSE;
	if (decision == RN_NOTICE_NOT_YET || decision == RN_NOTICE_DONE || decision == RN_NOTICE_PAST)
		return TRUE;
	if (k->show != NULL)
		k->show(box, day, rn_notice_word(decision), k->data);
	count(k, decision);
	if (k->dry_run)
		return TRUE;
	d.why = k->pass ? "passed-over" : rn_notice_word(decision);
	what = g_strdup_printf(k->pass          ? "notice %d passed over" :
	        decision == RN_NOTICE_DUE ? "notice %d decided" :
	        decision == RN_NOTICE_REMIND             ? "reminder %d decided" :
	                                       "notice %d not written",
	    day);
	return rn_store_notice_add(tx, box->period_id, day, d.why, k->now, &fresh, error) &&
	    (!fresh ||
	        (rn_desk_ledger(&d, what, box, NULL, NULL, error) &&
	            follow(k, &d, box, c, order, decision, day, error)));
}

static RnDay
furthest(const RnConvention *c)
{
	return c->notice_days->len > 0 ? g_array_index(c->notice_days, int, 0) : 0;
}

/* One page of boxes in one transaction; *AFTER moves on, *MORE is FALSE at the end. */
static gboolean
one_page(Campaign *k, const RnConvention *c, gint64 *after, gboolean *more, GError **error)
{
	RnBoxFilter filter = {
		.convention = c->id, .state = -1, .from = k->today, .to = k->today + furthest(c)
	};
	g_autoptr(RnTx) tx = k->dry_run ? rn_tx_look(k->e->store, error) : rn_tx_begin(k->e->store, error);
	g_autoptr(GPtrArray) boxes = NULL;

	if (tx == NULL || !rn_store_boxes(tx, &filter, *after, BOXES_PER_COMMIT, &boxes, error))
		return FALSE;
	for (guint i = 0; i < boxes->len; i++) {
		const RnBox *box = g_ptr_array_index(boxes, i);

		*after = box->id;
		if (!one_box(k, tx, box, c, error))
			return FALSE;
	}
	*more = boxes->len == BOXES_PER_COMMIT;
	return k->dry_run || rn_tx_commit(&tx, error);
}

static gboolean
all_boxes(Campaign *k, GError **error)
{
	const RnSettings *s = k->e->settings;

	for (guint i = 0; i < s->conventions->len; i++) {
		const RnConvention *c = g_ptr_array_index(s->conventions, i);
		gboolean more = TRUE;
		gint64 after = 0;

		while (more)
			if (!one_page(k, c, &after, &more, error))
				return FALSE;
	}
	return TRUE;
}

gboolean
rn_campaign_notify(RnEngine *e, RnDay today, gint64 now, gboolean dry_run, RnCampaignShow show, gpointer data,
    RnCampaignTally *tally, GError **error)
{
	Campaign k = { .e = e,
		.today = today,
		.now = now,
		.dry_run = dry_run,
		.show = show,
		.data = data,
		.tally = tally };

	return (dry_run || rn_restored_refuse_run(e->store, error)) && all_boxes(&k, error);
}

gboolean
rn_campaign_pass(RnEngine *e, RnDay today, gint64 now, RnCampaignTally *tally, GError **error)
{
	Campaign k = { .e = e, .today = today, .now = now, .pass = TRUE, .tally = tally };

	return all_boxes(&k, error);
}

gboolean
rn_campaign_still_wanted(RnTx *tx, const RnLetter *letter, gboolean *wanted, const char **why, GError **error)
{
	g_autoptr(RnBox) box = NULL;
	g_autoptr(RnOrder) order = NULL;
	gboolean any;
	int last;

	*wanted = TRUE;
	*why = NULL;
	if (letter->kind != RN_LETTER_NOTICE && letter->kind != RN_LETTER_REMINDER)
		return TRUE;
	if (!rn_store_box_get(tx, letter->box_id, &box, error) ||
	    !rn_store_order_newest(tx, letter->period_id, &order, error) ||
	    !rn_store_notice_last(tx, letter->period_id, &any, &last, error))
		return FALSE;
	if (any && last < letter->step)	/* the courier was away: only the latest one goes out */
		*why = "a-later-notice-is-due";
	else if (box == NULL || !box->entitled || box->state == RN_BOX_CLOSED)
		*why = "not-entitled";
	else if (box->state == RN_BOX_DEACTIVATED)	/* it says that the box will expire */
		*why = "deactivated-meanwhile";
	else if (box->period_id != letter->period_id)
		*why = "renewed-meanwhile";
	else if (letter->kind == RN_LETTER_REMINDER)
		*why = order != NULL && order->state == RN_ORDER_OFFERED ? NULL : "answered-meanwhile";
	else if (order != NULL &&
	    (order->state == RN_ORDER_FAILED ||
	        (order->state >= RN_ORDER_REQUESTED && order->state <= RN_ORDER_RENEWED)))
		*why = "ordered-meanwhile";
	else if (order != NULL && order->state == RN_ORDER_DECLINED && letter->step > 1)
		*why = "declined-meanwhile";
	*wanted = *why == NULL;
	return TRUE;
}
