/* mail_token: the codec, the signature, and where tokens stand. */
#include "mail/token.h"

#include <dlfcn.h>
#include <openssl/hmac.h>
#include <string.h>

#include "mail/keyring.h"

/* OpenSSL's own, or none: it asks for memory, and may not get it. */
static gboolean no_hmac;

unsigned char *
HMAC(const EVP_MD *md, const void *key, int key_len, const unsigned char *data, size_t n, unsigned char *out,
    unsigned int *len)
{
	unsigned char *(*real)(const EVP_MD *, const void *, int, const unsigned char *, size_t,
	    unsigned char *, unsigned int *);

	*(void **)&real = dlsym(RTLD_NEXT, "HMAC");
	return no_hmac ? NULL : real(md, key, key_len, data, n, out, len);
}

#define DOMAIN "ordine.example"
#define LOW "0123456789abcdefghjkmnpqrstvwxyz"
#define DAY (rn_day_from_ymd(2026, 11, 24))
#define KEYS \
	"3 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 2026-01-01\n" \
	"4 1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100 2026-06-01\n"

static RnSite site = { .domain = (char *)DOMAIN, .localpart = (char *)"rinnovo", .delimiter = (char *)"+" };
static RnSite own = {
	.domain = (char *)"rinnovo." DOMAIN, .localpart = (char *)"rinnovo", .delimiter = (char *)""
};

static RnKeyRing *
ring(const char *text)
{
	g_autoptr(GError) error = NULL;
	RnKeyRing *r = rn_keyring_parse(text, "keys", &error);

	g_assert_no_error(error);
	return r;
}

static char *
mint(const char *keys, RnPurpose purpose, guint64 period, RnDay last)
{
	g_autoptr(RnKeyRing) r = ring(keys);
	RnToken t = { .purpose = purpose, .step = 5, .period = period, .last_day = last };

	return rn_token_mint(r, &t, DOMAIN);
}

/* A token worked out apart from this code (Python: hmac and base64 with the digits exchanged): letters that
 * are out must stay good. */
static void
test_known(void)
{
	g_autoptr(RnKeyRing) r = ring(KEYS);
	g_autofree char *text = mint(KEYS, RN_PURPOSE_RENEW, 0x0123456789, DAY);
	RnToken t;

	g_assert_cmpstr(text, ==, "2gag28t5cy4g88phn3bbv36bh4147ybkgfq752ha");
	g_assert_cmpint(rn_token_check(r, text, "ORDINE.Example", DAY, &t), ==, RN_TOKEN_GOOD);
	g_assert_cmpuint(t.version, ==, 1);
	g_assert_cmpuint(t.key_id, ==, 4);
	g_assert_cmpint(t.purpose, ==, RN_PURPOSE_RENEW);
	g_assert_cmpuint(t.step, ==, 5);
	g_assert_cmpuint(t.period, ==, 0x0123456789);
	g_assert_cmpint(t.last_day, ==, DAY);
}

static void
test_check(void)
{
	g_autoptr(RnKeyRing) both = ring(KEYS);
	g_autoptr(RnKeyRing) first =
	    ring("3 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 2026-01-01");
	g_autoptr(RnKeyRing) other =
	    ring("4 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 2026-01-01");
	g_autofree char *text = mint(KEYS, RN_PURPOSE_ACCEPT, 7, DAY);
	g_autofree char *old =
	    mint("3 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 2026-01-01",
	        RN_PURPOSE_ACCEPT, 7, DAY);
	g_autofree char *upper = g_ascii_strup(text, -1);
	g_autofree char *fence = rn_token_fence(text);
	g_autofree char *dashed = g_strndup(fence + strlen("[codice: "), 47);
	RnToken t;

	g_assert_cmpint(rn_token_check(both, text, DOMAIN, DAY, &t), ==, RN_TOKEN_GOOD);
	g_assert_cmpint(rn_token_check(both, upper, DOMAIN, DAY, &t), ==, RN_TOKEN_GOOD);
	g_assert_cmpint(rn_token_check(both, dashed, DOMAIN, DAY, &t), ==, RN_TOKEN_GOOD);
	g_assert_cmpint(rn_token_check(both, old, DOMAIN, DAY, &t), ==, RN_TOKEN_GOOD);
	g_assert_cmpint(rn_token_check(both, text, DOMAIN, DAY + 1, &t), ==, RN_TOKEN_EXPIRED);
	g_assert_cmpuint(t.period, ==, 7);
	g_assert_cmpint(rn_token_check(both, text, "altro.example", DAY, &t), ==, RN_TOKEN_BAD);
	g_assert_cmpint(rn_token_check(both, text, DOMAIN "e", DAY, &t), ==, RN_TOKEN_BAD);
	g_assert_cmpint(rn_token_check(first, text, DOMAIN, DAY, &t), ==, RN_TOKEN_UNKNOWN_KEY);
	g_assert_cmpint(rn_token_check(other, text, DOMAIN, DAY, &t), ==, RN_TOKEN_BAD);
	g_assert_cmpint(rn_token_check(NULL, text, NULL, DAY, &t), ==, RN_TOKEN_UNCHECKED);
	g_assert_cmpint(rn_token_check(NULL, "x", NULL, DAY, &t), ==, RN_TOKEN_BAD);
}

