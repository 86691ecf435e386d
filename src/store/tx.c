/* tx.c: transactions, and statements within them. */
#include "store/tx.h"

#include <unistd.h>

#include "base/text.h"
#include "base/world.h"

static gboolean
same_process(const RnStore *store, GError **error)
{
	if (store->owner == getpid())
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_INTERNAL, "store %s: was opened before a fork: open it anew",
	    store->place);
	return FALSE;
}

/* Waits until no other thread of this process writes. */
static gboolean
claim_writer(RnStore *store, gint64 deadline, GError **error)
{
	gboolean in_time = TRUE, ours;

	rn_gate_enter(&store->gate);
	while (store->writing && in_time)
		in_time = rn_gate_wait(&store->gate, deadline);
	ours = !store->writing;
	store->writing = TRUE;
	rn_gate_leave(&store->gate);
	if (!ours)
		g_set_error(error, RN_ERROR, RN_ERR_BUSY,
		    "store %s: another thread of this program writes: try again", store->place);
	return ours;
}

static void
release_writer(RnStore *store)
{
	rn_gate_enter(&store->gate);
	store->writing = FALSE;
	rn_gate_signal(&store->gate);
	rn_gate_leave(&store->gate);
}

/* Lets the writing connection be used by FUNC outside of a transaction, with what is left of the waiting
 * time. */
static gboolean
with_writer(RnStore *store, gboolean (*func)(RnDb *db, int wait_ms, GError **error), GError **error)
{
	gint64 deadline = rn_monotonic() + store->wait_ms * G_TIME_SPAN_MILLISECOND;
	gboolean ok;

	if (!same_process(store, error) || !claim_writer(store, deadline, error))
		return FALSE;
	ok = func(store->writer, (int)(MAX(deadline - rn_monotonic(), 0) / G_TIME_SPAN_MILLISECOND), error);
	release_writer(store);
	return ok;
}

gboolean
rn_store_checkpoint(RnStore *store, GError **error)
{
	if (store->read_only) {
		g_set_error(
		    error, RN_ERROR, RN_ERR_STATE, "store %s: is open for reading only", store->place);
		return FALSE;
	}
	return store->driver->fold == NULL || with_writer(store, store->driver->fold, error);
}

gboolean
rn_store_vacuum(RnStore *store, GError **error)
{
	return store->driver->vacuum == NULL || with_writer(store, store->driver->vacuum, error);
}

static RnTx *
tx_new(RnStore *store, RnDb *db, gboolean write)
{
	RnTx *tx = g_new0(RnTx, 1);

	tx->store = store;
	tx->db = db;
	tx->write = write;
	return tx;
}

RnTx *
rn_tx_begin(RnStore *store, GError **error)
{
	gint64 deadline = rn_monotonic() + store->wait_ms * G_TIME_SPAN_MILLISECOND;
	gint64 left;

	if (store->read_only) {
		g_set_error(
		    error, RN_ERROR, RN_ERR_STATE, "store %s: is open for reading only", store->place);
		return NULL;
	}
	if (!same_process(store, error) || !claim_writer(store, deadline, error))
		return NULL;
	left = MAX(deadline - rn_monotonic(), 0) / G_TIME_SPAN_MILLISECOND;
	if (store->driver->begin(store->writer, TRUE, (int)left, error))
		return tx_new(store, store->writer, TRUE);
	release_writer(store);
	return NULL;
}

/* A reading connection that nobody uses: one that is there, or a new one. */
static RnDb *
reader(RnStore *store, GError **error)
{
	RnDb *db = NULL;

	rn_gate_enter(&store->gate);
	if (store->idle->len > 0)
		db = g_ptr_array_remove_index_fast(store->idle, store->idle->len - 1);
	rn_gate_leave(&store->gate);
	return db != NULL ? db : store->driver->open(store->place, RN_DB_READ, error);
}

RnTx *
rn_tx_look(RnStore *store, GError **error)
{
	RnDb *db = same_process(store, error) ? reader(store, error) : NULL;

	if (db == NULL)
		return NULL;
	if (store->driver->begin(db, FALSE, store->wait_ms, error))
		return tx_new(store, db, FALSE);
	store->driver->close(db);
	return NULL;
}

/* Gives the connection back and frees TX. */
static void
tx_end(RnTx *tx)
{
	RnStore *store = tx->store;

	if (tx->write)
		release_writer(store);
	else {
		rn_gate_enter(&store->gate);
		g_ptr_array_add(store->idle, tx->db);
		rn_gate_leave(&store->gate);
	}
	g_free(tx);
}

gboolean
rn_tx_commit(RnTx **tx, GError **error)
{
	RnTx *it = g_steal_pointer(tx);
	gboolean ok = it->store->driver->commit(it->db, error);

	tx_end(it);
	return ok;
}

void
rn_tx_rollback(RnTx *tx)
{
	if (tx == NULL)
		return;
	tx->store->driver->rollback(tx->db);
	tx_end(tx);
}

gboolean
rn_tx_mark(RnTx *tx, GError **error)
{
	return tx->store->driver->mark(tx->db, RN_MARK_SET, error);
}

