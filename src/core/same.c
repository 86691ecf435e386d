/* same.c: by what a mail is known that comes again; and one mail to several addresses of ours ("reply to
 * all") is followed up once. */
#include "core/reading.h"

#include <string.h>

#include "base/text.h"

#define MAX_SAME 20	/* so many of its other recipients are looked at */

#define DAY 86400

/* Our milter's time is the same in the copy that it handed over and in the one that went by the queue, where
 * a mail server may have put a Date in. */
static char *
apart(const RnReading *r, const RnHead *head)
{
	g_autofree char *from = rn_head_text(head, "From");
	g_autofree char *date = r->session_verdict == RN_SESSION_GOOD ?
	    g_strdup_printf("day %" G_GINT64_FORMAT, r->session->taken / DAY) :
	    rn_head_text(head, "Date");

	return g_strconcat(from != NULL ? from : "", "\n", date != NULL ? date : "", NULL);
}

void
rn_reading_know(RnReading *r, const RnHead *head)
{
	r->message_id = rn_head_message_id(head);
	r->apart = apart(r, head);
}

/* An id that a mail server put in behind the milter is none: the same message handed over by the milter has
 * no such field, and the two are one. */
char *
rn_reading_sent_id(const RnReading *r)
{
	gboolean given =
	    r->message_id != NULL && (r->session_verdict != RN_SESSION_GOOD || r->session->has_id);

	return g_strdup(given ? r->message_id : "");
}

/* "ELENCO" without a Message-ID comes from more than one member, and from one more than once. */
char *
rn_reading_sent_digest(const RnReading *r)
{
	g_autofree char *id = rn_reading_sent_id(r);
	g_autofree char *text = NULL;

	if (*id != '\0' || r->apart == NULL)
		return g_strdup(r->digest);
	text = g_strconcat(r->digest, "\n", r->apart, NULL);
	return rn_text_sha256(text, strlen(text));
}

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
