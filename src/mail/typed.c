#include "mail/typed.h"

#include <string.h>

#include "mail/fold.h"
#include "mail/typed_lines.h"

/* A line that is only drawn: dashes, underscores, equal signs, asterisks. */
static gboolean
is_rule(const char *text)
{
	return *text != '\0' && text[strspn(text, " -_=*~#\t")] == '\0';
}

/* Drops rules at both ends of what is left: they stood between typed text and what has gone. */
static void
drop_rules(RnLines *lines)
{
	gboolean on = TRUE;

	for (guint i = 0; i < lines->n && on; i++) {
		if (rn_line_typed(lines, i) && (on = is_rule(lines->at[i].text)))
			lines->at[i].flags |= RN_LINE_DROPPED;
	}
	on = TRUE;
	for (guint i = lines->n; i > 0 && on; i--) {
		if (rn_line_typed(lines, i - 1) && (on = is_rule(lines->at[i - 1].text)))
			lines->at[i - 1].flags |= RN_LINE_DROPPED;
	}
}

/* The typed lines, one blank line for what was between them. */
static char *
assemble(const RnLines *lines, gboolean *mixed)
{
	GString *out = g_string_new(NULL);
	gboolean gap = FALSE;

	for (guint i = 0; i < lines->n; i++) {
		if (!rn_line_typed(lines, i)) {
			gap = out->len > 0;
			continue;
		}
		*mixed |= (lines->at[i].flags & RN_LINE_CUT) != 0;
		if (gap)
			g_string_append_c(out, '\n');
		gap = FALSE;
		g_string_append(out, lines->at[i].text);
		g_string_append_c(out, '\n');
	}
	return g_strstrip(g_string_free(out, FALSE));
}

char *
rn_typed_text(const char *body, const char *letter, const char *from, gboolean *mixed)
{
	g_autoptr(RnLines) lines = rn_lines_split(body);
	gboolean doubt = FALSE;
	char *text;

	if (letter != NULL)
		rn_lines_subtract(lines, letter);
	rn_lines_banners(lines);
	rn_lines_headers(lines);
	rn_lines_cut(lines);
	rn_lines_tails(lines);
	rn_lines_own_name(lines, from);
	drop_rules(lines);
	text = assemble(lines, &doubt);
	if (mixed != NULL)
		*mixed = doubt || lines->mixed;
	return text;
}

gboolean
rn_typed_quotes(const char *body)
{
	g_autoptr(RnLines) lines = rn_lines_split(body);

	for (guint i = 0; i < lines->n; i++) {
		gsize prefix;

		if ((lines->at[i].flags & RN_LINE_QUOTED) || rn_separator_at(lines, i) ||
		    rn_block_at(lines, i) || rn_attribution_at(lines, i, &prefix) > 0)
			return TRUE;
	}
	return FALSE;
}
