/* mail_session: the record of an SMTP session, written, read and forged; and the digest of a body. */
#include "mail/session.h"

#include <string.h>

#include "mail/digest.h"
#include "mail/keyring.h"

#define DOMAIN "ordine.example"
#define RCPT "rinnovo+abc@ordine.example"
#define KEYS \
	"3 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 2026-01-01\n" \
	"4 1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100 2026-06-01\n"
/* Worked out apart from this code (Python: hmac). */
#define KNOWN \
	"v=1; k=4; t=1795729731; q=4QxT1z; c=192.0.2.1;\n\th=mail.posta.example; s=TLSv1.3; a=maria%20rossi; i=1; " \
	"f=1;\n\tr=e20e2fcaf2b8149c;\n\tm=6edae7850f987a53bc321878e7cfbe31a34d0220094c76febc7eca53dce3252e"

static RnKeyRing *
ring(void)
{
	g_autoptr(GError) error = NULL;
	RnKeyRing *r = rn_keyring_parse(KEYS, "keys", &error);

	g_assert_no_error(error);
	return r;
}

static char *
sign(const RnSession *s, const char *digest)
{
	g_autoptr(RnKeyRing) r = ring();
	char *rcpts[] = { (char *)RCPT };

	return rn_session_sign(r, DOMAIN, s, rcpts, 1, NULL, digest);
}

static RnSession
sample(void)
{
	return (RnSession){ .taken = 1795729731,
		.queue_id = (char *)"4QxT1z",
		.client = (char *)"192.0.2.1",
		.helo = (char *)"mail.posta.example",
		.tls = (char *)"TLSv1.3",
		.user = (char *)"maria rossi",
		.has_id = TRUE,
		.stripped = TRUE };
}

/* The verdict on VALUE, with its reason. */
static char *
check(const char *value, const char *rcpt, const char *digest)
{
	g_autoptr(RnKeyRing) r = ring();
	g_autoptr(RnSession) s = rn_session_new();
	const char *why;
	RnSessionVerdict v = rn_session_check(r, "Ordine.EXAMPLE", value, rcpt, NULL, digest, s, &why);

	g_assert_true((v == RN_SESSION_GOOD) == (why == NULL));
	if (v != RN_SESSION_GOOD)
		g_assert_true(s->taken == 0 && s->queue_id == NULL && s->client == NULL && s->helo == NULL &&
		    s->tls == NULL && s->user == NULL);
	return g_strdup_printf(
	    "%s%s%s", rn_word(RN_WORDS_SESSION, v), why != NULL ? " " : "", why != NULL ? why : "");
}

static void
test_known(void)
{
	RnSession s = sample();
	g_autofree char *value = sign(&s, "d1");
	g_autofree char *verdict = check(KNOWN, "Rinnovo+ABC@ordine.example", "d1");

	g_assert_cmpstr(value, ==, KNOWN);
	g_assert_cmpstr(verdict, ==, "good");
}

static void
test_read(void)
{
	g_autoptr(RnKeyRing) r = ring();
	RnSession s = { .taken = 7, .helo = (char *)"a;b, =%\n\"è", .user = (char *)"" };
	g_autofree char *value = sign(&s, "d");
	g_autoptr(RnSession) got = rn_session_new();
	const char *why;

	g_assert_cmpint(rn_session_check(r, DOMAIN, value, NULL, NULL, "d", got, &why), ==, RN_SESSION_GOOD);
	g_assert_cmpint(got->taken, ==, 7);
	g_assert_cmpstr(got->helo, ==, "a;b, =%?\"è");
	g_assert_null(got->queue_id);
	g_assert_null(got->client);
	g_assert_null(got->tls);
	g_assert_null(got->user);
	g_assert_false(got->has_id);
}

