/* The rule table: every combination against the golden file, laws that no edit may break, and the design's
 * rows by hand. After a wanted change: RN_GOLDEN=write build/tests/unit/policy_judge, then read the
 * difference. */
#include <string.h>

#include "policy/policy.h"

enum { CLASS, ODD, CONFLICT, TOKEN, PURPOSE, PROOF, INTENT, N_LEVELS };
enum { KNOWN, REGISTERED, OFFER, DECLARED, ONE_STEP, LOW_FORBIDDEN, ASKED, LIKELY, N_FLAGS };

#define N_COMBOS (1 << N_FLAGS)

typedef struct {
	const char	*name;
	int		 n;
	int		 words;		/* RnWords, -1 for no and yes */
} Level;

/* One purpose more than there are stands for what a future version may sign. */
static const Level levels[N_LEVELS] = {
	[CLASS] = { "class", RN_CLASS_N, RN_WORDS_CLASS },
	[ODD] = { "odd-from", 2, -1 },
	[CONFLICT] = { "tokens-disagree", 2, -1 },
	[TOKEN] = { "token", RN_TOKEN_N, RN_WORDS_TOKEN },
	[PURPOSE] = { "purpose", RN_PURPOSE_N + 1, RN_WORDS_PURPOSE },
	[PROOF] = { "proof", RN_PROOF_N, RN_WORDS_PROOF },
	[INTENT] = { "says", RN_INTENT_N, RN_WORDS_INTENT },
};

static const char *const flag_names[N_FLAGS] = {
	[KNOWN] = "known",
	[REGISTERED] = "registered",
	[OFFER] = "offer",
	[DECLARED] = "declared",
	[ONE_STEP] = "one-step",
	[LOW_FORBIDDEN] = "low-forbidden",
	[ASKED] = "asked-before",
	[LIKELY] = "member-likely",
};

typedef struct {
	int	 value[N_LEVELS];
	RnFault	 fault;			/* with one, flags are all down or all up */
	guint64	*hits;			/* one a row */
} Walk;

static void
fill(const int *value, unsigned flags, RnFacts *f, RnSituation *s)
{
	memset(f, 0, sizeof(*f));
	memset(s, 0, sizeof(*s));
	f->class_ = (RnClass)value[CLASS];
	f->from_odd = value[ODD];
	f->token_conflict = value[CONFLICT];
	f->token_verdict = (RnTokenVerdict)value[TOKEN];
	f->token.purpose = (RnPurpose)value[PURPOSE];
	f->proof = (RnProof)value[PROOF];
	f->intent = (RnIntent)value[INTENT];
	f->registered = flags >> REGISTERED & 1;
	s->known = flags >> KNOWN & 1;
	s->offer = flags >> OFFER & 1;
	s->declared = flags >> DECLARED & 1;
	s->one_step = flags >> ONE_STEP & 1;
	s->low_forbidden = flags >> LOW_FORBIDDEN & 1;
	s->asked_before = flags >> ASKED & 1;
	s->member_likely = flags >> LIKELY & 1;
}

static gboolean
is_yes(RnIntent i)
{
	return i == RN_INTENT_RENEW || i == RN_INTENT_YES || i == RN_INTENT_ACCEPT;
}

