#include "core/followup.h"

#include <string.h>

#include "core/desk.h"
#include "core/documents.h"
#include "core/helddigest.h"
#include "core/reading.h"
#include "core/receipts.h"
#include "core/returned.h"
#include "core/selftest.h"
#include "core/verify.h"
#include "core/work.h"

#define DESK_TIMES 10	/* as many answers a day for an administrator as for a member */

typedef RnWork Work;

static RnDay
today(const Work *w)
{
	return rn_day_of(w->desk.now, w->desk.e->settings->tz);
}

/* Puts the mail aside for a person; WHY goes to the ledger and `rinnova held list`. */
static gboolean
hold(Work *w, const char *why, GError **error)
{
	w->in->held = TRUE;
	w->desk.why = why;
	if (g_strcmp0(why, w->in->rule) != 0) {	/* who looks at what waits wants to know why it does */
		g_free(w->in->rule);
		w->in->rule = g_strdup(why);
		g_free(w->in->action);
		w->in->action = g_strdup(rn_word(RN_WORDS_ACTION, RN_ACT_HOLD));
	}
	return w->r->box == NULL ||
	    rn_desk_ledger(&w->desk, "reply held", w->r->box, NULL, w->in->typed_text, error);
}

/* Not twice the same kind on one day: the key carries the day. */
static gboolean
letter(Work *w, RnLetterKind kind, RnPurpose purpose, gboolean daily, const char *reason, GError **error)
{
	g_autofree char *key = daily ? g_strdup_printf("period/%" G_GINT64_FORMAT "/%s/%d",
	                                   w->r->box->period_id, rn_word(RN_WORDS_LETTER, kind), today(w)) :
	                               rn_reading_ask_key(w->r);
	RnLetterAsk ask = {
		.kind = kind, .key = key, .purpose = purpose, .box = w->r->box,
		/* who is asked again about an offer answers that one */
		.token_step = purpose == RN_PURPOSE_ACCEPT ? w->r->facts->token.step : 0,
		.convention = w->convention,
		.expiry = w->r->period_expiry, .answers = w->in->message_id,
		/* of who may be a stranger no more than the word that we know */
		.read = kind == RN_LETTER_WARNING ? w->in->matched : w->in->typed_text,
		.read_at = w->r->taken, .reason = reason, .other = w->r->facts->registered ? NULL : w->r->facts->from,
	};

	return rn_desk_letter(&w->desk, &ask, NULL, error);
}

static RnMove
move_of(const Work *w)
{
	const RnFacts *f = w->r->facts;

	return (RnMove){
		.box = w->r->box,
		.period_expiry = w->r->period_expiry,
		.answers = w->in->message_id,
		.words = w->in->typed_text,
		.taken = w->r->taken,
		.other = f->registered ? NULL : f->from,
		.proof = f->proof,
		.new_expiry = RN_DAY_NONE,
		.outdated = w->outdated,
	};
}

/* One move; an illegal one is a mail that a person must look at. */
static gboolean
move(Work *w, RnOrderEvent event, RnOrder **order, GError **error)
{
	RnMove m = move_of(w);
	RnMoved moved;

	if (!rn_desk_move(&w->desk, event, &m, &moved, order, error))
		return FALSE;
	if (*order != NULL)
		w->in->order_id = (*order)->id;
	if (*order != NULL && (*order)->state == RN_ORDER_FAILED)	/* only the administrator's word leads on */
		return hold(w, "order-failed", error);
	if (moved == RN_MOVE_TOO_LATE)
		return rn_too_late(w, *order, "provider-already-asked", error);
	if (moved == RN_MOVE_ILLEGAL && *order != NULL && (*order)->number != NULL &&
	    (event == RN_EV_DECLINE || event == RN_EV_CANCEL) && !rn_order_ended(*order))
		return rn_too_late(w, *order, "order-already-carried-out", error);
	return moved == RN_MOVED || hold(w, "not-possible-in-this-state", error);
}

/* An order that waits for the document goes on with it, once it is there. *WORN: it has gone to and fro so
 * often that its offers could not be told apart any more. */
