#include "core/report.h"

#include <string.h>

#define PAGE 500
#define BACK_DAYS 30	/* periods that have ended so long ago are still of interest */

static void
row_free(gpointer data)
{
	RnReportRow *row = data;

	rn_box_free(row->box);
	rn_order_free(row->order);
	g_free(row);
}

void
rn_renewals_free(RnRenewals *r)
{
	if (r == NULL)
		return;
	g_ptr_array_unref(r->rows);
	g_array_unref(r->curve);
	g_array_unref(r->months);
	g_free(r);
}

/* --- the curve --- */

static RnReportCurve *
curve_of(RnRenewals *r, int day)
{
	RnReportCurve fresh = { .day = day };
	guint i = 0;

	while (i < r->curve->len && g_array_index(r->curve, RnReportCurve, i).day > day)
		i++;
	if (i == r->curve->len || g_array_index(r->curve, RnReportCurve, i).day != day)
		g_array_insert_val(r->curve, i, fresh);
	return &g_array_index(r->curve, RnReportCurve, i);
}

/* Was a letter written then, a notice or the reminder of an open order? */
static gboolean
was_written(const RnNoticeRow *n)
{
	return strcmp(n->decision, rn_notice_word(RN_NOTICE_DUE)) == 0 ||
	    strcmp(n->decision, rn_notice_word(RN_NOTICE_REMIND)) == 0;
}

static guint
step_of(RnDay days)
{
	return days <= 1 ? 0 : days <= 3 ? 1 : days <= 7 ? 2 : 3;
}

/* Counts what was written about ROW; its request goes to the last notice before it. */
static void
count_notices(RnRenewals *r, RnReportRow *row, const GPtrArray *notices, GTimeZone *tz)
{
	const RnNoticeRow *last = NULL;

	for (guint i = 0; i < notices->len; i++) {
		const RnNoticeRow *n = g_ptr_array_index(notices, i);

		if (!was_written(n))
			continue;
		row->noticed = rn_day_of(n->at, tz);
		row->notices++;
		if (strcmp(n->decision, rn_notice_word(RN_NOTICE_DUE)) != 0)
			continue;
		curve_of(r, n->day)->sent++;
		if (row->order != NULL && n->at <= row->order->requested)
			last = n;
	}
	if (last != NULL)
		curve_of(r, last->day)
		    ->answers[step_of(rn_day_of(row->order->requested, tz) - rn_day_of(last->at, tz))]++;
}

/* --- the rows --- */

static gboolean
dead(RnTx *tx, const char *address, gboolean *is, GError **error)
{
	*is = TRUE;
	return address == NULL || rn_store_address_dead(tx, address, is, error);
}

static gboolean
judge(RnRenewals *r, RnTx *tx, RnReportRow *row, gboolean held, GError **error)
{
	gboolean first, second;
	RnReportCase c = {
		.order = row->order != NULL ? row->order->state : RN_ORDER_NONE, .box = row->box->state, .held = held,
		.entitled = rn_box_entitled(row->box, r->today), .noticed = row->notices > 0,
	};

	if (!dead(tx, row->box->reference, &first, error) || !dead(tx, row->box->reference2, &second, error))
		return FALSE;
	c.unreachable = first && second;
	row->group = rn_report_group(&c);
	r->count[row->group]++;
	return TRUE;
}

static gboolean
one_row(RnRenewals *r, RnTx *tx, const RnReportPeriod *p, GTimeZone *tz, GError **error)
{
	RnReportRow *row = g_new0(RnReportRow, 1);
	g_autoptr(GPtrArray) notices = NULL;

	g_ptr_array_add(r->rows, row);
	row->expiry = p->expiry;
	row->noticed = RN_DAY_NONE;
	if (!rn_store_box_get(tx, p->box_id, &row->box, error) ||
	    !rn_store_order_newest(tx, p->period_id, &row->order, error) ||
	    !rn_store_notices(tx, p->period_id, &notices, error))
		return FALSE;
	count_notices(r, row, notices, tz);
	return judge(r, tx, row, p->held > 0, error);
}

static gboolean
all_rows(RnRenewals *r, RnTx *tx, GTimeZone *tz, GError **error)
{
	gint64 after = 0;

	for (;;) {
		g_autoptr(GPtrArray) periods = NULL;

		if (!rn_store_report_periods(
		        tx, r->convention->id, r->from, r->to, after, PAGE, &periods, error))
			return FALSE;
		if (periods->len == 0)
			return TRUE;
		for (guint i = 0; i < periods->len; i++)
			if (!one_row(r, tx, g_ptr_array_index(periods, i), tz, error))
				return FALSE;
		after = ((const RnReportPeriod *)g_ptr_array_index(periods, periods->len - 1))->period_id;
	}
}

