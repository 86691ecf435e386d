#include "mail/typed_lines.h"

#include <string.h>

#include "mail/fold.h"
#include "mail/letterdiff.h"

#define MAX_BODY (512 * 1024)
#define MAX_LINES 20000

/* Takes the quote marks off the front of TEXT: '>' and '|' in any number, with white space between them. A
 * '|' counts only where white space or another mark follows. */
static const char *
skip_marks(const char *text, guint *flags)
{
	const char *p = text, *after = text;

	for (; *p != '\0'; p++) {
		if (*p == '>' || (*p == '|' && (p[1] == '\0' || strchr(" \t>|", p[1]) != NULL))) {
			*flags |= RN_LINE_QUOTED;
			if (*p == '|' && after == text)
				*flags |= RN_LINE_BARE;
			after = p + 1;
		} else if (*p != ' ' && *p != '\t')
			break;
	}
	return after;
}

/* Eight bytes at a time: ASCII without control characters, tabs among them. */
static gsize
plain_bytes(const char *text, gsize len)
{
	const guint64 high = G_GUINT64_CONSTANT(0x8080808080808080),
	              low = G_GUINT64_CONSTANT(0x2020202020202020);
	guint64 eight;
	gsize i;

	for (i = 0; i + sizeof(eight) <= len; i += sizeof(eight)) {
		memcpy(&eight, text + i, sizeof(eight));
		/* without the high bits no byte borrows from the next one: each is 0x20 or more if its bit
		 * stays */
		if ((eight & high) != 0 || (((eight | high) - low) & high) != high)
			break;
	}
	return i;
}

/* Nothing but printed characters, as most lines are. */
static gboolean
is_plain(const char *text, gsize len)
{
	gsize skip = plain_bytes(text, len);

	text += skip;
	len -= skip;
	for (const char *p = text; p < text + len; p = g_utf8_next_char(p)) {
		gunichar c = (guchar)*p;

		if (c < 0x80) {
			if (c < 0x20 && c != '\t')
				return FALSE;
			continue;
		}
		c = g_utf8_get_char(p);
		if (c <= 0xA0 || c == 0xAD || c == 0x202F || (c >= 0x300 && rn_fold_invisible(c)))
			return FALSE;
	}
	return TRUE;
}

/* TEXT without invisible characters, so that a zero-width space cannot hide a quote mark or split a word;
 * with its trailing white space off. */
static char *
visible(const char *text, gsize len)
{
	GString *out;

	if (is_plain(text, len)) {
		while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
			len--;
		return g_strndup(text, len);
	}
	out = g_string_sized_new(len + 1);
	for (const char *p = text; p < text + len; p = g_utf8_next_char(p)) {
		gunichar c = (guchar)*p < 0x80 ? (gunichar)*p : g_utf8_get_char(p);

		if (c < 0x80) {
			if (c >= 0x20 || c == '\t')
				g_string_append_c(out, *p);
			continue;
		}
		if (c == 0xA0 || c == 0x202F)
			g_string_append_c(out, ' ');
		else if (c >= 0xA0 && !rn_fold_invisible(c))
			g_string_append_unichar(out, c);
	}
	while (out->len > 0 && (out->str[out->len - 1] == ' ' || out->str[out->len - 1] == '\t'))
		g_string_truncate(out, out->len - 1);
	return g_string_free(out, FALSE);
}

/* Does what stands before LINK ("<mailto:...>") in TEXT end in the address that it leads to? */
static gboolean
repeats_address(const char *text, const char *link, gsize len)
{
	g_autofree char *target = g_strndup(link + 8, len - 9);
	g_autofree char *address = NULL;
	gsize n;

	target[strcspn(target, "?")] = '\0';
	address = g_uri_unescape_string(target, NULL);
	n = address != NULL ? strlen(address) : 0;
	return n > 2 && (gsize)(link - text) >= n && g_ascii_strncasecmp(link - n, address, n) == 0;
}

/* Takes the links out of TEXT that programs put behind an address: "a@b.example<mailto:a@b.example>". */
static void
drop_links(char *text)
{
	for (char *p = strchr(text, '<') != NULL ? strstr(text, "<mailto:") : NULL; p != NULL;
	     p = strstr(p, "<mailto:")) {
		char *end = strchr(p, '>');

		if (end == NULL)
			return;
		if (repeats_address(text, p, (gsize)(end - p) + 1))
			memmove(p, end + 1, strlen(end + 1) + 1);
		else
			p = end;
	}
}

static void
take_line(RnLine *line, const char *text, gsize len)
{
	char *whole = visible(text, len);
	const char *bare;

	drop_links(whole);

	bare = skip_marks(whole, &line->flags);
	if (bare > whole)
		memmove(whole, bare, strlen(bare) + 1);
	line->text = whole;
	line->fold = rn_fold(line->text, -1);
	if (*line->fold == '\0')
		line->flags |= RN_LINE_BLANK;
}

RnLines *
rn_lines_split(const char *body)
{
	RnLines *lines = g_new0(RnLines, 1);
	GArray *all = g_array_new(FALSE, TRUE, sizeof(RnLine));
	const char *end = body + strlen(body);

	if (end - body > MAX_BODY) {
		end = g_utf8_find_prev_char(body, body + MAX_BODY);
		lines->mixed = TRUE;
	}
	while (body < end && all->len < MAX_LINES) {
		const char *stop = memchr(body, '\n', (gsize)(end - body));
		RnLine line = { 0 };

		if (stop == NULL)
			stop = end;
		take_line(&line, body, (gsize)(stop - body));
		g_array_append_val(all, line);
		body = stop + 1;
	}
	lines->mixed |= body < end;
	lines->n = all->len;
	lines->at = (RnLine *)(void *)g_array_free(all, FALSE);
	return lines;
}

void
rn_lines_free(RnLines *lines)
{
	if (lines == NULL)
		return;
	for (guint i = 0; i < lines->n; i++) {
		g_free(lines->at[i].text);
		g_free(lines->at[i].fold);
	}
	g_free(lines->at);
	rn_diff_free(lines->diff);
	g_free(lines);
}

guint
rn_lines_next(const RnLines *lines, guint i)
{
	while (i < lines->n && (lines->at[i].flags & RN_LINE_BLANK))
		i++;
	return i;
}

gboolean
rn_line_typed(const RnLines *lines, guint i)
{
	return (lines->at[i].flags & (RN_LINE_NOT_TYPED | RN_LINE_BLANK)) == 0;
}
