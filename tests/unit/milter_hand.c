/* milter_hand: the hand-over to lmtpd, against a server that does whatever a script says. */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "mail/keyring.h"
#include "prog/milter_hand.h"

#define DOMAIN "ordine.example"
#define KEY "0 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 2026-01-01\n"
#define OFFER "250-us|250-PIPELINING|250-XFORWARD NAME ADDR|250-SMTPUTF8|250-XNOSENDER|250 8BITMIME"

/* What the server says at each point, lines parted by '|'. "cut" closes, "silence" waits for the
 * client to go, "deaf" says go on and then reads nothing. */
typedef struct {
	const char	*greeting, *lhlo, *xforward, *mail;
	const char	*rcpt;		/* one a recipient, parted by ' ' ('_' stands for a blank) */
	const char	*data;
	const char	*end;		/* behind the message, one an accepted recipient, parted by '|' */
} Script;

typedef struct {
	const Script	*script;
	char		*dir, *path;
	int		 fd;
	pthread_t	 thread;
	GString		*heard;		/* every line */
} Server;

/* FALSE if the connection is over. */
static gboolean
say(int fd, const char *text)
{
	g_auto(GStrv) lines = NULL;
	g_autofree char *all = NULL;
	char byte;

	if (text == NULL || strcmp(text, "cut") == 0)
		return FALSE;
	if (strcmp(text, "deaf") == 0) {
		struct pollfd pfd = { .fd = fd, .events = POLLRDHUP };

		g_assert_cmpint(write(fd, "354 go\r\n", 8), ==, 8);
		g_assert_cmpint(poll(&pfd, 1, -1), ==, 1);
		return FALSE;
	}
	if (strcmp(text, "silence") == 0) {
		while (read(fd, &byte, 1) > 0)
			;
		return FALSE;
	}
	lines = g_strsplit(text, "|", -1);
	all = g_strjoinv("\r\n", lines);
	return write(fd, all, strlen(all)) == (ssize_t)strlen(all) && write(fd, "\r\n", 2) == 2;
}

/* One line without its end; FALSE at the end of the connection. */
static gboolean
hear(Server *s, int fd, GString *line)
{
	char c;

	g_string_truncate(line, 0);
	while (read(fd, &c, 1) == 1) {
		if (c == '\n') {
			g_string_append_printf(s->heard, "%s\n", line->str);
			return TRUE;
		}
		if (c != '\r')
			g_string_append_c(line, c);
	}
	return FALSE;
}

static const char *
answer(const Script *script, const char *line, char **rcpts, guint *n)
{
	if (g_str_has_prefix(line, "LHLO"))
		return script->lhlo;
	if (g_str_has_prefix(line, "XFORWARD"))
		return script->xforward;
	if (g_str_has_prefix(line, "MAIL"))
		return script->mail;
	if (g_str_has_prefix(line, "RCPT"))
		return rcpts[(*n)++];
	if (g_str_has_prefix(line, "DATA"))
		return script->data;
	return g_str_has_prefix(line, "QUIT") ? "221 bye" : "500 what";
}

static void
talk(Server *s, int fd)
{
	g_autoptr(GString) line = g_string_new(NULL);
	g_auto(GStrv) rcpts = g_strsplit(s->script->rcpt, " ", -1);
	guint n = 0;

	for (guint i = 0; rcpts[i] != NULL; i++)
		g_strdelimit(rcpts[i], "_", ' ');
	if (!say(fd, s->script->greeting))
		return;
	while (hear(s, fd, line)) {
		gboolean data = g_str_has_prefix(line->str, "DATA");
		const char *text = answer(s->script, line->str, rcpts, &n);

		if (!say(fd, text))
			return;
		if (!data || text[0] != '3')
			continue;
		while (hear(s, fd, line) && strcmp(line->str, ".") != 0)
			;
		if (!say(fd, s->script->end))
			return;
	}
}

static void *
serve(void *data)
{
	Server *s = data;
	int fd = accept(s->fd, NULL, NULL);

	talk(s, fd);
	close(fd);
	return NULL;
}

