/* align.c: relaxed alignment by the public suffix list that is built into libpsl. */
#include "mail/align.h"

#include <libpsl.h>
#include <string.h>

gboolean
rn_aligned(const char *a, const char *b)
{
	g_autofree char *x = g_ascii_strdown(a, -1);
	g_autofree char *y = g_ascii_strdown(b, -1);
	const psl_ctx_t *psl = psl_builtin();
	const char *over_x, *over_y;

	if (strcmp(x, y) == 0)
		return TRUE;
	if (psl == NULL)
		return FALSE;	/* without a list only the same domain is sure */
	over_x = psl_registrable_domain(psl, x);
	over_y = psl_registrable_domain(psl, y);
	return over_x != NULL && over_y != NULL && strcmp(over_x, over_y) == 0;
}