/* The first law that the verdict V breaks, NULL if none. */
static const char *
broken_law(const RnFacts *f, const RnSituation *s, const RnVerdict *v)
{
	gboolean human = f->class_ == RN_CLASS_HUMAN && !f->from_odd && !f->token_conflict;
	gboolean good = f->token_verdict == RN_TOKEN_GOOD || f->token_verdict == RN_TOKEN_UNCHECKED;
	gboolean ours = (good || f->token_verdict == RN_TOKEN_EXPIRED) && s->known;
	gboolean proven = f->registered && f->proof >= RN_PROOF_LOW;
	gboolean blind = f->token_verdict == RN_TOKEN_UNCHECKED && f->token.purpose == RN_PURPOSE_NONE;
	gboolean notice = !s->offer && (f->token.purpose == RN_PURPOSE_RENEW || blind);
	gboolean offer = s->offer && (f->token.purpose == RN_PURPOSE_ACCEPT || blind);
	gboolean go_on = v->action == RN_ACT_GO_ON || v->action == RN_ACT_GO_ON_NAMED;
	gboolean silent = v->action == RN_ACT_RECORD || v->action == RN_ACT_HOLD || v->action == RN_ACT_JUNK;
	gboolean taken_back = v->action == RN_ACT_DECLINE || v->action == RN_ACT_CANCEL;

	if (f->class_ != RN_CLASS_HUMAN && v->action != RN_ACT_RECORD && f->fault != RN_FAULT_FAMILY)
		return "a machine is recorded, never answered";
	if (f->fault != RN_FAULT_NONE && v->action != RN_ACT_HOLD && v->action != RN_ACT_RECORD)
		return "registered mail that is not proven is held";
	if ((go_on || v->action == RN_ACT_CONCLUDE) && !(human && good && s->known && is_yes(f->intent)))
		return "an order needs a human mail, a good token and a clear yes";
	if (go_on && !(notice && f->proof != RN_PROOF_FAILED))
		return "only a notice is asked for, and never by a failed sender";
	if (v->action == RN_ACT_GO_ON && !proven)
		return "an unproven writer is named";
	if (v->action == RN_ACT_CONCLUDE && !(proven && s->declared))
		return "nothing is concluded without proof and every declaration";
	if (v->action == RN_ACT_CONCLUDE && !(offer && f->intent == RN_INTENT_ACCEPT) &&
	    !(notice && s->one_step && f->proof >= RN_PROOF_NORMAL))
		return "only an offer's own token accepts, or one step with proof";
	if (v->action == RN_ACT_CONCLUDE && f->proof == RN_PROOF_LOW && s->low_forbidden)
		return "low is forbidden here";
	if (!silent && !(human && (ours || proven)))
		return "a letter goes out only for a token of ours or a proven sender";
	if (!silent && v->action != RN_ACT_HOLD_WARN && f->proof == RN_PROOF_FAILED)
		return "a failed sender moves nothing";
	if (v->action == RN_ACT_ASK && s->asked_before)
		return "nobody is asked twice";
	if (taken_back && !(good && proven && (f->intent == RN_INTENT_NO || f->intent == RN_INTENT_CANCEL)))
		return "a no counts from a registered address only";
	if (v->action == RN_ACT_AUTHORIZE && !(good && proven && f->token.purpose == RN_PURPOSE_AUTHORIZE))
		return "only the registered address authorizes, with the token for it";
	if (v->action == RN_ACT_DESK &&
	    !(f->token.purpose == RN_PURPOSE_ADMIN && s->known && f->registered &&
	        f->proof >= RN_PROOF_NORMAL && f->token_verdict == RN_TOKEN_GOOD))
		return "only a proven administrator decides by mail";
	if (v->action == RN_ACT_JUNK && (ours || f->registered || s->member_likely))
		return "what could be a member's is no junk";
	return NULL;
}

static unsigned
row_of(const RnVerdict *v)
{
	for (unsigned i = 0; i < rn_policy_rows(); i++)
		if (rn_policy_row_name(i) == v->rule)
			return i;
	g_error("rule %s is not in the table", v->rule);
}

/* rows[0..n) as a decision over the flags from FLAG on: "known ? (offer ? a : b) : c". */
static char *
decision(const unsigned char *combos, unsigned n, int flag)
{
	g_autofree char *up = NULL, *down = NULL;

	if (n == 1)
		return g_strdup(rn_policy_row_name(combos[0]));
	down = decision(combos, n / 2, flag + 1);
	up = decision(combos + n / 2, n / 2, flag + 1);
	if (strcmp(up, down) == 0)
		return g_steal_pointer(&up);
	return g_strdup_printf(
	    strchr(up, ' ') != NULL ? "%s ? (%s) : %s" : "%s ? %s : %s", flag_names[flag], up, down);
}

