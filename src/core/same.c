/* same.c: one mail to several addresses of ours ("reply to all") is followed up once. */
#include "core/reading.h"

#include "base/text.h"

#define MAX_SAME 20	/* so many of its other recipients are looked at */

/* Does OTHER, the same bytes to another recipient, answer with the token of R? */
static gboolean
same_token(RnEngine *e, const RnReading *r, const RnHead *head, const RnInbox *other)
{
	const RnFacts *f = r->facts;
	g_autoptr(RnFacts) its = rn_facts_new();
	RnEnvelope env = { .rcpt = other->rcpt };

	its->body_token = g_strdup(f->body_token);
	rn_token_find(
	    rn_engine_ring(e), &e->settings->site, &env, head, rn_day_of(other->taken, e->settings->tz), its);
	return its->token_verdict == f->token_verdict && its->token_conflict == f->token_conflict &&
	    its->token.period == f->token.period && its->token.purpose == f->token.purpose &&
	    its->token.step == f->token.step;
}

gboolean
rn_delivery_same(
    RnEngine *e, RnTx *tx, const RnReading *r, const RnInbox *in, GBytes *raw, gboolean *same, GError **error)
{
	RnLimits limits = { .max_bytes = rn_site_message_limit(&e->settings->site) };
	const RnFacts *f = r->facts;
	g_autoptr(GPtrArray) others = NULL;
	g_autoptr(RnHead) head = NULL;

	*same = FALSE;
	if (f == NULL || r->box == NULL || f->class_ != RN_CLASS_HUMAN)
		return TRUE;
	if (!rn_store_inbox_same(tx, in, MAX_SAME, &others, error))
		return FALSE;
	if (others->len == 0 || (head = rn_head_scan(raw, &limits, NULL)) == NULL)
		return TRUE;
	for (guint i = 0; i < others->len && !*same; i++) {
		const RnInbox *other = g_ptr_array_index(others, i);

		/* who wrote it is not part of the body: somebody else's copy does not silence the member's */
		*same = g_strcmp0(other->from, f->from) == 0 &&
		    g_strcmp0(other->proof, rn_word(RN_WORDS_PROOF, f->proof)) == 0 &&
		    same_token(e, r, head, other);
	}
	return TRUE;
}
