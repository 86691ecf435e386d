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

/* What stands for an ASCII character. */
static inline char
fold_byte(char c)
{
	if (c == '`')
		return '\'';
	return rn_ascii_lower(c);
}

/* Appends C, white space squeezed. */
static inline void
put_byte(GString *out, char c)
{
	if (!is_space(c))
		g_string_append_c(out, c);
	else if (out->len > 0 && out->str[out->len - 1] != ' ')
		g_string_append_c(out, ' ');
}

static void
put(GString *out, const char *s, gsize n)
{
	for (gsize i = 0; i < n; i++)
		put_byte(out, s[i]);
}

/* The long way: LEN bytes of S, characters that no table knows. */
static void
put_any(GString *out, const char *s, gsize len)
{
	g_autofree char *cased = g_utf8_casefold(s, (gssize)len);
	g_autofree char *flat = g_utf8_normalize(cased, -1, G_NORMALIZE_NFKD);

	for (const char *p = flat != NULL ? flat : ""; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = fold_char(*p == '`' ? '\'' : g_utf8_get_char(p));
		char bytes[6];

		if (c != 0)
			put(out, bytes, (gsize)g_unichar_to_utf8(c, bytes));
	}
}

/* What our languages write beside ASCII, folded once: Latin letters and general punctuation. */
#define LATIN_FROM 0x80
#define LATIN_TO 0x250
#define MARKS_FROM 0x2000
#define MARKS_TO 0x2070

typedef struct {
	guint8	len;
	char	bytes[11];
} Folded;

static Folded latin[LATIN_TO - LATIN_FROM], marks[MARKS_TO - MARKS_FROM];

static void
fill(Folded *to, gunichar from, guint n)
{
	for (guint i = 0; i < n; i++) {
		g_autoptr(GString) out = g_string_new("x");	/* so that a space is kept */
		char bytes[6];

		put_any(out, bytes, (gsize)g_unichar_to_utf8(from + i, bytes));
		to[i].len = (guint8)MIN(out->len - 1, sizeof(to[i].bytes));
		memcpy(to[i].bytes, out->str + 1, to[i].len);
	}
}

static const Folded *
folded(gunichar c)
{
	static gsize done = 0;

	if (g_once_init_enter(&done)) {
		fill(latin, LATIN_FROM, G_N_ELEMENTS(latin));
		fill(marks, MARKS_FROM, G_N_ELEMENTS(marks));
		g_once_init_leave(&done, 1);
	}
	if (c >= LATIN_FROM && c < LATIN_TO)
		return &latin[c - LATIN_FROM];
	return c >= MARKS_FROM && c < MARKS_TO ? &marks[c - MARKS_FROM] : NULL;
}

/* What stands for each ASCII character: white space is ' ', all others are themselves but for case and '`'.
 */
static guint8 ascii[0x80];

static void
fill_ascii(void)
{
	static gsize done = 0;

	if (!g_once_init_enter(&done))
		return;
	for (guint i = 0; i < G_N_ELEMENTS(ascii); i++)
		ascii[i] = (guint8)(is_space((char)i) ? ' ' : fold_byte((char)i));
	g_once_init_leave(&done, 1);
}

/* Folds N bytes of ASCII behind LAST, which stands before them (' ': nothing), to OUT. How many are written.
 * Nearly without branches, as there is no telling where words end. */
static gsize
fold_run(char *out, const char *s, gsize n, guint8 last)
{
	gsize len = 0;

	for (gsize i = 0; i < n; i++) {
		guint8 c = ascii[(guchar)s[i]];

		out[len] = (char)c;
		len += (gsize)((c ^ last) | (c ^ ' ')) != 0;
		last = c;
	}
	return len;
}

static void
put_run(GString *out, const char *s, gsize n)
{
	gsize len = out->len;
	guint8 last = len > 0 ? (guint8)out->str[len - 1] : ' ';

	g_string_set_size(out, len + n);
	g_string_truncate(out, len + fold_run(out->str + len, s, n, last));
}

/* Bytes that are normalized at once: the order of marks is settled in a time that grows with the square. */
#define MAX_RUN 64

/* Of each character what stands for it: casefold and decomposition look at one at a time, and the marks whose
 * order a normalization would settle are dropped. */
static char *
fold_any(const char *s, gsize len)
{
	GString *out = g_string_sized_new(len + 1);
	const char *end = s + len;

	for (const char *p = s; p < end && *p != '\0';) {
		const char *next = p;
		const Folded *f;

		if ((guchar)*p < 0x80) {
			while (next < end && (guchar)(*next - 1) < 0x7f)
				next++;
			put_run(out, p, (gsize)(next - p));
			p = next;
			continue;
		}
		f = folded(g_utf8_get_char(p));
		if (f != NULL) {
			put(out, f->bytes, f->len);
			p = g_utf8_next_char(p);
			continue;
		}
		while (next < end && next - p < MAX_RUN && (guchar)*next >= 0x80 &&
		    folded(g_utf8_get_char(next)) == NULL)
			next = g_utf8_next_char(next);
		put_any(out, p, (gsize)(next - p));
		p = next;
	}
	if (out->len > 0 && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	return g_string_free(out, FALSE);
}

/* rn_fold for ASCII, which most lines are. NULL if S is more than that. */
static char *
fold_ascii(const char *s, gsize len)
{
	char *out;
	gsize n;

	if (!rn_is_ascii(s, len))
		return NULL;
	out = g_malloc(len + 1);
	n = fold_run(out, s, len, ' ');
	n -= n > 0 && out[n - 1] == ' ';
	out[n] = '\0';
	return out;
}

gboolean
rn_is_ascii(const char *s, gsize len)
{
	guint64 all = 0, eight;
	gsize i;

	for (i = 0; i + sizeof(eight) <= len; i += sizeof(eight)) {
		memcpy(&eight, s + i, sizeof(eight));
		all |= eight;
	}
	for (; i < len; i++)
		all |= (guchar)s[i];
	return (all & G_GUINT64_CONSTANT(0x8080808080808080)) == 0;
}

char *
rn_fold(const char *s, gssize len)
{
	gsize n = len < 0 ? strlen(s) : strnlen(s, (gsize)len);
	char *plain;

	fill_ascii();
	plain = fold_ascii(s, n);

	return plain != NULL ? plain : fold_any(s, n);
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
