/* fresh.c: fresh notices, for who answers too late, or has no letter at hand. */
#include "core/listing.h"
#include "core/work.h"

gboolean
rn_fresh_one(RnWork *w, const RnBox *box, GError **error)
{
	RnReading with = *w->r;
	RnWork one = *w;
	RnBox copy = *box;

	with.box = &copy;
	if (w->r->box == NULL)
		with.period_expiry = box->expiry;
	one.r = &with;
	one.convention = rn_settings_convention(w->desk.e->settings, box->convention);
	return rn_work_letter(&one, RN_LETTER_FRESH, RN_PURPOSE_RENEW, TRUE, NULL, error);
}

gboolean
rn_order_ended(const RnOrder *order)
{
	return order == NULL || order->state == RN_ORDER_DECLINED || order->state == RN_ORDER_CANCELLED ||
	    order->state == RN_ORDER_LAPSED;
}

/* Every box of the writer that is expiring; where there is none, the list says so. */
static gboolean
fresh_all(RnWork *w, GError **error)
{
	g_autoptr(GPtrArray) rows = NULL;
	gboolean any = FALSE;

	if (w->r->facts->from == NULL || !rn_listing(&w->desk, w->r->facts->from, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const RnListRow *row = g_ptr_array_index(rows, i);
		RnOrderState state = row->order != NULL ? row->order->state : RN_ORDER_NONE;
		gboolean open = state == RN_ORDER_DOCUMENT || state == RN_ORDER_OFFERED;

		if (!row->renewable && !open)
			continue;
		any = TRUE;
		if (!(open ? rn_command_row(w, row->box, error) : rn_fresh_one(w, row->box, error)))
			return FALSE;
	}
	return any || rn_command(w, error);
}

gboolean
rn_fresh(RnWork *w, GError **error)
{
	g_autoptr(RnOrder) order = NULL;

	if (w->r->box == NULL)
		return fresh_all(w, error);
	if (!rn_store_order_newest(w->desk.tx, w->r->box->period_id, &order, error))
		return FALSE;
	if (!rn_order_ended(order) && order->state != RN_ORDER_FAILED)
		return rn_work_go_on(w, error);	/* the table answers: the summary again, or "already done" */
	if (w->r->box->expiry != w->r->period_expiry && w->convention != NULL)
		return rn_period_tell(w, error);
	return rn_fresh_one(w, w->r->box, error);
}
