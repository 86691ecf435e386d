/* lmtp_proto.c: dialogues with the LMTP state machine: what is said, what is answered, what is delivered. */
#include <string.h>

#include "prog/lmtp.h"
#include "prog/lmtp_args.h"
#include "prog/lmtp_dots.h"

#define MAX_MESSAGE 1000
#define HI "LHLO mx.example\r\n"
#define EHLO_REPLY \
	"250-us|250-PIPELINING|250-SIZE 1000|250-8BITMIME|250-SMTPUTF8|250-XFORWARD NAME ADDR PROTO HELO IDENT|250-XNOSENDER|" \
	"250 ENHANCEDSTATUSCODES|"
#define FROM_A "MAIL FROM:<a@posta.example>\r\n"
#define OTHER "RCPT TO:<x@altrove.example>\r\n"
#define X "DATA\r\nx\r\n.\r\n"
#define TO(x) "RCPT TO:<" x "@ordine.example>\r\n"

/* What the host was given: one line a delivery, "rcpt sender queue-id client [message]". */
typedef struct {
	GString		*seen;
	RnOutcome	 outcome;
} Fake;

static gboolean
ours(const char *rcpt, G_GNUC_UNUSED gpointer data)
{
	return g_str_has_suffix(rcpt, "@ordine.example");
}

static RnOutcome
deliver(GBytes *raw, const RnEnvelope *env, gpointer data)
{
	Fake *f = data;
	gsize len;
	const char *text = g_bytes_get_data(raw, &len);

	g_string_append_printf(f->seen, "%s %s %s %s [", env->rcpt, env->sender != NULL ? env->sender : "?",
	    env->queue_id != NULL ? env->queue_id : "-", env->client != NULL ? env->client : "-");
	if (len > 0)
		g_string_append_len(f->seen, text, (gssize)len);
	g_string_append(f->seen, "]\n");
	if (strcmp(env->rcpt, "later@ordine.example") == 0)
		return RN_OUT_LATER;
	return strcmp(env->rcpt, "held@ordine.example") == 0 ? RN_OUT_HELD : RN_OUT_DONE;
}

typedef struct {
	const char	*name;
	const char	*say;
	gsize		 len;		/* 0: strlen */
	const char	*codes;		/* replies behind the greeting: first 9 characters of each, '|' behind it */
	const char	*seen;
	gboolean	 ends;
} Row;

