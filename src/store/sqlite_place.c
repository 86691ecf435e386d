/* sqlite_place.c: the file of an SQLite store and the disk on which it lies. The file is looked at by name
 * only: a descriptor of our own, once closed, would take SQLite's locks with it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "store/sqlite.h"

#define ROOM (16 * 1024 * 1024)	/* bytes that have to be free before anything is written */

typedef struct {
	unsigned long	 magic;
	const char	*name;
} FileSystem;

/* File systems where locks or shared memory do not hold between machines: statfs(2). */
static const FileSystem refused[] = {
	{ 0x6969, "NFS" },
	{ 0x517B, "SMB" },
	{ 0xFF534D42, "CIFS" },
	{ 0xFE534D42, "SMB2" },
	{ 0x01021997, "9P" },
	{ 0x5346414F, "AFS" },
	{ 0x73757245, "Coda" },
	{ 0x00C36400, "Ceph" },
};

static gboolean
disk_good(const char *folder, GError **error)
{
	struct statfs fs;

	if (statfs(folder, &fs) != 0) {
		g_set_error(error, RN_ERROR, RN_ERR_BUSY, "store: cannot look at the disk of %s: %s", folder,
		    g_strerror(errno));
		return FALSE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
		if (((unsigned long)fs.f_type & 0xffffffffUL) != refused[i].magic)
			continue;
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
		    "store: %s lies on a network file system (%s), where SQLite's locks do not hold: use a disk of this machine",
		    folder, refused[i].name);
		return FALSE;
	}
	return TRUE;
}

/* TEXT resolved by realpath(3); NULL with errno. */
static char *
resolved(const char *text)
{
	char *real = realpath(text, NULL);
	char *copy = g_strdup(real);

	free(real);
	return copy;
}

char *
rn_sqlite_path(const char *place, GError **error)
{
	g_autofree char *given = g_path_get_dirname(place);
	g_autofree char *name = g_path_get_basename(place);
	g_autofree char *folder = resolved(given);
	g_autofree char *real_folder = NULL;
	g_autofree char *path = NULL;

	if (*place != '/') {	/* it would be another file in every folder */
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
		    "store \"%s\": the path must be absolute: sqlite:/absolute/path", place);
		return NULL;
	}
	if (folder == NULL) {
		g_set_error(error, RN_ERROR, errno == ENOENT ? RN_ERR_NOT_FOUND : RN_ERR_BUSY,
		    "store: the folder %s: %s; make it, or look at the key url in [store]", given,
		    g_strerror(errno));
		return NULL;
	}
	path = resolved(place);
	if (path == NULL)	/* not there yet */
		path = g_build_filename(folder, name, NULL);
	real_folder = g_path_get_dirname(path);
	return disk_good(real_folder, error) ? g_steal_pointer(&path) : NULL;
}

/* An empty file with the right mode, so that the log beside it gets the same; SQLite would take 0644. */
static gboolean
make_empty(const RnDb *db, GError **error)
{
	int fd = open(db->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd < 0) {
		g_set_error(error, RN_ERROR, errno == EEXIST ? RN_ERR_STATE : RN_ERR_BUSY,
		    "cannot make the store %s: %s", db->path, g_strerror(errno));
		return FALSE;
	}
	close(fd);
	return TRUE;
}

/* The newest store that was set aside at PATH (sqlite_swap.c); NULL if none was. Caller frees. */
static char *
set_aside_last(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	g_autofree char *start = g_strconcat(name, ".before-", NULL);
	g_autofree char *last = NULL;
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *one;

	while (dir != NULL && (one = g_dir_read_name(dir)) != NULL) {
		if (!g_str_has_prefix(one, start) || g_str_has_suffix(one, "-wal") ||
		    g_str_has_suffix(one, "-shm") || g_str_has_suffix(one, ".doubt") ||
		    (last != NULL && strcmp(one, last) <= 0))
			continue;
		g_free(last);
		last = g_strdup(one);
	}
	if (dir != NULL)
		g_dir_close(dir);
	return last != NULL ? g_build_filename(folder, last, NULL) : NULL;
}

static gboolean
not_there(RnDb *db, int trouble, GError **error)
{
	g_autofree char *aside = trouble == ENOENT ? set_aside_last(db->path) : NULL;

	if (aside != NULL) {	/* an empty one would give its order numbers again */
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "store %s: is not there; a restore set %s aside: restore once more, or rename that one and what "
		    "is beside it (-wal) back",
		    db->path, aside);
		return FALSE;
	}
	g_set_error(error, RN_ERROR, trouble == ENOENT ? RN_ERR_NOT_FOUND : RN_ERR_BUSY,
	    "store %s: %s; `rinnova init` makes one, the key url in [store] says where", db->path,
	    g_strerror(trouble));
	return FALSE;
}

static gboolean
file_good(const RnDb *db, const struct stat *st, GError **error)
{
	if (db->mode == RN_DB_CREATE && st->st_size > 0) {
		g_set_error(error, RN_ERROR, RN_ERR_STATE, "%s is there already", db->path);
		return FALSE;
	}
	if (db->mode != RN_DB_CREATE && st->st_size == 0) {
		g_set_error(error, RN_ERROR, RN_ERR_STORE,
		    "store %s: is empty: restore the back-up; only where nothing ever was in it `rinnova init` fills it",
		    db->path);
		return FALSE;
	}
	if (S_ISREG(st->st_mode) && st->st_nlink == 1)
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_STORE,
	    "store %s: is no plain file with one name: with a second name (hard link) its log would be missed",
	    db->path);
	return FALSE;
}

/* May an empty store be made where none is? Not in the midst of a restore that was killed. */
static gboolean
may_make(const RnDb *db)
{
	g_autofree char *aside = set_aside_last(db->path);

	return db->mode == RN_DB_CREATE && aside == NULL;
}

gboolean
rn_sqlite_file(RnDb *db, GError **error)
{
	struct stat st;

	if (stat(db->path, &st) != 0) {
		int trouble = errno;

		if (trouble != ENOENT || !may_make(db))
			return not_there(db, trouble, error);
		if (!make_empty(db, error))
			return FALSE;
		if (stat(db->path, &st) != 0)
			return not_there(db, errno, error);
	}
	db->device = st.st_dev;
	db->inode = st.st_ino;
	return file_good(db, &st, error);
}

gboolean
rn_sqlite_fit_to_write(RnDb *db, GError **error)
{
	struct statvfs disk;
	struct stat st;

	if (stat(db->path, &st) != 0 || st.st_dev != db->device || st.st_ino != db->inode) {
		db->dead = TRUE;
		g_set_error(error, RN_ERROR, RN_ERR_STORE,
		    "store %s: was moved, removed or replaced while it was open: start this program again",
		    db->path);
		return FALSE;
	}
	if (statvfs(db->path, &disk) == 0 && (guint64)disk.f_bavail * disk.f_frsize < ROOM) {
		g_set_error(error, RN_ERROR, RN_ERR_BUSY,
		    "store %s: the disk is full (less than %d MiB are free): make room", db->path,
		    ROOM >> 20);
		return FALSE;
	}
	return TRUE;
}
