#include <string.h>

#include "base/text.h"
#include "core/deadline.h"
#include "core/desk.h"
#include "core/documents.h"
#include "policy/policy.h"

/* One move being carried out. */
typedef struct {
	RnDesk		*d;
	const RnMove	*m;
	RnOrder		*o;
	const RnConvention *c;
	const char	*to;		/* NULL: the reference address */
} Step;

/* The same letter for every other calendar in which the event stands that it changes. */
static gboolean
for_calendars(Step *s, const RnLetterAsk *ask, GError **error)
{
	g_autoptr(GPtrArray) to = NULL;

	if (s->to != NULL || (ask->kind != RN_LETTER_CONFIRMATION && ask->kind != RN_LETTER_CANCELLED))
		return TRUE;
	if (!rn_deadline_others(s->d, s->m->box, s->c, &to, error))
		return FALSE;
	for (guint i = 0; i < to->len; i++) {
		RnLetterAsk other = *ask;
		g_autofree char *key = NULL;

		other.to = g_ptr_array_index(to, i);
		other.to_box = g_strcmp0(other.to, s->m->box->name) == 0;
		key = g_strdup_printf("%s/%s", ask->key, other.to_box ? "box" : "second");
		other.key = key;
		if (!rn_desk_letter(s->d, &other, NULL, error))
			return FALSE;
	}
	return TRUE;
}

/* A letter of KIND about the order, the N-th: written once for KEY. */
static gboolean
letter_as(Step *s, RnLetterKind kind, RnPurpose purpose, int n, const char *key, GError **error)
{
	RnLetterAsk ask = {
		.kind = kind, .key = key, .step = n, .purpose = purpose, .box = s->m->box,
		.convention = s->c, .order = s->o,
		.expiry = s->m->period_expiry, .answers = s->m->answers, .to = s->to, .to_box = s->to != NULL,
		.read = s->m->words != NULL ? s->m->words : s->o->words, .read_at = s->m->taken,
		.other = s->m->other, .reason = s->m->reason,
		.token_step = purpose == RN_PURPOSE_ACCEPT ? RN_OFFER_STEP(s->o->offer) : 0,
		.outdated = s->m->outdated,
	};

	return rn_desk_letter(s->d, &ask, NULL, error) && for_calendars(s, &ask, error);
}

static gboolean
letter(Step *s, RnLetterKind kind, RnPurpose purpose, int n, GError **error)
{
	g_autofree char *key =
	    g_strdup_printf("order/%" G_GINT64_FORMAT "/%s/%d", s->o->id, rn_word(RN_WORDS_LETTER, kind), n);

	return letter_as(s, kind, purpose, n, key, error);
}

/* Letters that answer the same word again go out once a day at most. */
static int
day_number(Step *s)
{
	return rn_day_of(s->d->now, s->d->e->settings->tz);
}

/* It is asked for, or waits for a person. */
static gboolean
ask_document(Step *s, GError **error)
{
	RnLetterAsk ask = {
		.purpose = RN_PURPOSE_RENEW, .step = day_number(s), .box = s->m->box, .convention = s->c, .order = s->o,
		.expiry = s->m->period_expiry, .answers = s->m->answers, .read = s->m->words, .read_at = s->m->taken,
	};

	return rn_document_letter(s->d, &ask, error);
}

/* What a mail has moved is told, however often it goes to and fro on one day; the same word again, once a
 * day. */
static gboolean
letter_of_move(Step *s, RnOrderState was, RnLetterKind kind, RnPurpose purpose, GError **error)
{
	g_autofree char *key = NULL;

	if (s->o->state == was || s->d->inbox_id == 0)
		return letter(s, kind, purpose, s->o->state == was ? day_number(s) : (int)s->d->now, error);
	key = g_strdup_printf("order/%" G_GINT64_FORMAT "/%s/mail/%" G_GINT64_FORMAT, s->o->id,
	    rn_word(RN_WORDS_LETTER, kind), s->d->inbox_id);
	return letter_as(s, kind, purpose, day_number(s), key, error);
}

/* Where nothing arrives at the reference address, the summary of a strongly proven request goes to the box
 * itself as well. */
