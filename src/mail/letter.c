/* letter.c: the finished bytes of a letter, by GMime. The same draft gives the same bytes, so that a letter
 * whose fate is uncertain can be sent again as it was. */
#include "mail/letter.h"

#include <gmime/gmime.h>
#include <string.h>

#include "base/text.h"
#include "mail/letter_inside.h"
#include "mail/parts.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMessage, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeObject, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMultipart, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimePart, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeDataWrapper, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeFormatOptions, g_mime_format_options_free)

static void
set_content(GMimePart *part, const void *data, gsize len, GMimeContentEncoding encoding)
{
	g_autoptr(GMimeStream) mem = g_mime_stream_mem_new_with_buffer(data, len);
	g_autoptr(GMimeDataWrapper) content =
	    g_mime_data_wrapper_new_with_stream(mem, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, encoding);
}

/* The body with CRLF: quoted-printable stands for the canonical text (RFC 2045 6.7, RFC 2049 4). */
static GMimePart *
text_part(const char *subtype, const char *body)
{
	GMimePart *part = g_mime_part_new_with_type("text", subtype);
	g_autoptr(GString) text = g_string_new(body);

	g_string_replace(text, "\r", "", 0);
	if (text->len == 0 || text->str[text->len - 1] != '\n')
		g_string_append_c(text, '\n');
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	set_content(part, text->str, text->len, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	return part;
}

/* The method of an iCalendar object stands in the type of its part, too (RFC 6047 2.4). */
static void
set_method(GMimePart *part, const char *data, gsize len)
{
	const char *line = g_strstr_len(data, (gssize)len, "\nMETHOD:");
	g_autofree char *method = NULL;

	if (line == NULL)
		return;
	line += strlen("\nMETHOD:");
	method = g_strndup(line, (gsize)(data + len - line));
	method[strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] = '\0';
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "method", method);
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
	if (g_ascii_strcasecmp(e->type, "text/calendar") == 0)
		set_method(part, data, len);
	g_mime_object_set_disposition(GMIME_OBJECT(part), "attachment");
	g_mime_part_set_filename(part, e->name);
	set_content(part, data, len, GMIME_CONTENT_ENCODING_BASE64);
	return part;
}

/* "=_" can stand neither in quoted-printable nor in base64, so the boundary never occurs in a part (RFC 2045
 * 6.7). LEVEL keeps the boundaries of multiparts within each other apart. */
static GMimeMultipart *
multipart(const char *subtype, const char *message_id, int level)
{
	GMimeMultipart *multi = g_mime_multipart_new_with_subtype(subtype);
	g_autofree char *digest = rn_text_sha256(message_id, strlen(message_id));
	g_autofree char *line = g_strdup_printf("=_%d%.31s", level, digest);

	g_mime_multipart_set_boundary(multi, line);
	return multi;
}

/* The HTML, with the picture that it shows (RFC 2387). */
static GMimeObject *
html_object(const RnDraft *d)
{
	g_autoptr(GMimePart) html = text_part("html", d->html);
	g_autoptr(GMimePart) logo = NULL;
	GMimeMultipart *related;

	if (d->logo == NULL)
		return GMIME_OBJECT(g_steal_pointer(&html));
	related = multipart("related", d->message_id, 2);
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(related), "type", "text/html");
	g_mime_multipart_add(related, GMIME_OBJECT(html));
	logo = enclosure_part(d->logo);
	g_mime_object_set_disposition(GMIME_OBJECT(logo), "inline");
	g_mime_part_set_filename(logo, d->logo->name);
	g_mime_part_set_content_id(logo, RN_LOGO_ID);
	g_mime_multipart_add(related, GMIME_OBJECT(logo));
	return GMIME_OBJECT(related);
}

