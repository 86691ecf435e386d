/* letter.c: the outbox: letters. A letter is claimed for a while (its lease), sent outside of any
 * transaction, and its result written only if the claim is still the one that was made. */
#include "store/tx.h"

static void
free_letter(gpointer letter)
{
	rn_letter_free(letter);
}

/* The columns of LETTER in stmt.c, and the bytes where the statement gives them. */
static gpointer
make_letter(RnRow *row)
{
	RnLetter *l = rn_letter_new();

	l->id = rn_row_int(row);
	l->key = rn_row_text(row);
	l->kind = (RnLetterKind)rn_row_word(row, RN_WORDS_LETTER);
	l->step = (int)rn_row_int(row);
	l->box_id = rn_row_int(row);
	l->period_id = rn_row_int(row);
	l->order_id = rn_row_int(row);
	l->rcpt = rn_row_text(row);
	l->sender = rn_row_text(row);
	l->message_id = rn_row_text(row);
	l->subject = rn_row_text(row);
	l->state = (RnSendState)rn_row_word(row, RN_WORDS_SEND);
	l->due = rn_row_int(row);
	l->created = rn_row_int(row);
	l->sent = rn_row_int(row);
	l->attempts = (int)rn_row_int(row);
	l->error = rn_row_text(row);
	l->raw = rn_row_bytes(row);
	if (l->raw != NULL && g_bytes_get_size(l->raw) == 0)	/* removed when its time was over */
		g_clear_pointer(&l->raw, g_bytes_unref);
	if (row->at < row->n)
		l->quoted = rn_row_text(row);
	return l;
}

gboolean
rn_store_letter_add(RnTx *tx, RnLetter *letter, gboolean *fresh, GError **error)
{
	g_autofree char *raw_digest = rn_row_digest(letter->raw);
	const RnCell cells[] = {
		rn_cell_text(letter->key), rn_cell_word(RN_WORDS_LETTER, (int)letter->kind), rn_cell_int(letter->step),
		rn_cell_id(letter->box_id), rn_cell_id(letter->period_id), rn_cell_id(letter->order_id),
		rn_cell_text(letter->rcpt), rn_cell_text(letter->sender), rn_cell_text(letter->message_id),
		rn_cell_text(letter->subject), rn_cell_word(RN_WORDS_SEND, (int)letter->state),
		rn_cell_int(letter->due), rn_cell_int(letter->created), rn_cell_int(letter->sent),
		rn_cell_int(letter->attempts), rn_cell_text(letter->error), rn_cell_bytes(letter->raw),
		rn_cell_text(raw_digest),
	};
	gint64 id;

	if (!rn_tx_number(tx, RN_ST_LETTER_ADD, RN_CELLS(cells), fresh, &id, error))
		return FALSE;
	if (*fresh)
		letter->id = id;
	return TRUE;
}

gboolean
rn_store_letter_next(RnTx *tx, gint64 *number, GError **error)
{
	return rn_tx_number(tx, RN_ST_LETTER_NEXT, NULL, 0, NULL, number, error);
}

gboolean
rn_store_letter_exists(RnTx *tx, const char *key, gboolean *there, GError **error)
{
	const RnCell cells[] = { rn_cell_text(key) };

	return rn_tx_number(tx, RN_ST_LETTER_EXISTS, RN_CELLS(cells), there, NULL, error);
}

static gboolean
one(RnTx *tx, RnStmt stmt, RnCell cell, RnLetter **letter, GError **error)
{
	return rn_tx_one(tx, stmt, &cell, 1, make_letter, free_letter, (gpointer *)letter, error);
}

gboolean
rn_store_letter_get(RnTx *tx, gint64 id, RnLetter **letter, GError **error)
{
	return one(tx, RN_ST_LETTER_GET, rn_cell_int(id), letter, error);
}

