/* What a member says. A small grammar over a closed vocabulary (intent_words.c): greetings, closings and
 * names are left out (intent_frame.c); every word of the rest must be known, and together they must say one
 * thing. A question mark, a condition or a negation that does not belong to a clear no wins over any yes. In
 * doubt it is unclear, and the member is asked again. */
#include <string.h>

#include "mail/fold.h"
#include "mail/intent_parts.h"
#include "mail/typed.h"

typedef struct {
	RnPhrases	*words;
	guint		 from, to;
	guint		 count[RN_SAY_N];
	guint		 stranger;	/* index of the first unknown word */
	GString		*matched;	/* the words that decided, as typed */
	GString		*accepts;
	const char	*text;
} Reading;

static RnItem *
at(const Reading *r, guint i)
{
	return &g_array_index(r->words->items, RnItem, i);
}

static void
note(Reading *r, guint i)
{
	if (r->matched->len > 200)
		return;
	if (r->matched->len > 0)
		g_string_append_c(r->matched, ' ');
	g_string_append_len(r->matched, r->text + at(r, i)->start, (gssize)(at(r, i)->end - at(r, i)->start));
}

/* Nothing but thanks beside item I. */
static gboolean
stands_alone(const Reading *r, guint i)
{
	for (guint k = r->from; k < r->to; k++) {
		const RnItem *item = &g_array_index(r->words->items, RnItem, k);

		if (k != i && item->say != RN_SAY_THANK && strcmp(item->word, "prosim") != 0)
			return FALSE;
	}
	return TRUE;
}

static void
count(Reading *r)
{
	r->stranger = r->to;
	for (guint i = r->from; i < r->to; i++) {
		RnSay say = at(r, i)->say;

		if (say == RN_SAY_YES_ALONE)
			say = at(r, i)->say = stands_alone(r, i) ? RN_SAY_YES : RN_SAY_UNKNOWN;
		if (say == RN_SAY_NUMBER || say == RN_SAY_GREET || say == RN_SAY_DEAR ||
		    say == RN_SAY_CLOSE || say == RN_SAY_TITLE)
			say = say == RN_SAY_GREET ? RN_SAY_FILL : RN_SAY_UNKNOWN;
		r->count[say]++;
		if (say == RN_SAY_UNKNOWN && r->stranger == r->to)
			r->stranger = i;
	}
}

/* Collects what decided, and the accepting verbs once each in their order. */
static void
collect(Reading *r)
{
	guint end = 0;

	for (guint i = r->from; i < r->to; i++) {
		const RnItem *item = at(r, i);

		if (item->say >= RN_SAY_LOADED && item->start >= end) {
			note(r, i);
			end = item->end;
		}
		if (item->say == RN_SAY_ACCEPT && item->verb != NULL &&
		    !rn_fold_has(r->accepts->str, item->verb))
			g_string_append_printf(
			    r->accepts, "%s%s", r->accepts->len > 0 ? " " : "", item->verb);
	}
}

static RnIntent
unclear(const char **rule, const char *why)
{
	*rule = why;
	return RN_INTENT_UNCLEAR;
}

/* Everything is known; says what it says together. */
static RnIntent
decide(const Reading *r, const char **rule)
{
	const guint *n = r->count;
	guint yes =
	    n[RN_SAY_RENEW] + n[RN_SAY_ACCEPT] + n[RN_SAY_YES] + (n[RN_SAY_WANT] > 0 ? n[RN_SAY_RENEWAL] : 0);
	gboolean grants = n[RN_SAY_AUTHORIZE] > 0 && n[RN_SAY_RENEWAL] + n[RN_SAY_RENEW] > 0;
	guint kinds = (yes > 0 || grants) + (n[RN_SAY_NO] > 0 && n[RN_SAY_CANCEL] == 0) +
	    (n[RN_SAY_CANCEL] > 0) + (n[RN_SAY_AUTHORIZE] > 0 && !grants) + (n[RN_SAY_STATUS] > 0) +
	    (n[RN_SAY_LIST] > 0) + (n[RN_SAY_HELP] > 0);

	if (kinds == 0)
		return unclear(rule, n[RN_SAY_RENEWAL] > 0 ? "noun-only" : "courtesy-only");
	if (kinds > 1)
		return unclear(rule, "contradiction");
	if (n[RN_SAY_CANCEL] > 0)
		return *rule = "cancel", RN_INTENT_CANCEL;
	if (n[RN_SAY_NO] > 0)
		return *rule = "no", RN_INTENT_NO;
	if (n[RN_SAY_STATUS] > 0)
		return *rule = "status", RN_INTENT_STATUS;
	if (n[RN_SAY_LIST] > 0)
		return *rule = "list", RN_INTENT_LIST;
	if (n[RN_SAY_HELP] > 0)
		return *rule = "help", RN_INTENT_HELP;
	if (n[RN_SAY_AUTHORIZE] > 0 && !grants)
		return *rule = "authorize", RN_INTENT_AUTHORIZE;
	if (n[RN_SAY_ACCEPT] > 0)
		return *rule = "accept", RN_INTENT_ACCEPT;
	if (n[RN_SAY_RENEW] + n[RN_SAY_RENEWAL] > 0)
		return *rule = "renew", RN_INTENT_RENEW;
	return *rule = "yes", RN_INTENT_YES;
}

