/* read_facts: whole messages: which part is the body, what is attached, and the variant that comes back from
 * the parser child. */
#include <string.h>

#include "mail/read.h"

static RnFacts *
parse(const char *raw, gsize len)
{
	g_autoptr(GBytes) bytes = g_bytes_new(raw, len);
	g_autoptr(GError) error = NULL;
	RnFacts *f = rn_facts_parse(bytes, NULL, NULL, NULL, &error);

	g_assert_no_error(error);
	return f;
}

#define HEAD "From: lia@x.example\nTo: r@y.example\nSubject: Re: Scadenza\nMIME-Version: 1.0\n"

typedef struct {
	const char	*name, *raw, *typed;
	RnIntent	 says;
	guint		 attachments;
} Row;

static const Row rows[] = {
	{ "plain", HEAD "\nRINNOVA\n", "RINNOVA", RN_INTENT_RENEW, 0 },
	{ "empty", HEAD "\n", "", RN_INTENT_EMPTY, 0 },
	{ "no body at all", HEAD, "", RN_INTENT_EMPTY, 0 },
	{ "quoted-printable",
	    HEAD "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\ns=C3=AC rin=\nnova\n", "s\xc3\xac rinnova", RN_INTENT_RENEW, 0 },
	{ "base64",
	    HEAD "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: base64\n\nc+w=\n", "s\xc3\xac", RN_INTENT_YES, 0 },
	{ "html",
	    HEAD "Content-Type: text/html; charset=utf-8\n\n<div>si</div><blockquote type=cite>RINNOVA</blockquote>", "si", RN_INTENT_YES, 0 },
	{ "alternative",
	    HEAD "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nsi\n--b\nContent-Type: text/html\n\n<b>no</b>\n--b--\n", "si", RN_INTENT_YES, 0 },
	{ "alternative with an empty text",
	    HEAD "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n \n\n--b\nContent-Type: text/html\n\n<b>si</b>\n--b--\n", "si", RN_INTENT_YES, 0 },
	{ "related",
	    HEAD "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\nsi<img src='cid:logo@x'>\n--b\nContent-Type: image/png\nContent-ID: <logo@x>\n\nx\n--b--\n", "si", RN_INTENT_YES, 1 },
	{ "mixed",
	    HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nrinnova\n--b\nContent-Type: application/pdf; name=carta.pdf\nContent-Disposition: attachment; filename=carta.pdf\n\n%PDF-1.4\n--b--\n", "rinnova", RN_INTENT_RENEW, 1 },
	{ "mixed, text on both sides",
	    HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nrinnova\n--b\nContent-Type: image/jpeg\n\nx\n--b\n\ndomani\n--b--\n", "rinnova\ndomani", RN_INTENT_UNCLEAR, 1 },
	{ "attached text is not typed",
	    HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nvedi allegato\n--b\nContent-Type: text/plain; name=x.txt\nContent-Disposition: attachment; filename=x.txt\n\nRINNOVA\n--b--\n", "vedi allegato", RN_INTENT_UNCLEAR, 1 },
	{ "signed",
	    HEAD "Content-Type: multipart/signed; boundary=b\n\n--b\n\nsi\n--b\nContent-Type: application/pkcs7-signature\n\nx\n--b--\n", "si", RN_INTENT_YES, 1 },
	{ "message inside",
	    HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\nRINNOVA\n--b--\n", "", RN_INTENT_EMPTY, 1 },
	{ "only a message inside",
	    HEAD "Content-Type: message/rfc822\n\nSubject: x\n\nRINNOVA\n", "", RN_INTENT_EMPTY, 1 },
	{ "flowed",
	    HEAD "Content-Type: text/plain; format=flowed\n\nva \nbene\n> RINNOVA \n> x\n", "va bene", RN_INTENT_YES, 0 },
	{ "flowed, delsp",
	    HEAD "Content-Type: text/plain; format=flowed; delsp=yes\n\nrin \nnova\n", "rinnova", RN_INTENT_RENEW, 0 },
	{ "flowed, stuffed",
	    HEAD "Content-Type: text/plain; format=flowed\n\n > no quote\n", "", RN_INTENT_EMPTY, 0 },
	{ "no end of the multipart",
	    HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nsi\n", "si", RN_INTENT_YES, 0 },
	{ "no boundary", HEAD "Content-Type: multipart/mixed\n\nsi\n", "", RN_INTENT_EMPTY, 0 },
	/* the subject */
	{ "subject only", "From: lia@x.example\nSubject: RINNOVA\n\n\n", "RINNOVA", RN_INTENT_RENEW, 0 },
	{ "subject only, no",
	    "From: lia@x.example\nSubject: Non rinnovo\n\n", "Non rinnovo", RN_INTENT_NO, 0 },
	{ "subject of a reply", "From: lia@x.example\nSubject: Re: RINNOVA\n\n\n", "", RN_INTENT_EMPTY, 0 },
	{ "subject beside a quotation",
	    "From: lia@x.example\nSubject: RINNOVA\n\n> uno\n", "", RN_INTENT_EMPTY, 0 },
	{ "subject beside text",
	    "From: lia@x.example\nSubject: RINNOVA\n\nquanto costa?\n", "quanto costa?", RN_INTENT_QUESTION, 0 },
	{ "subject that asks", "From: lia@x.example\nSubject: Rinnova?\n\n", "", RN_INTENT_EMPTY, 0 },
	{ "subject ok", "From: lia@x.example\nSubject: ok\n\n", "", RN_INTENT_EMPTY, 0 },
};

static void
test_rows(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(RnFacts) f = parse(rows[i].raw, strlen(rows[i].raw));

		if (strcmp(f->typed_text, rows[i].typed) != 0 || f->intent != rows[i].says ||
		    f->attachments->len != rows[i].attachments)
			g_test_fail_printf("%s: \"%s\", %s, %u attachments", rows[i].name, f->typed_text,
			    rn_word(RN_WORDS_INTENT, f->intent), f->attachments->len);
	}
}

static void
test_attachments(void)
{
	static const char raw[] = HEAD
	    "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nsi\n--c\nContent-Type: text/html\n\nsi"
	    "<img src=\"cid:l\">\n--c--\n--b\nContent-Type: application/octet-stream; name=\"../../carta.pdf\"\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjQK\n"
	    "--b\nContent-Type: image/gif\nContent-ID: <l>\nContent-Transfer-Encoding: base64\n\n/9j/4AAQ\n--b--\n";
	g_autoptr(GBytes) bytes = g_bytes_new_static(raw, sizeof(raw) - 1);
	g_autoptr(RnFacts) f = parse(raw, sizeof(raw) - 1);
	g_autoptr(GBytes) data = NULL, none = NULL;
	g_autoptr(GError) error = NULL;
	const RnAttachment *pdf, *logo;

	g_assert_cmpuint(f->attachments->len, ==, 2);
	pdf = g_ptr_array_index(f->attachments, 0);
	logo = g_ptr_array_index(f->attachments, 1);
	g_assert_cmpstr(pdf->name, ==, "carta.pdf");
	g_assert_cmpstr(pdf->kind, ==, "pdf");
	g_assert_cmpstr(pdf->declared, ==, "application/octet-stream");
	g_assert_cmpuint(pdf->size, ==, 9);
	g_assert_cmpuint(pdf->index, ==, 2);
	g_assert_false(pdf->is_inline);
	g_assert_cmpuint(strlen(pdf->sha256), ==, 64);
	g_assert_cmpstr(logo->kind, ==, "jpeg");
	g_assert_true(logo->is_inline);
	data = rn_read_part(bytes, pdf->index, 100, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(g_bytes_get_data(data, NULL), g_bytes_get_size(data), "%PDF-1.4\n", 9);
	none = rn_read_part(bytes, pdf->index, 8, &error);
	g_assert_null(none);
	g_assert_error(error, RN_ERROR, RN_ERR_LIMIT);
	g_clear_error(&error);
	g_assert_null(rn_read_part(bytes, 99, 100, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_NOT_FOUND);
}

static void
test_token(void)
{
	static const char raw[] =
	    HEAD "\nsi\n> [codice: ABCDE-fghjk-mnpqr-stvwx-\n> yz012-34567-89abc-defgh]\n";
	g_autoptr(RnFacts) f = parse(raw, sizeof(raw) - 1);

	g_assert_cmpstr(f->body_token, ==, "abcdefghjkmnpqrstvwxyz0123456789abcdefgh");
}

/* What would end GMime is refused before it is asked. */
static void
test_limits(void)
{
	g_autoptr(GString) groups = g_string_new("To: r@y.example\nFrom: ");
	g_autoptr(GString) parts =
	    g_string_new("From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n");
	g_autoptr(GBytes) one = NULL, two = NULL;
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < 45000; i++)
		g_string_append(groups, "g:");
	g_string_append(groups, "\n\nsi\n");
	one = g_bytes_new(groups->str, groups->len);
	g_assert_null(rn_facts_parse(one, NULL, NULL, NULL, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_LIMIT);
	g_clear_error(&error);
	for (guint i = 0; i < 5000; i++)
		g_string_append(parts, "--b\n\nx\n");
	two = g_bytes_new(parts->str, parts->len);
	g_assert_null(rn_facts_parse(two, NULL, NULL, NULL, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_LIMIT);
}

/* The letter may be a whole message; what the body shares with it goes, marked or not. */
static void
test_letter(void)
{
	static const char letter[] =
	    "From: r@y.example\nSubject: x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
	    "La sua casella scadr=C3=A0 il 30/11/2026, per rinnovarla basta che lei risponda RINNOVA a questo messaggio.\n";
	static const char raw[] = HEAD
	    "Content-Type: text/plain; charset=iso-8859-1\n\nci penso\n\nLa sua casella scadr\xe0 il 30/11/2026, per rinnovarla basta che\nlei risponda\nRINNOVA\na questo messaggio.\n";
	g_autoptr(GBytes) bytes = g_bytes_new_static(raw, sizeof(raw) - 1),
	                  known = g_bytes_new_static(letter, sizeof(letter) - 1);
	g_autoptr(RnFacts) f = rn_facts_parse(bytes, NULL, known, NULL, NULL);

	g_assert_cmpstr(f->typed_text, ==, "ci penso");
	g_assert_false(f->charset_odd);
}

static void
test_round_trip(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(RnFacts) f = parse(rows[i].raw, strlen(rows[i].raw)), back = NULL;
		g_autoptr(GVariant) v = rn_facts_to_variant(f), wire = NULL, again = NULL;
		g_autoptr(GBytes) bytes = g_variant_get_data_as_bytes(v);
		g_autoptr(GError) error = NULL;

		wire =
		    g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(RN_FACTS_TYPE), bytes, FALSE));
		back = rn_facts_from_variant(wire, &error);
		g_assert_no_error(error);
		again = rn_facts_to_variant(back);
		g_assert_true(g_variant_equal(v, again));
		g_assert_cmpstr(back->typed_text, ==, f->typed_text);
		g_assert_cmpint(back->intent, ==, f->intent);
	}
}

static void
hostile_attachment(RnFacts *f, const char *kind, char digit, gsize digits)
{
	RnAttachment *a = g_new0(RnAttachment, 1);
	g_autoptr(GVariant) v = NULL;

	a->kind = g_strdup(kind);
	a->sha256 = g_strnfill(digits, digit);
	g_ptr_array_add(f->attachments, a);
	v = rn_facts_to_variant(f);
	g_assert_null(rn_facts_from_variant(v, NULL));
	g_ptr_array_set_size(f->attachments, (int)f->attachments->len - 1);
}

/* The answer of a child that somebody has taken over. */
static void
test_hostile(void)
{
	g_autoptr(RnFacts) f = parse(rows[9].raw, strlen(rows[9].raw));
	g_autoptr(GVariant) v = NULL;
	g_autofree guint8 *bytes = NULL;
	gsize size;

	f->intent = RN_INTENT_N;
	v = rn_facts_to_variant(f);
	g_assert_null(rn_facts_from_variant(v, NULL));
	g_clear_pointer(&v, g_variant_unref);
	f->intent = RN_INTENT_RENEW;
	f->class_ = RN_CLASS_N;
	v = rn_facts_to_variant(f);
	g_assert_null(rn_facts_from_variant(v, NULL));
	g_clear_pointer(&v, g_variant_unref);
	f->class_ = RN_CLASS_HUMAN;
	g_free(f->body_token);
	f->body_token = g_strdup("short");
	v = rn_facts_to_variant(f);
	g_assert_null(rn_facts_from_variant(v, NULL));
	g_clear_pointer(&v, g_variant_unref);
	v = g_variant_ref_sink(g_variant_new_string("no"));
	g_assert_null(rn_facts_from_variant(v, NULL));
	g_clear_pointer(&v, g_variant_unref);
	g_clear_pointer(&f->body_token, g_free);
	f->numbers = g_strdup("1;rm");
	v = rn_facts_to_variant(f);
	g_assert_null(rn_facts_from_variant(v, NULL));
	g_clear_pointer(&v, g_variant_unref);
	g_clear_pointer(&f->numbers, g_free);
	hostile_attachment(f, "pdf/../x", 'a', 64);
	hostile_attachment(f, "pdf", 'x', 64);
	hostile_attachment(f, "pdf", 'a', 63);
	v = rn_facts_to_variant(f);
	size = g_variant_get_size(v);
	bytes = g_memdup2(g_variant_get_data(v), size);
	for (gsize i = 0; i < size; i++) {
		g_autoptr(GBytes) cut = g_bytes_new(bytes, i);
		g_autoptr(GVariant) bad =
		    g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(RN_FACTS_TYPE), cut, FALSE));
		g_autoptr(RnFacts) none = rn_facts_from_variant(bad, NULL);

		g_assert_null(none);
	}
}

/* A typed text of megabytes stays within the cap, and is no yes. */
static void
test_huge(void)
{
	g_autoptr(GString) raw = g_string_new(HEAD "\n");
	g_autoptr(RnFacts) f = NULL, back = NULL;
	g_autoptr(GVariant) v = NULL;

	for (guint i = 0; i < 100000; i++)
		g_string_append(raw, "rinnova\n");
	f = parse(raw->str, raw->len);
	g_assert_cmpint(f->intent, ==, RN_INTENT_UNCLEAR);
	g_assert_cmpuint(strlen(f->typed_text), <, 65536);
	v = rn_facts_to_variant(f);
	g_assert_cmpuint(g_variant_get_size(v), <, 100000);
	back = rn_facts_from_variant(v, NULL);
	g_assert_nonnull(back);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	rn_read_init();
	g_test_add_func("/read_facts/rows", test_rows);
	g_test_add_func("/read_facts/attachments", test_attachments);
	g_test_add_func("/read_facts/token", test_token);
	g_test_add_func("/read_facts/limits", test_limits);
	g_test_add_func("/read_facts/letter", test_letter);
	g_test_add_func("/read_facts/round-trip", test_round_trip);
	g_test_add_func("/read_facts/hostile", test_hostile);
	g_test_add_func("/read_facts/huge", test_huge);
	return g_test_run();
}
