#include "core/heldcase.h"

#include <string.h>

#include "base/text.h"
#include "core/work.h"

void
rn_held_result_clear(RnHeldResult *r)
{
	g_free(r->rule);
	g_free(r->action);
	rn_decision_free(r->first);
	memset(r, 0, sizeof(*r));
}

/* One decision being carried out. */
typedef struct {
	RnDesk			*d;
	const RnHeldWish	*wish;
	RnInbox			*in;
	RnBox			*box;	/* NULL: it names none */
	RnHeldResult		*result;
} Work;

static gboolean
refuse(Work *w, const char *why)
{
	w->result->end = RN_HELD_REFUSED;
	w->result->why = why;
	return TRUE;
}

/* Why it cannot be read again, NULL if it can. */
static const char *
unread(const Work *w)
{
	if (w->in->raw == NULL)
		return "it is not kept whole: close it";
	return rn_delivery_readable(w->d, w->in) ? NULL :
	                                           "there was no time to read it: answer about fewer cases";
}

static gboolean
accept(Work *w, GError **error)
{
	const char *why = unread(w);

	if (why != NULL)
		return refuse(w, why);
	if (!rn_delivery_accept(w->d, w->in, w->wish->by_mail, &why, error))
		return FALSE;
	return why == NULL || refuse(w, why);
}

static gboolean
release(Work *w, GError **error)
{
	const char *why = unread(w);

	return why != NULL ? refuse(w, why) : rn_delivery_again(w->d, w->in, error);
}

/* It waits no more, and what was made of it stays as it is. */
static gboolean
let_go(Work *w, GError **error)
{
	w->in->held = FALSE;
	return rn_store_inbox_judged(w->d->tx, w->in, error);
}

/* The words of an administrator as a member reads them: no line of ours begins with a command. */
static char *
answer_text(const RnInbox *in, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GString *all = g_string_new("grazie della sua mail.");

	if (in->typed_text != NULL && *in->typed_text != '\0') {
		g_autofree char *one = rn_text_squash(in->typed_text);
		glong n = MIN(g_utf8_strlen(one, -1), 200);

		g_string_append_printf(
		    all, " Ci ha scritto:\n\n  «%.*s»", (int)(g_utf8_offset_to_pointer(one, n) - one), one);
	}
	g_string_append(all, "\n\nLe risponde una persona:\n");
	for (guint i = 0; lines[i] != NULL; i++)
		g_string_append_printf(all, "\n%s%s", *lines[i] != '\0' ? "  " : "", lines[i]);
	return g_string_free(all, FALSE);
}

/* To the registered address, as every letter: never to who wrote. */
static gboolean
ask(Work *w, GError **error)
{
	g_autofree char *key = g_strdup_printf("held/%" G_GINT64_FORMAT "/ask", w->in->id);
	g_autofree char *text = w->wish->text != NULL ? answer_text(w->in, w->wish->text) : NULL;
	g_autoptr(RnOrder) order = NULL;
	RnLetterAsk letter = { .kind = text != NULL ? RN_LETTER_ADMIN : RN_LETTER_ASK,
		.key = key,
		.purpose = RN_PURPOSE_RENEW,
		.box = w->box,
		.answers = w->in->message_id,
		.read = w->in->typed_text,
		.read_at = w->in->taken,
		.text = text,
		.subject = "Risposta alla sua mail sulla casella PEC" };

	if (w->box == NULL || *w->box->reference == '\0')
		return refuse(w, "no box is known whose holder could be written to");
	letter.convention = rn_settings_convention(w->d->e->settings, w->box->convention);
	if (!rn_store_order_newest(w->d->tx, w->box->period_id, &order, error))
		return FALSE;
	if (rn_order_concluded(order) && text == NULL)
		return refuse(w, "its order is concluded: say what the member shall read");
	if (order != NULL && order->state == RN_ORDER_OFFERED) {
		letter.purpose = RN_PURPOSE_ACCEPT;
		letter.token_step = RN_OFFER_STEP(order->offer);
	}
	return rn_desk_letter(w->d, &letter, NULL, error) && let_go(w, error);
}

static gboolean
carry_out(Work *w, GError **error)
{
	switch (w->wish->verb) {
	case RN_HELD_ACCEPT:
		return accept(w, error);
	case RN_HELD_RELEASE:
		return release(w, error);
	case RN_HELD_ASK:
		return ask(w, error);
	case RN_HELD_DISCARD:
	case RN_HELD_CLOSE:
		return let_go(w, error);
	case RN_HELD_N:
	default:
		return refuse(w, "that is no decision");
	}
}

/* Who decided what stands in the ledger of the box, in any case; that it waits no more, beside the mail. */
static gboolean
note(Work *w, GError **error)
{
	static const char *const said[RN_HELD_N] = {
		[RN_HELD_ACCEPT] = "held reply accepted", [RN_HELD_DISCARD] = "held reply discarded",
		[RN_HELD_ASK] = "held reply answered", [RN_HELD_RELEASE] = "held reply released",
		[RN_HELD_CLOSE] = "held reply closed",
	};
	RnDecision decision = { .inbox_id = w->in->id,
		.at = w->d->now,
		.who = (char *)w->d->who,
		.what = (char *)rn_held_word(w->wish->verb) };
	const char *what = w->wish->verb < RN_HELD_N ? said[w->wish->verb] : "held reply decided";
	const char *detail = w->wish->reason != NULL ? w->wish->reason : w->wish->text;

	return rn_desk_ledger(w->d, what, w->box, NULL, detail, error) &&
	    (w->in->held || rn_store_decision_add(w->d->tx, &decision, error));
}

/* What is there to decide? *GO FALSE where the result already says what there is not. */
static gboolean
look(Work *w, gboolean *go, GError **error)
{
	*go = FALSE;
	w->result->end = RN_HELD_MISSING;
	if (!rn_store_inbox_get(w->d->tx, w->wish->inbox_id, &w->in, error))
		return FALSE;
	if (w->in == NULL)
		return TRUE;
	w->result->end = RN_HELD_GONE;
	if (!w->in->held)
		return rn_store_decision_last(w->d->tx, w->in->id, &w->result->first, error);
	*go = TRUE;
	return w->in->box_id == 0 || rn_store_box_get(w->d->tx, w->in->box_id, &w->box, error);
}

gboolean
rn_held_decide(RnDesk *d, const RnHeldWish *wish, RnHeldResult *result, GError **error)
{
	g_autofree char *why = g_strconcat("held ", rn_held_word(wish->verb), NULL);
	RnDesk mine = *d;
	Work w = { .d = &mine, .wish = wish, .result = result };
	gboolean go = FALSE, ok;

	mine.why = why;
	mine.inbox_id = wish->inbox_id;
	memset(result, 0, sizeof(*result));
	ok = look(&w, &go, error);
	if (ok && go) {
		result->end = RN_HELD_DONE;
		ok = carry_out(&w, error) && (result->end == RN_HELD_REFUSED || note(&w, error));
		if (result->end == RN_HELD_DONE && w.in->held)
			result->end = RN_HELD_STILL;
	}
	if (w.in != NULL) {
		result->rule = g_strdup(w.in->rule);
		result->action = g_strdup(w.in->action);
	}
	rn_inbox_free(w.in);
	rn_box_free(w.box);
	return ok;
}
