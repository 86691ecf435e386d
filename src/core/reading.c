#include "core/reading.h"

#include <string.h>

#include "base/text.h"
#include "core/work.h"
#include "policy/policy.h"
#include "base/world.h"

void
rn_reading_free(RnReading *r)
{
	if (r == NULL)
		return;
	rn_facts_free(r->facts);
	rn_box_free(r->box);
	g_free(r->problem);
	g_free(r->digest);
	g_free(r->auth_why);
	g_free(r->thread_id);
	g_clear_pointer(&r->documents, g_ptr_array_unref);
	g_free(r);
}

/* The first <...> of In-Reply-To, without the brackets. */
static char *
thread_id(const RnHead *head)
{
	g_autofree char *text = rn_head_text(head, "In-Reply-To");
	char *open, *close;

	if (text == NULL || (open = strchr(text, '<')) == NULL || (close = strchr(open, '>')) == NULL)
		return NULL;
	return g_strndup(open + 1, (gsize)(close - open - 1));
}

/* The letter that the token or the thread names, from a short read of its own. */
static gboolean
letter_answered(RnEngine *e, const RnFacts *facts, const char *thread, GBytes **letter, GError **error)
{
	g_autoptr(RnBox) box = NULL;
	g_autoptr(RnLetter) found = NULL;
	RnStore *store = e->reader != NULL ? e->reader : e->store;
	RnTx *tx;
	RnDay expiry;
	gboolean ok;

	if (store == NULL ||
	    (facts->token_verdict != RN_TOKEN_GOOD && facts->token_verdict != RN_TOKEN_EXPIRED))
		return TRUE;
	pthread_mutex_lock(&e->reader_lock);
	tx = rn_tx_look(store, error);
	ok = tx != NULL && rn_store_box_of_period(tx, facts->token.period, &box, &expiry, error) &&
	    (box == NULL ||
	        rn_store_letter_answered(
	            tx, thread, box->period_id, facts->token.purpose == RN_PURPOSE_ACCEPT, &found, error));
	if (tx != NULL)
		rn_tx_rollback(tx);
	pthread_mutex_unlock(&e->reader_lock);
	if (found != NULL && found->raw != NULL)
		*letter = g_bytes_ref(found->raw);
	return ok;
}

/* Runs the parser child and moves what it read into R, which then owns it. */
static gboolean
parse(RnEngine *e, RnReading *r, GBytes *raw, const RnEnvelope *env, GBytes *letter, GError **error)
{
	g_autoptr(GError) why = NULL;

	r->facts = rn_parser_read(e->parser, raw, env, letter, &why);
	if (r->facts != NULL)
		return TRUE;
	if (why->code != RN_ERR_LIMIT && why->code != RN_ERR_INPUT) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	r->problem = g_strdup(why->message);
	return TRUE;
}

static void
read_sender(RnEngine *e, RnReading *r, const RnHead *head)
{
	const RnSite *site = &e->settings->site;

	r->facts->message_id = rn_head_message_id(head);
	rn_auth_from(head, r->facts);
	if (r->facts->from != NULL)
		r->auth = rn_auth_read(
		    head, site->authserv_id, site->trusted_received, r->facts->from, &r->auth_why);
}

RnReading *
rn_reading_odd(GBytes *raw, const RnEnvelope *env, const char *problem, gint64 now)
{
	RnReading *r = g_new0(RnReading, 1);
	gsize len;
	const void *data = g_bytes_get_data(raw, &len);

	r->digest = rn_text_sha256(data, len);
	r->taken = env != NULL && env->taken != 0 ? env->taken : now;
	r->problem = g_strdup(problem);
	return r;
}

RnReading *
rn_reading_take(RnEngine *e, GBytes *raw, const RnEnvelope *env, GBytes *letter, gboolean no_letter,
    gint64 now, GError **error)
{
	g_autoptr(RnReading) r = g_new0(RnReading, 1);
	g_autoptr(RnFacts) first = rn_facts_new();
	g_autoptr(RnHead) head = NULL;
	g_autoptr(GBytes) answered = NULL;
	g_autoptr(GError) why = NULL;
	RnLimits limits = { .max_bytes = (gsize)e->settings->site.max_message };
	RnDay today;

	head = rn_head_scan(raw, &limits, &why);
	if (head == NULL && why->code == RN_ERR_LIMIT)
		return rn_reading_odd(raw, env, why->message, now);
	if (head == NULL) {
		g_propagate_error(error, g_steal_pointer(&why));
		return NULL;
	}
	r->digest = rn_head_body_digest(head);
	r->taken = env != NULL && env->taken != 0 ? env->taken :
	                                            rn_head_taken(head, e->settings->site.trusted_received);
	if (r->taken <= 0 || r->taken > now)
		r->taken = now;
	r->thread_id = thread_id(head);
	today = rn_day_of(r->taken, e->settings->tz);
	rn_token_find(e->ring, &e->settings->site, env, head, today, first);
	if (letter != NULL)
		answered = g_bytes_ref(letter);
	else if (!no_letter && !letter_answered(e, first, r->thread_id, &answered, error))
		return NULL;
	if (!parse(e, r, raw, env, answered, error))
		return NULL;
	if (r->facts != NULL) {
		rn_token_find(e->ring, &e->settings->site, env, head, today, r->facts);
		read_sender(e, r, head);
	}
	return g_steal_pointer(&r);
}

