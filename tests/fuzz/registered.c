/* registered: any bytes as a parser child's answer about registered mail. What is taken can be sent again and
 * is the same. */
#include <stdint.h>

#include "mail/registered.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) bytes = g_bytes_new(data, size);
	g_autoptr(GVariant) v =
	    g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(RN_REGISTERED_TYPE), bytes, FALSE));
	g_autoptr(GError) error = NULL;
	g_autoptr(RnRegistered) reg = rn_registered_from_variant(v, &error), again = NULL;
	g_autoptr(GVariant) w = NULL;

	g_assert_true((reg == NULL) == (error != NULL));
	if (reg == NULL)
		return 0;
	g_assert_true(reg->kind < RN_REG_N && reg->signature < RN_SIGNATURE_N && reg->fault < RN_FAULT_N);
	w = rn_registered_to_variant(reg);
	again = rn_registered_from_variant(w, NULL);
	g_assert_nonnull(again);
	g_assert_cmpstr(again->identificativo, ==, reg->identificativo);
	g_assert_cmpuint(again->signers->len, ==, reg->signers->len);
	g_assert_cmpuint(again->recipients->len, ==, reg->recipients->len);
	return 0;
}
