#include "core/page.h"

#include <string.h>

#include "base/text.h"

#define COLUMNS 8
#define NAME_WIDTH 26
#define TEXT_WIDTH 78
#define LONG_WORD 26

struct RnPage {
	GString		*html, *text;
	guint		 columns;
	const char	*names[COLUMNS];
};

/* clang-format off */
static const char style[] =
    "body{font:15px/1.5 'DejaVu Sans',Verdana,sans-serif;color:#1b1b1b;max-width:60em;margin:2em auto;padding:0 1.5em}\n"
    "h1{font-size:1.6em;line-height:1.25;border-bottom:3px solid #1d4e79;padding-bottom:.3em}\n"
    "h2{font-size:1.2em;color:#1d4e79;margin:2em 0 .5em}\n"
    "h3{font-size:1em;margin:1.6em 0 .4em}\n"
    "table{border-collapse:collapse;width:100%;margin:.6em 0}\n"
    "th,td{text-align:left;vertical-align:top;padding:.35em .6em;border-bottom:1px solid #d5dbe1}\n"
    "td.long{overflow-wrap:anywhere}\n"
    "th{background:#eef3f8;font-weight:600;white-space:nowrap}\n"
    "table.facts th{width:30%;background:none;color:#44505c;font-weight:normal;white-space:normal}\n"
    "table.rows{font-size:.87em}\n"
    "table.rows td:first-child{white-space:nowrap}\n"
    "code,pre{font:.9em/1.45 'DejaVu Sans Mono',monospace}\n"
    "td code{font-size:.86em;overflow-wrap:anywhere}\n"
    "pre{background:#f3f5f7;padding:.7em 1em;white-space:pre-wrap;overflow-wrap:anywhere}\n"
    "a{color:#1d4e79}\n"
    "section+section{margin-top:4em}\n"
    "@media print{body{margin:0;max-width:none;font-size:11pt}h2,h3,th{break-after:avoid}tr{break-inside:avoid}}\n";
/* clang-format on */

/* NULL is empty. Caller frees. */
static char *
plain(const char *s)
{
	return rn_text_plain(s != NULL ? s : "");
}

static char *
escaped(const char *s)
{
	g_autofree char *clean = plain(s);

	return g_markup_escape_text(clean, -1);
}

static void
tag(RnPage *p, const char *name, const char *text)
{
	g_autofree char *inner = escaped(text);

	g_string_append_printf(p->html, "<%s>%s</%s>\n", name, inner, name);
}

/* TEXT in lines, all but the first set in by INDENT. */
static void
wrap(GString *out, const char *text, guint at, guint indent)
{
	g_autofree char *clean = plain(text);
	g_auto(GStrv) words = g_strsplit(clean, " ", -1);
	guint column = at;

	for (guint i = 0; words[i] != NULL; i++) {
		guint len = (guint)g_utf8_strlen(words[i], -1);

		if (len == 0)
			continue;
		if (column > indent && column + 1 + len > TEXT_WIDTH) {
			g_string_append_printf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			g_string_append_c(out, ' ');
			column++;
		}
		g_string_append(out, words[i]);
		column += len;
	}
	g_string_append_c(out, '\n');
}

static void
underline(RnPage *p, const char *text, char with)
{
	g_autofree char *clean = plain(text);

	g_string_append_printf(p->text, "%s\n", clean);
	for (glong n = g_utf8_strlen(clean, -1); n > 0; n--)
		g_string_append_c(p->text, with);
	g_string_append(p->text, "\n\n");
}

RnPage *
rn_page_new(const char *title, const char *language)
{
	RnPage *p = g_new0(RnPage, 1);
	g_autofree char *inner = escaped(title);

	p->html = g_string_new(NULL);
	p->text = g_string_new(NULL);
	g_string_append_printf(p->html,
	    "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	    "<title>%s</title>\n<style>\n%s</style>\n</head>\n<body>\n<section>\n",
	    language, inner, style);
	tag(p, "h1", title);
	underline(p, title, '=');
	return p;
}

void
rn_page_language(RnPage *p, const char *language, const char *title)
{
	g_string_append_printf(p->html, "</section>\n<section lang=\"%s\">\n", language);
	g_string_append(p->text, "\n\n");
	tag(p, "h1", title);
	underline(p, title, '=');
}

