/* period.c: a box whose date an import has changed, and what was said about the old date. Where the new one
 * can be renewed now, the old one was put right: requests, orders and answers go along. Else the box was
 * renewed elsewhere, and nothing may be ordered for the old period any more. */
#include "core/work.h"
#include "policy/policy.h"

/* How many days before expiry renewal begins to be possible. */
static int
first_notice(const RnConvention *c)
{
	return c->notice_days->len > 0 ? g_array_index(c->notice_days, int, 0) : G_MAXINT;
}

gboolean
rn_period_early(const RnConvention *c, RnDay expiry, RnDay day)
{
	return expiry - day > first_notice(c);
}

gboolean
rn_period_renewable(const RnConvention *c, const RnBox *box, RnDay day)
{
	return c != NULL && box->state != RN_BOX_CLOSED && rn_box_entitled(box, day) &&
	    !rn_period_early(c, box->expiry, day) && day <= box->expiry + c->reactivation_days;
}

gboolean
rn_order_concluded(const RnOrder *order)
{
	return order != NULL &&
	    (order->state == RN_ORDER_ACCEPTED || order->state == RN_ORDER_RENEWED ||
	        order->state == RN_ORDER_FAILED);
}

static gboolean
open_order(const RnOrder *order)
{
	return order != NULL && !rn_order_ended(order) && !rn_order_concluded(order);
}

/* The box was renewed elsewhere: nothing is left to accept. */
static gboolean
lapse(RnDesk *d, const RnBox *old, GError **error)
{
	RnDesk with = *d;
	RnMove m = { .box = old, .period_expiry = old->expiry, .new_expiry = RN_DAY_NONE };
	RnMoved moved;

	with.why = "renewed-elsewhere";
	return rn_desk_move(&with, RN_EV_LAPSE, &m, &moved, NULL, error);
}

gboolean
rn_period_moved(RnDesk *d, const RnBox *old, const RnBox *now, GError **error)
{
	const RnConvention *c = rn_settings_convention(d->e->settings, now->convention);
	g_autoptr(RnOrder) order = NULL;
	g_autoptr(RnOrder) other = NULL;
	RnDay today = rn_day_of(d->now, d->e->settings->tz);
	gboolean moved;

	if (old->expiry == now->expiry)
		return TRUE;
	if (!rn_store_order_newest(d->tx, old->period_id, &order, error) ||
	    !rn_store_order_newest(d->tx, now->period_id, &other, error))
		return FALSE;
	if (!open_order(order))
		return TRUE;
	if (c != NULL && rn_period_early(c, now->expiry, today))
		return lapse(d, old, error);
	if (!rn_period_renewable(c, now, today) || !rn_order_ended(other))
		return TRUE;
	if (other != NULL)	/* no summary of that one accepts this one */
		order->offer = MAX(order->offer, other->offer) + 1;
	order->period_id = now->period_id;
	order->old_expiry = now->expiry;
	order->new_expiry = rn_day_add_months(now->expiry, order->term);
	return rn_store_order_save(d->tx, order, order->state, &moved, error) &&
	    rn_desk_ledger(d, "order follows the expiry date", now, order, NULL, error);
}

gboolean
rn_period_now(RnWork *w, RnBox **now, GError **error)
{
	const RnFacts *f = w->r->facts;
	RnDay today = rn_day_of(w->desk.now, w->desk.e->settings->tz);
	g_autoptr(RnOrder) order = NULL;
	g_autoptr(RnBox) box = NULL;

	*now = NULL;
	if (w->r->box == NULL || w->r->box->expiry == w->r->period_expiry ||
	    f->token.purpose == RN_PURPOSE_AUTHORIZE ||	/* these two are kept by the period of their letter */
	    (f->token.purpose == RN_PURPOSE_RENEW && f->token.step == RN_STEP_LIST))
		return TRUE;
	if (!rn_store_order_newest(w->desk.tx, w->r->box->period_id, &order, error) ||
	    !rn_store_box_get(w->desk.tx, w->r->box->id, &box, error))
		return FALSE;
	if (box != NULL && !rn_order_concluded(order) && rn_period_renewable(w->convention, box, today))
		*now = g_steal_pointer(&box);
	return TRUE;
}

gboolean
rn_period_tell(RnWork *w, GError **error)
{
	RnDay today = rn_day_of(w->desk.now, w->desk.e->settings->tz);
	g_autoptr(RnBox) now = NULL;
	RnReading without = *w->r;
	RnWork other = *w;

	if (!rn_store_box_get(w->desk.tx, w->r->box->id, &now, error))
		return FALSE;
	if (now == NULL)
		return rn_work_hold(w, "box-unknown", error);
	without.box = NULL;
	other.r = &without;
	if (rn_period_renewable(w->convention, now, today))
		return rn_fresh_one(&other, now, error);
	return w->r->facts->registered ? rn_command(&other, error) : rn_work_hold(w, "period-is-over", error);
}
