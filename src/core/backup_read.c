/* backup_read.c: a back-up is believed only after every digest was compared. */
#include <jansson.h>
#include <string.h>

#include "base/text.h"
#include "core/backup_new.h"
#include "core/pack.h"

#define MANIFEST_MAX (1 << 20)
#define SUMS_MAX 4096
#define SHA_CHARS 64

static gboolean
bad(const char *path, const char *what, GError **error)
{
	g_set_error(error, RN_ERROR, RN_ERR_INPUT,
	    "back-up %s: %s: it is not used; take another one, or fetch this one again", path, what);
	return FALSE;
}

static GBytes *
read_part(const char *folder, const char *name, gsize max, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	return rn_pack_read_file(path, max, error);
}

/* The digest that SUMS ("DIGEST  NAME" a line) gives for NAME; NULL if none. Caller frees. */
static char *
sum_of(const char *sums, const char *name)
{
	g_auto(GStrv) lines = g_strsplit(sums, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++)
		if (strlen(lines[i]) > SHA_CHARS + 2 && strncmp(lines[i] + SHA_CHARS, "  ", 2) == 0 &&
		    strcmp(lines[i] + SHA_CHARS + 2, name) == 0)
			return g_strndup(lines[i], SHA_CHARS);
	return NULL;
}

static void
read_files(RnBackup *b, const json_t *list)
{
	gsize i;
	json_t *row;

	json_array_foreach(list, i, row)
	{
		const char *what = json_string_value(json_object_get(row, "what"));
		const char *path = json_string_value(json_object_get(row, "path"));

		if (what != NULL && path != NULL)
			rn_backup_note(b, what, path, json_string_value(json_object_get(row, "sha256")));
	}
}

static const char *
text_of(const json_t *j, const char *key)
{
	return json_string_value(json_object_get(j, key));
}

static gboolean
read_manifest(RnBackup *b, GBytes *bytes, GError **error)
{
	gsize len;
	const char *text = g_bytes_get_data(bytes, &len);
	json_error_t why;
	json_t *j = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	gboolean ok = json_is_object(j) && g_strcmp0(text_of(j, "format"), RN_BACKUP_FORMAT) == 0 &&
	    text_of(j, "store") != NULL && text_of(j, "sha256") != NULL &&
	    json_is_integer(json_object_get(j, "made_at"));

	if (ok) {
		b->store = g_strdup(text_of(j, "store"));
		b->host = g_strdup(text_of(j, "host"));
		b->program = g_strdup(text_of(j, "program"));
		b->sha256 = g_strdup(text_of(j, "sha256"));
		b->made = json_integer_value(json_object_get(j, "made_at"));
		b->schema = (int)json_integer_value(json_object_get(j, "schema"));
		b->bytes = json_integer_value(json_object_get(j, "bytes"));
		read_files(b, json_object_get(j, "files"));
	}
	json_decref(j);
	return ok || bad(b->path, RN_BACKUP_MANIFEST " is none of " RN_BACKUP_FORMAT, error);
}

/* The manifest by SHA256SUMS, and the copy by both. */
static gboolean
compare(RnBackup *b, const char *sums, GBytes *manifest, GError **error)
{
	g_autofree char *path = g_build_filename(b->path, RN_BACKUP_STORE, NULL);
	g_autofree char *said = sum_of(sums, RN_BACKUP_MANIFEST), *said_store = sum_of(sums, RN_BACKUP_STORE);
	g_autofree char *is = rn_text_sha256(g_bytes_get_data(manifest, NULL), g_bytes_get_size(manifest));
	g_autofree char *is_store = NULL;
	gint64 bytes;

	if (g_strcmp0(said, is) != 0)
		return bad(b->path, "the digest of " RN_BACKUP_MANIFEST " is wrong", error);
	if (!read_manifest(b, manifest, error))
		return FALSE;
	is_store = rn_backup_digest(path, NULL, &bytes, error);
	if (is_store == NULL)
		return FALSE;
	if (bytes != b->bytes)
		return bad(b->path, RN_BACKUP_STORE " is not as long as it was", error);
	return (strcmp(is_store, b->sha256) == 0 && g_strcmp0(is_store, said_store) == 0) ||
	    bad(b->path, "the digest of " RN_BACKUP_STORE " is wrong", error);
}

RnBackup *
rn_backup_read(const char *path, GError **error)
{
	g_autoptr(RnBackup) b = rn_backup_new();
	g_autoptr(GBytes) sums = read_part(path, RN_BACKUP_SUMS, SUMS_MAX, error);
	g_autoptr(GBytes) manifest =
	    sums != NULL ? read_part(path, RN_BACKUP_MANIFEST, MANIFEST_MAX, error) : NULL;
	g_autofree char *text = NULL;

	if (manifest == NULL)
		return NULL;
	b->path = g_strdup(path);
	text = g_strndup(g_bytes_get_data(sums, NULL), g_bytes_get_size(sums));
	b->digest = rn_text_sha256(text, strlen(text));
	return compare(b, text, manifest, error) ? g_steal_pointer(&b) : NULL;
}
