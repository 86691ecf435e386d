/* mail_from: one plain address in one From field, or it is odd. */
#include "mail/auth.h"

#include <string.h>

#define M "m.rossi@posta.example"

static const struct {
	const char	*from;	/* the folded address, NULL: odd */
	const char	*head;
	gssize		 len;	/* 0: a C string */
} rows[] = {
	{ M, "From: m.rossi@posta.example\n", 0 },
	{ M, "FROM:m.rossi@posta.example\r\n", 0 },
	{ M, "From:   M.Rossi@Posta.EXAMPLE  \n", 0 },
	{ M, "From: <m.rossi@posta.example>\n", 0 },
	{ M, "From: Maria Rossi <m.rossi@posta.example>\n", 0 },
	{ M, "From: Maria Rossi<m.rossi@posta.example>\n", 0 },
	{ M, "From: \"Rossi, Maria\" <m.rossi@posta.example>\n", 0 },
	{ M, "From: \"Maria \\\"M\\\" Rossi\" <m.rossi@posta.example>\n", 0 },
	{ M, "From: \"m.rossi@posta.example\" <m.rossi@posta.example>\n", 0 },
	{ M, "From: \"<x@junk.example>\" <m.rossi@posta.example>\n", 0 },
	{ M, "From: Dott. M. Rossi\r\n <m.rossi@posta.example>\r\n", 0 },
	{ M, "From:\r\n m.rossi@posta.example\r\n", 0 },
	{ M, "From: =?UTF-8?Q?Mar=C3=ACa?= Rossi <m.rossi@posta.example>\n", 0 },
	{ M, "From: =?utf-8?b?dmljdGltQHYuZXhhbXBsZT4=?= <m.rossi@posta.example>\n", 0 },
	{ "x@xn--caff-8oa.example", "From: x@XN--CAFF-8OA.example\n", 0 },
	{ "x@localhost", "From: x@localhost\n", 0 },
	/* what phones and old programs write: 8-bit letters, dots, comments */
	{ M, "From: Mar\xc3\xac" "a <m.rossi@posta.example>\n", 0 },
	{ M, "From: \"Mar\xc3\xac" "a\" <m.rossi@posta.example>\n", 0 },
	{ M, "From: Nicol\xf2 Rossi <m.rossi@posta.example>\n", 0 },
	{ M, "From: \xc3\x88 Rossi\r\n <m.rossi@posta.example>\r\n", 0 },
	{ M, "From: Dott.ssa M. d'Rossi <m.rossi@posta.example>\n", 0 },
	{ M, "From: m.rossi@posta.example (Maria)\n", 0 },
	{ M, "From: m.rossi@posta.example (Nicol\xc3\xb2 Rossi)\n", 0 },
	{ M, "From: (Maria) m.rossi@posta.example\n", 0 },
	{ M, "From: Maria (x) <m.rossi@posta.example>\n", 0 },
	{ M, "From: Maria (x)<m.rossi@posta.example>\n", 0 },
	{ M, "From: <m.rossi@posta.example> (x) (y)\n", 0 },
	{ M, "From: \"Rossi (studio), Maria\" <m.rossi@posta.example>\n", 0 },
	{ M, "From: m.rossi@posta.example <m.rossi@posta.example>\n", 0 },
	/* the number of fields */
	{ NULL, "To: a@b.example\n", 0 },
	{ NULL, "From: m.rossi@posta.example\nFrom: m.rossi@posta.example\n", 0 },
	{ NULL, "From: m.rossi@posta.example\nTo: x@y.example\nfrom : x@evil.example\n", 0 },
	{ NULL, "From : m.rossi@posta.example\n", 0 },
	{ NULL, "From\t: m.rossi@posta.example\n", 0 },
	{ NULL, "From:\n", 0 },
	{ NULL, "From: <>\n", 0 },
	{ NULL, "From: Maria Rossi\n", 0 },
	{ NULL, "Sender: m.rossi@posta.example\n", 0 },
	/* bytes */
	{ NULL, "From: m.rossi@posta.example\0@evil.example\n", 43 },
	{ NULL, "From: \"a\0b\" <m.rossi@posta.example>\n", 37 },
	{ NULL, "From: m.rossi@posta.example\0\n", 29 },
	{ NULL, "From: m.ross\xc3\xac@posta.example\n", 0 },
	{ NULL, "From: Maria <m.ross\xc3\xac@posta.example>\n", 0 },
	{ NULL, "From: Maria <m.rossi@posta.ex\xc3\xa0mple>\n", 0 },
	{ NULL, "From: Maria <m.rossi@posta.example> Ross\xc3\xac\n", 0 },
	{ NULL, "From: Ross\xc3\xac, Maria <m.rossi@posta.example>\n", 0 },
	{ NULL, "From: Mar\xc3\xac" "a m.rossi@posta.example\n", 0 },
	{ NULL, "From: Mar\xc3\xac" "a x@evil.example <m.rossi@posta.example>\n", 0 },
	{ NULL, "From: x@caff\xc3\xa8.example\n", 0 },
	{ NULL, "From: \x80m.rossi@posta.example\n", 0 },
	{ NULL, "From: m.rossi@posta.example\rFrom: x@evil.example\n", 0 },
	{ NULL, "From: m.rossi\x7f@posta.example\n", 0 },
	{ NULL, "From: \x1bMaria <m.rossi@posta.example>\n", 0 },
	{ NULL, "From: m.rossi@posta.example\v\n", 0 },
	/* several mailboxes, groups, routes */
	{ NULL, "From: m.rossi@posta.example, x@evil.example\n", 0 },
	{ NULL, "From: m.rossi@posta.example,\n", 0 },
	{ NULL, "From: <m.rossi@posta.example>, <x@evil.example>\n", 0 },
	{ NULL, "From: <m.rossi@posta.example><x@evil.example>\n", 0 },
	{ NULL, "From: <m.rossi@posta.example> x\n", 0 },
	{ NULL, "From: <m.rossi@posta.example> <x@evil.example>\n", 0 },
	{ NULL, "From: <<m.rossi@posta.example>>\n", 0 },
	{ NULL, "From: <x@evil.example<m.rossi@posta.example>\n", 0 },
	{ NULL, "From: <m.rossi@posta.example\n", 0 },
	{ NULL, "From: m.rossi@posta.example>\n", 0 },
	{ NULL, "From: m.rossi@posta.example <x@evil.example>\n", 0 },
	{ NULL, "From: x@evil.example <m.rossi@posta.example>\n", 0 },
	{ NULL, "From: Rossi, Maria <m.rossi@posta.example>\n", 0 },
	{ NULL, "From: group: m.rossi@posta.example;\n", 0 },
	{ NULL, "From: group:;\n", 0 },
	{ NULL, "From: a: <m.rossi@posta.example>;\n", 0 },
	{ NULL, "From: <@evil.example,@b.example:m.rossi@posta.example>\n", 0 },
	{ NULL, "From: @evil.example:m.rossi@posta.example\n", 0 },
	{ NULL, "From: m.rossi@posta.example;x\n", 0 },
	/* comments and quotes */
	{ NULL, "From: m.rossi@posta.example(x@evil.example)\n", 0 },
	{ NULL, "From: (x@evil.example) m.rossi@posta.example\n", 0 },
	{ NULL, "From: <m.rossi@posta.example(x)>\n", 0 },
	{ NULL, "From: m.rossi@posta.example (x@evil.example)\n", 0 },
	{ NULL, "From: x@evil.example (<m.rossi@posta.example>)\n", 0 },
	{ NULL, "From: m.rossi@posta.example (a (b) c)\n", 0 },
	{ NULL, "From: m.rossi@posta.example (a, b)\n", 0 },
	{ NULL, "From: m.rossi@posta.example (a\\) b)\n", 0 },
	{ NULL, "From: m.rossi@posta.example (\"a\")\n", 0 },
	{ NULL, "From: m.rossi@posta.example (a\n", 0 },
	{ NULL, "From: m.rossi@posta.example a)\n", 0 },
	{ NULL, "From: m.rossi@posta.example(Maria)\n", 0 },
	{ NULL, "From: m.rossi(x)@posta.example\n", 0 },
	{ NULL, "From: m.rossi @posta (x) .example\n", 0 },
	{ NULL, "From: m.rossi@posta.example (a) x@evil.example\n", 0 },
	{ NULL, "From: m.rossi@posta.example (a)evil.example\n", 0 },
	{ NULL, "From: (a) (b)\n", 0 },
	{ NULL, "From: <m.rossi@posta.example> (a) <x@evil.example>\n", 0 },
	{ NULL, "From: <m.rossi (a) @posta.example>\n", 0 },
	{ NULL, "From: m.rossi@posta.exampl <m.rossi@posta.example>\n", 0 },
	{ NULL, "From: m.rossi@posta.example m.rossi@posta.example <m.rossi@posta.example>\n", 0 },
	{ NULL, "From: \"x <a@junk.example>\"@posta.example\n", 0 },
	{ NULL, "From: \"m.rossi\"@posta.example\n", 0 },
	{ NULL, "From: <\"m.rossi\"@posta.example>\n", 0 },
	{ NULL, "From: \"Maria <m.rossi@posta.example>\n", 0 },
	{ NULL, "From: \"Maria\\\" <m.rossi@posta.example>\n", 0 },
	{ NULL, "From: \"Maria\\", 0 },
	{ NULL, "From: m.rossi@posta.example\\,@evil.example\n", 0 },
	{ NULL, "From: Maria \\<x@y.example\\> <m.rossi@posta.example>\n", 0 },
	/* the address */
	{ NULL, "From: =?utf-8?q?m.rossi?=@posta.example\n", 0 },
	{ NULL, "From: <=?utf-8?b?bS5yb3NzaQ==?=@posta.example>\n", 0 },
	{ NULL, "From: =?utf-8?b?bS5yb3NzaUBwb3N0YS5leGFtcGxl?=\n", 0 },
	{ NULL, "From: m.rossi @posta.example\n", 0 },
	{ NULL, "From: < m.rossi@posta.example>\n", 0 },
	{ NULL, "From: <m.rossi@posta\r\n .example>\r\n", 0 },
	{ NULL, "From: m.rossi@posta.example@evil.example\n", 0 },
	{ NULL, "From: m.rossi@[127.0.0.1]\n", 0 },
	{ NULL, "From: m.rossi@posta..example\n", 0 },
	{ NULL, "From: m.rossi@-posta.example\n", 0 },
	{ NULL, "From: m.rossi@posta.example.\n", 0 },
	{ NULL, "From: m.rossi@xn--zzzzzzzz999999.example\n", 0 },
	{ NULL, "From: .m.rossi@posta.example\n", 0 },
};

static void
test_from(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GBytes) raw =
		    g_bytes_new(rows[i].head, rows[i].len != 0 ? (gsize)rows[i].len : strlen(rows[i].head));
		g_autoptr(RnHead) head = rn_head_scan(raw, NULL, NULL);
		g_autoptr(RnFacts) facts = rn_facts_new();

		/* what was known before is gone, not kept */
		facts->from = g_strdup("old@posta.example");
		facts->from_why = g_strdup("old");
		rn_auth_from(head, facts);
		g_test_message("row %zu: %s", i, facts->from_why != NULL ? facts->from_why : "plain");
		g_assert_cmpstr(facts->from, ==, rows[i].from);
		g_assert_cmpint(facts->from_odd, ==, rows[i].from == NULL);
		g_assert_cmpint(facts->from_why != NULL, ==, rows[i].from == NULL);
		g_assert_cmpstr(facts->from_why, !=, "old");
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/from/table", test_from);
	return g_test_run();
}
