/* letter_terms.c: what notices offered that can be accepted by their answer. */
#include "store/tx.h"

gboolean
rn_store_letter_terms_add(RnTx *tx, gint64 letter_id, const char *terms, GError **error)
{
	const RnCell cells[] = { rn_cell_int(letter_id), rn_cell_text(terms) };

	return rn_tx_must(tx, RN_ST_LETTER_TERMS_ADD, RN_CELLS(cells), NULL, error);
}

static void
take_terms(RnRow *row, gpointer data)
{
	*(char **)data = rn_row_text(row);
}

gboolean
rn_store_letter_terms(RnTx *tx, gint64 letter_id, char **terms, GError **error)
{
	const RnCell cells[] = { rn_cell_int(letter_id) };

	*terms = NULL;
	return rn_tx_run(tx, RN_ST_LETTER_TERMS_GET, RN_CELLS(cells), take_terms, terms, error);
}

gboolean
rn_store_notices_alike(RnTx *tx, gint64 period_id, const char *terms, gboolean *alike, GError **error)
{
	const RnCell cells[] = { rn_cell_text(terms), rn_cell_int(period_id) };
	gint64 others;

	if (!rn_tx_number(tx, RN_ST_NOTICES_UNLIKE, RN_CELLS(cells), NULL, &others, error))
		return FALSE;
	*alike = others == 0;
	return TRUE;
}
