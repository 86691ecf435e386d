/* mailq: any text as what a mail server says of its queue. What is taken is addresses, folded; a queue that
 * cannot be read is no empty one. */
#include <stdint.h>
#include <string.h>

#include "net/mailq.h"

static void
check(GPtrArray *list, const GError *error)
{
	g_assert_true((list == NULL) == (error != NULL));
	for (guint i = 0; list != NULL && i < list->len; i++) {
		const RnQueued *q = g_ptr_array_index(list, i);

		g_assert_cmpint(q->arrived, >=, 0);
		g_assert_nonnull(q->sender);
		for (guint k = 0; k < q->rcpts->len; k++)
			g_assert_nonnull(g_ptr_array_index(q->rcpts, k));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) not_postfix = NULL;
	g_autoptr(GError) not_sendmail = NULL;
	g_autoptr(GPtrArray) postfix = rn_mailq_postfix(text, &not_postfix);
	g_autoptr(GPtrArray) sendmail = rn_mailq_sendmail(text, &not_sendmail);

	check(postfix, not_postfix);
	check(sendmail, not_sendmail);
	return 0;
}