/* Is FROM one of the addresses that may speak for BOX? */
static gboolean
speaks_for(RnTx *tx, const RnBox *box, const char *from, gboolean *yes, GError **error)
{
	g_autoptr(GPtrArray) boxes = NULL;

	*yes = FALSE;
	if (!rn_store_boxes_of_address(tx, from, &boxes, error))
		return FALSE;
	for (guint i = 0; i < boxes->len; i++) {
		const RnBox *b = g_ptr_array_index(boxes, i);

		if (box == NULL || b->id == box->id)
			*yes = TRUE;
	}
	return TRUE;
}

/* Every verb that the convention's declarations begin with must be among those that were written. In one step
 * a single declaration is made by the answer itself, as the notice says. */
static gboolean
declared(const RnConvention *c, const char *accepts)
{
	if (c == NULL || c->declarations == NULL || (c->steps == 0 && g_strv_length(c->declarations) == 1))
		return TRUE;
	for (guint i = 0; c->declarations[i] != NULL; i++) {
		g_auto(GStrv) parts = g_strsplit(c->declarations[i], ":", 2);
		g_auto(GStrv) said = g_strsplit(accepts != NULL ? accepts : "", " ", -1);
		g_autofree char *verb = g_utf8_casefold(g_strstrip(parts[0]), -1);

		if (parts[1] != NULL && !g_strv_contains((const char *const *)said, verb))
			return FALSE;
	}
	return TRUE;
}

char *
rn_reading_ask_key(const RnReading *r)
{
	return g_strdup_printf(
	    "period/%" G_GINT64_FORMAT "/ask/%s", r->box->period_id, r->situation.offer ? "offer" : "notice");
}

/* Bare numbers mean something only as an answer to a list. */
static void
take_rows(RnFacts *f)
{
	if (f->numbers == NULL || f->token.purpose != RN_PURPOSE_RENEW || f->token.step != RN_STEP_LIST ||
	    f->intent != RN_INTENT_UNCLEAR)
		return;
	f->intent = RN_INTENT_RENEW;
	g_free(f->intent_rule);
	f->intent_rule = g_strdup("list-rows");
	g_free(f->matched);
	f->matched = g_strdup(f->numbers);
}

static gboolean
situate(RnEngine *e, RnTx *tx, RnReading *r, GError **error)
{
	RnSituation *s = &r->situation;
	RnFacts *f = r->facts;
	gboolean has_token = f->token_verdict == RN_TOKEN_GOOD || f->token_verdict == RN_TOKEN_EXPIRED;
	g_autofree char *key = NULL;
	const RnConvention *c;

	if (has_token && !rn_store_box_of_period(tx, f->token.period, &r->box, &r->period_expiry, error))
		return FALSE;
	s->known = r->box != NULL;
	if (f->from != NULL && !speaks_for(tx, r->box, f->from, &f->registered, error))
		return FALSE;
	s->member_likely = f->registered;
	if (f->from != NULL && !f->registered && r->box != NULL &&
	    !speaks_for(tx, NULL, f->from, &s->member_likely, error))
		return FALSE;
	if (r->box == NULL)
		return TRUE;
	if (f->from != NULL && !f->registered && f->token.purpose == RN_PURPOSE_AUTHORIZE &&
	    !rn_authorize_names(tx, r->box->period_id, f->token.step, f->from, &f->registered, error))
		return FALSE;
	take_rows(f);
	c = rn_settings_convention(e->settings, r->box->convention);
	/* A list does not carry the contracts, so it cannot conclude by its answer. */
	s->one_step = c != NULL && c->steps == 0 && f->token.step < RN_STEP_ROW;
	s->low_forbidden = c != NULL && !c->low_proof;
	s->declared = declared(c, f->accepts);
	key = rn_reading_ask_key(r);
	return rn_store_letter_exists(tx, key, &s->asked_before, error);
}

gboolean
rn_reading_judge(RnEngine *e, RnTx *tx, RnReading *r, G_GNUC_UNUSED gint64 now, GError **error)
{
	RnFacts *f = r->facts;

	if (f == NULL) {
		r->verdict = (RnVerdict){ "unreadable", RN_ACT_HOLD,
			"it is over a limit or could not be read: a person must look at it" };
		return TRUE;
	}
	memset(&r->situation, 0, sizeof(r->situation));
	g_clear_pointer(&r->box, rn_box_free);
	f->registered = FALSE;
	r->situation.offer = f->token.purpose == RN_PURPOSE_ACCEPT;
	if (tx != NULL && !situate(e, tx, r, error))
		return FALSE;
	if (tx == NULL)
		r->situation.known = r->situation.declared = TRUE;
	f->proof = rn_auth_proof(r->auth, f->registered);
	g_free(f->proof_why);
	f->proof_why = g_strdup(f->from_odd ? f->from_why :
	        !f->registered              ? "From is not registered" :
	        r->auth_why != NULL         ? r->auth_why :
	                                      "no result from our mail server");
	r->verdict = rn_policy_judge(f, &r->situation);
	return TRUE;
}
