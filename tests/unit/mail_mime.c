/* The parts of a multipart byte by byte, what is signed in a message, and what is certified of it. */
#include <string.h>

#include "mail/daticert.h"
#include "mail/registered.h"

static GBytes *
bytes(const char *text)
{
	return g_bytes_new(text, strlen(text));
}

static char *
text_of(GBytes *b)
{
	gsize len;
	const char *data = g_bytes_get_data(b, &len);

	return data != NULL ? g_strndup(data, len) : g_strdup("");
}

#define HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n"

/* PARTS: what is found, with '|' between the parts; CLOSED: whether the closing delimiter was. */
static void
test_children(void)
{
	static const struct {
		const char	*text, *parts;
		gboolean	 closed;
	} rows[] = {
		{ HEAD "--b\r\nA\r\n--b\r\nB\r\n--b--\r\n", "A|B", TRUE },
		{ HEAD "pre\r\n--b\r\nA\r\n--b--\r\npost\r\n--b\r\nC\r\n", "A", TRUE },
		{ HEAD "--b\r\nA\r\n\r\n--b--", "A\r\n", TRUE },
		{ "Content-Type: multipart/mixed; boundary=b\n\n--b\nA\n\n--b\nB\n--b--\n", "A\n|B", TRUE },
		{ HEAD "--b\r\n--b\r\nB\r\n--b--\r\n", "|B", TRUE },
		{ HEAD "--b \t\r\nA\r\n--b-- \r\n", "A", TRUE },
		{ HEAD "--b\r\nA\r\n--bc\r\nB\r\n--b-x\r\n--b--\r\n", "A\r\n--bc\r\nB\r\n--b-x", TRUE },
		{ HEAD "--b\r\nA\r\n x--b\r\n--b--\r\n", "A\r\n x--b", TRUE },
		{ HEAD "--b\r\nA\r\n--b\r\nB\r\n", "A|B\r\n", FALSE },
		{ HEAD "--b--\r\n", "", TRUE },
		{ HEAD, "", FALSE },
		{ "Content-Type: multipart/mixed; boundary=\"a b\"\r\n\r\n--a b\r\nA\r\n--a b--\r\n", "A", TRUE },
		{ "Content-Type: multipart/mixed (x); x=\"boundary=c\"; boundary=b (y)\r\n\r\n--b\r\nA\r\n--b--\r\n", "A", TRUE },
		{ "Content-Type: multipart/mixed; boundary=b; boundary=c\r\n\r\n--b\r\nA\r\n--b--\r\n", "", FALSE },
		{ "Content-Type: multipart/mixed; boundary=b\r\nContent-Type: text/plain\r\n\r\n--b\r\nA\r\n--b--\r\n", "", FALSE },
		{ "Content-Type: multipart/mixed\r\n\r\n--b\r\nA\r\n--b--\r\n", "", FALSE },
		{ "Content-Type: text/plain; boundary=b\r\n\r\n--b\r\nA\r\n--b--\r\n", "", FALSE },
		{ "Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\nA\r\n----\r\n", "", FALSE },
		{ "Content-Type: multipart/mixed; boundary=\"b\r\n\r\n--b\r\nA\r\n--b--\r\n", "", FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GBytes) raw = bytes(rows[i].text);
		g_autoptr(RnMimePart) part = rn_mime_open(raw);
		gboolean closed = !rows[i].closed;
		g_autoptr(GPtrArray) all = rn_mime_children(part, 10, &closed);
		g_autoptr(GString) got = g_string_new(NULL);

		for (guint k = 0; k < all->len; k++) {
			g_autofree char *text = text_of(g_ptr_array_index(all, k));

			g_string_append_printf(got, "%s%s", k > 0 ? "|" : "", text);
		}
		g_test_message("row %d", (int)i);
		g_assert_cmpstr(got->str, ==, rows[i].parts);
		g_assert_cmpint(closed, ==, rows[i].closed);
	}
}

/* More parts than allowed: no signature over the first ones is believed. */
static void
test_too_many(void)
{
	g_autoptr(GBytes) raw = bytes(HEAD "--b\r\nA\r\n--b\r\nB\r\n--b\r\nC\r\n--b--\r\n");
	g_autoptr(RnMimePart) part = rn_mime_open(raw);
	gboolean closed = TRUE;
	g_autoptr(GPtrArray) all = rn_mime_children(part, 2, &closed);

	g_assert_cmpuint(all->len, ==, 2);
	g_assert_false(closed);
}