static gboolean
first_event(Work *w, RnOrderEvent *event, gboolean *worn, GError **error)
{
	g_autoptr(RnOrder) order = NULL;

	if (!rn_store_order_newest(w->desk.tx, w->r->box->period_id, &order, error))
		return FALSE;
	*worn = order != NULL && order->offer >= RN_OFFERS &&
	    (rn_order_ended(order) || order->state == RN_ORDER_DOCUMENT);
	*event = order != NULL && order->state == RN_ORDER_DOCUMENT &&
	        rn_document_settled(w->convention, w->r->box) ?
	    RN_EV_DOCUMENT_IN :
	    RN_EV_REQUEST;
	return TRUE;
}

/* A request goes on by itself where the document is on file (it is never asked for twice). */
static gboolean
go_on(Work *w, GError **error)
{
	g_autoptr(RnOrder) order = NULL;
	RnOrderEvent first;
	gboolean may, worn;

	if (!rn_work_may_order(w, &may, error))
		return FALSE;
	if (!may)
		return TRUE;
	if (!first_event(w, &first, &worn, error))
		return FALSE;
	if (worn)
		return hold(w, "too-many-offers", error);
	if (!move(w, first, &order, error))
		return FALSE;
	if (w->in->held || order == NULL || order->state != RN_ORDER_REQUESTED)
		return TRUE;
	g_clear_pointer(&order, rn_order_free);
	return move(w,
	    rn_document_settled(w->convention, w->r->box) ? RN_EV_DOCUMENT_IN : RN_EV_DOCUMENT_WANTED, &order,
	    error);
}

/* Is the offer that is accepted the one that stands, and does it still say what today's would? */
static gboolean
stands(const Work *w, const RnOrder *order)
{
	g_autofree char *terms = NULL;

	if (w->r->facts->token.step != RN_OFFER_STEP(order->offer))
		return FALSE;
	terms = rn_desk_terms(w->convention, w->r->box, w->r->period_expiry);
	return terms == NULL || order->terms == NULL || g_str_equal(terms, order->terms);
}

/* Did LETTER say these TERMS? */
static gboolean
letter_stands(Work *w, const RnLetter *letter, const char *terms, gboolean *stands, GError **error)
{
	char *said = NULL;
	gboolean ok = rn_store_letter_terms(w->desk.tx, letter->id, &said, error);

	*stands = g_strcmp0(said, terms) == 0;
	g_free(said);
	return ok;
}

/* In one step the notice is the offer. Did the one that is answered say what a summary would say today? Who
 * taps the link of a notice does not name it: then it may be any of the period. */
static gboolean
notice_stands(Work *w, gboolean *stands, GError **error)
{
	g_autoptr(RnLetter) letter = NULL;
	g_autofree char *terms = rn_desk_terms(w->convention, w->r->box, w->r->period_expiry);
	gboolean ok;

	*stands = TRUE;
	if (terms == NULL)
		return TRUE;
	if (!rn_store_letter_answered(w->desk.tx, w->r->thread_id, 0, FALSE, &letter, error))
		return FALSE;
	if (letter != NULL)
		return letter_stands(w, letter, terms, stands, error);
	ok = rn_store_notices_alike(w->desk.tx, w->r->box->period_id, terms, stands, error);
	*stands &= w->r->facts->token.period == w->r->box->period_public;
	return ok;
}

/* Nothing is concluded by it: the summary that stands is sent instead. */
static gboolean
outdated(Work *w, GError **error)
{
	w->outdated = TRUE;
	w->desk.why = "offer-outdated";
	return go_on(w, error);
}

static gboolean
conclude(Work *w, GError **error)
{
	g_autoptr(RnOrder) newest = NULL;
	g_autoptr(RnOrder) order = NULL;
	gboolean may;

	if (!rn_work_may_order(w, &may, error))
		return FALSE;
	if (!may)
		return TRUE;
	if (!rn_store_order_newest(w->desk.tx, w->r->box->period_id, &newest, error))
		return FALSE;
	if (!w->r->situation.offer) {
		if (!notice_stands(w, &may, error))
			return FALSE;
		if (!may && !rn_order_concluded(newest))
			return outdated(w, error);
	}
	if (!w->r->situation
	         .offer && /* one step, but the document is missing, or was: then there is a summary */
	    (!rn_document_settled(w->convention, w->r->box) ||
	        (newest != NULL && newest->state == RN_ORDER_DOCUMENT)))
		return go_on(w, error);
	if (w->r->situation.offer && rn_order_ended(newest))
		return rn_fresh_one(w, w->r->box, error);
	if (w->r->situation.offer && newest->state == RN_ORDER_OFFERED && !stands(w, newest))
		return outdated(w, error);
	if (!rn_budget_allows(w, newest, &may, error))
		return FALSE;
	if (!may)
		return TRUE;
	return move(w, w->r->situation.offer ? RN_EV_ACCEPT : RN_EV_ONE_STEP, &order, error);
}

