/* The finished bytes: what stands in the header, that GMime reads back what was put in, and that nothing gets
 * out of its place. */
#include <gmime/gmime.h>
#include <string.h>

#include "base/text.h"
#include "mail/letter.h"

#define TOKEN "0123456789abcdefghjkmnpqrstvwxyz01234567"
#define BODY \
	"--- Scriva la sua risposta sopra questa riga ---\n\nPerché no? Già: è così.\n\n.\nFrom qui\n<mailto:rinnovo+" TOKEN \
	"@ordine.example?subject=Rinnovo%20PEC-7K3M-9QTX&body=RINNOVA>\nfine = 1\n"

static RnDraft
draft(GTimeZone *tz)
{
	return (RnDraft){
		.from_name = "Ordine dei Medici, Chirurghi & Co. di Forlì",
		.from = "rinnovo@ordine.example",
		.to_name = "Nicolò D'Àlò",
		.to = "n.dalo@posta.example",
		.reply_to = "rinnovo+" TOKEN "@ordine.example",
		.subject =
		    "La sua casella PEC scade: lunedì 30 novembre 2026 (perché il servizio è annuale) [PEC-7K3M-9QTX]",
		.message_id = "notice.0011223344556677." TOKEN "@ordine.example",
		.in_reply_to = "abc.def@posta.example",
		.references = "<uno@posta.example> <abc.def@posta.example>",
		.auto_submitted = "auto-generated",
		.date = 1793788496,
		.tz = tz,
		.language = "it",
		.body = BODY,
	};
}

static GTimeZone *
rome(void)
{
	GTimeZone *tz = g_time_zone_new_identifier("Europe/Rome");

	g_assert_nonnull(tz);
	return tz;
}

static char *
compose(const RnDraft *d)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(GBytes) raw = rn_letter_compose(d, &why);
	gsize len;
	const char *data;

	g_assert_no_error(why);
	data = g_bytes_get_data(raw, &len);
	return g_strndup(data, len);
}

static GMimeMessage *
parse(const char *raw)
{
	GMimeStream *mem = g_mime_stream_mem_new_with_buffer(raw, strlen(raw));
	GMimeParser *parser = g_mime_parser_new_with_stream(mem);
	GMimeMessage *m = g_mime_parser_construct_message(parser, NULL);

	g_object_unref(parser);
	g_object_unref(mem);
	g_assert_nonnull(m);
	return m;
}

/* The decoded bytes of PART. */
static GByteArray *
content(GMimeObject *part)
{
	GByteArray *bytes = g_byte_array_new();
	GMimeStream *mem = g_mime_stream_mem_new_with_byte_array(bytes);

	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(mem), FALSE);
	g_assert_cmpint(
	    g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), mem), >=, 0);
	g_object_unref(mem);
	return bytes;
}

static char *
text_of(GMimeObject *part)
{
	GByteArray *bytes = content(part);
	GString *text = g_string_new_len((const char *)bytes->data, (gssize)bytes->len);

	g_byte_array_unref(bytes);
	g_string_replace(text, "\r\n", "\n", 0);
	return g_string_free(text, FALSE);
}

/* No line of the header is longer than 78, but for a Message-ID, which cannot be broken. */
static void
folded(const char *raw)
{
	g_autofree char *head = g_strndup(raw, (gsize)(strstr(raw, "\r\n\r\n") - raw));
	g_auto(GStrv) lines = g_strsplit(head, "\r\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		if (strlen(lines[i]) > 78 && !g_str_has_prefix(lines[i], "Message-"))
			g_test_message("line of %zu: %s", strlen(lines[i]), lines[i]);
		g_assert_true(strlen(lines[i]) <= 78 || g_str_has_prefix(lines[i], "Message-"));
	}
}

