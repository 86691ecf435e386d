#include "core/expiry_end.h"

#include "core/expiry.h"

#define PAGE 500

#define TIMES 100	/* of one period; a box is switched as often as somebody changes a date and his mind */

/* The N-th of its kind in its period: whoever calls this has just switched the box, so the provider has to
 * hear of it, whatever it heard before. */
static gboolean
add_call(RnDesk *d, const RnBox *box, RnCallKind kind, int n, gboolean *fresh, GError **error)
{
	g_autofree char *number = rn_case_number(box->period_public);
	g_autofree char *more = n > 1 ? g_strdup_printf("-%d", n) : g_strdup("");
	g_autofree char *key = g_strdup_printf("%s-%s%s", rn_word(RN_WORDS_CALL, (int)kind), number, more);
	RnCall call = {
		.key = key, .kind = kind, .box_id = box->id, .convention = box->convention,
		.due = d->now, .created = d->now,
	};

	return rn_store_call_add(d->tx, &call, fresh, error);
}

gboolean
rn_ending_call(RnDesk *d, const RnBox *box, RnCallKind kind, GError **error)
{
	gboolean fresh = FALSE;

	for (int n = 1; !fresh && n <= TIMES; n++)
		if (!add_call(d, box, kind, n, &fresh, error))
			return FALSE;
	return TRUE;
}

