/* escape.c: what a value may bring into a letter. Values come from members, providers and spreadsheets: none
 * of them may start a header, hide text or turn the reading direction round. */
#include "mail/sheet.h"
#include "mail/view.h"

/* Marks that change the direction of text or cannot be seen (Unicode TR 9 and its like): in a letter of ours
 * they serve deceit only. */
static gboolean
invisible(gunichar c)
{
	return c == 0x061c || c == 0x200b || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2060 && c <= 0x2069) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb);
}

static gboolean
line_break(gunichar c)
{
	return c == '\n' || c == '\r' || c == 0x0085 || c == 0x2028 || c == 0x2029;
}

static const char *
html_entity(gunichar c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void
append_char(GString *out, gunichar c, RnEscape escape)
{
	const char *entity = escape == RN_ESCAPE_HTML ? html_entity(c) : NULL;

	if (escape == RN_ESCAPE_HEADER && (line_break(c) || c == '\t'))
		g_string_append_c(out, ' ');
	else if (escape == RN_ESCAPE_MARKED && line_break(c) && c != '\r')
		g_string_append(out, RN_MARK_BREAK);
	else if (c == 0x2028 || c == 0x2029 || c == 0x0085)
		g_string_append_c(out, '\n');
	else if ((g_unichar_iscntrl(c) && c != '\n' && c != '\t') || invisible(c))
		return;
	else if (entity != NULL)
		g_string_append(out, entity);
	else
		g_string_append_unichar(out, c);
}

void
rn_escape_append(GString *out, const char *text, RnEscape escape)
{
	if (escape == RN_ESCAPE_MARKED)
		g_string_append_c(out, RN_MARK_OPEN);
	for (; *text != '\0'; text = g_utf8_next_char(text))
		append_char(out, g_utf8_get_char(text), escape);
	if (escape == RN_ESCAPE_MARKED)
		g_string_append_c(out, RN_MARK_CLOSE);
}
