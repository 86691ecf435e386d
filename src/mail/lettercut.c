/* lettercut.c: the words of the letter taken out of lines that have others too. */
#include <string.h>

#include "mail/fold.h"
#include "mail/letterdiff.h"
#include "mail/letterwords.h"

/* How many words of folded text the word W of a line's text is: a fraction sign is two, a mark alone none. */
static guint
folded_words(const RnLetterWord *w)
{
	g_autofree char *fold = rn_fold(w->text, w->len);

	return rn_letter_words_count(fold);
}

/* Takes the gone words out of LINE, which is line I. They were counted in folded text: a word of the text
 * goes if all that stands for it is gone. What is a word in folded text alone ("No" of a numero sign) leaves
 * the line whole, and cut in name. */
static void
cut_line(const RnDiff *d, RnLine *line, guint i)
{
	g_autofree char *fold = rn_fold(line->text, -1);
	g_autoptr(GString) left = g_string_new(NULL);
	guint pos = 0, from = 0, k = 0, sum = 0;
	RnLetterWord w;

	while (rn_letter_word_next(line->text, &pos, &w))
		sum += folded_words(&w);
	if (sum != rn_letter_words_count(fold))
		return;
	/* there may be fewer than there were: a header behind them was taken off */
	for (pos = 0; k < d->lines[i].n && rn_letter_word_next(line->text, &pos, &w);) {
		guint n = MIN(folded_words(&w), d->lines[i].n - k);
		gboolean gone = n > 0;

		for (guint end = k + n; k < end; k++)
			gone &= d->body[d->lines[i].from + k].gone;
		g_string_append_len(
		    left, line->text + from, (gssize)((gone ? (gsize)(w.text - line->text) : pos) - from));
		from = pos;
	}
	g_string_append(left, line->text + from);
	g_free(line->text);
	g_free(line->fold);
	line->text = g_strstrip(g_strdup(left->str));
	line->fold = rn_fold(line->text, -1);
}

void
rn_diff_cut(const RnDiff *d, RnLines *lines)
{
	for (guint i = 0; i < lines->n; i++) {
		if ((lines->at[i].flags & RN_LINE_CUT) && rn_line_typed(lines, i))
			cut_line(d, &lines->at[i], i);
	}
}
