/* keep.c: what is removed when its time is over. */
#include "store/keep.h"

#include "store/tx.h"

static void
count_row(RnRow *row, gpointer data)
{
	gint64 *n = data;

	(void)row;
	(*n)++;
}

/* Runs STMT, which ends in RETURNING, and adds its rows to *N. */
static gboolean
change(RnTx *tx, RnStmt stmt, const RnCell *cells, gsize n_cells, gint64 *n, GError **error)
{
	return rn_tx_run(tx, stmt, cells, n_cells, count_row, n, error);
}

static void
add_id(RnRow *row, gpointer data)
{
	gint64 id = rn_row_int(row);

	g_array_append_val((GArray *)data, id);
}

gboolean
rn_store_keep_boxes(
    RnTx *tx, gint64 after, gint64 mail, gint64 document, guint max, GArray **ids, GError **error)
{
	const RnCell cells[] = { rn_cell_int(after), rn_cell_int(mail), rn_cell_int(document),
		rn_cell_int(max) };

	*ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	if (rn_tx_run(tx, RN_ST_KEEP_BOXES, RN_CELLS(cells), add_id, *ids, error))
		return TRUE;
	g_clear_pointer(ids, g_array_unref);
	return FALSE;
}

gboolean
rn_store_keep_prune(RnTx *tx, gint64 box_id, gint64 mail, gint64 document, RnRemoved *removed, GError **error)
{
	g_autoptr(GBytes) nothing = g_bytes_new(NULL, 0);
	const RnCell mails[] = { rn_cell_int(box_id), rn_cell_int(mail) };
	const RnCell letters[] = { rn_cell_bytes(nothing), rn_cell_int(box_id), rn_cell_int(mail) };
	const RnCell documents[] = { rn_cell_bytes(nothing), rn_cell_int(box_id), rn_cell_int(document) };

	return rn_tx_run(tx, RN_ST_KEEP_WORDS, RN_CELLS(mails), NULL, NULL, error) &&
	    rn_tx_run(tx, RN_ST_KEEP_ORDER, RN_CELLS(mails), NULL, NULL, error) &&
	    change(tx, RN_ST_KEEP_MAIL, RN_CELLS(mails), &removed->mails, error) &&
	    change(tx, RN_ST_KEEP_LETTER, RN_CELLS(letters), &removed->letters, error) &&
	    change(tx, RN_ST_KEEP_DOCUMENT, RN_CELLS(documents), &removed->documents, error);
}

gboolean
rn_store_keep_junk(RnTx *tx, gint64 junk, guint max, gint64 *removed, GError **error)
{
	const RnCell cells[] = { rn_cell_int(junk), rn_cell_int(max) };

	*removed = 0;
	return change(tx, RN_ST_KEEP_JUNK, RN_CELLS(cells), removed, error);
}

gboolean
rn_store_keep_strangers(RnTx *tx, gint64 mail, guint max, gint64 *removed, GError **error)
{
	const RnCell cells[] = { rn_cell_int(mail), rn_cell_int(max) };
	const RnCell until[] = { rn_cell_int(mail) };

	*removed = 0;
	return rn_tx_run(tx, RN_ST_KEEP_REASONS, RN_CELLS(until), NULL, NULL, error) &&
	    change(tx, RN_ST_KEEP_STRANGERS, RN_CELLS(cells), removed, error);
}

gboolean
rn_store_keep_notes(RnTx *tx, gint64 mail, guint max, gint64 *removed, GError **error)
{
	g_autoptr(GBytes) nothing = g_bytes_new(NULL, 0);
	const RnCell cells[] = { rn_cell_bytes(nothing), rn_cell_int(mail), rn_cell_int(max) };

	*removed = 0;
	return change(tx, RN_ST_KEEP_NOTES, RN_CELLS(cells), removed, error);
}

gboolean
rn_store_keep_quota(RnTx *tx, guint keep, guint slack, gint64 *removed, GError **error)
{
	const RnCell look[] = { rn_cell_int((gint64)keep + slack) };
	const RnCell cut[] = { rn_cell_int(keep) };
	gboolean over;

	*removed = 0;
	if (!rn_tx_number(tx, RN_ST_KEEP_JUNK_NTH, RN_CELLS(look), &over, NULL, error))
		return FALSE;
	return !over || change(tx, RN_ST_KEEP_QUOTA, RN_CELLS(cut), removed, error);
}

/* --- legal hold --- */

typedef struct {
	char	*reason;
	gint64	 since;
} Hold;

static gpointer
make_hold(RnRow *row)
{
	Hold *h = g_new0(Hold, 1);

	h->reason = rn_row_text(row);
	h->since = rn_row_int(row);
	return h;
}

static void
free_hold(gpointer p)
{
	Hold *h = p;

	g_free(h->reason);
	g_free(h);
}

gboolean
rn_store_hold_get(RnTx *tx, gint64 box_id, char **reason, gint64 *since, GError **error)
{
	const RnCell cells[] = { rn_cell_int(box_id) };
	Hold *h = NULL;

	*reason = NULL;
	if (!rn_tx_one(tx, RN_ST_HOLD_GET, RN_CELLS(cells), make_hold, free_hold, (gpointer *)&h, error))
		return FALSE;
	if (h == NULL)
		return TRUE;
	*reason = g_steal_pointer(&h->reason);
	if (since != NULL)
		*since = h->since;
	free_hold(h);
	return TRUE;
}

gboolean
rn_store_hold_put(RnTx *tx, gint64 box_id, const char *reason, gint64 at, GError **error)
{
	const RnCell cells[] = { rn_cell_int(box_id), rn_cell_text(reason), rn_cell_int(at) };

	return rn_tx_run(tx, RN_ST_HOLD_PUT, RN_CELLS(cells), NULL, NULL, error);
}

gboolean
rn_store_hold_end(RnTx *tx, gint64 box_id, gboolean *found, GError **error)
{
	const RnCell cells[] = { rn_cell_int(box_id) };

	return rn_tx_number(tx, RN_ST_HOLD_END, RN_CELLS(cells), found, NULL, error);
}
