#include "mail/forward.h"

#include <string.h>

#include "base/text.h"
#include "mail/charset.h"
#include "mail/parts.h"
#include "mail/token.h"

#define MAX_SHOWN 3		/* mails that are attached */
#define MAX_FOLDED (256 * 1024)	/* bytes of one folded text */
#define MAX_ID 250
#define LETTER_MIN 80		/* a shorter text could stand anywhere */

static void
shown_free(gpointer data)
{
	rn_shown_free(data);
}

void
rn_shown_free(RnShown *s)
{
	if (s == NULL)
		return;
	g_free(s->message_id);
	g_free(s->token);
	g_ptr_array_unref(s->content);
	g_free(s);
}

char *
rn_forward_fold(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	g_autofree char *plain = g_utf8_normalize(valid, -1, G_NORMALIZE_ALL_COMPOSE);
	GString *out = g_string_new(NULL);

	for (const char *p = plain; p != NULL && *p != '\0' && out->len < MAX_FOLDED;
	     p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_isalnum(c))
			g_string_append_unichar(out, g_unichar_tolower(c));
	}
	return g_string_free(out, FALSE);
}

/* The token fenced in TEXT ("[codice: xxxxx-...]"); "" if there is none. */
static char *
fenced(const char *text)
{
	for (const char *p = strstr(text, "[codice:"); p != NULL; p = strstr(p + 1, "[codice:")) {
		g_autoptr(GString) token = g_string_new(NULL);
		char *canonical;

		for (const char *c = p + 8; *c != '\0' && *c != ']' && c < p + 200; c++)
			if (g_ascii_isalnum(*c))
				g_string_append_c(token, *c);
		if ((canonical = rn_token_canonical(token->str)) != NULL)
			return canonical;
	}
	return g_strdup("");
}

/* The leaf's text in UTF-8, NULL if it is no text or cannot be read. */
static char *
text_of(const RnLeaf *leaf)
{
	g_autoptr(GBytes) data = rn_leaf_data(leaf);
	const char *charset = g_mime_object_get_content_type_parameter(leaf->object, "charset");
	gboolean odd = FALSE;
	gsize len;
	const char *bytes = data != NULL ? g_bytes_get_data(data, &len) : NULL;

	return bytes != NULL ? rn_charset_decode(bytes, len, charset, &odd, NULL) : NULL;
}

static gboolean
is_type(const RnLeaf *leaf, const char *type, const char *subtype)
{
	GMimeContentType *t = g_mime_object_get_content_type(leaf->object);

	return t != NULL && g_mime_content_type_is_type(t, type, subtype);
}

/* A signature signs what else is shown, and pictures within a text are no files. */
static gboolean
is_file(const RnLeaf *leaf)
{
	const char *disposition = g_mime_object_get_disposition(leaf->object);

	return !is_type(leaf, "application", "pkcs7-signature") &&
	    !is_type(leaf, "application", "x-pkcs7-signature") &&
	    !is_type(leaf, "application", "pgp-signature") &&
	    (!is_type(leaf, "image", "*") ||
	        g_ascii_strcasecmp(disposition != NULL ? disposition : "", "attachment") == 0);
}

static gboolean
is_attached(const RnLeaf *leaf)
{
	const char *disposition = g_mime_object_get_disposition(leaf->object);

	return disposition != NULL && g_ascii_strcasecmp(disposition, "attachment") == 0;
}

static void
add_file(RnShown *s, const RnLeaf *leaf)
{
	g_autoptr(GBytes) data = rn_leaf_data(leaf);
	g_autofree char *digest = NULL;
	gsize len = 0;
	const void *bytes = data != NULL ? g_bytes_get_data(data, &len) : "";

	digest = rn_text_sha256(bytes != NULL ? bytes : "", len);
	g_ptr_array_add(s->content, g_strconcat("sha256:", digest, NULL));
}

/* WHOLE: every text for itself; else, in a mail that somebody wrote, its HTML as one text, or where there is
 * none its plain text: the other one was made of it by a program. */
static RnShown *
shown_of(const RnParts *parts, gboolean whole)
{
	RnShown *s = g_new0(RnShown, 1);
	g_autoptr(GString) html = g_string_new(NULL), plain = g_string_new(NULL);

	s->attached = whole;
	s->message_id = g_strdup("");
	s->content = g_ptr_array_new_with_free_func(g_free);
	s->token = fenced(parts->text);
	for (guint i = 0; i < parts->leaves->len; i++) {
		const RnLeaf *leaf = &g_array_index(parts->leaves, RnLeaf, i);
		gboolean is_html = is_type(leaf, "text", "html");
		g_autofree char *text = NULL, *folded = NULL;

		if (is_attached(leaf) || (!is_html && !is_type(leaf, "text", "plain"))) {
			if (is_file(leaf))
				add_file(s, leaf);
			continue;
		}
		if ((text = text_of(leaf)) == NULL)
			continue;
		folded = is_html ? rn_forward_fold_html(text, strlen(text)) : rn_forward_fold(text);
		if (whole)
			g_ptr_array_add(s->content, g_strdup(folded));
		else
			g_string_append(is_html ? html : plain, folded);
	}
	if (!whole)
		g_ptr_array_add(s->content, g_strdup(html->len > 0 ? html->str : plain->str));
	return s;
}