/* Lines that must stand in the header as they are. */
static void
test_header(void)
{
	static const char *const lines[] = {
		"\r\nAuto-Submitted: auto-generated\r\n",
		"\r\nX-Auto-Response-Suppress: All\r\n",
		"\r\nMIME-Version: 1.0\r\n",
		"\r\nContent-Language: it\r\n",
		"\r\nContent-Transfer-Encoding: quoted-printable\r\n",
		"\r\nIn-Reply-To: <abc.def@posta.example>\r\n",
		"<notice.0011223344556677." TOKEN "@ordine.example>\r\n",
		"Wed, 04 Nov 2026 11:34:56 +0100\r\n",
	};
	g_autoptr(GTimeZone) tz = rome();
	RnDraft d = draft(tz);
	g_autofree char *raw = compose(&d);
	g_autofree char *head = g_strndup(raw, (gsize)(strstr(raw, "\r\n\r\n") + 2 - raw));

	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		if (strstr(head, lines[i]) == NULL)
			g_test_message("not there: %s\n%s", lines[i], head);
		g_assert_nonnull(strstr(head, lines[i]));
	}
	folded(raw);
	g_assert_null(strstr(raw, "\r\n.\r\n.\r\n"));
	for (const char *c = raw; *c != '\0'; c++)
		g_assert_true((guchar)*c < 127 && (*c != '\n' || c[-1] == '\r'));
}

static void
mailbox_is(InternetAddressList *list, const char *name, const char *addr)
{
	InternetAddress *one;
	g_autofree char *flat = NULL;

	g_assert_cmpint(internet_address_list_length(list), ==, 1);
	one = internet_address_list_get_address(list, 0);
	flat = rn_text_squash(internet_address_get_name(one));	/* GMime leaves folds within names */
	g_assert_cmpstr(flat, ==, name);
	g_assert_cmpstr(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one)), ==, addr);
}

static void
test_reads_back(void)
{
	g_autoptr(GTimeZone) tz = rome();
	RnDraft d = draft(tz);
	g_autofree char *raw = compose(&d);
	GMimeMessage *m = parse(raw);
	g_autofree char *body = text_of(g_mime_message_get_mime_part(m));

	mailbox_is(g_mime_message_get_from(m), d.from_name, d.from);
	mailbox_is(g_mime_message_get_to(m), d.to_name, d.to);
	mailbox_is(g_mime_message_get_reply_to(m), d.from_name, d.reply_to);
	g_assert_cmpstr(g_mime_message_get_subject(m), ==, d.subject);
	g_assert_cmpstr(g_mime_message_get_message_id(m), ==, d.message_id);
	g_assert_cmpstr(g_mime_object_get_header(GMIME_OBJECT(m), "References"), ==, d.references);
	g_assert_cmpstr(body, ==, BODY);
	g_object_unref(m);
}

static void
test_same_bytes(void)
{
	static const char pdf[] = "%PDF-1.4 prova";
	g_autoptr(GTimeZone) tz = rome();
	g_autoptr(GBytes) data = g_bytes_new_static(pdf, sizeof(pdf));
	RnEnclosure one = { "condizioni.pdf", "application/pdf", data };
	RnDraft d = draft(tz);
	g_autofree char *first = NULL;
	g_autofree char *second = NULL;
	g_autofree char *third = NULL;

	d.enclosures = &one;
	d.n_enclosures = 1;
	first = compose(&d);
	second = compose(&d);
	d.message_id = "altra@ordine.example";
	third = compose(&d);
	g_assert_cmpstr(first, ==, second);
	g_assert_cmpstr(first, !=, third);
}

