/* keyring.c: reading the ring of token keys. */
#include "mail/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX 16384

void
rn_keyring_free(RnKeyRing *ring)
{
	if (ring == NULL)
		return;
	OPENSSL_cleanse(ring, sizeof(*ring));
	g_free(ring);
}

guint
rn_keyring_n(const RnKeyRing *ring)
{
	return ring->n;
}

void
rn_keyring_at(const RnKeyRing *ring, guint i, guint *id, RnDay *made)
{
	*id = ring->keys[i].id;
	*made = ring->keys[i].made;
}

const RnKey *
rn_keyring_find(const RnKeyRing *ring, guint id)
{
	for (guint i = 0; i < ring->n; i++)
		if (ring->keys[i].id == id)
			return &ring->keys[i];
	return NULL;
}

static gboolean
read_secret(const char *hex, guint8 *secret)
{
	if (strlen(hex) != 2 * RN_KEY_BYTES || strspn(hex, "0123456789abcdefABCDEF") != 2 * RN_KEY_BYTES)
		return FALSE;
	for (int i = 0; i < RN_KEY_BYTES; i++)
		secret[i] =
		    (guint8)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
	return TRUE;
}

/* One line "ID HEX64 YYYY-MM-DD" into KEY; what is wrong with it (static), NULL if nothing. The line is cut
 * up. */
static const char *
read_line(char *line, RnKey *key)
{
	char *save = NULL;
	char *id = strtok_r(line, " \t", &save), *hex = strtok_r(NULL, " \t", &save),
	     *made = strtok_r(NULL, " \t", &save);

	if (made == NULL || strtok_r(NULL, " \t", &save) != NULL)
		return "a line is \"ID KEY DAY\"";
	if (strlen(id) > 2 || strspn(id, "0123456789") != strlen(id))
		return "the id is a number from 0 to 15";
	key->id = (guint)g_ascii_strtoull(id, NULL, 10);
	if (key->id >= RN_KEYS_MAX)
		return "the id is a number from 0 to 15";
	if (!read_secret(hex, key->secret))
		return "the key is 64 hexadecimal digits";
	if (strlen(made) != 10 || made[4] != '-' || !rn_day_parse(made, &key->made))
		return "the day is YYYY-MM-DD";
	return NULL;
}

static gboolean
add_line(RnKeyRing *ring, char *line, const char *file, guint number, GError **error)
{
	RnKey key = { 0 };
	const char *wrong;

	g_strstrip(line);
	if (*line == '\0' || *line == '#')
		return TRUE;
	wrong = read_line(line, &key);
	if (wrong == NULL && rn_keyring_find(ring, key.id) != NULL)
		wrong = "this id stands on a line above";
	if (wrong == NULL)
		ring->keys[ring->n++] = key;	/* sixteen ids, each once: it fits */
	else
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s:%u: %s", file, number, wrong);
	OPENSSL_cleanse(&key, sizeof(key));
	return wrong == NULL;
}

RnKeyRing *
rn_keyring_parse(const char *text, const char *file, GError **error)
{
	g_autoptr(RnKeyRing) ring = g_new0(RnKeyRing, 1);
	g_autofree char *copy = g_strdup(text);
	gsize size = strlen(text);
	gboolean ok = TRUE;
	char *next = copy;
	guint number = 0;

	while (ok && next != NULL) {
		char *line = strsep(&next, "\n");

		ok = add_line(ring, line, file, ++number, error);
	}
	OPENSSL_cleanse(copy, size);
	if (!ok)
		return NULL;
	if (ring->n == 0) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
		    "%s: no key in it; remove the file and run `rinnova init`", file);
		return NULL;
	}
	return g_steal_pointer(&ring);
}

/* Whoever can read the keys can sign anything, and whoever can write them too. Fewer rights than 0640 are
 * fine (systemd hands out credentials as 0400). */
static gboolean
check_rights(const char *file, const struct stat *st, GError **error)
{
	if (!S_ISREG(st->st_mode)) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: not a regular file", file);
		return FALSE;
	}
	if ((st->st_mode & 07777 & ~0640u) != 0) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
		    "%s: mode %04o lets others at the keys; chmod 0600 or 0640", file,
		    (guint)st->st_mode & 07777);
		return FALSE;
	}
	return TRUE;
}

static gssize
read_whole(int fd, char *to, gsize max)
{
	gsize len = 0;

	while (len < max) {
		gssize got = read(fd, to + len, max - len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		len += (gsize)got;
	}
	return (gssize)len;
}

RnKeyRing *
rn_keyring_load(const char *file, struct stat *opened, GError **error)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char text[FILE_MAX + 1];
	RnKeyRing *ring = NULL;
	struct stat st;
	gssize len = 0;

	if (fd < 0 || fstat(fd, &st) != 0) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: %s; `rinnova init` makes it", file,
		    g_strerror(errno));
	} else if (check_rights(file, &st, error)) {
		len = read_whole(fd, text, FILE_MAX + 1);
		if (len < 0 || len > FILE_MAX || memchr(text, '\0', (gsize)len) != NULL) {
			g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: not a file of token keys", file);
		} else {
			text[len] = '\0';
			ring = rn_keyring_parse(text, file, error);
		}
	}
	if (fd >= 0)
		close(fd);
	OPENSSL_cleanse(text, sizeof(text));
	if (opened != NULL && ring != NULL)
		*opened = st;
	return ring;
}

RnKeyRing *
rn_keyring_read(const char *file, GError **error)
{
	return rn_keyring_load(file, NULL, error);
}
