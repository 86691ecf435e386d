#include "core/reading.h"

#include <string.h>

#include "base/text.h"
#include "core/returned.h"
#include "core/verify.h"
#include "core/work.h"
#include "mail/session.h"
#include "mail/typed.h"
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
	g_free(r->message_id);
	g_free(r->apart);
	g_free(r->auth_why);
	g_free(r->thread_id);
	rn_session_free(r->session);
	g_free(r->rcpt);
	g_free(r->reference);
	g_free(r->mark);
	g_clear_pointer(&r->shown, g_ptr_array_unref);
	rn_letter_free(r->receipt_of);
	rn_registered_free(r->registered);
	g_clear_pointer(&r->spoken, g_bytes_unref);
	g_clear_pointer(&r->documents, g_ptr_array_unref);
	g_clear_pointer(&r->others, g_hash_table_unref);
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
	if (tx != NULL && facts->token.purpose == RN_PURPOSE_ADMIN)
		ok = rn_store_letter_answered(tx, thread, 0, FALSE, &found, error);
	else
		ok = tx != NULL && rn_store_box_of_period(tx, facts->token.period, &box, &expiry, error) &&
		    (box == NULL ||
		        rn_store_letter_answered(tx, thread, box->period_id,
		            facts->token.purpose == RN_PURPOSE_ACCEPT, &found, error));
	if (tx != NULL)
		rn_tx_rollback(tx);
	pthread_mutex_unlock(&e->reader_lock);
	if (found != NULL && found->quoted != NULL)
		*letter = g_bytes_new(found->quoted, strlen(found->quoted));
	else if (found != NULL && found->raw != NULL)
		*letter = g_bytes_ref(found->raw);
	return ok;
}

/* Runs the parser child and moves what it read into R, which then owns it. */
static gboolean
parse(RnEngine *e, RnReading *r, GBytes *raw, const RnEnvelope *env, GBytes *letter, GError **error)
{
	g_autoptr(GError) why = NULL;

	r->facts = rn_parser_read(e->parser, raw, env, letter, r->registered != NULL, &why);
	if (r->facts != NULL)
		return TRUE;
	if (why->code != RN_ERR_LIMIT && why->code != RN_ERR_INPUT) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	r->problem = g_strdup(why->message);
	return TRUE;
}

/* Was everything taken off that came with the message under the name of our mail server? */
static gboolean
guarded(const RnSite *site, const RnReading *r)
{
	return site->results_stripped || (r->session_verdict == RN_SESSION_GOOD && r->session->stripped);
}

/* While a verifier is away, a forged result stands where a true one would, and no place tells them apart. */
static void
doubt_auth(RnReading *r)
{
	char *why = g_strconcat(r->auth_why,
	    ", but nothing took forged results off (site.results-stripped, milter.strip-results)", NULL);

	g_free(r->auth_why);
	r->auth_why = why;
	r->auth = RN_AUTH_WEAK;
}

/* What our mail server found out is about the outer message: it says nothing of one inside an envelope. */
static void
read_sender(RnEngine *e, RnReading *r, const RnHead *head)
{
	const RnSite *site = &e->settings->site;
	gboolean inside = r->registered != NULL && r->registered->kind != RN_REG_SMIME;

	g_autofree char *loop = NULL;

	rn_auth_from(head, r->facts);
	loop = rn_returned_loop(e, r->facts, head);
	if (loop != NULL && r->facts->class_ == RN_CLASS_HUMAN) {
		r->facts->class_ = RN_CLASS_AUTO;
		g_free(r->facts->class_why);
		r->facts->class_why = g_steal_pointer(&loop);
	}
	if (r->facts->from != NULL && !inside)
		r->auth = rn_auth_read(
		    head, site->authserv_id, site->trusted_received, r->facts->from, &r->auth_why);
	if (r->auth == RN_AUTH_PASS && !guarded(site, r))
		doubt_auth(r);
}

static void
read_session(RnEngine *e, RnReading *r, const RnHead *head, const char *rcpt)
{
	r->session = rn_session_new();
	r->session_verdict = rn_session_of(
	    rn_engine_ring(e), e->settings->site.domain, head, rcpt, r->digest, r->session, &r->session_why);
}

/* The clock is the mail server's (law 5): what was said to us, else the session, else its own Received line.
 */
