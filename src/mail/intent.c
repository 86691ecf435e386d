/* What a member says. A small grammar over a closed vocabulary (conf/language): greetings, closings and
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
	const char	*letter;	/* NULL if not known */
	char		*known;		/* the same folded, once it is asked for */
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

/* Is item I, an address, one that the letter does not name? */
static gboolean
is_strange(Reading *r, guint i)
{
	g_autofree char *fold = NULL;

	if (r->letter == NULL)
		return FALSE;
	fold = rn_fold(r->text + at(r, i)->start, at(r, i)->end - at(r, i)->start);
	if (r->known == NULL)
		r->known = rn_fold(r->letter, -1);
	return strchr(fold, '@') != NULL && strstr(r->known, fold) == NULL;
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
		if (say == RN_SAY_REASON)
			say = at(r, i)->say = at(r, i)->fresh ? RN_SAY_ASK : RN_SAY_UNKNOWN;
		if (say == RN_SAY_ADDRESS && is_strange(r, i))
			say = at(r, i)->say = RN_SAY_UNKNOWN;
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
		if (item->say == RN_SAY_ACCEPT && item->key != NULL &&
		    !rn_fold_has(r->accepts->str, item->key))
			g_string_append_printf(r->accepts, "%s%s", r->accepts->len > 0 ? " " : "", item->key);
	}
}

/* "Non rinnovo perche' ho cessato l'attivita'": a no that somebody says of himself may have a reason behind
 * it in any words, if none of them asks, sets a condition, or says anything else that we know. Behind a
 * phrase such as "non mi serve" a new clause or a word of reason must follow: "non mi serve la fattura" is
 * no such no. */
static gboolean
declines_with_reason(const Reading *r)
{
	const guint *n = r->count;
	gboolean declined = FALSE, said = FALSE, reason = FALSE;

	if (n[RN_SAY_NOT] + n[RN_SAY_CANCEL] + n[RN_SAY_RENEW] + n[RN_SAY_ACCEPT] + n[RN_SAY_YES] +
	        n[RN_SAY_AUTHORIZE] >
	    0)
		return FALSE;
	for (guint i = r->from; i < r->to; i++) {
		const RnItem *item = at(r, i);

		if (said && item->say == RN_SAY_UNKNOWN && !item->fresh && !item->reason)
			return FALSE;
		reason |= declined && item->reason;
		if (item->say == RN_SAY_IF && !(reason && g_strcmp0(item->key, "time") == 0))
			return FALSE;
		said =
		    (item->declines && item->says_all) || (said && item->say == RN_SAY_FILL && !item->fresh);
		declined |= item->declines;
		if (item->say == RN_SAY_ASK && !(declined && item->reason))
			return FALSE;
	}
	return declined;
}

/* --- the grammar --- */

/* What is known of a text, a bit each: the meanings of its phrases, and what they make together. */
#define HAS(say) (G_GUINT64_CONSTANT(1) << (say))
#define MARK(n) (G_GUINT64_CONSTANT(1) << (RN_SAY_N + (n)))

#define QUESTION_MARK	MARK(0)
#define TOO_LONG	MARK(1)
#define NO_WORDS	MARK(2)
#define DECLINES	MARK(3)		/* a no with nothing but a reason behind it */
#define ODD_SIGN	MARK(4)		/* a sign that could mean no */
#define MIXED		MARK(5)		/* something was cut out of a line */
#define DECIDES		MARK(6)		/* it says at least one thing of ours */
#define MANY		MARK(7)		/* it says several that cannot go together */
#define GRANTS		MARK(8)		/* "autorizzo" together with the renewal: a yes */

/* The first rule whose bits ALL are up and whose bits NONE are down says what the text says. */
static const struct {
	const char	*name;
	guint64		 all, none;
	RnIntent	 says;
	const char	*why;
} rules[] = {
	{ "question-mark", QUESTION_MARK, 0, RN_INTENT_QUESTION, "a question mark stands in it" },
	{ "too-long", TOO_LONG, 0, RN_INTENT_UNCLEAR, "it has more words than an answer" },
	{ "no-words", NO_WORDS, 0, RN_INTENT_UNCLEAR, "there is no word in it, signs alone say nothing" },
	{ "no-with-reason", DECLINES | HAS(RN_SAY_UNKNOWN), MIXED | ODD_SIGN, RN_INTENT_NO,
	    "a no in the first person, and nothing behind it takes it back" },
	{ "no", DECLINES, MIXED | ODD_SIGN, RN_INTENT_NO, "a clear no" },
	{ "question-word", HAS(RN_SAY_ASK), 0, RN_INTENT_QUESTION, "a word that asks stands in it" },
	{ "condition", HAS(RN_SAY_IF), 0, RN_INTENT_UNCLEAR,
	    "a condition, another time or an exception stands in it" },
	{ "negation", HAS(RN_SAY_NOT), 0, RN_INTENT_UNCLEAR, "a negation that belongs to no clear no" },
	{ "negation", HAS(RN_SAY_NO) | HAS(RN_SAY_UNKNOWN), 0, RN_INTENT_UNCLEAR,
	    "a no among words that are not in the vocabulary" },
	{ "not-understood", HAS(RN_SAY_UNKNOWN), 0, RN_INTENT_UNCLEAR,
	    "a word that is not in the vocabulary, and nothing is guessed" },
	{ "odd-sign", ODD_SIGN, 0, RN_INTENT_UNCLEAR, "a sign that could mean no" },
	{ "contradiction", MANY, 0, RN_INTENT_UNCLEAR, "it says several things that cannot go together" },
	{ "noun-only", HAS(RN_SAY_RENEWAL), DECIDES, RN_INTENT_UNCLEAR,
	    "the renewal is named, but not wanted" },
	{ "courtesy-only", 0, DECIDES, RN_INTENT_UNCLEAR, "courtesies alone are no answer" },
	{ "mixed-line", MIXED, 0, RN_INTENT_UNCLEAR,
	    "something was taken out of the text, and what is left may not be all of it" },
	{ "cancel", HAS(RN_SAY_CANCEL), 0, RN_INTENT_CANCEL, "it takes back" },
	{ "no", HAS(RN_SAY_NO), 0, RN_INTENT_NO, "a clear no" },
	{ "status", HAS(RN_SAY_STATUS), 0, RN_INTENT_STATUS, "the command" },
	{ "list", HAS(RN_SAY_LIST), 0, RN_INTENT_LIST, "the command" },
	{ "help", HAS(RN_SAY_HELP), 0, RN_INTENT_HELP, "the command" },
	{ "authorize", HAS(RN_SAY_AUTHORIZE), GRANTS, RN_INTENT_AUTHORIZE, "it authorizes" },
	{ "accept", HAS(RN_SAY_ACCEPT), 0, RN_INTENT_ACCEPT, "it accepts, and every word is known" },
	{ "renew", HAS(RN_SAY_RENEW), 0, RN_INTENT_RENEW, "it asks for the renewal, and every word is known" },
	{ "renew", HAS(RN_SAY_RENEWAL), 0, RN_INTENT_RENEW,
	    "it wants the renewal, and every word is known" },
	{ "yes", 0, 0, RN_INTENT_YES, "a yes, and every word is known" },
};

