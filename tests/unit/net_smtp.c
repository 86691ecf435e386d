/* net_smtp.c: the SMTP transport against a scripted server: every ending, what goes over the wire, and what
 * never does. */
#include <glib/gstdio.h>

#include "net/transport.h"
#include "smtp_server.h"

#define LETTER "Subject: prova\r\n\r\nGentile dottore,\r\n.\r\n..due\r\nfine\r\n"
#define SENDER "rinnovo@ordine.example"
#define RCPT "m.rossi@posta.example"

#define EHLO_AUTH "250-test\r\n250 AUTH PLAIN"

static RnTransport *
open_transport(const Server *s, RnTls tls, const char *user, const char *password_file)
{
	g_autofree char *url = g_strdup_printf("smtp://127.0.0.1:%d", s->port);
	g_autoptr(GError) error = NULL;
	RnSite site = {
		.domain = (char *)"ordine.example",
		.submit = RN_SUBMIT_SMTP,
		.smtp_url = url,
		.smtp_tls = (int)tls,
		.smtp_user = (char *)user,
		.smtp_password_file = (char *)password_file,
		.smtp_ca_file = (char *)"",
	};
	RnTransport *t = rn_transport_new(&site, &error);

	g_assert_no_error(error);
	rn_transport_set_timeouts(t, 30, 30, 30);
	return t;
}

static char *
password_file(const char *text, int mode)
{
	char *path = NULL;
	int fd = g_file_open_tmp("rinnova-pw-XXXXXX", &path, NULL);

	g_assert_cmpint(fd, >=, 0);
	close(fd);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, (mode_t)mode), ==, 0);
	return path;
}

/* A letter of 24 MB: more than the socket buffers of both sides ever grow to (tcp_rmem, tcp_wmem). */
static GBytes *
big_letter(void)
{
	GString *s = g_string_new("Subject: grande\r\n\r\n");

	while (s->len < 24 << 20)
		g_string_append(s, ".riga con un punto davanti, e testo per fare numero\r\n");
	return g_string_free_to_bytes(s);
}

typedef struct {
	const char	*name;
	Script		 script;
	RnSent		 want;
	const char	*why;		/* stands in it */
	RnTls		 tls;
	gboolean	 big;
	const char	*user;
} Ending;

#define PLAIN RN_TLS_NONE
#define LOGIN "ordine"