/* The longest texts still give a field that is read. */
static void
test_long(void)
{
	g_autoptr(RnKeyRing) r = ring();
	g_autofree char *helo = g_strnfill(999, ';');
	g_autoptr(GString) letters = g_string_new("x");
	char *rcpts[RN_SESSION_RCPTS + 1];
	g_autofree char *value = NULL, *verdict = NULL;
	RnSession s = { .queue_id = helo, .client = helo, .helo = helo, .tls = helo };

	for (int i = 0; i < 200; i++)
		g_string_append(letters, "è");
	s.user = letters->str;
	for (int i = 0; i <= RN_SESSION_RCPTS; i++)
		rcpts[i] = (char *)RCPT;
	value = rn_session_sign(r, DOMAIN, &s, rcpts, RN_SESSION_RCPTS, NULL, "d");
	verdict = check(value, RCPT, "d");
	g_assert_cmpstr(verdict, ==, "good");
	g_assert_null(rn_session_sign(r, DOMAIN, &s, rcpts, RN_SESSION_RCPTS + 1, NULL, "d"));
}

/* Not one byte can be changed. White space may: servers fold. */
static void
test_forged(void)
{
	RnSession s = sample();
	g_autofree char *value = sign(&s, "d1");
	gsize len = strlen(value);
	static const struct {
		const char	*value, *rcpt, *digest, *want;
	} rows[] = {
		{ KNOWN, RCPT, "d2", "bad its signature does not fit: forged, of another message, or the body was changed" },
		{ KNOWN, "rinnovo+abd@ordine.example", "d1", "bad it is for another recipient" },
		{ KNOWN, NULL, "d1", "good" },
		{ " " KNOWN "\r\n\t ", RCPT, "d1", "good" },
		{ KNOWN ";", RCPT, "d1", "bad it is not written as ours are" },
		{ "", RCPT, "d1", "bad it is not written as ours are" },
		{ "v=1; k=9; t=1; q=; c=; h=; s=; a=; i=1; f=0; r=; m=0000000000000000000000000000000000000000000000000000000000000000",
		    RCPT, "d1", "bad it is signed with an unknown key" },
		{ "v=2; k=4; t=1; q=; c=; h=; s=; a=; i=1; f=0; r=; m=0000000000000000000000000000000000000000000000000000000000000000",
		    RCPT, "d1", "bad it is not written as ours are" },
		{ "v=1; k=4; t=-1; q=; c=; h=; s=; a=; i=1; f=0; r=; m=0000000000000000000000000000000000000000000000000000000000000000",
		    RCPT, "d1", "bad it is not written as ours are" },
		{ "v=1; k=4; t=1; q=; c=; h=%zz; s=; a=; i=1; f=0; r=; m=0000000000000000000000000000000000000000000000000000000000000000",
		    RCPT, "d1", "bad it is not written as ours are" },
		{ "v=1; k=4; t=1; q=; c=; h=%ff; s=; a=; i=1; f=0; r=; m=0000000000000000000000000000000000000000000000000000000000000000",
		    RCPT, "d1", "bad it is not written as ours are" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *got = check(rows[i].value, rows[i].rcpt, rows[i].digest);

		g_assert_cmpstr(got, ==, rows[i].want);
	}
	for (gsize i = 0; i < len; i++) {
		g_autofree char *other = g_strdup(value), *got = NULL;

		if (g_ascii_isspace(other[i]))
			continue;
		other[i] = other[i] == 'a' ? 'b' : 'a';
		got = check(other, RCPT, "d1");
		g_assert_true(g_str_has_prefix(got, "bad "));
	}
}

/* What was signed with a key that has been retired, or for another site, is not believed; without a key
 * nothing is known. */
static void
test_keys(void)
{
	RnSession s = sample();
	g_autofree char *value = sign(&s, "d1");
	g_autoptr(RnKeyRing) r = ring();
	g_autoptr(RnSession) got = rn_session_new();
	const char *why;

	g_assert_cmpint(
	    rn_session_check(NULL, DOMAIN, value, RCPT, NULL, "d1", got, &why), ==, RN_SESSION_NONE);
	g_assert_cmpint(
	    rn_session_check(r, "altro.example", value, RCPT, NULL, "d1", got, &why), ==, RN_SESSION_BAD);
	r->n = 1;
	g_assert_cmpint(rn_session_check(r, DOMAIN, value, RCPT, NULL, "d1", got, &why), ==, RN_SESSION_BAD);
	g_assert_cmpstr(why, ==, "it is signed with an unknown key");
}

static void
test_head(void)
{
	static const struct {
		const char	*before;
		RnSessionVerdict want;
	} rows[] = {
		{ "X-Rinnova-Session: " KNOWN "\r\n", RN_SESSION_GOOD },
		{ "x-rinnova-SESSION : " KNOWN "\r\n", RN_SESSION_GOOD },
		{ "From: a@b.example\r\n", RN_SESSION_NONE },
		{ "X-Rinnova-Session: " KNOWN "\r\nX-Rinnova-Session: " KNOWN "\r\n", RN_SESSION_BAD },
		{ "X-Rinnova-Session: v=1\r\n", RN_SESSION_BAD },
	};
	g_autoptr(RnKeyRing) r = ring();

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strconcat(rows[i].before, "\r\nbody\r\n", NULL);
		g_autoptr(GBytes) raw = g_bytes_new(text, strlen(text));
		g_autoptr(RnHead) head = rn_head_scan(raw, NULL, NULL);
		g_autoptr(RnSession) s = rn_session_new();
		const char *why;

		g_assert_cmpint(rn_session_of(r, DOMAIN, head, RCPT, "d1", s, &why), ==, rows[i].want);
	}
}

