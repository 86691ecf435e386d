/* facts: any bytes as a whole message, its first half also as the letter that it answers. */
#include <stdint.h>
#include <string.h>

#include "mail/read.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static gsize ready;
	g_autoptr(GBytes) raw = g_bytes_new(data, size), letter = g_bytes_new(data, size / 2);
	g_autoptr(RnFacts) f = NULL, back = NULL;
	g_autoptr(GVariant) v = NULL;

	if (g_once_init_enter(&ready)) {
		rn_read_init();
		g_once_init_leave(&ready, 1);
	}
	f = rn_facts_parse(raw, NULL, size % 2 ? letter : NULL, NULL, NULL);
	if (f == NULL)
		return 0;
	g_assert_true(g_utf8_validate(f->typed_text, -1, NULL));
	g_assert_true(g_utf8_validate(f->subject, -1, NULL));
	g_assert_true(f->class_ == RN_CLASS_HUMAN || f->intent == RN_INTENT_UNCLEAR);
	g_assert_true(*f->typed_text != '\0' || f->intent <= RN_INTENT_UNCLEAR);
	v = rn_facts_to_variant(f);
	back = rn_facts_from_variant(v, NULL);
	g_assert_nonnull(back);
	return 0;
}
