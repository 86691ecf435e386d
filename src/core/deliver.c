#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/world.h"
#include "core/keep.h"
#include "core/documents.h"
#include "core/followup.h"
#include "core/heldread.h"
#include "core/poison.h"
#include "core/reading.h"
#include "core/writer.h"

RnReading *
rn_engine_preview(RnEngine *e, GBytes *raw, const RnEnvelope *env, GBytes *letter, gboolean no_letter,
    gint64 now, GError **error)
{
	g_autoptr(RnReading) r = rn_reading_take(e, raw, env, letter, no_letter, now, error);
	g_autoptr(RnTx) tx = NULL;

	if (r == NULL)
		return NULL;
	if (e->store != NULL && (tx = rn_tx_look(e->store, error)) == NULL)
		return NULL;
	if (!rn_reading_judge(e, tx, r, now, error))
		return NULL;
	return g_steal_pointer(&r);
}

static void
note_session(RnInbox *in, const RnReading *r)
{
	const RnSession *s = r->session;

	in->session = g_strdup(rn_word(RN_WORDS_SESSION, r->session_verdict));
	if (r->session_verdict != RN_SESSION_GOOD)
		return;
	in->helo = g_strdup(s->helo);
	in->tls = g_strdup(s->tls);
	in->login = g_strdup(s->user);
	if (in->queue_id == NULL)
		in->queue_id = g_strdup(s->queue_id);
	if (in->client == NULL)
		in->client = g_strdup(s->client);
}

/* The row of the inbox as far as it is known before the verdict. */
static RnInbox *
inbox_row(const RnReading *r, GBytes *raw, const RnEnvelope *env, gint64 now)
{
	RnInbox *in = rn_inbox_new();

	in->rcpt = env->rcpt != NULL ? rn_addr_fold(env->rcpt) : g_strdup("");
	in->sender = g_strdup(env->sender);
	in->message_id = rn_reading_sent_id(r);
	in->digest = rn_reading_sent_digest(r);
	in->queue_id = g_strdup(env->queue_id);
	in->client = g_strdup(env->client);
	note_session(in, r);
	in->taken = r->taken;
	in->processed = now;
	in->raw = g_bytes_ref(raw);
	return in;
}

void
rn_delivery_note(RnInbox *in, const RnReading *r)
{
	const RnFacts *f = r->facts;

	in->rule = g_strdup(r->verdict.rule);
	in->action = g_strdup(rn_word(RN_WORDS_ACTION, r->verdict.action));
	if (r->box != NULL) {
		in->box_id = r->box->id;
		in->period_id = r->box->period_id;
	}
	if (f == NULL)
		return;
	in->class_ = g_strdup(rn_word(RN_WORDS_CLASS, f->class_));
	in->intent = g_strdup(rn_word(RN_WORDS_INTENT, f->intent));
	in->typed_text = g_strdup(f->typed_text);
	in->matched = g_strdup(f->matched);
	in->from = g_strdup(f->from);
	in->proof = g_strdup(rn_word(RN_WORDS_PROOF, f->proof));
	in->proof_why = g_strdup(f->proof_why);
}

/* Of mail that is nobody's the header block is enough: what else it holds is not kept. One whose header block
 * cannot be told from the rest stays as it is. */
static void
keep_head(RnInbox *in)
{
	RnLimits limits = { .max_bytes = g_bytes_get_size(in->raw) };
	g_autoptr(RnHead) head = rn_head_scan(in->raw, &limits, NULL);
	GBytes *cut;

	g_clear_pointer(&in->typed_text, g_free);
	g_clear_pointer(&in->matched, g_free);
	if (head == NULL)
		return;
	cut = g_bytes_new_from_bytes(in->raw, 0, rn_head_body(head));
	g_bytes_unref(in->raw);
	in->raw = cut;
}

