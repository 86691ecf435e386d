/* letter.c: the finished bytes of a letter, by GMime. The same draft gives the same bytes, so that a letter whose fate is
 * uncertain can be sent again as it was. */
#include "mail/letter.h"

#include <gmime/gmime.h>
#include <string.h>

#include "base/text.h"

#define MAX_HEADER_LINE 998	/* RFC 5322 2.1.1 */
#define MAX_NAME 100		/* characters of an enclosure's name */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMessage, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMultipart, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimePart, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeStream, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeDataWrapper, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeFormatOptions, g_mime_format_options_free)

static gboolean
refuse(GError **error, const char *what, const char *why)
{
	g_set_error(error, RN_ERROR, RN_ERR_INPUT, "letter: %s %s", what, why);
	return FALSE;
}

/* A text that may stand in a header: no control character can start a field of its own (CWE-93). */
static gboolean
check_text(const char *what, const char *text, GError **error)
{
	if (text == NULL)
		return TRUE;
	if (!g_utf8_validate(text, -1, NULL))
		return refuse(error, what, "is not UTF-8");
	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);

		if (g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029)
			return refuse(error, what, "holds a control character");
	}
	return TRUE;
}

static gboolean
check_addr(const char *what, const char *addr, GError **error)
{
	return (addr != NULL && rn_addr_valid(addr)) || refuse(error, what, "is no plain mail address");
}

/* One word of visible ASCII out of which nothing can break; MARKS are the ones beside letters and digits that are
 * allowed, NULL for all but '<' and '>'. */
static gboolean
check_word(const char *what, const char *word, const char *marks, GError **error)
{
	gsize len = word != NULL ? strlen(word) : 0;

	if (len == 0 || len > 250)
		return refuse(error, what, "is missing or longer than 250 characters");
	for (; *word != '\0'; word++)
		if (!g_ascii_isalnum(*word) && (marks != NULL ? strchr(marks, *word) == NULL :
		    !g_ascii_isgraph(*word) || *word == '<' || *word == '>'))
			return refuse(error, what, "holds a character that is not allowed there");
	return TRUE;
}

static gboolean
check_ascii(const char *what, const char *text, GError **error)
{
	if (text != NULL && !g_str_is_ascii(text))
		return refuse(error, what, "is not ASCII");
	return check_text(what, text, error);
}

static gboolean
check_enclosures(const RnDraft *d, GError **error)
{
	for (guint i = 0; i < d->n_enclosures; i++) {
		const RnEnclosure *e = &d->enclosures[i];

		if (!check_text("name of an enclosure", e->name, error) ||
		    !check_word("type of an enclosure", e->type, "/.+-", error))
			return FALSE;
		if (e->name == NULL || *e->name == '\0' || g_utf8_strlen(e->name, -1) > MAX_NAME)
			return refuse(error, "name of an enclosure", "is missing or longer than 100 characters");
		if (strchr(e->type, '/') == NULL || e->data == NULL)
			return refuse(error, "enclosure", "has no type such as \"application/pdf\", or no data");
	}
	return TRUE;
}

static gboolean
check(const RnDraft *d, GError **error)
{
	if (!check_addr("From", d->from, error) || !check_addr("To", d->to, error) ||
	    (d->reply_to != NULL && !check_addr("Reply-To", d->reply_to, error)))
		return FALSE;
	if (!check_text("name in From", d->from_name, error) || !check_text("name in To", d->to_name, error) ||
	    !check_text("Subject", d->subject, error) || !check_ascii("References", d->references, error))
		return FALSE;
	if (!check_word("Message-ID", d->message_id, NULL, error) ||
	    (d->in_reply_to != NULL && !check_word("In-Reply-To", d->in_reply_to, NULL, error)) ||
	    !check_word("Auto-Submitted", d->auto_submitted, "-", error) ||
	    !check_word("Content-Language", d->language, "-", error))
		return FALSE;
	if (strchr(d->message_id, '@') == NULL)
		return refuse(error, "Message-ID", "has no '@'");
	if (d->body == NULL || !g_utf8_validate(d->body, -1, NULL))
		return refuse(error, "body", "is missing or not UTF-8");
	return check_enclosures(d, error);
}

static void
set_content(GMimePart *part, const void *data, gsize len, GMimeContentEncoding encoding)
{
	g_autoptr(GMimeStream) mem = g_mime_stream_mem_new_with_buffer(data, len);
	g_autoptr(GMimeDataWrapper) content = g_mime_data_wrapper_new_with_stream(mem, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, encoding);
}

