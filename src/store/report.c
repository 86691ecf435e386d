/* report.c: what the secretary's report is made of. */
#include "store/tx.h"

static gpointer
make_period(RnRow *row)
{
	RnReportPeriod *p = g_new0(RnReportPeriod, 1);

	p->period_id = rn_row_int(row);
	p->expiry = rn_row_day(row);
	p->box_id = rn_row_int(row);
	p->held = rn_row_int(row);
	return p;
}

gboolean
rn_store_report_periods(RnTx *tx, const char *convention, RnDay from, RnDay to, gint64 after, guint max,
    GPtrArray **periods, GError **error)
{
	const RnCell cells[] = {
		rn_cell_int(after), rn_cell_text(convention), rn_cell_day(from), rn_cell_day(to), rn_cell_int(max),
	};

	return rn_tx_all(tx, RN_ST_REPORT_PERIODS, RN_CELLS(cells), make_period, g_free, periods, error);
}

static gpointer
make_notice(RnRow *row)
{
	RnNoticeRow *n = g_new0(RnNoticeRow, 1);

	n->day = (int)rn_row_int(row);
	n->decision = rn_row_text(row);
	n->at = rn_row_int(row);
	return n;
}

static void
free_notice(gpointer notice)
{
	RnNoticeRow *n = notice;

	g_free(n->decision);
	g_free(n);
}

gboolean
rn_store_notices(RnTx *tx, gint64 period_id, GPtrArray **notices, GError **error)
{
	const RnCell cells[] = { rn_cell_int(period_id) };

	return rn_tx_all(tx, RN_ST_NOTICE_LIST, RN_CELLS(cells), make_notice, free_notice, notices, error);
}
