/* mark.c: the word that a holder has chosen for our letters. */
#include "store/tx.h"

gboolean
rn_store_mark_put(RnTx *tx, gint64 box_id, const char *word, gint64 at, gint64 inbox_id, GError **error)
{
	const RnCell cells[] = { rn_cell_int(box_id), rn_cell_text(word), rn_cell_int(at),
		rn_cell_id(inbox_id) };

	return rn_tx_must(tx, RN_ST_MARK_PUT, RN_CELLS(cells), NULL, error);
}

static gpointer
make_word(RnRow *row)
{
	return rn_row_text(row);
}

gboolean
rn_store_mark(RnTx *tx, gint64 box_id, char **word, GError **error)
{
	const RnCell cells[] = { rn_cell_int(box_id) };

	return rn_tx_one(tx, RN_ST_MARK_GET, RN_CELLS(cells), make_word, g_free, (gpointer *)word, error);
}
