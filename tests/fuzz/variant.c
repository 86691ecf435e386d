/* variant: any bytes as the answer of a parser child. What is taken can be sent again and is the same. */
#include <stdint.h>

#include "mail/read.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) bytes = g_bytes_new(data, size);
	g_autoptr(GVariant) v =
	    g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(RN_FACTS_TYPE), bytes, FALSE));
	g_autoptr(GError) error = NULL;
	g_autoptr(RnFacts) f = rn_facts_from_variant(v, &error), again = NULL;
	g_autoptr(GVariant) w = NULL;

	g_assert_true((f == NULL) == (error != NULL));
	if (f == NULL)
		return 0;
	g_assert_true(f->class_ < RN_CLASS_N && f->intent < RN_INTENT_N);
	w = rn_facts_to_variant(f);
	again = rn_facts_from_variant(w, NULL);
	g_assert_nonnull(again);
	g_assert_cmpstr(f->typed_text, ==, again->typed_text);
	return 0;
}
