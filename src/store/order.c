/* order.c: renewal orders (table renewal). */
#include "store/tx.h"

static void
free_order(gpointer order)
{
	rn_order_free(order);
}

/* The columns of ORDER in stmt.c. */
static gpointer
make_order(RnRow *row)
{
	RnOrder *o = rn_order_new();

	o->id = rn_row_int(row);
	o->box_id = rn_row_int(row);
	o->period_id = rn_row_int(row);
	o->convention = rn_row_text(row);
	o->state = (RnOrderState)rn_row_word(row, RN_WORDS_ORDER);
	o->number = rn_row_text(row);
	o->account = rn_row_text(row);
	o->payer = rn_row_text(row);
	o->price = rn_row_int(row);
	o->vat = (int)rn_row_int(row);
	o->term = (int)rn_row_int(row);
	o->old_expiry = rn_row_day(row);
	o->new_expiry = rn_row_day(row);
	o->proof = (RnProof)rn_row_word(row, RN_WORDS_PROOF);
	o->words = rn_row_text(row);
	o->requested = rn_row_int(row);
	o->offered = rn_row_int(row);
	o->accepted = rn_row_int(row);
	o->ended = rn_row_int(row);
	o->reference = rn_row_text(row);
	o->offer = (int)rn_row_int(row);
	o->terms = rn_row_text(row);
	return o;
}

/* Writes O by STMT: ORDER_VALUES in stmt.c, then its id and the state WAS where STMT is an update. */
static gboolean
write_order(RnTx *tx, const RnOrder *o, RnOrderState was, gboolean *any, gint64 *id, GError **error)
{
	const RnCell cells[] = {
		rn_cell_id(o->box_id), rn_cell_id(o->period_id), rn_cell_text(o->convention),
		rn_cell_word(RN_WORDS_ORDER, (int)o->state), rn_cell_text(o->number), rn_cell_text(o->account),
		rn_cell_text(o->payer), rn_cell_int(o->price), rn_cell_int(o->vat), rn_cell_int(o->term),
		rn_cell_day(o->old_expiry), rn_cell_day(o->new_expiry), rn_cell_word(RN_WORDS_PROOF, (int)o->proof),
		rn_cell_text(o->words), rn_cell_int(o->requested), rn_cell_int(o->offered), rn_cell_int(o->accepted),
		rn_cell_int(o->ended), rn_cell_text(o->reference), rn_cell_int(o->offer),
		rn_cell_text(o->terms), rn_cell_int(o->id), rn_cell_word(RN_WORDS_ORDER, (int)was),
	};
	gboolean add = o->id == 0;
	gsize n = G_N_ELEMENTS(cells) - (add ? 2 : 0);
	g_autoptr(GError) why = NULL;

	if (rn_tx_number(tx, add ? RN_ST_ORDER_ADD : RN_ST_ORDER_SAVE, cells, n, any, id, &why))
		return TRUE;
	if (g_error_matches(why, RN_ERROR, RN_ERR_STATE))
		g_prefix_error(
		    &why, "period %" G_GINT64_FORMAT " has an open or a concluded order: ", o->period_id);
	g_propagate_error(error, g_steal_pointer(&why));
	return FALSE;
}

gboolean
rn_store_order_add(RnTx *tx, RnOrder *order, GError **error)
{
	gboolean any = FALSE;

	order->id = 0;
	return write_order(tx, order, RN_ORDER_NONE, &any, &order->id, error);
}

gboolean
rn_store_order_save(RnTx *tx, const RnOrder *order, RnOrderState was, gboolean *moved, GError **error)
{
	g_return_val_if_fail(order->id != 0, FALSE);
	return write_order(tx, order, was, moved, NULL, error);
}

gboolean
rn_store_order_set_reference(RnTx *tx, gint64 id, const char *reference, GError **error)
{
	const RnCell cells[] = { rn_cell_text(reference), rn_cell_int(id) };

	return rn_tx_must(tx, RN_ST_ORDER_REFERENCE, RN_CELLS(cells), NULL, error);
}

gboolean
rn_store_order_get(RnTx *tx, gint64 id, RnOrder **order, GError **error)
{
	const RnCell cells[] = { rn_cell_int(id) };

	return rn_tx_one(
	    tx, RN_ST_ORDER_GET, RN_CELLS(cells), make_order, free_order, (gpointer *)order, error);
}

gboolean
rn_store_order_find(RnTx *tx, const char *number, RnOrder **order, GError **error)
{
	const RnCell cells[] = { rn_cell_text(number) };

	return rn_tx_one(
	    tx, RN_ST_ORDER_FIND, RN_CELLS(cells), make_order, free_order, (gpointer *)order, error);
}

gboolean
rn_store_order_newest(RnTx *tx, gint64 period_id, RnOrder **order, GError **error)
{
	const RnCell cells[] = { rn_cell_int(period_id) };

	return rn_tx_one(
	    tx, RN_ST_ORDER_NEWEST, RN_CELLS(cells), make_order, free_order, (gpointer *)order, error);
}

/* The counter moves with the transaction, and writers come one after the other: so no number is left out or
 * given twice. */
gboolean
rn_store_order_number(RnTx *tx, int year, char **number, GError **error)
{
	const RnCell cells[] = { rn_cell_int(year) };
	gint64 last;

	*number = NULL;
	if (!rn_tx_must(tx, RN_ST_ORDER_NUMBER, RN_CELLS(cells), &last, error))
		return FALSE;
	*number = g_strdup_printf("%04d-%06" G_GINT64_FORMAT, year, last);
	return TRUE;
}

gboolean
rn_store_orders(
    RnTx *tx, const char *convention, int state, gint64 after, guint max, GPtrArray **orders, GError **error)
{
	const RnCell cells[] = {
		rn_cell_int(after), rn_cell_text(convention), rn_cell_word(RN_WORDS_ORDER, state), rn_cell_int(max),
	};

	return rn_tx_all(tx, RN_ST_ORDER_LIST, RN_CELLS(cells), make_order, free_order, orders, error);
}

gboolean
rn_store_orders_of_box(RnTx *tx, gint64 box_id, GPtrArray **orders, GError **error)
{
	const RnCell cells[] = { rn_cell_int(box_id) };

	return rn_tx_all(tx, RN_ST_ORDER_OF_BOX, RN_CELLS(cells), make_order, free_order, orders, error);
}

gboolean
rn_store_orders_owed(RnTx *tx, const char *convention, gint64 from, gint64 to, gint64 after, guint max,
    GPtrArray **orders, GError **error)
{
	const RnCell cells[] = {
		rn_cell_int(after), rn_cell_text(convention), rn_cell_int(from), rn_cell_int(to), rn_cell_int(max),
	};

	return rn_tx_all(tx, RN_ST_ORDER_OWED, RN_CELLS(cells), make_order, free_order, orders, error);
}

gboolean
rn_store_orders_spent(RnTx *tx, const char *convention, gint64 from, gint64 to, gint64 *cents, GError **error)
{
	const RnCell cells[] = { rn_cell_text(convention), rn_cell_int(from), rn_cell_int(to) };

	return rn_tx_number(tx, RN_ST_ORDER_SPENT, RN_CELLS(cells), NULL, cents, error);
}
