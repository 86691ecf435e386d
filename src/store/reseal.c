/* reseal.c: what the store holds in the clear, or under an older key, is encrypted with the newest. */
#include "store/keep.h"
#include "store/tx.h"

typedef struct {
	gint64	 id;
	char	*name;
	GBytes	*kept;
} Blob;

static gpointer
make_blob(RnRow *row)
{
	Blob *b = g_new0(Blob, 1);

	b->id = rn_row_int(row);
	b->name = rn_row_text(row);
	b->kept = rn_row_bytes(row);
	return b;
}

static void
free_blob(gpointer p)
{
	Blob *b = p;

	g_free(b->name);
	g_clear_pointer(&b->kept, g_bytes_unref);
	g_free(b);
}

static gboolean
reseal(RnTx *tx, const char *label, RnStmt put, const Blob *b, guint *changed, GError **error)
{
	const RnVault *vault = tx->store->vault;
	g_autoptr(GBytes) plain = NULL, sealed = NULL;

	if (b->kept == NULL || rn_vault_current(vault, b->kept))
		return TRUE;
	plain = rn_vault_open(vault, label, b->name, b->kept, error);
	if (plain == NULL)
		return FALSE;
	sealed = rn_vault_seal(vault, label, b->name, plain);
	(*changed)++;
	return rn_tx_must(
	    tx, put, (const RnCell[]){ rn_cell_bytes(sealed), rn_cell_int(b->id) }, 2, NULL, error);
}

/* One page of blobs that GET lists above *AFTER. */
static gboolean
page(RnTx *tx, const char *label, RnStmt get, RnStmt put, gint64 *after, guint max, guint *looked,
    guint *changed, GError **error)
{
	const RnCell cells[] = { rn_cell_int(*after), rn_cell_int(max) };
	g_autoptr(GPtrArray) list = NULL;

	if (!rn_tx_all(tx, get, RN_CELLS(cells), make_blob, free_blob, &list, error))
		return FALSE;
	for (guint i = 0; i < list->len; i++) {
		const Blob *b = g_ptr_array_index(list, i);

		if (!reseal(tx, label, put, b, changed, error))
			return FALSE;
		*after = b->id;
	}
	*looked += list->len;
	return TRUE;
}

gboolean
rn_store_reseal(
    RnTx *tx, gint64 *mail, gint64 *document, guint max, guint *looked, guint *changed, GError **error)
{
	*looked = *changed = 0;
	return page(tx, RN_VAULT_MAIL, RN_ST_RESEAL_MAIL, RN_ST_RESEAL_MAIL_PUT, mail, max, looked, changed,
	           error) &&
	    page(tx, RN_VAULT_DOCUMENT, RN_ST_RESEAL_DOCUMENT, RN_ST_RESEAL_DOCUMENT_PUT, document, max,
	        looked, changed, error);
}
