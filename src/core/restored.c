#include "core/restored.h"

#include <string.h>

#include "base/world.h"

#define KEY "restored"	/* in the store: "MADE AT DIGEST", "" once it was resumed */

void
rn_restored_free(RnRestored *r)
{
	if (r == NULL)
		return;
	g_free(r->digest);
	g_free(r);
}

static gboolean
number(const char *text, gint64 *n)
{
	return g_ascii_string_to_signed(text, 10, 0, G_MAXINT64, n, NULL);
}

gboolean
rn_restored_get(RnTx *tx, RnRestored **r, GError **error)
{
	g_autofree char *value = NULL;
	g_autoptr(RnRestored) found = g_new0(RnRestored, 1);
	g_auto(GStrv) part = NULL;

	*r = NULL;
	if (!rn_store_meta_get(tx, KEY, &value, error))
		return FALSE;
	if (value == NULL || *value == '\0')
		return TRUE;
	part = g_strsplit(value, " ", 3);
	if (g_strv_length(part) != 3 || !number(part[0], &found->made) || !number(part[1], &found->at)) {
		g_set_error(error, RN_ERROR, RN_ERR_STORE,
		    "the mark of a restored store is \"%s\": see rinnova check", value);
		return FALSE;
	}
	found->digest = g_strdup(part[2]);
	*r = g_steal_pointer(&found);
	return TRUE;
}

gboolean
rn_restored_put(RnTx *tx, const RnRestored *r, GError **error)
{
	g_autofree char *value = r == NULL ?
	    g_strdup("") :
	    g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s", r->made, r->at, r->digest);

	return rn_store_meta_put(tx, KEY, value, error);
}

gboolean
rn_restored_refuse(RnTx *tx, GError **error)
{
	g_autoptr(RnRestored) r = NULL;

	if (!rn_restored_get(tx, &r, error))
		return FALSE;
	if (r == NULL)
		return TRUE;
	g_set_error_literal(error, RN_ERROR, RN_ERR_BUSY,
	    "this store was restored from a back-up: nothing is sent, asked of a provider or deactivated before "
	    "`rinnova db restore --resume` was looked at and let go");
	return FALSE;
}

gboolean
rn_restored_refuse_run(RnStore *store, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(store, error);

	return tx != NULL && rn_restored_refuse(tx, error);
}