static char *
leaf(Walk *w)
{
	unsigned char combos[N_COMBOS];
	gboolean same = TRUE;

	for (unsigned i = 0; i < N_COMBOS; i++) {
		unsigned flags = 0;
		RnFacts f;
		RnSituation s;
		RnVerdict v;
		const char *law;

		if (w->fault != RN_FAULT_NONE && i != 0 && i != N_COMBOS - 1) {
			combos[i] = combos[0];
			continue;
		}
		for (int b = 0; b < N_FLAGS; b++)	/* the first flag halves the combinations */
			flags |= (i >> (N_FLAGS - 1 - b) & 1) << b;
		fill(w->value, flags, &f, &s);
		f.fault = w->fault;
		v = rn_policy_judge(&f, &s);
		combos[i] = (unsigned char)row_of(&v);
		w->hits[combos[i]]++;
		same = same && combos[i] == combos[0];
		law = broken_law(&f, &s, &v);
		if (law != NULL)
			g_error(
			    "%s -> %s breaks: %s (class %s, token %s, purpose %s, proof %s, says %s, flags %#x)",
			    v.rule, rn_word(RN_WORDS_ACTION, v.action), law,
			    rn_word(RN_WORDS_CLASS, f.class_), rn_word(RN_WORDS_TOKEN, f.token_verdict),
			    rn_word(RN_WORDS_PURPOSE, f.token.purpose), rn_word(RN_WORDS_PROOF, f.proof),
			    rn_word(RN_WORDS_INTENT, f.intent), flags);
	}
	return same ? g_strdup(rn_policy_row_name(combos[0])) : decision(combos, N_COMBOS, 0);
}

static const char *
value_word(const Level *l, int value)
{
	if (l->words == -1)
		return value ? "yes" : "no";
	return value < l->n && strcmp(rn_word((RnWords)l->words, value), "?") != 0 ?
	    rn_word((RnWords)l->words, value) :
	    "other";
}

static void
append_group(GString *to, const char *head, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	if (to->len > 0)
		g_string_append_c(to, '\n');
	g_string_append(to, head);
	if (lines[0] != NULL && lines[1] == NULL) {
		g_string_append_printf(to, ": %s", text);
		return;
	}
	for (guint i = 0; lines[i] != NULL; i++)
		g_string_append_printf(to, "\n  %s", lines[i]);
}

/* The table from LEVEL on: values with the same text stand together, and a level that changes nothing is left
 * out. */
static char *
level_text(Walk *w, int level)
{
	const Level *l = &levels[level];
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) all = g_string_new(NULL);

	if (level == N_LEVELS)
		return leaf(w);
	for (w->value[level] = 0; w->value[level] < l->n; w->value[level]++)
		g_ptr_array_add(texts, level_text(w, level + 1));
	for (int i = 0; i < l->n; i++) {
		const char *text = g_ptr_array_index(texts, i);
		g_autoptr(GString) head = g_string_new(NULL);
		int members = 0;

		for (int j = 0; j < l->n; j++) {
			if (strcmp(g_ptr_array_index(texts, j), text) != 0)
				continue;
			if (j < i)
				break;
			g_string_append_printf(head, "%s%s", members++ == 0 ? "" : "|", value_word(l, j));
		}
		if (members == l->n)
			return g_strdup(text);
		if (members > 0) {
			g_string_prepend_c(head, ' ');
			g_string_prepend(head, l->name);
			append_group(all, head->str, text);
		}
	}
	return g_string_free(g_steal_pointer(&all), FALSE);
}

