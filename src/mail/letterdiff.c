/* The letter that is being answered, taken out of the body wherever it stands. By alignment in order, never
 * by a bag of words: a bag makes orders out of questions. What is a run, when it is quotation, and what is
 * left alone, is said at each rule. */
#include "mail/letterdiff.h"

#include <string.h>

#include "mail/fold.h"

#define LONG_RUN 15	/* words; that many in order are no accident */
#define LINE_RUN 8	/* words that fill whole lines */
#define CHAIN_RUN 3	/* words that go on where a quoted run ended */
#define CHAIN_GAP 8	/* words of the body between two runs of a chain */
#define BACK_GAP 8	/* words of the letter that a chain may go back */
#define SKIP_GAP 3	/* words of the letter that a chain may skip */

/* Runs: the longest one that begins at each place, greedily from the top. A run of one word says nothing. */
static void
find_runs(RnDiff *d)
{
	guint expect = 0;

	for (guint i = 0; i + 1 < d->n_body;) {
		RnRun run = { .body = i, .len = 1 };

		for (guint place = rn_diff_place(d, i); place != 0;
		     place = rn_diff_place_after(d, i, place)) {
			guint j = place - 1, len = 0;

			while (i + len < d->n_body && j + len < d->n_letter &&
			    d->body[i + len].id == d->letter[j + len])
				len++;
			if (len > run.len || (len == run.len && len > 1 && j == expect)) {
				run.len = len;
				run.letter = j;
			}
		}
		if (run.len > 1) {
			g_array_append_val(d->runs, run);
			expect = run.letter + run.len;
		}
		i += run.len;
	}
}

/* Rule 2: quotation is a run that is long, or that fills whole lines and is not short, or that lies in marked
 * lines. */
static gboolean
stands_alone(const RnDiff *d, const RnRun *run)
{
	guint last = run->body + run->len - 1;
	gboolean marked = TRUE;

	if (run->len >= LONG_RUN)
		return TRUE;
	for (guint i = run->body; i <= last; i++)
		marked &= d->body[i].marked;
	if (marked)
		return TRUE;
	return run->len >= LINE_RUN && d->body[run->body].first && d->body[last].last;
}

/* The words between two runs: few, known (or a link put in by a program), and no line of their own, which
 * would be an answer. */
static gboolean
bridged(const RnDiff *d, guint from, guint to)
{
	gboolean begun = FALSE;

	if (to - from > CHAIN_GAP)
		return FALSE;
	for (guint i = from; i < to; i++) {
		if (d->body[i].id == 0 && !d->body[i].link)
			return FALSE;
		begun |= d->body[i].first;
		if (begun && d->body[i].last && d->body[i].first)
			return FALSE;
		if (begun && d->body[i].last)
			return FALSE;
	}
	return TRUE;
}

/* Rule 3: runs A and B, next to each other, go on in the letter where they do in the body. */
static gboolean
chained(const RnDiff *d, const RnRun *a, const RnRun *b)
{
	gint64 step = (gint64)b->letter - ((gint64)a->letter + a->len);

	return step >= -BACK_GAP && step <= SKIP_GAP && bridged(d, a->body + a->len, b->body);
}

static void
take_words(RnDiff *d, guint from, guint to)
{
	for (guint i = from; i < to; i++)
		d->body[i].gone = TRUE;
}

/* Makes run I quotation if its neighbour K is and they chain. */
static gboolean
chain_to(RnDiff *d, guint i, guint k)
{
	RnRun *run = &g_array_index(d->runs, RnRun, i), *near = &g_array_index(d->runs, RnRun, k);
	RnRun *a = i < k ? run : near, *b = i < k ? near : run;

	if (run->quoted || !near->quoted || run->len < CHAIN_RUN || !chained(d, a, b))
		return FALSE;
	run->quoted = TRUE;
	take_words(d, a->body + a->len, b->body);
	return TRUE;
}

static void
judge_runs(RnDiff *d)
{
	guint n = d->runs->len;

	for (guint i = 0; i < n; i++) {
		RnRun *run = &g_array_index(d->runs, RnRun, i);

		run->quoted = stands_alone(d, run);
	}
	for (guint i = 1; i < n; i++)
		chain_to(d, i, i - 1);
	for (guint i = n; i > 1; i--)
		chain_to(d, i - 2, i - 1);
	for (guint i = 0; i < n; i++) {
		const RnRun *run = &g_array_index(d->runs, RnRun, i);

		if (run->quoted)
			take_words(d, run->body, run->body + run->len);
	}
}

/* Is the nearest line with words above (STEP -1) or below (1) line I gone? */
static gboolean
beside_gone(const RnLines *lines, guint i, int step)
{
	for (gint64 k = (gint64)i + step; k >= 0 && k < (gint64)lines->n; k += step) {
		if (!(lines->at[k].flags & RN_LINE_BLANK))
			return (lines->at[k].flags & RN_LINE_LETTER) != 0;
	}
	return FALSE;
}

/* Rule 4: a line that equals one of the letter goes beside a line that has gone; so does one that is only
 * drawn. */
static void
take_equal_line(RnDiff *d, RnLines *lines, guint i)
{
	RnLine *line = &lines->at[i];

	if ((line->flags & (RN_LINE_BLANK | RN_LINE_LETTER)) ||
	    (!beside_gone(lines, i, -1) && !beside_gone(lines, i, 1)))
		return;
	if (d->lines[i].n == 0 ?
	        rn_delimiter_line(line) || line->fold[strspn(line->fold, " -_=*~#.|<>+")] != '\0' :
	        !rn_diff_equal_line(d, i))
		return;
	line->flags |= RN_LINE_LETTER;
	line->flags &= ~(guint)RN_LINE_CUT;
	line->letter_words = d->lines[i].n;
}

void
rn_lines_subtract(RnLines *lines, const char *letter)
{
	RnDiff *d = rn_diff_new(lines, letter);

	lines->diff = d;
	lines->letter_words = d->n_text;
	find_runs(d);
	judge_runs(d);
	rn_diff_mark(d, lines);
	for (guint i = 0; i < lines->n; i++)
		take_equal_line(d, lines, i);
	for (guint i = lines->n; i > 0; i--)
		take_equal_line(d, lines, i - 1);
}

void
rn_lines_cut(RnLines *lines)
{
	if (lines->diff != NULL)
		rn_diff_cut(lines->diff, lines);
}
