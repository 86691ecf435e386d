/* forward_wire.c: what is shown, as the parser child's answer. */
#include <string.h>

#include "mail/forward_inside.h"

static void
shown_free(gpointer data)
{
	rn_shown_free(data);
}

static void
add_strings(GVariantBuilder *all, const GPtrArray *strings)
{
	g_variant_builder_open(all, G_VARIANT_TYPE("as"));
	for (guint i = 0; i < strings->len; i++)
		g_variant_builder_add(all, "s", (const char *)g_ptr_array_index(strings, i));
	g_variant_builder_close(all);
}

static GPtrArray *
strings_of(GVariantIter *iter)
{
	GPtrArray *strings = g_ptr_array_new_with_free_func(g_free);
	char *one;

	while (g_variant_iter_next(iter, "s", &one))
		g_ptr_array_add(strings, one);
	g_variant_iter_free(iter);
	return strings;
}

GVariant *
rn_shown_to_variant(const GPtrArray *list)
{
	GVariantBuilder all;

	g_variant_builder_init(&all, G_VARIANT_TYPE(RN_SHOWN_TYPE));
	for (guint i = 0; i < list->len; i++) {
		const RnShown *s = g_ptr_array_index(list, i);

		g_variant_builder_open(&all, G_VARIANT_TYPE("(bssasas)"));
		g_variant_builder_add(&all, "b", s->attached);
		g_variant_builder_add(&all, "s", s->message_id);
		g_variant_builder_add(&all, "s", s->token);
		add_strings(&all, s->content);
		add_strings(&all, s->marks);
		g_variant_builder_close(&all);
	}
	return g_variant_ref_sink(g_variant_builder_end(&all));
}

GPtrArray *
rn_shown_from_variant(GVariant *v)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(shown_free);

	if (g_variant_n_children(v) > RN_SHOWN_MAX)
		return NULL;
	for (gsize i = 0; i < g_variant_n_children(v); i++) {
		RnShown *s = g_new0(RnShown, 1);
		GVariantIter *content, *marks;

		g_variant_get_child(
		    v, i, "(bssasas)", &s->attached, &s->message_id, &s->token, &content, &marks);
		s->content = strings_of(content);
		s->marks = strings_of(marks);
		g_ptr_array_add(list, s);
		if (strlen(s->message_id) > RN_SHOWN_MAX_ID || strlen(s->token) > RN_SHOWN_MAX_ID)
			return NULL;
	}
	return g_steal_pointer(&list);
}
