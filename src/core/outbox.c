#include "core/outbox.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/world.h"
#include "core/campaign.h"
#include "core/desk.h"
#include "core/restored.h"
#include "mail/quoted.h"
#include "net/why.h"
#include "policy/policy.h"

#define UNKNOWN "outcome unknown"	/* how such an error begins, also in the store */
#define BEFORE UNKNOWN " before; "	/* and one of a later attempt that was a plain no */
#define MIN_TRIES 5	/* before a letter is given up: the courier may have been off for days */
#define BATCH 20	/* letters claimed by one commit: what a crash may make uncertain */
#define SHARE 6		/* after this part of the lease none of them is begun: it could run out meanwhile */

/* One letter of a batch and what came of it. */
typedef struct {
	RnLetter	*letter;
	gint64		 claimed, since;	/* rn_now(), rn_monotonic() */
	gboolean	 stale;		/* a claim before ran out: nobody knows whether it was sent */
	RnSendState	 state;
	gint64		 due;
	gint64		 sent;
	char		*error;
	gboolean	 put_back;
} Item;

static void
item_free(gpointer p)
{
	Item *i = p;

	rn_letter_free(i->letter);
	g_free(i->error);
	g_free(i);
}

static gboolean
claim_batch(RnEngine *e, guint max, GPtrArray *items, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);
	gint64 now = rn_now();

	if (tx == NULL || !rn_restored_refuse(tx, error))
		return FALSE;
	while (items->len < MIN(max, BATCH)) {
		const char *why;
		gboolean wanted;
		Item *i = g_new0(Item, 1);

		i->claimed = now;
		i->since = rn_monotonic();
		g_ptr_array_add(items, i);
		if (!rn_store_letter_claim(tx, now, e->settings->site.lease, &i->letter, &i->stale, error))
			return FALSE;
		if (i->letter == NULL) {
			g_ptr_array_set_size(items, (gint)items->len - 1);
			break;
		}
		if (!rn_campaign_still_wanted(tx, i->letter, &wanted, &why, error))
			return FALSE;
		if (!wanted) {
			i->state = RN_SEND_DROPPED;
			i->error = g_strdup(why);
		}
	}
	return rn_tx_commit(&tx, error);
}

/* What is kept of the server's words. What is not known of an earlier attempt stays unknown, whatever was
 * said to this one. */
static char *
error_of(const Item *i, gboolean unknown_before, const char *why)
{
	if (!unknown_before || i->state == RN_SEND_SENT)
		return g_strdup(why);
	return g_strconcat(BEFORE, why, NULL);
}

/* What follows from the answer of the mail server. A letter of unknown outcome goes out once more with the
 * same bytes and Message-ID (law 8); after that a person decides. */
static void
settle(RnEngine *e, Item *i, RnSent sent, char *why)
{
	const RnSite *site = &e->settings->site;
	gint64 now = rn_now();
	gboolean unknown_before =
	    i->stale || (i->letter->error != NULL && g_str_has_prefix(i->letter->error, UNKNOWN));

	i->state = RN_SEND_QUEUED;
	i->due = now + rn_retry_wait(i->letter->attempts, site->retry_first, site->retry_max);
	switch (sent) {
	case RN_SENT_OK:
		i->state = RN_SEND_SENT;
		i->sent = now;
		break;
	case RN_SENT_REFUSED:
		i->state = RN_SEND_FAILED;
		break;
	case RN_SENT_UNKNOWN:
		i->error = g_strdup_printf(UNKNOWN ": %s", why != NULL ? why : "cut off");
		if (unknown_before)
			i->state = RN_SEND_UNCERTAIN;
		break;
	case RN_SENT_LATER:
	default:
		if (i->letter->attempts >= MIN_TRIES && now - i->letter->created >= site->give_up)
			i->state = RN_SEND_FAILED;
		break;
	}
	if (i->error == NULL)
		i->error = error_of(i, unknown_before, why);
	g_free(why);
}

/* A server's words may name the member: of them the log gets the code only. NULL if nothing is to be said;
 * caller frees. */
static char *
log_why(const Item *i)
{
	if (i->state == RN_SEND_SENT || i->error == NULL)
		return NULL;
	if (i->state == RN_SEND_DROPPED)
		return g_strdup(i->error);
	return g_str_has_prefix(i->error, UNKNOWN ":") ? g_strdup("outcome-unknown") : rn_why_code(i->error);
}

static void
log_item(const Item *i)
{
	g_autofree char *id = g_strdup_printf("L%" G_GINT64_FORMAT, i->letter->id);
	g_autofree char *n = g_strdup_printf("%d", i->letter->attempts);
	g_autofree char *why = log_why(i);

	rn_log(i->state == RN_SEND_SENT || i->state == RN_SEND_DROPPED ? RN_LOG_INFO : RN_LOG_WARN, id,
	    "letter", "kind", rn_word(RN_WORDS_LETTER, i->letter->kind), "state",
	    rn_word(RN_WORDS_SEND, i->state), "attempt", n, "domain", rn_addr_domain(i->letter->rcpt), "why",
	    why, "repeated", i->stale ? "outcome-was-unknown" : NULL, NULL);
	if (why != NULL)
		rn_log(RN_LOG_DEBUG, id, "letter-detail", "why", i->error, NULL);
}

