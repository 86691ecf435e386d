/* db_sqlite.c: the SQLite driver: connections, transactions, statements.
 *
 * A write transaction is BEGIN IMMEDIATE .. COMMIT under the lock file (lock.h); commits are fsynced (WAL and
 * synchronous=FULL); readers see one picture and wait for nobody. */
#include "store/sqlite.h"

#include "base/world.h"
#include "store/schema_sqlite.h"

#define OPEN_WAIT_MS 10000

static void
db_close(RnDb *db)
{
	if (db == NULL)
		return;
	for (guint i = 0; i < RN_ST_N; i++)
		sqlite3_finalize(db->statements[i]);
	sqlite3_close(db->h);
	rn_lock_close(db->lock);
	g_free(db->path);
	g_free(db);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnDb, db_close)

/* SQLite gives each cache of pages 87 kB at once, and every RETURNING has a cache of its own, for one row:
 * then most of what a statement costs is the kernel's zeroing of memory. So: page by page. Before the first
 * connection. */
static void
set_up_library(void)
{
	static gsize once;

	if (g_once_init_enter(&once)) {
		sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
		g_once_init_leave(&once, 1);
	}
}

/* While another store is put in this one's place (sqlite_swap.c) nobody may open it to write. What stands
 * there after the waiting may be the other one. */
static gboolean
share(RnDb *db, GError **error)
{
	g_autofree char *name = g_strconcat(db->path, ".lock", NULL);

	db->lock = rn_lock_open(name, error);
	return db->lock != NULL &&
	    rn_lock_share(db->lock, rn_monotonic() + OPEN_WAIT_MS * G_TIME_SPAN_MILLISECOND, error) &&
	    rn_sqlite_file(db, error);
}

static RnDb *
db_open(const char *place, RnDbMode mode, GError **error)
{
	g_autoptr(RnDb) db = g_new0(RnDb, 1);
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
	int rc;

	set_up_library();
	db->mode = mode;
	db->path = rn_sqlite_path(place, error);
	if (db->path == NULL || !rn_sqlite_file(db, error))
		return NULL;
	if (mode != RN_DB_READ && !share(db, error))
		return NULL;
	flags |= mode == RN_DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	rc = sqlite3_open_v2(db->path, &db->h, flags, NULL);
	if (rc != SQLITE_OK) {
		rn_sqlite_failed(db->h, db->path, rc, "open", error);
		return NULL;
	}
	return rn_sqlite_set_up(db, error) ? g_steal_pointer(&db) : NULL;
}

/* With the lock held. */
static gboolean
begin_immediate(RnDb *db, gint64 deadline, GError **error)
{
	gint64 left = MAX(deadline - rn_monotonic(), 0) / G_TIME_SPAN_MILLISECOND;

	if (!rn_sqlite_fit_to_write(db, error) || !rn_sqlite_settle_doubt(db, error))
		return FALSE;
	/* Only a program that does not know the lock file (such as sqlite3) can be in the way now. */
	sqlite3_busy_timeout(db->h, (int)left);
	return rn_sqlite_exec(db, "BEGIN IMMEDIATE", error);
}

static gboolean
db_begin(RnDb *db, gboolean write, int wait_ms, GError **error)
{
	gint64 deadline = rn_monotonic() + wait_ms * G_TIME_SPAN_MILLISECOND;

	if (db->dead)
		return rn_sqlite_dead(db, error);
	if (!write)
		return rn_sqlite_exec(db, "BEGIN", error);
	if (!rn_lock_take(db->lock, deadline, error))
		return FALSE;
	db->writing = begin_immediate(db, deadline, error);
	if (!db->writing)
		rn_lock_drop(db->lock);
	return db->writing;
}

/* The lock goes last: until then nothing of the transaction is open any more. */
static void
end(RnDb *db)
{
	if (!sqlite3_get_autocommit(db->h))
		sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
	if (db->writing)
		rn_lock_drop(db->lock);
	db->writing = FALSE;
}

/* A full disk and a failed write leave the log without the mark that ends a transaction: nothing is stored.
 * After a failed fsync nobody knows what is on the disk, and asking again would be told a lie (the kernel
 * forgets): so this process has to end, and the mail server asks again. */
static gboolean
commit_failed(RnDb *db, int rc, GError **error)
{
	gboolean known = (rc & 0xff) == SQLITE_FULL || (rc & 0xff) == SQLITE_BUSY || rc == SQLITE_IOERR_WRITE;

	rn_sqlite_failed(db->h, db->path, rc, "commit", error);
	if (known || !db->writing)
		return FALSE;
	db->dead = TRUE;
	rn_sqlite_doubt(db);
	g_clear_error(error);
	g_set_error(error, RN_ERROR, RN_ERR_STORE,
	    "store %s: nobody knows whether the last commit is on the disk (%s): end this program and look at the disk",
	    db->path, sqlite3_errstr(rc));
	return FALSE;
}

/* SQLite rolls a transaction back by itself on some failures: what is run after that would stand alone. */
static gboolean
still_open(RnDb *db, GError **error)
{
	if (!sqlite3_get_autocommit(db->h))
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_BUSY,
	    "store %s: the transaction was rolled back after a failure: try again", db->path);
	return FALSE;
}

