/* sqlite_copy.c: an SQLite store moves house: a copy while everybody works, and tidying up. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/world.h"
#include "store/sqlite.h"

#define STEP_PAGES 1024		/* copied at a time; then the progress is told */

static gboolean
trouble(const char *what, const char *path, GError **error)
{
	g_set_error(error, RN_ERROR, RN_ERR_BUSY, "%s %s: %s", what, path, g_strerror(errno));
	return FALSE;
}

static gboolean
sync_path(const char *path, int flags, GError **error)
{
	int fd = open(path, flags | O_CLOEXEC);
	gboolean ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		trouble("cannot write to the disk:", path, error);
	if (fd >= 0)
		close(fd);
	return ok;
}

static gboolean
sync_folder_of(const char *path, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);

	return sync_path(folder, O_RDONLY | O_DIRECTORY, error);
}

/* An empty file that only we have, as the place of the copy. */
static sqlite3 *
open_copy(const char *to, GError **error)
{
	int fd = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	sqlite3 *h = NULL;
	int rc;

	if (fd < 0) {
		trouble("cannot make", to, error);
		return NULL;
	}
	close(fd);
	rc = sqlite3_open_v2(
	    to, &h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (rc == SQLITE_OK)
		return h;
	rn_sqlite_failed(h, to, rc, "open", error);
	sqlite3_close(h);
	return NULL;
}

/* The reading transaction of FROM is open: so all steps see one picture, and nobody who writes makes them
 * begin again. */
static gboolean
copy_pages(RnDb *from, sqlite3 *to, const char *path, RnDbProgress progress, gpointer data, GError **error)
{
	sqlite3_backup *copy = sqlite3_backup_init(to, "main", from->h, "main");
	int rc = SQLITE_OK;

	if (copy == NULL)
		return rn_sqlite_failed(to, path, sqlite3_extended_errcode(to), "copy", error);
	while (rc == SQLITE_OK) {
		rc = sqlite3_backup_step(copy, STEP_PAGES);
		if (progress != NULL && (rc == SQLITE_OK || rc == SQLITE_DONE))
			progress(sqlite3_backup_pagecount(copy) - sqlite3_backup_remaining(copy),
			    sqlite3_backup_pagecount(copy), data);
	}
	sqlite3_backup_finish(copy);
	return rc == SQLITE_DONE || rn_sqlite_failed(to, path, rc, "copy", error);
}

/* The copy needs no other file beside it, and can be read from a disk that cannot be written. */
static gboolean
one_file(sqlite3 *h, const char *path, GError **error)
{
	int rc = sqlite3_exec(h, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);

	return rc == SQLITE_OK || rn_sqlite_failed(h, path, rc, "journal_mode", error);
}

gboolean
rn_sqlite_copy(RnDb *db, const char *to, RnDbProgress progress, gpointer data, GError **error)
{
	gint64 tables;
	sqlite3 *h;
	gboolean ok;

	if (!rn_sqlite_exec(db, "BEGIN", error))
		return FALSE;
	ok = rn_sqlite_ask_number(db, "SELECT COUNT(*) FROM sqlite_schema", &tables, error);
	h = ok ? open_copy(to, error) : NULL;
	ok = h != NULL && copy_pages(db, h, to, progress, data, error) && one_file(h, to, error);
	sqlite3_close(h);
	rn_sqlite_exec(db, "ROLLBACK", NULL);
	return ok && sync_path(to, O_RDWR, error) && sync_folder_of(to, error);
}

gboolean
rn_sqlite_examine(RnDb *db, RnDbFace *face, GError **error)
{
	g_autofree char *said = NULL;
	g_autofree char *log = g_strconcat(db->path, "-wal", NULL);
	gint64 version, orphans;
	struct stat st;

	if (!rn_sqlite_ask_number(db, "PRAGMA user_version", &version, error) ||
	    !rn_sqlite_ask_number(db, "PRAGMA page_size", &face->page_size, error) ||
	    !rn_sqlite_ask_number(db, "PRAGMA page_count", &face->pages, error) ||
	    !rn_sqlite_ask_number(db, "PRAGMA freelist_count", &face->free_pages, error) ||
	    !rn_sqlite_ask_text(db, "PRAGMA integrity_check(1)", &said, error) ||
	    !rn_sqlite_ask_number(db, "SELECT COUNT(*) FROM pragma_foreign_key_check", &orphans, error))
		return FALSE;
	face->version = (int)version;
	face->log_bytes = stat(log, &st) == 0 ? st.st_size : 0;
	if (g_strcmp0(said, "ok") == 0 && orphans == 0)
		return TRUE;
	if (g_strcmp0(said, "ok") == 0) {
		g_free(said);
		said = g_strdup_printf("%" G_GINT64_FORMAT " rows refer to rows that are not there", orphans);
	}
	return rn_sqlite_failed(NULL, db->path, SQLITE_CORRUPT, said, error);
}

/* What VACUUM needs beside the store: the new file goes through the log. */
static gboolean
room_for_vacuum(RnDb *db, GError **error)
{
	gint64 pages, size;
	struct statvfs disk;

	if (!rn_sqlite_ask_number(db, "PRAGMA page_count", &pages, error) ||
	    !rn_sqlite_ask_number(db, "PRAGMA page_size", &size, error))
		return FALSE;
	if (statvfs(db->path, &disk) != 0 ||
	    (guint64)disk.f_bavail * disk.f_frsize > 2 * (guint64)(pages * size))
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_BUSY,
	    "store %s: tidying up needs twice its size on the disk, %" G_GINT64_FORMAT " MiB: make room",
	    db->path, (2 * pages * size) >> 20);
	return FALSE;
}

/* Under the lock of the writers all along: nobody writes, and no checkpoint meets a write. */
static gboolean
under_lock(RnDb *db, int wait_ms, gboolean (*work)(RnDb *db, GError **error), GError **error)
{
	gboolean ok;

	if (db->dead)
		return rn_sqlite_dead(db, error);
	if (!rn_lock_take(db->lock, rn_monotonic() + wait_ms * G_TIME_SPAN_MILLISECOND, error))
		return FALSE;
	ok = rn_sqlite_fit_to_write(db, error) && rn_sqlite_settle_doubt(db, error) && work(db, error);
	rn_lock_drop(db->lock);
	return ok;
}

static gboolean
tidy(RnDb *db, GError **error)
{
	return room_for_vacuum(db, error) && rn_sqlite_exec(db, "VACUUM", error);
}

gboolean
rn_sqlite_vacuum(RnDb *db, int wait_ms, GError **error)
{
	return under_lock(db, wait_ms, tidy, error) && rn_sqlite_fold(db, wait_ms, error);
}

/* SQLite gives the log up only where no other connection has it. */
static gboolean
give_up_log(RnDb *db, GError **error)
{
	g_autofree char *mode = NULL;

	sqlite3_busy_timeout(db->h, 0);
	return rn_sqlite_ask_text(db, "PRAGMA journal_mode = DELETE", &mode, error) &&
	    (g_strcmp0(mode, "delete") == 0 ||
	        rn_sqlite_failed(NULL, db->path, SQLITE_BUSY, "journal_mode", error));
}

gboolean
rn_sqlite_alone(RnDb *db, int wait_ms, GError **error)
{
	return under_lock(db, wait_ms, give_up_log, error);
}
