/* read_charset: every charset that mail comes in, wrong labels, and bytes that are none. */
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mail/charset.h"

typedef struct {
	const char	*label;
	const char	*bytes;
	gssize		 len;		/* -1: up to the NUL */
	const char	*text;
	gboolean	 odd;
} Row;

#define PERO "Per\xc3\xb2 s\xc3\xac"

static const Row rows[] = {
	{ "utf-8", PERO, -1, PERO, FALSE },
	{ "UTF-8", "\xef\xbb\xbf" PERO, -1, PERO, FALSE },
	{ "us-ascii", "si", -1, "si", FALSE },
	{ "iso-8859-1", "Per\xf2 s\xec", -1, PERO, FALSE },
	{ "windows-1252",
	    "Per\xf2 \x93s\xec\x94 \x80", -1, "Per\xc3\xb2 \xe2\x80\x9cs\xc3\xac\xe2\x80\x9d \xe2\x82\xac", FALSE },
	{ "iso-8859-1",
	    "\x93s\xec\x94", -1, "\xe2\x80\x9cs\xc3\xac\xe2\x80\x9d", FALSE },	/* as everybody means it */
	{ "iso-8859-15", "10 \xa4", -1, "10 \xe2\x82\xac", FALSE },
	{ "iso-8859-2", "\xe8", -1, "\xc4\x8d", FALSE },
	{ "windows-1250", "podalj\x9a" "ajte", -1, "podalj\xc5\xa1" "ajte", FALSE },
	{ "koi8-r", "\xc4\xc1", -1, "\xd0\xb4\xd0\xb0", FALSE },
	{ "macintosh", "Per\x98 s\x93", -1, PERO, FALSE },
	{ "x-mac-roman", "Per\x98 s\x93", -1, PERO, FALSE },
	{ "cp850", "Per\x95 s\x8d", -1, PERO, FALSE },
	{ "ibm850", "Per\x95 s\x8d", -1, PERO, FALSE },
	{ "cp437", "Per\x95 s\x8d", -1, PERO, FALSE },
	{ "utf-16", "\xff\xfeP\0e\0r\0\xf2\0", 10, "Per\xc3\xb2", FALSE },
	{ "utf-16", "\xfe\xff\0P\0e\0r\0\xf2", 10, "Per\xc3\xb2", FALSE },
	{ "utf-16le", "P\0e\0r\0\xf2\0", 8, "Per\xc3\xb2", FALSE },
	{ "utf-16be", "\0P\0e\0r\0\xf2", 8, "Per\xc3\xb2", FALSE },
	{ "utf-16", "P\0e\0r\0\xf2\0", 8, "Per\xc3\xb2", FALSE },
	{ "utf-8", "R\0I\0N\0N\0O\0V\0A\0", 14, "RINNOVA", FALSE },		/* wrong label */
	{ "utf-16", "RINNOVA", -1, "RINNOVA", FALSE },				/* the other way round */
	{ "utf-7", "Per+API-", -1, "Per\xc3\xb2", FALSE },
	{ "unicode-1-1-utf-7", "Per+API-", -1, "Per\xc3\xb2", FALSE },
	{ "utf-32", "\xff\xfe\0\0s\0\0\0\xec\0\0\0", 12, "s\xc3\xac", FALSE },
	{ "iso-2022-jp", "\x1b$B$O$$\x1b(B", -1, "\xe3\x81\xaf\xe3\x81\x84", FALSE },
	{ "shift_jis", "\x82\xcd\x82\xa2", -1, "\xe3\x81\xaf\xe3\x81\x84", FALSE },
	{ "gb2312", "\xca\xc7", -1, "\xe6\x98\xaf", FALSE },
	{ "big5", "\xac\x4f", -1, "\xe6\x98\xaf", FALSE },
	{ "euc-kr", "\xbf\xb9", -1, "\xec\x98\x88", FALSE },
	/* labels that are wrong or missing */
	{ "iso-8859-1", PERO, -1, PERO, FALSE },
	{ "us-ascii", PERO, -1, PERO, FALSE },
	{ NULL, PERO, -1, PERO, FALSE },
	{ "", "si", -1, "si", FALSE },
	{ "utf-8", "Per\xf2", -1, "Per\xc3\xb2", TRUE },
	{ NULL, "Per\xf2", -1, "Per\xc3\xb2", TRUE },
	{ "x-unknown", "Per\xf2", -1, "Per\xc3\xb2", TRUE },
	{ "no-such-charset", "Per\xf2", -1, "Per\xc3\xb2", TRUE },
	{ "no-such-charset", "si", -1, "si", FALSE },
	{ "\"iso-8859-1\"", "\xf2", -1, "\xc3\xb2", FALSE },
	/* bytes that are none */
	{ "windows-1252", "a\x81" "b", -1, "a\xef\xbf\xbd" "b", TRUE },
	{ "utf-8", "a\0b", 3, "a\xef\xbf\xbd" "b", TRUE },
	{ "utf-16le", "\xff\xfe" "a\0\x00\xd8" "b\0", 8, "a\xef\xbf\xbd" "b", TRUE },
	{ "utf-8", "a\r\nb\rc\nd", -1, "a\nb\nc\nd", FALSE },
	{ "utf-8", "", 0, "", FALSE },
	{ "utf-16", "\xff\xfe", 2, "", FALSE },
};

