#include "mail/letterwords.h"

#include <string.h>

guint
rn_letter_word_hash(gconstpointer word)
{
	return ((const RnLetterWord *)word)->hash;
}

gboolean
rn_letter_word_equal(gconstpointer a, gconstpointer b)
{
	const RnLetterWord *x = a, *y = b;

	return x->hash == y->hash && x->len == y->len && x->asked == y->asked &&
	    memcmp(x->text, y->text, x->len) == 0;
}

/* The bytes that a letter or digit at P takes; 0 if there is none. */
static inline guint
letter_at(const char *p)
{
	gunichar c;

	if ((guchar)*p < 0x80)
		return g_ascii_isalnum(*p);
	c = g_utf8_get_char(p);
	return g_unichar_isalnum(c) || g_unichar_ismark(c) ? (guint)(g_utf8_next_char(p) - p) : 0;
}

gboolean
rn_letter_word_next(const char *text, guint *pos, RnLetterWord *w)
{
	const char *p = text + *pos;
	guint n;

	while (*p != '\0' && letter_at(p) == 0)
		p = (guchar)*p < 0x80 ? p + 1 : g_utf8_next_char(p);
	if (*p == '\0')
		return FALSE;
	w->text = p;
	w->hash = 5381;
	while ((n = letter_at(p)) > 0) {
		for (; n > 0; n--)
			w->hash = w->hash * 33 + (guchar)*p++;
	}
	w->len = (guint)(p - w->text);
	*pos = (guint)(p - text);
	while (*p == ' ' || *p == '"' || *p == '\'' || *p == ')')
		p++;
	w->asked = *p == '?';
	w->hash += (guint)w->asked;
	return TRUE;
}

guint
rn_letter_words_count(const char *text)
{
	guint n = 0, pos = 0;
	RnLetterWord w;

	while (rn_letter_word_next(text, &pos, &w))
		n++;
	return n;
}

gboolean
rn_letter_word_link(const RnLetterWord *w)
{
	static const char *const links[] = { "mailto", "http", "https", "www" };

	for (guint i = 0; i < G_N_ELEMENTS(links); i++) {
		if (strlen(links[i]) == w->len && memcmp(links[i], w->text, w->len) == 0)
			return TRUE;
	}
	return FALSE;
}
