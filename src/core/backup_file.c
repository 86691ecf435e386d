/* backup_file.c: digests and copies of files of any size. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/backup.h"

#define CHUNK (256 * 1024)

static gboolean
failed(RnErrorCode code, const char *path, GError **error)
{
	g_set_error(error, RN_ERROR, errno == ENOENT ? RN_ERR_NOT_FOUND : (int)code, "%s: %s", path,
	    g_strerror(errno));
	return FALSE;
}

static gboolean
put(int fd, const char *bytes, gsize n)
{
	gsize done = 0;

	while (done < n) {
		ssize_t some = write(fd, bytes + done, n - done);

		if (some < 0 && errno != EINTR)
			return FALSE;
		done += some > 0 ? (gsize)some : 0;
	}
	return TRUE;
}

/* From FROM to the digest and, where it is one, to the descriptor TO. */
static gboolean
pump(int from, int to, GChecksum *sum, gint64 *bytes)
{
	g_autofree char *chunk = g_malloc(CHUNK);
	ssize_t n;

	*bytes = 0;
	while ((n = read(from, chunk, CHUNK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || (to >= 0 && !put(to, chunk, (gsize)n)))
			return FALSE;
		g_checksum_update(sum, (const guchar *)chunk, n);
		*bytes += n;
	}
	return to < 0 || fsync(to) == 0;
}

char *
rn_backup_digest(const char *path, const char *to, gint64 *bytes, GError **error)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	gint64 n = 0;
	int from = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int out = -1;
	gboolean ok = from >= 0;

	if (ok && to != NULL)
		ok = (out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640)) >= 0;
	ok = ok && pump(from, out, sum, &n);
	if (!ok)
		failed(to != NULL ? RN_ERR_BUSY : RN_ERR_INPUT, path, error);
	if (from >= 0)
		close(from);
	if (out >= 0)
		close(out);
	if (bytes != NULL)
		*bytes = n;
	return ok ? g_strdup(g_checksum_get_string(sum)) : NULL;
}

void
rn_backup_take_away(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	rmdir(folder);
}
