/* What stands around the answer: "Gentile dottoressa Bianchi," in front, "Cordiali saluti / Dott. Mario Rossi
 * / Via Roma 1" behind. */
#include "mail/intent_parts.h"

#include <string.h>

#define MAX_DEAR 8	/* words of a salutation */
#define MAX_TAIL 60	/* words of a signature */
#define MAX_NAME 4	/* words of a name */

static const RnItem *
at(const RnPhrases *w, guint i)
{
	return &g_array_index(w->items, RnItem, i);
}

/* Nothing in [FROM, TO) can change the meaning of the message. */
static gboolean
harmless(const RnPhrases *w, guint from, guint to)
{
	if (to - from > MAX_TAIL)
		return FALSE;
	for (guint i = from; i < to; i++) {
		if (at(w, i)->say >= RN_SAY_LOADED)
			return FALSE;
	}
	return TRUE;
}

/* Greetings, and names behind them up to a comma or the end of the line. */
static guint
skip_greeting(const RnPhrases *w, guint i, guint to)
{
	while (i < to && (at(w, i)->say == RN_SAY_GREET || at(w, i)->say == RN_SAY_DEAR)) {
		gboolean dear = at(w, i)->say == RN_SAY_DEAR;
		guint end = i;

		while (end < to && !at(w, end)->comma)
			end++;
		if (end < to && end - i < MAX_DEAR && harmless(w, i, end + 1))
			i = end + 1;
		else if (dear)
			return i;
		else
			i++;
	}
	return i;
}

/* The first closing from FROM on behind which there is nothing but names, addresses and numbers. */
static guint
find_closing(const RnPhrases *w, guint from, guint to)
{
	for (guint i = from; i < to; i++) {
		if (at(w, i)->say == RN_SAY_CLOSE &&
		    (at(w, i)->fresh || i + 1 == to || (i > from && at(w, i - 1)->say == RN_SAY_THANK)) &&
		    harmless(w, i, to))
			return i;
	}
	return to;
}

/* How many words from I on are a name: capitals, with particles ("de", "della") between them. */
static guint
name_length(const RnPhrases *w, guint i, guint to)
{
	guint n = 0, capitals = 0;

	for (; i + n < to; n++) {
		const RnItem *item = at(w, i + n);
		gboolean particle = n > 0 && item->say == RN_SAY_FILL && g_str_has_prefix(item->word, "d") &&
		    strlen(item->word) <= 5;

		if (n > 0 && at(w, i + n)->first)
			break;
		if (item->say == RN_SAY_UNKNOWN && item->capital)
			capitals++;
		else if (!particle)
			return 0;
	}
	return n <= MAX_NAME && capitals > 0 ? capitals : 0;
}

/* A signature without a closing: a title, or a name of two to four capitalised words; one word only behind
 * thanks. */
static gboolean
is_signature(const RnPhrases *w, guint from, guint i, guint to)
{
	guint name;

	if (!at(w, i)->fresh || i == from || !harmless(w, i, to))
		return FALSE;
	if (at(w, i)->say == RN_SAY_TITLE)
		return TRUE;
	name = name_length(w, i, to);
	return name >= 2 || (name == 1 && at(w, i - 1)->say == RN_SAY_THANK);
}

void
rn_phrases_frame(const RnPhrases *w, guint *from, guint *to)
{
	guint i = skip_greeting(w, 0, w->items->len);
	guint end = find_closing(w, i, w->items->len);

	for (guint k = i; k < end; k++) {
		if (is_signature(w, i, k, end)) {
			end = k;
			break;
		}
	}
	*from = i;
	*to = end;
}