static gboolean
summary_to_box(Step *s, GError **error)
{
	g_autofree char *own = g_strdup_printf(
	    "order/%" G_GINT64_FORMAT "/summary/box/%d/%d", s->o->id, s->o->offer, day_number(s));
	Step to_box = *s;
	gboolean dead;

	if (s->m->proof != RN_PROOF_STRONG)
		return TRUE;
	if (!rn_store_address_dead(s->d->tx, s->m->box->reference, &dead, error))
		return FALSE;
	to_box.to = s->m->box->name;
	return !dead || letter_as(&to_box, RN_LETTER_SUMMARY, RN_PURPOSE_ACCEPT, day_number(s), own, error);
}

/* The same summary goes out again once a day, another one at once. */
static gboolean
summary(Step *s, RnOrderState was, GError **error)
{
	g_autofree char *key = NULL;

	if (!summary_to_box(s, error))
		return FALSE;
	if (s->o->state != was)
		return letter_of_move(s, was, RN_LETTER_SUMMARY, RN_PURPOSE_ACCEPT, error);
	key =
	    g_strdup_printf("order/%" G_GINT64_FORMAT "/summary/%d/%d", s->o->id, s->o->offer, day_number(s));
	return letter_as(s, RN_LETTER_SUMMARY, RN_PURPOSE_ACCEPT, day_number(s), key, error);
}

/* A summary that says something else, or comes after the last one has ended, is another offer: what accepts
 * that one does not accept this. */
static void
count_offer(Step *s, RnOrderState was)
{
	g_autofree char *terms = rn_desk_terms(s->c, s->m->box, s->m->period_expiry);
	gboolean same = was == RN_ORDER_OFFERED &&
	    (terms == NULL || s->o->terms == NULL || g_str_equal(terms, s->o->terms));

	if (!same)
		s->o->offer++;
	if (terms != NULL || !same) {
		g_free(s->o->terms);
		s->o->terms = g_steal_pointer(&terms);
	}
}

/* Price, payer and term are frozen from here on; the provider is asked after the cooling time, on the last
 * day at once. */
static gboolean
number(Step *s, GError **error)
{
	int y, m, d;

	rn_day_to_ymd(day_number(s), &y, &m, &d);
	g_clear_pointer(&s->o->number, g_free);
	return rn_store_order_number(s->d->tx, y, &s->o->number, error);
}

static gboolean
call_provider(Step *s, GError **error)
{
	gboolean fresh, last_day = day_number(s) >= s->m->period_expiry;
	gint64 wait = last_day || s->c == NULL ? 0 : s->c->cooling;
	RnCall call = {
		.key = g_strdup_printf("renew-%s", s->o->number), .kind = RN_CALL_RENEW,
		.order_id = s->o->id, .box_id = s->o->box_id,
		.convention = s->o->convention, .due = s->d->now + wait, .created = s->d->now,
	};
	gboolean ok = rn_store_call_add(s->d->tx, &call, &fresh, error);

	g_free(call.key);
	if (ok && !fresh)	/* the administrator's word: asked again with the same key */
		ok = rn_store_call_again(s->d->tx, s->o->id, RN_CALL_RENEW, s->d->now, &fresh, error);
	return ok;
}

/* One for each number: an order that was cancelled and accepted again has a new one. */
static gboolean
confirm(Step *s, GError **error)
{
	g_autofree char *key =
	    g_strdup_printf("order/%" G_GINT64_FORMAT "/confirmation/%s", s->o->id, s->o->number);

	return letter_as(s, RN_LETTER_CONFIRMATION, RN_PURPOSE_RENEW, 0, key, error);
}

static gboolean
copy_to_secretary(Step *s, GError **error)
{
	g_autofree char *key =
	    g_strdup_printf("order/%" G_GINT64_FORMAT "/confirmation/%s/secretary", s->o->id, s->o->number);
	RnLetterAsk ask = {
		.kind = RN_LETTER_CONFIRMATION, .key = key, .purpose = RN_PURPOSE_NONE,
		.box = s->m->box, .convention = s->c, .order = s->o,
		.expiry = s->m->period_expiry, .read = s->m->words, .read_at = s->m->taken,
	};

	if (s->c == NULL || !s->c->copy_secretary || *s->c->secretary == '\0')
		return TRUE;
	ask.to = s->c->secretary;
	return rn_desk_letter(s->d, &ask, NULL, error);
}

