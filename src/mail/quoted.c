/* quoted.c: one of our letters as the programs of members quote it. */
#include "mail/quoted.h"

#include <string.h>

#include "mail/charset.h"
#include "mail/parts.h"
#include "mail/typed.h"

#define READY "\v\n"	/* before what is ready made; no message begins so */

/* Around the address of a link, of which nothing is to be seen in a letter (characters for private use). */
#define LINK_OPEN "\xee\x80\x80"
#define LINK_CLOSE "\xee\x80\x81"

/* HTML with the address of each link behind its words. */
static GString *
with_links(const char *html)
{
	GString *out = g_string_sized_new(strlen(html) + 512);
	const char *url = NULL, *from = html;

	for (const char *p = strchr(html, '<'); p != NULL; p = strchr(p + 1, '<')) {
		if (url != NULL && g_str_has_prefix(p, "</a>")) {
			g_string_append_len(out, from, p - from);
			g_string_append(out, LINK_OPEN);
			g_string_append_len(out, url, (gssize)strcspn(url, "\""));
			g_string_append(out, LINK_CLOSE);
			from = p;
			url = NULL;
		} else if (g_ascii_strncasecmp(p, "<a ", 3) == 0) {
			url = strstr(p, "href=\"");
			url = url != NULL ? url + strlen("href=\"") : NULL;
		}
	}
	g_string_append(out, from);
	return out;
}

/* Appends LINE (LEN bytes) to TEXT without addresses, and to LINKS with them, as programs make text of links,
 * if there is a mailto among them. */
static void
take_line(GString *text, GString *links, const char *line, gsize len)
{
	g_autofree char *copy = g_strndup(line, len);
	gsize start = links->len;
	char *open, *close, *p = copy;

	while ((open = strstr(p, LINK_OPEN)) != NULL && (close = strstr(open, LINK_CLOSE)) != NULL) {
		*open = *close = '\0';
		g_string_append(text, p);
		g_string_append(links, p);
		g_string_append(links, " <");
		g_string_append(links, open + strlen(LINK_OPEN));
		g_string_append_c(links, '>');
		p = close + strlen(LINK_CLOSE);
	}
	g_string_append(text, p);
	g_string_append_c(text, '\n');
	g_string_append(links, p);
	g_string_append_c(links, '\n');
	if (strstr(links->str + start, "<mailto:") == NULL)
		g_string_truncate(links, start);
}

/* A letter's HTML as text, and below it the lines with links once more, with their addresses. */
static char *
letter_html(const char *html)
{
	g_autoptr(GString) marked = with_links(html);
	g_autofree char *whole = rn_html_text(marked->str, marked->len);
	g_autoptr(GString) links = g_string_new(NULL);
	GString *text = g_string_sized_new(strlen(whole) + 1);

	for (const char *line = whole; *line != '\0';) {
		gsize len = strcspn(line, "\n");

		take_line(text, links, line, len);
		line += len + (line[len] == '\n');
	}
	g_string_append(text, links->str);
	return g_string_free(text, FALSE);
}

/* The header of LETTER, which we wrote ourselves: nobody need look for traps below it. */
static RnHead *
head_alone(GBytes *letter, const RnLimits *limits)
{
	gsize len;
	const char *data = g_bytes_get_data(letter, &len), *end = data + len, *p = data;
	g_autoptr(GBytes) head = NULL;

	while ((p = memchr(p, '\n', (gsize)(end - p))) != NULL) {
		p++;
		if (p < end && (*p == '\n' || (*p == '\r' && p + 1 < end && p[1] == '\n')))
			break;
	}
	head = p != NULL ? g_bytes_new_from_bytes(letter, 0, (gsize)(p - data)) : g_bytes_ref(letter);
	return rn_head_scan(head, limits, NULL);
}

/* All that programs quote of a whole message: its text and its HTML, since they take the one or the other.
 * NULL if LETTER is no message, or has no text. */
static char *
message_text(GBytes *letter, const RnLimits *limits)
{
	g_autoptr(RnHead) head = head_alone(letter, limits);
	g_autoptr(RnParts) parts = NULL;
	g_autofree char *html = NULL;

	if (head == NULL || (rn_head_count(head, "From") == 0 && rn_head_count(head, "Content-Type") == 0))
		return NULL;
	parts = rn_parts_read(letter, NULL);
	if (parts == NULL || *parts->text == '\0')
		return NULL;
	html = parts->html != NULL ? letter_html(parts->html) : NULL;
	return html != NULL ? g_strconcat(parts->text, "\n" RN_OTHER_TEXT "\n", html, NULL) :
	                      g_strdup(parts->text);
}

char *
rn_quoted_make(GBytes *letter)
{
	g_autofree char *text = NULL;

	rn_parts_start();
	text = message_text(letter, NULL);
	return text != NULL ? g_strconcat(READY, text, NULL) : NULL;
}

char *
rn_quoted_text(GBytes *letter, const RnLimits *limits)
{
	gboolean odd = FALSE;
	const char *data;
	char *text;
	gsize len;

	if (letter == NULL || (data = g_bytes_get_data(letter, &len)) == NULL)
		return NULL;
	if (len >= strlen(READY) && memcmp(data, READY, strlen(READY)) == 0 &&
	    g_utf8_validate(data, (gssize)len, NULL))
		return g_strndup(data + strlen(READY), len - strlen(READY));
	text = message_text(letter, limits);
	return text != NULL ? text : rn_charset_decode(data, len, "utf-8", &odd, NULL);
}