static gint64
taken_at(const RnEngine *e, const RnReading *r, const RnHead *head, const RnEnvelope *env, gint64 now)
{
	gint64 taken = env != NULL && env->taken != 0 ? env->taken :
	    r->session_verdict == RN_SESSION_GOOD     ? r->session->taken :
	                                                rn_head_taken(head, e->settings->site.trusted_received);

	return taken <= 0 || taken > now ? now : taken;
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
	r->spoken = g_bytes_ref(raw);
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
	RnLimits limits = { .max_bytes = rn_site_message_limit(&e->settings->site) };
	RnDay today;

	head = rn_head_scan(raw, &limits, &why);
	if (head == NULL && why->code == RN_ERR_LIMIT)
		return rn_reading_odd(raw, env, why->message, now);
	if (head == NULL) {
		g_propagate_error(error, g_steal_pointer(&why));
		return NULL;
	}
	r->digest = rn_head_body_digest(head);
	read_session(e, r, head, env != NULL ? env->rcpt : NULL);
	r->taken = taken_at(e, r, head, env, now);
	r->rcpt = env != NULL && env->rcpt != NULL ? rn_addr_fold(env->rcpt) : g_strdup("");
	rn_reading_know(r, head);
	if (!rn_reading_unseal(e, r, raw, env, &head, error))
		return NULL;
	if (r->problem != NULL)
		return g_steal_pointer(&r);
	r->thread_id = thread_id(head);
	today = rn_day_of(r->taken, e->settings->tz);
	rn_token_find(rn_engine_ring(e), &e->settings->site, env, head, today, first);
	if (letter != NULL)
		answered = g_bytes_ref(letter);
	else if (!no_letter && !letter_answered(e, first, r->thread_id, &answered, error))
		return NULL;
	if (!parse(e, r, r->spoken, env, answered, error))
		return NULL;
	if (r->facts != NULL) {
		r->intent_why = rn_intent_why(r->facts->intent_rule);
		rn_token_find(rn_engine_ring(e), &e->settings->site, env, head, today, r->facts);
		r->facts->message_id = g_strdup(r->message_id);
		read_sender(e, r, head);
		r->verify = rn_verify_asked(e, r);
		if (r->verify && !rn_verify_read(e, r, r->spoken, error))
			return NULL;
	}
	return g_steal_pointer(&r);
}