static void
compare_lines(const char *want, const char *got)
{
	g_auto(GStrv) w = g_strsplit(want, "\n", -1);
	g_auto(GStrv) g = g_strsplit(got, "\n", -1);

	for (guint i = 0; w[i] != NULL && g[i] != NULL; i++)
		if (strcmp(w[i], g[i]) != 0)
			g_error("policy.golden:%u: is \"%s\", was \"%s\"", i + 1, g[i], w[i]);
	g_assert_cmpuint(g_strv_length(g), ==, g_strv_length(w));
}

/* Mail that claims to be registered: one part of the table for each step that may fail. */
static void
append_faults(GString *to, guint64 *hits)
{
	for (int i = RN_FAULT_NONE + 1; i < RN_FAULT_N; i++) {
		Walk w = { .hits = hits, .fault = (RnFault)i };
		g_autofree char *head = g_strdup_printf("\nregistered mail %s", rn_fault_word(w.fault));
		g_autofree char *text = level_text(&w, 0);

		append_group(to, head, text);
	}
}

static void
test_golden(void)
{
	const char *root = g_getenv("RINNOVA_ROOT");
	g_autofree char *file =
	    g_build_filename(root != NULL ? root : ".", "tests", "data", "policy.golden", NULL);
	g_autofree guint64 *hits = g_new0(guint64, rn_policy_rows());
	Walk w = { .hits = hits };
	g_autofree char *tree = level_text(&w, 0);
	g_autoptr(GString) faults = g_string_new(NULL);
	g_autofree char *got =
	    g_strconcat("# Every combination of what the policy is told, and the rule that decides.\n"
	                "# Written by the test policy_judge; \"a ? (b) : c\" reads: if a then b, else c.\n\n",
	        tree, "\n", (append_faults(faults, hits), faults->str), "\n", NULL);
	g_autofree char *want = NULL;
	g_autoptr(GError) error = NULL;

	for (unsigned i = 0; i < rn_policy_rows(); i++)
		if (hits[i] == 0)
			g_error("rule %s decides nothing: rows above it take all", rn_policy_row_name(i));
	if (g_strcmp0(g_getenv("RN_GOLDEN"), "write") == 0) {
		g_file_set_contents(file, got, -1, &error);
		g_assert_no_error(error);
	}
	g_file_get_contents(file, &want, NULL, &error);
	g_assert_no_error(error);
	compare_lines(want, got);
}

/* Letters of flags: o odd From, c tokens disagree, u unknown period, d not declared, 1 one step, l low
 * forbidden, a asked before, m member likely. */
typedef struct {
	int		 token, purpose, proof, says;
	const char	*flags;
	const char	*rule;
	RnAction	 action;
} Sample;

#define T(t) RN_TOKEN_##t
#define P(p) RN_PURPOSE_##p
#define F(f) RN_PROOF_##f
#define S(s) RN_INTENT_##s
#define A(a) RN_ACT_##a

