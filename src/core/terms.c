/* terms.c: what a summary offers, as one digest: an acceptance is for what its writer has read. */
#include "base/log.h"
#include "base/text.h"
#include "core/desk.h"

/* Length first, so that no two texts read alike. */
static void
add(GString *to, const char *text)
{
	g_string_append_printf(to, "%zu:%s,", text != NULL ? strlen(text) : 0, text != NULL ? text : "");
}

static gboolean
add_contracts(GString *to, const RnConvention *c)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(GPtrArray) list = rn_desk_contracts(c, &why);

	if (list == NULL) {
		rn_log(RN_LOG_WARN, "-", "contract-unreadable", "error", why->message, NULL);
		return FALSE;
	}
	for (guint i = 0; i < list->len; i++)
		add(to, ((const RnContract *)g_ptr_array_index(list, i))->sha256);
	return TRUE;
}

char *
rn_desk_terms(const RnConvention *c, const RnBox *box, RnDay expiry)
{
	g_autofree char *until = NULL, *term = NULL;
	g_autoptr(GString) all = g_string_new(NULL);

	if (c == NULL)
		return NULL;
	term = g_strdup_printf("%d", c->term);
	until = rn_day_iso(expiry);
	add(all, until);
	add(all, term);
	add(all, c->payer);
	add(all, box->account);
	for (guint i = 0; c->declarations != NULL && c->declarations[i] != NULL; i++)
		add(all, c->declarations[i]);
	return add_contracts(all, c) ? rn_text_sha256(all->str, all->len) : NULL;
}
