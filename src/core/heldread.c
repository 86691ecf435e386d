#include "core/heldread.h"

#include "base/world.h"
#include "core/documents.h"
#include "core/heldlines.h"
#include "core/work.h"

#define READ_US (30 * G_USEC_PER_SEC)	/* after that no further one is begun: the mail server waits for us */
#define DEPTH 2		/* an answer to a list has an AUTORIZZO read again, which takes others along */

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

/* How far reading goes: until when, and how often what was read may take others along. */
typedef struct {
	gint64	until;
	int	depth;
} Reach;

/* IN, read as it was taken. Neither the store nor IN is changed. */
static RnReading *
read_one(RnEngine *e, const RnInbox *in, GError **error)
{
	RnEnvelope env = {
		.rcpt = in->rcpt, .sender = in->sender, .queue_id = in->queue_id, .client = in->client,
		.taken = in->taken,
	};
	RnPoison mark = rn_poison_of(in->raw), around = rn_poison_now();
	g_autoptr(RnReading) r = NULL;

	/* if this one ends the program, it is this one's fault, not that of the answer that names it */
	rn_poison_at(&mark);
	r = rn_reading_keep(e, in->raw, &env, &mark, rn_now(), error);
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

RnReading *
rn_held_reading_take(GHashTable *readings, gint64 inbox_id)
{
	gpointer key = NULL, r = NULL;

	if (!g_hash_table_steal_extended(readings, &inbox_id, &key, &r))
		return NULL;
	g_free(key);
	return r;
}

/* Where the lines of R, an administrator's answer, lead that need a reading. Only who knows a code of a list
 * and gives the name of an administrator can have others read at all. */
static gboolean
cases(RnEngine *e, RnTx *tx, RnReading *r, GArray *ids, GError **error)
{
	g_autoptr(GPtrArray) lines = rn_held_lines(r->facts->typed_text, NULL);
	gint64 digest = 0, id;

	if (!rn_site_administrator(&e->settings->site, r->facts->from))
		return TRUE;
	if (!rn_store_digest_find(tx, r->facts->token.period, &digest, error))
		return FALSE;
	for (guint i = 0; i < lines->len; i++) {
		const RnHeldLine *l = g_ptr_array_index(lines, i);

		if (l->twice || (l->verb != RN_HELD_ACCEPT && l->verb != RN_HELD_RELEASE))
			continue;
		if (!rn_store_digest_case(tx, digest, l->n, &id, error))
			return FALSE;
		if (id != 0)
			g_array_append_val(ids, id);
	}
	return TRUE;
}

/* The mails that R takes along, as the store is now. */
static gboolean
named(RnEngine *e, RnReading *r, GArray *ids, GError **error)
{
	const RnFacts *f = r->facts;
	RnTx *tx;
	gboolean ok;

	if (f == NULL || f->class_ != RN_CLASS_HUMAN || f->token_verdict != RN_TOKEN_GOOD ||
	    f->from == NULL ||
	    (f->token.purpose != RN_PURPOSE_ADMIN && f->token.purpose != RN_PURPOSE_AUTHORIZE))
		return TRUE;
	pthread_mutex_lock(&e->reader_lock);
	tx = rn_tx_look(e->reader != NULL ? e->reader : e->store, error);
	ok = tx != NULL &&
	    (f->token.purpose == RN_PURPOSE_ADMIN ? cases(e, tx, r, ids, error) :
	                                            rn_authorize_takes(e, tx, r, ids, error));
	if (tx != NULL)
		rn_tx_rollback(tx);
	pthread_mutex_unlock(&e->reader_lock);
	return ok;
}

static gboolean read_held(RnEngine *e, GHashTable *readings, gint64 inbox_id, Reach reach, GError **error);

static gboolean
read_named(RnEngine *e, RnReading *r, Reach reach, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));

	if (reach.depth-- == 0)
		return TRUE;
	if (!named(e, r, ids, error))
		return FALSE;
	if (ids->len > 0)
		r->others = rn_held_readings_new();
	for (guint i = 0; i < ids->len && rn_monotonic() < reach.until; i++)
		if (!read_held(e, r->others, g_array_index(ids, gint64, i), reach, error))
			return FALSE;
	return TRUE;
}

static gboolean
read_kept(RnEngine *e, GHashTable *readings, const RnInbox *in, Reach reach, GError **error)
{
	g_autoptr(RnReading) r = read_one(e, in, error);

	if (r == NULL || !read_named(e, r, reach, error))
		return FALSE;
	g_hash_table_insert(readings, g_memdup2(&in->id, sizeof(in->id)), g_steal_pointer(&r));
	return TRUE;
}

static gboolean
read_held(RnEngine *e, GHashTable *readings, gint64 inbox_id, Reach reach, GError **error)
{
	g_autoptr(RnInbox) in = NULL;

	if (!look(e, inbox_id, &in, error))
		return FALSE;
	return in == NULL || !in->held || in->raw == NULL || read_kept(e, readings, in, reach, error);
}

static Reach
from_now(void)
{
	return (Reach){ .until = rn_monotonic() + READ_US, .depth = DEPTH };
}

gboolean
rn_held_read(RnEngine *e, GHashTable *readings, gint64 inbox_id, GError **error)
{
	return read_held(e, readings, inbox_id, from_now(), error);
}

gboolean
rn_held_read_kept(RnEngine *e, GHashTable *readings, const RnInbox *in, GError **error)
{
	return read_kept(e, readings, in, from_now(), error);
}

gboolean
rn_held_read_named(RnEngine *e, RnReading *r, GError **error)
{
	return read_named(e, r, from_now(), error);
}
