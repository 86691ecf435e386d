/* head.c: the heads of a day, and what the time-stamping authority answered about them. */
#include "store/tx.h"

void
rn_day_head_free(RnDayHead *h)
{
	if (h == NULL)
		return;
	g_free(h->record);
	g_free(h->authority);
	g_free(h->error);
	g_clear_pointer(&h->answer, g_bytes_unref);
	g_free(h);
}

static void
free_head(gpointer h)
{
	rn_day_head_free(h);
}

/* The columns of HEAD in stmt.c. */
static gpointer
make_head(RnRow *row)
{
	RnDayHead *h = g_new0(RnDayHead, 1);

	h->id = rn_row_int(row);
	h->day = rn_row_day(row);
	h->at = rn_row_int(row);
	h->record = rn_row_text(row);
	h->due = rn_row_int(row);
	h->attempts = (int)rn_row_int(row);
	h->stamped = rn_row_int(row);
	h->authority = rn_row_text(row);
	h->error = rn_row_text(row);
	h->answer = rn_row_bytes(row);
	return h;
}

gboolean
rn_store_day_head_add(RnTx *tx, const RnDayHead *h, gboolean *fresh, GError **error)
{
	const RnCell cells[] = { rn_cell_day(h->day), rn_cell_int(h->at), rn_cell_text(h->record),
		rn_cell_int(h->due) };

	return rn_tx_number(tx, RN_ST_HEAD_ADD, RN_CELLS(cells), fresh, NULL, error);
}

gboolean
rn_store_day_head_newest(RnTx *tx, RnDayHead **h, GError **error)
{
	return rn_tx_one(tx, RN_ST_HEAD_NEWEST, NULL, 0, make_head, free_head, (gpointer *)h, error);
}

gboolean
rn_store_day_heads(RnTx *tx, gint64 after, guint max, GPtrArray **list, GError **error)
{
	const RnCell cells[] = { rn_cell_int(after), rn_cell_int(max) };

	return rn_tx_all(tx, RN_ST_HEAD_LIST, RN_CELLS(cells), make_head, free_head, list, error);
}

gboolean
rn_store_day_head_claim(RnTx *tx, const RnDayHead *h, gint64 due, gboolean *won, GError **error)
{
	const RnCell cells[] = { rn_cell_int(due), rn_cell_int(h->id), rn_cell_int(h->attempts) };

	return rn_tx_number(tx, RN_ST_HEAD_CLAIM, RN_CELLS(cells), won, NULL, error);
}

gboolean
rn_store_day_head_stamped(
    RnTx *tx, gint64 id, gint64 time, const char *authority, GBytes *answer, GError **error)
{
	const RnCell cells[] = { rn_cell_int(time), rn_cell_text(authority), rn_cell_bytes(answer),
		rn_cell_int(id) };

	return rn_tx_number(tx, RN_ST_HEAD_STAMPED, RN_CELLS(cells), NULL, NULL, error);
}

gboolean
rn_store_day_head_failed(RnTx *tx, gint64 id, const char *why, GError **error)
{
	const RnCell cells[] = { rn_cell_text(why), rn_cell_int(id) };

	return rn_tx_number(tx, RN_ST_HEAD_FAILED, RN_CELLS(cells), NULL, NULL, error);
}
