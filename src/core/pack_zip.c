/* pack_zip.c: a pack as a ZIP archive, by libzip. */
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <zip.h>

#include "base/text.h"
#include "core/pack.h"

#define PLAIN_FILE (S_IFREG | 0644)
#define DOS_FIRST 315532800	/* 1980-01-01: the first moment that an archive can tell */

static gboolean
fail(GError **error, int code, const char *name, const char *what)
{
	g_autofree char *plain = rn_text_utf8(name, -1);

	g_set_error(error, RN_ERROR, code, "%.*s%s%s", RN_PACK_PATH, plain, *plain != '\0' ? ": " : "", what);
	return FALSE;
}

static gboolean
fail_zip(GError **error, int code, zip_error_t *why)
{
	gboolean ok = fail(error, code, "", zip_error_strerror(why));

	zip_error_fini(why);
	return ok;
}

/* The moment AT as an archive writes it, in UTC. */
static void
dos_time(gint64 at, zip_uint16_t *date, zip_uint16_t *clock)
{
	time_t t = (time_t)MAX(at, DOS_FIRST);
	struct tm tm = { 0 };

	gmtime_r(&t, &tm);
	*date = (zip_uint16_t)(((tm.tm_year - 80) << 9) | ((tm.tm_mon + 1) << 5) | tm.tm_mday);
	*clock = (zip_uint16_t)((tm.tm_hour << 11) | (tm.tm_min << 5) | (tm.tm_sec / 2));
}

static gboolean
put(zip_t *z, const RnPackFile *f)
{
	gsize len;
	const void *bytes = g_bytes_get_data(f->data, &len);
	zip_source_t *source = zip_source_buffer(z, bytes != NULL ? bytes : "", len, 0);
	zip_int64_t at = source != NULL ? zip_file_add(z, f->path, source, ZIP_FL_ENC_UTF_8) : -1;
	zip_uint16_t date, clock;

	if (at < 0) {
		zip_source_free(source);
		return FALSE;
	}
	dos_time(f->at, &date, &clock);
	return zip_set_file_compression(z, (zip_uint64_t)at, ZIP_CM_DEFLATE, 9) == 0 &&
	    zip_file_set_dostime(z, (zip_uint64_t)at, clock, date, 0) == 0 &&
	    zip_file_set_external_attributes(
	        z, (zip_uint64_t)at, 0, ZIP_OPSYS_UNIX, (zip_uint32_t)PLAIN_FILE << 16) == 0;
}

static GBytes *
bytes_of(zip_source_t *archive)
{
	zip_stat_t st;
	char *data;
	gint64 n;

	if (zip_source_open(archive) != 0)
		return NULL;
	if (zip_source_stat(archive, &st) != 0 || !(st.valid & ZIP_STAT_SIZE)) {
		zip_source_close(archive);
		return NULL;
	}
	data = g_malloc(st.size + 1);
	n = zip_source_read(archive, data, st.size);
	zip_source_close(archive);
	if (n != (gint64)st.size) {
		g_free(data);
		return NULL;
	}
	return g_bytes_new_take(data, st.size);
}

GBytes *
rn_pack_zip(const RnPack *pack, GError **error)
{
	zip_error_t why;
	zip_source_t *archive;
	zip_t *z;
	GBytes *out = NULL;
	gboolean ok = TRUE;

	zip_error_init(&why);
	archive = zip_source_buffer_create(NULL, 0, 0, &why);
	z = archive != NULL ? zip_open_from_source(archive, ZIP_TRUNCATE, &why) : NULL;
	if (z == NULL) {
		zip_source_free(archive);
		fail_zip(error, RN_ERR_INTERNAL, &why);
		return NULL;
	}
	zip_source_keep(archive);
	for (guint i = 0; ok && i < pack->files->len; i++)
		ok = put(z, g_ptr_array_index(pack->files, i));
	if (!ok || zip_close(z) != 0) {
		fail(error, RN_ERR_INTERNAL, "", zip_strerror(z));
		zip_discard(z);
	} else if ((out = bytes_of(archive)) == NULL)
		fail(error, RN_ERR_INTERNAL, "", "the archive cannot be made");
	zip_source_free(archive);
	zip_error_fini(&why);
	return out;
}

