#include "core/campaign.h"

#include "core/desk.h"
#include "policy/policy.h"

#define BOXES_PER_COMMIT 100

typedef struct {
	RnEngine	*e;
	RnDay		 today;
	gint64		 now;
	gboolean	 dry_run;
	RnCampaignShow	 show;
	gpointer	 data;
	RnCampaignTally	*tally;
} Campaign;

static gboolean
decide(RnTx *tx, const RnBox *box, const RnConvention *c, RnDay today, RnNotice *decision, int *day,
    GError **error)
{
	g_autoptr(RnOrder) order = NULL;
	RnNoticeCase nc = {
		.today = today, .expiry = box->expiry, .days = (const int *)(const void *)c->notice_days->data,
		.n_days = c->notice_days->len, .box = box->state, .entitled = rn_box_entitled(box, today),
	};

	if (!rn_store_notice_last(tx, box->period_id, &nc.any_done, &nc.last_done, error) ||
	    !rn_store_order_newest(tx, box->period_id, &order, error))
		return FALSE;
	nc.order = order != NULL ? order->state : RN_ORDER_NONE;
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

/* Decides on one box; the decision stands in the ledger whether a notice is written or not. */
static gboolean
one_box(Campaign *k, RnTx *tx, const RnBox *box, const RnConvention *c, GError **error)
{
	RnDesk d = { .e = k->e, .tx = tx, .now = k->now, .who = "notify" };
	g_autofree char *what = NULL;
	RnNotice decision;
	gboolean fresh;
	int day = 0;

	k->tally->boxes++;
	if (!decide(tx, box, c, k->today, &decision, &day, error))
		return FALSE;
	if (decision == RN_NOTICE_NOT_YET || decision == RN_NOTICE_DONE || decision == RN_NOTICE_PAST)
		return TRUE;
	if (k->show != NULL)
		k->show(box, day, rn_notice_word(decision), k->data);
	if (decision == RN_NOTICE_DUE)
		k->tally->written++;
	else
		k->tally->skipped++;
	if (k->dry_run)
		return TRUE;
	d.why = rn_notice_word(decision);
	what =
	    g_strdup_printf(decision == RN_NOTICE_DUE ? "notice %d decided" : "notice %d not written", day);
	return rn_store_notice_add(tx, box->period_id, day, d.why, k->now, &fresh, error) &&
	    (!fresh ||
	        (rn_desk_ledger(&d, what, box, NULL, NULL, error) &&
	            (decision != RN_NOTICE_DUE || write_notice(&d, box, c, day, error))));
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

gboolean
rn_campaign_notify(RnEngine *e, RnDay today, gint64 now, gboolean dry_run, RnCampaignShow show, gpointer data,
    RnCampaignTally *tally, GError **error)
{
	Campaign k = { e, today, now, dry_run, show, data, tally };

	for (guint i = 0; i < e->settings->conventions->len; i++) {
		const RnConvention *c = g_ptr_array_index(e->settings->conventions, i);
		gboolean more = TRUE;
		gint64 after = 0;

		while (more)
			if (!one_page(&k, c, &after, &more, error))
				return FALSE;
	}
	return TRUE;
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
	if (letter->kind != RN_LETTER_NOTICE)
		return TRUE;
	if (!rn_store_box_get(tx, letter->box_id, &box, error) ||
	    !rn_store_order_newest(tx, letter->period_id, &order, error) ||
	    !rn_store_notice_last(tx, letter->period_id, &any, &last, error))
		return FALSE;
	if (any && last < letter->step)	/* the courier was away: only the latest one goes out */
		*why = "a-later-notice-is-due";
	else if (box == NULL || !box->entitled || box->state == RN_BOX_CLOSED)
		*why = "not-entitled";
	else if (box->period_id != letter->period_id)
		*why = "renewed-meanwhile";
	else if (order != NULL &&
	    (order->state == RN_ORDER_FAILED ||
	        (order->state >= RN_ORDER_REQUESTED && order->state <= RN_ORDER_RENEWED)))
		*why = "ordered-meanwhile";
	else if (order != NULL && order->state == RN_ORDER_DECLINED && letter->step > 1)
		*why = "declined-meanwhile";
	*wanted = *why == NULL;
	return TRUE;
}