static const Row rows[] = {
	{ "hello", HI, 0, "", "", FALSE },
	{ "one", HI FROM_A TO("r") "DATA\r\nA: 1\r\n\r\nRINNOVA\r\n.\r\nQUIT\r\n", 0,
	    "250 2.1.0|250 2.1.5|354|250 2.0.0|221 2.0.0|", "r@ordine.example a@posta.example - - [A: 1\r\n\r\nRINNOVA\r\n]\n", TRUE },
	{ "a reply for each, in order, twice for one named twice",
	    HI FROM_A TO("r") TO("later") TO("r") TO("held") X, 0,
	    "250 2.1.0|250 2.1.5|250 2.1.5|250 2.1.5|250 2.1.5|354|250 2.0.0|451 4.3.0|250 2.0.0|250 2.0.0|",
	    "r@ordine.example a@posta.example - - [x\r\n]\nlater@ordine.example a@posta.example - - [x\r\n]\n"
	    "r@ordine.example a@posta.example - - [x\r\n]\nheld@ordine.example a@posta.example - - [x\r\n]\n", FALSE },
	{ "a refused recipient gets no second reply", HI FROM_A OTHER TO("r") X, 0,
	    "250 2.1.0|550 5.1.1|250 2.1.5|354|250 2.0.0|", "r@ordine.example a@posta.example - - [x\r\n]\n", FALSE },
	{ "no recipient left", HI FROM_A OTHER "DATA\r\n", 0, "250 2.1.0|550 5.1.1|503 5.5.1|", "", FALSE },
	{ "two messages, pipelined",
	    HI FROM_A TO("r") "DATA\r\n1\r\n.\r\n" "MAIL FROM:<b@posta.example>\r\n" TO("s") "DATA\r\n2\r\n.\r\n", 0,
	    "250 2.1.0|250 2.1.5|354|250 2.0.0|250 2.1.0|250 2.1.5|354|250 2.0.0|",
	    "r@ordine.example a@posta.example - - [1\r\n]\ns@ordine.example b@posta.example - - [2\r\n]\n", FALSE },
	{ "dots", HI FROM_A TO("r") "DATA\r\n..\r\n..x\r\n.y\r\nz.\r\n.\r\n", 0, "250 2.1.0|250 2.1.5|354|250 2.0.0|",
	    "r@ordine.example a@posta.example - - [.\r\n.x\r\ny\r\nz.\r\n]\n", FALSE },
	{ "an end needs CRLF on both sides", HI FROM_A TO("r") "DATA\r\na\n.\nb\n.\r\nc\r\n.\nd\r\n.\re\r.\r\nf\r\n.\r\n", 0,
	    "250 2.1.0|250 2.1.5|354|250 2.0.0|",
	    "r@ordine.example a@posta.example - - [a\n.\nb\n.\r\nc\r\n\nd\r\n\re\r.\r\nf\r\n]\n", FALSE },
	{ "empty message", HI FROM_A TO("r") "DATA\r\n.\r\n", 0, "250 2.1.0|250 2.1.5|354|250 2.0.0|",
	    "r@ordine.example a@posta.example - - []\n", FALSE },
	{ "null sender", HI "MAIL FROM:<>\r\n" TO("r") X, 0, "250 2.1.0|250 2.1.5|354|250 2.0.0|",
	    "r@ordine.example  - - [x\r\n]\n", FALSE },
	{ "unknown sender, that is not the null sender",
	    HI "MAIL FROM:<> XNOSENDER\r\n" TO("r") X "MAIL FROM:<>\r\n" TO("r")
	    "DATA\r\ny\r\n.\r\n", 0, "250 2.1.0|250 2.1.5|354|250 2.0.0|250 2.1.0|250 2.1.5|354|250 2.0.0|",
	    "r@ordine.example ? - - [x\r\n]\nr@ordine.example  - - [y\r\n]\n", FALSE },
	{ "parameters", HI "mail from:<a@posta.example> SIZE=12 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x\r\n"
	    "rcpt to:<r@ordine.example> NOTIFY=NEVER ORCPT=rfc822;r@ordine.example\r\n", 0, "250 2.1.0|250 2.1.5|", "", FALSE },
	{ "parameter nobody offered", HI "MAIL FROM:<a@posta.example> BODY=BINARYMIME\r\n" TO("r"), 0,
	    "555 5.5.4|503 5.5.1|", "", FALSE },
	{ "UTF-8 addresses", HI "MAIL FROM:<d\303\262tt@p\303\262sta.example> SMTPUTF8\r\n" TO("r") X, 0,
	    "250 2.1.0|250 2.1.5|354|250 2.0.0|", "r@ordine.example d\303\262tt@p\303\262sta.example - - [x\r\n]\n", FALSE },
	{ "bytes that are no UTF-8", HI "MAIL FROM:<d\362tt@posta.example>\r\n", 0, "501 5.1.7|", "", FALSE },
	{ "quoted local part and source route", HI "MAIL FROM:<\"a >b\"@posta.example>\r\nRCPT TO:<@x.example,@y.example:r@ordine.example>\r\n"
	    X, 0, "250 2.1.0|250 2.1.5|354|250 2.0.0|", "r@ordine.example \"a >b\"@posta.example - - [x\r\n]\n", FALSE },
	{ "paths that are none", HI "MAIL FROM:a@posta.example\r\nMAIL FROM:<a@posta.example\r\nMAIL FROM:<a@b>x\r\nMAIL TO:<a@b>\r\nMAIL\r\n"
	    "MAIL FROM:<a b@c>\r\nMAIL FROM:<a\001@c>\r\n", 0, "501 5.1.7|501 5.1.7|501 5.1.7|501 5.1.7|501 5.1.7|501 5.1.7|501 5.1.7|", "", FALSE },
	{ "too large as announced", HI "MAIL FROM:<a@posta.example> SIZE=1001\r\nMAIL FROM:<a@posta.example> SIZE=x\r\n"
	    "MAIL FROM:<a@posta.example> SIZE=1000\r\n", 0, "552 5.3.4|501 5.5.4|250 2.1.0|", "", FALSE },
	{ "SMTP is not spoken", "HELO x\r\nEHLO x\r\n", 0, "500 5.5.1|500 5.5.1|", "", FALSE },
	{ "order of commands", "MAIL FROM:<a@b.example>\r\n" HI TO("r") "DATA\r\n" FROM_A FROM_A "DATA\r\n", 0,
	    "503 5.5.1|503 5.5.1|503 5.5.1|250 2.1.0|503 5.5.1|503 5.5.1|", "", FALSE },
	{ "RSET", HI FROM_A TO("r") "RSET\r\n" TO("r") "DATA\r\n" FROM_A TO("s") X, 0,
	    "250 2.1.0|250 2.1.5|250 2.0.0|503 5.5.1|503 5.5.1|250 2.1.0|250 2.1.5|354|250 2.0.0|",
	    "s@ordine.example a@posta.example - - [x\r\n]\n", FALSE },
	{ "LHLO starts afresh", HI FROM_A TO("r") HI "DATA\r\n", 0, "250 2.1.0|250 2.1.5|503 5.5.1|", "", FALSE },
	{ "small talk", HI "NOOP x\r\nVRFY r\r\nEXPN r\r\nBDAT 3\r\n\r\nLHLO\r\nDATA x\r\n", 0,
	    "250 2.0.0|252 2.5.2|500 5.5.1|500 5.5.1|500 5.5.1|501 5.5.4|501 5.5.4|", "", FALSE },
	{ "bare line feeds end commands only", "LHLO x\n" "NOOP\n" "NOOP \r\n" "NOOP\rNOOP\r\n", 0,
	    "250 2.0.0|250 2.0.0|500 5.5.2|", "", FALSE },
	{ "NUL in a command", HI "NOOP \0x\r\nNOOP\r\n", sizeof(HI "NOOP \0x\r\nNOOP\r\n") - 1,
	    "500 5.5.2|250 2.0.0|", "", FALSE },
	{ "XFORWARD", HI "XFORWARD NAME=mx.x ADDR=192.0.2.7 PROTO=ESMTP HELO=x+20y\r\nXFORWARD IDENT=4QxT1z\r\n" FROM_A TO("r") X
	    FROM_A TO("r") "DATA\r\ny\r\n.\r\n", 0,
	    "250 2.0.0|250 2.0.0|250 2.1.0|250 2.1.5|354|250 2.0.0|250 2.1.0|250 2.1.5|354|250 2.0.0|",
	    "r@ordine.example a@posta.example 4QxT1z 192.0.2.7 [x\r\n]\nr@ordine.example a@posta.example - - [y\r\n]\n", FALSE },
	{ "XFORWARD without news", HI "XFORWARD NAME=[UNAVAILABLE] ADDR=[UNAVAILABLE] IDENT=[UNAVAILABLE]\r\n" FROM_A TO("r") X, 0,
	    "250 2.0.0|250 2.1.0|250 2.1.5|354|250 2.0.0|", "r@ordine.example a@posta.example - - [x\r\n]\n", FALSE },
	{ "XFORWARD IPv6", HI "XFORWARD ADDR=IPV6:2001:db8::1 IDENT=a+0Ab\r\nXFORWARD ADDR=IPV6:2001:db8::1\r\n" FROM_A TO("r") X, 0,
	    "501 5.5.4|250 2.0.0|250 2.1.0|250 2.1.5|354|250 2.0.0|", "r@ordine.example a@posta.example - 2001:db8::1 [x\r\n]\n", FALSE },
};