/* To every registered address but the box itself, which is the one that no longer works. */
static gboolean
write_letters(RnEnding *end, const RnBox *box, GError **error)
{
	const char *to[] = { box->reference, box->reference2 };

	for (guint i = 0; i < G_N_ELEMENTS(to); i++) {
		g_autofree char *key =
		    g_strdup_printf("period/%" G_GINT64_FORMAT "/deactivated/%u", box->period_id, i);
		RnLetterAsk ask = {
			.kind = RN_LETTER_DEACTIVATED, .key = key, .purpose = RN_PURPOSE_RENEW, .box = box,
			.convention = end->c,
			.expiry = box->expiry, .to = to[i],
		};

		if (to[i] == NULL || (i > 0 && g_strcmp0(to[i], to[0]) == 0))
			continue;
		if (!rn_desk_letter(&end->d, &ask, NULL, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
lapse(RnEnding *end, const RnBox *box, GError **error)
{
	RnMove m = { .box = box, .period_expiry = box->expiry, .new_expiry = RN_DAY_NONE };
	RnMoved moved;

	if (!rn_desk_move(&end->d, RN_EV_LAPSE, &m, &moved, NULL, error))
		return FALSE;
	end->lapsed += moved == RN_MOVED;
	return TRUE;
}

static gboolean
deactivate(RnEnding *end, RnBox *box, GError **error)
{
	g_autofree char *expiry = rn_day_iso(box->expiry);
	RnBoxState to;

	if (!rn_box_step(box->state, RN_BOX_EV_DEACTIVATE, &to))
		return TRUE;
	if (!rn_store_box_set_state(end->d.tx, box->id, to, error) ||
	    !rn_desk_ledger(&end->d, "box active->deactivated", box, NULL, expiry, error))
		return FALSE;
	box->state = to;
	if (end->first == 0)
		end->first = box->id;
	end->deactivated++;
	g_string_append_printf(end->names, "- %s (%s), scadenza %s\n", box->name, box->holder, expiry);
	return write_letters(end, box, error) && rn_ending_call(&end->d, box, RN_CALL_DEACTIVATE, error);
}

static gboolean
tell_decide(RnEnding *end, const RnBox *box, GError **error)
{
	g_autofree char *key = g_strdup_printf("period/%" G_GINT64_FORMAT "/held-decide", box->period_id);
	g_autofree char *text = g_strdup_printf(
	    "La casella %s è scaduta, ma una risposta giunta in tempo attende da troppi giorni la decisione di una persona: "
	    "rinnova held list.\nPer darle corso: rinnova held release NUMERO; se è già stata trattata: rinnova held close "
	    "NUMERO --reason MOTIVO.\nFino ad allora la casella non viene disattivata.",
	    box->name);

	return rn_desk_admin(&end->d, key, "Una risposta trattenuta attende una decisione", text, error);
}

static gboolean
tell_document(RnEnding *end, const RnBox *box, GError **error)
{
	g_autofree char *key = g_strdup_printf("period/%" G_GINT64_FORMAT "/document-decide", box->period_id);
	g_autofree char *text = g_strdup_printf(
	    "La casella %s è scaduta, ma un documento giunto in tempo attende ancora una verifica: rinnova document list.\n"
	    "Fino ad allora la casella non viene disattivata.",
	    box->name);

	return rn_desk_admin(&end->d, key, "Un documento attende una decisione", text, error);
}

gboolean
rn_ending_box(RnEnding *end, RnBox *box, RnExpiry decision, gboolean lapses, GError **error)
{
	gboolean changed;

	if (decision == RN_EXPIRY_NOT_YET || decision == RN_EXPIRY_NOT_ACTIVE)
		return TRUE;
	end->d.why = rn_expiry_word(decision);
	if (!rn_store_expiry_put(end->d.tx, box->period_id, end->d.why, end->d.now, &changed, error))
		return FALSE;
	if (decision == RN_EXPIRY_DUE)
		return (!lapses || lapse(end, box, error)) && deactivate(end, box, error);
	end->left++;
	return (!changed || rn_desk_ledger(&end->d, "box left active", box, NULL, NULL, error)) &&
	    (decision != RN_EXPIRY_DECIDE || tell_decide(end, box, error)) &&
	    (decision != RN_EXPIRY_DOCUMENT || tell_document(end, box, error));
}

gboolean
rn_ending_tell(RnEnding *end, RnDay today, GError **error)
{
	g_autofree char *iso = rn_day_iso(today);
	g_autofree char *key =
	    g_strdup_printf("expire/done/%s/%s/%" G_GINT64_FORMAT, end->c->id, iso, end->first);
	g_autofree char *subject = g_strdup_printf("Caselle disattivate: %u", end->deactivated);
	g_autofree char *text = g_strdup_printf(
	    "%s: senza un ordine di rinnovo entro la scadenza sono state disattivate %u caselle. I titolari sono stati "
	    "avvisati e possono ancora rinnovarle per %d giorni dalla scadenza.\n\n%s",
	    end->c->name, end->deactivated, end->c->reactivation_days, end->names->str);
	const char *admin = end->d.e->settings->site.admin;
	RnLetterAsk ask = {
		.kind = RN_LETTER_ADMIN, .key = key, .convention = end->c, .subject = subject, .text = text
	};

	if (end->deactivated == 0)
		return TRUE;
	end->d.why = "deactivated";
	ask.to = *end->c->secretary != '\0' ? end->c->secretary : admin;
	return rn_desk_letter(&end->d, &ask, NULL, error);
}

/* What of an open order no run decides on with its box: the box is not active, or has another date by now. */
static gboolean
late(const RnBox *box, const RnOrder *order)
{
	return box->state != RN_BOX_ACTIVE || box->period_id != order->period_id;
}

/* Unless a mail that may be its acceptance waits. */
static gboolean
lapse_one_late(RnEnding *end, const RnEvidence *ev, const RnOrder *order, RnDay today, GError **error)
{
	const RnConvention *c = rn_settings_convention(end->d.e->settings, order->convention);
	g_autoptr(RnBox) box = NULL;
	g_autoptr(RnOrder) newest = NULL;
	RnBox of;
	RnExpiryCase with;

	if (!rn_store_box_get(end->d.tx, order->box_id, &box, error))
		return FALSE;
	if (box == NULL || c == NULL || !late(box, order))
		return TRUE;
	of = *box;	/* as it was in the period of the order; owns nothing */
	of.period_id = order->period_id;
	of.expiry = order->old_expiry;
	if (!rn_evidence_case(ev, end->d.tx, &of, c, today, &with, &newest, error))
		return FALSE;
	if (!rn_expiry_lapses(&with) || with.queued != RN_DAY_NONE || with.held != RN_DAY_NONE)
		return TRUE;
	return lapse(end, &of, error);
}

gboolean
rn_ending_late(RnEnding *end, const RnEvidence *ev, RnDay today, GError **error)
{
	static const RnOrderState open[] = { RN_ORDER_DOCUMENT, RN_ORDER_OFFERED };

	for (gsize i = 0; i < G_N_ELEMENTS(open); i++) {
		gint64 after = 0;
		guint n = PAGE;

		while (n == PAGE) {
			g_autoptr(GPtrArray) orders = NULL;

			if (!rn_store_orders(end->d.tx, NULL, (int)open[i], after, PAGE, &orders, error))
				return FALSE;
			n = orders->len;
			for (guint k = 0; k < n; k++) {
				const RnOrder *o = g_ptr_array_index(orders, k);

				after = o->id;
				if (!lapse_one_late(end, ev, o, today, error))
					return FALSE;
			}
		}
	}
	return TRUE;
}

gboolean
rn_expiry_undo(RnEngine *e, const char *box_name, RnDay today, gint64 now, const char *who, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);
	g_autoptr(RnBox) box = NULL;
	RnDesk d = { .e = e, .tx = tx, .now = now, .who = who, .why = rn_expiry_word(RN_EXPIRY_UNDONE) };
	const RnConvention *c;
	gboolean changed, dropped;
	RnBoxState to;

	if (tx == NULL || !rn_store_box_find(tx, box_name, &box, error))
		return FALSE;
	if (box == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "there is no box \"%s\"; `rinnova box list` shows all", box_name);
		return FALSE;
	}
	c = rn_settings_convention(e->settings, box->convention);
	if (!rn_box_step(box->state, RN_BOX_EV_REACTIVATE, &to) || c == NULL ||
	    today > box->expiry + c->reactivation_days) {
		g_set_error(error, RN_ERROR, RN_ERR_STATE, "box %s is %s: %s", box_name,
		    rn_word(RN_WORDS_BOX, box->state),
		    box->state != RN_BOX_DEACTIVATED ? "there is no deactivation to undo" :
		        c == NULL                    ? "its convention is not in the configuration" :
		                                       "its reactivation days are over");
		return FALSE;
	}
	return rn_store_box_set_state(tx, box->id, to, error) &&
	    (today <= box->expiry ||	/* its date was put right before: that period ends as any other */
	        rn_store_expiry_put(tx, box->period_id, d.why, now, &changed, error)) &&
	    rn_store_call_drop_box(tx, box->id, RN_CALL_DEACTIVATE, &dropped, error) &&
	    (dropped || rn_ending_call(&d, box, RN_CALL_REACTIVATE, error)) &&
	    rn_desk_ledger(&d, "box deactivated->active", box, NULL, NULL, error) && rn_tx_commit(&tx, error);
}