static gboolean
take_back(Work *w, RnOrderEvent event, GError **error)
{
	g_autoptr(RnOrder) order = NULL;

	return move(w, event, &order, error);
}

/* The answer to the question who may write is none to a notice. */
static gboolean
about_authorization(const Work *w)
{
	return w->r->facts != NULL && w->r->facts->token.purpose == RN_PURPOSE_AUTHORIZE;
}

/* Asked again, once. Thanks for a letter of ours after the end are no question: they are kept and nothing
 * follows. */
static gboolean
ask_again(Work *w, GError **error)
{
	g_autoptr(RnOrder) order = NULL;
	g_autofree char *key = NULL;
	gboolean asked;
	RnPurpose purpose = w->r->situation.offer ? RN_PURPOSE_ACCEPT : RN_PURPOSE_RENEW;

	if (w->r->box == NULL || !rn_store_order_newest(w->desk.tx, w->r->box->period_id, &order, error))
		return FALSE;
	key = rn_reading_ask_key(w->r);
	if (!rn_store_letter_exists(w->desk.tx, key, &asked, error))
		return FALSE;
	if (asked)	/* about the date that was put right since: the verdict knows the letter's own only */
		return hold(w, "good-token-asked-before", error);
	if (order != NULL && (order->state == RN_ORDER_ACCEPTED || order->state == RN_ORDER_RENEWED)) {
		w->in->order_id = order->id;
		if (w->r->facts->intent == RN_INTENT_EMPTY)
			return TRUE;
		return hold(w, "after-the-order", error);
	}
	if (about_authorization(w))
		return rn_authorize_again(w, error);
	return letter(w, RN_LETTER_ASK, purpose, FALSE, NULL, error);
}

static gboolean
warn(Work *w, GError **error)
{
	return hold(w, w->r->verdict.rule, error) &&
	    (w->r->box == NULL ||
	        letter(w, RN_LETTER_WARNING, RN_PURPOSE_RENEW, TRUE, "mittente-non-provato", error));
}

/* Asking, going on and concluding need the token's box; the policy's rows for them do too (`known`). */
static gboolean
needs_box(RnAction action)
{
	return action == RN_ACT_ASK || action == RN_ACT_GO_ON || action == RN_ACT_GO_ON_NAMED ||
	    action == RN_ACT_CONCLUDE || action == RN_ACT_DECLINE || action == RN_ACT_CANCEL ||
	    action == RN_ACT_HOLD_AUTHORIZE || action == RN_ACT_AUTHORIZE;
}

/* A list names several boxes: which of them is meant stands in the answer, not in the token. */
static gboolean
answers_list(const Work *w)
{
	const RnFacts *f = w->r->facts;

	return f != NULL && f->token_verdict == RN_TOKEN_GOOD && f->token.purpose == RN_PURPOSE_RENEW &&
	    f->token.step == RN_STEP_LIST &&
	    (needs_box(w->r->verdict.action) || w->r->verdict.action == RN_ACT_CONCLUDE);
}

/* Who writes from an address can be reached there. */
static gboolean
is_alive(Work *w, GError **error)
{
	const RnFacts *f = w->r->facts;

	return f == NULL || f->from == NULL || !f->registered || f->class_ != RN_CLASS_HUMAN ||
	    f->proof < RN_PROOF_LOW || rn_store_address_lives(w->desk.tx, f->from, error);
}

/* Two programs that answer each other, each taking the other for a person, stop here: so many letters a day
 * to one address, and then its mail waits for a person. What concludes an order is never stopped. An
 * administrator who decides about held mail has a count apart, of which no working day sees the end. */