/* Replies in OUT behind the greeting and the answer to the first LHLO: the codes of each line, '|' behind it.
 */
static char *
codes_of(const char *out)
{
	GString *s = g_string_new(NULL);
	g_auto(GStrv) lines = g_strsplit(out, "\r\n", -1);

	for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
		gsize want = g_str_has_prefix(lines[i], "354") ? 3 : 9;
		gboolean hello = lines[i][3] == '-' || strstr(lines[i], "ENHANCED") != NULL;

		if (i > 0 && !hello)
			g_string_append_printf(s, "%.*s|", (int)want, lines[i]);
	}
	return g_string_free(s, FALSE);
}

static void
run_row(const Row *row, gsize step)
{
	Fake fake = { .seen = g_string_new(NULL) };
	RnLmtpHost host = {
		.name = "us", .max_message = MAX_MESSAGE, .ours = ours, .deliver = deliver, .data = &fake
	};
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(RnLmtp) l = rn_lmtp_new(&host, out);
	gsize len = row->len > 0 ? row->len : strlen(row->say);
	g_autofree char *codes = NULL;
	gboolean open = TRUE;

	for (gsize i = 0; i < len && open; i += step)
		open = rn_lmtp_feed(l, row->say + i, MIN(step, len - i), out);
	codes = codes_of(out->str);
	if (strcmp(codes, row->codes) != 0)
		g_error("%s: answers %s, not %s", row->name, codes, row->codes);
	if (strcmp(fake.seen->str, row->seen) != 0)
		g_error("%s: delivered %s, not %s", row->name, fake.seen->str, row->seen);
	if (open == row->ends)
		g_error("%s: %s", row->name, open ? "is open" : "is closed");
	g_string_free(fake.seen, TRUE);
}

