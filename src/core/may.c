/* may.c: whether an order is possible at all for the box that a mail is about. */
#include "core/work.h"

static RnDay
today(const RnWork *w)
{
	return rn_day_of(w->desk.now, w->desk.e->settings->tz);
}

static gboolean
tell_secretary(RnWork *w, GError **error)
{
	g_autofree char *key =
	    g_strdup_printf("period/%" G_GINT64_FORMAT "/not-entitled", w->r->box->period_id);
	g_autofree char *text = g_strdup_printf(
	    "Il titolare della casella %s ha chiesto il rinnovo, ma non risulta tra gli aventi "
	    "diritto. Nessun ordine è stato aperto: la richiesta attende una persona.",
	    w->r->box->name);
	const char *to = w->convention != NULL && *w->convention->secretary != '\0' ?
	    w->convention->secretary :
	    w->desk.e->settings->site.admin;
	RnLetterAsk ask = { .kind = RN_LETTER_ADMIN,
		.key = key,
		.to = to,
		.subject = "Richiesta di un non avente diritto",
		.text = text };

	return rn_desk_letter(&w->desk, &ask, NULL, error);
}

/* A mail about a period that is over: nothing may be ordered for it any more. An order of its own that is
 * concluded answers for itself; else the holder hears how the box stands today. */
static gboolean
period_is_over(RnWork *w, gboolean *may, GError **error)
{
	g_autoptr(RnOrder) order = NULL;

	if (!rn_store_order_newest(w->desk.tx, w->r->box->period_id, &order, error))
		return FALSE;
	*may =
	    rn_order_concluded(order) && today(w) <= w->r->period_expiry + w->convention->reactivation_days;
	return *may || rn_period_tell(w, error);
}

/* Before the first notice day there is nothing to answer, unless a notice was written all the same. */
static gboolean
not_yet_expiring(RnWork *w, gboolean *may, GError **error)
{
	int last;

	if (!rn_store_notice_last(w->desk.tx, w->r->box->period_id, may, &last, error))
		return FALSE;
	return *may || rn_work_hold(w, "not-yet-expiring", error);
}

/* Nobody who left the roll gets an order; before the first notice and after the days of reactivation only a
 * person can help. */
gboolean
rn_work_may_order(RnWork *w, gboolean *may, GError **error)
{
	const RnBox *box = w->r->box;
	RnDay taken = rn_day_of(w->r->taken, w->desk.e->settings->tz);

	*may = FALSE;
	if (w->convention == NULL)
		return rn_work_hold(w, "convention-unknown", error);
	if (!rn_box_entitled(box, taken) || box->state == RN_BOX_CLOSED)
		return rn_work_hold(w, "not-entitled", error) && tell_secretary(w, error);
	if (box->expiry != w->r->period_expiry)
		return period_is_over(w, may, error);
	if (taken > w->r->period_expiry + w->convention->reactivation_days)
		return rn_work_hold(w, "after-reactivation-days", error);
	if (rn_period_early(w->convention, w->r->period_expiry, taken))
		return not_yet_expiring(w, may, error);
	*may = TRUE;
	return TRUE;
}