/* A record that its sender got to see (a DSN brings the header back) is good for no other letter. */
static void
test_message(void)
{
	static const char *const own =
	    "Message-ID: <1@b.example>\nIn-Reply-To: <n.t@x.example>\nContent-Type: text/plain\n";
	static const struct {
		gboolean	 has_id;
		const char	*head;
		RnSessionVerdict want;
	} rows[] = {
		{ TRUE, "Received: x\nMESSAGE-ID:\n <1@b.example>\nSubject: x\nIn-Reply-To:  <n.t@x.example>\nContent-Type: text/plain\n", RN_SESSION_GOOD },
		{ TRUE, "Message-ID: <2@b.example>\nIn-Reply-To: <n.t@x.example>\nContent-Type: text/plain\n", RN_SESSION_BAD },
		{ TRUE, "Message-ID: <1@b.example>\nIn-Reply-To: <n.u@x.example>\nContent-Type: text/plain\n", RN_SESSION_BAD },
		{ TRUE, "Message-ID: <1@b.example>\nReferences: <n.t@x.example>\nContent-Type: text/plain\n", RN_SESSION_BAD },
		{ TRUE, "Message-ID: <1@b.example>\nIn-Reply-To: <n.t@x.example>\nContent-Type: text/html\n", RN_SESSION_BAD },
		{ TRUE, "Message-ID: <1@b.example>\nIn-Reply-To: <n.t@x.example>\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n", RN_SESSION_BAD },
		{ FALSE, "In-Reply-To: <n.t@x.example>\nContent-Type: text/plain\nMessage-ID: <put-in@mx.example>\n", RN_SESSION_GOOD },
		{ FALSE, "Content-Type: text/plain\n", RN_SESSION_BAD },
	};
	g_autoptr(RnKeyRing) r = ring();
	g_autoptr(GBytes) first = g_bytes_new_static(own, strlen(own));
	g_autoptr(RnHead) signed_head = rn_head_scan(first, NULL, NULL);
	char *rcpts[] = { (char *)RCPT };

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		RnSession s = { .taken = 7, .has_id = rows[i].has_id };
		g_autofree char *value = rn_session_sign(r, DOMAIN, &s, rcpts, 1, signed_head, "d");
		g_autoptr(GBytes) raw = g_bytes_new_static(rows[i].head, strlen(rows[i].head));
		g_autoptr(RnHead) head = rn_head_scan(raw, NULL, NULL);
		g_autoptr(RnSession) got = rn_session_new();
		const char *why;

		if (rn_session_check(r, DOMAIN, value, RCPT, head, "d", got, &why) != rows[i].want)
			g_error("row %zu", i);
	}
}

/* --- the digest --- */