static void
test_dialogues(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		run_row(&rows[i], 4096);
		run_row(&rows[i], 1);
		run_row(&rows[i], 7);
	}
}

/* Feeds SAY to a fresh session and returns all answers; what was delivered lands in *SEEN (may be NULL). */
static char *
answers(const char *say, gsize len, char **seen, char **trouble)
{
	Fake fake = { .seen = g_string_new(NULL) };
	RnLmtpHost host = {
		.name = "us", .max_message = MAX_MESSAGE, .ours = ours, .deliver = deliver, .data = &fake
	};
	GString *out = g_string_new(NULL);
	g_autoptr(RnLmtp) l = rn_lmtp_new(&host, out);

	rn_lmtp_feed(l, say, len, out);
	if (trouble != NULL)
		*trouble = g_strdup(rn_lmtp_trouble(l));
	if (seen != NULL)
		*seen = g_string_free(fake.seen, FALSE);
	else
		g_string_free(fake.seen, TRUE);
	return g_string_free(out, FALSE);
}

static void
test_hello(void)
{
	g_autofree char *out = answers(HI, strlen(HI), NULL, NULL);
	g_auto(GStrv) lines = g_strsplit(out, "\r\n", -1);
	g_autofree char *joined = g_strjoinv("|", lines);

	g_assert_cmpstr(joined, ==, "220 us LMTP|" EHLO_REPLY);
}

static void
test_caps(void)
{
	g_autoptr(GString) say = g_string_new(HI "NOOP ");
	g_autofree char *out = NULL, *codes = NULL, *seen = NULL;

	for (int i = 0; i < 3000; i++)
		g_string_append_c(say, 'x');
	g_string_append(say, "\r\nNOOP\r\n" FROM_A);
	for (int i = 0; i < RN_LMTP_RCPT_MAX + 2; i++)
		g_string_append(say, TO("r"));
	out = answers(say->str, say->len, &seen, NULL);
	codes = codes_of(out);
	g_assert_true(g_str_has_prefix(codes, "500 5.5.2|250 2.0.0|250 2.1.0|250 2.1.5|"));
	g_assert_true(g_str_has_suffix(codes, "250 2.1.5|452 4.5.3|452 4.5.3|"));
}

/* A message over the cap is read to its end, refused for each recipient, and not delivered; the session goes
 * on. */
