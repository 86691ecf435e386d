#include "store/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "base/world.h"

#define KEY_BYTES 32
#define ID_BYTES 4
#define NONCE_BYTES 12
#define TAG_BYTES 16
#define MAGIC_BYTES 5
#define HEAD_BYTES (MAGIC_BYTES + ID_BYTES + NONCE_BYTES)
#define KEYS_MAX 16

static const guint8 sealed_magic[MAGIC_BYTES] = { 0, 'R', 'N', 'V', '1' };
static const guint8 plain_magic[MAGIC_BYTES] = { 0, 'R', 'N', 'P', '1' };

typedef struct {
	guint8	 secret[KEY_BYTES];
	guint8	 id[ID_BYTES];
} Key;

struct RnVault {
	guint	 n;
	Key	 keys[KEYS_MAX];
};

/* --- keys --- */

static gboolean
read_key(Key *key, const char *setting, const char *file, GError **error)
{
	char *text = rn_secret_read(setting, file, error);
	guint8 sum[EVP_MAX_MD_SIZE];
	gboolean hex = text != NULL && strlen(text) == 2 * (gsize)KEY_BYTES &&
	    strspn(text, "0123456789abcdefABCDEF") == 2 * (gsize)KEY_BYTES;

	if (text != NULL && !hex)
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
		    "%s: %s: must hold 64 hexadecimal digits; `rinnova key store FILE` makes such a file",
		    setting, file);
	for (gsize i = 0; hex && i < KEY_BYTES; i++)
		key->secret[i] =
		    (guint8)(g_ascii_xdigit_value(text[2 * i]) * 16 + g_ascii_xdigit_value(text[2 * i + 1]));
	rn_secret_free(text);
	if (!hex)
		return FALSE;
	if (EVP_Digest(key->secret, KEY_BYTES, sum, NULL, EVP_sha256(), NULL) != 1)
		g_error("SHA-256 is not to be had from OpenSSL");
	memcpy(key->id, sum, ID_BYTES);
	return TRUE;
}

RnVault *
rn_vault_read(const char *key, char *const *files, GError **error)
{
	g_autoptr(RnVault) vault = NULL;

	if (files == NULL || files[0] == NULL)
		return NULL;
	vault = g_new0(RnVault, 1);
	for (guint i = 0; files[i] != NULL; i++) {
		if (vault->n == KEYS_MAX) {
			g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: more than %d files", key, KEYS_MAX);
			return NULL;
		}
		if (!read_key(&vault->keys[vault->n], key, files[i], error))
			return NULL;
		vault->n++;
	}
	return g_steal_pointer(&vault);
}

void
rn_vault_free(RnVault *vault)
{
	if (vault != NULL)
		OPENSSL_cleanse(vault, sizeof(*vault));
	g_free(vault);
}

/* The name of FILE has to be on the disk before anything is encrypted with what it holds. */
static gboolean
sync_folder(const char *file)
{
	g_autofree char *folder = g_path_get_dirname(file);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gboolean ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

gboolean
rn_vault_key_create(const char *file, GError **error)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	guint8 secret[KEY_BYTES];
	char text[2 * KEY_BYTES + 2];
	gboolean ok;

	if (fd < 0) {
		g_set_error(error, RN_ERROR, errno == EEXIST ? RN_ERR_STATE : RN_ERR_CONFIG, "%s: %s", file,
		    g_strerror(errno));
		return FALSE;
	}
	rn_random(secret, sizeof(secret));
	for (gsize i = 0; i < KEY_BYTES; i++)
		g_snprintf(text + 2 * i, 3, "%02x", secret[i]);
	text[sizeof(text) - 2] = '\n';
	ok = write(fd, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1 && fsync(fd) == 0 &&
	    sync_folder(file);
	OPENSSL_cleanse(secret, sizeof(secret));
	OPENSSL_cleanse(text, sizeof(text));
	if (close(fd) != 0 || !ok) {
		unlink(file);
		g_set_error(
		    error, RN_ERROR, RN_ERR_BUSY, "%s: cannot be written: %s", file, g_strerror(errno));
		return FALSE;
	}
	return TRUE;
}

/* --- bytes --- */

static gboolean
begins(const guint8 *data, gsize len, const guint8 *magic)
{
	return len >= MAGIC_BYTES && memcmp(data, magic, MAGIC_BYTES) == 0;
}

static GBytes *
seal_plain(GBytes *plain)
{
	gsize len;
	const guint8 *data = g_bytes_get_data(plain, &len);
	guint8 *out;

	if (!begins(data, len, sealed_magic) && !begins(data, len, plain_magic))
		return g_bytes_ref(plain);
	out = g_malloc(MAGIC_BYTES + len);
	memcpy(out, plain_magic, MAGIC_BYTES);
	memcpy(out + MAGIC_BYTES, data, len);
	return g_bytes_new_take(out, MAGIC_BYTES + len);
}

/* LABEL and NAME into the cipher, each with its NUL; MORE is EVP_EncryptUpdate or its twin. */
static gboolean
bind_to(EVP_CIPHER_CTX *ctx,
    int (*more)(EVP_CIPHER_CTX *, unsigned char *, int *, const unsigned char *, int), const char *label,
    const char *name)
{
	int n;

	return more(ctx, NULL, &n, (const unsigned char *)label, (int)strlen(label) + 1) == 1 &&
	    more(ctx, NULL, &n, (const unsigned char *)name, (int)strlen(name) + 1) == 1;
}

static gboolean
encrypt(EVP_CIPHER_CTX *ctx, const Key *key, const char *label, const char *name, const guint8 *data, int len,
    guint8 *out)
{
	guint8 *nonce = out + MAGIC_BYTES + ID_BYTES, *text = out + HEAD_BYTES;
	int n = 0, end = 0;

	memcpy(out, sealed_magic, MAGIC_BYTES);
	memcpy(out + MAGIC_BYTES, key->id, ID_BYTES);
	rn_random(nonce, NONCE_BYTES);
	return EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key->secret, nonce) == 1 &&
	    bind_to(ctx, EVP_EncryptUpdate, label, name) &&
	    EVP_EncryptUpdate(ctx, text, &n, data, len) == 1 && n == len &&
	    EVP_EncryptFinal_ex(ctx, text + n, &end) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, text + len) == 1;
}