/* The text, or the choice between text and HTML, the better one last (RFC 2046 5.1.4). */
static GMimeObject *
body_object(const RnDraft *d)
{
	g_autoptr(GMimePart) text = text_part("plain", d->body);
	g_autoptr(GMimeObject) html = NULL;
	GMimeMultipart *choice;

	if (d->html == NULL)
		return GMIME_OBJECT(g_steal_pointer(&text));
	choice = multipart("alternative", d->message_id, 1);
	html = html_object(d);
	g_mime_multipart_add(choice, GMIME_OBJECT(text));
	g_mime_multipart_add(choice, html);
	return GMIME_OBJECT(choice);
}

static void
set_parts(GMimeMessage *message, const RnDraft *d)
{
	g_autoptr(GMimeObject) body = body_object(d);
	g_autoptr(GMimeMultipart) mixed = NULL;

	if (d->n_enclosures == 0) {
		g_mime_message_set_mime_part(message, body);
		return;
	}
	mixed = multipart("mixed", d->message_id, 0);
	g_mime_multipart_add(mixed, body);
	for (guint i = 0; i < d->n_enclosures; i++) {
		g_autoptr(GMimePart) part = enclosure_part(&d->enclosures[i]);

		g_mime_multipart_add(mixed, GMIME_OBJECT(part));
	}
	g_mime_message_set_mime_part(message, GMIME_OBJECT(mixed));
}

static void
set_field(GMimeMessage *message, const char *name, const char *value)
{
	if (value != NULL && *value != '\0')
		g_mime_object_set_header(GMIME_OBJECT(message), name, value, "utf-8");
}

/* GMime folds long names within their quotes, which its own parser does not undo: so the field is written by
 * us. */
static void
set_mailbox(GMimeMessage *message, const char *field, const char *name, const char *addr)
{
	g_autofree char *mailbox = rn_letter_mailbox(name, addr);
	g_autofree char *raw = g_strdup_printf(" %s\n", mailbox);
	GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));

	g_mime_object_set_header(GMIME_OBJECT(message), field, addr, "utf-8");
	g_mime_header_set_raw_value(g_mime_header_list_get_header(list, field), raw);
}

static void
set_header(GMimeMessage *message, const RnDraft *d)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(d->date);
	g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, d->tz);
	g_autofree char *answered = d->in_reply_to != NULL ? g_strdup_printf("<%s>", d->in_reply_to) : NULL;

	g_mime_message_set_date(message, local);
	set_mailbox(message, "From", d->from_name, d->from);
	set_mailbox(message, "To", d->to_name, d->to);
	if (d->reply_to != NULL)
		set_mailbox(message, "Reply-To", d->from_name, d->reply_to);
	g_mime_message_set_subject(message, d->subject != NULL ? d->subject : "", "utf-8");
	g_mime_message_set_message_id(message, d->message_id);
	set_field(message, "In-Reply-To", answered);
	set_field(message, "References", d->references);
	set_field(message, "Auto-Submitted", d->auto_submitted);
	set_field(message, "X-Auto-Response-Suppress", "All");
	set_field(message, "X-TipoRicevuta", d->receipt);
	set_field(message, "Content-Language", d->language);
}

GBytes *
rn_letter_compose(const RnDraft *draft, GError **error)
{
	g_autoptr(GMimeMessage) message = NULL;
	g_autoptr(GMimeFormatOptions) format = NULL;
	g_autoptr(GMimeStream) out = NULL;
	GByteArray *bytes;

	if (!rn_letter_check(draft, error))
		return NULL;
	rn_parts_start();
	message = g_mime_message_new(TRUE);
	set_header(message, draft);
	set_parts(message, draft);
	format = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	bytes = g_byte_array_new();
	out = g_mime_stream_mem_new_with_byte_array(bytes);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(out), FALSE);
	if (g_mime_object_write_to_stream(GMIME_OBJECT(message), format, out) < 0 ||
	    !rn_letter_check_bytes(bytes->data, bytes->len, error)) {
		g_byte_array_unref(bytes);
		if (error != NULL && *error == NULL)
			g_set_error(
			    error, RN_ERROR, RN_ERR_INTERNAL, "letter: GMime could not write the message");
		return NULL;
	}
	return g_byte_array_free_to_bytes(bytes);
}
