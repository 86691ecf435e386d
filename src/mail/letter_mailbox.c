/* letter_mailbox.c: display names in From and To, word by word: atoms where possible, since runs of encoded
 * words come out of some readers with a space too many, and long quoted strings with the line break of their
 * folding. */
#include <string.h>

#include "mail/letter_inside.h"

#define FIRST 10		/* columns that "Reply-To: " takes */
#define WIDTH 76		/* RFC 5322 2.1.1 wants less than 78 */
#define MAX_WORD 60		/* octets of one piece; an encoded word may have 75 (RFC 2047 2) */
#define OPEN "=?utf-8?Q?"
#define CLOSE "?="

typedef struct {
	GString	*out;
	gsize	 column;
} Line;

/* Puts PIECE behind what is there, on a line of its own if it does not fit any more. */
static void
append(Line *line, const char *piece)
{
	gsize len = strlen(piece);

	if (line->out->len == 0 || line->column + 1 + len <= WIDTH) {
		if (line->out->len > 0)
			g_string_append_c(line->out, ' ');
		line->column += len + 1;
	} else {
		g_string_append(line->out, "\n ");
		line->column = len + 1;
	}
	g_string_append(line->out, piece);
}

/* RFC 5322 3.2.3 */
static gboolean
is_atom(const char *word)
{
	for (; *word != '\0'; word++)
		if (!g_ascii_isalnum(*word) && strchr("!#$%&'*+-/=?^_`{|}~", *word) == NULL)
			return FALSE;
	return TRUE;
}

static char *
quoted(const char *word)
{
	GString *out = g_string_new("\"");

	for (; *word != '\0'; word++) {
		if (*word == '"' || *word == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *word);
	}
	g_string_append_c(out, '"');
	return g_string_free(out, FALSE);
}

/* The next character of *AT in "Q" encoding; in a phrase few marks stand for themselves (RFC 2047 5 (3)).
 * Caller frees. */
static char *
next_q(const char **at)
{
	GString *out = g_string_new(NULL);
	const char *end = g_utf8_next_char(*at);

	for (; *at < end; ++*at) {
		if (**at == ' ')
			g_string_append_c(out, '_');
		else if (g_ascii_isalnum(**at) || strchr("!*+-/", **at) != NULL)
			g_string_append_c(out, **at);
		else
			g_string_append_printf(out, "=%02X", (guchar) * *at);
	}
	return g_string_free(out, FALSE);
}

/* TEXT as encoded words, none broken within a character (RFC 2047 5). */
static void
append_encoded(Line *line, const char *text)
{
	g_autoptr(GString) word = g_string_new(OPEN);

	while (*text != '\0') {
		g_autofree char *c = next_q(&text);

		if (word->len + strlen(c) + strlen(CLOSE) > MAX_WORD) {
			g_string_append(word, CLOSE);
			append(line, word->str);
			g_string_assign(word, OPEN);
		}
		g_string_append(word, c);
	}
	g_string_append(word, CLOSE);
	append(line, word->str);
}

static gboolean
needs_encoding(const char *word)
{
	return !g_str_is_ascii(word) || strstr(word, "=?") != NULL || strlen(word) > MAX_WORD;
}

static void
append_phrase(Line *line, const char *name)
{
	g_auto(GStrv) words = g_strsplit(name, " ", -1);
	g_autoptr(GString) run =
	    g_string_new(NULL); /* neighbours that need encoding go together, with their space */

	for (guint i = 0; words[i] != NULL; i++) {
		const char *word = words[i];
		g_autofree char *marked = NULL;

		if (*word == '\0')
			continue;
		if (needs_encoding(word)) {
			g_string_append_printf(run, "%s%s", run->len > 0 ? " " : "", word);
			continue;
		}
		if (run->len > 0)
			append_encoded(line, run->str);
		g_string_truncate(run, 0);
		marked = is_atom(word) ? g_strdup(word) : quoted(word);
		append(line, marked);
	}
	if (run->len > 0)
		append_encoded(line, run->str);
}

char *
rn_letter_mailbox(const char *name, const char *addr)
{
	Line line = { g_string_new(NULL), FIRST };
	g_autofree char *angle = g_strdup_printf("<%s>", addr);

	if (name != NULL)
		append_phrase(&line, name);
	append(&line, line.out->len > 0 ? angle : addr);
	return g_string_free(line.out, FALSE);
}
