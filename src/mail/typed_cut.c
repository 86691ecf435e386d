/* Reply headers, and how far they reach. Behind a header come '>' lines, which know themselves, or unmarked
 * text: then everything below is theirs, but for what cannot be, because the letter is known and this is not
 * in it (an answer below or between). */
#include <string.h>

#include "mail/fold.h"
#include "mail/typed_lines.h"

/* Is there anything at line I that opens a quotation without marks? */
static gboolean
opens(const RnLines *lines, guint i)
{
	gsize prefix;

	return rn_separator_at(lines, i) || rn_block_at(lines, i) || rn_attribution_at(lines, i, &prefix) > 0;
}

/* Where in [FROM, to the end) the next older mail begins, once the letter itself has begun. */
static guint
older_mail(const RnLines *lines, guint from)
{
	gboolean begun = FALSE;

	for (guint i = from; i < lines->n; i++) {
		if (lines->at[i].flags & RN_LINE_LETTER)
			begun = TRUE;
		else if (begun && opens(lines, i))
			return i;
	}
	return lines->n;
}

/* How many words of the letter stand in [FROM, TO). */
static guint
letter_words(const RnLines *lines, guint from, guint to)
{
	guint n = 0;

	for (guint i = from; i < to; i++)
		n += lines->at[i].letter_words;
	return n;
}

/* A line of the letter in which a program has put something of its own: hardly a word of it is left over. */
static gboolean
is_mostly_letter(const RnLine *line)
{
	return (line->flags & RN_LINE_CUT) && line->letter_words >= 4 * (line->words - line->letter_words);
}

/* Drops everything from FROM on. Where at least half of the known letter stands below, what stands behind its
 * first line and is not of it is kept: somebody answered there. */
static void
drop_below(RnLines *lines, guint from)
{
	guint end = older_mail(lines, from);
	gboolean known = lines->letter_words > 0 && letter_words(lines, from, end) * 2 >= lines->letter_words;
	gboolean begun = FALSE;

	for (guint i = from; i < lines->n; i++) {
		begun |= (lines->at[i].flags & (RN_LINE_LETTER | RN_LINE_CUT)) != 0;
		if (!known || !begun || i >= end)
			lines->at[i].flags |= RN_LINE_DROPPED;
		else if (is_mostly_letter(&lines->at[i])) {
			lines->at[i].flags |= RN_LINE_DROPPED;
			lines->mixed = TRUE;
		}
	}
}

/* The text before a header that begins inside line I stays, but nobody can be sure of it. */
static void
keep_prefix(RnLines *lines, guint i, gsize prefix)
{
	lines->at[i].text[prefix] = '\0';
	g_free(lines->at[i].fold);
	lines->at[i].fold = rn_fold(lines->at[i].text, -1);
	lines->mixed = TRUE;
}

/* Drops the separator or the lines of the header block at I, whatever of them stands in the letter too.
 * Returns the line behind them. */
static guint
drop_block(RnLines *lines, guint i)
{
	guint end = i + 1;

	for (guint k = end; k < lines->n && k < i + 16; k++) {
		if (rn_block_line(lines->at[k].fold))
			end = k + 1;
		else if (!(lines->at[k].flags & RN_LINE_BLANK))
			break;
	}
	for (guint k = i; k < end; k++)
		lines->at[k].flags |= RN_LINE_DROPPED;
	return end;
}

/* Takes the reply header of N lines at I; FALSE if everything below it went as well. */
static gboolean
take_header(RnLines *lines, guint i, guint n, gsize prefix)
{
	guint below = rn_lines_next(lines, i + n);

	for (guint k = i + (prefix > 0); k < i + n; k++)
		lines->at[k].flags |= RN_LINE_DROPPED;
	if (prefix > 0)
		keep_prefix(lines, i, prefix);
	if (below < lines->n && (lines->at[below].flags & RN_LINE_QUOTED))
		return TRUE;
	drop_below(lines, i + n);
	return FALSE;
}

/* A quotation without '>' lines whose indented text comes before any reply header was only indented; it may
 * be shown, never believed. */
static void
forgive_bare(RnLines *lines, guint header)
{
	for (guint i = 0; i < header; i++) {
		if (lines->at[i].flags & RN_LINE_BARE) {
			lines->at[i].flags &= ~(guint)(RN_LINE_BARE | RN_LINE_QUOTED);
			lines->mixed = TRUE;
		}
	}
}

/* A single line between two quoted ones, where the one above is long or it looks like a piece of a link, is
 * the rest of a line that was wrapped behind its mark. */
static void
drop_wrapped(RnLines *lines)
{
	for (guint i = 1; i + 1 < lines->n; i++) {
		const RnLine *up = &lines->at[i - 1], *down = &lines->at[i + 1];
		const char *fold = lines->at[i].fold;

		if (!rn_line_typed(lines, i) || !(up->flags & RN_LINE_QUOTED) ||
		    !(down->flags & RN_LINE_QUOTED))
			continue;
		if (!g_str_has_prefix(fold + strspn(fold, "(< "), "http") && *fold != '_' &&
		    ((up->flags & RN_LINE_BLANK) || g_utf8_strlen(up->text, -1) < 60))
			continue;
		lines->at[i].flags |= RN_LINE_DROPPED;
		lines->mixed = TRUE;
	}
}

void
rn_lines_headers(RnLines *lines)
{
	guint first = lines->n;

	for (guint i = 0; i < lines->n; i++) {
		gsize prefix;
		guint n;

		if (lines->at[i].flags & (RN_LINE_QUOTED | RN_LINE_BLANK | RN_LINE_DROPPED))
			continue;
		if (rn_separator_at(lines, i) || rn_block_at(lines, i)) {
			first = MIN(first, i);
			drop_below(lines, drop_block(lines, i));
			break;
		}
		n = rn_attribution_at(lines, i, &prefix);
		if (n == 0)
			continue;
		first = MIN(first, i);
		if (!take_header(lines, i, n, prefix))
			break;
		i += n - 1;
	}
	if (first < lines->n)
		forgive_bare(lines, first);
	if (lines->letter_words == 0)
		drop_wrapped(lines);
}
