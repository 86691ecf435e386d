/* html: any bytes as an HTML body. What is taken out for speed before libxml2 sees it changes no word. */
#include <stdint.h>
#include <string.h>

#include "mail/typed.h"

/* Nothing but the characters that print. */
static char *
squeezed(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text != '\0'; text++) {
		if (!g_ascii_isspace(*text) && *text != '>' && *text != '|' && *text != '-')
			g_string_append_c(out, *text);
	}
	return g_string_free(out, FALSE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *html =
	    g_utf8_make_valid((const char *)data, (gssize)strnlen((const char *)data, size));
	g_autofree char *text = rn_html_text(html, strlen(html)),
	                *typed = rn_typed_text(text, NULL, NULL, NULL);

	g_autofree char *whole = rn_html_whole_text(html, strlen(html));
	g_autofree char *slim = squeezed(text), *full = squeezed(whole);

	g_assert_cmpstr(slim, ==, full);
	g_assert_true(g_utf8_validate(text, -1, NULL));
	g_assert_true(g_utf8_validate(typed, -1, NULL));
	return 0;
}