GBytes *
rn_vault_seal(const RnVault *vault, const char *label, const char *name, GBytes *plain)
{
	EVP_CIPHER_CTX *ctx;
	const guint8 *data;
	guint8 *out;
	gboolean ok;
	gsize len;

	if (plain == NULL)
		return NULL;
	if (vault == NULL)
		return seal_plain(plain);
	data = g_bytes_get_data(plain, &len);
	g_assert(len < G_MAXINT / 2);	/* messages have a limit far below */
	ctx = EVP_CIPHER_CTX_new();
	out = g_malloc(HEAD_BYTES + len + TAG_BYTES);
	ok = ctx != NULL && encrypt(ctx, &vault->keys[0], label, name, data, (int)len, out);
	EVP_CIPHER_CTX_free(ctx);
	if (!ok)
		g_error("AES-256-GCM is not to be had from OpenSSL");
	return g_bytes_new_take(out, HEAD_BYTES + len + TAG_BYTES);
}

static const Key *
find_key(const RnVault *vault, const guint8 *id)
{
	for (guint i = 0; vault != NULL && i < vault->n; i++)
		if (memcmp(vault->keys[i].id, id, ID_BYTES) == 0)
			return &vault->keys[i];
	return NULL;
}

static gboolean
decrypt(const Key *key, const char *label, const char *name, const guint8 *kept, gsize len, guint8 *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	const guint8 *nonce = kept + MAGIC_BYTES + ID_BYTES, *text = kept + HEAD_BYTES;
	int size = (int)(len - HEAD_BYTES - TAG_BYTES), n = 0, end = 0;
	gboolean ok = ctx != NULL &&
	    EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key->secret, nonce) == 1 &&
	    bind_to(ctx, EVP_DecryptUpdate, label, name) &&
	    EVP_DecryptUpdate(ctx, out, &n, text, size) == 1 && n == size &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, (void *)(text + size)) == 1 &&
	    EVP_DecryptFinal_ex(ctx, out + n, &end) == 1;

	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

static GBytes *
refuse(int code, const char *label, const char *name, const char *why, GError **error)
{
	g_set_error(error, RN_ERROR, code, "%s %s %s", label, name, why);
	return NULL;
}

GBytes *
rn_vault_open(const RnVault *vault, const char *label, const char *name, GBytes *kept, GError **error)
{
	const guint8 *data;
	const Key *key;
	guint8 *out;
	gsize len;

	if (kept == NULL)
		return NULL;
	data = g_bytes_get_data(kept, &len);
	if (begins(data, len, plain_magic))
		return g_bytes_new_from_bytes(kept, MAGIC_BYTES, len - MAGIC_BYTES);
	if (!begins(data, len, sealed_magic))
		return g_bytes_ref(kept);
	if (len < HEAD_BYTES + TAG_BYTES || len > G_MAXINT)
		return refuse(RN_ERR_STORE, label, name, "is encrypted, and cut short", error);
	key = find_key(vault, data + MAGIC_BYTES);
	if (key == NULL)
		return refuse(RN_ERR_CONFIG, label, name,
		    "is encrypted with a key that is not among key-files of [keep]: put its file there again",
		    error);
	out = g_malloc(len - HEAD_BYTES - TAG_BYTES + 1);
	if (!decrypt(key, label, name, data, len, out)) {
		g_free(out);
		return refuse(RN_ERR_STORE, label, name,
		    "was changed in the store, or belongs to another row: restore it from a backup", error);
	}
	return g_bytes_new_take(out, len - HEAD_BYTES - TAG_BYTES);
}

gboolean
rn_vault_current(const RnVault *vault, GBytes *kept)
{
	gsize len;
	const guint8 *data = g_bytes_get_data(kept, &len);

	return begins(data, len, sealed_magic) && len >= HEAD_BYTES &&
	    find_key(vault, data + MAGIC_BYTES) == &vault->keys[0];
}