gboolean
rn_tx_release(RnTx *tx, GError **error)
{
	return tx->store->driver->mark(tx->db, RN_MARK_RELEASE, error);
}

gboolean
rn_tx_back(RnTx *tx, GError **error)
{
	return tx->store->driver->mark(tx->db, RN_MARK_BACK, error);
}

/* Text from outside may be no UTF-8, which a database may refuse: bad bytes become U+FFFD. KEEP owns the new
 * texts. */
static void
clean_text(RnCell *cell, GPtrArray **keep)
{
	char *clean;

	if (cell->type != RN_CELL_TEXT || g_utf8_validate(cell->s, (gssize)cell->len, NULL))
		return;
	if (*keep == NULL)
		*keep = g_ptr_array_new_with_free_func(g_free);
	clean = rn_text_utf8(cell->s, (gssize)cell->len);
	g_ptr_array_add(*keep, clean);
	*cell = rn_cell_text(clean);
}

gboolean
rn_tx_run(RnTx *tx, RnStmt stmt, const RnCell *cells, gsize n, RnRowFunc func, gpointer data, GError **error)
{
	g_autoptr(GPtrArray) keep = NULL;
	RnCell clean[RN_CELLS_MAX];

	if (n > RN_CELLS_MAX || (!tx->write && !rn_stmt_reads(stmt))) {
		g_set_error(error, RN_ERROR, RN_ERR_INTERNAL,
		    "store %s: statement %s does not fit its transaction", tx->store->place,
		    rn_stmt_name(stmt));
		return FALSE;
	}
	for (gsize i = 0; i < n; i++) {
		clean[i] = cells[i];
		clean_text(&clean[i], &keep);
	}
	return tx->store->driver->run(tx->db, stmt, clean, (guint)n, func, data, error);
}

/* What a query collects. */
typedef struct {
	RnRowMake	 make;
	GDestroyNotify	 free_one;
	GPtrArray	*list;		/* NULL: only the first row is wanted */
	gpointer	 one;
	gboolean	 any;
	gint64		 value;
	gboolean	 odd;
} Collected;

static void
collect(RnRow *row, gpointer data)
{
	Collected *c = data;
	gpointer made;

	if (c->list == NULL && c->one != NULL)
		return;
	made = c->make(row);
	c->odd |= row->odd;
	if (c->list != NULL)
		g_ptr_array_add(c->list, made);
	else
		c->one = made;
}

static void
collect_number(RnRow *row, gpointer data)
{
	Collected *c = data;

	if (c->any || row->n == 0 || row->cells[0].type == RN_CELL_NULL)
		return;
	c->any = TRUE;
	c->value = rn_row_int(row);
	c->odd |= row->odd;
}

static gboolean
odd_row(const RnTx *tx, RnStmt stmt, GError **error)
{
	g_set_error(error, RN_ERROR, RN_ERR_STORE,
	    "store %s: a row of statement %s holds what this program does not know: see `rinnova check`, restore the back-up",
	    tx->store->place, rn_stmt_name(stmt));
	return FALSE;
}

gboolean
rn_tx_number(
    RnTx *tx, RnStmt stmt, const RnCell *cells, gsize n, gboolean *any, gint64 *value, GError **error)
{
	Collected c = { 0 };

	if (!rn_tx_run(tx, stmt, cells, n, collect_number, &c, error))
		return FALSE;
	if (any != NULL)
		*any = c.any;
	if (value != NULL)
		*value = c.value;
	return !c.odd || odd_row(tx, stmt, error);
}

gboolean
rn_tx_must(RnTx *tx, RnStmt stmt, const RnCell *cells, gsize n, gint64 *id, GError **error)
{
	gboolean any = FALSE;

	if (!rn_tx_number(tx, stmt, cells, n, &any, id, error))
		return FALSE;
	if (!any)
		g_set_error(error, RN_ERROR, RN_ERR_INTERNAL, "store %s: statement %s found no row to change",
		    tx->store->place, rn_stmt_name(stmt));
	return any;
}

gboolean
rn_tx_one(RnTx *tx, RnStmt stmt, const RnCell *cells, gsize n, RnRowMake make, GDestroyNotify free_one,
    gpointer *out, GError **error)
{
	Collected c = { .make = make, .free_one = free_one };

	*out = NULL;
	if (rn_tx_run(tx, stmt, cells, n, collect, &c, error) && (!c.odd || odd_row(tx, stmt, error))) {
		*out = c.one;
		return TRUE;
	}
	if (c.one != NULL)
		free_one(c.one);
	return FALSE;
}

gboolean
rn_tx_all(RnTx *tx, RnStmt stmt, const RnCell *cells, gsize n, RnRowMake make, GDestroyNotify free_one,
    GPtrArray **out, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_one);
	Collected c = { .make = make, .list = list };

	*out = NULL;
	if (!rn_tx_run(tx, stmt, cells, n, collect, &c, error) || (c.odd && !odd_row(tx, stmt, error)))
		return FALSE;
	*out = g_steal_pointer(&list);
	return TRUE;
}