/* Enclosures come out byte by byte as they went in, line ends and all. */
static void
test_enclosures(void)
{
	static const char text[] = "riga\nriga con CR\r\nper\xc3\xb2 \n--=_x\n.\n";
	static const guint8 binary[] = { 0, 13, 10, 10, 13, 255, 254, '\n', 'F', 'r', 'o', 'm', ' ' };
	g_autoptr(GTimeZone) tz = rome();
	g_autoptr(GBytes) a = g_bytes_new_static(text, sizeof(text) - 1);
	g_autoptr(GBytes) b = g_bytes_new_static(binary, sizeof(binary));
	RnEnclosure all[] = { { "condizioni \"generali\" di però.txt", "text/plain", a },
		{ "contratto.pdf", "application/pdf", b },
		{ "però-però-però-però-però-però-però-però-però-però-però-però-però-però-però-però-però-però-però.pdf",
		    "application/pdf", b },
		{ NULL, "application/pdf", b } };
	RnDraft d = draft(tz);
	g_autofree char *longest = g_strnfill(100, 'x');
	g_autofree char *raw = NULL;
	GMimeMessage *m;
	GMimeMultipart *mixed;

	all[3].name = longest;
	d.enclosures = all;
	d.n_enclosures = G_N_ELEMENTS(all);
	raw = compose(&d);
	m = parse(raw);
	g_assert_true(GMIME_IS_MULTIPART(g_mime_message_get_mime_part(m)));
	mixed = GMIME_MULTIPART(g_mime_message_get_mime_part(m));
	g_assert_cmpint(g_mime_multipart_get_count(mixed), ==, 1 + (int)G_N_ELEMENTS(all));
	for (int i = 0; i < (int)G_N_ELEMENTS(all); i++) {
		GMimeObject *part = g_mime_multipart_get_part(mixed, i + 1);
		GByteArray *got = content(part);
		gsize len;
		const void *want = g_bytes_get_data(all[i].data, &len);

		g_assert_cmpmem(got->data, got->len, want, len);
		g_assert_cmpstr(g_mime_part_get_filename(GMIME_PART(part)), ==, all[i].name);
		g_assert_true(g_mime_part_is_attachment(GMIME_PART(part)));
		g_byte_array_unref(got);
	}
	g_object_unref(m);
}

static gboolean
is_type(GMimeObject *part, const char *type, const char *subtype)
{
	return g_mime_content_type_is_type(g_mime_object_get_content_type(part), type, subtype);
}

static GMimeObject *
child(GMimeObject *multi, int i)
{
	g_assert_true(GMIME_IS_MULTIPART(multi));
	return g_mime_multipart_get_part(GMIME_MULTIPART(multi), i);
}

/* The text first, then the HTML with its picture, then what is enclosed (RFC 2046 5.1.4, RFC 2387). */
static void
test_html(void)
{
	static const char html[] =
	    "<!DOCTYPE html>\n<html lang=\"it\"><body>Perché no? «RINNOVA»</body></html>\n";
	static const guint8 picture[] = { 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 1, 2 };
	g_autoptr(GTimeZone) tz = rome();
	g_autoptr(GBytes) data = g_bytes_new_static(picture, sizeof(picture));
	RnEnclosure logo = { "logo.png", "image/png", data },
	            pdf = { "contratto.pdf", "application/pdf", data };
	RnDraft d = draft(tz);
	g_autofree char *raw = NULL;
	GMimeMessage *m;
	GMimeObject *mixed, *choice, *related;
	g_autofree char *text = NULL;
	g_autofree char *page = NULL;

	d.html = html;
	d.logo = &logo;
	d.enclosures = &pdf;
	d.n_enclosures = 1;
	raw = compose(&d);
	folded(raw);
	m = parse(raw);
	mixed = g_mime_message_get_mime_part(m);
	choice = child(mixed, 0);
	related = child(choice, 1);
	g_assert_true(is_type(mixed, "multipart", "mixed") && is_type(choice, "multipart", "alternative") &&
	    is_type(related, "multipart", "related"));
	g_assert_cmpint(g_mime_multipart_get_count(GMIME_MULTIPART(choice)), ==, 2);
	text = text_of(child(choice, 0));
	page = text_of(child(related, 0));
	g_assert_cmpstr(text, ==, BODY);
	g_assert_cmpstr(page, ==, html);
	g_assert_true(is_type(child(related, 1), "image", "png"));
	g_assert_cmpstr(g_mime_object_get_content_id(child(related, 1)), ==, RN_LOGO_ID);
	g_assert_cmpstr(g_mime_object_get_disposition(child(related, 1)), ==, "inline");
	g_object_unref(m);
	d.logo = d.enclosures = NULL;
	d.n_enclosures = 0;
	g_free(raw);
	raw = compose(&d);
	m = parse(raw);
	g_assert_true(is_type(child(g_mime_message_get_mime_part(m), 1), "text", "html"));
	g_object_unref(m);
}

