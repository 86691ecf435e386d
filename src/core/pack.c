/* pack.c: files by path, and their manifest. */
#include "core/pack.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/ledger.h"

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
#define DEEPEST 3

static void
free_file(gpointer p)
{
	RnPackFile *f = p;

	g_free(f->path);
	g_bytes_unref(f->data);
	g_free(f);
}

RnPack *
rn_pack_new(void)
{
	RnPack *pack = g_new0(RnPack, 1);

	pack->files = g_ptr_array_new_with_free_func(free_file);
	pack->by_path = g_hash_table_new(g_str_hash, g_str_equal);
	return pack;
}

void
rn_pack_free(RnPack *pack)
{
	if (pack == NULL)
		return;
	g_hash_table_unref(pack->by_path);
	g_ptr_array_unref(pack->files);
	g_bytes_unref(pack->cover);
	g_free(pack);
}

gboolean
rn_pack_path_good(const char *path)
{
	g_auto(GStrv) names = NULL;
	guint n;

	if (path == NULL || *path == '\0' || strlen(path) > RN_PACK_PATH)
		return FALSE;
	names = g_strsplit(path, "/", DEEPEST + 1);
	n = g_strv_length(names);
	for (guint i = 0; i < n; i++)
		if (*names[i] == '\0' || *names[i] == '.' ||
		    strspn(names[i], NAME_LETTERS) != strlen(names[i]))
			return FALSE;
	return n <= DEEPEST;
}

gboolean
rn_pack_add(RnPack *pack, const char *path, GBytes *data, gint64 at, GError **error)
{
	RnPackFile *f;

	if (!rn_pack_path_good(path) || g_hash_table_contains(pack->by_path, path)) {
		g_autofree char *name = rn_text_utf8(path != NULL ? path : "", -1);

		g_set_error(error, RN_ERROR, RN_ERR_INPUT, "\"%.*s\": %s", RN_PACK_PATH, name,
		    rn_pack_path_good(path) ? "this file comes twice" :
		                              "a file of such a name has no place here");
		return FALSE;
	}
	if (pack->files->len >= RN_PACK_FILES || g_bytes_get_size(data) > RN_PACK_BYTES - pack->bytes) {
		g_set_error(error, RN_ERROR, RN_ERR_LIMIT,
		    "more than %d files, or %d MB in all: so much is not taken", RN_PACK_FILES,
		    RN_PACK_BYTES >> 20);
		return FALSE;
	}
	f = g_new0(RnPackFile, 1);
	f->path = g_strdup(path);
	f->data = g_bytes_ref(data);
	f->at = at;
	pack->bytes += g_bytes_get_size(data);
	g_ptr_array_add(pack->files, f);
	g_hash_table_insert(pack->by_path, f->path, f);
	return TRUE;
}

gboolean
rn_pack_add_text(RnPack *pack, const char *path, const char *text, gint64 at, GError **error)
{
	g_autoptr(GBytes) data = g_bytes_new(text, strlen(text));

	return rn_pack_add(pack, path, data, at, error);
}

const RnPackFile *
rn_pack_find(const RnPack *pack, const char *path)
{
	return g_hash_table_lookup(pack->by_path, path);
}

static int
by_path(gconstpointer a, gconstpointer b)
{
	return strcmp((*(const RnPackFile *const *)a)->path, (*(const RnPackFile *const *)b)->path);
}

static char *
manifest_text(const RnPack *pack, const char *order, gboolean is_signed)
{
	json_t *files = json_array();
	json_t *all = json_pack("{s:s, s:s, s:b, s:o}", "format", RN_PACK_FORMAT, "order", order, "signed",
	    is_signed, "files", files);
	char *dump, *text;

	for (guint i = 0; i < pack->files->len; i++) {
		const RnPackFile *f = g_ptr_array_index(pack->files, i);
		gsize len;
		const void *bytes = g_bytes_get_data(f->data, &len);
		g_autofree char *sha = rn_text_sha256(bytes != NULL ? bytes : "", len);

		json_array_append_new(files,
		    json_pack("{s:s, s:I, s:s}", "path", f->path, "size", (json_int_t)len, "sha256", sha));
	}
	dump = json_dumps(all, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	text = g_strconcat(dump != NULL ? dump : "", "\n", NULL);
	free(dump);
	json_decref(all);
	return text;
}

gboolean
rn_pack_seal(RnPack *pack, const char *order, const RnSigner *signer, gint64 at, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GBytes) data = NULL, signature = NULL;

	g_ptr_array_sort(pack->files, by_path);
	text = manifest_text(pack, order, signer != NULL);
	data = g_bytes_new(text, strlen(text));
	if (!rn_pack_add(pack, RN_PACK_MANIFEST, data, at, error))
		return FALSE;
	if (signer != NULL &&
	    ((signature = rn_signer_sign(signer, data, error)) == NULL ||
	        !rn_pack_add(pack, RN_PACK_SIGNATURE, signature, at, error)))
		return FALSE;
	g_ptr_array_sort(pack->files, by_path);
	return TRUE;
}

