/* sheet.c: the kinds of lines that a template has, and the text/plain that they give. */
#include "mail/sheet.h"

#include <string.h>

static gboolean
is_numbered(const char *line, gsize *len)
{
	gsize digits = strspn(line, "0123456789");

	*len = digits + 2;
	return digits > 0 && digits <= 2 && line[digits] == '.' && line[digits + 1] == ' ';
}

/* Where "](" stands right before a value with which the line ends; NULL if it does not. */
static const char *
link_at(const char *line)
{
	const char *at = strstr(line, "](\x01");
	const char *end = at != NULL ? strchr(at, RN_MARK_CLOSE) : NULL;

	return end != NULL && strcmp(end + 1, ")") == 0 && memchr(line, '[', (gsize)(at - line)) != NULL ?
	    at :
	    NULL;
}

static gboolean
is_sentinel(const char *line)
{
	return g_str_has_prefix(line, "--- ") && g_str_has_suffix(line, " ---") && strlen(line) > 8;
}

RnSheetKind
rn_sheet_kind(const char *line, const char **content)
{
	static const struct {
		const char	*sign;
		RnSheetKind	 kind;
	} signs[] = { { "\x03", RN_SHEET_BROKEN }, { "## ", RN_SHEET_HEADING_2 }, { "# ", RN_SHEET_HEADING },
		{ "| ", RN_SHEET_ROW }, { "- ", RN_SHEET_ITEM }, { "    ", RN_SHEET_APART },
		{ " ", RN_SHEET_MORE } };
	const char *at;
	gsize len;

	*content = line;
	if (*line == '\0')
		return RN_SHEET_EMPTY;
	if (is_sentinel(line))
		return RN_SHEET_SENTINEL;
	if ((at = link_at(line)) != NULL)
		return at > line && at[-1] == ']' ? RN_SHEET_BUTTON : RN_SHEET_LINK;
	if (is_numbered(line, &len)) {
		*content = line + len;
		return RN_SHEET_NUMBERED;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
		if (g_str_has_prefix(line, signs[i].sign)) {
			*content = line + strlen(signs[i].sign);
			*content += strspn(*content, " ");
			return signs[i].kind;
		}
	return RN_SHEET_PLAIN;
}

char *
rn_sheet_plain(const char *line)
{
	GString *out = g_string_new(NULL);

	for (; *line != '\0'; line++)
		if (strchr(RN_MARKS, *line) == NULL)
			g_string_append_c(out, *line);
	return g_string_free(out, FALSE);
}

void
rn_sheet_link(const char *line, RnSheetLink *link)
{
	const char *end = link_at(line), *begin = end;
	const char *url;

	if (end == NULL) {	/* no such line */
		*link = (RnSheetLink){ g_strdup(""), g_strdup(""), g_strdup("") };
		return;
	}
	url = end + strlen("](");
	while (begin > line && *begin != '[')
		begin--;
	if (end[-1] == ']') {
		end--;
		begin -= begin > line && begin[-1] == '[';
	}
	link->lead = g_strchomp(g_strndup(line, (gsize)(begin - line)));
	begin += strspn(begin, "[");
	link->label = g_strndup(begin, (gsize)(end - begin));
	link->url = g_strndup(url + 1, (gsize)(strchr(url, RN_MARK_CLOSE) - url - 1));
}

void
rn_sheet_link_clear(RnSheetLink *link)
{
	g_free(link->lead);
	g_free(link->label);
	g_free(link->url);
}

/* LINE as it stands in the text; NULL if it does not. Caller frees. */
static char *
text_line(const char *line)
{
	g_auto(RnSheetLink) link = { 0 };
	g_autofree char *plain = NULL;
	const char *content;

	switch (rn_sheet_kind(line, &content)) {
	case RN_SHEET_LINK:
		return NULL;
	case RN_SHEET_BUTTON:
		rn_sheet_link(line, &link);
		return g_strdup_printf("%s\n<%s>", link.lead, link.url);
	case RN_SHEET_HEADING:
		plain = rn_sheet_plain(content);
		return g_utf8_strup(plain, -1);
	case RN_SHEET_HEADING_2:
	case RN_SHEET_ROW:
	case RN_SHEET_BROKEN:
		return rn_sheet_plain(content);
	default:
		return rn_sheet_plain(line);
	}
}

char *
rn_sheet_text(const char *marked)
{
	g_auto(GStrv) lines = g_strsplit(marked, "\n", -1);
	GString *out = g_string_new(NULL);

	for (guint i = 0; lines[i] != NULL; i++) {
		g_autofree char *text = text_line(lines[i]);

		/* where a link was left out, one of the empty lines around it goes too */
		if (text == NULL || (*lines[i] == '\0' && g_str_has_suffix(out->str, "\n\n")))
			continue;
		g_string_append(out, text);
		if (lines[i + 1] != NULL)
			g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}