static gint
by_heading(gconstpointer a, gconstpointer b)
{
	const RnReportRow *x = *(RnReportRow *const *)a, *y = *(RnReportRow *const *)b;

	if (x->group != y->group)
		return (gint)x->group - (gint)y->group;
	return x->expiry != y->expiry ? (x->expiry > y->expiry) - (x->expiry < y->expiry) :
	                                strcmp(x->box->name, y->box->name);
}

/* --- what is owed --- */

/* Stands M before (negative), behind, or at the place of PAYER and the month of FRESH? */
static int
month_before(const RnReportMonth *m, const char *payer, const RnReportMonth *fresh)
{
	int order = strcmp(m->payer, payer);

	return order != 0 ? order : (m->year * 12 + m->month) - (fresh->year * 12 + fresh->month);
}

static void
month_clear(gpointer data)
{
	RnReportMonth *m = data;

	g_free(m->payer);
}

static void
count_order(RnRenewals *r, const RnOrder *o, GTimeZone *tz)
{
	const char *payer = o->payer != NULL ? o->payer : r->convention->payer;
	RnReportMonth fresh = { .orders = 0 }, *m;
	int day, before = -1;
	guint i = 0;

	rn_day_to_ymd(rn_day_of(o->accepted, tz), &fresh.year, &fresh.month, &day);
	while (i < r->months->len &&
	    (before = month_before(&g_array_index(r->months, RnReportMonth, i), payer, &fresh)) < 0)
		i++;
	if (i == r->months->len || before > 0) {
		g_array_insert_val(r->months, i, fresh);
		m = &g_array_index(r->months, RnReportMonth, i);
		m->payer = g_strdup(payer);
	}
	m = &g_array_index(r->months, RnReportMonth, i);
	m->orders++;
	m->price += o->price;
	m->vat += rn_order_vat(o);
}

static gboolean
all_owed(RnRenewals *r, RnTx *tx, GTimeZone *tz, GError **error)
{
	gint64 from = rn_day_start(r->owed_from, tz), to = rn_day_start(r->owed_to + 1, tz), after = 0;

	for (;;) {
		g_autoptr(GPtrArray) orders = NULL;

		if (!rn_store_orders_owed(tx, r->convention->id, from, to, after, PAGE, &orders, error))
			return FALSE;
		if (orders->len == 0)
			return TRUE;
		for (guint i = 0; i < orders->len; i++)
			count_order(r, g_ptr_array_index(orders, i), tz);
		after = ((const RnOrder *)g_ptr_array_index(orders, orders->len - 1))->id;
	}
}

/* --- all of it --- */

static RnDay
new_year(RnDay day)
{
	int y, m, d;

	rn_day_to_ymd(day, &y, &m, &d);
	return rn_day_from_ymd(y, 1, 1);
}

RnRenewals *
rn_report_make(RnEngine *e, RnTx *tx, const RnConvention *c, gint64 now, RnDay from, RnDay to, GError **error)
{
	g_autoptr(RnRenewals) r = g_new0(RnRenewals, 1);
	GTimeZone *tz = e->settings->tz;
	int ahead = c->notice_days->len > 0 ? g_array_index(c->notice_days, int, 0) : 0;

	r->convention = c;
	r->today = rn_day_of(now, tz);
	r->from = from != RN_DAY_NONE ? from : to != RN_DAY_NONE ? new_year(to) : r->today - BACK_DAYS;
	r->to = to != RN_DAY_NONE ? to : MAX(r->today, r->from) + ahead;
	r->owed_from = from != RN_DAY_NONE ? from : new_year(to != RN_DAY_NONE ? to : r->today);
	r->owed_to = to != RN_DAY_NONE ? to : r->today;
	r->rows = g_ptr_array_new_with_free_func(row_free);
	r->curve = g_array_new(FALSE, TRUE, sizeof(RnReportCurve));
	r->months = g_array_new(FALSE, TRUE, sizeof(RnReportMonth));
	g_array_set_clear_func(r->months, month_clear);
	if (!all_rows(r, tx, tz, error) || !all_owed(r, tx, tz, error))
		return NULL;
	g_ptr_array_sort(r->rows, by_heading);
	return g_steal_pointer(&r);
}
