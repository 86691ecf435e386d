/* letter_row.c: the rows of a list as it was sent. */
#include "store/tx.h"

gboolean
rn_store_letter_rows_add(RnTx *tx, gint64 letter_id, const guint64 *periods, guint n, GError **error)
{
	for (guint i = 0; i < n; i++) {
		const RnCell cells[] = { rn_cell_int(letter_id), rn_cell_int(i + 1),
			rn_cell_int((gint64)periods[i]) };

		if (!rn_tx_must(tx, RN_ST_LETTER_ROW_ADD, RN_CELLS(cells), NULL, error))
			return FALSE;
	}
	return TRUE;
}

static void
take_row(RnRow *row, gpointer data)
{
	guint64 period = (guint64)rn_row_int(row);

	g_array_append_val((GArray *)data, period);
}

typedef struct {
	gint64	 id;
	guint	 n;
} Lists;

static void
take_list(RnRow *row, gpointer data)
{
	Lists *l = data;
	gint64 id = rn_row_int(row);

	if (l->n++ == 0)
		l->id = id;
}

/* Two lists may number their rows in two ways: only one that is the only one speaks for itself. */
static gboolean
only_list(RnTx *tx, gint64 period_id, gint64 *id, GError **error)
{
	const RnCell cells[] = { rn_cell_int(period_id) };
	Lists l = { 0 };

	if (!rn_tx_run(tx, RN_ST_LETTER_LISTS, RN_CELLS(cells), take_list, &l, error))
		return FALSE;
	*id = l.n == 1 ? l.id : 0;
	return TRUE;
}

gboolean
rn_store_letter_rows(RnTx *tx, const char *message_id, gint64 period_id, GArray **periods, GError **error)
{
	g_autoptr(RnLetter) letter = NULL;
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(guint64));
	gint64 id = 0;

	*periods = NULL;
	if (message_id != NULL && !rn_store_letter_answered(tx, message_id, 0, FALSE, &letter, error))
		return FALSE;
	if (letter != NULL && letter->kind == RN_LETTER_LIST)
		id = letter->id;
	else if (!only_list(tx, period_id, &id, error))
		return FALSE;
	if (id != 0) {
		const RnCell cells[] = { rn_cell_int(id) };

		if (!rn_tx_run(tx, RN_ST_LETTER_ROWS, RN_CELLS(cells), take_row, list, error))
			return FALSE;
	}
	*periods = g_steal_pointer(&list);
	return TRUE;
}

static void
take_id(RnRow *row, gpointer data)
{
	gint64 id = rn_row_int(row);

	g_array_append_val((GArray *)data, id);
}

gboolean
rn_store_letter_lists(RnTx *tx, gint64 period_id, gint64 box_id, gint64 before, GArray **ids, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(gint64));
	const RnCell cells[] = { rn_cell_int(period_id), rn_cell_int(box_id), rn_cell_int(before) };

	*ids = NULL;
	if (!rn_tx_run(tx, RN_ST_LETTER_LISTING, RN_CELLS(cells), take_id, list, error))
		return FALSE;
	*ids = g_steal_pointer(&list);
	return TRUE;
}