void
rn_page_heading(RnPage *p, const char *text)
{
	tag(p, "h2", text);
	g_string_append_c(p->text, '\n');
	underline(p, text, '-');
}

void
rn_page_smaller(RnPage *p, const char *text)
{
	tag(p, "h3", text);
	wrap(p->text, text, 0, 0);
}

void
rn_page_words(RnPage *p, const char *text)
{
	tag(p, "p", text);
	wrap(p->text, text, 0, 0);
	g_string_append_c(p->text, '\n');
}

void
rn_page_code(RnPage *p, const char *text)
{
	g_autofree char *clean = plain(text);

	tag(p, "pre", text);
	g_string_append_printf(p->text, "    %s\n\n", clean);
}

void
rn_page_facts(RnPage *p)
{
	g_string_append(p->html, "<table class=\"facts\">\n");
}

/* Is there a word in VALUE that has to be broken somewhere? */
static gboolean
is_long(const char *value)
{
	gsize run = 0, most = 0;

	for (const char *c = value != NULL ? value : ""; *c != '\0'; c++) {
		run = *c == ' ' || *c == '-' ? 0 : run + 1;
		most = MAX(most, run);
	}
	return most >= LONG_WORD;
}

/* VALUE, leading to LINK. */
static void
cell(RnPage *p, const char *value, const char *link, gboolean code)
{
	g_autofree char *inner = escaped(value);

	g_string_append(p->html, is_long(value) ? "<td class=\"long\">" : "<td>");
	if (link != NULL)
		g_string_append_printf(p->html, "<a href=\"%s\">%s</a></td>", link, inner);
	else if (code)
		g_string_append_printf(p->html, "<code>%s</code></td>", inner);
	else
		g_string_append_printf(p->html, "%s</td>", inner);
}

static void
text_pair(RnPage *p, const char *name, const char *value)
{
	g_autofree char *clean = plain(name);
	glong width = g_utf8_strlen(clean, -1);

	g_string_append_printf(p->text, "  %s:%*s", clean, (int)MAX(NAME_WIDTH - width, 1), "");
	wrap(p->text, value, NAME_WIDTH + 3, NAME_WIDTH + 3);
}

/* 64 hexadecimal digits in a row are read letter by letter. */
static gboolean
is_digest(const char *value)
{
	return strlen(value) == 64 && strspn(value, "0123456789abcdef") == 64;
}

void
rn_page_fact(RnPage *p, const char *name, const char *value, const char *link)
{
	g_autofree char *inner = escaped(name);

	if (value == NULL || *value == '\0')
		return;
	g_string_append_printf(p->html, "<tr><th>%s</th>", inner);
	cell(p, value, link, is_digest(value));
	g_string_append(p->html, "</tr>\n");
	text_pair(p, name, value);
}

void
rn_page_facts_end(RnPage *p)
{
	g_string_append(p->html, "</table>\n");
	g_string_append_c(p->text, '\n');
}

void
rn_page_table(RnPage *p, guint n, const char *const *names)
{
	g_string_append(p->html, "<table class=\"rows\">\n<tr>");
	p->columns = MIN(n, COLUMNS);
	for (guint i = 0; i < p->columns; i++) {
		g_autofree char *inner = escaped(names[i]);

		p->names[i] = names[i];
		g_string_append_printf(p->html, "<th>%s</th>", inner);
	}
	g_string_append(p->html, "</tr>\n");
}

void
rn_page_row(RnPage *p, const char *const *cells, const char *link, int code)
{
	g_string_append(p->html, "<tr>");
	for (guint i = 0; i < p->columns; i++) {
		cell(p, cells[i], i == p->columns - 1 ? link : NULL, (int)i == code);
		if (cells[i] != NULL && *cells[i] != '\0')
			text_pair(p, p->names[i], cells[i]);
	}
	g_string_append(p->html, "</tr>\n");
	g_string_append_c(p->text, '\n');
}

void
rn_page_table_end(RnPage *p)
{
	g_string_append(p->html, "</table>\n");
}

void
rn_page_end(RnPage *p, char **html, char **text)
{
	g_string_append(p->html, "</section>\n</body>\n</html>\n");
	*html = g_string_free(p->html, FALSE);
	*text = g_string_free(p->text, FALSE);
	g_free(p);
}