static void
start(Server *s, const Script *script)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	s->script = script;
	s->heard = g_string_new(NULL);
	s->dir = g_dir_make_tmp("rinnova-hand-XXXXXX", NULL);
	s->path = g_build_filename(s->dir, "lmtp.sock", NULL);
	g_strlcpy(addr.sun_path, s->path, sizeof(addr.sun_path));
	s->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	g_assert_cmpint(bind(s->fd, (struct sockaddr *)&addr, sizeof(addr)), ==, 0);
	g_assert_cmpint(listen(s->fd, 5), ==, 0);
	if (script != NULL)
		g_assert_cmpint(pthread_create(&s->thread, NULL, serve, s), ==, 0);
}

static void
finish(Server *s)
{
	if (s->script != NULL)
		pthread_join(s->thread, NULL);
	close(s->fd);
	g_unlink(s->path);
	g_rmdir(s->dir);
	g_free(s->path);
	g_free(s->dir);
	g_string_free(s->heard, TRUE);
}

/* A message to two recipients of ours that has been read to its end. */
static void
make_mail(RnMilterMail *m, const char *socket, int ms, int slots)
{
	RnMilterConf *c = g_new0(RnMilterConf, 1);
	RnSettings *s = g_new0(RnSettings, 1);

	s->site.domain = g_strdup(DOMAIN);
	s->site.localpart = g_strdup("rinnovo");
	s->site.delimiter = g_strdup("+");
	s->site.lmtp_socket = g_strdup(socket);
	s->site.milter_mode = RN_MILTER_HANDOVER;
	s->site.handover_ms = ms;
	s->site.handover_slots = slots;
	s->site.max_message = s->site.handover_max = 8 << 20;
	s->tz = g_time_zone_new_utc();
	c->refs = 1;
	c->settings = s;
	c->ring = rn_keyring_parse(KEY, "keys", NULL);
	rn_milter_mail_begin(m, c);
	rn_milter_mail_rcpt(m, "<rinnovo+a@ordine.example>");
	rn_milter_mail_rcpt(m, "<RINNOVO@ordine.example>");
	g_assert_cmpint(rn_milter_mail_data(m), ==, RN_MILTER_OURS);
	rn_milter_mail_header(m, "Subject", " x\n folded", TRUE);
	rn_milter_mail_header(m, "X-Rinnova-Session", " forged", TRUE);
	rn_milter_mail_eoh(m);
	m->taken = 1795729731;
	rn_milter_mail_body(m, ".dot\r\nRINNOVA\r\n", 15);
}

/* Hands M over; "TAKEN|why". */
static char *
outcome(RnMilterMail *m, const char *sender)
{
	RnSession s = { .queue_id = (char *)"4QxT1z",
		.client = (char *)"2001:db8::1",
		.helo = (char *)"a b;(\"x",
		.taken = m->taken };
	g_autoptr(GBytes) raw = rn_milter_hand_message(m, &s, "v=1;\n\tm=x", "mx." DOMAIN);
	gboolean taken[2] = { TRUE, TRUE };
	g_autofree char *why = NULL;
	gboolean any = rn_milter_hand_over(m, &s, sender, raw, taken, &why);

	g_assert_cmpint(any, ==, taken[0] || taken[1]);
	return g_strdup_printf("%d%d|%s", taken[0], taken[1], why != NULL ? why : "");
}

#define USUAL "220 us", OFFER, "250 ok", "250 ok"

#define BROKE "00|lmtpd broke off at "
#define SAID "00|lmtpd answered "
#define NO_MORE NULL, NULL, NULL, "", NULL, NULL

