/* base_log: one line per event, whatever bytes come in. */
#include "base/log.h"

#include <string.h>

static void
test_quote(void)
{
	static const struct {
		const char	*value;
		const char	*want;
	} rows[] = {
		{ "done", "done" },
		{ "2026-000042", "2026-000042" },
		{ "a/b\\c", "a/b\\c" },
		{ "", "\"\"" },
		{ "two words", "\"two words\"" },
		{ "a=b", "\"a=b\"" },
		{ "say \"yes\"", "\"say \\x22yes\\x22\"" },
		{ "back \\x20", "\"back \\x5cx20\"" },
		{ "line\nfeed", "\"line\\x0afeed\"" },
		{ "x\rrinnova[1]: - fake", "\"x\\x0drinnova[1]: - fake\"" },
		{ "tab\t", "\"tab\\x09\"" },
		{ "\x1b[2J", "\"\\x1b[2J\"" },
		{ "\x7f", "\"\\x7f\"" },
		{ "perch\xc3\xa9", "\"perch\xc3\xa9\"" },
		{ "\xc3", "\"\\xc3\"" },			/* cut short */
		{ "\xff\xfe", "\"\\xff\\xfe\"" },
		{ "\xc0\xaf", "\"\\xc0\\xaf\"" },		/* overlong */
		{ "\xe2\x80\xaetxt", "\"\\xe2\\x80\\xaetxt\"" },	/* right-to-left override */
		{ "\xc2\xa0", "\"\\xc2\\xa0\"" },		/* no-break space */
		{ "\xc2\x9b" "2J", "\"\\xc2\\x9b2J\"" },	/* C1 control */
		{ "\xed\xa0\x80", "\"\\xed\\xa0\\x80\"" },	/* surrogate */
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *got = rn_log_quote(rows[i].value);

		g_test_message("row %zu", i);
		g_assert_cmpstr(got, ==, rows[i].want);
	}
}

/* 400 bytes stay, more are cut, and never through a letter or an escape. */
static void
test_cut(void)
{
	g_autofree char *fits = g_strnfill(400, 'a');
	g_autofree char *over = g_strnfill(401, 'a');
	g_autofree char *bells = g_strnfill(5000, '\a');
	g_autofree char *got_fits = rn_log_quote(fits);
	g_autofree char *got_over = rn_log_quote(over);
	g_autofree char *got_bells = rn_log_quote(bells);
	g_autoptr(GString) letters = g_string_new("x");
	g_autofree char *got_letters = NULL;

	g_assert_cmpstr(got_fits, ==, fits);
	g_assert_cmpuint(strlen(got_over), <=, 405);
	g_assert_true(g_str_has_suffix(got_over, "aa...\""));
	g_assert_cmpuint(strlen(got_bells), <=, 405);
	g_assert_true(g_str_has_suffix(got_bells, "\\x07...\""));
	for (int i = 0; i < 300; i++)
		g_string_append(letters, "\xc3\xa8");
	got_letters = rn_log_quote(letters->str);
	g_assert_true(g_utf8_validate(got_letters, -1, NULL));
	g_assert_true(g_str_has_suffix(got_letters, "\xc3\xa8...\""));
}

static void
test_token(void)
{
	g_autofree char *shown = rn_log_token("abcdefghjkmnpqrstvwxyz0123456789abcdefgh");
	g_autofree char *brief = rn_log_token("abc");

	g_assert_cmpstr(shown, ==, "abcdef...");
	g_assert_cmpstr(brief, ==, "abc...");
}

static void
test_line(void)
{
	if (g_test_subprocess()) {
		rn_log_open("stderr", RN_LOG_INFO);
		rn_log(
		    RN_LOG_INFO, "4Qx\nT1z", "deliver", "outcome", "done", "rule", NULL, "why", "a b", NULL);
		rn_log(RN_LOG_DEBUG, "-", "secret", "text", "hidden", NULL);
		rn_log_open("stderr", RN_LOG_DEBUG);
		rn_log(RN_LOG_DEBUG, "-", "seen", NULL);
		return;
	}
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_passed();
	g_test_trap_assert_stderr("rinnova[*]: \"4Qx\\x0aT1z\" deliver outcome=done why=\"a b\"\n"
	                          "rinnova[*]: - seen\n");
	g_test_trap_assert_stderr_unmatched("*hidden*");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/base/log/quote", test_quote);
	g_test_add_func("/base/log/cut", test_cut);
	g_test_add_func("/base/log/token", test_token);
	g_test_add_func("/base/log/line", test_line);
	return g_test_run();
}
