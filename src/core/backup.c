#include "core/backup_new.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/world.h"
#include "core/pack.h"

static void
free_file(gpointer data)
{
	RnBackupFile *f = data;

	g_free(f->what);
	g_free(f->path);
	g_free(f->sha256);
	g_free(f);
}

RnBackup *
rn_backup_new(void)
{
	RnBackup *b = g_new0(RnBackup, 1);

	b->files = g_ptr_array_new_with_free_func(free_file);
	return b;
}

void
rn_backup_free(RnBackup *b)
{
	if (b == NULL)
		return;
	g_free(b->path);
	g_free(b->store);
	g_free(b->host);
	g_free(b->program);
	g_free(b->sha256);
	g_free(b->digest);
	g_ptr_array_unref(b->files);
	g_free(b);
}

void
rn_backup_note(RnBackup *b, const char *what, const char *path, const char *sha256)
{
	RnBackupFile *f = g_new0(RnBackupFile, 1);

	f->what = g_strdup(what);
	f->path = g_strdup(path);
	f->sha256 = g_strdup(sha256);
	g_ptr_array_add(b->files, f);
}

/* A key or contract is only named, with its digest: the back-up may lie where keys may not. */
static void
note_file(RnBackup *b, const char *what, const char *path)
{
	g_autofree char *sha256 = NULL;

	if (path == NULL || *path != '/')
		return;
	sha256 = rn_backup_digest(path, NULL, NULL, NULL);
	rn_backup_note(b, what, path, sha256);
}

static void
note_files(RnBackup *b, const RnSettings *s)
{
	note_file(b, "configuration", s->file);
	note_file(b, "token key", s->site.key_file);
	for (char **key = s->site.keep_keys; key != NULL && *key != NULL; key++)
		note_file(b, "store key", *key);
	note_file(b, "evidence key", s->site.evidence_key);
	note_file(b, "evidence certificate", s->site.evidence_certificate);
	for (guint i = 0; i < s->conventions->len; i++) {
		const RnConvention *c = g_ptr_array_index(s->conventions, i);

		for (char **file = c->contracts; file != NULL && *file != NULL; file++)
			note_file(b, "contract", *file);
	}
}

static json_t *
files_json(const RnBackup *b)
{
	json_t *list = json_array();

	for (guint i = 0; i < b->files->len; i++) {
		const RnBackupFile *f = g_ptr_array_index(b->files, i);

		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s?}", "what", f->what, "path", f->path, "sha256", f->sha256));
	}
	return list;
}

/* The ends of the chains in the copy; none where it is of an older schema. */
static json_t *
heads_json(const char *copy_url)
{
	g_autoptr(RnStore) store = rn_store_open(copy_url, TRUE, NULL);
	g_autoptr(RnTx) tx = store != NULL ? rn_tx_look(store, NULL) : NULL;
	g_autoptr(GPtrArray) heads = NULL;
	json_t *list = json_array();

	if (tx == NULL || !rn_store_ledger_heads(tx, &heads, NULL))
		return list;
	for (guint i = 0; i < heads->len; i++) {
		const RnLedgerHead *h = g_ptr_array_index(heads, i);

		json_array_append_new(list,
		    json_pack("{s:s, s:I, s:s}", "convention", h->convention, "row", (json_int_t)h->seq,
		        "digest", h->digest));
	}
	return list;
}

static gboolean
write_text(const char *folder, const char *name, const char *text, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

	return rn_pack_write_file(path, bytes, error);
}

static char *
manifest_text(const RnBackup *b, const char *copy_url)
{
	g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(b->made);
	g_autofree char *iso = g_date_time_format_iso8601(at);
	json_t *j = json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:i, s:s, s:I, s:s, s:o, s:o}", "format",
	    RN_BACKUP_FORMAT, "made", iso, "made_at", (json_int_t)b->made, "host", b->host, "program",
	    b->program, "store", b->store, "schema", b->schema, "file", RN_BACKUP_STORE, "bytes",
	    (json_int_t)b->bytes, "sha256", b->sha256, "files", files_json(b), "ledger",
	    heads_json(copy_url));
	char *dumped = json_dumps(j, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	char *text = g_strconcat(dumped, "\n", NULL);

	free(dumped);
	json_decref(j);
	return text;
}