/* What would make a header of its own, or is no address, is refused; the error names the place. */
static void
test_refused(void)
{
	static const struct {
		const char	*row;
		gsize		 member;	/* offset of the text in RnDraft */
		const char	*value;
		const char	*want;
	} rows[] = {
		{ "From with a second one", G_STRUCT_OFFSET(RnDraft, from), "a@b.example, c@d.example", "From" },
		{ "From missing", G_STRUCT_OFFSET(RnDraft, from), NULL, "From" },
		{ "To injection", G_STRUCT_OFFSET(RnDraft, to), "a@b.example\r\nBcc: c@d.example", "To" },
		{ "To is a route", G_STRUCT_OFFSET(RnDraft, to), "<a@b.example>", "To" },
		{ "Reply-To", G_STRUCT_OFFSET(RnDraft, reply_to), "a b@c.example", "Reply-To" },
		{ "name in From", G_STRUCT_OFFSET(RnDraft, from_name), "Ordine\nBcc: x@y.example", "name in From" },
		{ "name in To", G_STRUCT_OFFSET(RnDraft, to_name), "Rossi\rX: y", "name in To" },
		{ "name not UTF-8", G_STRUCT_OFFSET(RnDraft, to_name), "Rossi \xe8", "name in To" },
		{ "subject", G_STRUCT_OFFSET(RnDraft, subject), "a\r\nBcc: x@y.example", "Subject" },
		{ "subject, Unicode line break", G_STRUCT_OFFSET(RnDraft, subject), "a\xe2\x80\xa8" "b", "Subject" },
		{ "Message-ID with >", G_STRUCT_OFFSET(RnDraft, message_id), "a@b>\r\n", "Message-ID" },
		{ "Message-ID without @", G_STRUCT_OFFSET(RnDraft, message_id), "abc", "Message-ID" },
		{ "Message-ID missing", G_STRUCT_OFFSET(RnDraft, message_id), NULL, "Message-ID" },
		{ "In-Reply-To", G_STRUCT_OFFSET(RnDraft, in_reply_to), "a@b c@d", "In-Reply-To" },
		{ "References", G_STRUCT_OFFSET(RnDraft, references), "<a@b>\r\nX: y", "References" },
		{ "References not ASCII", G_STRUCT_OFFSET(RnDraft, references), "<\xc3\xa8@b>", "References" },
		{ "Auto-Submitted", G_STRUCT_OFFSET(RnDraft, auto_submitted), "no\r\nX: y", "Auto-Submitted" },
		{ "language", G_STRUCT_OFFSET(RnDraft, language), "it, de", "Content-Language" },
		{ "body missing", G_STRUCT_OFFSET(RnDraft, body), NULL, "body" },
		{ "body not UTF-8", G_STRUCT_OFFSET(RnDraft, body), "perch\xe9\n", "body" },
	};
	g_autoptr(GTimeZone) tz = rome();

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		RnDraft d = draft(tz);
		g_autoptr(GError) why = NULL;
		g_autoptr(GBytes) raw = NULL;

		G_STRUCT_MEMBER(const char *, &d, rows[i].member) = rows[i].value;
		raw = rn_letter_compose(&d, &why);
		if (raw != NULL || strstr(why->message, rows[i].want) == NULL)
			g_test_message(
			    "row \"%s\": %s", rows[i].row, raw != NULL ? "accepted" : why->message);
		g_assert_null(raw);
		g_assert_error(why, RN_ERROR, RN_ERR_INPUT);
		g_assert_nonnull(strstr(why->message, rows[i].want));
	}
}