/* The administrator hears of a letter that will not arrive, but never of a note to the administrator. */
static gboolean
tell_admin(RnDesk *d, const Item *i, GError **error)
{
	/* With the attempt: one that was queued again may fail again. */
	g_autofree char *key = g_strdup_printf("letter/%" G_GINT64_FORMAT "/%s/%d", i->letter->id,
	    rn_word(RN_WORDS_SEND, i->state), i->letter->attempts);
	g_autofree char *text = NULL;

	if (i->letter->kind == RN_LETTER_ADMIN ||
	    (i->state != RN_SEND_FAILED && i->state != RN_SEND_UNCERTAIN))
		return TRUE;
	text = g_strdup_printf("La lettera n. %" G_GINT64_FORMAT
	                       " (%s, oggetto: %s) non è stata consegnata al server di posta.\n"
	                       "Stato: %s. Motivo: %s\nVedere: rinnova outbox list\n"
	                       "Per spedirla di nuovo: rinnova outbox retry L%" G_GINT64_FORMAT,
	    i->letter->id, rn_word(RN_WORDS_LETTER, i->letter->kind), i->letter->subject,
	    rn_word(RN_WORDS_SEND, i->state), i->error != NULL ? i->error : "non indicato", i->letter->id);
	return rn_desk_admin(d, key, "Una lettera non è partita", text, error);
}

static gboolean
write_result(RnDesk *d, const Item *i, GError **error)
{
	gboolean won;

	if (i->put_back)
		return rn_store_letter_put_back(d->tx, i->letter->id, i->letter->attempts, i->due, error);
	if (!rn_store_letter_result(d->tx, i->letter->id, i->letter->attempts, i->state, i->due, i->sent,
	        i->error, i->letter->quoted, &won, error))
		return FALSE;
	return !won || tell_admin(d, i, error);
}

static gboolean
write_results(RnEngine *e, GPtrArray *items, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);
	RnDesk d = { .e = e, .tx = tx, .now = rn_now(), .who = "courier", .why = "outbox" };

	if (tx == NULL)
		return FALSE;
	for (guint i = 0; i < items->len; i++)
		if (!write_result(&d, g_ptr_array_index(items, i), error))
			return FALSE;
	return rn_tx_commit(&tx, error);
}

static void
count(RnTally *t, const Item *i)
{
	if (i->put_back)
		return;
	switch (i->state) {
	case RN_SEND_SENT:
		t->sent++;
		break;
	case RN_SEND_FAILED:
		t->refused++;
		break;
	case RN_SEND_UNCERTAIN:
		t->uncertain++;
		break;
	case RN_SEND_DROPPED:
		t->dropped++;
		break;
	default:
		t->later++;
	}
}

/* I stays in the outbox, due after WAIT microseconds. */
static void
put_back(Item *i, gint64 wait)
{
	i->put_back = TRUE;
	i->state = RN_SEND_QUEUED;
	i->due = rn_now() + (wait + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
}

/* Could another courier take I over while it is being sent? The store's time tells it, which may step. */
static gboolean
runs_out(const RnEngine *e, const Item *i)
{
	int share = e->settings->site.lease / SHARE;

	return rn_now() - i->claimed >= share || rn_monotonic() - i->since >= share * G_USEC_PER_SEC;
}

static void
send_one(RnEngine *e, RnTransport *t, RnPace *pace, const volatile gint *stop, Item *i, gint64 *wait_us)
{
	char *why = NULL;
	RnSent sent;
	gint64 wait = 0;

	if (i->state == RN_SEND_DROPPED)
		return;
	if (runs_out(e, i)) {
		put_back(i, 0);
		return;
	}
	if (g_atomic_int_get(stop) ||
	    !rn_pace_take(pace, rn_addr_domain(i->letter->rcpt), rn_monotonic(), &wait)) {
		put_back(i, wait);
		*wait_us = *wait_us == 0 ? wait : MIN(*wait_us, wait);
		return;
	}
	sent = rn_transport_send(t, i->letter->sender, i->letter->rcpt, i->letter->raw, &why);
	if (sent == RN_SENT_OK || sent == RN_SENT_UNKNOWN)	/* it may be answered */
		i->letter->quoted = rn_quoted_make(i->letter->raw);
	settle(e, i, sent, why);
}

gboolean
rn_outbox_letters(RnEngine *e, RnTransport *t, RnPace *pace, guint max, const volatile gint *stop,
    RnTally *tally, gint64 *wait_us, GError **error)
{
	*wait_us = 0;
	while (max > 0 && !g_atomic_int_get(stop)) {
		g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(item_free);

		if (!claim_batch(e, max, items, error))
			return FALSE;
		if (items->len == 0)
			return TRUE;
		max -= items->len;
		for (guint i = 0; i < items->len; i++) {
			send_one(e, t, pace, stop, g_ptr_array_index(items, i), wait_us);
			if (tally->alive != NULL)
				tally->alive();
		}
		if (!write_results(e, items, error))
			return FALSE;
		for (guint i = 0; i < items->len; i++) {
			Item *one = g_ptr_array_index(items, i);

			count(tally, one);
			if (!one->put_back)
				log_item(one);
		}
		if (*wait_us > 0)
			return TRUE;
	}
	return TRUE;
}
