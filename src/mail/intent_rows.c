/* Which rows of a numbered list an answer means: "RINNOVA 1,3", "1 e 3", "rinnovo tutte". Stricter than the
 * grammar of intent.c: beside the numbers only a word that renews, articles and thanks may stand there, since
 * a number that is not understood may be a term, a price or a house number. */
#include <string.h>

#include "mail/intent_parts.h"
#include "mail/typed.h"

#define MAX_ROWS 40

typedef struct {
	GString		*numbers;
	guint		 n;
	gboolean	 all, asks;
} Rows;

static gboolean
means_all(const char *word)
{
	static const char *const words[] = { "tutte", "tutti", "tutto", "entrambe", NULL };

	return g_strv_contains(words, word);
}

/* One number of a row: "3"; a range, a date or a decimal is none. */
static gboolean
take_number(Rows *r, const char *text, gsize len)
{
	if (len == 0 || len > 2 || strspn(text, "0123456789") < len || *text == '0' || ++r->n > MAX_ROWS)
		return FALSE;
	g_string_append_printf(r->numbers, "%s%.*s", r->numbers->len > 0 ? "," : "", (int)len, text);
	return TRUE;
}

static gboolean
take_item(Rows *r, const RnItem *item, const char *typed)
{
	switch (item->say) {
	case RN_SAY_NUMBER:
		return take_number(r, typed + item->start, item->end - item->start);
	case RN_SAY_RENEW:
	case RN_SAY_RENEWAL:
	case RN_SAY_WANT:
	case RN_SAY_YES:
		r->asks = TRUE;
		return TRUE;
	case RN_SAY_FILL:
		r->all |= means_all(item->word);
		return TRUE;
	case RN_SAY_THANK:
	case RN_SAY_GREET:
		return TRUE;
	default:
		return FALSE;
	}
}

/* A sign between words that could make a range, a sum or a part of them. */
static gboolean
plain_signs(const char *typed, const RnItem *first, const RnItem *last)
{
	g_autofree char *said = g_strndup(typed + first->start, last->end - first->start);

	return strpbrk(said, "/+*=%<>()[]{}") == NULL && strstr(said, "...") == NULL;
}

/* "1 - 3" is a range, but "- 1" at the start of a line is a list. */
static gboolean
range(const RnItem *item, const RnItem *next, const char *typed)
{
	g_autofree char *between = NULL;

	if (item->say != RN_SAY_NUMBER || next->say != RN_SAY_NUMBER)
		return FALSE;
	between = g_strndup(typed + item->end, next->start - item->end);
	return strpbrk(between, ",;\n &") == NULL || strchr(between, '-') != NULL ||
	    strstr(between, "\xe2\x80\x93") != NULL;
}

char *
rn_intent_rows(const char *typed, gboolean mixed)
{
	g_autoptr(RnPhrases) words = rn_phrases_read(typed);
	g_autoptr(GString) numbers = g_string_new(NULL);
	Rows r = { .numbers = numbers };
	guint from, to;

	rn_phrases_frame(words, &from, &to);
	if (mixed || words->question || words->odd || words->too_long || from >= to ||
	    !plain_signs(typed, &g_array_index(words->items, RnItem, from),
	        &g_array_index(words->items, RnItem, to - 1)))
		return NULL;
	for (guint i = from; i < to; i++) {
		const RnItem *item = &g_array_index(words->items, RnItem, i);

		if (!take_item(&r, item, typed) ||
		    (i + 1 < to && range(item, &g_array_index(words->items, RnItem, i + 1), typed)))
			return NULL;
	}
	if (r.all)
		return r.n == 0 && (r.asks || to - from == 1) ? g_strdup("all") : NULL;
	return r.n > 0 ? g_strdup(numbers->str) : NULL;
}
