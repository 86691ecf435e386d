#include "mail/parts.h"

#include <string.h>

#include "mail/charset.h"
#include "mail/typed.h"

#define MAX_LEAVES 500
#define MAX_DEPTH 30
#define MAX_BODY (2 * 1024 * 1024)

GBytes *
rn_leaf_data(const RnLeaf *leaf)
{
	GMimeDataWrapper *content;
	g_autoptr(GMimeStream) stream = NULL;
	GByteArray *bytes;

	if (!GMIME_IS_PART(leaf->object) ||
	    (content = g_mime_part_get_content(GMIME_PART(leaf->object))) == NULL)
		return NULL;
	stream = g_mime_stream_mem_new();
	if (g_mime_data_wrapper_write_to_stream(content, stream) < 0)
		return NULL;
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	return g_bytes_new(bytes->data, bytes->len);
}

static gboolean
is_type(GMimeObject *object, const char *type, const char *subtype)
{
	GMimeContentType *ct = g_mime_object_get_content_type(object);

	return ct != NULL && g_mime_content_type_is_type(ct, type, subtype);
}

static const char *
parameter(GMimeObject *object, const char *name)
{
	const char *value = g_mime_object_get_content_type_parameter(object, name);

	return value != NULL ? value : "";
}

/* Meant to be saved, not read: disposition attachment, or a file name. */
static gboolean
is_attached(GMimeObject *object)
{
	const char *disposition = g_mime_object_get_disposition(object);

	if (disposition != NULL && g_ascii_strcasecmp(disposition, "attachment") == 0)
		return TRUE;
	return GMIME_IS_PART(object) && g_mime_part_get_filename(GMIME_PART(object)) != NULL;
}

static gboolean
is_text_body(GMimeObject *object)
{
	return GMIME_IS_PART(object) && !is_attached(object) &&
	    (is_type(object, "text", "plain") || is_type(object, "text", "html"));
}

/* The text of a text/plain or text/html leaf; NULL if it cannot be read, or is HTML beside text that was
 * chosen already. */
static char *
leaf_text(RnParts *parts, const RnLeaf *leaf)
{
	g_autoptr(GBytes) data = rn_leaf_data(leaf);
	g_autofree char *text = NULL;
	const char *bytes;
	gsize len;

	if (data == NULL)
		return NULL;
	bytes = g_bytes_get_data(data, &len);
	text = rn_charset_decode(bytes != NULL ? bytes : "", MIN(len, MAX_BODY),
	    parameter(leaf->object, "charset"), &parts->charset_odd, &parts->charset_missing);
	if (is_type(leaf->object, "text", "html")) {
		char *read = parts->chosen > 0 ? NULL : rn_html_text(text, strlen(text));

		if (parts->html == NULL)
			parts->html = g_steal_pointer(&text);
		return read;
	}
	if (g_ascii_strcasecmp(parameter(leaf->object, "format"), "flowed") == 0)
		return rn_unflow(text, g_ascii_strcasecmp(parameter(leaf->object, "delsp"), "yes") == 0);
	return g_steal_pointer(&text);
}

static gboolean
is_empty(const char *text)
{
	return text == NULL || text[strspn(text, " \t\r\n\f\v")] == '\0' || strcmp(text, "\xc2\xa0") == 0;
}

/* What one branch of the tree gives. */
typedef struct {
	char	*text;		/* NULL if it has no text */
	guint	 from, to;	/* its leaves */
} Branch;

static Branch walk(RnParts *parts, GMimeObject *object, guint depth);

static void
set_rivals(RnParts *parts, const Branch *b)
{
	for (guint i = b->from; i < b->to; i++) {
		RnLeaf *leaf = &g_array_index(parts->leaves, RnLeaf, i);

		leaf->rival |= leaf->body;
		leaf->body = FALSE;
	}
}

/* Alternatives: the first that has text (the plain one), unless it is empty and a later one is not. */
static Branch
walk_alternative(RnParts *parts, GMimeMultipart *multi, guint depth)
{
	Branch best = { .from = parts->leaves->len };
	guint around = parts->chosen;

	for (int i = 0; i < g_mime_multipart_get_count(multi); i++) {
		Branch b = walk(parts, g_mime_multipart_get_part(multi, i), depth);

		if (is_empty(best.text) && !is_empty(b.text)) {
			set_rivals(parts, &best);
			g_free(best.text);
			best = b;
		} else {
			set_rivals(parts, &b);
			g_free(b.text);
		}
		parts->chosen = around + !is_empty(best.text);
	}
	parts->chosen = around;
	best.from = MIN(best.from, parts->leaves->len);
	best.to = parts->leaves->len;
	return best;
}