static const Ending endings[] = {
	{ "250", { 0 }, RN_SENT_OK, "said: 250 2.0.0 queued as TEST1", PLAIN, FALSE, NULL },
	{ "250 and gone", { .cut_after = TRUE }, RN_SENT_OK, "250", PLAIN, FALSE, NULL },
	{ "251 after the dot", { .dot = "251 forwarded" }, RN_SENT_OK, "251 forwarded", PLAIN, FALSE, NULL },
	{ "250 twice", { .dot = "250-taken\r\n250 really" }, RN_SENT_OK, "taken 250 really", PLAIN, FALSE, NULL },
	{ "421 after the dot", { .dot = "421 no" }, RN_SENT_LATER, "421 no", PLAIN, FALSE, NULL },
	{ "451 after the dot", { .dot = "451 busy" }, RN_SENT_LATER, "said: 451 busy", PLAIN, FALSE, NULL },
	{ "552 after the dot", { .dot = "552 too big" }, RN_SENT_REFUSED, "552 too", PLAIN, FALSE, NULL },
	{ "354 after the dot", { .dot = "354 again" }, RN_SENT_UNKNOWN, "may have", PLAIN, FALSE, NULL },
	{ "cut after the dot", { .dot = CUT }, RN_SENT_UNKNOWN, "broke after the final dot", PLAIN, FALSE, NULL },
	{ "half a 250, cut", { .dot = "250-half\r\n" CUT }, RN_SENT_UNKNOWN, "may have", PLAIN, FALSE, NULL },
	{ "silence after the dot", { .dot = HANG }, RN_SENT_UNKNOWN, "no answer in time", PLAIN, FALSE, NULL },
	{ "cut in mid body", { .cut_body = 300000 }, RN_SENT_LATER, "", PLAIN, TRUE, NULL },
	{ "RCPT 550", { .rcpt = "550-5.1.1 no\r\n550 such user" }, RN_SENT_REFUSED, "5.1.1 no", PLAIN, FALSE, NULL },
	{ "RCPT 450", { .rcpt = "450 grey" }, RN_SENT_LATER, "450 grey", PLAIN, FALSE, NULL },
	{ "RCPT 251", { .rcpt = "251 forwarded" }, RN_SENT_OK, "250", PLAIN, FALSE, NULL },
	{ "RCPT cut", { .rcpt = CUT }, RN_SENT_LATER, "", PLAIN, FALSE, NULL },
	{ "RCPT silence", { .rcpt = HANG }, RN_SENT_LATER, "too slow", PLAIN, FALSE, NULL },
	{ "MAIL 553", { .mail = "553 not you" }, RN_SENT_REFUSED, "553 not you", PLAIN, FALSE, NULL },
	{ "MAIL 530", { .mail = "530 log in first" }, RN_SENT_LATER, "530", PLAIN, FALSE, NULL },
	{ "MAIL 421", { .mail = "421 enough" }, RN_SENT_LATER, "421", PLAIN, FALSE, NULL },
	{ "DATA 554", { .data = "554 no valid recipient" }, RN_SENT_REFUSED, "554", PLAIN, FALSE, NULL },
	{ "greeting 421", { .greeting = "421 too many" }, RN_SENT_LATER, "421 too many", PLAIN, FALSE, NULL },
	{ "greeting 554", { .greeting = "554 no service" }, RN_SENT_LATER, "554 no service", PLAIN, FALSE, NULL },
	{ "greeting silence", { .greeting = HANG }, RN_SENT_LATER, "", PLAIN, FALSE, NULL },
	{ "greeting cut", { .greeting = CUT }, RN_SENT_LATER, "", PLAIN, FALSE, NULL },
	{ "EHLO and HELO 550", { .ehlo = "550 go away" }, RN_SENT_LATER, "550 go away", PLAIN, FALSE, NULL },
	{ "no STARTTLS", { 0 }, RN_SENT_LATER, "courier.tls", RN_TLS_REQUIRED, FALSE, NULL },
	{ "AUTH", { .ehlo = EHLO_AUTH }, RN_SENT_OK, "250", PLAIN, FALSE, LOGIN },
	{ "AUTH 535", { .ehlo = EHLO_AUTH, .auth = "535 no" }, RN_SENT_LATER, "courier.user", PLAIN, FALSE, LOGIN },
	{ "no AUTH, refused", { .rcpt = "554 no relay" }, RN_SENT_LATER, "offers no login", PLAIN, FALSE, LOGIN },
	{ "AUTH, and RCPT 550", { .ehlo = EHLO_AUTH, .rcpt = "550 no" }, RN_SENT_REFUSED, "550", PLAIN, FALSE, LOGIN },
};

static void
test_endings(void)
{
	g_autofree char *pw = password_file("segreto-lungo\n", 0600);
	g_autoptr(GBytes) letter = g_bytes_new_static(LETTER, strlen(LETTER));
	g_autoptr(GBytes) big = big_letter();

	for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
		const Ending *e = &endings[i];
		g_autoptr(Server) s = server_start(&e->script);
		RnTransport *t = open_transport(s, e->tls, e->user, pw);
		g_autofree char *why = NULL;
		RnSent got;

		if (strstr(e->name, "silence") != NULL)
			rn_transport_set_timeouts(t, 2, 2, 2);
		got = rn_transport_send(t, SENDER, RCPT, e->big ? big : letter, &why);
		rn_transport_free(t);
		server_stop(s);
		g_test_message("%s: %d, %s", e->name, got, why);
		if (got != e->want || why == NULL || strstr(why, e->why) == NULL)
			g_error("%s: got %d, wanted %d; why: %s", e->name, got, e->want, why);
		g_assert_null(strstr(why, "segreto"));
		if (got == RN_SENT_OK && !g_str_equal(s->body->str, LETTER))
			g_error("%s: the letter arrived as: %s", e->name, s->body->str);
		g_assert_cmpint(s->connections, ==, 1);
	}
	g_unlink(pw);
}

/* Dots at the starts of lines, at every place that a buffer boundary could be. */
static void
test_dots(void)
{
	static const Script script = { 0 };
	g_autoptr(GString) text = g_string_new(".prima riga\r\n");
	g_autoptr(GBytes) letter = NULL;
	g_autoptr(Server) s = server_start(&script);
	g_autoptr(RnTransport) t = open_transport(s, PLAIN, NULL, NULL);
	g_autofree char *why = NULL;

	for (int i = 0; text->len < 400000; i++) {
		g_string_append(text, i % 3 == 0 ? ".\r\n" : i % 3 == 1 ? "..\r\n" : ".x\r\n\r\n");
		if (i % 101 == 0)
			g_string_append(text, "y\r\n");	/* shifts what follows */
	}
	letter = g_bytes_new(text->str, text->len);
	g_assert_cmpint(rn_transport_send(t, "", RCPT, letter, &why), ==, RN_SENT_OK);
	g_clear_pointer(&t, rn_transport_free);
	server_stop(s);
	g_assert_true(g_string_equal(text, s->body));
	g_assert_nonnull(strstr(s->said->str, "MAIL FROM:<>\n"));
	g_assert_nonnull(strstr(s->said->str, "EHLO ordine.example\n"));
	g_assert_true(g_str_has_suffix(s->said->str, "QUIT\n"));
}

