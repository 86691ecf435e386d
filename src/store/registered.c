/* registered.c: registered mail that came in: envelopes, receipts, signatures of members. */
#include "store/tx.h"

void
rn_registered_row_free(RnRegisteredRow *row)
{
	if (row == NULL)
		return;
	g_free(row->kind);
	g_free(row->signature);
	g_free(row->fault);
	g_free(row->provider);
	g_free(row->certificate);
	g_free(row->mittente);
	g_free(row->identificativo);
	g_free(row->msgid);
	g_free(row->rcpt);
	g_free(row->consegna);
	g_free(row->code);
	g_free(row);
}

gboolean
rn_store_registered_put(RnTx *tx, const RnRegisteredRow *row, GError **error)
{
	const RnCell cells[] = {
		rn_cell_int(row->inbox_id), rn_cell_id(row->letter_id), rn_cell_text(row->kind),
		rn_cell_text(row->signature), rn_cell_text(row->fault), rn_cell_text(row->provider),
		rn_cell_text(row->certificate), rn_cell_text(row->mittente), rn_cell_text(row->identificativo),
		rn_cell_text(row->msgid), rn_cell_text(row->rcpt), rn_cell_text(row->consegna), rn_cell_text(row->code),
		rn_cell_int(row->certified != 0), rn_cell_int(row->at),
	};

	return rn_tx_must(tx, RN_ST_REGISTERED_PUT, RN_CELLS(cells), NULL, error);
}

gboolean
rn_store_registered_seen(RnTx *tx, const char *kind, const char *identificativo, const char *rcpt,
    gint64 inbox_id, gboolean *seen, GError **error)
{
	const RnCell cells[] = { rn_cell_text(kind), rn_cell_text(identificativo), rn_cell_text(rcpt),
		rn_cell_int(inbox_id) };

	return rn_tx_number(tx, RN_ST_REGISTERED_SEEN, RN_CELLS(cells), seen, NULL, error);
}

static void
free_row(gpointer row)
{
	rn_registered_row_free(row);
}

static gpointer
make_row(RnRow *row)
{
	RnRegisteredRow *r = g_new0(RnRegisteredRow, 1);

	r->id = rn_row_int(row);
	r->inbox_id = rn_row_int(row);
	r->letter_id = rn_row_int(row);
	r->kind = rn_row_text(row);
	r->signature = rn_row_text(row);
	r->fault = rn_row_text(row);
	r->provider = rn_row_text(row);
	r->certificate = rn_row_text(row);
	r->mittente = rn_row_text(row);
	r->identificativo = rn_row_text(row);
	r->msgid = rn_row_text(row);
	r->rcpt = rn_row_text(row);
	r->consegna = rn_row_text(row);
	r->code = rn_row_text(row);
	r->certified = rn_row_int(row) != 0;
	r->at = rn_row_int(row);
	return r;
}

gboolean
rn_store_registered_letter(RnTx *tx, const char *identificativo, gint64 *letter_id, GError **error)
{
	const RnCell cells[] = { rn_cell_text(identificativo) };
	gboolean found;

	*letter_id = 0;
	return rn_tx_number(tx, RN_ST_REGISTERED_LETTER, RN_CELLS(cells), &found, letter_id, error);
}

gboolean
rn_store_receipts(
    RnTx *tx, gint64 letter_id, gint64 box_id, gint64 after, guint max, GPtrArray **list, GError **error)
{
	const RnCell cells[] = { rn_cell_int(after), rn_cell_id(letter_id), rn_cell_id(box_id),
		rn_cell_int(max) };

	return rn_tx_all(tx, RN_ST_RECEIPT_LIST, RN_CELLS(cells), make_row, free_row, list, error);
}

gboolean
rn_store_period_notified(RnTx *tx, gint64 period_id, gint64 *at, GError **error)
{
	const RnCell cells[] = { rn_cell_int(period_id) };

	*at = 0;
	return rn_tx_number(tx, RN_ST_PERIOD_NOTIFIED, RN_CELLS(cells), NULL, at, error);
}
