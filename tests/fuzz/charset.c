/* charset: a label up to the first line break, and any bytes behind it. The text is UTF-8 that reads the same
 * when it is read again. */
#include <stdint.h>
#include <string.h>

#include "mail/charset.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static gsize ready;
	const uint8_t *lf = size > 0 ? memchr(data, '\n', size) : NULL;
	size_t len = lf != NULL ? (size_t)(lf - data) : 0;
	g_autofree char *label = g_strndup((const char *)data, len);
	const char *bytes = (const char *)data + (lf != NULL ? len + 1 : 0);
	g_autofree char *text = NULL, *again = NULL, *missing = NULL;
	gboolean odd = FALSE, odd_again = FALSE;

	if (g_once_init_enter(&ready)) {
		rn_charset_init();
		g_once_init_leave(&ready, 1);
	}
	size -= lf != NULL ? len + 1 : 0;
	text = rn_charset_decode(bytes, size, label, &odd, &missing);
	g_assert_true(g_utf8_validate(text, -1, NULL));
	g_assert_null(strchr(text, '\r'));
	g_assert_true(missing == NULL || (odd && g_str_is_ascii(missing) && strlen(missing) <= 40));
	g_assert_true(missing == NULL || !rn_charset_readable(label, len));
	again = rn_charset_decode(text, strlen(text), "utf-8", &odd_again, NULL);
	g_assert_false(odd_again);
	/* a mark of byte order may stand in the text too, and is one when it comes first */
	if (!g_str_has_prefix(text, "\xef\xbb\xbf"))
		g_assert_cmpstr(again, ==, text);
	return 0;
}
