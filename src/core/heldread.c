#include "core/heldread.h"

#include "base/world.h"
#include "core/documents.h"
#include "core/heldlines.h"

#define READ_US (30 * G_USEC_PER_SEC)	/* after that no further one is begun: the mail server waits for us */

static void
free_reading(gpointer r)
{
	rn_reading_free(r);
}

GHashTable *
rn_held_readings_new(void)
{
	return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_reading);
}

RnReading *
rn_held_reading(RnEngine *e, const RnInbox *in, gint64 now, GError **error)
{
	RnEnvelope env = {
		.rcpt = in->rcpt, .sender = in->sender, .queue_id = in->queue_id, .client = in->client,
		.taken = in->taken,
	};
	RnPoison mark = rn_poison_of(in->raw), around = rn_poison_now();
	g_autoptr(RnReading) r = NULL;

	/* if this one ends the program, it is this one's fault, not that of the answer that names it */
	rn_poison_at(&mark);
	r = rn_reading_keep(e, in->raw, &env, &mark, now, error);
	rn_poison_at(&around);

	if (r == NULL || !rn_documents_fetch(e, r, r->spoken, error))
		return NULL;
	r->inbox_id = in->id;
	return g_steal_pointer(&r);
}

/* A short look at the store, beside whoever writes. */
static gboolean
look(RnEngine *e, gint64 inbox_id, RnInbox **in, GError **error)
{
	RnTx *tx;
	gboolean ok;

	pthread_mutex_lock(&e->reader_lock);
	tx = rn_tx_look(e->reader != NULL ? e->reader : e->store, error);
	ok = tx != NULL && rn_store_inbox_get(tx, inbox_id, in, error);
	if (tx != NULL)
		rn_tx_rollback(tx);
	pthread_mutex_unlock(&e->reader_lock);
	return ok;
}

gboolean
rn_held_read(RnEngine *e, GHashTable *readings, gint64 inbox_id, GError **error)
{
	g_autoptr(RnInbox) in = NULL;
	RnReading *r;

	if (!look(e, inbox_id, &in, error))
		return FALSE;
	if (in == NULL || !in->held || in->raw == NULL)
		return TRUE;
	r = rn_held_reading(e, in, rn_now(), error);
	if (r != NULL)
		g_hash_table_insert(readings, g_memdup2(&inbox_id, sizeof(inbox_id)), r);
	return r != NULL;
}

RnReading *
rn_held_reading_take(GHashTable *readings, gint64 inbox_id)
{
	gpointer key = NULL, r = NULL;

	if (!g_hash_table_steal_extended(readings, &inbox_id, &key, &r))
		return NULL;
	g_free(key);
	return r;
}

/* Where each of LINES leads, 0 for those that need no reading. */
static gboolean
cases(RnEngine *e, guint64 digest, const GPtrArray *lines, gint64 *ids, GError **error)
{
	gint64 id = 0;
	RnTx *tx;
	gboolean ok;

	pthread_mutex_lock(&e->reader_lock);
	tx = rn_tx_look(e->reader != NULL ? e->reader : e->store, error);
	ok = tx != NULL && rn_store_digest_find(tx, digest, &id, error);
	for (guint i = 0; ok && i < lines->len; i++) {
		const RnHeldLine *l = g_ptr_array_index(lines, i);

		if (!l->twice && (l->verb == RN_HELD_ACCEPT || l->verb == RN_HELD_RELEASE))
			ok = rn_store_digest_case(tx, id, l->n, &ids[i], error);
	}
	if (tx != NULL)
		rn_tx_rollback(tx);
	pthread_mutex_unlock(&e->reader_lock);
	return ok;
}

/* Only who knows a code of a list and gives the name of an administrator can have others read at all. */
static gboolean
decides(const RnEngine *e, const RnReading *r)
{
	const RnFacts *f = r->facts;

	return f != NULL && f->class_ == RN_CLASS_HUMAN && f->token_verdict == RN_TOKEN_GOOD &&
	    f->token.purpose == RN_PURPOSE_ADMIN && f->from != NULL &&
	    rn_site_administrator(&e->settings->site, f->from);
}

gboolean
rn_held_read_named(RnEngine *e, RnReading *r, GError **error)
{
	gint64 until = rn_monotonic() + READ_US;
	g_autoptr(GPtrArray) lines = NULL;
	g_autofree gint64 *ids = NULL;

	if (!decides(e, r))
		return TRUE;
	r->others = rn_held_readings_new();
	lines = rn_held_lines(r->facts->typed_text, NULL);
	ids = g_new0(gint64, MAX(lines->len, 1));
	if (!cases(e, r->facts->token.period, lines, ids, error))
		return FALSE;
	for (guint i = 0; i < lines->len && rn_monotonic() < until; i++)
		if (ids[i] != 0 && !rn_held_read(e, r->others, ids[i], error))
			return FALSE;
	return TRUE;
}