static void
test_rows(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		gboolean odd = FALSE;
		gsize len = rows[i].len < 0 ? strlen(rows[i].bytes) : (gsize)rows[i].len;
		g_autofree char *text = rn_charset_decode(rows[i].bytes, len, rows[i].label, &odd, NULL);

		if (strcmp(text, rows[i].text) != 0 || odd != rows[i].odd)
			g_test_fail_printf("row %u, %s: \"%s\" odd %d", i,
			    rows[i].label != NULL ? rows[i].label : "(none)", text, odd);
	}
}

/* The sandbox lets nobody open a file: what was opened before must be enough. */
static void
test_sealed(void)
{
	const struct rlimit none = { 0, 0 };
	int status;
	pid_t child = fork();

	g_assert_cmpint(child, >=, 0);
	if (child == 0) {
		guint wrong = setrlimit(RLIMIT_NOFILE, &none) != 0;
		g_autofree char *missing = NULL, *names = rn_charset_missing();
		g_autofree char *guess = NULL;
		gboolean guessed = FALSE;

		wrong += *names != '\0';
		guess = rn_charset_decode("s\xec", 2, "ISO-2022-KR", &guessed, &missing);
		wrong += !guessed || g_strcmp0(missing, "iso-2022-kr") != 0;
		wrong += rn_charset_readable("iso-2022-kr", 11) || !rn_charset_readable("Latin1*it", 6) ||
		    !rn_charset_readable("x-unknown", 9);

		for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
			gboolean odd = FALSE;
			gsize len = rows[i].len < 0 ? strlen(rows[i].bytes) : (gsize)rows[i].len;
			g_autofree char *text =
			    rn_charset_decode(rows[i].bytes, len, rows[i].label, &odd, NULL);

			wrong += strcmp(text, rows[i].text) != 0 || odd != rows[i].odd;
		}
		_exit((int)MIN(wrong, 100));
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

/* Any bytes under any label give valid text and come to an end. */
static void
test_any(void)
{
	static const char *const labels[] = { "utf-8", "utf-16", "utf-7", "iso-2022-jp", "gb18030",
		"windows-1252", "utf-32", "shift_jis", "nil" };
	char bytes[256];

	for (guint i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 167 + 13);
	for (guint k = 0; k < G_N_ELEMENTS(labels); k++) {
		for (gsize len = 0; len <= sizeof(bytes); len += 5) {
			gboolean odd = FALSE;
			g_autofree char *text = rn_charset_decode(bytes, len, labels[k], &odd, NULL);

			g_assert_true(g_utf8_validate(text, -1, NULL));
		}
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	rn_charset_init();
	/* first: a charset that another test has used might still be there */
	g_test_add_func("/read_charset/sealed", test_sealed);
	g_test_add_func("/read_charset/rows", test_rows);
	g_test_add_func("/read_charset/any", test_any);
	return g_test_run();
}
