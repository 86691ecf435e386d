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

/* Where it cannot be written now, the next start tries again. FALSE: a commit failed, so nobody knows what
 * the store holds. */
static gboolean
remember(RnStore *store, const char *digest, GError **error)
{
	g_autoptr(RnTx) tx = NULL;

	rn_store_set_wait(store, 0);
	tx = rn_tx_begin(store, NULL);
	rn_store_set_wait(store, RN_STORE_WAIT_MS);
	if (tx == NULL || !rn_store_meta_put(tx, KEY, digest, NULL))
		return TRUE;
	return rn_tx_commit(&tx, error);
}

RnLetters *
rn_tried_letters(RnEngine *e, GError **error)
{
	const char *dir = e->settings->site.templates;
	g_autofree char *digest = e->store != NULL ? rn_letters_digest(dir) : NULL;
	gboolean known = digest != NULL && passed(e->store, digest);
	g_autoptr(RnLetters) letters = rn_letters_load(dir, known, error);

	if (letters == NULL)
		return NULL;
	if (digest != NULL && !known && e->reader != NULL && !remember(e->store, digest, error))
		return NULL;
	return g_steal_pointer(&letters);
}
