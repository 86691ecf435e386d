/* delivery.c: what came back about letters that were sent: bounces, delays, absences; and addresses where
 * nothing arrives. */
#include "store/tx.h"

void
rn_delivery_free(RnDelivery *d)
{
	if (d == NULL)
		return;
	g_free(d->state);
	g_free(d->code);
	g_free(d->why);
	g_free(d);
}

static void
free_delivery(gpointer d)
{
	rn_delivery_free(d);
}

static gpointer
make_delivery(RnRow *row)
{
	RnDelivery *d = g_new0(RnDelivery, 1);

	d->letter_id = rn_row_int(row);
	d->state = rn_row_text(row);
	d->at = rn_row_int(row);
	d->inbox_id = rn_row_int(row);
	d->code = rn_row_text(row);
	d->why = rn_row_text(row);
	d->back_on = rn_row_day(row);
	return d;
}

gboolean
rn_store_delivery_put(RnTx *tx, const RnDelivery *d, gboolean *fresh, GError **error)
{
	const RnCell cells[] = {
		rn_cell_int(d->letter_id), rn_cell_text(d->state), rn_cell_int(d->at), rn_cell_id(d->inbox_id),
		rn_cell_text(d->code), rn_cell_text(d->why), rn_cell_day(d->back_on),
	};

	return rn_tx_number(tx, RN_ST_DELIVERY_ADD, RN_CELLS(cells), fresh, NULL, error);
}

gboolean
rn_store_delivery_forget(RnTx *tx, gint64 letter_id, gboolean *found, GError **error)
{
	const RnCell cells[] = { rn_cell_int(letter_id) };

	return rn_tx_number(tx, RN_ST_DELIVERY_FORGET, RN_CELLS(cells), found, NULL, error);
}

gboolean
rn_store_deliveries(RnTx *tx, gint64 box_id, gint64 after, guint max, GPtrArray **list, GError **error)
{
	const RnCell cells[] = { rn_cell_int(after), rn_cell_id(box_id), rn_cell_int(max) };

	return rn_tx_all(tx, RN_ST_DELIVERY_LIST, RN_CELLS(cells), make_delivery, free_delivery, list, error);
}

gboolean
rn_store_address_dead_put(RnTx *tx, const char *address, gint64 letter_id, gint64 since, GError **error)
{
	const RnCell cells[] = { rn_cell_text(address), rn_cell_int(letter_id), rn_cell_int(since) };

	return rn_tx_number(tx, RN_ST_DEAD_ADD, RN_CELLS(cells), NULL, NULL, error);
}

gboolean
rn_store_address_dead(RnTx *tx, const char *address, gboolean *dead, GError **error)
{
	const RnCell cells[] = { rn_cell_text(address) };

	return rn_tx_number(tx, RN_ST_DEAD_FIND, RN_CELLS(cells), dead, NULL, error);
}

gboolean
rn_store_address_lives(RnTx *tx, const char *address, GError **error)
{
	const RnCell cells[] = { rn_cell_text(address) };

	return rn_tx_number(tx, RN_ST_DEAD_FORGET, RN_CELLS(cells), NULL, NULL, error);
}

gboolean
rn_store_letters_since(
    RnTx *tx, const char *address, gint64 since, gboolean desk, gint64 *letters, GError **error)
{
	const RnCell cells[] = { rn_cell_text(address), rn_cell_int(since) };

	return rn_tx_number(tx, desk ? RN_ST_DESK_COUNT_SINCE : RN_ST_LETTER_COUNT_SINCE, RN_CELLS(cells),
	    NULL, letters, error);
}
