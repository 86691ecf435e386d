/* sheet_html.c: the lines of a letter as HTML. Each line is looked at alone, and an element that is open is
 * closed by the next line that is no part of it: so whatever sections a template leaves out, what comes out
 * nests well. Styles stand at the elements, since some programs take style sheets away; the page's own sheet
 * only adds the dark colours and the narrow screen. */
#include "mail/letters_guard.h"
#include "mail/sheet.h"

#include <string.h>

typedef enum { NOTHING, PARAGRAPH, APART, LINES, BULLETS, NUMBERS, TABLE } Open;

typedef struct {
	GString		*out;
	const char	*colour;
	const char	*web;		/* the address that may be tapped, or NULL */
	Open		 open;
	gboolean	 cell;		/* of a row: its value may go on */
	gboolean	 gap;		/* an empty line came after an item of a list */
} Html;

static const struct {
	const char	*start, *end;
} elements[] = {
	[NOTHING]	= { "", "" },
	[PARAGRAPH]	= { "<p style=\"margin:0 0 1em\">", "</p>\n" },
	[APART]		= { "<p class=\"apart\" style=\"margin:0 0 1em;padding:.5em .9em;border-left:4px solid %s;"
			    "font-size:1.15em;font-weight:bold;background:#f3f4f6\">", "</p>\n" },
	[LINES]		= { "<p style=\"margin:0 0 1em\">", "</p>\n" },
	[BULLETS]	= { "<ul style=\"margin:0 0 1em;padding-left:1.4em\">\n", "</li></ul>\n" },
	[NUMBERS]	= { "<ol style=\"margin:0 0 1em;padding-left:1.6em\">\n", "</li></ol>\n" },
	[TABLE]		= { "<table style=\"border-collapse:collapse;width:100%;margin:0 0 1em;font-size:1em\">\n",
			    "</td></tr></table>\n" },
};

#define LINK "<a href=\"mailto:"
#define ROW \
	"<tr><th scope=\"row\" style=\"text-align:left;vertical-align:top;width:40%;padding:.3em .8em .3em 0;" \
	"font-weight:normal;border-bottom:1px solid #d5d8dc\">"
#define CELL \
	"</th> <td style=\"vertical-align:top;padding:.3em 0;font-weight:bold;border-bottom:1px solid #d5d8dc\">"

static void
put_char(GString *out, char c)
{
	switch (c) {
	case '&':
		g_string_append(out, "&amp;");
		break;
	case '<':
		g_string_append(out, "&lt;");
		break;
	case '>':
		g_string_append(out, "&gt;");
		break;
	case '"':
		g_string_append(out, "&quot;");
		break;
	case '\'':
		g_string_append(out, "&#39;");
		break;
	default:
		if (strchr(RN_MARKS, c) == NULL)
			g_string_append_c(out, c);
	}
}

static void
put_text(GString *out, const char *text, gsize len)
{
	for (gsize i = 0; i < len; i++)
		put_char(out, text[i]);
}

/* How long the word in «» at AT is that a member may write ("«NON RINNOVO»", of the template's own words):
 * 0 for anything else in «». */
static gsize
word_to_write(const char *at)
{
	const char *end = strstr(at, "»");

	if (!g_str_has_prefix(at, "«") || end == NULL || end - at > 30)
		return 0;
	for (const char *c = at + strlen("«"); c < end; c = g_utf8_next_char(c)) {
		gunichar u = g_utf8_get_char(c);

		if (!g_unichar_isupper(u) && !g_unichar_isdigit(u) && u != ' ' && u != ',')
			return 0;
	}
	return (gsize)(end - at) + strlen("»");
}

/* On a narrow screen an address breaks behind its '@' and before a dot, and not within a word. */
static void
put_broken(GString *out, const char *at, gboolean *domain)
{
	gboolean goes_on = g_ascii_isalnum(at[1]);

	if (*at == '.' && *domain && goes_on)
		g_string_append(out, "<wbr>");
	put_char(out, *at);
	if (*at == '@' && goes_on)
		g_string_append(out, "<wbr>");
	*domain = (*domain || *at == '@') && *at != ' ';
}

