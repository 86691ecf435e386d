/* forward_source.c: HTML as it is written. Only what every program reads as we do is let through: tags in
 * their plain form. A slash or a form feed before an attribute, a quote that does not end, a second body: one
 * program takes there for an attribute what another one leaves out. */
#include <string.h>

#include "mail/forward_inside.h"
#include "mail/forward_marks.h"

#define BLANK " \t\r\n"
#define MAX_OPEN 200	/* libxml2 reads no deeper than 255 */

typedef struct {
	const char	*at, *end;
	int		 open;		/* elements */
	guint		 html, body;	/* of these */
	gboolean	 attributes, slash;
} Source;

static void
skip_blank(Source *s)
{
	while (s->at < s->end && strchr(BLANK, *s->at) != NULL)
		s->at++;
}

/* What is in quotes, and has no border of a tag if PLAIN. */
static gboolean
quoted(Source *s, gboolean plain)
{
	char quote = *s->at++;

	for (; s->at < s->end && *s->at != quote; s->at++)
		if (plain && (*s->at == '<' || *s->at == '>'))
			return FALSE;
	return s->at < s->end && *s->at++ == quote;
}

static gboolean
is_quote(const Source *s)
{
	return s->at < s->end && (*s->at == '"' || *s->at == '\'');
}

static gboolean
doctype(Source *s)
{
	for (s->at += strlen("<!doctype"); s->at < s->end && *s->at != '>';) {
		if (*s->at == '<' || (is_quote(s) && !quoted(s, TRUE)))
			return FALSE;
		if (s->at < s->end && strchr("<>\"'", *s->at) == NULL)
			s->at++;
	}
	return s->at < s->end;
}

static gboolean
value(Source *s)
{
	const char *start = s->at;

	if (is_quote(s))
		return quoted(s, FALSE) && s->at < s->end && strchr(BLANK "/>", *s->at) != NULL;
	while (s->at < s->end && strchr(BLANK "\"'<>`\f\v", *s->at) == NULL)
		s->at++;
	return s->at > start;
}

static gboolean
attribute(Source *s)
{
	s->attributes = TRUE;
	if (s->at >= s->end || !g_ascii_isalpha(*s->at))
		return FALSE;
	while (s->at < s->end && (g_ascii_isalnum(*s->at) || strchr("-_:.", *s->at) != NULL))
		s->at++;
	skip_blank(s);
	if (s->at >= s->end || *s->at != '=')
		return TRUE;
	s->at++;
	skip_blank(s);
	return value(s);
}

/* Up to the '>' of a tag, from behind its name. */
static gboolean
attributes(Source *s, gboolean closing)
{
	s->attributes = s->slash = FALSE;
	while (s->at < s->end && *s->at != '>') {
		const char *before = s->at;

		skip_blank(s);
		if (s->at < s->end && *s->at == '>')
			return TRUE;
		if (s->at + 1 < s->end && s->at[0] == '/' && s->at[1] == '>') {
			s->slash = TRUE;
			s->at++;
			return !closing;
		}
		if (closing || (s->at == before && !g_ascii_isspace(before[-1])) || !attribute(s))
			return FALSE;
	}
	return s->at < s->end;
}

static gboolean
tag(Source *s)
{
	static const char *const single[] = { "br", "hr", "img", "meta", "col", "wbr", "link", "input", "o:p",
		NULL };
	gboolean closing = s->at + 1 < s->end && s->at[1] == '/', alone;
	const char *start = s->at += closing ? 2 : 1;
	g_autofree char *name = NULL;

	while (s->at < s->end && (g_ascii_isalnum(*s->at) || *s->at == ':'))
		s->at++;
	name = g_ascii_strdown(start, s->at - start);
	if (!g_ascii_isalpha(*name) || !attributes(s, closing))
		return FALSE;
	alone = g_strv_contains(single, name);
	s->open += alone ? 0 : closing ? -1 : 1;
	s->html += !closing && strcmp(name, "html") == 0;
	s->body += !closing && strcmp(name, "body") == 0;
	return (alone || !s->slash) && s->open <= MAX_OPEN &&
	    (!s->attributes || (s->html <= 1 && s->body <= 1) ||
	        (strcmp(name, "html") != 0 && strcmp(name, "body") != 0));
}

void
rn_forward_mark_source(GPtrArray *marks, const char *html, gsize len)
{
	Source s = { .at = html, .end = html + len };
	gboolean fine = memchr(html, '\0', len) == NULL;

	while (fine && s.at < s.end && (s.at = memchr(s.at, '<', (gsize)(s.end - s.at))) != NULL)
		fine = g_ascii_strncasecmp(s.at, "<!doctype", 9) == 0 ? doctype(&s) : tag(&s);
	if (!fine)
		rn_forward_mark(marks, "source", "");
}
