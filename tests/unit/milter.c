/* milter: the way of a message through the gate, without a mail server. */
#include <string.h>

#include "mail/keyring.h"
#include "prog/milter_mail.h"

#define DOMAIN "ordine.example"
#define KEY "0 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 2026-01-01\n"
#define NO_TOKEN "0000000000000000000000000000000000000000"

static void
test_way(void)
{
	static const struct {
		RnMilterSight	 sight;
		RnMilterWay	 way;
		const char	*rule;
	} rows[] = {
		{ { .ours = 0, .others = 0 }, RN_MILTER_FOREIGN, "no-recipient-of-ours" },
		{ { .others = 3, .refuse = TRUE, .token_seen = TRUE }, RN_MILTER_FOREIGN, "no-recipient-of-ours" },
		{ { .ours = 1, .others = 1 }, RN_MILTER_MIXED, "mixed-recipients" },
		{ { .ours = 1, .others = 1, .refuse = TRUE, .headers = TRUE, .token_seen = TRUE }, RN_MILTER_MIXED,
		    "mixed-recipients" },
		{ { .ours = 2, .refuse = TRUE, .token_seen = TRUE }, RN_MILTER_OURS, "ours" },
		{ { .ours = 1, .refuse = TRUE, .headers = TRUE }, RN_MILTER_OURS, "no-token" },
		{ { .ours = 1, .refuse = TRUE, .headers = TRUE, .token_seen = TRUE }, RN_MILTER_REFUSED, "bad-token" },
		{ { .ours = 1, .headers = TRUE, .token_seen = TRUE }, RN_MILTER_OURS, "bad-token-taken" },
		{ { .ours = 1, .refuse = TRUE, .headers = TRUE, .token_seen = TRUE, .token_good = TRUE },
		    RN_MILTER_OURS, "good-token" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *rule;

		g_assert_cmpint(rn_milter_way(&rows[i].sight, &rule), ==, rows[i].way);
		g_assert_cmpstr(rule, ==, rows[i].rule);
	}
}

/* A configuration as if it had been read. */
static RnMilterConf *
conf(gboolean refuse, gboolean handover)
{
	RnMilterConf *c = g_new0(RnMilterConf, 1);
	RnSettings *s = g_new0(RnSettings, 1);

	s->site.domain = g_strdup(DOMAIN);
	s->site.localpart = g_strdup("rinnovo");
	s->site.delimiter = g_strdup("+");
	s->site.milter_refuse = refuse;
	s->site.milter_mode = handover ? RN_MILTER_HANDOVER : RN_MILTER_GATE;
	s->site.max_message = 100;
	s->site.handover_max = 50;
	s->tz = g_time_zone_new_utc();
	c->refs = 1;
	c->settings = s;
	c->ring = rn_keyring_parse(KEY, "keys", NULL);
	return c;
}

static char *
token(RnDay last)
{
	g_autoptr(RnKeyRing) ring = rn_keyring_parse(KEY, "keys", NULL);
	RnToken t = { .purpose = RN_PURPOSE_RENEW, .period = 77, .last_day = last };

	return rn_token_mint(ring, &t, DOMAIN);
}

/* Gives RCPTS (words) and HEADERS (lines "Name:value") to a new message; the rule at the end of the headers.
 */
static const char *
rule_of(RnMilterMail *m, gboolean refuse, const char *rcpts, const char *headers)
{
	g_auto(GStrv) to = g_strsplit(rcpts, " ", -1), lines = g_strsplit(headers, "|", -1);

	rn_milter_mail_begin(m, conf(refuse, FALSE));
	for (guint i = 0; to[i] != NULL; i++)
		rn_milter_mail_rcpt(m, to[i]);
	if (rn_milter_mail_data(m) != RN_MILTER_OURS)
		return m->rule;
	for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
		char *colon = strchr(lines[i], ':');

		*colon = '\0';
		rn_milter_mail_header(m, lines[i], colon + 1, TRUE);
	}
	rn_milter_mail_eoh(m);
	return m->rule;
}