static RnSent
send_one(RnTransport *t, const char *rcpt)
{
	g_autoptr(GBytes) letter = g_bytes_new_static(LETTER, strlen(LETTER));
	g_autofree char *why = NULL;
	RnSent sent = rn_transport_send(t, SENDER, rcpt, letter, &why);

	g_test_message("%s: %s", rcpt, why);
	g_assert_true(sent != RN_SENT_REFUSED || g_str_has_prefix(why, "server said: 5"));
	return sent;
}

/* Letters share a connection; one recipient each. */
static void
test_reuse(void)
{
	static const Script script = { 0 };
	g_autoptr(Server) s = server_start(&script);
	g_autoptr(RnTransport) t = open_transport(s, PLAIN, NULL, NULL);

	for (int i = 0; i < 3; i++)
		g_assert_cmpint(send_one(t, RCPT), ==, RN_SENT_OK);
	g_clear_pointer(&t, rn_transport_free);
	server_stop(s);
	g_assert_cmpint(s->connections, ==, 1);
}

/* After trouble a new connection; so does one that the server closed between two letters, unseen. */
static void
test_fresh(void)
{
	static const Script gone = { .cut_after = TRUE };
	static const Script angry = { .rcpt = "450 grey" };
	static const Script limit = { .dot = "250 ok\r\n421 enough for one connection\r\n" CUT };
	static const Script one_each = { .letters = 1 };
	static const Script *const scripts[] = { &gone, &angry, &limit, &one_each };

	for (gsize i = 0; i < G_N_ELEMENTS(scripts); i++) {
		g_autoptr(Server) s = server_start(scripts[i]);
		g_autoptr(RnTransport) t = open_transport(s, PLAIN, NULL, NULL);
		RnSent want = scripts[i] == &angry ? RN_SENT_LATER : RN_SENT_OK;

		for (int n = 0; n < 3; n++) {
			g_assert_cmpint(send_one(t, RCPT), ==, want);
			g_usleep(20000);
		}
		g_clear_pointer(&t, rn_transport_free);
		server_stop(s);
		g_assert_cmpint(s->connections, ==, 3);
	}
}

/* A server that answers everything but QUIT does not keep us: libcurl would wait two minutes for it. */
static void
test_no_farewell(void)
{
	static const Script kept = { .quit = HANG };
	static const Script broken = { .quit = HANG, .rcpt = "550 no" };
	static const Script *const scripts[] = { &kept, &broken };

	for (gsize i = 0; i < G_N_ELEMENTS(scripts); i++) {
		g_autoptr(Server) s = server_start(scripts[i]);
		g_autoptr(RnTransport) t = open_transport(s, PLAIN, NULL, NULL);
		gint64 start = g_get_monotonic_time();

		rn_transport_set_timeouts(t, 60, 60, 60);
		g_assert_cmpint(send_one(t, RCPT), ==, i == 0 ? RN_SENT_OK : RN_SENT_REFUSED);
		g_clear_pointer(&t, rn_transport_free);
		g_assert_cmpint(g_get_monotonic_time() - start, <, 15 * G_USEC_PER_SEC);
		server_stop(s);
		g_assert_true(g_str_has_suffix(s->said->str, "QUIT\n"));
	}
}

/* A server that hangs, and then none at all. */
static void
test_no_peer(void)
{
	static const Script script = { .mail = HANG };
	g_autoptr(Server) s = server_start(&script);
	g_autoptr(RnTransport) t = open_transport(s, PLAIN, NULL, NULL);
	gint64 start = g_get_monotonic_time();

	rn_transport_set_timeouts(t, 2, 2, 2);
	g_assert_cmpint(send_one(t, RCPT), ==, RN_SENT_LATER);
	server_stop(s);
	g_assert_cmpint(send_one(t, RCPT), ==, RN_SENT_LATER);
	g_clear_pointer(&t, rn_transport_free);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 10 * G_USEC_PER_SEC);
}

