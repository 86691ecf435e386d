/* typed: any text as a body, alone, before a letter and before the name of its writer (behind form feeds).
 * What is left is valid and no longer than the body. */
#include <stdint.h>
#include <string.h>

#include "mail/typed.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text =
	    g_utf8_make_valid((const char *)data, (gssize)strnlen((const char *)data, size));
	char *half = strchr(text, '\f'), *from = half != NULL ? strchr(half + 1, '\f') : NULL;
	g_autofree char *typed = NULL;
	gboolean mixed = FALSE;

	if (half != NULL)
		*half++ = '\0';
	if (from != NULL)
		*from++ = '\0';
	typed = rn_typed_text(text, half, from, &mixed);
	g_assert_true(g_utf8_validate(typed, -1, NULL));
	g_assert_cmpuint(strlen(typed), <=, strlen(text) + 1);
	/* quoted text alone says nothing */
	if (*text == '>' && strchr(text, '\n') == NULL)
		g_assert_cmpstr(typed, ==, "");
	return 0;
}