gboolean
rn_delivery_apply(RnEngine *e, RnTx *tx, RnReading *r, GBytes *raw, const RnEnvelope *env, gint64 now,
    RnOutcome *outcome, GError **error)
{
	g_autoptr(RnInbox) in = inbox_row(r, raw, env, now);
	gboolean fresh, same;

	if (!rn_store_inbox_add(tx, in, &fresh, error))
		return FALSE;
	if (!fresh) {
		*outcome = RN_OUT_DUPLICATE;
		return TRUE;
	}
	r->inbox_id = in->id;
	if (!rn_reading_judge(e, tx, r, now, error) || !rn_delivery_register(tx, r, error) ||
	    !rn_delivery_same(e, tx, r, in, raw, &same, error))
		return FALSE;
	if (same)
		r->verdict = (RnVerdict){
			"same-mail", RN_ACT_RECORD,
			"the same mail, with the same token, came to another address of ours: once is enough"
		};
	rn_delivery_note(in, r);
	if (!rn_followup(e, tx, r, in, now, error))
		return FALSE;
	if (r->verdict.action == RN_ACT_JUNK && !in->held)
		keep_head(in);
	if (!rn_store_inbox_judged(tx, in, error))
		return FALSE;
	if (r->verdict.action == RN_ACT_JUNK && !in->held && !rn_keep_quota(e, tx, now, error))
		return FALSE;
	*outcome = in->held                    ? RN_OUT_HELD :
	    r->verdict.action == RN_ACT_RECORD ? RN_OUT_RECORDED :
	                                         RN_OUT_DONE;
	return TRUE;
}

/* As the mail server calls the message in its own log. */
static const char *
queue_id(const RnReading *r, const RnEnvelope *env)
{
	const char *recorded = r != NULL && r->session != NULL ? r->session->queue_id : NULL;

	return env->queue_id != NULL ? env->queue_id : recorded != NULL ? recorded : "-";
}

void
rn_delivery_log(const RnReading *r, const RnEnvelope *env, RnOutcome outcome, const GError *error)
{
	const RnFacts *f = r != NULL ? r->facts : NULL;
	g_autofree char *token = f != NULL && f->token_text != NULL ? rn_log_token(f->token_text) : NULL;
	g_autofree char *box = r != NULL && r->box != NULL ? rn_case_number(r->box->period_public) : NULL;

	rn_log(outcome == RN_OUT_LATER ? RN_LOG_WARN : RN_LOG_INFO, queue_id(r, env), "deliver", "outcome",
	    rn_outcome_face(outcome)->word, "case", box, "token", token, "class",
	    f != NULL ? rn_word(RN_WORDS_CLASS, f->class_) : NULL, "intent",
	    f != NULL ? rn_word(RN_WORDS_INTENT, f->intent) : NULL, "proof",
	    f != NULL ? rn_word(RN_WORDS_PROOF, f->proof) : NULL, "rule", r != NULL ? r->verdict.rule : NULL,
	    "session",
	    r != NULL && r->session_verdict != RN_SESSION_NONE ?
	        rn_word(RN_WORDS_SESSION, r->session_verdict) :
	        NULL,
	    "session-why", r != NULL && r->session_verdict == RN_SESSION_BAD ? r->session_why : NULL,
	    "problem", r != NULL ? r->problem : NULL, "error", error != NULL ? error->message : NULL, "retry",
	    outcome == RN_OUT_LATER ? "mail-server" : NULL, NULL);
	if (f != NULL)
		rn_log(RN_LOG_DEBUG, queue_id(r, env), "deliver-detail", "from", f->from, "typed",
		    f->typed_text, "matched", f->matched, "why", f->proof_why, NULL);
}

static RnOutcome
deliver_alone(RnEngine *e, RnReading *r, GBytes *raw, const RnEnvelope *env, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);
	RnOutcome outcome = RN_OUT_LATER;

	if (tx == NULL || !rn_delivery_apply(e, tx, r, raw, env, rn_now(), &outcome, error) ||
	    !rn_tx_commit(&tx, error))
		return RN_OUT_LATER;
	return outcome;
}

RnOutcome
rn_engine_deliver(RnEngine *e, GBytes *raw, const RnEnvelope *env, GError **error)
{
	g_autoptr(RnReading) r = NULL;
	g_autoptr(GError) why = NULL;
	RnPoison mark = rn_poison_of(raw);
	RnOutcome outcome = RN_OUT_LATER;

	rn_poison_at(&mark);
	r = rn_reading_keep(e, raw, env, &mark, rn_now(), &why);
	if (r != NULL && (!rn_documents_fetch(e, r, r->spoken, &why) || !rn_held_read_named(e, r, &why)))
		g_clear_pointer(&r, rn_reading_free);
	if (r != NULL)
		outcome = e->writer != NULL ? rn_writer_deliver(e->writer, r, raw, env, &mark, &why) :
		                              deliver_alone(e, r, raw, env, &why);
	rn_poison_at(NULL);
	rn_delivery_log(r, env, outcome, why);
	if (why != NULL)
		g_propagate_error(error, g_steal_pointer(&why));
	return outcome;
}
