/* sqlite_upkeep.c: setting a connection up, versions, back-up, check, and folding the write-ahead log.
 *
 * SQLite before 3.51.3 can lose committed writes where a checkpoint of one connection meets a write of
 * another; so no checkpoint ever runs by itself, and those that we start hold the lock of the writers. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/world.h"
#include "store/sqlite.h"

#define APPLICATION 0x524E4E56	/* "RNNV" in the header of the file */
#define FOLD_COMMITS 100
#define FOLD_PAGES 4000		/* a log of 16 MB; processes that commit only once never come to 100 */
#define READER_WAIT_MS 5000	/* a reader waits only where the log is being recovered after a crash */

static int
log_grew(void *data, sqlite3 *h, const char *name, int pages)
{
	RnDb *db = data;

	(void)h;
	(void)name;
	db->log_pages = pages;
	return SQLITE_OK;
}

static gboolean
configure(RnDb *db, GError **error)
{
	static const struct {
		int	op;
		int	on;
	} rows[] = {
		{ SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		int now = -1;
		int rc = sqlite3_db_config(db->h, rows[i].op, rows[i].on, &now);

		if (rc != SQLITE_OK || now != rows[i].on)
			return rn_sqlite_failed(db->h, db->path, rc != SQLITE_OK ? rc : SQLITE_MISUSE,
			    "sqlite3_db_config", error);
	}
	sqlite3_busy_timeout(db->h, READER_WAIT_MS);
	sqlite3_wal_hook(db->h, log_grew, db);	/* takes the place of the automatic checkpoint */
	return rn_sqlite_exec(db,
	    "PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON; PRAGMA synchronous = FULL; PRAGMA cache_size = -8000",
	    error);
}

/* A store, nothing (where one is to be made), or somebody else's file. */
static gboolean
ours(RnDb *db, GError **error)
{
	gint64 pages, application;

	if (!rn_sqlite_ask_number(db, "PRAGMA page_count", &pages, error) ||
	    !rn_sqlite_ask_number(db, "PRAGMA application_id", &application, error))
		return FALSE;
	if (db->mode == RN_DB_CREATE && pages == 0)
		return TRUE;
	if (db->mode != RN_DB_CREATE && application == APPLICATION)
		return TRUE;
	g_set_error(error, RN_ERROR, db->mode == RN_DB_CREATE ? RN_ERR_STATE : RN_ERR_STORE,
	    db->mode == RN_DB_CREATE ?
	        "%s is there already" :
	        "store %s: is the database of another program: look at the key url in [store]",
	    db->path);
	return FALSE;
}

static gboolean
is_wal(RnDb *db, const char *sql, gboolean *yes, GError **error)
{
	g_autofree char *mode = NULL;

	if (!rn_sqlite_ask_text(db, sql, &mode, error))
		return FALSE;
	*yes = g_strcmp0(mode, "wal") == 0;
	return TRUE;
}

/* Done once in the life of a store, by the first who opens it to write. */
static gboolean
switch_to_wal(RnDb *db, GError **error)
{
	gboolean yes = FALSE, ok;

	if (!rn_lock_take(db->lock, rn_monotonic() + READER_WAIT_MS * G_TIME_SPAN_MILLISECOND, error))
		return FALSE;
	ok = is_wal(db, "PRAGMA journal_mode = WAL", &yes, error);
	rn_lock_drop(db->lock);
	if (ok && !yes)
		g_set_error(error, RN_ERROR, RN_ERR_BUSY,
		    "store %s: another program reads it, so its journal cannot be set: try again", db->path);
	return ok && yes;
}

static gboolean
sync_path(const char *what, const char *path, int flags, GError **error)
{
	int fd = open(path, flags | O_CLOEXEC);
	gboolean ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		g_set_error(error, RN_ERROR, RN_ERR_BUSY, "cannot write %s %s to the disk: %s", what, path,
		    g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

/* The name of the log has to be on the disk before anything in it counts. SQLite syncs the folder as well,
 * but does not look at the result. Where something is in the log, somebody has been here before. */
static gboolean
keep_log_name(const RnDb *db, GError **error)
{
	g_autofree char *log = g_strconcat(db->path, "-wal", NULL);
	g_autofree char *folder = g_path_get_dirname(db->path);
	struct stat st;

	return (stat(log, &st) == 0 && st.st_size > 0) ||
	    sync_path("the folder", folder, O_RDONLY | O_DIRECTORY, error);
}

gboolean
rn_sqlite_set_up(RnDb *db, GError **error)
{
	gboolean yes = FALSE;

	if (!configure(db, error) || !ours(db, error))
		return FALSE;
	if (db->mode == RN_DB_READ)
		return rn_sqlite_exec(db, "PRAGMA query_only = ON", error);
	/* SQLite opens a file that it may not write for reading, and says nothing. */
	if (sqlite3_db_readonly(db->h, "main") != 0)
		return rn_sqlite_failed(NULL, db->path, SQLITE_READONLY, "open", error);
	return db->mode == RN_DB_CREATE ||
	    (is_wal(db, "PRAGMA journal_mode", &yes, error) && (yes || switch_to_wal(db, error)) &&
	        keep_log_name(db, error));
}

gboolean
rn_sqlite_version(RnDb *db, int *version, GError **error)
{
	gint64 value;

	if (!rn_sqlite_ask_number(db, "PRAGMA user_version", &value, error))
		return FALSE;
	*version = (int)value;
	return TRUE;
}

gboolean
rn_sqlite_script(RnDb *db, RnDbStep step, int version, GError **error)
{
	g_autofree char *stamp =
	    g_strdup_printf("PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION, version);

	for (; *step != NULL; step++)
		if (!rn_sqlite_exec(db, *step, error))
			return FALSE;
	return rn_sqlite_exec(db, stamp, error);
}

/* The copy gets its name only when it is whole and on the disk. */
static gboolean
copy_to(RnDb *from, const char *to, GError **error)
{
	g_autofree char *part = g_strconcat(to, ".part", NULL);
	g_autofree char *folder = g_path_get_dirname(to);
	char *sql = sqlite3_mprintf("VACUUM INTO %Q", part);
	gboolean ok;

	unlink(part);
	ok = rn_sqlite_exec(from, sql, error) && sync_path("the back-up", part, O_RDWR, error);
	sqlite3_free(sql);
	if (!ok)
		return FALSE;
	if (chmod(part, 0640) != 0 || rename(part, to) != 0) {
		g_set_error(
		    error, RN_ERROR, RN_ERR_BUSY, "cannot name the back-up %s: %s", to, g_strerror(errno));
		return FALSE;
	}
	return sync_path("the folder", folder, O_RDONLY | O_DIRECTORY, error);
}

gboolean
rn_sqlite_backup(RnDb *db, int version, GError **error)
{
	g_autofree char *to = g_strdup_printf("%s.v%d.bak", db->path, version);
	/* A connection of its own: VACUUM cannot run within the transaction, which keeps everybody else from
	 * writing. */
	RnDb *reader = rn_db_sqlite.open(db->path, RN_DB_READ, error);
	gboolean ok;

	if (reader == NULL)
		return FALSE;
	ok = rn_sqlite_exec(reader, "PRAGMA query_only = OFF", error) && copy_to(reader, to, error);
	rn_db_sqlite.close(reader);
	return ok;
}

gboolean
rn_sqlite_check(RnDb *db, GError **error)
{
	g_autofree char *said = NULL;
	gint64 orphans = 0;

	if (!rn_sqlite_ask_text(db, "PRAGMA quick_check(1)", &said, error) ||
	    !rn_sqlite_ask_number(db, "SELECT COUNT(*) FROM pragma_foreign_key_check", &orphans, error))
		return FALSE;
	if (g_strcmp0(said, "ok") == 0 && orphans == 0)
		return TRUE;
	if (orphans > 0) {
		g_free(said);
		said = g_strdup_printf("%" G_GINT64_FORMAT " rows refer to rows that are not there", orphans);
	}
	return rn_sqlite_failed(NULL, db->path, SQLITE_CORRUPT, said, error);
}

/* With the lock held. Readers are not waited for: what they still need stays in the log. */
static int
fold(RnDb *db, int mode)
{
	int left = 0, done = 0;
	int rc;

	sqlite3_busy_timeout(db->h, 0);
	rc = sqlite3_wal_checkpoint_v2(db->h, "main", mode, &left, &done);
	sqlite3_busy_timeout(db->h, READER_WAIT_MS);
	db->commits = 0;
	db->log_left = rc == SQLITE_OK ? 0 : left;
	return rc == SQLITE_BUSY ? SQLITE_OK : rc;
}

void
rn_sqlite_fold_at_times(RnDb *db)
{
	int rc;

	db->commits++;
	if (db->commits < FOLD_COMMITS && db->log_pages - db->log_left < FOLD_PAGES)
		return;
	rc = fold(db, SQLITE_CHECKPOINT_RESTART);
	/* What was committed is safe in the log; the next fold tries again. */
	if (rc != SQLITE_OK)
		rn_log(RN_LOG_WARN, "-", "store-not-folded", "why", sqlite3_errstr(rc), NULL);
	db->log_pages = db->log_left;
}

gboolean
rn_sqlite_fold(RnDb *db, int wait_ms, GError **error)
{
	gboolean settled;
	int rc;

	if (db->dead)
		return rn_sqlite_dead(db, error);
	if (!rn_lock_take(db->lock, rn_monotonic() + wait_ms * G_TIME_SPAN_MILLISECOND, error))
		return FALSE;
	settled = rn_sqlite_settle_doubt(db, error);
	rc = settled ? fold(db, SQLITE_CHECKPOINT_TRUNCATE) : SQLITE_OK;
	rn_lock_drop(db->lock);
	return settled && (rc == SQLITE_OK || rn_sqlite_failed(db->h, db->path, rc, "checkpoint", error));
}