/* clang-format off */
static const Sample samples[] = {
	/* 2 */
	{ T(GOOD), P(RENEW), F(STRONG), S(RENEW), "o", "odd-from", A(HOLD) },
	{ T(GOOD), P(ACCEPT), F(STRONG), S(ACCEPT), "c", "tokens-disagree", A(HOLD) },
	/* 3 */
	{ T(GOOD), P(RENEW), F(FAILED), S(RENEW), "", "good-token-failed", A(HOLD_WARN) },
	{ T(GOOD), P(RENEW), F(FAILED), S(NO), "", "good-token-failed", A(HOLD_WARN) },
	{ T(GOOD), P(ACCEPT), F(FAILED), S(ACCEPT), "", "good-token-failed-offer", A(HOLD) },
	/* 4, 5: notice */
	{ T(GOOD), P(RENEW), F(STRONG), S(RENEW), "", "good-token-strong-yes", A(GO_ON) },
	{ T(GOOD), P(RENEW), F(NORMAL), S(YES), "", "good-token-normal-yes", A(GO_ON) },
	{ T(GOOD), P(RENEW), F(NORMAL), S(ACCEPT), "", "good-token-normal-yes", A(GO_ON) },
	{ T(GOOD), P(RENEW), F(LOW), S(RENEW), "", "good-token-low-yes", A(GO_ON) },
	{ T(GOOD), P(RENEW), F(LOW), S(RENEW), "l", "good-token-low-yes", A(GO_ON) },
	{ T(GOOD), P(RENEW), F(NORMAL), S(ACCEPT), "1", "good-token-normal-one-step", A(CONCLUDE) },
	{ T(GOOD), P(RENEW), F(STRONG), S(RENEW), "1", "good-token-strong-one-step", A(CONCLUDE) },
	{ T(GOOD), P(RENEW), F(NORMAL), S(RENEW), "1d", "good-token-normal-yes", A(GO_ON) },
	{ T(GOOD), P(RENEW), F(LOW), S(ACCEPT), "1", "good-token-low-yes", A(GO_ON) },
	/* 4, 5: offer */
	{ T(GOOD), P(ACCEPT), F(STRONG), S(ACCEPT), "", "good-token-strong-accept", A(CONCLUDE) },
	{ T(GOOD), P(ACCEPT), F(NORMAL), S(ACCEPT), "", "good-token-normal-accept", A(CONCLUDE) },
	{ T(GOOD), P(ACCEPT), F(NORMAL), S(ACCEPT), "d", "offer-needs-acceptance", A(ASK) },
	{ T(GOOD), P(ACCEPT), F(NORMAL), S(ACCEPT), "da", "good-token-asked-before", A(HOLD) },
	{ T(GOOD), P(ACCEPT), F(NORMAL), S(YES), "", "offer-needs-acceptance", A(ASK) },
	{ T(GOOD), P(ACCEPT), F(STRONG), S(RENEW), "1", "offer-needs-acceptance", A(ASK) },
	{ T(GOOD), P(ACCEPT), F(LOW), S(ACCEPT), "", "good-token-low-accept", A(CONCLUDE) },
	{ T(GOOD), P(ACCEPT), F(LOW), S(ACCEPT), "l", "good-token-low-accept-forbidden", A(HOLD) },
	{ T(GOOD), P(ACCEPT), F(NORMAL), S(ACCEPT), "l", "good-token-normal-accept", A(CONCLUDE) },
	/* 6 */
	{ T(GOOD), P(RENEW), F(NONE), S(RENEW), "", "good-token-other-yes", A(GO_ON_NAMED) },
	{ T(GOOD), P(RENEW), F(NONE), S(RENEW), "1", "good-token-other-yes", A(GO_ON_NAMED) },
	{ T(GOOD), P(ACCEPT), F(NONE), S(ACCEPT), "", "good-token-other-accept", A(HOLD_AUTHORIZE) },
	{ T(GOOD), P(ACCEPT), F(NONE), S(YES), "", "offer-needs-acceptance", A(ASK) },
	/* 7 */
	{ T(GOOD), P(RENEW), F(LOW), S(NO), "", "good-token-no", A(DECLINE) },
	{ T(GOOD), P(ACCEPT), F(STRONG), S(NO), "a", "good-token-no", A(DECLINE) },
	{ T(GOOD), P(DECLINE), F(NORMAL), S(NO), "", "good-token-no", A(DECLINE) },
	{ T(GOOD), P(RENEW), F(NORMAL), S(CANCEL), "", "good-token-cancel", A(CANCEL) },
	{ T(GOOD), P(ACCEPT), F(LOW), S(CANCEL), "", "good-token-cancel", A(CANCEL) },
	{ T(GOOD), P(RENEW), F(NONE), S(NO), "", "good-token-other-no", A(ASK) },
	{ T(GOOD), P(ACCEPT), F(NONE), S(CANCEL), "", "good-token-other-no", A(ASK) },
	/* 8 */
	{ T(GOOD), P(RENEW), F(NORMAL), S(QUESTION), "", "good-token-question", A(ASK) },
	{ T(GOOD), P(RENEW), F(NORMAL), S(UNCLEAR), "", "good-token-unclear", A(ASK) },
	{ T(GOOD), P(RENEW), F(NORMAL), S(AUTHORIZE), "", "good-token-unclear", A(ASK) },
	{ T(GOOD), P(ACCEPT), F(NORMAL), S(EMPTY), "", "good-token-empty", A(ASK) },
	{ T(GOOD), P(RENEW), F(NONE), S(EMPTY), "", "good-token-empty", A(ASK) },
	{ T(GOOD), P(RENEW), F(NORMAL), S(EMPTY), "a", "good-token-asked-before", A(HOLD) },
	{ T(GOOD), P(RENEW), F(NORMAL), S(RENEW), "a", "good-token-normal-yes", A(GO_ON) },
	{ T(GOOD), P(RENEW), F(LOW), S(LIST), "", "good-token-command", A(COMMAND) },
	{ T(GOOD), P(ACCEPT), F(NORMAL), S(STATUS), "a", "good-token-command", A(COMMAND) },
	{ T(GOOD), P(RENEW), F(NONE), S(HELP), "", "good-token-other-command", A(ASK) },
	{ T(GOOD), P(DECLINE), F(NORMAL), S(YES), "", "decline-token-yes", A(ASK) },
	{ T(GOOD), P(DECLINE), F(NONE), S(RENEW), "a", "good-token-asked-before", A(HOLD) },
	/* other purposes */
	{ T(GOOD), P(QUESTION), F(NORMAL), S(RENEW), "", "good-token-for-question", A(HOLD) },
	{ T(GOOD), P(AUTHORIZE), F(LOW), S(AUTHORIZE), "", "good-token-authorize", A(AUTHORIZE) },
	{ T(GOOD), P(AUTHORIZE), F(NORMAL), S(YES), "", "good-token-authorize", A(AUTHORIZE) },
	{ T(GOOD), P(AUTHORIZE), F(NORMAL), S(RENEW), "", "good-token-authorize-unclear", A(ASK) },
	{ T(GOOD), P(AUTHORIZE), F(NONE), S(AUTHORIZE), "", "good-token-authorize-unclear", A(ASK) },
	{ T(GOOD), P(BOUNCE), F(NORMAL), S(RENEW), "", "good-token-other-purpose", A(HOLD) },
	{ T(GOOD), P(ADMIN), F(STRONG), S(ACCEPT), "", "admin-answer", A(DESK) },
	{ T(GOOD), P(ADMIN), F(NORMAL), S(EMPTY), "", "admin-answer", A(DESK) },
	{ T(GOOD), P(ADMIN), F(LOW), S(ACCEPT), "", "admin-answer-not-proven", A(HOLD) },
	{ T(GOOD), P(ADMIN), F(FAILED), S(ACCEPT), "", "admin-answer-not-proven", A(HOLD) },
	{ T(GOOD), P(ADMIN), F(STRONG), S(ACCEPT), "u", "admin-answer-not-proven", A(HOLD) },
	{ T(GOOD), P(VERIFY), F(NORMAL), S(YES), "", "good-token-other-purpose", A(HOLD) },
	{ T(GOOD), P(NONE), F(NORMAL), S(YES), "", "good-token-other-purpose", A(HOLD) },
	{ T(GOOD), P(RENEW), F(NORMAL), S(RENEW), "u", "good-token-unknown-period", A(HOLD) },
	/* 9 */
	{ T(EXPIRED), P(RENEW), F(NORMAL), S(RENEW), "", "expired-token", A(FRESH) },
	{ T(EXPIRED), P(ACCEPT), F(NONE), S(ACCEPT), "", "expired-token", A(FRESH) },
	{ T(EXPIRED), P(RENEW), F(LOW), S(NO), "a", "expired-token", A(FRESH) },
	{ T(EXPIRED), P(RENEW), F(FAILED), S(RENEW), "", "expired-token-failed", A(HOLD) },
	{ T(EXPIRED), P(ADMIN), F(NORMAL), S(RENEW), "", "expired-token-other-purpose", A(HOLD) },
	{ T(EXPIRED), P(RENEW), F(NORMAL), S(RENEW), "u", "expired-token-unknown-period", A(HOLD) },
	/* 10 */
	{ T(NONE), P(NONE), F(LOW), S(LIST), "", "no-token-command", A(COMMAND) },
	{ T(BAD), P(NONE), F(NORMAL), S(HELP), "", "no-token-command", A(COMMAND) },
	{ T(NONE), P(NONE), F(NORMAL), S(RENEW), "", "no-token-yes", A(FRESH) },
	{ T(UNKNOWN_KEY), P(NONE), F(STRONG), S(ACCEPT), "", "no-token-yes", A(FRESH) },
	{ T(NONE), P(NONE), F(NORMAL), S(NO), "", "no-token-registered", A(HOLD) },
	{ T(NONE), P(NONE), F(NORMAL), S(QUESTION), "", "no-token-registered", A(HOLD) },
	{ T(NONE), P(NONE), F(LOW), S(EMPTY), "", "no-token-registered", A(HOLD) },
	/* 11 */
	{ T(NONE), P(NONE), F(FAILED), S(RENEW), "", "member-likely", A(HOLD) },
	{ T(BAD), P(RENEW), F(NONE), S(RENEW), "m", "member-likely", A(HOLD) },
	{ T(BAD), P(RENEW), F(NONE), S(RENEW), "", "nobody", A(JUNK) },
	{ T(NONE), P(NONE), F(NONE), S(QUESTION), "", "nobody", A(JUNK) },
	/* explain without a key */
	{ T(UNCHECKED), P(NONE), F(NORMAL), S(RENEW), "", "good-token-normal-yes", A(GO_ON) },
	{ T(UNCHECKED), P(NONE), F(NONE), S(RENEW), "", "good-token-other-yes", A(GO_ON_NAMED) },
	{ T(UNCHECKED), P(ACCEPT), F(NORMAL), S(ACCEPT), "", "good-token-normal-accept", A(CONCLUDE) },
};
/* clang-format on */

