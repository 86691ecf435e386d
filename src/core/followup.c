#include "core/followup.h"

#include <string.h>

#include "core/desk.h"
#include "core/documents.h"
#include "core/reading.h"
#include "core/work.h"

typedef RnWork Work;

static RnDay
today(const Work *w)
{
	return rn_day_of(w->desk.now, w->desk.e->settings->tz);
}

/* How many days before expiry renewal begins to be possible. */
static int
first_notice(const RnConvention *c)
{
	return c->notice_days->len > 0 ? g_array_index(c->notice_days, int, 0) : G_MAXINT;
}

/* Puts the mail aside for a person; WHY goes to the ledger and `rinnova held list`. */
static gboolean
hold(Work *w, const char *why, GError **error)
{
	w->in->held = TRUE;
	w->desk.why = why;
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
		.convention = w->convention,
		.expiry = w->r->period_expiry, .answers = w->in->message_id,
		.read = w->in->typed_text, .read_at = w->r->taken,
		.reason = reason, .other = w->r->facts->registered ? NULL : w->r->facts->from,
	};

	return rn_desk_letter(&w->desk, &ask, NULL, error);
}

static gboolean
tell_secretary(Work *w, GError **error)
{
	g_autofree char *key =
	    g_strdup_printf("period/%" G_GINT64_FORMAT "/not-entitled", w->r->box->period_id);
	g_autofree char *text = g_strdup_printf(
	    "Il titolare della casella %s ha chiesto il rinnovo, ma non risulta tra gli aventi "
	    "diritto. Nessun ordine è stato aperto: la richiesta attende una persona.",
	    w->r->box->name);
	const char *to = w->convention != NULL && *w->convention->secretary != '\0' ?
	    w->convention->secretary :
	    w->desk.e->settings->site.admin;
	RnLetterAsk ask = { .kind = RN_LETTER_ADMIN,
		.key = key,
		.to = to,
		.subject = "Richiesta di un non avente diritto",
		.text = text };

	return rn_desk_letter(&w->desk, &ask, NULL, error);
}

/* A mail to an older period of a box that has been renewed since, here or elsewhere: nothing may be ordered
 * for that period any more. An order of its own that is concluded answers for itself; else the holder gets
 * today's notice if one is due, or the list. */
static gboolean
period_is_over(Work *w, gboolean *may, GError **error)
{
	g_autoptr(RnOrder) order = NULL;
	g_autoptr(RnBox) now = NULL;
	RnReading without = *w->r;
	Work other = *w;

	if (!rn_store_order_newest(w->desk.tx, w->r->box->period_id, &order, error) ||
	    !rn_store_box_get(w->desk.tx, w->r->box->id, &now, error))
		return FALSE;
	*may = !rn_order_ended(order) && today(w) <= w->r->period_expiry + w->convention->reactivation_days;
	if (*may || now == NULL)
		return TRUE;
	without.box = NULL;
	other.r = &without;
	if (now->expiry - today(w) <= first_notice(w->convention))
		return rn_fresh_one(&other, now, error);
	return w->r->facts->registered ? rn_command(&other, error) : hold(w, "period-is-over", error);
}

/* Before the first notice day there is nothing to answer, unless a notice was written all the same. */
static gboolean
not_yet_expiring(Work *w, gboolean *may, GError **error)
{
	int last;

	if (!rn_store_notice_last(w->desk.tx, w->r->box->period_id, may, &last, error))
		return FALSE;
	return *may || hold(w, "not-yet-expiring", error);
}

/* Nobody who left the roll gets an order; before the first notice and after the days of reactivation only a
 * person can help. */
