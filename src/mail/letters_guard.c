/* letters_guard.c: keeps hostile or unlucky values from making an answer, a link or an endless line out of
 * our letter. */
#include "mail/letters_guard.h"

#include <string.h>

#include "mail/sheet.h"

#define MAX_LINE 900	/* octets; RFC 5322 2.1.1 allows 998 */

/* What a member may answer with, folded. */
static const char *const commands[] = {
	"rinnova", "rinnovo", "rinnovate", "rinnovare", "accetto", "approvo", "confermo", "dichiaro", "autorizzo",
	"annulla", "annullo", "si", "sì", "no", "ok", "elenco", "stato", "aiuto", "renew", "accept", "cancel", "yes",
	"erneuern", "verlängern", "akzeptiere", "storniere", "ja", "nein", "oui", NULL,
};

/* The next word of *AT without the marks around it, folded; *AT moves behind it. */
static char *
next_word(const char **at)
{
	g_autofree char *word = NULL;
	const char *start = *at + strspn(*at, " \t>*-_.#|+~=" RN_MARKS);
	gsize len = strcspn(start, " \t" RN_MARKS);

	*at = start + len;
	while (len > 0 && strchr(".,;:!?'", start[len - 1]) != NULL)
		len--;
	word = g_strndup(start, len);
	return g_utf8_casefold(word, -1);
}

gboolean
rn_letters_is_command(const char *line)
{
	g_autofree char *first = next_word(&line);
	g_autofree char *second = next_word(&line);

	return g_strv_contains(commands, first) ||
	    (strcmp(first, "non") == 0 && g_str_has_prefix(second, "rinnov"));
}

/* How much of LINE (LEN octets, more than MAX_LINE) goes into one line: up to a space, else whole characters.
 */
static gsize
piece(const char *line, gsize len)
{
	const char *space;

	if (len <= MAX_LINE)
		return len;
	space = g_strrstr_len(line, MAX_LINE, " ");
	if (space != NULL && space > line + MAX_LINE / 2)
		return (gsize)(space - line) + 1;
	return (gsize)(g_utf8_find_prev_char(line, line + MAX_LINE + 1) - line);
}

static void
append_line(GString *out, const char *line, gsize len)
{
	g_autoptr(GString) text = g_string_new_len(line, (gssize)len);

	g_strchomp(text->str);
	if (rn_letters_is_command(text->str))
		g_string_append(out, RN_GUARD_MARK);
	g_string_append(out, text->str);
	g_string_append_c(out, '\n');
}

/* The value WEB and nothing else. */
static gboolean
is_web(const char *line, gsize len, const char *web)
{
	gsize n = web != NULL ? strlen(web) : 0;

	return n > 0 && len == n + 2 && line[0] == RN_MARK_OPEN && line[n + 1] == RN_MARK_CLOSE &&
	    memcmp(line + 1, web, n) == 0;
}

static gboolean
is_mark(char c)
{
	return c != '\0' && strchr(RN_MARKS, c) != NULL;
}

/* Does P, marks left out, go on with WHAT? */
static gboolean
goes_on(const char *p, const char *what)
{
	for (; *what != '\0'; p++) {
		if (is_mark(*p))
			continue;
		if (*p != *what++)
			return FALSE;
	}
	return TRUE;
}

/* Appends LINE with a blank in what mail programs make a link of, wherever values begin and end in it. */
static void
append_unlinked(GString *out, const char *line)
{
	guint ws = 0;	/* so many "w" stand right before */

	for (; *line != '\0'; line++) {
		if (*line == '.' && ws >= 3)
			g_string_append_c(out, ' ');
		g_string_append_c(out, *line);
		if (*line == ':' && goes_on(line + 1, "//"))
			g_string_append_c(out, ' ');
		if (!is_mark(*line))
			ws = g_ascii_tolower(*line) == 'w' ? ws + 1 : 0;
	}
}

char *
rn_letters_unlink(const char *marked, const char *web)
{
	GString *out = g_string_new(NULL);

	for (;; marked++) {
		gsize len = strcspn(marked, "\n");
		g_autofree char *line = g_strndup(marked, len);

		if (is_web(marked, len, web))
			g_string_append(out, line);
		else
			append_unlinked(out, line);
		marked += len;
		if (*marked == '\0')
			return g_string_free(out, FALSE);
		g_string_append_c(out, '\n');
	}
}

char *
rn_letters_guard(const char *body)
{
	GString *out = g_string_new(NULL);

	while (*body != '\0') {
		gsize len = strcspn(body, "\n");

		do {
			gsize part = piece(body, len);

			append_line(out, body, part);
			body += part;
			len -= part;
		} while (len > 0);
		body += *body == '\n';
	}
	while (out->len > 1 && out->str[out->len - 1] == '\n' && out->str[out->len - 2] == '\n')
		g_string_truncate(out, out->len - 1);
	return g_string_free(out, FALSE);
}

char *
rn_letters_command_line(const char *body)
{
	g_auto(GStrv) lines = g_strsplit(body, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		if (g_str_has_prefix(lines[i], RN_GUARD_MARK))
			return g_strdup(lines[i] + strlen(RN_GUARD_MARK));
		if (rn_letters_is_command(lines[i]))
			return g_strdup(lines[i]);
	}
	return NULL;
}
