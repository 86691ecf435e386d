/* Words that change what others say: negations, a doubtful "si", a slip of the finger. */
#include <string.h>

#include "mail/intent_parts.h"

static RnItem *
at(RnPhrases *w, guint i)
{
	return &g_array_index(w->items, RnItem, i);
}

/* TRUE for what a negation can turn. */
static gboolean
can_turn(RnSay say)
{
	return say == RN_SAY_RENEW || say == RN_SAY_RENEWAL || say == RN_SAY_ACCEPT || say == RN_SAY_YES ||
	    say == RN_SAY_AUTHORIZE;
}

/* Said of oneself, or told to us; not of others. */
static gboolean
is_own(const char *word)
{
	return strcmp(word, "rinnovo") == 0 || strcmp(word, "rinnoviamo") == 0 ||
	    strcmp(word, "rinnovate") == 0 || strcmp(word, "rinnovare") == 0 || strcmp(word, "accetto") == 0;
}

/* The second half of a French negation. */
static gboolean
is_second(const char *word)
{
	return strcmp(word, "pas") == 0 || strcmp(word, "plus") == 0;
}

/* "non voglio rinnovare": the negation at I and the first thing it can turn, in the same clause, become one
 * no; "non voglio" alone too. */
static void
turn(RnPhrases *w, guint i, guint to)
{
	guint want = 0;

	for (guint k = i + 1; k < to && !at(w, k)->fresh; k++) {
		RnItem *item = at(w, k);

		if (can_turn(item->say)) {
			at(w, i)->say = RN_SAY_NO;
			at(w, i)->declines = want > 0 || is_own(item->word);
			at(w, i)->end = item->end;
			item->say = RN_SAY_FILL;
			return;
		}
		if (item->say == RN_SAY_WANT)
			want++;
		else if (item->say == RN_SAY_NOT && is_second(item->word))
			item->say = RN_SAY_FILL;	/* "je ne souhaite pas" */
		else if (item->say == RN_SAY_UNKNOWN && strcmp(item->word, "piu") == 0)
			item->say = RN_SAY_FILL;	/* "non desidero più" */
		else if (item->say == RN_SAY_ASK && g_strcmp0(item->key, "may") == 0)
			item->say = RN_SAY_UNKNOWN;	/* "non posso" asks nothing */
		else if (item->say != RN_SAY_FILL)
			return;
	}
	if (want > 0)
		at(w, i)->say = RN_SAY_NO;
}

/* "verlängern Sie nicht", "ne renouvelez pas": a negation behind its verb. */
static void
turn_back(RnPhrases *w, guint from, guint i)
{
	if (strcmp(at(w, i)->word, "nicht") != 0 && strcmp(at(w, i)->word, "pas") != 0)
		return;
	for (guint k = i; k > from && !at(w, k)->fresh; k--) {
		RnItem *item = at(w, k - 1);

		if (can_turn(item->say) || item->say == RN_SAY_NO) {
			item->say = RN_SAY_NO;
			at(w, i)->say = RN_SAY_FILL;
			return;
		}
		if (item->say != RN_SAY_FILL && item->say != RN_SAY_WANT)
			return;
	}
}

static void
turn_all(RnPhrases *w, guint from, guint to)
{
	for (guint i = from; i < to; i++) {
		const RnItem *item = at(w, i);

		if (item->say == RN_SAY_NOT ||
		    (item->say == RN_SAY_NO && !item->says_all && g_str_has_prefix(item->word, "non ")))
			turn(w, i, to);
		if (at(w, i)->say == RN_SAY_NOT)
			turn_back(w, from, i);
		if (at(w, i)->say == RN_SAY_NOT && g_strcmp0(at(w, i)->key, "alone") == 0 &&
		    (i + 1 == to || at(w, i + 1)->fresh) && (i == from || at(w, i)->fresh))
			at(w, i)->say = RN_SAY_NO;	/* "Non, ...": a clause of its own */
	}
}

/* "la casella si rinnova da sola": a "si" behind other words of its clause is no yes. */
static void
doubt_si(RnPhrases *w, guint from, guint to)
{
	for (guint i = from + 1; i < to; i++) {
		RnItem *item = at(w, i);

		if (item->say == RN_SAY_YES && strcmp(item->word, "si") == 0 && !item->fresh &&
		    at(w, i - 1)->say == RN_SAY_FILL)
			item->say = RN_SAY_UNKNOWN;
	}
}