static void
test_enclosures_refused(void)
{
	g_autoptr(GTimeZone) tz = rome();
	g_autoptr(GBytes) data = g_bytes_new_static("x", 1);
	g_autofree char *huge = g_strnfill(101, 'x');
	const RnEnclosure rows[] = {
		{ "a\r\nb.pdf", "application/pdf", data }, { NULL, "application/pdf", data },
		{ "", "application/pdf", data },
		{ huge, "application/pdf", data }, { "a.pdf", "application/pdf\r\nX: y", data },
		{ "a.pdf", "pdf", data },
		{ "a.pdf", NULL, data }, { "a.pdf", "application/pdf", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		RnDraft d = draft(tz);
		g_autoptr(GError) why = NULL;

		d.enclosures = &rows[i];
		d.n_enclosures = 1;
		g_test_message("row %zu", i);
		g_assert_null(rn_letter_compose(&d, &why));
		g_assert_error(why, RN_ERROR, RN_ERR_INPUT);
	}
}

/* Names and subjects that are odd but allowed stay within their field. */
static void
test_odd_names(void)
{
	static const char *const names[] = {
		"Rossi, Maria", "\"Rossi\" <altro@esempio.example>", "=?utf-8?q?finto?=", "Ωμέγα 日本語 \xf0\x9f\x99\x82",
		"a;b:c(d)\\e",
		"Ordine Provinciale dei Medici Chirurghi e degli Odontoiatri di Reggio nell'Emilia, sede", "Dott.ssa Maria Ò Dell'Àquila",
		"Una persona con un nome lunghissimo che non finisce mai e poi mai e ancora oltre il margine della riga però",
	};
	g_autoptr(GTimeZone) tz = rome();

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		RnDraft d = draft(tz);
		g_autofree char *raw = NULL;
		GMimeMessage *m;

		d.to_name = d.subject = names[i];
		raw = compose(&d);
		m = parse(raw);
		g_test_message("%s", names[i]);
		folded(raw);
		g_assert_cmpint(internet_address_list_length(g_mime_message_get_to(m)), ==, 1);
		if (i != 2) {
			mailbox_is(g_mime_message_get_to(m), names[i], d.to);
			g_assert_cmpstr(g_mime_message_get_subject(m), ==, names[i]);
		}
		g_object_unref(m);
	}
}

/* The offset follows the zone through the year. */
static void
test_date(void)
{
	static const struct {
		gint64		 t;
		const char	*want;
	} rows[] = {
		{ 1793788496, "\r\nDate: Wed, 04 Nov 2026 11:34:56 +0100\r\n" },
		{ 1782777600, "\r\nDate: Tue, 30 Jun 2026 02:00:00 +0200\r\n" },
		{ 0, "Date: Thu, 01 Jan 1970 01:00:00 +0100\r\n" },
	};
	g_autoptr(GTimeZone) tz = rome();

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		RnDraft d = draft(tz);
		g_autofree char *raw = NULL;
		g_autofree char *all = NULL;

		d.date = rows[i].t;
		raw = compose(&d);
		all = g_strconcat("\r\n", raw, NULL);
		if (strstr(all, rows[i].want) == NULL)
			g_test_message("%s", raw);
		g_assert_nonnull(strstr(all, rows[i].want));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_mime_init();
	g_test_add_func("/mail/letter/header", test_header);
	g_test_add_func("/mail/letter/reads-back", test_reads_back);
	g_test_add_func("/mail/letter/same-bytes", test_same_bytes);
	g_test_add_func("/mail/letter/enclosures", test_enclosures);
	g_test_add_func("/mail/letter/html", test_html);
	g_test_add_func("/mail/letter/refused", test_refused);
	g_test_add_func("/mail/letter/enclosures-refused", test_enclosures_refused);
	g_test_add_func("/mail/letter/odd-names", test_odd_names);
	g_test_add_func("/mail/letter/date", test_date);
	return g_test_run();
}