static void
test_samples(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(samples); i++) {
		const Sample *x = &samples[i];
		RnFacts f = { .from_odd = strchr(x->flags, 'o') != NULL,
			.token_conflict = strchr(x->flags, 'c') != NULL };
		RnSituation s = {
			.known = strchr(x->flags, 'u') == NULL,
			.offer = x->purpose == RN_PURPOSE_ACCEPT,
			.one_step = strchr(x->flags, '1') != NULL,
			.low_forbidden = strchr(x->flags, 'l') != NULL,
			.asked_before = strchr(x->flags, 'a') != NULL,
			.declared = strchr(x->flags, 'd') == NULL,
			.member_likely = strchr(x->flags, 'm') != NULL,
		};
		RnVerdict v;

		f.token_verdict = (RnTokenVerdict)x->token;
		f.token.purpose = (RnPurpose)x->purpose;
		f.proof = (RnProof)x->proof;
		f.registered = x->proof != RN_PROOF_NONE;
		f.intent = (RnIntent)x->says;
		v = rn_policy_judge(&f, &s);
		g_test_message("row %" G_GSIZE_FORMAT ": token %s, purpose %s, proof %s, says %s, \"%s\": %s",
		    i, rn_word(RN_WORDS_TOKEN, x->token), rn_word(RN_WORDS_PURPOSE, x->purpose),
		    rn_word(RN_WORDS_PROOF, x->proof), rn_word(RN_WORDS_INTENT, x->says), x->flags, v.why);
		g_assert_cmpstr(v.rule, ==, x->rule);
		g_assert_cmpstr(rn_word(RN_WORDS_ACTION, v.action), ==, rn_word(RN_WORDS_ACTION, x->action));
	}
}

