#include "base/log.h"
#include "base/world.h"
#include "core/callstate.h"
#include "core/desk.h"
#include "core/documents.h"
#include "core/outbox.h"
#include "core/restored.h"
#include "net/provider.h"
#include "policy/policy.h"

/* A call being made. */
typedef struct {
	RnEngine	*e;
	RnProviders	*providers;
	RnCall		*call;
	RnOrder		*order;
	RnBox		*box;
	const RnConvention *convention;
	RnDocument	*document;	/* for the provider, NULL if it gets none */
	GBytes		*data;
	gboolean	 stale;
	gboolean	 unwanted;	/* what it was for is over: it is dropped unmade */
	gboolean	 contradicted;	/* refused, and an earlier try may have been carried out */
} Making;

static void
making_clear(Making *m)
{
	g_clear_pointer(&m->call, rn_call_free);
	g_clear_pointer(&m->order, rn_order_free);
	g_clear_pointer(&m->box, rn_box_free);
	g_clear_pointer(&m->document, rn_document_free);
	g_clear_pointer(&m->data, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Making, making_clear)

/* The document on file, where the convention hands it on. */
static gboolean
fetch_document(Making *m, RnTx *tx, GError **error)
{
	if (m->box == NULL || m->convention == NULL || !m->convention->provider_document ||
	    m->call->kind != RN_CALL_RENEW)
		return TRUE;
	if (!rn_document_newest(tx, m->box->id, &m->document, error) ||
	    (m->document != NULL && !rn_store_document_data(tx, m->document->id, &m->data, error)))
		return FALSE;
	if (m->data == NULL)	/* none, or its time is over */
		g_clear_pointer(&m->document, rn_document_free);
	return TRUE;
}

static gboolean
claim(Making *m, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(m->e->store, error);
	const RnSite *site = &m->e->settings->site;

	if (tx == NULL || !rn_restored_refuse(tx, error) ||
	    !rn_store_call_claim(tx, rn_now(), site->lease, &m->call, &m->stale, error))
		return FALSE;
	if (m->call != NULL &&
	    (!rn_store_order_get(tx, m->call->order_id, &m->order, error) ||
	        !rn_store_box_get(tx, m->call->box_id, &m->box, error)))
		return FALSE;
	if (m->box != NULL && m->order != NULL)	/* the order's period, whatever an import has opened since */
		m->box->period_id = m->order->period_id;
	if (m->call != NULL)
		m->convention = rn_settings_convention(m->e->settings, m->call->convention);
	if (m->call != NULL && !fetch_document(m, tx, error))
		return FALSE;
	return rn_tx_commit(&tx, error);
}

static gboolean
tell_admin(RnDesk *d, const Making *m, RnSendState state, const char *why, GError **error)
{
	/* With the attempt: a person may have it asked again, and has to hear what came of that. */
	g_autofree char *key = g_strdup_printf(
	    "call/%" G_GINT64_FORMAT "/%s/%d", m->call->id, rn_word(RN_WORDS_SEND, state), m->call->attempts);
	g_autofree char *expiry = rn_day_iso(m->order->new_expiry);
	g_autofree char *what = g_strdup_printf(
	    "casella %s, ordine %s,\nnuova scadenza richiesta %s", m->box->name, m->order->number, expiry);
	g_autofree char *text = NULL;

	if (state == RN_SEND_SENT)
		text = g_strdup_printf(
		    "Da rinnovare a mano presso il gestore: %s.\n%s\nQuando è fatto: rinnova order renewed %s",
		    what, why != NULL ? why : "", m->order->number);
	else if (state == RN_SEND_QUEUED)
		text = g_strdup_printf(
		    "Il gestore non risponde da %d tentativi: %s.\nMotivo: %s\nSi continua a riprovare.",
		    m->call->attempts, what, why != NULL ? why : "non indicato");
	else
		text = g_strdup_printf(
		    "Non si sa se il gestore abbia rinnovato: %s.\nMotivo: %s\nVerificare presso il gestore.\n"
		    "Se è rinnovata: rinnova order renewed %s\nAltrimenti: rinnova order retry %s",
		    what, why != NULL ? why : "non indicato", m->order->number, m->order->number);
	return rn_desk_admin(d, key,
	    state == RN_SEND_SENT       ? "Un rinnovo da fare a mano" :
	        state == RN_SEND_QUEUED ? "Il gestore non risponde" :
	                                  "Un rinnovo dall'esito incerto",
	    text, error);
}

static gboolean
move(RnDesk *d, const Making *m, RnOrderEvent event, const RnSaid *said, GError **error)
{
	RnMove mv = {
		.box = m->box, .period_expiry = m->order->old_expiry, .new_expiry = said->new_expiry,
		.reason = said->why,
	};
	RnMoved moved;

	if (!rn_desk_move(d, event, &mv, &moved, NULL, error))
		return FALSE;
	if (moved != RN_MOVED)
		rn_log(RN_LOG_WARN, m->order->number, "order-not-moved", "state",
		    rn_word(RN_WORDS_ORDER, m->order->state), NULL);
	return TRUE;
}

static int
tries(const Making *m)
{
	return m->convention != NULL ? m->convention->provider_tries : 1;
}

/* A no says nothing about an earlier try that may have been carried out: believed, it would tell the member
 * of trouble and have the box renewed again. Asked once more the provider says the same: a person looks. */
static RnSays
doubt_refusal(Making *m, RnSays says, RnSaid *said)
{
	char *why;

	if (m->call->kind != RN_CALL_RENEW || says != RN_SAYS_REFUSED || !m->call->doubt)
		return says;
	why = g_strdup_printf("refused, but an earlier request may have been carried out: %s",
	    said->why != NULL ? said->why : "no reason given");
	g_free(said->why);
	said->why = why;
	m->contradicted = TRUE;
	return RN_SAYS_UNKNOWN;
}

/* Where the call stands after the provider's answer, and when it may be asked again (always with the same
 * key). "Later" means that nothing was done: it is asked for as long as it takes. An unknown outcome goes to
 * a person after the configured tries. */
static RnSendState
state_after(const Making *m, RnSays says, int wait, gint64 *due)
{
	const RnSite *site = &m->e->settings->site;

	*due = rn_now() + MAX(rn_retry_wait(m->call->attempts, site->retry_first, site->retry_max), wait);
	if (m->unwanted)
		return RN_SEND_DROPPED;
	if (says == RN_SAYS_DONE || says == RN_SAYS_PERSON)
		return RN_SEND_SENT;
	if (says == RN_SAYS_REFUSED)
		return RN_SEND_FAILED;
	return m->contradicted || (says == RN_SAYS_UNKNOWN && m->call->attempts >= tries(m)) ?
	    RN_SEND_UNCERTAIN :
	    RN_SEND_QUEUED;
}

/* An order moves on; a call that only switches the box has none. */
static gboolean
conclude(RnDesk *d, const Making *m, RnSays says, RnSendState state, const RnSaid *said, GError **error)
{
	if (m->call->kind != RN_CALL_RENEW)
		return rn_callstate_settle(
		    d, m->call, m->box, says == RN_SAYS_PERSON, state, tries(m), said->why, error);
	if (m->order == NULL || m->box == NULL)
		return TRUE;	/* the log has said so; nobody can be named in a letter */
	if (m->unwanted)
		return TRUE;	/* nothing was asked, and nobody waits for it */
	if (said->reference != NULL && *said->reference != '\0' &&
	    !rn_store_order_set_reference(d->tx, m->order->id, said->reference, error))
		return FALSE;
	if (says == RN_SAYS_DONE || says == RN_SAYS_REFUSED)
		return move(d, m, says == RN_SAYS_DONE ? RN_EV_RENEWED : RN_EV_REFUSED, said, error);
	if (says == RN_SAYS_PERSON || state == RN_SEND_UNCERTAIN ||
	    (says == RN_SAYS_LATER && rn_retry_tells(m->call->attempts, tries(m))))
		return tell_admin(d, m, state, said->why, error);
	return TRUE;
}

static const char *const says_words[] = { "done", "later", "refused", "unknown", "person" };

/* The provider's own words may name the holder: they go into the detail of a ledger row, which can be
 * forgotten, and never into the row itself. */
static gboolean
settle(Making *m, RnSays says, const RnSaid *said, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(m->e->store, error);
	RnDesk d = { .e = m->e, .tx = tx, .now = rn_now(), .who = "provider", .why = says_words[says] };
	gint64 due;
	RnSendState state = state_after(m, says, said->wait, &due);
	gboolean won;

	if (tx == NULL ||
	    !rn_store_call_result(tx, m->call->id, m->call->attempts, state, due, rn_now(), said->why,
	        says == RN_SAYS_UNKNOWN, &won, error))
		return FALSE;
	if (won && !conclude(&d, m, says, state, said, error))
		return FALSE;
	return rn_tx_commit(&tx, error);
}

static void
log_call(const Making *m, RnSays says, const RnSaid *said)
{
	g_autofree char *n = g_strdup_printf("%d", m->call->attempts);

	rn_log(says == RN_SAYS_DONE || says == RN_SAYS_PERSON ? RN_LOG_INFO : RN_LOG_WARN,
	    m->order != NULL ? m->order->number : m->call->key, "provider", "call",
	    rn_word(RN_WORDS_CALL, m->call->kind), "says", says_words[says], "attempt", n, "why",
	    said->why != NULL ? "see-outbox-list" : NULL, "repeated", m->stale ? "outcome-was-unknown" : NULL,
	    NULL);
}

/* What the provider is asked; NULL and "no day" where a call belongs to no order. */
static RnAsk
question(const Making *m)
{
	const RnOrder *o = m->order;

	return (RnAsk){
		.kind = m->call->kind,
		.key = m->call->key,
		.order = o != NULL ? o->number : NULL,
		.box = m->box->name,
		.account = o != NULL ? o->account : m->box->account,
		.holder = m->box->holder,
		.type = m->box->type,
		.term = o != NULL ? o->term : m->convention->term,
		.expiry = o != NULL ? o->old_expiry : m->box->expiry,
		.wanted = o != NULL ? o->new_expiry : RN_DAY_NONE,
		.attempt = m->call->attempts,
		.doubt = m->call->doubt,
		.document = m->data,
		.document_kind = m->document != NULL ? m->document->kind : NULL,
		.document_sha256 = m->document != NULL ? m->document->sha256 : NULL,
	};
}

static RnSays
ask(Making *m, RnSaid *said)
{
	RnAsk a = question(m);
	RnSays says = rn_provider_ask(rn_providers_of(m->providers, m->convention), &a, said);
	g_autofree char *wait = g_strdup_printf("%ds", said->wait);

	log_call(m, says, said);
	if (rn_providers_note(m->providers, m->convention, m->call->box_id, says, said, rn_monotonic()))
		rn_log(RN_LOG_WARN, "-", "provider-away", "convention", m->convention->id, "asked-for", wait,
		    "do", "it is left alone for a while; rinnova outbox list says why", NULL);
	return says;
}

/* Puts the call off if its provider is to be left alone for now, and with it whatever else is due there: the
 * next one that is claimed is another provider's. */
static gboolean
put_off(Making *m, gboolean *off, GError **error)
{
	int wait = m->convention != NULL ? rn_providers_wait(m->providers, m->convention, rn_monotonic()) : 0;
	g_autoptr(RnTx) tx = NULL;
	gint64 now = rn_now();
	gboolean won;

	*off = wait > 0;
	if (!*off)
		return TRUE;
	tx = rn_tx_begin(m->e->store, error);
	return tx != NULL &&
	    rn_store_call_put_back(tx, m->call->id, m->call->attempts, now + wait, &won, error) &&
	    rn_store_calls_put_off(tx, m->call->convention, now, now + wait, error) &&
	    rn_tx_commit(&tx, error);
}

static gboolean
make_one(Making *m, GError **error)
{
	RnSaid said = { .new_expiry = RN_DAY_NONE };
	RnSays says = RN_SAYS_LATER;
	gboolean ok;

	if (m->stale &&
	    m->call->attempts > tries(m)) { /* the courier died in the last try that was allowed */
		says = RN_SAYS_UNKNOWN;
		said.why = g_strdup("the courier ended in the middle of the call");
	} else if (m->box == NULL || m->convention == NULL ||
	    (m->call->kind == RN_CALL_RENEW && m->order == NULL))
		said.why = g_strdup("order, box or convention of this call is missing: see rinnova check");
	else if (m->call->kind == RN_CALL_RENEW && m->order->state != RN_ORDER_ACCEPTED) {
		m->unwanted = TRUE;
		said.why = g_strdup("no longer wanted: the order has moved on");
	} else if (!rn_callstate_wanted(m->call, m->box)) {
		m->unwanted = TRUE;
		said.why = g_strdup("no longer wanted: the state of the box has changed");
	} else {
		says = doubt_refusal(m, ask(m, &said), &said);
	}
	ok = settle(m, says, &said, error);
	rn_said_clear(&said);
	return ok;
}

gboolean
rn_outbox_calls(
    RnEngine *e, RnProviders *providers, guint max, const volatile gint *stop, RnTally *tally, GError **error)
{
	while (max-- > 0 && !g_atomic_int_get(stop)) {
		g_auto(Making) m = { .e = e, .providers = providers };
		gboolean off;

		if (!claim(&m, error))
			return FALSE;
		if (m.call == NULL)
			return TRUE;
		if (!put_off(&m, &off, error) || (!off && !make_one(&m, error)))
			return FALSE;
		tally->calls += !off;
		tally->put_off += off;
		if (tally->alive != NULL)
			tally->alive();
	}
	return TRUE;
}
