/* tried.c: to write every letter once takes four fifths of a command's start; a mail by pipe(8) is one start.
 */
#include "core/tried.h"

#define KEY "templates-passed"

/* Has the folder in the state DIGEST passed before? A store that cannot say has seen nothing. */
static gboolean
passed(RnStore *store, const char *digest)
{
	g_autoptr(RnTx) tx = rn_tx_look(store, NULL);
	g_autofree char *known = NULL;

	return tx != NULL && rn_store_meta_get(tx, KEY, &known, NULL) && g_strcmp0(known, digest) == 0;
}

gboolean
rn_tried_remember(RnStore *store, const char *dir, const char *digest, GError **error)
{
	g_autoptr(RnTx) tx = NULL;
	g_autofree char *now = rn_letters_digest(dir);
	GError *why = NULL;

	if (g_strcmp0(now, digest) != 0)	/* somebody edits: what was tried may be neither of the two */
		return TRUE;
	rn_store_set_wait(store, 0);
	tx = rn_tx_begin(store, NULL);
	rn_store_set_wait(store, RN_STORE_WAIT_MS);
	if (tx == NULL || !rn_store_meta_put(tx, KEY, digest, NULL))
		return TRUE;
	if (rn_tx_commit(&tx, &why))
		return TRUE;
	if (!g_error_matches(why, RN_ERROR, RN_ERR_STORE)) {	/* a full disk: nothing is stored */
		g_error_free(why);
		return TRUE;
	}
	g_propagate_error(error, why);
	return FALSE;
}

RnLetters *
rn_tried_letters(const RnSite *site, gboolean store, char **digest, GError **error)
{
	g_autoptr(RnStore) known = store ? rn_store_open(site->store, TRUE, NULL) : NULL;
	g_autofree char *state = store ? rn_letters_digest(site->templates) : NULL;
	gboolean before = known != NULL && state != NULL && passed(known, state);
	RnLetters *letters = rn_letters_load(site->templates, before, error);

	*digest = letters != NULL && !before ? g_steal_pointer(&state) : NULL;
	return letters;
}
