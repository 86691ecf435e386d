/* house.c: back-up and moving house, and the figures: what concerns a store as a whole. */
#include "store/tx.h"

static const RnDbDriver *
mover(const char *url, const char **place, GError **error)
{
	const RnDbDriver *driver = rn_store_driver(url, place, error);

	if (driver == NULL || driver->copy != NULL)
		return driver;
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
	    "store \"%s\": this database has means of its own for that: use them", url);
	return NULL;
}

gboolean
rn_store_copy(const char *url, const char *to, RnStoreProgress progress, gpointer data, GError **error)
{
	const char *place = NULL;
	const RnDbDriver *driver = mover(url, &place, error);
	RnDb *db = driver != NULL ? driver->open(place, RN_DB_READ, error) : NULL;
	gboolean ok;

	if (db == NULL)
		return FALSE;
	ok = driver->copy(db, to, progress, data, error);
	driver->close(db);
	return ok;
}

gboolean
rn_store_examine(const char *url, RnStoreFace *face, GError **error)
{
	const char *place = NULL;
	const RnDbDriver *driver = mover(url, &place, error);
	RnDb *db = driver != NULL ? driver->open(place, RN_DB_READ, error) : NULL;
	RnDbFace found = { 0 };
	gboolean ok;

	if (db == NULL)
		return FALSE;
	ok = driver->examine(db, &found, error);
	driver->close(db);
	*face = (RnStoreFace){ .schema = found.version,
		.bytes = found.pages * found.page_size,
		.free_bytes = found.free_pages * found.page_size,
		.log_bytes = found.log_bytes };
	return ok;
}

RnStoreHold *
rn_store_hold(const char *url, GError **error)
{
	const char *place = NULL;
	const RnDbDriver *driver = mover(url, &place, error);

	return driver != NULL ? driver->hold(place, error) : NULL;
}

void
rn_store_release(RnStoreHold *hold)
{
	rn_lock_close(hold);
}

gboolean
rn_store_alone(const char *url, GError **error)
{
	const char *place = NULL;
	const RnDbDriver *driver = mover(url, &place, error);
	RnDb *db = driver != NULL ? driver->open(place, RN_DB_WRITE, error) : NULL;
	gboolean ok;

	if (db == NULL)
		return FALSE;
	ok = driver->alone(db, RN_STORE_WAIT_MS, error);
	driver->close(db);
	return ok;
}

gboolean
rn_store_replace(const char *url, const char *staged, const char *aside, GError **error)
{
	const char *place = NULL;
	const RnDbDriver *driver = mover(url, &place, error);

	return driver != NULL && driver->replace(place, staged, aside, RN_STORE_WAIT_MS, error);
}

char *
rn_store_path(const char *url, GError **error)
{
	const char *place = NULL;

	const RnDbDriver *driver = mover(url, &place, error);

	return driver != NULL ? driver->path(place, error) : NULL;
}

gboolean
rn_store_number_last(RnTx *tx, int year, gint64 *last, GError **error)
{
	const RnCell cells[] = { rn_cell_int(year) };

	return rn_tx_number(tx, RN_ST_NUMBER_LAST, RN_CELLS(cells), NULL, last, error);
}

gboolean
rn_store_number_past(RnTx *tx, int year, gint64 last, GError **error)
{
	const RnCell cells[] = { rn_cell_int(year), rn_cell_int(last) };

	return last <= 0 || rn_tx_run(tx, RN_ST_NUMBER_PAST, RN_CELLS(cells), NULL, NULL, error);
}

static void
count_row(G_GNUC_UNUSED RnRow *row, gpointer data)
{
	++*(gint64 *)data;
}

gboolean
rn_store_letters_drop_old(RnTx *tx, gint64 until, const char *why, gint64 *letters, GError **error)
{
	const RnCell cells[] = { rn_cell_text(why), rn_cell_int(until) };

	*letters = 0;
	return rn_tx_run(tx, RN_ST_LETTER_DROP_OLD, RN_CELLS(cells), count_row, letters, error);
}

gboolean
rn_store_calls_doubt(RnTx *tx, GError **error)
{
	return rn_tx_run(tx, RN_ST_CALL_DOUBT_ALL, NULL, 0, NULL, NULL, error);
}

void
rn_count_row_free(RnCountRow *row)
{
	for (gsize i = 0; i < G_N_ELEMENTS(row->label); i++)
		g_free(row->label[i]);
	g_free(row);
}

static void
free_row(gpointer row)
{
	rn_count_row_free(row);
}

static gpointer
make_row(RnRow *row)
{
	RnCountRow *c = g_new0(RnCountRow, 1);

	for (gsize i = 0; i < G_N_ELEMENTS(c->label); i++)
		c->label[i] = rn_row_text(row);
	c->n = rn_row_int(row);
	return c;
}

gboolean
rn_store_count(RnTx *tx, RnCount what, GPtrArray **rows, GError **error)
{
	static const RnStmt statements[] = {
		[RN_COUNT_BOXES] = RN_ST_COUNT_BOXES,
		[RN_COUNT_ORDERS] = RN_ST_COUNT_ORDERS,
		[RN_COUNT_LETTERS] = RN_ST_COUNT_LETTERS,
		[RN_COUNT_CALLS] = RN_ST_COUNT_CALLS,
		[RN_COUNT_CALL_ERRORS] = RN_ST_COUNT_ERRORS,
		[RN_COUNT_REPLIES] = RN_ST_COUNT_REPLIES,
		[RN_COUNT_HELD] = RN_ST_COUNT_HELD,
		[RN_COUNT_RETURNED] = RN_ST_COUNT_RETURNED,
	};

	return rn_tx_all(tx, statements[what], NULL, 0, make_row, free_row, rows, error);
}

gboolean
rn_store_oldest(RnTx *tx, RnOldest what, gint64 *at, GError **error)
{
	static const RnStmt statements[] = {
		[RN_OLDEST_LETTER] = RN_ST_OLDEST_LETTER,
		[RN_OLDEST_CALL] = RN_ST_OLDEST_CALL,
		[RN_OLDEST_HELD] = RN_ST_OLDEST_HELD,
	};

	return rn_tx_number(tx, statements[what], NULL, 0, NULL, at, error);
}
