/* html: any bytes as an HTML body. What lies in a quoted container stays quoted. */
#include <stdint.h>
#include <string.h>

#include "mail/typed.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *html =
	    g_utf8_make_valid((const char *)data, (gssize)strnlen((const char *)data, size));
	g_autofree char *text = rn_html_text(html, strlen(html)), *typed = rn_typed_text(text, NULL, NULL);

	g_assert_true(g_utf8_validate(text, -1, NULL));
	g_assert_true(g_utf8_validate(typed, -1, NULL));
	return 0;
}