RnReading *
rn_reading_keep(
    RnEngine *e, GBytes *raw, const RnEnvelope *env, const RnPoison *mark, gint64 now, GError **error)
{
	g_autoptr(GError) why = NULL;
	RnReading *r;

	if (rn_poison_known(mark))
		return rn_reading_odd(raw, env, "it ended this program twice", now);
	r = rn_reading_take(e, raw, env, NULL, FALSE, now, &why);
	if (r == NULL && g_error_matches(why, RN_ERROR, RN_ERR_INPUT))
		return rn_reading_odd(raw, env, why->message, now);
	if (why != NULL)
		g_propagate_error(error, g_steal_pointer(&why));
	return r;
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

/* Is FROM the holder's own address, and not only one that may answer for the holder? */
static gboolean
is_holder(const RnBox *box, const char *from)
{
	return g_strcmp0(box->name, from) == 0 || g_strcmp0(box->reference, from) == 0 ||
	    g_strcmp0(box->reference2, from) == 0;
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

/* Each of the three questions is asked again for itself. */
char *
rn_reading_ask_key(const RnReading *r)
{
	const char *about = r->situation.offer ? "offer" :
	    r->facts->token.purpose == RN_PURPOSE_AUTHORIZE ? "authorize" :
	                                                      "notice";

	return g_strdup_printf("period/%" G_GINT64_FORMAT "/ask/%s", r->box->period_id, about);
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

/* A digest of held mail is about no box: its answer is an administrator's. */
static gboolean
situate_desk(RnEngine *e, RnTx *tx, RnReading *r, GError **error)
{
	gint64 digest;

	if (!rn_store_digest_find(tx, r->facts->token.period, &digest, error))
		return FALSE;
	r->situation.known = digest != 0;
	r->facts->registered = rn_site_administrator(&e->settings->site, r->facts->from);
	return TRUE;
}

static gboolean
situate(RnEngine *e, RnTx *tx, RnReading *r, GError **error)
{
	RnSituation *s = &r->situation;
	RnFacts *f = r->facts;
	gboolean has_token = f->token_verdict == RN_TOKEN_GOOD || f->token_verdict == RN_TOKEN_EXPIRED;
	g_autofree char *key = NULL;
	const RnConvention *c;

	if (has_token && f->token.purpose == RN_PURPOSE_ADMIN)
		return situate_desk(e, tx, r, error);
	if (has_token && !rn_store_box_of_period(tx, f->token.period, &r->box, &r->period_expiry, error))
		return FALSE;
	/* its holder was forgotten: nobody can be written to */
	if (r->box != NULL && *r->box->reference == '\0')
		g_clear_pointer(&r->box, rn_box_free);
	s->known = r->box != NULL;
	if (f->from != NULL && !speaks_for(tx, r->box, f->from, &f->registered, error))
		return FALSE;
	s->member_likely = f->registered;
	if (f->from != NULL && !f->registered && r->box != NULL &&
	    !speaks_for(tx, NULL, f->from, &s->member_likely, error))
		return FALSE;
	if (r->box == NULL)
		return TRUE;
	/* Who was authorized, or is a delegate, answers for the holder and does not authorize others. */
	if (f->from != NULL && f->token.purpose == RN_PURPOSE_AUTHORIZE && !is_holder(r->box, f->from))
		f->registered = FALSE;
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

/* How much is proven of the sender (design section 6), and why. Whoever logged in at our own mail server as
 * the address in From needs no other witness, unless one speaks against it; a mail inside an envelope did
 * not. */
static void
weigh(RnEngine *e, RnReading *r)
{
	RnFacts *f = r->facts;
	gboolean inside = r->registered != NULL && r->registered->kind != RN_REG_SMIME;
	gboolean own = f->from != NULL && !inside && r->auth != RN_AUTH_FAIL &&
	    r->session_verdict == RN_SESSION_GOOD &&
	    rn_auth_login(r->session->user, e->settings->site.auth_domain, f->from);
	g_autofree char *seal = rn_reading_seal_why(r);
	const char *auth = own ? "submitted to our mail server with the login of From" : r->auth_why;
	const char *why = f->from_odd     ? f->from_why :
	    f->fault != RN_FAULT_NONE ? seal :
	    !f->registered            ? "From is not registered" :
	    r->sealed                 ? seal :
	    auth != NULL              ? auth :
	    seal != NULL              ? seal :
	                                "no result from our mail server";

	f->proof = f->fault != RN_FAULT_NONE ? RN_PROOF_NONE :
	    r->sealed && f->registered   ? RN_PROOF_STRONG :
	                                       rn_auth_proof(own ? RN_AUTH_PASS : r->auth, f->registered);
	g_free(f->proof_why);
	f->proof_why = auth != NULL && why == auth && seal != NULL ? g_strdup_printf("%s; %s", why, seal) :
	                                                             g_strdup(why);
}

/* Mail that asks about a letter, or chooses a mark, is no answer; its tables lead to no order. */
static RnVerdict
verdict_of(RnReading *r)
{
	const RnFacts *f = r->facts;

	g_free(r->mark);
	r->mark = f->class_ == RN_CLASS_HUMAN && f->registered && f->fault == RN_FAULT_NONE && !f->from_odd ?
	    rn_mark_chosen(f->typed_text) :
	    NULL;
	return r->verify    ? rn_policy_verify(f) :
	    r->mark != NULL ? rn_policy_mark(f) :
	                      rn_policy_judge(f, &r->situation);
}

gboolean
rn_reading_judge(RnEngine *e, RnTx *tx, RnReading *r, G_GNUC_UNUSED gint64 now, GError **error)
{
	RnFacts *f = r->facts;
	gboolean selftest;

	if (f == NULL) {
		r->verdict = (RnVerdict){ "unreadable", RN_ACT_HOLD,
			"it is over a limit or could not be read: a person must look at it" };
		return TRUE;
	}
	memset(&r->situation, 0, sizeof(r->situation));
	g_clear_pointer(&r->box, rn_box_free);
	f->registered = FALSE;
	r->situation.offer = f->token.purpose == RN_PURPOSE_ACCEPT;
	selftest = rn_token_selftest(&e->settings->site, r->rcpt);
	if (selftest)
		f->registered = rn_site_administrator(&e->settings->site, f->from);
	else if (tx != NULL && r->verify) {
		if (f->from != NULL && !speaks_for(tx, NULL, f->from, &f->registered, error))
			return FALSE;
	} else if (tx != NULL && !situate(e, tx, r, error))
		return FALSE;
	if (tx == NULL)
		r->situation.known = r->situation.declared = TRUE;
	if (!rn_reading_prove(tx, r, error))
		return FALSE;
	weigh(e, r);
	r->verdict = selftest ? rn_policy_selftest(f) : verdict_of(r);
	return TRUE;
}
