/* Attachments: everything in a message that is not its text. What it is, is told by its bytes, not by its
 * label. */
#include <string.h>

#include "base/text.h"
#include "mail/attach.h"

#define MAX_NAME 200

/* NAME without directories, control characters and what shells and terminals might take for something else;
 * NULL if nothing is left. */
static char *
clean_name(const char *name)
{
	g_autofree char *valid = name != NULL ? g_utf8_make_valid(name, -1) : NULL;
	GString *out = g_string_new(NULL);

	for (const char *p = valid; p != NULL && *p != '\0' && out->len < MAX_NAME; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c == '/' || c == '\\')
			g_string_truncate(out, 0);
		else if (!g_unichar_iscntrl(c) && g_unichar_type(c) != G_UNICODE_FORMAT)
			g_string_append_unichar(out, c);
	}
	while (out->len > 0 && *out->str == '.')
		g_string_erase(out, 0, 1);
	return g_string_free(out, out->len == 0);
}

const char *
rn_content_kind(const void *data, gsize len)
{
	static const char *const heif[] = { "heic", "heix", "heim", "heis", "hevc", "mif1", "msf1", "heif",
		NULL };
	const char *p = data != NULL ? data : "";
	g_autofree char *start = g_strndup(p, MIN(len, 1024));
	g_autofree char *brand = len >= 12 ? g_strndup(p + 8, 4) : NULL;

	if (data == NULL)
		return "other";
	if (strstr(start, "%PDF-") != NULL)
		return "pdf";
	if (len >= 3 && memcmp(p, "\xff\xd8\xff", 3) == 0)
		return "jpeg";
	if (len >= 8 && memcmp(p, "\x89PNG\r\n\x1a\n", 8) == 0)
		return "png";
	if (brand != NULL && memcmp(p + 4, "ftyp", 4) == 0 && g_strv_contains(heif, brand))
		return "heic";
	return "other";
}

/* The HTML shows it: its Content-ID stands in a cid: link. */
static gboolean
is_shown(const RnParts *parts, GMimeObject *object)
{
	const char *id = g_mime_object_get_content_id(object);
	g_autofree char *link = id != NULL ? g_strconcat("cid:", id, NULL) : NULL;

	return link != NULL && parts->html != NULL && strstr(parts->html, link) != NULL;
}

static RnAttachment *
attachment_of(const RnParts *parts, const RnLeaf *leaf, guint index)
{
	RnAttachment *a = g_new0(RnAttachment, 1);
	GMimeContentType *type = g_mime_object_get_content_type(leaf->object);
	const char *disposition = g_mime_object_get_disposition(leaf->object);
	g_autoptr(GBytes) data = rn_leaf_data(leaf);
	gsize len = 0;
	const void *bytes = data != NULL ? g_bytes_get_data(data, &len) : NULL;

	if (GMIME_IS_PART(leaf->object))
		a->name = clean_name(g_mime_part_get_filename(GMIME_PART(leaf->object)));
	a->declared = g_ascii_strdown(type != NULL && g_mime_content_type_get_media_type(type) != NULL ?
	        g_mime_content_type_get_media_type(type) :
	        "application",
	    -1);
	if (type != NULL && g_mime_content_type_get_media_subtype(type) != NULL) {
		g_autofree char *main_type = a->declared,
		                *sub = g_ascii_strdown(g_mime_content_type_get_media_subtype(type), -1);

		a->declared = g_strconcat(main_type, "/", sub, NULL);
	}
	a->kind = g_strdup(rn_content_kind(bytes, len));
	a->sha256 = rn_text_sha256(bytes != NULL ? bytes : "", len);
	a->size = len;
	a->is_inline = is_shown(parts, leaf->object) ||
	    (disposition != NULL && g_ascii_strcasecmp(disposition, "inline") == 0);
	a->index = index;
	return a;
}

void
rn_parts_attachments(const RnParts *parts, GPtrArray *to)
{
	for (guint i = 0; i < parts->leaves->len && to->len < RN_MAX_ATTACHMENTS; i++) {
		const RnLeaf *leaf = &g_array_index(parts->leaves, RnLeaf, i);

		if (!leaf->body && !leaf->rival)
			g_ptr_array_add(to, attachment_of(parts, leaf, i));
	}
}