gboolean
rn_store_letter_answered(
    RnTx *tx, const char *message_id, gint64 period_id, gboolean offer, RnLetter **letter, GError **error)
{
	*letter = NULL;
	if (message_id != NULL && !one(tx, RN_ST_LETTER_BY_MESSAGE, rn_cell_text(message_id), letter, error))
		return FALSE;
	if (*letter != NULL || period_id == 0)
		return TRUE;
	return one(
	    tx, offer ? RN_ST_LETTER_OFFER : RN_ST_LETTER_NOTICE, rn_cell_int(period_id), letter, error);
}

gboolean
rn_store_letter_returned(
    RnTx *tx, const char *message_id, const char *rcpt, RnLetter **letter, GError **error)
{
	const RnCell cells[] = { rn_cell_text(message_id), rn_cell_text(rcpt) };

	return rn_tx_one(
	    tx, RN_ST_LETTER_RETURNED, RN_CELLS(cells), make_letter, free_letter, (gpointer *)letter, error);
}

gboolean
rn_store_letter_sent_to(RnTx *tx, gint64 period_id, const char *rcpt, RnLetter **letter, GError **error)
{
	const RnCell cells[] = { rn_cell_int(period_id), rn_cell_text(rcpt) };

	return rn_tx_one(
	    tx, RN_ST_LETTER_SENT_TO, RN_CELLS(cells), make_letter, free_letter, (gpointer *)letter, error);
}

gboolean
rn_store_letter_claim(RnTx *tx, gint64 now, int lease, RnLetter **letter, gboolean *stale, GError **error)
{
	const RnCell cells[] = { rn_cell_int(now + lease), rn_cell_int(now) };
	gpointer *out = (gpointer *)letter;

	if (!rn_tx_one(tx, RN_ST_LETTER_CLAIM_STALE, RN_CELLS(cells), make_letter, free_letter, out, error))
		return FALSE;
	*stale = *letter != NULL;
	return *stale ||
	    rn_tx_one(tx, RN_ST_LETTER_CLAIM, RN_CELLS(cells), make_letter, free_letter, out, error);
}

gboolean
rn_store_letter_result(RnTx *tx, gint64 id, int attempt, RnSendState state, gint64 due, gint64 sent,
    const char *error_text, const char *quoted, gboolean *won, GError **error)
{
	const RnCell cells[] = {
		rn_cell_word(RN_WORDS_SEND, (int)state), rn_cell_int(due), rn_cell_int(sent), rn_cell_text(error_text),
		rn_cell_text(quoted), rn_cell_int(id), rn_cell_int(attempt),
	};

	return rn_tx_number(tx, RN_ST_LETTER_RESULT, RN_CELLS(cells), won, NULL, error);
}

gboolean
rn_store_letter_put_back(RnTx *tx, gint64 id, int attempt, gint64 due, GError **error)
{
	const RnCell cells[] = { rn_cell_int(due), rn_cell_int(id), rn_cell_int(attempt) };

	/* Somebody else may have it by now: then it is not ours to give back. */
	return rn_tx_number(tx, RN_ST_LETTER_PUT_BACK, RN_CELLS(cells), NULL, NULL, error);
}

gboolean
rn_store_letter_again(RnTx *tx, gint64 id, gint64 due, gboolean *found, GError **error)
{
	const RnCell cells[] = { rn_cell_int(due), rn_cell_int(id) };

	return rn_tx_number(tx, RN_ST_LETTER_AGAIN, RN_CELLS(cells), found, NULL, error);
}

gboolean
rn_store_letters(
    RnTx *tx, int state, gint64 box_id, gint64 after, guint max, GPtrArray **letters, GError **error)
{
	const RnCell cells[] = {
		rn_cell_int(box_id), rn_cell_int(after), rn_cell_word(RN_WORDS_SEND, state), rn_cell_int(max),
	};
	gsize skip = box_id == 0 ? 1 : 0;

	return rn_tx_all(tx, box_id == 0 ? RN_ST_LETTER_LIST : RN_ST_LETTER_OF_BOX, cells + skip,
	    G_N_ELEMENTS(cells) - skip, make_letter, free_letter, letters, error);
}

gboolean
rn_store_outbox_next(RnTx *tx, gint64 *due, GError **error)
{
	return rn_tx_number(tx, RN_ST_OUTBOX_NEXT, NULL, 0, NULL, due, error);
}
