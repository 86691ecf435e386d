/* base_text: addresses (a hostile table) and strings. */
#include "base/text.h"

#include <string.h>

#define A10 "aaaaaaaaaa"
#define A63 A10 A10 A10 A10 A10 A10 "aaa"

static void
test_addr(void)
{
	static const struct {
		gboolean	 valid;
		const char	*addr;
	} rows[] = {
		{ TRUE, "m.rossi@posta.example" },
		{ TRUE, "a@b.c" },
		{ TRUE, "Anna+x=1_{y}|z~!#$%&'*/?^`-@Pec.Medici.example" },
		{ TRUE, "rinnovo+0123456789abcdefghjkmnpqrstvwxyz01234567@ordine.example" },
		{ TRUE, "-x@posta.example" },
		{ TRUE, "x@localhost" },
		{ TRUE, "x@LocalHost" },
		{ TRUE, "x@xn--caff-8oa.example" },
		{ TRUE, "x@1and1.example" },
		{ TRUE, A63 "a@posta.example" },
		{ FALSE, A63 "aa@posta.example" },
		{ TRUE, "x@" A63 ".example" },
		{ FALSE, "x@" A63 "a.example" },
		{ TRUE, A63 "a@" A63 "." A63 "." A10 A10 A10 A10 A10 "aaa.example" },	/* 254 */
		{ FALSE, A63 "a@" A63 "." A63 "." A10 A10 A10 A10 A10 "aaaa.example" },	/* 255 */
		{ FALSE, "" },
		{ FALSE, "@" },
		{ FALSE, "x" },
		{ FALSE, "x@" },
		{ FALSE, "@posta.example" },
		{ FALSE, "x@posta" },
		{ FALSE, "x@posta.example." },
		{ FALSE, "x@.posta.example" },
		{ FALSE, "x@posta..example" },
		{ FALSE, "x@-posta.example" },
		{ FALSE, "x@posta-.example" },
		{ FALSE, "x@po_sta.example" },
		{ FALSE, "x@127.0.0.1" },
		{ FALSE, "x@posta.1" },
		{ FALSE, "x@[127.0.0.1]" },
		{ FALSE, "x@[IPv6:::1]" },
		{ FALSE, ".x@posta.example" },
		{ FALSE, "x.@posta.example" },
		{ FALSE, "x..y@posta.example" },
		{ FALSE, "x@y@posta.example" },
		{ FALSE, "\"x\"@posta.example" },
		{ FALSE, "\"x\\\"@y\"@posta.example" },
		{ FALSE, "<x@posta.example>" },
		{ FALSE, "Anna <x@posta.example>" },
		{ FALSE, "x@posta.example (Anna)" },
		{ FALSE, "x@posta.example,y@posta.example" },
		{ FALSE, "x@posta.example;y" },
		{ FALSE, "x @posta.example" },
		{ FALSE, " x@posta.example" },
		{ FALSE, "x@posta.example " },
		{ FALSE, "x@posta.example\n" },
		{ FALSE, "x@posta.example\r\nRCPT TO:<y@posta.example>" },
		{ FALSE, "x\r\nBcc: y@posta.example" },
		{ FALSE, "x\t@posta.example" },
		{ FALSE, "x\x7f@posta.example" },
		{ FALSE, "x\\y@posta.example" },
		{ FALSE, "x:y@posta.example" },
		{ FALSE, "@a.example,@b.example:x@posta.example" },	/* source route */
		{ FALSE, "caff\xc3\xa8@posta.example" },
		{ FALSE, "x@caff\xc3\xa8.example" },
		{ FALSE, "x@posta\xe3\x80\x82" "example" },		/* ideographic full stop */
		{ FALSE, "x\x80@posta.example" },
		{ FALSE, "x%00@posta.example\x01" },
		{ FALSE, "x@posta.example#y" },
		{ FALSE, "x@pos%74a.example" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("row %zu: %s", i, rows[i].addr);
		g_assert_cmpint(rn_addr_valid(rows[i].addr), ==, rows[i].valid);
	}
}

/* Every byte in either place: only those of the grammar pass. */
static void
test_addr_bytes(void)
{
	for (int c = 1; c < 256; c++) {
		char left[] = "x?y@posta.example", right[] = "x@pos?ta.example";

		left[1] = right[5] = (char)c;
		g_test_message("byte %d", c);
		g_assert_cmpint(rn_addr_valid(left), ==,
		    c < 128 && (g_ascii_isalnum(c) || strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL));
		g_assert_cmpint(
		    rn_addr_valid(right), ==, c < 128 && (g_ascii_isalnum(c) || c == '-' || c == '.'));
	}
}

static void
test_addr_parts(void)
{
	g_autofree char *fold = rn_addr_fold("M.Rossi+X@Posta.EXAMPLE");

	g_assert_cmpstr(fold, ==, "m.rossi+x@posta.example");
	g_assert_cmpstr(rn_addr_domain(fold), ==, "posta.example");
	g_assert_cmpstr(rn_addr_domain("nothing"), ==, "");
	g_assert_cmpstr(rn_addr_domain("a@b@c"), ==, "c");
}

static void
test_utf8(void)
{
	g_autofree char *good = rn_text_utf8("perch\xc3\xa9", -1);
	g_autofree char *bad = rn_text_utf8("a\xff/\xc3", -1);
	g_autofree char *nul = rn_text_utf8("a\0/", 3);
	g_autofree char *part = rn_text_utf8("abc", 2);

	g_assert_cmpstr(good, ==, "perch\xc3\xa9");
	g_assert_cmpstr(bad, ==, "a\xef\xbf\xbd/\xef\xbf\xbd");
	g_assert_cmpstr(nul, ==, "a\xef\xbf\xbd/");
	g_assert_cmpstr(part, ==, "ab");
}

static void
test_squash(void)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ " \t\r\n ", "" },
		{ "a", "a" },
		{ "  a  b\r\n\tc ", "a b c" },
		{ "a\xc2\xa0\xe2\x80\x83" "b", "a b" },	/* no-break space, em space */
		{ "a\v\fb", "a b" },
		{ "\xff  \xc3", "\xff \xc3" },		/* no UTF-8: kept */
		{ " \xc3\xa8 s\xc3\xac ", "\xc3\xa8 s\xc3\xac" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *got = rn_text_squash(rows[i][0]);

		g_test_message("row %zu", i);
		g_assert_cmpstr(got, ==, rows[i][1]);
	}
}

static void
test_money(void)
{
	static const struct {
		gint64		 cents;
		const char	*want;
	} rows[] = {
		{ 0, "0,00" }, { 5, "0,05" }, { 1220, "12,20" }, { 100000, "1000,00" }, { -5, "-0,05" },
		{ -1220, "-12,20" }, { G_MAXINT64, "92233720368547758,07" }, { G_MININT64, "-92233720368547758,08" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *got = rn_text_money(rows[i].cents);

		g_assert_cmpstr(got, ==, rows[i].want);
	}
}

static void
test_sha256(void)
{
	g_autofree char *none = rn_text_sha256("", 0);
	g_autofree char *abc = rn_text_sha256("abc", 3);

	g_assert_cmpstr(none, ==, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	g_assert_cmpstr(abc, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/base/addr/table", test_addr);
	g_test_add_func("/base/addr/bytes", test_addr_bytes);
	g_test_add_func("/base/addr/parts", test_addr_parts);
	g_test_add_func("/base/text/utf8", test_utf8);
	g_test_add_func("/base/text/squash", test_squash);
	g_test_add_func("/base/text/money", test_money);
	g_test_add_func("/base/text/sha256", test_sha256);
	return g_test_run();
}
