/* expiry.c: what was made of periods that ended. */
#include "store/tx.h"

gboolean
rn_store_box_count_state(RnTx *tx, RnBoxState state, gint64 *boxes, GError **error)
{
	const RnCell cells[] = { rn_cell_word(RN_WORDS_BOX, (int)state) };

	return rn_tx_number(tx, RN_ST_BOX_COUNT_STATE, RN_CELLS(cells), NULL, boxes, error);
}

gboolean
rn_store_expiry_was(RnTx *tx, gint64 period_id, const char *decision, gboolean *is, GError **error)
{
	const RnCell cells[] = { rn_cell_text(decision), rn_cell_int(period_id) };
	gint64 yes;

	if (!rn_tx_number(tx, RN_ST_EXPIRY_DECISION_GET, RN_CELLS(cells), NULL, &yes, error))
		return FALSE;
	*is = yes != 0;
	return TRUE;
}

gboolean
rn_store_expiry_put(
    RnTx *tx, gint64 period_id, const char *decision, gint64 at, gboolean *changed, GError **error)
{
	const RnCell cells[] = { rn_cell_int(period_id), rn_cell_text(decision), rn_cell_int(at) };

	return rn_tx_number(tx, RN_ST_EXPIRY_DECISION_PUT, RN_CELLS(cells), changed, NULL, error);
}

static void
take_day(RnRow *row, gpointer data)
{
	*(RnDay *)data = rn_row_day(row);
}

gboolean
rn_store_announced(RnTx *tx, gint64 period_id, RnDay *day, GError **error)
{
	const RnCell cells[] = { rn_cell_int(period_id) };

	*day = RN_DAY_NONE;
	return rn_tx_run(tx, RN_ST_ANNOUNCED_GET, RN_CELLS(cells), take_day, day, error);
}

gboolean
rn_store_announced_put(RnTx *tx, gint64 period_id, RnDay day, GError **error)
{
	const RnCell cells[] = { rn_cell_int(period_id), rn_cell_day(day) };

	return rn_tx_number(tx, RN_ST_ANNOUNCED_PUT, RN_CELLS(cells), NULL, NULL, error);
}

gboolean
rn_store_call_drop_box(RnTx *tx, gint64 box_id, RnCallKind kind, gboolean *dropped, GError **error)
{
	const RnCell cells[] = { rn_cell_int(box_id), rn_cell_word(RN_WORDS_CALL, (int)kind) };

	return rn_tx_number(tx, RN_ST_CALL_DROP_BOX, RN_CELLS(cells), dropped, NULL, error);
}