/* Rules that are applied elsewhere. */
static const char *const others[][2] = {
	{ "nothing-typed", "nothing was typed, so nothing was said" },
	{ "subject-only", "the body is empty, and the subject is a bare command" },
	{ "machine-mail", "a machine says nothing" },
	{ "charset-missing", "it is written in a charset that cannot be read here" },
	{ "list-rows", "the numbers of the list that was sent" },
};

const char *
rn_intent_why(const char *rule)
{
	for (guint i = 0; rule != NULL && i < G_N_ELEMENTS(rules); i++) {
		if (strcmp(rules[i].name, rule) == 0)
			return rules[i].why;
	}
	for (guint i = 0; rule != NULL && i < G_N_ELEMENTS(others); i++) {
		if (strcmp(others[i][0], rule) == 0)
			return others[i][1];
	}
	return NULL;
}

static guint64
if_so(gboolean so, guint64 bit)
{
	return so ? bit : 0;
}

/* What the phrases decide together. */
static guint64
decisions(const Reading *r)
{
	const guint *n = r->count;
	guint yes =
	    n[RN_SAY_RENEW] + n[RN_SAY_ACCEPT] + n[RN_SAY_YES] + (n[RN_SAY_WANT] > 0 ? n[RN_SAY_RENEWAL] : 0);
	gboolean grants = n[RN_SAY_AUTHORIZE] > 0 && n[RN_SAY_RENEWAL] + n[RN_SAY_RENEW] > 0;
	guint kinds = (yes > 0 || grants) + (n[RN_SAY_NO] > 0 && n[RN_SAY_CANCEL] == 0) +
	    (n[RN_SAY_CANCEL] > 0) + (n[RN_SAY_AUTHORIZE] > 0 && !grants) + (n[RN_SAY_STATUS] > 0) +
	    (n[RN_SAY_LIST] > 0) + (n[RN_SAY_HELP] > 0);

	return if_so(kinds > 0, DECIDES) | if_so(kinds > 1, MANY) | if_so(grants, GRANTS);
}

static guint64
marks(const Reading *r, gboolean mixed)
{
	guint64 bits = 0;

	for (guint say = 0; say < RN_SAY_N; say++)
		bits |= if_so(r->count[say] > 0, HAS(say));
	return bits | if_so(r->words->question, QUESTION_MARK) | if_so(r->words->too_long, TOO_LONG) |
	    if_so(r->words->items->len == 0, NO_WORDS) | if_so(declines_with_reason(r), DECLINES) |
	    if_so(r->words->odd, ODD_SIGN) | if_so(mixed, MIXED) | decisions(r);
}

static RnIntent
judge(const Reading *r, gboolean mixed, const char **rule)
{
	guint64 bits = marks(r, mixed);
	guint i = 0;

	while ((bits & rules[i].all) != rules[i].all || (bits & rules[i].none) != 0)
		i++;	/* the last one fits everything */
	*rule = rules[i].name;
	return rules[i].says;
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
	return rn_intent_answer(typed, mixed, NULL, matched, rule, accepts);
}

RnIntent
rn_intent_answer(
    const char *typed, gboolean mixed, const char *letter, char **matched, const char **rule, char **accepts)
{
	Reading r = { .text = typed, .letter = letter };
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
	g_free(r.known);
	return says;
}

gboolean
rn_intent_bare(const char *typed)
{
	g_autoptr(RnPhrases) words = rn_phrases_read(typed);
	guint end = 0;

	rn_phrases_turn(words, 0, words->items->len);
	for (guint i = 0; i < words->items->len; i++) {
		const RnItem *item = &g_array_index(words->items, RnItem, i);

		if (item->start >= end && item->say < RN_SAY_LOADED && item->say != RN_SAY_THANK)
			return FALSE;
		end = MAX(end, item->end);
	}
	return end > 0;
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