/* Every other character at every place: never good, but for those that are read as the same one. */
static void
test_mutations(void)
{
	g_autoptr(RnKeyRing) r = ring(KEYS);
	g_autofree char *text = mint(KEYS, RN_PURPOSE_RENEW, 0xfedcba9876, DAY + 30);
	guint tried = 0;
	RnToken t;

	for (int at = 0; at < RN_TOKEN_CHARS; at++) {
		for (const char *c = LOW; *c != '\0'; c++) {
			g_autofree char *copy = g_strdup(text);
			RnTokenVerdict verdict;

			if (*c == text[at])
				continue;
			copy[at] = *c;
			verdict = rn_token_check(r, copy, DOMAIN, DAY, &t);
			g_test_message("place %d, %c", at, *c);
			g_assert_true(verdict == RN_TOKEN_BAD || verdict == RN_TOKEN_UNKNOWN_KEY);
			tried++;
		}
	}
	g_assert_cmpuint(tried, ==, RN_TOKEN_CHARS * 31);
}

static void
test_shape(void)
{
	static const struct {
		const char	*text, *canonical;
		gboolean	 decodes;
	} rows[] = {
		{ "2480000000000000000000000000000000000000", "2480000000000000000000000000000000000000", TRUE },
		{ "248O-oooo-0000-00000000000000000000000000--00", "2480000000000000000000000000000000000000", TRUE },
		{ "2480IiLl00ABCDEFGHJKMNPQRSTVWXYZ00000000", "2480111100abcdefghjkmnpqrstvwxyz00000000", TRUE },
		{ "0408000000000000000000000000000000000000", "0408000000000000000000000000000000000000", FALSE },
		{ "4408000000000000000000000000000000000000", "4408000000000000000000000000000000000000", FALSE },
		{ "2400000000000000000000000000000000000000", "2400000000000000000000000000000000000000", FALSE },
		{ "2680000000000000000000000000000000000000", "2680000000000000000000000000000000000000", FALSE },
		{ "248000000000000000000000000000000000000", NULL, FALSE },
		{ "24800000000000000000000000000000000000000", NULL, FALSE },
		{ "u408000000000000000000000000000000000000", NULL, FALSE },
		{ "248000000000000000 000000000000000000000", NULL, FALSE },
		{ "24800000000000000000000000000000000000\xc3\xa8", NULL, FALSE },
		{ "", NULL, FALSE },
		{ "----------------------------------------", NULL, FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *canonical = rn_token_canonical(rows[i].text);
		RnToken t;

		g_test_message("row %zu", i);
		g_assert_cmpstr(canonical, ==, rows[i].canonical);
		g_assert_cmpint(rn_token_decode(rows[i].text, &t, NULL), ==, rows[i].decodes);
	}
}

/* Every field at its ends comes back as it went. */
static void
test_fields(void)
{
	static const guint64 periods[] = { 0, 1, 0xffffffffff, 0x8000000001 };
	RnDay first = rn_day_from_ymd(2024, 1, 1);
	RnDay days[] = { first, first + 1, first + 255, first + 256, first + 65535 };

	for (guint p = 1; p < RN_PURPOSE_N; p++) {
		for (gsize i = 0; i < G_N_ELEMENTS(periods) * G_N_ELEMENTS(days); i++) {
			RnDay day = days[i / G_N_ELEMENTS(periods)];
			g_autofree char *text =
			    mint(KEYS, (RnPurpose)p, periods[i % G_N_ELEMENTS(periods)], day);
			guint8 bytes[RN_TOKEN_BYTES];
			RnToken t;

			g_assert_true(rn_token_decode(text, &t, bytes));
			g_assert_cmpuint(t.purpose, ==, p);
			g_assert_cmpuint(t.period, ==, periods[i % G_N_ELEMENTS(periods)]);
			g_assert_cmpint(t.last_day, ==, day);
			g_assert_cmpuint(bytes[0], ==, 0x14);
		}
	}
}

#define TOK "2480000000000000000000000000000000000000"
#define TOK_SPLIT "24800-00000-00000-00000-00000-00000-00000-00000"

static void
test_address(void)
{
	static const struct {
		const RnSite	*site;
		const char	*rcpt;
		gboolean	 token, ours;
	} rows[] = {
		{ &site, "rinnovo+" TOK "@ordine.example", TRUE, TRUE },
		{ &site, "Rinnovo-" TOK "@ORDINE.example", TRUE, TRUE },
		{ &site, "rinnovo+248OOOOOOO000000000000000000000000000000@ordine.example", TRUE, TRUE },
		{ &site, TOK "@ordine.example", TRUE, TRUE },
		{ &site, "rinnovo@ordine.example", FALSE, TRUE },
		{ &site, "RINNOVO@ordine.example", FALSE, TRUE },
		{ &site, "rinnovo+garbled@ordine.example", FALSE, TRUE },
		{ &site, "rinnovo+@ordine.example", FALSE, TRUE },
		{ &site, "rinnovo+" TOK "0@ordine.example", FALSE, TRUE },
		{ &site, "rinnovox@ordine.example", FALSE, FALSE },
		{ &site, "segreteria@ordine.example", FALSE, FALSE },
		{ &site, "rinnovo+" TOK "@altro.example", FALSE, FALSE },
		{ &site, "rinnovo+" TOK "@ordine.example.evil", FALSE, FALSE },
		{ &site, "rinnovo+" TOK, FALSE, FALSE },
		{ &site, "@ordine.example", FALSE, FALSE },
		{ &site, "", FALSE, FALSE },
		{ &own, TOK "@rinnovo.ordine.example", TRUE, TRUE },
		{ &own, "rinnovo+" TOK "@rinnovo.ordine.example", TRUE, TRUE },
		{ &own, "garbled@rinnovo.ordine.example", FALSE, TRUE },
		{ &own, "postmaster@rinnovo.ordine.example", FALSE, FALSE },
		{ &own, TOK "@ordine.example", FALSE, FALSE },
	};
	g_autofree char *with = rn_token_address(&site, TOK);
	g_autofree char *public = rn_token_address(&site, NULL);
	g_autofree char *alone = rn_token_address(&own, TOK);
	g_autofree char *id = rn_token_message_id(&site, "n", NULL, TOK);
	g_autofree char *unique = rn_token_message_id(&site, "n", "abc", TOK);
	g_autofree char *fence = rn_token_fence(TOK);

	g_assert_cmpstr(with, ==, "rinnovo+" TOK "@ordine.example");
	g_assert_cmpstr(public, ==, "rinnovo@ordine.example");
	g_assert_cmpstr(alone, ==, TOK "@rinnovo.ordine.example");
	g_assert_cmpstr(id, ==, "n." TOK "@ordine.example");
	g_assert_cmpstr(unique, ==, "n.abc." TOK "@ordine.example");
	g_assert_cmpstr(fence, ==, "[codice: " TOK_SPLIT "]");
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *got = rn_token_in_address(rows[i].site, rows[i].rcpt);

		g_test_message("row %zu: %s", i, rows[i].rcpt);
		g_assert_cmpstr(got, ==, rows[i].token ? TOK : NULL);
		g_assert_cmpint(rn_token_address_ours(rows[i].site, rows[i].rcpt), ==, rows[i].ours);
	}
}