/* Row 1: each machine, whatever else it carries. */
static void
test_machines(void)
{
	for (int c = RN_CLASS_AUTO; c < RN_CLASS_N; c++) {
		RnFacts f = { .class_ = (RnClass)c,
			.intent = RN_INTENT_ACCEPT,
			.token_verdict = RN_TOKEN_GOOD,
			.proof = RN_PROOF_STRONG,
			.registered = TRUE };
		RnSituation s = { .known = TRUE, .offer = TRUE, .declared = TRUE };
		RnVerdict v;

		f.token.purpose = RN_PURPOSE_ACCEPT;
		v = rn_policy_judge(&f, &s);
		g_test_message("%s", rn_word(RN_WORDS_CLASS, c));
		g_assert_cmpstr(v.rule, ==, "machine");
		g_assert_cmpint(v.action, ==, RN_ACT_RECORD);
	}
}

/* Each fault has the row that is called like it. */
static void
test_faults(void)
{
	for (int i = RN_FAULT_NONE + 1; i < RN_FAULT_N; i++) {
		RnFacts f = { .intent = RN_INTENT_RENEW,
			.token_verdict = RN_TOKEN_GOOD,
			.proof = RN_PROOF_STRONG,
			.registered = TRUE,
			.fault = (RnFault)i };
		RnSituation s = { .known = TRUE, .declared = TRUE };
		RnVerdict v;

		f.token.purpose = RN_PURPOSE_RENEW;
		v = rn_policy_judge(&f, &s);
		g_assert_cmpstr(v.rule, ==, rn_fault_word((RnFault)i));
		g_assert_cmpint(v.action, ==, RN_ACT_HOLD);
	}
}