static void
test_decode(void)
{
	static const struct {
		const char	*encoding, *body, *out;	/* OUT NULL: refused */
	} rows[] = {
		{ "base64", "Y2lh\r\nbw==\r\n", "ciao" }, { "BASE64", "Y2lhbw==", "ciao" },
		{ "base64", "Y2lhbw=", NULL }, { "base64", "Y2lh-bw=", NULL }, { "base64", "", NULL },
		{ "base64", "Y2lhbw==\r\ntesto", NULL }, { "7bit", "a=3D\r\n", "a=3D\r\n" }, { "binary", "x", "x" },
		{ "quoted-printable", "a=3Db=\r\nc=\nd=Zz=", "a=bcd=Zz=" }, { "uuencode", "x", NULL },
		{ "7bit\r\nContent-Transfer-Encoding: base64", "Y2lhbw==", NULL }, { "", "x", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(
		    "Content-Transfer-Encoding: %s\r\n\r\n%s", rows[i].encoding, rows[i].body);
		g_autoptr(GBytes) raw = bytes(text), out = NULL;
		g_autoptr(RnMimePart) part = rn_mime_open(raw);
		g_autofree char *got = NULL;

		out = rn_mime_decode(part);
		got = out != NULL ? text_of(out) : NULL;
		g_test_message("row %d", (int)i);
		g_assert_cmpstr(got, ==, rows[i].out);
	}
}

static void
test_canonical(void)
{
	static const char *const rows[][2] = { { "a\nb\n", "a\r\nb\r\n" }, { "a\r\nb\n", "a\r\nb\r\n" },
		{ "a\r\n", "a\r\n" }, { "\n\n", "\r\n\r\n" }, { "a\rb\nc", "a\rb\r\nc" }, { "a", "a" },
		{ "", "" } };

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GBytes) raw = bytes(rows[i][0]), out = rn_mime_canonical(raw);
		g_autofree char *got = text_of(out);

		g_assert_cmpstr(got, ==, rows[i][1]);
	}
}

#define CERT(tipo, more)                                                                                     \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?><postacert tipo=\"" tipo "\" errore=\"nessuno\">"             \
	"<intestazione><mittente> A@b.example </mittente><destinatari tipo=\"esterno\">x@y.example</destinatari>"  \
	"<destinatari>z@y.example</destinatari><risposte>r@b.example</risposte> stray </intestazione>"             \
	"<dati><gestore-emittente>P &amp; Q</gestore-emittente><data zona=\"+0100\"><giorno>31/03/2026</giorno>"   \
	"<ora>12:00:05</ora></data><identificativo>n1@p.example</identificativo><msgid>&lt;m@b.example&gt;</msgid>" more \
	"</dati></postacert>"

static void
test_daticert(void)
{
	g_autoptr(GBytes) xml = bytes(CERT("avvenuta-consegna",
	    "<ricevuta tipo=\"completa\"/><consegna>z@y.example</consegna><errore-esteso>5.1.1 - \xc3\xa8</errore-esteso>"));
	g_autoptr(RnRegistered) reg = rn_registered_new(RN_REG_UNKNOWN);
	const char *why = "unset";

	g_assert_true(rn_daticert_read(xml, reg, &why));
	g_assert_null(why);
	g_assert_cmpint(reg->kind, ==, RN_REG_DELIVERED);
	g_assert_cmpstr(reg->mittente, ==, "A@b.example");
	g_assert_cmpstr(reg->provider, ==, "P & Q");
	g_assert_cmpstr(reg->identificativo, ==, "n1@p.example");
	g_assert_cmpstr(reg->msgid, ==, "m@b.example");
	g_assert_cmpstr(reg->consegna, ==, "z@y.example");
	g_assert_cmpstr(reg->code, ==, "5.1.1 - \xc3\xa8");
	g_assert_cmpstr(reg->receipt, ==, "completa");
	g_assert_cmpint(reg->time, ==, 1774954805);
	g_assert_cmpuint(reg->recipients->len, ==, 2);
	g_assert_false(((RnRegRecipient *)g_ptr_array_index(reg->recipients, 0))->certified);
	g_assert_true(((RnRegRecipient *)g_ptr_array_index(reg->recipients, 1))->certified);
}

