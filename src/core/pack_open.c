/* pack_open.c: evidence as it comes: a folder, an archive, or a mail with one in it. */
#include <string.h>

#include "core/pack_check.h"

#define EML_PARTS 500	/* of a mail at most; more are not read of any */
#define EML_MAX (RN_PACK_BYTES / 2)

static gboolean
is_zip(GBytes *data)
{
	gsize len;
	const char *bytes = g_bytes_get_data(data, &len);

	return len >= 4 && memcmp(bytes, "PK\x03\x04", 4) == 0;
}

/* What a parser child takes out of MAIL: the first archive, the first of what stands before or behind it, and
 * how many there are beside these two. */
static RnPack *
open_mail(RnParser *parser, GBytes *mail, const char *path, GError **error)
{
	g_autoptr(GBytes) archive = NULL, cover = NULL;
	RnPack *pack;
	guint beside = 0;

	for (guint i = 0; i < EML_PARTS; i++) {
		g_autoptr(GError) why = NULL;
		g_autoptr(GBytes) part = rn_parser_part(parser, mail, i, EML_MAX, &why);

		if (part == NULL && why->code != RN_ERR_INPUT)
			break;
		if (part == NULL)	/* a message, for instance */
			beside++;
		else if (archive == NULL && is_zip(part))
			archive = g_steal_pointer(&part);
		else if (cover == NULL)
			cover = g_steal_pointer(&part);
		else
			beside++;
	}
	if (archive == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_INPUT,
		    "%s: it is no ZIP archive, and no mail with one in it", path);
		return NULL;
	}
	if ((pack = rn_pack_unzip(archive, error)) == NULL)
		return NULL;
	pack->cover = cover != NULL ? g_steal_pointer(&cover) : g_bytes_new_static("", 0);
	pack->beside = beside;
	return pack;
}

RnPack *
rn_pack_open(const char *path, RnParser *parser, GError **error)
{
	g_autoptr(GBytes) data = NULL;

	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		return rn_pack_read_dir(path, error);
	if ((data = rn_pack_read_file(path, RN_PACK_BYTES, error)) == NULL)
		return NULL;
	return is_zip(data) ? rn_pack_unzip(data, error) : open_mail(parser, data, path, error);
}
