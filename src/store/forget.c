/* forget.c: a holder who left is taken out of the store. */
#include "store/keep.h"
#include "store/tx.h"

gboolean
rn_store_forget_hinders(RnTx *tx, gint64 box_id, const char **what, GError **error)
{
	static const struct {
		RnStmt		 stmt;
		const char	*what;
	} rows[] = {
		{ RN_ST_FORGET_ORDER, "an order is still under way" },
		{ RN_ST_FORGET_LETTER, "a letter has not left yet" },
		{ RN_ST_FORGET_NOTE,
		    "a note to an administrator, which may name it, has not left yet (`rinnova outbox list`)" },
		{ RN_ST_FORGET_CALL, "the provider has not answered yet" },
		{ RN_ST_FORGET_HELD, "a mail is held" },
	};
	const RnCell cells[] = { rn_cell_int(box_id) };

	*what = NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(rows) && *what == NULL; i++) {
		gboolean any;

		if (!rn_tx_number(tx, rows[i].stmt, RN_CELLS(cells), &any, NULL, error))
			return FALSE;
		*what = any ? rows[i].what : NULL;
	}
	return TRUE;
}

/* What is taken out by a statement with no parameter but the box, in this order. */
static const RnStmt by_box[] = { RN_ST_FORGET_DEAD, RN_ST_FORGET_MARK, RN_ST_FORGET_ALIAS,
	RN_ST_FORGET_AUTHORIZATION, RN_ST_FORGET_DELIVERY, RN_ST_FORGET_RENEWAL, RN_ST_FORGET_ANSWER,
	RN_ST_FORGET_DETAIL };

static void
add_id(RnRow *row, gpointer data)
{
	gint64 id = rn_row_int(row);

	g_array_append_val((GArray *)data, id);
}

static void
count_row(RnRow *row, gpointer data)
{
	gint64 *n = data;

	(void)row;
	(*n)++;
}

/* Empties a mail, and what stands beside it. */
static gboolean
forget_mail(RnTx *tx, gint64 id, GError **error)
{
	const RnCell cells[] = { rn_cell_int(id) };

	return rn_tx_run(tx, RN_ST_FORGET_REGISTERED, RN_CELLS(cells), NULL, NULL, error) &&
	    rn_tx_run(tx, RN_ST_FORGET_ASIDE, RN_CELLS(cells), NULL, NULL, error) &&
	    rn_tx_must(tx, RN_ST_FORGET_MAIL, RN_CELLS(cells), NULL, error);
}

/* Which mails they are is asked while the addresses of the box and its ledger still say so. */
static gboolean
forget_mails(RnTx *tx, gint64 box_id, gint64 *n, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	const RnCell box[] = { rn_cell_int(box_id) };

	if (!rn_tx_run(tx, RN_ST_FORGET_MAILS, RN_CELLS(box), add_id, ids, error))
		return FALSE;
	for (guint i = 0; i < ids->len; i++)
		if (!forget_mail(tx, g_array_index(ids, gint64, i), error))
			return FALSE;
	*n = ids->len;
	return TRUE;
}

gboolean
rn_store_forget(RnTx *tx, gint64 box_id, const char *name, RnRemoved *removed, GError **error)
{
	g_autoptr(GBytes) nothing = g_bytes_new(NULL, 0);
	const RnCell box[] = { rn_cell_int(box_id) };
	const RnCell letter[] = { rn_cell_bytes(nothing), rn_cell_int(box_id) };
	const RnCell note[] = { rn_cell_bytes(nothing) };
	const RnCell named[] = { rn_cell_text(name), rn_cell_int(box_id) };

	if (!rn_tx_number(tx, RN_ST_HOLD_ANY, NULL, 0, &removed->notes_stay, NULL, error) ||
	    !forget_mails(tx, box_id, &removed->mails, error))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(by_box); i++)
		if (!rn_tx_run(tx, by_box[i], RN_CELLS(box), NULL, NULL, error))
			return FALSE;
	return rn_tx_run(tx, RN_ST_FORGET_LETTERS, RN_CELLS(letter), count_row, &removed->letters, error) &&
	    rn_tx_run(tx, RN_ST_FORGET_NOTES, RN_CELLS(note), NULL, NULL, error) &&
	    rn_tx_run(tx, RN_ST_FORGET_DOCUMENT, RN_CELLS(box), count_row, &removed->documents, error) &&
	    rn_tx_must(tx, RN_ST_FORGET_BOX, RN_CELLS(named), NULL, error);
}