static gboolean
may_order(Work *w, gboolean *may, GError **error)
{
	const RnBox *box = w->r->box;
	RnDay taken = rn_day_of(w->r->taken, w->desk.e->settings->tz);

	*may = FALSE;
	if (w->convention == NULL)
		return hold(w, "convention-unknown", error);
	if (!rn_box_entitled(box, taken) || box->state == RN_BOX_CLOSED)
		return hold(w, "not-entitled", error) && tell_secretary(w, error);
	if (box->expiry > w->r->period_expiry)
		return period_is_over(w, may, error);
	if (taken > w->r->period_expiry + w->convention->reactivation_days)
		return hold(w, "after-reactivation-days", error);
	if (w->r->period_expiry - taken > first_notice(w->convention))
		return not_yet_expiring(w, may, error);
	*may = TRUE;
	return TRUE;
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

/* An order that waits for the document goes on with it, once it is there. */
static gboolean
first_event(Work *w, RnOrderEvent *event, GError **error)
{
	g_autoptr(RnOrder) order = NULL;

	if (!rn_store_order_newest(w->desk.tx, w->r->box->period_id, &order, error))
		return FALSE;
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
	gboolean may;

	if (!may_order(w, &may, error))
		return FALSE;
	if (!may)
		return TRUE;
	if (!first_event(w, &first, error) || !move(w, first, &order, error))
		return FALSE;
	if (w->in->held || order == NULL || order->state != RN_ORDER_REQUESTED)
		return TRUE;
	g_clear_pointer(&order, rn_order_free);
	return move(w,
	    rn_document_settled(w->convention, w->r->box) ? RN_EV_DOCUMENT_IN : RN_EV_DOCUMENT_WANTED, &order,
	    error);
}

static gboolean
conclude(Work *w, GError **error)
{
	g_autoptr(RnOrder) newest = NULL;
	g_autoptr(RnOrder) order = NULL;
	gboolean may;

	if (!may_order(w, &may, error))
		return FALSE;
	if (!may)
		return TRUE;
	if (!rn_store_order_newest(w->desk.tx, w->r->box->period_id, &newest, error))
		return FALSE;
	if (!w->r->situation
	         .offer && /* one step, but the document is missing, or was: then there is a summary */
	    (!rn_document_settled(w->convention, w->r->box) ||
	        (newest != NULL && newest->state == RN_ORDER_DOCUMENT)))
		return go_on(w, error);
	if (w->r->situation.offer && rn_order_ended(newest))
		return rn_fresh_one(w, w->r->box, error);
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

/* Asked again, once. Thanks for a letter of ours after the end are no question: they are kept and nothing
 * follows. */
static gboolean
ask_again(Work *w, GError **error)
{
	g_autoptr(RnOrder) order = NULL;
	RnPurpose purpose = w->r->situation.offer ? RN_PURPOSE_ACCEPT : RN_PURPOSE_RENEW;

	if (w->r->box == NULL || !rn_store_order_newest(w->desk.tx, w->r->box->period_id, &order, error))
		return FALSE;
	if (order != NULL && (order->state == RN_ORDER_ACCEPTED || order->state == RN_ORDER_RENEWED)) {
		w->in->order_id = order->id;
		if (w->r->facts->intent == RN_INTENT_EMPTY)
			return TRUE;
		return hold(w, "after-the-order", error);
	}
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

/* The no to an authorization is no answer to a notice. */
static gboolean
about_authorization(const Work *w)
{
	return w->r->facts != NULL && w->r->facts->token.purpose == RN_PURPOSE_AUTHORIZE;
}

static gboolean
carry_out(Work *w, GError **error)
{
	gboolean answered;

	if (w->r->box == NULL && needs_box(w->r->verdict.action))
		return hold(w, "box-unknown", error);
	if (!rn_documents_answer(w, &answered, error))
		return FALSE;
	if (answered)
		return TRUE;
	if (answers_list(w))
		return rn_command_rows(w, error);
	switch (w->r->verdict.action) {
	case RN_ACT_RECORD:
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
		.inbox_id = in->id },
		.r = r, .in = in,
	};

	if (r->box != NULL)
		w.convention = rn_settings_convention(e->settings, r->box->convention);
	return carry_out(&w, error);
}
