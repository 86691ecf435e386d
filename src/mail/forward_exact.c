/* forward_exact.c: a message as a list of digests, so that two are the same or not. Nothing of it is read in
 * two ways: what a mail program could see otherwise than GMime does makes the list another one. */
#include <string.h>

#include "base/text.h"
#include "mail/forward_inside.h"

#define MAX_DEPTH 12	/* our letters have four */
#define MAX_ENTRIES 200

static void
add(GPtrArray *out, const char *kind, const void *data, gsize len)
{
	g_autofree char *digest = rn_text_sha256(data != NULL ? data : "", data != NULL ? len : 0);

	if (out->len < MAX_ENTRIES)
		g_ptr_array_add(out, g_strconcat(kind, ":sha256:", digest, NULL));
}

static void
add_text(GPtrArray *out, const char *kind, const char *text)
{
	add(out, kind, text, strlen(text));
}

/* --- what stands above the letter --- */

/* Fields that a reader sees, answers by or is given a button for. */
static gboolean
is_shown_field(const char *name)
{
	static const char *const names[] = { "Sender", "Subject", "Date", "Message-ID",
		"Disposition-Notification-To", "Return-Receipt-To", "Mail-Reply-To", "Mail-Followup-To",
		"Followup-To", "Content-Location", "Content-Base" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(name, names[i]) == 0)
			return TRUE;
	return g_ascii_strncasecmp(name, "List-", 5) == 0;
}

/* Name and address of each of LIST: a field that only looks like it once it is decoded is another one. */
static void
add_people(GPtrArray *out, const char *field, InternetAddressList *list)
{
	for (int i = 0; list != NULL && i < internet_address_list_length(list); i++) {
		InternetAddress *a = internet_address_list_get_address(list, i);
		const char *name = internet_address_get_name(a);
		const char *addr = INTERNET_ADDRESS_IS_MAILBOX(a) ?
		    internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(a)) :
		    NULL;
		g_autofree char *one = g_strdup_printf(
		    "%s\n%s\n%s", field, name != NULL ? name : "", addr != NULL ? addr : "(group)");

		add_text(out, "people", one);
	}
}

static guint
count(GMimeObject *object, const char *name)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(object);
	guint n = 0;

	for (int i = 0; i < g_mime_header_list_get_count(list); i++)
		n += g_ascii_strcasecmp(
		         g_mime_header_get_name(g_mime_header_list_get_header_at(list, i)), name) == 0;
	return n;
}

static void
add_fields(GPtrArray *out, GMimeMessage *message)
{
	static const struct {
		const char	*name;
		GMimeAddressType type;
	} people[] = { { "From", GMIME_ADDRESS_TYPE_FROM }, { "Reply-To", GMIME_ADDRESS_TYPE_REPLY_TO },
		{ "To", GMIME_ADDRESS_TYPE_TO }, { "Cc", GMIME_ADDRESS_TYPE_CC } };
	GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));

	for (gsize i = 0; i < G_N_ELEMENTS(people); i++) {
		add_people(out, people[i].name, g_mime_message_get_addresses(message, people[i].type));
		if (count(GMIME_OBJECT(message), people[i].name) > 1)
			add_text(out, "twice", people[i].name);
	}
	for (int i = 0; i < g_mime_header_list_get_count(list); i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);
		const char *name = g_mime_header_get_name(h), *value = g_mime_header_get_value(h);
		g_autofree char *low = g_ascii_strdown(name, -1);
		g_autofree char *flat = rn_text_squash(value != NULL ? value : "");
		g_autofree char *one = g_strdup_printf("%s\n%s", low, flat);

		if (is_shown_field(name))
			add_text(out, low[0] == 'l' ? "list" : "field", one);
	}
}

/* --- the tree --- */

static gboolean
says_twice(const char *text, const char *word)
{
	g_autofree char *low = g_ascii_strdown(text, -1);
	const char *first = strstr(low, word);

	return first != NULL && strstr(first + 1, word) != NULL;
}