/* The body with CRLF: quoted-printable stands for the canonical text (RFC 2045 6.7, RFC 2049 4). */
static GMimePart *
text_part(const char *body)
{
	GMimePart *part = g_mime_part_new_with_type("text", "plain");
	g_autoptr(GString) text = g_string_new(body);

	g_string_replace(text, "\r", "", 0);
	if (text->len == 0 || text->str[text->len - 1] != '\n')
		g_string_append_c(text, '\n');
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	set_content(part, text->str, text->len, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	return part;
}

static GMimePart *
enclosure_part(const RnEnclosure *e)
{
	g_auto(GStrv) type = g_strsplit(e->type, "/", 2);
	GMimePart *part = g_mime_part_new_with_type(type[0], type[1]);
	gsize len;
	const void *data = g_bytes_get_data(e->data, &len);

	if (g_ascii_strcasecmp(type[0], "text") == 0 && g_utf8_validate(data, (gssize)len, NULL))
		g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	g_mime_object_set_disposition(GMIME_OBJECT(part), "attachment");
	g_mime_part_set_filename(part, e->name);
	set_content(part, data, len, GMIME_CONTENT_ENCODING_BASE64);
	return part;
}

/* "=_" can stand neither in quoted-printable nor in base64, so the boundary never occurs in a part (RFC 2045 6.7). */
static char *
boundary(const char *message_id)
{
	g_autofree char *digest = rn_text_sha256(message_id, strlen(message_id));

	return g_strdup_printf("=_%.32s", digest);
}

static void
set_parts(GMimeMessage *message, const RnDraft *d)
{
	g_autoptr(GMimePart) text = text_part(d->body);
	g_autoptr(GMimeMultipart) mixed = NULL;
	g_autofree char *line = NULL;

	if (d->n_enclosures == 0) {
		g_mime_message_set_mime_part(message, GMIME_OBJECT(text));
		return;
	}
	mixed = g_mime_multipart_new_with_subtype("mixed");
	line = boundary(d->message_id);
	g_mime_multipart_set_boundary(mixed, line);
	g_mime_multipart_add(mixed, GMIME_OBJECT(text));
	for (guint i = 0; i < d->n_enclosures; i++) {
		g_autoptr(GMimePart) part = enclosure_part(&d->enclosures[i]);

		g_mime_multipart_add(mixed, GMIME_OBJECT(part));
	}
	g_mime_message_set_mime_part(message, GMIME_OBJECT(mixed));
}

static void
add_address(GMimeMessage *message, GMimeAddressType where, const char *name, const char *addr)
{
	InternetAddressList *list = g_mime_message_get_addresses(message, where);
	InternetAddress *one = internet_address_mailbox_new(name != NULL && *name != '\0' ? name : NULL, addr);

	internet_address_set_charset(one, "utf-8");
	internet_address_list_add(list, one);
	g_object_unref(one);
}

static void
set_field(GMimeMessage *message, const char *name, const char *value)
{
	if (value != NULL && *value != '\0')
		g_mime_object_set_header(GMIME_OBJECT(message), name, value, "utf-8");
}

static void
set_header(GMimeMessage *message, const RnDraft *d)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(d->date);
	g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, d->tz);
	g_autofree char *answered = d->in_reply_to != NULL ? g_strdup_printf("<%s>", d->in_reply_to) : NULL;

	g_mime_message_set_date(message, local);
	add_address(message, GMIME_ADDRESS_TYPE_FROM, d->from_name, d->from);
	add_address(message, GMIME_ADDRESS_TYPE_TO, d->to_name, d->to);
	if (d->reply_to != NULL)
		add_address(message, GMIME_ADDRESS_TYPE_REPLY_TO, d->from_name, d->reply_to);
	g_mime_message_set_subject(message, d->subject != NULL ? d->subject : "", "utf-8");
	g_mime_message_set_message_id(message, d->message_id);
	set_field(message, "In-Reply-To", answered);
	set_field(message, "References", d->references);
	set_field(message, "Auto-Submitted", d->auto_submitted);
	set_field(message, "X-Auto-Response-Suppress", "All");
	set_field(message, "Content-Language", d->language);
}

/* What left GMime must hold: 7 bit, CRLF alone, no header line beyond the limit. */
static gboolean
check_bytes(const guint8 *data, gsize len, GError **error)
{
	gsize line = 0;
	gboolean head = TRUE;

	for (gsize i = 0; i < len; i++) {
		if (data[i] > 126 || data[i] == 0 || (data[i] == '\n') != (i > 0 && data[i - 1] == '\r'))
			return refuse(error, "message", "is not plain 7-bit text with CRLF (a bug)");
		if (data[i] != '\n')
			line++;
		else if (head && line - 1 > MAX_HEADER_LINE)
			return refuse(error, "header", "has a line of more than 998 characters");
		else {
			head = head && line > 1;
			line = 0;
		}
	}
	return TRUE;
}

static void
start_gmime(void)
{
	static gsize done = 0;

	if (g_once_init_enter(&done)) {
		g_mime_init();
		g_once_init_leave(&done, 1);
	}
}

GBytes *
rn_letter_compose(const RnDraft *draft, GError **error)
{
	g_autoptr(GMimeMessage) message = NULL;
	g_autoptr(GMimeFormatOptions) format = NULL;
	g_autoptr(GMimeStream) out = NULL;
	GByteArray *bytes;

	if (!check(draft, error))
		return NULL;
	start_gmime();
	message = g_mime_message_new(TRUE);
	set_header(message, draft);
	set_parts(message, draft);
	format = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	bytes = g_byte_array_new();
	out = g_mime_stream_mem_new_with_byte_array(bytes);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(out), FALSE);
	if (g_mime_object_write_to_stream(GMIME_OBJECT(message), format, out) < 0 ||
	    !check_bytes(bytes->data, bytes->len, error)) {
		g_byte_array_unref(bytes);
		if (error != NULL && *error == NULL)
			refuse(error, "message", "could not be written");
		return NULL;
	}
	return g_byte_array_free_to_bytes(bytes);
}
