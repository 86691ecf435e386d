/* document.c: identity documents that members sent. */
#include "store/tx.h"

/* The bytes of a document as they stand in the store. */
typedef struct {
	char	*sha256;
	GBytes	*data;
} Kept;

void
rn_document_free(RnDocument *d)
{
	if (d == NULL)
		return;
	g_free(d->name);
	g_free(d->kind);
	g_free(d->sha256);
	g_free(d->state);
	g_free(d->reason);
	g_free(d);
}

static void
free_document(gpointer d)
{
	rn_document_free(d);
}

static gpointer
make_document(RnRow *row)
{
	RnDocument *d = g_new0(RnDocument, 1);

	d->id = rn_row_int(row);
	d->box_id = rn_row_int(row);
	d->inbox_id = rn_row_int(row);
	d->at = rn_row_int(row);
	d->name = rn_row_text(row);
	d->kind = rn_row_text(row);
	d->sha256 = rn_row_text(row);
	d->state = rn_row_text(row);
	d->reason = rn_row_text(row);
	d->size = rn_row_int(row);
	return d;
}

static gpointer
make_kept(RnRow *row)
{
	Kept *k = g_new0(Kept, 1);

	k->sha256 = rn_row_text(row);
	k->data = rn_row_bytes(row);
	return k;
}

static void
free_kept(gpointer p)
{
	Kept *k = p;

	if (k == NULL)
		return;
	g_free(k->sha256);
	g_clear_pointer(&k->data, g_bytes_unref);
	g_free(k);
}

gboolean
rn_store_document_add(RnTx *tx, RnDocument *d, GBytes *data, gboolean *fresh, GError **error)
{
	g_autoptr(GBytes) kept = rn_vault_seal(tx->store->vault, RN_VAULT_DOCUMENT, d->sha256, data);
	const RnCell cells[] = {
		rn_cell_int(d->box_id), rn_cell_id(d->inbox_id), rn_cell_int(d->at), rn_cell_text(d->name),
		rn_cell_text(d->kind), rn_cell_text(d->sha256), rn_cell_text(d->state), rn_cell_text(d->reason),
		rn_cell_int(d->size), rn_cell_bytes(kept),
	};
	const RnCell find[] = { rn_cell_int(d->box_id), rn_cell_text(d->sha256) };

	if (!rn_tx_number(tx, RN_ST_DOCUMENT_ADD, RN_CELLS(cells), fresh, &d->id, error))
		return FALSE;
	return *fresh || rn_tx_must(tx, RN_ST_DOCUMENT_FIND, RN_CELLS(find), &d->id, error);
}

gboolean
rn_store_documents(RnTx *tx, gint64 box_id, gint64 after, guint max, GPtrArray **list, GError **error)
{
	const RnCell cells[] = { rn_cell_int(after), rn_cell_id(box_id), rn_cell_int(max) };

	return rn_tx_all(tx, RN_ST_DOCUMENT_LIST, RN_CELLS(cells), make_document, free_document, list, error);
}

gboolean
rn_store_document_data(RnTx *tx, gint64 id, GBytes **data, GError **error)
{
	const RnCell cells[] = { rn_cell_int(id) };
	Kept *k = NULL;

	*data = NULL;
	if (!rn_tx_one(tx, RN_ST_DOCUMENT_DATA, RN_CELLS(cells), make_kept, free_kept, (gpointer *)&k, error))
		return FALSE;
	if (k == NULL || k->data == NULL ||
	    g_bytes_get_size(k->data) == 0) { /* or removed when its time was over */
		free_kept(k);
		return TRUE;
	}
	*data = rn_vault_open(tx->store->vault, RN_VAULT_DOCUMENT, k->sha256, k->data, error);
	free_kept(k);
	return *data != NULL;
}

gboolean
rn_store_document_get(RnTx *tx, gint64 id, RnDocument **document, GError **error)
{
	const RnCell cells[] = { rn_cell_int(id) };

	return rn_tx_one(tx, RN_ST_DOCUMENT_GET, RN_CELLS(cells), make_document, free_document,
	    (gpointer *)document, error);
}

gboolean
rn_store_document_set(RnTx *tx, gint64 id, const char *state, const char *reason, GError **error)
{
	const RnCell cells[] = { rn_cell_text(state), rn_cell_text(reason), rn_cell_int(id) };

	return rn_tx_must(tx, RN_ST_DOCUMENT_STATE, RN_CELLS(cells), NULL, error);
}
