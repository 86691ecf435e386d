/* letters_guard.c: keeps hostile or unlucky values from making an answer, a link or an endless line out of
 * our letter. */
#include "mail/letters_guard.h"

#include <string.h>

#define MAX_LINE 900	/* octets; RFC 5322 2.1.1 allows 998 */
#define MARK "[testo] "

/* What a member may answer with, folded. */
static const char *const commands[] = {
	"rinnova", "rinnovo", "rinnovate", "rinnovare", "accetto", "approvo", "confermo", "dichiaro", "autorizzo",
	"annulla", "annullo", "si", "sì", "no", "ok", "elenco", "stato", "aiuto", NULL,
};

/* The next word of *AT without the marks around it, folded; *AT moves behind it. */
static char *
next_word(const char **at)
{
	g_autofree char *word = NULL;
	const char *start = *at + strspn(*at, " \t>*-_.#|+~=");
	gsize len = strcspn(start, " \t");

	*at = start + len;
	while (len > 0 && strchr(".,;:!?'", start[len - 1]) != NULL)
		len--;
	word = g_strndup(start, len);
	return g_utf8_casefold(word, -1);
}

static gboolean
is_command(const char *line)
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
append_line(GString *out, const char *line, gsize len, gboolean links)
{
	g_autoptr(GString) text = g_string_new_len(line, (gssize)len);

	if (!links) {
		g_string_replace(text, "://", ": //", 0);
		g_string_replace(text, "www.", "www .", 0);
	}
	g_strchomp(text->str);
	if (is_command(text->str))
		g_string_append(out, MARK);
	g_string_append(out, text->str);
	g_string_append_c(out, '\n');
}

char *
rn_letters_guard(const char *body, gboolean links)
{
	GString *out = g_string_new(NULL);

	while (*body != '\0') {
		gsize len = strcspn(body, "\n");

		do {
			gsize part = piece(body, len);

			append_line(out, body, part, links);
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

	for (guint i = 0; lines[i] != NULL; i++)
		if (is_command(lines[i]))
			return g_strdup(lines[i]);
	return NULL;
}