/* Fed whole and byte by byte. */
static char *
digest(const char *text, gsize len)
{
	g_autoptr(RnDigest) whole = rn_digest_new();
	g_autoptr(RnDigest) slow = rn_digest_new();
	g_autofree char *other = NULL;
	char *got;

	rn_digest_feed(whole, text, len);
	rn_digest_feed(whole, NULL, 0);
	for (gsize i = 0; i < len; i++)
		rn_digest_feed(slow, text + i, 1);
	got = rn_digest_end(whole);
	other = rn_digest_end(slow);
	g_assert_cmpstr(got, ==, other);
	return got;
}

static void
test_digest(void)
{
	static const struct {
		const char	*one, *two;
		gboolean	 same;
	} rows[] = {
		{ "a\r\nb\r\n", "a\nb\n", TRUE },
		{ "a\r\n", "a", FALSE },
		{ "a\rb\r\n", "a\rb\n", TRUE },
		{ "a\rb\r\n", "a\r\nb\r\n", FALSE },
		{ "a\r", "a", FALSE },
		{ "a\r\r\n", "a\r\n", FALSE },
		{ "a \r\n", "a\r\n", FALSE },
		{ "\r\n", "", FALSE },
		{ "\r\n\r\n", "\n\n", TRUE },
		{ "a\r\n b", "ab", FALSE },
	};
	g_autofree char *known = digest("RINNOVA\n", 8);

	/* printf 'RINNOVA\r\n' | sha256sum */
	g_assert_cmpstr(known, ==, "80eb4ab903cb493a4327c2bf29686d0d3dd73d068fc799da11c96d2302fc9279");
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *one = digest(rows[i].one, strlen(rows[i].one));
		g_autofree char *two = digest(rows[i].two, strlen(rows[i].two));

		if (g_str_equal(one, two) != rows[i].same)
			g_error("row %zu", i);
	}
}

/* LINE of LEFT bytes as Postfix's smtp and lmtp clients write it: smtp_text_out() in smtp_proto.c. */
static void
put_line(GString *out, const char *line, gsize left)
{
	gsize space = 998;

	while (left >= space) {
		g_string_append_len(out, line, (gssize)space);
		g_string_append(out, "\r\n");
		line += space;
		left -= space;
		if (left == 0)
			return;
		g_string_append_c(out, ' ');
		space = 997;
	}
	g_string_append_len(out, line, (gssize)left);
	g_string_append(out, "\r\n");
}

static GString *
as_postfix(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GString *out = g_string_new(NULL);

	for (guint i = 0; lines[i + 1] != NULL; i++)	/* the last one is the nothing behind the last line */
		put_line(out, lines[i], strlen(lines[i]));
	return out;
}

static void
test_broken_lines(void)
{
	static const int lengths[] = { 1, 997, 998, 999, 1994, 1995, 1996, 2992, 2993, 5000 };
	static const char *const behind[] = { "", "x\n", " x\n", "\n", "  \n" };

	for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++)
		for (gsize k = 0; k < G_N_ELEMENTS(behind); k++) {
			g_autofree char *line = g_strnfill((gsize)lengths[i], 'y');
			g_autofree char *text = g_strconcat("a\n", line, "\n", behind[k], NULL);
			g_autoptr(GString) wire = as_postfix(text);
			g_autofree char *before = digest(text, strlen(text));
			g_autofree char *after = digest(wire->str, wire->len);

			if (!g_str_equal(before, after))
				g_error("%d bytes, then \"%s\"", lengths[i], behind[k]);
		}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/session/known", test_known);
	g_test_add_func("/mail/session/read", test_read);
	g_test_add_func("/mail/session/long", test_long);
	g_test_add_func("/mail/session/forged", test_forged);
	g_test_add_func("/mail/session/keys", test_keys);
	g_test_add_func("/mail/session/head", test_head);
	g_test_add_func("/mail/session/message", test_message);
	g_test_add_func("/mail/digest", test_digest);
	g_test_add_func("/mail/digest/broken-lines", test_broken_lines);
	return g_test_run();
}
