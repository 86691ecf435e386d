/* daticert: any bytes as the certification of a PEC message. What is taken survives the way out of the child.
 */
#include <stdint.h>

#include "mail/daticert.h"
#include "mail/registered.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) xml = g_bytes_new(data, size);
	g_autoptr(RnRegistered) reg = rn_registered_new(RN_REG_UNKNOWN), back = NULL;
	g_autoptr(GVariant) v = NULL;
	const char *why = NULL;
	gboolean good = rn_daticert_read(xml, reg, &why);

	g_assert_true(good == (why == NULL));
	if (!good)
		return 0;
	g_assert_true(reg->kind < RN_REG_N);
	g_assert_true(reg->mittente == NULL || g_utf8_validate(reg->mittente, -1, NULL));
	v = rn_registered_to_variant(reg);
	back = rn_registered_from_variant(v, NULL);
	g_assert_nonnull(back);
	g_assert_cmpstr(back->identificativo, ==, reg->identificativo);
	g_assert_cmpuint(back->recipients->len, ==, reg->recipients->len);
	return 0;
}