static gboolean
db_commit(RnDb *db, GError **error)
{
	gboolean ok = still_open(db, error);

	if (ok) {
		int rc = sqlite3_exec(db->h, "COMMIT", NULL, NULL, NULL);

		ok = rc == SQLITE_OK || commit_failed(db, rc, error);
	}
	if (ok && db->writing)
		rn_sqlite_fold_at_times(db);
	end(db);
	return ok;
}

static gboolean
db_mark(RnDb *db, RnMark mark, GError **error)
{
	static const char *const texts[] = {
		[RN_MARK_SET] = "SAVEPOINT mark",
		[RN_MARK_RELEASE] = "RELEASE mark",
		[RN_MARK_BACK] = "ROLLBACK TO mark; RELEASE mark",
	};

	return still_open(db, error) && rn_sqlite_exec(db, texts[mark], error);
}

static sqlite3_stmt *
statement(RnDb *db, RnStmt id, GError **error)
{
	int rc;

	if (db->statements[id] != NULL)
		return db->statements[id];
	rc = sqlite3_prepare_v3(
	    db->h, rn_stmt_sql(id), -1, SQLITE_PREPARE_PERSISTENT, &db->statements[id], NULL);
	if (rc != SQLITE_OK)
		rn_sqlite_failed(db->h, db->path, rc, rn_stmt_name(id), error);
	return db->statements[id];
}

/* "$2" is the second parameter only because the statements keep to the rule in stmt.h. */
static int
bind(sqlite3_stmt *stmt, int at, const RnCell *cell)
{
	switch (cell->type) {
	case RN_CELL_INT:
		return sqlite3_bind_int64(stmt, at, cell->i);
	case RN_CELL_TEXT:
		return sqlite3_bind_text64(stmt, at, cell->s, cell->len, SQLITE_STATIC, SQLITE_UTF8);
	case RN_CELL_DAY:
		return sqlite3_bind_text64(stmt, at, cell->day, cell->len, SQLITE_STATIC, SQLITE_UTF8);
	case RN_CELL_BLOB:	/* an empty one has no address, which SQLite would take for NULL */
		return sqlite3_bind_blob64(
		    stmt, at, cell->s != NULL ? cell->s : "", cell->len, SQLITE_STATIC);
	case RN_CELL_NULL:
	default:
		return sqlite3_bind_null(stmt, at);
	}
}

static RnCell
column(sqlite3_stmt *stmt, int at)
{
	RnCell cell = { .type = RN_CELL_NULL };

	switch (sqlite3_column_type(stmt, at)) {
	case SQLITE_INTEGER:
		cell.type = RN_CELL_INT;
		cell.i = sqlite3_column_int64(stmt, at);
		break;
	case SQLITE_TEXT:
		cell.type = RN_CELL_TEXT;
		cell.s = (const char *)sqlite3_column_text(stmt, at);
		cell.len = (gsize)sqlite3_column_bytes(stmt, at);
		break;
	case SQLITE_BLOB:
		cell.type = RN_CELL_BLOB;
		cell.s = sqlite3_column_blob(stmt, at);
		cell.len = (gsize)sqlite3_column_bytes(stmt, at);
		break;
	default:
		break;
	}
	return cell;
}

/* Steps to the end, since a statement that returns rows has changed all of them only then. The result. */
static int
step_all(sqlite3_stmt *stmt, RnRowFunc func, gpointer data)
{
	int rc;

	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		RnCell cells[RN_CELLS_MAX];
		RnRow row = { .cells = cells, .n = (guint)MIN(sqlite3_column_count(stmt), RN_CELLS_MAX) };

		if (func == NULL)
			continue;
		for (guint i = 0; i < row.n; i++)
			cells[i] = column(stmt, (int)i);
		func(&row, data);
	}
	return rc;
}

static gboolean
db_run(RnDb *db, RnStmt id, const RnCell *cells, guint n, RnRowFunc func, gpointer data, GError **error)
{
	sqlite3_stmt *stmt = still_open(db, error) ? statement(db, id, error) : NULL;
	int rc = SQLITE_OK;

	if (stmt == NULL)
		return FALSE;
	if (sqlite3_stmt_busy(stmt) || (guint)sqlite3_bind_parameter_count(stmt) != n)
		return rn_sqlite_failed(NULL, db->path, SQLITE_MISUSE, rn_stmt_name(id), error);
	for (guint i = 0; i < n && rc == SQLITE_OK; i++)
		rc = bind(stmt, (int)i + 1, &cells[i]);
	if (rc == SQLITE_OK)
		rc = step_all(stmt, func, data);
	if (rc != SQLITE_DONE)
		rn_sqlite_failed(db->h, db->path, rc, rn_stmt_name(id), error);
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	return rc == SQLITE_DONE;
}

const RnDbDriver rn_db_sqlite = {
	.scheme = "sqlite",
	.schema = rn_schema_sqlite,
	.newest = RN_SCHEMA_SQLITE_N,
	.open = db_open,
	.close = db_close,
	.begin = db_begin,
	.commit = db_commit,
	.rollback = end,
	.mark = db_mark,
	.run = db_run,
	.version = rn_sqlite_version,
	.script = rn_sqlite_script,
	.backup = rn_sqlite_backup,
	.check = rn_sqlite_check,
	.fold = rn_sqlite_fold,
	.path = rn_sqlite_path,
	.copy = rn_sqlite_copy,
	.examine = rn_sqlite_examine,
	.vacuum = rn_sqlite_vacuum,
	.alone = rn_sqlite_alone,
	.hold = rn_sqlite_hold,
	.replace = rn_sqlite_replace,
};
