#include "mail/fold.h"

#include <string.h>

gboolean
rn_fold_invisible(gunichar c)
{
	return g_unichar_type(c) == G_UNICODE_FORMAT || c == 0x34F || (c >= 0xFE00 && c <= 0xFE0F) ||
	    c == 0x115F || c == 0x3164;
}

/* What stands for C in folded text: itself, an ASCII twin, or 0 for nothing. */
static gunichar
fold_char(gunichar c)
{
	if (c < 0x80)
		return c;
	if (rn_fold_invisible(c) || g_unichar_ismark(c))
		return 0;
	if (g_unichar_isspace(c) || c == 0xA0 || c == 0x202F)
		return ' ';
	if (c == 0x2018 || c == 0x2019 || c == 0x201B || c == 0x2032 || c == 0xB4 || c == 0x2BC)
		return '\'';
	if (c == 0x201C || c == 0x201D || c == 0x201E || c == 0xAB || c == 0xBB || c == 0x2033)
		return '"';
	if (g_unichar_type(c) == G_UNICODE_DASH_PUNCTUATION || c == 0x2212 || c == 0x2500 || c == 0x2501)
		return '-';
	if (c == 0xBF || c == 0x37E || c == 0x61F || c == 0x2E2E)
		return '?';
	return c;
}

static gboolean
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char *
fold_any(const char *s, gssize len)
{
	g_autofree char *cased = g_utf8_casefold(s, len);
	g_autofree char *flat = g_utf8_normalize(cased, -1, G_NORMALIZE_NFKD);
	GString *out = g_string_new(NULL);

	for (const char *p = flat != NULL ? flat : ""; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = fold_char(*p == '`' ? '\'' : g_utf8_get_char(p));

		if (c == 0)
			continue;
		if (c < 0x80 && is_space((char)c)) {
			if (out->len > 0 && out->str[out->len - 1] != ' ')
				g_string_append_c(out, ' ');
			continue;
		}
		g_string_append_unichar(out, c);
	}
	if (out->len > 0 && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	return g_string_free(out, FALSE);
}

/* rn_fold for ASCII, which most lines are. NULL if S is more than that. */
static char *
fold_ascii(const char *s, gsize len)
{
	char *out = g_malloc(len + 1), *to = out;

	for (gsize i = 0; i < len && s[i] != '\0'; i++) {
		if ((guchar)s[i] >= 0x80) {
			g_free(out);
			return NULL;
		}
		if (!is_space(s[i]))
			*to++ = (char)(s[i] == '`' ? '\'' : g_ascii_tolower(s[i]));
		else if (to > out && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > out && to[-1] == ' ')
		to--;
	*to = '\0';
	return out;
}

char *
rn_fold(const char *s, gssize len)
{
	char *ascii = fold_ascii(s, len < 0 ? strlen(s) : (gsize)len);

	return ascii != NULL ? ascii : fold_any(s, len);
}

/* Letters of any script count as parts of a word; bytes over 127 are such letters in folded text, or nearly
 * so. */
static gboolean
in_word(char c)
{
	return g_ascii_isalnum(c) || (guchar)c >= 0x80;
}

gboolean
rn_fold_has(const char *text, const char *word)
{
	gsize len = strlen(word);

	for (const char *p = strstr(text, word); p != NULL; p = strstr(p + 1, word)) {
		if ((p == text || !in_word(p[-1]) || !in_word(*word)) &&
		    (!in_word(p[len]) || !in_word(word[len - 1])))
			return TRUE;
	}
	return FALSE;
}
