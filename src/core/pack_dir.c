/* pack_dir.c: a pack as a folder, and files that are there whole or not at all. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "core/pack.h"

#define DEEPEST 3

static gboolean
fail(GError **error, const char *path, const char *what)
{
	g_set_error(error, RN_ERROR, RN_ERR_INPUT, "%s: %s", path, what);
	return FALSE;
}

static gboolean
fail_errno(GError **error, const char *path)
{
	if (errno != EEXIST)
		return fail(error, path, g_strerror(errno));
	g_set_error(error, RN_ERROR, RN_ERR_STATE, "%s is there already, and is not written over", path);
	return FALSE;
}

/* Where the work is done until it is whole: beside PATH. */
static char *
beside(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path), *name = g_path_get_basename(path);

	return g_strdup_printf("%s/.%s.XXXXXX", folder, name);
}

static gboolean
sync_folder(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gboolean ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		fail_errno(error, path);
	if (fd >= 0)
		close(fd);
	return ok;
}

static gboolean
write_all(int fd, GBytes *data)
{
	gsize len, done = 0;
	const char *bytes = g_bytes_get_data(data, &len);

	while (done < len) {
		ssize_t n = write(fd, bytes + done, len - done);

		if (n < 0 && errno != EINTR)
			return FALSE;
		done += n > 0 ? (gsize)n : 0;
	}
	return fsync(fd) == 0;
}

/* From its work place to PATH, which must be free. */
static gboolean
put_there(const char *work, const char *path, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);

	if (renameat2(AT_FDCWD, work, AT_FDCWD, path, RENAME_NOREPLACE) != 0)
		return fail_errno(error, path);
	return sync_folder(folder, error);
}

static gboolean
is_free(const char *path, GError **error)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return TRUE;
	errno = EEXIST;
	return fail_errno(error, path);
}

gboolean
rn_pack_write_file(const char *path, GBytes *data, GError **error)
{
	g_autofree char *work = beside(path);
	int fd;
	gboolean ok;

	if (!is_free(path, error))
		return FALSE;
	fd = mkostemp(work, O_CLOEXEC);
	if (fd < 0)
		return fail_errno(error, path);
	ok = write_all(fd, data) || fail_errno(error, path);
	ok = (close(fd) == 0 && ok) || (ok && fail_errno(error, path));
	ok = ok && put_there(work, path, error);
	if (!ok)
		unlink(work);
	return ok;
}

static gboolean
write_one(const char *folder, const RnPackFile *f, GError **error)
{
	g_autofree char *path = g_build_filename(folder, f->path, NULL);
	g_autofree char *parent = g_path_get_dirname(path);
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = (time_t)f->at } };
	int fd;
	gboolean ok;

	if (g_mkdir_with_parents(parent, 0700) != 0)
		return fail_errno(error, parent);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail_errno(error, path);
	ok = write_all(fd, f->data) && futimens(fd, times) == 0;
	if (close(fd) != 0 || !ok)
		return fail_errno(error, path);
	return sync_folder(parent, error);
}

/* Takes away what was begun in FOLDER, and FOLDER. */
static void
take_away(const char *folder, int depth)
{
	DIR *dir = depth > 0 ? opendir(folder) : NULL;
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, entry->d_name, NULL);

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlink(path) != 0)
			take_away(path, depth - 1);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(folder);
}

gboolean
rn_pack_write_dir(const char *path, const RnPack *pack, GError **error)
{
	g_autofree char *work = beside(path);
	gboolean ok = TRUE;

	if (!is_free(path, error))
		return FALSE;
	if (mkdtemp(work) == NULL)
		return fail_errno(error, path);
	for (guint i = 0; ok && i < pack->files->len; i++)
		ok = write_one(work, g_ptr_array_index(pack->files, i), error);
	ok = ok && sync_folder(work, error) && put_there(work, path, error);
	if (!ok)
		take_away(work, DEEPEST + 1);
	return ok;
}

/* The bytes of FD, which is closed. */
static GBytes *
read_fd(int fd, const char *path, gsize max, GError **error)
{
	struct stat st = { 0 };
	char *bytes = NULL;
	gsize done = 0, size = 0;
	ssize_t n = 0;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		fail(error, path, "it is no plain file");
		return NULL;
	}
	if (st.st_size < 0 || (gsize)st.st_size > max) {
		close(fd);
		g_set_error(error, RN_ERROR, RN_ERR_LIMIT, "%s: it is larger than is taken", path);
		return NULL;
	}
	size = (gsize)st.st_size;
	bytes = g_malloc(size + 1);
	while (done < size && ((n = read(fd, bytes + done, size - done)) > 0 || (n < 0 && errno == EINTR)))
		done += n > 0 ? (gsize)n : 0;
	close(fd);
	if (done == size)
		return g_bytes_new_take(bytes, size);
	g_free(bytes);
	fail(error, path, n < 0 ? g_strerror(errno) : "it became shorter while it was read");
	return NULL;
}

GBytes *
rn_pack_read_file(const char *path, gsize max, GError **error)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		return read_fd(fd, path, max, error);
	g_set_error(error, RN_ERROR, errno == ENOENT ? RN_ERR_NOT_FOUND : RN_ERR_INPUT, "%s: %s", path,
	    g_strerror(errno));
	return NULL;
}

static gboolean read_folder(int fd, const char *prefix, int depth, RnPack *pack, GError **error);

static gboolean
read_entry(int folder, const char *name, const char *prefix, int depth, RnPack *pack, GError **error)
{
	g_autofree char *path = g_strconcat(prefix, name, NULL);
	g_autofree char *shown = rn_text_utf8(path, -1);
	g_autoptr(GBytes) data = NULL;
	struct stat st;
	int fd;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return fail_errno(error, shown);
	if (S_ISLNK(st.st_mode))
		return fail(error, shown, "a link is not taken");
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return fail(error, shown, "it is no plain file");
	fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(error, shown);
	if (S_ISDIR(st.st_mode)) {
		g_autofree char *deeper = g_strconcat(path, "/", NULL);

		return read_folder(fd, deeper, depth - 1, pack, error);
	}
	data = read_fd(fd, shown, RN_PACK_BYTES, error);
	return data != NULL && rn_pack_add(pack, path, data, 0, error);
}

static gboolean
read_folder(int fd, const char *prefix, int depth, RnPack *pack, GError **error)
{
	DIR *dir = depth > 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	gboolean ok = TRUE;

	if (dir == NULL) {
		close(fd);
		return fail(error, prefix, "there are folders in it that have no place here");
	}
	while (ok && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			ok = read_entry(dirfd(dir), entry->d_name, prefix, depth, pack, error);
	closedir(dir);
	return ok;
}

RnPack *
rn_pack_read_dir(const char *path, GError **error)
{
	g_autoptr(RnPack) pack = rn_pack_new();
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		fail_errno(error, path);
		return NULL;
	}
	return read_folder(fd, "", DEEPEST, pack, error) ? g_steal_pointer(&pack) : NULL;
}
