/* budget.c: what the payer is ready to spend in a calendar year. */
#include "core/work.h"

#include "base/text.h"

/* The convention's concluded orders of the year in which NOW falls. */
static gboolean
spent(RnWork *w, int *year, gint64 *cents, GError **error)
{
	GTimeZone *tz = w->desk.e->settings->tz;
	int m, d;

	rn_day_to_ymd(rn_day_of(w->desk.now, tz), year, &m, &d);
	return rn_store_orders_spent(w->desk.tx, w->convention->id,
	    rn_day_start(rn_day_from_ymd(*year, 1, 1), tz),
	    rn_day_start(rn_day_from_ymd(*year + 1, 1, 1), tz), cents, error);
}

static gboolean
tell(RnWork *w, int year, gint64 cents, GError **error)
{
	const RnConvention *c = w->convention;
	g_autofree char *key = g_strdup_printf("convention/%s/budget/%d", c->id, year);
	g_autofree char *sum = rn_text_money(cents), *limit = rn_text_money(c->budget);
	g_autofree char *text = g_strdup_printf(
	    "Un'accettazione della convenzione %s supera la spesa prevista per il %d: ordini conclusi per %s euro, limite "
	    "%s euro (IVA esclusa).\n\nDa ora le accettazioni attendono una persona. Per proseguire: alzare la chiave "
	    "\"budget\", riavviare rinnova, e poi per ogni mail in attesa: rinnova held release NUMERO.",
	    c->name, year, sum, limit);
	RnLetterAsk ask = { .kind = RN_LETTER_ADMIN,
		.key = key,
		.to = *c->secretary != '\0' ? c->secretary : w->desk.e->settings->site.admin,
		.subject = "Spesa prevista esaurita",
		.text = text };

	return rn_desk_letter(&w->desk, &ask, NULL, error);
}

/* It is not the member's fault, and nothing is lost: said once for the period. */
static gboolean
tell_member(RnWork *w, const RnOrder *order, GError **error)
{
	g_autofree char *key =
	    g_strdup_printf("period/%" G_GINT64_FORMAT "/waits/budget", w->r->box->period_id);
	RnLetterAsk ask = {
		.kind = RN_LETTER_WAITS, .key = key, .purpose = RN_PURPOSE_RENEW, .box = w->r->box,
		.convention = w->convention, .order = order, .expiry = w->r->period_expiry,
		.answers = w->in->message_id, .read = w->in->typed_text, .read_at = w->r->taken,
	};

	return rn_desk_letter(&w->desk, &ask, NULL, error);
}

gboolean
rn_budget_allows(RnWork *w, const RnOrder *order, gboolean *may, GError **error)
{
	gint64 cents = 0;
	int year;

	*may = TRUE;
	if (w->convention == NULL || w->convention->budget == 0 ||
	    (order != NULL &&
	        (order->state == RN_ORDER_DOCUMENT || order->state == RN_ORDER_ACCEPTED ||
	            order->state == RN_ORDER_RENEWED || order->state == RN_ORDER_FAILED)))
		return TRUE;	/* nothing will be concluded, or it is already: no matter of money */
	if (!spent(w, &year, &cents, error))
		return FALSE;
	*may = cents + w->convention->price <= w->convention->budget;
	return *may ||
	    (rn_work_hold(w, RN_RULE_BUDGET, error) && tell(w, year, cents, error) &&
	        tell_member(w, order, error));
}