/* TEXT with its marks, at the start of a line that a reader sees. */
static void
put_line(Html *h, const char *text)
{
	gboolean domain = FALSE;

	if (rn_letters_is_command(text))
		g_string_append(h->out, RN_GUARD_MARK);
	while (*text != '\0') {
		gsize word = word_to_write(text);

		if (word > 0) {
			g_string_append(h->out, "<strong>");
			put_text(h->out, text, word);
			g_string_append(h->out, "</strong>");
			text += word;
		} else
			put_broken(h->out, text++, &domain);
	}
}

static void
close_open(Html *h)
{
	g_string_append(h->out, elements[h->open].end);
	h->open = NOTHING;
	h->cell = h->gap = FALSE;
}

/* Makes WHAT the element that is open. FALSE if it was. */
static gboolean
open_as(Html *h, Open what)
{
	g_auto(GStrv) parts = NULL;

	if (h->open == what)
		return FALSE;
	close_open(h);
	h->open = what;
	parts = g_strsplit(elements[what].start, "%s", 2);
	g_string_append(h->out, parts[0]);
	if (parts[1] != NULL)
		g_string_append_printf(h->out, "%s%s", h->colour, parts[1]);
	return TRUE;
}

static void
heading(Html *h, const char *text, int level)
{
	close_open(h);
	g_string_append_printf(h->out,
	    "<h%d class=\"tint\" style=\"margin:1.4em 0 .5em;font-size:%s;line-height:1.3;color:%s\">", level,
	    level == 2 ? "1.2em" : "1.05em", h->colour);
	put_line(h, text);
	g_string_append_printf(h->out, "</h%d>\n", level);
}

static void
item(Html *h, const char *text, Open list)
{
	g_string_append(h->out,
	    open_as(h, list) ? "<li style=\"margin:0 0 .5em\">" : "</li>\n<li style=\"margin:0 0 .5em\">");
	h->gap = FALSE;
	put_line(h, text);
}

/* Where the label of a row ends, behind its ':', which is never of a value; NULL if the row has none. */
static const char *
label_end(const char *text)
{
	const char *colon = strchr(text, ':'), *value = strchr(text, RN_MARK_OPEN);

	return colon != NULL && (value == NULL || colon < value) && (colon[1] == ' ' || colon[1] == '\0') ?
	    colon + 1 :
	    NULL;
}

static void
row(Html *h, const char *text)
{
	const char *value = label_end(text);

	if (value == NULL) {
		if (!open_as(h, LINES))
			g_string_append(h->out, "<br>\n");
		put_line(h, text);
		return;
	}
	g_string_append(h->out, open_as(h, TABLE) ? ROW : "</td></tr>\n" ROW);
	put_text(h->out, text, (gsize)(value - text));
	g_string_append(h->out, CELL);
	put_line(h, value + strspn(value, " "));
	h->cell = TRUE;
}

static void
link_line(Html *h, const char *line, gboolean button)
{
	g_auto(RnSheetLink) link = { 0 };

	rn_sheet_link(line, &link);
	close_open(h);
	g_string_append(h->out, button ? "<p style=\"margin:0 0 1em\">" : "<p style=\"margin:0 0 .6em\">");
	put_line(h, link.lead);
	g_string_append(h->out, " ");
	if (!g_str_has_prefix(link.url, "mailto:")) {	/* "" where nothing can be answered */
		put_text(h->out, link.label, strlen(link.label));
		g_string_append(h->out, "</p>\n");
		return;
	}
	g_string_append(h->out, LINK);
	put_text(h->out, link.url + strlen("mailto:"), strlen(link.url) - strlen("mailto:"));
	if (button)
		g_string_append_printf(h->out,
		    "\" class=\"button\" style=\"display:block;box-sizing:border-box;max-width:24em;min-height:48px;"
		    "margin:.6em 0;padding:14px 18px;font-size:1.1em;line-height:1.3;font-weight:bold;text-align:center;"
		    "text-decoration:none;color:#ffffff;background:%s;border-radius:6px\">",
		    h->colour);
	else
		g_string_append_printf(h->out,
		    "\" class=\"tint\" style=\"display:inline-block;padding:.5em 0;color:%s\">", h->colour);
	put_text(h->out, link.label, strlen(link.label));
	g_string_append(h->out, "</a></p>\n");
}

