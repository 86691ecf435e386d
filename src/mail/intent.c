/* What a member says. A small grammar over a closed vocabulary (intent_words.c): greetings, closings and names are left out
 * (intent_frame.c); every word of the rest must be known, and together they must say one thing. A question mark, a condition or a
 * negation that does not belong to a clear no wins over any yes. In doubt it is unclear, and the member is asked again. */
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

/* TRUE for what a negation can turn. */
static gboolean
can_turn(RnSay say)
{
	return say == RN_SAY_RENEW || say == RN_SAY_RENEWAL || say == RN_SAY_ACCEPT || say == RN_SAY_YES || say == RN_SAY_AUTHORIZE;
}

/* "non voglio rinnovare": the negation at I and the first thing it can turn, in the same clause, become one no; "non voglio" alone too. */
static void
turn(Reading *r, guint i)
{
	guint want = 0;

	for (guint k = i + 1; k < r->to && !at(r, k)->fresh; k++) {
		RnItem *item = at(r, k);

		if (can_turn(item->say)) {
			at(r, i)->say = RN_SAY_NO;
			item->say = RN_SAY_FILL;
			return;
		}
		if (item->say == RN_SAY_WANT)
			want++;
		else if (item->say != RN_SAY_FILL)
			return;
	}
	if (want > 0)
		at(r, i)->say = RN_SAY_NO;
}

/* "verlängern Sie nicht", "ne renouvelez pas": a negation behind its verb. */
static void
turn_back(Reading *r, guint i)
{
	if (strcmp(at(r, i)->word, "nicht") != 0 && strcmp(at(r, i)->word, "pas") != 0)
		return;
	for (guint k = i; k > r->from && !at(r, k)->fresh; k--) {
		RnItem *item = at(r, k - 1);

		if (can_turn(item->say) || item->say == RN_SAY_NO) {
			item->say = RN_SAY_NO;
			at(r, i)->say = RN_SAY_FILL;
			return;
		}
		if (item->say != RN_SAY_FILL && item->say != RN_SAY_WANT)
			return;
	}
}

static void
turn_all(Reading *r)
{
	for (guint i = r->from; i < r->to; i++) {
		const RnItem *item = at(r, i);

		if (item->say == RN_SAY_NOT || (item->say == RN_SAY_NO && g_str_has_prefix(item->word, "non ")))
			turn(r, i);
		if (at(r, i)->say == RN_SAY_NOT)
			turn_back(r, i);
	}
}

/* "la casella si rinnova da sola": a "si" behind other words of its clause is no yes. */
static void
doubt_si(Reading *r)
{
	for (guint i = r->from + 1; i < r->to; i++) {
		RnItem *item = at(r, i);

		if (item->say == RN_SAY_YES && strcmp(item->word, "si") == 0 && !item->fresh && at(r, i - 1)->say == RN_SAY_FILL)
			item->say = RN_SAY_UNKNOWN;
	}
}

/* One unknown word among nothing but courtesy may be a command with a slip. */
static void
mend_slip(Reading *r)
{
	guint unknown = 0, where = 0;
	const char *meant;

	for (guint i = r->from; i < r->to; i++) {
		RnSay say = at(r, i)->say;

		if (say == RN_SAY_UNKNOWN) {
			unknown++;
			where = i;
		} else if (say != RN_SAY_THANK && !(say == RN_SAY_FILL && strlen(at(r, i)->word) > 3))
			return;
	}
	meant = unknown == 1 ? rn_say_slip(at(r, where)->word) : NULL;
	if (meant != NULL)
		at(r, where)->say = rn_say_of(meant, &at(r, where)->verb);
}

static void
count(Reading *r)
{
	r->stranger = r->to;
	for (guint i = r->from; i < r->to; i++) {
		RnSay say = at(r, i)->say;

		if (say == RN_SAY_YES_ALONE)
			say = at(r, i)->say = r->to - r->from == 1 ? RN_SAY_YES : RN_SAY_UNKNOWN;
		if (say == RN_SAY_NUMBER || say == RN_SAY_GREET || say == RN_SAY_DEAR || say == RN_SAY_CLOSE || say == RN_SAY_TITLE)
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
	for (guint i = r->from; i < r->to; i++) {
		const RnItem *item = at(r, i);

		if (item->say >= RN_SAY_LOADED)
			note(r, i);
		if (item->say == RN_SAY_ACCEPT && item->verb != NULL && !rn_fold_has(r->accepts->str, item->verb))
			g_string_append_printf(r->accepts, "%s%s", r->accepts->len > 0 ? " " : "", item->verb);
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
	guint yes = n[RN_SAY_RENEW] + n[RN_SAY_ACCEPT] + n[RN_SAY_YES] + (n[RN_SAY_WANT] > 0 ? n[RN_SAY_RENEWAL] : 0);
	gboolean grants = n[RN_SAY_AUTHORIZE] > 0 && n[RN_SAY_RENEWAL] + n[RN_SAY_RENEW] > 0;
	guint kinds = (yes > 0 || grants) + (n[RN_SAY_NO] > 0 && n[RN_SAY_CANCEL] == 0) + (n[RN_SAY_CANCEL] > 0) +
	    (n[RN_SAY_AUTHORIZE] > 0 && !grants) + (n[RN_SAY_STATUS] > 0) + (n[RN_SAY_LIST] > 0) + (n[RN_SAY_HELP] > 0);

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
	mend_slip(&r);
	turn_all(&r);
	doubt_si(&r);
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