static const struct {
	const char	*name;
	Script		 script;
	const char	*want;		/* how outcome() begins */
} rows[] = {
	{ "all is well",
	    { USUAL, "250_ok 250_ok", "354 go", "250 ok|250 ok" },
	    "11|" },
	{ "the first is refused",
	    { USUAL, "550_no 250_ok", "354 go", "250 ok" },
	    "01|lmtpd answered RCPT with: 550 no" },
	{ "the second is refused",
	    { USUAL, "250_ok 550_no", "354 go", "250 ok" },
	    "10|lmtpd answered RCPT with: 550 no" },
	{ "both are refused",
	    { USUAL, "550_no 451_no", "503 none", NULL },
	    SAID "RCPT with: 550 no" },
	{ "both are refused, DATA goes on",
	    { USUAL, "550_no 550_no", "354 go", "" },
	    SAID "RCPT with: 550 no" },
	{ "451 behind the message",
	    { USUAL, "250_ok 250_ok", "354 go", "451 later|451 later" },
	    SAID "the message with: 451 later" },
	{ "552 behind the message",
	    { USUAL, "250_ok 250_ok", "354 go", "552 big|552 big" },
	    SAID "the message with: 552 big" },
	{ "one of each",
	    { USUAL, "250_ok 250_ok", "354 go", "250 ok|451 later" },
	    "10|lmtpd answered the message with: 451 later" },
	{ "the other one of each",
	    { USUAL, "250_ok 250_ok", "354 go", "451 later|250 ok" },
	    "01|lmtpd answered the message with: 451 later" },
	{ "one reply, then nothing",
	    { USUAL, "250_ok 250_ok", "354 go", "250 ok" },
	    "10|lmtpd broke off at the message: no answer in time" },
	{ "replies of several lines",
	    { "220-us|220 us", OFFER, "250-a|250 b", "250-a|250 ok", "250_ok 250_ok", "354-a|354 go",
	        "250-a|250 ok|250 ok" },
	    "11|" },
	{ "a busy house",
	    { "421 busy", NO_MORE },
	    SAID "the greeting with: 421 busy" },
	{ "MAIL refused",
	    { "220 us", OFFER, "250 ok", "451 later", "503_x 503_x", "503 x", NULL },
	    SAID "MAIL with: 451 later" },
	{ "XFORWARD refused",
	    { "220 us", OFFER, "550 no", "250 ok", "250_ok 250_ok", "354 go", "250 ok|250 ok" },
	    "11|" },
	{ "no extensions",
	    { "220 us", "250 us", "500 x", "250 ok", "250_ok 250_ok", "354 go", "250 ok|250 ok" },
	    "11|" },
	{ "cut before the greeting",
	    { "cut", NO_MORE },
	    BROKE "the greeting" },
	{ "cut at LHLO",
	    { "220 us", "cut", NULL, NULL, "", NULL, NULL },
	    BROKE "LHLO" },
	{ "cut at MAIL",
	    { "220 us", OFFER, "250 ok", "cut", "", NULL, NULL },
	    BROKE "MAIL" },
	{ "cut at RCPT",
	    { USUAL, "250_ok cut", NULL, NULL },
	    "00|lmtpd broke off at" },
	{ "cut at DATA",
	    { USUAL, "250_ok 250_ok", "cut", NULL },
	    BROKE "DATA" },
	{ "cut behind the message",
	    { USUAL, "250_ok 250_ok", "354 go", "cut" },
	    BROKE "the message" },
	{ "silence for the greeting",
	    { "silence", NO_MORE },
	    BROKE "the greeting: no answer in time" },
	{ "silence at LHLO",
	    { "220 us", "silence", NULL, NULL, "", NULL, NULL },
	    BROKE "LHLO: no answer in time" },
	{ "silence at MAIL",
	    { "220 us", OFFER, "250 ok", "silence", "", NULL, NULL },
	    BROKE "MAIL: no answer in time" },
	{ "silence at DATA",
	    { USUAL, "250_ok 250_ok", "silence", NULL },
	    BROKE "DATA: no answer in time" },
	{ "silence behind the message",
	    { USUAL, "250_ok 250_ok", "354 go", "silence" },
	    BROKE "the message: no answer in time" },
	{ "not LMTP at all",
	    { "hello", NO_MORE },
	    SAID "the greeting with: hello" },
};

static void
test_outcomes(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		RnMilterMail m = { 0 };
		Server s = { 0 };
		g_autofree char *got = NULL;

		start(&s, &rows[i].script);
		make_mail(&m, s.path, strstr(rows[i].want, "in time") != NULL ? 100 : 20000, 4);
		got = outcome(&m, "<a@posta.example>");
		g_test_message("%s: %s", rows[i].name, got);
		g_assert_true(g_str_has_prefix(got, rows[i].want));
		rn_milter_mail_clear(&m);
		finish(&s);
	}
}

