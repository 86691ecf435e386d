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
		"Followup-To", "Content-Location", "Content-Base", "Bcc", "Organization", "X-Message-Flag",
		"Reply-By", "Comments", "Keywords", "Expires" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(name, names[i]) == 0)
			return TRUE;
	return g_ascii_strncasecmp(name, "List-", 5) == 0 || g_ascii_strncasecmp(name, "Resent-", 7) == 0;
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

/* How many addresses and remarks a field FIELD of people has as it is written: some are read by no parser,
 * and shown. */
static void
add_written(GPtrArray *out, const char *field, const char *raw)
{
	guint addresses = 0, remarks = 0;
	g_autofree char *one = NULL;

	for (const char *p = raw; p != NULL && *p != '\0'; p++) {
		addresses += *p == '@';
		remarks += *p == '(';
	}
	one = g_strdup_printf("%s %u %u", field, addresses, remarks);
	add_text(out, "written", one);
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
		GMimeHeader *h = g_mime_header_list_get_header(list, people[i].name);

		add_people(out, people[i].name, g_mime_message_get_addresses(message, people[i].type));
		add_written(out, people[i].name, h != NULL ? g_mime_header_get_raw_value(h) : NULL);
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
	if (count(object, "X-Mozilla-External-Attachment-URL") > 0 ||
	    count(object, "X-Mozilla-Cloud-Part") > 0)
		add_text(out, "elsewhere", "");
}

/* What else the fields of a part say of how it is shown, in one line: whether it is a file, and the
 * parameters of its type but those that may be spelt otherwise. Caller frees. */
static char *
manner(GMimeObject *object)
{
	GMimeParamList *list = g_mime_content_type_get_parameters(g_mime_object_get_content_type(object));
	const char *disposition = g_mime_object_get_disposition(object);
	GString *out = g_string_new(disposition != NULL ? disposition : "");

	for (int i = 0; list != NULL && i < g_mime_param_list_length(list); i++) {
		GMimeParam *p = g_mime_param_list_get_parameter_at(list, i);
		const char *name = g_mime_param_get_name(p);

		if (g_ascii_strcasecmp(name, "boundary") != 0 && g_ascii_strcasecmp(name, "charset") != 0)
			g_string_append_printf(out, "\n%s=%s", name, g_mime_param_get_value(p));
	}
	return g_string_free(out, FALSE);
}

/* The bytes of PART as they are encoded. */
static GByteArray *
encoded(GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *from = content != NULL ? g_mime_data_wrapper_get_stream(content) : NULL;
	GByteArray *bytes = g_byte_array_new();
	g_autoptr(GMimeStream) to = g_mime_stream_mem_new_with_byte_array(bytes);

	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(to), FALSE);
	if (from != NULL && g_mime_stream_reset(from) == 0)
		g_mime_stream_write_to_stream(from, to);
	return bytes;
}

/* Words before, between or behind what is decoded: one program shows them, another one does not. */
static void
add_encoding(GPtrArray *out, GMimePart *part)
{
	GMimeContentEncoding how = g_mime_part_get_content_encoding(part);
	g_autoptr(GByteArray) bytes = NULL;
	gboolean ended = FALSE,
	         odd = how == GMIME_CONTENT_ENCODING_UUENCODE ||
	    (how == GMIME_CONTENT_ENCODING_DEFAULT &&
	        count(GMIME_OBJECT(part), "Content-Transfer-Encoding") > 0);

	if (how == GMIME_CONTENT_ENCODING_BASE64)
		bytes = encoded(part);
	for (guint i = 0; bytes != NULL && i < bytes->len && !odd; i++) {
		char c = (char)bytes->data[i];

		if (g_ascii_isspace(c))
			continue;
		odd = c != '=' && (ended || (!g_ascii_isalnum(c) && c != '+' && c != '/'));
		ended |= c == '=';
	}
	if (odd)
		add_text(out, "encoding", "");
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
	g_autofree char *face = NULL, *low = NULL, *how = manner(object);
	gboolean text = is_type(object, "text", "*");

	if (is_signature(object)) {
		add(out, "seal", content->str, content->len);
		return;
	}
	if (text)
		canonical(content);
	add_encoding(out, GMIME_PART(object));
	face = g_strdup_printf(
	    "%s\n%s\n%s\n%s", type, text && charset != NULL ? charset : "", name != NULL ? name : "", how);
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
	g_autofree char *type = NULL, *face = NULL, *how = NULL;

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
	how = manner(object);
	face = g_strdup_printf("%s %d %s", type, n, how);
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