static gboolean
tell_admin(Step *s, GError **error)
{
	g_autofree char *key =
	    g_strdup_printf("order/%" G_GINT64_FORMAT "/refused/%" G_GINT64_FORMAT, s->o->id, s->d->now);
	g_autofree char *text =
	    g_strdup_printf("Il gestore rifiuta il rinnovo della casella %s (ordine %s): %s\n\n"
	                    "L'ordine è fermo. Risolta la causa: rinnova order retry %s\n"
	                    "Se il rinnovo è stato fatto a mano: rinnova order renewed %s",
	        s->m->box->name, s->o->number, s->m->reason != NULL ? s->m->reason : "nessun motivo indicato",
	        s->o->number, s->o->number);

	return rn_desk_admin(s->d, key, "Rinnovo rifiutato dal gestore", text, error);
}

static gboolean
move_expiry(Step *s, GError **error)
{
	RnBoxState to;

	if (!rn_box_step(s->m->box->state, RN_BOX_EV_RENEWED, &to))
		return rn_desk_ledger(s->d, "box closed: expiry not moved", s->m->box, s->o, NULL, error);
	return rn_store_box_renewed(s->d->tx, s->m->box->id, s->o->new_expiry, error);
}

/* Everything that the table says has to follow, in an order that never depends on the bits' order. */
static gboolean
follow(Step *s, RnOrderState was, RnEffects todo, GError **error)
{
	return (!(todo & RN_DO_ASK_DOCUMENT) || ask_document(s, error)) &&
	    (!(todo & RN_DO_SEND_SUMMARY) || summary(s, was, error)) &&
	    (!(todo & RN_DO_SEND_CONFIRMATION) || (confirm(s, error) && copy_to_secretary(s, error))) &&
	    (!(todo & RN_DO_CALL_PROVIDER) || call_provider(s, error)) &&
	    (!(todo & RN_DO_MOVE_EXPIRY) || move_expiry(s, error)) &&
	    (!(todo & RN_DO_SEND_RENEWED) || letter(s, RN_LETTER_RENEWED, RN_PURPOSE_RENEW, 0, error)) &&
	    (!(todo & RN_DO_SEND_TROUBLE) ||
	        letter(s, RN_LETTER_TROUBLE, RN_PURPOSE_RENEW, day_number(s), error)) &&
	    (!(todo & RN_DO_TELL_ADMIN) || tell_admin(s, error)) &&
	    (!(todo & RN_DO_SEND_DECLINED) ||
	        letter_of_move(s, was, RN_LETTER_DECLINED, RN_PURPOSE_RENEW, error)) &&
	    (!(todo & RN_DO_SEND_CANCELLED) ||
	        letter_of_move(s, was, RN_LETTER_CANCELLED, RN_PURPOSE_RENEW, error)) &&
	    (!(todo & RN_DO_SEND_ALREADY) ||
	        letter(s, RN_LETTER_ALREADY, RN_PURPOSE_RENEW, day_number(s), error));
}

/* A fresh order for the box's period; what is frozen at acceptance is set from the convention as it is today.
 */
static void
fill(Step *s)
{
	const RnBox *box = s->m->box;

	s->o->box_id = box->id;
	s->o->period_id = box->period_id;
	s->o->old_expiry = s->m->period_expiry;
	g_free(s->o->convention);
	s->o->convention = g_strdup(box->convention);
	g_free(s->o->account);
	s->o->account = g_strdup(box->account);
	if (s->c == NULL)
		return;
	g_free(s->o->payer);
	s->o->payer = g_strdup(s->c->payer);
	s->o->price = s->c->price;
	s->o->vat = s->c->vat;
	s->o->term = s->c->term;
	s->o->new_expiry = rn_day_add_months(s->m->period_expiry, s->c->term);
}

