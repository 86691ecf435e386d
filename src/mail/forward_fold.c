/* forward_fold.c: a text so that what mail programs do to a text makes no difference, and what a stranger
 * does to it does. */
#include <string.h>

#include "mail/forward_inside.h"

#define MAX_FOLDED (256 * 1024)	/* bytes of one folded text */
#define MAX_MARKS 16		/* on one letter: more take time to sort, and no language has them */

/* Marks on letters, which can strike a text out; but not those that choose a picture for one. */
static gboolean
is_mark(gunichar c)
{
	return g_unichar_ismark(c) && !(c >= 0xfe00 && c <= 0xfe0f);
}

/* These show a text backwards, or numbers in another order. */
static gboolean
is_turn(gunichar c)
{
	return c == 0x200f || c == 0x061c || c == 0x202b || c == 0x202d || c == 0x202e || c == 0x2067;
}

static gboolean
is_end(gunichar c)
{
	return c == 0 || g_unichar_isspace(c) || g_utf8_strchr(RN_WORD_ENDS, -1, c) != NULL;
}

/* TEXT as valid UTF-8 in NFKC. Caller frees. */
static char *
normal(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	char *to = valid;
	guint run = 0;

	for (const char *p = valid, *next; *p != '\0'; p = next) {
		next = g_utf8_next_char(p);
		run = g_unichar_ismark(g_utf8_get_char(p)) ? run + 1 : 0;
		if (run <= MAX_MARKS) {
			memmove(to, p, (gsize)(next - p));
			to += next - p;
		}
	}
	*to = '\0';
	return g_utf8_normalize(valid, -1, G_NORMALIZE_ALL_COMPOSE);
}

/* Would a program make a link of the word from P to END: an address of mail, or the name of a place? */
static gboolean
is_address(const char *p, const char *end)
{
	for (; p < end; p = g_utf8_next_char(p)) {
		const char *next = g_utf8_next_char(p);

		if (*p == '@' || (*p == ':' && g_str_has_prefix(p, "://")))
			return TRUE;
		if (*p == '.' && next < end && g_unichar_isalpha(g_utf8_get_char(next)) &&
		    g_utf8_next_char(next) < end &&
		    g_unichar_isalpha(g_utf8_get_char(g_utf8_next_char(next))))
			return TRUE;
	}
	return FALSE;
}

/* An address keeps every sign between its first and its last letter, and stands for itself: whoever moves one
 * of them names another place. */
static void
add_address(GString *out, const char *p, const char *end)
{
	gsize last;

	while (p < end && !g_unichar_isalnum(g_utf8_get_char(p)))
		p = g_utf8_next_char(p);
	g_string_append_c(out, ' ');
	last = out->len;
	for (; p < end; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_isgraph(c) || is_mark(c) || is_turn(c))
			g_string_append_unichar(out, g_unichar_tolower(c));
		if (g_unichar_isalnum(c) || is_mark(c) || is_turn(c))
			last = out->len;
	}
	g_string_truncate(out, last);
	g_string_append_c(out, ' ');
}

/* What parts the numbers of a date, an hour or a sum, P, stands between two digits? */
static gboolean
is_between_digits(const char *p, const char *start)
{
	return strchr(".,:/", *p) != NULL && p > start && g_ascii_isdigit(p[-1]) && g_ascii_isdigit(p[1]);
}

char *
rn_forward_fold(const char *text)
{
	g_autofree char *plain = normal(text);
	GString *out = g_string_new(NULL);
	const char *end = plain;	/* of the word that P stands in */

	for (const char *p = plain; *p != '\0' && out->len < MAX_FOLDED; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (p >= end && !is_end(c)) {
			const char *word = p;

			for (end = p; !is_end(g_utf8_get_char(end)); end = g_utf8_next_char(end))
				;
			if (is_address(word, end)) {
				add_address(out, word, end);
				p = g_utf8_prev_char(end);
				continue;
			}
		}
		if (g_unichar_isalnum(c) || is_mark(c) || is_turn(c) || is_between_digits(p, plain))
			g_string_append_unichar(out, g_unichar_tolower(c));
	}
	return g_string_free(out, FALSE);
}