/* MESSAGE, which is inside of another one, as bytes of its own. */
static GBytes *
bytes_of(GMimeMessage *message)
{
	GByteArray *bytes = g_byte_array_new();
	g_autoptr(GMimeStream) out = g_mime_stream_mem_new_with_byte_array(bytes);

	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(out), FALSE);
	g_mime_object_write_to_stream(GMIME_OBJECT(message), NULL, out);
	return g_byte_array_free_to_bytes(bytes);
}

static RnShown *
shown_message(GMimeMessage *message)
{
	g_autoptr(GBytes) raw = bytes_of(message);
	g_autoptr(RnHead) head = rn_head_scan(raw, NULL, NULL);
	g_autoptr(RnParts) parts = head != NULL ? rn_parts_read(raw, NULL) : NULL;
	const char *id = g_mime_message_get_message_id(message);
	RnShown *s;

	if (parts == NULL)
		return NULL;
	s = shown_of(parts, TRUE);
	if (id != NULL && strlen(id) <= MAX_ID && g_utf8_validate(id, -1, NULL)) {
		g_free(s->message_id);
		s->message_id = g_strdup(id);
	}
	return s;
}

GPtrArray *
rn_forward_read(GBytes *raw, GError **error)
{
	g_autoptr(RnHead) head = rn_head_scan(raw, NULL, error);
	g_autoptr(RnParts) parts = head != NULL ? rn_parts_read(raw, error) : NULL;
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(shown_free);

	if (parts == NULL)
		return NULL;
	for (guint i = 0; i < parts->leaves->len && list->len < MAX_SHOWN; i++) {
		const RnLeaf *leaf = &g_array_index(parts->leaves, RnLeaf, i);
		GMimeMessage *inside = GMIME_IS_MESSAGE_PART(leaf->object) ?
		    g_mime_message_part_get_message(GMIME_MESSAGE_PART(leaf->object)) :
		    NULL;
		RnShown *s = inside != NULL ? shown_message(inside) : NULL;

		if (s != NULL)
			g_ptr_array_add(list, s);
	}
	if (list->len == 0)
		g_ptr_array_add(list, shown_of(parts, FALSE));
	return g_steal_pointer(&list);
}

RnShown *
rn_forward_letter(GBytes *letter, GError **error)
{
	static gsize started = 0;
	g_autoptr(RnParts) parts = NULL;

	if (g_once_init_enter(&started)) {	/* not in a parser child, where everything is ready */
		g_mime_init();
		g_once_init_leave(&started, 1);
	}
	parts = rn_parts_read(letter, error);

	return parts != NULL ? shown_of(parts, TRUE) : NULL;
}

static gboolean
is_digest(const char *content)
{
	return g_str_has_prefix(content, "sha256:");
}

/* Is ONE of SHOWN something of LETTER? */
static gboolean
is_of(const char *one, gboolean attached, const RnShown *letter)
{
	for (guint i = 0; i < letter->content->len; i++) {
		const char *own = g_ptr_array_index(letter->content, i);

		if (strcmp(one, own) == 0 && *own != '\0')
			return TRUE;
		if (!attached && !is_digest(one) && !is_digest(own) && strlen(own) >= LETTER_MIN &&
		    strstr(one, own) != NULL)
			return TRUE;
	}
	return FALSE;
}

gboolean
rn_forward_shows(const RnShown *shown, const RnShown *letter)
{
	gboolean any = FALSE;

	if (shown->attached && shown->content->len > letter->content->len)
		return FALSE;
	for (guint i = 0; i < shown->content->len; i++) {
		const char *one = g_ptr_array_index(shown->content, i);

		if (!is_of(one, shown->attached, letter))
			return FALSE;
		any |= !is_digest(one);
	}
	return any;
}

/* --- the wire --- */

GVariant *
rn_shown_to_variant(const GPtrArray *list)
{
	GVariantBuilder all;

	g_variant_builder_init(&all, G_VARIANT_TYPE(RN_SHOWN_TYPE));
	for (guint i = 0; i < list->len; i++) {
		const RnShown *s = g_ptr_array_index(list, i);

		g_variant_builder_open(&all, G_VARIANT_TYPE("(bssas)"));
		g_variant_builder_add(&all, "b", s->attached);
		g_variant_builder_add(&all, "s", s->message_id);
		g_variant_builder_add(&all, "s", s->token);
		g_variant_builder_open(&all, G_VARIANT_TYPE("as"));
		for (guint k = 0; k < s->content->len; k++)
			g_variant_builder_add(&all, "s", (const char *)g_ptr_array_index(s->content, k));
		g_variant_builder_close(&all);
		g_variant_builder_close(&all);
	}
	return g_variant_ref_sink(g_variant_builder_end(&all));
}

GPtrArray *
rn_shown_from_variant(GVariant *v)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(shown_free);

	if (g_variant_n_children(v) > MAX_SHOWN)
		return NULL;
	for (gsize i = 0; i < g_variant_n_children(v); i++) {
		RnShown *s = g_new0(RnShown, 1);
		g_autoptr(GVariantIter) iter = NULL;
		char *one;

		s->content = g_ptr_array_new_with_free_func(g_free);
		g_variant_get_child(v, i, "(bssas)", &s->attached, &s->message_id, &s->token, &iter);
		while (g_variant_iter_next(iter, "s", &one))
			g_ptr_array_add(s->content, one);
		g_ptr_array_add(list, s);
		if (strlen(s->message_id) > MAX_ID || strlen(s->token) > MAX_ID)
			return NULL;
	}
	return g_steal_pointer(&list);
}
