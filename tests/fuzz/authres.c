/* Authentication-Results of any bytes: a field with a foreign name, or one below a foreign Received, never
 * counts for a message. */
#include "mail/auth.h"

#include <stdint.h>
#include <string.h>

static RnAuthResult
judge(const char *before, const uint8_t *data, size_t size, gboolean *read)
{
	char *hosts[] = { (char *)"mx.ours", NULL };
	g_autoptr(GByteArray) text = g_byte_array_new();
	g_autoptr(GBytes) raw = NULL;
	g_autoptr(RnHead) head = NULL;
	g_autofree char *why = NULL;
	RnAuthResult result;

	g_byte_array_append(text, (const guint8 *)before, (guint)strlen(before));
	g_byte_array_append(text, data, (guint)size);
	raw = g_bytes_new(text->data, text->len);
	head = rn_head_scan(raw, NULL, NULL);
	*read = head != NULL;
	if (head == NULL)
		return RN_AUTH_NONE;
	result = rn_auth_read(head, "mx.ours", hosts, "m.rossi@posta.example", &why);
	g_assert_nonnull(why);
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gboolean read;
	RnAuthResult result;

	judge("Authentication-Results: mx.ours; ", data, size, &read);
	judge("Received: from ", data, size, &read);
	judge("", data, size, &read);
	/* dmarc=fail of ours is written first: nothing behind it takes it back */
	result = judge("Authentication-Results: mx.ours; dmarc=fail\n", data, size, &read);
	g_assert_true(!read || result == RN_AUTH_FAIL);
	/* below a foreign server there is no way up */
	result = judge("Received: by evil; x\n", data, size, &read);
	g_assert_true(!read || result == RN_AUTH_NONE || result == RN_AUTH_FAIL);
	return 0;
}
