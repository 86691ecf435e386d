/* sqlite_doubt.c: after a commit whose sync failed. The kernel takes pages that it could not write for clean:
 * they are read as if they were on the disk, and the next sync says yes without them. So whoever saw it
 * leaves a mark beside the store, and the next who writes first writes the log again, byte for byte. After a
 * power cut there is nothing to be put right, and the mark, which is never synced, does no harm. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "store/sqlite.h"

#define CHUNK 65536

static char *
mark_of(const RnDb *db)
{
	return g_strconcat(db->path, ".doubt", NULL);
}

void
rn_sqlite_doubt(const RnDb *db)
{
	g_autofree char *mark = mark_of(db);
	int fd = open(mark, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd >= 0)
		close(fd);
	else
		rn_log(RN_LOG_ERROR, "-", "store-not-marked", "file", mark, "error", g_strerror(errno), "do",
		    "restart the machine before mail is taken again", NULL);
}

/* SQLite's own file: to open and close another would drop its locks. */
static int
write_again(sqlite3_file *file)
{
	g_autofree char *chunk = g_malloc(CHUNK);
	sqlite3_int64 size = 0;
	int rc = file->pMethods->xFileSize(file, &size);

	for (sqlite3_int64 at = 0; rc == SQLITE_OK && at < size; at += CHUNK) {
		int n = (int)MIN(size - at, CHUNK);

		rc = file->pMethods->xRead(file, chunk, n, at);
		if (rc == SQLITE_OK)
			rc = file->pMethods->xWrite(file, chunk, n, at);
	}
	return rc == SQLITE_OK ? file->pMethods->xSync(file, SQLITE_SYNC_FULL) : rc;
}

gboolean
rn_sqlite_settle_doubt(RnDb *db, GError **error)
{
	g_autofree char *mark = mark_of(db);
	sqlite3_file *log = NULL;
	int rc;

	if (access(mark, F_OK) != 0)
		return TRUE;
	rc = sqlite3_file_control(db->h, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
	if (rc == SQLITE_OK && log != NULL && log->pMethods != NULL)
		rc = write_again(log);
	if (rc != SQLITE_OK)
		return rn_sqlite_failed(
		    db->h, db->path, rc, "writing the log again after a failed sync", error);
	if (unlink(mark) != 0 && errno != ENOENT) {
		g_set_error(error, RN_ERROR, RN_ERR_BUSY, "cannot remove %s: %s", mark, g_strerror(errno));
		return FALSE;
	}
	rn_log(
	    RN_LOG_WARN, "-", "store-settled", "after", "a sync that failed", "do", "look at the disk", NULL);
	return TRUE;
}