/* "siii", "okkk": a short answer whose last letter was held down. */
static gboolean
stretched(RnItem *item)
{
	g_autofree char *word = g_strdup(item->word);
	gsize n = strlen(word);
	RnSay says;

	while (n > 2 && word[n - 1] == word[n - 2])
		word[--n] = '\0';
	if (n != 2 || strcmp(word, item->word) == 0)
		return FALSE;
	says = rn_say_of(word, NULL);
	if (says == RN_SAY_YES || says == RN_SAY_NO)
		item->say = says;
	return says == RN_SAY_YES || says == RN_SAY_NO;
}

/* One unknown word among nothing but courtesy may be a command with a slip. */
static void
mend_slip(RnPhrases *w, guint from, guint to)
{
	guint unknown = 0, where = 0;
	const char *meant;

	for (guint i = from; i < to; i++) {
		RnSay say = at(w, i)->say;

		if (say == RN_SAY_UNKNOWN) {
			unknown++;
			where = i;
		} else if (say != RN_SAY_THANK && say != RN_SAY_NOT &&
		    !(say == RN_SAY_FILL && strlen(at(w, i)->word) > 3))
			return;
	}
	if (unknown == 1 && stretched(at(w, where)))
		return;
	meant = unknown == 1 ? rn_say_slip(at(w, where)->word) : NULL;
	if (meant != NULL)
		at(w, where)->say = rn_say_of(meant, &at(w, where)->key);
}

/* "Ne, hvala", "Non, merci": a negation alone, but for thanks, is a no. */
static void
lone_no(RnPhrases *w, guint from, guint to)
{
	guint where = to;

	for (guint i = from; i < to; i++) {
		if (at(w, i)->say == RN_SAY_NOT && where == to)
			where = i;
		else if (at(w, i)->say != RN_SAY_THANK)
			return;
	}
	if (where < to && g_strcmp0(at(w, where)->key, "alone") == 0)
		at(w, where)->say = RN_SAY_NO;
}

/* "Sono in ferie, ma rinnovate": neither says anything. */
static void
skip_asides(RnPhrases *w, guint from, guint to)
{
	for (guint i = from; i < to; i++) {
		if (at(w, i)->say != RN_SAY_ASIDE)
			continue;
		at(w, i)->say = RN_SAY_FILL;
		if (i + 1 < to && at(w, i + 1)->say == RN_SAY_IF && g_strcmp0(at(w, i + 1)->key, "but") == 0)
			at(w, i + 1)->say = RN_SAY_FILL;
	}
}

/* "Oggetto: rinnovo": the topic of a mail, not what it says. */
static void
skip_heading(RnPhrases *w, guint from, guint to)
{
	guint line = from < to ? at(w, from)->line : 0;

	if (from >= to || !at(w, from)->first || at(w, from)->say != RN_SAY_FILL ||
	    g_strcmp0(at(w, from)->key, "heading") != 0)
		return;
	for (guint i = from; i < to && at(w, i)->line == line; i++) {
		if (at(w, i)->say == RN_SAY_RENEW || at(w, i)->say == RN_SAY_RENEWAL)
			at(w, i)->say = RN_SAY_FILL;
	}
}

/* "Io sottoscritto Mario Rossi accetto": the name says nothing. */
static void
skip_own_name(RnPhrases *w, guint from, guint to)
{
	for (guint i = from; i < to; i++) {
		if (at(w, i)->say != RN_SAY_FILL || strstr(at(w, i)->word, "sottoscritt") == NULL)
			continue;
		for (guint k = i + 1;
		     k < to && k <= i + 4 && at(w, k)->say <= RN_SAY_FILL && at(w, k)->capital; k++)
			at(w, k)->say = RN_SAY_FILL;
	}
}

/* A small word says nothing in its own language only: German "so" is Italian "I know", Italian "ma" is French
 * "my". The language is that of the words that say something. */
static void
doubt_foreign(RnPhrases *w, guint from, guint to)
{
	guint spoken = 0;

	for (guint i = from; i < to; i++) {
		if (at(w, i)->say >= RN_SAY_LOADED && at(w, i)->fills == 0)
			spoken |= at(w, i)->languages;
	}
	for (guint i = from; i < to && spoken != 0; i++) {
		RnItem *item = at(w, i);

		if (item->say == RN_SAY_FILL && (item->languages & spoken) == 0)
			item->say = RN_SAY_UNKNOWN;
		else if (item->say == RN_SAY_IF && (item->languages & spoken) == 0 &&
		    (item->fills & spoken) != 0)
			item->say = RN_SAY_FILL;
	}
}

void
rn_phrases_turn(RnPhrases *w, guint from, guint to)
{
	doubt_foreign(w, from, to);
	skip_heading(w, from, to);
	skip_asides(w, from, to);
	mend_slip(w, from, to);
	skip_own_name(w, from, to);
	lone_no(w, from, to);
	turn_all(w, from, to);
	doubt_si(w, from, to);
}