/* One message: tokens by letter. R renew and A accept of period 1, O renew of period 2, B bounce of period 1,
 * X expired, Y expired too, F forged, U of an unknown key; G is 40 characters that are no token. */
#define GOOD RN_TOKEN_GOOD
#define TO(letter) "rinnovo+@" letter "@@ordine.example"
#define IRT(letter) "In-Reply-To: <n.@" letter "@@ordine.example>\n"
#define REF(letter) "References: <n.@" letter "@@ordine.example>\n"

static const struct {
	const char	*rcpt, *head, *body;	/* letters stand for @R@ and so on */
	RnWhere		 where;
	RnTokenVerdict	 verdict;
	char		 token;
	gboolean	 conflict;
} finds[] = {
	{ TO("R"), "", NULL, RN_WHERE_RECIPIENT, GOOD, 'R', FALSE },
	{ "rinnovo@ordine.example", "", NULL, RN_WHERE_NONE, RN_TOKEN_NONE, 0, FALSE },
	{ "rinnovo@ordine.example", IRT("R"), NULL, RN_WHERE_THREAD, GOOD, 'R', FALSE },
	{ NULL, "References: <a@b>,<n.x.@R@@ORDINE.EXAMPLE>,<c@d>\n", NULL, RN_WHERE_THREAD, GOOD, 'R', FALSE },
	{ NULL, REF("R") " <s.@A@@ordine.example>\n", NULL, RN_WHERE_THREAD, GOOD, 'A', FALSE },
	{ NULL, REF("A") IRT("R"), NULL, RN_WHERE_THREAD, GOOD, 'R', FALSE },
	{ NULL, "References: <n.@R@@altro.example>\n", NULL, RN_WHERE_NONE, RN_TOKEN_NONE, 0, FALSE },
	{ NULL, "References: <@R@@ordine.example>\n", NULL, RN_WHERE_NONE, RN_TOKEN_NONE, 0, FALSE },
	{ NULL, "Subject: @R@\n", "@R@", RN_WHERE_BODY, GOOD, 'R', FALSE },
	{ NULL, "To: \"x\" <rinnovo+@R@@ordine.example>, y@z.example\n", NULL, RN_WHERE_RECIPIENT, GOOD, 'R', FALSE },
	{ "rinnovo@ordine.example", "To: rinnovo+@R@@ordine.example\n", NULL, RN_WHERE_NONE, RN_TOKEN_NONE, 0, FALSE },
	{ TO("A"), REF("R"), "@R@", RN_WHERE_RECIPIENT, GOOD, 'A', FALSE },
	{ TO("R"), REF("O"), NULL, RN_WHERE_RECIPIENT, GOOD, 'R', FALSE },	/* an older letter of the thread */
	{ TO("R"), IRT("R") REF("O"), NULL, RN_WHERE_RECIPIENT, GOOD, 'R', FALSE },
	{ TO("R"), IRT("O"), NULL, RN_WHERE_RECIPIENT, GOOD, 'R', TRUE },
	{ NULL, IRT("R") REF("O"), NULL, RN_WHERE_THREAD, GOOD, 'R', FALSE },
	{ NULL, REF("O") " <s.@R@@ordine.example>\n", NULL, RN_WHERE_THREAD, GOOD, 'R', TRUE },
	{ TO("R"), "", "@O@", RN_WHERE_RECIPIENT, GOOD, 'R', TRUE },
	{ TO("R"), "", "@B@", RN_WHERE_RECIPIENT, GOOD, 'R', TRUE },
	{ TO("R"), "", "@R@", RN_WHERE_RECIPIENT, GOOD, 'R', FALSE },
	{ TO("X"), "", "@O@", RN_WHERE_BODY, GOOD, 'O', FALSE },
	{ TO("F"), IRT("X"), "@Y@", RN_WHERE_THREAD, RN_TOKEN_EXPIRED, 'X', FALSE },
	{ TO("F"), "", "@R@", RN_WHERE_BODY, GOOD, 'R', FALSE },
	{ TO("F"), "", "@U@", RN_WHERE_RECIPIENT, RN_TOKEN_BAD, 'F', FALSE },
	{ TO("U"), "", "@F@", RN_WHERE_RECIPIENT, RN_TOKEN_UNKNOWN_KEY, 'U', FALSE },
	{ TO("G"), "", NULL, RN_WHERE_RECIPIENT, RN_TOKEN_BAD, 'G', FALSE },
	{ TO("R"), REF("F"), "x", RN_WHERE_RECIPIENT, GOOD, 'R', FALSE },
};

