/* sqlite_swap.c: another store in the place of the one that is there.
 *
 * Whoever writes shares the lock file from the opening of the store to its end (lock.h), and who puts another
 * one in its place has it alone all along: what would be written meanwhile would be lost. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/world.h"
#include "store/sqlite.h"

#define SQLITE_LOCKS 0x40000000	/* where SQLite's own locks lie in its file, and how many bytes they take */
#define SQLITE_LOCKS_LEN 512
#define LOOK_AGAIN (50 * G_TIME_SPAN_MILLISECOND)

static const char *const ends[] = { "", "-wal", "-shm", ".doubt" };	/* the files of a store */

static gboolean
trouble(const char *what, const char *path, GError **error)
{
	g_set_error(error, RN_ERROR, RN_ERR_BUSY, "%s %s: %s", what, path, g_strerror(errno));
	return FALSE;
}

static gboolean
sync_folder_of(const char *path, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gboolean ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		trouble("cannot write to the disk:", folder, error);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* Any connection that has read from the store holds a lock of SQLite's on it until it is closed. Called while
 * this process has no connection of its own, for closing the file would take its locks away. */
static gboolean
someone_has_it(const char *path)
{
	struct flock all = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = SQLITE_LOCKS, .l_len = SQLITE_LOCKS_LEN
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	gboolean taken;

	if (fd < 0)
		return FALSE;
	taken = fcntl(fd, F_OFD_GETLK, &all) == 0 && all.l_type != F_UNLCK;
	close(fd);
	return taken;
}

static gboolean
in_use(const char *path, GError **error)
{
	g_set_error(error, RN_ERROR, RN_ERR_BUSY,
	    "store %s: is in use: stop lmtpd, courier and every other program of Rinnova first; `fuser %s %s.lock` "
	    "names them",
	    path, path, path);
	return FALSE;
}

RnLock *
rn_sqlite_hold(const char *place, GError **error)
{
	g_autofree char *path = rn_sqlite_path(place, error);
	g_autofree char *name = path != NULL ? g_strconcat(path, ".lock", NULL) : NULL;
	RnLock *lock = name != NULL ? rn_lock_open(name, error) : NULL;

	if (lock == NULL)
		return NULL;
	if (rn_lock_alone(lock, rn_monotonic(), NULL) && !someone_has_it(path))
		return lock;
	rn_lock_close(lock);
	in_use(path, error);
	return NULL;
}

/* Who only reads ends soon, and is waited for; a new one may come at any time, and reads the old store. */
static gboolean
no_readers(const char *path, gint64 deadline, GError **error)
{
	while (someone_has_it(path)) {
		if (rn_monotonic() >= deadline)
			return in_use(path, error);
		g_usleep(LOOK_AGAIN);
	}
	return TRUE;
}

/* Gives the first N files their names back; the store last. FALSE where that cannot be. */
static gboolean
put_back(const char *path, const char *aside, gsize n)
{
	gboolean ok = TRUE;

	while (n-- > 0) {
		g_autofree char *from = g_strconcat(aside, ends[n], NULL);
		g_autofree char *to = g_strconcat(path, ends[n], NULL);

		if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) != 0 && errno != ENOENT)
			ok = FALSE;
	}
	return sync_folder_of(path, NULL) && ok;
}

/* WHAT failed for NAME when N files were aside already: says so, and where the old store is now. */
static gboolean
undo(const char *path, const char *aside, gsize n, const char *what, const char *name, GError **error)
{
	g_autofree char *why = g_strdup(g_strerror(errno));

	if (put_back(path, aside, n))
		g_set_error(
		    error, RN_ERROR, RN_ERR_BUSY, "%s %s: %s; the old store is as it was", what, name, why);
	else
		g_set_error(error, RN_ERROR, RN_ERR_BUSY,
		    "%s %s: %s; the old store could not be put back: rename %s and what is beside it to %s",
		    what, name, why, aside, path);
	return FALSE;
}

/* The file goes first: its log alone does no harm, for whoever makes a new store there removes it. */
static gboolean
set_aside(const char *path, const char *aside, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
		g_autofree char *from = g_strconcat(path, ends[i], NULL);
		g_autofree char *to = g_strconcat(aside, ends[i], NULL);

		if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) != 0 && errno != ENOENT)
			return undo(path, aside, i, "cannot set aside", from, error);
	}
	if (sync_folder_of(path, NULL))
		return TRUE;
	return undo(path, aside, G_N_ELEMENTS(ends), "cannot write to the disk:", path, error);
}

static gboolean
put_in_place(const char *path, const char *staged, const char *aside, GError **error)
{
	if (!set_aside(path, aside, error))
		return FALSE;
	if (renameat2(AT_FDCWD, staged, AT_FDCWD, path, RENAME_NOREPLACE) != 0)
		return undo(path, aside, G_N_ELEMENTS(ends), "cannot put the store in place:", path, error);
	return sync_folder_of(path, error);
}

gboolean
rn_sqlite_replace(const char *place, const char *staged, const char *aside, int wait_ms, GError **error)
{
	g_autofree char *path = rn_sqlite_path(place, error);
	g_autofree char *name = path != NULL ? g_strconcat(path, ".lock", NULL) : NULL;
	RnLock *lock = name != NULL ? rn_lock_open(name, error) : NULL;
	gint64 deadline = rn_monotonic() + wait_ms * G_TIME_SPAN_MILLISECOND;
	gboolean ok;

	if (lock == NULL)
		return FALSE;
	ok = rn_lock_take(lock, deadline, error);
	if (ok) {
		ok = no_readers(path, deadline, error) && put_in_place(path, staged, aside, error);
		rn_lock_drop(lock);
	}
	rn_lock_close(lock);
	return ok;
}