static void
test_daticert_odd(void)
{
	static const char *const refused[] = { "", "no xml", "<postacert/>", "<postacert><dati/></postacert>",
		"<postacert><intestazione/><intestazione/><dati/></postacert>",
		CERT("accettazione", "<identificativo>n2@p.example</identificativo>"),
		"<!DOCTYPE postacert><postacert><intestazione/><dati/></postacert>",
		"<postacert><intestazione/><dati>&x;</dati></postacert>",
		"<altro><intestazione/><dati/></altro>" };
	static const char *const odd_times[] = { "<giorno>31/02/2026", "<giorno>1/03/2026",
		"<giorno>31-03-2026", "<giorno>" };

	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autoptr(GBytes) xml = bytes(refused[i]);
		g_autoptr(RnRegistered) reg = rn_registered_new(RN_REG_UNKNOWN);
		const char *why = NULL;

		g_test_message("row %d", (int)i);
		g_assert_false(rn_daticert_read(xml, reg, &why));
		g_assert_nonnull(why);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(odd_times); i++) {
		g_auto(GStrv) parts = g_strsplit(CERT("mancata-consegna", ""), "<giorno>31/03/2026", 2);
		g_autofree char *text = g_strconcat(parts[0], odd_times[i], parts[1], NULL);
		g_autoptr(GBytes) xml = bytes(text);
		g_autoptr(RnRegistered) reg = rn_registered_new(RN_REG_TRANSPORT);
		const char *why = NULL;

		g_assert_true(rn_daticert_read(xml, reg, &why));
		g_assert_cmpint(reg->time, ==, 0);
		g_assert_cmpint(reg->kind, ==, RN_REG_UNKNOWN);	/* a kind that the law does not know */
	}
}

/* The header claims, the structure decides which bytes a signature would cover. */
static void
test_sealed(void)
{
	static const struct {
		const char	*text;
		RnSeal		 seal;
		gboolean	 registered;
		RnRegKind	 claim;
		RnFault		 fault;
	} rows[] = {
		{ "Subject: POSTA CERTIFICATA: x\r\n\r\nciao\r\n", RN_SEAL_NONE, FALSE, RN_REG_SMIME, RN_FAULT_NONE },
		{ "x-trasporto: Posta-Certificata\r\n\r\n", RN_SEAL_NONE, TRUE, RN_REG_TRANSPORT, RN_FAULT_NOT_SIGNED },
		{ "X-Trasporto: errore\r\n\r\n", RN_SEAL_NONE, TRUE, RN_REG_ANOMALY, RN_FAULT_NOT_SIGNED },
		{ "X-Trasporto: accettazione\r\n\r\n", RN_SEAL_NONE, TRUE, RN_REG_UNKNOWN, RN_FAULT_NOT_SIGNED },
		{ "X-Ricevuta: errore-consegna\r\n\r\n", RN_SEAL_NONE, TRUE, RN_REG_FAILED, RN_FAULT_NOT_SIGNED },
		{ "X-Ricevuta: posta-certificata\r\n\r\n", RN_SEAL_NONE, TRUE, RN_REG_UNKNOWN, RN_FAULT_NOT_SIGNED },
		{ "X-Ricevuta: mancata-consegna\r\n\r\n", RN_SEAL_NONE, TRUE, RN_REG_UNKNOWN, RN_FAULT_NOT_SIGNED },
		{ "X-Ricevuta: accettazione\r\nX-Trasporto: errore\r\n\r\n", RN_SEAL_NONE, TRUE, RN_REG_UNKNOWN, RN_FAULT_NOT_SIGNED },
		{ "Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\r\nx", RN_SEAL_OPAQUE, FALSE, RN_REG_SMIME, RN_FAULT_NONE },
		{ "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\nA: x\r\n\r\n--b\r\n"
		  "Content-Type: application/pgp-signature\r\n\r\n--b--\r\n", RN_SEAL_OPENPGP, FALSE, RN_REG_SMIME, RN_FAULT_NONE },
		{ "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\nA: x\r\n\r\n--b\r\n"
		  "Content-Type: application/pkcs7-signature\r\n\r\n--b--\r\n", RN_SEAL_CMS, FALSE, RN_REG_SMIME, RN_FAULT_NONE },
		{ "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
		  "--c\r\nContent-Type: application/xml; name=DATICERT.XML\r\n\r\n<x/>\r\n--c--\r\n--b\r\n"
		  "Content-Type: application/x-pkcs7-signature\r\n\r\n--b--\r\n", RN_SEAL_CMS, TRUE, RN_REG_UNKNOWN, RN_FAULT_NONE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GBytes) raw = bytes(rows[i].text);
		g_autoptr(RnHead) head = rn_head_scan(raw, NULL, NULL);
		g_autoptr(RnSealed) s = rn_sealed_read(raw, head);

		g_test_message("row %d", (int)i);
		g_assert_cmpint(s->seal, ==, rows[i].seal);
		g_assert_cmpint(s->registered, ==, rows[i].registered);
		g_assert_cmpint(s->claim, ==, rows[i].claim);
		g_assert_cmpint(s->fault, ==, rows[i].fault);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/mime/children", test_children);
	g_test_add_func("/mail/mime/too-many", test_too_many);
	g_test_add_func("/mail/mime/decode", test_decode);
	g_test_add_func("/mail/mime/canonical", test_canonical);
	g_test_add_func("/mail/mime/daticert", test_daticert);
	g_test_add_func("/mail/mime/daticert-odd", test_daticert_odd);
	g_test_add_func("/mail/mime/sealed", test_sealed);
	return g_test_run();
}
