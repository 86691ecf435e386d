/* pec: any bytes as a message with an envelope. Without an anchor nothing is ever proven, whatever is read.
 */
#include <stdint.h>

#include "mail/registered.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const RnTrusts nobody;
	static char domain[] = "ordine.example", local[] = "rinnovo", delimiter[] = "+";
	RnSite site = { .domain = domain, .localpart = local, .delimiter = delimiter };
	g_autoptr(GBytes) raw = g_bytes_new(data, size);
	g_autoptr(RnHead) head = rn_head_scan(raw, NULL, NULL), inner = NULL;
	g_autoptr(RnSealed) s = NULL;
	g_autoptr(RnRegistered) reg = NULL, back = NULL;
	g_autoptr(GVariant) v = NULL;

	if (head == NULL)
		return 0;
	s = rn_sealed_read(raw, head);
	if (s->postacert != NULL)
		inner = rn_head_scan(s->postacert, NULL, NULL);
	reg = rn_registered_read(s, &nobody, 1800000000, size % 2 == 0);
	rn_registered_examine(reg, s, head, inner, &site, NULL, 1800000000);
	g_assert_true(reg->signature != RN_SIGNATURE_VALID);
	g_assert_true(!s->registered || reg->fault != RN_FAULT_NONE);
	if (s->covered != NULL)
		g_bytes_unref(rn_sealed_message(s, head));
	v = rn_registered_to_variant(reg);
	back = rn_registered_from_variant(v, NULL);
	g_assert_nonnull(back);
	g_assert_cmpint(back->fault, ==, reg->fault);
	return 0;
}