static void
test_addresses(void)
{
	static const struct {
		const char *sender, *rcpt;
	} rows[] = {
		{ SENDER, "evil@x.example>\r\nRCPT TO:<injected@y.example" },
		{ SENDER, "a@b.example\r\nDATA" },
		{ SENDER, "a@b.example\n" },
		{ SENDER, "<a@b.example>" },
		{ SENDER, "a b@c.example" },
		{ SENDER, "-oQ/tmp" },
		{ SENDER, "" },
		{ "x@y.example> SIZE=1", RCPT },
		{ "x@y.example\r\nRSET", RCPT },
		{ NULL, RCPT },
		{ SENDER, NULL },
	};
	static const Script script = { 0 };
	g_autoptr(Server) s = server_start(&script);
	g_autoptr(RnTransport) t = open_transport(s, PLAIN, NULL, NULL);
	g_autoptr(GBytes) letter = g_bytes_new_static(LETTER, strlen(LETTER));

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *why = NULL;

		if (rn_transport_send(t, rows[i].sender, rows[i].rcpt, letter, &why) != RN_SENT_REFUSED)
			g_error("row %zu went through: %s", i, why);
		g_assert_nonnull(strstr(why, "no plain address"));
	}
	server_stop(s);
	g_assert_cmpint(s->connections, ==, 0);
}

static void
test_bytes(void)
{
	g_autofree char *long_line = g_strnfill(998, 'x');
	g_autofree char *fits = g_strconcat(long_line, "\r\n", NULL);
	g_autofree char *over = g_strconcat("a\r\n", long_line, "x\r\n", NULL);
	const struct {
		const char *bytes;
		gssize len;
		const char *why;
	} rows[] = {
		{ "", 0, "empty" },
		{ "a\nb\r\n", -1, "bare LF" },
		{ "a\r\n.\n\r\n", -1, "bare LF" },
		{ "a\rb\r\n", -1, "bare CR" },
		{ "a\r\r\n", -1, "bare CR" },
		{ "a\r", -1, "bare CR" },
		{ "a\0b\r\n", 5, "NUL" },
		{ over, -1, "998" },
		{ fits, -1, NULL },
	};
	static const Script script = { 0 };
	g_autoptr(Server) s = server_start(&script);
	g_autoptr(RnTransport) t = open_transport(s, PLAIN, NULL, NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		gsize len = rows[i].len < 0 ? strlen(rows[i].bytes) : (gsize)rows[i].len;
		g_autoptr(GBytes) letter = g_bytes_new(rows[i].bytes, len);
		g_autofree char *why = NULL;
		RnSent got = rn_transport_send(t, SENDER, RCPT, letter, &why);

		if (got != (rows[i].why != NULL ? RN_SENT_REFUSED : RN_SENT_OK) ||
		    (rows[i].why != NULL && strstr(why, rows[i].why) == NULL))
			g_error("row %zu: %d, %s", i, got, why);
	}
	g_clear_pointer(&t, rn_transport_free);
	server_stop(s);
	g_assert_cmpint(s->connections, ==, 1);
}

/* What goes over the wire at login is the file's line, without its end. */
static void
test_login(void)
{
	static const Script script = { .ehlo = EHLO_AUTH };
	static const guchar want[] = "\0ordine\0segreto lungo";
	g_autofree char *pw = password_file("segreto lungo\r\n", 0640);
	g_autofree char *coded = g_base64_encode(want, sizeof(want) - 1);
	g_autoptr(Server) s = server_start(&script);
	g_autoptr(RnTransport) t = open_transport(s, PLAIN, "ordine", pw);

	g_assert_cmpint(send_one(t, RCPT), ==, RN_SENT_OK);
	g_clear_pointer(&t, rn_transport_free);
	server_stop(s);
	g_assert_nonnull(strstr(s->said->str, coded));
	g_unlink(pw);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/smtp/endings", test_endings);
	g_test_add_func("/net/smtp/dots", test_dots);
	g_test_add_func("/net/smtp/reuse", test_reuse);
	g_test_add_func("/net/smtp/fresh", test_fresh);
	g_test_add_func("/net/smtp/no-farewell", test_no_farewell);
	g_test_add_func("/net/smtp/no-peer", test_no_peer);
	g_test_add_func("/net/smtp/addresses", test_addresses);
	g_test_add_func("/net/smtp/bytes", test_bytes);
	g_test_add_func("/net/smtp/login", test_login);
	return g_test_run();
}