static void
free_row(gpointer p)
{
	RnManifestRow *row = p;

	g_free(row->path);
	g_free(row->sha256);
	g_free(row);
}

void
rn_manifest_free(RnManifest *m)
{
	if (m == NULL)
		return;
	g_free(m->order);
	g_ptr_array_unref(m->rows);
	g_free(m);
}

static gboolean
bad(GError **error, const char *what)
{
	g_set_error(error, RN_ERROR, RN_ERR_INPUT, RN_PACK_MANIFEST ": %s", what);
	return FALSE;
}

static gboolean
read_row(RnManifest *m, json_t *value, GHashTable *seen, GError **error)
{
	const char *path, *sha;
	json_int_t size;
	RnManifestRow *row;

	if (json_unpack(value, "{s:s, s:I, s:s !}", "path", &path, "size", &size, "sha256", &sha) != 0)
		return bad(error, "a file without path, size or sha256, or with something else");
	if (!rn_pack_path_good(path) || strcmp(path, RN_PACK_MANIFEST) == 0 ||
	    strcmp(path, RN_PACK_SIGNATURE) == 0)
		return bad(error, "a path that has no place here");
	if (size < 0 || size > RN_PACK_BYTES || !rn_digest_valid(sha))
		return bad(error, "a size or a digest that is none");
	row = g_new0(RnManifestRow, 1);
	row->path = g_strdup(path);
	row->sha256 = g_strdup(sha);
	row->size = size;
	g_ptr_array_add(m->rows, row);
	return g_hash_table_add(seen, row->path) || bad(error, "a path comes twice");
}

static gboolean
read_rows(RnManifest *m, json_t *all, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	json_t *files = NULL, *value;
	const char *format, *order;
	size_t i;
	int is_signed;

	if (json_unpack(all, "{s:s, s:s, s:b, s:o !}", "format", &format, "order", &order, "signed",
	        &is_signed, "files", &files) != 0 ||
	    !json_is_array(files))
		return bad(error, "it has not the members format, order, signed and files, and only those");
	if (strcmp(format, RN_PACK_FORMAT) != 0)
		return bad(error, "it is of a format that is not known here: " RN_PACK_FORMAT " is");
	if (json_array_size(files) > RN_PACK_FILES)
		return bad(error, "too many files");
	m->order = g_strdup(order);
	m->is_signed = is_signed != 0;
	json_array_foreach(files, i, value)
	{
		if (!read_row(m, value, seen, error))
			return FALSE;
	}
	return TRUE;
}

RnManifest *
rn_manifest_read(GBytes *data, GError **error)
{
	g_autoptr(RnManifest) m = g_new0(RnManifest, 1);
	gsize len;
	const char *bytes = g_bytes_get_data(data, &len);
	json_error_t why;
	json_t *all;
	gboolean ok;

	m->rows = g_ptr_array_new_with_free_func(free_row);
	if (len > RN_MANIFEST_BYTES) {
		g_set_error(error, RN_ERROR, RN_ERR_LIMIT, RN_PACK_MANIFEST ": it is over %d MB",
		    RN_MANIFEST_BYTES >> 20);
		return NULL;
	}
	all = json_loadb(bytes != NULL ? bytes : "", len, JSON_REJECT_DUPLICATES, &why);
	if (all == NULL) {
		bad(error, "it is no JSON object, or not whole");
		return NULL;
	}
	ok = read_rows(m, all, error);
	json_decref(all);
	return ok ? g_steal_pointer(&m) : NULL;
}
