#include "mail/forward.h"

#include <string.h>

#include "base/text.h"
#include "mail/charset.h"
#include "mail/forward_inside.h"
#include "mail/token.h"
#include "mail/typed.h"

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
	g_ptr_array_unref(s->marks);
	g_clear_pointer(&s->said, g_hash_table_unref);
	g_clear_pointer(&s->names, g_hash_table_unref);
	g_clear_pointer(&s->texts, g_ptr_array_unref);
	g_free(s->html);
	g_free(s);
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

static gboolean
is_type(const RnLeaf *leaf, const char *type, const char *subtype)
{
	GMimeContentType *t = g_mime_object_get_content_type(leaf->object);

	return t != NULL && g_mime_content_type_is_type(t, type, subtype);
}

static gboolean
is_parameter(const RnLeaf *leaf, const char *name, const char *value)
{
	const char *v = g_mime_object_get_content_type_parameter(leaf->object, name);

	return v != NULL && g_ascii_strcasecmp(v, value) == 0;
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

	g_autofree char *text = bytes != NULL ? rn_charset_decode(bytes, len, charset, &odd, NULL) : NULL;

	if (text != NULL && !is_type(leaf, "text", "html") && is_parameter(leaf, "format", "flowed"))
		return rn_unflow(text, is_parameter(leaf, "delsp", "yes"));
	return g_steal_pointer(&text);
}

/* A signature signs what else is shown. */
static gboolean
is_file(const RnLeaf *leaf)
{
	return !is_type(leaf, "application", "pkcs7-signature") &&
	    !is_type(leaf, "application", "x-pkcs7-signature") &&
	    !is_type(leaf, "application", "pgp-signature");
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
	g_ptr_array_add(s->content, g_strconcat("file:sha256:", digest, NULL));
}

static RnShown *
shown_new(void)
{
	RnShown *s = g_new0(RnShown, 1);

	s->message_id = g_strdup("");
	s->token = g_strdup("");
	s->content = g_ptr_array_new_with_free_func(g_free);
	s->marks = g_ptr_array_new_with_free_func(g_free);
	return s;
}

/* One part of the text, folded; NULL for anything else, which goes to S as a file. Caller frees. */
static char *
text_part(RnShown *s, const RnLeaf *leaf, gboolean *is_html)
{
	g_autofree char *text = NULL;

	*is_html = is_type(leaf, "text", "html");
	if (is_attached(leaf) || (!*is_html && !is_type(leaf, "text", "plain"))) {
		if (is_file(leaf))
			add_file(s, leaf);
		return NULL;
	}
	if ((text = text_of(leaf)) == NULL)
		return NULL;
	if (*is_html)
		return rn_forward_fold_html(text, strlen(text), s->marks);
	rn_forward_mark_addresses(s->marks, text);
	return rn_forward_fold(text);
}

RnShown *
rn_forward_shown(const RnParts *parts, GPtrArray *texts)
{
	RnShown *s = shown_new();
	g_autoptr(GString) html = g_string_new(NULL), plain = g_string_new(NULL);

	g_free(s->token);
	s->token = fenced(parts->text);
	for (guint i = 0; i < parts->leaves->len; i++) {
		gboolean is_html;
		g_autofree char *folded = text_part(s, &g_array_index(parts->leaves, RnLeaf, i), &is_html);

		if (folded == NULL)
			continue;
		g_string_append(is_html ? html : plain, folded);
		if (texts != NULL)
			g_ptr_array_add(texts, g_steal_pointer(&folded));
	}
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
	RnShown *s = shown_new();

	s->attached = TRUE;
	if (parts == NULL)	/* what cannot be read is no letter of ours */
		return s;
	g_ptr_array_unref(s->content);
	s->content = rn_forward_exact(parts->message);
	g_free(s->token);
	s->token = fenced(parts->text);
	if (id != NULL && strlen(id) <= RN_SHOWN_MAX_ID && g_utf8_validate(id, -1, NULL)) {
		g_free(s->message_id);
		s->message_id = g_strdup(id);
	}
	return s;
}

/* What is around attached mails is their forwarder's own where it is words alone. */
static void
mark_around(RnShown *s, const RnShown *around, gboolean quotes, gboolean more)
{
	for (guint i = 0; i < around->marks->len; i++) {
		const char *mark = g_ptr_array_index(around->marks, i);

		if (g_str_has_prefix(mark, "href:") || g_str_has_prefix(mark, "link:"))
			g_ptr_array_add(s->marks, g_strdup(mark));
	}
	for (guint i = 0; i < around->content->len; i++)
		if (g_str_has_prefix(g_ptr_array_index(around->content, i), "file:"))
			rn_forward_mark(s->marks, "file", "beside");
	if (quotes)
		rn_forward_mark(s->marks, "quote", "");
	if (more)
		rn_forward_mark(s->marks, "file", "more mails");
}

static GMimeMessage *
message_in(const RnLeaf *leaf)
{
	return GMIME_IS_MESSAGE_PART(leaf->object) ?
	    g_mime_message_part_get_message(GMIME_MESSAGE_PART(leaf->object)) :
	    NULL;
}

/* The attached mails of PARTS go to LIST, and from its leaves. TRUE if there are more than RN_SHOWN_MAX. */
static gboolean
take_attached(RnParts *parts, GPtrArray *list)
{
	gboolean more = FALSE;

	for (guint i = 0; i < parts->leaves->len;) {
		GMimeMessage *inside = message_in(&g_array_index(parts->leaves, RnLeaf, i));

		if (inside == NULL) {
			i++;
			continue;
		}
		more |= list->len == RN_SHOWN_MAX;
		if (!more)
			g_ptr_array_add(list, shown_message(inside));
		g_array_remove_index(parts->leaves, i);
	}
	return more;
}

/* The writer's own address is no link to elsewhere. */
static void
forget_own(RnShown *s, GMimeMessage *message)
{
	InternetAddressList *from = g_mime_message_get_from(message);
	InternetAddress *a = from != NULL && internet_address_list_length(from) == 1 ?
	    internet_address_list_get_address(from, 0) :
	    NULL;
	g_autofree char *own = a != NULL && INTERNET_ADDRESS_IS_MAILBOX(a) ?
	    g_strconcat(
	        "href:mailto:", internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(a)), NULL) :
	    g_strdup("");

	for (guint i = s->marks->len; i > 0; i--)
		if (g_ascii_strcasecmp(g_ptr_array_index(s->marks, i - 1), own) == 0)
			g_ptr_array_remove_index(s->marks, i - 1);
}

GPtrArray *
rn_forward_read(GBytes *raw, GError **error)
{
	g_autoptr(RnHead) head = rn_head_scan(raw, NULL, error);
	g_autoptr(RnParts) parts = head != NULL ? rn_parts_read(raw, error) : NULL;
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(shown_free);
	g_autoptr(RnShown) around = NULL;
	gboolean more;

	if (parts == NULL)
		return NULL;
	more = take_attached(parts, list);
	around = rn_forward_shown(parts, NULL);
	forget_own(around, parts->message);
	for (guint i = 0; i < list->len; i++)
		mark_around(g_ptr_array_index(list, i), around, rn_typed_quotes(parts->text), more);
	if (list->len == 0)
		g_ptr_array_add(list, g_steal_pointer(&around));
	return g_steal_pointer(&list);
}
