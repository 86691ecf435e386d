/* A From field of any bytes: what is not odd is one plain address that stands in the field, letter by letter.
 */
#include "mail/auth.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GByteArray) text = g_byte_array_new();
	g_autoptr(GBytes) raw = NULL;
	g_autoptr(RnHead) head = NULL;
	g_autoptr(RnFacts) facts = rn_facts_new();
	g_autofree char *low = NULL;

	g_byte_array_append(text, (const guint8 *)"From:", 5);
	g_byte_array_append(text, data, (guint)size);
	raw = g_bytes_new(text->data, text->len);
	head = rn_head_scan(raw, NULL, NULL);
	if (head == NULL)
		return 0;
	rn_auth_from(head, facts);
	g_assert_cmpint(facts->from_odd, ==, facts->from == NULL);
	g_assert_cmpint(facts->from_odd, ==, facts->from_why != NULL);
	if (facts->from == NULL)
		return 0;
	g_assert_true(rn_addr_valid(facts->from));
	g_assert_cmpuint(rn_head_count(head, "From"), ==, 1);
	low = g_ascii_strdown((const char *)text->data, (gssize)text->len);
	g_assert_nonnull(g_strstr_len(low, (gssize)text->len, facts->from));
	return 0;
}