/* "Non rinnovo perche' ho cessato l'attivita'": a plain no in the first person may have a reason behind it in
 * any words, if none of them asks, sets a condition, or says anything else that we know. */
static gboolean
declines_with_reason(const Reading *r)
{
	const guint *n = r->count;
	gboolean declined = FALSE;

	if (n[RN_SAY_IF] + n[RN_SAY_NOT] + n[RN_SAY_CANCEL] + n[RN_SAY_RENEW] + n[RN_SAY_ACCEPT] +
	        n[RN_SAY_YES] + n[RN_SAY_AUTHORIZE] >
	    0)
		return FALSE;
	for (guint i = r->from; i < r->to; i++) {
		const RnItem *item = &g_array_index(r->words->items, RnItem, i);

		declined |= item->declines;
		if (item->say == RN_SAY_ASK && (!declined || strcmp(item->word, "perche") != 0))
			return FALSE;
	}
	return declined;
}

static RnIntent
judge(Reading *r, gboolean mixed, const char **rule)
{
	RnIntent says;

	if (r->words->question)
		return *rule = "question-mark", RN_INTENT_QUESTION;
	if (r->words->too_long)
		return unclear(rule, "too-long");
	if (r->words->items->len == 0)
		return unclear(rule, "no-words");
	if (!mixed && !r->words->odd && declines_with_reason(r))
		return *rule = r->count[RN_SAY_UNKNOWN] > 0 ? "no-with-reason" : "no", RN_INTENT_NO;
	if (r->count[RN_SAY_ASK] > 0)
		return *rule = "question-word", RN_INTENT_QUESTION;
	if (r->count[RN_SAY_IF] > 0)
		return unclear(rule, "condition");
	if (r->count[RN_SAY_NOT] > 0)
		return unclear(rule, "negation");
	if (r->count[RN_SAY_UNKNOWN] > 0)
		return unclear(rule, r->count[RN_SAY_NO] > 0 ? "negation" : "not-understood");
	if (r->words->odd)
		return unclear(rule, "odd-sign");
	says = decide(r, rule);
	if (mixed && says != RN_INTENT_UNCLEAR)
		return unclear(rule, "mixed-line");
	return says;
}

static gboolean
is_blank(const char *text)
{
	g_autofree char *fold = rn_fold(text, -1);

	return *fold == '\0';
}

RnIntent
rn_intent_read(const char *typed, gboolean mixed, char **matched, const char **rule, char **accepts)
{
	Reading r = { .text = typed };
	RnIntent says;

	*matched = NULL;
	*accepts = g_strdup("");
	*rule = "nothing-typed";
	if (is_blank(typed))
		return RN_INTENT_EMPTY;
	r.words = rn_phrases_read(typed);
	r.matched = g_string_new(NULL);
	r.accepts = g_string_new(NULL);
	rn_phrases_frame(r.words, &r.from, &r.to);
	rn_phrases_turn(r.words, r.from, r.to);
	count(&r);
	says = judge(&r, mixed, rule);
	collect(&r);
	if (r.matched->len == 0 && r.stranger < r.to)
		note(&r, r.stranger);
	if (r.matched->len > 0)
		*matched = g_strdup(r.matched->str);
	if (says == RN_INTENT_ACCEPT) {
		g_free(*accepts);
		*accepts = g_strdup(r.accepts->str);
	}
	rn_phrases_free(r.words);
	g_string_free(r.matched, TRUE);
	g_string_free(r.accepts, TRUE);
	return says;
}

gboolean
rn_intent_decides(const char *typed)
{
	g_autoptr(RnPhrases) words = rn_phrases_read(typed);

	for (guint i = 0; i < words->items->len; i++) {
		RnSay say = g_array_index(words->items, RnItem, i).say;

		if (say == RN_SAY_RENEW || say == RN_SAY_RENEWAL || say == RN_SAY_ACCEPT ||
		    say == RN_SAY_CANCEL || say == RN_SAY_AUTHORIZE)
			return TRUE;
	}
	return FALSE;
}