static char *tokens[128];

static void
make_tokens(void)
{
	tokens['R'] = mint(KEYS, RN_PURPOSE_RENEW, 1, DAY);
	tokens['A'] = mint(KEYS, RN_PURPOSE_ACCEPT, 1, DAY);
	tokens['O'] = mint(KEYS, RN_PURPOSE_RENEW, 2, DAY);
	tokens['B'] = mint(KEYS, RN_PURPOSE_BOUNCE, 1, DAY);
	tokens['X'] = mint(KEYS, RN_PURPOSE_RENEW, 1, DAY - 1);
	tokens['Y'] = mint(KEYS, RN_PURPOSE_RENEW, 3, DAY - 1);
	tokens['F'] = mint("4 00000000000000000000000000000000000000000000000000000000000000aa 2026-01-01",
	    RN_PURPOSE_RENEW, 1, DAY);
	tokens['U'] = mint("9 00000000000000000000000000000000000000000000000000000000000000aa 2026-01-01",
	    RN_PURPOSE_RENEW, 1, DAY);
	tokens['G'] = g_strdup("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz");
}

/* TEXT with "@R@" and its like filled in. */
static char *
filled(const char *text)
{
	GString *s = g_string_new(text);

	for (guint c = 'A'; c <= 'Z'; c++) {
		char mark[] = { '@', (char)c, '@', '\0' };

		if (tokens[c] != NULL)
			g_string_replace(s, mark, tokens[c], 0);
	}
	return g_string_free(s, FALSE);
}