/* A line that goes on with what is open: a paragraph, an item, the value of a row. */
static void
more(Html *h, const char *text)
{
	gboolean list = h->open == BULLETS || h->open == NUMBERS;

	if (h->cell || (list && !h->gap) || h->open == PARAGRAPH)
		g_string_append_c(h->out, '\n');
	else if (h->open == LINES || h->open == APART)
		g_string_append(h->out, "<br>\n");
	else
		(void)open_as(h, PARAGRAPH);
	put_line(h, text);
}

/* The web address that is allowed, alone on its line. */
static gboolean
web_line(Html *h, const char *line)
{
	g_autofree char *url = rn_sheet_plain(line);

	if (h->web == NULL || strcmp(url, h->web) != 0)
		return FALSE;
	if (h->open != PARAGRAPH)
		(void)open_as(h, PARAGRAPH);
	g_string_append(h->out, "\n<a class=\"tint\" href=\"");
	put_text(h->out, url, strlen(url));
	g_string_append_printf(h->out, "\" style=\"color:%s\">", h->colour);
	put_text(h->out, url, strlen(url));
	g_string_append(h->out, "</a>");
	return TRUE;
}

static void
empty(Html *h)
{
	if (h->open == BULLETS || h->open == NUMBERS)
		h->gap = TRUE;		/* the next item may belong to it */
	else
		close_open(h);
}

static void
plain(Html *h, const char *text)
{
	if (h->open != PARAGRAPH && !h->cell) {
		(void)open_as(h, PARAGRAPH);
		put_line(h, text);
	} else
		more(h, text);
}

static void
apart(Html *h, const char *text)
{
	if ((h->open == BULLETS || h->open == NUMBERS) && !h->gap) {
		more(h, text);
		return;
	}
	if (!open_as(h, APART))
		g_string_append(h->out, "<br>\n");
	put_line(h, text);
}

static void
one_line(Html *h, const char *line)
{
	const char *text;
	RnSheetKind kind = rn_sheet_kind(line, &text);

	switch (kind) {
	case RN_SHEET_EMPTY:
		empty(h);
		return;
	case RN_SHEET_HEADING:
	case RN_SHEET_HEADING_2:
		heading(h, text, kind == RN_SHEET_HEADING ? 2 : 3);
		return;
	case RN_SHEET_ROW:
		row(h, text);
		return;
	case RN_SHEET_ITEM:
	case RN_SHEET_NUMBERED:
		item(h, text, kind == RN_SHEET_ITEM ? BULLETS : NUMBERS);
		return;
	case RN_SHEET_APART:
		apart(h, text);
		return;
	case RN_SHEET_BUTTON:
	case RN_SHEET_LINK:
		link_line(h, line, kind == RN_SHEET_BUTTON);
		return;
	case RN_SHEET_BROKEN:
		if (!(h->open == NOTHING && open_as(h, PARAGRAPH)))
			g_string_append(h->out, "<br>\n");
		put_line(h, text);
		return;
	case RN_SHEET_MORE:
		more(h, text);
		return;
	case RN_SHEET_SENTINEL:		/* at the top it is the page's own */
	case RN_SHEET_PLAIN:
		break;
	}
	if (!web_line(h, line))
		plain(h, line);
}

char *
rn_sheet_html(const char *marked, const char *colour, const char *web)
{
	g_auto(GStrv) lines = g_strsplit(marked, "\n", -1);
	Html h = { .out = g_string_new(NULL), .colour = colour, .web = web };

	for (guint i = 0; lines[i] != NULL; i++)
		one_line(&h, lines[i]);
	close_open(&h);
	return g_string_free(h.out, FALSE);
}
