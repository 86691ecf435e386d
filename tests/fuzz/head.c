/* The header block of any bytes: every field lies within them, and all that reads fields keeps its promises.
 */
#include "mail/head.h"

#include <stdint.h>
#include <string.h>

#include "mail/auth.h"

static void
check_fields(const RnHead *head, const char *data, size_t size)
{
	for (guint i = 0; i < rn_head_n(head); i++) {
		const RnField *f = rn_head_at(head, i);
		g_autofree char *text = rn_field_text(f);

		g_assert_true(f->name >= data && f->name_len > 0 && f->name + f->name_len < f->value);
		g_assert_true(f->value + f->value_len <= data + size);
		g_assert_null(strchr(text, '\n'));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *hosts[] = { (char *)"mx.ours", NULL };
	g_autoptr(GBytes) raw = g_bytes_new(data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(RnHead) head = rn_head_scan(raw, NULL, &error);
	g_autofree char *digest = NULL, *id = NULL;

	if (head == NULL) {
		g_assert_true(error->code == RN_ERR_LIMIT || error->code == RN_ERR_INPUT);
		return 0;
	}
	check_fields(head, g_bytes_get_data(raw, NULL), size);
	g_assert_cmpuint(rn_head_body(head), <=, size);
	digest = rn_head_body_digest(head);
	g_assert_cmpuint(strlen(digest), ==, 64);
	id = rn_head_message_id(head);
	g_assert_true(
	    id == NULL || (*id != '\0' && g_utf8_validate(id, -1, NULL) && strpbrk(id, " \t\r\n") == NULL));
	g_assert_cmpint(rn_head_taken(head, hosts), >=, 0);
	return 0;
}
