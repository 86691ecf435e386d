/* again.c: a mail that was held is judged once more, or a person judges it. */
#include "core/followup.h"
#include "core/heldread.h"
#include "core/work.h"

/* What the first verdict left in the row. */
static void
forget(RnInbox *in)
{
	char **texts[] = { &in->class_, &in->intent, &in->typed_text, &in->matched, &in->from, &in->proof,
		&in->proof_why, &in->rule, &in->action };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		g_clear_pointer(texts[i], g_free);
	in->held = FALSE;
}

/* The reading of IN, judged as the rules have it. It was made before the transaction: a parser that stalls
 * must not do so here, while everybody waits who wants to write. */
static RnReading *
read_again(RnDesk *d, const RnInbox *in, GError **error)
{
	g_autoptr(RnReading) r = d->readings != NULL ? rn_held_reading_take(d->readings, in->id) : NULL;

	if (r == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_INTERNAL,
		    "held mail %" G_GINT64_FORMAT " was not read before the transaction", in->id);
		return NULL;
	}
	if (!rn_reading_judge(d->e, d->tx, r, d->now, error) || !rn_delivery_register(d->tx, r, error))
		return NULL;
	return g_steal_pointer(&r);
}

gboolean
rn_delivery_readable(const RnDesk *d, const RnInbox *in)
{
	return in->raw != NULL && d->readings != NULL && g_hash_table_contains(d->readings, &in->id);
}

static gboolean
follow(RnDesk *d, RnInbox *in, RnReading *r, GError **error)
{
	forget(in);
	rn_delivery_note(in, r);
	return rn_followup(d->e, d->tx, r, in, d->now, error) && rn_store_inbox_judged(d->tx, in, error);
}

gboolean
rn_delivery_again(RnDesk *d, RnInbox *in, GError **error)
{
	g_autoptr(RnReading) r = read_again(d, in, error);

	return r != NULL && follow(d, in, r, error);
}

/* What R says where a person takes it for said: a no stays one, and what is not clear was read by that
 * person as the yes that was asked for. */
static RnAction
counts_as(const RnReading *r)
{
	const RnFacts *f = r->facts;

	if (f->intent == RN_INTENT_NO || f->token.purpose == RN_PURPOSE_DECLINE)
		return RN_ACT_DECLINE;
	if (f->intent == RN_INTENT_CANCEL)
		return RN_ACT_CANCEL;
	return f->token.purpose == RN_PURPOSE_ACCEPT ? RN_ACT_CONCLUDE : RN_ACT_GO_ON;
}

/* Why R cannot count whatever a person says (law 4); NULL if it can. */
static const char *
cannot_count(const RnReading *r, gboolean by_mail)
{
	const RnFacts *f = r->facts;

	if (f == NULL)
		return "it could not be read";
	if (f->class_ != RN_CLASS_HUMAN)
		return "a machine wrote it";
	if (r->box == NULL || f->token_verdict != RN_TOKEN_GOOD || f->token_conflict)
		return "no good code says which letter it answers";
	if (f->token.purpose != RN_PURPOSE_RENEW && f->token.purpose != RN_PURPOSE_ACCEPT &&
	    f->token.purpose != RN_PURPOSE_DECLINE)
		return "it answers no notice and no summary";
	if (f->token.step >= RN_STEP_LIST && f->token.purpose == RN_PURPOSE_RENEW)
		return "it answers a list: which box is meant is not certain";
	if (f->typed_text == NULL || *f->typed_text == '\0')
		return "nothing was typed, so nothing was said";
	if (counts_as(r) == RN_ACT_CONCLUDE && !r->situation.declared)
		return "it does not hold every word that the convention wants of an acceptance: ask for them";
	if (by_mail && (f->proof == RN_PROOF_FAILED || f->from_odd))
		return "its sender is doubtful: rinnova held accept, at the machine, can take it all the same";
	return NULL;
}

gboolean
rn_delivery_accept(RnDesk *d, RnInbox *in, gboolean by_mail, const char **why_not, GError **error)
{
	g_autoptr(RnReading) r = read_again(d, in, error);

	if (r == NULL)
		return FALSE;
	*why_not = cannot_count(r, by_mail);
	if (*why_not != NULL)
		return TRUE;
	r->verdict = (RnVerdict){ "administrator-accepts", counts_as(r),
		"a person has read it and says that it counts" };
	return follow(d, in, r, error);
}