/* Values that no enum has stand for the weakest, and never for an order. */
static void
test_out_of_range(void)
{
	RnFacts f = { .intent = RN_INTENT_RENEW,
		.token_verdict = RN_TOKEN_GOOD,
		.proof = RN_PROOF_NORMAL,
		.registered = TRUE };
	RnSituation s = { .known = TRUE, .declared = TRUE };

	f.token.purpose = RN_PURPOSE_RENEW;
	g_assert_cmpint(rn_policy_judge(&f, &s).action, ==, RN_ACT_GO_ON);
	f.intent = (RnIntent)77;
	g_assert_cmpstr(rn_policy_judge(&f, &s).rule, ==, "good-token-unclear");
	f.intent = RN_INTENT_RENEW;
	f.proof = (RnProof)77;
	g_assert_cmpstr(rn_policy_judge(&f, &s).rule, ==, "good-token-other-yes");
	f.proof = RN_PROOF_NORMAL;
	f.class_ = (RnClass)77;
	g_assert_cmpstr(rn_policy_judge(&f, &s).rule, ==, "machine");
	f.class_ = RN_CLASS_HUMAN;
	f.token_verdict = (RnTokenVerdict)77;
	g_assert_cmpstr(rn_policy_judge(&f, &s).rule, ==, "no-token-yes");
	f.token_verdict = RN_TOKEN_GOOD;
	f.fault = (RnFault)77;
	g_assert_cmpstr(rn_policy_judge(&f, &s).rule, ==, "pec-structure");
	g_assert_cmpstr(rn_policy_row_name(rn_policy_rows()), ==, "?");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy/judge/golden", test_golden);
	g_test_add_func("/policy/judge/samples", test_samples);
	g_test_add_func("/policy/judge/machines", test_machines);
	g_test_add_func("/policy/judge/faults", test_faults);
	g_test_add_func("/policy/judge/out-of-range", test_out_of_range);
	return g_test_run();
}