/* Everything, into the folder WORK. */
static gboolean
fill(RnBackup *b, const RnSettings *s, const char *work, RnStoreProgress progress, gpointer data,
    GError **error)
{
	g_autofree char *copy = g_build_filename(work, RN_BACKUP_STORE, NULL);
	g_autofree char *copy_url = g_strconcat("sqlite:", copy, NULL);
	g_autofree char *manifest = NULL, *manifest_sum = NULL, *sums = NULL;
	RnStoreFace face = { 0 };

	if (!rn_store_copy(b->store, copy, progress, data, error))
		return FALSE;
	b->made = rn_now();	/* of all that is in it: a letter of this second counts as older */
	if (!rn_store_examine(copy_url, &face, error))
		return FALSE;
	b->schema = face.schema;
	b->sha256 = rn_backup_digest(copy, NULL, &b->bytes, error);
	if (b->sha256 == NULL)
		return FALSE;
	note_files(b, s);
	manifest = manifest_text(b, copy_url);
	manifest_sum = rn_text_sha256(manifest, strlen(manifest));
	sums =
	    g_strdup_printf("%s  " RN_BACKUP_STORE "\n%s  " RN_BACKUP_MANIFEST "\n", b->sha256, manifest_sum);
	b->digest = rn_text_sha256(sums, strlen(sums));
	return write_text(work, RN_BACKUP_MANIFEST, manifest, error) &&
	    write_text(work, RN_BACKUP_SUMS, sums, error);
}

/* Is the folder PATH a back-up itself? Another one within it would be copied and removed with it. */
static gboolean
is_backup(const char *path)
{
	g_autofree char *sums = g_build_filename(path, RN_BACKUP_SUMS, NULL);

	return g_file_test(sums, G_FILE_TEST_EXISTS);
}

/* The name that the back-up gets: PATH; one of its time within PATH where that is a folder, and beside it
 * where that is a back-up: so the same line works every night. Caller frees. */
static char *
place_of(const char *given, gint64 now)
{
	g_autofree char *path = g_canonicalize_filename(given, NULL);
	g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(now);
	g_autofree char *stamp = g_date_time_format(at, "%Y%m%dT%H%M%SZ");
	g_autofree char *name = g_strconcat("rinnova-", stamp, NULL);

	if (is_backup(path))
		return g_strconcat(path, "-", stamp, NULL);
	return g_file_test(path, G_FILE_TEST_IS_DIR) ? g_build_filename(path, name, NULL) :
	                                               g_steal_pointer(&path);
}

static gboolean
give_name(const char *work, const char *path, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);
	int fd;

	if (chmod(work, 0750) != 0 || renameat2(AT_FDCWD, work, AT_FDCWD, path, RENAME_NOREPLACE) != 0) {
		g_set_error(error, RN_ERROR, errno == EEXIST ? RN_ERR_STATE : RN_ERR_BUSY, "%s: %s", path,
		    errno == EEXIST ? "is there already, and is not written over" : g_strerror(errno));
		return FALSE;
	}
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	return TRUE;
}

RnBackup *
rn_backup_make(const RnSettings *s, const char *program, const char *path, RnStoreProgress progress,
    gpointer data, GError **error)
{
	g_autoptr(RnBackup) b = rn_backup_new();
	g_autofree char *place = place_of(path, rn_now());
	g_autofree char *work = g_strconcat(place, ".XXXXXX", NULL);

	b->store = g_strdup(s->site.store);
	b->host = g_strdup(g_get_host_name());
	b->program = g_strdup(program);
	b->path = g_strdup(place);
	if (g_file_test(place, G_FILE_TEST_EXISTS)) {
		g_set_error(
		    error, RN_ERROR, RN_ERR_STATE, "%s: is there already, and is not written over", place);
		return NULL;
	}
	if (mkdtemp(work) == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_BUSY, "%s: cannot make a folder there: %s", place,
		    g_strerror(errno));
		return NULL;
	}
	if (fill(b, s, work, progress, data, error) && give_name(work, place, error))
		return g_steal_pointer(&b);
	rn_backup_take_away(work);
	return NULL;
}
