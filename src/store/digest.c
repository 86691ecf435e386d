/* digest.c: the numbers of held mails in the digest of a day, and who decided about them. */
#include "store/tx.h"

#define TRIES 8		/* for a public id that nobody has */

typedef struct {
	gint64	 id;
	guint64	 public_id;
} Found;

static void
take_found(RnRow *row, gpointer data)
{
	Found *f = data;

	f->id = rn_row_int(row);
	f->public_id = (guint64)rn_row_int(row);
}

static gboolean
add(RnTx *tx, RnDay day, gint64 at, Found *f, GError **error)
{
	gboolean fresh = FALSE;

	for (int i = 0; i < TRIES && !fresh; i++) {
		const RnCell cells[] = { rn_cell_day(day), rn_cell_int(rn_public_id()), rn_cell_int(at) };

		f->public_id = (guint64)cells[1].i;
		if (!rn_tx_number(tx, RN_ST_DIGEST_ADD, RN_CELLS(cells), &fresh, &f->id, error))
			return FALSE;
	}
	if (!fresh)
		g_set_error_literal(error, RN_ERROR, RN_ERR_INTERNAL, "no public id for a digest is free");
	return fresh;
}

gboolean
rn_store_digest_open(RnTx *tx, RnDay day, gint64 at, gint64 *id, guint64 *public_id, GError **error)
{
	const RnCell cells[] = { rn_cell_day(day) };
	Found f = { 0 };

	if (!rn_tx_run(tx, RN_ST_DIGEST_OF_DAY, RN_CELLS(cells), take_found, &f, error) ||
	    (f.id == 0 && !add(tx, day, at, &f, error)))
		return FALSE;
	*id = f.id;
	*public_id = f.public_id;
	return TRUE;
}

gboolean
rn_store_digest_find(RnTx *tx, guint64 public_id, gint64 *id, GError **error)
{
	const RnCell cells[] = { rn_cell_int((gint64)public_id) };

	return rn_tx_number(tx, RN_ST_DIGEST_FIND, RN_CELLS(cells), NULL, id, error);
}

gboolean
rn_store_digest_case_add(RnTx *tx, gint64 digest_id, int n, gint64 inbox_id, GError **error)
{
	const RnCell cells[] = { rn_cell_int(digest_id), rn_cell_int(n), rn_cell_int(inbox_id) };

	return rn_tx_must(tx, RN_ST_CASE_ADD, RN_CELLS(cells), NULL, error);
}

gboolean
rn_store_digest_case(RnTx *tx, gint64 digest_id, int n, gint64 *inbox_id, GError **error)
{
	const RnCell cells[] = { rn_cell_int(digest_id), rn_cell_int(n) };

	return rn_tx_number(tx, RN_ST_CASE_FIND, RN_CELLS(cells), NULL, inbox_id, error);
}

gboolean
rn_store_digest_number(RnTx *tx, gint64 digest_id, gint64 inbox_id, int *n, GError **error)
{
	const RnCell cells[] = { rn_cell_int(inbox_id), rn_cell_int(digest_id) };
	gint64 number;

	if (!rn_tx_number(tx, RN_ST_CASE_N, RN_CELLS(cells), NULL, &number, error))
		return FALSE;
	*n = (int)number;
	return TRUE;
}

void
rn_decision_free(RnDecision *d)
{
	if (d == NULL)
		return;
	g_free(d->who);
	g_free(d->what);
	g_free(d);
}

static void
free_decision(gpointer d)
{
	rn_decision_free(d);
}

static gpointer
make_decision(RnRow *row)
{
	RnDecision *d = g_new0(RnDecision, 1);

	d->inbox_id = rn_row_int(row);
	d->at = rn_row_int(row);
	d->who = rn_row_text(row);
	d->what = rn_row_text(row);
	return d;
}

gboolean
rn_store_decision_add(RnTx *tx, const RnDecision *d, GError **error)
{
	const RnCell cells[] = { rn_cell_int(d->inbox_id), rn_cell_int(d->at), rn_cell_text(d->who),
		rn_cell_text(d->what) };

	return rn_tx_must(tx, RN_ST_DECISION_ADD, RN_CELLS(cells), NULL, error);
}

gboolean
rn_store_decision_last(RnTx *tx, gint64 inbox_id, RnDecision **d, GError **error)
{
	const RnCell cells[] = { rn_cell_int(inbox_id) };

	return rn_tx_one(
	    tx, RN_ST_DECISION_LAST, RN_CELLS(cells), make_decision, free_decision, (gpointer *)d, error);
}