/* What an entry says of itself, before a byte of it is unpacked. */
static gboolean
entry_good(zip_t *z, zip_uint64_t i, zip_stat_t *st, GError **error)
{
	zip_uint8_t system = 0;
	zip_uint32_t attributes = 0;
	mode_t type;

	if (zip_stat_index(z, i, 0, st) != 0 || (st->valid & ZIP_STAT_NAME) == 0 ||
	    (st->valid & ZIP_STAT_SIZE) == 0)
		return fail(error, RN_ERR_INPUT, "", "an entry without name and size");
	if (!rn_pack_path_good(st->name))
		return fail(error, RN_ERR_INPUT, st->name, "a file of such a name has no place here");
	if (zip_file_get_external_attributes(z, i, 0, &system, &attributes) != 0)
		return fail(error, RN_ERR_INPUT, st->name, "its attributes cannot be read");
	type = (mode_t)(attributes >> 16) & S_IFMT;
	if (system == ZIP_OPSYS_UNIX && type != 0 && type != S_IFREG)
		return fail(error, RN_ERR_INPUT, st->name,
		    S_ISLNK(type) ? "a link is not taken" : "it is no plain file");
	if ((st->valid & ZIP_STAT_ENCRYPTION_METHOD) && st->encryption_method != ZIP_EM_NONE)
		return fail(error, RN_ERR_INPUT, st->name, "it is encrypted");
	if ((st->valid & ZIP_STAT_COMP_METHOD) && st->comp_method != ZIP_CM_STORE &&
	    st->comp_method != ZIP_CM_DEFLATE)
		return fail(error, RN_ERR_INPUT, st->name, "it is packed by a method that is not taken");
	return TRUE;
}

static gboolean
take(zip_t *z, zip_uint64_t i, RnPack *pack, GError **error)
{
	zip_stat_t st;
	zip_file_t *file;
	g_autoptr(GBytes) data = NULL;
	char *bytes;
	gint64 n;

	if (!entry_good(z, i, &st, error))
		return FALSE;
	if (st.size > RN_PACK_BYTES - pack->bytes)
		return fail(
		    error, RN_ERR_LIMIT, st.name, "with it the archive unpacks to more than is taken");
	file = zip_fopen_index(z, i, 0);
	if (file == NULL)
		return fail(error, RN_ERR_INPUT, st.name, "it cannot be unpacked");
	bytes = g_malloc(st.size + 1);
	n = zip_fread(file, bytes, st.size + 1);	/* one more than it says: then it lies */
	if (zip_fclose(file) != 0 || n != (gint64)st.size) {
		g_free(bytes);
		return fail(error, RN_ERR_INPUT, st.name, "it does not unpack to what it says");
	}
	data = g_bytes_new_take(bytes, st.size);
	return rn_pack_add(pack, st.name, data, 0, error);
}

RnPack *
rn_pack_unzip(GBytes *data, GError **error)
{
	g_autoptr(RnPack) pack = rn_pack_new();
	gsize len;
	const void *bytes = g_bytes_get_data(data, &len);
	zip_error_t why;
	zip_source_t *source;
	zip_t *z;
	gboolean ok = TRUE;
	zip_int64_t n;

	zip_error_init(&why);
	source = zip_source_buffer_create(bytes, len, 0, &why);
	z = source != NULL ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &why) : NULL;
	if (z == NULL) {
		zip_source_free(source);
		fail_zip(error, RN_ERR_INPUT, &why);
		return NULL;
	}
	n = zip_get_num_entries(z, 0);
	if (n <= 0)
		ok = fail(error, RN_ERR_INPUT, "", "the archive is empty");
	if (n > RN_PACK_FILES)
		ok = fail(error, RN_ERR_LIMIT, "", "it holds more files than are taken");
	for (zip_int64_t i = 0; ok && i < n; i++)
		ok = take(z, (zip_uint64_t)i, pack, error);
	zip_discard(z);
	zip_error_fini(&why);
	return ok ? g_steal_pointer(&pack) : NULL;
}
