/* alias.c: other addresses that may speak for a box, and the questions that make them so. */
#include "store/tx.h"

void
rn_alias_free(RnAlias *a)
{
	if (a == NULL)
		return;
	g_free(a->address);
	g_free(a->kind);
	g_free(a);
}

void
rn_authorization_free(RnAuthorization *a)
{
	if (a == NULL)
		return;
	g_free(a->address);
	g_free(a->state);
	g_free(a);
}

static void
free_alias(gpointer alias)
{
	rn_alias_free(alias);
}

static void
free_authorization(gpointer a)
{
	rn_authorization_free(a);
}

static gpointer
make_alias(RnRow *row)
{
	RnAlias *a = g_new0(RnAlias, 1);

	a->address = rn_row_text(row);
	a->since = rn_row_int(row);
	a->kind = rn_row_text(row);
	return a;
}

static gpointer
make_authorization(RnRow *row)
{
	RnAuthorization *a = g_new0(RnAuthorization, 1);

	a->step = (int)rn_row_int(row);
	a->inbox_id = rn_row_int(row);
	a->address = rn_row_text(row);
	a->at = rn_row_int(row);
	a->state = rn_row_text(row);
	return a;
}

gboolean
rn_store_alias_add(RnTx *tx, gint64 box_id, const char *address, const char *kind, gint64 since,
    gboolean *changed, GError **error)
{
	const RnCell cells[] = { rn_cell_text(address), rn_cell_int(box_id), rn_cell_int(since),
		rn_cell_text(kind) };

	return rn_tx_number(tx, RN_ST_ALIAS_ADD, RN_CELLS(cells), changed, NULL, error);
}

gboolean
rn_store_alias_remove(RnTx *tx, gint64 box_id, const char *address, gboolean *changed, GError **error)
{
	const RnCell cells[] = { rn_cell_text(address), rn_cell_int(box_id) };

	return rn_tx_number(tx, RN_ST_ALIAS_REMOVE, RN_CELLS(cells), changed, NULL, error);
}

gboolean
rn_store_aliases(RnTx *tx, gint64 box_id, GPtrArray **list, GError **error)
{
	const RnCell cells[] = { rn_cell_int(box_id) };

	return rn_tx_all(tx, RN_ST_ALIAS_LIST, RN_CELLS(cells), make_alias, free_alias, list, error);
}

gboolean
rn_store_authorization_add(RnTx *tx, gint64 period_id, const RnAuthorization *a, GError **error)
{
	const RnCell cells[] = {
		rn_cell_int(period_id), rn_cell_int(a->step), rn_cell_int(a->inbox_id), rn_cell_text(a->address),
		rn_cell_int(a->at), rn_cell_text(a->state),
	};

	return rn_tx_must(tx, RN_ST_AUTH_ADD, RN_CELLS(cells), NULL, error);
}

gboolean
rn_store_authorization_find(RnTx *tx, gint64 period_id, int step, RnAuthorization **a, GError **error)
{
	const RnCell cells[] = { rn_cell_int(period_id), rn_cell_int(step) };

	return rn_tx_one(tx, RN_ST_AUTH_FIND, RN_CELLS(cells), make_authorization, free_authorization,
	    (gpointer *)a, error);
}

gboolean
rn_store_authorizations(RnTx *tx, gint64 period_id, GPtrArray **list, GError **error)
{
	const RnCell cells[] = { rn_cell_int(period_id) };

	return rn_tx_all(
	    tx, RN_ST_AUTH_LIST, RN_CELLS(cells), make_authorization, free_authorization, list, error);
}

gboolean
rn_store_authorization_set(RnTx *tx, gint64 period_id, int step, const char *state, GError **error)
{
	const RnCell cells[] = { rn_cell_text(state), rn_cell_int(period_id), rn_cell_int(step) };

	return rn_tx_must(tx, RN_ST_AUTH_STATE, RN_CELLS(cells), NULL, error);
}
