/* heldlines: any text under a list of held mail. A decision is a line that begins with its number; one case
 * is decided once. */
#include <stdint.h>
#include <string.h>

#include "core/heldlines.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text =
	    g_utf8_make_valid((const char *)data, (gssize)strnlen((const char *)data, size));
	g_autofree char *quoted = g_strdup_printf("> %s", text);
	g_autoptr(GPtrArray) strange = NULL;
	g_autoptr(GPtrArray) lines = rn_held_lines(text, &strange);
	g_autoptr(GPtrArray) behind = rn_held_lines(quoted, NULL);
	gboolean digit = strpbrk(text, "0123456789") != NULL;

	g_assert_true(lines->len == 0 || digit);
	g_assert_cmpuint(behind->len, <=, lines->len);
	for (guint i = 0; i < lines->len; i++) {
		const RnHeldLine *l = g_ptr_array_index(lines, i);
		guint same = 0;

		g_assert_true(l->n > 0 && l->n <= RN_HELD_NUMBER_MAX && l->verb < RN_HELD_N);
		/* nothing that is quoted goes to a member */
		g_assert_true(
		    l->text == NULL || (strstr(l->text, "\n>") == NULL && strstr(l->text, "\n--") == NULL));
		g_assert_true(l->text == NULL || (*l->text != '\0' && g_utf8_validate(l->text, -1, NULL)));
		for (guint k = 0; k < lines->len; k++)
			same += ((const RnHeldLine *)g_ptr_array_index(lines, k))->n == l->n;
		g_assert_cmpint(l->twice, ==, same > 1);
	}
	for (guint i = 0; i < strange->len; i++)
		g_assert_true(g_ascii_isdigit(*(const char *)g_ptr_array_index(strange, i)));
	return 0;
}