/* Times and words that belong to the state that the order has just reached. */
static void
stamp(Step *s, RnOrderState was, RnOrderState to)
{
	RnOrder *o = s->o;

	o->state = to;
	/* Asked again by a mail that was taken before the one that was first here: the mail server was slow
	 * with it. */
	if (to == was && (to == RN_ORDER_OFFERED || to == RN_ORDER_DOCUMENT) && s->m->taken != 0 &&
	    s->m->taken < o->requested)
		o->requested = s->m->taken;
	if (to == was)
		return;
	if (to == RN_ORDER_REQUESTED)
		o->requested = s->m->taken != 0 ? s->m->taken : s->d->now;
	if (to == RN_ORDER_OFFERED)
		o->offered = s->d->now;
	if (to == RN_ORDER_ACCEPTED && was != RN_ORDER_FAILED) {
		o->accepted = s->m->taken != 0 ? s->m->taken : s->d->now;
		o->proof = s->m->proof;
		if (o->requested == 0)
			o->requested = o->accepted;
		g_free(o->words);
		o->words = g_strdup(s->m->words);
	}
	if (to == RN_ORDER_RENEWED && s->m->new_expiry != RN_DAY_NONE)
		o->new_expiry = s->m->new_expiry;
	o->ended = to == RN_ORDER_RENEWED || to >= RN_ORDER_DECLINED ? s->d->now : 0;
}

static gboolean
write_order(Step *s, RnOrderState was, RnMoved *moved, GError **error)
{
	gboolean won;

	if (s->o->id == 0)
		return rn_store_order_add(s->d->tx, s->o, error);
	if (!rn_store_order_save(s->d->tx, s->o, was, &won, error))
		return FALSE;
	if (!won)
		*moved = RN_MOVE_ILLEGAL;
	return TRUE;
}

static gboolean
carry(Step *s, RnOrderState was, RnOrderState to, RnEffects todo, RnMoved *moved, GError **error)
{
	g_autofree char *what =
	    g_strdup_printf("order %s->%s", rn_word(RN_WORDS_ORDER, was), rn_word(RN_WORDS_ORDER, to));
	gboolean begun = FALSE;

	if ((todo & RN_DO_DROP_CALL) && !rn_store_call_drop(s->d->tx, s->o->id, &begun, error))
		return FALSE;
	if (begun) {
		*moved = RN_MOVE_TOO_LATE;
		return TRUE;
	}
	if (was != RN_ORDER_ACCEPTED && was != RN_ORDER_RENEWED && was != RN_ORDER_FAILED)
		fill(s);
	stamp(s, was, to);
	if (todo & RN_DO_SEND_SUMMARY)
		count_offer(s, was);
	if ((todo & RN_DO_NUMBER) && !number(s, error))
		return FALSE;
	if (!write_order(s, was, moved, error))
		return FALSE;
	if (*moved != RN_MOVED)
		return TRUE;
	return (to == was ||
	           rn_desk_ledger(s->d, what, s->m->box, s->o,
	               s->m->words != NULL ? s->m->words : s->m->reason, error)) &&
	    follow(s, was, todo, error);
}

gboolean
rn_desk_move(
    RnDesk *d, RnOrderEvent event, const RnMove *move, RnMoved *moved, RnOrder **order, GError **error)
{
	g_autoptr(RnOrder) o = NULL;
	Step s = { .d = d, .m = move, .c = rn_settings_convention(d->e->settings, move->box->convention) };
	RnOrderState was, to;
	RnEffects todo;

	*moved = RN_MOVED;
	if (order != NULL)
		*order = NULL;
	if (!rn_store_order_newest(d->tx, move->box->period_id, &o, error))
		return FALSE;
	if (o == NULL)
		o = rn_order_new();
	s.o = o;
	was = o->state;
	if (!rn_order_step(was, event, &to, &todo))
		*moved = RN_MOVE_ILLEGAL;
	else if (!carry(&s, was, to, todo, moved, error))
		return FALSE;
	if (order != NULL && o->id != 0)
		*order = g_steal_pointer(&o);
	return TRUE;
}

gboolean
rn_desk_remind(RnDesk *d, const RnBox *box, RnOrder *order, int day, GError **error)
{
	RnMove m = { .box = box, .period_expiry = box->expiry, .new_expiry = RN_DAY_NONE };
	Step s = {
		.d = d, .m = &m, .o = order, .c = rn_settings_convention(d->e->settings, box->convention)
	};
	g_autofree char *key =
	    g_strdup_printf("period/%" G_GINT64_FORMAT "/reminder/%d", box->period_id, day);
	RnMoved moved = RN_MOVED;

	fill(&s);
	count_offer(&s, RN_ORDER_OFFERED);
	return write_order(&s, RN_ORDER_OFFERED, &moved, error) &&
	    letter_as(&s, RN_LETTER_REMINDER, RN_PURPOSE_ACCEPT, day, key, error);
}
