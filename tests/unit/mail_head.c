/* mail_head: the header block byte by byte, limits, trace fields. */
#include "mail/head.h"

#include <string.h>

static RnHead *
scan(const char *text, gssize len, const RnLimits *limits, GError **error)
{
	g_autoptr(GBytes) raw = g_bytes_new(text, len < 0 ? strlen(text) : (gsize)len);

	return rn_head_scan(raw, limits, error);
}

/* What is read from a head, in one line: names, "|", where the body begins. */
static char *
shape(const char *text, gssize len)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnHead) head = scan(text, len, NULL, &error);
	GString *out;

	if (head == NULL)
		return g_strdup(error->code == RN_ERR_INPUT ? "no message" : error->message);
	out = g_string_new(NULL);
	for (guint i = 0; i < rn_head_n(head); i++) {
		const RnField *f = rn_head_at(head, i);
		g_autofree char *value = rn_field_text(f);

		g_string_append_printf(out, "%.*s=%s;", (int)f->name_len, f->name, value);
	}
	g_string_append_printf(out, "|%zu", rn_head_body(head));
	return g_string_free(out, FALSE);
}

static void
test_scan(void)
{
	static const struct {
		const char	*text;
		gssize		 len;	/* -1: a C string */
		const char	*want;
	} rows[] = {
		{ "A: 1\r\nB: 2\r\n\r\nbody", -1, "A=1;B=2;|14" },
		{ "A: 1\nB: 2\n\nbody", -1, "A=1;B=2;|11" },
		{ "A: 1\r\nB: 2\n\r\nbody", -1, "A=1;B=2;|13" },
		{ "A: 1\nB: 2\n\n", -1, "A=1;B=2;|11" },
		{ "A: 1", -1, "A=1;|4" },
		{ "A:", -1, "A=;|2" },
		{ "A: 1\r", -1, "A=1;|5" },
		{ "A: 1\r\n 2\r\n\t3\r\nB: 4\r\n\r\n", -1, "A=1 2\t3;B=4;|22" },
		{ "A: 1\n \n 2\n\n", -1, "A=1  2;|11" },
		{ "A:1\r\n\r\nB: 2\r\n\r\n", -1, "A=1;|7" },
		{ "From x@y Mon\nA: 1\n\n", -1, "A=1;|19" },
		{ "From : x\nA: 1\n\n", -1, "From=x;A=1;|15" },
		{ "A: 1\nno field\nB: 2\n\n", -1, "A=1;|5" },
		{ "A : 1\n\n", -1, "A=1;|7" },
		{ "A\t : 1\n\n", -1, "A=1;|8" },
		{ "A: 1\nB\xc3\xa8: 2\n\n", -1, "A=1;|5" },
		{ "A: a\0b\n\n", 8, "A=a\xef\xbf\xbd" "b;|8" },
		{ "A: 1\nB\0: 2\n\n", 12, "A=1;|5" },
		{ "A: a\rB: b\n\n", -1, "A=a\rB: b;|11" },
		{ "A: \xff\xc3\xa8\n\n", -1, "A=\xff\xc3\xa8;|8" },
		{ "", -1, "no message" },
		{ "\r\nbody", -1, "no message" },
		{ "\n", -1, "no message" },
		{ " A: 1\n\n", -1, "no message" },
		{ ": 1\n\n", -1, "no message" },
		{ "hello\n\n", -1, "no message" },
		{ "From x@y Mon\n", -1, "no message" },
		{ "A B: 1\n\n", -1, "no message" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *got = shape(rows[i].text, rows[i].len);

		g_test_message("row %zu", i);
		g_assert_cmpstr(got, ==, rows[i].want);
	}
}

static void
test_find(void)
{
	g_autoptr(RnHead) head = scan("To: 1\nCC: x\nto: 2\nTo : 3\nTox: 4\n\n", -1, NULL, NULL);
	g_autofree char *text = rn_head_text(head, "TO");
	const RnField *third = rn_head_find(head, "to", 2);

	g_assert_cmpuint(rn_head_count(head, "To"), ==, 3);
	g_assert_cmpuint(rn_head_count(head, "Bcc"), ==, 0);
	g_assert_cmpstr(text, ==, "1");
	g_assert_cmpint(third->name[third->name_len], ==, ' ');
	g_assert_null(rn_head_find(head, "to", 3));
	g_assert_null(rn_head_text(head, "Bcc"));
}

/* TEXT of head with LINE N times behind it. */
static char *
many(const char *before, const char *line, guint n)
{
	GString *s = g_string_new(before);

	for (guint i = 0; i < n; i++)
		g_string_append(s, line);
	return g_string_free(s, FALSE);
}

static void
test_limits(void)
{
	static const struct {
		const char	*before, *line;
		guint		 n;	/* so many pass, one more does not */
		RnLimits	 limits;
		const char	*says;
	} rows[] = {
		{ "", "A: 12345\n", 10, { .max_head = 90 }, "header is over 90" },
		{ "", "A: 1\n", 7, { .max_fields = 7 }, "over 7 fields" },
		{ "", "A: 1\n", 300, { 0 }, "over 300 fields" },
		{ "Long:", " 34567890", 11, { .max_field = 103 }, "(Long) is over 103" },
		{ "A: 1\n\n", "123456789\n", 10, { .max_bytes = 106 }, "message is over 106" },
		{ "From: ", "g:", 512, { 0 }, "From" },
		{ "To: ", "<", 512, { 0 }, "To" },
		{ "A: 1\nreply-to :", "\n a,", 512, { 0 }, "Reply-To" },
		{ "A: 1\n\n--b\n\nCc: ", ";", 512, { 0 }, "Cc" },	/* of an inner message */
		{ "A: 1\n\n", "--b\n", 400, { 0 }, "MIME part" },
		{ "A: 1\n\n", "--\n", 3, { .max_parts = 3 }, "MIME part" },
		{ "A: 1\n\n", "Content-Type: multipart/mixed\n", 20, { 0 }, "Content-Type" },
		/* what a reader takes for a header inside: each field and parameter costs it as much as one
		 * above */
		{ "A: 1\n\n--b\n", "B: 1\n", 300, { 0 }, "inside of the message has too many fields" },
		{ "A: 1\n\n--b\nno field\n", "B : 1\n", 9, { .max_fields = 9 }, "too many fields" },
		{ "A: 1\nContent-Type: message/rfc822\n\n", "B: 1\r\n", 300, { 0 }, "too many fields" },
		{ "A: 1\nContent-Type: multipart/digest\n\n--b\n\n", "B: 1\n", 300, { 0 }, "too many fields" },
		{ "A: 1\nContent-Type: multipart/digest\n\n--b\nContent-Type: m\n\n", "B: 1\n", 300, { 0 }, "too many" },
		{ "A: 1\n\n--b\nContent-Type: message/x\n\nContent-Type: message/y\n\n", "B: 1\n", 300, { 0 },
		    "too many fields" },
		{ "A: 1\n\n--b\nContent-Type: text/plain", ";\n a=b", 9, { .max_field = 80 },
		    "a field that is too long" },
		{ "A: 1\nno field\n", "B: 1\n", 8, { .max_fields = 9 }, "too many fields" },
		{ "A: 1\n", "--\nB: 1\n", 8, { .max_fields = 9 }, "too many fields" },
		{ "A: 1\nno field\n--B: 1", "\n 34567890", 9, { .max_field = 94 }, "a field that is too long" },
		{ "A: 1\nno field\n", "--B: 1\n", 8, { .max_fields = 9 }, "too many fields" },
		{ "A: 1\n\n--b\nno field\n :\n", " 34567890\n", 9, { .max_field = 90 }, "a field that is too long" },
		{ "A: 1\nno field\n", " :\nno field\n", 8, { .max_fields = 9 }, "too many fields" },
		{ "A: 1\n\n--b\n", "\xc3\xa8: 1\n", 9, { .max_fields = 9 }, "too many fields" },
		{ "A: 1\n\n--b\n", "B: 6789\n", 10, { .max_head = 80 }, "inside of the message is too long" },
		{ "A: 1\n\n", "content-type :\r\n (x)\r\n MESSAGE/rfc822\r\n", 4, { .max_depth = 4 }, "Content-Type" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *good = many(rows[i].before, rows[i].line, rows[i].n);
		g_autofree char *bad = many(rows[i].before, rows[i].line, rows[i].n + 1);
		g_autoptr(GError) error = NULL;
		g_autoptr(RnHead) head = scan(good, -1, &rows[i].limits, &error);

		g_test_message("row %zu", i);
		g_assert_no_error(error);
		g_assert_nonnull(head);
		g_assert_null(scan(bad, -1, &rows[i].limits, &error));
		g_assert_error(error, RN_ERROR, RN_ERR_LIMIT);
		g_assert_nonnull(strstr(error->message, rows[i].says));
	}
}

/* What people send is under every limit, however long it is. */
static void
test_honest(void)
{
	static const char *const rows[][2] = {
		{ "A: 1\n\n", "Tel: 06 1234567\n" },		/* text that looks like fields */
		{ "A: 1\n\n-- \nMario Rossi\nTel: 1\n\n", "Il 1/1: si\n" },	/* behind a signature */
		{ "A: 1\n\n--b\nContent-Type: text/plain\n\n", "Ore: 10\n" },
		{ "A: 1\n\n--b\nContent-Type: message/rfc822\n\nTo: a@b\n\n", "x: y\n" },
		/* against RFC 2046 5.2.1, but some programs write it so */
		{ "A: 1\n\n--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n",
		    "UmVjZWl2ZWQ6IGZyb20gYQ0KU3ViamVjdDogeA0KDQp4DQo=\n" },
		{ "A: 1\n\n--b\nContent-Type: multipart/digest\n\n--c\nContent-Type: text/plain\n\n", "x: y\n" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = many(rows[i][0], rows[i][1], 20000);
		g_autoptr(GError) error = NULL;
		g_autoptr(RnHead) head = scan(text, -1, NULL, &error);

		g_test_message("row %zu", i);
		g_assert_no_error(error);
		g_assert_nonnull(head);
	}
}

/* The same message by LMTP and by pipe(8) has one digest; another body another. */
static void
test_digest(void)
{
	static const char *const same[] = { "A: 1\r\n\r\nx\r\n\r\ny", "A: 2\n\nx\n\ny", "B: 1\n\nx\r\n\ny" };
	static const char *const other[] = { "A: 1\n\nx\n\ny\n", "A: 1\n\nx\n\r\ry", "A: 1\n\nx\r\n\r\n\r\ny",
		"A: 1\n\n" };
	g_autoptr(RnHead) first = scan(same[0], -1, NULL, NULL);
	g_autofree char *want = rn_head_body_digest(first);

	/* sha256sum of x, CRLF, CRLF, y */
	g_assert_cmpstr(want, ==, "cd616156aec9166aaee5ac28884cc4c5d58d414a9eb741e6d547c18794aecaff");
	for (gsize i = 0; i < G_N_ELEMENTS(same); i++) {
		g_autoptr(RnHead) head = scan(same[i], -1, NULL, NULL);
		g_autofree char *got = rn_head_body_digest(head);

		g_assert_cmpstr(got, ==, want);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(other); i++) {
		g_autoptr(RnHead) head = scan(other[i], -1, NULL, NULL);
		g_autofree char *got = rn_head_body_digest(head);

		g_assert_cmpstr(got, !=, want);
	}
}

static void
test_message_id(void)
{
	static const char *const rows[][2] = {
		{ "Message-ID: <a@b>\n\n", "a@b" },
		{ "message-id:\n <a@b>\n\n", "a@b" },
		{ "Message-Id: a@b\n\n", "a@b" },
		{ "Message-ID: <a b@c>\n\n", "ab@c" },
		{ "Message-ID: <a@b> (x)\n\n", "a@b" },
		{ "Message-ID: <a@\xff>\n\n", "a@\xef\xbf\xbd" },
		{ "Message-ID: <>\n\n", NULL },
		{ "Message-ID:\n\n", NULL },
		{ "A: 1\n\n", NULL },
		{ "Message-ID: <a@b>\nMessage-ID: <c@d>\n\n", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(RnHead) head = scan(rows[i][0], -1, NULL, NULL);
		g_autofree char *got = rn_head_message_id(head);

		g_test_message("row %zu", i);
		g_assert_cmpstr(got, ==, rows[i][1]);
	}
}

#define T 1795514400	/* 2026-11-24 10:00:00 UTC */

static void
test_taken(void)
{
	static const struct {
		gint64		 want;
		const char	*head;
	} rows[] = {
		{ T, "Received: from x (y [1.2.3.4])\r\n\tby mx.ours (Postfix) with ESMTP id 1;\r\n\tTue, 24 Nov 2026 "
		     "11:00:00 +0100 (CET)\r\n" },
		{ T, "Received: by MX.OURS (Postfix, from userid 0) id 1; 24 Nov 2026 10:00:00 GMT\n" },
		{ T, "Received: by two.ours; Tue, 24 Nov 2026 05:30 -0430\n" },
		{ T, "Received: from a by other; Tue, 24 Nov 2026 12:00:00 +0000\nReceived: from b by mx.ours; Tue, 24 Nov "
		     "2026 10:00:00 +0000\n" },
		{ T, "Received: by mx.ours; Tue, 24 Nov 2026 10:00:00 +0000\nReceived: by mx.ours; Tue, 24 Nov 2026 "
		     "09:00:00 +0000\n" },
		{ T, "Received: from \"a; b\" (;by evil) by mx.ours; Tue, 24 Nov 2026 10:00:00 +0000\n" },
		{ 0, "Received: from x by other; Tue, 24 Nov 2026 10:00:00 +0000\n" },
		{ 0, "Received: from by mx.ours by other; Tue, 24 Nov 2026 10:00:00 +0000\n" },
		{ 0, "Received: from a (by mx.ours) by other; Tue, 24 Nov 2026 10:00:00 +0000\n" },
		{ 0, "Received: from a (by mx.ours; Tue, 24 Nov 2026 10:00:00 +0000\n" },
		{ 0, "Received: by mx.ours.evil; Tue, 24 Nov 2026 10:00:00 +0000\n" },
		{ 0, "Received: by mx.ours\n" },
		{ 0, "Received: by mx.ours; soon\n" },
		{ 0, "Received: by mx.ours; Tue, 31 Nov 2026 10:00:00 +0000\n" },
		{ 0, "Received: by mx.ours; Tue, 24 Nov 2026 24:00:00 +0000\n" },
		{ 0, "Received: by mx.ours; Tue, 24 Nov 2026 10:00:00 CET\n" },
		{ 0, "Received: by mx.ours; Tue, 24 Nov 2026 10:00:00 +0000 x\n" },
		{ 0, "Received: by mx.ours; Tue, 24 Nov 26 10:00:00 +0000\n" },
		{ 0, "Received:\n" },
		{ 0, "A: 1\n" },
	};
	char *hosts[] = { (char *)"mx.ours", (char *)"two.ours", NULL };

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(RnHead) head = scan(rows[i].head, -1, NULL, NULL);

		g_test_message("row %zu", i);
		g_assert_cmpint(rn_head_taken(head, hosts), ==, rows[i].want);
		g_assert_cmpint(rn_head_taken(head, NULL), ==, 0);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/head/scan", test_scan);
	g_test_add_func("/mail/head/find", test_find);
	g_test_add_func("/mail/head/limits", test_limits);
	g_test_add_func("/mail/head/honest", test_honest);
	g_test_add_func("/mail/head/digest", test_digest);
	g_test_add_func("/mail/head/message-id", test_message_id);
	g_test_add_func("/mail/head/taken", test_taken);
	return g_test_run();
}