/* Parts one after the other: the texts are joined, as a reader sees them. ONLY_FIRST: the others belong to
 * the first (related), or seal it (signed). */
static Branch
walk_mixed(RnParts *parts, GMimeMultipart *multi, guint depth, gboolean only_first)
{
	Branch all = { .from = parts->leaves->len };
	g_autoptr(GString) text = g_string_new(NULL);

	for (int i = 0; i < g_mime_multipart_get_count(multi); i++) {
		Branch b = walk(parts, g_mime_multipart_get_part(multi, i), depth);

		if (only_first && i > 0)
			set_rivals(parts, &b);
		else if (b.text != NULL) {
			if (text->len > 0 && text->str[text->len - 1] != '\n')
				g_string_append_c(text, '\n');
			g_string_append(text, b.text);
			all.text = text->str;
		}
		g_free(b.text);
	}
	if (all.text != NULL)
		all.text = g_strdup(text->str);
	all.to = parts->leaves->len;
	return all;
}

static Branch
walk_leaf(RnParts *parts, GMimeObject *object)
{
	RnLeaf leaf = { .object = object };
	Branch b = { .from = parts->leaves->len, .to = parts->leaves->len + 1 };
	const char *method;

	leaf.body = is_text_body(object);
	if (is_type(object, "text", "calendar")) {
		method = parameter(object, "method");
		parts->calendar_reply |=
		    g_ascii_strcasecmp(method, "reply") == 0 || g_ascii_strcasecmp(method, "counter") == 0;
	}
	if (leaf.body)
		b.text = leaf_text(parts, &leaf);
	g_array_append_val(parts->leaves, leaf);
	return b;
}

static Branch
walk(RnParts *parts, GMimeObject *object, guint depth)
{
	Branch none = { .from = parts->leaves->len, .to = parts->leaves->len };

	if (object == NULL || depth > MAX_DEPTH || parts->leaves->len >= MAX_LEAVES)
		return none;
	if (!GMIME_IS_MULTIPART(object))
		return walk_leaf(parts, object);
	if (is_type(object, "multipart", "alternative"))
		return walk_alternative(parts, GMIME_MULTIPART(object), depth + 1);
	return walk_mixed(parts, GMIME_MULTIPART(object), depth + 1,
	    is_type(object, "multipart", "related") || is_type(object, "multipart", "signed") ||
	        is_type(object, "multipart", "report"));
}

void
rn_parts_start(void)
{
	static gsize done = 0;

	if (g_once_init_enter(&done)) {
		g_mime_init();
		g_once_init_leave(&done, 1);
	}
}

RnParts *
rn_parts_read(GBytes *raw, GError **error)
{
	g_autoptr(RnParts) parts = g_new0(RnParts, 1);
	g_autoptr(GMimeStream) stream = NULL;
	g_autoptr(GMimeParser) parser = NULL;
	const void *data;
	gsize len;
	Branch body;

	data = g_bytes_get_data(raw, &len);
	parts->leaves = g_array_new(FALSE, TRUE, sizeof(RnLeaf));
	stream = g_mime_stream_mem_new_with_buffer(data, len);
	parser = g_mime_parser_new_with_stream(stream);
	parts->message = g_mime_parser_construct_message(parser, NULL);
	if (parts->message == NULL) {
		g_set_error(
		    error, RN_ERROR, RN_ERR_INPUT, "not a mail message: it has no header that could be read");
		return NULL;
	}
	body = walk(parts, g_mime_message_get_mime_part(parts->message), 0);
	parts->text = body.text != NULL ? body.text : g_strdup("");
	return g_steal_pointer(&parts);
}

void
rn_parts_free(RnParts *parts)
{
	if (parts == NULL)
		return;
	g_clear_object(&parts->message);
	if (parts->leaves != NULL)
		g_array_free(parts->leaves, TRUE);
	g_free(parts->text);
	g_free(parts->html);
	g_free(parts->charset_missing);
	g_free(parts);
}