static void
test_find(void)
{
	g_autoptr(RnKeyRing) r = ring(KEYS);

	make_tokens();
	for (gsize i = 0; i < G_N_ELEMENTS(finds); i++) {
		g_autofree char *rcpt = finds[i].rcpt != NULL ? filled(finds[i].rcpt) : NULL;
		g_autofree char *with = filled(finds[i].head);
		g_autofree char *text = g_strconcat(with, "From: x\n\n", NULL);
		g_autoptr(GBytes) raw = g_bytes_new(text, strlen(text));
		g_autoptr(RnHead) head = rn_head_scan(raw, NULL, NULL);
		g_autoptr(RnEnvelope) env = rn_envelope_new(rcpt, NULL);
		g_autoptr(RnFacts) facts = rn_facts_new();

		facts->body_token = finds[i].body != NULL ? filled(finds[i].body) : NULL;
		facts->token_text = g_strdup("old");
		for (int again = 0; again < 2; again++) {
			rn_token_find(r, &site, env, head, DAY, facts);
			g_test_message("row %zu", i);
			g_assert_cmpint(facts->where, ==, finds[i].where);
			g_assert_cmpint(facts->token_verdict, ==, finds[i].verdict);
			g_assert_cmpint(facts->token_conflict, ==, finds[i].conflict);
			g_assert_cmpstr(facts->token_text, ==,
			    finds[i].token != 0 ? tokens[(guint)finds[i].token] : NULL);
		}
	}
}

/* Without keys and without a configuration a token is still seen. */
static void
test_find_unchecked(void)
{
	static const RnSite nothing = { 0 };
	g_autofree char *rcpt = g_strdup_printf("rinnovo+%s@anywhere.example", tokens['A']);
	g_autoptr(RnEnvelope) env = rn_envelope_new(rcpt, NULL);
	g_autoptr(RnFacts) facts = rn_facts_new();

	rn_token_find(NULL, &nothing, env, NULL, DAY, facts);
	g_assert_cmpint(facts->token_verdict, ==, RN_TOKEN_UNCHECKED);
	g_assert_cmpint(facts->token.purpose, ==, RN_PURPOSE_ACCEPT);
	rn_token_find(NULL, &nothing, NULL, NULL, DAY, facts);
	g_assert_cmpint(facts->token_verdict, ==, RN_TOKEN_NONE);
	for (gsize i = 0; i < G_N_ELEMENTS(tokens); i++)
		g_clear_pointer(&tokens[i], g_free);
}

/* A code that cannot be checked for want of memory is not a bad one, which the gate refuses: the process
 * ends, as it does wherever memory is wanting, and the mail is brought again. */
static void
test_no_memory(void)
{
	if (g_test_subprocess()) {
		g_autoptr(RnKeyRing) r = ring(KEYS);
		RnToken t = { .purpose = RN_PURPOSE_RENEW, .period = 1, .last_day = DAY };
		g_autofree char *good = rn_token_mint(r, &t, DOMAIN);

		no_hmac = TRUE;
		g_print("verdict %d\n", (int)rn_token_check(r, good, DOMAIN, DAY, &t));
		return;
	}
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_failed();
	g_test_trap_assert_stdout_unmatched("*verdict*");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/token/known", test_known);
	g_test_add_func("/mail/token/check", test_check);
	g_test_add_func("/mail/token/mutations", test_mutations);
	g_test_add_func("/mail/token/shape", test_shape);
	g_test_add_func("/mail/token/fields", test_fields);
	g_test_add_func("/mail/token/address", test_address);
	g_test_add_func("/mail/token/find", test_find);
	g_test_add_func("/mail/token/find-unchecked", test_find_unchecked);
	g_test_add_func("/mail/token/no-memory", test_no_memory);
	return g_test_run();
}