static gboolean
answers_enough(Work *w, gboolean *enough, GError **error)
{
	const RnFacts *f = w->r->facts;
	RnAction action = w->r->verdict.action;
	gboolean desk = action == RN_ACT_DESK;
	const char *to = w->r->box != NULL ? w->r->box->reference : f != NULL ? f->from : NULL;
	gint64 letters = 0;

	*enough = FALSE;
	if (to == NULL || action == RN_ACT_RECORD || action == RN_ACT_JUNK || action == RN_ACT_HOLD ||
	    action == RN_ACT_CONCLUDE)
		return TRUE;
	if (!rn_store_letters_since(
	        w->desk.tx, to, rn_day_start(today(w), w->desk.e->settings->tz), desk, &letters, error))
		return FALSE;
	*enough = letters >= w->desk.e->settings->site.answers_per_day * (desk ? DESK_TIMES : 1);
	return TRUE;
}

static gboolean
carry_out(Work *w, GError **error)
{
	gboolean answered, enough;

	if (w->r->box == NULL && needs_box(w->r->verdict.action))
		return hold(w, "box-unknown", error);
	if (!is_alive(w, error) || !answers_enough(w, &enough, error))
		return FALSE;
	if (enough)
		return hold(w, "too-many-answers-today", error);
	if (!rn_documents_answer(w, &answered, error))
		return FALSE;
	if (answered)
		return TRUE;
	if (answers_list(w))
		return rn_command_rows(w, error);
	switch (w->r->verdict.action) {
	case RN_ACT_RECORD:
		return rn_receipt_follow(w, error) && rn_returned(w, error);
	case RN_ACT_JUNK:
		return TRUE;
	case RN_ACT_GO_ON:
	case RN_ACT_GO_ON_NAMED:
		return go_on(w, error);
	case RN_ACT_CONCLUDE:
		return conclude(w, error);
	case RN_ACT_DECLINE:
		if (about_authorization(w))
			return rn_authorize_refuse(w, error);
		return take_back(w, RN_EV_DECLINE, error);
	case RN_ACT_CANCEL:
		return take_back(w, RN_EV_CANCEL, error);
	case RN_ACT_ASK:
		return ask_again(w, error);
	case RN_ACT_FRESH:
		return rn_fresh(w, error);
	case RN_ACT_HOLD_WARN:
		return warn(w, error);
	case RN_ACT_HOLD_AUTHORIZE:
		return rn_authorize_ask(w, error);
	case RN_ACT_COMMAND:
		return rn_command(w, error);
	case RN_ACT_AUTHORIZE:
		return rn_authorize_grant(w, error);
	case RN_ACT_SELFTEST:
		return rn_selftest_want(w, error);
	case RN_ACT_DESK:
		return rn_held_answer(w, error);
	case RN_ACT_HOLD:
	default:
		return hold(w, w->r->verdict.rule, error);
	}
}

gboolean
rn_work_letter(
    RnWork *w, RnLetterKind kind, RnPurpose purpose, gboolean daily, const char *reason, GError **error)
{
	return letter(w, kind, purpose, daily, reason, error);
}

gboolean
rn_work_hold(RnWork *w, const char *why, GError **error)
{
	return hold(w, why, error);
}

gboolean
rn_work_go_on(RnWork *w, GError **error)
{
	return go_on(w, error);
}

gboolean
rn_followup(RnEngine *e, RnTx *tx, RnReading *r, RnInbox *in, gint64 now, GError **error)
{
	Work w = {
		.desk = { .e = e, .tx = tx, .now = now, .who = "member", .why = r->verdict.rule,
		.inbox_id = in->id, .readings = r->others },
		.r = r, .in = in,
	};
	g_autoptr(RnBox) box = NULL;
	RnReading with = *r;

	if (r->verdict.action == RN_ACT_VERIFY)
		return rn_verify(&w, error);
	if (r->verdict.action == RN_ACT_MARK)
		return rn_mark(&w, error);
	if (r->box != NULL)
		w.convention = rn_settings_convention(e->settings, r->box->convention);
	if (!rn_period_now(&w, &box, error))
		return FALSE;
	if (box != NULL) {
		with.box = box;
		with.period_expiry = box->expiry;
		w.r = &with;
		in->period_id = box->period_id;
	}
	return carry_out(&w, error);
}