static void
test_too_large(void)
{
	g_autoptr(GString) say = g_string_new(HI FROM_A TO("r") TO("s") "DATA\r\n");
	g_autofree char *out = NULL, *codes = NULL, *seen = NULL;

	for (int i = 0; i < 100; i++)
		g_string_append(say, "0123456789\r\n");
	g_string_append(say, ".\r\n" FROM_A TO("r") "DATA\r\n");
	for (int i = 0; i < 100; i++)
		g_string_append(say, "..34567\n\r\n");
	g_string_append(say, ".\r\n");
	out = answers(say->str, say->len, &seen, NULL);
	codes = codes_of(out);
	g_assert_cmpstr(codes, ==,
	    "250 2.1.0|250 2.1.5|250 2.1.5|354|552 5.3.4|552 5.3.4|250 2.1.0|250 2.1.5|354|250 2.0.0|");
	g_assert_cmpuint(strlen(seen), >, 900);
}

static void
test_too_many_errors(void)
{
	g_autoptr(GString) say = g_string_new(NULL);
	g_autofree char *out = NULL, *trouble = NULL;

	for (int i = 0; i < 30; i++)
		g_string_append(say, "GET / HTTP/1.0\r\n");
	out = answers(say->str, say->len, NULL, &trouble);
	g_assert_true(g_str_has_suffix(out, "421 4.7.0 too many errors\r\n"));
	g_assert_cmpstr(trouble, ==, "500 5.5.1 unknown command");
}

/* NUL and 8-bit bytes in a message arrive as they are. */
static void
test_bytes(void)
{
	static const char body[] = "a\0b\377\200\r\n\0\r\n";
	g_autoptr(GBytes) raw = g_bytes_new_static(body, sizeof(body) - 1);
	g_autoptr(GBytes) wire = rn_dots_stuff(raw);
	RnDots d = { .max = 100, .data = g_byte_array_new() };
	gsize len, done = 0;
	const char *p = g_bytes_get_data(wire, &len);
	gboolean end = FALSE;

	while (done < len && !end)
		done += rn_dots_take(&d, p + done, len - done, &end);
	g_assert_true(end);
	g_assert_cmpmem(d.data->data, d.data->len, body, sizeof(body) - 1);
	g_byte_array_unref(d.data);
}

static void
test_stuffing(void)
{
	/* what is sent, and how it goes over the wire */
	static const char *const pairs[][2] = {
		{ "", ".\r\n" }, { "a", "a\r\n.\r\n" }, { ".", "..\r\n.\r\n" }, { ".\r\n", "..\r\n.\r\n" },
		{ "a\r\n.b\r\n", "a\r\n..b\r\n.\r\n" },
		{ "..\r\n\r\n.", "...\r\n\r\n..\r\n.\r\n" }, { "a\r", "a\r\r\n.\r\n" }, { "\r\n", "\r\n.\r\n" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autoptr(GBytes) raw = g_bytes_new_static(pairs[i][0], strlen(pairs[i][0]));
		g_autoptr(GBytes) wire = rn_dots_stuff(raw);

		g_assert_cmpmem(
		    g_bytes_get_data(wire, NULL), g_bytes_get_size(wire), pairs[i][1], strlen(pairs[i][1]));
	}
}

static void
test_xtext(void)
{
	static const char *const texts[] = { "", "abc", "a+b=c d", "\303\250", "+2B" };
	static const char *const wrong[] = { "+", "a+2", "+0A", "+zz", "a\tb" };

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *wire = rn_lmtp_xtext_encode(texts[i]);
		g_autofree char *back = rn_lmtp_xtext_decode(wire);

		g_assert_null(strpbrk(wire, " ="));
		g_assert_cmpstr(back, ==, texts[i]);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
		g_assert_null(rn_lmtp_xtext_decode(wrong[i]));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/prog/lmtp/dialogues", test_dialogues);
	g_test_add_func("/prog/lmtp/hello", test_hello);
	g_test_add_func("/prog/lmtp/caps", test_caps);
	g_test_add_func("/prog/lmtp/too-large", test_too_large);
	g_test_add_func("/prog/lmtp/too-many-errors", test_too_many_errors);
	g_test_add_func("/prog/lmtp/bytes", test_bytes);
	g_test_add_func("/prog/lmtp/stuffing", test_stuffing);
	g_test_add_func("/prog/lmtp/xtext", test_xtext);
	return g_test_run();
}
