/* keyring_file.c: making and changing the file of token keys. A key that was used and is lost makes every
 * letter that is out worthless, so each change is durable before anyone signs with it. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/world.h"
#include "mail/keyring.h"

static const char header[] =
    "# Token keys: ID KEY DAY. The last line signs, all verify. Keep this file secret, and in the backup.\n";

static gboolean
fail(const char *file, const char *what, GError **error)
{
	int e = errno;
	gboolean later = e == ENOSPC || e == EDQUOT || e == EIO || e == EMFILE || e == ENFILE;
	int code = later ? RN_ERR_BUSY : RN_ERR_CONFIG;

	if (e == EEXIST)
		code = RN_ERR_STATE;
	g_set_error(error, RN_ERROR, code, "%s: %s: %s", file, what, g_strerror(e));
	return FALSE;
}

/* RING as the text of its file; the caller cleans and frees it. */
static char *
to_text(const RnKeyRing *ring)
{
	/* One piece of the full size: a string that grows would leave copies of the keys behind. */
	gsize room = sizeof(header) + RN_KEYS_MAX * (2 * RN_KEY_BYTES + 32);
	GString *text = g_string_sized_new(room);

	g_string_append(text, header);
	for (guint i = 0; i < ring->n; i++) {
		const RnKey *key = &ring->keys[i];
		g_autofree char *day = rn_day_iso(key->made);

		g_string_append_printf(text, "%u ", key->id);
		for (int k = 0; k < RN_KEY_BYTES; k++)
			g_string_append_printf(text, "%02x", key->secret[k]);
		g_string_append_printf(text, " %s\n", day);
	}
	return g_string_free(text, FALSE);
}

static gboolean
write_whole(int fd, const char *text)
{
	gsize len = strlen(text);

	while (len > 0) {
		gssize put = write(fd, text, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return FALSE;
		text += put;
		len -= (gsize)put;
	}
	return TRUE;
}

/* Fills FD for good. LIKE: mode and owner of the file that it takes the place of, NULL for a first one. */
static gboolean
fill(int fd, const RnKeyRing *ring, const struct stat *like)
{
	char *text = to_text(ring);
	gboolean ok = write_whole(fd, text);

	OPENSSL_cleanse(text, strlen(text));
	g_free(text);
	if (ok && like != NULL)
		ok = fchown(fd, like->st_uid, like->st_gid) == 0 && fchmod(fd, like->st_mode & 07777) == 0;
	return fsync(fd) == 0 && ok;
}

/* Puts RING into the place of FILE in the open folder FOLDER; without LIKE nothing may be there yet. */
static gboolean
replace(const char *file, int folder, const RnKeyRing *ring, const struct stat *like, GError **error)
{
	g_autofree char *temp = g_strconcat(file, ".XXXXXX", NULL);
	int fd = mkostemp(temp, O_CLOEXEC);	/* mode 0600 */
	gboolean ok;

	if (fd < 0)
		return fail(file, "cannot be written", error);
	ok = fill(fd, ring, like);
	/* link(2) does not overwrite, as rename(2) would */
	ok = ok && (like != NULL ? rename(temp, file) : link(temp, file)) == 0;
	ok = ok && fsync(folder) == 0;
	if (!ok)
		fail(file, "cannot be written", error);
	if (!ok || like == NULL)
		unlink(temp);
	return close(fd) == 0 && ok;
}

/* Opens the folder of FILE and locks it against another change of the ring; -1 with an error. */
static int
lock_folder(const char *file, GError **error)
{
	g_autofree char *name = g_path_get_dirname(file);
	int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX) != 0) {
		fail(name, "cannot be opened", error);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

static void
add_key(RnKeyRing *ring, guint id, RnDay today)
{
	RnKey *key = &ring->keys[ring->n++];

	key->id = id;
	key->made = today;
	rn_random(key->secret, RN_KEY_BYTES);
}

RnKeyRing *
rn_keyring_rehearsal(const RnKeyRing *ring)
{
	RnKeyRing *other = g_new0(RnKeyRing, 1);

	for (guint i = 0; i < ring->n; i++)
		add_key(other, ring->keys[i].id, ring->keys[i].made);
	return other;
}

gboolean
rn_keyring_create(const char *file, RnDay today, GError **error)
{
	g_autoptr(RnKeyRing) ring = g_new0(RnKeyRing, 1);
	int folder = lock_folder(file, error);
	gboolean ok;

	if (folder < 0)
		return FALSE;
	add_key(ring, 0, today);
	ok = replace(file, folder, ring, NULL, error);
	close(folder);
	return ok;
}

/* The id after the one that signs, so that a retired one is not soon used for another key; RN_KEYS_MAX if all
 * are taken. */
static guint
free_id(const RnKeyRing *ring)
{
	guint last = ring->keys[ring->n - 1].id;

	for (guint i = 1; i <= RN_KEYS_MAX; i++)
		if (rn_keyring_find(ring, (last + i) % RN_KEYS_MAX) == NULL)
			return (last + i) % RN_KEYS_MAX;
	return RN_KEYS_MAX;
}

static gboolean
rotate(RnKeyRing *ring, RnDay today, guint *id, GError **error)
{
	guint fresh = free_id(ring);

	if (fresh == RN_KEYS_MAX) {
		g_set_error(error, RN_ERROR, RN_ERR_STATE,
		    "all %d key ids are taken; retire the oldest first (`rinnova key list`, `rinnova key retire ID`)",
		    RN_KEYS_MAX);
		return FALSE;
	}
	add_key(ring, fresh, today);
	if (id != NULL)
		*id = fresh;
	return TRUE;
}

static gboolean
retire(RnKeyRing *ring, guint id, GError **error)
{
	const RnKey *key = rn_keyring_find(ring, id);
	guint at = key != NULL ? (guint)(key - ring->keys) : 0;

	if (key == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "there is no key %u; `rinnova key list` shows them", id);
		return FALSE;
	}
	if (at == ring->n - 1) {
		g_set_error(
		    error, RN_ERROR, RN_ERR_STATE, "key %u signs; rotate first (`rinnova key rotate`)", id);
		return FALSE;
	}
	memmove(&ring->keys[at], &ring->keys[at + 1], (ring->n - at - 1) * sizeof(RnKey));
	ring->n--;
	return TRUE;
}

gboolean
rn_keyring_rotate(const char *file, RnDay today, guint *id, GError **error)
{
	g_autoptr(RnKeyRing) ring = NULL;
	int folder = lock_folder(file, error);
	struct stat like;
	gboolean ok;

	if (folder < 0)
		return FALSE;
	ring = rn_keyring_load(file, &like, error);
	ok = ring != NULL && rotate(ring, today, id, error) && replace(file, folder, ring, &like, error);
	close(folder);
	return ok;
}

gboolean
rn_keyring_retire(const char *file, guint id, GError **error)
{
	g_autoptr(RnKeyRing) ring = NULL;
	int folder = lock_folder(file, error);
	struct stat like;
	gboolean ok;

	if (folder < 0)
		return FALSE;
	ring = rn_keyring_load(file, &like, error);
	ok = ring != NULL && retire(ring, id, error) && replace(file, folder, ring, &like, error);
	close(folder);
	return ok;
}