/* What goes over the wire, to the letter. */
static void
test_wire(void)
{
	RnMilterMail m = { 0 };
	Server s = { 0 };
	g_autofree char *got = NULL;

	start(&s, &rows[0].script);
	make_mail(&m, s.path, 20000, 1);
	got = outcome(&m, "<>");
	rn_milter_mail_clear(&m);
	pthread_join(s.thread, NULL);
	s.script = NULL;
	g_assert_cmpstr(s.heard->str, ==,
	    "LHLO localhost\nXFORWARD IDENT=4QxT1z ADDR=IPV6:2001:db8::1\nMAIL FROM:<>\n"
	    "RCPT TO:<rinnovo+a@ordine.example>\nRCPT TO:<RINNOVO@ordine.example>\nDATA\n"
	    "Received: from a-b---x ([2001:db8::1])\n\tby mx.ordine.example with ESMTP id 4QxT1z;\n"
	    "\tThu, 26 Nov 2026 21:48:51 +0000\n"
	    "X-Rinnova-Session: v=1;\n\tm=x\nSubject: x\n folded\n\n..dot\nRINNOVA\n.\nQUIT\n");
	finish(&s);
}

/* Nobody there; somebody who never looks; addresses that no command can hold; a header that nobody can read.
 */
static void
test_away(void)
{
	RnMilterMail m = { 0 };
	Server s = { 0 };
	g_autofree char *gone = NULL, *deaf = NULL, *odd = NULL, *head = NULL;

	start(&s, NULL);
	make_mail(&m, "/nonexistent/lmtp.sock", 20000, 4);
	gone = outcome(&m, "<>");
	g_assert_cmpstr(gone, ==, "00|/nonexistent/lmtp.sock: No such file or directory");
	rn_milter_mail_clear(&m);
	make_mail(&m, s.path, 50, 4);
	deaf = outcome(&m, "<>");
	g_assert_cmpstr(deaf, ==, "00|lmtpd broke off at the greeting: no answer in time");
	odd = outcome(&m, "<a b@posta.example>");
	g_assert_cmpstr(odd, ==, "00|an envelope address holds characters that cannot be sent");
	for (int i = 0; i < 400; i++)
		rn_milter_mail_header(&m, "X", " y", TRUE);
	head = outcome(&m, "<>");
	g_assert_cmpstr(head, ==, "00|its header cannot be read");
	rn_milter_mail_clear(&m);
	finish(&s);
}

/* A large message to somebody who says go on and never reads. */
static void
test_full(void)
{
	static const Script script = { USUAL, "250_ok 250_ok", "deaf", NULL };
	RnMilterMail m = { 0 };
	Server s = { 0 };
	g_autofree char *big = g_strnfill(4 << 20, 'x'), *got = NULL;

	start(&s, &script);
	make_mail(&m, s.path, 100, 4);
	rn_milter_mail_body(&m, big, 4 << 20);
	got = outcome(&m, "<>");
	g_assert_cmpstr(got, ==, "00|lmtpd broke off at the message: no answer in time");
	rn_milter_mail_clear(&m);
	finish(&s);
}

static void *
hand_one(void *data)
{
	g_autofree char *got = outcome(data, "<>");

	g_assert_true(g_str_has_prefix(got, "00|lmtpd broke off at the greeting"));
	return NULL;
}

/* One slot that is in use: the next message does not wait. */
static void
test_slots(void)
{
	RnMilterMail first = { 0 }, second = { 0 };
	Server s = { 0 };
	pthread_t thread;
	g_autofree char *got = NULL;
	int fd;

	start(&s, NULL);
	make_mail(&first, s.path, 20000, 1);
	make_mail(&second, s.path, 20000, 1);
	g_assert_cmpint(pthread_create(&thread, NULL, hand_one, &first), ==, 0);
	fd = accept(s.fd, NULL, NULL);	/* now the first one holds the slot */
	got = outcome(&second, "<>");
	g_assert_cmpstr(got, ==, "00|handover-slots are all in use");
	close(fd);
	pthread_join(thread, NULL);
	rn_milter_mail_clear(&first);
	rn_milter_mail_clear(&second);
	finish(&s);
}

int
main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/milter/hand/outcomes", test_outcomes);
	g_test_add_func("/milter/hand/wire", test_wire);
	g_test_add_func("/milter/hand/away", test_away);
	g_test_add_func("/milter/hand/full", test_full);
	g_test_add_func("/milter/hand/slots", test_slots);
	return g_test_run();
}