static void
test_recipients(void)
{
	static const struct {
		const char	*rcpts;
		guint		 ours, others;
	} rows[] = {
		{ "<rinnovo@ordine.example>", 1, 0 },
		{ "<RINNOVO@Ordine.Example>", 1, 0 },
		{ "rinnovo@ordine.example", 1, 0 },
		{ "<rinnovo+x@ordine.example> <rinnovo-x@ordine.example>", 2, 0 },
		{ "<" NO_TOKEN "@ordine.example>", 1, 0 },
		{ "<rossi@ordine.example> <rinnovo@ordine.example.evil> <rinnovo@xordine.example>", 0, 3 },
		{ "<rinnovox@ordine.example> <@ordine.example> <> <rinnovo>", 0, 4 },
		{ "<rinnovo@ordine.example> <rossi@altro.example>", 1, 1 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		RnMilterMail m = { 0 };

		rule_of(&m, TRUE, rows[i].rcpts, "");
		g_test_message("%s", rows[i].rcpts);
		g_assert_cmpuint(m.ours != NULL ? m.ours->len : 0, ==, rows[i].ours);
		g_assert_cmpuint(m.others, ==, rows[i].others);
		rn_milter_mail_clear(&m);
	}
}

static void
test_tokens(void)
{
	g_autofree char *good = token(rn_day_from_ymd(2099, 1, 1)), *old = token(rn_day_from_ymd(2024, 2, 1));
	static const struct {
		const char	*rcpts, *headers, *rule;
	} rows[] = {
		{ "<rinnovo@ordine.example>", "From: a@b.example", "no-token" },
		{ "<rinnovo+GOOD@ordine.example>", "From: a@b.example", "good-token" },
		{ "<rinnovo+" NO_TOKEN "@ordine.example>", "", "bad-token" },
		{ "<rinnovo+OLD@ordine.example>", "From: a@b.example", "good-token" },
		{ "<rinnovo+" NO_TOKEN "@ordine.example>", "From: a@b.example", "bad-token" },
		{ "<rinnovo+" NO_TOKEN "@ordine.example> <rinnovo@ordine.example>", "F: a", "bad-token" },
		{ "<rinnovo+" NO_TOKEN "@ordine.example> <rinnovo+GOOD@ordine.example>", "F: a", "good-token" },
		{ "<rinnovo+" NO_TOKEN "@ordine.example>", "In-Reply-To: <n.GOOD@ordine.example>", "good-token" },
		{ "<rinnovo+" NO_TOKEN "@ordine.example>", "References: <x@y>\n <n.GOOD@ordine.example>",
		    "good-token" },
		{ "<rinnovo@ordine.example>", "In-Reply-To: <n." NO_TOKEN "@ordine.example>", "bad-token" },
		{ "<rinnovo@ordine.example>", "In-Reply-To: <n.GOOD@altro.example>", "no-token" },
		/* cut by a client; a name that somebody gave to an address is none */
		{ "<rinnovo+0123456789abcdefghj@ordine.example>", "From: a@b.example", "bad-token" },
		{ "<rinnovo+informazioni@ordine.example>", "From: a@b.example", "no-token" },
		{ "<rinnovo+informazioni.generali.tutte@ordine.example>", "From: a@b.example", "no-token" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		RnMilterMail m = { 0 };
		g_autoptr(GString) rcpts = g_string_new(rows[i].rcpts),
		                   headers = g_string_new(rows[i].headers);

		g_string_replace(rcpts, "GOOD", good, 0);
		g_string_replace(rcpts, "OLD", old, 0);
		g_string_replace(headers, "GOOD", good, 0);
		g_test_message("%s %s", rows[i].rcpts, rows[i].headers);
		g_assert_cmpstr(rule_of(&m, TRUE, rcpts->str, headers->str), ==, rows[i].rule);
		g_assert_cmpint(m.way == RN_MILTER_REFUSED, ==, g_str_equal(rows[i].rule, "bad-token"));
		if (m.way == RN_MILTER_REFUSED) {
			g_assert_cmpstr(rule_of(&m, FALSE, rcpts->str, headers->str), ==, "bad-token-taken");
			g_assert_cmpint(m.way, ==, RN_MILTER_OURS);
		}
		rn_milter_mail_clear(&m);
	}
}

/* A header over a limit is the business of the door behind the queue. */
static void
test_over_limit(void)
{
	RnMilterMail m = { 0 };
	g_autofree char *huge = g_strnfill(300 << 10, 'x'), *line = g_strconcat("X: ", huge, NULL);

	g_assert_cmpstr(
	    rule_of(&m, TRUE, "<rinnovo+" NO_TOKEN "@ordine.example>", line), ==, "bad-token-taken");
	g_assert_true(m.head_over);
	rn_milter_mail_clear(&m);
}

static void
test_forged(void)
{
	RnMilterMail m = { 0 };
	static const int index[] = { 1, 1, 2, 2, 3 };

	rule_of(&m, TRUE, "<rinnovo@ordine.example>",
	    "X-Rinnova-Session: a|x-rinnova-foo: b|X-RINNOVA-SESSION: c|Subject: x\n folded|X-Rinnova-Foo: d|x-rinnova-session: e");
	g_assert_cmpstr(m.head->str, ==, "Subject: x\r\n folded\r\n");
	g_assert_cmpuint(m.forged->len, ==, G_N_ELEMENTS(index));
	for (guint i = 0; i < m.forged->len; i++)
		g_assert_cmpint(g_array_index(m.forged_at, int, i), ==, index[i]);
	g_assert_false(m.forged_over);
	for (guint i = 0; i < 1000; i++)
		rn_milter_mail_header(&m, "X-Rinnova-Session", " v=1", TRUE);
	g_assert_true(m.forged_over);	/* hostile: no work grows with it */
	g_assert_cmpuint(m.forged->len, <=, 100);
	rn_milter_mail_clear(&m);
}

/* Results in our name go where the site says so, those of others stay; and the record says that they went. */
static void
test_stripped(void)
{
	static const char head[] =
	    "Authentication-Results: mx.altro.example; dkim=pass header.d=a.example|"
	    "Authentication-Results: mx.ordine.example; dkim=pass header.d=a.example|"
	    "authentication-results: (x) MX.Ordine.Example 1; none|"
	    "Authentication-Results: mx.ordine.example.altro; none|Subject: x|X-Rinnova-Foo: a";
	static const int index[] = { 2, 3, 1 };
	RnMilterMail m = { 0 };
	RnMilterConf *c = conf(TRUE, FALSE);
	g_auto(GStrv) lines = g_strsplit(head, "|", -1);
	g_autoptr(RnSession) s = rn_session_new();
	g_autofree char *record = NULL;
	const char *why;

	c->settings->site.milter_strip = TRUE;
	c->settings->site.authserv_id = g_strdup("mx.ordine.example");
	rn_milter_mail_begin(&m, c);
	rn_milter_mail_rcpt(&m, "<rinnovo@ordine.example>");
	rn_milter_mail_data(&m);
	for (guint i = 0; lines[i] != NULL; i++) {
		char *colon = strchr(lines[i], ':');

		*colon = '\0';
		rn_milter_mail_header(&m, lines[i], colon + 1, TRUE);
	}
	g_assert_cmpuint(m.forged->len, ==, G_N_ELEMENTS(index));
	for (guint i = 0; i < m.forged->len; i++)
		g_assert_cmpint(g_array_index(m.forged_at, int, i), ==, index[i]);
	g_assert_nonnull(strstr(m.head->str, "mx.altro.example"));
	g_assert_nonnull(strstr(m.head->str, "mx.ordine.example.altro"));
	g_assert_null(strstr(m.head->str, "mx.ordine.example;"));
	rn_milter_mail_eoh(&m);
	record = rn_milter_mail_session(&m, s, &why);
	g_assert_nonnull(strstr(record, "f=1;"));
	rn_milter_mail_clear(&m);
}

/* The record is good for each recipient and the body, and says whether there was a Message-ID. */
static void
test_session(void)
{
	static const char *const headers[] = { "From: a@b.example", "Message-ID: <1@b.example>",
		"Message-ID: <1@b.example>|Message-ID: <2@b.example>" };
	g_autoptr(RnDigest) d = rn_digest_new();
	g_autofree char *digest = NULL;

	rn_digest_feed(d, "RINNOVA\n", 8);
	digest = rn_digest_end(d);
	for (gsize i = 0; i < G_N_ELEMENTS(headers); i++) {
		RnMilterMail m = { 0 };
		g_autoptr(RnSession) s = rn_session_new(), got = rn_session_new();
		g_autofree char *value = NULL;
		g_autoptr(GBytes) raw = NULL;
		g_autoptr(RnHead) head = NULL;
		const char *why;

		rule_of(&m, TRUE, "<rinnovo@ordine.example> <Rinnovo+A@ordine.example>", headers[i]);
		g_assert_true(rn_milter_mail_body(&m, "RINN", 4));
		g_assert_true(rn_milter_mail_body(&m, "OVA\r\n", 5));
		value = rn_milter_mail_session(&m, s, &why);
		raw = g_bytes_new(m.head->str, m.head->len);
		head = rn_head_scan(raw, NULL, NULL);
		g_assert_cmpint(rn_session_check(m.conf->ring, DOMAIN, value, "rinnovo+a@ordine.example",
		                    head, digest, got, &why),
		    ==, RN_SESSION_GOOD);
		g_assert_cmpint(got->has_id, ==, i == 1);
		rn_milter_mail_clear(&m);
	}
}

static void
test_body_limits(void)
{
	RnMilterMail m = { 0 };
	g_autoptr(RnSession) s = rn_session_new();
	g_autofree char *piece = g_strnfill(30, 'x');
	const char *why;

	rn_milter_mail_begin(&m, conf(TRUE, TRUE));
	rn_milter_mail_rcpt(&m, "<rinnovo@ordine.example>");
	rn_milter_mail_data(&m);
	g_assert_true(rn_milter_mail_body(&m, piece, 30));
	g_assert_cmpuint(m.body->len, ==, 30);
	g_assert_true(rn_milter_mail_body(&m, piece, 30));
	g_assert_null(m.body);	/* over handover-max */
	g_assert_true(rn_milter_mail_body(&m, piece, 30));
	g_assert_false(rn_milter_mail_body(&m, piece, 30));	/* over max-message */
	g_assert_false(rn_milter_mail_body(&m, piece, 1));
	g_assert_null(rn_milter_mail_session(&m, s, &why));
	g_assert_cmpstr(why, ==, "the message is larger than lmtp.max-message");
	rn_milter_mail_clear(&m);
	g_assert_null(m.conf);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/milter/way", test_way);
	g_test_add_func("/milter/recipients", test_recipients);
	g_test_add_func("/milter/tokens", test_tokens);
	g_test_add_func("/milter/over-limit", test_over_limit);
	g_test_add_func("/milter/forged", test_forged);
	g_test_add_func("/milter/stripped", test_stripped);
	g_test_add_func("/milter/session", test_session);
	g_test_add_func("/milter/body-limits", test_body_limits);
	return g_test_run();
}