/* A part whose type, encoding or border one program takes from here and another one from there. */
static void
add_doubts(GPtrArray *out, GMimeObject *object)
{
	static const char *const once[] = { "Content-Type", "Content-Transfer-Encoding",
		"Content-Disposition", "Content-ID", "MIME-Version" };
	const char *type = NULL;
	GMimeHeaderList *list = g_mime_object_get_header_list(object);

	for (gsize i = 0; i < G_N_ELEMENTS(once); i++)
		if (count(object, once[i]) > 1)
			add_text(out, "twice", once[i]);
	for (int i = 0; i < g_mime_header_list_get_count(list); i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);

		if (g_ascii_strcasecmp(g_mime_header_get_name(h), "Content-Type") == 0)
			type = g_mime_header_get_raw_value(h);
	}
	if (type != NULL && (says_twice(type, "boundary") || says_twice(type, "charset")))
		add_text(out, "twice", "parameter");
	if (count(object, "Content-Base") > 0 || count(object, "Content-Location") > 0)
		add_text(out, "base", "");
}

static gboolean
is_type(GMimeObject *object, const char *type, const char *subtype)
{
	GMimeContentType *t = g_mime_object_get_content_type(object);

	return t != NULL && g_mime_content_type_is_type(t, type, subtype);
}

static gboolean
is_signature(GMimeObject *object)
{
	return is_type(object, "application", "pkcs7-signature") ||
	    is_type(object, "application", "x-pkcs7-signature");
}

/* The lines of a text however they end, and however many empty ones are left behind them. */
static void
canonical(GString *text)
{
	g_string_replace(text, "\r\n", "\n", 0);
	while (text->len > 0 && text->str[text->len - 1] == '\n')
		g_string_truncate(text, text->len - 1);
}

static void
add_part(GPtrArray *out, GMimeObject *object)
{
	RnLeaf leaf = { .object = object };
	g_autoptr(GBytes) data = rn_leaf_data(&leaf);
	gsize len = 0;
	const char *bytes = data != NULL ? g_bytes_get_data(data, &len) : NULL;
	g_autoptr(GString) content = g_string_new_len(bytes != NULL ? bytes : "", (gssize)len);
	GMimeContentType *t = g_mime_object_get_content_type(object);
	g_autofree char *type = g_mime_content_type_get_mime_type(t);
	const char *charset = g_mime_content_type_get_parameter(t, "charset");
	const char *name = g_mime_part_get_filename(GMIME_PART(object));
	g_autofree char *face = NULL, *low = NULL;
	gboolean text = is_type(object, "text", "*");

	if (is_signature(object)) {
		add(out, "seal", content->str, content->len);
		return;
	}
	if (text)
		canonical(content);
	face = g_strdup_printf(
	    "%s\n%s\n%s", type, text && charset != NULL ? charset : "", name != NULL ? name : "");
	low = g_ascii_strdown(face, -1);
	add_text(out, "type", low);
	add(out, "part", content->str, content->len);
}

static gboolean
is_blank(const char *text)
{
	return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

static void
add_object(GPtrArray *out, GMimeObject *object, guint depth)
{
	GMimeMultipart *multi = GMIME_IS_MULTIPART(object) ? GMIME_MULTIPART(object) : NULL;
	int n = multi != NULL ? g_mime_multipart_get_count(multi) : 0;
	g_autofree char *type = NULL, *face = NULL;

	if (object == NULL || depth > MAX_DEPTH) {
		add_text(out, "deep", "");
		return;
	}
	add_doubts(out, object);
	if (multi == NULL && GMIME_IS_PART(object))
		add_part(out, object);
	else if (multi == NULL)
		add_text(out, "message", "");
	if (multi == NULL)
		return;
	if (!is_blank(g_mime_multipart_get_prologue(multi)) ||
	    !is_blank(g_mime_multipart_get_epilogue(multi)))
		add_text(out, "beside", "");
	type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(object));
	face = g_strdup_printf("%s %d", type, n);
	/* the cover of our signature goes with it */
	if (!is_type(object, "multipart", "signed") || n != 2 ||
	    !is_signature(g_mime_multipart_get_part(multi, 1)))
		add_text(out, "multipart", face);
	for (int i = 0; i < n && out->len < MAX_ENTRIES; i++)
		add_object(out, g_mime_multipart_get_part(multi, i), depth + 1);
}

GPtrArray *
rn_forward_exact(GMimeMessage *message)
{
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);

	add_fields(out, message);
	add_doubts(out, GMIME_OBJECT(message));
	add_object(out, g_mime_message_get_mime_part(message), 0);
	return out;
}
