/* forward: any message as one that shows others. Nothing but what could be a letter's text or a digest comes
 * out, it survives the wire, and a mail shows itself. */
#include <stdint.h>
#include <string.h>

#include "mail/forward.h"
#include "mail/read.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	rn_read_init();
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) raw = g_bytes_new(data, size);
	g_autoptr(GPtrArray) list = rn_forward_read(raw, NULL), back = NULL;
	g_autoptr(GVariant) v = NULL;
	g_autoptr(GPtrArray) marks = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *html = rn_forward_fold_html((const char *)data, size, marks);

	g_assert_true(g_utf8_validate(html, -1, NULL));
	if (list == NULL)
		return 0;
	v = rn_shown_to_variant(list);
	back = rn_shown_from_variant(v);
	g_assert_nonnull(back);
	g_assert_cmpuint(back->len, ==, list->len);
	for (guint i = 0; i < back->len; i++) {
		const RnShown *s = g_ptr_array_index(back, i);
		const RnShown *was = g_ptr_array_index(list, i);

		g_assert_cmpuint(s->content->len, ==, was->content->len);
		g_assert_cmpuint(s->marks->len, ==, was->marks->len);
		for (guint k = 0; k < s->content->len; k++)
			g_assert_null(strpbrk(g_ptr_array_index(s->content, k), "\n<>\""));
		for (guint k = 0; k < s->marks->len; k++)
			g_assert_true(g_utf8_validate(g_ptr_array_index(s->marks, k), -1, NULL));
	}
	return 0;
}
